//! Focus management when a page appears: the window's title follows the page's, and the page's `h1` takes the focus, so
//! that a screen reader announces it. On the very first page the focus stays with the browser, as on any page that was
//! loaded.

use crate::{browser, config::Deployment, i18n::Text};
use leptos::{html, prelude::*};

/// Context: how many pages have appeared since the start.
#[derive(Clone, Copy)]
pub struct Arrivals(StoredValue<u32>);

impl Default for Arrivals {
    fn default() -> Self {
        Self(StoredValue::new(0))
    }
}

/// Every page calls this once and gives its `h1` (with `tabindex="-1"`) the answer as `node_ref`. `title` is the
/// window's, without the wordmark, and never holds personal data.
pub fn page_heading(title: Text) -> NodeRef<html::H1> {
    let h1 = NodeRef::new();
    let brand = Deployment::here();
    let arrivals: Option<Arrivals> = use_context();
    browser::effect(move |_| browser::set_title(&format!("{} · {}", title.get(), brand.brand())));
    let mut is_here = false;
    browser::effect(move |_| {
        let Some(h1) = h1.get().filter(|_| !is_here) else { return };
        is_here = true;
        let before = arrivals.map_or(0, |Arrivals(count)| {
            let before = count.get_value();
            count.set_value(before + 1);
            before
        });
        if before > 0 {
            // a frame later: the router has scrolled, and the new page is laid out
            request_animation_frame(move || {
                browser::scroll_to_top();
                browser::focus(h1);
            });
        }
    });
    h1
}

/// The plain `h1` of a page, for pages whose title in the window is the same words.
#[component]
pub fn Heading(words: Text) -> impl IntoView {
    let h1 = page_heading(words);
    view! { <h1 tabindex="-1" node_ref=h1>{words}</h1> }
}
