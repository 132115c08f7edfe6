//! Texts of the account overview.

pub struct OverviewWords {
    pub title: &'static str,
    pub who: fn(name: &str, ending: &str) -> String,
    pub you_owe: &'static str,
    pub as_of: fn(when: &str) -> String,
    pub if_clears: fn(amount: &str) -> String,
    pub pay_all: &'static str,
    pub nothing_owed_title: &'static str,
    pub due: fn(day: &str) -> String,
    pub past_due: fn(day: &str) -> String,
    pub lines_of: fn(kind: &str) -> String,
    pub new: &'static str,
    pub new_since: fn(day: &str) -> String,
    pub proof: &'static str,
    pub last_payments: &'static str,
    pub all_payments: &'static str,
    pub no_payments: &'static str,
    pub expected: fn(day: &str) -> String,
    pub back_on: fn(day: &str, why: &str) -> String,
    pub part_of: fn(amount: &str) -> String,
    pub details: fn(kind: &str, day: &str) -> String,
    pub found_elsewhere: fn(ending: &str) -> String,
}

pub const EN: OverviewWords = OverviewWords {
    title: "Your account",
    who: |name, ending| format!("{name}, member number ending in {ending}"),
    you_owe: "You owe",
    as_of: |when| format!("As of today, {when}"),
    if_clears: |amount| format!("{amount} if what is on its way clears"),
    pay_all: "Pay all or choose",
    nothing_owed_title: "You owe nothing",
    due: |day| format!("Due {day}"),
    past_due: |day| format!("Past due since {day}"),
    lines_of: |kind| format!(" of the {}", kind.to_lowercase()),
    new: "New",
    new_since: |day| format!("New: came since your last visit on {day}."),
    proof: "Proof for your HSA or FSA",
    last_payments: "Last payments",
    all_payments: "All payments",
    no_payments: "No payment is listed yet. What you pay here, with or without signing in, is listed here.",
    expected: |day| format!("Your bank should pay by {day}"),
    back_on: |day, why| format!("Returned {day}: {why}"),
    part_of: |amount| format!("Part of a payment of {amount}"),
    details: |kind, day| format!("Details of the payment of {day}: {kind}"),
    found_elsewhere: |ending| {
        format!(
            "The bill you found belongs to the member number ending in {ending}, so it is not in this account. To pay it, sign out and pay once."
        )
    },
};

pub const ES: OverviewWords = OverviewWords {
    title: "Su cuenta",
    who: |name, ending| format!("{name}, número de miembro terminado en {ending}"),
    you_owe: "Usted debe",
    as_of: |when| format!("Al día de hoy, {when}"),
    if_clears: |amount| format!("{amount} si se completa lo que está en camino"),
    pay_all: "Pagar todo o elegir",
    nothing_owed_title: "No debe nada",
    due: |day| format!("Vence el {day}"),
    past_due: |day| format!("Vencida desde el {day}"),
    lines_of: |kind| format!(" de la {}", kind.to_lowercase()),
    new: "Nueva",
    new_since: |day| format!("Nueva: llegó desde su última visita, el {day}."),
    proof: "Comprobante para su HSA o FSA",
    last_payments: "Últimos pagos",
    all_payments: "Todos los pagos",
    no_payments: "Todavía no aparece ningún pago. Lo que pague aquí, con o sin iniciar sesión, aparece aquí.",
    expected: |day| format!("Su banco debería pagar a más tardar el {day}"),
    back_on: |day, why| format!("Devuelto el {day}: {why}"),
    part_of: |amount| format!("Parte de un pago de {amount}"),
    details: |kind, day| format!("Detalles del pago del {day}: {kind}"),
    found_elsewhere: |ending| {
        format!(
            "La factura que encontró es del número de miembro terminado en {ending}; por eso no está en esta cuenta. Para pagarla, cierre la sesión y pague una vez."
        )
    },
};
