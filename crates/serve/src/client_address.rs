//! The client's address, as rate limits count it: the peer's or, behind the operator's proxy, the one that the proxy
//! puts into `X-Forwarded-For`. Knows nothing of what is limited.

use axum::http::HeaderMap;
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Once,
};

/// Behind a proxy that names nobody everybody shares one budget: that is said once.
pub fn address(peer: IpAddr, headers: &HeaderMap, is_behind_proxy: bool) -> IpAddr {
    static UNNAMED: Once = Once::new();
    if !is_behind_proxy {
        return canonical(peer);
    }
    let named = forwarded(headers).unwrap_or_else(|| {
        UNNAMED.call_once(|| {
            tracing::warn!(
                "--behind-proxy is set, and X-Forwarded-For is missing or ends in no address: every client without one \
                 shares the limits of the proxy. Have the proxy set the header"
            );
        });
        peer
    });
    canonical(named)
}

/// What the proxy says last; whatever stands further left anybody may have written.
fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    parse(last.rsplit(',').next()?.trim())
}

/// `a`, `a:port`, `[v6]`, `[v6]:port`: proxies write all of them.
fn parse(entry: &str) -> Option<IpAddr> {
    let bare = entry.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let address = bare.map_or_else(|| entry.parse().ok(), |v6| v6.parse::<Ipv6Addr>().ok().map(IpAddr::V6));
    address.or_else(|| entry.parse::<SocketAddr>().ok().map(|with_port| with_port.ip()))
}

/// An IPv4 address that is written as one of IPv6 is itself: mapped, or as a translator writes it, all of IPv4 in one
/// /64 (RFC 6052).
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

    #[test]
    fn an_address_is_understood_in_every_form_that_proxies_write() {
        for (entry, address) in [
            ("198.51.100.7", Some("198.51.100.7")),
            (" 198.51.100.7:4433 ", Some("198.51.100.7")),
            ("2001:db8::7", Some("2001:db8::7")),
            ("[2001:db8::7]", Some("2001:db8::7")),
            ("[2001:db8::7]:4433", Some("2001:db8::7")),
            ("[198.51.100.7]", None),
            ("198.51.100.7:", None),
            ("198.51.100.7:port", None),
            ("198.51.100.7,", None),
            ("[::1", None),
            ("unknown", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.append("x-forwarded-for", entry.parse().unwrap());
            assert_eq!(forwarded(&headers).map(|address| address.to_string()).as_deref(), address, "{entry}");
        }
    }

    #[test]
    fn only_the_last_entry_of_the_last_header_counts_and_only_behind_a_proxy() {
        let peer: IpAddr = "192.0.2.1".parse().unwrap();
        let mut headers = HeaderMap::new();
        assert_eq!(address(peer, &headers, true), peer);
        headers.append("x-forwarded-for", "203.0.113.1".parse().unwrap());
        headers.append("x-forwarded-for", "evil, 203.0.113.2, [2001:db8::7]:4433".parse().unwrap());
        assert_eq!(address(peer, &headers, true).to_string(), "2001:db8::7");
        assert_eq!(address(peer, &headers, false), peer);
        headers.append("x-forwarded-for", "nonsense".parse().unwrap());
        assert_eq!(address(peer, &headers, true), peer);
        let translated: IpAddr = "64:ff9b::192.0.2.1".parse().unwrap();
        assert_eq!([address(translated, &headers, false), address(translated, &headers, true)], [peer; 2]);
    }

    #[test]
    fn an_ipv4_address_is_one_however_a_socket_or_a_proxy_writes_it() {
        let mut headers = HeaderMap::new();
        assert_eq!(address("::ffff:192.0.2.1".parse().unwrap(), &headers, false).to_string(), "192.0.2.1");
        headers.append("x-forwarded-for", "::ffff:198.51.100.7".parse().unwrap());
        assert_eq!(address("192.0.2.1".parse().unwrap(), &headers, true).to_string(), "198.51.100.7");
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
