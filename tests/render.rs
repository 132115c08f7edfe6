//! Every page as text, without a browser: what must be on it before and without the server's answer, in both languages.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(all(feature = "ssr", not(target_arch = "wasm32")))]

use contract::{
    Locale, Region,
    portal::{Brand, Contacts, PageFacts},
};
use kppay::{
    app::App,
    config::{API_BASE, Base, Config},
    route::Route,
};
use leptos::prelude::*;
use leptos_router::location::RequestUrl;

/// As a server writes them into the page. Nothing else is known of the plan before the first answer, and without one.
fn facts() -> PageFacts {
    PageFacts {
        brand: Brand { name: "Cedar Health".into() },
        contacts: Contacts {
            billing_phone: "1-415-555-0142".into(),
            individual_plans_phone: "1-415-555-0167".into(),
            fax: "1-415-555-0183".into(),
            payee: "Cedar Health, Inc.".into(),
            mail: vec!["Cedar Health Payments".into(), "100 Example Street".into(), "Anytown, CA 94000".into()],
            opens: 8,
            closes: 18,
        },
    }
}

fn page(address: &str, locale: Locale, region: Option<Region>) -> String {
    page_below("", address, locale, region)
}

fn page_below(base: &str, address: &str, locale: Locale, region: Option<Region>) -> String {
    _ = any_spawner::Executor::init_futures_executor();
    let config = Config { api_base: API_BASE.into(), base: Base::parse(base), region, locale, facts: facts() };
    let owner = Owner::new();
    owner.with(|| {
        provide_context(RequestUrl::new(address));
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
            assert!(
                html.contains("tel:+14155550142") && html.contains("<b translate=\"no\">Cedar Health</b>"),
                "{route:?}"
            );
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
fn the_server_knows_every_page_and_answers_any_other_address_with_404() {
    let list = include_str!("../crates/server/src/http/assets/pages.rs");
    let list = list.split("= [\n").nth(1).unwrap().split("];").next().unwrap();
    let known: Vec<String> = list.split('"').skip(1).step_by(2).map(|page| page.replace(['{', '}'], "")).collect();
    let pages: Vec<String> = Route::all().iter().map(Route::inner_path).collect();
    assert_eq!(known, pages);
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
        ["1-415-555-0142", "1-415-555-0167", "1-415-555-0183", "Cedar Health Payments", "100 Example Street", "94000"]
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

/// The addresses on this site that a page links to.
fn links(html: &str) -> Vec<&str> {
    let addresses = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    addresses.filter(|address| address.starts_with('/')).collect()
}

#[test]
fn below_a_path_of_a_host_every_page_is_the_same_and_every_link_stays_below_it() {
    for route in Route::all() {
        let plain = page(&route.inner_path(), Locale::En, Some(Region::California));
        let address = format!("/billing{}", route.inner_path());
        let html = page_below("/billing", &address, Locale::En, Some(Region::California));
        let found = links(&html);
        assert_eq!(found.len(), links(&plain).len(), "{route:?}");
        assert!(found.len() > 5 && found.iter().all(|link| link.starts_with("/billing/")), "{route:?}: {found:?}");
        assert_eq!(html.replace("\"/billing/", "\"/"), plain, "{route:?}");
    }
}

#[test]
fn below_a_path_of_a_host_its_other_addresses_lead_nowhere_here() {
    let title = |address| text_of(&page_below("/billing", address, Locale::En, None), "h1");
    assert_eq!([title("/billing"), title("/billing/")], ["Pay your health plan bill"; 2]);
    for address in ["/", "/help", "/billing-faq", "/billinghelp", "/a/billing/help"] {
        assert_eq!(title(address), "This page does not exist", "{address}");
    }
}

#[test]
fn below_a_path_of_a_host_signing_in_leads_back_to_where_one_was() {
    let html = page_below("/billing", "/billing/pay/review", Locale::En, None);
    assert!(links(&html).contains(&"/billing/sign-in?then=/pay/review"), "{:?}", links(&html));
}
