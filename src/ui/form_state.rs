//! Form state: the texts and problems of a form, how often its submission was rejected, whether it is being sent, and
//! the server's response. The page supplies the fields as an enum, and the texts as a function.

use super::{ErrorLine, ErrorSummary, Failure};
use crate::{
    browser,
    error::ApiError,
    form::Problems,
    i18n::{Language, Pick, Text, Words, say},
};
use contract::{FieldProblem, field_problem::without_card_numbers};
use leptos::{html, prelude::*};
use std::sync::Arc;

/// The message of a field with its name.
type FieldWords<F> = Arc<dyn Fn(&'static Words, F, FieldProblem) -> String + Send + Sync>;

pub struct FormState<F: 'static> {
    pub problems: RwSignal<Problems<F>>,
    /// How often it was refused: after the first time every change is checked.
    pub refused: RwSignal<u32>,
    pub is_busy: RwSignal<bool>,
    /// What the server answered that is no field's.
    pub answer: RwSignal<Option<ApiError>>,
    /// What is typed, in the order of the page.
    texts: StoredValue<Vec<(F, RwSignal<String>)>>,
    /// What no check of the page sees: a text that was taken away, and what the server found. Named while the field has
    /// this text.
    held: StoredValue<Vec<(F, String)>>,
    words: StoredValue<FieldWords<F>>,
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
    /// `texts` are the fields that are typed into, in the order of the page: what must not be kept is wiped there.
    pub fn new(
        texts: impl IntoIterator<Item = (F, RwSignal<String>)>,
        words: impl Fn(&'static Words, F, FieldProblem) -> String + Send + Sync + 'static,
        id: fn(F) -> &'static str,
    ) -> Self {
        Self {
            problems: RwSignal::new(Problems::default()),
            refused: RwSignal::new(0),
            is_busy: RwSignal::new(false),
            answer: RwSignal::new(None),
            texts: StoredValue::new(texts.into_iter().collect()),
            held: StoredValue::new(Vec::new()),
            words: StoredValue::new(Arc::new(words)),
            id,
        }
    }

    /// Tracks.
    pub fn has_errors(self) -> bool {
        self.problems.with(|problems| !problems.is_empty())
    }

    fn words(self, w: &'static Words, field: F, problem: FieldProblem) -> String {
        self.words.with_value(|words| words(w, field, problem))
    }

    /// The window's title: the page's, and that there is something to put right.
    pub fn title(self, title: Pick) -> Text {
        say(move |w| if self.has_errors() { (w.shell.error_title)(title(w)) } else { title(w).to_owned() })
    }

    /// As if nothing had been typed or sent yet; the texts are the page's.
    pub fn reset(self) {
        self.problems.set(Problems::default());
        self.refused.set(0);
        self.answer.set(None);
        self.held.set_value(Vec::new());
    }

    /// The message at a field.
    pub fn error(self, field: F) -> Signal<Option<String>> {
        let language = Language::here();
        Signal::derive(move || {
            let problem = self.problems.with(|problems| problems.of(field))?;
            Some(self.words(language.words(), field, problem))
        })
    }

    /// The lines of the summary.
    pub fn lines(self) -> Signal<Vec<ErrorLine>> {
        let language = Language::here();
        Signal::derive(move || {
            let w = language.words();
            let problems: Vec<_> = self.problems.with(|problems| problems.iter().collect());
            let line =
                |(field, problem)| ErrorLine { id: (self.id)(field).to_owned(), words: self.words(w, field, problem) };
            problems.into_iter().map(line).collect()
        })
    }

    /// Shows the problems; the summary takes the focus. A card number in the wrong box is not kept, as the words say;
    /// what else was typed there is.
    pub fn refuse(self, problems: Problems<F>) {
        for (field, problem) in problems.iter() {
            if problem == FieldProblem::LooksLikeCard {
                self.drop_card_number(field);
            }
        }
        self.problems.set(problems);
        self.refused.update(|n| *n += 1);
    }

    /// A security code is the whole text.
    fn drop_card_number(self, field: F) {
        let Some(text) = self.texts.try_with_value(|texts| text_of(texts, field)).flatten() else { return };
        let (all, kept) = text.with_untracked(|text| (text.trim().to_owned(), without_card_numbers(text)));
        text.set(if kept == all { String::new() } else { kept });
        self.hold(field);
    }

    /// Takes a field's text away. Its problem stays named until something else is typed.
    pub fn wipe(self, field: F) {
        if let Some(text) = self.texts.try_with_value(|texts| text_of(texts, field)).flatten() {
            text.set(String::new());
            self.hold(field);
        }
    }

    /// Names the field's problem until something else is typed there.
    fn hold(self, field: F) {
        let text = self.texts.try_with_value(|texts| text_of(texts, field)).flatten();
        if let Some(text) = text.map(|text| text.get_untracked()) {
            self.held.update_value(|held| {
                held.retain(|(of, _)| *of != field);
                held.push((field, text));
            });
        }
    }

    /// Checks live once it was refused. `check` reads the fields.
    pub fn revalidate_on_change(self, check: impl Fn() -> Problems<F> + 'static) {
        browser::effect(move |is_first| {
            let now = check();
            if !is_first && self.refused.get_untracked() > 0 {
                self.recheck(now);
            }
        });
    }

    fn recheck(self, mut now: Problems<F>) {
        let was = self.problems.get_untracked();
        self.texts.with_value(|texts| {
            self.held.update_value(|held| {
                held.retain(|(field, was)| {
                    text_of(texts, *field).is_some_and(|text| text.with_untracked(|now| now == was))
                });
            });
            let place = |field| texts.iter().position(|(of, _)| *of == field);
            for (field, _) in self.held.get_value() {
                if let Some(problem) = was.of(field) {
                    now.insist(field, problem, |other| place(other) > place(field));
                }
            }
        });
        self.problems.set(now);
    }

    /// A submit: the value to send, or nothing when the form is being sent or has problems.
    pub fn begin<T>(self, checked: Result<T, Problems<F>>) -> Option<T> {
        if self.is_busy.get_untracked() {
            return None;
        }
        self.answer.set(None);
        self.held.set_value(Vec::new());
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

    /// Ends a submission: gives the value, or puts the errors at their fields. `field` maps the server's field names.
    pub fn end<T>(self, answer: Result<T, ApiError>, field: impl Fn(&str) -> Option<F>) -> Option<T> {
        self.is_busy.set(false);
        match answer {
            Ok(value) => Some(value),
            Err(ApiError::Refused(details)) => {
                let mut problems = Problems::default();
                if problems.adopt(&details, field) {
                    let named: Vec<F> = problems.iter().map(|(field, _)| field).collect();
                    self.refuse(problems);
                    named.into_iter().for_each(|field| self.hold(field));
                } else {
                    self.answer.set(Some(ApiError::Refused(details)));
                }
                None
            }
            Err(error) => {
                self.answer.set(Some(error));
                None
            }
        }
    }

    /// As `end`, of a page that may have been left: the title takes the focus from the button that was pressed.
    pub fn end_at<T>(
        self,
        title: NodeRef<html::H2>,
        answer: Result<T, ApiError>,
        field: impl Fn(&str) -> Option<F>,
        take: impl FnOnce(T),
    ) {
        let is_here = self.is_busy.try_get_untracked().is_some();
        let Some(value) = is_here.then(|| self.end(answer, field)).flatten() else { return };
        self.reset();
        take(value);
        title.try_get_untracked().flatten().into_iter().for_each(browser::focus);
    }

    /// The notice for what is no field's.
    pub fn notice(self) -> AnyView {
        view! { <Failure error=self.answer/> }.into_any()
    }

    /// What is to put right, each line leading to its field.
    pub fn summary(self) -> AnyView {
        view! { <ErrorSummary lines=self.lines() submits=self.refused/> }.into_any()
    }
}

fn text_of<F: PartialEq>(texts: &[(F, RwSignal<String>)], field: F) -> Option<RwSignal<String>> {
    texts.iter().find(|(of, _)| *of == field).map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARD: &str = "4242 4242 4242 4242";

    /// A name that must be there and an e-mail address that need not, as on the page of the method.
    fn form() -> (FormState<char>, RwSignal<String>, RwSignal<String>) {
        let (name, email) = (RwSignal::new(CARD.to_owned()), RwSignal::new(CARD.to_owned()));
        (FormState::new([('n', name), ('e', email)], |_, _, _| String::new(), |_| "id"), name, email)
    }

    fn problems(of: &[(char, FieldProblem)]) -> Problems<char> {
        let mut problems = Problems::default();
        of.iter().for_each(|(field, problem)| problems.add(*field, *problem));
        problems
    }

    fn named(form: FormState<char>) -> Vec<(char, FieldProblem)> {
        form.problems.with_untracked(|problems| problems.iter().collect())
    }

    #[test]
    fn a_card_number_that_was_wiped_stays_named_until_something_else_is_typed() {
        Owner::new().with(|| {
            let (form, name, email) = form();
            let both = [('n', FieldProblem::LooksLikeCard), ('e', FieldProblem::LooksLikeCard)];
            assert_eq!(form.begin::<()>(Err(problems(&both))), None);
            assert_eq!([name.get_untracked(), email.get_untracked()], ["", ""]);
            // nothing is wrong with an empty address
            form.recheck(problems(&[('n', FieldProblem::Missing)]));
            assert_eq!(named(form), both);
            name.set("A".to_owned());
            form.recheck(problems(&[('n', FieldProblem::TooShort)]));
            assert_eq!(named(form), [('n', FieldProblem::TooShort), ('e', FieldProblem::LooksLikeCard)]);
            email.set("ana@example.org".to_owned());
            form.recheck(problems(&[]));
            email.set(String::new());
            form.recheck(problems(&[]));
            assert_eq!(named(form), []);
        });
    }

    #[test]
    fn what_stands_beside_a_card_number_stays_and_a_security_code_goes() {
        Owner::new().with(|| {
            let (form, name, email) = form();
            name.set(format!("I paid with {CARD} in May."));
            email.set("123".to_owned());
            _ = form
                .begin::<()>(Err(problems(&[('n', FieldProblem::LooksLikeCard), ('e', FieldProblem::LooksLikeCard)])));
            assert_eq!([name.get_untracked(), email.get_untracked()], ["I paid with in May.", ""]);
        });
    }

    #[test]
    fn what_the_server_finds_is_shown_at_its_field_and_a_card_number_is_wiped_there_too() {
        Owner::new().with(|| {
            let (form, name, email) = form();
            assert_eq!(form.begin(Ok(1)), Some(1));
            assert_eq!(form.begin(Ok(2)), None, "it is being sent");
            let body = r#"{"type":"about:blank","title":"Invalid","status":422,"code":"invalid","errors":
                [{"field":"email","problem":"looks_like_card"},{"field":"of.a.later.version","problem":"missing"}]}"#;
            let details = || ApiError::Refused(serde_json::from_str(body).unwrap());
            assert_eq!(form.end::<()>(Err(details()), |path| (path == "email").then_some('e')), None);
            assert_eq!(named(form), [('e', FieldProblem::LooksLikeCard)]);
            assert_eq!([name.get_untracked(), email.get_untracked()], [CARD, ""]);
            assert_eq!((form.refused.get_untracked(), form.answer.get_untracked()), (1, None));
            _ = form.begin(Ok(1));
            assert_eq!(form.end::<()>(Err(details()), |_| None), None);
            assert_eq!(form.answer.get_untracked(), Some(details()), "what is no field's is said above the form");
        });
    }

    #[test]
    fn what_the_server_found_stays_named_while_nothing_else_is_typed_in_its_field() {
        Owner::new().with(|| {
            let (form, name, email) = form();
            assert_eq!(form.begin(Ok(1)), Some(1));
            let body = r#"{"type":"about:blank","title":"Invalid","status":422,"code":"invalid",
                "errors":[{"field":"name","problem":"common"}]}"#;
            let refused = Err(ApiError::Refused(serde_json::from_str(body).unwrap()));
            assert_eq!(form.end::<()>(refused, |path| (path == "name").then_some('n')), None);
            // Nothing is wrong with it as far as the page knows, and another field was typed into.
            email.set("ana@example.org".to_owned());
            form.recheck(problems(&[]));
            assert_eq!(named(form), [('n', FieldProblem::Common)]);
            name.set("another".to_owned());
            form.recheck(problems(&[]));
            assert_eq!(named(form), []);
        });
    }

    #[test]
    fn a_secret_that_was_wrong_stays_named_while_nothing_else_is_typed() {
        Owner::new().with(|| {
            let (form, name, _) = form();
            form.wipe('n');
            form.refuse(problems(&[('n', FieldProblem::Unknown)]));
            form.recheck(problems(&[]));
            assert_eq!(named(form), [('n', FieldProblem::Unknown)]);
            name.set("another".to_owned());
            form.recheck(problems(&[]));
            assert_eq!(named(form), []);
        });
    }
}
