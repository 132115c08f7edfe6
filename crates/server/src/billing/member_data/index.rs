//! The index of a member's data: one HTML page of tables, in the member's language. It loads nothing and runs nothing.

use super::MemberData;
use crate::{
    clock::day_in,
    i18n::{self, say},
    mail::escape_html as escape,
};
use contract::{Date, Instant, Locale, date_format, member_profile::PersonalDetails};

const STYLE: &str = "body{max-width:60em;margin:2em auto;padding:0 1em;font:16px/1.5 system-ui,sans-serif;\
    overflow-wrap:anywhere}table{width:100%;border-collapse:collapse}\
    th,td{padding:.4em .6em .4em 0;border-top:1px solid #8888;text-align:left;vertical-align:top}\
    :root{color-scheme:light dark}";

struct Section {
    title: &'static str,
    head: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

struct Writer<'a> {
    data: &'a MemberData,
    locale: Locale,
}

pub fn page(data: &MemberData, brand: &str, locale: Locale) -> String {
    let writer = Writer { data, locale };
    let title = format!("{}: {}", escape(brand), writer.say("Your data", "Sus datos"));
    let lead = format!(
        "{} {}. {}",
        writer.say("What we hold about you, as of", "Lo que tenemos sobre usted, al"),
        writer.moment(data.as_of),
        writer.say("The same for programs is in data.json.", "Lo mismo para programas está en data.json.")
    );
    let cut = if data.cut.is_empty() {
        String::new()
    } else {
        format!("<p><strong>{}</strong></p>\n", escape(&writer.cut()))
    };
    let sections: String = writer.sections().iter().map(|section| table(section, locale)).collect();
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n<style>{STYLE}</style>\n\
         </head>\n<body>\n<main>\n<h1>{title}</h1>\n<p>{}</p>\n{cut}{sections}</main>\n</body>\n</html>\n",
        locale.code(),
        escape(&lead)
    )
}

fn table(section: &Section, locale: Locale) -> String {
    let title = escape(section.title);
    if section.rows.is_empty() {
        return format!("<h2>{title}</h2>\n<p>{}</p>\n", say(locale, "Nothing.", "Nada."));
    }
    let heads: String = section.head.iter().map(|head| format!("<th scope=\"col\">{}</th>", escape(head))).collect();
    let cells = |row: &Vec<String>| row.iter().map(|cell| format!("<td>{}</td>", escape(cell))).collect::<String>();
    let rows: String = section.rows.iter().map(|row| format!("<tr>{}</tr>\n", cells(row))).collect();
    format!("<h2>{title}</h2>\n<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n")
}

