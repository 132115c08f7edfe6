//! The address of the client, as an extractor. Knows where a request has its peer, and not what is counted by the
//! address.

use crate::{error::Error, state::App};
use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::request::Parts,
};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The peer's address or, behind the operator's proxy, the one that the proxy reports.
#[derive(Clone, Copy, Debug)]
pub struct ClientAddress(pub IpAddr);

impl FromRequestParts<App> for ClientAddress {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let peer: Result<ConnectInfo<SocketAddr>, _> = ConnectInfo::from_request_parts(parts, app).await;
        // A listener without addresses, such as a Unix socket, has its proxy in front.
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip());
        Ok(Self(serve::client_address::address(peer, &parts.headers, app.settings.is_behind_proxy)))
    }
}
