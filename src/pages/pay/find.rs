//! Find your bill: what is printed on the statement leads to a session that sees its bills.
//!
//! Which fields there are, and in which order, is data of the region (`Portal`). Nothing typed here is kept outside this tab's
//! memory, and nothing typed is lost by an error, a change of language or a step back.

mod draft;
mod form;

pub use draft::FindDraft;

use super::journey::Journey;
use crate::{
    api::Client,
    browser,
    config::{Deployment, Profile},
    error::ApiError,
    form::Problems,
    i18n::{Language, Words, say, t},
    place::Place,
    route::Route,
    session::{CurrentSession, Session},
    ui::{ErrorLine, ErrorSummary, Failure, Stepper, Waiting, arrive, live},
};
use contract::{
    Identifier, Problem, Region,
    portal::{IdentifierField, RegionProfile},
    refusal::RefusalCode,
    session::BillLookup,
};
use form::FindForm;
use leptos::{prelude::*, task::spawn_local};

/// Keeps what is typed while other pages are shown.
pub fn provide() {
    provide_context(FindDraft::default());
}

/// What the page and its form share.
#[derive(Clone, Copy)]
struct Finding {
    draft: FindDraft,
    problems: RwSignal<Problems<Identifier>>,
    /// How many submits were refused by our own checks; after the first one every change is checked.
    refused: RwSignal<u32>,
    is_sending: RwSignal<bool>,
    /// What the server answered instead of a session.
    answer: RwSignal<Option<ApiError>>,
    /// Which identifier the picture shows.
    lit: RwSignal<Option<Identifier>>,
}

impl Finding {
    fn new() -> Self {
        Self {
            draft: use_context().unwrap_or_default(),
            problems: RwSignal::default(),
            refused: RwSignal::new(0),
            is_sending: RwSignal::new(false),
            answer: RwSignal::new(None),
            lit: RwSignal::new(None),
        }
    }

    fn check(self, schema: &[IdentifierField]) -> Result<BillLookupIdentifiers, Problems<Identifier>> {
        draft::parse(schema, |identifier| self.draft.text(identifier).get())
    }

    /// Shows the problems, at the fields and in the summary, which takes the focus. A card number is not kept, as the words say.
    fn refuse(self, problems: Problems<Identifier>) {
        self.lit.set(problems.iter().next().map(|(field, _)| field));
        for (field, problem) in problems.iter() {
            if problem == Problem::LooksLikeCard {
                self.draft.text(field).set(String::new());
            }
        }
        self.problems.set(problems);
        self.refused.update(|n| *n += 1);
    }

    /// Checks again after a change. A card number that was wiped stays named until something else is typed.
    fn recheck(self, schema: &[IdentifierField]) {
        let now = self.check(schema).err().unwrap_or_default();
        self.problems.update(|was| {
            let mut next = Problems::default();
            for field in schema {
                let identifier = field.identifier;
                let is_wiped_card = was.of(identifier) == Some(Problem::LooksLikeCard)
                    && self.draft.text(identifier).with(String::is_empty);
                let problem = if is_wiped_card { Some(Problem::LooksLikeCard) } else { now.of(identifier) };
                if let Some(problem) = problem {
                    next.add(identifier, problem);
                }
            }
            *was = next;
        });
    }
}

type BillLookupIdentifiers = std::collections::BTreeMap<Identifier, String>;

#[component]
pub fn FindPage() -> impl IntoView {
    let deployment = Deployment::here();
    let finding = Finding::new();
    let place = Place::here();
    browser::watch(move |_| {
        if deployment.region.get().is_none() {
            place.replace(Route::Region);
        }
    });
    let has_errors = move || finding.problems.with(|problems| !problems.is_empty());
    let h1 = arrive(say(
        move |w| if has_errors() { (w.shell.error_title)(w.find().title) } else { w.find().title.to_owned() },
    ));
    let asked = move || deployment.region_profile().map_or(5, |profile| profile.schema.len());
    let head = view! {
        <div class="pay-journey__head">
            <Stepper step=1/>
            <h1 tabindex="-1" node_ref=h1>{t(|w| w.find().title)}</h1>
            <p class="pay-lead">{say(move |w| (w.find().lead)(asked()))}</p>
            <Failure error=finding.answer words=answer_words/>
            <Summary finding/>
        </div>
    };
    let unavailable = Signal::derive(move || {
        deployment.profile.with(|profile| if let Profile::Failed(error) = profile { Some(error.clone()) } else { None })
    });
    let body = live(move || match deployment.region_profile() {
        Some(profile) => found_form(finding, profile),
        None if unavailable.with(Option::is_some) => {
            let retry = Callback::new(move |()| deployment.attempt.update(|n| *n += 1));
            view! { <div class="pay-journey__body"><Failure error=unavailable on_retry=retry/></div> }.into_any()
        }
        None => view! { <div class="pay-journey__body"><Waiting rows=5/></div> }.into_any(),
    });
    view! { <div class="pay-journey pay-journey--half">{head}{body}</div> }
}

