//! The address of whoever calls, as limits count it: the peer's, or, behind the operator's proxy, the one that the proxy names in
//! `X-Forwarded-For`. Knows nothing of what is limited.

use axum::http::HeaderMap;
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Once,
};

/// What the proxy says last; whatever stands further left anybody may have written. Some proxies name the port, too.
pub fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    let last = last.rsplit(',').next()?.trim();
    let bare = || last.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    last.parse().ok().or_else(|| last.parse::<SocketAddr>().ok().map(|with_port| with_port.ip())).or_else(bare)
}

/// Behind a proxy that names nobody everybody shares one budget: that is said once.
pub fn address(peer: IpAddr, headers: &HeaderMap, is_behind_proxy: bool) -> IpAddr {
    static UNNAMED: Once = Once::new();
    if !is_behind_proxy {
        return peer;
    }
    forwarded(headers).unwrap_or_else(|| {
        UNNAMED.call_once(|| {
            tracing::warn!(
                "--behind-proxy is set, and a request came without an address in X-Forwarded-For: callers are counted \
                 as one. Have the proxy set the header"
            );
        });
        peer
    })
}

/// An IPv4 address that is written as one of IPv6 is itself: mapped, or as a translator writes it, all of IPv4 in one /64 (RFC 6052).
pub fn canonical(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => match v6.octets() {
            [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d] => IpAddr::from([a, b, c, d]),
            _ => IpAddr::V6(v6),
        },
        v4 => v4,
    }
}

/// What one subscriber has: an IPv4 address, or a /64 of IPv6.
pub fn subscriber(address: IpAddr) -> IpAddr {
    match canonical(address) {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
    }
}

/// What one customer of a network's can have: an IPv4 /24, or a /48 of IPv6.
pub fn network(address: IpAddr) -> IpAddr {
    match canonical(address) {
        IpAddr::V4(v4) => IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() >> 8 << 8)),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 80 << 80)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(value: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", value.parse().unwrap());
        forwarded(&headers).map(|address| address.to_string())
    }

    #[test]
    fn the_last_address_counts_with_or_without_its_port() {
        for (value, address) in [
            ("198.51.100.7", "198.51.100.7"),
            ("evil, 10.0.0.1,198.51.100.7", "198.51.100.7"),
            ("10.0.0.1, 198.51.100.7:4433", "198.51.100.7"),
            ("2001:db8::7", "2001:db8::7"),
            ("[2001:db8::7]:4433", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
        ] {
            assert_eq!(said(value).as_deref(), Some(address), "{value}");
        }
        for nobody in ["", "unknown", "198.51.100.7,", "198.51.100.7:port", "[::1"] {
            assert_eq!(said(nobody), None, "{nobody}");
        }
    }

    #[test]
    fn without_a_proxy_of_ours_the_header_is_anybodys() {
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", "198.51.100.7".parse().unwrap());
        let peer = "192.0.2.1".parse().unwrap();
        assert_eq!(address(peer, &headers, false), peer);
        assert_eq!(address(peer, &headers, true).to_string(), "198.51.100.7");
        assert_eq!(address(peer, &HeaderMap::new(), true), peer);
    }

    #[test]
    fn one_subscriber_has_a_whole_network_of_ipv6() {
        let of = |text: &str| subscriber(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(of("2001:db8:1:3::1"), "2001:db8:1:3::");
        for written in ["::ffff:198.51.100.7", "64:ff9b::198.51.100.7"] {
            assert_eq!(of(written), "198.51.100.7", "{written}");
        }
        assert_eq!(of("64:ff9b:1::198.51.100.7"), "64:ff9b:1::");
    }

    #[test]
    fn a_network_has_many_subscribers() {
        let of = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1::");
        assert_eq!(of("2001:db8:2:2::1"), "2001:db8:2::");
        assert_eq!(of("198.51.100.7"), "198.51.100.0");
        for written in ["::ffff:198.51.101.7", "64:ff9b::198.51.101.7"] {
            assert_eq!(of(written), "198.51.101.0", "{written}");
        }
    }
}
