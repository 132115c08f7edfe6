//! The account's payment methods: bank accounts and cards that the member keeps, each with what can be done with it
//! (`row`), the verification of an account (`verify`), and adding another or putting one in the place of another
//! (`typed`).

mod row;
#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests;
mod typed;
mod verify;

use self::{row::Rows, typed::Typed};
use super::{Query, page};
use crate::{
    api::Client,
    billing::saved_name,
    browser,
    error::ApiError,
    fetched::Fetched,
    i18n::{Pick, Text, Words, say, t},
    route::Settings,
    ui::{Failure, Heading, Notice, NoticeKind, Sign, dynamic},
};
use contract::{
    payment::{Method, SavedMethod, SavedMethods},
    problem_details::ErrorCode,
};
use leptos::{html, prelude::*, task::spawn_local};
use std::future::Future;

/// What was done, to be said beside the new list.
#[derive(Clone)]
enum Done {
    Saved,
    Removed(SavedMethod),
    /// Small deposits were asked for.
    Asked,
    Verified(SavedMethod),
    NotVerified,
}

/// What the page and its parts share.
#[derive(Clone, Copy)]
struct Methods {
    shown: Query<SavedMethods>,
    client: StoredValue<Client>,
    /// What was done last.
    said: RwSignal<Option<Done>>,
    /// Why what was pressed last was not done.
    answer: RwSignal<Option<ApiError>>,
    is_busy: RwSignal<bool>,
    /// The one that another is to be put in the place of.
    replacing: RwSignal<Option<SavedMethod>>,
    /// Takes the focus when the button that had it is gone.
    place: NodeRef<html::Div>,
}

impl Methods {
    fn new() -> Self {
        Self {
            shown: Query::new(|client| async move { client.saved_methods().await }),
            client: StoredValue::new(Client::here()),
            said: RwSignal::new(None),
            answer: RwSignal::new(None),
            is_busy: RwSignal::new(false),
            replacing: RwSignal::new(None),
            place: NodeRef::new(),
        }
    }

    /// What a button does at once; what is said then comes with the new list.
    fn run<A>(self, call: A, done: Done)
    where
        A: Future<Output = Result<SavedMethods, ApiError>> + 'static,
    {
        if self.is_busy.get_untracked() {
            return;
        }
        self.is_busy.set(true);
        spawn_local(async move {
            let answer = call.await;
            if self.is_busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(methods) => self.show(methods, done),
                Err(error) => {
                    self.said.set(None);
                    self.answer.set(Some(error));
                }
            }
        });
    }

    fn show(self, methods: SavedMethods, done: Done) {
        self.answer.set(None);
        self.shown.answered(Fetched::Here(methods));
        self.said.set(Some(done));
        if let Some(place) = self.place.get_untracked() {
            browser::focus_and_show(place);
        }
    }
}

/// Why a method was not saved or removed; everything else in the usual words.
fn refused_words(w: &'static Words, error: &ApiError, _: &str) -> Option<(String, String)> {
    use contract::FieldProblem::{Duplicate, TooLarge};
    let words = &w.account().methods;
    let has = |problem| matches!(error, ApiError::Refused(details) if details.errors.iter().any(|one| one.problem == problem));
    let said = match error.code() {
        Some(ErrorCode::MethodInUse) => words.cant_remove_note,
        Some(ErrorCode::TokenRefused) => w.pay().review.token_refused,
        Some(ErrorCode::BrandNotAccepted) => w.pay().review.brand_refused,
        Some(ErrorCode::Invalid) if has(Duplicate) => &(words.have_it)(had(w, error).as_deref()),
        Some(ErrorCode::Invalid) if has(TooLarge) => words.full,
        _ => return None,
    };
    let is_in_use = error.code() == Some(ErrorCode::MethodInUse);
    Some((if is_in_use { words.cant_remove } else { words.title }.to_owned(), said.to_owned()))
}

/// The name of the one that is there already.
fn had(w: &'static Words, error: &ApiError) -> Option<String> {
    let ApiError::Refused(details) = error else { return None };
    let id = details.errors.iter().find_map(|one| one.field.strip_prefix("methods."))?;
    use_context::<Methods>()?.shown.of(|saved| {
        let one = saved.methods.iter().find(|one| one.id == id);
        one.map(|one| saved_name(w, one))
    })
}

#[component]
pub fn MethodsPage() -> impl IntoView {
    content(Methods::new())
}

fn content(own: Methods) -> AnyView {
    provide_context(own);
    let head = view! { <Heading words=t(|w| w.account().methods.title)/> }.into_any();
    let status = dynamic(move || match own.said.get() {
        Some(done) => {
            let is_bad = matches!(done, Done::NotVerified);
            let words = say(move |w| match &done {
                Done::Saved => w.account().methods.saved.to_owned(),
                Done::Removed(one) => (w.account().methods.removed)(&saved_name(w, one)),
                Done::Asked => w.account().methods.asked.to_owned(),
                Done::Verified(one) => format!("{}: {}.", w.account().methods.verified, saved_name(w, one)),
                Done::NotVerified => w.account().methods.not_verified.to_owned(),
            });
            if is_bad {
                view! { <Notice kind=NoticeKind::Bad words/> }.into_any()
            } else {
                view! { <Notice sign=Sign::Done words/> }.into_any()
            }
        }
        None => ().into_any(),
    });
    let main = view! {
        <div role="status" class="pay-live" tabindex="-1" node_ref=own.place>{status}</div>
        <Failure error=own.answer words=refused_words/>
        {own.shown.show(6, move |saved| sheets(own, saved))}
        {own.shown.show_once(4, move || view! { <Typed own/> }.into_any())}
    };
    page(Settings::Methods.into(), head, vec![own.shown.state()], main.into_any())
}

fn sheets(own: Methods, saved: SavedMethods) -> AnyView {
    let today = saved.today;
    if saved.methods.is_empty() {
        return view! { <section class="pay-sheet"><p>{t(|w| w.account().methods.none)}</p></section> }.into_any();
    }
    let is_card = |one: &SavedMethod| matches!(one.method, Method::Card { .. });
    let (cards, banks): (Vec<_>, Vec<_>) = saved.methods.into_iter().partition(is_card);
    let sheet = move |id: &'static str, title: Pick, methods: Vec<SavedMethod>| {
        let sheet = (!methods.is_empty()).then(|| {
            view! {
                <section class="pay-sheet" aria-labelledby=id>
                    <div class="pay-stack"><h2 id=id>{t(title)}</h2><Rows own methods today/></div>
                </section>
            }
        });
        sheet.into_any()
    };
    let banks = sheet("bank-accounts", |w| w.account().methods.banks, banks);
    let cards = sheet("cards", |w| w.account().methods.cards, cards);
    view! { {banks} {cards} }.into_any()
}

/// The name of one, for a text.
fn name_of(one: &SavedMethod) -> Text {
    let one = one.clone();
    say(move |w| saved_name(w, &one))
}
