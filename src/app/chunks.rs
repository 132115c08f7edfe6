//! Lazy loading of pages (code splitting): the build puts each chunk into a wasm file of its own, which is fetched when
//! one of its pages is first shown. What only these pages use (components, texts, wire types) is in the chunk, too.
//!
//! A chunk exports one function that renders its pages; after that, navigation between them is synchronous. When a
//! chunk fails to load because the server can't be reached, the page says so and offers to try again. When the server
//! can be reached, this page is older than the server's files (a new version was deployed): it is loaded again, once,
//! at the address that was being opened.

mod pages;

use crate::{
    api::Client,
    browser,
    error::ApiError,
    i18n::t,
    route::{Account, Enter, Pay, Read, Records, Settings},
    ui::{Unavailable, Waiting, dynamic},
};
use leptos::{prelude::*, task::spawn_local};
use pages::ChunkPages;

/// A page that comes later, by the chunk it is in.
#[derive(Clone)]
pub enum Page {
    Paying(Pay),
    /// `None` is the page of an address that leads nowhere.
    Reading(Option<Read>),
    Entering(Enter),
    Account(Account),
    Records(Records),
    Settings(Settings),
}

impl Page {
    fn chunk(&self) -> Chunk {
        match self {
            Self::Paying(_) => Chunk::Paying,
            Self::Reading(_) => Chunk::Reading,
            Self::Entering(_) => Chunk::Entering,
            Self::Account(_) => Chunk::Account,
            Self::Records(_) => Chunk::Records,
            Self::Settings(_) => Chunk::Settings,
        }
    }
}

#[derive(Clone, Copy)]
pub enum Chunk {
    /// Finding a bill and paying it.
    Paying,
    /// What there is to read: help, the coupon, the terms.
    Reading,
    /// Registering, signing in, and what is said when a session is over.
    Entering,
    /// A member's account: bills and payments.
    Account,
    /// What a member keeps: the balance with its statement, and the proof of a tax year.
    Records,
    /// A member's settings.
    Settings,
}

impl Chunk {
    const COUNT: usize = Self::Settings as usize + 1;
}

/// How a chunk that has come puts its function beside the others'.
type ChunkExport = fn(&mut ChunkPages);

/// Fetches a chunk. `None` is one that did not come.
#[cfg(feature = "split")]
async fn load(chunk: Chunk) -> Option<ChunkExport> {
    use wasm_split_helpers::{SplitLoaderError, wasm_split};

    #[wasm_split(paying, fallible)]
    fn paying() -> Result<ChunkExport, SplitLoaderError> {
        Ok(|drawers| drawers.paying = Some(pages::draw_paying))
    }
    #[wasm_split(reading, fallible)]
    fn reading() -> Result<ChunkExport, SplitLoaderError> {
        Ok(|drawers| drawers.reading = Some(pages::draw_reading))
    }
    #[wasm_split(entering, fallible)]
    fn entering() -> Result<ChunkExport, SplitLoaderError> {
        Ok(|drawers| drawers.entering = Some(pages::draw_entering))
    }
    #[wasm_split(account, fallible)]
    fn account() -> Result<ChunkExport, SplitLoaderError> {
        Ok(|drawers| drawers.account = Some(pages::draw_account))
    }
    #[wasm_split(records, fallible)]
    fn records() -> Result<ChunkExport, SplitLoaderError> {
        Ok(|drawers| drawers.records = Some(pages::draw_records))
    }
    #[wasm_split(settings, fallible)]
    fn settings() -> Result<ChunkExport, SplitLoaderError> {
        Ok(|drawers| drawers.settings = Some(pages::draw_settings))
    }
    let came = match chunk {
        Chunk::Paying => paying().await,
        Chunk::Reading => reading().await,
        Chunk::Entering => entering().await,
        Chunk::Account => account().await,
        Chunk::Records => records().await,
        Chunk::Settings => settings().await,
    };
    came.ok()
}

