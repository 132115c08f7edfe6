//! Where we are: the route on the page, in step with the address bar. Links are plain `<a href>`; a plain click on one of ours is
//! taken here, everything else (new tab, download, another site) is the browser's.
//!
//! Written by hand and not leptos_router: one match on [`Route`] in `app` does what we need of it, for a fifth of the bytes of the
//! first page (ARCHITECTURE.md has the figures).

use crate::{browser, route::Route};
use leptos::prelude::*;

/// Context.
#[derive(Clone, Copy)]
pub struct Place {
    /// `None` is an address that leads nowhere.
    route: RwSignal<Option<Route>>,
}

impl Place {
    pub fn at(path: &str) -> Self {
        Self { route: RwSignal::new(Route::parse(path)) }
    }

    /// The one the app provides; outside of it the first page.
    pub fn here() -> Self {
        use_context().unwrap_or_else(|| Self { route: RwSignal::new(Some(Route::Home)) })
    }

    /// Tracks.
    pub fn route(self) -> Option<Route> {
        self.route.get()
    }

    /// Now, without tracking.
    pub fn is_at(self, route: &Route) -> bool {
        self.route.with_untracked(|at| at.as_ref() == Some(route))
    }

    /// Goes there, at its top; back leads here again.
    pub fn go(self, to: Route) {
        self.leave(to, false);
    }

    /// Goes there in place of this page: back does not lead here.
    pub fn replace(self, to: Route) {
        self.leave(to, true);
    }

    fn leave(self, to: Route, replace: bool) {
        if !self.is_at(&to) {
            browser::write_address(&to.href(), replace);
            self.route.set(Some(to));
        }
        browser::scroll_to_top();
    }

    /// Follows back and forward; for the app, once.
    pub fn follow_history(self) {
        browser::watch(move |_| {
            let heard = browser::listen("popstate", move || self.route.set(Route::parse(&browser::path())));
            let heard = StoredValue::new_local(heard);
            on_cleanup(move || heard.set_value(None));
        });
    }

    /// For a click anywhere in the app.
    pub fn clicked(self, event: leptos::ev::MouseEvent) {
        if let Some(to) = browser::own_link(&event).as_deref().and_then(Route::parse) {
            event.prevent_default();
            self.go(to);
        }
    }
}
