//! The people a member pays for, added with what is on their statement, and those who pay for the member. Either side
//! ends it.

use super::{Query, heading, page};
use crate::{
    api::Client,
    billing::{TypedStatement, answer_words, statement_form},
    browser,
    config::Deployment,
    error::ApiError,
    fetched::Fetched,
    i18n::{Pick, Text, Words, format, say, t},
    route::Settings,
    session::CurrentSession,
    ui::{Failure, Icon, Notice, Sign, dynamic, list},
};
use contract::{
    household::{Household, HouseholdLink, NewHouseholdPerson},
    problem_details::ErrorCode,
};
use leptos::{html, prelude::*, task::spawn_local};

/// What the page and its parts share.
#[derive(Clone, Copy)]
struct People {
    shown: Query<Household>,
    client: StoredValue<Client>,
    /// What was done last.
    said: RwSignal<Option<Pick>>,
    /// Why what was pressed last was not done.
    answer: RwSignal<Option<ApiError>>,
    is_busy: RwSignal<bool>,
    /// The one whose removal is asked about.
    open: RwSignal<Option<String>>,
    /// Takes the focus when the button that had it is gone.
    place: NodeRef<html::Div>,
}

impl People {
    fn show(self, household: Household, done: Pick) {
        self.answer.set(None);
        self.open.set(None);
        self.shown.answered(Fetched::Here(household));
        self.said.set(Some(done));
        if let Some(place) = self.place.get_untracked() {
            browser::focus_and_show(place);
        }
    }

    async fn add(self, typed: TypedStatement) {
        let person = NewHouseholdPerson { identifiers: typed.lookup.identifiers.clone() };
        let answer = self.client.get_value().pay_for(&person).await;
        if let Some(household) = typed.end(answer) {
            typed.forget();
            self.show(household, |w| w.account().household.added);
        }
    }

    fn remove(self, id: String) {
        if self.is_busy.get_untracked() {
            return;
        }
        self.is_busy.set(true);
        spawn_local(async move {
            let answer = self.client.get_value().end_household_link(&id).await;
            if self.is_busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(household) => self.show(household, |w| w.account().household.removed),
                // by the other side, or in another tab
                Err(ApiError::Missing) => {
                    self.open.set(None);
                    self.said.set(Some(|w| w.account().household.removed));
                    self.shown.refresh();
                }
                Err(error) => {
                    self.said.set(None);
                    self.answer.set(Some(error));
                }
            }
        });
    }
}

fn refused_words(w: &'static Words, error: &ApiError, phone: &str) -> Option<(String, String)> {
    let words = &w.account().household;
    let is_refused = error.code() == Some(ErrorCode::HouseholdRefused);
    let refused = is_refused.then(|| (words.refused_title.to_owned(), words.refused.to_owned()));
    refused.or_else(|| answer_words(w, error, phone))
}

#[component]
pub fn HouseholdPage() -> impl IntoView {
    let own = People {
        shown: Query::new(|client| async move { client.household().await }),
        client: StoredValue::new(Client::here()),
        said: RwSignal::new(None),
        answer: RwSignal::new(None),
        is_busy: RwSignal::new(false),
        open: RwSignal::new(None),
        place: NodeRef::new(),
    };
    let status = dynamic(move || {
        let said = own.said.get();
        said.map(|words| view! { <Notice sign=Sign::Done words=t(words)/> }).into_any()
    });
    let main = view! {
        <div role="status" class="pay-live" tabindex="-1" node_ref=own.place>{status}</div>
        <Failure error=own.answer/>
        {own.shown.show(6, move |household| sheets(own, household))}
        {own.shown.show_once(5, move || add(own))}
    };
    let head = heading(t(|w| w.account().household.title), t(|w| w.account().household.lead));
    page(Settings::Household.into(), head, vec![own.shown.state()], main.into_any())
}

