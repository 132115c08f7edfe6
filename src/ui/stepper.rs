//! Where one is on the way to a receipt. Wide: four names over bars, done ones are links. Narrow: Back, "Step 2 of 4", bars.

use super::{Icon, Sign, list};
use crate::{
    i18n::{Text, say, t},
    route::Route,
};
use leptos::prelude::*;

fn step_route(step: usize) -> Route {
    match step {
        1 => Route::Find,
        2 => Route::Amount,
        3 => Route::Method,
        _ => Route::Review,
    }
}

fn t_step(n: usize) -> Text {
    say(move |w| w.shell.steps[n - 1].to_owned())
}

/// `step` is 1 to 4.
#[component]
pub fn Stepper(step: usize) -> impl IntoView {
    let back = if step == 1 { Route::Home } else { step_route(step - 1) };
    let item = move |n: usize| {
        let name = t_step(n);
        if n < step {
            // narrow: the name for screen readers only; wide: the link
            view! {
                <li data-done="">
                    <span class="pay-steps__name">{name} ", " {t(|w| w.shell.done)}</span>
                    <a href=step_route(n).href()><Icon sign=Sign::Check/>{name}</a>
                </li>
            }
            .into_any()
        } else {
            let numbered = say(move |w| format!("{n}. {}", w.shell.steps[n - 1]));
            view! { <li aria-current=(n == step).then_some("step")><span>{numbered}</span></li> }.into_any()
        }
    };
    view! {
        <nav class="pay-steps" aria-label=t(|w| w.shell.progress)>
            <p class="pay-steps__now">
                <a class="pay-link" href=back.href()><Icon sign=Sign::Back/>{t(|w| w.shell.back)}</a>
                <span>{say(move |w| (w.shell.step_of)(step, 4))}</span>
            </p>
            <ol>{list(1..=4, item)}</ol>
        </nav>
    }
}

/// The way back on pages that are no step: an arrow and words.
#[component]
pub fn Back(to: Route, words: Text) -> impl IntoView {
    view! {
        <p data-print="no"><a class="pay-link" href=to.href()><Icon sign=Sign::Back/>{words}</a></p>
    }
}
