//! The statement of a balance, a row a change with the balance after it, the newest first; above them what is on its
//! way and does not count yet.

use crate::{
    api::Client,
    error::ApiError,
    i18n::{Text, format, say, t},
    navigation::href,
    route::Pay,
    session::CurrentSession,
    ui::{Failure, Icon, Sign, dynamic, list},
};
use contract::{
    Instant, Money,
    balance::{Balance, BalanceChange, BalanceReason},
    payment::PaymentSummary,
};
use leptos::{prelude::*, task::spawn_local};

#[component]
pub fn Statement(balance: Balance) -> impl IntoView {
    let client = StoredValue::new(Client::here());
    let then = then(&balance);
    let on_their_way: Vec<AnyView> = balance.on_their_way.into_iter().zip(then).map(waiting).collect();
    let changes = RwSignal::new(balance.changes);
    let (next, error) = (RwSignal::new(balance.next), RwSignal::new(None::<ApiError>));
    let is_empty = on_their_way.is_empty() && changes.with_untracked(Vec::is_empty);
    let more = move || {
        let client = client.get_value();
        spawn_local(async move {
            let answer = client.balance(next.get_untracked().as_deref()).await;
            // the page may have been left
            match answer {
                Ok(page) => {
                    _ = changes.try_update(|changes| changes.extend(page.changes));
                    _ = next.try_set(page.next);
                    _ = error.try_set(None);
                }
                Err(why) => _ = error.try_set(Some(why)),
            }
        });
    };
    let older = dynamic(move || {
        if next.with(Option::is_none) {
            return ().into_any();
        }
        view! {
            <p><button class="pay-link" type="button" on:click=move |_| more()>{t(|w| w.account().balance.older)}</button></p>
        }
        .into_any()
    });
    if is_empty {
        return view! { <p>{t(|w| w.account().balance.empty)}</p> }.into_any();
    }
    let heads = [
        ("pay-run__date", t(|w| w.account().balance.date)),
        ("pay-run__what", t(|w| w.account().balance.what)),
        ("pay-run__sum", t(|w| w.account().balance.sum)),
        ("pay-run__left", t(|w| w.account().balance.after)),
    ];
    let head = |(class, words): (&'static str, Text)| {
        view! { <th scope="col" role="columnheader" class=class>{words}</th> }.into_any()
    };
    view! {
        <h3 id="run">{t(|w| w.account().balance.run)}</h3>
        <table class="pay-run" role="table" aria-labelledby="run">
            <thead role="rowgroup"><tr role="row">{list(heads, head)}</tr></thead>
            <tbody role="rowgroup">
                {on_their_way}
                {dynamic(move || list(changes.get(), change).into_any())}
            </tbody>
        </table>
        <Failure error/>
        {older}
    }
    .into_any()
}

/// The balance once each of them has cleared, and those that were made before it.
fn then(balance: &Balance) -> Vec<Option<Money>> {
    let mut left = Vec::new();
    for at in 0..balance.on_their_way.len() {
        let before = balance.on_their_way.get(at..).unwrap_or_default().to_vec();
        left.push(Balance { on_their_way: before, ..balance.clone() }.if_cleared());
    }
    left
}

/// A deposit that does not count yet.
fn waiting((deposit, then): (PaymentSummary, Option<Money>)) -> AnyView {
    let sum = deposit.deposit.unwrap_or(deposit.charged);
    let expected = deposit
        .expected_on
        .map(|on| say(move |w| format!(". {}", (w.account().overview.expected)(&format::short_date(w.locale, on)))));
    let state = state(t(|w| w.account().balance.not_counted));
    let what = what(deposit.id, BalanceReason::Deposit, deposit.created_at);
    let method = say(move |w| (w.pay().method.known)(&deposit.method));
    let left =
        say(move |w| then.map(|then| (w.account().balance.then)(&format::money(w.locale, then))).unwrap_or_default());
    view! {
        <tr role="row" data-state="processing">
            {date(deposit.created_at)}
            <th scope="row" role="rowheader" class="pay-run__what">{what}<small>{method}{expected.map(Text::into_any)}</small>{state}</th>
            <td role="cell" class="pay-run__sum">{say(move |w| signed(&format::money(w.locale, sum), true))}</td>
            <td role="cell" class="pay-run__left">{left}</td>
        </tr>
    }
    .into_any()
}

fn state(words: Text) -> AnyView {
    view! {
        <span class="pay-state" data-state="processing"><Icon sign=Sign::Clock/><span>{words}</span></span>
    }
    .into_any()
}

fn change(change: BalanceChange) -> AnyView {
    let BalanceChange { at, why, is_in, amount, after, payment, method, is_on_its_way, .. } = change;
    let label = t(|w| w.account().balance.title);
    let on_its_way = is_on_its_way.then(|| state(t(|w| w.account().bills.on_its_way)));
    let state = (why == BalanceReason::Returned).then_some("returned");
    view! {
        <tr role="row" data-state=state>
            {date(at)}
            <th scope="row" role="rowheader" class="pay-run__what">
                {what(payment, why, at)}<small>{say(move |w| (w.pay().method.known)(&method))}</small>{on_its_way}
            </th>
            <td role="cell" class="pay-run__sum">
                {say(move |w| signed(&format::money(w.locale, amount), is_in))}
            </td>
            <td role="cell" class="pay-run__left" data-label=label>
                {say(move |w| format::money(w.locale, after))}
            </td>
        </tr>
    }
    .into_any()
}

/// What happened, with a link to the payment that did it.
fn what(payment: String, why: BalanceReason, at: Instant) -> AnyView {
    let zone = CurrentSession::here().time_zone();
    let label =
        say(move |w| (w.account().overview.details)((w.account().balance.why)(why), &format::day(w.locale, at, zone)));
    view! {
        <b><a href=href(Pay::Payment(payment)) aria-label=label>{say(move |w| (w.account().balance.why)(why).to_owned())}</a></b>
    }
    .into_any()
}

fn date(at: Instant) -> AnyView {
    let zone = CurrentSession::here().time_zone();
    let day = say(move |w| format::day(w.locale, at, zone));
    view! { <td role="cell" class="pay-run__date">{day}</td> }.into_any()
}

/// With a true minus.
fn signed(amount: &str, is_in: bool) -> String {
    format!("{}{amount}", if is_in { '+' } else { '\u{2212}' })
}
