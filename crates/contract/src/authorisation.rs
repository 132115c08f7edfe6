//! The authorisation a payer agrees to: one text that the review page shows, the client sends and the server stores,
//! word for word. Both sides build it here, so the server can tell that what was agreed to is what applies. The only
//! words for people in this crate, because they are a fact of the payment and not of the page.

use crate::{
    CardBrand, Date, Locale, Money, Region, date_format,
    payment::{BankAccountKind, Method},
};

/// Which wording this is; stored with every payment. A change of a single word is a new version.
pub const VERSION: u32 = 2;

/// What the text speaks of. Made by `payment::Terms` only.
pub(crate) struct Authorisation<'a> {
    pub payer_name: &'a str,
    /// With the card fee.
    pub charged: Money,
    /// Beside it, from the balance of the account.
    pub from_balance: Money,
    pub method: &'a Method,
    /// The day of the charge, or the day the debit is handed to the bank.
    pub on: Date,
    /// None of a deposit to the balance.
    pub bills: usize,
    pub phone: &'a str,
    /// Weekdays, whole hours of the region's clock.
    pub opens: u8,
    pub closes: u8,
    /// Whose bills they are: the text names its clock.
    pub region: Region,
}

impl Authorisation<'_> {
    pub fn text(&self, locale: Locale) -> String {
        let text = self.of_method(locale);
        if self.from_balance.is_zero() {
            return text;
        }
        let sum = dollars(self.from_balance);
        match locale {
            Locale::En => {
                format!("{text} {sum} more comes from my balance, and stays paid whatever becomes of the rest later.")
            }
            Locale::Es => {
                format!("{text} Otros {sum} salen de mi saldo, y quedan pagados aunque lo demás se devuelva después.")
            }
        }
    }

    fn of_method(&self, locale: Locale) -> String {
        let Self { payer_name, phone, .. } = self;
        let (charged, date) = (dollars(self.charged), date_format::date(self.on, locale));
        let (bills, hours) = (bills(self.bills, locale), self.hours(locale));
        let refused = if_refused(self.bills, locale);
        match (locale, self.method) {
            (Locale::En, Method::Card { brand, last4, .. }) => format!(
                "I, {payer_name}, authorize one charge of {charged} to my {} card ending in {last4} on {date}, for the {bills} above. It is for this payment only: nothing is charged again. A charge can’t be stopped once it is made; to ask for a refund I call {phone}, {hours}. A copy of this text is kept with my receipt.",
                card(*brand)
            ),
            (Locale::En, Method::Bank { account, last4 }) => format!(
                "I, {payer_name}, authorize one debit of {charged} from my {} account ending in {last4}, handed to the bank on {date}, for the {bills} above. It is for this payment only: nothing is debited again. To revoke it before it is handed to the bank I call {phone}, {hours}; after that it can’t be stopped here. {refused} A copy of this text is kept with my receipt.",
                match account {
                    BankAccountKind::Checking => "checking",
                    BankAccountKind::Savings => "savings",
                }
            ),
            // The plan took it: nothing is authorised here.
            (_, Method::Check | Method::Phone) => String::new(),
            (Locale::En, Method::Balance) => format!(
                "I, {payer_name}, use {charged} of my balance on {date} for the {bills} above. It is for this payment only: nothing else is taken from my balance, and no card or bank account is charged. A copy of this text is kept with my receipt."
            ),
            (Locale::Es, Method::Balance) => format!(
                "Yo, {payer_name}, uso {charged} de mi saldo el {date} por {bills} de arriba. Es solo para este pago: no se toma nada más de mi saldo, y no se cobra a ninguna tarjeta ni cuenta bancaria. Una copia de este texto se guarda con mi recibo."
            ),
            (Locale::Es, Method::Card { brand, last4, .. }) => format!(
                "Yo, {payer_name}, autorizo un único cargo de {charged} a mi tarjeta {} terminada en {last4} el {date}, por {bills} de arriba. Es solo para este pago: no se hará ningún otro cargo. Un cargo no se puede detener una vez hecho; para pedir un reembolso llamo al {phone}, {hours}. Una copia de este texto se guarda con mi recibo.",
                card(*brand)
            ),
            (Locale::Es, Method::Bank { account, last4 }) => format!(
                "Yo, {payer_name}, autorizo un único débito de {charged} de mi cuenta {} terminada en {last4}, entregado al banco el {date}, por {bills} de arriba. Es solo para este pago: no se hará ningún otro débito. Para revocarlo antes de que se entregue al banco llamo al {phone}, {hours}; después ya no se puede detener aquí. {refused} Una copia de este texto se guarda con mi recibo.",
                match account {
                    BankAccountKind::Checking => "corriente",
                    BankAccountKind::Savings => "de ahorros",
                }
            ),
        }
    }

    /// `weekdays 7 am to 5 pm Pacific time`.
    fn hours(&self, locale: Locale) -> String {
        let (opens, closes) = (date_format::hour(self.opens, locale), date_format::hour(self.closes, locale));
        let zone = clock(self.region.time_zone(), locale);
        match locale {
            Locale::En => format!("weekdays {opens} to {closes} {zone}"),
            Locale::Es => format!("días laborables de {opens} a {closes}, {zone}"),
        }
    }
}

