//! What is printed on the statement: it leads to a session that sees its bills, for paying or for registering, or to a letter with
//! the user ID.
//!
//! Which fields there are, and in which order, is data of the region (`Portal`). Nothing typed here is kept outside this tab's
//! memory, and nothing typed is lost by an error, a change of language or a step back.

mod draft;
mod form;

pub use draft::FindDraft;

use super::journey::Journey;
use crate::{
    api::Client,
    billing::{PAYING, REGISTERING},
    browser,
    config::{Deployment, Profile},
    error::ApiError,
    form::Problems,
    i18n::{Language, Words, say, t},
    place::Place,
    route::{Account, Enter, Pay, Route},
    session::{CurrentSession, Session},
    ui::{Back, ButtonLink, ErrorLine, ErrorSummary, Failure, Stepper, Waiting, arrive, live},
};
use contract::{
    Identifier, Locale, Problem,
    account::UserIdReminder,
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

/// What the statement is shown for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Pay,
    Register,
    /// Of a forgotten user ID.
    Remind,
}

/// What the page and its form share.
#[derive(Clone, Copy)]
struct Finding {
    purpose: Purpose,
    draft: FindDraft,
    /// The letter with the user ID was asked for.
    is_reminded: RwSignal<bool>,
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
    fn new(purpose: Purpose) -> Self {
        Self {
            purpose,
            is_reminded: RwSignal::new(false),
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

/// The page's title in the language.
fn title(w: &'static Words, purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Pay => w.find().title,
        Purpose::Register => w.account().register.bill_title,
        Purpose::Remind => w.account().sign_in.remind_title,
    }
}

#[component]
pub fn FindPage(purpose: Purpose) -> impl IntoView {
    let finding = Finding::new(purpose);
    let is_reminded = Memo::new(move |_| finding.is_reminded.get());
    live(move || if is_reminded.get() { reminded() } else { asked(finding) })
}

/// It says the same whether these numbers are a member's or nobody's.
fn reminded() -> AnyView {
    let h1 = arrive(t(|w| w.account().sign_in.reminded_title));
    view! {
        <div class="pay-signin">
            <h1 tabindex="-1" node_ref=h1>{t(|w| w.account().sign_in.reminded_title)}</h1>
            <p class="pay-lead" role="status">{t(|w| w.account().sign_in.reminded)}</p>
            <p class="pay-row"><ButtonLink to=Enter::SignIn words=t(|w| w.account().sign_in.title) main=true/></p>
        </div>
    }
    .into_any()
}

fn asked(finding: Finding) -> AnyView {
    let (purpose, deployment, place, session) =
        (finding.purpose, Deployment::here(), Place::here(), CurrentSession::here());
    browser::watch(move |_| {
        if deployment.region.get().is_none() {
            let here = match purpose {
                Purpose::Pay => Pay::Find,
                Purpose::Register => Pay::FindToRegister,
                Purpose::Remind => Pay::FindToRemind,
            };
            deployment.then.set(here.into());
            place.replace(Route::Region);
        }
    });
    // whoever is signed in has bills already
    browser::watch(move |_| match (purpose, session.0.get()) {
        (Purpose::Pay, Session::Member(..)) => place.replace(Pay::Amount),
        (Purpose::Register, Session::Member(..)) => place.replace(Account::Overview),
        _ => {}
    });
    let has_errors = move || finding.problems.with(|problems| !problems.is_empty());
    let h1 = arrive(say(move |w| {
        let title = title(w, purpose);
        if has_errors() { (w.shell.error_title)(title) } else { title.to_owned() }
    }));
    let count = move || deployment.region_profile().map_or(5, |profile| profile.schema.len());
    let lead = say(move |w| match purpose {
        Purpose::Remind => (w.account().sign_in.remind_lead)(count()),
        _ => (w.find().lead)(count()),
    });
    let steps = match purpose {
        Purpose::Pay => view! { <Stepper steps=&PAYING step=1/> }.into_any(),
        Purpose::Register => view! { <Stepper steps=&REGISTERING step=1/> }.into_any(),
        Purpose::Remind => view! { <Back to=Enter::SignIn words=t(|w| w.account().sign_in.title)/> }.into_any(),
    };
    let head = view! {
        <div class="pay-journey__head">
            {steps}
            <h1 tabindex="-1" node_ref=h1>{say(move |w| title(w, purpose).to_owned())}</h1>
            <p class="pay-lead">{lead}</p>
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
    view! { <div class="pay-journey pay-journey--half">{head}{body}</div> }.into_any()
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
    let (client, session, place, language) = (Client::here(), CurrentSession::here(), Place::here(), Language::here());
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
                finding.is_sending.set(true);
                let (client, lookup) = (client.clone(), BillLookup { region, identifiers });
                if finding.purpose == Purpose::Remind {
                    remind(finding, client, lookup, language.0.get_untracked());
                } else {
                    look_up(finding, client, session, lookup, place);
                }
            }
        }
    });
    view! { <FindForm finding schema submit/> }.into_any()
}

/// Asks for the letter with the user ID.
fn remind(finding: Finding, client: Client, lookup: BillLookup, locale: Locale) {
    spawn_local(async move {
        let BillLookup { region, identifiers } = lookup;
        let answer = client.remind_of_user_id(&UserIdReminder { region, identifiers, locale }).await;
        finding.is_sending.set(false);
        match answer {
            Ok(()) => finding.is_reminded.set(true),
            Err(error) => answered(finding, error),
        }
    });
}

/// Sends what was typed. The answer is a session, a refusal of fields, or something the notice says.
fn look_up(finding: Finding, client: Client, session: CurrentSession, lookup: BillLookup, place: Place) {
    let journey = Journey::here();
    spawn_local(async move {
        let answer = client.look_up(&lookup).await;
        finding.is_sending.set(false);
        match answer {
            Ok(view) => {
                journey.begin();
                session.take_in(&view);
                // whoever went elsewhere meanwhile stays there; a payment that was on its way when the last visit ended comes first
                if finding.purpose == Purpose::Register && place.is_at(Pay::FindToRegister) {
                    place.go(Enter::RegisterTerms);
                } else if place.is_at(Pay::Find) {
                    place.go(if Journey::unfinished().is_some() { Pay::Review } else { Pay::Amount });
                }
            }
            Err(error) => answered(finding, error),
        }
    });
}

fn answered(finding: Finding, error: ApiError) {
    let ApiError::Refused(refusal) = error else { return finding.answer.set(Some(error)) };
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
