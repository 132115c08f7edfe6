//! Session time-out: warns before the session ends, ends it in the browser when it is over, and keeps all tabs in sync.
//!
//! The server decides when a session ends. Two clocks count here how long it still lasts; the member's activity extends
//! it, at most once a minute. When it is over, the browser leaves the page for good, so nothing private stays in memory
//! or behind the back button.

use crate::{
    api::Client,
    browser::{self, Listening, TabSays, Tabs},
    i18n::{Text, say, t},
    navigation::{Navigation, href},
    route::{Account, Enter, Pay, Route},
    session::{CurrentSession, Session},
};
use gloo_timers::future::TimeoutFuture;
use leptos::{html, prelude::*, task::spawn_local};
use std::{rc::Rc, time::Duration};

/// From when the member is asked.
const ASKED_MILLIS: i64 = 120_000;
/// The interval at which the member's activity is reported to the server.
const TOLD_MILLIS: i64 = 60_000;
/// How much later than here a session may end on the server without any activity.
const SLACK_MILLIS: i64 = 30_000;
/// The delay before a request without a response is repeated once.
const AGAIN_MILLIS: u32 = 1_000;

#[derive(Clone)]
struct Watch {
    session: CurrentSession,
    navigation: Navigation,
    client: Client,
    tabs: Rc<Tabs>,
    /// Seconds left, while the member is asked.
    left: RwSignal<Option<usize>>,
    /// Signing out, or staying, did not reach the server.
    is_cut_off: RwSignal<bool>,
    is_telling: StoredValue<bool>,
}

impl Watch {
    /// Every second, and when the page becomes visible again.
    fn tick(&self) {
        let Some(lasts) = self.session.lasts() else { return self.left.set(None) };
        let left = lasts.left(browser::moment());
        if left <= 0 {
            return self.time_out();
        }
        let asked = (left <= ASKED_MILLIS).then(|| usize::try_from((left + 999) / 1_000).unwrap_or(0));
        if self.left.get_untracked() != asked {
            self.left.set(asked);
        }
    }

    /// The session is over by the clocks here, so the page is hidden at once, however long the server takes to respond.
    /// Another tab may have extended it meanwhile; and it may last a minute longer on the server, which is therefore
    /// asked to end it.
    fn time_out(&self) {
        self.session.stop_counting();
        browser::conceal(true);
        let own = self.clone();
        spawn_local(async move {
            let mut answer = own.client.session().await;
            if answer.is_err() {
                // offline, perhaps after a sleep: without this request the server keeps the session open for a while
                TimeoutFuture::new(AGAIN_MILLIS).await;
                answer = own.client.session().await;
            }
            if let Ok(view) = answer {
                let left = view.ends().map_or(0, |(at, _)| at.millis() - view.now().millis());
                if left > TOLD_MILLIS + SLACK_MILLIS {
                    own.session.accept(&view);
                    browser::conceal(false);
                    return own.tick();
                }
                if left > 0 {
                    _ = own.client.let_session_lapse().await;
                }
            }
            own.end(Enter::TimedOut);
        });
    }

    /// The member did something. While they are asked, only their answer counts.
    fn note_activity(&self) {
        let is_due =
            self.session.lasts().is_some_and(|lasts| lasts.told(browser::moment()) >= TOLD_MILLIS && !lasts.is_last());
        if is_due && self.left.with_untracked(Option::is_none) {
            self.extend();
        }
    }

    fn extend(&self) {
        if self.is_telling.get_value() {
            return;
        }
        self.is_telling.set_value(true);
        let own = self.clone();
        spawn_local(async move {
            let answer = own.client.extend_session().await;
            own.is_telling.set_value(false);
            own.is_cut_off.set(false);
            match answer {
                Ok(view) => {
                    own.session.accept(&view);
                    own.tabs.tell(TabSays::Changed);
                    own.tick();
                }
                Err(crate::error::ApiError::SignedOut) => own.end(Enter::TimedOut),
                // without a connection the session runs on until it times out; an open dialog says so
                Err(_) => own.is_cut_off.set(own.left.with_untracked(Option::is_some)),
            }
        });
    }

    /// Another tab, or the server, may know better.
    fn ask(&self) {
        let own = self.clone();
        spawn_local(async move {
            let had = own.session.with_untracked(Session::has_access);
            let Ok(view) = own.client.session().await else { return };
            own.session.accept(&view);
            let has = own.session.with_untracked(Session::has_access);
            if had && !has {
                own.end(Enter::TimedOut);
            } else {
                own.tick();
            }
        });
    }