impl Writer<'_> {
    fn say(&self, english: &'static str, spanish: &'static str) -> &'static str {
        say(self.locale, english, spanish)
    }
    /// What the file does not have all of.
    fn cut(&self) -> String {
        let MemberData { cut, cut_at, .. } = self.data;
        let words = self.say(
            "A list may be longer than it is here. It ends at this many rows:",
            "Una lista puede ser más larga que aquí. Termina en este número de filas:",
        );
        format!("{words} {cut_at} ({})", cut.join(", "))
    }
    fn moment(&self, at: Instant) -> String {
        i18n::moment(at, &self.data.time_zone, self.locale)
    }
    fn day(&self, day: Date) -> String {
        date_format::date(day, self.locale)
    }
    fn day_of(&self, at: Instant) -> String {
        self.day(day_in(&self.data.time_zone, at))
    }

    fn sections(&self) -> Vec<Section> {
        vec![
            self.about(),
            self.sessions(),
            self.bills(),
            self.payments(),
            self.balance(),
            self.methods(),
            self.authorisations(),
            self.questions(),
            self.household(),
            self.emails(),
        ]
    }

    fn about(&self) -> Section {
        let MemberData { person, account, second_factor, ending, text_messages, .. } = self.data;
        let PersonalDetails { address, phone, locale, .. } = person;
        let lines = [Some(&address.line1), address.line2.as_ref(), Some(&address.city)];
        let lines: Vec<String> = lines.into_iter().flatten().map(ToString::to_string).collect();
        let whole = format!("{}, {} {}", lines.join(", "), address.state, address.zip);
        let app = second_factor.authenticator.map_or_else(|| self.say("no", "no").to_owned(), |at| self.moment(at));
        let fact = |name: &'static str, value: String| vec![name.to_owned(), value];
        let rows = vec![
            fact(self.say("Name", "Nombre"), person.name()),
            fact(self.say("Mailing address", "Dirección postal"), whole),
            fact(self.say("Phone", "Teléfono"), phone.to_string()),
            fact(self.say("E-mail and user ID", "Correo electrónico e ID de usuario"), account.email.to_string()),
            fact(self.say("Language of e-mails", "Idioma de los correos"), locale.code().to_owned()),
            fact(self.say("Member number ends in", "El número de miembro termina en"), ending.clone()),
            fact(self.say("Account opened", "Cuenta abierta"), self.moment(account.opened_at)),
            fact(self.say("Password changed", "Contraseña cambiada"), self.moment(account.password_changed_at)),
            fact(
                self.say("Terms of use agreed to", "Términos de uso aceptados"),
                format!("{}, {}", account.terms_version, self.moment(account.terms_accepted_at)),
            ),
            fact(self.say("Authenticator app since", "App de autenticación desde"), app),
            fact(
                self.say("Text messages go to", "Los mensajes de texto van a"),
                text_messages.phone.as_ref().map(ToString::to_string).unwrap_or_default(),
            ),
            fact(self.say("Passkeys", "Llaves de acceso"), second_factor.passkeys.len().to_string()),
        ];
        Section { title: self.say("About you", "Sobre usted"), head: vec![self.say("What", "Qué"), ""], rows }
    }

    fn sessions(&self) -> Section {
        let row = |one: &contract::account::SessionEntry| {
            vec![one.device.clone(), self.moment(one.created_at), self.moment(one.seen_at)]
        };
        Section {
            title: self.say("Where you are signed in", "Dónde tiene la sesión iniciada"),
            head: vec![self.say("Browser", "Navegador"), self.say("Since", "Desde"), self.say("Last active", "Activo")],
            rows: self.data.sessions.iter().map(row).collect(),
        }
    }

    /// A row a line.
    fn bills(&self) -> Section {
        let rows = self.data.bills.iter().flat_map(|bill| {
            bill.lines.iter().map(|line| {
                vec![
                    self.day(bill.issued),
                    i18n::bill_kind(bill.kind, self.locale).to_owned(),
                    bill.patient.clone(),
                    self.day(line.date_of_service),
                    format!("{}, {}", line.description, line.provider),
                    i18n::money(line.billed),
                    i18n::money(line.you_paid),
                    i18n::money(line.you_owe),
                ]
            })
        });
        let head = vec![
            self.say("Issued", "Emitida"),
            self.say("Kind", "Tipo"),
            self.say("Patient", "Paciente"),
            self.say("Date of service", "Fecha del servicio"),
            self.say("Service", "Servicio"),
            self.say("Billed", "Facturado"),
            self.say("You paid", "Usted pagó"),
            self.say("You owe", "Usted debe"),
        ];
        Section { title: self.say("Bills", "Facturas"), head, rows: rows.collect() }
    }

    fn payments(&self) -> Section {
        let rows = self.data.payments.iter().map(|payment| {
            vec![
                self.day_of(payment.created_at),
                payment.reference.clone(),
                i18n::state(payment.state, self.locale).to_owned(),
                i18n::money(payment.charged),
                i18n::method(&payment.method, self.locale),
            ]
        });
        let head = vec![
            self.say("Date", "Fecha"),
            self.say("Receipt", "Recibo"),
            self.say("State", "Estado"),
            self.say("Amount", "Importe"),
            self.say("Payment method", "Forma de pago"),
        ];
        Section { title: self.say("Payments and deposits", "Pagos y depósitos"), head, rows: rows.collect() }
    }

    fn balance(&self) -> Section {
        let changes = self.data.balance_changes.iter().map(|change| {
            let sign = if change.is_in { "+" } else { "−" };
            vec![self.moment(change.at), format!("{sign}{}", i18n::money(change.amount)), i18n::money(change.after)]
        });
        let now = vec![self.moment(self.data.as_of), String::new(), i18n::money(self.data.balance)];
        let head = vec![self.say("Date", "Fecha"), self.say("Change", "Cambio"), self.say("Balance", "Saldo")];
        let rows = std::iter::once(now).chain(changes).collect();
        Section { title: self.say("Your balance", "Su saldo"), head, rows }
    }

    fn methods(&self) -> Section {
        let rows = self.data.payment_methods.iter().map(|saved| {
            vec![i18n::method(&saved.method, self.locale), saved.nickname.to_string(), self.day_of(saved.created_at)]
        });
        let head =
            vec![self.say("Payment method", "Forma de pago"), self.say("Name", "Nombre"), self.say("Since", "Desde")];
        Section { title: self.say("Saved payment methods", "Formas de pago guardadas"), head, rows: rows.collect() }
    }

    fn authorisations(&self) -> Section {
        let rows = self.data.authorisations.iter();
        let rows = rows.map(|given| vec![self.moment(given.at), given.version.to_string(), given.text.clone()]);
        let consents = self.data.consents.iter();
        let consents =
            consents.map(|given| vec![self.moment(given.given_at), given.version.to_string(), given.text.clone()]);
        let head = vec![self.say("Date", "Fecha"), self.say("Version", "Versión"), self.say("Text", "Texto")];
        Section {
            title: self.say("What you authorized", "Lo que autorizó"),
            head,
            rows: rows.chain(consents).collect(),
        }
    }

    fn questions(&self) -> Section {
        let rows = self.data.questions.iter().map(|asked| vec![self.moment(asked.asked_at), asked.text.clone()]);
        let head = vec![self.say("Date", "Fecha"), self.say("Question", "Pregunta")];
        let title = self.say("What you asked about charges", "Lo que preguntó sobre cargos");
        Section { title, head, rows: rows.collect() }
    }

    fn household(&self) -> Section {
        let (pays_for, paid_by) =
            (self.say("You pay for", "Usted paga por"), self.say("Pays for you", "Paga por usted"));
        let household = &self.data.household;
        let sides = [(pays_for, &household.pays_for), (paid_by, &household.paid_by)];
        let rows = sides.into_iter().flat_map(|(side, links)| {
            links.iter().map(move |link| vec![side.to_owned(), link.name.clone(), self.day_of(link.since)])
        });
        let head = vec!["", self.say("Name", "Nombre"), self.say("Since", "Desde")];
        Section { title: self.say("Your household", "Su hogar"), head, rows: rows.collect() }
    }

    fn emails(&self) -> Section {
        let rows = self.data.emails.iter().map(|email| vec![self.moment(email.written_at), email.subject.clone()]);
        let head = vec![self.say("Date", "Fecha"), self.say("Subject", "Asunto")];
        Section { title: self.say("E-mails to you", "Correos electrónicos a usted"), head, rows: rows.collect() }
    }
}
