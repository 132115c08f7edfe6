//! The start page and the manifest with the deployment's facts written into them, once, at the start: a phone number
//! stands there before the app has arrived, and where it never does. The files name a fact in double braces,
//! `{{phone}}`. Knows nothing of how files are sent.

use contract::{
    Locale, date_format,
    portal::{PageFacts, Portal},
};
use std::{collections::BTreeMap, fs, io, path::Path};

/// What is served in place of the files in `dist`, each under its path there.
pub type Written = BTreeMap<String, Vec<u8>>;

type Escape = fn(&str) -> String;
const FILES: [(&str, Escape); 2] = [("index.html", in_html), ("manifest.webmanifest", in_json)];

/// A fact that the profile does not have ends the start: somebody would read braces in place of a phone number.
pub fn written(dist: &Path, portal: &Portal) -> io::Result<Written> {
    let facts = facts(portal);
    let mut written = Written::new();
    for (name, escape) in FILES {
        let text = match fs::read_to_string(dist.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            text => text?,
        };
        let text = filled(&text, &facts, escape).map_err(|why| io::Error::other(format!("{name} of --dist {why}")))?;
        written.insert(format!("/{name}"), text.into_bytes());
    }
    Ok(written)
}

fn facts(portal: &Portal) -> BTreeMap<&'static str, String> {
    let Portal { brand, contacts, .. } = portal;
    let digits = contacts.billing_phone.chars().filter(char::is_ascii_digit);
    let page = PageFacts { brand: brand.clone(), contacts: contacts.clone() };
    [
        ("brand", brand.name.clone()),
        ("phone", contacts.billing_phone.clone()),
        ("tel", "tel:+".chars().chain(digits).collect()),
        ("opens", date_format::hour(contacts.opens, Locale::En)),
        ("closes", date_format::hour(contacts.closes, Locale::En)),
        ("abre", date_format::hour(contacts.opens, Locale::Es)),
        ("cierra", date_format::hour(contacts.closes, Locale::Es)),
        // What the app knows before the first answer.
        ("facts", serde_json::to_string(&page).unwrap_or_default()),
    ]
    .into()
}

fn filled(text: &str, facts: &BTreeMap<&str, String>, escape: Escape) -> Result<String, String> {
    let mut parts = text.split("{{");
    let mut done = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once("}}").ok_or("has {{ without its }}")?;
        let fact = facts.get(name).ok_or_else(|| format!("names {{{{{name}}}}}, which no profile has"))?;
        done.push_str(&escape(fact));
        done.push_str(rest);
    }
    Ok(done)
}

/// Between tags, and in an attribute in double quotes.
fn in_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// In a string of JSON.
fn in_json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_stands_where_it_is_named_and_is_text_there() {
        let facts = [("brand", "R&D <b>\"Care\"".to_owned())].into();
        let filled = |text, escape| filled(text, &facts, escape);
        let page = filled("<b title=\"{{brand}}\">{{brand}}</b>", in_html).unwrap();
        let text = "R&amp;D &lt;b&gt;&quot;Care&quot;";
        assert_eq!(page, format!("<b title=\"{text}\">{text}</b>"));
        let manifest = filled("{ \"name\": \"{{brand}}\" }", in_json).unwrap();
        let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
        assert_eq!(manifest["name"], "R&D <b>\"Care\"");
        assert_eq!(filled("nothing } { named", in_html).as_deref(), Ok("nothing } { named"));
    }

    #[test]
    fn what_no_profile_has_is_refused_by_name() {
        let facts = [("brand", "Care".to_owned())].into();
        assert!(filled("<b>{{colour}}</b>", &facts, in_html).unwrap_err().contains("{{colour}}"));
        assert!(filled("<b>{{brand</b>", &facts, in_html).is_err());
    }
}
