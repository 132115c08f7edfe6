//! Every e-mail in both languages, as text and as HTML: both say the same, links are links, nothing is loaded. The
//! HTML is left in `target/tmp/emails`, for people and for the gallery's pictures.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod sample_payment;

use contract::{
    Date, Email, Instant, Locale, Money, PersonName,
    bill::{
        Bill,
        question::{QuestionText, QuestionTopic},
    },
    consent,
    notices::NoticeKind,
    payment::{BankAccountKind, Failure, Method, Payment, PaymentState},
    session::PersonView,
};
use regex::Regex;
use sample_payment::{payment, portal};
use server::{
    mail::{self, AskedCharge, ChangedDetail, HouseholdChange, Sender},
    store::{
        accounts::Account,
        bill_notices::{BillNews, BillToTell},
        outbox::Message,
        posted_reversals::ReturnedPayment,
        refunds::Refund,
    },
};

const HOME: &str = "https://pay.example.org";
const SECRET: &str = "5eed00000000000000000000000000000000000000000000000000000000feed";

fn account(locale: Locale) -> Account {
    let at = Instant::from_millis(1_795_456_320_000);
    Account {
        id: "a".into(),
        membership: "m".into(),
        email: Email::parse("ana.oneill@example.org").unwrap(),
        first_name: PersonName::parse("Ana").unwrap(),
        last_name: PersonName::parse("O’Neill").ok(),
        locale,
        password: String::new(),
        password_changed_at: at,
        is_password_short: false,
        terms_version: 1,
        terms_accepted_at: at,
    }
}

fn in_state(state: PaymentState) -> Payment {
    let failure = state.can_retry().then_some(Failure::InsufficientFunds);
    let paid = Payment { state, is_final: !state.is_on_its_way(), failure, ..payment() };
    if state == PaymentState::Paid {
        return paid;
    }
    Payment {
        method: Method::Bank { account: BankAccountKind::Checking, last4: "6789".into() },
        fee: Money::ZERO,
        charged: paid.total,
        sent_on: Date::parse("2026-11-23").ok(),
        expected_on: Date::parse("2026-11-27").ok(),
        ..paid
    }
}