/// Nothing is ever asked for: everything is here from the start.
#[cfg(not(feature = "split"))]
async fn load(_: Chunk) -> Option<ChunkExport> {
    None
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Loading {
    NotAsked,
    Waiting,
    Here,
    /// It did not come, and neither does anything else.
    Offline,
    /// It did not come, though the server answers: there is no such file any more.
    Gone,
    /// Something else answers in the server's place.
    Refused,
}

/// Why a chunk did not come, by what the server answered to something else. Only a connection that is down is called
/// one.
fn without(error: Option<ApiError>) -> Loading {
    let Some(error) = error else { return Loading::Gone };
    let is_down = matches!(error, ApiError::Offline | ApiError::TimedOut);
    if is_down { Loading::Offline } else { Loading::Refused }
}

/// Context.
#[derive(Clone, Copy)]
pub struct Chunks {
    client: StoredValue<Client>,
    pages: StoredValue<ChunkPages>,
    /// Of each chunk, by its number.
    loading: [RwSignal<Loading>; Chunk::COUNT],
}

impl Chunks {
    pub fn new() -> Self {
        let at_the_start = if cfg!(feature = "split") { Loading::NotAsked } else { Loading::Here };
        Self {
            client: StoredValue::new(Client::here()),
            pages: StoredValue::new(ChunkPages::at_the_start()),
            loading: std::array::from_fn(|_| RwSignal::new(at_the_start)),
        }
    }

    /// The ones the app provides.
    pub fn here() -> Self {
        use_context().unwrap_or_else(Self::new)
    }

    /// The page, or what is shown until its chunk is here.
    pub fn page(self, page: Page) -> AnyView {
        let chunk = page.chunk();
        self.fetch(chunk);
        let loading = self.of(chunk);
        // only for a page that is to be shown: nobody waits yet for a chunk that is fetched ahead
        browser::effect(move |_| match loading.get() {
            Loading::Gone => browser::renew(),
            Loading::Refused => browser::show_crash(),
            Loading::NotAsked | Loading::Waiting | Loading::Here | Loading::Offline => {}
        });
        dynamic(move || {
            let is_offline = loading.get() == Loading::Offline;
            if let Some(drawn) = self.pages.get_value().draw(page.clone()) {
                return drawn;
            }
            if is_offline {
                self.offer_again(chunk)
            } else {
                view! { <div class="pay-journey"><Waiting/></div> }.into_any()
            }
        })
    }

    fn offer_again(self, chunk: Chunk) -> AnyView {
        let again = Callback::new(move |()| self.ask(chunk));
        view! { <Unavailable title=t(|w| w.shell.offline_title) words=t(|w| w.shell.offline) on_retry=again/> }
            .into_any()
    }

    /// For a page that is drawn: asks for the chunk once it stands.
    pub fn fetch(self, chunk: Chunk) {
        browser::effect(move |_| self.ask(chunk));
    }

    /// Asks for a chunk, unless it is here or on its way.
    fn ask(self, chunk: Chunk) {
        let loading = self.of(chunk);
        if matches!(loading.get_untracked(), Loading::Waiting | Loading::Here) {
            return;
        }
        loading.set(Loading::Waiting);
        let client = self.client.get_value();
        spawn_local(async move {
            let come = if let Some(export) = load(chunk).await {
                self.pages.update_value(export);
                browser::is_current();
                Loading::Here
            } else {
                without(client.portal().await.err())
            };
            loading.set(come);
        });
    }

    fn of(self, chunk: Chunk) -> RwSignal<Loading> {
        self.loading[chunk as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_connection_that_is_down_is_called_offline() {
        for error in [ApiError::Offline, ApiError::TimedOut] {
            assert_eq!(without(Some(error)), Loading::Offline);
        }
        assert_eq!(without(None), Loading::Gone);
        assert_eq!(
            without(Some(ApiError::Faulty)),
            Loading::Refused,
            "nothing is loaded again from a page of maintenance"
        );
    }
}
