//! E-mails about how somebody signs in: a new password, a second factor, a browser that was not used before. Each says
//! what to do if it was somebody else.

use super::{
    Sender,
    body::{Body, Words},
};
use crate::{
    i18n::say,
    store::{accounts::Account, outbox::Message},
};
use contract::notices::NoticeKind;

pub fn password_reset(account: &Account, sender: &Sender<'_>, token: &str) -> Message {
    Body::new(sender, account.locale, ("Choose a new password", "Elija una nueva contraseña"))
        .say(("Choose a new password with this link.", "Elija una nueva contraseña con este enlace."))
        .button(
            ("Choose a new password", "Elegir una nueva contraseña"),
            format!("{}/reset-password#{token}", sender.home),
        )
        .say((
            "The link works once, for 30 minutes. With the new password you are signed out everywhere.",
            "El enlace funciona una vez, durante 30 minutos. Con la nueva contraseña se cierra la sesión en todas partes.",
        ))
        .say((
            "If you did not ask for this, do nothing: your password stays as it is.",
            "Si usted no lo pidió, no haga nada: su contraseña sigue igual.",
        ))
        .write()
}

pub fn password_changed(account: &Account, sender: &Sender<'_>) -> Message {
    Body::new(sender, account.locale, ("Your password was changed", "Se cambió su contraseña"))
        .say((
            "The password of your account was changed, and you were signed out everywhere else.",
            "Se cambió la contraseña de su cuenta y se cerró la sesión en los demás lugares.",
        ))
        .say((
            "If it was not you, choose a new one at {/forgot-password}, or call {phone}.",
            "Si no fue usted, elija una nueva en {/forgot-password} o llame al {phone}.",
        ))
        .write_notice(NoticeKind::Security)
}

/// What to do about a change that somebody else made.
pub const IF_NOT_YOU: Words<'static> = (
    "If it was not you, choose a new password at {/forgot-password}, or call {phone}.",
    "Si no fue usted, elija una nueva contraseña en {/forgot-password} o llame al {phone}.",
);

/// The same of how somebody signs in.
const IF_NOT_YOUR_SIGN_IN: Words<'static> = (
    "If it was not you, choose a new password at {/forgot-password}, look at the security page of your account, or call {phone}.",
    "Si no fue usted, elija una nueva contraseña en {/forgot-password}, revise la página de seguridad de su cuenta o llame al {phone}.",
);

/// Subject and words about a change of an account, and what to do if it was somebody else.
pub fn changed(
    account: &Account,
    sender: &Sender<'_>,
    (subject, words): (Words<'_>, Words<'_>),
    otherwise: Words<'_>,
) -> Message {
    let body = Body::new(sender, account.locale, subject).say(words).say(otherwise);
    body.write_notice(NoticeKind::Security)
}

pub fn authenticator_added(account: &Account, sender: &Sender<'_>) -> Message {
    let subject = ("An authenticator app was added", "Se agregó una app de autenticación");
    let more = (
        "From now on, signing in asks for a code of an authenticator app.",
        "Desde ahora, para iniciar sesión se pide un código de una app de autenticación.",
    );
    changed(account, sender, (subject, more), IF_NOT_YOUR_SIGN_IN)
}

pub fn authenticator_removed(account: &Account, sender: &Sender<'_>) -> Message {
    let subject = ("The authenticator app was removed", "Se quitó la app de autenticación");
    let more = (
        "Signing in asks for no more codes of an authenticator app.",
        "Para iniciar sesión ya no se piden códigos de una app de autenticación.",
    );
    changed(account, sender, (subject, more), IF_NOT_YOUR_SIGN_IN)
}

pub fn passkey_added(account: &Account, sender: &Sender<'_>) -> Message {
    let subject = ("A passkey was added", "Se agregó una llave de acceso");
    let more = (
        "From now on, a new passkey can be used to sign in, after your password.",
        "Desde ahora, al iniciar sesión puede usar una nueva llave de acceso después de su contraseña.",
    );
    changed(account, sender, (subject, more), IF_NOT_YOUR_SIGN_IN)
}

pub fn passkey_removed(account: &Account, sender: &Sender<'_>) -> Message {
    let subject = ("A passkey was removed", "Se quitó una llave de acceso");
    let more = (
        "A passkey no longer works to sign in to your account.",
        "Una llave de acceso ya no sirve para iniciar sesión en su cuenta.",
    );
    changed(account, sender, (subject, more), IF_NOT_YOUR_SIGN_IN)
}

pub fn recovery_code_used(account: &Account, sender: &Sender<'_>) -> Message {
    let subject = ("A recovery code was used", "Se usó un código de recuperación");
    let more = (
        "Somebody signed in to your account with your password and a recovery code. Each code works once.",
        "Alguien inició sesión en su cuenta con su contraseña y un código de recuperación. Cada código sirve una vez.",
    );
    changed(account, sender, (subject, more), IF_NOT_YOUR_SIGN_IN)
}

pub fn recovery_codes_renewed(account: &Account, sender: &Sender<'_>) -> Message {
    let subject = ("You have new recovery codes", "Tiene nuevos códigos de recuperación");
    let more = (
        "New recovery codes were made for your account. Those from before no longer work.",
        "Se crearon nuevos códigos de recuperación para su cuenta. Los de antes ya no sirven.",
    );
    changed(account, sender, (subject, more), IF_NOT_YOUR_SIGN_IN)
}

/// Somebody signed in from a browser that had not signed in to this account before: `at` by the region's clock,
/// `device` as the browser says it is, in general words.
pub fn new_device(account: &Account, sender: &Sender<'_>, (at, device): (&str, &str)) -> Message {
    let locale = account.locale;
    Body::new(sender, locale, ("New sign-in to your account", "Nuevo inicio de sesión en su cuenta"))
        .say((
            "Somebody signed in to your account with a browser that had not been used for it before.",
            "Alguien inició sesión en su cuenta con un navegador que no se había usado antes para ella.",
        ))
        .facts(vec![
            (say(locale, "When", "Cuándo").to_owned(), at.to_owned()),
            (say(locale, "Browser and system", "Navegador y sistema").to_owned(), named(device, locale).to_owned()),
        ])
        .say(("If it was you, there is nothing to do.", "Si fue usted, no tiene que hacer nada."))
        .say((
            "If it was not you, choose a new password at {/forgot-password}. That signs everybody out. Or call {phone}.",
            "Si no fue usted, elija una nueva contraseña en {/forgot-password}: así se cierra la sesión en todas partes. O llame al {phone}.",
        ))
        .write_notice(NoticeKind::Security)
}

/// A browser's own words about itself, or that there are none.
pub(super) fn named(device: &str, locale: contract::Locale) -> &str {
    match device {
        "" => say(locale, "a browser that does not say its name", "un navegador que no dice su nombre"),
        device => device,
    }
}
