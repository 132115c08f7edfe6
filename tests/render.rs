//! Every page as text, without a browser: what must be on it before and without the server's answer, in both languages.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(all(feature = "ssr", not(target_arch = "wasm32")))]

use contract::{Locale, Region};
use kppay::{
    app::App,
    config::{API_BASE, Config},
    route::Route,
};
use leptos::prelude::*;
use leptos_router::location::RequestUrl;

fn page(route: &str, locale: Locale, region: Option<Region>) -> String {
    _ = any_spawner::Executor::init_futures_executor();
    let config = Config { api_base: API_BASE.into(), region, locale };
    let owner = Owner::new();
    owner.with(|| {
        provide_context(RequestUrl::new(route));
        view! { <App config/> }.to_html()
    })
}

/// Text of the first element with this tag, without the tags inside it.
fn text_of(html: &str, tag: &str) -> String {
    let start = html.find(&format!("<{tag}")).unwrap_or_else(|| panic!("no {tag} in {html}"));
    let end = html[start..].find(&format!("</{tag}>")).unwrap() + start;
    let (mut text, mut in_tag) = (String::new(), false);
    for c in html[start..end].chars() {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            c if !in_tag => text.push(c),
            _ => {}
        }
    }
    text
}

#[test]
fn every_page_renders_without_a_browser_with_one_main_and_the_help_phone() {
    for route in Route::all() {
        for locale in Locale::ALL {
            let html = page(&route.inner_path(), locale, Some(contract::Region::California));
            assert_eq!(html.matches("<main").count(), 1, "{route:?}");
            assert_eq!(html.matches("<h1").count(), 1, "{route:?} {}", locale.code());
            assert!(html.contains("tel:+18003903507"), "{route:?}");
        }
    }
}

#[test]
fn the_first_page_says_what_can_be_done_in_both_languages() {
    assert_eq!(text_of(&page("/", Locale::En, None), "h1"), "Pay your health plan bill");
    assert_eq!(text_of(&page("/", Locale::Es, None), "h1"), "Pague la factura de su plan de salud");
}

#[test]
fn no_page_is_shown_for_an_address_that_leads_nowhere() {
    assert_eq!(text_of(&page("/payroll", Locale::En, None), "h1"), "This page does not exist");
}

#[test]
fn the_region_page_offers_six_regions_and_asks_washington_s_question() {
    let html = page("/region", Locale::En, None);
    assert_eq!(html.matches(r#"type="radio""#).count(), 6);
    let html = page("/region", Locale::En, Some(Region::Washington));
    assert_eq!(html.matches(r#"type="radio""#).count(), 8);
    assert!(html.contains("Do you live in Clark or Cowlitz county?"));
}

#[test]
fn the_help_page_has_every_contact() {
    let html = page("/help", Locale::En, Some(Region::Hawaii));
    for contact in
        ["1-800-390-3507", "1-866-278-9502", "1-800-731-4661", "Ordway Building", "One Kaiser Plaza", "94612"]
    {
        assert!(html.contains(contact), "{contact}");
    }
}

#[test]
fn signing_in_asks_for_what_password_managers_know() {
    let html = page("/sign-in", Locale::En, None);
    assert!(html.contains(r#"autocomplete="username""#) && html.contains(r#"autocomplete="current-password""#));
    assert!(html.contains("/forgot-user-id") && html.contains("/forgot-password"));
}

#[test]
fn a_password_is_hidden_until_its_owner_asks_to_see_it() {
    let html = page("/sign-in", Locale::En, None);
    assert_eq!(html.matches(r#"type="password""#).count(), 1, "{html}");
    assert!(html.contains(r#"id="password-show""#) && html.contains(r#"aria-pressed="false""#), "{html}");
}

#[test]
fn the_way_in_says_what_an_account_adds_before_it_asks_for_anything() {
    let html = page("/register", Locale::Es, None);
    assert!(html.contains("<table") && !html.contains("<input"));
}
