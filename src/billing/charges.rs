//! The charges of a bill as a table; on a narrow sheet each row becomes a small receipt (by the style sheet, which is
//! why the roles are written out: `display` would take them away).

use super::flow::amount;
use crate::{
    i18n::{Language, Pick, Text, format, say, t},
    ui::list,
};
use contract::{Money, bill::BillLine};
use leptos::prelude::*;

/// So many charges are shown at first.
const FIRST: usize = 10;

#[component]
pub fn Charges(
    lines: Vec<BillLine>,
    /// What stands below each, by its place.
    #[prop(optional_no_strip)]
    below: Option<Callback<(usize, BillLine), AnyView>>,
    /// All at once, as for paper.
    #[prop(optional)]
    whole: bool,
) -> impl IntoView {
    let sum = |of: fn(&BillLine) -> Money| Money::sum(lines.iter().map(of)).unwrap_or(Money::ZERO);
    let all = row(
        view! { {t(|w| w.pay().amount.all_charges)} }.into_any(),
        [sum(|line| line.billed), sum(|line| line.discount), sum(|line| line.plan_paid), sum(|line| line.you_paid)],
        sum(|line| line.you_owe),
    );
    let head = |words: Pick| view! { <th scope="col" role="columnheader">{t(words)}</th> }.into_any();
    let columns: [Pick; 5] = [
        |w| w.pay().amount.billed,
        |w| w.pay().amount.discount,
        |w| w.pay().amount.plan_paid,
        |w| w.pay().amount.you_paid,
        |w| w.pay().amount.owe,
    ];
    let count = lines.len();
    let mut first: Vec<_> = lines.into_iter().enumerate().collect();
    let rest = first.split_off(if whole { count } else { count.min(FIRST) });
    let is_whole = RwSignal::new(false);
    // on paper all of them
    let more = (!rest.is_empty()).then(|| {
        let is_hidden = move || !is_whole.get();
        view! { <tbody role="rowgroup" hidden=is_hidden>{list(rest, move |of| charge(of, below))}</tbody> }
    });
    let turn = (count > FIRST && !whole).then(|| turn(is_whole, count));
    view! {
        <table class="pay-items" role="table">
            <thead role="rowgroup">
                <tr role="row">
                    <th scope="col" class="pay-items__what" role="columnheader">{t(|w| w.pay().amount.service)}</th>
                    {list(columns, head)}
                </tr>
            </thead>
            <tbody role="rowgroup">{list(first, move |of| charge(of, below))}</tbody>
            {more}
            <tfoot role="rowgroup">{all}</tfoot>
        </table>
        {turn}
    }
}

fn turn(is_whole: RwSignal<bool>, count: usize) -> AnyView {
    let words =
        say(
            move |w| {
                if is_whole.get() { w.pay().amount.first_charges.to_owned() } else { (w.pay().amount.all_of)(count) }
            },
        );
    let expanded = Signal::derive(move || is_whole.get().to_string());
    view! {
        <p data-print="no">
            <button class="pay-button" type="button" aria-expanded=expanded on:click=move |_| is_whole.update(|is| *is = !*is)>{words}</button>
        </p>
    }
    .into_any()
}

fn charge((at, line): (usize, BillLine), below: Option<Callback<(usize, BillLine), AnyView>>) -> AnyView {
    let sums = [line.billed, line.discount, line.plan_paid, line.you_paid];
    let below = below.map(|below| {
        let below = below.run((at, line.clone()));
        view! { <tr class="pay-items__below" role="row"><td colspan="6" role="cell">{below}</td></tr> }
    });
    let own = row(service(line.description, None, line.date_of_service, line.provider), sums, line.you_owe);
    view! { {own} {below} }.into_any()
}

/// The service, which may be paid in part, its date and its provider.
pub fn service(description: String, part: Option<Text>, date: contract::Date, provider: String) -> AnyView {
    let language = Language::here();
    let when = Text::derive(move || format!("{} · {provider}", format::medium_date(language.0.get(), date)));
    view! { <b>{description}{part.map(Text::into_any)}</b><small>{when}</small> }.into_any()
}

fn row(what: AnyView, [billed, discount, plan_paid, you_paid]: [Money; 4], owe: Money) -> AnyView {
    let cell = |(sum, is_less, label): (Money, bool, Pick)| {
        let is_zero = sum.is_zero().then_some("");
        view! {
            <td class="pay-items__n" role="cell" data-label=t(label) data-zero=is_zero>{amount(sum, is_less && !sum.is_zero())}</td>
        }
        .into_any()
    };
    let cells: [(Money, bool, Pick); 4] = [
        (billed, false, |w| w.pay().amount.billed),
        (discount, true, |w| w.pay().amount.discount),
        (plan_paid, true, |w| w.pay().amount.plan_paid),
        (you_paid, true, |w| w.pay().amount.you_paid),
    ];
    view! {
        <tr role="row">
            <th scope="row" class="pay-items__what" role="rowheader">{what}</th>
            {list(cells, cell)}
            <td class="pay-items__owe" role="cell">{amount(owe, false)}</td>
        </tr>
    }
    .into_any()
}
