//! The HTML part of an e-mail: one column, in the colors of the pages. It loads nothing (no image, no
//! font, no style sheet) and runs nothing, so opening it tells nobody.

use super::body::{Body, Link, Part, Span, Table};

/// Mail programs know little of style sheets, so each element has its style; only the colors for the dark are here.
const DARK: &str = "@media (prefers-color-scheme:dark){\
    .desk{background:#0f1615!important;color:#edf2f0!important}\
    .sheet{background:#171f1e!important;border-color:#2e3a37!important}\
    .soft{color:#abb9b5!important}.line{border-color:#2e3a37!important}.well{background:#1e2826!important}\
    .link{color:#83cec4!important}.button{background:#5dbbb0!important;color:#0b1110!important}}";
const FONT: &str = "16px/1.5 -apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";
const BREAKS: &str = "overflow-wrap:anywhere;word-break:break-word";
const SOFT: &str = "class=\"soft\" style=\"color:#4f5e5a;font-size:15px\"";
const CELL: &str = "padding:8px 0;border-top:1px solid #e4e2d9;vertical-align:top;text-align:left;font-weight:400";
const SUM: &str =
    "padding:8px 0 8px 12px;border-top:1px solid #e4e2d9;vertical-align:top;text-align:right;white-space:nowrap";

pub fn page(body: &Body<'_>, brand: &str) -> String {
    let (first, rest) = body.parts.split_first().map_or((None, &[][..]), |(first, rest)| (Some(first), rest));
    let heading = match first {
        Some(Part::Words(spans)) => spans_of(spans),
        _ => escape(&body.subject),
    };
    let rest: String = rest.iter().map(part).collect();
    let (subject, brand) = (escape(&body.subject), escape(brand));
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{subject}</title>\n<style>{DARK}</style>\n</head>\n\
         <body class=\"desk\" style=\"margin:0;padding:24px 12px;background:#f1f0ea;color:#14201e;font:{FONT}\">\n\
         <div style=\"max-width:560px;margin:0 auto;{BREAKS}\">\n\
         <p class=\"link\" style=\"margin:0 0 12px;font-weight:700;color:#0d5c59\">{brand}</p>\n\
         <div class=\"sheet\" style=\"padding:24px;background:#ffffff;border:1px solid #e4e2d9;border-radius:6px\">\n\
         <h1 style=\"margin:0 0 16px;font-size:20px;line-height:1.3\">{heading}</h1>\n{rest}</div>\n</div>\n</body>\n</html>\n",
        body.locale.code()
    )
}

fn part(part: &Part) -> String {
    match part {
        Part::Words(spans) => format!("<p style=\"margin:0 0 16px\">{}</p>\n", spans_of(spans)),
        Part::Button(Link { shown, to }) => {
            let to = escape(to);
            format!(
                "<p style=\"margin:0 0 8px\"><a class=\"button\" href=\"{to}\" style=\"display:inline-block;padding:12px 24px;\
                 border-radius:8px;background:#0d5c59;color:#ffffff;font-weight:600;text-decoration:none\">{}</a></p>\n\
                 <p style=\"margin:0 0 16px\"><a class=\"link\" href=\"{to}\" style=\"color:#0d5c59;font-size:13px;word-break:break-all\">\
                 {to}</a></p>\n",
                escape(shown)
            )
        }
        Part::Code(code) => format!(
            "<p class=\"well\" style=\"margin:0 0 16px;padding:12px;background:#f8f7f3;border-radius:6px;font:600 22px/1.3 monospace;\
             text-align:center\">{}</p>\n",
            escape(code)
        ),
        Part::Facts(facts) => rows(facts),
        Part::Table(table) => items(table),
        Part::Quote { heading, text, note } => format!(
            "<h2 style=\"margin:24px 0 8px;font-size:16px\">{}</h2>\n\
             <p class=\"well\" style=\"margin:0 0 8px;padding:12px;background:#f8f7f3;border-radius:6px;font-size:15px\">{}</p>\n\
             <p {SOFT}>{}</p>\n",
            escape(heading),
            escape(text),
            escape(note)
        ),
    }
}

/// A table of what is said of something.
fn rows(pairs: &[(String, String)]) -> String {
    let rows: String = pairs
        .iter()
        .map(|(what, said)| {
            let (what, said) = (escape(what), escape(said));
            let said = format!("<td class=\"line\" style=\"{CELL};padding-left:12px;text-align:right\">{said}</td>");
            format!("<tr><th scope=\"row\" class=\"line\" style=\"{CELL}\">{what}</th>{said}</tr>\n")
        })
        .collect();
    format!("<table style=\"width:100%;margin:0 0 16px;border-collapse:collapse\">\n{rows}</table>\n")
}

fn items(table: &Table) -> String {
    let [what, first, second] = table.head.each_ref().map(|head| escape(head));
    let column = |name: &str, style: &str| {
        format!("<th scope=\"col\" {}>{name}</th>", SOFT.replace("style=\"", &format!("style=\"{style};")))
    };
    let right = "padding:8px 0 8px 12px;text-align:right;font-weight:400";
    let head = format!(
        "<tr>{}{}{}</tr>\n",
        column(&what, "padding:8px 0;text-align:left;font-weight:400"),
        column(&first, right),
        column(&second, right)
    );
    let rows_of: String = table
        .rows
        .iter()
        .map(|row| {
            let [first, second] = row.amounts.each_ref().map(|amount| escape(amount));
            format!(
                "<tr><th scope=\"row\" class=\"line\" style=\"{CELL}\">{}<br><span {SOFT}>{}</span></th>\
                 <td class=\"line\" style=\"{SUM}\">{first}</td><td class=\"line\" style=\"{SUM}\">{second}</td></tr>\n",
                escape(&row.what),
                escape(&row.detail)
            )
        })
        .collect();
    let bills = format!("<table style=\"width:100%;margin:0;border-collapse:collapse\">\n{head}{rows_of}</table>\n");
    bills + &rows(&table.sums)
}

fn spans_of(spans: &[Span]) -> String {
    let span = |span: &Span| match span {
        Span::Text(text) => escape(text).replace('\n', "<br>\n"),
        Span::Link(Link { shown, to }) => {
            format!("<a class=\"link\" href=\"{}\" style=\"color:#0d5c59\">{}</a>", escape(to), escape(shown))
        }
    };
    spans.iter().map(span).collect()
}

/// Text as it may stand in a page, in an attribute too.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
