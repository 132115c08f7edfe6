//! The terms of a payment: its fee, what is charged, the days of its debit and the authorisation's text. Made here for
//! the page that shows them, the server that checks them, and everybody else who repeats them. The profile's figures
//! and today's date are passed in.

use super::{DebitPlan, Method, card_fee, counts_on, plan_debit, rules::credit_card_fee};
use crate::{Date, Locale, Money, Region, authorisation::Authorisation, portal::Portal};

/// What is charged: the total with the fee. `None` when it is more than money can be here: no such payment is shown or
/// taken, or the processor would be asked for another sum than the books say.
pub fn charged(total: Money, fee: Money) -> Option<Money> {
    total.plus(fee)
}

/// What a total costs in a region by credit card, if that is more than by other means: to be shown where one chooses,
/// before there is a card.
pub fn charged_to_credit(portal: &Portal, region: Region, total: Money) -> Option<Money> {
    let fee = credit_card_fee(total, portal.region(region)?.card_surcharge_basis_points);
    charged(total, fee).filter(|_| !fee.is_zero())
}

/// What somebody is to agree to.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    pub portal: &'a Portal,
    /// Whose bills they are: its fee and its clock are the payment's.
    pub region: Region,
    /// In that region.
    pub today: Date,
    /// From which a debit is planned (`debit_day`): tomorrow after the cut-off.
    pub debit_day: Date,
    pub method: &'a Method,
    /// What this method pays, without the fee.
    pub total: Money,
    /// What the balance of the account pays beside it.
    pub from_balance: Money,
    /// None of a deposit to the balance.
    pub bills: usize,
}

