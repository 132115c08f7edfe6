//! The receipt's file, read back as text.
#![allow(clippy::unwrap_used)]

mod pdf_text;
mod sample_payment;

use contract::{
    Locale, Money,
    bill::BillKind,
    payment::{BankAccountKind, Failure, Method, PaidLine, Payment, PaymentState, ProofLine, ProofPack, ProofPerson},
};
use sample_payment::{AUTHORISATION, date, money, payment, portal};
use server::{
    billing::receipt_pdf::{ReceiptCopy, proof, receipt},
    metrics::CHARACTERS_NOT_DRAWN,
};

/// The file's text with every run of white space as one space.
fn text(payment: &Payment, locale: Locale) -> String {
    let file = receipt(payment, &portal(), locale, ReceiptCopy::OfThePayer).unwrap();
    let text = pdf_extract::extract_text_from_mem(&file).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn assert_says(text: &str, wanted: &[&str]) {
    for wanted in wanted {
        assert!(text.contains(wanted), "{wanted:?} is missing in: {text}");
    }
}

#[test]
fn a_receipt_says_what_the_statement_calls_the_payment_and_one_of_no_money_does_not() {
    assert_says(&text(&payment(), Locale::En), &["On your card or bank statement KPPAY HEALTH PLAN"]);
    assert_says(&text(&payment(), Locale::Es), &["En el estado de cuenta de su tarjeta o banco KPPAY HEALTH PLAN"]);
    let failed = Payment { state: PaymentState::Failed, failure: Some(Failure::Declined), ..payment() };
    assert!(!text(&failed, Locale::En).contains("KPPAY HEALTH PLAN"));
}

#[test]
fn a_receipt_carries_everything_a_reimbursement_account_asks_for() {
    let text = text(&payment(), Locale::En);
    assert_says(
        &text,
        &[
            "kppay",
            "Payment receipt",
            "KP-7F3Q-2M8D",
            "Monday, November 23, 2026, 9:52 am Pacific",
            "Visa card ending in 4242",
            "$214.10",
            "Card fee $3.21",
            "Total charged $217.31",
            "Professional bill · $64.10",
            "Office visit, primary care",
            "October 12, 2026 · Leila Haddad, MD · Patient: Ana O’Neill",
            "Lab tests: lipid panel, A1c",
            "X-ray, left wrist, 3 views",
            "Hospital bill · $150.00",
            "$700.00",
            "Patient: José Ñuñez-O’Brien",
            "Hospital bill: $1,000.00, due Friday, December 18, 2026.",
            "On all your bills together: $1,000.00.",
            AUTHORISATION,
            "Text version 1",
            "1-800-390-3507, weekdays 7 am to 5 pm Pacific.",
        ],
    );
}

#[test]
fn the_receipt_is_said_in_spanish_too() {
    let text = text(&payment(), Locale::Es);
    assert_says(
        &text,
        &[
            "Recibo de pago",
            "lunes, 23 de noviembre de 2026, 9:52 a. m. (Pacífico)",
            "tarjeta Visa terminada en 4242",
            "Factura de hospital · $150.00",
            "Paciente: José Ñuñez-O’Brien",
            "Después del seguro",
            "Lo que todavía debe",
            AUTHORISATION,
            "Llame al 1-800-390-3507, de lunes a viernes de 7 a. m. a 5 p. m. (Pacífico).",
        ],
    );
}

#[test]
fn a_bank_debit_on_its_way_is_not_called_a_receipt() {
    let payment = Payment {
        state: PaymentState::Processing,
        is_final: false,
        method: Method::Bank { account: BankAccountKind::Checking, last4: "6789".into() },
        fee: Money::ZERO,
        sent_on: Some(date("2026-11-23")),
        expected_on: Some(date("2026-11-27")),
        owed_now: money("1214.10"),
        ..payment()
    };
    let text = text(&payment, Locale::En);
    assert_says(
        &text,
        &[
            "Payment confirmation (not paid yet)",
            "Expected by Friday, November 27, 2026",
            "checking account ending in 6789",
            "Card fee None",
            "You owe $1,214.10 today in all. If this payment clears: $1,000.00.",
        ],
    );
    assert!(!text.contains("Payment receipt"));
}

#[test]
fn only_what_was_taken_is_called_charged_and_paid() {
    for (locale, charged, paid, to_be, this) in [
        (Locale::En, "Total charged", "Paid", "To be debited $217.31", "This payment"),
        (Locale::Es, "Total cobrado", "Pagado", "Se debitará $217.31", "Este pago"),
    ] {
        let sent = Payment { state: PaymentState::Processing, is_final: false, ..payment() };
        let sent = text(&sent, locale);
        assert_says(&sent, &[to_be, this]);
        for state in [PaymentState::Processing, PaymentState::Returned, PaymentState::Refunded, PaymentState::Failed] {
            let said = text(&Payment { state, ..payment() }, locale);
            assert!(!said.contains(charged) && !said.contains(&format!("{paid} ")), "{state:?}: {said}");
            assert_says(&said, &[this]);
        }
        assert_says(&text(&payment(), locale), &[&format!("{charged} $217.31"), paid]);
    }
}

#[test]
fn a_failed_payment_says_that_no_money_was_taken() {
    let failure = Some(Failure::InsufficientFunds);
    let payment = Payment { state: PaymentState::Failed, failure, can_retry: true, ..payment() };
    assert_says(
        &text(&payment, Locale::En),
        &["Payment record (not a receipt)", "no money was taken", "There was not enough money available."],
    );
}

#[test]
fn the_file_has_a_title_a_language_and_tags() {
    let file = receipt(&payment(), &portal(), Locale::Es, ReceiptCopy::OfThePayer).unwrap();
    let raw = String::from_utf8_lossy(&file);
    assert!(raw.starts_with("%PDF-1.7"));
    assert_says(&raw, &["/StructTreeRoot", "/Marked true", "/Lang", "pdfuaid", "Recibo de pago KP-7F3Q-2M8D"]);
}

/// A name a script. The files say them as they were written.
const NAMES: [&str; 27] = [
    "王小明",
    "山田 さくら",
    "ジョン・スミス",
    "김민수",
    "สมชาย ใจดี",
    "ສົມສັກ",
    "Кораблёв, Иван",
    "Ελένη Παπαδοπούλου",
    "Nguyễn Thị Ảnh",
    "Zoë Åström-Łukasiewicz",
    "محمد العلي",
    "مهدی‌نژاد",
    "נעמי כהן",
    "נָעֳמִי",
    "भारती राव क्षत्रिय",
    "ফারহানা আক্তার",
    "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ",
    "ગુજરાતી પટેલ",
    "ଓଡ଼ିଆ ଦାସ",
    "தமிழ்ச்செல்வி",
    "తెలుగు రావు",
    "ಕನ್ನಡ ರಾವ್",
    "മലയാളം നായർ",
    "ශ්‍රී ලංකා",
    "မြန်မာ အောင်",
    "សុខា ខ្មែរ",
    "አበበ በቀለ",
];

#[test]
fn a_name_of_any_script_is_drawn_and_the_file_says_it_as_it_was_written() {
    let mut payment = payment();
    let agreed = |name: &&str| format!("I, {name}, authorize one charge of $214.10, on November 23, 2026.");
    payment.authorisation = NAMES.iter().map(agreed).collect::<Vec<_>>().join(" ");
    let line = payment.shares[0].lines[0].clone();
    payment.shares[0].lines = NAMES.map(|name| PaidLine { provider: name.into(), ..line.clone() }).into();
    let before = CHARACTERS_NOT_DRAWN.value();
    let file = receipt(&payment, &portal(), Locale::En, ReceiptCopy::OfThePayer).unwrap();
    let text = pdf_text::text(&file);
    assert_says(&text, &[&payment.authorisation]);
    for name in NAMES {
        assert_says(&text, &[&format!("October 12, 2026 · {name} · Patient: Ana O’Neill")]);
    }
    assert_eq!(CHARACTERS_NOT_DRAWN.value(), before);
}

#[test]
fn a_proof_of_a_year_is_tagged_and_says_the_names_of_any_script_as_they_were_written() {
    let line = |name: &str| ProofLine {
        payment: "p".into(),
        reference: "KP-7F3Q-2M8D".into(),
        kind: BillKind::Hospital,
        date_of_service: date("2026-10-12"),
        patient: name.into(),
        provider: name.into(),
        description: "Visit".into(),
        after_insurance: money("2.00"),
        paid: money("2.00"),
        on: date("2026-10-20"),
        state: PaymentState::Paid,
        came_back_on: None,
        is_by_health_account: true,
        why: None,
    };
    let (counts, number) = (money("2.00"), 1);
    let pack = ProofPack {
        as_of: payment().created_at,
        today: date("2026-11-23"),
        year: 2026,
        years: vec![2026],
        person: None,
        counts: money("54.00"),
        does_not_count: Money::ZERO,
        people: NAMES.map(|name| ProofPerson { number, name: name.into(), services: 1, counts }).into(),
        counted: NAMES.map(line).into(),
        left_out: Vec::new(),
        receipts: 1,
        receipts_in_zip: 1,
    };
    let before = CHARACTERS_NOT_DRAWN.value();
    let file = proof(&pack, &portal(), "America/Los_Angeles", Locale::En).unwrap();
    let text = pdf_text::text(&file);
    for name in NAMES {
        assert_says(
            &text,
            &[&format!("{name} · $2.00"), &format!("October 12, 2026 · {name} · Patient: {name} · KP-")],
        );
    }
    assert_says(&text, &["already paid from an HSA or FSA"]);
    assert_eq!(CHARACTERS_NOT_DRAWN.value(), before);
    let raw = String::from_utf8_lossy(&file);
    assert_says(&raw, &["/StructTreeRoot", "/Marked true", "/Lang", "pdfuaid", "Proof for HSA, FSA and HRA 2026"]);
}

#[test]
fn the_receipt_of_somebody_else_s_bill_names_them_and_neither_a_service_nor_what_else_is_owed() {
    let payment = payment().without_services("Mei Tanaka");
    let text = pdf_text::text(&receipt(&payment, &portal(), Locale::En, ReceiptCopy::OfThePayer).unwrap());
    assert_says(&text, &["Mei Tanaka"]);
    for word in ["Patient", "After insurance", "On all your bills"] {
        assert!(!text.contains(word), "{word} in {text}");
    }
}

#[test]
fn whoever_did_not_pay_reads_no_authorization_of_the_one_who_did() {
    let text =
        |payment: &Payment| pdf_text::text(&receipt(payment, &portal(), Locale::En, ReceiptCopy::OfThePayer).unwrap());
    assert_says(&text(&payment()), &["The authorization you gave"]);
    assert!(!text(&payment().of_another_payer()).contains("The authorization you gave"));
}

#[test]
fn what_no_font_can_draw_is_a_box_that_still_says_it_and_is_counted() {
    let payment = Payment { payer_name: "Ana \u{1f40c}\u{1f40c} 王\u{202e}\u{7}".into(), ..payment() };
    let before = CHARACTERS_NOT_DRAWN.value();
    let file = receipt(&payment, &portal(), Locale::En, ReceiptCopy::OfThePayer).unwrap();
    assert_says(&pdf_text::text(&file), &["PayerAna \u{1f40c}\u{1f40c} 王"]);
    assert_eq!(CHARACTERS_NOT_DRAWN.value(), before + 2);
}

#[test]
fn a_receipt_of_hundreds_of_charges_runs_over_pages() {
    let mut payment = payment();
    let first = payment.shares[0].lines[0].clone();
    payment.shares[0].lines = (0..300)
        .map(|at| PaidLine { description: format!("Visit {at} {}", "long ".repeat(at % 40)), ..first.clone() })
        .collect();
    let text = text(&payment, Locale::En);
    assert_says(&text, &["Visit 0", "Visit 299", "Page 2 /"]);
}
