//! The web app of a payer portal: what a member sees, and nothing of how billing works inside.
//!
//! Reading order, which is also the order of imports (downwards only, checked by `tests/arrows/`): [`error`],
//! [`fetched`], [`form`], [`route`], [`config`], [`i18n`]; then what touches the outside, [`browser`], [`navigation`]
//! and [`api`]; then [`session`]; then what is seen, [`ui`] (the kit), [`billing`] (the parts that know bills) and
//! [`pages`]; and [`app`], which names every page. Rules of billing are in the `contract` crate.
//!
//! Everything renders without a browser, too (feature `ssr`): calls to the browser are made in effects and handlers
//! only.

// a page's markup is one nested type, and rendering it natively nests futures on top of that
#![recursion_limit = "512"]

pub mod api;
pub mod app;
pub mod attempt;
pub mod billing;
pub mod browser;
pub mod config;
pub mod error;
pub mod fetched;
pub mod form;
pub mod i18n;
pub mod navigation;
pub mod pages;
pub mod route;
pub mod session;
pub mod ui;
