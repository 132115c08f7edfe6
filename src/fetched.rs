//! The loading state of a value from the server: loading, loaded, or failed and why. Knows nothing of how it is fetched
//! (`api`). And a file that is offered, and may not be made.

use crate::error::ApiError;
use leptos::prelude::{Callback, RwSignal, Signal};

#[derive(Clone, Debug, PartialEq)]
pub enum Fetched<T> {
    Waiting,
    Here(T),
    Failed(ApiError),
}

impl<T> Fetched<T> {
    pub fn is_here(&self) -> bool {
        matches!(self, Self::Here(_))
    }

    pub fn value(&self) -> Option<&T> {
        if let Self::Here(value) = self { Some(value) } else { None }
    }

    pub fn value_mut(&mut self) -> Option<&mut T> {
        if let Self::Here(value) = self { Some(value) } else { None }
    }

    pub fn error(&self) -> Option<&ApiError> {
        if let Self::Failed(error) = self { Some(error) } else { None }
    }
}

impl<T: Clone + Send + Sync + 'static> Fetched<T> {
    /// Of a page that has yet to ask. A test puts its answer into the context.
    pub fn at_first() -> RwSignal<Self> {
        let given = if cfg!(test) { leptos::prelude::use_context() } else { None };
        RwSignal::new(given.unwrap_or(Self::Waiting))
    }
}

/// A file that is made when it is asked for.
#[derive(Clone, Copy)]
pub struct FileOffer {
    /// For a link, whose file it is without the app, too.
    pub address: Signal<String>,
    /// Why there is none, after it was asked for.
    pub failed: RwSignal<Option<ApiError>>,
    pub is_asked: RwSignal<bool>,
    pub ask: Callback<()>,
}

impl<T> From<Result<T, ApiError>> for Fetched<T> {
    fn from(answer: Result<T, ApiError>) -> Self {
        answer.map_or_else(Self::Failed, Self::Here)
    }
}