impl Terms<'_> {
    pub fn fee(&self) -> Money {
        let basis_points = self.portal.region(self.region).map_or(0, |profile| profile.card_surcharge_basis_points);
        card_fee(self.total, basis_points, self.method)
    }

    pub fn charged(&self) -> Option<Money> {
        charged(self.total, self.fee())
    }

    /// Of a bank account; a card is charged today.
    pub fn debit(&self) -> Option<DebitPlan> {
        let business_days = self.portal.limits.bank_debit_business_days;
        matches!(self.method, Method::Bank { .. }).then(|| plan_debit(self.debit_day, business_days))
    }

    /// The day on which it counts as paid if it clears.
    pub fn counts_on(&self) -> Date {
        counts_on(self.today, self.debit().map(|debit| debit.sent_on))
    }

    /// Word for word what is shown, agreed to and kept. `None` where nothing can be charged.
    pub fn authorisation(&self, payer_name: &str, locale: Locale) -> Option<String> {
        let contacts = &self.portal.contacts;
        let authorisation = Authorisation {
            payer_name,
            charged: self.charged()?,
            from_balance: self.from_balance,
            method: self.method,
            on: self.debit().map_or(self.today, |debit| debit.sent_on),
            bills: self.bills,
            phone: &contacts.billing_phone,
            opens: contacts.opens,
            closes: contacts.closes,
            region: self.region,
        };
        Some(authorisation.text(locale))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        CardBrand, Expiry, date_format,
        payment::{BankAccountKind, CardFunding, debit_day},
        portal::{Brand, Capture, Contacts, Limits, RegionProfile},
    };

    fn portal() -> Portal {
        let region = |region, card_surcharge_basis_points| RegionProfile {
            region,
            time_zone: String::new(),
            schema: Vec::new(),
            card_surcharge_basis_points,
        };
        Portal {
            brand: Brand::default(),
            regions: vec![region(Region::California, 0), region(Region::Colorado, 150)],
            contacts: Contacts {
                billing_phone: "1-800-390-3507".to_owned(),
                opens: 7,
                closes: 17,
                ..Contacts::default()
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
            statement_descriptor: String::new(),
            demo: false,
        }
    }

    fn terms<'a>(portal: &'a Portal, region: Region, method: &'a Method, total: &str) -> Terms<'a> {
        let today = Date::parse("2026-11-28").unwrap();
        let total = Money::parse(total).unwrap();
        Terms { portal, region, today, debit_day: today, method, total, from_balance: Money::ZERO, bills: 1 }
    }

    #[test]
    fn a_sum_that_can_not_be_made_is_no_other_sum_and_has_no_text() {
        let expiry = Expiry::parse("11/28").unwrap();
        let card = Method::Card { brand: CardBrand::Visa, last4: "4242".into(), expiry, funding: CardFunding::Credit };
        let portal = portal();
        let most = terms(&portal, Region::Colorado, &card, "9999999.99");
        assert!(!most.fee().is_zero());
        assert_eq!((most.charged(), most.authorisation("Ana", Locale::En)), (None, None));
        let same = terms(&portal, Region::California, &card, "9999999.99");
        assert_eq!(same.charged(), Some(same.total));
    }

    #[test]
    fn what_a_credit_card_would_cost_is_what_it_costs() {
        let expiry = Expiry::parse("11/28").unwrap();
        let credit =
            Method::Card { brand: CardBrand::Visa, last4: "4242".into(), expiry, funding: CardFunding::Credit };
        let portal = portal();
        for total in ["0.01", "1919.21", "9999999.99"] {
            let terms = terms(&portal, Region::Colorado, &credit, total);
            let more = terms.charged().filter(|charged| *charged != terms.total);
            assert_eq!(charged_to_credit(&portal, Region::Colorado, terms.total), more, "{total}");
        }
        let total = Money::parse("1919.21").unwrap();
        let sum = charged_to_credit(&portal, Region::Colorado, total).map(|sum| sum.to_string());
        assert_eq!(sum.as_deref(), Some("1948.00"));
        assert_eq!(charged_to_credit(&portal, Region::California, total), None, "no fee");
    }

    #[test]
    fn the_text_says_the_sum_with_the_fee_and_the_day_on_which_a_card_is_charged_or_a_debit_is_sent() {
        let expiry = Expiry::parse("11/28").unwrap();
        let card = Method::Card { brand: CardBrand::Visa, last4: "4242".into(), expiry, funding: CardFunding::Credit };
        let bank = Method::Bank { account: BankAccountKind::Checking, last4: "6789".into() };
        let portal = portal();
        for (method, sum, day) in [
            (&card, "one charge of $203.00", "on November 28, 2026"),
            (&bank, "one debit of $200.00", "on November 30, 2026"),
        ] {
            let terms = terms(&portal, Region::Colorado, method, "200.00");
            let text = terms.authorisation("Ana", Locale::En).unwrap();
            assert!(text.contains(sum) && text.contains(day), "{text}");
            assert_eq!(terms.debit().is_some(), matches!(method, Method::Bank { .. }));
        }
    }

    #[test]
    fn the_text_says_what_the_balance_pays_alone_and_beside_another_method() {
        let expiry = Expiry::parse("11/28").unwrap();
        let card = Method::Card { brand: CardBrand::Visa, last4: "4242".into(), expiry, funding: CardFunding::Credit };
        let portal = portal();
        let beside =
            Terms { from_balance: Money::parse("40").unwrap(), ..terms(&portal, Region::Colorado, &card, "200.00") };
        let text = beside.authorisation("Ana", Locale::En).unwrap();
        assert!(text.contains("one charge of $203.00") && text.contains("$40.00 more comes from my balance"), "{text}");
        let alone = terms(&portal, Region::Colorado, &Method::Balance, "200.00");
        assert!(alone.fee().is_zero() && alone.debit().is_none());
        for (locale, words) in [(Locale::En, "$200.00 of my balance"), (Locale::Es, "$200.00 de mi saldo")] {
            let text = alone.authorisation("Ana", locale).unwrap();
            assert!(text.contains(words), "{text}");
        }
    }

    #[test]
    fn after_the_cut_off_a_debit_is_sent_and_counts_a_day_later_and_a_card_is_charged_today() {
        let expiry = Expiry::parse("11/28").unwrap();
        let card = Method::Card { brand: CardBrand::Visa, last4: "4242".into(), expiry, funding: CardFunding::Credit };
        let bank = Method::Bank { account: BankAccountKind::Checking, last4: "6789".into() };
        let (portal, today) = (portal(), Date::parse("2026-12-09").unwrap());
        for (method, hour, day) in [(&card, 17, today), (&bank, 16, today), (&bank, 17, today.plus_days(1))] {
            let terms = terms(&portal, Region::Colorado, method, "200.00");
            let debit_day = debit_day(today, hour, portal.limits.bank_debit_cut_off);
            let terms = Terms { today, debit_day, ..terms };
            let text = terms.authorisation("Ana", Locale::En).unwrap();
            assert!(text.contains(&format!("on {}", date_format::date(day, Locale::En))), "{text}");
            assert_eq!(terms.counts_on(), day);
        }
    }
}
