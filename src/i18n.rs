//! Internationalisation: one struct of texts per page area, with an English and a Spanish constant. The compiler proves
//! that none is missing. [`t`] gives a text that follows the language; [`say`] one that is made of words and values.
//! Pages hold no literals.

use contract::Locale;
use leptos::prelude::*;
use std::ops::Deref;

mod account;
mod fact;
mod failure;
mod fields;
mod find;
pub mod format;
mod help;
mod home;
mod legal;
mod pay;
mod problem;
mod region;
mod shell;
mod states;

pub use fact::sentence;
#[cfg(test)]
pub use fact::without_facts;
pub use find::printed;
pub use legal::LegalPage;
pub use pay::review::ReviewWords;

/// Every word of the app in one language. What the first page shows is here; the rest is behind methods, so that the
/// words of pages that are fetched later (`app::chunks`) come with those pages.
pub struct Words {
    pub locale: Locale,
    pub shell: shell::ShellWords,
    pub home: home::HomeWords,
    pub region: region::RegionWords,
    pub problem: problem::ProblemWords,
}

static EN: Words =
    Words { locale: Locale::En, shell: shell::EN, home: home::EN, region: region::EN, problem: problem::EN };

static ES: Words =
    Words { locale: Locale::Es, shell: shell::ES, home: home::ES, region: region::ES, problem: problem::ES };

/// A method of [`Words`] for words that come with a chunk.
macro_rules! later {
    ($($name:ident: $words:ty),+ $(,)?) => {
        impl Words {
            $(pub fn $name(&self) -> &'static $words {
                match self.locale {
                    Locale::En => &$name::EN,
                    Locale::Es => &$name::ES,
                }
            })+
        }
    };
}
later! {
    failure: failure::FailureWords,
    fields: fields::FieldWords,
    states: states::StateWords,
    find: find::FindWords,
    pay: pay::PayWords,
    help: help::HelpWords,
    legal: legal::LegalWords,
    account: account::AccountWords,
}

pub fn words(locale: Locale) -> &'static Words {
    match locale {
        Locale::En => &EN,
        Locale::Es => &ES,
    }
}

/// Context: the language of the page.
#[derive(Clone, Copy)]
pub struct Language(pub RwSignal<Locale>);

impl Language {
    /// The one the app provides; outside of it English.
    pub fn here() -> Self {
        use_context().unwrap_or_else(|| Self(RwSignal::new(Locale::En)))
    }

    /// Tracks.
    pub fn words(self) -> &'static Words {
        words(self.0.get())
    }

    /// For handlers.
    pub fn words_now(self) -> &'static Words {
        words(self.0.get_untracked())
    }
}

/// A text that follows the language, and whatever else it was made of. One type, so that rendering it is compiled once.
/// On a page, what page translators would rewrite in it stands in elements that they leave alone (`fact`).
#[derive(Clone, Copy)]
pub struct Text(Signal<String>);

impl Text {
    pub fn derive(make: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self(Signal::derive(make))
    }

    pub fn stored(text: String) -> Self {
        Self(Signal::stored(text))
    }

    pub fn into_any(self) -> AnyView {
        (move || sentence(self.0.get())).into_any()
    }
}

impl From<Signal<String>> for Text {
    fn from(text: Signal<String>) -> Self {
        Self(text)
    }
}

impl Deref for Text {
    type Target = Signal<String>;

    fn deref(&self) -> &Signal<String> {
        &self.0
    }
}

impl IntoRender for Text {
    type Output = AnyView;

    fn into_render(self) -> AnyView {
        self.into_any()
    }
}

impl IntoAttributeValue for Text {
    type Output = Signal<String>;

    fn into_attribute_value(self) -> Signal<String> {
        self.0
    }
}

/// Which words.
pub type Pick = fn(&'static Words) -> &'static str;

/// `t(|w| w.home.title)`.
pub fn t(pick: Pick) -> Text {
    let language = Language::here();
    Text::derive(move || pick(language.words()).to_owned())
}

/// `say(move |w| (w.find().lead)(count.get()))`.
pub fn say(make: impl Fn(&'static Words) -> String + Send + Sync + 'static) -> Text {
    let language = Language::here();
    Text::derive(move || make(language.words()))
}
