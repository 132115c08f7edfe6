//! A form that is checked live, and a page that asks for what it shows, in a real document with no server behind it.

use crate::fields::{find, stage};
use contract::{
    Email, FieldProblem, PersonName, Region,
    portal::PageFacts,
    session::{MembershipView, PersonView},
};
use gloo_timers::future::TimeoutFuture;
use kppay::{
    config::Deployment,
    form::Problems,
    i18n::Text,
    pages::account::overview::AccountPage,
    session::{Access, CurrentSession, Session},
    ui::{FormState, TextField},
};
use leptos::{mount::mount_to, prelude::*};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Event, HtmlElement, HtmlInputElement};

async fn types(place: &HtmlElement, id: &str, text: &str) {
    let input: HtmlInputElement = find(place, id).unchecked_into();
    input.set_value(text);
    input.dispatch_event(&Event::new("input").unwrap()).unwrap();
    leptos::task::tick().await;
}

#[wasm_bindgen_test]
async fn a_card_number_in_the_wrong_field_goes_and_is_named_until_something_else_is_typed() {
    let place = stage();
    let (name, email) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let refuse = StoredValue::new_local(None::<Box<dyn Fn()>>);
    let handle = mount_to(place.clone(), move || {
        let words = |_, field: char, problem: FieldProblem| format!("{field} {problem:?}");
        let form =
            FormState::new([('n', name), ('e', email)], words, |field| if field == 'n' { "name" } else { "email" });
        // an address need not be there
        let check = move || {
            let mut problems = Problems::default();
            problems.check('n', name.with(|name| PersonName::parse(name)));
            email.with(|email| (!email.is_empty()).then(|| problems.check('e', Email::parse(email))));
            problems.or(Some(()))
        };
        form.revalidate_on_change(move || check().err().unwrap_or_default());
        refuse.set_value(Some(Box::new(move || {
            let mut problems = untrack(check).err().unwrap_or_default();
            problems.insist('e', FieldProblem::LooksLikeCard, |_| false);
            _ = form.begin::<()>(Err(problems));
        })));
        let (label, other) = (Text::stored("Name".to_owned()), Text::stored("E-mail".to_owned()));
        view! {
            {form.summary()}
            <TextField id="name" label value=name error=form.error('n')/>
            <TextField id="email" label=other value=email error=form.error('e')/>
        }
    });
    types(&place, "#name", "4242 4242 4242 4242").await;
    types(&place, "#email", "4242 4242 4242 4242").await;
    refuse.with_value(|refuse| refuse.as_ref().unwrap()());
    leptos::task::tick().await;
    let lines = || find(&place, ".pay-errors ul").text_content().unwrap();
    assert_eq!((name.get_untracked(), email.get_untracked()), (String::new(), String::new()));
    assert_eq!(lines(), "n LooksLikeCarde LooksLikeCard");
    types(&place, "#name", "Ana O’Neill").await;
    assert_eq!(lines(), "e LooksLikeCard");
    assert_eq!(find(&place, "#email").get_attribute("aria-invalid").as_deref(), Some("true"));
    types(&place, "#email", "ana@example.org").await;
    assert_eq!((lines(), find(&place, ".pay-errors").has_attribute("hidden")), (String::new(), true));
    drop(handle);
}

#[wasm_bindgen_test]
async fn a_page_of_the_account_asks_once_a_member_is_here_and_again_when_it_is_told_to() {
    let place = stage();
    let membership = MembershipView { region: Region::Hawaii, ending: "678".into() };
    let access = Access { membership, capture_binding: "binding".into() };
    let person = PersonView { name: "Ana".into(), email: "ana@example.org".into(), is_email_confirmed: true };
    let handle = mount_to(place.clone(), move || {
        let deployment = Deployment::new(Some(Region::Hawaii), PageFacts::default());
        provide_context(deployment);
        provide_context(CurrentSession::new(Session::Member(access, person), deployment));
        AccountPage()
    });
    leptos::task::tick().await;
    let count = |text: &str| place.inner_html().matches(text).count();
    assert_eq!((count("aria-busy"), count("Try again")), (1, 0));
    for _ in 0..100 {
        if count("Try again") > 0 && count("aria-busy") == 0 {
            break;
        }
        TimeoutFuture::new(50).await;
    }
    assert_eq!((count("aria-busy"), count("Try again")), (0, 1));
    let before = requests();
    find(&place, "[role=alert] button").unchecked_into::<HtmlElement>().click();
    TimeoutFuture::new(500).await;
    assert_eq!(requests(), before + 1, "one call for the whole page");
    drop(handle);
}

/// How many calls of the API this page has made.
fn requests() -> usize {
    let performance = web_sys::window().unwrap().performance().unwrap();
    let entries = performance.get_entries_by_type("resource");
    let name =
        |entry: wasm_bindgen::JsValue| js_sys::Reflect::get(&entry, &"name".into()).unwrap().as_string().unwrap();
    entries.iter().filter(|entry| name(entry.clone()).contains("/api/v1/")).count()
}
