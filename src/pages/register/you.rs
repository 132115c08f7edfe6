//! The personal details step of the registration: name, address, contact, and password. What the statement said is not
//! asked again.

mod fields;

use super::Enrolment;
use crate::{
    api::Client,
    billing::{PersonalField as Field, REGISTERING},
    browser,
    i18n::{Language, Text, say, t},
    navigation::Navigation,
    route::Enter,
    ui::{
        Choice, Failure, FormState, Keyboard, KnownUserId, PasswordField, SelectField, Stepper, SubmitButton,
        TextField, dynamic, keep_typed, page_heading,
    },
};
use contract::{
    Email, Locale, UsState,
    account::{RegistrationDraft, TERMS_VERSION},
    password::LEAST,
};
use fields::TypedFields;
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

#[component]
pub fn RegisterYouPage() -> impl IntoView {
    let enrolment = Enrolment::here();
    enrolment.arrive();
    enrolment.lead(|registration| !registration.is_sent, Enter::RegisterEmail);
    enrolment.lead(
        |registration| registration.is_sent || registration.draft.terms_version == Some(TERMS_VERSION),
        Enter::RegisterTerms,
    );
    let typed = TypedFields::new();
    let locale = RwSignal::new(Language::here().0.get_untracked());
    let (client, navigation) = (Client::here(), Navigation::here());
    let form = FormState::new(Field::ALL.map(|field| (field, typed.of(field))), Field::words, Field::id);
    restore(typed, locale, enrolment);
    keep_what_is_typed(typed, locale, enrolment);
    let h1 = page_heading(form.title(|w| w.account().register.you_title));
    form.revalidate_on_change(move || typed.check(locale.get()).err().unwrap_or_default());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(account) = form.begin(untrack(|| typed.check(locale.get()))) else { return };
        let Some(registration) = untrack(|| enrolment.here_now()) else { return form.is_busy.set(false) };
        let client = client.clone();
        spawn_local(async move {
            let to = account.email.to_string();
            let answer = client.open_account(&registration.id, &account).await;
            if form.end(answer, Field::of_path).is_some() {
                enrolment.was_sent(to);
                navigation.go(Enter::RegisterEmail);
            }
        });
    };
    view! {
        <div class="pay-journey">
            <div class="pay-journey__head">
                <Stepper steps=&REGISTERING step=3/>
                <h1 tabindex="-1" node_ref=h1>{t(|w| w.account().register.you_title)}</h1>
                <p class="pay-lead">{t(|w| w.account().register.you_lead)}</p>
                <Failure error=Signal::derive(move || enrolment.failed())/>
                {form.notice()}
                {form.summary()}
            </div>
            <form class="pay-sheet" novalidate on:submit=submit>
                <div class="pay-form">
                    <Name typed form/>
                    <Address typed form/>
                    <Contact typed form locale/>
                    <fieldset class="pay-form">
                        <legend><h2>{t(|w| w.account().register.password_group)}</h2></legend>
                        <KnownUserId user_id=say(move |_| typed.of(Field::Email).get())/>
                        <PasswordField id=Field::Password.id() label=t(|w| w.account().register.password)
                            hint=Some(say(|w| (w.account().register.password_hint)(LEAST as u16)))
                            value=typed.of(Field::Password) error=form.error(Field::Password) autocomplete="new-password"/>
                    </fieldset>
                    <p class="pay-row">
                        <SubmitButton words=t(|w| w.account().register.open) busy_words=t(|w| w.account().register.opening) busy=form.is_busy/>
                    </p>
                </div>
            </form>
        </div>
    }
}

/// Fills in what was typed before. Of the address what is known: the ZIP code, and the region's state, as most live
/// where their plan is.
fn restore(typed: TypedFields, locale: RwSignal<Locale>, enrolment: Enrolment) {
    browser::effect(move |_| {
        let Some(registration) = enrolment.here_now() else { return };
        untrack(|| {
            typed.restore(&registration.draft);
            if let Some(chosen) = registration.draft.locale {
                locale.set(chosen);
            }
            if typed.of(Field::State).with(String::is_empty) {
                typed.of(Field::State).set(registration.membership.region.code().to_owned());
            }
            if let Some(zip) = &registration.zip {
                typed.of(Field::Zip).set(zip.to_string());
            }
        });
    });
}

