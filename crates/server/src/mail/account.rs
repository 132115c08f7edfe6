//! E-mails about an account. One that carries a link says how long it lasts and what to do if nobody asked for it; none carries a
//! password or says what is owed.

use super::message;
use crate::{
    store::{accounts::Account, outbox::Message},
    words::say,
};
use contract::Locale;

/// The first paragraph is the heading of the HTML.
fn email(brand: &str, subject: &str, paragraphs: &[&str], locale: Locale) -> Message {
    let text = [paragraphs, &[brand]].concat().join("\n\n");
    message(format!("{brand}: {subject}"), text, locale)
}

/// `phone` is said where a code is asked for, too.
pub fn confirm_email(brand: &str, link: &str, phone: Option<&str>, locale: Locale) -> Message {
    let code = phone.map(|phone| match locale {
        Locale::En => format!(
            "The page also asks for a code. We sent it to the e-mail address that your plan has on file for you. If you can’t read e-mails there, or there is none on file, call {phone}."
        ),
        Locale::Es => format!(
            "La página pide también un código. Lo enviamos al correo electrónico que su plan tiene registrado para usted. Si no puede leer allí sus mensajes, o no hay ninguno registrado, llame al {phone}."
        ),
    });
    let first = say(
        locale,
        "Confirm that this is your e-mail address, and your account is open.",
        "Confirme que esta es su dirección de correo electrónico, y su cuenta quedará abierta.",
    );
    let works = say(
        locale,
        "The link works once, for 24 hours, and asks for the password you chose. If you let it lapse, register again; until then nobody can sign in.",
        "El enlace funciona una vez, durante 24 horas, y pide la contraseña que usted eligió. Si deja pasar ese plazo, regístrese de nuevo; hasta entonces nadie puede iniciar sesión.",
    );
    let last = say(
        locale,
        "If you did not register with us, do nothing: no account is opened without you.",
        "Si usted no se registró, no haga nada: sin usted no se abre ninguna cuenta.",
    );
    let paragraphs = [Some(first), Some(link), Some(works), code.as_deref(), Some(last)];
    let paragraphs: Vec<&str> = paragraphs.into_iter().flatten().collect();
    email(brand, say(locale, "Confirm your e-mail address", "Confirme su correo electrónico"), &paragraphs, locale)
}

/// To the address that the plan has on file, when somebody registers with another one.
pub fn registration_code(brand: &str, code: &str, phone: &str, locale: Locale) -> Message {
    email(
        brand,
        say(locale, "Your code for registering", "Su código para registrarse"),
        &[
            say(
                locale,
                "Somebody who has your statement is registering for an online account, with another e-mail address. If it is you, this is the code:",
                "Alguien que tiene su estado de cuenta se está registrando para una cuenta en línea, con otro correo electrónico. Si es usted, este es el código:",
            ),
            code,
            say(
                locale,
                "Type it on the page that opens from the link in our other e-mail. It works for two days.",
                "Escríbalo en la página que se abre con el enlace de nuestro otro correo. Sirve durante dos días.",
            ),
            &match locale {
                Locale::En => format!(
                    "If it is not you, do nothing: without the code no account is opened, and nothing has changed. Tell it to nobody; we never ask for it. Questions? Call {phone}."
                ),
                Locale::Es => format!(
                    "Si no es usted, no haga nada: sin el código no se abre ninguna cuenta, y nada ha cambiado. No se lo diga a nadie; nunca se lo pedimos. ¿Preguntas? Llame al {phone}."
                ),
            },
        ],
        locale,
    )
}

/// To the address that a registration named before.
pub fn registration_moved(brand: &str, phone: &str, locale: Locale) -> Message {
    email(
        brand,
        say(locale, "Your registration goes on elsewhere", "Su registro continúa en otra dirección"),
        &[
            say(
                locale,
                "A registration that named this e-mail address now names another one. The link that we sent here does not work any more.",
                "Un registro que indicaba este correo electrónico ahora indica otro. El enlace que enviamos aquí ya no funciona.",
            ),
            &match locale {
                Locale::En => format!(
                    "If it was you, look into the other inbox. If it was not, somebody typed your address by mistake and you need do nothing, or call {phone}."
                ),
                Locale::Es => format!(
                    "Si fue usted, mire en la otra bandeja de entrada. Si no, alguien escribió su dirección por error y no tiene que hacer nada, o llame al {phone}."
                ),
            },
        ],
        locale,
    )
}

