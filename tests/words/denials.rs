//! Denials of a payment: "no money was taken", "no se envió ningún pago". Somebody who paid in another tab, or whose
//! answer was lost, reads the same page as somebody who did not, so no page says such a thing but those that show the
//! end of this very payment. Others speak of what they do themselves ("no payment is sent by that") and say where to
//! look.

use crate::texts::{SourceText, all_texts, files, read, root};
use std::collections::BTreeSet;

/// Who may deny a payment: the words of its own end, and of a key that the server has refused or closed. Of the app,
/// also the folder or file that shows them; no other may.
const ENDS: [(&str, &str, Option<&str>); 16] = [
    ("src/i18n/pay/review.rs", "nothing_taken", REFUSED),
    ("src/i18n/pay/review.rs", "too_late", REFUSED),
    ("src/i18n/pay/review.rs", "not_sent", REFUSED),
    ("src/i18n/pay/review.rs", "never_arrived", REFUSED),
    ("src/i18n/pay/review.rs", "not_from_before_title", REFUSED),
    ("src/i18n/pay/review.rs", "not_from_before", REFUSED),
    ("src/i18n/account/balance.rs", "lost", Some("src/pages/account/balance/attempt")),
    // one of two ends that are still to come
    ("src/i18n/pay/review.rs", "outcome", Some("src/pages/pay/review/checking")),
    ("src/i18n/pay/outcome.rs", "failed", OUTCOME),
    ("src/i18n/pay/outcome.rs", "cancelled", OUTCOME),
    ("src/i18n/pay/outcome.rs", "sent_lead", OUTCOME),
    ("src/i18n/pay/outcome.rs", "returned_lead", OUTCOME),
    ("src/i18n/account/balance.rs", "back_refused", Some("src/pages/account/balance/refund")),
    ("crates/server/src/mail/payment.rs", "news", None),
    ("crates/server/src/mail/payment.rs", "deposit_news", None),
    ("crates/server/src/i18n.rs", "state", None),
];

const REFUSED: Option<&str> = Some("src/pages/pay/review/nothing_taken");
const OUTCOME: Option<&str> = Some("src/pages/pay/outcome");

/// Whether a sentence says that no payment was made: it denies something, of money, of the past.
fn denies(sentence: &str) -> bool {
    let text = sentence.to_lowercase();
    let words: Vec<&str> = text.split(|letter: char| !letter.is_alphanumeric() && letter != '’').collect();
    let has = |some: &str| some.split(' ').any(|word| words.contains(&word));
    let says = |some: &[&str]| some.iter().any(|phrase| text.contains(phrase));

    let denied = has("no not nothing none never nobody") || words.iter().any(|word| word.ends_with("n’t"));
    let past = has("was were has have had did wasn’t weren’t hasn’t haven’t hadn’t didn’t");
    let of_money = has("paid charged debited taken sent begun made reach arrive arrived through");
    let bare = says(&["no payment", "no money", "no charge", "not charged", "nothing charged", "nothing paid"])
        && !has("is are be will can do don’t");

    let negado = has("no ningún ninguna ninguno nada nunca nadie sin");
    let de_pago = has("cobró cobraron pagó pagaron debitó")
        || has("ha han había fue fueron")
            && has("cobrado pagado debitado tomado enviado llegado iniciado realizado hecho");
    let de_dinero = has("pago pagos dinero cobro cargo débito nada");
    let pasado = has("tomó tomaron envió enviaron llegó llegaron inició recibió recibimos realizó hizo hubo salió");
    let solo = says(&["ningún pago", "ningún cobro", "ningún cargo", "sin cobrar", "no hay pagos"])
        && !has("envía detiene hace hará cobra aparece puede");
    denied && past && of_money || bare || negado && (de_pago || de_dinero && pasado) || solo
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(['.', ':', ';', '!', '?'])
}

/// Each as file, place and sentence.
fn denials() -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for SourceText { file, place, words } in all_texts() {
        let of_this = sentences(&words).filter(|sentence| denies(sentence));
        found.extend(of_this.map(|sentence| (file.clone(), place.clone(), sentence.trim().to_owned())));
    }
    found
}

#[test]
fn no_words_deny_a_payment_but_those_of_its_own_end() {
    let denials = denials();
    let is_of_end = |file: &str, place: &str| ENDS.iter().any(|end| (end.0, end.1) == (file, place));
    let others: Vec<_> = denials.iter().filter(|(file, place, _)| !is_of_end(file, place)).collect();
    assert!(others.is_empty(), "{others:#?}");
    for (file, place, _) in ENDS {
        let is_there = denials.iter().any(|denial| (denial.0.as_str(), denial.1.as_str()) == (file, place));
        assert!(is_there, "{file}: {place} denies nothing (any more)");
    }
}

#[test]
fn words_that_deny_a_payment_are_shown_by_no_page_but_that_of_its_end() {
    let mut all = BTreeSet::new();
    files(&root().join("src"), &mut all);
    let pages: Vec<_> = all.iter().map(|file| read(file)).filter(|(name, _)| !name.starts_with("src/i18n")).collect();
    for (catalogue, field, shown) in ENDS {
        let Some(shown) = shown else { continue };
        let words = catalogue.trim_end_matches(".rs").rsplit('/').next().unwrap();
        // as `w.pay().review.too_late`, or of the words of this catalogue under the name that the page that shows them
        // gives them
        let read = [format!("{words}.{field}"), format!("w.{field}"), format!("o.{field}")];
        let is_read = |text: &str| {
            let follows = |at: usize, name: &str| text[at + name.len()..].chars().next();
            let is_whole = |at, name| follows(at, name).is_none_or(|next| !next.is_alphanumeric() && next != '_');
            read.iter().any(|name| text.match_indices(name.as_str()).any(|(at, _)| is_whole(at, name)))
        };
        let readers: Vec<_> = pages.iter().filter(|(_, text)| is_read(text)).map(|(name, _)| name.as_str()).collect();
        assert!(!readers.is_empty(), "{field}: nobody shows it");
        for reader in readers {
            assert!(reader.starts_with(shown), "{reader} shows {field}, which denies a payment");
        }
    }
}

#[test]
fn a_denial_is_recognised() {
    for sentence in [
        "No payment was sent.",
        "Nothing was paid or changed.",
        "Nothing was paid here for the one before.",
        "Nothing was charged.",
        "No money taken",
        "You have not been charged.",
        "We didn’t charge your card: it was not charged",
        "Your payment did not reach us.",
        "It was too long on its way to us, so nothing was begun.",
        "This time it sent no payment.",
        "No payment yet.",
        "No se envió ningún pago.",
        "No se pagó ni cambió nada.",
        "Aquí no se pagó nada de la anterior.",
        "No se cobró nada.",
        "No se tomó dinero",
        "Su pago no nos llegó.",
        "Aún no hay pagos.",
        "Aún no se ha cobrado nada",
    ] {
        assert!(denies(sentence), "{sentence}");
    }
    for sentence in [
        "No payment is sent or stopped by that.",
        "Nothing is charged until you review it.",
        "If you were paying, do not pay again before you have looked:",
        "Our payment processor’s form did not load.",
        "Con eso no se envía ni se detiene ningún pago.",
        "No se cobra nada hasta que lo revise.",
        "No llegó ninguna llave de acceso",
        "Por favor, no pague otra vez.",
    ] {
        assert!(!denies(sentence), "{sentence}");
    }
}
