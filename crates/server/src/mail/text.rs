//! Text messages: that there is news of one kind, and where to read it. None says an amount, a service, a provider or a
//! name. Each fits into one message of 160 characters of the GSM alphabet, which has no á, í, ó or ú, unless the plan's
//! name or address is long.

use super::Sender;
use crate::i18n::say;
use contract::{Locale, notices::NoticeKind};

pub fn notice_text(kind: NoticeKind, sender: &Sender<'_>, locale: Locale) -> String {
    let ((english, spanish), page) = match kind {
        NoticeKind::BillReady => (("You have a new bill.", "Tiene una nueva factura."), "/account/bills"),
        NoticeKind::DueSoon => (("A bill is due soon.", "Una factura vence pronto."), "/account/bills"),
        NoticeKind::Payment => (("There is news about your payment.", "Hay noticias de su pago."), "/account/history"),
        NoticeKind::NotPaid => (("A payment needs you.", "Un pago necesita que lo revise."), "/account/history"),
        NoticeKind::Refund => (("A payment was refunded.", "Se hizo un reembolso."), "/account/history"),
        NoticeKind::Deposit => (("There is news about your balance.", "Hay noticias de su saldo."), "/account/balance"),
        NoticeKind::LowBalance => (("Your balance is low.", "Su saldo es bajo."), "/account/balance"),
        NoticeKind::SavedMethod => {
            (("A saved card or account needs you.", "Revise una forma de pago guardada."), "/account/methods")
        }
        NoticeKind::Security => {
            (("Your sign-in or profile was changed.", "Hay un cambio en su acceso o perfil."), "/account/security")
        }
    };
    let (news, home) = (say(locale, english, spanish), sender.home);
    format!("{}: {news} {home}{page} {}", sender.brand(), stop(locale))
}

/// Confirms a number.
pub fn code_text(code: &str, sender: &Sender<'_>, locale: Locale) -> String {
    let words = say(
        locale,
        "is your code. It works for 10 minutes. Give it to nobody.",
        "es su clave. Sirve 10 minutos. No la diga a nadie.",
    );
    format!("{}: {code} {words} {}", sender.brand(), stop(locale))
}

fn stop(locale: Locale) -> &'static str {
    say(locale, "Reply STOP to end.", "Para terminar, responda STOP.")
}