pub fn already_registered(account: &Account, brand: &str, home: &str, phone: &str) -> Message {
    let locale = account.locale;
    let sign_in = format!("{home}/sign-in");
    let forgot = format!("{home}/forgot-password");
    email(
        brand,
        say(locale, "You already have an account", "Usted ya tiene una cuenta"),
        &[
            say(
                locale,
                "Somebody registered with your statement or your e-mail address, and you already have an account.",
                "Alguien se registró con su estado de cuenta o su correo electrónico, y usted ya tiene una cuenta.",
            ),
            &format!("{} {sign_in}", say(locale, "If it was you, sign in:", "Si fue usted, inicie sesión:")),
            &format!("{} {forgot}", say(locale, "If you forgot your password:", "Si olvidó su contraseña:")),
            &format!(
                "{} {phone}.",
                say(
                    locale,
                    "If you can’t read e-mails at the address you registered with, call",
                    "Si no puede leer mensajes en la dirección con la que se registró, llame al"
                )
            ),
            say(
                locale,
                "If it was not you, nothing has changed and you need do nothing.",
                "Si no fue usted, nada ha cambiado y no tiene que hacer nada.",
            ),
        ],
        locale,
    )
}

pub fn account_opened(brand: &str, phone: &str, locale: Locale) -> Message {
    email(
        brand,
        say(locale, "An account was opened for your bills", "Se abrió una cuenta para sus facturas"),
        &[
            say(
                locale,
                "Somebody who has your statement opened an online account for your bills, with another e-mail address.",
                "Alguien que tiene su estado de cuenta abrió una cuenta en línea para sus facturas, con otro correo electrónico.",
            ),
            &format!(
                "{} {phone}.",
                say(
                    locale,
                    "If that was you or your household, all is well. If not, call us:",
                    "Si fue usted o alguien de su hogar, todo está bien. Si no, llámenos:"
                )
            ),
        ],
        locale,
    )
}

pub fn user_id_reminder(account: &Account, brand: &str, home: &str) -> Message {
    let locale = account.locale;
    email(
        brand,
        say(locale, "Your user ID", "Su ID de usuario"),
        &[
            &format!("{} {}", say(locale, "Your user ID is", "Su ID de usuario es"), account.email),
            &format!("{} {home}/sign-in", say(locale, "Sign in with it here:", "Inicie sesión con él aquí:")),
            say(
                locale,
                "If you did not ask for this, somebody who has your statement did. Your account is safe.",
                "Si usted no lo pidió, lo hizo alguien que tiene su estado de cuenta. Su cuenta está segura.",
            ),
        ],
        locale,
    )
}

pub fn no_account_yet(brand: &str, home: &str, locale: Locale) -> Message {
    email(
        brand,
        say(locale, "You have no account yet", "Usted aún no tiene una cuenta"),
        &[
            say(
                locale,
                "Somebody who has your statement asked for your user ID. You have no online account yet.",
                "Alguien que tiene su estado de cuenta pidió su ID de usuario. Usted aún no tiene una cuenta en línea.",
            ),
            &format!("{} {home}/register", say(locale, "To open one:", "Para abrir una:")),
        ],
        locale,
    )
}

pub fn password_reset(account: &Account, brand: &str, link: &str) -> Message {
    let locale = account.locale;
    email(
        brand,
        say(locale, "Choose a new password", "Elija una nueva contraseña"),
        &[
            say(locale, "Choose a new password with this link.", "Elija una nueva contraseña con este enlace."),
            link,
            say(
                locale,
                "The link works once, for 30 minutes. With the new password you are signed out everywhere.",
                "El enlace funciona una vez, durante 30 minutos. Con la nueva contraseña se cierra la sesión en todas partes.",
            ),
            say(
                locale,
                "If you did not ask for this, do nothing: your password stays as it is.",
                "Si usted no lo pidió, no haga nada: su contraseña sigue igual.",
            ),
        ],
        locale,
    )
}

pub fn password_changed(account: &Account, brand: &str, (home, phone): (&str, &str)) -> Message {
    let locale = account.locale;
    email(
        brand,
        say(locale, "Your password was changed", "Se cambió su contraseña"),
        &[
            say(
                locale,
                "The password of your account was changed, and you were signed out everywhere else.",
                "Se cambió la contraseña de su cuenta y se cerró la sesión en los demás lugares.",
            ),
            &match locale {
                Locale::En => {
                    format!("If it was not you, choose a new one at {home}/forgot-password, or call {phone}.")
                }
                Locale::Es => {
                    format!("Si no fue usted, elija una nueva en {home}/forgot-password o llame al {phone}.")
                }
            },
        ],
        locale,
    )
}

