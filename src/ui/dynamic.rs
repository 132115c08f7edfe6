//! Parts that are drawn again, boxed: leptos compiles the drawing of every closure type and of every list's item type anew, at
//! about 3 KB each. With these there is one of each.

use leptos::prelude::*;

/// A part of a page that is drawn again whenever a signal read in it changes.
pub fn dynamic(draw: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    let draw: Box<dyn Fn() -> AnyView + Send> = Box::new(draw);
    (move || draw()).into_any()
}

/// The parts of a list, one after the other.
pub fn list<T>(items: impl IntoIterator<Item = T>, draw: impl FnMut(T) -> AnyView) -> AnyView {
    items.into_iter().map(draw).collect::<Vec<_>>().into_any()
}
