//! A row of the profile's sheets: what is saved with a button, or a form in its place. When the form goes, the button
//! has the focus again.

use crate::{
    browser,
    i18n::{Text, say, t},
    ui::SubmitButton,
};
use leptos::{html, prelude::*};

#[derive(Clone, Copy)]
pub struct Row {
    pub is_open: RwSignal<bool>,
    /// The focus goes back to the button when it is there again.
    is_closing: StoredValue<bool>,
}

impl Row {
    pub fn new() -> Self {
        Self { is_open: RwSignal::new(false), is_closing: StoredValue::new(false) }
    }

    pub fn close(self) {
        self.is_closing.set_value(true);
        self.is_open.set(false);
    }

    /// "Change", and of what for those who hear the button alone.
    pub fn change_button(self, label: Text, open: Callback<()>) -> AnyView {
        let button = NodeRef::<html::Button>::new();
        browser::effect(move |_| {
            if let Some(button) = button.get().filter(|_| self.is_closing.get_value()) {
                self.is_closing.set_value(false);
                browser::focus_and_show(button);
            }
        });
        let of = say(move |w| (w.account().profile.change_of)(&label.get()));
        view! {
            <dd class="pay-facts__do">
                <button class="pay-link" type="button" node_ref=button on:click=move |_| open.run(())>
                    {t(|w| w.account().profile.change)}<span class="pay-hidden">{of}</span>
                </button>
            </dd>
        }
        .into_any()
    }

    /// The end of a form. What is being sent is answered in the form, so it stays.
    pub fn buttons(self, words: Text, busy: RwSignal<bool>) -> AnyView {
        let cancel = move |_| {
            if !busy.get_untracked() {
                self.close();
            }
        };
        view! {
            <p class="pay-row">
                <SubmitButton words busy_words=t(|w| w.account().profile.saving) busy/>
                <button class="pay-link" type="button" on:click=cancel>{t(|w| w.account().profile.cancel)}</button>
            </p>
        }
        .into_any()
    }
}

/// Goes into the first field of a form that has just opened.
pub fn form_ref(first_id: &'static str) -> NodeRef<html::Form> {
    let place = NodeRef::<html::Form>::new();
    browser::effect(move |_| {
        if let Some(place) = place.get() {
            browser::focus_field(&place, first_id);
        }
    });
    place
}
