//! The account's page of notices: which of them the member gets, by e-mail and by text message, saved together; and the
//! number that text messages go to (`texts`).

mod texts;

use super::{Query, heading, page};
use crate::{
    api::Client,
    browser,
    fetched::Fetched,
    i18n::{Words, say, t},
    route::Settings,
    ui::{FormState, Icon, Notice, Sign, SubmitButton, dynamic, list},
};
use contract::notices::{NoticeChange, NoticeChoice, NoticeKind, NoticeSettings};
use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};
use texts::TextNumber;

type NoticeQuery = Query<NoticeSettings>;

#[component]
pub fn NoticesPage() -> impl IntoView {
    content(Query::new(|client| async move { client.notices().await }))
}

fn content(settings: NoticeQuery) -> AnyView {
    let choices = settings.show_once(8, move || view! { <Choices settings/> }.into_any());
    let is_offered = Memo::new(move |_| settings.of(|settings| settings.texts.is_some()));
    let number =
        dynamic(move || if is_offered.get() { view! { <TextNumber settings/> }.into_any() } else { ().into_any() });
    let main = view! { {choices} {number} }.into_any();
    let head = heading(t(|w| w.account().notices.title), t(|w| w.account().notices.lead));
    page(Settings::Notices.into(), head, vec![settings.state()], main)
}

#[derive(Clone, Copy)]
struct Row {
    kind: NoticeKind,
    email: RwSignal<bool>,
    text: RwSignal<bool>,
}

/// What is ticked, until it is saved.
#[derive(Clone, Copy)]
struct Editor {
    settings: NoticeQuery,
    rows: StoredValue<Vec<Row>>,
    form: FormState<()>,
    is_saved: RwSignal<bool>,
    client: StoredValue<Client>,
}

impl Editor {
    fn new(settings: NoticeQuery) -> Self {
        let notices = untrack(|| settings.of(|settings| settings.notices.clone()));
        let row = |choice: NoticeChoice| Row {
            kind: choice.kind,
            email: RwSignal::new(choice.email),
            text: RwSignal::new(choice.text),
        };
        Self {
            settings,
            rows: StoredValue::new(notices.into_iter().map(row).collect()),
            form: FormState::new([], |_, (), _| String::new(), |()| ""),
            is_saved: RwSignal::new(false),
            client: StoredValue::new(Client::here()),
        }
    }

    fn chosen(self) -> NoticeChange {
        let choice = |row: &Row| NoticeChoice {
            kind: row.kind,
            email: row.email.get_untracked(),
            text: row.text.get_untracked(),
        };
        NoticeChange { notices: self.rows.with_value(|rows| rows.iter().map(choice).collect()) }
    }

    async fn save(self, change: NoticeChange) {
        let answer = self.client.get_value().change_notices(&change).await;
        // the page may have been left
        if self.form.is_busy.try_get_untracked().is_none() {
            return;
        }
        let Some(settings) = self.form.end(answer, |_| None) else { return };
        self.settings.answered(Fetched::Here(settings));
        self.is_saved.set(true);
    }
}

#[component]
fn Choices(settings: NoticeQuery) -> impl IntoView {
    let own = Editor::new(settings);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        own.is_saved.set(false);
        let Some(change) = own.form.begin(Ok(own.chosen())) else { return };
        spawn_local(own.save(change));
    };
    let saved = say(|w| (w.account().profile.saved)(w.account().notices.title));
    let status = dynamic(move || {
        if own.is_saved.get() { view! { <Notice sign=Sign::Done words=saved/> }.into_any() } else { ().into_any() }
    });
    let by_email = list(own.rows.get_value(), move |of| row(own, of.kind, of.email, is_always(settings, of.kind)));
    let has_number =
        Memo::new(move |_| settings.of(|settings| settings.texts.as_ref().is_some_and(|texts| texts.is_confirmed)));
    // once it was confirmed on this page: what to get is the next thing to choose
    let had_none = StoredValue::new(false);
    let by_text = dynamic(move || {
        if has_number.get() {
            return by_text(own, had_none.get_value());
        }
        had_none.set_value(true);
        ().into_any()
    });
    view! {
        <form class="pay-sheet" aria-labelledby="notices-title" novalidate on:submit=submit>
            <div class="pay-stack">
                <h2 id="notices-title">{t(|w| w.account().register.email)}</h2>
                <ul class="pay-rows">{by_email}</ul>
                {by_text}
                <p class="pay-note">{t(|w| w.account().notices.kept)}</p>
                {own.form.notice()}
                <div role="status" class="pay-live">{status}</div>
                <p>
                    <SubmitButton words=t(|w| w.account().profile.save) busy_words=t(|w| w.account().profile.saving)
                        busy=own.form.is_busy/>
                </p>
            </div>
        </form>
    }
}

fn is_always(settings: NoticeQuery, kind: NoticeKind) -> bool {
    untrack(|| settings.of(|settings| settings.is_always_sent(kind)))
}

