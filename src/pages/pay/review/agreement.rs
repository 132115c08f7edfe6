//! The authorisation on the review, word for word, and the box that says that it was read.

use super::{Review, Unready};
use crate::{
    browser,
    i18n::{Language, Pick, say, t},
};
use contract::payment::MethodKind;
use leptos::prelude::*;

/// The text, and the box that is never ticked for the member.
pub fn authorisation(review: StoredValue<Review>, is_agreed: RwSignal<bool>, refused: RwSignal<u32>) -> AnyView {
    let agree: Pick = match review.with_value(|review| review.method.kind()) {
        MethodKind::Bank => |w| w.pay().review.agree_bank,
        MethodKind::Card => |w| w.pay().review.agree_card,
        MethodKind::Balance | MethodKind::Check | MethodKind::Phone => |w| w.pay().review.agree,
    };
    let text = say(move |w| review.with_value(|review| review.authorisation(w)));
    let kept = say(move |w| review.with_value(|review| review.save_consent(w).unwrap_or_default()));
    let kept = review
        .with_value(|review| review.source.save_method)
        .then(|| view! { <p id="authorisation-to-keep">{kept}</p> });
    let described_by = if kept.is_some() { "authorisation authorisation-to-keep" } else { "authorisation" };
    let is_invalid = move || (refused.get() > 0 && !is_agreed.get()).then_some("true");
    view! {
        <div class="pay-quote">
            <h3>{t(|w| w.pay().review.your_authorisation)}</h3>
            <p id="authorisation">{text}</p>
            {kept}
            <label class="pay-check">
                <input type="checkbox" id="agree" name="agree" aria-describedby=described_by aria-invalid=is_invalid
                    prop:checked=is_agreed on:change=move |event| is_agreed.set(event_target_checked(&event))/>
                <span>{t(agree)}</span>
            </label>
        </div>
    }
    .into_any()
}

/// Agreed is what was read: once the text says something else, nobody has agreed to it.
pub fn untick_what_reads_otherwise(ready: Memo<Result<Review, Unready>>, is_agreed: RwSignal<bool>) {
    let language = Language::here();
    let text = Memo::new(move |_| {
        ready.with(|ready| ready.as_ref().ok().map(|review| review.authorisation(language.words())))
    });
    browser::effect(move |is_first| {
        // Read, not only tracked: a memo that nobody reads hears of nothing.
        text.with(|_| ());
        if !is_first {
            is_agreed.set(false);
        }
    });
}
