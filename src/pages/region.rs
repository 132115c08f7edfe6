//! The region page: one of six and, for Washington, which plan. The answer is remembered on this device and can be
//! changed at any time.

use crate::{
    config::Deployment,
    i18n::{Language, Words, format, say, t},
    navigation::Navigation,
    route::{Pay, Route},
    ui::{Back, Choice, ErrorLine, ErrorSummary, Icon, Sign, SubmitButton, dynamic, list, page_heading},
};
use contract::Region;
use leptos::{ev::SubmitEvent, prelude::*};

/// What was chosen on this page.
#[derive(Clone, Copy)]
struct Answers {
    region: RwSignal<Option<Region>>,
    /// Washington's follow-up: whose plan sends the bill. Oregon's for Clark and Cowlitz county.
    washington: RwSignal<Option<Region>>,
    submits: RwSignal<u32>,
}

impl Answers {
    /// The region whose plan sends the bill.
    fn plan(self) -> Option<Region> {
        match self.region.get() {
            Some(Region::Washington) => self.washington.get(),
            region => region,
        }
    }

    /// What is still to choose, once a submit has failed.
    fn missing(self) -> Option<Missing> {
        if self.submits.get() == 0 || self.plan().is_some() {
            None
        } else if self.region.get().is_none() {
            Some(Missing::Region)
        } else {
            Some(Missing::FollowUp)
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Missing {
    Region,
    FollowUp,
}

impl Missing {
    fn control(self) -> &'static str {
        match self {
            Self::Region => "region",
            Self::FollowUp => "southwest",
        }
    }
    fn words(self, w: &'static Words) -> &'static str {
        match self {
            Self::Region => w.region.choose_region,
            Self::FollowUp => w.region.choose_answer,
        }
    }
}

#[component]
pub fn RegionPage() -> impl IntoView {
    let deployment = Deployment::here();
    let language = Language::here();
    let navigation = Navigation::here();
    let answers = Answers {
        region: RwSignal::new(deployment.region.get_untracked()),
        // Washington itself is remembered only after the question was answered with no
        washington: RwSignal::new(deployment.region.get_untracked().filter(|region| *region == Region::Washington)),
        submits: RwSignal::new(0),
    };
    let title = say(move |w| match answers.missing() {
        Some(_) => (w.shell.error_title)(w.region.title),
        None => w.region.title.to_owned(),
    });
    let h1 = page_heading(title);
    let lines = Signal::derive(move || {
        let line = |missing: Missing| ErrorLine {
            id: missing.control().to_owned(),
            words: missing.words(language.words()).to_owned(),
        };
        answers.missing().map(line).into_iter().collect::<Vec<_>>()
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        match untrack(|| answers.plan()) {
            Some(plan) => {
                deployment.region.set(Some(plan));
                // bills of the visit stay those of its region: another one's have to be found before they are paid
                let is_another = deployment.of_visit.get_untracked().is_some_and(|of_visit| of_visit != plan);
                let is_step =
                    |to: &String| matches!(Route::parse(to), Some(Route::Pay(Pay::Amount | Pay::Method | Pay::Review)));
                match deployment.then.get_untracked().filter(|to| !(is_another && is_step(to))) {
                    Some(address) => navigation.go_back_to(&address),
                    None => navigation.go(Pay::Find),
                }
            }
            None => answers.submits.update(|n| *n += 1),
        }
    };
    let is_asked = Memo::new(move |_| answers.region.get() == Some(Region::Washington));
    let follow_up =
        dynamic(move || if is_asked.get() { FollowUp(FollowUpProps { answers }).into_any() } else { ().into_any() });
    view! {
        <div class="pay-journey">
            <div class="pay-journey__head">
                <Back to=Route::Home words=t(|w| w.shell.home)/>
                <h1 tabindex="-1" node_ref=h1>{t(|w| w.region.title)}</h1>
                <p class="pay-lead">{t(|w| w.region.lead)}</p>
                <ErrorSummary lines submits=answers.submits/>
            </div>
            <form class="pay-sheet" novalidate on:submit=submit>
                <div class="pay-stack pay-stack--roomy">
                    <Regions answers/>
                    {follow_up}
                    <p class="pay-row"><SubmitButton words=t(|w| w.region.go_on)/></p>
                </div>
            </form>
        </div>
    }
}

#[component]
fn Regions(answers: Answers) -> impl IntoView {
    let choice = move |region: Region| {
        let words = say(move |w| format::region(w.locale, region).to_owned());
        let note = (region == Region::Oregon).then(|| t(|w| w.region.with_southwest));
        let id = (region == Region::ALL[0]).then(|| Missing::Region.control().to_owned());
        let chosen = Signal::derive(move || answers.region.get() == Some(region));
        let choose = Callback::new(move |()| answers.region.set(Some(region)));
        view! { <Choice name="region" id words note chosen on_choose=choose/> }.into_any()
    };
    view! {
        <fieldset class="pay-stack" aria-describedby="region-error">
            <legend class="pay-hidden">{t(|w| w.region.region)}</legend>
            <MissingWords id="region-error" answers missing=Missing::Region/>
            <div class="pay-regions">{list(Region::ALL, choice)}</div>
        </fieldset>
    }
}

#[component]
fn FollowUp(answers: Answers) -> impl IntoView {
    let choose = move |plan: Region| Callback::new(move |()| answers.washington.set(Some(plan)));
    let chosen = move |plan: Region| Signal::derive(move || answers.washington.get() == Some(plan));
    let first = Some(Missing::FollowUp.control().to_owned());
    view! {
        <fieldset class="pay-stack" aria-describedby="southwest-note southwest-error">
            <legend><h2>{t(|w| w.region.follow_up)}</h2></legend>
            <p class="pay-note" id="southwest-note">{t(|w| w.region.follow_up_note)}</p>
            <MissingWords id="southwest-error" answers missing=Missing::FollowUp/>
            <div class="pay-choices pay-choices--two">
                <Choice
                    name="southwest"
                    id=first
                    words=t(|w| w.region.yes)
                    note=Some(t(|w| w.region.yes_note))
                    chosen=chosen(Region::Oregon)
                    on_choose=choose(Region::Oregon)
                />
                <Choice
                    name="southwest"
                    id=None
                    words=t(|w| w.region.no)
                    note=Some(t(|w| w.region.no_note))
                    chosen=chosen(Region::Washington)
                    on_choose=choose(Region::Washington)
                />
            </div>
        </fieldset>
    }
}

/// What is missing, at the group; always in the layout, so that its appearing is read out.
#[component]
fn MissingWords(id: &'static str, answers: Answers, missing: Missing) -> impl IntoView {
    let language = Language::here();
    let words = dynamic(move || {
        if answers.missing() != Some(missing) {
            return ().into_any();
        }
        let words = missing.words(language.words());
        view! { <span class="pay-field__error"><Icon sign=Sign::Alert/><span>{words}</span></span> }.into_any()
    });
    view! { <div class="pay-live" id=id>{words}</div> }
}
