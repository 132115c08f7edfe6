//! The attempt to make a deposit: sent once, and asked about under its key until the server says what became of it,
//! also after a reload. While it is on its way there is no form for another. What follows from what is decided in the
//! state machine of a payment's attempt.

use super::kept::keep;
use crate::{
    api::Client,
    attempt::{Act, Attempt, Event, Sent},
    browser,
    config::Deployment,
    error::ApiError,
    i18n::{say, t},
    navigation::Navigation,
    route::Pay,
    session::{CurrentSession, Session},
    ui::{Notice, NoticeKind, dynamic, with_phone},
};
use contract::{Instant, balance::DepositOrder};
use gloo_timers::future::TimeoutFuture;
use leptos::{html, prelude::*, task::spawn_local};

/// How long after the press the deposit may begin.
const MAY_BEGIN_MILLIS: i64 = 15_000;

#[derive(Clone, Copy)]
pub struct DepositAttempt {
    attempt: RwSignal<Attempt>,
    /// Why nothing was taken.
    pub error: RwSignal<Option<ApiError>>,
    /// What was sent never reached the server.
    pub never_arrived: RwSignal<bool>,
    client: StoredValue<Client>,
    navigation: Navigation,
    session: CurrentSession,
}

impl DepositAttempt {
    /// Goes on with what this tab sent before.
    pub fn new() -> Self {
        let this = Self {
            attempt: RwSignal::default(),
            error: RwSignal::new(None),
            never_arrived: RwSignal::new(false),
            client: StoredValue::new(Client::here()),
            navigation: Navigation::here(),
            session: CurrentSession::here(),
        };
        let is_asked = StoredValue::new(false);
        browser::effect(move |_| {
            if !this.session.with(Session::is_member) || is_asked.get_value() {
                return;
            }
            is_asked.set_value(true);
            if let Some(key) = browser::unfinished_attempt() {
                this.dispatch(Event::Resumed(Sent { key, begin_by: this.begin_by() }), None);
            }
        });
        this
    }

    pub fn begin_by(self) -> Instant {
        self.session.server_now().plus_millis(MAY_BEGIN_MILLIS)
    }

    /// Tracks.
    pub fn is_sending(self) -> bool {
        self.attempt.with(|attempt| matches!(attempt, Attempt::Sending(_)))
    }

    /// It was sent and nothing is known of it. Tracks.
    pub fn is_unsure(self) -> bool {
        self.attempt.with(|attempt| matches!(attempt, Attempt::Unsure(..) | Attempt::Ended(_)))
    }

    /// Under a key of its own: it is sent once, and a second one only when the server has said that the first came to
    /// nothing.
    pub fn send(self, order: DepositOrder) {
        let (Some(key), Some(begin_by)) = (browser::random_key(), order.begin_by) else { return };
        self.error.set(None);
        self.never_arrived.set(false);
        self.dispatch(Event::Pressed(Sent { key, begin_by }), Some(order));
    }

    fn dispatch(self, event: Event, order: Option<DepositOrder>) {
        let mut act = Act::Nothing;
        // a page that was left has none: the next one asks
        _ = self.attempt.try_update(|attempt| (*attempt, act) = std::mem::take(attempt).after(event));
        match act {
            Act::Nothing => {}
            Act::Send(sent) => {
                let Some(order) = order else { return };
                browser::set_tab_storage(browser::ATTEMPT, Some(&sent.key.to_string()));
                let client = self.client.get_value();
                spawn_local(async move {
                    let answer = client.deposit(&order, &sent.key).await;
                    self.dispatch(Event::Answered(answer.map(|payment| payment.id)), None);
                });
            }
            Act::Ask(sent, wait) => {
                let client = self.client.get_value();
                spawn_local(async move {
                    TimeoutFuture::new(wait).await;
                    let answer = client.payment_by_key(&sent.key, sent.begin_by).await;
                    let event = Event::of_question(answer);
                    // of somebody who used this tab before: this member's form waits for nothing
                    if event == Event::VisitEnded {
                        browser::set_tab_storage(browser::ATTEMPT, None);
                        _ = self.attempt.try_set(Attempt::Resting);
                        return;
                    }
                    self.dispatch(event, None);
                });
            }
            Act::Show(id) => {
                let client = self.client.get_value();
                self.navigation.replace(Pay::Payment(id));
                spawn_local(async move { _ = keep(&client, None).await });
            }
            Act::Refuse(error) => {
                browser::set_tab_storage(browser::ATTEMPT, None);
                self.error.set(Some(error));
            }
            Act::SayNeverArrived(_) => {
                browser::set_tab_storage(browser::ATTEMPT, None);
                self.never_arrived.set(true);
            }
        }
    }

    fn tries(self) -> u32 {
        self.attempt.with(|attempt| if let Attempt::Unsure(_, tries) = attempt { tries + 1 } else { 0 })
    }
}

/// In place of the form while nothing is known.
pub fn checking(attempt: DepositAttempt) -> AnyView {
    let deployment = Deployment::here();
    let heading = NodeRef::<html::H2>::new();
    browser::effect(move |_| {
        if let Some(heading) = heading.get() {
            browser::focus_and_show(heading);
        }
    });
    let tried = say(move |w| (w.pay().review.tries)(attempt.tries()));
    view! {
        <section class="pay-sheet" aria-labelledby="add" aria-busy="true">
            <div class="pay-stack">
                <h2 id="add" tabindex="-1" node_ref=heading>{t(|w| w.account().balance.checking)}</h2>
                <p>{t(|w| w.pay().review.checking_lead)} " " <b>{t(|w| w.pay().review.dont_pay_again)}</b></p>
                <p class="pay-note">{t(|w| w.pay().review.asking)} ": " {tried}</p>
                <p>{with_phone(say(move |w| (w.pay().review.can_close)(&deployment.contacts().billing_phone)))}</p>
            </div>
        </section>
    }
    .into_any()
}

/// Said above the button, also after a reload.
pub fn never_arrived(attempt: DepositAttempt) -> AnyView {
    dynamic(move || {
        let notice = || {
            view! { <Notice kind=NoticeKind::Warn words=t(|w| w.account().balance.lost)/> }
        };
        attempt.never_arrived.get().then(notice).into_any()
    })
}
