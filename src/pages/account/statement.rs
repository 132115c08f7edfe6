//! The statement of one bill as a page to read and to print, with the same sums and charges as its PDF: both come of
//! the same answer of the server.

use super::{Query, page};
use crate::{
    api::Client,
    billing::{Charges, flow_of},
    browser,
    config::Deployment,
    i18n::{Pick, format, say, t},
    route::Account,
    session::CurrentSession,
    ui::{Back, Heading, Icon, Notice, NoticeKind, Sign, download, list, not_made},
};
use contract::{
    Money,
    bill::{Bill, account::AccountBill},
};
use leptos::prelude::*;

#[component]
pub fn StatementPage(id: String) -> impl IntoView {
    let own = id.clone();
    let bill = Query::new(move |client| {
        let id = own.clone();
        async move { client.account_bill(&id).await }
    });
    let head = view! {
        <Back to=Account::Bill(id.clone()) words=t(|w| w.account().bills.the_bill)/>
        <Heading words=t(|w| w.account().bills.statement_title)/>
    };
    page(Account::Statement(id).into(), head.into_any(), vec![bill.state()], bill.show(10, sheet))
}

fn sheet(shown: AccountBill) -> AnyView {
    let (session, deployment) = (CurrentSession::here(), Deployment::here());
    let as_of = shown.as_of;
    let bill = shown.bill;
    let (kind, issued, due, patient) = (bill.kind, bill.issued, bill.due, bill.patient.clone());
    let name = say(move |w| (w.account().bills.name)(kind, &format::long_date(w.locale, issued)));
    let due = say(move |w| (w.account().overview.due)(&format::long_date(w.locale, due)));
    let when = say(move |w| (w.account().overview.as_of)(&format::moment(w.locale, as_of, session.time_zone())));
    let pending = (!bill.pending.is_zero()).then(|| {
        let left = bill.payable();
        view! { " "{say(move |w| (w.account().overview.if_clears)(&format::money(w.locale, left)))} }
    });
    let wrong =
        (!bill.adds_up()).then(|| view! { <Notice kind=NoticeKind::Warn words=t(|w| w.account().bills.no_sums)/> });
    view! {
        {actions(bill.id.clone())}
        <section class="pay-sheet" aria-labelledby="statement">
            <div class="pay-stack">
                <p translate="no"><b>{say(move |_| deployment.brand())}</b></p>
                <h2 id="statement">{name}</h2>
                <p>{say(move |w| (w.pay().amount.patient)(&patient))}<br/>{due}</p>
                {sums(&bill)}
                <p class="pay-note">{when}{pending}</p>
                {wrong}
                <Charges lines=bill.lines whole=true/>
                <p class="pay-note">{t(|w| w.account().bills.late_posting)}</p>
            </div>
        </section>
    }
    .into_any()
}

fn sums(bill: &Bill) -> AnyView {
    let flow = flow_of(bill);
    let sums: [(Pick, Money); 5] = [
        (|w| w.pay().amount.billed, flow.billed),
        (|w| w.pay().amount.discount, flow.discount),
        (|w| w.pay().amount.plan_paid, flow.plan_paid),
        (|w| w.pay().amount.you_paid, flow.you_paid),
        (|w| w.pay().amount.owe, flow.owed),
    ];
    let row = |(name, sum): (Pick, Money)| {
        view! {
            <div>
                <dt>{t(name)}</dt>
                <dd class="pay-money" translate="no">{say(move |w| format::money(w.locale, sum))}</dd>
            </div>
        }
        .into_any()
    };
    view! { <dl class="pay-facts">{list(sums, row)}</dl> }.into_any()
}

fn actions(id: String) -> AnyView {
    let client = Client::here();
    let file = client.clone().file(*say(move |w| client.statement_address(&id, w.locale)));
    let words = view! { <Icon sign=Sign::Download/>{t(|w| w.account().bills.statement)} };
    view! {
        <p class="pay-row" data-print="no">
            <button class="pay-button" type="button" on:click=move |_| browser::print()>
                <Icon sign=Sign::Print/><span>{t(|w| w.account().factor.print)}</span>
            </button>
            {download(file, "pay-link", words.into_any())}
        </p>
        {not_made(vec![file])}
    }
    .into_any()
}
