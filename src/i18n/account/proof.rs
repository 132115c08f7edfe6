//! Texts of the proof of a tax year for an HSA, FSA or HRA.

use crate::i18n::format::plural;
use contract::payment::LeftOut;

pub struct ProofWords {
    pub title: &'static str,
    pub year: &'static str,
    pub paid_for_care: fn(year: i16) -> String,
    pub nothing: fn(year: i16) -> String,
    pub services: fn(count: usize) -> String,
    pub pdf: &'static str,
    pub zip: &'static str,
    pub in_zip: fn(receipts: u32, of: u32) -> String,
    pub counts: &'static str,
    pub days: &'static str,
    pub day: &'static str,
    pub patient: &'static str,
    pub provider: &'static str,
    pub part: fn(paid: &str, of: &str) -> String,
    pub claimed: &'static str,
    pub total: fn(year: i16) -> String,
    pub left_out: &'static str,
    pub both: fn(all: &str, counts: &str, rest: &str) -> String,
    pub never_paid: &'static str,
    pub premiums: &'static str,
    pub why: fn(LeftOut, paid: &str, service: &str, back: &str) -> String,
    pub its_proof: fn(year: i16) -> String,
    pub more: fn(count: usize) -> String,
    pub send: &'static str,
    pub hsa: &'static str,
    pub hsa_note: &'static str,
    pub fsa: &'static str,
    pub fsa_note: &'static str,
    pub hra: &'static str,
    pub hra_note: &'static str,
    pub no_advice: &'static str,
}

pub const EN: ProofWords = ProofWords {
    title: "Proof for HSA, FSA and HRA",
    year: "Tax year",
    paid_for_care: |year| format!("You paid for care in {year}"),
    nothing: |year| format!("There is nothing of {year} yet."),
    services: |count| format!("{count} {}", plural(count, "service", "services")),
    pdf: "Save as PDF",
    zip: "All receipts (zip)",
    in_zip: |receipts, of| {
        if receipts < of {
            format!("Zip: both, and the newest {receipts} of {of} receipts.")
        } else {
            format!("Zip: both, and {receipts} {}.", plural(receipts as usize, "receipt", "receipts"))
        }
    },
    counts: "What counts",
    days: "The dates are the days of service. The amounts are yours, after insurance, and paid.",
    day: "Date of service",
    patient: "Patient",
    provider: "Provider",
    part: |paid, of| format!(", {paid} of {of}"),
    claimed: "Already paid from your HSA or FSA: don’t claim it again.",
    total: |year| format!("Counts in {year}"),
    left_out: "What does not count, and why",
    both: |all, counts, rest| format!("Of the {all} that you paid, {counts} counts and {rest} does not."),
    never_paid: "What is on its way or came back is in neither sum.",
    premiums: "Premiums",
    why: |why, paid, service, back| {
        match why {
        LeftOut::Premium => {
            "A health FSA never pays a premium. An HSA does in listed cases only, such as COBRA, or while you get unemployment pay.".into()
        }
        LeftOut::OtherYear => format!("Paid {paid}, for {service}. The day of service decides."),
        LeftOut::OnItsWay => "On its way. It counts once it clears.".into(),
        LeftOut::WentBack => format!("The money came back on {back}, so it is no expense."),
    }
    },
    its_proof: |year| format!("It is in the {year} proof"),
    more: |count| format!("Show {count} more"),
    send: "Where to send it",
    hsa: "Nowhere. Keep it with your tax papers.",
    hsa_note: "Only services from the day your HSA was opened count.",
    fsa: "To your FSA’s administrator, by its last day to claim.",
    fsa_note: "Only services within the plan year count.",
    hra: "To your employer’s administrator.",
    hra_note: "Your employer decides what counts.",
    no_advice: "Another adult’s proof comes from their own account. We don’t give tax advice.",
};

pub const ES: ProofWords = ProofWords {
    title: "Comprobantes para HSA, FSA y HRA",
    year: "Año fiscal",
    paid_for_care: |year| format!("Usted pagó por atención en {year}"),
    nothing: |year| format!("Todavía no hay nada de {year}."),
    services: |count| format!("{count} {}", plural(count, "servicio", "servicios")),
    pdf: "Guardar en PDF",
    zip: "Todos los recibos (zip)",
    in_zip: |receipts, of| {
        if receipts < of {
            format!("Zip: ambos, y los {receipts} recibos más recientes de {of}.")
        } else {
            format!("Zip: ambos, y {receipts} {}.", plural(receipts as usize, "recibo", "recibos"))
        }
    },
    counts: "Lo que cuenta",
    days: "Las fechas son los días del servicio. Los importes son suyos, después del seguro, y pagados.",
    day: "Fecha del servicio",
    patient: "Paciente",
    provider: "Proveedor",
    part: |paid, of| format!(", {paid} de {of}"),
    claimed: "Ya se pagó con su HSA o FSA: no lo reclame otra vez.",
    total: |year| format!("Cuenta en {year}"),
    left_out: "Lo que no cuenta, y por qué",
    both: |all, counts, rest| format!("Usted pagó {all}: {counts} cuentan y lo demás, {rest}, se queda fuera."),
    never_paid: "Lo que está en camino o se devolvió no está en ninguna de las sumas.",
    premiums: "Primas",
    why: |why, paid, service, back| match why {
        LeftOut::Premium => {
            "Una FSA nunca paga una prima. Una HSA, solo en ciertos casos, como COBRA o si recibe pagos por desempleo."
                .into()
        }
        LeftOut::OtherYear => format!("Pagado el {paid}, por el {service}. Decide el día del servicio."),
        LeftOut::OnItsWay => "En camino. Cuenta cuando se completa.".into(),
        LeftOut::WentBack => format!("El dinero se devolvió el {back}; no es un gasto."),
    },
    its_proof: |year| format!("Está en los comprobantes de {year}"),
    more: |count| format!("Mostrar {count} más"),
    send: "A dónde enviarlo",
    hsa: "A ningún lugar. Guárdelo con sus papeles de impuestos.",
    hsa_note: "Solo cuentan los servicios desde el día en que se abrió su HSA.",
    fsa: "Al administrador de su FSA, antes de su último día para reclamar.",
    fsa_note: "Solo cuentan los servicios dentro del año del plan.",
    hra: "Al administrador de su empleador.",
    hra_note: "Su empleador decide qué cuenta.",
    no_advice: "Los comprobantes de otro adulto salen de su propia cuenta. No damos asesoría fiscal.",
};
