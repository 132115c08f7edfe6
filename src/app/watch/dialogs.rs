//! The dialogs of the session's time-out: the session is about to end, or signing out did not reach the server.

use super::{Shown, Watch, Watching};
use crate::{
    app::session_links::sign_out_label,
    browser,
    i18n::{say, t},
    session::CurrentSession,
};
use leptos::{html, prelude::*};

/// Asks the member whether to stay, while there is time.
pub(super) fn ending_dialog(session: CurrentSession, watching: Watching, shown: Shown) -> AnyView {
    let Shown { left, is_cut_off } = shown;
    let dialog = NodeRef::<html::Dialog>::new();
    let is_asked = Memo::new(move |_| left.with(Option::is_some));
    browser::effect(move |_| {
        let is_asked = is_asked.get();
        if let Some(dialog) = dialog.get_untracked() {
            browser::show_dialog(&dialog, is_asked);
        }
    });
    let can_stay = Signal::derive(move || !session.is_last());
    let words = say(move |w| {
        let left = left.get().unwrap_or(0);
        if can_stay.get() { (w.shell.ending.text)(left) } else { (w.shell.ending.last)(left) }
    });
    // read out twice, not every second
    let announced = say(move |w| match left.get() {
        Some(left @ (60 | 20)) => (w.shell.ending.text)(left),
        _ => String::new(),
    });
    let unreached = say(move |w| if is_cut_off.get() { w.shell.ending.unreached.to_owned() } else { String::new() });
    let stay = move |_| watching.with(Watch::extend);
    let cancel = move |event: leptos::ev::Event| {
        event.prevent_default();
        watching.with(Watch::extend);
    };
    view! {
        <dialog class="pay-dialog" aria-labelledby="ending-title" aria-describedby="ending-text" node_ref=dialog on:cancel=cancel>
            <div class="pay-stack">
                <h2 id="ending-title">{t(|w| w.shell.ending.title)}</h2>
                <p id="ending-text">{words}</p>
                <p class="pay-hidden" role="status">{announced}</p>
                <p role="status">{unreached}</p>
                <p class="pay-row">
                    <button class="pay-button pay-button--main" type="button" hidden=Signal::derive(move || !can_stay.get()) on:click=stay>
                        {t(|w| w.shell.ending.stay)}
                    </button>
                    <button class="pay-button" type="button" on:click=move |_| session.end()>{sign_out_label(session)}</button>
                </p>
            </div>
        </dialog>
    }
    .into_any()
}

/// Signing out did not reach the server, and the other dialog, which says so itself, is not open.
pub(super) fn unreached_dialog(session: CurrentSession, shown: Shown) -> AnyView {
    let Shown { left, is_cut_off } = shown;
    let dialog = NodeRef::<html::Dialog>::new();
    let is_asked = Memo::new(move |_| left.with(Option::is_some));
    browser::effect(move |_| {
        let is_shown = is_cut_off.get() && !is_asked.get();
        if let Some(dialog) = dialog.get_untracked() {
            browser::show_dialog(&dialog, is_shown);
        }
    });
    let close = move || is_cut_off.set(false);
    view! {
        <dialog class="pay-dialog" aria-labelledby="cut-off-title" node_ref=dialog on:cancel=move |_: leptos::ev::Event| close()>
            <div class="pay-stack">
                <h2 id="cut-off-title">{t(|w| w.shell.ending.still_in)}</h2>
                <p>{t(|w| w.shell.ending.unreached)}</p>
                <p class="pay-row">
                    <button class="pay-button pay-button--main" type="button" on:click=move |_| session.end()>{t(|w| w.shell.try_again)}</button>
                    <button class="pay-button" type="button" on:click=move |_| close()>{t(|w| w.shell.ending.stay)}</button>
                </p>
            </div>
        </dialog>
    }
    .into_any()
}
