//! Browser APIs, the only module that uses web_sys: title, language, clock, randomness and printing here; focus,
//! storage, other tabs, the entry in the history, saving a file, the capture frame and passkeys in files of their own.
//! Called from effects and handlers, never while rendering.

mod entry;
mod focus;
mod frame;
mod leaving;
pub mod passkeys;
mod saving;
mod storage;
mod tabs;

pub use entry::{PlacedLink, entry_mark, link_of, mark_entry, return_to};
pub use focus::{focus, focus_and_show, focus_field, focus_when_closed, is_leaving};
pub use frame::{listen_to_frame, post_to_frame};
pub use leaving::put_while_leaving;
pub use saving::{forget_file, save_file};
pub use storage::{
    ATTEMPT, Remembered, remember, remembered, set_tab_storage, tab_storage, unfinished_attempt, visit_is_on,
    visit_is_over, visit_was_lost,
};
pub use tabs::{TabMessage, Tabs};

use contract::{IdempotencyKey, Instant};
use js_sys::{Array, Function, Promise, Reflect};
use leptos::prelude::Effect;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, HtmlElement};

fn window() -> Option<web_sys::Window> {
    web_sys::window()
}
fn document() -> Option<Document> {
    window()?.document()
}

/// The element that holds the static first paint, emptied for the app.
pub fn app_element() -> Option<HtmlElement> {
    let place: HtmlElement = document()?.get_element_by_id("app")?.dyn_into().ok()?;
    place.set_text_content(None);
    Some(place)
}

/// Where the host's page says that the app is mounted.
pub fn base(app: &HtmlElement) -> Option<String> {
    app.get_attribute("data-base")
}

/// What the server wrote about the deployment.
pub fn facts(app: &HtmlElement) -> Option<String> {
    app.get_attribute("data-facts")
}

/// Says on `<html data-ready>` that the app has taken over (measurements and tests wait for it).
///
/// Every page is a step: going back shows it from its top, where its heading takes the focus. A page that is found
/// again as it was left says so itself (`return_to`).
pub fn started() {
    if let Some(history) = window().and_then(|window| window.history().ok()) {
        _ = history.set_scroll_restoration(web_sys::ScrollRestoration::Manual);
    }
    if let Some(root) = document().and_then(|document| document.document_element()) {
        _ = root.set_attribute("data-ready", "");
    }
}

/// Shows the words of `index.html` that need no app, and hides the app: what was on it can't be trusted any more.
pub fn show_crash() {
    let Some(document) = document() else { return };
    if let Some(app) = document.get_element_by_id("app") {
        _ = app.set_attribute("hidden", "");
    }
    if let Some(words) = document.get_element_by_id("unavailable") {
        _ = words.remove_attribute("hidden");
        if let Ok(words) = words.dyn_into::<HtmlElement>() {
            _ = words.focus();
        }
    }
}

/// Hides the page, or shows it again as it was.
pub fn conceal(is_concealed: bool) {
    let Some(app) = document().and_then(|document| document.get_element_by_id("app")) else { return };
    _ = app.toggle_attribute_with_force("hidden", is_concealed);
}

pub fn set_title(title: &str) {
    if let Some(document) = document() {
        document.set_title(title);
    }
}

/// `<html lang>`.
pub fn set_language(code: &str) {
    if let Some(root) = document().and_then(|document| document.document_element()) {
        _ = root.set_attribute("lang", code);
    }
}

/// Path of the address bar, with the query.
pub fn path() -> String {
    let Some(window) = window() else { return String::new() };
    let location = window.location();
    location.pathname().unwrap_or_default() + &location.search().unwrap_or_default()
}

/// What stands behind the `#` of the address. It is taken out of the address bar and of the history: it opens
/// something.
pub fn take_fragment() -> String {
    let Some(window) = window() else { return String::new() };
    let fragment = window.location().hash().unwrap_or_default();
    if !fragment.is_empty()
        && let Ok(history) = window.history()
    {
        _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&path()));
    }
    fragment.trim_start_matches('#').to_owned()
}

/// As `take_fragment`, now and whenever another one is put into the address of this page.
pub fn take_fragments(mut taken: impl FnMut(String) + 'static) -> Option<Listening> {
    taken(take_fragment());
    Listening::to("hashchange", move || taken(take_fragment()))
}

thread_local! {
    static IS_LEAVING: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Leaves this page for good: nothing of it is left on the screen, in memory, or behind the back button. Once it is
/// left for a place, nothing leads to another.
pub fn leave_for(path: &str) {
    if IS_LEAVING.replace(true) {
        return;
    }
    if let Some(app) = document().and_then(|document| document.get_element_by_id("app")) {
        app.set_text_content(None);
    }
    if let Some(window) = window() {
        _ = window.location().replace(path);
    }
}

pub fn scroll_to_top() {
    if let Some(window) = window() {
        window.scroll_to_with_x_and_y(0.0, 0.0);
    }
}

/// Preferred languages, best first.
pub fn languages() -> Vec<String> {
    let Some(window) = window() else { return Vec::new() };
    let tags = Reflect::get(&window.navigator(), &"languages".into()).unwrap_or_default();
    Array::from(&tags).iter().filter_map(|tag| tag.as_string()).collect()
}

/// By this machine's clock.
pub fn now() -> Instant {
    Instant::from_millis(wall_millis())
}

#[cfg(target_arch = "wasm32")]
#[expect(clippy::disallowed_methods, reason = "everybody else asks here")]
fn wall_millis() -> i64 {
    js_sys::Date::now() as i64
}

/// Natively a page is rendered as at one moment.
#[cfg(not(target_arch = "wasm32"))]
fn wall_millis() -> i64 {
    0
}

/// A moment by two clocks of this machine: the one on the wall, which can be set and goes on while the machine sleeps,
/// and one that only runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub wall_millis: i64,
    pub steady_millis: i64,
}

