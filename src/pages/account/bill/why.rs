//! Why a bill is different from the one before it: a row a charge, with both amounts and what changed it.

use super::entry;
use crate::{
    i18n::{Text, format, say, t},
    navigation::href,
    route::Account,
    ui::list,
};
use contract::{
    Date, Money,
    bill::{
        Bill, BillLine,
        account::AccountBill,
        difference::{Cause, Difference, Differences, differences},
    },
};
use leptos::prelude::*;

/// Nothing for bills whose lines don't add up: nothing is explained by wrong sums.
pub fn why(shown: &AccountBill) -> AnyView {
    let Some(previous) = &shown.previous else { return sheet(first_of(&shown.bill)) };
    match differences(&previous.lines, &shown.bill.lines) {
        Some(found) => sheet(compared(previous, found)),
        None => ().into_any(),
    }
}

fn sheet(body: AnyView) -> AnyView {
    view! {
        <section class="pay-sheet" aria-labelledby="why">
            <div class="pay-stack"><h2 id="why">{t(|w| w.account().bills.why)}</h2>{body}</div>
        </section>
    }
    .into_any()
}

fn first_of(bill: &Bill) -> AnyView {
    let (kind, patient) = (bill.kind, bill.patient.clone());
    view! { <p>{say(move |w| (w.account().bills.no_previous)(kind, &patient))}</p> }.into_any()
}

fn compared(previous: &Bill, found: Differences) -> AnyView {
    let (day, before, now) = (previous.issued, found.before, found.now);
    let scale = Scale::of(&found);
    let rows = (!found.rows.is_empty() || found.rounding_cents != 0).then(|| {
        let rounding = (found.rounding_cents != 0)
            .then(|| entry(t(|w| w.account().bills.rounding), Vec::new(), signed(found.rounding_cents), ().into_any()));
        let last = say(move |w| (w.account().bills.your_part_of)(&format::medium_date(w.locale, day)));
        view! {
            <ul class="pay-rows">
                {entry(last, Vec::new(), money(before), scale.bar(0, before.cents(), false))}
                {list(scale.steps(found.rows), move |(from, found)| row(scale, from, found))}
                {rounding}
                {entry(t(|w| w.account().bills.your_part_now), Vec::new(), money(now), scale.bar(0, now.cents(), true))}
            </ul>
        }
    });
    let link = href(Account::Bill(previous.id.clone()));
    view! {
        <p>{in_one_sentence(day, before, now)}</p>
        {rows}
        <p><a class="pay-link" href=link>{t(|w| w.account().bills.previous)}</a></p>
    }
    .into_any()
}

fn in_one_sentence(day: Date, before: Money, now: Money) -> Text {
    say(move |w| {
        let day = format::medium_date(w.locale, day);
        let by = now.minus(before).or_else(|| before.minus(now)).unwrap_or_default();
        if by.is_zero() {
            return (w.account().bills.no_difference)(&day);
        }
        let (now_in_words, by) = (format::money(w.locale, now), format::money(w.locale, by));
        (w.account().bills.difference)(&now_in_words, &by, now > before, &day)
    })
}

/// One scale for all bars, which begin where the one before ends.
#[derive(Clone, Copy)]
struct Scale {
    before: i64,
    most: i64,
}

impl Scale {
    fn of(found: &Differences) -> Self {
        let mut sum = found.before.cents();
        let before = sum;
        let mut most = before.max(found.now.cents()).max(1);
        for row in &found.rows {
            sum += row.cents;
            most = most.max(sum);
        }
        Self { before, most }
    }

    /// Each difference, and the sum before it.
    fn steps(self, rows: Vec<Difference>) -> Vec<(i64, Difference)> {
        let mut sum = self.before;
        let step = |row: Difference| {
            let from = sum;
            sum += row.cents;
            (from, row)
        };
        rows.into_iter().map(step).collect()
    }

    /// Solid for what is owed, an outline for what was or goes: color is not the sign.
    fn bar(self, from: i64, cents: i64, is_solid: bool) -> AnyView {
        let percent = |cents: i64| {
            let hundredths = cents * 10_000 / self.most;
            format!("{}.{:02}%", hundredths / 100, hundredths % 100)
        };
        let (x, width) = (percent(from.min(from + cents).max(0)), percent(cents.abs()));
        let (class, y, height) = if is_solid { ("pay-flow__you", "0", "100%") } else { ("pay-flow__paid", "1", "85%") };
        view! {
            <svg class="pay-why__pic" aria-hidden="true" focusable="false">
                <rect class=class x=x y=y width=width height=height rx="1"></rect>
            </svg>
        }
        .into_any()
    }
}

fn row(scale: Scale, from: i64, found: Difference) -> AnyView {
    let (change, cause, cents) = (found.change, found.cause, found.cents);
    let line = found.now.as_ref().or(found.before.as_ref());
    let description = line.map(|line| line.description.clone()).unwrap_or_default();
    let what = say(move |w| format!("{}: {description}", (w.account().bills.change)(change)));
    let part = |line: Option<&BillLine>| line.and_then(BillLine::yours);
    let (before, now) = (part(found.before.as_ref()), part(found.now.as_ref()));
    let amounts = say(move |w| {
        let money = |sum| format::money(w.locale, sum);
        (w.account().bills.amounts)(before.map(money).as_deref(), now.map(money).as_deref())
    });
    let mut said = vec![amounts];
    if let Some((before, now)) = found.before.zip(found.now) {
        said.push(say(move |w| {
            let Some(cause) = cause else { return w.account().bills.no_cause.to_owned() };
            let of = |line: &BillLine| match cause {
                Cause::Quantity => line.description.clone(),
                Cause::Price => format::money(w.locale, line.billed),
                Cause::Discount => format::money(w.locale, line.discount),
                Cause::PlanShare => format::money(w.locale, line.plan_paid),
            };
            let [before, now] = [of(&before), of(&now)];
            (w.account().bills.cause)(cause, &before, &now)
        }));
    }
    entry(what, said, signed(cents), scale.bar(from, cents, cents > 0))
}

fn money(sum: Money) -> Text {
    say(move |w| format::money(w.locale, sum))
}

/// `+$300.00`, `−$50.00`, with a true minus.
fn signed(cents: i64) -> Text {
    let sum = Money::from_cents(cents.abs()).unwrap_or_default();
    say(move |w| format!("{}{}", if cents < 0 { "−" } else { "+" }, format::money(w.locale, sum)))
}
