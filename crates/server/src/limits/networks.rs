//! Network prefixes of an address, by which limits count. One IPv6 customer has at least a /64 and often a /48, so a
//! limit by whole address would count nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// One customer: the IPv4 address, the IPv6 /64.
pub fn narrow(address: IpAddr) -> String {
    match address {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => format!("{}/64", Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
    }
}

/// Many customers, or a large one: /24 and /48.
pub fn wide(address: IpAddr) -> String {
    match address {
        IpAddr::V4(v4) => format!("{}/24", Ipv4Addr::from_bits(v4.to_bits() >> 8 << 8)),
        IpAddr::V6(v6) => format!("{}/48", Ipv6Addr::from_bits(v6.to_bits() >> 80 << 80)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_customer_is_a_network() {
        let networks = |text: &str| {
            let address: IpAddr = text.parse().unwrap();
            (narrow(address.to_canonical()), wide(address.to_canonical()))
        };
        assert_eq!(networks("2001:db8:1:2:3:4:5:6"), ("2001:db8:1:2::/64".into(), "2001:db8:1::/48".into()));
        assert_eq!(networks("198.51.100.7"), ("198.51.100.7".into(), "198.51.100.0/24".into()));
        assert_eq!(networks("::ffff:198.51.100.7"), networks("198.51.100.7"));
    }
}
