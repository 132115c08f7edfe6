//! A data query of the account pages: it runs once a member is signed in, and again when the session changes, what
//! `call` reads of signals changes, or the member retries. Of two answers the one that was asked for last counts. The
//! result is a signal; until it is there, a placeholder is shown. An answer stays when asking again fails, for what is
//! drawn once and may have something typed in it; it goes when somebody else is signed in.

use crate::{
    api::Client,
    browser,
    error::ApiError,
    fetched::Fetched,
    session::{CurrentSession, Session},
    ui::{Waiting, dynamic},
};
use leptos::{prelude::*, task::spawn_local};
use std::future::Future;

pub struct Query<T: 'static> {
    fetched: RwSignal<Fetched<T>>,
    /// Why there is no newer answer than the one that is here.
    failed: RwSignal<Option<ApiError>>,
    /// How often it was asked.
    asked: StoredValue<u32>,
    ask: Callback<()>,
}

impl<T> Clone for Query<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Query<T> {}

/// Of a query, whatever it asks: why it has no answer, and how to ask again.
#[derive(Clone, Copy)]
pub struct QueryState {
    pub error: Signal<Option<ApiError>>,
    pub ask: Callback<()>,
}

impl<T: Clone + Send + Sync + 'static> Query<T> {
    pub fn new<A>(call: impl Fn(Client) -> A + Send + Sync + 'static) -> Self
    where
        A: Future<Output = Result<T, ApiError>> + 'static,
    {
        let (client, session) = (Client::here(), CurrentSession::here());
        let fetched = Fetched::at_first();
        let failed = RwSignal::new(None);
        let asked = StoredValue::new(0_u32);
        let ask = Callback::new(move |()| {
            let answer = call(client.clone());
            let own = asked.get_value() + 1;
            asked.set_value(own);
            spawn_local(async move {
                let answer = answer.await;
                if asked.try_get_value() != Some(own) {
                    return;
                }
                match answer {
                    Err(error) if fetched.try_with_untracked(Fetched::is_here) == Some(true) => failed.set(Some(error)),
                    answer => {
                        failed.set(None);
                        fetched.set(answer.into());
                    }
                }
            });
        });
        let who = StoredValue::new(None::<String>);
        browser::effect(move |_| {
            let is_member = session.with(Session::is_member);
            let now = is_member.then(|| session.user_id());
            if who.get_value().is_some_and(|before| now.as_ref() != Some(&before)) {
                asked.update_value(|asked| *asked += 1);
                failed.set(None);
                fetched.set(Fetched::Waiting);
            }
            who.set_value(now);
            if is_member {
                ask.run(());
            }
        });
        Self { fetched, failed, asked, ask }
    }

    /// Asks again. The page may have been left.
    pub fn refresh(self) {
        _ = self.ask.try_run(());
    }

    pub fn state(self) -> QueryState {
        let Self { fetched, failed, ask, .. } = self;
        let error = move || failed.get().or_else(|| fetched.with(|fetched| fetched.error().cloned()));
        QueryState { error: Signal::derive(error), ask }
    }

    /// A newer answer, such as that of a change. One that was asked for before it is older, and not taken.
    pub fn answered(self, answer: Fetched<T>) {
        self.asked.update_value(|asked| *asked += 1);
        self.failed.set(None);
        self.fetched.set(answer);
    }

    /// Something of the answer. Tracks.
    pub fn of<U: Default>(self, pick: impl Fn(&T) -> U) -> U {
        self.fetched.with(|fetched| fetched.value().map(pick).unwrap_or_default())
    }

    /// The answer, drawn anew with each; before the first, bars about `rows` high.
    pub fn show(self, rows: usize, draw: impl Fn(T) -> AnyView + Send + 'static) -> AnyView {
        dynamic(move || match self.fetched.get() {
            Fetched::Waiting => waiting(rows),
            Fetched::Here(value) if self.failed.with(Option::is_none) => draw(value),
            Fetched::Here(_) | Fetched::Failed(_) => ().into_any(),
        })
    }

    /// As `show`, but drawn once: what stands there reads the answer by `of`, and keeps what is typed when there is
    /// another or asking for it fails.
    pub fn show_once(self, rows: usize, draw: impl Fn() -> AnyView + Send + 'static) -> AnyView {
        let is_here = Memo::new(move |_| self.fetched.with(Fetched::is_here));
        dynamic(move || {
            if is_here.get() {
                draw()
            } else if self.fetched.with(|fetched| fetched.error().is_some()) {
                ().into_any()
            } else {
                waiting(rows)
            }
        })
    }
}

fn waiting(rows: usize) -> AnyView {
    view! { <section class="pay-sheet"><Waiting rows/></section> }.into_any()
}
