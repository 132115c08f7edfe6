//! The deployment's profile: what is wrong in the file is refused with its line, its key and the way out, and the
//! demo's own is right.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use contract::{
    CardBrand, Identifier, Phone, Region,
    portal::{Capture, Portal},
};
use server::profile::Profile;
use std::path::Path;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/profile.toml");

fn text() -> String {
    std::fs::read_to_string(FILE).unwrap()
}

fn demo() -> Portal {
    let capture = Capture { url: "https://pay.example/capture".into(), origin: "https://pay.example".into() };
    Profile::demo().unwrap().portal(capture, true)
}

/// The demo's with the first `from` in it changed, refused at the line and the key with these words.
#[track_caller]
fn refused(from: &str, to: &str, key: &str, words: &[&str]) {
    let text = text();
    let (before, after) = text.split_once(from).unwrap_or_else(|| panic!("no {from}"));
    let line = 1 + before.matches('\n').count();
    let message = Profile::parse(&format!("{before}{to}{after}")).expect_err(to).to_string();
    assert!(message.starts_with(&format!("line {line}, {key}: ")), "not at line {line}, {key}: {message}");
    for word in words {
        assert!(message.contains(word), "{word} is missing: {message}");
    }
}

#[test]
fn a_value_that_its_type_does_not_take_is_refused_with_what_it_takes() {
    refused("name = \"kppay\"", "name = \"\"", "brand.name", &["\"\"", "1 to 64 characters"]);
    refused("name = \"kppay\"", "name = \"a\\u202eb\"", "brand.name", &["none of them hidden"]);
    for phone in ["", "390-3507", "800-390-3507", "+44 20 7946 0958", "1-800-390-3507 ext. 2"] {
        let to = format!("billing_phone = \"{phone}\"");
        let words = [phone, "North American", "with the 1 in front"];
        refused("billing_phone = \"1-800-390-3507\"", &to, "contacts.billing_phone", &words);
    }
    refused("\"Ordway Building\", ", "\"\", ", "contacts.mail[0]", &["one line"]);
    refused("mail = [\"Ordway", "mail = [] # [\"", "contacts.mail", &["0 lines", "1 to 6"]);
    refused("payee = \"kppay Health Plan\"", "payee = \"\"", "contacts.payee", &["one line"]);
    let card_number = "payee = \"4242 4242 4242 4242\"";
    refused("payee = \"kppay Health Plan\"", card_number, "contacts.payee", &["no number as long as a card's"]);
    for descriptor in ["", "PLAN", "KPPAY HEALTH PLAN AND MORE", "Kppay", "12345", " KPPAY", "KPPAY*PLAN", "PLAN É"] {
        let to = format!("statement_descriptor = \"{descriptor}\"");
        let words = [descriptor, "5 to 22 characters", "capitals"];
        refused("statement_descriptor = \"KPPAY HEALTH PLAN\"", &to, "payment.statement_descriptor", &words);
    }
    refused("opens = 7", "opens = \"7 am\"", "contacts.opens", &["string", "u8"]);
    refused("cards = [\"visa\"", "cards = [\"diners\"", "payment.cards", &["visa", "discover"]);
    refused("cards = [\"visa\"", "cards = [\"amex\"", "payment.cards", &["each once"]);
    refused("least = \"1.00\"", "least = \"0.00\"", "payment.least", &["above zero", "\"1.00\""]);
    refused("days = 3", "days = 0", "payment.bank_debit_business_days", &["1 to 10"]);
    refused("cut_off = 17", "cut_off = 0", "payment.bank_debit_cut_off", &["0: ", "1 to 23", "24 for no cut-off"]);
    refused("cut_off = 17", "cut_off = 25", "payment.bank_debit_cut_off", &["25: ", "1 to 23"]);
    refused("region = \"CO\"", "region = \"TX\"", "regions[1].region", &["\"TX\"", "CA, CO, GA, HI, OR, WA"]);
}

#[test]
fn whom_questions_go_to_may_be_left_out_and_a_wrong_address_is_refused() {
    let own = "questions = \"billing@kppay.example\"";
    assert_eq!(Profile::demo().unwrap().questions_to().unwrap().to_string(), "billing@kppay.example");
    let without = Profile::parse(&text().replacen(own, "", 1)).unwrap();
    assert_eq!(without.questions_to(), None);
    refused(own, "questions = \"billing\"", "contacts.questions", &["\"billing\"", "an e-mail address"]);
}

#[test]
fn a_security_txt_is_served_if_the_profile_has_one_and_a_wrong_one_is_refused() {
    assert_eq!(Profile::demo().unwrap().security_txt(), None);
    let table = |contact: &str, expires: &str| {
        format!("security_txt = {{ contact = \"{contact}\", expires = \"{expires}\" }}\n[brand]\n")
    };
    let with = |table: &str| Profile::parse(&text().replacen("[brand]\n", table, 1));
    let file = with(&table("mailto:security@example.org", "2027-10-31")).unwrap().security_txt().cloned().unwrap();
    let text = "Contact: mailto:security@example.org\nExpires: 2027-10-31T00:00:00Z\nPreferred-Languages: en, es\n";
    assert_eq!(file.text(), text);
    let day = |text: &str| contract::Date::parse(text).unwrap();
    assert_eq!([day("2027-10-30"), day("2027-10-31")].map(|today| file.is_expired(today)), [false, true]);
    for contact in ["", "security@example.org", "http://example.org", "mailto:", "mailto:a b", "https://x\\nExpires: 1"]
    {
        let to = table(contact, "2027-10-31");
        refused("[brand]\n", &to, "security_txt.contact", &["mailto:security@example.org"]);
    }
    refused("[brand]\n", &table("tel:+1-415-555-0142", "soon"), "security_txt.expires", &["\"soon\"", "a day"]);
}