/// Each by a name.
fn emails(locale: Locale) -> Vec<(String, Message)> {
    let portal = portal();
    let (sender, account) = (Sender { portal: &portal, home: HOME }, account(locale));
    let about = |state| mail::about_payment(&in_state(state), &sender, SECRET, (locale, Some(NoticeKind::Payment)));
    let seen = ("Monday, November 23, 2026, 9:52 am Pacific", "Firefox, Windows");
    let low = Money::from_cents(4_999).unwrap();
    let bill = BillToTell {
        bill: "visit".into(),
        due: Date::parse("2026-12-04").unwrap(),
        owed: Money::from_cents(6_410).unwrap(),
        account: account.id.clone(),
        locale,
    };
    let emails = [
        ("bill-ready", mail::about_bill(BillNews::Ready, &bill, &sender)),
        ("bill-due-soon", mail::about_bill(BillNews::DueSoon, &bill, &sender)),
        ("paid", about(PaymentState::Paid)),
        ("processing", about(PaymentState::Processing)),
        ("returned", about(PaymentState::Returned)),
        ("refunded", about(PaymentState::Refunded)),
        ("failed", about(PaymentState::Failed)),
        ("cancelled", about(PaymentState::Cancelled)),
        ("receipt-opened", mail::receipt_opened(&payment(), &sender, "plan@example.org", seen, locale)),
        ("confirm-email", mail::confirm_email(&sender, SECRET, true, locale)),
        ("registration-code", mail::registration_code(&sender, "abcde-fghij", locale)),
        ("registration-moved", mail::registration_moved(&sender, locale)),
        ("already-registered", mail::already_registered(&account, &sender)),
        ("account-opened", mail::account_opened(&sender, locale)),
        ("user-id", mail::user_id_reminder(&account, &sender)),
        ("no-account", mail::no_account_yet(&sender, locale)),
        ("password-reset", mail::password_reset(&account, &sender, SECRET)),
        ("password-changed", mail::password_changed(&account, &sender)),
        ("profile-changed", mail::profile_changed(&account, &sender, &[ChangedDetail::Name, ChangedDetail::Phone])),
        ("confirm-new-email", mail::confirm_new_email(&account, &sender, SECRET)),
        ("address-in-use", mail::address_in_use(&sender, locale)),
        ("email-change-asked", mail::email_change_asked(&account, &sender)),
        ("email-changed", mail::email_changed(&account, &sender)),
        ("account-closed", mail::account_closed(&account, &sender)),
        ("texts-on", mail::texts_turned_on(&account, &sender)),
        ("texts-off", mail::texts_ended(&account, &sender)),
        ("paperless-on", mail::paperless_on(&account, &sender, &consent::paperless("+1-800-390-3507", locale))),
        ("paperless-off", mail::paperless_off(&account, &sender)),
        ("notices-off", mail::notices_turned_off(&account, &sender)),
        ("household-pays-for", mail::household_changed(HouseholdChange::PaysFor, &sender, locale)),
        ("household-paid-for", mail::household_changed(HouseholdChange::PaidFor, &sender, locale)),
        ("household-ended", mail::household_changed(HouseholdChange::Ended, &sender, locale)),
        ("authenticator-added", mail::authenticator_added(&account, &sender)),
        ("authenticator-removed", mail::authenticator_removed(&account, &sender)),
        ("passkey-added", mail::passkey_added(&account, &sender)),
        ("passkey-removed", mail::passkey_removed(&account, &sender)),
        ("recovery-code-used", mail::recovery_code_used(&account, &sender)),
        ("recovery-codes-renewed", mail::recovery_codes_renewed(&account, &sender)),
        ("new-device", mail::new_device(&account, &sender, seen)),
        ("charge-question", question(&sender, locale)),
        ("credit-sent-back", mail::credit_refunded(&sender, &refund(), true, locale)),
        ("payment-came-back", mail::payment_came_back(&sender, &came_back(), locale)),
        ("credit-not-sent-back", mail::credit_refunded(&sender, &refund(), false, locale)),
        ("balance-low", mail::balance_low(&sender, low, Money::from_cents(5_000).unwrap(), locale)),
    ];
    emails.map(|(name, message)| (name.to_owned(), message)).to_vec()
}

fn came_back() -> ReturnedPayment {
    let [of_bill, of_balance] = [6_410, 1_590].map(|cents| Money::from_cents(cents).unwrap());
    let (received_on, reason) = (Date::parse("2026-11-23").unwrap(), Some(Failure::InsufficientFunds));
    let (payment, method) = ("payment-1".to_owned(), Method::Check);
    ReturnedPayment { payment, method, received_on, of_bill, of_balance, reason }
}

fn refund() -> Refund {
    Refund {
        id: "refund-1".into(),
        membership: "membership-1".into(),
        account: "account-1".into(),
        payment: "payment-1".into(),
        charge: "ch_1".into(),
        amount: Money::from_cents(2_000).unwrap(),
        method: serde_json::from_value(serde_json::json!({ "kind": "bank", "account": "checking", "last4": "6789" }))
            .unwrap(),
        is_on_its_way: false,
    }
}

/// To the plan: nothing of the service.
fn question(sender: &Sender<'_>, locale: Locale) -> Message {
    let bill: Bill = serde_json::from_value(serde_json::json!({
        "id": "01930f6c", "kind": "professional", "patient": "Ana", "issued": "2026-11-04", "due": "2026-12-04",
        "balance": "40.00", "pending": "0.00", "just_paid": null, "lines": [{
            "date_of_service": "2026-10-12", "provider": "Leila Haddad, MD", "description": "Office visit",
            "billed": "210.00", "discount": "60.00", "plan_paid": "110.00", "you_paid": "0.00", "you_owe": "40.00"
        }]
    }))
    .unwrap();
    let person = PersonView { name: "Ana O’Neill".into(), email: "ana@example.org".into(), is_email_confirmed: true };
    let text = QuestionText::parse("I paid this at the desk.\nWhy is it here?").unwrap();
    let asked = AskedCharge {
        bill: &bill,
        number: 1,
        line: &bill.lines[0],
        topic: Some(QuestionTopic::WrongAmount),
        text: &text,
    };
    mail::charge_question(sender, &person, "678", &asked, locale)
}