fn by_text(own: Editor, takes_focus: bool) -> AnyView {
    let title = NodeRef::<html::H2>::new();
    browser::effect(move |_| {
        if let Some(title) = title.get().filter(|_| takes_focus) {
            browser::focus_and_show(title);
        }
    });
    let rows = list(own.rows.get_value(), move |of| row(own, of.kind, of.text, false));
    view! {
        <div>
            <h2 tabindex="-1" node_ref=title>{t(|w| w.account().notices.by_text)}</h2>
            <p class="pay-note">{t(|w| w.account().notices.texts_note)}</p>
        </div>
        <ul class="pay-rows">{rows}</ul>
    }
    .into_any()
}

fn row(own: Editor, kind: NoticeKind, is_on: RwSignal<bool>, is_always: bool) -> AnyView {
    let words = move |pick: fn((&'static str, &'static str)) -> &'static str| {
        say(move |w: &'static Words| pick((w.account().notices.kind)(kind)).to_owned())
    };
    let (name, note) = (words(|(name, _)| name), words(|(_, note)| note));
    if is_always {
        return view! {
            <li>
                <div class="pay-rows__row">
                    <div><b>{name}</b><small>{note}</small></div>
                    <span class="pay-state" data-state="good"><Icon sign=Sign::Done/><span>{t(|w| w.account().notices.always)}</span></span>
                </div>
            </li>
        }
        .into_any();
    }
    let tick = move |event| {
        own.is_saved.set(false);
        is_on.set(event_target_checked(&event));
    };
    view! {
        <li>
            <label class="pay-check">
                <input type="checkbox" name="notice" prop:checked=is_on on:change=tick/>
                <span>{name}<small>{note}</small></span>
            </label>
        </li>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        error::ApiError,
        i18n::{Language, without_facts},
    };
    use contract::{Locale, Phone, notices::TextMessages};

    fn drawn(locale: Locale, answer: Fetched<NoticeSettings>) -> String {
        Owner::new().with(|| {
            provide_context(Language(RwSignal::new(locale)));
            let settings = Query::new(|_| async { Err(ApiError::Offline) });
            settings.answered(answer);
            without_facts(&content(settings).to_html())
        })
    }

    #[test]
    fn each_kind_can_be_turned_off_but_security_which_is_said_to_be_always_sent() {
        let notices = NoticeKind::ALL.map(|kind| NoticeChoice { kind, email: true, text: false }).to_vec();
        for (locale, said) in [(Locale::En, ["Refunds", "Always"]), (Locale::Es, ["Reembolsos", "Siempre"])] {
            let html = drawn(
                locale,
                Fetched::Here(NoticeSettings { notices: notices.clone(), is_paperless: false, texts: None }),
            );
            assert!(said.iter().all(|words| html.contains(words)), "{html}");
            assert_eq!(html.matches("type=\"checkbox\"").count(), NoticeKind::ALL.len() - 1, "{html}");
        }
    }

    #[test]
    fn e_mails_about_new_bills_are_said_to_be_always_sent_to_a_member_without_paper() {
        let of = |is_paperless| {
            let notices = NoticeKind::ALL.map(|kind| NoticeChoice { kind, email: true, text: false }).to_vec();
            drawn(Locale::En, Fetched::Here(NoticeSettings { notices, is_paperless, texts: None }))
        };
        let [paper, paperless] = [of(false), of(true)];
        assert_eq!((paper.matches("Always").count(), paperless.matches("Always").count()), (1, 2), "{paperless}");
    }

    #[test]
    fn text_messages_are_offered_where_they_are_sent_and_chosen_once_a_number_is_confirmed() {
        let of = |texts: Option<TextMessages>| {
            let notices = NoticeKind::ALL.map(|kind| NoticeChoice { kind, email: true, text: true }).to_vec();
            drawn(Locale::En, Fetched::Here(NoticeSettings { notices, is_paperless: false, texts }))
        };
        let boxes = |html: &str| html.matches("name=\"notice\"").count();
        assert!(!of(None).contains("STOP"));
        let off = of(Some(TextMessages::default()));
        assert!(off.contains("STOP") && off.contains("Send me a code"), "{off}");
        let phone = Phone::parse("5105550142").ok();
        let waits = of(Some(TextMessages { phone: phone.clone(), is_confirmed: false, consent: None }));
        assert!(waits.contains("We sent a code to (510) 555-0142."), "{waits}");
        let on = of(Some(TextMessages { phone, is_confirmed: true, consent: None }));
        assert!(on.contains("Turn text messages off"), "{on}");
        let kinds = NoticeKind::ALL.len();
        assert_eq!([&off, &waits, &on].map(|html| boxes(html)), [kinds - 1, kinds - 1, 2 * kinds - 1]);
    }

    #[test]
    fn nothing_is_said_to_be_on_or_off_before_it_is_known() {
        let waiting = drawn(Locale::En, Fetched::Waiting);
        assert!(waiting.contains("aria-busy") && !waiting.contains("checkbox"), "{waiting}");
        let failed = drawn(Locale::En, Fetched::Failed(ApiError::Offline));
        assert!(failed.contains("Try again") && !failed.contains("checkbox"), "{failed}");
    }
}
