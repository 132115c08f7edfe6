//! The order of a payment, as a client sends it, and its fingerprint, which distinguishes a retry from another order.

use crate::{Amount, Email, Instant, Locale, Money, PersonName};
use serde::{Deserialize, Serialize};

/// `POST /payments`. The key is the `Idempotency-Key` header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PaymentOrder {
    /// One bill, several, or part of one; each bill at most once.
    pub shares: Vec<OrderShare>,
    /// From the capture frame; single use. Empty with `saved_method`.
    pub token: String,
    /// A method that the member keeps, in place of a token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saved_method: Option<String>,
    /// For a member: the token's method is kept, unless the payment fails.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub save_method: bool,
    /// `consent::saved_method` in the order's language, as it was shown: without it the method is not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub save_consent: Option<String>,
    pub payer_name: PersonName,
    pub email: Option<Email>,
    /// The card fee the member was shown; refused when it is not the fee that applies.
    pub fee: Money,
    /// The authorisation the member agreed to, word for word (`authorisation::Authorisation::text`).
    pub authorisation: String,
    pub locale: Locale,
    /// As an app of the version before says that all its bills are meant to be paid again. `OrderShare::paid_before`
    /// says it of one bill.
    #[serde(default)]
    pub pay_again: bool,
    /// Until when, by the server's clock, the payment may begin: later it is refused as `too_late`, so that anyone who
    /// lost the answer can know that nothing will come of the order any more. Not part of the intent: the same order
    /// may be sent again with a later one.
    #[serde(default)]
    pub begin_by: Option<Instant>,
    /// What goes to the balance of the account in place of bills. Never on the wire: `POST /deposits` has an order of
    /// its own (`balance::DepositOrder`), which becomes this one.
    #[serde(skip)]
    pub deposit: Option<Amount>,
    /// For a member: what of it the balance of the account pays, first. If that is all of it there is no other method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_balance: Option<Amount>,
    /// For a member: the bills are somebody's whom the member pays for, by the id of the link (`household`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub household: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderShare {
    pub bill: String,
    pub amount: Amount,
    /// When the newest payment on this bill was made that the payer saw and means to pay after (`JustPaid::at`). A
    /// newer one is asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid_before: Option<Instant>,
}

impl PaymentOrder {
    /// The sum of the shares, or the deposit, without the fee; `None` when it is more than money can be here.
    pub fn total(&self) -> Option<Money> {
        Money::sum(self.shares.iter().map(|share| share.amount).chain(self.deposit).map(Amount::money))
    }
    /// What the balance does not pay, without the fee; `None`, too, where it is to pay more than there is to be paid.
    pub fn rest(&self) -> Option<Money> {
        self.total()?.minus(self.from_balance.map_or(Money::ZERO, Amount::money))
    }
    /// What the card or account is charged.
    pub fn charged(&self) -> Option<Money> {
        super::charged(self.rest()?, self.fee)
    }
    /// The balance pays all of it.
    pub fn is_from_balance_alone(&self) -> bool {
        self.from_balance.is_some() && self.rest().is_some_and(Money::is_zero)
    }
    /// The way in which `fingerprint` compares. Anyone who changes it counts this up and keeps the old way in
    /// `fingerprint_of`: a retry may reach another version of the server than the one that took the order.
    pub const FINGERPRINT: u16 = 1;

    /// As a version of the past compares; `None` for one that is not known here.
    pub fn fingerprint_of(&self, version: u16) -> Option<String> {
        (version == Self::FINGERPRINT).then(|| self.fingerprint())
    }

