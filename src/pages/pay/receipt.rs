//! The parts of a receipt that prove an expense: per patient the services a share paid, and the authorisation word for
//! word.

use crate::{
    billing::service,
    i18n::{Text, format, say, sentence, t},
    ui::{Icon, Sign, list},
};
use contract::{
    Date, Money,
    bill::BillKind,
    payment::{PaidLine, Payment, PaymentShare},
};
use leptos::prelude::*;

/// One bill's services, as a reimbursement account asks for them.
#[component]
pub fn Lines(share: PaymentShare, today: Date) -> impl IntoView {
    let (patient, kind, amount, due) = (share.patient, share.kind, share.amount, share.due);
    if kind == BillKind::Household {
        return of_somebody(patient, amount, due, today);
    }
    let line = |line: PaidLine| {
        let (after, paid) = (line.after_insurance, line.paid);
        let part = (paid < after).then(|| t(|w| w.pay().outcome.part));
        view! {
            <tr role="row">
                <th scope="row" role="rowheader" class="pay-items__what">
                    {service(line.description, part, line.date_of_service, line.provider)}
                </th>
                <td role="cell" class="pay-items__n" data-label=t(|w| w.pay().outcome.after_insurance)>
                    {say(move |w| format::money(w.locale, after))}
                </td>
                <td role="cell" class="pay-items__owe">{say(move |w| format::money(w.locale, paid))}</td>
            </tr>
        }
        .into_any()
    };
    view! {
        <div class="pay-stack">
            <div>
                <h2>{t(|w| w.pay().outcome.for_account)} ": " {say(move |w| {
                    (w.pay().amount.named)((w.pay().amount.kind)(kind), &format::short_date(w.locale, due), due < today)
                })}</h2>
                <p class="pay-note">{say(move |w| (w.pay().outcome.patient)(&patient))}</p>
            </div>
            <table class="pay-items pay-items--receipt" role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        <th scope="col" role="columnheader" class="pay-items__what">{t(|w| w.pay().outcome.service)}</th>
                        <th scope="col" role="columnheader">{t(|w| w.pay().outcome.after_insurance)}</th>
                        <th scope="col" role="columnheader">{t(|w| w.pay().outcome.paid_column)}</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{list(share.lines, line)}</tbody>
                <tfoot role="rowgroup">
                    <tr role="row">
                        <th scope="row" role="rowheader" class="pay-items__what">{t(|w| w.pay().outcome.total)}</th>
                        <td role="cell" class="pay-items__n" data-zero=""></td>
                        <td role="cell" class="pay-items__owe">{say(move |w| format::money(w.locale, amount))}</td>
                    </tr>
                </tfoot>
            </table>
        </div>
    }
    .into_any()
}

/// A bill of somebody whom the member pays for: whose it is, and no services.
fn of_somebody(person: String, amount: Money, due: Date, today: Date) -> AnyView {
    let name = say(move |w| {
        let kind = (w.pay().amount.kind)(BillKind::Household);
        (w.pay().amount.named)(kind, &format::short_date(w.locale, due), due < today)
    });
    view! {
        <dl class="pay-facts">
            <div><dt>{name}</dt><dd>{say(move |w| format::money(w.locale, amount))}<small dir="auto">{Text::stored(person)}</small></dd></div>
        </dl>
    }
    .into_any()
}

/// The words that were agreed to, and when.
#[component]
pub fn Authorised(payment: StoredValue<Payment>) -> impl IntoView {
    let payment = payment.get_value();
    let (at, zone, version) = (payment.created_at, payment.time_zone, payment.authorisation_version);
    let agreed = say(move |w| (w.pay().outcome.agreed)(&format::moment(w.locale, at, &zone), version));
    view! {
        <h2 class="pay-paper">{t(|w| w.pay().outcome.authorisation)}</h2>
        <details class="pay-more">
            <summary>{t(|w| w.pay().outcome.authorisation)}<Icon sign=Sign::Down/></summary>
            <p class="pay-note">{sentence(payment.authorisation)} " " {agreed}</p>
        </details>
    }
}
