//! "Where the money went": a real table whose rows draw themselves on one scale, from what was billed down to what is
//! owed. SVG with percent attributes; no style attributes.

use crate::{
    i18n::{Language, Pick, Text, format, t},
    ui::list,
};
use contract::{
    Money,
    bill::{Bill, BillLine},
};
use leptos::prelude::*;

/// The five sums of one bill.
#[derive(Clone, Copy)]
pub struct Flow {
    pub billed: Money,
    pub discount: Money,
    pub plan_paid: Money,
    pub you_paid: Money,
    pub owed: Money,
}

/// Of a bill's lines and its balance.
pub fn flow_of(bill: &Bill) -> Flow {
    let sum = |of: fn(&BillLine) -> Money| Money::sum(bill.lines.iter().map(of)).unwrap_or(Money::ZERO);
    Flow {
        billed: sum(|line| line.billed),
        discount: sum(|line| line.discount),
        plan_paid: sum(|line| line.plan_paid),
        you_paid: sum(|line| line.you_paid),
        owed: bill.balance,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Billed,
    Discount,
    PlanPaid,
    YouPaid,
    Owed,
}

/// `id` tells this bill's pattern from another's.
#[component]
pub fn MoneyFlow(id: String, flow: Flow) -> impl IntoView {
    // each bar begins where the next one ends
    let after_discount = flow.owed.cents() + flow.you_paid.cents() + flow.plan_paid.cents();
    let after_plan = flow.owed.cents() + flow.you_paid.cents();
    let rows = [
        (Part::Billed, flow.billed, 0),
        (Part::Discount, flow.discount, after_discount),
        (Part::PlanPaid, flow.plan_paid, after_plan),
        (Part::YouPaid, flow.you_paid, flow.owed.cents()),
        (Part::Owed, flow.owed, 0),
    ];
    let scale = flow.billed.cents().max(1);
    let shown = rows.into_iter().filter(|(part, sum, _)| !sum.is_zero() || matches!(part, Part::Billed | Part::Owed));
    let row = move |(part, sum, from): (Part, Money, i64)| {
        let picture = bar(part, percent(from, scale), percent(sum.cents(), scale), &format!("hatch-{id}"));
        let is_less = !matches!(part, Part::Billed | Part::Owed);
        view! {
            <tr>
                <th scope="row">{t(name(part))}</th>
                <td class="pay-flow__pic">{picture}</td>
                <td class="pay-flow__sum">{amount(sum, is_less)}</td>
            </tr>
        }
        .into_any()
    };
    view! {
        <figure class="pay-flow">
            <figcaption>{t(|w| w.pay().amount.where_it_went)}</figcaption>
            <table><tbody>{list(shown, row)}</tbody></table>
        </figure>
    }
}

fn name(part: Part) -> Pick {
    match part {
        Part::Billed => |w| w.pay().amount.billed,
        Part::Discount => |w| w.pay().amount.discount,
        Part::PlanPaid => |w| w.pay().amount.plan_paid,
        Part::YouPaid => |w| w.pay().amount.you_paid,
        Part::Owed => |w| w.pay().amount.owe,
    }
}

/// In the language, with a true minus before what was taken off.
pub fn amount(sum: Money, is_less: bool) -> Text {
    let language = Language::here();
    Text::derive(move || {
        let sum = format::money(language.0.get(), sum);
        if is_less { format!("−{sum}") } else { sum }
    })
}

/// Two places, without floating point.
fn percent(part: i64, whole: i64) -> String {
    let hundredths = part * 10_000 / whole;
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

fn bar(part: Part, x: String, width: String, pattern: &str) -> AnyView {
    let (lines, x2) = (x.clone(), x.clone());
    let join = view! { <line class="pay-flow__join" x1=lines x2=x2 y1="100%" y2="200%"></line> };
    match part {
        Part::Billed => view! {
            <svg aria-hidden="true">
                <rect class="pay-flow__billed" x=".75" y=".75" width="100%" height="90%" rx="1.5"></rect>
                <line class="pay-flow__join" x1="100%" x2="100%" y1="100%" y2="200%"></line>
            </svg>
        }
        .into_any(),
        Part::Discount => {
            let (id, fill) = (pattern.to_owned(), format!("url(#{pattern})"));
            view! {
                <svg aria-hidden="true">
                    <defs>
                        <pattern id=id width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                            <line class="pay-hatch" x1="0" x2="0" y2="6"></line>
                        </pattern>
                    </defs>
                    <rect class="pay-flow__discount" x=x width=width height="100%" fill=fill rx="1"></rect>
                    {join}
                </svg>
            }
            .into_any()
        }
        Part::PlanPaid => view! {
            <svg aria-hidden="true"><rect class="pay-flow__plan" x=x width=width height="100%" rx="1"></rect>{join}</svg>
        }
        .into_any(),
        Part::YouPaid => view! {
            <svg aria-hidden="true"><rect class="pay-flow__paid" x=x width=width height="100%" rx="1"></rect>{join}</svg>
        }
        .into_any(),
        Part::Owed => view! {
            <svg aria-hidden="true"><rect class="pay-flow__you" width=width height="100%" rx="1"></rect></svg>
        }
        .into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_the_scale_is_exact_to_a_hundredth() {
        assert_eq!(percent(6410, 66_300), "9.66%");
        assert_eq!(percent(0, 66_300), "0.00%");
        assert_eq!(percent(66_300, 66_300), "100.00%");
    }
}
