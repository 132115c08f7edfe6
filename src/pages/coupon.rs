//! The mail coupon: printed, cut off below the tear line, and mailed with a check. Anyone who found a bill, or signed
//! in, gets one for each open bill with everything filled in. Anyone else gets one to fill in, with a place for each
//! identifier that the region's statements print. Nothing the member typed is put on it.

use crate::{
    api::Client,
    browser,
    config::Deployment,
    error::ApiError,
    fetched::Fetched,
    i18n::{Text, format, printed, say, t},
    navigation::href,
    route::{Read, Route},
    session::{CurrentSession, Session},
    ui::{Back, Failure, Heading, Icon, Sign, dynamic, list},
};
use contract::{
    Identifier,
    coupon::{MailCoupon, MailCoupons},
};
use leptos::{prelude::*, task::spawn_local};

#[component]
pub fn CouponPage() -> impl IntoView {
    let deployment = Deployment::here();
    let attempt = RwSignal::new(0);
    let fetched = made_for_the_visit(attempt);
    let made = Memo::new(move |_| fetched.with(|made| made.value().cloned().unwrap_or_default()));
    let count = Memo::new(move |_| made.with(|made| made.coupons.len()));
    // without a visit there is nothing to fill in
    let failed = Signal::derive(move || {
        fetched.with(|made| made.error().filter(|error| **error != ApiError::SignedOut).cloned())
    });
    let retry = Callback::new(move |()| attempt.update(|n| *n += 1));
    let needs_no_region =
        Signal::derive(move || deployment.region.get().is_some() || made.with(|made| !made.identifiers.is_empty()));
    let lead = say(move |w| match count.get() {
        0 => w.help().coupon_lead.to_owned(),
        count => (w.help().coupon_made)(count),
    });
    view! {
        <div class="pay-journey">
            <div class="pay-journey__head" data-print="no">
                <Back to=Read::Help words=t(|w| w.shell.all_contacts)/>
                <Heading words=t(|w| w.help().coupon_title)/>
                <p class="pay-lead">{lead} " " {t(|w| w.help().coupon_on_check)}</p>
                <Failure error=failed on_retry=retry/>
                <p hidden=needs_no_region>
                    {t(|w| w.help().no_region)} " " <a href=href(Route::Region)>{t(|w| w.help().choose_region)}</a>
                </p>
                <p class="pay-row">
                    <button class="pay-button pay-button--main" type="button" on:click=move |_| browser::print()>
                        <Icon sign=Sign::Print/>
                        <span>{t(|w| w.help().coupon_print)}</span>
                    </button>
                </p>
            </div>
            {dynamic(move || coupons(made.get()))}
        </div>
    }
}

/// What the server fills in; asked for again whenever `attempt` is raised.
fn made_for_the_visit(attempt: RwSignal<u32>) -> RwSignal<Fetched<MailCoupons>> {
    let (made, session, client) = (Fetched::at_first(), CurrentSession::here(), Client::here());
    browser::effect(move |_| {
        attempt.track();
        if session.with(Session::has_access) {
            let client = client.clone();
            spawn_local(async move {
                let answer = client.mail_coupons().await;
                _ = made.try_set(answer.into());
            });
        } else {
            made.set(Fetched::Waiting);
        }
    });
    made
}

fn coupons(made: MailCoupons) -> AnyView {
    let deployment = Deployment::here();
    let MailCoupons { identifiers, coupons } = made;
    let numbers: Vec<(Identifier, String)> = if identifiers.is_empty() {
        let schema = deployment.region_profile().map(|profile| profile.schema).unwrap_or_default();
        schema.into_iter().map(|field| (field.identifier, String::new())).collect()
    } else {
        identifiers.into_iter().map(|number| (number.identifier, number.text)).collect()
    };
    if coupons.is_empty() {
        return sheet(t(|w| w.help().coupon_title), None, &numbers);
    }
    let one = |coupon: MailCoupon| {
        let kind = coupon.kind;
        sheet(say(move |w| (w.help().coupon_for)(kind).to_owned()), Some(coupon), &numbers)
    };
    list(coupons, one)
}

/// What is cut off and mailed. Without a coupon of the server's it is filled in by hand.
fn sheet(title: Text, coupon: Option<MailCoupon>, numbers: &[(Identifier, String)]) -> AnyView {
    let deployment = Deployment::here();
    let mail = dynamic(move || {
        list(deployment.contacts().mail, |line| view! { <span translate="no">{line}</span> <br/> }.into_any())
    });
    let payee = deployment.contacts().payee;
    let payee = (!payee.is_empty()).then(|| cell(t(|w| w.help().coupon_payee), Text::stored(payee)));
    let heading = coupon.is_some().then(|| view! { <h2>{title}</h2> });
    let (name, sums, code) = match coupon {
        Some(MailCoupon { patient, amount, due, qr, .. }) => {
            let amount = cell(t(|w| w.help().coupon_due_amount), say(move |w| format::money(w.locale, amount)));
            let due = cell(t(|w| w.help().coupon_due), say(move |w| format::long_date(w.locale, due)));
            // the same in words is beside it
            let code = view! {
                <div class="pay-qr" aria-hidden="true">
                    <svg viewBox=format!("0 0 {0} {0}", qr.size) shape-rendering="crispEdges"><path d=qr.path/></svg>
                </div>
            };
            (patient, view! { {amount}{due} }.into_any(), code.into_any())
        }
        None => (String::new(), ().into_any(), ().into_any()),
    };
    let number = |(identifier, text): &(Identifier, String)| {
        cell(Text::stored(printed(*identifier).to_owned()), Text::stored(text.clone()))
    };
    view! {
        <section class="pay-sheet" aria-label=title>
            <div class="pay-stack">
                <div class="pay-stack pay-stack--tight">
                    <p class="pay-note">{t(|w| w.help().coupon_cut)}</p>
                    <hr class="pay-tear"/>
                </div>
                <div class="pay-coupon">
                    {heading}
                    <div class="pay-coupon__cells">
                        {payee}
                        <div><span>{t(|w| w.help().coupon_to)}</span><address>{mail}</address></div>
                        {sums}
                        {cell(t(|w| w.help().coupon_amount), Text::stored(String::new()))}
                        {cell(t(|w| w.help().coupon_name), Text::stored(name))}
                        {list(numbers, number)}
                        {code}
                    </div>
                    <p class="pay-note">{t(|w| w.help().coupon_note)}</p>
                </div>
            </div>
        </section>
    }
    .into_any()
}

/// A name over what it is, or over a line to write on.
fn cell(words: Text, said: Text) -> AnyView {
    let said = if said.with_untracked(String::is_empty) {
        view! { <i></i> }.into_any()
    } else {
        view! { <b>{said}</b> }.into_any()
    };
    view! { <div><span>{words}</span>{said}</div> }.into_any()
}
