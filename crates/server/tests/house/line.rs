//! The line to the processor, which a case can cut: before a charge gets there, or after it was made and before anybody heard.

use contract::{Instant, payment::Method};
use server::{
    processor::{ChargeEvent, ChargeOrder, Processor, ProcessorError, Sandbox},
    store::settle::Verdict,
};
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

#[derive(Clone, Copy)]
pub enum Cut {
    Nowhere,
    /// The processor never hears of the charge.
    Before,
    /// The processor charges; its answer is lost.
    After,
    /// As after a crash: whoever asked for the charge is gone before the answer comes.
    Panic,
}

pub struct Line {
    sandbox: Sandbox,
    cut: AtomicU8,
    /// How often a charge was asked for.
    pub asked: AtomicUsize,
    /// How often somebody asked what a token stands for.
    pub methods_asked: AtomicUsize,
}

impl Line {
    pub fn new(sandbox: Sandbox) -> Self {
        Self {
            sandbox,
            cut: AtomicU8::new(Cut::Nowhere as u8),
            asked: AtomicUsize::new(0),
            methods_asked: AtomicUsize::new(0),
        }
    }
    pub fn cut(&self, cut: Cut) {
        self.cut.store(cut as u8, Ordering::SeqCst);
    }
    fn is_cut(&self, cut: Cut) -> bool {
        self.cut.load(Ordering::SeqCst) == cut as u8
    }
}

#[async_trait::async_trait]
impl Processor for Line {
    async fn method(&self, token: &str, binding: &str) -> Result<Method, ProcessorError> {
        let method = self.sandbox.method(token, binding).await;
        self.methods_asked.fetch_add(1, Ordering::SeqCst);
        method
    }

    async fn charge(&self, order: &ChargeOrder<'_>) -> Result<Verdict, ProcessorError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.is_cut(Cut::Before) {
            return Err(ProcessorError::Unreachable);
        }
        let verdict = self.sandbox.charge(order).await;
        assert!(!self.is_cut(Cut::Panic), "the server dies here");
        if self.is_cut(Cut::After) { Err(ProcessorError::Unreachable) } else { verdict }
    }

    async fn events(&self, after: i64) -> Result<Vec<ChargeEvent>, ProcessorError> {
        self.sandbox.events(after).await
    }

    async fn set_clock(&self, now: Instant) -> Result<(), ProcessorError> {
        self.sandbox.set_clock(now).await
    }
}
