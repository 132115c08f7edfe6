//! The account's page of notices: which of them the member gets, a row a kind, saved together.

use super::{Query, heading, page};
use crate::{
    api::Client,
    fetched::Fetched,
    i18n::{Words, say, t},
    route::Settings,
    ui::{FormState, Icon, Notice, Sign, SubmitButton, dynamic, list},
};
use contract::notices::{NoticeChange, NoticeChoice, NoticeKind, NoticeSettings};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

type NoticeQuery = Query<NoticeSettings>;

#[component]
pub fn NoticesPage() -> impl IntoView {
    content(Query::new(|client| async move { client.notices().await }))
}

fn content(settings: NoticeQuery) -> AnyView {
    let main = settings.show_once(8, move || view! { <Choices settings/> }.into_any());
    let head = heading(t(|w| w.account().notices.title), t(|w| w.account().notices.lead));
    page(Settings::Notices.into(), head, vec![settings.state()], main)
}

#[derive(Clone, Copy)]
struct Row {
    kind: NoticeKind,
    email: RwSignal<bool>,
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
        let row = |choice: NoticeChoice| Row { kind: choice.kind, email: RwSignal::new(choice.email) };
        Self {
            settings,
            rows: StoredValue::new(notices.into_iter().map(row).collect()),
            form: FormState::new([], |_, (), _| String::new(), |()| ""),
            is_saved: RwSignal::new(false),
            client: StoredValue::new(Client::here()),
        }
    }

    fn chosen(self) -> NoticeChange {
        let choice = |row: &Row| NoticeChoice { kind: row.kind, email: row.email.get_untracked() };
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
    let rows = list(own.rows.get_value(), move |of| row(own, of));
    view! {
        <form class="pay-sheet" aria-labelledby="notices-title" novalidate on:submit=submit>
            <div class="pay-stack">
                <h2 id="notices-title">{t(|w| w.account().register.email)}</h2>
                <div role="status" class="pay-live">{status}</div>
                {own.form.notice()}
                <ul class="pay-rows">{rows}</ul>
                <p class="pay-note">{t(|w| w.account().notices.kept)}</p>
                <p>
                    <SubmitButton words=t(|w| w.account().profile.save) busy_words=t(|w| w.account().profile.saving)
                        busy=own.form.is_busy/>
                </p>
            </div>
        </form>
    }
}

fn row(own: Editor, Row { kind, email }: Row) -> AnyView {
    let words = move |pick: fn((&'static str, &'static str)) -> &'static str| {
        say(move |w: &'static Words| pick((w.account().notices.kind)(kind)).to_owned())
    };
    let (name, note) = (words(|(name, _)| name), words(|(_, note)| note));
    if kind.is_always_sent() {
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
        email.set(event_target_checked(&event));
    };
    view! {
        <li>
            <label class="pay-check">
                <input type="checkbox" name="notice" prop:checked=email on:change=tick/>
                <span>{name}<small>{note}</small></span>
            </label>
        </li>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{error::ApiError, i18n::Language};
    use contract::Locale;

    fn drawn(locale: Locale, answer: Fetched<NoticeSettings>) -> String {
        Owner::new().with(|| {
            provide_context(Language(RwSignal::new(locale)));
            let settings = Query::new(|_| async { Err(ApiError::Offline) });
            settings.answered(answer);
            content(settings).to_html()
        })
    }

    #[test]
    fn each_kind_can_be_turned_off_but_security_which_is_said_to_be_always_sent() {
        let notices = NoticeKind::ALL.map(|kind| NoticeChoice { kind, email: true }).to_vec();
        for (locale, said) in [(Locale::En, ["Refunds", "Always"]), (Locale::Es, ["Reembolsos", "Siempre"])] {
            let html = drawn(locale, Fetched::Here(NoticeSettings { notices: notices.clone() }));
            assert!(said.iter().all(|words| html.contains(words)), "{html}");
            assert_eq!(html.matches("type=\"checkbox\"").count(), NoticeKind::ALL.len() - 1, "{html}");
        }
    }

    #[test]
    fn nothing_is_said_to_be_on_or_off_before_it_is_known() {
        let waiting = drawn(Locale::En, Fetched::Waiting);
        assert!(waiting.contains("aria-busy") && !waiting.contains("checkbox"), "{waiting}");
        let failed = drawn(Locale::En, Fetched::Failed(ApiError::Offline));
        assert!(failed.contains("Try again") && !failed.contains("checkbox"), "{failed}");
    }
}
