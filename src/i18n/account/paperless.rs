//! Texts of paperless bills, and of the list of what was agreed to.

pub struct PaperlessWords {
    pub title: &'static str,
    pub off: &'static str,
    pub on: fn(since: &str) -> String,
    pub sample_note: &'static str,
    pub sample: &'static str,
    pub start: &'static str,
    pub end: &'static str,
    pub withdrawn: fn(day: &str) -> String,
}

pub const EN: PaperlessWords = PaperlessWords {
    title: "Paperless bills",
    off: "Off: your bills come by mail, and are here, too.",
    on: |since| format!("On since {since}: your bills come by e-mail."),
    sample_note: "Each e-mail says what you owe and until when, and leads to the bill.",
    sample: "See a sample bill (PDF)",
    start: "Go paperless",
    end: "Get bills by mail again",
    withdrawn: |day| format!("Withdrawn on {day}"),
};

pub const ES: PaperlessWords = PaperlessWords {
    title: "Facturas sin papel",
    off: "No: sus facturas llegan por correo postal y también están aquí.",
    on: |since| format!("Sí, desde el {since}. Las facturas le llegan por correo electrónico."),
    sample_note: "Cada correo dice cuánto debe y hasta cuándo, y lleva a la factura.",
    sample: "Ver una factura de ejemplo (PDF)",
    start: "Recibir facturas sin papel",
    end: "Volver a recibirlas por correo postal",
    withdrawn: |day| format!("Retirado el {day}"),
};
