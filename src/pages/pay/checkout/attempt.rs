//! The attempt to pay: its key, sending the order, asking what became of it, and what is shown then. What follows from
//! what is decided in the state machine of an attempt.

use super::{Checkout, Lost, Other};
use crate::{
    api::Client,
    attempt::{Act, Attempt, Event, Sent},
    browser,
    navigation::Navigation,
    route::Pay,
};
use contract::{IdempotencyKey, Instant, Money, payment::PaymentOrder};
use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};

/// Set in this tab's storage while an attempt may be on its way.
const KEY: &str = browser::ATTEMPT;

/// How long after Pay was pressed a payment may begin. Long enough for a slow network; when the response is lost, the
/// page shows for as long that it is checking.
const MAY_BEGIN_MILLIS: i64 = 15_000;

impl Checkout {
    /// The key of this intent: the one it has, or a new one, kept here and with the session.
    pub fn key(self, client: &Client) -> Option<IdempotencyKey> {
        if let Some(key) = self.draft.with_untracked(|draft| draft.key.clone()) {
            return Some(key);
        }
        let key = browser::random_key()?;
        self.draft.update(|draft| draft.key = Some(key.clone()));
        let client = client.clone();
        spawn_local(async move { _ = self.keep(&client).await });
        Some(key)
    }

    /// Pay was pressed, at this moment by the server's clock.
    pub fn submit(
        self,
        client: Client,
        navigation: Navigation,
        mut order: PaymentOrder,
        key: IdempotencyKey,
        charged: Money,
        now: Instant,
    ) {
        let begin_by = now.plus_millis(MAY_BEGIN_MILLIS);
        order.begin_by = Some(begin_by);
        self.clear_error();
        self.sent.set(Some((charged, browser::now())));
        self.dispatch(client, navigation, Event::Pressed(Sent { key, begin_by }), Some(order));
    }

    /// Goes on asking for a key that was sent before this page came up. It may begin no later than if it were sent now.
    pub fn resume(self, client: Client, navigation: Navigation, key: IdempotencyKey, now: Instant) {
        let begin_by = now.plus_millis(MAY_BEGIN_MILLIS);
        if !self.attempt.with_untracked(Attempt::is_on_its_way) {
            self.sent.set(None);
        }
        self.dispatch(client, navigation, Event::Resumed(Sent { key, begin_by }), None);
    }

    /// The outcome was shown: the next payment starts afresh.
    pub fn finish(self) {
        browser::set_tab_storage(KEY, None);
        self.attempt.set(Attempt::Resting);
        self.clear_error();
    }

    /// A closed key can't be used again: pressing Pay again makes a new one.
    fn forget_key(self) {
        browser::set_tab_storage(KEY, None);
        self.draft.update(|draft| draft.key = None);
    }

    fn dispatch(self, client: Client, navigation: Navigation, event: Event, order: Option<PaymentOrder>) {
        let mut act = Act::Nothing;
        self.attempt.update(|attempt| {
            let (next, todo) = std::mem::take(attempt).after(event);
            *attempt = next;
            act = todo;
        });
        match act {
            Act::Nothing => {}
            Act::Send(sent) => {
                browser::set_tab_storage(KEY, Some(&sent.key.to_string()));
                spawn_local(async move {
                    let Some(order) = order else { return };
                    let answer = client.pay(&order, &sent.key).await.map(|payment| payment.id);
                    self.dispatch(client, navigation, Event::Answered(answer), Some(order));
                });
            }
            Act::Ask(sent, wait) => {
                browser::set_tab_storage(KEY, Some(&sent.key.to_string()));
                spawn_local(async move {
                    TimeoutFuture::new(wait).await;
                    let answer = client.payment_by_key(&sent.key, sent.begin_by).await;
                    let event = Event::of_question(answer);
                    // if Pay was pressed here, the page shows that this visit ended; if the bills were found since, a
                    // notice says so and they can be paid
                    if event == Event::VisitEnded && self.sent.with_untracked(Option::is_none) {
                        self.finish();
                        self.other.set(Some(Other::WasPaid));
                        return navigation.replace(Pay::Amount);
                    }
                    self.dispatch(client, navigation, event, order);
                });
            }
            Act::Show(id) => navigation.replace(Pay::Payment(id)),
            Act::Refuse(error) => {
                self.forget_key();
                self.error.set(Some(error));
            }
            Act::SayNeverArrived(key) => {
                // the draft of a visit has its key; that of a later visit, or of somebody else's bills, has another or
                // none
                let is_ours = self.draft.with_untracked(|draft| draft.key == Some(key));
                self.forget_key();
                self.never_arrived.set(Some(if is_ours { Lost::Ours } else { Lost::OfBefore }));
            }
        }
    }
}
