//! Tests of the profile page, rendered natively: what stands in its sheets, and that every field has its own name on
//! the wire.

use super::{
    fields::{Part, TypedPart},
    *,
};
use crate::{
    billing::PersonalField as Field,
    error::ApiError,
    fetched::Fetched,
    i18n::{Language, without_facts},
};
use contract::Locale;
use serde_json::{Value, json};

fn ana() -> MemberProfile {
    let person = json!({
        "first_name": "Ana", "last_name": "O’Neill", "phone": "+15105550142", "locale": "es",
        "address": { "line1": "418 Alder Court", "line2": "Apt 5", "city": "Reno", "state": "NV", "zip": "89501-3610" },
    });
    let profile =
        json!({ "person": person, "email": "ana@example.org", "ending": "678", "time_zone": "America/Los_Angeles" });
    serde_json::from_value(profile).unwrap()
}

fn given(next: Option<&str>) -> AuthorisationPage {
    let entry = json!({
        "payment": "payment-1", "text": "I authorize Cedar Health to charge $64.10.", "locale": "en", "version": 1,
        "at": "2026-11-23T17:50:00Z", "charged": "64.10",
    });
    serde_json::from_value(json!({ "authorisations": [entry], "next": next })).unwrap()
}

fn drawn(locale: Locale, profile: Fetched<MemberProfile>, given: Fetched<AuthorisationPage>) -> String {
    Owner::new().with(|| {
        provide_context(Language(RwSignal::new(locale)));
        let profiles = Query::new(|_| async { Err(ApiError::Offline) });
        let authorisations = Query::new(|_| async { Err(ApiError::Offline) });
        profiles.answered(profile);
        authorisations.answered(given);
        without_facts(&content(profiles, authorisations).to_html())
    })
}

