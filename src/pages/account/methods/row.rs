//! A saved method as a row: what it is, what is to be known of it, and what can be done with it. Renaming and removing
//! open a panel in the row.

use super::{Done, Methods, name_of, verify};
use crate::{
    billing::expiry_words,
    browser,
    form::Problems,
    i18n::{Pick, Text, Words, say, t},
    navigation::href,
    route::Pay,
    ui::{FormState, Icon, Sign, SubmitButton, TextField, dynamic, list},
};
use contract::{
    Date, FieldProblem,
    payment::{ExpiryNotice, Method, MethodUse, Nickname, SavedMethod, SavedMethodChange, Verification},
};
use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Panel {
    Rename,
    Remove,
    /// Of the small deposits.
    Amounts,
}

/// The panel that is open, and in which row.
pub type Open = RwSignal<Option<(String, Panel)>>;

#[component]
pub fn Rows(own: Methods, methods: Vec<SavedMethod>, today: Date) -> impl IntoView {
    let open: Open = RwSignal::new(None);
    view! { <ul class="pay-methods">{list(methods, move |one| row(own, open, one, today))}</ul> }
}

fn row(own: Methods, open: Open, one: SavedMethod, today: Date) -> AnyView {
    let (name, is_named) = (name_of(&one), !one.nickname.is_empty());
    let (what, expiry) = match &one.method {
        Method::Card { expiry, .. } => (Sign::Card, Some(expiry.to_string())),
        Method::Bank { .. } | Method::Balance | Method::Check | Method::Phone => (Sign::Bank, None),
    };
    let method = one.method.clone();
    let known = is_named.then(|| view! { <small>{say(move |w| (w.pay().method.known)(&method))}</small> });
    let expiry = expiry.map(|month| view! { <small>{say(move |w| (w.account().methods.expires)(&month))}</small> });
    let heading = NodeRef::<html::H3>::new();
    let panel = {
        let (one, id) = (one.clone(), one.id.clone());
        let is_open =
            Memo::new(move |_| open.with(|open| open.as_ref().filter(|(of, _)| *of == id).map(|(_, panel)| *panel)));
        browser::focus_when_closed(move || is_open.with(Option::is_some), move || heading.get_untracked());
        dynamic(move || match is_open.get() {
            Some(Panel::Rename) => rename(own, open, one.clone()),
            Some(Panel::Remove) => remove(own, open, one.clone()),
            Some(Panel::Amounts) => verify::amounts(own, one.clone(), Callback::new(move |()| open.set(None))),
            None => ().into_any(),
        })
    };
    view! {
        <li>
            <div class="pay-method">
                <span class="pay-mark"><Icon sign=what/></span>
                <div class="pay-method__name"><h3 dir="auto" tabindex="-1" node_ref=heading>{name}</h3>{known}{expiry}</div>
                {facts(&one, today)}
                {actions(own, open, one)}
            </div>
            {panel}
        </li>
    }
    .into_any()
}

/// What it is used for, and the payment that shows it.
fn use_in_words(of: &MethodUse) -> (Pick, Option<&str>) {
    match of {
        MethodUse::Payment { id } => (|w| w.account().methods.in_use, Some(id)),
        MethodUse::Refund { id } => (|w| w.account().methods.refund_in_use, Some(id)),
        MethodUse::Unknown => (|w| w.account().methods.in_use, None),
    }
}

/// What is to be known of it, each with an icon.
fn facts(one: &SavedMethod, today: Date) -> AnyView {
    let fact = |kind: Option<&'static str>, sign: Sign, words: Text, to: Option<String>| {
        let words = match to {
            Some(id) => view! { <a class="pay-link" href=href(Pay::Payment(id))>{words}</a> }.into_any(),
            None => view! { <span>{words}</span> }.into_any(),
        };
        view! { <li data-kind=kind><Icon sign/>{words}</li> }.into_any()
    };
    let mut facts = Vec::new();
    if one.is_default {
        facts.push(fact(Some("good"), Sign::Done, t(|w| w.account().methods.default), None));
    }
    if let Some(notice) = one.expiry_notice(today) {
        let (kind, sign) = match notice {
            ExpiryNotice::Expired => ("bad", Sign::Alert),
            ExpiryNotice::ThisMonth | ExpiryNotice::NextMonth => ("warn", Sign::Warning),
        };
        facts.push(fact(Some(kind), sign, say(move |w| expiry_words(w, notice).to_owned()), None));
    }
    if let Some(verification) = one.verification {
        let (kind, sign, words) = verify::fact(verification);
        facts.push(fact(kind, sign, words, None));
    }
    for of in &one.uses {
        let (words, to) = use_in_words(of);
        facts.push(fact(None, Sign::Turn, t(words), to.map(str::to_owned)));
    }
    if facts.is_empty() {
        return ().into_any();
    }
    view! { <ul class="pay-method__facts">{facts}</ul> }.into_any()
}

