//! The progress indicator of a flow. Wide: names over bars, completed steps are links. Narrow: Back, "Step 2 of 4",
//! bars.

use super::{Icon, Sign, list};
use crate::{
    i18n::{Text, Words, say, t},
    navigation::href,
    route::Route,
};
use leptos::prelude::*;

/// The steps of one flow, in order.
pub struct Steps {
    pub routes: &'static [Route],
    /// Where one came from before the first.
    pub before: Route,
    /// Where a member came from, in place of the first.
    pub first_of_member: Option<Route>,
    pub names: fn(&'static Words) -> &'static [&'static str],
}

impl Steps {
    fn name(&'static self, n: usize, is_member: Signal<bool>) -> Text {
        say(move |w| {
            let is_of_member = n == 1 && self.first_of_member.is_some() && is_member.get();
            let name = (self.names)(w).get(n - 1).copied().unwrap_or_default();
            if is_of_member { w.shell.account } else { name }.to_owned()
        })
    }

    fn href(&self, n: usize, is_member: bool) -> String {
        let route = n.checked_sub(1).and_then(|at| self.routes.get(at)).unwrap_or(&self.before);
        let of_member = self.first_of_member.as_ref().filter(|_| is_member && n == 1);
        href(of_member.unwrap_or(route).clone())
    }
}

/// `step` counts from 1. A flow that can't go back any more has `is_sent`.
#[component]
pub fn Stepper(
    steps: &'static Steps,
    step: usize,
    #[prop(optional)] is_sent: bool,
    /// A member pays from the account.
    #[prop(into, optional)]
    is_member: Signal<bool>,
) -> impl IntoView {
    let item = move |n: usize| {
        let name = steps.name(n, is_member);
        if n < step {
            // narrow: the name for screen readers only; wide: the link
            let address = move || (!is_sent).then(|| steps.href(n, is_member.get()));
            let link = view! { <a href=address><Icon sign=Sign::Check/>{name}</a> };
            view! { <li data-done=""><span class="pay-steps__name">{name} ", " {t(|w| w.shell.done)}</span>{link}</li> }
                .into_any()
        } else {
            let numbered = Text::derive(move || format!("{n}. {}", name.get()));
            view! { <li aria-current=(n == step).then_some("step")><span>{numbered}</span></li> }.into_any()
        }
    };
    let back = (!is_sent).then(|| {
        view! { <a class="pay-link" href=move || steps.href(step - 1, is_member.get())><Icon sign=Sign::Back/>{t(|w| w.shell.back)}</a> }
    });
    let count = steps.routes.len();
    view! {
        <nav class="pay-steps" aria-label=t(|w| w.shell.progress)>
            <p class="pay-steps__now">
                {back}
                <span>{say(move |w| (w.shell.step_of)(step, count))}</span>
            </p>
            <ol>{list(1..=count, item)}</ol>
        </nav>
    }
}

/// The way back on pages that are no step: an arrow and words.
#[component]
pub fn Back(#[prop(into)] to: Route, words: Text) -> impl IntoView {
    view! {
        <p data-print="no"><a class="pay-link" href=href(to)><Icon sign=Sign::Back/>{words}</a></p>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::route::{Account, Pay};

    static STEPS: Steps = Steps {
        routes: &[Route::Pay(Pay::Find), Route::Pay(Pay::Amount)],
        before: Route::Home,
        first_of_member: Some(Route::Account(Account::Overview)),
        names: |w| &w.shell.steps,
    };

    fn drawn(is_sent: bool, is_member: bool) -> String {
        let is_member = move || Signal::stored(is_member);
        Owner::new().with(|| view! { <Stepper steps=&STEPS step=2 is_sent is_member=is_member()/> }.to_html())
    }

    #[test]
    fn a_member_came_from_the_account_and_found_no_bill() {
        assert!(drawn(false, false).contains("Find your bill") && !drawn(false, false).contains("Your account"));
        assert!(drawn(false, true).contains("Your account") && !drawn(false, true).contains("Find your bill"));
    }

    #[test]
    fn nothing_leads_back_once_it_is_sent() {
        let links = |is_sent| drawn(is_sent, false).matches("href=").count();
        assert_eq!((links(false), links(true)), (2, 0));
    }
}