fn all() -> Vec<(String, Message)> {
    let of = |locale: Locale| {
        emails(locale).into_iter().map(move |(name, email)| (format!("{name}-{}", locale.code()), email))
    };
    Locale::ALL.into_iter().flat_map(of).collect()
}

fn email(name: &str) -> Message {
    all().into_iter().find(|(found, _)| found == name).unwrap().1
}

/// What a reader sees of the HTML, with every run of white space as one space.
fn shown(html: &str) -> String {
    let body = html.split_once("<body").unwrap().1;
    let tags = Regex::new(r"<[^>]*>").unwrap();
    let text = tags.replace_all(body.split_once('>').unwrap().1, " ").into_owned();
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn hrefs(html: &str) -> Vec<String> {
    let href = Regex::new("<a [^>]*href=\"([^\"]*)\"").unwrap();
    href.captures_iter(html).map(|found| found[1].replace("&amp;", "&")).collect()
}

#[test]
fn every_word_of_the_text_is_in_the_html() {
    for (name, email) in all() {
        let shown = shown(&email.html);
        let words: String = shown.split(|sign: char| !sign.is_alphanumeric()).collect::<Vec<_>>().join(" ");
        for word in email.text.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty()) {
            assert!(
                words.split(' ').any(|there| there == word),
                "{name}: {word:?} of {} is not in {shown}",
                email.text
            );
        }
    }
}

#[test]
fn every_address_and_the_phone_number_are_links_and_lead_to_us() {
    let address = Regex::new(r"https?://[^\s]+").unwrap();
    for (name, email) in all() {
        let hrefs = hrefs(&email.html);
        for found in address.find_iter(&email.text) {
            let found = found.as_str().trim_end_matches(['.', ',', ':']);
            assert!(hrefs.iter().any(|href| href == found), "{name}: {found} is no link: {hrefs:?}");
        }
        if email.text.contains("1-800-390-3507") {
            assert!(email.html.contains("<a class=\"link\" href=\"tel:+18003903507\""), "{name}");
        }
        for href in &hrefs {
            let is_ours = href == HOME || href.starts_with(&format!("{HOME}/")) || href == "tel:+18003903507";
            assert!(is_ours && !href.contains('?'), "{name}: {href}");
            if let Some((before, _)) = href.split_once(SECRET) {
                assert!(before.ends_with('#'), "{name}: {href}");
            }
        }
    }
}

#[test]
fn an_email_has_at_most_one_button_loads_nothing_and_says_its_language() {
    for (name, email) in all() {
        assert!(email.html.matches("class=\"button\"").count() <= 1, "{name}");
        for loaded in ["<img", "<script", "src=", "url(", "@import", "@font-face", "<link", "background-image", "<form"]
        {
            assert!(!email.html.contains(loaded), "{name}: {loaded}");
        }
        let language = name.rsplit('-').next().unwrap();
        assert!(email.html.contains(&format!("<html lang=\"{language}\">")), "{name}");
        assert_eq!(email.html.matches("<h1 ").count(), 1, "{name}");
        assert!(email.html.contains("overflow-wrap:anywhere"), "{name}: a long word breaks");
        for left in ["{", "}"] {
            let body = shown(&email.html);
            assert!(!email.text.contains(left) && !body.contains(left), "{name}: {body}");
        }
        assert!(!email.subject.contains(SECRET) && !email.html.split("</title>").next().unwrap().contains(SECRET));
    }
}

