//! E-mails about a change of the profile and about its end, to its owner, and of the e-mail address, to both. None
//! names the old or the new words: the mailbox may be read by others.

use super::{
    Sender,
    body::{Body, Words},
    security::{IF_NOT_YOU, changed},
};
use crate::{
    i18n::say,
    store::{accounts::Account, outbox::Message},
};
use contract::{Locale, notices::NoticeKind};

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

pub fn profile_changed(account: &Account, sender: &Sender<'_>, details: &[ChangedDetail]) -> Message {
    let named = |detail: &ChangedDetail| {
        let (english, spanish) = detail.words();
        say(account.locale, english, spanish)
    };
    let details = details.iter().map(named).collect::<Vec<_>>().join(", ");
    Body::new(sender, account.locale, ("Your profile was changed", "Se cambió su perfil"))
        .say_of(("This was changed in your profile: {}.", "Esto se cambió en su perfil: {}."), &details)
        .button(("See your profile", "Ver su perfil"), format!("{}/account/profile", sender.home))
        .say(IF_NOT_YOU)
        .write_notice(NoticeKind::Security)
}

/// To the new address. The page asks for the password, too.
pub fn confirm_new_email(account: &Account, sender: &Sender<'_>, token: &str) -> Message {
    Body::new(sender, account.locale, ("Confirm your new e-mail address", "Confirme su nuevo correo electrónico"))
        .say((
            "Confirm this address, and it takes the place of the one before, as your user ID, too.",
            "Confirme esta dirección y reemplazará a la anterior, también como su ID de usuario.",
        ))
        .button(
            ("Confirm my e-mail address", "Confirmar mi correo electrónico"),
            format!("{}/confirm-email#{token}", sender.home),
        )
        .say((
            "The link works once, within 24 hours of your request, and asks for your password.",
            "El enlace funciona una vez, dentro de las 24 horas de su solicitud, y pide su contraseña.",
        ))
        .say((
            "If you did not ask for this, do nothing: nothing changes without you.",
            "Si usted no lo pidió, no haga nada: sin usted no cambia nada.",
        ))
        .write()
}

/// To an address that another account has.
pub fn address_in_use(sender: &Sender<'_>, locale: Locale) -> Message {
    Body::new(sender, locale, ("Your e-mail address is in use", "Su correo electrónico ya se usa"))
        .say((
            "Somebody tried to use this e-mail address for another account. You already have an account with it, so nothing has changed.",
            "Alguien quiso usar este correo electrónico para otra cuenta. Usted ya tiene una cuenta con él, así que nada ha cambiado.",
        ))
        .say((
            "If it was you, sign in with this address, or call {phone}.",
            "Si fue usted, inicie sesión con esta dirección o llame al {phone}.",
        ))
        .write()
}

/// To the address that the account has now.
pub fn email_change_asked(account: &Account, sender: &Sender<'_>) -> Message {
    let subject = ("Somebody asked for a new e-mail address", "Alguien pidió un nuevo correo electrónico");
    Body::new(sender, account.locale, subject)
        .say((
            "Somebody who is signed in to your account wants to use another e-mail address for it. It changes when the other address is confirmed. Until then you sign in as before.",
            "Alguien que inició sesión en su cuenta quiere usar otro correo electrónico para ella. Cambia cuando se confirme la otra dirección. Hasta entonces, usted inicia sesión como antes.",
        ))
        .say((
            "If it was not you, choose a new password at {/forgot-password}: that ends the change. Or call {phone}.",
            "Si no fue usted, elija una nueva contraseña en {/forgot-password}: así termina el cambio. O llame al {phone}.",
        ))
        .write_notice(NoticeKind::Security)
}

/// To the address that the account had before.
pub fn email_changed(account: &Account, sender: &Sender<'_>) -> Message {
    Body::new(sender, account.locale, ("Your e-mail address was changed", "Se cambió su correo electrónico"))
        .say((
            "Your account now has another e-mail address, and this one is no longer its user ID.",
            "Su cuenta tiene ahora otro correo electrónico, y este ya no es su ID de usuario.",
        ))
        .say(("If it was not you, call {phone} at once.", "Si no fue usted, llame enseguida al {phone}."))
        .write()
}

pub fn account_closed(account: &Account, sender: &Sender<'_>) -> Message {
    Body::new(sender, account.locale, ("Your account is closed", "Su cuenta está cerrada"))
        .say((
            "Your account is closed and you are signed out everywhere. Your saved payment methods are removed. Payments on their way go on, and what you paid stays paid.",
            "Su cuenta está cerrada y se cerró la sesión en todas partes. Sus formas de pago guardadas se eliminaron. Los pagos en camino siguen su curso, y lo que pagó queda pagado.",
        ))
        .say((
            "You can pay a bill without an account, or open a new one with a statement at {/register}.",
            "Puede pagar una factura sin cuenta, o abrir una nueva con un estado de cuenta en {/register}.",
        ))
        .say(("If it was not you, call {phone} at once.", "Si no fue usted, llame enseguida al {phone}."))
        .write()
}

/// A number was confirmed.
pub fn texts_turned_on(account: &Account, sender: &Sender<'_>) -> Message {
    let words = (
        "Text messages about your account are on. They go to the number that was confirmed.",
        "Los mensajes de texto sobre su cuenta están activados. Van al número que se confirmó.",
    );
    let subject = ("Text messages are on", "Los mensajes de texto están activados");
    changed(account, sender, (subject, words), IF_NOT_YOU)
}

pub fn texts_ended(account: &Account, sender: &Sender<'_>) -> Message {
    let words = (
        "Text messages about your account are off. We no longer keep the number for them.",
        "Los mensajes de texto sobre su cuenta están desactivados. Ya no guardamos el número para ellos.",
    );
    let subject = ("Text messages are off", "Los mensajes de texto están desactivados");
    changed(account, sender, (subject, words), IF_NOT_YOU)
}

/// Of some kinds.
pub fn notices_turned_off(account: &Account, sender: &Sender<'_>) -> Message {
    let words = (
        "Some e-mail notices about your account were turned off. Those about security still come.",
        "Algunos de sus avisos por correo ya no se envían. Los avisos de seguridad se envían siempre.",
    );
    let subject = ("E-mail notices were turned off", "Se desactivaron avisos por correo electrónico");
    changed(account, sender, (subject, words), IF_NOT_YOU)
}

/// With what was agreed to, as a copy.
pub fn paperless_on(account: &Account, sender: &Sender<'_>, agreed: &str) -> Message {
    let subject = ("You agreed to bills by e-mail", "Aceptó recibir facturas por correo electrónico");
    Body::new(sender, account.locale, subject)
        .say((
            "From now on your bills are in your account, and we send you an e-mail for each. No paper bills are mailed.",
            "Desde ahora sus facturas están en su cuenta, y le enviamos un correo electrónico por cada una. No se envían facturas en papel.",
        ))
        .say_of(("What you agreed to: {}", "Lo que aceptó: {}"), agreed)
        .button(("See or withdraw it", "Verlo o retirarlo"), format!("{}/account/profile", sender.home))
        .say(IF_NOT_YOU)
        .write_notice(NoticeKind::Security)
}

pub fn paperless_off(account: &Account, sender: &Sender<'_>) -> Message {
    let words = (
        "Your bills come by mail again, from the next one on. They stay in your account, too.",
        "Sus facturas vuelven a llegar por correo postal, a partir de la siguiente. También siguen en su cuenta.",
    );
    let subject = ("Bills come by mail again", "Las facturas vuelven a llegar por correo postal");
    changed(account, sender, (subject, words), IF_NOT_YOU)
}
