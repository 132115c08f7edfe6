//! Session time-out: warns before the session ends, ends it in the browser when it is over, and keeps all tabs in sync.
//!
//! The server decides when a session ends. Two clocks count here how long it still lasts; the member's activity extends
//! it, at most once a minute. When it is over, the browser leaves the page for good, so nothing private stays in memory
//! or behind the back button.

mod dialogs;

use crate::{
    api::Client,
    browser::{self, Listening, TabMessage, Tabs},
    navigation::Navigation,
    route::Enter,
    session::{CurrentSession, Session},
};
use dialogs::{ending_dialog, unreached_dialog};
use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};
use std::{rc::Rc, time::Duration};

/// How long before the end the member is asked.
const WARNING_MILLIS: i64 = 120_000;
/// The interval at which the member's activity is reported to the server.
const REPORT_MILLIS: i64 = 60_000;
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
    shown: Shown,
    is_extending: StoredValue<bool>,
}

/// What the dialogs show.
#[derive(Clone, Copy)]
struct Shown {
    /// Seconds left, while the member is asked.
    left: RwSignal<Option<usize>>,
    /// Signing out, or staying, did not reach the server.
    is_cut_off: RwSignal<bool>,
}

impl Watch {
    /// Every second, and when the page becomes visible again.
    fn tick(&self) {
        let Some(lasts) = self.session.lasts() else { return self.shown.left.set(None) };
        let left = lasts.left(browser::moment());
        if left <= 0 {
            return self.time_out();
        }
        let asked = (left <= WARNING_MILLIS).then(|| usize::try_from((left + 999) / 1_000).unwrap_or(0));
        if self.shown.left.get_untracked() != asked {
            self.shown.left.set(asked);
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
                if left > REPORT_MILLIS + SLACK_MILLIS {
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
        let is_due = self
            .session
            .lasts()
            .is_some_and(|lasts| lasts.since_response(browser::moment()) >= REPORT_MILLIS && !lasts.is_last());
        if is_due && self.shown.left.with_untracked(Option::is_none) {
            self.extend();
        }
    }

    fn extend(&self) {
        if self.is_extending.get_value() {
            return;
        }
        self.is_extending.set_value(true);
        let own = self.clone();
        spawn_local(async move {
            let answer = own.client.extend_session().await;
            own.is_extending.set_value(false);
            own.shown.is_cut_off.set(false);
            match answer {
                Ok(view) => {
                    own.session.accept(&view);
                    own.tabs.send(TabMessage::Changed);
                    own.tick();
                }
                Err(crate::error::ApiError::SignedOut) => own.end(Enter::TimedOut),
                // without a connection the session runs on until it times out; an open dialog says so
                Err(_) => own.shown.is_cut_off.set(own.shown.left.with_untracked(Option::is_some)),
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

    fn receive(&self, message: TabMessage) {
        match message {
            TabMessage::Changed => self.ask(),
            TabMessage::SignedOut if self.session.with_untracked(Session::has_access) => {
                self.session.stop_counting();
                self.navigation.leave_for(self.goodbye());
            }
            TabMessage::SignedOut => {}
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
        if to == Enter::TimedOut {
            self.tabs.send(TabMessage::Changed);
            return self.navigation.leave_timed_out();
        }
        self.tabs.send(TabMessage::SignedOut);
        self.navigation.leave_for(to);
    }

    /// Where anyone who ends it themselves lands.
    fn goodbye(&self) -> Enter {
        if self.session.with_untracked(Session::is_member) { Enter::SignedOut } else { Enter::VisitEnded }
    }

    fn sign_out(&self) {
        let own = self.clone();
        own.shown.is_cut_off.set(false);
        spawn_local(async move {
            match own.client.end_session().await {
                Ok(()) | Err(crate::error::ApiError::SignedOut) => own.end(own.goodbye()),
                // it is not over, so the page must not say that it is
                Err(_) => own.shown.is_cut_off.set(true),
            }
        });
    }
}

/// The watch of this page; nothing before there is a browser.
#[derive(Clone, Copy)]
struct Watching(StoredValue<Option<Watch>, LocalStorage>);

impl Watching {
    fn with(self, act: fn(&Watch)) {
        self.0.with_value(|watch| watch.iter().for_each(act));
    }

    /// Opens the channel to the other tabs, and listens to what the member does.
    fn begin(self, session: CurrentSession, client: Client, shown: Shown) {
        let navigation = Navigation::here();
        let listeners = StoredValue::new_local(Vec::<Listening>::new());
        browser::effect(move |is_first| {
            if !is_first {
                return;
            }
            let tabs = Rc::new(Tabs::open(move |message| {
                self.0.with_value(|watch| watch.iter().for_each(|watch: &Watch| watch.receive(message)));
            }));
            let is_extending = StoredValue::new(false);
            self.0.set_value(Some(Watch { session, navigation, client: client.clone(), tabs, shown, is_extending }));
            listeners.set_value(self.listeners());
            let again = set_interval_with_handle(move || self.with(Watch::tick), Duration::from_secs(1));
            on_cleanup(move || {
                if let Ok(again) = again {
                    again.clear();
                }
            });
        });
    }

    fn listeners(self) -> Vec<Listening> {
        let listeners = [
            Listening::to("visibilitychange", move || {
                if browser::is_in_sight() {
                    self.with(Watch::tick);
                    self.with(Watch::ask);
                }
            }),
            Listening::to("pageshow", move || self.with(Watch::tick)),
            Listening::to("pointerdown", move || self.with(Watch::note_activity)),
            Listening::to("keydown", move || self.with(Watch::note_activity)),
        ];
        listeners.into_iter().flatten().collect()
    }

    /// Runs whenever what `track` reads has changed, and not at first.
    fn on_change(self, track: impl Fn() + 'static, act: fn(&Watch)) {
        browser::effect(move |is_first| {
            track();
            if !is_first {
                self.with(act);
            }
        });
    }
}

/// Begins the watch and draws its dialogs.
#[component]
pub fn SessionTimeout() -> impl IntoView {
    let (session, client) = (CurrentSession::here(), Client::here());
    let shown = Shown { left: RwSignal::new(None), is_cut_off: RwSignal::new(false) };
    let watching = Watching(StoredValue::new_local(None));
    let signed_out = client.signed_out;
    watching.begin(session, client, shown);
    // another tab's session is this tab's, too
    watching.on_change(move || session.track(), |watch| watch.tabs.send(TabMessage::Changed));
    watching.on_change(move || _ = session.ends(), Watch::sign_out);
    watching.on_change(move || signed_out.track(), Watch::check_member);
    view! { {ending_dialog(session, watching, shown)} {unreached_dialog(session, shown)} }
}
