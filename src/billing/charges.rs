//! The charges of a bill as a table; on a narrow sheet each row becomes a small receipt (by the style sheet, which is
//! why the roles are written out: `display` would take them away).

use super::flow::amount;
use crate::{
    i18n::{Language, Pick, Text, format, t},
    ui::list,
};
use contract::{Money, bill::BillLine};
use leptos::prelude::*;

#[component]
pub fn Charges(lines: Vec<BillLine>) -> impl IntoView {
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
    let line = |line: BillLine| {
        let sums = [line.billed, line.discount, line.plan_paid, line.you_paid];
        row(service(line.description, None, line.date_of_service, line.provider), sums, line.you_owe)
    };
    view! {
        <table class="pay-items" role="table">
            <thead role="rowgroup">
                <tr role="row">
                    <th scope="col" class="pay-items__what" role="columnheader">{t(|w| w.pay().amount.service)}</th>
                    {list(columns, head)}
                </tr>
            </thead>
            <tbody role="rowgroup">{list(lines, line)}</tbody>
            <tfoot role="rowgroup">{all}</tfoot>
        </table>
    }
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