fn card(brand: CardBrand) -> &'static str {
    brand.name()
}

/// `$1,214.10`, in both languages.
pub fn dollars(money: Money) -> String {
    let plain = money.to_string();
    let (whole, cents) = plain.split_once('.').unwrap_or((&plain, "00"));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("${grouped}.{cents}")
}

fn bills(count: usize, locale: Locale) -> String {
    match (locale, count) {
        (Locale::En, 0) => "deposit".to_owned(),
        (Locale::En, 1) => "bill".to_owned(),
        (Locale::En, 2) => "two bills".to_owned(),
        (Locale::En, n) => format!("{n} bills"),
        (Locale::Es, 0) => "el depósito".to_owned(),
        (Locale::Es, 1) => "la factura".to_owned(),
        (Locale::Es, 2) => "las dos facturas".to_owned(),
        (Locale::Es, n) => format!("las {n} facturas"),
    }
}

/// What a refused debit means: a bill stays owed, and a deposit owes nothing but what was spent of it.
fn if_refused(bills: usize, locale: Locale) -> &'static str {
    match (locale, bills) {
        (Locale::En, 0) => "If my bank refuses it, it leaves my balance, and I owe what I used of it.",
        (Locale::En, _) => "If my bank refuses it I still owe this amount.",
        (Locale::Es, 0) => "Si mi banco lo rechaza, sale de mi saldo y debo lo que haya usado de él.",
        (Locale::Es, _) => "Si mi banco lo rechaza, sigo debiendo este importe.",
    }
}

/// `Pacific time` or `hora del Pacífico`; the name itself of a time zone that no region has. Elsewhere a clock has a
/// shorter name (`date_format::zone`): these words are of the version above.
fn clock(time_zone: &str, locale: Locale) -> &str {
    match (time_zone, locale) {
        ("America/Los_Angeles", Locale::En) => "Pacific time",
        ("America/Los_Angeles", Locale::Es) => "hora del Pacífico",
        ("America/Denver", Locale::En) => "Mountain time",
        ("America/Denver", Locale::Es) => "hora de la Montaña",
        ("America/New_York", Locale::En) => "Eastern time",
        ("America/New_York", Locale::Es) => "hora del Este",
        ("Pacific/Honolulu", Locale::En) => "Hawaii time",
        ("Pacific/Honolulu", Locale::Es) => "hora de Hawái",
        (other, _) => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Expiry, payment::CardFunding};

    fn text(method: &Method, locale: Locale, bills: usize) -> String {
        let charged = Money::parse("1214.10").unwrap();
        let on = Date::new(2026, 11, 23).unwrap();
        Authorisation {
            payer_name: "Ana O’Neill",
            charged,
            from_balance: Money::ZERO,
            method,
            on,
            bills,
            phone: "1-800-390-3507",
            opens: 7,
            closes: 17,
            region: Region::Hawaii,
        }
        .text(locale)
    }

    #[test]
    fn it_says_who_how_much_from_what_when_and_how_to_revoke() {
        let expiry = Expiry::parse("11/28").unwrap();
        let card = Method::Card { brand: CardBrand::Visa, last4: "4242".into(), expiry, funding: CardFunding::Credit };
        let bank = Method::Bank { account: BankAccountKind::Savings, last4: "6789".into() };
        for part in [
            "Ana O’Neill",
            "$1,214.10",
            "Visa card ending in 4242",
            "November 23, 2026",
            "two bills",
            "1-800-390-3507, weekdays 7 am to 5 pm Hawaii time.",
        ] {
            assert!(text(&card, Locale::En, 2).contains(part), "{part}");
        }
        for part in [
            "cuenta de ahorros terminada en 6789",
            "23 de noviembre de 2026",
            "la factura",
            "revocarlo",
            "de 7 a. m. a 5 p. m., hora de Hawái;",
        ] {
            assert!(text(&bank, Locale::Es, 1).contains(part), "{part}");
        }
        assert!(text(&bank, Locale::En, 1).contains("for the bill above"));
        assert!(
            text(&bank, Locale::En, 0).contains("for the deposit above")
                && text(&bank, Locale::En, 0).contains("I used of it.")
        );
        assert!(
            !text(&bank, Locale::Es, 0).contains("sigo debiendo")
                && text(&bank, Locale::Es, 1).contains("sigo debiendo")
        );
        assert!(text(&card, Locale::Es, 1).contains("5 p. m., hora de Hawái. Una copia"));
    }

    #[test]
    fn every_regions_clock_has_a_name_in_both_languages() {
        for region in Region::ALL {
            for locale in Locale::ALL {
                let name = clock(region.time_zone(), locale);
                assert!(name.ends_with(" time") || name.starts_with("hora de"), "{name}");
            }
        }
        assert_eq!(clock(Region::Washington.time_zone(), Locale::Es), "hora del Pacífico");
    }
}
