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
    config::Deployment,
    error::ApiError,
    form::Problems,
    i18n::{Language, Pick, Words, say, t},
    place::Place,
    route::{Account, Enter, Pay, Route},
    session::{CurrentSession, Session},
    ui::{Back, ButtonLink, Failure, FormState, Stepper, Waiting, arrive, live},
};
use contract::{
    Identifier, Identifiers, Locale,
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
    form: FormState<Identifier>,
    /// The letter with the user ID was asked for.
    is_reminded: RwSignal<bool>,
    /// Which identifier the picture shows.
    lit: RwSignal<Option<Identifier>>,
}

impl Finding {
    fn new(purpose: Purpose) -> Self {
        let (draft, deployment): (FindDraft, _) = (use_context().unwrap_or_default(), Deployment::here());
        let words = move |w: &'static Words, identifier, problem| {
            let fields = deployment.region_profile().map_or_else(Vec::new, |profile| profile.schema);
            match fields.iter().find(|field| field.identifier == identifier) {
                Some(field) => (w.find().error)(field, problem, &draft.text(identifier).get()),
                None => (w.problem.at)((w.find().label)(identifier), problem),
            }
        };
        let texts = Identifier::ALL.map(|identifier| (identifier, draft.text(identifier)));
        let form = FormState::new(texts, words, Identifier::key);
        Self { purpose, draft, form, is_reminded: RwSignal::new(false), lit: RwSignal::new(None) }
    }

    /// Tracks every field.
    fn check(self, schema: &[IdentifierField]) -> Result<Identifiers, Problems<Identifier>> {
        draft::parse(schema, |identifier| self.draft.text(identifier).get())
    }
}

fn title(purpose: Purpose) -> Pick {
    match purpose {
        Purpose::Pay => |w| w.find().title,
        Purpose::Register => |w| w.account().register.bill_title,
        Purpose::Remind => |w| w.account().sign_in.remind_title,
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
    browser::watch(move |_| match (purpose, session.get()) {
        (Purpose::Pay, Session::Member(..)) => place.replace(Pay::Amount),
        (Purpose::Register, Session::Member(..)) => place.replace(Account::Overview),
        _ => {}
    });
    let form = finding.form;
    // the picture shows the first that is wrong
    browser::watch(move |is_first| {
        form.refused.track();
        if !is_first {
            finding.lit.set(form.problems.with_untracked(|problems| problems.iter().next().map(|(field, _)| field)));
        }
    });
    let h1 = arrive(form.title(title(purpose)));
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
            <h1 tabindex="-1" node_ref=h1>{t(title(purpose))}</h1>
            <p class="pay-lead">{lead}</p>
            <Failure error=form.answer words=answer_words/>
            {form.summary()}
        </div>
    };
    let unavailable = Signal::derive(move || deployment.profile.with(|profile| profile.error().cloned()));
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

/// The form and its picture, for this region's schema.
fn found_form(finding: Finding, profile: RegionProfile) -> AnyView {
    let (region, schema) = (profile.region, StoredValue::new(profile.schema));
    let (client, session, place, language) = (Client::here(), CurrentSession::here(), Place::here(), Language::here());
    let check = move || schema.with_value(|schema| finding.check(schema));
    finding.form.watch(move || check().err().unwrap_or_default());
    let submit = Callback::new(move |()| {
        let Some(identifiers) = finding.form.begin(untrack(check)) else { return };
        let (client, lookup) = (client.clone(), BillLookup { region, identifiers });
        if finding.purpose == Purpose::Remind {
            remind(finding, client, lookup, language.0.get_untracked());
        } else {
            look_up(finding, client, session, lookup, place);
        }
    });
    view! { <FindForm finding schema submit/> }.into_any()
}

/// Asks for the letter with the user ID.
fn remind(finding: Finding, client: Client, lookup: BillLookup, locale: Locale) {
    spawn_local(async move {
        let BillLookup { region, identifiers } = lookup;
        let answer = client.remind_of_user_id(&UserIdReminder { region, identifiers, locale }).await;
        if finding.form.end(answer, field_of).is_some() {
            finding.is_reminded.set(true);
        }
    });
}

/// Sends what was typed. The answer is a session, a refusal of fields, or something the notice says.
fn look_up(finding: Finding, client: Client, session: CurrentSession, lookup: BillLookup, place: Place) {
    let journey = Journey::here();
    spawn_local(async move {
        let answer = client.look_up(&lookup).await;
        let Some(view) = finding.form.end(answer, field_of) else { return };
        journey.begin();
        session.accept(&view);
        // whoever went elsewhere meanwhile stays there; a payment that was on its way when the last visit ended comes first
        if finding.purpose == Purpose::Register && place.is_at(Pay::FindToRegister) {
            place.go(Enter::RegisterTerms);
        } else if place.is_at(Pay::Find) {
            place.go(if Journey::unfinished().is_some() { Pay::Review } else { Pay::Amount });
        }
    });
}

/// The server's name of a field.
fn field_of(path: &str) -> Option<Identifier> {
    let key = path.strip_prefix("identifiers.")?;
    Identifier::ALL.into_iter().find(|identifier| identifier.key() == key)
}
