//! Stands in for the crate `wasm-streams` (`[patch.crates-io]`): the part of it that `server_fn` names, doing nothing.
//!
//! leptos links `server_fn`, whose streaming bodies need that crate; this app has no server function, so nothing of it
//! ever runs. But the crate exports three JavaScript classes, and what is exported no linker leaves out.

use core::{
    pin::Pin,
    task::{Context, Poll},
};
use futures_core::Stream;
use wasm_bindgen::{JsCast, JsValue};

/// A stream of nothing.
#[derive(Debug)]
pub struct ReadableStream(web_sys::ReadableStream);

impl ReadableStream {
    pub fn from_raw(raw: web_sys::ReadableStream) -> Self {
        Self(raw)
    }

    /// What the stream would give is dropped.
    pub fn from_stream<S>(_: S) -> Self
    where
        S: Stream<Item = Result<JsValue, JsValue>> + 'static,
    {
        Self(JsValue::UNDEFINED.unchecked_into())
    }

    pub fn into_raw(self) -> web_sys::ReadableStream {
        self.0
    }

    pub fn into_stream(self) -> IntoStream {
        IntoStream
    }
}

/// Ended from the start.
#[derive(Debug)]
pub struct IntoStream;

impl Stream for IntoStream {
    type Item = Result<JsValue, JsValue>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(None)
    }
}
