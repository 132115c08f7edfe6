//! A command's arguments: `--name value`, `--name=value`, bare switches, and words. Unknown names are refused with
//! those there are.

use std::collections::BTreeMap;
use xtask::failure::{Failure, Result};

#[derive(Debug, Default)]
pub struct Arguments {
    values: BTreeMap<String, String>,
    switches: Vec<String>,
    pub words: Vec<String>,
}

impl Arguments {
    pub fn parse(given: &[String], values: &[&str], switches: &[&str]) -> Result<Self> {
        let mut parsed = Self::default();
        let mut given = given.iter();
        while let Some(argument) = given.next() {
            if !argument.starts_with("--") {
                parsed.words.push(argument.clone());
                continue;
            }
            let (name, inline) = match argument.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (argument.as_str(), None),
            };
            if values.contains(&name) {
                let value = inline
                    .or_else(|| given.next().cloned())
                    .ok_or_else(|| Failure::new(format!("{name} needs a value.")))?;
                parsed.values.insert(name.to_owned(), value);
            } else if switches.contains(&name) && inline.is_none() {
                parsed.switches.push(name.to_owned());
            } else {
                let known: Vec<_> = values.iter().chain(switches).copied().collect();
                return Err(Failure::new(format!("There is no {argument} here.")).fix(format!(
                    "this command knows {}",
                    if known.is_empty() { "none".into() } else { known.join(", ") }
                )));
            }
        }
        Ok(parsed)
    }

    pub fn has(&self, switch: &str) -> bool {
        self.switches.iter().any(|given| given == switch)
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    pub fn number<N: std::str::FromStr>(&self, name: &str, otherwise: N) -> Result<N> {
        match self.text(name) {
            None => Ok(otherwise),
            Some(text) => text.parse().map_err(|_| Failure::new(format!("{name} {text} is not a number that fits."))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(given: &[&str]) -> Result<Arguments> {
        let given: Vec<_> = given.iter().map(|&text| text.to_owned()).collect();
        Arguments::parse(&given, &["--port", "--database-url"], &["--fresh"])
    }

    #[test]
    fn values_come_after_a_space_or_an_equals_sign() {
        let arguments = parse(&["--port", "9000", "--database-url=postgres://x?a=b", "--fresh", "word"]).unwrap();
        assert_eq!(arguments.number("--port", 8080_u16).unwrap(), 9000);
        assert_eq!(arguments.text("--database-url"), Some("postgres://x?a=b"));
        assert!(arguments.has("--fresh"));
        assert_eq!(arguments.words, ["word"]);
    }

    #[test]
    fn what_is_not_given_has_its_default() {
        assert_eq!(parse(&[]).unwrap().number("--port", 8080_u16).unwrap(), 8080);
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_known_ones() {
        let error = parse(&["--prot", "1"]).unwrap_err().to_string();
        assert!(error.contains("--prot") && error.contains("--port, --database-url, --fresh"), "{error}");
    }

    #[test]
    fn a_port_that_does_not_fit_is_refused() {
        assert!(parse(&["--port", "70000"]).unwrap().number("--port", 1_u16).is_err());
        assert!(parse(&["--port"]).is_err());
    }
}
