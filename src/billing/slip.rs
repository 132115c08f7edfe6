//! The slip: what is chosen so far, with a tear line above the sum. Wide it stays beside the page; on a phone it is a
//! bar.

use crate::{
    i18n::{Language, Text, format, sentence, t},
    ui::{dynamic, list},
};
use contract::Money;
use leptos::prelude::*;

/// One line of it, already in words.
#[derive(Clone, PartialEq, Eq)]
pub struct SlipLine {
    pub what: String,
    pub note: String,
    pub amount: Money,
}

/// `children` is what can be done: a button, a link. `dock` on the page where the bills are chosen: a bar that stays in
/// sight.
#[component]
pub fn Slip(
    #[prop(into)] lines: Signal<Vec<SlipLine>>,
    /// `None` is not known yet.
    #[prop(into)]
    total: Signal<Option<Money>>,
    #[prop(optional)] dock: bool,
    children: Children,
) -> impl IntoView {
    let language = Language::here();
    let line = move |line: SlipLine| {
        let amount = line.amount;
        let sum = Text::derive(move || format::money(language.0.get(), amount));
        view! { <div><dt>{line.what}<small>{sentence(line.note)}</small></dt><dd>{sum}</dd></div> }.into_any()
    };
    let sum = Text::derive(move || {
        total.get().map_or_else(|| "…".to_owned(), |total| format::money(language.0.get(), total))
    });
    let class = if dock {
        "pay-journey__side pay-journey__side--stay pay-dock pay-sheet"
    } else {
        "pay-journey__side pay-journey__side--stay pay-sheet pay-brief"
    };
    view! {
        <aside class=class aria-label=t(|w| w.pay().amount.your_payment)>
            <div class="pay-slip">
                <h2>{t(|w| w.pay().amount.your_payment)}</h2>
                <dl class="pay-lines">{dynamic(move || list(lines.get(), line))}</dl>
                <hr class="pay-tear"/>
                <p class="pay-slip__total"><span>{t(|w| w.pay().amount.you_pay)}</span><span class="pay-sum">{sum}</span></p>
                {children()}
            </div>
        </aside>
    }
}
