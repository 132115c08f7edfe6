//! Texts of what was paid on a bill lately: a sentence a payment, and the question before paying a second time.

use crate::i18n::shell::at_es;
use contract::payment::{MethodKind, PaymentState, Phase};

pub struct PaidWords {
    /// `when` is one of the next two; `day` the day on which the payment was made.
    pub line: fn(state: PaymentState, by: MethodKind, amount: &str, when: &str, day: &str) -> String,
    pub today: fn(time: &str) -> String,
    pub on: fn(day: &str) -> String,
    /// After the sentence of a payment that came back.
    pub owed_again: &'static str,
    pub see: fn(reference: &str) -> String,
    /// A bill, and what was paid on it.
    pub on_bill: fn(bill: &str, line: &str) -> String,
    /// A few minutes ago.
    pub only_if_meant: &'static str,
    pub lately: &'static str,
    pub gone_title: &'static str,
    /// The box in the review.
    pub mean_it: fn(bill: &str, amount: &str, when: &str) -> String,
    pub unticked: &'static str,
}

pub const EN: PaidWords = PaidWords {
    line: |state, by, amount, when, day| match (state.phase(), by) {
        (Phase::Took, MethodKind::Card) => format!("{amount} received {when}, paid by card."),
        (Phase::Took, MethodKind::Bank) => format!("{amount} received {when}, paid by bank."),
        (Phase::Took, MethodKind::Balance) => format!("{amount} received {when}, paid from the balance."),
        (Phase::Took, MethodKind::Check) => format!("{amount} received {when}, paid by mail."),
        (Phase::Took, MethodKind::Phone) => format!("{amount} received {when}, paid by phone."),
        (Phase::OnItsWay, MethodKind::Balance) => format!("{amount} from the balance {when}. It is not paid yet."),
        (Phase::OnItsWay, MethodKind::Card) => format!("{amount} sent by card {when}. It is not paid yet."),
        (Phase::OnItsWay, MethodKind::Bank) => format!("{amount} sent by bank {when}. It is not paid yet."),
        _ if state == PaymentState::Refunded => format!("{amount} of {day} was refunded."),
        _ => format!("{amount} of {day} came back."),
    },
    today: |time| format!("today at {time}"),
    on: |day| format!("on {day}"),
    owed_again: "You owe it again.",
    see: |reference| format!("See payment {reference}"),
    on_bill: |bill, line| format!("{bill}: {line}"),
    only_if_meant: "That was a few minutes ago. Pay on this bill again only if you mean to.",
    lately: "Paid recently",
    gone_title: "There was a payment on a bill that you chose",
    mean_it: |bill, amount, when| format!("{bill}: a payment of {amount} was made {when}. I mean to pay again"),
    unticked: "Paid a few minutes ago: tick the box if you mean to pay again, or change the amount",
};

pub const ES: PaidWords = PaidWords {
    line: |state, by, amount, when, day| match (state.phase(), by) {
        (Phase::Took, MethodKind::Card) => format!("Recibimos {amount} {when}, con tarjeta."),
        (Phase::Took, MethodKind::Bank) => format!("Recibimos {amount} {when}, por banco."),
        (Phase::Took, MethodKind::Balance) => format!("Recibimos {amount} {when}, del saldo."),
        (Phase::Took, MethodKind::Check) => format!("Recibimos {amount} {when}, por correo."),
        (Phase::Took, MethodKind::Phone) => format!("Recibimos {amount} {when}, por teléfono."),
        (Phase::OnItsWay, MethodKind::Balance) => format!("{amount} del saldo {when}. Todavía están en camino."),
        (Phase::OnItsWay, MethodKind::Card) => {
            format!("{amount} enviados con tarjeta {when}. Todavía están en camino.")
        }
        (Phase::OnItsWay, MethodKind::Bank) => {
            format!("{amount} enviados por banco {when}. Todavía están en camino.")
        }
        _ if state == PaymentState::Refunded => format!("Se reembolsaron {amount} del {day}."),
        _ => format!("Se devolvieron {amount} del {day}."),
    },
    today: |time| format!("hoy a {}", at_es(time)),
    on: |day| format!("el {day}"),
    owed_again: "Los debe otra vez.",
    see: |reference| format!("Ver el pago {reference}"),
    on_bill: |bill, line| format!("{bill}: {line}"),
    only_if_meant: "Fue hace unos minutos. Pague otra vez esta factura solo si quiere hacerlo.",
    lately: "Pagado hace poco",
    gone_title: "Hubo un pago de una factura que eligió",
    mean_it: |bill, amount, when| {
        // a Spanish hour ends with a period of its own
        format!("{bill}: se hizo un pago de {amount} {when}. Quiero pagar otra vez").replace("..", ".")
    },
    unticked: "Pagada hace unos minutos: marque la casilla si quiere pagar otra vez, o cambie el importe",
};
