//! Texts of the payment history.

use crate::i18n::format::plural;
use std::cmp::Ordering;

pub struct HistoryWords {
    pub title: &'static str,
    pub lead: &'static str,
    pub csv: &'static str,
    pub csv_without_text: &'static str,
    pub filter: &'static str,
    pub text: &'static str,
    pub from: &'static str,
    pub to: &'static str,
    pub kind: &'static str,
    pub all_kinds: &'static str,
    pub state: &'static str,
    pub all_states: &'static str,
    pub method: &'static str,
    pub all_methods: &'static str,
    pub card: &'static str,
    pub bank: &'static str,
    pub check: &'static str,
    pub phone: &'static str,
    pub sort: &'static str,
    pub newest: &'static str,
    pub oldest: &'static str,
    pub apply: &'static str,
    pub clear: &'static str,
    pub shown: fn(count: usize, is_all: bool) -> String,
    pub found: &'static str,
    pub none_found: &'static str,
    pub more: &'static str,
    pub all: &'static str,
    pub not_all: &'static str,
    pub spent: &'static str,
    pub months: fn(first: &str, last: &str) -> String,
    pub this_month: fn(now: &str, by: &str, is: Ordering, last: &str) -> String,
    pub as_table: &'static str,
    pub month: &'static str,
    pub fees: &'static str,
    pub total: &'static str,
}

pub const EN: HistoryWords = HistoryWords {
    title: "History",
    lead: "What was paid for your bills, by whoever paid it. Payments by mail or phone can take up to 125 days to show.",
    csv: "Download as CSV",
    csv_without_text: "The file leaves the text out: it has all that the rest of the filter finds.",
    filter: "Filter payments",
    text: "Receipt number, amount, patient, provider or service",
    from: "From",
    to: "Through",
    kind: "Kind",
    all_kinds: "All kinds",
    state: "State",
    all_states: "All states",
    method: "Paid by",
    all_methods: "Any method",
    card: "Card",
    bank: "Bank account",
    check: "By mail, check",
    phone: "By phone",
    sort: "Order",
    newest: "Newest first",
    oldest: "Oldest first",
    apply: "Show payments",
    clear: "Show all without a filter",
    shown: |count, is_all| {
        let payments = plural(count, "payment", "payments");
        if is_all {
            format!("{count} {payments}, and no more")
        } else {
            format!("The first {count} {payments}; there are more")
        }
    },
    found: "Payments found",
    none_found: "This filter finds nothing. Change it, or show all.",
    more: "Show more",
    all: "Show all",
    not_all: "The rest of the list could not be loaded. What is shown is right.",
    spent: "What you paid, by month",
    months: |first, last| format!("{first} to {last}. Only payments that are paid count, in the month they were made."),
    this_month: |now, by, is, last| match is {
        Ordering::Less => format!("This month: {now} so far. That is {by} less than in {last}."),
        Ordering::Equal => format!("This month: {now} so far, as much as in {last}."),
        Ordering::Greater => format!("This month: {now} so far. That is {by} more than in {last}."),
    },
    as_table: "Show the figures as a table",
    month: "Month",
    fees: "Card fees",
    total: "Total",
};

pub const ES: HistoryWords = HistoryWords {
    title: "Historial",
    lead: "Lo que se pagó por sus facturas, también lo que pagaron otras personas. Los pagos por correo postal o por teléfono pueden tardar hasta 125 días en aparecer.",
    csv: "Descargar como CSV",
    csv_without_text: "El archivo no tiene en cuenta el texto: contiene todo lo que encuentra el resto del filtro.",
    filter: "Filtrar pagos",
    text: "Número de recibo, importe, paciente, proveedor o servicio",
    from: "Desde",
    to: "Hasta",
    kind: "Tipo",
    all_kinds: "Todos los tipos",
    state: "Estado",
    all_states: "Todos los estados",
    method: "Pagado con",
    all_methods: "Cualquier forma",
    card: "Tarjeta",
    bank: "Cuenta bancaria",
    check: "Por correo, cheque",
    phone: "Por teléfono",
    sort: "Orden",
    newest: "Los más recientes primero",
    oldest: "Los más antiguos primero",
    apply: "Mostrar pagos",
    clear: "Mostrar todo sin filtro",
    shown: |count, is_all| {
        let payments = plural(count, "pago", "pagos");
        if is_all {
            format!("{count} {payments}, y ninguno más")
        } else {
            format!("Los primeros {count} {payments}; hay más")
        }
    },
    found: "Pagos encontrados",
    none_found: "Este filtro no encuentra nada. Cámbielo o muestre todo.",
    more: "Mostrar más",
    all: "Mostrar todo",
    not_all: "No se pudo cargar el resto de la lista. Lo que se muestra es correcto.",
    spent: "Lo que usted pagó, por mes",
    months: |first, last| format!("De {first} a {last}. Solo cuentan los pagos pagados, en el mes en que se hicieron."),
    this_month: |now, by, is, last| match is {
        Ordering::Less => format!("Este mes: {now} hasta ahora. Son {by} menos que en {last}."),
        Ordering::Equal => format!("Este mes: {now} hasta ahora, lo mismo que en {last}."),
        Ordering::Greater => format!("Este mes: {now} hasta ahora. Son {by} más que en {last}."),
    },
    as_table: "Mostrar las cifras en una tabla",
    month: "Mes",
    fees: "Cargos por tarjeta",
    total: "Total",
};
