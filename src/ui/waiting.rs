//! A loading placeholder (skeleton): bars in the real layout, shown after 300 ms (by the style sheet), announced as a
//! text.

use super::list;
use crate::i18n::t;
use leptos::prelude::*;

/// `rows` bars, about as high as what will stand there.
#[component]
pub fn Waiting(#[prop(default = 4)] rows: usize) -> impl IntoView {
    view! {
        <div class="pay-sheet pay-waiting" aria-busy="true">
            <p class="pay-hidden">{t(|w| w.shell.waiting)}</p>
            <div class="pay-stack" aria-hidden="true">
                {list(0..rows, |_| view! { <div class="pay-ghost"><i></i><i></i></div> }.into_any())}
            </div>
        </div>
    }
}
