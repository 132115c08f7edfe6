//! A payment that was made, with a part of a bill and a card fee, and the plan it was made to.

use contract::{
    CardBrand, Date, Email, Expiry, IdempotencyKey, Instant, Money,
    bill::BillKind,
    payment::{CardFunding, Method, PaidLine, Payment, PaymentEvent, PaymentShare, PaymentState},
    portal::{Brand, Capture, Contacts, Limits, Portal},
};

pub const AUTHORISATION: &str = "I, Ana O’Neill, authorize one charge of $214.10 to my Visa card ending in 4242 on November 23, \
    2026, for the two bills above. It is for this payment only: nothing is charged again.";

pub fn money(text: &str) -> Money {
    Money::parse(text).unwrap()
}

pub fn date(text: &str) -> Date {
    Date::parse(text).unwrap()
}

pub fn portal() -> Portal {
    Portal {
        brand: Brand { name: "kppay".into() },
        regions: Vec::new(),
        contacts: Contacts {
            billing_phone: "1-800-390-3507".into(),
            individual_plans_phone: String::new(),
            fax: String::new(),
            payee: String::new(),
            mail: Vec::new(),
            opens: 7,
            closes: 17,
        },
        cards: Vec::new(),
        locales: Vec::new(),
        limits: Limits {
            min_payment_cents: 100,
            just_paid_minutes: 10,
            bank_debit_business_days: 3,
            bank_debit_cut_off: 17,
            min_deposit_cents: 500,
            max_deposit_cents: 200_000,
            pay_from_balance: true,
        },
        capture: Capture { url: String::new(), origin: String::new() },
        statement_descriptor: "KPPAY HEALTH PLAN".into(),
        demo: false,
    }
}

fn line(day: &str, provider: &str, what: &str, after: &str, paid: &str) -> PaidLine {
    PaidLine {
        date_of_service: date(day),
        provider: provider.into(),
        description: what.into(),
        after_insurance: money(after),
        paid: money(paid),
    }
}

pub fn payment() -> Payment {
    let at = Instant::from_millis(1_795_456_320_000);
    Payment {
        id: "p".into(),
        reference: "KP-7F3Q-2M8D".into(),
        key: IdempotencyKey::from_random([7; 16]),
        state: PaymentState::Paid,
        is_final: true,
        can_retry: false,
        total: money("214.10"),
        fee: money("3.21"),
        charged: money("217.31"),
        shares: vec![
            PaymentShare {
                bill: "b1".into(),
                kind: BillKind::Professional,
                patient: "Ana O’Neill".into(),
                amount: money("64.10"),
                leaves: Money::ZERO,
                due: date("2026-12-04"),
                lines: vec![
                    line("2026-10-12", "Leila Haddad, MD", "Office visit, primary care", "25.00", "25.00"),
                    line("2026-10-12", "Regional Laboratory", "Lab tests: lipid panel, A1c", "14.10", "14.10"),
                    line("2026-10-14", "Oakland Imaging", "X-ray, left wrist, 3 views", "25.00", "25.00"),
                ],
            },
            PaymentShare {
                bill: "b2".into(),
                kind: BillKind::Hospital,
                patient: "José Ñuñez-O’Brien".into(),
                amount: money("150.00"),
                leaves: money("1000.00"),
                due: date("2026-12-18"),
                lines: vec![line("2026-10-21", "Tomas Okafor, MD", "Surgery, wrist fracture", "700.00", "150.00")],
            },
        ],
        deposit: None,
        other_part: None,
        method: Method::Card {
            brand: CardBrand::Visa,
            last4: "4242".into(),
            expiry: Expiry::parse("04/28").unwrap(),
            funding: CardFunding::Credit,
        },
        payer_name: "Ana O’Neill".into(),
        email: Some(Email::parse("ana.oneill@example.org").unwrap()),
        created_at: at,
        time_zone: "America/Los_Angeles".into(),
        sent_on: None,
        expected_on: None,
        counts_on: None,
        moved_by: Vec::new(),
        failure: None,
        owed_now: money("1000.00"),
        owed_if_cleared: money("1000.00"),
        authorisation: AUTHORISATION.into(),
        authorisation_version: 1,
        given_back: Money::ZERO,
        is_by_another: false,
        events: vec![PaymentEvent { state: PaymentState::Paid, at }],
    }
}
