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
    fn name(&'static self, n: usize) -> Text {
        say(move |w| (self.names)(w).get(n - 1).copied().unwrap_or_default().to_owned())
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
        let name = steps.name(n);
        if n < step {
            // narrow: the name for screen readers only; wide: the link
            let link = if is_sent {
                view! { <span><Icon sign=Sign::Check/>{name}</span> }.into_any()
            } else {
                view! { <a href=move || steps.href(n, is_member.get())><Icon sign=Sign::Check/>{name}</a> }.into_any()
            };
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
