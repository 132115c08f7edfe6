//! The page that closes an account: what happens, what keeps it from being closed, and then the box and the password.

use super::{Query, heading, page};
use crate::{
    api::Client,
    config::Deployment,
    error::ApiError,
    form::Problems,
    i18n::{format, say, t},
    navigation::{Navigation, href},
    route::{Enter, Records, Settings},
    session::CurrentSession,
    ui::{CheckField, FormState, Icon, KnownUserId, Notice, NoticeKind, PasswordField, Sign, SubmitButton, dynamic},
};
use contract::{
    FieldProblem, Password,
    closing::{AccountClosing, ClosingTerms},
    problem_details::ErrorCode,
};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

type ClosingQuery = Query<ClosingTerms>;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Agree,
    Password,
}

#[derive(Clone, Copy)]
struct Closing {
    terms: ClosingQuery,
    form: FormState<Field>,
    is_agreed: RwSignal<bool>,
    password: RwSignal<String>,
    navigation: Navigation,
}

impl Closing {
    fn new(terms: ClosingQuery) -> Self {
        let password = RwSignal::new(String::new());
        let form = FormState::new(
            [(Field::Password, password)],
            |w, field, problem| match field {
                Field::Agree => w.account().closing.agree_missing.to_owned(),
                Field::Password => (w.account().security.current_wrong)(problem),
            },
            |field| match field {
                Field::Agree => "agree",
                Field::Password => "current-password",
            },
        );
        Self { terms, form, is_agreed: RwSignal::new(false), password, navigation: Navigation::here() }
    }

    /// Tracks.
    fn check(self) -> Result<AccountClosing, Problems<Field>> {
        let mut problems = Problems::default();
        if !self.is_agreed.get() {
            problems.add(Field::Agree, FieldProblem::Unticked);
        }
        let password = problems.check(Field::Password, Password::parse(&self.password.get()));
        problems.or(password.map(|password| AccountClosing { password }))
    }

    async fn close(self, client: Client, order: AccountClosing) {
        let answer = client.close_account(&order).await;
        match answer.as_ref().err().and_then(ApiError::code) {
            Some(ErrorCode::WrongCredentials) => self.form.wipe(Field::Password),
            // the page says what keeps it open
            Some(ErrorCode::BalanceLeft) => self.terms.refresh(),
            _ => {}
        }
        let field = |path: &str| (path == "password").then_some(Field::Password);
        if self.form.end(answer, field).is_some() {
            // as a new document: nothing of the session is left in memory
            self.navigation.leave_for(Enter::AccountClosed);
        }
    }
}

#[component]
pub fn ClosingPage() -> impl IntoView {
    content(Query::new(|client| async move { client.closing_terms().await }))
}

fn content(terms: ClosingQuery) -> AnyView {
    let own = Closing::new(terms);
    own.form.revalidate_on_change(move || own.check().err().unwrap_or_default());
    let may_close = Memo::new(move |_| terms.of(ClosingTerms::may_close));
    let order = move || dynamic(move || if may_close.get() { form(own) } else { not_yet(terms) });
    let draw = move || view! { {what_happens(terms)} {order()} }.into_any();
    let head = heading(t(|w| w.account().closing.title), t(|w| w.account().closing.lead));
    page(Settings::Close.into(), head, vec![terms.state()], terms.show_once(6, draw))
}

fn what_happens(terms: ClosingQuery) -> AnyView {
    let counted = move |pick: fn(&ClosingTerms) -> u32| usize::try_from(terms.of(pick)).unwrap_or(usize::MAX);
    let methods = dynamic(move || match counted(|terms| terms.methods) {
        0 => ().into_any(),
        n => view! { <li>{say(move |w| (w.account().closing.methods)(n))}</li> }.into_any(),
    });
    let on_their_way = dynamic(move || match counted(|terms| terms.payments_on_their_way) {
        0 => ().into_any(),
        n => view! { <li>{say(move |w| (w.account().closing.on_their_way)(n))}</li> }.into_any(),
    });
    view! {
        <section class="pay-sheet" aria-labelledby="what-title">
            <div class="pay-stack">
                <h2 id="what-title">{t(|w| w.account().closing.what)}</h2>
                <ul class="pay-rows pay-rows--close">
                    <li>{t(|w| w.account().closing.signed_out)}</li>
                    {methods}
                    {on_their_way}
                    <li>{t(|w| w.account().closing.kept)}</li>
                    <li>{t(|w| w.account().closing.bills)}</li>
                </ul>
                <p>
                    <a class="pay-link" href=href(Records::Proof)>
                        <Icon sign=Sign::Folder/>{t(|w| w.account().closing.keep_first)}
                    </a>
                </p>
            </div>
        </section>
    }
    .into_any()
}

/// What keeps it open, with the way on.
fn not_yet(terms: ClosingQuery) -> AnyView {
    let deployment = Deployment::here();
    let words = say(move |w| {
        let phone = deployment.contacts().billing_phone;
        let money = |pick: fn(&ClosingTerms) -> contract::Money| {
            let amount = terms.of(|terms| Some(pick(terms)).filter(|amount| !amount.is_zero()));
            amount.map(|amount| format::money(w.locale, amount))
        };
        let w = &w.account().closing;
        if let Some(owed) = money(|terms| terms.owed) {
            (w.owed)(&owed, &phone)
        } else if let Some(balance) = money(|terms| terms.balance) {
            (w.balance)(&balance, &phone)
        } else {
            w.deposit.to_owned()
        }
    });
    view! {
        <div role="status">
            <Notice kind=NoticeKind::Warn title=t(|w| w.account().closing.not_yet) words>
                <p><a class="pay-link" href=href(Records::Balance)>{t(|w| w.account().balance.title)}</a></p>
            </Notice>
        </div>
    }
    .into_any()
}

fn form(own: Closing) -> AnyView {
    let Closing { form, is_agreed, password, .. } = own;
    let (client, session) = (Client::here(), CurrentSession::here());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(order) = form.begin(untrack(|| own.check())) else { return };
        spawn_local(own.close(client.clone(), order));
    };
    view! {
        <section class="pay-sheet">
            <form class="pay-form" novalidate aria-label=say(|w| w.account().closing.title.to_owned()) on:submit=submit>
                {form.notice()}
                {form.summary()}
                <CheckField id="agree" words=t(|w| w.account().closing.agree) value=is_agreed
                    error=form.error(Field::Agree)/>
                <KnownUserId user_id=say(move |_| session.user_id())/>
                <PasswordField id="current-password" label=t(|w| w.account().security.current) value=password hint=None
                    error=form.error(Field::Password) autocomplete="current-password"/>
                <p class="pay-row">
                    <SubmitButton words=t(|w| w.account().closing.close) busy_words=t(|w| w.account().closing.closing)
                        busy=form.is_busy/>
                    <a class="pay-link" href=href(Settings::Profile)>{t(|w| w.account().profile.cancel)}</a>
                </p>
            </form>
        </section>
    }
    .into_any()
}