/// The one answer for any mismatch, and how long to wait.
fn answer_words(w: &'static Words, error: &ApiError, phone: &str) -> Option<(String, String)> {
    match error {
        ApiError::Refused(refusal) if refusal.code == RefusalCode::NoMatch => {
            Some((w.find().no_match_title.to_owned(), (w.find().no_match)(phone)))
        }
        _ => None,
    }
}

#[component]
fn Summary(finding: Finding) -> impl IntoView {
    let deployment = Deployment::here();
    let language = Language::here();
    let lines = Signal::derive(move || {
        let (Some(profile), w) = (deployment.region_profile(), language.words()) else { return Vec::new() };
        let line = |(identifier, problem)| {
            let field = profile.schema.iter().find(|field| field.identifier == identifier)?;
            let words = (w.find().error)(field, problem, &finding.draft.text(identifier).get());
            Some(ErrorLine { id: identifier.key().to_owned(), words })
        };
        finding.problems.with(|problems| problems.iter().filter_map(line).collect())
    });
    view! { <ErrorSummary lines submits=finding.refused/> }
}

/// The form and its picture, for this region's schema.
fn found_form(finding: Finding, profile: RegionProfile) -> AnyView {
    let (region, schema) = (profile.region, StoredValue::new(profile.schema));
    let (client, session, place) = (Client::here(), CurrentSession::here(), Place::here());
    browser::watch(move |is_first| {
        // tracks every field, whether or not it is looked at
        schema.with_value(|schema| schema.iter().for_each(|field| finding.draft.text(field.identifier).track()));
        if !is_first && finding.refused.get_untracked() > 0 {
            schema.with_value(|schema| untrack(|| finding.recheck(schema)));
        }
    });
    let submit = Callback::new(move |()| {
        if finding.is_sending.get_untracked() {
            return;
        }
        finding.answer.set(None);
        match schema.with_value(|schema| untrack(|| finding.check(schema))) {
            Err(problems) => finding.refuse(problems),
            Ok(identifiers) => {
                finding.problems.set(Problems::default());
                look_up(finding, client.clone(), session, region, identifiers, place);
            }
        }
    });
    view! { <FindForm finding schema submit/> }.into_any()
}

/// Sends what was typed. The answer is a session, a refusal of fields, or something the notice says.
fn look_up(
    finding: Finding,
    client: Client,
    session: CurrentSession,
    region: Region,
    identifiers: BillLookupIdentifiers,
    place: Place,
) {
    finding.is_sending.set(true);
    let journey = Journey::here();
    spawn_local(async move {
        let answer = client.look_up(&BillLookup { region, identifiers }).await;
        finding.is_sending.set(false);
        match answer {
            Ok(view) => {
                journey.begin();
                session.0.set(Session::from(view));
                // whoever went elsewhere meanwhile stays there; a payment that was on its way when the last visit ended comes first
                if place.is_at(&Route::Find) {
                    place.go(if Journey::unfinished().is_some() { Route::Review } else { Route::Amount });
                }
            }
            Err(ApiError::Refused(refusal)) => {
                let mut problems = Problems::default();
                let field = |path: &str| {
                    let key = path.strip_prefix("identifiers.")?;
                    Identifier::ALL.into_iter().find(|identifier| identifier.key() == key)
                };
                if problems.adopt(&refusal, field) {
                    finding.refuse(problems);
                } else {
                    finding.answer.set(Some(ApiError::Refused(refusal)));
                }
            }
            Err(error) => finding.answer.set(Some(error)),
        }
    });
}