#[test]
fn the_profile_says_who_the_member_is_and_what_they_authorised() {
    let html = drawn(Locale::En, Fetched::Here(ana()), Fetched::Here(given(None)));
    for words in [
        "Ana O’Neill",
        "Ending in 678",
        "418 Alder Court",
        "Apt 5",
        "89501-3610",
        "ana@example.org",
        "(510) 555-0142",
        "Español",
        "I authorize Cedar Health to charge $64.10.",
        "text version 1",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    assert_eq!(html.matches(">Change<").count(), 5, "name, address, e-mail, phone, language: {html}");
    assert!(!html.contains("Show earlier ones") && html.matches("<form").count() == 1, "only paperless: {html}");
    let spanish = drawn(Locale::Es, Fetched::Here(ana()), Fetched::Here(given(None)));
    assert!(spanish.contains("Termina en 678") && spanish.contains("Lo que autorizó"), "{spanish}");
}

#[test]
fn paperless_is_a_step_that_says_what_it_means_with_a_box_that_is_not_ticked() {
    for (locale, said) in [
        (
            Locale::En,
            ["Off: your bills come by mail", "program that opens PDF files", "withdraw this at any time", "paper copy"],
        ),
        (Locale::Es, ["No: sus facturas llegan", "abra archivos PDF", "Puedo dejarlo cuando quiera", "copia en papel"]),
    ] {
        let html = drawn(locale, Fetched::Here(ana()), Fetched::Here(given(None)));
        for words in said {
            assert!(html.contains(words), "{words}: {html}");
        }
        assert_eq!(html.matches("type=\"checkbox\"").count(), 1);
        assert!(!html.contains("checked"), "{html}");
    }
}

#[test]
fn paperless_that_is_on_says_since_when_and_offers_the_way_back_and_each_consent_stays_in_the_list() {
    let consents = json!([
        { "purpose": "paperless", "withdrawn_at": null,
          "given": { "text": "I agree to the new one.", "locale": "en", "version": 1, "at": "2026-11-20T17:50:00Z" } },
        { "purpose": "texts", "withdrawn_at": "2026-11-12T17:50:00Z",
          "given": { "text": "I agree to texts.", "locale": "en", "version": 1, "at": "2026-11-10T17:50:00Z" } },
    ]);
    let profile = MemberProfile { consents: serde_json::from_value(consents).unwrap(), ..ana() };
    let html = drawn(Locale::En, Fetched::Here(profile), Fetched::Here(given(None)));
    for words in [
        "On since",
        "Get bills by mail again",
        "I agree to the new one.",
        "I agree to texts.",
        "Withdrawn on",
        "Text messages",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    assert!(!html.contains("checkbox") && !html.contains("Go paperless"), "{html}");
}

#[test]
fn earlier_authorisations_are_asked_for_by_a_button_and_none_are_said_to_be_none() {
    let more = drawn(Locale::En, Fetched::Here(ana()), Fetched::Here(given(Some("1.a"))));
    assert!(more.contains("Show earlier ones"), "{more}");
    let none = drawn(Locale::En, Fetched::Here(ana()), Fetched::Here(AuthorisationPage::default()));
    assert!(none.contains("None yet.") && !none.contains("can’t be used again"), "{none}");
}

#[test]
fn an_authorisation_that_holds_can_be_revoked_and_one_that_was_revoked_says_when() {
    let of = |id: &str, revoked_at: Value| {
        json!({
            "id": id, "revoked_at": revoked_at,
            "method": { "kind": "card", "brand": "visa", "last4": "4242", "expiry": "08/28", "funding": "credit" },
            "given": { "text": "I let Cedar Health keep it.", "locale": "en", "version": 1, "at": "2026-11-20T17:50:00Z" },
        })
    };
    let page = |standing: Value| serde_json::from_value(json!({ "authorisations": [], "standing": standing })).unwrap();
    let both = page(json!([of("a", Value::Null), of("b", json!("2026-11-23T17:50:00Z"))]));
    let html = drawn(Locale::En, Fetched::Here(ana()), Fetched::Here(both));
    for words in
        ["Visa card ending in 4242, Fri, Nov 20, 2026", "revoked Mon, Nov 23, 2026", "I let Cedar Health keep it."]
    {
        assert!(html.contains(words), "{words}: {html}");
    }
    assert_eq!(html.matches(">Revoke<").count(), 1, "{html}");
    assert!(!html.contains("None yet."), "{html}");
    let one = page(json!([of("a", Value::Null)]));
    let spanish = drawn(Locale::Es, Fetched::Here(ana()), Fetched::Here(one));
    assert!(spanish.contains(">Revocar<"), "{spanish}");
}

#[test]
fn the_part_of_the_profile_that_could_not_be_fetched_leaves_the_other_as_it_is() {
    let failed = drawn(Locale::En, Fetched::Failed(ApiError::Offline), Fetched::Here(given(None)));
    assert!(failed.contains("I authorize Cedar Health") && failed.contains("Try again"), "{failed}");
    let failed = drawn(Locale::En, Fetched::Here(ana()), Fetched::Failed(ApiError::Offline));
    assert!(failed.contains("418 Alder Court") && failed.contains("Try again"), "{failed}");
    let waiting = drawn(Locale::En, Fetched::Waiting, Fetched::Waiting);
    assert_eq!(waiting.matches("aria-busy").count(), 2, "{waiting}");
}

#[test]
fn what_a_form_is_filled_with_is_a_change_to_the_same_profile() {
    Owner::new().with(|| {
        for part in [Part::Name, Part::Address, Part::Phone, Part::Language] {
            let typed = TypedPart::new(part);
            typed.fill(&ana().person);
            let change = typed.check().unwrap();
            let sent: Value = serde_json::to_value(&change).unwrap();
            assert_eq!(sent.as_object().unwrap().len(), 1, "one part: {sent}");
            assert_eq!(ana().person.with(change), ana().person);
        }
    });
}

#[test]
fn an_error_of_the_server_finds_the_field_that_it_is_about() {
    Owner::new().with(|| {
        for part in [Part::Name, Part::Address, Part::Phone] {
            let typed = TypedPart::new(part);
            typed.fill(&ana().person);
            let sent = serde_json::to_value(typed.check().unwrap()).unwrap();
            let paths = sent.as_object().unwrap().iter().flat_map(|(name, value)| match value {
                Value::Object(inner) => inner.keys().map(|field| format!("{name}.{field}")).collect(),
                _ => vec![name.clone()],
            });
            let mut found: Vec<Field> = paths.filter_map(|path| Field::of_path(&path)).collect();
            found.sort_by_key(|field| part.fields().iter().position(|of| of == field));
            assert_eq!(found, part.fields());
        }
    });
}
