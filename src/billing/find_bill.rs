//! Finding a bill by what is printed on its statement: the form beside the drawn statement, whatever a page shows it
//! for. It asks nobody: what was typed is handed to the page.
//!
//! Which fields there are, and in which order, is data of the region (`Portal`). Nothing typed here is kept outside
//! this tab's memory, and nothing typed is lost by an error, a change of language or a step back.

mod draft;
mod form;

pub use draft::FindDraft;

use crate::{
    browser,
    config::Deployment,
    error::ApiError,
    form::Problems,
    i18n::{Pick, Words, say, t},
    navigation::Navigation,
    route::Route,
    ui::{Failure, FormState, Waiting, dynamic, page_heading},
};
use contract::{
    Identifier, Identifiers,
    portal::{IdentifierField, RegionProfile},
    problem_details::ErrorCode,
    session::BillLookup,
};
use form::FindForm;
use leptos::prelude::*;

/// What a page says around the form.
pub struct FindBill {
    /// The steps, or the way back.
    pub above: AnyView,
    pub title: Pick,
    pub lead: fn(&'static Words, fields: usize) -> String,
    pub submit: Pick,
}

/// A statement that was typed: the page asks the server for it, and the form shows what the answer is.
#[derive(Clone)]
pub struct TypedStatement {
    pub lookup: BillLookup,
    draft: FindDraft,
    form: FormState<Identifier>,
}

impl TypedStatement {
    /// Another one can be typed.
    pub fn forget(&self) {
        Identifier::ALL.into_iter().for_each(|identifier| self.draft.text(identifier).set(String::new()));
        self.form.reset();
    }

    /// The value that was answered; a rejection of fields, or something the notice says, is shown.
    pub fn end<T>(&self, answer: Result<T, ApiError>) -> Option<T> {
        self.form.end(answer, |path| Identifier::parse(path.strip_prefix("identifiers.")?).ok())
    }
}

/// What the form and its picture share.
#[derive(Clone, Copy)]
struct Finding {
    draft: FindDraft,
    form: FormState<Identifier>,
    /// Which identifier the picture shows.
    lit: RwSignal<Option<Identifier>>,
    /// The statement is the reader's own, and not somebody else's.
    is_own: bool,
}

impl Finding {
    fn new(draft: FindDraft, is_own: bool, region: Signal<Option<RegionProfile>>) -> Self {
        let words = move |w: &'static Words, identifier, problem| {
            let fields = region.get().map_or_else(Vec::new, |profile| profile.schema);
            match fields.iter().find(|field| field.identifier == identifier) {
                Some(field) => (w.find().error)(field, problem, &draft.text(identifier).get()),
                None => (w.problem.at)((w.find().label)(identifier), problem),
            }
        };
        let texts = Identifier::ALL.map(|identifier| (identifier, draft.text(identifier)));
        Self { draft, form: FormState::new(texts, words, Identifier::key), lit: RwSignal::new(None), is_own }
    }

    /// Tracks every field.
    fn check(self, schema: &[IdentifierField]) -> Result<Identifiers, Problems<Identifier>> {
        draft::parse(schema, |identifier| self.draft.text(identifier).get())
    }
}

/// The whole page.
pub fn find_bill(page: FindBill, on_typed: Callback<TypedStatement>) -> AnyView {
    let (deployment, navigation) = (Deployment::here(), Navigation::here());
    let chosen = Signal::derive(move || deployment.region_profile());
    let finding = Finding::new(use_context().unwrap_or_default(), true, chosen);
    let FindBill { above, title, lead, submit } = page;
    browser::effect(move |_| {
        if deployment.region.get().is_none() {
            navigation.replace(Route::Region);
        }
    });
    let form = finding.form;
    // the picture shows the first that is wrong
    browser::effect(move |is_first| {
        form.refused.track();
        if !is_first {
            finding.lit.set(form.problems.with_untracked(|problems| problems.iter().next().map(|(field, _)| field)));
        }
    });
    let h1 = page_heading(form.title(title));
    let count = move || deployment.region_profile().map_or(5, |profile| profile.schema.len());
    let head = view! {
        <div class="pay-journey__head">
            {above}
            <h1 tabindex="-1" node_ref=h1>{t(title)}</h1>
            <p class="pay-lead">{say(move |w| lead(w, count()))}</p>
            <Failure error=form.answer words=answer_words/>
            {form.summary()}
        </div>
    };
    let unavailable = Signal::derive(move || deployment.profile.with(|profile| profile.error().cloned()));
    let body = dynamic(move || match deployment.region_profile() {
        Some(profile) => region_form(finding, profile, submit, on_typed),
        None if unavailable.with(Option::is_some) => {
            let retry = Callback::new(move |()| deployment.attempt.update(|n| *n += 1));
            view! { <div class="pay-journey__body"><Failure error=unavailable on_retry=retry/></div> }.into_any()
        }
        None => view! { <div class="pay-journey__body"><Waiting rows=5/></div> }.into_any(),
    });
    view! { <div class="pay-journey pay-journey--half">{head}{body}</div> }.into_any()
}

/// The one answer for any mismatch, and how long to wait.
pub fn answer_words(w: &'static Words, error: &ApiError, phone: &str) -> Option<(String, String)> {
    let is_mismatch = error.code() == Some(ErrorCode::NoMatch);
    is_mismatch.then(|| (w.find().no_match_title.to_owned(), (w.find().no_match)(phone)))
}

/// The form alone, for somebody else's statement, on a page that has a head of its own.
pub fn statement_form(
    profile: RegionProfile,
    [submit, busy]: [Pick; 2],
    on_typed: Callback<TypedStatement>,
    words: fn(&'static Words, &ApiError, phone: &str) -> Option<(String, String)>,
) -> AnyView {
    let finding = Finding::new(FindDraft::default(), false, Signal::stored(Some(profile.clone())));
    let form = finding.form;
    let fields = checked(finding, profile, on_typed);
    view! {
        <Failure error=form.answer words/>
        {form.summary()}
        {form::plain_form(finding, fields, [submit, busy])}
    }
    .into_any()
}

/// The form and its picture, for this region's schema.
fn region_form(finding: Finding, profile: RegionProfile, submit: Pick, on_typed: Callback<TypedStatement>) -> AnyView {
    let (schema, on_submit) = checked(finding, profile, on_typed);
    view! { <FindForm finding schema submit on_submit/> }.into_any()
}

/// The schema's fields, checked as they change; and what submits them.
fn checked(finding: Finding, profile: RegionProfile, on_typed: Callback<TypedStatement>) -> CheckedFields {
    let (region, schema, form) = (profile.region, StoredValue::new(profile.schema), finding.form);
    let check = move || schema.with_value(|schema| finding.check(schema));
    form.revalidate_on_change(move || check().err().unwrap_or_default());
    let on_submit = Callback::new(move |()| {
        if let Some(identifiers) = form.begin(untrack(check)) {
            let lookup = BillLookup { region, identifiers };
            on_typed.run(TypedStatement { lookup, draft: finding.draft, form });
        }
    });
    (schema, on_submit)
}

type CheckedFields = (StoredValue<Vec<IdentifierField>>, Callback<()>);
