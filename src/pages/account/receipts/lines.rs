//! The lines of a proof: a table of what counts, by month where there are many, and the list of what does not.

use super::super::parts::entry;
use crate::{
    billing::State,
    i18n::{Pick, Text, format, say, t},
    navigation::href,
    route::Records,
    ui::{Icon, Sign, list},
};
use contract::{
    Date, Money,
    payment::{LeftOut, ProofLine, ProofPack},
};
use leptos::prelude::*;

/// More are folded.
const SHOWN: usize = 50;

pub fn counted(pack: &ProofPack) -> AnyView {
    if pack.counted.is_empty() {
        return ().into_any();
    }
    let tables = if pack.counted.len() > SHOWN {
        list(by_month(&pack.counted), folded)
    } else {
        table(pack.counted.clone(), say_total(pack.year), pack.counts)
    };
    view! {
        <section class="pay-sheet" aria-labelledby="counted">
            <div class="pay-stack">
                <div>
                    <h2 id="counted">{t(|w| w.account().proof.counts)}</h2>
                    <p class="pay-note">{t(|w| w.account().proof.days)}</p>
                </div>
                {tables}
            </div>
        </section>
    }
    .into_any()
}

fn say_total(year: i16) -> Text {
    say(move |w| (w.account().proof.total)(year))
}

/// They are in the order of their days.
fn by_month(lines: &[ProofLine]) -> Vec<Vec<ProofLine>> {
    let month = |line: &ProofLine| (line.date_of_service.year(), line.date_of_service.month());
    lines.chunk_by(|one, other| month(one) == month(other)).map(<[ProofLine]>::to_vec).collect()
}

fn folded(lines: Vec<ProofLine>) -> AnyView {
    let Some(day) = lines.first().map(|line| line.date_of_service) else { return ().into_any() };
    let (count, sum) = (lines.len(), sum_of(&lines));
    let month = say(move |w| format::month(w.locale, day));
    let said = say(move |w| {
        let services = (w.account().proof.services)(count);
        format!("{}: {services}, {}", month.get(), format::money(w.locale, sum))
    });
    view! {
        <details class="pay-more">
            <summary>{said}<Icon sign=Sign::Down/></summary>
            {table(lines, month, sum)}
        </details>
    }
    .into_any()
}

fn sum_of(lines: &[ProofLine]) -> Money {
    Money::sum(lines.iter().map(|line| line.paid)).unwrap_or_default()
}

fn money(sum: Money) -> Text {
    say(move |w| format::money(w.locale, sum))
}

/// The five fields that an administrator asks for: on a phone each line is a small receipt.
fn table(lines: Vec<ProofLine>, name: Text, sum: Money) -> AnyView {
    let head =
        |words: Pick| view! { <th scope="col" class="pay-items__text" role="columnheader">{t(words)}</th> }.into_any();
    let texts: [Pick; 4] = [
        |w| w.account().proof.day,
        |w| w.account().proof.patient,
        |w| w.account().proof.provider,
        |w| w.pay().amount.service,
    ];
    view! {
        <table class="pay-items pay-items--proof" role="table">
            <thead role="rowgroup">
                <tr role="row">
                    {list(texts, head)}
                    <th scope="col" role="columnheader">{t(|w| w.pay().outcome.after_insurance)}</th>
                </tr>
            </thead>
            <tbody role="rowgroup">{list(lines, row)}</tbody>
            <tfoot role="rowgroup">
                <tr role="row">
                    <th scope="row" class="pay-items__what pay-items__text" role="rowheader" colspan="4">{name}</th>
                    <td class="pay-items__owe" role="cell" translate="no">{money(sum)}</td>
                </tr>
            </tfoot>
        </table>
    }
    .into_any()
}