#[test]
fn the_email_of_a_receipt_says_what_was_paid_how_and_what_is_still_owed() {
    let english = email("paid-en").text;
    for says in [
        "Your payment of $217.31 is paid. Thank you.",
        "See the receipt:\nhttps://pay.example.org/receipt#5eed",
        "Receipt number: KP-7F3Q-2M8D",
        "Method: Visa card ending in 4242",
        "Professional bill (due Friday, December 4, 2026)\nThis payment: $64.10\nStill owed: $0.00",
        "Hospital bill (due Friday, December 18, 2026)\nThis payment: $150.00\nStill owed: $1,000.00",
        "For the bills: $214.10\nCard fee: $3.21\nTotal charged: $217.31",
        "The authorization you gave\n\nI, Ana O’Neill, authorize one charge",
        "Agreed on Monday, November 23, 2026, 9:52 am Pacific. Text version 1.",
    ] {
        assert!(english.contains(says), "{says:?} is not in {english}");
    }
    let spanish = email("paid-es").text;
    for says in [
        "Ver el recibo:\nhttps://pay.example.org/receipt#5eed",
        "Forma de pago: tarjeta Visa terminada en 4242",
        "Factura de hospital (vence el viernes, 18 de diciembre de 2026)\nEste pago: $150.00\nTodavía debe: $1,000.00",
        "Cargo por tarjeta: $3.21\nTotal cobrado: $217.31",
        "La autorización que usted dio",
    ] {
        assert!(spanish.contains(says), "{says:?} is not in {spanish}");
    }
    for (name, email) in all() {
        for private in ["Haddad", "Surgery", "Lab tests", "José", "4242424242424242", "October 12"] {
            assert!(!email.text.contains(private) && !email.html.contains(private), "{name}: {private}");
        }
    }
}

#[test]
fn an_email_about_money_that_was_asked_for_says_what_the_statement_calls_it() {
    for state in ["paid", "processing", "returned", "refunded"] {
        let (english, spanish) = (email(&format!("{state}-en")).text, email(&format!("{state}-es")).text);
        assert!(english.contains("On your card or bank statement: KPPAY HEALTH PLAN"), "{english}");
        assert!(spanish.contains("En el estado de cuenta de su tarjeta o banco: KPPAY HEALTH PLAN"), "{spanish}");
    }
    for state in ["failed", "cancelled"] {
        assert!(!email(&format!("{state}-en")).text.contains("KPPAY HEALTH PLAN"), "no statement has it");
    }
}

#[test]
fn a_debit_on_its_way_is_not_called_charged_and_one_that_came_back_can_be_paid_again() {
    let sent = email("processing-en").text;
    assert!(sent.contains("To be debited: $214.10") && sent.contains("Owed if it clears: $1,000.00"), "{sent}");
    assert!(sent.contains("Expected by: Friday, November 27, 2026"), "{sent}");
    assert!(sent.contains("See the payment:\n") && !sent.contains("See the receipt"), "{sent}");
    for (name, again) in [("returned-en", "Pay again"), ("returned-es", "Pagar otra vez"), ("failed-en", "Pay again")] {
        let email = email(name);
        assert!(email.text.contains(&format!("{again}:\n{HOME}/pay\n")), "{}", email.text);
        assert!(!email.text.contains('#') && !email.text.contains("Total c"), "{}", email.text);
    }
    assert!(email("returned-es").text.contains("No había fondos suficientes."));
}

#[test]
fn what_somebody_typed_stays_text() {
    let portal = portal();
    let sender = Sender { portal: &portal, home: HOME };
    let typed = Payment { authorisation: "I, <b>{phone} & \"Ana\"</b>, pay".into(), ..payment() };
    let email = mail::about_payment(&typed, &sender, SECRET, (Locale::En, None));
    assert!(email.html.contains("I, &lt;b&gt;{phone} &amp; &quot;Ana&quot;&lt;/b&gt;, pay"), "{}", email.html);
    assert!(email.text.contains("I, <b>{phone} & \"Ana\"</b>, pay"));
}

#[test]
fn every_email_is_left_as_a_page_for_the_gallery() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("emails");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, email) in all() {
        std::fs::write(folder.join(format!("{name}.html")), &email.html).unwrap();
    }
    assert!(std::fs::read_dir(&folder).unwrap().count() >= all().len());
}

/// The characters of a text message of 160, without those that count twice.
const GSM: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

#[test]
fn a_text_message_is_one_of_160_characters_says_how_to_end_them_and_nothing_of_health_or_money() {
    let portal = portal();
    let sender = Sender { portal: &portal, home: HOME };
    for locale in Locale::ALL {
        let notices = NoticeKind::ALL.map(|kind| mail::notice_text(kind, &sender, locale));
        for text in notices.into_iter().chain([mail::code_text("abcde-fghij", &sender, locale)]) {
            let strange: Vec<char> = text.chars().filter(|character| !GSM.contains(*character)).collect();
            assert!(text.chars().count() <= 160 && strange.is_empty(), "{text} {strange:?}");
            assert!(text.contains("STOP") && !text.contains('$'), "{text}");
        }
    }
}