fn sheets(own: People, household: Household) -> AnyView {
    let sheet = move |id: &'static str, title: Pick, none: Pick, links: Vec<HouseholdLink>| {
        let rows = if links.is_empty() {
            view! { <p>{t(none)}</p> }.into_any()
        } else {
            view! { <ul class="pay-rows">{list(links, move |link| row(own, link))}</ul> }.into_any()
        };
        view! {
            <section class="pay-sheet" aria-labelledby=id>
                <div class="pay-stack"><h2 id=id>{t(title)}</h2>{rows}</div>
            </section>
        }
        .into_any()
    };
    let pays_for =
        sheet("pays-for", |w| w.account().household.pays_for, |w| w.account().household.nobody, household.pays_for);
    let paid_by =
        sheet("paid-by", |w| w.account().household.paid_by, |w| w.account().household.nobody_pays, household.paid_by);
    view! { {pays_for} {paid_by} }.into_any()
}

fn row(own: People, link: HouseholdLink) -> AnyView {
    let HouseholdLink { id, name, since } = link;
    let session = CurrentSession::here();
    let since = say(move |w| {
        let day = format::date_at(since, session.time_zone());
        (w.account().household.since)(&format::medium_date(w.locale, day))
    });
    let (of, shown) = (format!(" {name}"), Text::stored(name.clone()));
    let is_open = {
        let id = id.clone();
        Memo::new(move |_| own.open.with(|open| open.as_ref() == Some(&id)))
    };
    let button = NodeRef::<html::Button>::new();
    browser::focus_when_closed(move || is_open.get(), move || button.get_untracked());
    let ask = {
        let id = id.clone();
        dynamic(move || if is_open.get() { question(own, id.clone(), name.clone()) } else { ().into_any() })
    };
    view! {
        <li>
            <div class="pay-rows__row">
                <span class="pay-mark"><Icon sign=Sign::Person/></span>
                <div><b dir="auto">{shown}</b><small>{since}</small></div>
                <div class="pay-rows__end" data-print="no">
                    <button class="pay-link" type="button" node_ref=button on:click=move |_| own.open.set(Some(id.clone()))>
                        {t(|w| w.account().household.remove)}<span class="pay-hidden">{of}</span>
                    </button>
                </div>
            </div>
            {ask}
        </li>
    }
    .into_any()
}

/// Asks once.
fn question(own: People, id: String, name: String) -> AnyView {
    let place = NodeRef::<html::Div>::new();
    browser::effect(move |_| {
        if let Some(place) = place.get() {
            browser::focus_and_show(place);
        }
    });
    let words = say(move |w| (w.account().household.remove_note)(&name));
    view! {
        <div class="pay-quote" tabindex="-1" node_ref=place>
            <p>{words}</p>
            <p class="pay-row">
                <button class="pay-button" type="button" on:click=move |_| own.remove(id.clone())>
                    {t(|w| w.account().household.remove)}
                </button>
                <button class="pay-link" type="button" on:click=move |_| own.open.set(None)>
                    {t(|w| w.account().household.keep)}
                </button>
            </p>
        </div>
    }
    .into_any()
}

fn add(own: People) -> AnyView {
    let (deployment, session) = (Deployment::here(), CurrentSession::here());
    let profile = Memo::new(move |_| {
        let region = session.region()?;
        deployment.portal()?.region(region).cloned()
    });
    let form = dynamic(move || {
        let on_typed = Callback::new(move |typed| spawn_local(own.add(typed)));
        let words: [Pick; 2] = [|w| w.account().household.add, |w| w.account().household.adding];
        profile.get().map(|profile| statement_form(profile, words, on_typed, refused_words)).into_any()
    });
    view! {
        <section class="pay-sheet" aria-labelledby="add-title" data-print="no">
            <div class="pay-stack">
                <h2 id="add-title">{t(|w| w.account().household.add)}</h2>
                <p class="pay-note">{t(|w| w.account().household.add_note)}</p>
                {form}
            </div>
        </section>
    }
    .into_any()
}
