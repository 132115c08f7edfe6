//! The e-mail to the owner of an account about what was changed in the profile. It names what was changed, and not the
//! old or the new words: the mailbox may be read by others.

use super::{
    Sender,
    body::{Body, Words},
};
use crate::{
    i18n::say,
    store::{accounts::Account, outbox::Message},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangedDetail {
    Name,
    Address,
    Phone,
}

impl ChangedDetail {
    fn words(self) -> Words<'static> {
        match self {
            Self::Name => ("name", "nombre"),
            Self::Address => ("mailing address", "dirección postal"),
            Self::Phone => ("phone number", "número de teléfono"),
        }
    }
}

pub fn profile_changed(account: &Account, sender: &Sender<'_>, changed: &[ChangedDetail]) -> Message {
    let named = |detail: &ChangedDetail| {
        let (english, spanish) = detail.words();
        say(account.locale, english, spanish)
    };
    let changed = changed.iter().map(named).collect::<Vec<_>>().join(", ");
    Body::new(sender, account.locale, ("Your profile was changed", "Se cambió su perfil"))
        .say_of(("This was changed in your profile: {}.", "Esto se cambió en su perfil: {}."), &changed)
        .button(("See your profile", "Ver su perfil"), format!("{}/account/profile", sender.home))
        .say((
            "If it was not you, choose a new password at {/forgot-password}, or call {phone}.",
            "Si no fue usted, elija una nueva contraseña en {/forgot-password} o llame al {phone}.",
        ))
        .write()
}
