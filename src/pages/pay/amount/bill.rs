//! One bill on its sheet: its kind in words, amount and due date, where the money went, its charges, and how much to
//! pay of it.

use super::{AmountState, money_text, share_error};
use crate::{
    billing::{BillMark, Charges, MoneyFlow, Shown, flow_of, paid_notice},
    i18n::{Language, Text, format, say, t},
    ui::{Choice, Icon, Keyboard, Sign, TextField, dynamic},
};
use contract::{
    Date, Money,
    bill::{Bill, BillKind, BillList},
    payment::DraftShare,
};
use leptos::prelude::*;

#[component]
pub fn BillSheet(state: AmountState, bill: Bill, of: StoredValue<BillList>) -> impl IntoView {
    let (today, notice) = of.with_value(|bills| (bills.today, lately(&bill, bills)));
    let title = format!("bill-{}", bill.id);
    let charges = bill.lines.clone();
    let count = charges.len();
    let patient = bill.patient.clone();
    // of somebody else's bill only the amount is known
    let services = (bill.kind != BillKind::Household).then(|| {
        view! {
            <MoneyFlow id=bill.id.clone() flow=flow_of(&bill)/>
            <details class="pay-more">
                <summary>{say(move |w| (w.pay().amount.charges)(count))}<Icon sign=Sign::Down/></summary>
                <p class="pay-note">{say(move |w| (w.pay().amount.patient)(&patient))}</p>
                <Charges lines=charges/>
            </details>
        }
    });
    view! {
        // with its due date: there may be two bills of one kind
        <section class="pay-sheet" aria-labelledby=format!("{title} {title}-due")>
            <div class="pay-bill">
                <Head bill=bill.clone() title=title.clone() today/>
                {services}
                {notice}
                <hr class="pay-tear"/>
                {if bill.payable().is_zero() {
                    view! { <p class="pay-note">{t(|w| w.pay().amount.nothing_payable)}</p> }.into_any()
                } else {
                    view! { <HowMuch state bill today/> }.into_any()
                }}
            </div>
        </section>
    }
}

#[component]
fn Head(bill: Bill, title: String, today: Date) -> impl IntoView {
    let (kind, due, is_late) = (bill.kind, bill.due, bill.is_past_due(today));
    let when = say(move |w| {
        let day = format::short_date(w.locale, due);
        if is_late { (w.pay().amount.past_due)(&day) } else { (w.pay().amount.due)(&day) }
    });
    view! {
        <div class="pay-bill__head">
            <BillMark kind/>
            <div>
                <h2 id=title.clone()>{say(move |w| (w.pay().amount.kind)(kind).to_owned())}</h2>
                <p class="pay-note">{say(move |w| (w.pay().amount.kind_means)(kind).to_owned())}</p>
            </div>
            <p>
                <span class="pay-sum">{money_text(bill.balance)}</span>
                <br/>
                <span class="pay-state" data-state=if is_late { "late" } else { "due" }>
                    <Icon sign=if is_late { Sign::Warning } else { Sign::Calendar }/>
                    <span id=format!("{title}-due")>{when}</span>
                </span>
            </p>
        </div>
    }
}

/// Earlier payments that matter before paying again.
fn lately(bill: &Bill, bills: &BillList) -> AnyView {
    let asks = bill.just_paid.is_some() && !bill.payable().is_zero();
    let shown = Shown { as_of: bills.as_of, is_owed: true, asks };
    paid_notice(bills.payments_on(&bill.id).cloned().collect(), shown)
}

