//! The regions of the plan, and the languages the app speaks.

use crate::{FieldProblem, value::text_value};
use std::fmt;

/// A state's two-letter code on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Region {
    California,
    Colorado,
    Georgia,
    Hawaii,
    Oregon,
    Washington,
}

impl Region {
    pub const ALL: [Self; 6] =
        [Self::California, Self::Colorado, Self::Georgia, Self::Hawaii, Self::Oregon, Self::Washington];

    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        Self::ALL.into_iter().find(|region| region.code() == text).ok_or(FieldProblem::Malformed)
    }
    pub fn code(self) -> &'static str {
        match self {
            Self::California => "CA",
            Self::Colorado => "CO",
            Self::Georgia => "GA",
            Self::Hawaii => "HI",
            Self::Oregon => "OR",
            Self::Washington => "WA",
        }
    }
    /// In English.
    pub fn name(self) -> &'static str {
        match self {
            Self::California => "California",
            Self::Colorado => "Colorado",
            Self::Georgia => "Georgia",
            Self::Hawaii => "Hawaii",
            Self::Oregon => "Oregon",
            Self::Washington => "Washington",
        }
    }
    /// IANA name.
    pub fn time_zone(self) -> &'static str {
        match self {
            Self::California | Self::Oregon | Self::Washington => "America/Los_Angeles",
            Self::Colorado => "America/Denver",
            Self::Georgia => "America/New_York",
            Self::Hawaii => "Pacific/Honolulu",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Locale {
    En,
    Es,
}

impl Locale {
    pub const ALL: [Self; 2] = [Self::En, Self::Es];

    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        Self::ALL.into_iter().find(|locale| locale.code() == text).ok_or(FieldProblem::Malformed)
    }
    /// BCP 47.
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
text_value!(Region: "^(CA|CO|GA|HI|OR|WA)$", Locale: "^(en|es)$");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_has_its_own_clock() {
        for (region, zone) in [
            (Region::California, "America/Los_Angeles"),
            (Region::Colorado, "America/Denver"),
            (Region::Georgia, "America/New_York"),
            (Region::Hawaii, "Pacific/Honolulu"),
            (Region::Oregon, "America/Los_Angeles"),
            (Region::Washington, "America/Los_Angeles"),
        ] {
            assert_eq!(region.time_zone(), zone);
            assert_eq!(Region::parse(region.code()), Ok(region));
        }
    }

    #[test]
    fn a_region_on_the_wire_is_its_two_letters() {
        assert_eq!(serde_json::to_string(&Region::Hawaii).unwrap(), "\"HI\"");
        assert!(serde_json::from_str::<Region>("\"TX\"").is_err());
        assert!(serde_json::from_str::<Region>("\"ca\"").is_err());
        assert_eq!(serde_json::to_string(&Locale::ALL).unwrap(), r#"["en","es"]"#);
    }
}
