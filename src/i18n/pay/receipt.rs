//! Texts of a receipt's facts.

use super::outcome::inside;

pub struct ReceiptWords {
    /// What the printed page is called: of a payment that took money, of one on its way, and of any other.
    pub on_paper: [&'static str; 3],
    /// With one method, or with two.
    pub paid_how: fn(when: &str, method: &str, other: Option<&str>) -> String,
    /// Of the balance's part of an order whose other part took nothing.
    pub back_in_balance: &'static str,
    pub in_all: &'static str,
    /// The fee, where there is one.
    pub in_all_of: fn(bills: usize, total: &str, fee: Option<&str>) -> String,
    pub payer: &'static str,
    pub copy: &'static str,
    /// After `copy`, for those who don't see what is beside it.
    pub copy_what: &'static str,
    pub copied: &'static str,
    pub to_calendar: &'static str,
}

pub const EN: ReceiptWords = ReceiptWords {
    on_paper: ["Payment receipt", "Payment confirmation (not paid yet)", "Payment record (not a receipt)"],
    paid_how: |when, method, other| match other {
        Some(other) => format!("{when}, with your {} and your {}.", inside(method), inside(other)),
        None => format!("{when}, with your {}.", inside(method)),
    },
    back_in_balance: "It is in your balance again.",
    in_all: "In all",
    in_all_of: |bills, total, fee| {
        let bills = if bills == 1 { "the bill".to_owned() } else { format!("{bills} bills") };
        match fee {
            Some(fee) => format!("{total} for {bills}, and a card fee of {fee}"),
            None => format!("{total} for {bills}, no card fee"),
        }
    },
    payer: "Paid by",
    copy: "Copy",
    copy_what: " the receipt number",
    copied: "Copied",
    to_calendar: "Add the due date to your calendar",
};

pub const ES: ReceiptWords = ReceiptWords {
    on_paper: [
        "Recibo de pago",
        "Confirmación del pago (todavía no pagado)",
        "Constancia del intento de pago (no es un recibo)",
    ],
    paid_how: |when, method, other| match other {
        Some(other) => format!("{when}, con su {} y su {}.", inside(method), inside(other)),
        None => format!("{when}, con su {}.", inside(method)),
    },
    back_in_balance: "Está otra vez en su saldo.",
    in_all: "En total",
    in_all_of: |bills, total, fee| {
        let bills = if bills == 1 { "la factura".to_owned() } else { format!("{bills} facturas") };
        match fee {
            Some(fee) => format!("{total} por {bills}, más un cargo por tarjeta de {fee}"),
            None => format!("{total} por {bills}, sin cargo por tarjeta"),
        }
    },
    payer: "Pagado por",
    copy: "Copiar",
    copy_what: " el número de recibo",
    copied: "Copiado",
    to_calendar: "Agregar el vencimiento a su calendario",
};
