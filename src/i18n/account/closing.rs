//! Texts of the page that closes an account, and of the copy of a member's data.

use crate::i18n::format::plural;

pub struct ClosingWords {
    pub title: &'static str,
    pub lead: &'static str,
    pub what: &'static str,
    pub signed_out: &'static str,
    pub methods: fn(usize) -> String,
    pub on_their_way: fn(usize) -> String,
    pub kept: &'static str,
    pub bills: &'static str,
    pub keep_first: &'static str,
    /// It can't be closed yet.
    pub not_yet: &'static str,
    pub balance: fn(amount: &str, phone: &str) -> String,
    pub owed: fn(amount: &str, phone: &str) -> String,
    pub deposit: &'static str,
    pub agree: &'static str,
    pub agree_missing: &'static str,
    pub close: &'static str,
    pub closing: &'static str,
    pub data: &'static str,
    pub data_note: &'static str,
    pub download: &'static str,
    pub closed_title: &'static str,
    pub closed: &'static str,
}

pub const EN: ClosingWords = ClosingWords {
    title: "Close your account",
    lead: "Read first what happens. It can’t be undone.",
    what: "What happens",
    signed_out: "You are signed out everywhere, and your user ID no longer works.",
    methods: |n| format!("We remove {n} saved payment {}.", plural(n, "method", "methods")),
    on_their_way: |n| {
        let words = plural(n, "payment is on its way and goes on", "payments are on their way and go on");
        format!("{n} {words}.")
    },
    kept: "What you paid stays paid. Your plan keeps its records of it.",
    bills: "Your bills stay. You can pay them without an account, or register again with a statement.",
    keep_first: "Save your receipts first",
    not_yet: "You can’t close your account yet",
    balance: |amount, phone| {
        format!("You have {amount} in your balance. To get it back, see your balance, or call {phone}.")
    },
    owed: |amount, phone| format!("You owe {amount} to your balance. Add money, or call {phone}."),
    deposit: "Money that you added is on its way. Wait until it clears.",
    agree: "I know what happens and want to close my account.",
    agree_missing: "Check the box to close your account",
    close: "Close my account",
    closing: "Closing…",
    data: "Your data",
    data_note: "A zip file with a page to read and JSON: your profile, bills, payments and more. Keep it safe.",
    download: "Download my data",
    closed_title: "Your account is closed",
    closed: "You are signed out everywhere. We sent you an e-mail about it. Payments on their way go on.",
};

pub const ES: ClosingWords = ClosingWords {
    title: "Cerrar su cuenta",
    lead: "Lea primero qué pasa. No se puede deshacer.",
    what: "Qué pasa",
    signed_out: "Se cierra la sesión en todas partes, y su ID de usuario ya no funciona.",
    methods: |n| format!("Eliminamos {n} {}.", plural(n, "forma de pago guardada", "formas de pago guardadas")),
    on_their_way: |n| {
        let words = plural(n, "pago está en camino y sigue su curso", "pagos están en camino y siguen su curso");
        format!("{n} {words}.")
    },
    kept: "Lo que pagó queda pagado. Su plan conserva sus registros.",
    bills: "Sus facturas quedan. Puede pagarlas sin cuenta, o registrarse otra vez con un estado de cuenta.",
    keep_first: "Guarde antes sus recibos",
    not_yet: "Todavía no puede cerrar su cuenta",
    balance: |amount, phone| {
        format!("Tiene {amount} en su saldo. Para que se lo devuelvan, vea su saldo o llame al {phone}.")
    },
    owed: |amount, phone| format!("Debe {amount} a su saldo. Agregue dinero o llame al {phone}."),
    deposit: "El dinero que agregó está en camino. Espere a que se complete.",
    agree: "Sé qué pasa y quiero cerrar mi cuenta.",
    agree_missing: "Marque la casilla para cerrar su cuenta",
    close: "Cerrar mi cuenta",
    closing: "Cerrando…",
    data: "Sus datos",
    data_note: "Un archivo zip con una página para leer y JSON: su perfil, facturas, pagos y más. Guárdelo bien.",
    download: "Descargar mis datos",
    closed_title: "Su cuenta está cerrada",
    closed: "Se cerró la sesión en todas partes. Le enviamos un correo electrónico sobre esto. Los pagos en camino siguen su curso.",
};
