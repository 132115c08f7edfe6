//! E-mails about getting an account: the link that confirms an address, the code to the address on file, and what is
//! said to anyone who has an account already or has none. None carries a password or says what is owed.

use super::{Sender, body::Body};
use crate::store::{accounts::Account, outbox::Message};
use contract::Locale;

/// With `takes_code` the page asks for the code that went to the address on file, too.
pub fn confirm_email(sender: &Sender<'_>, token: &str, takes_code: bool, locale: Locale) -> Message {
    let body = Body::new(sender, locale, ("Confirm your e-mail address", "Confirme su correo electrónico"))
        .say((
            "Confirm that this is your e-mail address, and your account is open.",
            "Confirme que esta es su dirección de correo electrónico, y su cuenta quedará abierta.",
        ))
        .button(
            ("Confirm my e-mail address", "Confirmar mi correo electrónico"),
            format!("{}/confirm-email#{token}", sender.home),
        )
        .say((
            "The link works once, for 24 hours, and asks for the password you chose. If you wait longer, register again. Until then nobody can sign in.",
            "El enlace funciona una vez, durante 24 horas, y pide la contraseña que usted eligió. Si deja pasar ese plazo, regístrese otra vez. Hasta entonces nadie puede iniciar sesión.",
        ));
    let body = if takes_code {
        body.say((
            "The page also asks for a code. We sent it to the e-mail address that your plan has on file for you. If you can’t read e-mails there, or there is none on file, call {phone}.",
            "La página pide también un código. Lo enviamos al correo electrónico que su plan tiene registrado para usted. Si no puede leer allí sus mensajes, o no hay ninguno registrado, llame al {phone}.",
        ))
    } else {
        body
    };
    body.say((
        "If you did not register with us, do nothing: no account is opened without you.",
        "Si usted no se registró, no haga nada: sin usted no se abre ninguna cuenta.",
    ))
    .write()
}

/// To the address that the plan has on file, when somebody registers with another one.
pub fn registration_code(sender: &Sender<'_>, code: &str, locale: Locale) -> Message {
    Body::new(sender, locale, ("Your code for registering", "Su código para registrarse"))
        .say((
            "Somebody who has your statement wants to open an online account. They use another e-mail address. If it is you, this is the code:",
            "Alguien que tiene su estado de cuenta quiere abrir una cuenta en línea. Usa otro correo electrónico. Si es usted, este es el código:",
        ))
        .code(code)
        .say((
            "Type it on the page that opens from the link in our other e-mail. It works for two days.",
            "Escríbalo en la página que se abre con el enlace de nuestro otro correo. Sirve durante dos días.",
        ))
        .say((
            "If it is not you, do nothing: without the code no account is opened, and nothing has changed. Give it to nobody; we never ask for it. Questions? Call {phone}.",
            "Si no es usted, no haga nada: sin el código no se abre ninguna cuenta, y nada ha cambiado. No se lo diga a nadie; nunca se lo pedimos. ¿Preguntas? Llame al {phone}.",
        ))
        .write()
}

/// To the address that a registration named before.
pub fn registration_moved(sender: &Sender<'_>, locale: Locale) -> Message {
    Body::new(sender, locale, ("Your registration goes on elsewhere", "Su registro continúa en otra dirección"))
        .say((
            "A registration that named this e-mail address now names another one. The link that we sent here no longer works.",
            "Un registro que tenía este correo electrónico ahora tiene otro. El enlace que enviamos aquí ya no funciona.",
        ))
        .say((
            "If it was you, check the other e-mail address. If not, somebody typed your address by mistake. You don’t need to do anything, or call {phone}.",
            "Si fue usted, revise el otro correo electrónico. Si no, alguien escribió su dirección por error. No tiene que hacer nada, o llame al {phone}.",
        ))
        .write()
}

pub fn already_registered(account: &Account, sender: &Sender<'_>) -> Message {
    Body::new(sender, account.locale, ("You already have an account", "Usted ya tiene una cuenta"))
        .say((
            "Somebody tried to register with your statement or your e-mail address. You already have an account.",
            "Alguien quiso registrarse con su estado de cuenta o su correo electrónico. Usted ya tiene una cuenta.",
        ))
        .button(("If it was you, sign in", "Si fue usted, inicie sesión"), format!("{}/sign-in", sender.home))
        .say(("If you forgot your password: {/forgot-password}", "Si olvidó su contraseña: {/forgot-password}"))
        .say((
            "If you can’t read e-mails at the address you registered with, call {phone}.",
            "Si no puede leer mensajes en la dirección con la que se registró, llame al {phone}.",
        ))
        .say((
            "If it was not you, nothing has changed. You don’t need to do anything.",
            "Si no fue usted, nada ha cambiado. No tiene que hacer nada.",
        ))
        .write()
}

pub fn account_opened(sender: &Sender<'_>, locale: Locale) -> Message {
    Body::new(
        sender,
        locale,
        ("An account was opened for your bills", "Se abrió una cuenta para sus facturas"),
    )
    .say((
        "Somebody who has your statement opened an online account for your bills. They used another e-mail address.",
        "Alguien que tiene su estado de cuenta abrió una cuenta en línea para sus facturas. Usó otro correo electrónico.",
    ))
    .say((
        "If that was you or your household, all is well. If not, call us: {phone}.",
        "Si fue usted o alguien de su hogar, todo está bien. Si no, llámenos: {phone}.",
    ))
    .write()
}

pub fn user_id_reminder(account: &Account, sender: &Sender<'_>) -> Message {
    Body::new(sender, account.locale, ("Your user ID", "Su ID de usuario"))
        .say_of(("Your user ID is {}", "Su ID de usuario es {}"), &account.email.to_string())
        .button(("Sign in", "Iniciar sesión"), format!("{}/sign-in", sender.home))
        .say((
            "If you did not ask for this, somebody who has your statement did. Your account is safe.",
            "Si usted no lo pidió, lo hizo alguien que tiene su estado de cuenta. Su cuenta está segura.",
        ))
        .write()
}

pub fn no_account_yet(sender: &Sender<'_>, locale: Locale) -> Message {
    Body::new(sender, locale, ("You have no account yet", "Usted todavía no tiene una cuenta"))
        .say((
            "Somebody who has your statement asked for your user ID. You have no online account yet.",
            "Alguien que tiene su estado de cuenta pidió su ID de usuario. Usted todavía no tiene una cuenta en línea.",
        ))
        .button(("Open an account", "Abrir una cuenta"), format!("{}/register", sender.home))
        .write()
}
