//! Texts of paperless bills, and of the list of what was agreed to.

pub struct PaperlessWords {
    pub title: &'static str,
    pub off: &'static str,
    pub on: fn(since: &str) -> String,
    pub start: &'static str,
    pub end: &'static str,
    pub withdrawn: fn(day: &str) -> String,
}

pub const EN: PaperlessWords = PaperlessWords {
    title: "Paperless bills",
    off: "Off: your bills come by mail, and are here, too.",
    on: |since| format!("On since {since}: your bills come by e-mail."),
    start: "Go paperless",
    end: "Get bills by mail again",
    withdrawn: |day| format!("Withdrawn on {day}"),
};

pub const ES: PaperlessWords = PaperlessWords {
    title: "Facturas sin papel",
    off: "No: sus facturas llegan por correo postal y también están aquí.",
    on: |since| format!("Sí, desde el {since}. Las facturas le llegan por correo electrónico."),
    start: "Recibir facturas sin papel",
    end: "Volver a recibirlas por correo postal",
    withdrawn: |day| format!("Retirado el {day}"),
};
