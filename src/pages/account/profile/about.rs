//! "About you" on the profile page: a row a part, each with a form of its own that takes the row's place, saves that
//! part alone and gives the focus back.

use super::{
    ProfileQuery,
    email::EmailRow,
    fields::{Part, TypedPart},
    row::{Row, form_ref},
};
use crate::{
    api::Client,
    billing::PersonalField as Field,
    fetched::Fetched,
    i18n::{Text, format, say, t},
    session::CurrentSession,
    ui::{Choice, FormState, Keyboard, Notice, SelectField, Sign, TextField, dynamic, list},
};
use contract::{
    Locale, UsState,
    member_profile::{MemberProfile, ProfileChange},
};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

#[derive(Clone, Copy)]
struct Editor {
    part: Part,
    profile: ProfileQuery,
    typed: TypedPart,
    form: FormState<Field>,
    row: Row,
    /// The part that was saved last, of all of the sheet.
    saved: RwSignal<Option<Part>>,
    client: StoredValue<Client>,
    session: CurrentSession,
}

impl Editor {
    fn new(part: Part, profile: ProfileQuery, saved: RwSignal<Option<Part>>) -> Self {
        let typed = TypedPart::new(part);
        let form = FormState::new(typed.texts(), Field::words, Field::id);
        form.revalidate_on_change(move || typed.check().err().unwrap_or_default());
        let (client, session) = (StoredValue::new(Client::here()), CurrentSession::here());
        Self { part, profile, typed, form, row: Row::new(), saved, client, session }
    }

    fn open(self) {
        if let Some(person) = untrack(|| self.profile.of(|profile| Some(profile.person.clone()))) {
            self.typed.fill(&person);
        }
        self.form.reset();
        self.saved.set(None);
        self.row.is_open.set(true);
    }

    async fn save(self, change: ProfileChange) {
        let client = self.client.get_value();
        let answer = client.change_profile(&change).await;
        let Some(profile) = self.form.end(answer, Field::of_path) else { return };
        self.profile.answered(Fetched::Here(profile));
        self.saved.set(Some(self.part));
        self.row.close();
        // other pages know the member by the session
        if self.part == Part::Name
            && let Ok(view) = client.session().await
        {
            self.session.accept(&view);
        }
    }
}

#[component]
pub fn AboutYou(profile: ProfileQuery) -> impl IntoView {
    let saved = RwSignal::new(None);
    let row = move |part| editable(Editor::new(part, profile, saved));
    let (name, address, telephone, language) =
        (row(Part::Name), row(Part::Address), row(Part::Phone), row(Part::Language));
    let told = say(move |w| {
        let Some(part) = saved.get() else { return String::new() };
        let words = (w.account().profile.saved)(Part::label(part, w));
        if part.is_told() { format!("{words} {}", w.account().profile.told) } else { words }
    });
    let status = dynamic(move || {
        if saved.get().is_some() { view! { <Notice sign=Sign::Done words=told/> }.into_any() } else { ().into_any() }
    });
    let number = say(move |w| profile.of(|profile| (w.account().profile.ending)(&profile.ending)));
    view! {
        <section class="pay-sheet" aria-labelledby="about-title">
            <div class="pay-stack">
                <h2 id="about-title">{t(|w| w.account().profile.about)}</h2>
                <div role="status" class="pay-live">{status}</div>
                <dl class="pay-facts">
                    {name}
                    <div><dt>{t(|w| w.account().profile.member_number)}</dt><dd>{number}</dd></div>
                    {address}
                    <EmailRow profile/>
                    {telephone}
                    {language}
                </dl>
            </div>
        </section>
    }
}

fn editable(own: Editor) -> AnyView {
    let label = say(move |w| Part::label(own.part, w).to_owned());
    dynamic(move || {
        let row = if own.row.is_open.get() { form(own) } else { shown(own) };
        view! { <div><dt>{label}</dt>{row}</div> }.into_any()
    })
}