    fn receive(&self, says: TabSays) {
        match says {
            TabSays::Changed => self.ask(),
            TabSays::SignedOut if self.session.with_untracked(Session::has_access) => {
                self.session.stop_counting();
                self.navigation.leave_for(self.goodbye());
            }
            TabSays::SignedOut => {}
        }
    }

    /// A member's session was ended from elsewhere. (A payer's page says so itself, and what was not sent.)
    fn check_member(&self) {
        if self.session.with_untracked(Session::is_member) {
            self.ask();
        }
    }

    fn end(&self, to: Enter) {
        self.session.stop_counting();
        self.tabs.tell(if to == Enter::TimedOut { TabSays::Changed } else { TabSays::SignedOut });
        self.navigation.leave_for(to);
    }

    /// Where anyone who ends it themselves lands.
    fn goodbye(&self) -> Enter {
        if self.session.with_untracked(Session::is_member) { Enter::SignedOut } else { Enter::VisitEnded }
    }

    fn sign_out(&self) {
        let own = self.clone();
        own.is_cut_off.set(false);
        spawn_local(async move {
            match own.client.end_session().await {
                Ok(()) | Err(crate::error::ApiError::SignedOut) => own.end(own.goodbye()),
                // it is not over, so the page must not say that it is
                Err(_) => own.is_cut_off.set(true),
            }
        });
    }
}

/// Begins the watch and draws its dialogs.
#[component]
pub fn SessionTimeout() -> impl IntoView {
    let (session, navigation, client) = (CurrentSession::here(), Navigation::here(), Client::here());
    let left = RwSignal::new(None);
    let is_cut_off = RwSignal::new(false);
    let watching = StoredValue::new_local(None::<Watch>);
    let with = move |act: fn(&Watch)| watching.with_value(|watch| watch.iter().for_each(act));
    let heard = StoredValue::new_local(Vec::<Listening>::new());
    let own = client.clone();
    browser::effect(move |is_first| {
        if !is_first {
            return;
        }
        let tabs = Rc::new(Tabs::open(move |says| {
            watching.with_value(|watch| watch.iter().for_each(|watch: &Watch| watch.receive(says)));
        }));
        let is_telling = StoredValue::new(false);
        watching.set_value(Some(Watch {
            session,
            navigation,
            client: own.clone(),
            tabs,
            left,
            is_cut_off,
            is_telling,
        }));
        let listen = [
            Listening::to("visibilitychange", move || {
                if browser::is_in_sight() {
                    with(Watch::tick);
                    with(Watch::ask);
                }
            }),
            Listening::to("pageshow", move || with(Watch::tick)),
            Listening::to("pointerdown", move || with(Watch::note_activity)),
            Listening::to("keydown", move || with(Watch::note_activity)),
        ];
        heard.set_value(listen.into_iter().flatten().collect());
        let again = set_interval_with_handle(move || with(Watch::tick), Duration::from_secs(1));
        on_cleanup(move || {
            if let Ok(again) = again {
                again.clear();
            }
        });
    });
    // another tab's session is this tab's, too
    browser::effect(move |is_first| {
        session.track();
        if !is_first {
            with(|watch| watch.tabs.tell(TabSays::Changed));
        }
    });
    browser::effect(move |is_first| {
        session.ends();
        if !is_first {
            with(Watch::sign_out);
        }
    });
    let signed_out = client.signed_out;
    browser::effect(move |is_first| {
        signed_out.track();
        if !is_first {
            with(Watch::check_member);
        }
    });
    let dialog = NodeRef::<html::Dialog>::new();
    let is_asked = Memo::new(move |_| left.with(Option::is_some));
    browser::effect(move |_| {
        let is_asked = is_asked.get();
        if let Some(dialog) = dialog.get_untracked() {
            browser::show_dialog(&dialog, is_asked);
        }
    });
    // signing out did not reach the server, and no warning dialog is open
    let cut_off = NodeRef::<html::Dialog>::new();
    browser::effect(move |_| {
        let is_shown = is_cut_off.get() && !is_asked.get();
        if let Some(dialog) = cut_off.get_untracked() {
            browser::show_dialog(&dialog, is_shown);
        }
    });
    let can_stay = Signal::derive(move || !session.is_last());
    let words = say(move |w| {
        let left = left.get().unwrap_or(0);
        if can_stay.get() { (w.shell.ending.text)(left) } else { (w.shell.ending.last)(left) }
    });
    // read out twice, not every second
    let told = say(move |w| match left.get() {
        Some(left @ (60 | 20)) => (w.shell.ending.text)(left),
        _ => String::new(),
    });
    let stay = move |_| with(Watch::extend);
    let cancel = move |event: leptos::ev::Event| {
        event.prevent_default();
        with(Watch::extend);
    };
    view! {
        <dialog class="pay-dialog" aria-labelledby="ending-title" aria-describedby="ending-text" node_ref=dialog on:cancel=cancel>
            <div class="pay-stack">
                <h2 id="ending-title">{t(|w| w.shell.ending.title)}</h2>
                <p id="ending-text">{words}</p>
                <p class="pay-hidden" role="status">{told}</p>
                <p role="status">{say(move |w| if is_cut_off.get() { w.shell.ending.unreached.to_owned() } else { String::new() })}</p>
                <p class="pay-row">
                    <button class="pay-button pay-button--main" type="button" hidden=Signal::derive(move || !can_stay.get()) on:click=stay>
                        {t(|w| w.shell.ending.stay)}
                    </button>
                    <button class="pay-button" type="button" on:click=move |_| session.end()>{out(session)}</button>
                </p>
            </div>
        </dialog>
        <dialog class="pay-dialog" aria-labelledby="cut-off-title" node_ref=cut_off on:cancel=move |_: leptos::ev::Event| is_cut_off.set(false)>
            <div class="pay-stack">
                <h2 id="cut-off-title">{t(|w| w.shell.ending.still_in)}</h2>
                <p>{t(|w| w.shell.ending.unreached)}</p>
                <p class="pay-row">
                    <button class="pay-button pay-button--main" type="button" on:click=move |_| session.end()>{t(|w| w.shell.try_again)}</button>
                    <button class="pay-button" type="button" on:click=move |_| is_cut_off.set(false)>{t(|w| w.shell.ending.stay)}</button>
                </p>
            </div>
        </dialog>
    }
}