#[test]
fn values_that_do_not_fit_each_other_are_refused_where_they_stand() {
    for closes in ["7", "6", "24"] {
        refused("closes = 17", &format!("closes = {closes}"), "contacts.closes", &[closes, "opens = 7", "0 to 23"]);
    }
    refused("basis_points = 150", "basis_points = 201", "regions[1].card_surcharge_basis_points", &["CO", "0 to 200"]);
    refused("basis_points = 0", "basis_points = 401", "regions[0].card_surcharge_basis_points", &["CA", "0 to 400"]);
    refused(
        "[[regions]]\nregion = \"CO\"",
        "[[regions]]\nregion = \"CA\"",
        "regions[1].region",
        &["CA is there already"],
    );
    refused(
        "min = 3, max = 3, sample = \"003\"",
        "min = 4, max = 3, sample = \"003\"",
        "regions[0].identifiers[1].max",
        &["min = 4", "1 to 32"],
    );
    refused("sample = \"003\"", "sample = \"3\"", "regions[0].identifiers[1].sample", &["\"3\"", "not of this form"]);
    refused("sample = \"0A1\"", "sample = \"0-a1\"", "regions[0].identifiers[2].sample", &["\"0A1\"", "write that"]);
    refused(
        "identifier = \"subgroup\"",
        "identifier = \"group\"",
        "regions[0].identifiers[1].identifier",
        &["group is there already"],
    );
}

#[test]
fn a_region_that_is_left_out_is_named() {
    let text = text();
    let at = text.rfind("[[regions]]").unwrap();
    let message = Profile::parse(&text[..at]).unwrap_err().to_string();
    assert!(message.contains(", regions: no WA: write a [[regions]] for each"), "{message}");
}

#[test]
fn a_key_that_is_unknown_or_missing_is_named() {
    refused("billing_phone = ", "biling_phone = ", "contacts.biling_phone", &["unknown field", "`billing_phone`"]);
    refused("name = \"kppay\"", "colour = \"#fff\"", "brand.colour", &["unknown field", "`name`"]);
    let text = text();
    let message = Profile::parse(&text.replace("fax = ", "# fax = ")).unwrap_err().to_string();
    let line = 1 + text.split("[contacts]").next().unwrap().matches('\n').count();
    assert_eq!(message, format!("line {line}, contacts: missing field `fax`"));
}

#[test]
fn what_is_no_toml_is_refused_at_its_line() {
    refused("opens = 7", "opens = seven", "opens = seven", &[]);
    refused("name = \"kppay\"", "name = \"kppay", "name = \"kppay", &[]);
}

#[test]
fn a_file_is_named_in_its_rejection_with_one_that_is_right() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plan.toml");
    let said = |file: &Path| Profile::read(file).unwrap_err();
    let missing = said(&file);
    assert!(missing.contains("--profile") && missing.contains("plan.toml: "), "{missing}");
    std::fs::write(&file, text().replace("opens = 7", "opens = 18")).unwrap();
    let wrong = said(&file);
    assert!(wrong.contains("plan.toml, line ") && wrong.ends_with("crates/server/profile.toml"), "{wrong}");
    std::fs::write(&file, text()).unwrap();
    assert_eq!(Profile::read(&file), Profile::demo());
}

#[test]
fn the_demo_s_washington_asks_for_a_billing_unit_and_the_others_for_five_numbers() {
    use Identifier::{Billgroup, BillingUnit, Group, Hrn, Subgroup, Zip};
    let portal = demo();
    for region in Region::ALL {
        let asked: Vec<_> = portal.region(region).unwrap().schema.iter().map(|field| field.identifier).collect();
        let five = vec![Group, Subgroup, Billgroup, Zip, Hrn];
        assert_eq!(asked, if region == Region::Washington { vec![BillingUnit, Zip] } else { five });
    }
}

#[test]
fn of_the_demo_only_colorado_has_a_card_surcharge() {
    for profile in demo().regions {
        assert_eq!(profile.card_surcharge_basis_points > 0, profile.region == Region::Colorado);
        assert_eq!(profile.time_zone, profile.region.time_zone());
    }
}

#[test]
fn the_demo_s_contacts_can_be_called_and_every_card_is_taken() {
    let portal = demo();
    assert_eq!((portal.contacts.opens, portal.contacts.closes), (7, 17));
    for number in [&portal.contacts.billing_phone, &portal.contacts.individual_plans_phone, &portal.contacts.fax] {
        assert!(Phone::parse(number).is_ok(), "{number}");
    }
    assert_eq!(portal.cards, CardBrand::ACCEPTED);
}

#[test]
fn what_the_portal_says_survives_being_written_and_read() {
    let portal = demo();
    let text = serde_json::to_string(&portal).unwrap();
    assert_eq!(serde_json::from_str::<Portal>(&text).unwrap(), portal);
}
