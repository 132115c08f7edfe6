//! The problems of a form: which field, what is wrong, in the order of the page. No words and no controls.

use contract::{Problem, refusal::Refusal};

/// Fields in the order they were checked; a field at most once, its first problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems<F>(Vec<(F, Problem)>);

impl<F> Default for Problems<F> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<F: Copy + PartialEq> FromIterator<(F, Problem)> for Problems<F> {
    fn from_iter<T: IntoIterator<Item = (F, Problem)>>(found: T) -> Self {
        let mut problems = Self::default();
        found.into_iter().for_each(|(field, problem)| problems.add(field, problem));
        problems
    }
}

impl<F: Copy + PartialEq> Problems<F> {
    pub fn add(&mut self, field: F, problem: Problem) {
        if self.of(field).is_none() {
            self.0.push((field, problem));
        }
    }

    /// Takes the value, or notes the problem.
    pub fn check<T>(&mut self, field: F, parsed: Result<T, Problem>) -> Option<T> {
        parsed.map_err(|problem| self.add(field, problem)).ok()
    }

    /// Adds what the server found; `field` maps its JSON path. False if nothing of it belongs to a field of this form.
    pub fn adopt(&mut self, refusal: &Refusal, field: impl Fn(&str) -> Option<F>) -> bool {
        let mut known = false;
        for error in &refusal.errors {
            if let Some(field) = field(&error.field) {
                self.add(field, error.problem);
                known = true;
            }
        }
        known
    }

    /// Names this problem of a field whatever else is wrong with it, before the first field that `comes_later` on the page.
    pub fn insist(&mut self, field: F, problem: Problem, comes_later: impl Fn(F) -> bool) {
        match self.0.iter_mut().find(|(of, _)| *of == field) {
            Some((_, own)) => *own = problem,
            None => {
                let at = self.0.iter().position(|(of, _)| comes_later(*of)).unwrap_or(self.0.len());
                self.0.insert(at, (field, problem));
            }
        }
    }

    pub fn of(&self, field: F) -> Option<Problem> {
        self.0.iter().find(|(of, _)| *of == field).map(|(_, problem)| *problem)
    }

    pub fn iter(&self) -> impl Iterator<Item = (F, Problem)> + '_ {
        self.0.iter().copied()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value that can be sent, or the problems.
    pub fn or<T>(self, value: Option<T>) -> Result<T, Self> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::refusal::{FieldError, RefusalCode};

    #[test]
    fn a_field_keeps_its_first_problem_and_the_page_s_order() {
        let mut problems = Problems::default();
        problems.add('b', Problem::Missing);
        problems.add('a', Problem::TooShort);
        problems.add('b', Problem::TooLong);
        assert_eq!(problems.iter().collect::<Vec<_>>(), [('b', Problem::Missing), ('a', Problem::TooShort)]);
    }

    #[test]
    fn a_refusal_s_fields_enter_the_same_list() {
        let mut problems = Problems::default();
        let refusal = Refusal {
            r#type: String::new(),
            title: String::new(),
            status: 422,
            code: RefusalCode::Invalid,
            errors: vec![
                FieldError { field: "email".into(), problem: Problem::Malformed },
                FieldError { field: "of.a.later.version".into(), problem: Problem::Missing },
            ],
            retry_after: None,
        };
        assert!(problems.adopt(&refusal, |path| (path == "email").then_some('e')));
        assert_eq!(problems.of('e'), Some(Problem::Malformed));
        assert_eq!(problems.len(), 1);
    }

    #[test]
    fn what_is_insisted_on_keeps_the_page_s_order() {
        let mut problems = Problems::default();
        problems.add('a', Problem::Missing);
        problems.add('c', Problem::TooLong);
        problems.insist('b', Problem::LooksLikeCard, |field| field > 'b');
        problems.insist('c', Problem::LooksLikeCard, |field| field > 'c');
        problems.insist('d', Problem::TooShort, |field| field > 'd');
        let fields = [('a', Problem::Missing), ('b', Problem::LooksLikeCard), ('c', Problem::LooksLikeCard)];
        assert_eq!(problems.iter().take(3).collect::<Vec<_>>(), fields);
        assert_eq!(problems.of('d'), Some(Problem::TooShort));
    }

    #[test]
    fn a_value_is_given_only_without_problems() {
        let mut problems = Problems::default();
        assert_eq!(problems.check('a', Ok(1)), Some(1));
        assert_eq!(problems.clone().or(Some(1)), Ok(1));
        assert_eq!(problems.check::<u8>('b', Err(Problem::Zero)), None);
        assert!(problems.or(Some(1)).is_err());
    }
}
