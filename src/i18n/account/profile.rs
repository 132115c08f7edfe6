//! Texts of the profile page.

pub struct ProfileWords {
    pub title: &'static str,
    pub lead: &'static str,
    pub sign_in: &'static str,
    pub about: &'static str,
    pub member_number: &'static str,
    pub ending: fn(&str) -> String,
    pub email_note: &'static str,
    pub new_email: &'static str,
    pub new_email_note: &'static str,
    pub email_same: fn(field: &str) -> String,
    /// With the address that waits for its confirmation.
    pub email_waits: fn(email: &str) -> String,
    pub keep_email: &'static str,
    pub email_confirm_lead: &'static str,
    pub email_confirmed_title: &'static str,
    pub email_confirmed: &'static str,
    pub email_refused: &'static str,
    pub address_note: &'static str,
    pub language_note: &'static str,
    pub change: &'static str,
    /// Behind `change`, for those who hear the button alone.
    pub change_of: fn(part: &str) -> String,
    pub one_name: &'static str,
    pub save: &'static str,
    pub saving: &'static str,
    pub cancel: &'static str,
    pub saved: fn(part: &str) -> String,
    pub told: &'static str,
    pub authorised: &'static str,
    pub authorised_note: &'static str,
    pub none_authorised: &'static str,
    /// With the number of the plan.
    pub revoke: fn(phone: &str) -> String,
    pub revoke_it: &'static str,
    /// What that does, before it is done.
    pub revoke_note: &'static str,
    pub revoked: fn(when: &str) -> String,
    pub given: fn(amount: Option<&str>, when: &str, version: u16) -> String,
    pub payment: &'static str,
    pub more: &'static str,
    pub more_loading: &'static str,
}

pub const EN: ProfileWords = ProfileWords {
    title: "Profile",
    lead: "What we know about you, and what you authorized.",
    sign_in: "Password and sign-in",
    about: "About you",
    member_number: "Member number",
    ending: |digits| format!("Ending in {digits}"),
    email_note: "Also your user ID.",
    new_email: "New e-mail",
    new_email_note: "We send a link there. Until you use it, nothing changes. We also tell your present address.",
    email_same: |field| format!("{field}: you already use this address"),
    email_waits: |email| format!("Waiting for you to open the link we sent to {email}. It works for 24 hours."),
    keep_email: "Keep the present address",
    email_confirm_lead: "One more step, and this address takes the place of the one before.",
    email_confirmed_title: "Your e-mail is changed",
    email_confirmed: "From now on, sign in with this address. Your password stays the same.",
    email_refused: "It was used, it is too old, or a newer e-mail took its place. Your account still has the address it had.",
    address_note: "For mail from us. Your plan’s own records stay as they are.",
    language_note: "Of our e-mails to you.",
    change: "Change",
    change_of: |part| format!(" {}", part.to_lowercase()),
    one_name: "Leave it empty if you have one name.",
    save: "Save",
    saving: "Saving…",
    cancel: "Cancel",
    saved: |part| format!("Saved: {part}."),
    told: "We sent you an e-mail about it.",
    authorised: "What you authorized",
    authorised_note: "Every text is kept word for word, as you agreed to it.",
    none_authorised: "None yet. What you authorize when you pay is kept here, word for word.",
    revoke: |phone| {
        format!(
            "Each of these is for one payment and can’t be used again. To revoke it before the payment is sent, call {phone}."
        )
    },
    revoke_it: "Revoke",
    revoke_note: "It is removed from your saved payment methods, and is charged for nothing new. Payments on their way go on.",
    revoked: |when| format!("revoked {when}"),
    given: |amount, when, version| {
        let amount = amount.map(|amount| format!("{amount}, ")).unwrap_or_default();
        format!("{amount}{when}, text version {version}")
    },
    payment: "See the payment",
    more: "Show earlier ones",
    more_loading: "Loading…",
};

pub const ES: ProfileWords = ProfileWords {
    title: "Perfil",
    lead: "Lo que sabemos de usted y lo que autorizó.",
    sign_in: "Contraseña e inicio de sesión",
    about: "Sobre usted",
    member_number: "Número de miembro",
    ending: |digits| format!("Termina en {digits}"),
    email_note: "También es su ID de usuario.",
    new_email: "Nuevo correo electrónico",
    new_email_note: "Enviamos un enlace allí. Hasta que lo use, nada cambia. También avisamos a su dirección actual.",
    email_same: |field| format!("{field}: ya usa esta dirección"),
    email_waits: |email| format!("Falta que abra el enlace que enviamos a {email}. Funciona durante 24 horas."),
    keep_email: "Conservar la dirección actual",
    email_confirm_lead: "Un paso más, y esta dirección reemplaza a la anterior.",
    email_confirmed_title: "Su correo electrónico cambió",
    email_confirmed: "Desde ahora, inicie sesión con esta dirección. Su contraseña sigue igual.",
    email_refused: "Ya se usó, es demasiado antiguo, o un correo más nuevo ocupó su lugar. Su cuenta conserva la dirección que tenía.",
    address_note: "Para el correo postal que le enviamos. Los registros de su plan no cambian.",
    language_note: "De nuestros correos a usted.",
    change: "Cambiar",
    change_of: |part| format!(" {}", part.to_lowercase()),
    one_name: "Déjelo vacío si tiene un solo nombre.",
    save: "Guardar",
    saving: "Guardando…",
    cancel: "Cancelar",
    saved: |part| format!("Guardado: {part}."),
    told: "Le enviamos un correo electrónico sobre el cambio.",
    authorised: "Lo que autorizó",
    authorised_note: "Cada texto se guarda palabra por palabra, tal como lo aceptó.",
    none_authorised: "Nada todavía. Lo que autoriza al pagar se guarda aquí, palabra por palabra.",
    revoke: |phone| {
        format!(
            "Cada una de estas autorizaciones es para un solo pago y no puede usarse otra vez. Para revocarla antes de que se envíe el pago, llame al {phone}."
        )
    },
    revoke_it: "Revocar",
    revoke_note: "Se elimina de sus formas de pago guardadas y no se le cobra nada nuevo. Los pagos en camino siguen su curso.",
    revoked: |when| format!("revocada el {when}"),
    given: |amount, when, version| {
        let amount = amount.map(|amount| format!("{amount}, ")).unwrap_or_default();
        format!("{amount}{when}, versión {version} del texto")
    },
    payment: "Ver el pago",
    more: "Ver anteriores",
    more_loading: "Cargando…",
};
