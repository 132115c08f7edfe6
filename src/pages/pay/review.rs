//! Review and pay: everything on one page, each part changeable without losing the rest, the authorisation word for
//! word, and one button that can be pressed once. While the outcome of a payment is unknown, this page says so
//! (`checking`).

mod again;
mod agreement;
mod checking;
mod facts;
mod nothing_taken;

use super::{
    amount::big_sum,
    checkout::{
        Checkout,
        choice::{self, Share},
    },
};
use crate::{
    api::Client,
    attempt::Attempt,
    billing::PAYING,
    browser,
    config::Deployment,
    i18n::{Language, Words, format, say, t},
    navigation::Navigation,
    route::Pay,
    session::{CurrentSession, Session},
    ui::{ErrorLine, ErrorSummary, Failure, Stepper, Waiting, dynamic, page_heading},
};
use again::{Again, AgainBoxes};
use agreement::{authorisation, untick_what_reads_otherwise};
use checking::Checking;
use contract::{
    Amount, Date, Email, Money, PersonName, Region, consent,
    payment::{Method, PaymentDraft, PaymentOrder, Terms},
    portal::Portal,
};
use facts::Facts;
use leptos::{ev::SubmitEvent, html, prelude::*};
use nothing_taken::{NothingTaken, refresh_after_error};
use std::sync::Arc;

/// Everything that is agreed to.
#[derive(Clone, Debug, PartialEq)]
pub struct Review {
    pub shares: Vec<Share>,
    pub method: Method,
    pub source: choice::Source,
    pub payer_name: PersonName,
    pub email: Option<Email>,
    /// What the method pays.
    pub total: Money,
    /// What the balance pays beside it.
    pub from_balance: Money,
    /// The member chose to use that first.
    pub is_balance_first: bool,
    pub fee: Money,
    pub charged: Money,
    pub today: Date,
    /// From which a debit is planned: tomorrow after the cut-off.
    pub debit_day: Date,
    /// Whose bills they are, whatever region the page shows: its fee and its clock are the payment's.
    pub region: Region,
    /// Somebody's whom the member pays for, by the id of the link.
    household: Option<String>,
    portal: Arc<Portal>,
}

/// Why there is nothing to read.
#[derive(Clone, Debug, PartialEq)]
enum Unready {
    /// It is being fetched, or could not be.
    NotLoaded,
    /// A step before this one lacks something.
    Lacks(Pay),
}

/// What was chosen, if it is complete and right. Tracks.
fn review(checkout: Checkout, deployment: Deployment, session: CurrentSession) -> Result<Review, Unready> {
    let draft = checkout.draft.get();
    let (Some(portal), Some(region), Some(bills)) = (deployment.portal(), session.region(), checkout.bill_list())
    else {
        return Err(Unready::NotLoaded);
    };
    let shares = choice::shares(&bills, &draft, portal.limits.min_payment_cents);
    let total = choice::order(&shares).and_then(|_| choice::total(&shares)).ok_or(Unready::Lacks(Pay::Amount))?;
    let email = Some(draft.email.trim()).filter(|email| !email.is_empty()).map(Email::parse).transpose();
    let part = choice::from_balance(&bills, &draft, total, portal.limits.min_payment_cents);
    let (draft, source, total, from_balance) = if total == part {
        let alone = PaymentDraft { method: Some(Method::Balance), ..draft };
        (alone, Some(choice::Source::default()), total, Money::ZERO)
    } else {
        let source = choice::source(&draft);
        (draft, source, total.minus(part).unwrap_or(Money::ZERO), part)
    };
    let (Some(method), Some(source), Ok(payer_name), Ok(email)) =
        (draft.method, source, PersonName::parse(&draft.payer_name), email)
    else {
        return Err(Unready::Lacks(Pay::Method));
    };
    let (today, debit_day) = (bills.today, bills.debit_day.unwrap_or(bills.today));
    let is_balance_first = bills.balance_first && draft.from_balance;
    let (bills, household) = (shares.len(), draft.household);
    let terms = Terms { portal: &portal, region, today, debit_day, method: &method, total, from_balance, bills };
    // a sum that can't be made is shown as no other
    let (fee, charged) = (terms.fee(), terms.charged().ok_or(Unready::Lacks(Pay::Amount))?);
    Ok(Review {
        shares,
        source,
        payer_name,
        email,
        total,
        from_balance,
        is_balance_first,
        fee,
        charged,
        today,
        debit_day,
        region,
        method,
        household,
        portal,
    })
}