/// All, part, or not now.
#[component]
fn HowMuch(state: AmountState, bill: Bill, today: Date) -> impl IntoView {
    let checkout = state.checkout;
    let bill = StoredValue::new(bill);
    let (id, due, payable) = bill.with_value(|bill| (bill.id.clone(), bill.due, bill.payable()));
    let is_late = bill.with_value(|bill| bill.is_past_due(today));
    let is_rest = bill.with_value(|bill| !bill.pending.is_zero());
    let all = if is_rest { t(|w| w.pay().amount.rest) } else { t(|w| w.pay().amount.all) };
    let name = format!("share-{id}");
    // None: not now; Some(None): all; Some(Some): part
    let chosen = Memo::new(move |_| {
        let find = |draft: &contract::payment::PaymentDraft| {
            bill.with_value(|bill| {
                draft.shares.iter().find(|share| share.bill == bill.id).map(|share| share.part.clone())
            })
        };
        checkout.draft.with(find)
    });
    let choose = move |part: Option<Option<String>>| {
        let id = bill.with_value(|bill| bill.id.clone());
        checkout.edit(|draft| {
            draft.shares.retain(|share| share.bill != id);
            if let Some(part) = part {
                draft.shares.push(DraftShare { bill: id, part, paid_before: None });
            }
        });
    };
    let typed = RwSignal::new(chosen.get_untracked().flatten().unwrap_or_default());
    crate::browser::effect(move |is_first| {
        let text = typed.get();
        if !is_first && matches!(chosen.get_untracked(), Some(Some(before)) if before != text) {
            choose(Some(Some(text)));
        }
    });
    let is_part = Memo::new(move |_| matches!(chosen.get(), Some(Some(_))));
    let day = say(move |w| {
        let day = format::short_date(w.locale, due);
        if is_late { (w.pay().amount.past_due)(&day) } else { (w.pay().amount.stays_due)(&day) }
    });
    let field = dynamic(move || is_part.get().then(|| view! { <PartField state bill typed payable/> }).into_any());
    view! {
        <fieldset class="pay-stack pay-stack--tight">
            <legend class="pay-hidden">{say(move |w| (w.pay().amount.how_much)(&bill.with_value(|bill| state.name(w, bill))))}</legend>
            <div class="pay-choices pay-choices--three">
                <Choice name=name.clone() id=Some(format!("all-{id}")) words=all note=Some(money_text(payable))
                    chosen=Signal::derive(move || chosen.get() == Some(None)) on_choose=Callback::new(move |()| choose(Some(None)))/>
                <Choice name=name.clone() id=None words=t(|w| w.pay().amount.part) note=Some(t(|w| w.pay().amount.part_note))
                    chosen=is_part on_choose=Callback::new(move |()| choose(Some(Some(typed.get_untracked()))))/>
                <Choice name id=None words=t(|w| w.pay().amount.not_now) note=Some(day)
                    chosen=Signal::derive(move || chosen.get().is_none()) on_choose=Callback::new(move |()| choose(None))/>
            </div>
            {field}
        </fieldset>
    }
}

#[component]
fn PartField(state: AmountState, bill: StoredValue<Bill>, typed: RwSignal<String>, payable: Money) -> impl IntoView {
    let (id, due) = bill.with_value(|bill| (bill.id.clone(), bill.due));
    let is_left = RwSignal::new(false);
    let hint = say(move |w| {
        let least = Money::from_cents(state.least_cents.get()).unwrap_or(Money::ZERO).min(payable);
        (w.pay().amount.part_hint)(&format::money(w.locale, least), &format::money(w.locale, payable))
    });
    let language = Language::here();
    let own = id.clone();
    let leaves = Text::derive(move || {
        let share = state.shares().into_iter().find(|share| share.bill.id == own);
        let w = language.words();
        let money = |sum| format::money(w.locale, sum);
        match share.and_then(|share| Some((share.amount.ok()?.money(), share.leaves()?))) {
            Some((pays, left)) if left.is_zero() => (w.pay().amount.pays_all)(&money(pays)),
            Some((pays, left)) => {
                (w.pay().amount.leaves)(&money(pays), &money(left), &format::short_date(w.locale, due))
            }
            None => String::new(),
        }
    });
    let keyboard = Keyboard { mode: "decimal", width: "pay-input--8", ..Keyboard::default() };
    view! {
        <TextField
            id=format!("part-{id}")
            label=say(move |w| (w.pay().amount.part_label)(&bill.with_value(|bill| state.name(w, bill))))
            value=typed
            error=share_error(state, id, is_left)
            hint
            keyboard
            affix="$"
            on_leave=Callback::new(move |()| is_left.set(true))
            echo=Some(ViewFn::from(move || view! { <output class="pay-field__words">{leaves}</output> }))
        />
    }
}
