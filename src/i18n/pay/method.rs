//! Texts of the payment method step: card or bank account, the processor's frame, who pays, and where the receipt goes.

use contract::payment::{BankAccountKind, Method};

pub struct MethodWords {
    pub title: &'static str,
    pub legend: &'static str,
    pub bank: &'static str,
    pub bank_note: &'static str,
    pub bank_when: fn(days: u8) -> String,
    pub card: &'static str,
    pub card_note: &'static str,
    pub card_when: &'static str,
    /// Where a credit card costs more: its sum, and that of any other card.
    pub card_fee: fn(percent: &str, credit: &str, other: &str) -> String,
    pub choose: &'static str,
    pub frame_card: &'static str,
    pub frame_bank: &'static str,
    pub frame_code: &'static str,
    pub frame_says: fn(brand: &str) -> String,
    pub frame_waiting: &'static str,
    pub frame_gone: &'static str,
    pub frame_late: &'static str,
    pub frame_again: &'static str,
    pub frame_wrong: &'static str,
    pub frame_forgotten: &'static str,
    /// Card number, expiry, security code, routing number, account number, as the frame calls them.
    pub frame_fields: [&'static str; 5],
    pub frame_field_wrong: fn(field: &str) -> String,
    pub sent_title: fn(sent: &str, paid: &str) -> String,
    pub sent_today: &'static str,
    pub sent_holiday: fn(day: &str) -> String,
    pub sent_note: &'static str,
    pub name: &'static str,
    pub name_hint: &'static str,
    pub email: &'static str,
    pub email_hint: &'static str,
    pub email_typo: fn(&str) -> String,
    /// A choice, with what is there.
    pub use_balance: fn(amount: &str) -> String,
    /// What it leaves to the other method; none if nothing.
    pub balance_pays: fn(rest: Option<&str>) -> String,
    /// A line of the slip.
    pub of_balance: &'static str,
    pub known: fn(&Method) -> String,
    pub known_note: &'static str,
    pub code_again: &'static str,
    pub other_details: &'static str,
    pub saved: &'static str,
    pub or_new: &'static str,
    pub save: &'static str,
    pub expired: &'static str,
    pub expires_this_month: &'static str,
    pub expires_next_month: &'static str,
    pub go_on: &'static str,
    pub going_on: &'static str,
    pub change_amounts: &'static str,
}

fn ending(method: &Method, card: fn(&str) -> String, others: [&str; 5], ends: &str) -> String {
    let [checking, savings, balance, check, phone] = others;
    match method {
        Method::Card { brand, last4, .. } => format!("{} {ends} {last4}", card(brand.name())),
        Method::Bank { account: BankAccountKind::Checking, last4 } => format!("{checking} {ends} {last4}"),
        Method::Bank { account: BankAccountKind::Savings, last4 } => format!("{savings} {ends} {last4}"),
        Method::Balance => balance.to_owned(),
        Method::Check => check.to_owned(),
        Method::Phone => phone.to_owned(),
    }
}

pub const EN: MethodWords = MethodWords {
    title: "How would you like to pay?",
    legend: "Payment method",
    bank: "Bank account",
    bank_note: "Checking or savings",
    bank_when: |days| format!("No fee · takes about {days} business days"),
    card: "Card",
    card_note: "Debit, credit, HSA or FSA",
    card_when: "No fee · paid today",
    card_fee: |percent, credit, other| {
        format!("Credit cards {credit} with a {percent} fee, other cards {other} · paid today")
    },
    choose: "Payment method: choose a bank account or a card",
    frame_card: "Card details, from our payment processor",
    frame_bank: "Bank account details, from our payment processor",
    frame_code: "Security code, from our payment processor",
    frame_says: |brand| {
        format!(
            "You are typing into our payment processor’s own form. {brand} sees the last four digits, never the whole number."
        )
    },
    frame_waiting: "The form is loading",
    frame_gone: "Payment details: the processor’s form did not load. Check your connection, then load it again",
    frame_late: "Our payment processor’s form did not load. Check your connection, then load it again. This does not charge you.",
    frame_again: "Load the form again",
    frame_wrong: "Payment details: fix what the form shows",
    frame_forgotten: "Card details: our payment processor no longer has this card. Type it again",
    frame_fields: ["Card number", "Expiration date", "Security code", "Routing number", "Account number"],
    frame_field_wrong: |field| format!("{field}: fix what the form shows"),
    sent_title: |sent, paid| format!("Sent to your bank {sent}, paid by {paid}"),
    sent_today: "today",
    sent_holiday: |day| format!("Banks are closed on {day}. "),
    sent_note: "Until the bank pays, the payment shows as processing.",
    name: "Your name",
    name_hint: "The person who pays. It is in the authorization.",
    email: "E-mail for the receipt",
    email_hint: "We use it for this receipt only. You can leave it empty.",
    email_typo: |meant| format!("Did you mean {meant}?"),
    use_balance: |amount| format!("Use my balance of {amount}"),
    balance_pays: |rest| match rest {
        None => "It pays all of this.".to_owned(),
        Some(rest) => format!("It pays first. Choose how to pay the other {rest}."),
    },
    of_balance: "Of this, from your balance",
    known: |method| {
        let others = ["Checking account", "Savings account", "Balance", "By mail, check", "By phone"];
        ending(method, |brand| format!("{brand} card"), others, "ending in")
    },
    known_note: "Kept for this visit. Only the processor has the number.",
    code_again: "Your bank says that the security code was not right. Type it again; the rest of the card is kept.",
    other_details: "Use other details",
    saved: "Saved",
    or_new: "Or type a new one",
    save: "Save it for next time",
    expired: "Expired",
    expires_this_month: "Expires at the end of this month",
    expires_next_month: "Expires at the end of next month",
    go_on: "Continue to review",
    going_on: "Checking the details",
    change_amounts: "Change the amounts",
};

pub const ES: MethodWords = MethodWords {
    title: "¿Cómo quiere pagar?",
    legend: "Forma de pago",
    bank: "Cuenta bancaria",
    bank_note: "Corriente o de ahorros",
    bank_when: |days| format!("Sin cargo · tarda unos {days} días hábiles"),
    card: "Tarjeta",
    card_note: "Débito, crédito, HSA o FSA",
    card_when: "Sin cargo · se paga hoy",
    card_fee: |percent, credit, other| {
        format!("Tarjetas de crédito {credit} con un cargo del {percent}, otras tarjetas {other} · se paga hoy")
    },
    choose: "Forma de pago: elija una cuenta bancaria o una tarjeta",
    frame_card: "Datos de la tarjeta, de nuestro procesador de pagos",
    frame_bank: "Datos de la cuenta bancaria, de nuestro procesador de pagos",
    frame_code: "Código de seguridad, de nuestro procesador de pagos",
    frame_says: |brand| {
        format!(
            "Escribe en el formulario propio de nuestro procesador de pagos. {brand} ve los últimos cuatro dígitos, nunca el número completo."
        )
    },
    frame_waiting: "El formulario se está cargando",
    frame_gone: "Datos de pago: el formulario del procesador no se cargó. Revise su conexión y vuelva a cargarlo",
    frame_late: "El formulario de nuestro procesador de pagos no se cargó. Revise su conexión y vuelva a cargarlo. Esto no le cobra nada.",
    frame_again: "Volver a cargar el formulario",
    frame_wrong: "Datos de pago: corrija lo que muestra el formulario",
    frame_forgotten: "Datos de la tarjeta: nuestro procesador de pagos ya no tiene esta tarjeta. Escríbala otra vez",
    frame_fields: [
        "Número de tarjeta",
        "Fecha de vencimiento",
        "Código de seguridad",
        "Número de ruta",
        "Número de cuenta",
    ],
    frame_field_wrong: |field| format!("{field}: corrija lo que muestra el formulario"),
    sent_title: |sent, paid| format!("Se envía a su banco {sent}, pagado a más tardar el {paid}"),
    sent_today: "hoy",
    sent_holiday: |day| format!("Los bancos cierran el {day}. "),
    sent_note: "Hasta que el banco pague, el pago aparece en proceso.",
    name: "Su nombre",
    name_hint: "La persona que paga. Aparece en la autorización.",
    email: "Correo electrónico para el recibo",
    email_hint: "Lo usamos solo para este recibo. Puede dejarlo vacío.",
    email_typo: |meant| format!("¿Quiso decir {meant}?"),
    use_balance: |amount| format!("Usar mi saldo de {amount}"),
    balance_pays: |rest| match rest {
        None => "Paga todo esto.".to_owned(),
        Some(rest) => format!("Paga primero. Elija cómo pagar los otros {rest}."),
    },
    of_balance: "De esto, de su saldo",
    known: |method| {
        let others = ["Cuenta corriente", "Cuenta de ahorros", "Saldo", "Por correo, cheque", "Por teléfono"];
        ending(method, |brand| format!("Tarjeta {brand}"), others, "terminada en")
    },
    known_note: "Se guarda durante esta visita. Solo el procesador tiene el número.",
    code_again: "Su banco dice que el código de seguridad no era correcto. Escríbalo otra vez; lo demás de la tarjeta está guardado.",
    other_details: "Usar otros datos",
    saved: "Guardadas",
    or_new: "O escriba una nueva",
    save: "Guardarla para la próxima vez",
    expired: "Vencida",
    expires_this_month: "Vence al final de este mes",
    expires_next_month: "Vence al final del próximo mes",
    go_on: "Continuar a la revisión",
    going_on: "Comprobando los datos",
    change_amounts: "Cambiar los importes",
};