impl Moment {
    /// By whichever clock more time has passed.
    pub fn since(self, earlier: Self) -> i64 {
        (self.wall_millis - earlier.wall_millis).max(self.steady_since(earlier))
    }

    /// By the monotonic clock. It may stand still while the machine sleeps.
    pub fn steady_since(self, earlier: Self) -> i64 {
        self.steady_millis - earlier.steady_millis
    }
}

pub fn moment() -> Moment {
    let steady = window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now());
    Moment { wall_millis: wall_millis(), steady_millis: steady as i64 }
}

/// At least 45 em wide at the usual size of text: what a phone folds is open.
pub fn is_wide() -> bool {
    let window = if cfg!(target_arch = "wasm32") { window() } else { None };
    let width = window.and_then(|window| window.inner_width().ok()?.as_f64());
    width.is_some_and(|width| width >= 720.0)
}

/// A new key for one intent to pay.
pub fn random_key() -> Option<IdempotencyKey> {
    let mut bytes = [0; 16];
    window()?.crypto().ok()?.get_random_values_with_u8_array(&mut bytes).ok()?;
    Some(IdempotencyKey::from_random(bytes))
}

/// Opens a dialog above everything else, or closes it.
pub fn show_dialog(dialog: &web_sys::HtmlDialogElement, is_shown: bool) {
    match (is_shown, dialog.open()) {
        (true, false) => _ = dialog.show_modal(),
        (false, true) => dialog.close(),
        _ => {}
    }
}

/// The page is in sight.
pub fn is_in_sight() -> bool {
    document().is_some_and(|document| !document.hidden())
}

/// This device has a connection, or does not know.
pub fn is_online() -> bool {
    window().is_none_or(|window| window.navigator().on_line())
}

pub fn print() {
    if let Some(window) = window() {
        _ = window.print();
    }
}

/// The clipboard and its method to write text. Not everywhere, and over TLS only.
fn clipboard() -> Option<(JsValue, Function)> {
    let clipboard = Reflect::get(&window()?.navigator(), &"clipboard".into()).ok()?;
    let write = Reflect::get(&clipboard, &"writeText".into()).ok()?;
    Some((clipboard, write.dyn_into().ok()?))
}

pub fn can_copy() -> bool {
    clipboard().is_some()
}

/// Puts it into the clipboard, unless the browser refuses.
pub async fn copy(text: &str) -> bool {
    let Some((clipboard, write)) = clipboard() else { return false };
    let written = write.call1(&clipboard, &text.into()).ok().and_then(|written| written.dyn_into::<Promise>().ok());
    match written {
        Some(written) => JsFuture::from(written).await.is_ok(),
        None => false,
    }
}

pub fn reload() {
    if let Some(window) = window() {
        _ = window.location().reload();
    }
}

/// Set in this tab's storage while a page that was too old is loaded again.
const RENEWED: &str = "kppay.renewed";

/// Loads this address again, from what the server has now. Once: where that did not help, the page says that it stopped
/// working.
pub fn renew() {
    if tab_storage(RENEWED).is_some() {
        return show_crash();
    }
    set_tab_storage(RENEWED, Some(""));
    // without storage it would be loaded again and again
    if tab_storage(RENEWED).is_some() { reload() } else { show_crash() }
}

/// Loading it again helped, or was not needed.
pub fn is_current() {
    set_tab_storage(RENEWED, None);
}

/// `https://host:port` of this page.
pub fn origin() -> String {
    window().and_then(|window| window.location().origin().ok()).unwrap_or_default()
}

/// Runs `react` once the page is rendered, and again whenever a signal read in it has changed; its argument is whether
/// it is the first run. Never natively. Boxed, so that effects are compiled once.
pub fn effect(react: impl FnMut(bool) + 'static) {
    let mut react: Box<dyn FnMut(bool)> = Box::new(react);
    Effect::new(move |before: Option<()>| react(before.is_none()));
}

/// A listener on the window; dropping it ends it.
pub struct Listening {
    event: &'static str,
    closure: Closure<dyn FnMut(JsValue)>,
}

impl Listening {
    /// Whenever one of the window happens.
    pub fn to(event: &'static str, mut happened: impl FnMut() + 'static) -> Option<Self> {
        Self::on(event, Closure::<dyn FnMut(JsValue)>::new(move |_| happened()))
    }
    fn on(event: &'static str, closure: Closure<dyn FnMut(JsValue)>) -> Option<Self> {
        let listening = Self { event, closure };
        window()?.add_event_listener_with_callback(event, listening.function()).ok()?;
        Some(listening)
    }
    fn function(&self) -> &Function {
        self.closure.as_ref().unchecked_ref()
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        if let Some(window) = window() {
            _ = window.remove_event_listener_with_callback(self.event, self.function());
        }
    }
}

/// At once, whatever is drawn later.
pub fn enable(button: &web_sys::HtmlButtonElement, is_enabled: bool) {
    button.set_disabled(!is_enabled);
}
