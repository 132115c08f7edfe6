//! The entry point of the wasm: mounts the app in `index.html`, in place of the static first paint.

use kppay::{
    app::App,
    browser::{self, Remembered},
    config::{Base, Config, page_facts},
    pages,
};
use leptos::{mount::mount_to, prelude::*};

fn main() {
    std::panic::set_hook(Box::new(|_| pages::crash::show()));
    if let Some(place) = browser::app_element() {
        let (region, locale) = (browser::remembered(Remembered::Region), browser::remembered(Remembered::Locale));
        let base = browser::base(&place).as_deref().map(Base::parse).unwrap_or_default();
        let facts = browser::facts(&place).as_deref().map(page_facts).unwrap_or_default();
        let config =
            Config { base, facts, ..Config::parse(region.as_deref(), locale.as_deref(), &browser::languages()) };
        mount_to(place, || view! { <App config/> }).forget();
        browser::started();
    }
}
