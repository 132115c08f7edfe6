//! The first page: pay once, or go on to an account; and the other ways to pay.

use crate::{
    billing::{SampleStatement, open_visit},
    config::Deployment,
    i18n::{format, say, t},
    navigation::href,
    route::{Account, Enter, Pay, Read},
    session::CurrentSession,
    ui::{BillingPhone, ButtonLink, Icon, Sign, dynamic, page_heading, page_region},
};
use leptos::prelude::*;

#[component]
pub fn HomePage() -> impl IntoView {
    let h1 = page_heading(t(|w| w.home.tab));
    view! {
        <div class="pay-home">
            <div class="pay-home__say">
                <h1 tabindex="-1" node_ref=h1>{t(|w| w.home.title)}</h1>
                <p class="pay-lead">{t(|w| w.home.lead)}</p>
            </div>
            <div class="pay-home__act"><WhatToDo/></div>
            <div class="pay-home__pic"><SampleStatement/></div>
            <OtherWays/>
        </div>
    }
}

#[component]
fn WhatToDo() -> impl IntoView {
    let is_member = CurrentSession::here().is_member();
    let is_member = Memo::new(move |_| is_member.get());
    dynamic(move || if is_member.get() { for_member() } else { for_guest() })
}

fn for_member() -> AnyView {
    view! {
        <section class="pay-sheet">
            <div class="pay-stack">
                <p><ButtonLink to=Pay::Amount words=t(|w| w.home.pay_bill) main=true big=true arrow=true/></p>
                <hr class="pay-tear"/>
                <div class="pay-stack pay-stack--tight">
                    <h2>{t(|w| w.shell.account)}</h2>
                    <p class="pay-note">{t(|w| w.home.have_account_note)}</p>
                    <p><ButtonLink to=Account::Overview words=t(|w| w.shell.account)/></p>
                </div>
            </div>
        </section>
    }
    .into_any()
}

fn for_guest() -> AnyView {
    view! {
        <section class="pay-sheet">
            <div class="pay-stack">
                {open_visit()}
                <div class="pay-stack pay-stack--tight">
                    <ButtonLink to=Pay::Find words=t(|w| w.home.pay_once) main=true big=true arrow=true/>
                    <p class="pay-note">{t(|w| w.home.pay_once_note)}</p>
                </div>
                <hr class="pay-tear"/>
                <div class="pay-home__more">
                    <div class="pay-stack pay-stack--tight">
                        <h2>{t(|w| w.home.have_account)}</h2>
                        <p class="pay-note">{t(|w| w.home.have_account_note)}</p>
                        <p><ButtonLink to=Enter::SignIn words=t(|w| w.shell.sign_in)/></p>
                    </div>
                    <div class="pay-stack pay-stack--tight">
                        <h2>{t(|w| w.home.new_here)}</h2>
                        <p class="pay-note">{t(|w| w.home.new_here_note)}</p>
                        <p><ButtonLink to=Enter::Register words=t(|w| w.home.register)/></p>
                    </div>
                </div>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn OtherWays() -> impl IntoView {
    let (deployment, region) = (Deployment::here(), page_region());
    let hours = say(move |w| {
        let contacts = deployment.contacts();
        let zone = region.get().map_or(w.shell.any_zone, |region| format::zone(w.locale, region));
        (w.shell.hours)(&format::hour(w.locale, contacts.opens), &format::hour(w.locale, contacts.closes), zone)
    });
    view! {
        <section class="pay-home__ways" aria-label=t(|w| w.home.other_ways)>
            <div>
                <Icon sign=Sign::Phone/>
                <div>
                    <h2>{t(|w| w.home.by_phone)}</h2>
                    <p><BillingPhone/></p>
                    <p class="pay-note">{hours}</p>
                </div>
            </div>
            <div>
                <Icon sign=Sign::Envelope/>
                <div>
                    <h2>{t(|w| w.home.by_mail)}</h2>
                    <p><a href=href(Read::Coupon)>{t(|w| w.home.coupon)}</a></p>
                    <p class="pay-note">{t(|w| w.home.by_mail_note)}</p>
                </div>
            </div>
            <div>
                <Icon sign=Sign::Info/>
                <div>
                    <h2>{t(|w| w.home.not_all)}</h2>
                    <p><a href=href(Read::Help)>{t(|w| w.home.financial_help)}</a></p>
                    <p class="pay-note">{t(|w| w.home.not_all_note)}</p>
                </div>
            </div>
        </section>
    }
}
