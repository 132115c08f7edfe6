//! When what is typed is saved, so that a reload or a closed tab loses nothing: once the typing rests, when the page is
//! hidden or left, and when another page comes in its place. What saving means is the page's.

use crate::browser::{self, Listening};
use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};
use std::{rc::Rc, sync::Arc};

/// The pause after which what was typed is saved.
const REST_MILLIS: u32 = 700;

/// `track` reads what can be typed. `keep` saves it; `leave` does so while the browser leaves the page, and sends what
/// the server has not answered yet, too: such a request ends with the page.
pub fn keep_typed(track: impl Fn() + 'static, keep: impl Fn() + Send + Sync + 'static, leave: impl Fn() + 'static) {
    let keep: Arc<dyn Fn() + Send + Sync> = Arc::new(keep);
    let leave: Rc<dyn Fn()> = Rc::new(leave);
    let listening = StoredValue::new_local(None);
    browser::effect(move |_| {
        let (leave, hide) = (leave.clone(), leave.clone());
        let left = Listening::to("pagehide", move || leave());
        // a phone closes what is out of sight without a word
        let hidden = Listening::to("visibilitychange", move || {
            if !browser::is_in_sight() {
                hide();
            }
        });
        listening.set_value(Some((left, hidden)));
    });
    let turn = StoredValue::new(0_u32);
    let resting = keep.clone();
    browser::effect(move |is_first| {
        track();
        if is_first {
            return;
        }
        let this = turn.get_value().wrapping_add(1);
        turn.set_value(this);
        let keep = resting.clone();
        spawn_local(async move {
            TimeoutFuture::new(REST_MILLIS).await;
            // something else was typed since, or the page is gone
            if turn.try_get_value() == Some(this) {
                keep();
            }
        });
    });
    on_cleanup(move || {
        listening.set_value(None);
        keep();
    });
}
