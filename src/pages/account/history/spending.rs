//! What was paid in each of the last months, by kind of bill: a sentence about this month and the last, a drawn chart,
//! and the same figures as a table.

use crate::{
    i18n::{Pick, Text, format, say, t},
    ui::{Icon, Sign, list},
};
use contract::{
    Money,
    bill::BillKind,
    payment::{MonthSpending, Spending},
};
use leptos::prelude::*;

/// A part of a bar, by its name in the style sheet.
type Part = (&'static str, fn(&MonthSpending) -> Money, Pick);

/// From the foot of a bar upwards.
const PARTS: [Part; 5] = [
    ("pay-spend__premium", |month| month.premium, |w| (w.pay().amount.kind_short)(BillKind::Premium)),
    ("pay-spend__professional", |month| month.professional, |w| (w.pay().amount.kind_short)(BillKind::Professional)),
    ("pay-spend__hospital", |month| month.hospital, |w| (w.pay().amount.kind_short)(BillKind::Hospital)),
    ("pay-spend__household", |month| month.household, |w| (w.pay().amount.kind_short)(BillKind::Household)),
    ("pay-spend__fees", |month| month.card_fees, |w| w.account().history.fees),
];

/// Nothing before the first payment.
pub fn spending(spent: Spending) -> AnyView {
    let months = spent.months;
    let (Some(first), Some(this)) = (months.first().map(|month| month.month), months.last().cloned()) else {
        return ().into_any();
    };
    if months.iter().all(|month| month.total.is_zero()) {
        return ().into_any();
    }
    let last = months.iter().rev().nth(1).cloned();
    let sentence = last.map(|last| view! { <p>{against(&this, &last)}</p> });
    let range = say(move |w| {
        let [first, last] = [first, this.month].map(|month| format::month(w.locale, month));
        (w.account().history.months)(&first, &last)
    });
    view! {
        <section class="pay-sheet" aria-labelledby="spent">
            <div class="pay-stack">
                <div>
                    <h2 id="spent">{t(|w| w.account().history.spent)}</h2>
                    <p class="pay-note">{range}</p>
                </div>
                {sentence}
                {legend(&months)}
                {bars(&months)}
                <details class="pay-more">
                    <summary>{t(|w| w.account().history.as_table)}<Icon sign=Sign::Down/></summary>
                    {table(months)}
                </details>
            </div>
        </section>
    }
    .into_any()
}

fn against(this: &MonthSpending, last: &MonthSpending) -> Text {
    let (now, before, month) = (this.total, last.total, last.month);
    say(move |w| {
        let by = now.minus(before).or_else(|| before.minus(now)).unwrap_or_default();
        let [now_said, by] = [now, by].map(|sum| format::money(w.locale, sum));
        (w.account().history.this_month)(&now_said, &by, now.cmp(&before), &format::month(w.locale, month))
    })
}

fn money(sum: Money) -> Text {
    say(move |w| format::money(w.locale, sum))
}

/// Nothing if it is more than money can be here.
fn sum_of(months: &[MonthSpending], of: fn(&MonthSpending) -> Money) -> Option<Money> {
    Money::sum(months.iter().map(of))
}

fn legend(months: &[MonthSpending]) -> AnyView {
    let parts = PARTS.into_iter().filter_map(|(name, of, words)| Some((name, sum_of(months, of)?, words)));
    let one = |(name, sum, words): (&'static str, Money, Pick)| {
        let square = view! { <svg viewBox="0 0 16 16" aria-hidden="true">{bar(name, "0".into(), "100%".into(), "0", "100%")}</svg> };
        view! { <li>{square}{t(words)} <b>{money(sum)}</b></li> }.into_any()
    };
    view! {
        {hatch()}
        <ul class="pay-row pay-spend__legend">{list(parts.filter(|(_, sum, _)| !sum.is_zero()), one)}</ul>
    }
    .into_any()
}

/// The pattern that tells a hospital's part without its color.
fn hatch() -> AnyView {
    view! {
        <svg class="pay-hidden" aria-hidden="true">
            <defs>
                <pattern id="spend-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                    <line class="pay-hatch" x1="0" x2="0" y2="6"></line>
                </pattern>
            </defs>
        </svg>
    }
    .into_any()
}

fn bar(name: &'static str, y: String, height: String, x: &'static str, width: &'static str) -> AnyView {
    let fill = (name == "pay-spend__hospital").then_some("url(#spend-hatch)");
    view! { <rect class=name x=x y=y width=width height=height fill=fill></rect> }.into_any()
}

/// Lines above the foot of the chart, each with its figure. The height is half a step more, for the highest figure.
const LINES: i64 = 3;

/// Dollars of which a chart can be marked, in cents: the smallest of 1, 2, 5, 10, 20, 50 and so on with which the
/// highest bar ends below the last line.
fn step(most: i64) -> i64 {
    let mut dollars = [1, 2, 5];
    loop {
        if let Some(fit) = dollars.iter().map(|dollars| dollars * 100).find(|step| step * LINES >= most) {
            return fit;
        }
        dollars = dollars.map(|dollars| dollars * 10);
    }
}

/// The figures at the side, above their lines.
fn axis(step: i64, whole: i64) -> AnyView {
    let figure = |at: i64| {
        let sum = Money::from_cents(at * step).unwrap_or_default();
        let words = say(move |w| format::money(w.locale, sum).trim_end_matches(".00").to_owned());
        let y = percent(whole - at * step, whole);
        // a figure alone: the elements that keep a page's translator off it are none that SVG draws
        view! { <text y=y dy="-.2em" font-size=".8125em" fill="currentColor" translate="no">{move || words.get()}</text> }.into_any()
    };
    view! { <div><svg>{list(0..=LINES, figure)}</svg></div> }.into_any()
}

fn lines(step: i64, whole: i64) -> AnyView {
    let line = |at: i64| {
        let y = percent(whole - at * step, whole);
        view! { <line x2="100%" y1=y.clone() y2=y stroke="currentColor" stroke-opacity=".15"></line> }.into_any()
    };
    list(1..=LINES, line)
}

/// A month each, on one scale; the table says the same.
fn bars(months: &[MonthSpending]) -> AnyView {
    let most = months.iter().map(|month| month.total.cents()).max().unwrap_or(0).max(1);
    let step = step(most);
    let whole = step * LINES + step / 2;
    let month = move |month: &MonthSpending| {
        let mut foot = 0;
        let parts = PARTS.into_iter().filter_map(|(name, of, _)| {
            let cents = of(month).cents();
            foot += cents;
            (cents > 0).then(|| bar(name, percent(whole - foot, whole), percent(cents, whole), "12%", "76%"))
        });
        let parts: Vec<AnyView> = parts.collect();
        let day = month.month;
        let name = say(move |w| format::month(w.locale, day).chars().take(3).collect());
        view! { <div><svg>{lines(step, whole)}{parts}</svg><small>{name}</small></div> }.into_any()
    };
    view! { <div class="pay-spend" aria-hidden="true">{axis(step, whole)}{list(months, month)}</div> }.into_any()
}

/// Two places, without floating point.
fn percent(part: i64, whole: i64) -> String {
    let hundredths = part * 10_000 / whole;
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

/// The newest month first. On a phone each month is a small receipt.
fn table(mut months: Vec<MonthSpending>) -> AnyView {
    months.reverse();
    let head = |(_, _, words): Part| view! { <th scope="col" role="columnheader">{t(words)}</th> }.into_any();
    let row = |month: MonthSpending| {
        let day = month.month;
        let cell = |(_, of, words): Part| {
            let sum = of(&month);
            let is_zero = sum.is_zero().then_some("");
            view! {
                <td class="pay-items__n" role="cell" data-label=t(words) data-zero=is_zero>{money(sum)}</td>
            }
            .into_any()
        };
        view! {
            <tr role="row">
                <th scope="row" class="pay-items__what" role="rowheader">{say(move |w| format::month(w.locale, day))}</th>
                {list(PARTS, cell)}
                <td class="pay-items__owe" role="cell">{money(month.total)}</td>
            </tr>
        }
        .into_any()
    };
    view! {
        <table class="pay-items" role="table">
            <thead role="rowgroup">
                <tr role="row">
                    <th scope="col" class="pay-items__what" role="columnheader">{t(|w| w.account().history.month)}</th>
                    {list(PARTS, head)}
                    <th scope="col" role="columnheader">{t(|w| w.account().history.total)}</th>
                </tr>
            </thead>
            <tbody role="rowgroup">{list(months, row)}</tbody>
        </table>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_of_the_chart_are_round_and_the_highest_bar_ends_below_the_last() {
        for (most, dollars) in
            [(1, 1), (300, 1), (301, 2), (31_840, 200), (60_000, 200), (60_001, 500), (10_000_000, 50_000)]
        {
            assert_eq!(step(most), dollars * 100, "{most}");
        }
    }
}
