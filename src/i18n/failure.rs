//! Texts of errors: the network's, the server's, and an unknown address.

use super::format::plural;

pub struct FailureWords {
    pub timed_out_title: &'static str,
    pub timed_out: &'static str,
    pub signed_out_title: &'static str,
    /// Nothing of payments: one may be on its way.
    pub signed_out: &'static str,
    pub no_cookies_title: &'static str,
    pub no_cookies: fn(phone: &str) -> String,
    pub busy_title: &'static str,
    /// Minutes.
    pub busy: fn(usize) -> String,
    pub faulty_title: &'static str,
    pub faulty: fn(&str) -> String,
    /// Something that was only to be read.
    pub unread_title: &'static str,
    pub unread: fn(phone: &str) -> String,
    /// Minutes.
    pub unread_busy: fn(usize) -> String,
    pub no_file: &'static str,
    pub not_found_title: &'static str,
    pub not_found_lead: &'static str,
}

pub const EN: FailureWords = FailureWords {
    timed_out_title: "No answer in time",
    timed_out: "Our server did not answer in time. What you typed is still here.",
    signed_out_title: "Your visit ended to protect your information",
    signed_out: "Sign in or find your bill again to go on.",
    no_cookies_title: "Your browser blocks cookies",
    no_cookies: |phone| {
        format!(
            "We need one cookie to know you from one page to the next. It ends with your visit and does not track you. Allow cookies for this site and start over, or call {phone}."
        )
    },
    busy_title: "Too many tries",
    busy: |n| {
        let minutes = plural(n, "minute", "minutes");
        format!("For your safety, wait a little. Come back in {n} {minutes}; what you typed is still here.")
    },
    faulty_title: "Something is wrong on our side",
    faulty: |phone| {
        format!("This did not work, and it is not your fault. What you typed is still here. You can also call {phone}.")
    },
    unread_title: "We could not get this",
    unread: |phone| format!("Trying again pays and changes nothing. You can also call {phone}."),
    unread_busy: |n| format!("You asked often. Come back in {n} {}.", plural(n, "minute", "minutes")),
    no_file: "We could not make the file. Your receipts are safe.",
    not_found_title: "This page does not exist",
    not_found_lead: "The address may be mistyped, or the page has moved. This does not send or stop a payment. If you were paying, find your bill again and see what happened to the payment before you press Pay again.",
};

pub const ES: FailureWords = FailureWords {
    timed_out_title: "No hubo respuesta a tiempo",
    timed_out: "Nuestro servidor no respondió a tiempo. Lo que escribió sigue aquí.",
    signed_out_title: "Su visita terminó para proteger su información",
    signed_out: "Inicie sesión o busque su factura otra vez para continuar.",
    no_cookies_title: "Su navegador bloquea las cookies",
    no_cookies: |phone| {
        format!(
            "Necesitamos una cookie para reconocerle de una página a otra. Termina con su visita y no le rastrea. Permita las cookies de este sitio y vuelva a empezar, o llame al {phone}."
        )
    },
    busy_title: "Demasiados intentos",
    busy: |n| {
        let minutes = plural(n, "minuto", "minutos");
        format!("Por su seguridad, espere un poco. Vuelva en {n} {minutes}; lo que escribió sigue aquí.")
    },
    faulty_title: "Algo falla de nuestro lado",
    faulty: |phone| {
        format!("Esto no funcionó, y no es culpa suya. Lo que escribió sigue aquí. También puede llamar al {phone}.")
    },
    unread_title: "No pudimos obtener esto",
    unread: |phone| format!("Probar otra vez no paga ni cambia nada. También puede llamar al {phone}."),
    unread_busy: |n| format!("Preguntó muchas veces. Vuelva en {n} {}.", plural(n, "minuto", "minutos")),
    no_file: "No pudimos crear el archivo. Sus recibos están a salvo.",
    not_found_title: "Esta página no existe",
    not_found_lead: "Puede que la dirección esté mal escrita o que la página se haya movido. Esto no envía ni detiene ningún pago. Si estaba pagando, busque su factura otra vez y mire qué pasó con el pago antes de presionar Pagar otra vez.",
};
