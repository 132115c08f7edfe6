//! Texts about the links to a receipt that went out by e-mail, for a member who sees the receipt.

pub struct LinkWords {
    /// How many e-mails have a link, how often these were opened, and when last.
    pub sent: fn(open: u32, opened: u32, last: Option<&str>) -> String,
    pub turn_off_one: &'static str,
    pub turn_off_all: &'static str,
    pub off: &'static str,
}

pub const EN: LinkWords = LinkWords {
    sent: |open, opened, last| {
        let links = if open == 1 {
            "An e-mail has a link that shows this receipt without signing in.".to_owned()
        } else {
            format!("{open} e-mails have a link that shows this receipt without signing in.")
        };
        let last = last.map(|last| format!(", last on {last}")).unwrap_or_default();
        let opened = match opened {
            0 => "Not opened yet.".to_owned(),
            1 => format!("Opened once{last}."),
            times => format!("Opened {times} times{last}."),
        };
        format!("{links} {opened} Whenever another browser opens it, we e-mail the person who paid.")
    },
    turn_off_one: "Turn this link off",
    turn_off_all: "Turn these links off",
    off: "Turned off: the links in e-mails show this receipt no more.",
};

pub const ES: LinkWords = LinkWords {
    sent: |open, opened, last| {
        let links = if open == 1 {
            "Un correo tiene un enlace que muestra este recibo sin iniciar sesión.".to_owned()
        } else {
            format!("{open} correos tienen un enlace que muestra este recibo sin iniciar sesión.")
        };
        let last = last.map(|last| format!(", la última el {last}")).unwrap_or_default();
        let opened = match opened {
            0 => "Todavía no se abrió.".to_owned(),
            1 => format!("Se abrió una vez{last}."),
            times => format!("Se abrió {times} veces{last}."),
        };
        format!("{links} {opened} Cuando se abre en otro navegador, le avisamos por correo a quien pagó.")
    },
    turn_off_one: "Desactivar este enlace",
    turn_off_all: "Desactivar estos enlaces",
    off: "Desactivado: los enlaces de los correos ya no muestran este recibo.",
};
