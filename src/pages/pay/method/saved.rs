//! Saved methods in the method step: a member chooses one in place of typing, or has what is typed saved.

use super::{MethodState, sums::Sums};
use crate::{
    api::Client,
    billing::{expiry_words, saved_name},
    browser,
    fetched::Fetched,
    i18n::{say, t},
    pages::pay::checkout::Checkout,
    session::{CurrentSession, Session},
    ui::{Choice, Waiting, dynamic, list},
};
use contract::payment::{ExpiryNotice, Method, SavedMethod, SavedMethods};
use leptos::{prelude::*, task::spawn_local};

/// What the member has saved, and which of it is chosen in the draft.
#[derive(Clone, Copy)]
pub struct Saved {
    checkout: Checkout,
    list: RwSignal<Fetched<SavedMethods>>,
}

impl Saved {
    pub fn new(checkout: Checkout) -> Self {
        Self { checkout, list: Fetched::at_first() }
    }

    /// Tracks.
    pub fn is_chosen(self) -> bool {
        self.checkout.draft.with(|draft| draft.saved_method.is_some())
    }

    /// Tracks.
    pub fn method(self) -> Option<Method> {
        self.checkout.draft.with(|draft| draft.saved_method.as_ref().and(draft.method.clone()))
    }

    fn choose(self, one: &SavedMethod) {
        self.checkout.edit(|draft| {
            (draft.saved_method, draft.method) = (Some(one.id.clone()), Some(one.method.clone()));
            (draft.token, draft.needs_code, draft.save_method, draft.kind) = (None, false, false, None);
        });
        self.checkout.kind.set(None);
    }

    /// Something else is chosen.
    pub fn leave(self) {
        if untrack(|| self.is_chosen()) {
            self.checkout.edit(|draft| (draft.saved_method, draft.method) = (None, None));
        }
    }

    /// Those that can be paid with today.
    fn usable(saved: SavedMethods) -> Vec<SavedMethod> {
        let today = saved.today;
        let is_good = |one: &SavedMethod| one.expiry_notice(today) != Some(ExpiryNotice::Expired);
        saved.methods.into_iter().filter(is_good).collect()
    }

    /// There is something to choose from. Tracks.
    pub fn is_offered(self) -> bool {
        self.list.with(|list| list.value().is_some_and(|saved| !Self::usable(saved.clone()).is_empty()))
    }

    fn fetch(self) {
        let (client, session) = (Client::here(), CurrentSession::here());
        browser::effect(move |_| {
            if !session.with(Session::is_member) || self.list.with_untracked(Fetched::is_here) {
                return;
            }
            let client = client.clone();
            spawn_local(async move {
                let answer = client.saved_methods().await;
                _ = self.list.try_set(answer.into());
            });
        });
    }

    /// The default is chosen while nothing else is; and nothing stays chosen that is gone.
    fn choose_default(self) {
        browser::effect(move |_| {
            let Fetched::Here(saved) = self.list.get() else { return };
            let is_ready = self.checkout.is_restored.get() && self.checkout.is_chosen.get();
            if !is_ready {
                return;
            }
            let all = Self::usable(saved);
            let chosen = self.checkout.draft.with_untracked(|draft| draft.saved_method.clone());
            if chosen.is_some_and(|chosen| all.iter().all(|one| one.id != chosen)) {
                self.leave();
            }
            let is_open = self.checkout.kind.get_untracked().is_none() && untrack(|| !self.is_chosen());
            if let Some(default) = all.iter().find(|one| one.is_default && is_open) {
                self.choose(default);
            }
        });
    }
}

#[component]
pub fn SavedChoices(state: MethodState) -> impl IntoView {
    let (saved, session) = (state.saved, CurrentSession::here());
    saved.fetch();
    saved.choose_default();
    dynamic(move || match saved.list.get() {
        _ if !session.with(Session::is_member) => ().into_any(),
        Fetched::Waiting => view! { <Waiting rows=3/> }.into_any(),
        // what is saved can't be offered; anything can be typed
        Fetched::Failed(_) => ().into_any(),
        Fetched::Here(methods) => choices(state, methods),
    })
}

fn choices(state: MethodState, methods: SavedMethods) -> AnyView {
    let (saved, sums, today) = (state.saved, Sums::of(state), methods.today);
    let all = Saved::usable(methods);
    if all.is_empty() {
        return ().into_any();
    }
    let choice = move |one: SavedMethod| {
        let id = one.id.clone();
        let draft = saved.checkout.draft;
        let chosen = Signal::derive(move || draft.with(|draft| draft.saved_method.as_deref() == Some(id.as_str())));
        let (name, note) = (one.clone(), one.clone());
        let words = say(move |w| saved_name(w, &name));
        let note = say(move |w| {
            let known = (!note.nickname.is_empty()).then(|| (w.pay().method.known)(&note.method));
            let expiry = note.expiry_notice(today).map(|notice| expiry_words(w, notice).to_owned());
            let cost = sums.cost(w, &note.method);
            [known, expiry, Some(cost)].into_iter().flatten().collect::<Vec<_>>().join("\n")
        });
        let choose = Callback::new(move |()| saved.choose(&one));
        view! { <Choice name="method" id=None words note=Some(note) chosen on_choose=choose/> }.into_any()
    };
    view! {
        <fieldset class="pay-stack">
            <legend class="pay-field__label">{t(|w| w.pay().method.saved)}</legend>
            <div class="pay-choices pay-choices--two">{list(all, choice)}</div>
        </fieldset>
    }
    .into_any()
}

/// For a member: a choice, never ticked for them.
#[component]
pub fn SaveBox(state: MethodState) -> impl IntoView {
    let (draft, checkout, session) = (state.checkout.draft, state.checkout, CurrentSession::here());
    let is_ticked = move || draft.with(|draft| draft.save_method);
    let tick = move |event| {
        let is_ticked = event_target_checked(&event);
        checkout.edit(|draft| draft.save_method = is_ticked);
    };
    dynamic(move || {
        let is_member = session.with(Session::is_member);
        let field = is_member.then(|| {
            view! {
                <label class="pay-check">
                    <input type="checkbox" id="save-method" name="save-method" prop:checked=is_ticked on:change=tick/>
                    <span>{t(|w| w.pay().method.save)}</span>
                </label>
            }
        });
        field.into_any()
    })
}
