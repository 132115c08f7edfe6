//! Dynamic views (re-rendered when a signal changes) and lists, boxed to keep the wasm small: leptos compiles the
//! rendering of every closure type and of every list's item type separately, at about 3 KB each. With these functions
//! there is one of each.

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
