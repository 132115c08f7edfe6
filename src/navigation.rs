//! Navigation: the current route, and changing it. The only module where a [`Route`] meets leptos_router's addresses.
//! Links are plain `<a href>`; the router takes plain clicks on them, everything else (new tab, download, another site)
//! is the browser's.

use crate::{
    browser,
    config::Base,
    route::{Enter, Route},
};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
    location::{BrowserUrl, LocationProvider},
};
use std::rc::Rc;

/// Name of the query of `/account/pay`: whose bills are to be paid, by the id of the link.
pub const FOR: &str = "?for=";

type Navigate = Rc<dyn Fn(&str, NavigateOptions)>;

/// Context.
#[derive(Clone, Copy)]
pub struct Navigation {
    route: Signal<Option<Route>>,
    /// As in the address bar, with the query.
    address: Signal<String>,
    base: StoredValue<Base>,
    /// `None` outside of a router: a test of one component goes nowhere.
    navigate: StoredValue<Option<Navigate>, LocalStorage>,
}

impl Navigation {
    /// For the router: how the addresses begin whose links it takes. With its slash, so that `/billing-faq` is the
    /// host's.
    pub fn links_below(base: &Base) -> String {
        base.before(&Route::Home.inner_path())
    }

    /// Inside the router, once.
    pub fn provide(base: Base) {
        let base = StoredValue::new(base);
        let navigate: Navigate = Rc::new(use_navigate());
        let location = use_location();
        let (path, search) = (location.pathname, location.search);
        // a memo: what is written in another way and leads to the same page draws nothing anew
        let route =
            Memo::new(move |_| path.with(|path| base.with_value(|base| base.strip(path).and_then(Route::parse))));
        let address = Signal::derive(move || match search.get() {
            search if search.is_empty() => path.get(),
            search => format!("{}?{search}", path.get()),
        });
        provide_context(Self { route: route.into(), address, base, navigate: StoredValue::new_local(Some(navigate)) });
        // the router writes a link's address into the address bar once it is notified that the page is rendered; its
        // own list of pages, which we do without, would tell it
        if let Some(bar) = use_context::<BrowserUrl>() {
            browser::effect(move |_| {
                bar.as_url().track();
                bar.ready_to_complete();
            });
        }
    }

    /// The one the app provides; outside of it the first page.
    pub fn here() -> Self {
        use_context().unwrap_or_else(|| Self {
            route: Signal::stored(Some(Route::Home)),
            address: Signal::stored(String::new()),
            base: StoredValue::new(Base::default()),
            navigate: StoredValue::new_local(None),
        })
    }

    /// Tracks. `None` is an address that leads nowhere.
    pub fn route(self) -> Option<Route> {
        self.route.get()
    }

    /// Of this page, with its query. Tracks.
    pub fn address_here(self) -> String {
        self.address.get()
    }

    /// Now, without tracking.
    pub fn is_at(self, route: impl Into<Route>) -> bool {
        self.route.get_untracked() == Some(route.into())
    }

    /// Goes there, at its top; back leads here again.
    pub fn go(self, to: impl Into<Route>) {
        self.leave(to.into(), false);
    }

    /// To that page with a query, such as a list's filter. Only an empty one is left out; back leads here again.
    pub fn go_with_query(self, to: impl Into<Route>, query: &str) {
        let mark = if query.is_empty() { "" } else { "?" };
        self.go_back_to(&format!("{}{mark}{query}", self.href(to)));
    }

    /// Goes there in place of this page: back does not lead here.
    pub fn replace(self, to: impl Into<Route>) {
        self.leave(to.into(), true);
    }

    /// To a page before this one, by its `address_here`.
    pub fn go_back_to(self, address: &str) {
        if let Some(navigate) = self.navigate.get_value() {
            navigate(address, NavigateOptions { resolve: false, ..NavigateOptions::default() });
        }
    }

    /// For `<a href>` and for navigating.
    pub fn href(self, to: impl Into<Route>) -> String {
        self.address(&to.into().inner_path())
    }

    /// With a query, which begins with `?`, or is empty.
    pub fn href_with(self, to: impl Into<Route>, query: &str) -> String {
        format!("{}{query}", self.href(to))
    }

    /// Of a page on the way in, and then of `to`, with the filter that `address` has.
    pub fn through(self, way_in: Enter, to: impl Into<Route>, address: &str) -> String {
        self.address(&to.into().inner_path_through(way_in, address))
    }

    /// Loads that page anew: nothing of this one is left.
    pub fn leave_for(self, to: impl Into<Route>) {
        browser::leave_for(&self.href(to));
    }

    /// A page on the way in takes the place of this one, and leads back to it, with its filter.
    pub fn replace_through(self, way_in: Enter, then: impl Into<Route>) {
        self.replace_with(&self.through(way_in, then, &self.address.get_untracked()));
    }

    /// The session of this page ran out: another page says so, as a new document, and leads back here where signing in
    /// does.
    pub fn leave_timed_out(self) {
        let address = match self.route.get_untracked().filter(Route::is_of_member) {
            Some(route) => self.through(Enter::TimedOut, route, &self.address.get_untracked()),
            None => self.href(Enter::TimedOut),
        };
        browser::leave_for(&address);
    }

    /// As `replace`, with a query, which begins with `?`, or is empty.
    pub fn replace_with_query(self, to: impl Into<Route>, query: &str) {
        self.replace_with(&self.href_with(to, query));
    }

    fn replace_with(self, address: &str) {
        if let Some(navigate) = self.navigate.get_value() {
            navigate(address, NavigateOptions { replace: true, resolve: false, ..NavigateOptions::default() });
        }
    }

    fn address(self, inner: &str) -> String {
        self.base.with_value(|base| base.before(inner))
    }

    fn leave(self, to: Route, replace: bool) {
        if self.is_at(to.clone()) {
            return browser::scroll_to_top();
        }
        if let Some(navigate) = self.navigate.get_value() {
            navigate(&self.href(to), NavigateOptions { replace, resolve: false, ..NavigateOptions::default() });
        }
    }
}

/// The address of a page, for the links of what is being drawn.
pub fn href(to: impl Into<Route>) -> String {
    Navigation::here().href(to)
}