impl Review {
    /// As the server makes them.
    fn terms(&self) -> Terms<'_> {
        let Self { portal, region, today, debit_day, method, total, from_balance, .. } = self;
        let (region, today, debit_day, total, from_balance) = (*region, *today, *debit_day, *total, *from_balance);
        Terms { portal, region, today, debit_day, method, total, from_balance, bills: self.shares.len() }
    }

    /// By all means together. No sum that can't be made comes so far.
    fn in_all(&self) -> Money {
        self.charged.plus(self.from_balance).unwrap_or(self.charged)
    }

    /// Each payment of minutes ago was answered for, here or beside its bill.
    fn order(&self, w: &'static Words) -> PaymentOrder {
        PaymentOrder {
            shares: choice::order(&self.shares).unwrap_or_default(),
            token: self.source.token.clone(),
            saved_method: self.source.saved_method.clone(),
            save_method: self.source.save_method,
            save_consent: self.save_consent(w),
            payer_name: self.payer_name.clone(),
            email: self.email.clone(),
            fee: self.fee,
            authorisation: self.authorisation(w),
            locale: w.locale,
            pay_again: false,
            begin_by: None,
            deposit: None,
            from_balance: Amount::new(if self.method == Method::Balance { self.total } else { self.from_balance }),
            household: self.household.clone(),
        }
    }

    /// What is agreed to beside the payment, if the method is to be kept. Word for word, too.
    fn save_consent(&self, w: &'static Words) -> Option<String> {
        let (brand, contacts) = (&self.portal.brand.name, &self.portal.contacts);
        self.source.save_method.then(|| consent::saved_method(brand, &contacts.billing_phone, w.locale))
    }

    /// Word for word what the server stores.
    fn authorisation(&self, w: &'static Words) -> String {
        self.terms().authorisation(&self.payer_name.to_string(), w.locale).unwrap_or_default()
    }
}

#[component]
pub fn ReviewPage() -> impl IntoView {
    let (checkout, deployment, navigation, client) =
        (Checkout::here(), Deployment::here(), Navigation::here(), Client::here());
    let session = CurrentSession::here();
    checkout.arrive();
    let ready = Memo::new(move |_| review(checkout, deployment, session));
    go_on_with_what_was_sent(checkout, session, navigation, client.clone());
    make_the_key(checkout, ready, client);
    browser::effect(move |_| {
        let is_resting = checkout.attempt.with(|attempt| *attempt == Attempt::Resting);
        if let Err(Unready::Lacks(step)) = ready.get()
            && is_resting
            && checkout.is_restored.get()
            // why nothing was taken is read first: this page stays and leads on
            && checkout.error.with(Option::is_none)
            // its bills may have nothing left to choose because they are being paid
            && browser::unfinished_attempt().is_none()
        {
            navigation.replace(step);
        }
    });
    let is_checking =
        Memo::new(move |_| checkout.attempt.with(|attempt| matches!(attempt, Attempt::Unsure(..) | Attempt::Ended(_))));
    dynamic(move || if is_checking.get() { Checking().into_any() } else { reading(checkout, ready) })
}

/// An attempt that was on its way when this page was reloaded or left is asked for before anything else is offered.
/// Nothing but the session is needed for that: bills or a draft that can't be fetched do not keep it waiting.
fn go_on_with_what_was_sent(checkout: Checkout, session: CurrentSession, navigation: Navigation, client: Client) {
    let is_asked = StoredValue::new(false);
    browser::effect(move |_| {
        let may_ask = session.with(Session::has_access);
        if is_asked.get_value() || !may_ask {
            return;
        }
        is_asked.set_value(true);
        if let Some(key) = browser::unfinished_attempt() {
            checkout.resume(client.clone(), navigation, key, session.server_now());
        }
    });
}

/// With the review, from the intent: a reload, a step back or a second tab finds it with the draft and sends under the
/// same one.
fn make_the_key(checkout: Checkout, ready: Memo<Result<Review, Unready>>, client: Client) {
    browser::effect(move |_| {
        let is_resting = checkout.attempt.with(|attempt| *attempt == Attempt::Resting);
        if ready.with(Result::is_ok) && is_resting && checkout.draft.with(|draft| draft.key.is_none()) {
            _ = checkout.key(&client);
        }
    });
}