fn row(line: ProofLine) -> AnyView {
    let (paid, of, day) = (line.paid, line.after_insurance, line.date_of_service);
    let part = (paid != of).then(|| {
        say(move |w| (w.account().proof.part)(&format::money(w.locale, paid), &format::money(w.locale, of))).into_any()
    });
    let claimed = line.is_by_health_account.then(|| view! { <small>{t(|w| w.account().proof.claimed)}</small> });
    let cell = |class: &'static str, label: Pick, text: Text| {
        view! { <td class=class role="cell" translate="no" data-label=t(label)><span>{text}</span></td> }.into_any()
    };
    let (text, date) = ("pay-items__n pay-items__text", "pay-items__n pay-items__text pay-items__date");
    view! {
        <tr role="row">
            {cell(date, |w| w.account().proof.day, say(move |w| format::medium_date(w.locale, day)))}
            {cell(text, |w| w.account().proof.patient, Text::stored(line.patient))}
            {cell(text, |w| w.account().proof.provider, Text::stored(line.provider))}
            <th scope="row" class="pay-items__what pay-items__text" role="rowheader"><b>{line.description}{part}</b>{claimed}</th>
            <td class="pay-items__owe" role="cell" translate="no">{money(paid)}</td>
        </tr>
    }
    .into_any()
}

pub fn left_out(pack: &ProofPack) -> AnyView {
    if pack.left_out.is_empty() {
        return ().into_any();
    }
    let (premiums, others): (Vec<_>, Vec<_>) =
        pack.left_out.iter().cloned().partition(|line| line.why == Some(LeftOut::Premium));
    let premiums = (!premiums.is_empty()).then(|| {
        let sum = money(sum_of(&premiums));
        let why = say(|w| (w.account().proof.why)(LeftOut::Premium, "", "", ""));
        entry(t(|w| w.account().proof.premiums), vec![why], sum, ().into_any())
    });
    let (counts, rest) = (pack.counts, pack.does_not_count);
    let both = counts.plus(rest).map(|all| {
        say(move |w| {
            let [all, counts, rest] = [all, counts, rest].map(|sum| format::money(w.locale, sum));
            (w.account().proof.both)(&all, &counts, &rest)
        })
    });
    let never_paid = others.iter().any(|line| !line.why.is_some_and(LeftOut::is_paid));
    let never_paid = never_paid.then(|| view! { " " {t(|w| w.account().proof.never_paid)} });
    let mut others = others.into_iter();
    let first = list(others.by_ref().take(SHOWN), left_row);
    let more = (others.len() > 0).then(|| {
        let count = others.len();
        view! {
            <details class="pay-more">
                <summary>{say(move |w| (w.account().proof.more)(count))}<Icon sign=Sign::Down/></summary>
                <ul class="pay-rows pay-history">{list(others, left_row)}</ul>
            </details>
        }
    });
    view! {
        <section class="pay-sheet" aria-labelledby="left-out">
            <div class="pay-stack">
                <div>
                    <h2 id="left-out">{t(|w| w.account().proof.left_out)}</h2>
                    <p class="pay-note">{both.map(Text::into_any)}{never_paid}</p>
                </div>
                <ul class="pay-rows">{premiums}{first}</ul>
                {more}
            </div>
        </section>
    }
    .into_any()
}

fn left_row(line: ProofLine) -> AnyView {
    let Some(why) = line.why else { return ().into_any() };
    let (day, on, back) = (line.date_of_service, line.on, line.came_back_on.unwrap_or(line.on));
    let said = say(move |w| {
        let [paid, service, back] = [on, day, back].map(|day| format::medium_date(w.locale, day));
        (w.account().proof.why)(why, &paid, &service, &back)
    });
    let more = if why == LeftOut::OtherYear { its_proof(day) } else { view! { <State state=line.state/> }.into_any() };
    entry(Text::stored(format!("{}, {}", line.description, line.patient)), vec![said], money(line.paid), more)
}

fn its_proof(day: Date) -> AnyView {
    let link = href(Records::Receipts(format!("{:04}", day.year())));
    view! { <p><a class="pay-link" href=link>{say(move |w| (w.account().proof.its_proof)(day.year()))}</a></p> }
        .into_any()
}
