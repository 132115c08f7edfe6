//! Form validation: the problems of a form by field, in the order of the page. No texts and no controls.

use contract::{FieldProblem, problem_details::ProblemDetails};

/// Fields in the order they were checked; a field at most once, its first problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems<F>(Vec<(F, FieldProblem)>);

impl<F> Default for Problems<F> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<F: Copy + PartialEq> FromIterator<(F, FieldProblem)> for Problems<F> {
    fn from_iter<T: IntoIterator<Item = (F, FieldProblem)>>(found: T) -> Self {
        let mut problems = Self::default();
        found.into_iter().for_each(|(field, problem)| problems.add(field, problem));
        problems
    }
}

impl<F: Copy + PartialEq> Problems<F> {
    pub fn add(&mut self, field: F, problem: FieldProblem) {
        if self.of(field).is_none() {
            self.0.push((field, problem));
        }
    }

    /// Takes the value, or notes the problem.
    pub fn check<T>(&mut self, field: F, parsed: Result<T, FieldProblem>) -> Option<T> {
        parsed.map_err(|problem| self.add(field, problem)).ok()
    }

    /// Adds what the server found; `field` maps its JSON path. False if nothing of it belongs to a field of this form.
    pub fn adopt(&mut self, details: &ProblemDetails, field: impl Fn(&str) -> Option<F>) -> bool {
        let mut known = false;
        for error in &details.errors {
            if let Some(field) = field(&error.field) {
                self.add(field, error.problem);
                known = true;
            }
        }
        known
    }

    /// Names this problem of a field whatever else is wrong with it, before the first field that `comes_later` on the
    /// page.
    pub fn insist(&mut self, field: F, problem: FieldProblem, comes_later: impl Fn(F) -> bool) {
        match self.0.iter_mut().find(|(of, _)| *of == field) {
            Some((_, own)) => *own = problem,
            None => {
                let at = self.0.iter().position(|(of, _)| comes_later(*of)).unwrap_or(self.0.len());
                self.0.insert(at, (field, problem));
            }
        }
    }

    pub fn of(&self, field: F) -> Option<FieldProblem> {
        self.0.iter().find(|(of, _)| *of == field).map(|(_, problem)| *problem)
    }

    pub fn iter(&self) -> impl Iterator<Item = (F, FieldProblem)> + '_ {
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
    use contract::problem_details::{ErrorCode, FieldError};

    #[test]
    fn a_field_keeps_its_first_problem_and_the_page_s_order() {
        let mut problems = Problems::default();
        problems.add('b', FieldProblem::Missing);
        problems.add('a', FieldProblem::TooShort);
        problems.add('b', FieldProblem::TooLong);
        assert_eq!(problems.iter().collect::<Vec<_>>(), [('b', FieldProblem::Missing), ('a', FieldProblem::TooShort)]);
    }

    #[test]
    fn a_rejection_s_fields_enter_the_same_list() {
        let mut problems = Problems::default();
        let details = ProblemDetails {
            r#type: String::new(),
            title: String::new(),
            status: 422,
            code: ErrorCode::Invalid,
            errors: vec![
                FieldError { field: "email".into(), problem: FieldProblem::Malformed },
                FieldError { field: "of.a.later.version".into(), problem: FieldProblem::Missing },
            ],
            retry_after: None,
        };
        assert!(problems.adopt(&details, |path| (path == "email").then_some('e')));
        assert_eq!(problems.of('e'), Some(FieldProblem::Malformed));
        assert_eq!(problems.len(), 1);
    }

    #[test]
    fn what_is_insisted_on_keeps_the_page_s_order() {
        let mut problems = Problems::default();
        problems.add('a', FieldProblem::Missing);
        problems.add('c', FieldProblem::TooLong);
        problems.insist('b', FieldProblem::LooksLikeCard, |field| field > 'b');
        problems.insist('c', FieldProblem::LooksLikeCard, |field| field > 'c');
        problems.insist('d', FieldProblem::TooShort, |field| field > 'd');
        let fields =
            [('a', FieldProblem::Missing), ('b', FieldProblem::LooksLikeCard), ('c', FieldProblem::LooksLikeCard)];
        assert_eq!(problems.iter().take(3).collect::<Vec<_>>(), fields);
        assert_eq!(problems.of('d'), Some(FieldProblem::TooShort));
    }

    #[test]
    fn a_value_is_given_only_without_problems() {
        let mut problems = Problems::default();
        assert_eq!(problems.check('a', Ok(1)), Some(1));
        assert_eq!(problems.clone().or(Some(1)), Ok(1));
        assert_eq!(problems.check::<u8>('b', Err(FieldProblem::Zero)), None);
        assert!(problems.or(Some(1)).is_err());
    }
}
