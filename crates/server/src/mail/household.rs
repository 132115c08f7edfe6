//! E-mails about who pays for whom, to both. None names anybody: the mailbox may be read by others.

use super::{Sender, body::Body};
use crate::store::outbox::Message;
use contract::{Locale, notices::NoticeKind};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HouseholdChange {
    /// To the one who added somebody.
    PaysFor,
    /// To the one who was added.
    PaidFor,
    /// To both.
    Ended,
}

pub fn household_changed(change: HouseholdChange, sender: &Sender<'_>, locale: Locale) -> Message {
    let (subject, words) = match change {
        HouseholdChange::PaysFor => (
            ("You can now pay for somebody", "Ahora puede pagar por otra persona"),
            (
                "You added a person to your account. You see the amounts and due dates of their bills, and can pay them.",
                "Agregó a una persona a su cuenta. Usted ve los importes y vencimientos de sus facturas, y puede pagarlas.",
            ),
        ),
        HouseholdChange::PaidFor => (
            ("Somebody can now pay for you", "Ahora alguien puede pagar por usted"),
            (
                "A member who has your statement added you to their account. They see the amounts and due dates of your bills, and can pay them. They do not see your services.",
                "Un miembro que tiene su estado de cuenta le agregó a su cuenta. Ve los importes y vencimientos de sus facturas, y puede pagarlas. No ve sus servicios.",
            ),
        ),
        HouseholdChange::Ended => (
            ("Paying for each other has ended", "Terminó el pago por otra persona"),
            (
                "One member no longer pays for the other, and no longer sees what the other owes. Payments on their way go on.",
                "Un miembro ya no paga por el otro, ni ve lo que debe. Los pagos en camino siguen su curso.",
            ),
        ),
    };
    Body::new(sender, locale, subject)
        .say(words)
        .button(("See your household", "Ver su hogar"), format!("{}/account/household", sender.home))
        .say((
            "There you see who it is, and can end it. Without an account, or if you did not expect this, call {phone}.",
            "Allí ve quién es y puede terminarlo. Si no tiene cuenta o no lo esperaba, llame al {phone}.",
        ))
        .write_notice(NoticeKind::Security)
}