fn reading(checkout: Checkout, ready: Memo<Result<Review, Unready>>) -> AnyView {
    let h1 = page_heading(t(|w| w.pay().review.title));
    let refused = RwSignal::new(0);
    let is_agreed = RwSignal::new(false);
    let again = Again::new(checkout, ready);
    let language = Language::here();
    let lines = Signal::derive(move || {
        if refused.get() == 0 {
            return Vec::new();
        }
        let agree = || ErrorLine { id: "agree".to_owned(), words: language.words().pay().review.unticked.to_owned() };
        let mut lines = again.unticked(language.words());
        lines.extend((!is_agreed.get()).then(agree));
        lines
    });
    untick_what_reads_otherwise(ready, is_agreed);
    let body = dynamic(move || match ready.get() {
        Ok(review) => view! { <Agreement checkout review is_agreed again refused/> }.into_any(),
        Err(Unready::Lacks(_)) if checkout.error.with(Option::is_some) => ().into_any(),
        Err(_) => could_not_load(checkout),
    });
    view! {
        <div class="pay-journey pay-review">
            <div class="pay-journey__head">
                <Stepper steps=&PAYING step=4 is_member=CurrentSession::here().is_member()/>
                <h1 tabindex="-1" node_ref=h1>{t(|w| w.pay().review.title)}</h1>
                <NothingTaken checkout ready/>
                <ErrorSummary lines submits=refused/>
            </div>
            {body}
        </div>
    }
    .into_any()
}

fn could_not_load(checkout: Checkout) -> AnyView {
    let client = Client::here();
    let failed = Signal::derive(move || checkout.bills.with(|bills| bills.error().cloned()));
    let retry = Callback::new(move |()| checkout.fetch(client.clone()));
    dynamic(move || match failed.get() {
        Some(_) => view! { <Failure error=failed on_retry=retry/> }.into_any(),
        None => view! { <Waiting rows=7/> }.into_any(),
    })
}

/// The facts, the text, the box that is never ticked for the member, and the button.
#[component]
fn Agreement(
    checkout: Checkout,
    review: Review,
    is_agreed: RwSignal<bool>,
    again: Again,
    refused: RwSignal<u32>,
) -> impl IntoView {
    let (language, navigation, client) = (Language::here(), Navigation::here(), Client::here());
    let button = NodeRef::<html::Button>::new();
    let review = StoredValue::new(review);
    let charged = review.with_value(Review::in_all);
    let session = CurrentSession::here();
    refresh_after_error(checkout, session, client.clone());
    let pay = move |event: SubmitEvent| {
        event.prevent_default();
        if checkout.attempt.with_untracked(Attempt::is_on_its_way) {
            return;
        }
        if !is_agreed.get_untracked() || !untrack(|| again.is_answered()) {
            refused.update(|n| *n += 1);
            return;
        }
        // at once, not by a later drawing: a second press must find it disabled
        if let Some(button) = button.get_untracked() {
            browser::enable(&button, false);
        }
        let Some(key) = checkout.key(&client) else { return };
        let order = review.with_value(|review| review.order(language.words_now()));
        checkout.submit(client.clone(), navigation, order, key, charged, session.server_now());
    };
    view! {
        <form class="pay-sheet" novalidate on:submit=pay>
            <div class="pay-stack pay-stack--roomy">
                <Facts review/>
                <hr class="pay-tear"/>
                <div class="pay-split"><h2>{t(|w| w.pay().review.you_pay_now)}</h2><p>{big_sum(charged)}</p></div>
                <AgainBoxes again refused/>
                {authorisation(review, is_agreed, refused)}
                {pay_button(checkout, charged, button)}
            </div>
        </form>
    }
}

/// Disabled by the press itself, and enabled again when nothing is on its way.
fn pay_button(checkout: Checkout, charged: Money, button: NodeRef<html::Button>) -> AnyView {
    let is_sending = Memo::new(move |_| checkout.attempt.with(Attempt::is_on_its_way));
    browser::effect(move |_| {
        if let (false, Some(button)) = (is_sending.get(), button.get()) {
            browser::enable(&button, true);
        }
    });
    let words = say(move |w| {
        if is_sending.get() {
            w.pay().review.paying.to_owned()
        } else {
            (w.pay().review.pay)(&format::money(w.locale, charged))
        }
    });
    view! {
        <div class="pay-stack pay-stack--tight">
            <button class="pay-button pay-button--main pay-button--big pay-button--full" type="submit" node_ref=button
                aria-busy=move || is_sending.get().then_some("true")>
                <span>{words}</span>
            </button>
            <p class="pay-note">{t(|w| w.pay().review.press_once)}</p>
        </div>
    }
    .into_any()
}
