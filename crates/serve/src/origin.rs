//! Web origins (RFC 6454) as an operator writes them down, and which hosts are this machine. `Origin` headers are
//! compared byte for byte with these texts, so one that a browser would never send is refused here and not puzzled over
//! later.

use std::net::IpAddr;

/// `scheme://host[:port]`, lower case, without a path and without the scheme's own port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    text: String,
}

impl Origin {
    /// The error is a sentence without its subject: "is not …". One slash at the end is forgiven.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.strip_suffix('/').unwrap_or(text);
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let rest =
            rest.ok_or("is not an origin, such as https://pay.example.org: it starts with https:// or http://")?;
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err("has capital letters: browsers send origins in lower case".to_owned());
        }
        if rest.contains(['/', '?', '#', '@']) {
            return Err("is more than an origin: leave out what is not scheme://host[:port]".to_owned());
        }
        let (host, port) = split_port(rest);
        if !is_host(host) {
            return Err("has no host that is one".to_owned());
        }
        if let Some(port) = port {
            let number = port.parse::<u16>().ok().filter(|number| *number > 0 && number.to_string() == port);
            let number = number.ok_or("has a port that is none")?;
            if number == if text.starts_with("https:") { 443 } else { 80 } {
                return Err(format!("has the port {number}, which browsers leave out: leave it out, too"));
            }
        }
        Ok(Self { text: text.to_owned() })
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }
    pub fn is_https(&self) -> bool {
        self.text.starts_with("https://")
    }
    /// Without a port; an IPv6 address keeps its brackets.
    pub fn host(&self) -> &str {
        split_port(self.text.split_once("://").map_or("", |(_, rest)| rest)).0
    }
    /// What is sent to it in the clear leaves this machine.
    pub fn is_clear_beyond_loopback(&self) -> bool {
        !self.is_https() && !is_loopback(self.host())
    }
}

fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !host.starts_with('[') || host.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    host.len() <= 253 && host.split('.').all(is_label)
}

/// This machine as browsers know it: `localhost` and what is below it (RFC 6761), and the loopback addresses, with or
/// without brackets.
pub fn is_loopback(host: &str) -> bool {
    reaches_loopback(host) || host.ends_with(".localhost")
}

/// This machine as programs reach it: a name below `localhost` they look up, and the answer is anybody's.
pub fn reaches_loopback(host: &str) -> bool {
    let address = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_a_browser_sends() {
        for origin in ["https://pay.example.org", "http://localhost:8080", "http://[::1]:8080", "https://a.example:444"]
        {
            assert_eq!(Origin::parse(origin).map(|origin| origin.text), Ok(origin.to_owned()));
        }
        assert_eq!(Origin::parse("https://pay.example.org/").unwrap().as_str(), "https://pay.example.org");
        for not_one in [
            "",
            "pay.example.org",
            "HTTPS://pay.example.org",
            "https://Pay.example.org",
            "https://pay.example.org/pay",
            "https://pay.example.org//",
            "https://pay.example.org:443",
            "http://pay.example.org:80",
            "https://pay.example.org:0",
            "https://pay.example.org:0444",
            "https://pay.example.org:",
            "https://",
            "https://a..example",
            "https://user@pay.example.org",
            "https://pay.example.org?x",
            "https://pay.example.org; script-src *",
            "https://*",
            "https://[::1",
            "ftp://pay.example.org",
            "null",
        ] {
            assert!(Origin::parse(not_one).is_err(), "{not_one}");
        }
    }

    #[test]
    fn this_machine_goes_by_some_names_and_no_others() {
        for host in ["localhost", "pay.localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"] {
            assert!(is_loopback(host), "{host}");
            assert_eq!(reaches_loopback(host), host != "pay.localhost", "{host}");
        }
        for host in
            ["", "localhost.example.org", "notlocalhost", "10.0.0.1", "0.0.0.0", "[::]", "127.0.0.1.example.org"]
        {
            assert!(!is_loopback(host) && !reaches_loopback(host), "{host}");
        }
        assert!(Origin::parse("http://pay.example.org").unwrap().is_clear_beyond_loopback());
        assert!(!Origin::parse("http://[::1]:8080").unwrap().is_clear_beyond_loopback());
        assert!(!Origin::parse("https://pay.example.org").unwrap().is_clear_beyond_loopback());
    }
}
