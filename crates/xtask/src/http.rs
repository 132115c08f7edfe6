//! HTTP/1.1 to our own servers on this machine: one kept-alive connection, one request at a time. It knows no TLS, no
//! redirects and no proxies, which is why it compiles in no time and adds nothing to a measured latency.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

pub struct Connection {
    authority: String,
    stream: BufReader<TcpStream>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Response {
    /// Of the first header with this name; `name` in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
    pub fn json(&self) -> io::Result<serde_json::Value> {
        serde_json::from_slice(&self.body).map_err(io::Error::other)
    }
}

impl Connection {
    /// `authority` is `127.0.0.1:8080`.
    pub fn open(authority: &str) -> io::Result<Self> {
        let address = authority.to_socket_addrs()?.next().ok_or_else(|| io::Error::other("no such address"))?;
        Self::over(authority, TcpStream::connect_timeout(&address, Duration::from_secs(2))?)
    }

    /// From one of this machine's own addresses: all of 127.0.0.0/8 are, on Linux.
    #[cfg(feature = "load")]
    pub fn open_from(authority: &str, from: std::net::Ipv4Addr) -> io::Result<Self> {
        let address = authority.to_socket_addrs()?.find(std::net::SocketAddr::is_ipv4);
        let address = address.ok_or_else(|| io::Error::other("no such address"))?;
        let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None)?;
        socket.bind(&std::net::SocketAddr::from((from, 0)).into())?;
        socket.connect_timeout(&address.into(), Duration::from_secs(2))?;
        Self::over(authority, socket.into())
    }

    fn over(authority: &str, stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self { authority: authority.to_owned(), stream: BufReader::new(stream) })
    }

    pub fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> io::Result<Response> {
        let mut head =
            format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\n", self.authority, body.len());
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        let mut request = head.into_bytes();
        request.extend_from_slice(body);
        self.stream.get_mut().write_all(&request)?;
        read_answer(&mut self.stream)
    }
}

/// One `GET` on a connection of its own.
pub fn fetch(authority: &str, path: &str) -> io::Result<Response> {
    Connection::open(authority)?.send("GET", path, &[("Connection", "close")], &[])
}

fn read_answer(stream: &mut impl BufRead) -> io::Result<Response> {
    let status = read_line(stream)?;
    let status = status
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .ok_or_else(|| io::Error::other(format!("not an HTTP answer: {status}")))?;
    let mut headers = Vec::new();
    loop {
        let line = read_line(stream)?;
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':') {
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    let mut answer = Response { status, headers, body: Vec::new() };
    if answer.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        answer.body = read_chunks(stream)?;
    } else if let Some(length) = answer.header("content-length") {
        let length = length.parse().map_err(io::Error::other)?;
        answer.body = vec![0; length];
        stream.read_exact(&mut answer.body)?;
    } else if status >= 200 && status != 204 && status != 304 {
        stream.read_to_end(&mut answer.body)?;
    }
    Ok(answer)
}

fn read_chunks(stream: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = read_line(stream)?;
        let length = line.split(';').next().unwrap_or_default().trim();
        let length = u64::from_str_radix(length, 16).map_err(io::Error::other)?;
        if length == 0 {
            while !read_line(stream)?.is_empty() {}
            return Ok(body);
        }
        stream.take(length).read_to_end(&mut body)?;
        read_line(stream)?;
    }
}

fn read_line(stream: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server closed the connection"));
    }
    Ok(line.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Response {
        read_answer(&mut text.as_bytes()).unwrap()
    }

    #[test]
    fn an_answer_with_a_length_leaves_the_next_one_unread() {
        let mut stream = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: a=b\r\n\r\nokHTTP/1.1 404 No\r\ncontent-length: 0\r\n\r\n".as_bytes();
        let first = read_answer(&mut stream).unwrap();
        assert_eq!((first.status, first.text().as_str(), first.header("set-cookie")), (200, "ok", Some("a=b")));
        assert_eq!(read_answer(&mut stream).unwrap().status, 404);
    }

    #[test]
    fn chunks_are_put_together() {
        let answer = read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n");
        assert_eq!(answer.text(), "abcde");
    }

    #[test]
    fn an_answer_without_a_length_ends_with_the_connection() {
        assert_eq!(read("HTTP/1.1 200 OK\r\n\r\nall of it").text(), "all of it");
    }

    #[test]
    fn a_closed_connection_is_an_error_and_no_empty_answer() {
        assert!(read_answer(&mut "".as_bytes()).is_err());
    }
}