/// How signing in to an account was changed, and what to do if it was somebody else.
fn sign_in_changed(
    account: &Account,
    brand: &str,
    (home, phone): (&str, &str),
    (en, es): (&str, &str),
    (en_more, es_more): (&str, &str),
) -> Message {
    let locale = account.locale;
    email(
        brand,
        say(locale, en, es),
        &[
            say(locale, en_more, es_more),
            &match locale {
                Locale::En => format!(
                    "If it was not you, choose a new password at {home}/forgot-password, look at the security page of your account, or call {phone}."
                ),
                Locale::Es => format!(
                    "Si no fue usted, elija una nueva contraseña en {home}/forgot-password, revise la página de seguridad de su cuenta o llame al {phone}."
                ),
            },
        ],
        locale,
    )
}

pub fn authenticator_added(account: &Account, brand: &str, contact: (&str, &str)) -> Message {
    sign_in_changed(
        account,
        brand,
        contact,
        ("An authenticator app was added", "Se agregó una app de autenticación"),
        (
            "From now on, signing in asks for a code of an authenticator app.",
            "Desde ahora, para iniciar sesión se pide un código de una app de autenticación.",
        ),
    )
}

pub fn authenticator_removed(account: &Account, brand: &str, contact: (&str, &str)) -> Message {
    sign_in_changed(
        account,
        brand,
        contact,
        ("The authenticator app was removed", "Se quitó la app de autenticación"),
        (
            "Signing in asks for no more codes of an authenticator app.",
            "Para iniciar sesión ya no se piden códigos de una app de autenticación.",
        ),
    )
}

pub fn passkey_added(account: &Account, brand: &str, contact: (&str, &str)) -> Message {
    sign_in_changed(
        account,
        brand,
        contact,
        ("A passkey was added", "Se agregó una llave de acceso"),
        (
            "From now on, a new passkey can be used to sign in, after your password.",
            "Desde ahora puede usarse una nueva llave de acceso para iniciar sesión, después de su contraseña.",
        ),
    )
}

pub fn passkey_removed(account: &Account, brand: &str, contact: (&str, &str)) -> Message {
    sign_in_changed(
        account,
        brand,
        contact,
        ("A passkey was removed", "Se quitó una llave de acceso"),
        ("A passkey no longer signs in to your account.", "Una llave de acceso ya no sirve para entrar en su cuenta."),
    )
}

pub fn recovery_code_used(account: &Account, brand: &str, contact: (&str, &str)) -> Message {
    sign_in_changed(
        account,
        brand,
        contact,
        ("A recovery code was used", "Se usó un código de recuperación"),
        (
            "Somebody signed in to your account with your password and a recovery code. Each code works once.",
            "Alguien entró en su cuenta con su contraseña y un código de recuperación. Cada código sirve una vez.",
        ),
    )
}

pub fn recovery_codes_renewed(account: &Account, brand: &str, contact: (&str, &str)) -> Message {
    sign_in_changed(
        account,
        brand,
        contact,
        ("You have new recovery codes", "Tiene nuevos códigos de recuperación"),
        (
            "New recovery codes were made for your account. Those from before no longer work.",
            "Se crearon nuevos códigos de recuperación para su cuenta. Los de antes ya no sirven.",
        ),
    )
}

/// Somebody signed in from a browser that had not signed in to this account before: `at` by the region's clock, `device` as the
/// browser says it is, in general words.
pub fn new_device(account: &Account, brand: &str, (home, phone): (&str, &str), (at, device): (&str, &str)) -> Message {
    let locale = account.locale;
    let device = match device {
        "" => say(locale, "a browser that does not say its name", "un navegador que no dice su nombre"),
        device => device,
    };
    email(
        brand,
        say(locale, "New sign-in to your account", "Nuevo inicio de sesión en su cuenta"),
        &[
            say(
                locale,
                "Somebody signed in to your account with a browser that had not been used for it before.",
                "Alguien inició sesión en su cuenta con un navegador que no se había usado antes para ella.",
            ),
            &format!(
                "{}: {at}\n{}: {device}",
                say(locale, "When", "Cuándo"),
                say(locale, "Browser and system", "Navegador y sistema")
            ),
            say(locale, "If it was you, there is nothing to do.", "Si fue usted, no tiene que hacer nada."),
            &match locale {
                Locale::En => format!(
                    "If it was not you, choose a new password at {home}/forgot-password: that signs out everybody, everywhere. Or call {phone}."
                ),
                Locale::Es => format!(
                    "Si no fue usted, elija una nueva contraseña en {home}/forgot-password: así se cierra la sesión en todas partes. O llame al {phone}."
                ),
            },
        ],
        locale,
    )
}