    /// One text for one intent: two orders under one key are the same when these are.
    pub fn fingerprint(&self) -> String {
        // Every part says its length first: no text a client puts into one part reads as two.
        let share = |share: &OrderShare| {
            let again = share.paid_before.map(|at| format!("@{}", at.millis())).unwrap_or_default();
            format!("{}:{}={}{again}", share.bill.len(), share.bill, share.amount)
        };
        let mut shares: Vec<String> = self.shares.iter().map(share).collect();
        shares.sort();
        let email = self.email.as_ref().map(ToString::to_string).unwrap_or_default();
        let Self { token, payer_name, fee, authorisation, locale, pay_again, .. } = self;
        let mut parts = vec![
            shares.join(","),
            token.clone(),
            payer_name.to_string(),
            email,
            fee.to_string(),
            authorisation.clone(),
            locale.code().to_owned(),
            if *pay_again { "again" } else { "" }.to_owned(),
        ];
        // What a version before does not know is a part with a name, and only where it is there: every other order
        // compares as before.
        parts.extend(self.saved_method.as_ref().map(|id| format!("saved_method={id}")));
        parts.extend(self.save_method.then(|| "save_method".to_owned()));
        parts.extend(self.save_consent.as_ref().map(|text| format!("save_consent={text}")));
        parts.extend(self.deposit.map(|deposit| format!("deposit {deposit}")));
        parts.extend(self.from_balance.map(|part| format!("from_balance {part}")));
        parts.extend(self.household.as_ref().map(|link| format!("household={link}")));
        parts.iter().map(|part| format!("{}:{part}", part.len())).collect::<Vec<_>>().join("|")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(shares: &[(&str, &str)]) -> PaymentOrder {
        PaymentOrder {
            shares: shares
                .iter()
                .map(|(bill, amount)| OrderShare {
                    bill: (*bill).to_owned(),
                    amount: Amount::parse(amount).unwrap(),
                    paid_before: None,
                })
                .collect(),
            token: "tok".to_owned(),
            saved_method: None,
            save_method: false,
            save_consent: None,
            payer_name: PersonName::parse("Ana O’Neill").unwrap(),
            email: None,
            fee: Money::ZERO,
            authorisation: "I, Ana O’Neill, authorize".to_owned(),
            locale: Locale::En,
            pay_again: false,
            begin_by: None,
            deposit: None,
            from_balance: None,
            household: None,
        }
    }

    #[test]
    fn one_intent_has_one_fingerprint_whatever_the_order_of_its_bills() {
        let one = order(&[("a", "1.00"), ("b", "2.00")]);
        assert_eq!(one.fingerprint(), order(&[("b", "2"), ("a", "$1.00")]).fingerprint());
        assert_eq!(one.total().unwrap().to_string(), "3.00");
    }

    /// A retry may reach a server of the version before, and a payment may have been kept by one.
    #[test]
    fn an_order_without_a_saved_method_compares_and_reads_as_in_the_version_before() {
        let one = order(&[("a", "1.00")]);
        assert_eq!(one.fingerprint(), "8:1:a=1.00|3:tok|13:Ana O’Neill|0:|4:0.00|27:I, Ana O’Neill, authorize|2:en|0:");
        let text = serde_json::to_string(&one).unwrap();
        assert!(!text.contains("save") && !text.contains("balance"), "{text}");
    }

    #[test]
    fn the_same_intent_sent_again_later_has_the_same_fingerprint() {
        let one = order(&[("a", "1.00")]);
        let later = PaymentOrder { begin_by: Some(Instant::from_millis(1)), ..one.clone() };
        assert_eq!(one.fingerprint(), later.fingerprint());
    }

    #[test]
    fn what_is_charged_is_the_total_with_the_fee_or_nothing_that_can_be_said() {
        let mut one = order(&[("a", "9999999.00")]);
        one.fee = Money::parse("0.99").unwrap();
        assert_eq!(one.charged().unwrap().to_string(), "9999999.99");
        one.fee = Money::parse("1.00").unwrap();
        assert_eq!((one.total().is_some(), one.charged()), (true, None));
    }

    #[test]
    fn the_balance_pays_no_more_than_there_is_to_be_paid_and_the_rest_is_charged_with_the_fee() {
        let mut one = order(&[("a", "1.00"), ("b", "2.00")]);
        one.from_balance = Some(Amount::parse("2.50").unwrap());
        one.fee = Money::parse("0.01").unwrap();
        assert_eq!(
            (one.rest().unwrap().to_string(), one.charged().unwrap().to_string()),
            ("0.50".into(), "0.51".into())
        );
        assert!(!one.is_from_balance_alone());
        one.from_balance = Some(Amount::parse("3.00").unwrap());
        assert!(one.is_from_balance_alone());
        one.from_balance = Some(Amount::parse("3.01").unwrap());
        assert_eq!((one.rest(), one.charged(), one.is_from_balance_alone()), (None, None, false));
    }

    #[test]
    fn any_other_intent_has_another_fingerprint() {
        let one = order(&[("a", "1.00"), ("b", "2.00")]);
        let email = Some(Email::parse("ana@example.org").unwrap());
        let mut again = one.clone();
        again.shares[0].paid_before = Some(Instant::from_millis(1));
        let others = [
            again,
            order(&[("a", "1.00")]),
            order(&[("a", "1.00"), ("b", "2.01")]),
            order(&[("a=1.00,b", "2.00")]),
            order(&[("a=1.00,1:b", "2.00")]),
            PaymentOrder { token: "tok2".to_owned(), ..one.clone() },
            PaymentOrder { payer_name: PersonName::parse("Ana").unwrap(), ..one.clone() },
            PaymentOrder { email, ..one.clone() },
            PaymentOrder { fee: Money::parse("0.05").unwrap(), ..one.clone() },
            PaymentOrder { authorisation: String::new(), ..one.clone() },
            PaymentOrder { locale: Locale::Es, ..one.clone() },
            PaymentOrder { pay_again: true, ..one.clone() },
            PaymentOrder { saved_method: Some("m".to_owned()), ..one.clone() },
            PaymentOrder { saved_method: Some("n".to_owned()), ..one.clone() },
            PaymentOrder { save_method: true, ..one.clone() },
            PaymentOrder { save_consent: Some("I let".to_owned()), ..one.clone() },
            PaymentOrder { deposit: Some(Amount::parse("1.00").unwrap()), ..one.clone() },
            PaymentOrder { from_balance: Some(Amount::parse("1.00").unwrap()), ..one.clone() },
            PaymentOrder { from_balance: Some(Amount::parse("1.01").unwrap()), ..one.clone() },
        ];
        for other in others {
            assert_ne!(one.fingerprint(), other.fingerprint(), "{other:?}");
        }
    }

    #[test]
    fn an_order_with_a_field_nobody_knows_or_an_amount_of_nothing_is_refused() {
        let good = serde_json::to_value(order(&[("a", "1.00")])).unwrap();
        assert!(serde_json::from_value::<PaymentOrder>(good.clone()).is_ok());
        for amount in ["\"0.00\"", "\"-5\"", "5"] {
            let mut bad = good.clone();
            bad["shares"][0]["amount"] = serde_json::from_str(amount).unwrap();
            assert!(serde_json::from_value::<PaymentOrder>(bad).is_err(), "{amount}");
        }
        let mut more = good;
        more["card_number"] = "4242424242424242".into();
        assert!(serde_json::from_value::<PaymentOrder>(more).is_err());
    }
}