/// At the foot of every page where there is no room at its top: the way in.
#[component]
pub fn WayIn() -> impl IntoView {
    let (session, navigation) = (CurrentSession::here(), Navigation::here());
    view! { <a class="pay-foot__way" href=move || way_in(navigation) hidden=session.is_member()>{t(|w| w.shell.sign_in)}</a> }
}

/// From a step of paying, signing in returns to that step.
fn way_in(navigation: Navigation) -> String {
    match navigation.route() {
        Some(Route::Pay(here)) => match here {
            Pay::Amount | Pay::Method | Pay::Review | Pay::Payment(_) => navigation.sign_in_then(here),
            Pay::Find | Pay::Receipt => navigation.href(Enter::SignIn),
        },
        Some(Route::Home | Route::Region | Route::Read(_) | Route::Enter(_) | Route::Account(_)) | None => {
            navigation.href(Enter::SignIn)
        }
    }
}

/// The way out, as the one who takes it calls it.
fn out(session: CurrentSession) -> Text {
    say(move |w| if session.with(Session::is_member) { w.shell.sign_out } else { w.shell.end_visit }.to_owned())
}

/// At the top of every page: in, or out. A page that one was on the way to is where one lands.
#[component]
pub fn InOrOut() -> impl IntoView {
    let (session, navigation) = (CurrentSession::here(), Navigation::here());
    let is_member = Memo::new(move |_| session.with(Session::is_member));
    let has_access = Memo::new(move |_| session.with(Session::has_access));
    let is_in_account = Memo::new(move |_| matches!(navigation.route(), Some(Route::Account(_))));
    crate::ui::dynamic(move || {
        let way = if is_member.get() && is_in_account.get() {
            // its own bar leads there, and on a phone the way out needs the room
            ().into_any()
        } else if is_member.get() {
            view! { <a class="pay-top__link" href=href(Account::Overview)>{t(|w| w.shell.account)}</a> }.into_any()
        } else {
            view! { <a class="pay-top__link pay-top__wide" href=move || way_in(navigation)>{t(|w| w.shell.sign_in)}</a> }
                .into_any()
        };
        let end = move |_| session.end();
        let leave = has_access.get().then(|| {
            view! { <button class="pay-top__link pay-link" type="button" on:click=end>{out(session)}</button> }
        });
        view! { {way} {leave} }.into_any()
    })
}