fn actions(own: Methods, open: Open, one: SavedMethod) -> AnyView {
    let name = name_of(&one);
    let button = move |words: Pick, press: Box<dyn Fn()>| {
        let of = say(move |w| (w.account().methods.of)(&name.get()));
        view! {
            <button class="pay-link" type="button" on:click=move |_| press()>
                {t(words)}<span class="pay-hidden">{of}</span>
            </button>
        }
        .into_any()
    };
    let show = move |id: String, panel| -> Box<dyn Fn()> { Box::new(move || open.set(Some((id.clone(), panel)))) };
    let default = (!one.is_default).then(|| {
        let id = one.id.clone();
        let press = move || {
            let (client, id) = (own.client.get_value(), id.clone());
            let change = SavedMethodChange { is_default: Some(true), ..SavedMethodChange::default() };
            own.run(async move { client.change_method(&id, &change).await }, Done::Saved);
        };
        button(|w| w.account().methods.make_default, Box::new(press))
    });
    let id = one.id.clone();
    let verify = match one.verification {
        Some(Verification::Unverified) => {
            button(|w| w.account().methods.verify, Box::new(move || verify::start(own, id.clone())))
        }
        Some(Verification::Arrived { .. }) => button(|w| w.account().methods.enter_amounts, show(id, Panel::Amounts)),
        _ => ().into_any(),
    };
    let named: Pick =
        if one.nickname.is_empty() { |w| w.account().methods.name_it } else { |w| w.account().methods.rename };
    let rename = button(named, show(one.id.clone(), Panel::Rename));
    let remove = button(|w| w.account().methods.remove, show(one.id.clone(), Panel::Remove));
    let replace = button(|w| w.account().methods.replace, Box::new(move || own.replacing.set(Some(one.clone()))));
    view! { <p class="pay-method__do" data-print="no">{verify} {default} {rename} {replace} {remove}</p> }.into_any()
}

/// What is wrong with a name.
pub fn nickname_words(w: &'static Words, (): (), problem: FieldProblem) -> String {
    match problem {
        FieldProblem::LooksLikeCard => w.account().methods.nickname_card.to_owned(),
        other => w.problem.within(w.account().methods.nickname, other, Nickname::MOST),
    }
}

fn check_nickname(name: RwSignal<String>) -> Result<Nickname, Problems<()>> {
    let mut problems = Problems::default();
    let parsed = problems.check((), name.with(|name| Nickname::parse(name)));
    problems.or(parsed)
}

fn rename(own: Methods, open: Open, one: SavedMethod) -> AnyView {
    let name = RwSignal::new(one.nickname.to_string());
    let form = FormState::new([((), name)], nickname_words, |()| "rename");
    form.revalidate_on_change(move || check_nickname(name).err().unwrap_or_default());
    let place = NodeRef::<html::Form>::new();
    browser::effect(move |_| {
        if let Some(place) = place.get() {
            browser::focus_field(&place, "rename");
        }
    });
    let id = StoredValue::new(one.id);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(nickname) = form.begin(untrack(|| check_nickname(name))) else { return };
        let (client, id) = (own.client.get_value(), id.get_value());
        spawn_local(async move {
            let change = SavedMethodChange { nickname: Some(nickname), is_default: None };
            let answer = client.change_method(&id, &change).await;
            if let Some(methods) = form.end(answer, |field| (field == "nickname").then_some(())) {
                own.show(methods, Done::Saved);
            }
        });
    };
    view! {
        <form class="pay-quote" novalidate node_ref=place on:submit=submit>
            {form.notice()}
            {form.summary()}
            <TextField id="rename" label=t(|w| w.account().methods.nickname) hint=t(|w| w.account().methods.nickname_hint)
                value=name error=form.error(())/>
            <p class="pay-row">
                <SubmitButton words=t(|w| w.account().methods.save) busy_words=t(|w| w.account().profile.saving) busy=form.is_busy/>
                <button class="pay-link" type="button" on:click=move |_| open.set(None)>{t(|w| w.account().profile.cancel)}</button>
            </p>
        </form>
    }
    .into_any()
}

/// Asks once; of one in use it says what uses it and offers to replace it.
pub fn remove(own: Methods, open: Open, one: SavedMethod) -> AnyView {
    let (name, is_used) = (name_of(&one), !one.uses.is_empty());
    let place = NodeRef::<html::Div>::new();
    browser::effect(move |_| {
        if let Some(place) = place.get() {
            browser::focus_and_show(place);
        }
    });
    let title = say(move |w| {
        let words = &w.account().methods;
        if is_used { words.cant_remove.to_owned() } else { format!("{}{}?", words.remove, (words.of)(&name.get())) }
    });
    let (is_default, is_verifying) = (one.is_default, one.verification.is_some_and(verify::is_running));
    let note = say(move |w| {
        let words = &w.account().methods;
        if is_used {
            return words.cant_remove_note.to_owned();
        }
        let ends =
            [(is_default, words.ends_default), (is_verifying, words.ends_verification), (true, words.remove_note)];
        ends.into_iter().filter(|(is_so, _)| *is_so).map(|(_, words)| words).collect::<Vec<_>>().join(" ")
    });
    let uses: Vec<_> = one.uses.iter().map(|of| use_in_words(of).0).collect();
    let uses = is_used.then(|| {
        view! { <ul>{list(uses, |words| view! { <li>{t(words)}</li> }.into_any())}</ul> }
    });
    let act = if is_used {
        let press = move |_| own.replacing.set(Some(one.clone()));
        view! { <button class="pay-button" type="button" on:click=press>{t(|w| w.account().methods.replace)}</button> }
            .into_any()
    } else {
        let press = move |_| {
            let (client, id) = (own.client.get_value(), one.id.clone());
            own.run(async move { client.remove_method(&id).await }, Done::Removed(one.clone()));
        };
        view! { <button class="pay-button" type="button" on:click=press>{t(|w| w.account().methods.remove)}</button> }
            .into_any()
    };
    view! {
        <div class="pay-quote" role="group" tabindex="-1" aria-labelledby="remove-title" node_ref=place>
            <p id="remove-title"><b>{title}</b></p>
            {uses}
            <p>{note}</p>
            <p class="pay-row">
                {act}
                <button class="pay-link" type="button" on:click=move |_| open.set(None)>{t(|w| w.account().methods.keep)}</button>
            </p>
        </div>
    }
    .into_any()
}
