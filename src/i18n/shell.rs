//! Texts around every page: header, footer, steps, states, and the notice when there is no connection.

use super::format::plural;

pub struct ShellWords {
    pub skip: &'static str,
    pub wordmark_home: fn(&str) -> String,
    pub region: &'static str,
    pub change: &'static str,
    /// On the chip while none was chosen.
    pub your_region: &'static str,
    /// In place of a time zone's name.
    pub any_zone: &'static str,
    pub other_language: &'static str,
    pub sign_in: &'static str,
    pub sign_out: &'static str,
    /// Who has no account ends a visit, and is not signed out.
    pub end_visit: &'static str,
    pub account: &'static str,
    pub show: &'static str,
    pub hide: &'static str,
    pub ending: EndingWords,
    pub questions: &'static str,
    pub open_now: fn(until: &str, zone: &str, from: &str) -> String,
    pub closed_now: fn(from: &str, until: &str, zone: &str) -> String,
    pub hours: fn(from: &str, until: &str, zone: &str) -> String,
    pub all_contacts: &'static str,
    pub pay_by_mail: &'static str,
    pub accessibility: &'static str,
    pub terms: &'static str,
    pub privacy: &'static str,
    pub home: &'static str,
    pub back: &'static str,
    pub progress: &'static str,
    pub step_of: fn(usize, usize) -> String,
    pub steps: [&'static str; 4],
    pub done: &'static str,
    pub problems: fn(usize) -> String,
    pub error_title: fn(&str) -> String,
    pub waiting: &'static str,
    pub try_again: &'static str,
    pub offline_title: &'static str,
    pub offline: &'static str,
    pub professional: &'static str,
    pub hospital: &'static str,
    pub premium: &'static str,
}

/// The dialog before a session ends.
pub struct EndingWords {
    pub title: &'static str,
    /// Seconds left.
    pub text: fn(usize) -> String,
    pub last: fn(usize) -> String,
    pub stay: &'static str,
    /// Signing out did not reach the server.
    pub still_in: &'static str,
    pub unreached: &'static str,
}

pub const EN: ShellWords = ShellWords {
    skip: "Skip to the page",
    wordmark_home: |name| format!("{name}, home"),
    region: "Region: ",
    change: ", change",
    your_region: "Your region",
    any_zone: "in your region",
    other_language: "Español",
    sign_in: "Sign in",
    sign_out: "Sign out",
    end_visit: "End this visit",
    account: "Your account",
    show: "Show",
    hide: "Hide",
    ending: EndingWords {
        title: "Do you need more time?",
        text: |n| format!("For your protection your visit ends in {}. This does not send a payment.", left_en(n)),
        last: |n| {
            format!(
                "For your protection your visit ends in {}, 8 hours after you began. This does not send a payment.",
                left_en(n)
            )
        },
        stay: "Stay",
        still_in: "Your visit has not ended",
        unreached: "We could not reach our server. Check your connection and try again.",
    },
    questions: "Questions about a bill? Call ",
    open_now: |until, zone, from| format!("Open now, until {until} {zone}. Weekdays from {from}."),
    closed_now: |from, until, zone| format!("Closed now. Weekdays, {from} to {until} {zone}."),
    hours: |from, until, zone| format!("Weekdays, {from} to {until} {zone}"),
    all_contacts: "All ways to reach us",
    pay_by_mail: "Pay by mail",
    accessibility: "Accessibility",
    terms: "Terms of use",
    privacy: "Privacy",
    home: "Home",
    back: "Back",
    progress: "Progress",
    step_of: |n, of| format!("Step {n} of {of}"),
    steps: ["Find your bill", "What to pay", "How to pay", "Review and pay"],
    done: "done",
    problems: |n| format!("There {} {n} {}", plural(n, "is", "are"), plural(n, "problem", "problems")),
    error_title: |title| format!("Error: {title}"),
    waiting: "Getting this page ready",
    try_again: "Try again",
    offline_title: "You are offline",
    offline: "We could not reach our server. Check your connection; what you typed is still here.",
    professional: "Professional bill",
    hospital: "Hospital bill",
    premium: "Plan premium",
};

/// Minutes while there is more than one, then seconds.
fn left_en(seconds: usize) -> String {
    match seconds {
        0..=60 => format!("{seconds} {}", plural(seconds, "second", "seconds")),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

fn left_es(seconds: usize) -> String {
    match seconds {
        0..=60 => format!("{seconds} {}", plural(seconds, "segundo", "segundos")),
        _ => format!("{} minutos", seconds.div_ceil(60)),
    }
}

/// `las 7 a. m.`, `la 1 p. m.`
pub fn at_es(time: &str) -> String {
    let is_one = time.starts_with("1:") || time.starts_with("1\u{a0}");
    format!("{} {time}", if is_one { "la" } else { "las" })
}

pub const ES: ShellWords = ShellWords {
    skip: "Ir a la página",
    wordmark_home: |name| format!("{name}, inicio"),
    region: "Región: ",
    change: ", cambiar",
    your_region: "Su región",
    any_zone: "hora de su región",
    other_language: "English",
    sign_in: "Iniciar sesión",
    sign_out: "Cerrar sesión",
    end_visit: "Terminar la visita",
    account: "Su cuenta",
    show: "Mostrar",
    hide: "Ocultar",
    ending: EndingWords {
        title: "¿Necesita más tiempo?",
        text: |n| format!("Para su protección, su visita termina en {}. Esto no envía ningún pago.", left_es(n)),
        last: |n| {
            format!(
                "Para su protección, su visita termina en {}, 8 horas después de empezar. Esto no envía ningún pago.",
                left_es(n)
            )
        },
        stay: "Seguir aquí",
        still_in: "Su visita no ha terminado",
        unreached: "No pudimos comunicarnos con nuestro servidor. Revise su conexión e intente otra vez.",
    },
    questions: "¿Preguntas sobre una factura? Llame al ",
    open_now: |until, zone, from| {
        format!("Abierto ahora, hasta {} ({zone}). De lunes a viernes desde {}", at_es(until), at_es(from))
    },
    closed_now: |from, until, zone| format!("Cerrado ahora. De lunes a viernes, de {from} a {until} ({zone})."),
    hours: |from, until, zone| format!("De lunes a viernes, de {from} a {until} ({zone})"),
    all_contacts: "Todas las formas de contacto",
    pay_by_mail: "Pagar por correo postal",
    accessibility: "Accesibilidad",
    terms: "Condiciones de uso",
    privacy: "Privacidad",
    home: "Inicio",
    back: "Atrás",
    progress: "Progreso",
    step_of: |n, of| format!("Paso {n} de {of}"),
    steps: ["Busque su factura", "Qué pagar", "Cómo pagar", "Revise y pague"],
    done: "hecho",
    problems: |n| format!("Hay {n} {}", plural(n, "problema", "problemas")),
    error_title: |title| format!("Error: {title}"),
    waiting: "Estamos preparando esta página",
    try_again: "Intentar otra vez",
    offline_title: "No tiene conexión",
    offline: "No pudimos comunicarnos con nuestro servidor. Revise su conexión; lo que escribió sigue aquí.",
    professional: "Factura profesional",
    hospital: "Factura de hospital",
    premium: "Prima del plan",
};
