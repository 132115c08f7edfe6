//! The address of the client. Knows `X-Forwarded-For`, and not what is counted by it.

use crate::{refusal::Error, state::App};
use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, request::Parts},
};
use serve::caller::canonical;
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::atomic::{AtomicBool, Ordering},
};

/// The peer, or, behind the operator's proxy, whom that says it speaks for.
#[derive(Clone, Copy, Debug)]
pub struct ClientAddress(pub IpAddr);

impl FromRequestParts<App> for ClientAddress {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let peer: Result<ConnectInfo<SocketAddr>, _> = ConnectInfo::from_request_parts(parts, app).await;
        // A listener without addresses, such as a Unix socket, has its proxy in front.
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip());
        Ok(Self(of(peer, &parts.headers, app.settings.is_behind_proxy)))
    }
}

static WAS_MISSED: AtomicBool = AtomicBool::new(false);

/// What stands further left in the header anybody may have written: only the last entry is the proxy's.
pub fn of(peer: IpAddr, headers: &HeaderMap, is_behind_proxy: bool) -> IpAddr {
    if !is_behind_proxy {
        return canonical(peer);
    }
    let said = headers.get_all("x-forwarded-for").iter().next_back().and_then(|last| last.to_str().ok());
    let said = said.and_then(|last| parse(last.rsplit(',').next()?));
    if said.is_none() && !WAS_MISSED.swap(true, Ordering::Relaxed) {
        tracing::warn!(
            "--behind-proxy is set, and X-Forwarded-For is missing or ends in no address: \
             every client without one shares the limits of the proxy"
        );
    }
    canonical(said.unwrap_or(peer))
}

/// `a`, `a:port`, `[v6]`, `[v6]:port`: proxies write all of them.
fn parse(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim();
    let bare = entry.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let address = bare.map_or_else(|| entry.parse().ok(), |v6| v6.parse::<Ipv6Addr>().ok().map(IpAddr::V6));
    address.or_else(|| entry.parse::<SocketAddr>().ok().map(|with_port| with_port.ip()))
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
            ("unknown", None),
            ("", None),
        ] {
            assert_eq!(parse(entry).map(|address| address.to_string()).as_deref(), address, "{entry}");
        }
    }

    #[test]
    fn only_the_last_entry_of_the_last_header_counts_and_only_behind_a_proxy() {
        let peer: IpAddr = "192.0.2.1".parse().unwrap();
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", "203.0.113.1".parse().unwrap());
        headers.append("x-forwarded-for", "203.0.113.2, [2001:db8::7]:4433".parse().unwrap());
        assert_eq!(of(peer, &headers, true).to_string(), "2001:db8::7");
        assert_eq!(of(peer, &headers, false), peer);
        headers.append("x-forwarded-for", "nonsense".parse().unwrap());
        assert_eq!(of(peer, &headers, true), peer);
        let translated: IpAddr = "64:ff9b::192.0.2.1".parse().unwrap();
        assert_eq!([of(translated, &headers, false), of(translated, &headers, true)], [peer; 2]);
    }
}
