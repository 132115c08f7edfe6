//! The page layout: a header with wordmark, region, language and sign-in; a footer with the help phone, always in the
//! same place.

use super::{Icon, Sign, dynamic};
use crate::{
    browser,
    config::Deployment,
    i18n::{Language, Text, format, say, sentence, t},
    navigation::{Navigation, href},
    route::{Enter, Pay, Read, Route},
};
use contract::{Locale, Region};
use leptos::{html, prelude::*};

#[component]
pub fn Shell(
    /// In the header: sign in, the account, sign out.
    #[prop(into)]
    session_links: ViewFn,
    /// In the footer, where the header has no room for it.
    #[prop(into)]
    sign_in: ViewFn,
    /// A member's region is the account's: there is nothing to change.
    #[prop(into)]
    has_region: Signal<bool>,
    children: Children,
) -> impl IntoView {
    let main = NodeRef::<html::Main>::new();
    let skip = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        if let Some(main) = main.get_untracked() {
            browser::focus_and_show(main);
        }
    };
    view! {
        <div class="pay-page">
            <a class="pay-skip" href="#main" on:click=skip>{t(|w| w.shell.skip)}</a>
            <Header session_links has_region/>
            <main class="pay-main" id="main" tabindex="-1" node_ref=main>{children()}</main>
            <Footer sign_in/>
        </div>
    }
}

/// Of the bills that the page is about: the visit's, or the chosen one, which alone counts where a statement is looked
/// up.
pub fn page_region() -> Signal<Option<Region>> {
    let (deployment, navigation) = (Deployment::here(), Navigation::here());
    Signal::derive(move || {
        let looks_up = [Pay::Find.into(), Enter::RegisterBill.into(), Enter::ForgotUserId.into()];
        let is_chosen = navigation.route().is_some_and(|route| looks_up.contains(&route));
        deployment.of_visit.get().filter(|_| !is_chosen).or_else(|| deployment.region.get())
    })
}

const MARK: &str = r#"<path d="M2 2.5h18v19l-3-2-3 2-3-2-3 2-3-2-3 2v-19Z" fill="none" stroke="var(--pay-accent)" stroke-width="2" stroke-linejoin="round"/><path d="M5.5 9.5h11" stroke="var(--pay-accent)" stroke-width="2" stroke-dasharray="2.6 1.6"/>"#;

#[component]
fn Header(session_links: ViewFn, has_region: Signal<bool>) -> impl IntoView {
    let deployment = Deployment::here();
    let language = Language::here();
    let navigation = Navigation::here();
    let other = say(|w| match w.locale {
        Locale::En => "es".to_owned(),
        Locale::Es => "en".to_owned(),
    });
    let switch = move |_| {
        language.0.update(|locale| {
            *locale = match locale {
                Locale::En => Locale::Es,
                Locale::Es => Locale::En,
            }
        });
    };
    let region = page_region();
    let region_name =
        say(move |w| region.get().map_or(w.shell.your_region, |region| format::region(w.locale, region)).to_owned());
    let has_no_chip = Signal::derive(move || has_region.get() || navigation.route() == Some(Route::Region));
    let brand = say(move |_| deployment.brand());
    view! {
        <header class="pay-top">
            <a
                class="pay-top__mark"
                href=href(Route::Home)
                aria-label=say(move |w| (w.shell.wordmark_home)(&deployment.brand()))
            >
                <svg viewBox="0 0 22 24" aria-hidden="true" focusable="false" inner_html=MARK></svg>
                <b translate="no">{brand}</b>
            </a>
            <a class="pay-chip" href=href(Route::Region) hidden=has_no_chip>
                <span class="pay-hidden">{t(|w| w.shell.region)}</span>
                <Icon sign=Sign::Pin/>
                <span>{region_name}</span>
                <Icon sign=Sign::Down/>
                <span class="pay-hidden">{t(|w| w.shell.change)}</span>
            </a>
            <button class="pay-top__link pay-link" type="button" lang=other on:click=switch>
                {t(|w| w.shell.other_language)}
            </button>
            {session_links.run()}
        </header>
    }
}

#[component]
fn Footer(sign_in: ViewFn) -> impl IntoView {
    view! {
        <footer class="pay-foot">
            <div class="pay-foot__in">
                <p>
                    <Icon sign=Sign::Phone/>
                    <span>
                        {t(|w| w.shell.questions)} <BillingPhone/>
                        <br/>
                        <span class="pay-note"><OpenNow/></span>
                    </span>
                </p>
                <div class="pay-foot__links">
                    {sign_in.run()}
                    <a href=href(Read::Help)>{t(|w| w.shell.all_contacts)}</a>
                    <a href=href(Read::Coupon)>{t(|w| w.shell.pay_by_mail)}</a>
                    <a href=href(Read::Accessibility)>{t(|w| w.shell.accessibility)}</a>
                    <a href=href(Read::Terms)>{t(|w| w.shell.terms)}</a>
                    <a href=href(Read::Privacy)>{t(|w| w.shell.privacy)}</a>
                </div>
            </div>
        </footer>
    }
}

/// A number that a phone can call.
#[component]
pub fn PhoneLink(number: Text) -> impl IntoView {
    let address = Text::derive(move || {
        number.with(|number| "tel:+".chars().chain(number.chars().filter(char::is_ascii_digit)).collect())
    });
    view! { <a href=address>{number}</a> }
}

/// The help phone.
#[component]
pub fn BillingPhone() -> impl IntoView {
    let deployment = Deployment::here();
    view! { <PhoneLink number=say(move |_| deployment.contacts().billing_phone)/> }
}

/// A sentence in which the help phone can be called.
pub fn with_phone(words: Text) -> AnyView {
    let deployment = Deployment::here();
    dynamic(move || {
        let (words, phone) = (words.get(), deployment.contacts().billing_phone);
        match words.split_once(&phone).filter(|_| !phone.is_empty()) {
            Some((before, after)) => {
                view! { {sentence(before.to_owned())} <BillingPhone/> {sentence(after.to_owned())} }.into_any()
            }
            None => sentence(words),
        }
    })
}

/// "Open now, until 5 pm Pacific", by the region's clock and the server's time, as a device's clock may be wrong; the
/// plain hours while no region was chosen, and before the server's first response.
#[component]
pub fn OpenNow() -> impl IntoView {
    let (deployment, region) = (Deployment::here(), page_region());
    let words = say(move |w| {
        let contacts = deployment.contacts();
        let (from, until) = (format::hour(w.locale, contacts.opens), format::hour(w.locale, contacts.closes));
        let region = region.get();
        let zone = region.map_or(w.shell.any_zone, |region| format::zone(w.locale, region));
        let Some((region, now)) = region.zip(deployment.now.get()) else {
            return format!("{}.", (w.shell.hours)(&from, &until, zone));
        };
        let local = format::local_time(now, region.time_zone());
        if !local.date.is_weekend() && (contacts.opens..contacts.closes).contains(&local.hour) {
            (w.shell.open_now)(&until, zone, &from)
        } else {
            (w.shell.closed_now)(&from, &until, zone)
        }
    });
    words.into_any()
}
