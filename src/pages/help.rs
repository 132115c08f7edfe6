//! The help page: every way to reach a person, with "open now" by the region's clock, and frequently asked questions.

use crate::{
    config::Deployment,
    i18n::{Language, Text, say, t},
    navigation::href,
    route::{Read, Route},
    ui::{Back, BillingPhone, Heading, OpenNow, PhoneLink, dynamic, list},
};
use leptos::prelude::*;

#[component]
pub fn HelpPage() -> impl IntoView {
    let language = Language::here();
    let answer = |(question, answer): &(&'static str, &'static str)| section_of(question, answer);
    let answers = dynamic(move || list(language.words().help().questions, answer));
    view! {
        <div class="pay-journey">
            <div class="pay-journey__head">
                <Back to=Route::Home words=t(|w| w.shell.home)/>
                <Heading words=t(|w| w.help().title)/>
                <p class="pay-lead">{t(|w| w.help().lead)}</p>
            </div>
            <div class="pay-sheet"><Contacts/></div>
            <div class="pay-sheet">
                <div class="pay-stack">
                    {section(t(|w| w.help().no_statement), t(|w| w.help().no_statement_text))}
                    {section(t(|w| w.help().not_all), t(|w| w.help().not_all_text))}
                    {answers}
                </div>
            </div>
        </div>
    }
}

#[component]
fn Contacts() -> impl IntoView {
    let deployment = Deployment::here();
    let mail = dynamic(move || {
        list(deployment.contacts().mail, |line| view! { <span translate="no">{line}</span> <br/> }.into_any())
    });
    view! {
        <dl class="pay-facts">
            <div>
                <dt>{t(|w| w.help().phone)}</dt>
                <dd>
                    <BillingPhone/>
                    <small><OpenNow/></small>
                    <small>{t(|w| w.help().phone_note)}</small>
                </dd>
            </div>
            <div>
                <dt>{t(|w| w.help().individual)}</dt>
                <dd>
                    <PhoneLink number=say(move |_| deployment.contacts().individual_plans_phone)/>
                    <small>{t(|w| w.help().individual_note)}</small>
                </dd>
            </div>
            <div>
                <dt>{t(|w| w.help().mail)}</dt>
                <dd>
                    {mail}
                    <small>{t(|w| w.help().mail_note)}</small>
                    <a class="pay-link" href=href(Read::Coupon)>{t(|w| w.help().print_coupon)}</a>
                </dd>
            </div>
            <div>
                <dt>{t(|w| w.help().fax)}</dt>
                <dd>{say(move |_| deployment.contacts().fax)}</dd>
            </div>
        </dl>
    }
}

fn section(title: Text, text: Text) -> AnyView {
    view! { <section class="pay-stack pay-stack--tight"><h2>{title}</h2><p>{text}</p></section> }.into_any()
}

fn section_of(title: &'static str, text: &'static str) -> AnyView {
    section(Text::stored(title.to_owned()), Text::stored(text.to_owned()))
}
