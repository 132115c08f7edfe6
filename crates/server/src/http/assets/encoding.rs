//! Content encodings: a file's content as brotli, gzip and plain, and content negotiation by `Accept-Encoding`.

use axum::{
    body::Bytes,
    http::{HeaderMap, header},
};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use std::{
    io::{Read, Write},
    sync::OnceLock,
};

/// In the order we like them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Brotli,
    Gzip,
}

impl Encoding {
    pub const ALL: [Self; 2] = [Self::Brotli, Self::Gzip];

    pub fn token(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// Of a file that holds another one's content in this encoding.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
        }
    }
}

/// The content as it is and, once they are made, its packed forms. A form that saves nothing is kept as `None`.
pub struct Packed {
    plain: Bytes,
    brotli: OnceLock<Option<Bytes>>,
    gzip: OnceLock<Option<Bytes>>,
}

impl Packed {
    pub fn new(plain: Vec<u8>) -> Self {
        Self { plain: plain.into(), brotli: OnceLock::new(), gzip: OnceLock::new() }
    }

    /// Takes a form that somebody else made, unless it is of another content: the file may have been changed since.
    pub fn take(&self, encoding: Encoding, form: &[u8]) {
        let content = match encoding {
            Encoding::Brotli => unpack(brotli::Decompressor::new(form, 4096), self.plain.len()),
            Encoding::Gzip => unpack(GzDecoder::new(form), self.plain.len()),
        };
        if content.is_some_and(|content| content == self.plain) {
            self.cell(encoding).get_or_init(|| (form.len() < self.plain.len()).then(|| Bytes::copy_from_slice(form)));
        }
    }

    /// Slow: brotli at quality 11 takes seconds a megabyte.
    pub fn pack(&self) {
        let is_shorter = |packed: &Vec<u8>| packed.len() < self.plain.len();
        self.gzip.get_or_init(|| gzip(&self.plain).filter(is_shorter).map(Bytes::from));
        self.brotli.get_or_init(|| brotli(&self.plain).filter(is_shorter).map(Bytes::from));
    }

    /// The best form that is ready and that the request takes; `None` names the plain one.
    pub fn best(&self, headers: &HeaderMap) -> (Option<Encoding>, Bytes) {
        Encoding::ALL
            .into_iter()
            .filter(|encoding| accepts(headers, encoding.token()))
            .find_map(|encoding| Some((Some(encoding), self.cell(encoding).get()?.clone()?)))
            .unwrap_or_else(|| (None, self.plain.clone()))
    }

    fn cell(&self, encoding: Encoding) -> &OnceLock<Option<Bytes>> {
        match encoding {
            Encoding::Brotli => &self.brotli,
            Encoding::Gzip => &self.gzip,
        }
    }
}

/// `None` where it is no such form, or longer than it may be.
fn unpack(form: impl Read, most: usize) -> Option<Vec<u8>> {
    let mut content = Vec::with_capacity(most + 1);
    form.take(most as u64 + 1).read_to_end(&mut content).ok()?;
    Some(content)
}

fn brotli(plain: &[u8]) -> Option<Vec<u8>> {
    let params = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &plain[..], &mut packed, &params).ok()?;
    Some(packed)
}

fn gzip(plain: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).ok()?;
    encoder.finish().ok()
}

/// RFC 9110, 12.5.3: a coding is acceptable when it is named, or `*` is, with a weight above zero.
fn accepts(headers: &HeaderMap, token: &str) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING);
    let ranges = values.iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    let mut named = None;
    let mut any = None;
    for range in ranges {
        let mut parts = range.split(';').map(str::trim);
        let coding = parts.next().unwrap_or_default();
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        let is_wanted = weight.is_none_or(|weight| weight.trim().parse::<f32>().is_ok_and(|weight| weight > 0.0));
        if coding.eq_ignore_ascii_case(token) {
            named = Some(is_wanted);
        } else if coding == "*" {
            any = Some(is_wanted);
        }
    }
    named.or(any).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn best(packed: &Packed, accept: &'static str) -> Option<Encoding> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(accept));
        packed.best(&headers).0
    }

    fn packed() -> Packed {
        let packed = Packed::new(b"owed owed owed owed owed owed owed owed owed owed owed owed".to_vec());
        packed.pack();
        packed
    }

    #[test]
    fn brotli_is_preferred_and_weights_are_obeyed() {
        let packed = packed();
        assert_eq!(best(&packed, "gzip, deflate, br, zstd"), Some(Encoding::Brotli));
        assert_eq!(best(&packed, "gzip"), Some(Encoding::Gzip));
        assert_eq!(best(&packed, "br;q=0, gzip;q=0.5"), Some(Encoding::Gzip));
        assert_eq!(best(&packed, "*"), Some(Encoding::Brotli));
        assert_eq!(best(&packed, "*;q=0"), None);
        assert_eq!(best(&packed, "identity"), None);
        assert_eq!(packed.best(&HeaderMap::new()).0, None);
    }

    #[test]
    fn a_form_of_other_content_is_not_taken() {
        let (old, new) = (b"owed ".repeat(99), b"paid ".repeat(99));
        for (encoding, form) in [(Encoding::Brotli, brotli(&old)), (Encoding::Gzip, gzip(&old))] {
            let form = form.unwrap();
            for changed in [new.clone(), old[1..].to_vec(), [&old[..], b"!"].concat(), Vec::new()] {
                let packed = Packed::new(changed);
                packed.take(encoding, &form);
                packed.take(encoding, b"no such form");
                assert_eq!(best(&packed, "br, gzip"), None);
            }
            let packed = Packed::new(old.clone());
            packed.take(encoding, &form);
            assert_eq!(best(&packed, "br, gzip"), Some(encoding));
        }
    }

    #[test]
    fn what_is_not_packed_yet_or_would_grow_is_sent_as_it_is() {
        assert_eq!(best(&Packed::new(b"owed owed owed owed".to_vec()), "br, gzip"), None);
        let tiny = Packed::new(b"x".to_vec());
        tiny.pack();
        assert_eq!(best(&tiny, "br, gzip"), None);
    }
}
