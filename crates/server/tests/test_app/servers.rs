//! Further servers over the same database, each with connections or a clock of its own.

use super::{
    TestApp, answer,
    call::{Call, Response},
    profile,
};
use axum::{Router, extract::connect_info::MockConnectInfo};
use server::{
    clock::Clock,
    state::{App, State},
    store::Store,
};
use std::net::SocketAddr;

impl TestApp {
    /// Another server over the same database and the same line, with connections of its own.
    pub async fn second_server(&self) -> (App, Router) {
        let store = Store::open(&self.state.settings.database_url).await.unwrap();
        let state = State::new(
            self.state.settings.clone(),
            profile(),
            store,
            Clock::starting_at(self.state.clock.unmoved()),
            self.line.clone(),
        );
        let address = SocketAddr::from(([192, 0, 2, 2], 1234));
        let router = server::http::service(&state).unwrap().layer(MockConnectInfo(address));
        (state, router)
    }

    /// A second server on the same database, which knows nothing of this one.
    pub async fn beside(&self) -> ServerAtClock {
        let store = Store::open(&self.database_url).await.unwrap();
        self.server(store, Clock::starting_at(self.state.clock.now()))
    }

    /// This server under another clock.
    pub fn at_clock(&self, clock: Clock) -> ServerAtClock {
        self.server(self.state.store.clone(), clock)
    }

    /// Over a store of the case, under a clock of its own.
    pub fn server(&self, store: Store, clock: Clock) -> ServerAtClock {
        let state = State::new(self.state.settings.clone(), profile(), store, clock, self.line.clone());
        let address = SocketAddr::from(([192, 0, 2, 2], 1234));
        ServerAtClock { router: server::http::service(&state).unwrap().layer(MockConnectInfo(address)) }
    }
}

/// See `TestApp::beside`.
pub struct ServerAtClock {
    router: Router,
}

impl ServerAtClock {
    pub async fn ask(&self, mut call: Call) -> Response {
        call.path.insert_str(0, "/api/v1");
        answer(self.router.clone(), call.request()).await
    }
}
