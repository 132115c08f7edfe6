//! The e-mail that takes a member's question about a charge to the plan. It says where the charge is and nothing of
//! what it was for: provider, service and patient are found there.

use super::{Sender, body::Body};
use crate::{
    i18n::{self, say},
    store::outbox::Message,
};
use contract::{
    Locale,
    bill::{
        Bill, BillLine,
        question::{QuestionText, QuestionTopic},
    },
    date_format,
    session::PersonView,
};

/// A charge, and what is asked about it.
pub struct AskedCharge<'a> {
    pub bill: &'a Bill,
    /// Its place on the bill, from 1.
    pub number: usize,
    pub line: &'a BillLine,
    pub topic: Option<QuestionTopic>,
    pub text: &'a QuestionText,
}

pub fn charge_question(
    sender: &Sender<'_>,
    person: &PersonView,
    ending: &str,
    asked: &AskedCharge<'_>,
    locale: Locale,
) -> Message {
    let AskedCharge { bill, number, line, topic, text } = asked;
    let fact = |english: &str, spanish: &str, value: String| (say(locale, english, spanish).to_owned(), value);
    let mut facts = vec![
        fact("Bill", "Factura", bill.id.clone()),
        fact("Bill of", "Factura del", date_format::long_date(bill.issued, locale)),
        fact("Charge", "Cargo", number.to_string()),
        fact("The member owes", "El miembro debe", i18n::money(line.you_owe)),
        fact("Member", "Miembro", person.name.clone()),
        fact("Member number ends in", "El número de miembro termina en", ending.to_owned()),
        fact("E-mail", "Correo electrónico", person.email.clone()),
    ];
    facts.extend(topic.map(|topic| fact("About", "Sobre", about(topic, locale).to_owned())));
    Body::new(sender, locale, ("A member asks about a charge", "Un miembro pregunta por un cargo"))
        .say((
            "A member asks about a charge. Answer by e-mail or phone; this system does not see the answer.",
            "Un miembro pregunta por un cargo. Responda por correo electrónico o teléfono; este sistema no ve la respuesta.",
        ))
        .facts(facts)
        .quote(
            ("The question", "La pregunta"),
            &text.to_string(),
            say(locale, "As the member wrote it.", "Como la escribió el miembro.").to_owned(),
        )
        .write()
}

fn about(topic: QuestionTopic, locale: Locale) -> &'static str {
    match topic {
        QuestionTopic::NotMine => say(locale, "The charge is not theirs", "El cargo no es suyo"),
        QuestionTopic::WrongAmount => say(locale, "The amount is wrong", "El importe no es correcto"),
        QuestionTopic::AlreadyPaid => say(locale, "They paid it already", "Ya lo pagaron"),
        QuestionTopic::WhatIsIt => say(locale, "What the charge is", "Qué es el cargo"),
    }
}
