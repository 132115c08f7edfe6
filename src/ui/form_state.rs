//! What every form has while it is on the page: its problems, how often it was refused, whether it is being sent, and what the
//! server answered. The fields are an enum of the page's, the words a function of the page's.

use super::{ErrorLine, Failure};
use crate::{
    browser,
    error::ApiError,
    form::Problems,
    i18n::{Language, Words},
};
use contract::Problem;
use leptos::prelude::*;

/// The message of a field with its name.
type FieldWords<F> = fn(&'static Words, F, Problem) -> String;

pub struct FormState<F: 'static> {
    pub problems: RwSignal<Problems<F>>,
    pub refused: RwSignal<u32>,
    pub is_busy: RwSignal<bool>,
    pub answer: RwSignal<Option<ApiError>>,
    words: FieldWords<F>,
    /// Id of the field's control.
    id: fn(F) -> &'static str,
}

impl<F> Clone for FormState<F> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<F> Copy for FormState<F> {}

impl<F: Copy + PartialEq + Send + Sync + 'static> FormState<F> {
    pub fn new(words: FieldWords<F>, id: fn(F) -> &'static str) -> Self {
        Self {
            problems: RwSignal::new(Problems::default()),
            refused: RwSignal::new(0),
            is_busy: RwSignal::new(false),
            answer: RwSignal::new(None),
            words,
            id,
        }
    }

    /// Tracks.
    pub fn has_errors(self) -> bool {
        self.problems.with(|problems| !problems.is_empty())
    }

    /// The message at a field.
    pub fn error(self, field: F) -> Signal<Option<String>> {
        let language = Language::here();
        Signal::derive(move || {
            let problem = self.problems.with(|problems| problems.of(field))?;
            Some((self.words)(language.words(), field, problem))
        })
    }

    /// The lines of the summary.
    pub fn lines(self) -> Signal<Vec<ErrorLine>> {
        let language = Language::here();
        Signal::derive(move || {
            let line = |(field, problem)| ErrorLine {
                id: (self.id)(field).to_owned(),
                words: (self.words)(language.words(), field, problem),
            };
            self.problems.with(|problems| problems.iter().map(line).collect())
        })
    }

    /// Shows the problems; the summary takes the focus.
    pub fn refuse(self, problems: Problems<F>) {
        self.problems.set(problems);
        self.refused.update(|n| *n += 1);
    }

    /// Checks live once it was refused. `check` reads the fields.
    pub fn watch(self, check: impl Fn() -> Problems<F> + 'static) {
        browser::watch(move |is_first| {
            let now = check();
            if is_first || self.refused.get_untracked() == 0 {
                return;
            }
            self.problems.update(|was| {
                let mut next = Problems::default();
                for (field, problem) in now.iter() {
                    // a card number that was wiped stays named until something else is typed
                    let is_wiped = problem == Problem::Missing && was.of(field) == Some(Problem::LooksLikeCard);
                    next.add(field, if is_wiped { Problem::LooksLikeCard } else { problem });
                }
                *was = next;
            });
        });
    }

    /// A submit: the value to send, or nothing when the form is being sent or has problems.
    pub fn begin<T>(self, checked: Result<T, Problems<F>>) -> Option<T> {
        if self.is_busy.get_untracked() {
            return None;
        }
        self.answer.set(None);
        match checked {
            Ok(value) => {
                self.problems.set(Problems::default());
                self.is_busy.set(true);
                Some(value)
            }
            Err(problems) => {
                self.refuse(problems);
                None
            }
        }
    }

    /// What was answered: the value, or the refusal where it belongs. `field` maps the server's names.
    pub fn end<T>(self, answer: Result<T, ApiError>, field: impl Fn(&str) -> Option<F>) -> Option<T> {
        self.is_busy.set(false);
        match answer {
            Ok(value) => Some(value),
            Err(ApiError::Refused(refusal)) => {
                let mut problems = Problems::default();
                if problems.adopt(&refusal, field) {
                    self.refuse(problems);
                } else {
                    self.answer.set(Some(ApiError::Refused(refusal)));
                }
                None
            }
            Err(error) => {
                self.answer.set(Some(error));
                None
            }
        }
    }

    /// The notice for what is no field's.
    pub fn notice(self) -> AnyView {
        view! { <Failure error=self.answer/> }.into_any()
    }
}
