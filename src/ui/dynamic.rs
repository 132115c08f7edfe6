//! Dynamic views (re-rendered when a signal changes) and lists, boxed to keep the wasm small: leptos compiles the
//! rendering of every closure type and of every list's item type separately, at about 3 KB each. With these functions
//! there is one of each. And a text that page translators may leave alone.

use crate::i18n::Text;
use leptos::prelude::*;

/// A view that is re-rendered whenever a signal read in it changes.
pub fn dynamic(draw: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    let draw: Box<dyn Fn() -> AnyView + Send> = Box::new(draw);
    (move || draw()).into_any()
}

/// The parts of a list, one after the other.
pub fn list<T>(items: impl IntoIterator<Item = T>, draw: impl FnMut(T) -> AnyView) -> AnyView {
    items.into_iter().map(draw).collect::<Vec<_>>().into_any()
}

/// What is said of something, in an element of its own. Page translators leave it alone where it has no word, such as
/// an amount or a reference: they write numbers in another way.
pub fn fact_text(text: Text) -> AnyView {
    let is_number = move |text: &String| !text.contains(|c: char| c.is_ascii_lowercase());
    let translate = Signal::derive(move || text.with(is_number).then(|| "no".to_owned()));
    view! { <span translate=translate>{text}</span> }.into_any()
}
