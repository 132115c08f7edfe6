//! Going on from the method: what is typed is checked, the frame gives a token, the server names its method, and the
//! draft is kept.

use super::{Field, MethodState};
use crate::{
    api::Client,
    billing::{CaptureAsk, CaptureResult, FrameProblem},
    error::ApiError,
    navigation::Navigation,
    route::Pay,
};
use contract::payment::PaymentToken;
use leptos::{prelude::*, task::spawn_local};

#[derive(Clone)]
pub struct Submission {
    state: MethodState,
    navigation: Navigation,
    client: Client,
}

impl Submission {
    pub fn new(state: MethodState) -> Self {
        Self { state, navigation: Navigation::here(), client: Client::here() }
    }

    pub fn submit(&self) {
        let state = self.state;
        if state.form.is_busy.get_untracked() {
            return;
        }
        let is_right = state.form.begin(untrack(|| state.check())).is_some();
        if is_right && state.has_method() {
            return self.go_on();
        }
        state.capture.problem.set(None);
        state.capture.asks.update(|asks| asks.ask(if is_right { CaptureAsk::Submit } else { CaptureAsk::Check }));
    }

    /// What the frame answered.
    pub fn hear(&self, result: CaptureResult) {
        let state = self.state;
        match result {
            CaptureResult::Enter => self.submit(),
            CaptureResult::Token(token) => self.name(token),
            CaptureResult::Wrong(fields) => {
                state.form.is_busy.set(false);
                state.capture.problem.set(Some(FrameProblem::Wrong(fields)));
            }
            CaptureResult::Changed(fields) => {
                state.capture.problem.set((!fields.is_empty()).then_some(FrameProblem::Wrong(fields)));
            }
            CaptureResult::Gone => self.refuse(FrameProblem::Gone),
            CaptureResult::Forgotten => {
                state.forget_method();
                self.refuse(FrameProblem::Forgotten);
            }
        }
    }

    fn refuse(&self, problem: FrameProblem) {
        self.state.form.is_busy.set(false);
        self.state.capture.problem.set(Some(problem));
        self.state.form.refused.update(|n| *n += 1);
    }

    fn name(&self, token: String) {
        let (own, token) = (self.clone(), PaymentToken { token });
        spawn_local(async move {
            let state = own.state;
            let answer = own.client.name_method(&token).await;
            // anyone who left the page meanwhile is not led on
            if state.form.is_busy.try_get_untracked() != Some(true) {
                return;
            }
            let Some(method) = state.form.end(answer, |_| None) else { return };
            state.checkout.edit(|draft| {
                (draft.token, draft.method, draft.needs_code) = (Some(token.token), Some(method), false);
            });
            own.go_on();
        });
    }

    fn go_on(&self) {
        let Self { state, navigation, client } = self.clone();
        state.keep_typed();
        state.form.is_busy.set(true);
        spawn_local(async move {
            let answer = state.checkout.keep(&client).await;
            // an order with such a field would be refused; anything else is kept again by the next step, with its key
            if let Err(ApiError::Refused(details)) = &answer
                && details.errors.iter().any(|error| Field::of_draft(&error.field).is_some())
            {
                state.form.end(answer, Field::of_draft);
                return;
            }
            state.form.is_busy.set(false);
            navigation.go(Pay::Review);
        });
    }
}
