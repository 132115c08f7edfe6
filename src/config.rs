//! The configuration of this deployment: parsed once at the start, then kept as signals that the whole app reads. It
//! does not know how the profile is fetched (`api`) nor where the region is stored (`browser`), and contains no plan's
//! data itself.

use contract::{
    Instant, Locale, Region,
    portal::{Contacts, PageFacts, Portal, RegionProfile},
};
use leptos::prelude::*;
use std::sync::Arc;

use crate::fetched::Fetched;

/// Where the billing API is, seen from the page.
pub const API_BASE: &str = "/api/v1";

/// What is known before anything was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    pub api_base: String,
    pub base: Base,
    pub region: Option<Region>,
    pub locale: Locale,
    pub facts: PageFacts,
}

impl Config {
    /// From what the browser remembers and prefers: a stored region code, a stored locale code, the preferred
    /// languages.
    pub fn parse(region: Option<&str>, locale: Option<&str>, languages: &[String]) -> Self {
        let preferred =
            || languages.iter().find_map(|tag| Locale::parse(tag.split('-').next().unwrap_or_default()).ok());
        Self {
            api_base: API_BASE.to_owned(),
            base: Base::default(),
            region: region.and_then(|code| Region::parse(code).ok()),
            locale: locale.and_then(|code| Locale::parse(code).ok()).or_else(preferred).unwrap_or(Locale::En),
            facts: PageFacts::default(),
        }
    }
}

/// What the server wrote into the page. `trunk serve` writes nothing: the first answer brings it then.
pub fn page_facts(json: &str) -> PageFacts {
    serde_json::from_str(json).unwrap_or_default()
}

/// Where the app is mounted on its host's site: below a path such as `/billing`, usually at the root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Base(String);

impl Base {
    /// As a host writes it: slashes around it do not matter, and what needs escaping in an address is escaped. What is
    /// no plain path is the root, so that no address leads to another site.
    pub fn parse(text: &str) -> Self {
        let path = text.trim_matches('/');
        let is_plain = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%/".contains(&byte));
        Self(if path.is_empty() || !is_plain || path.contains("//") { String::new() } else { format!("/{path}") })
    }

    /// The address of what is at `inner` below it.
    pub fn before(&self, inner: &str) -> String {
        format!("{}{inner}", self.0)
    }

    /// What of an address is below it. `None` is an address of the host's.
    pub fn strip<'a>(&self, address: &'a str) -> Option<&'a str> {
        let inner = address.strip_prefix(self.0.as_str())?;
        (inner.is_empty() || inner.starts_with('/')).then_some(inner)
    }
}

/// Context of the whole app.
#[derive(Clone, Copy)]
pub struct Deployment {
    pub profile: RwSignal<Fetched<Arc<Portal>>>,
    /// The member's region; `None` until it was chosen.
    pub region: RwSignal<Option<Region>>,
    /// Of the bills that the session sees, whatever was chosen; `None` without such a session.
    pub of_visit: RwSignal<Option<Region>>,
    /// The server's time, to half a minute; nothing before its first response.
    pub now: RwSignal<Option<Instant>>,
    /// Raise it to fetch the profile again.
    pub attempt: RwSignal<u32>,
    /// The address that choosing a region leads back to; `None` leads to finding a bill.
    pub then: RwSignal<Option<String>>,
    in_page: StoredValue<PageFacts>,
}

impl Deployment {
    pub fn new(region: Option<Region>, in_page: PageFacts) -> Self {
        Self {
            profile: RwSignal::new(Fetched::Waiting),
            region: RwSignal::new(region),
            of_visit: RwSignal::new(None),
            now: RwSignal::new(None),
            attempt: RwSignal::new(0),
            then: RwSignal::new(None),
            in_page: StoredValue::new(in_page),
        }
    }

    /// The one the app provides; outside of it (a test of one component) a new one.
    pub fn here() -> Self {
        use_context().unwrap_or_else(|| Self::new(None, PageFacts::default()))
    }

    /// Tracks.
    pub fn portal(&self) -> Option<Arc<Portal>> {
        self.profile.with(|profile| profile.value().cloned())
    }

    /// The chosen region's profile. Tracks.
    pub fn region_profile(&self) -> Option<RegionProfile> {
        let region = self.region.get()?;
        self.portal()?.region(region).cloned()
    }

    /// Tracks.
    pub fn contacts(&self) -> Contacts {
        self.facts().contacts
    }

    /// The wordmark. Tracks.
    pub fn brand(&self) -> String {
        self.facts().brand.name
    }

    /// The profile's, or those in the page until it is here, and without it. Tracks.
    fn facts(&self) -> PageFacts {
        match self.portal() {
            Some(portal) => PageFacts { brand: portal.brand.clone(), contacts: portal.contacts.clone() },
            None => self.in_page.get_value(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_wins_over_what_the_browser_prefers() {
        let languages = ["fr-CA".to_owned(), "es-MX".to_owned(), "en".to_owned()];
        assert_eq!(Config::parse(None, None, &languages).locale, Locale::Es);
        assert_eq!(Config::parse(None, Some("en"), &languages).locale, Locale::En);
        assert_eq!(Config::parse(None, Some("xx"), &[]).locale, Locale::En);
    }

    #[test]
    fn a_base_is_a_path_of_this_site_or_the_root() {
        for text in ["/billing", "billing", "/billing/", "//billing//"] {
            assert_eq!(Base::parse(text).before("/pay"), "/billing/pay", "{text}");
        }
        assert_eq!(Base::parse("/health/my-bills").before("/"), "/health/my-bills/");
        for text in ["", "/", "\\evil.example", "/\t/evil.example", "https://evil.example", "a//b", "a?b", "a#b", "<a>"]
        {
            assert_eq!(Base::parse(text), Base::default(), "{text}");
        }
    }

    #[test]
    fn what_only_begins_like_the_base_is_the_host_s() {
        let base = Base::parse("/billing");
        assert_eq!(base.strip("/billing/pay"), Some("/pay"));
        assert_eq!(base.strip("/billing/"), Some("/"));
        assert_eq!(base.strip("/billing"), Some(""));
        for address in ["/", "/pay", "/billing-faq", "/a/billing/pay"] {
            assert_eq!(base.strip(address), None, "{address}");
        }
        assert_eq!(Base::default().strip("/pay"), Some("/pay"));
    }

    #[test]
    fn a_page_in_which_nothing_was_written_is_taken_all_the_same() {
        assert_eq!(page_facts("{{facts}}"), PageFacts::default());
        let facts = PageFacts { contacts: Contacts { opens: 8, ..Contacts::default() }, ..PageFacts::default() };
        assert_eq!(page_facts(&serde_json::to_string(&facts).unwrap()), facts);
    }

    #[test]
    fn a_region_that_is_none_is_forgotten() {
        assert_eq!(Config::parse(Some("HI"), None, &[]).region, Some(Region::Hawaii));
        assert_eq!(Config::parse(Some("<script>"), None, &[]).region, None);
    }
}
