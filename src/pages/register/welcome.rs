//! The first step of the registration: what an account adds to paying once, before anything is asked.

use crate::{
    browser,
    i18n::{Language, say, t},
    navigation::{Navigation, href},
    route::{Account, Enter, Route},
    session::{CurrentSession, Session},
    ui::{Back, ButtonLink, Heading, Icon, Sign, dynamic, list},
};
use leptos::prelude::*;

#[component]
pub fn RegisterPage() -> impl IntoView {
    let (session, navigation, language) = (CurrentSession::here(), Navigation::here(), Language::here());
    browser::effect(move |_| {
        if session.with(Session::is_member) {
            navigation.replace(Account::Overview);
        }
    });
    let mark = |is_so: bool| {
        let words = if is_so { t(|w| w.account().register.yes) } else { t(|w| w.account().register.no) };
        let sign = if is_so { Sign::Check } else { Sign::Cross };
        view! { <td class="pay-compare__mark" data-is=is_so.then_some("")><Icon sign/><span>{words}</span></td> }
            .into_any()
    };
    let row = move |(what, is_once): &(&'static str, bool)| {
        view! { <tr><th scope="row">{*what}</th>{mark(*is_once)}{mark(true)}</tr> }.into_any()
    };
    let rows = dynamic(move || list(language.words().account().register.compared, row));
    // a payer who has found a bill does not need to find it again
    let has_shown = Memo::new(move |_| session.with(|session| matches!(session, Session::Payer(_))));
    let lead = say(move |w| {
        let w = &w.account().register;
        if has_shown.get() { w.lead_shown } else { w.lead }.to_owned()
    });
    let next = dynamic(move || {
        let (to, words) = if has_shown.get() {
            (Route::Enter(Enter::RegisterTerms), t(|w| w.account().register.go_on))
        } else {
            (Route::Enter(Enter::RegisterBill), t(|w| w.account().register.begin))
        };
        view! { <ButtonLink to words main=true arrow=true/> }.into_any()
    });
    view! {
        <div class="pay-journey">
            <div class="pay-journey__head">
                <Back to=Route::Home words=t(|w| w.shell.home)/>
                <Heading words=t(|w| w.account().register.title)/>
                <p class="pay-lead">{lead}</p>
            </div>
            <section class="pay-sheet">
                <div class="pay-stack">
                    <table class="pay-compare">
                        <thead>
                            <tr>
                                <th scope="col">{t(|w| w.account().register.what)}</th>
                                <th scope="col">{t(|w| w.account().register.once)}</th>
                                <th scope="col">{t(|w| w.account().register.with_account)}</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                    <p class="pay-row">
                        {next}
                        <a class="pay-link" href=href(Enter::SignIn)>{t(|w| w.account().register.have_one)}</a>
                    </p>
                </div>
            </section>
        </div>
    }
}