fn shown(own: Editor) -> AnyView {
    let lines = dynamic(move || {
        let lines = own.profile.of(|profile| lines_of(own.part, profile));
        list(lines, |line| view! { <div dir="auto" translate="no">{line}</div> }.into_any())
    });
    let note: Option<Text> = match own.part {
        Part::Address => Some(t(|w| w.account().profile.address_note)),
        Part::Language => Some(t(|w| w.account().profile.language_note)),
        Part::Name | Part::Phone => None,
    };
    let label = say(move |w| Part::label(own.part, w).to_owned());
    view! {
        <dd>{lines}{note.map(|note| view! { <small>{note}</small> })}</dd>
        {own.row.change_button(label, Callback::new(move |()| own.open()))}
    }
    .into_any()
}

fn lines_of(part: Part, MemberProfile { person, .. }: &MemberProfile) -> Vec<String> {
    let address = &person.address;
    match part {
        Part::Name => vec![person.name()],
        Part::Address => {
            let place = format!("{}, {} {}", address.city, address.state, address.zip);
            let lines = [Some(address.line1.to_string()), address.line2.as_ref().map(ToString::to_string), Some(place)];
            lines.into_iter().flatten().collect()
        }
        Part::Phone => vec![format::phone(&person.phone)],
        // each by its own name
        Part::Language => vec![
            match person.locale {
                Locale::En => "English",
                Locale::Es => "Español",
            }
            .to_owned(),
        ],
    }
}

fn form(own: Editor) -> AnyView {
    let Editor { part, typed, form, .. } = own;
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(change) = form.begin(untrack(|| typed.check())) else { return };
        spawn_local(own.save(change));
    };
    let fields = part.fields().iter().map(|field| text(own, *field)).collect::<Vec<_>>();
    let language = (part == Part::Language).then(|| languages(own));
    let label = say(move |w| Part::label(part, w).to_owned());
    view! {
        <dd>
            <form class="pay-form" novalidate aria-label=label node_ref=form_ref(part.first_id()) on:submit=submit>
                {form.notice()}
                {form.summary()}
                {fields}
                {language}
                {own.row.buttons(t(|w| w.account().profile.save), form.is_busy)}
            </form>
        </dd>
    }
    .into_any()
}

fn text(own: Editor, field: Field) -> AnyView {
    let label = say(move |w| field.label(w).to_owned());
    let (value, error) = (own.typed.of(field), own.form.error(field));
    if field == Field::State {
        let options = UsState::all().map(|state| (state.to_string(), state.to_string())).collect();
        let autocomplete = field.autocomplete();
        return view! { <SelectField id=field.id() label value options error autocomplete/> }.into_any();
    }
    let (mode, width) = field.keyboard();
    let keyboard = Keyboard { mode, autocomplete: field.autocomplete(), width };
    let hint: Text = match field {
        Field::Phone => t(|w| w.account().register.phone_hint),
        Field::LastName => t(|w| w.account().profile.one_name),
        _ => return view! { <TextField id=field.id() label value error keyboard/> }.into_any(),
    };
    view! { <TextField id=field.id() label value error keyboard hint/> }.into_any()
}

fn languages(own: Editor) -> AnyView {
    let locale = own.typed.locale;
    let choice = move |of: Locale| {
        let (words, id) = match of {
            Locale::En => (t(|w| w.account().register.english), Part::Language.first_id()),
            Locale::Es => (t(|w| w.account().register.spanish), "profile-spanish"),
        };
        let chosen = Signal::derive(move || locale.get() == of);
        let choose = Callback::new(move |()| locale.set(of));
        view! { <Choice name="profile-language" id=Some(id.to_owned()) words note=None chosen on_choose=choose/> }
    };
    view! {
        <fieldset class="pay-stack pay-stack--tight">
            <legend class="pay-field__label">{t(|w| w.account().profile.language_note)}</legend>
            <div class="pay-choices pay-choices--two">{choice(Locale::En)} {choice(Locale::Es)}</div>
        </fieldset>
    }
    .into_any()
}
