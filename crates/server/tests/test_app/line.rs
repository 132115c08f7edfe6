//! The connection to the processor, which a case can cut: before a charge arrives, or after it was made and before its
//! response.

use contract::{
    Instant, Money,
    demo::DemoDeposit,
    payment::{DepositAmounts, Method},
};
use server::{
    billing::processor::{
        ChargeOrder, Closed, EventEntry, ListedCharge, NotChecked, Processor, ProcessorError, Sandbox,
    },
    store::{settle::Verdict, verifications::SmallDeposits},
};
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

#[derive(Clone, Copy)]
pub enum Cut {
    Nowhere,
    /// The processor never hears of the charge.
    Before,
    /// The processor charges; its answer is lost.
    After,
    /// As after a crash: the one who asked for the charge is gone before the answer comes.
    Panic,
    /// The one who asks what a token stands for waits without an end.
    Tokens,
    /// The one who asks for a charge does.
    Charges,
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
        self.methods_asked.fetch_add(1, Ordering::SeqCst);
        if self.is_cut(Cut::Tokens) {
            std::future::pending::<()>().await;
        }
        self.sandbox.method(token, binding).await
    }

    async fn keep(&self, token: &str, binding: &str, owner: &str) -> Result<String, ProcessorError> {
        if self.is_cut(Cut::Before) {
            return Err(ProcessorError::Unanswered);
        }
        self.sandbox.keep(token, binding, owner).await
    }

    async fn forget(&self, token: &str, owner: &str) -> Result<(), ProcessorError> {
        if self.is_cut(Cut::Before) {
            return Err(ProcessorError::Unanswered);
        }
        let forgotten = self.sandbox.forget(token, owner).await;
        if self.is_cut(Cut::After) { Err(ProcessorError::Unanswered) } else { forgotten }
    }

    async fn send_small_deposits(&self, token: &str, owner: &str) -> Result<SmallDeposits, ProcessorError> {
        if self.is_cut(Cut::Before) {
            return Err(ProcessorError::Unanswered);
        }
        let sent = self.sandbox.send_small_deposits(token, owner).await;
        if self.is_cut(Cut::After) { Err(ProcessorError::Unanswered) } else { sent }
    }

    async fn check_small_deposits(
        &self,
        token: &str,
        owner: &str,
        typed: DepositAmounts,
    ) -> Result<SmallDeposits, NotChecked> {
        if self.is_cut(Cut::Before) {
            return Err(ProcessorError::Unanswered.into());
        }
        let checked = self.sandbox.check_small_deposits(token, owner, typed).await;
        if self.is_cut(Cut::After) { Err(ProcessorError::Unanswered.into()) } else { checked }
    }

    async fn bank_statements(&self) -> Result<Vec<DemoDeposit>, ProcessorError> {
        self.sandbox.bank_statements().await
    }

    async fn charge(&self, order: &ChargeOrder<'_>) -> Result<Verdict, ProcessorError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.is_cut(Cut::Before) {
            return Err(ProcessorError::Unanswered);
        }
        if self.is_cut(Cut::Charges) {
            std::future::pending::<()>().await;
        }
        let verdict = self.sandbox.charge(order).await;
        assert!(!self.is_cut(Cut::Panic), "the server dies here");
        if self.is_cut(Cut::After) { Err(ProcessorError::Unanswered) } else { verdict }
    }

    async fn refund(&self, refund: &str, charge: &str, amount: Money) -> Result<(), ProcessorError> {
        if self.is_cut(Cut::Before) {
            return Err(ProcessorError::Unanswered);
        }
        let refunded = self.sandbox.refund(refund, charge, amount).await;
        if self.is_cut(Cut::After) { Err(ProcessorError::Unanswered) } else { refunded }
    }

    async fn events(&self, after: i64) -> Result<Vec<EventEntry>, ProcessorError> {
        self.sandbox.events(after).await
    }

    async fn charge_of(&self, payment: &str) -> Result<Option<Verdict>, ProcessorError> {
        if self.is_cut(Cut::Before) { Err(ProcessorError::Unanswered) } else { self.sandbox.charge_of(payment).await }
    }

    async fn close(&self, payment: &str) -> Result<Closed, ProcessorError> {
        if self.is_cut(Cut::Before) { Err(ProcessorError::Unanswered) } else { self.sandbox.close(payment).await }
    }

    async fn charges(&self, after: Option<&str>, since: Instant) -> Result<Vec<ListedCharge>, ProcessorError> {
        if self.is_cut(Cut::Before) {
            Err(ProcessorError::Unanswered)
        } else {
            self.sandbox.charges(after, since).await
        }
    }

    async fn set_clock(&self, now: Instant) -> Result<(), ProcessorError> {
        self.sandbox.set_clock(now).await
    }
}
