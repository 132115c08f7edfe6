//! The mail coupon: printed, cut off below the tear line, and mailed with a check. It has a place for each identifier
//! that the region's statements print; nothing the member typed is put on it.

use crate::{
    browser,
    config::Deployment,
    i18n::{Text, printed, t},
    navigation::href,
    route::{Read, Route},
    ui::{Back, Heading, Icon, Sign, dynamic, list},
};
use leptos::prelude::*;

#[component]
pub fn CouponPage() -> impl IntoView {
    let deployment = Deployment::here();
    let has_region = Signal::derive(move || deployment.region.get().is_some());
    view! {
        <div class="pay-journey">
            <div class="pay-journey__head" data-print="no">
                <Back to=Read::Help words=t(|w| w.shell.all_contacts)/>
                <Heading words=t(|w| w.help().coupon_title)/>
                <p class="pay-lead">{t(|w| w.help().coupon_lead)}</p>
                <p hidden=has_region>
                    {t(|w| w.help().no_region)} " " <a href=href(Route::Region)>{t(|w| w.help().choose_region)}</a>
                </p>
                <p class="pay-row">
                    <button class="pay-button pay-button--main" type="button" on:click=move |_| browser::print()>
                        <Icon sign=Sign::Print/>
                        <span>{t(|w| w.help().coupon_print)}</span>
                    </button>
                </p>
            </div>
            <section class="pay-sheet" aria-label=t(|w| w.help().coupon_title)>
                <div class="pay-stack">
                    <div class="pay-stack pay-stack--tight">
                        <p class="pay-note">{t(|w| w.help().coupon_cut)}</p>
                        <hr class="pay-tear"/>
                    </div>
                    <Slip/>
                </div>
            </section>
        </div>
    }
}

#[component]
fn Slip() -> impl IntoView {
    let deployment = Deployment::here();
    let identifiers = dynamic(move || {
        let schema = deployment.region_profile().map(|profile| profile.schema).unwrap_or_default();
        list(schema, |field| cell(Signal::stored(printed(field.identifier).to_owned())))
    });
    let mail = dynamic(move || list(deployment.contacts().mail, |line| view! { {line} <br/> }.into_any()));
    view! {
        <div class="pay-coupon">
            <div class="pay-coupon__cells">
                <div><span>{t(|w| w.help().coupon_to)}</span><address>{mail}</address></div>
                {cell(t(|w| w.help().coupon_amount))}
                {cell(t(|w| w.help().coupon_name))}
                {identifiers}
            </div>
            <p class="pay-note">{t(|w| w.help().coupon_note)}</p>
        </div>
    }
}

/// A name over a line to write on.
fn cell(words: Text) -> AnyView {
    view! { <div><span>{words}</span><i></i></div> }.into_any()
}