/// Stores the input with the session on the server.
fn keep_what_is_typed(typed: TypedFields, locale: RwSignal<Locale>, enrolment: Enrolment) {
    // read at once: the fields go with the page
    let now = move || untrack(|| typed.draft(locale));
    let client = Client::here();
    let leaving = client.clone();
    let keep = move || {
        let (client, left) = (client.clone(), now());
        spawn_local(async move {
            let change = |draft: &mut RegistrationDraft| {
                *draft = RegistrationDraft { terms_version: draft.terms_version, ..left };
            };
            _ = enrolment.keep(&client, change).await;
        });
    };
    keep_typed(move || _ = typed.draft(locale), keep, move || enrolment.leave(&leaving, now()));
}

fn text(typed: TypedFields, form: FormState<Field>, field: Field, hint: Option<Text>) -> AnyView {
    let label = say(move |w| field.label(w).to_owned());
    let (mode, width) = field.keyboard();
    let keyboard = Keyboard { mode, autocomplete: field.autocomplete(), width };
    let (value, error) = (typed.of(field), form.error(field));
    match hint {
        Some(hint) => view! { <TextField id=field.id() label value error keyboard hint/> }.into_any(),
        None => view! { <TextField id=field.id() label value error keyboard/> }.into_any(),
    }
}

#[component]
fn Name(typed: TypedFields, form: FormState<Field>) -> impl IntoView {
    view! {
        <fieldset class="pay-form">
            <legend><h2>{t(|w| w.account().register.name)}</h2></legend>
            <div class="pay-field__pair">
                {text(typed, form, Field::FirstName, None)}
                {text(typed, form, Field::LastName, Some(t(|w| w.account().register.last_name_hint)))}
            </div>
        </fieldset>
    }
}

#[component]
fn Address(typed: TypedFields, form: FormState<Field>) -> impl IntoView {
    let enrolment = Enrolment::here();
    let states = UsState::all().map(|state| (state.to_string(), state.to_string())).collect();
    let known = Memo::new(move |_| enrolment.here_now().and_then(|registration| registration.zip));
    let zip = dynamic(move || {
        match known.get() {
        Some(zip) => view! {
            <dl class="pay-facts">
                <div><dt>{t(|w| w.account().register.zip)}</dt><dd><span translate="no">{zip.to_string()}</span><small>{t(|w| w.account().register.zip_known)}</small></dd></div>
            </dl>
        }
        .into_any(),
        None => text(typed, form, Field::Zip, None),
    }
    });
    view! {
        <fieldset class="pay-form">
            <legend><h2>{t(|w| w.account().register.address)}</h2></legend>
            {text(typed, form, Field::Line1, None)}
            {text(typed, form, Field::Line2, None)}
            <div class="pay-field__pair">
                {text(typed, form, Field::City, None)}
                <SelectField id=Field::State.id() label=t(|w| w.account().register.state) value=typed.of(Field::State)
                    options=states error=form.error(Field::State) autocomplete="address-level1"/>
            </div>
            {zip}
        </fieldset>
    }
}

#[component]
fn Contact(typed: TypedFields, form: FormState<Field>, locale: RwSignal<Locale>) -> impl IntoView {
    let email = typed.of(Field::Email);
    let typo = dynamic(move || {
        let Some(meant) = email.with(|email| Some(Email::parse(email).ok()?.typo()?.to_string())) else {
            return ().into_any();
        };
        let take = {
            let meant = meant.clone();
            move |event: leptos::ev::MouseEvent| {
                email.set(meant.clone());
                // the button goes
                browser::focus_field(&event_target(&event), Field::Email.id());
            }
        };
        let words = say(move |w| (w.account().register.email_typo)(&meant));
        view! { <button class="pay-link" type="button" on:click=take>{words}</button> }.into_any()
    });
    let choice = move |of: Locale| {
        let words = match of {
            Locale::En => t(|w| w.account().register.english),
            Locale::Es => t(|w| w.account().register.spanish),
        };
        let chosen = Signal::derive(move || locale.get() == of);
        let choose = Callback::new(move |()| locale.set(of));
        view! { <Choice name="language" id=None words note=None chosen on_choose=choose/> }
    };
    view! {
        <fieldset class="pay-form">
            <legend><h2>{t(|w| w.account().register.contact)}</h2></legend>
            {text(typed, form, Field::Email, Some(t(|w| w.account().register.email_hint)))}
            {typo}
            {text(typed, form, Field::Phone, Some(t(|w| w.account().register.phone_hint)))}
            <fieldset class="pay-stack pay-stack--tight" aria-describedby="language-note">
                <legend class="pay-field__label">{t(|w| w.account().register.language)}</legend>
                <p class="pay-note" id="language-note">{t(|w| w.account().register.language_hint)}</p>
                <div class="pay-choices pay-choices--two">{choice(Locale::En)} {choice(Locale::Es)}</div>
            </fieldset>
        </fieldset>
    }
}
