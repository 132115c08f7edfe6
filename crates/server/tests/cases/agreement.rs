//! Every view of a member's money agrees with every other to the cent, whatever happened: the ledger, the balance, the
//! bills, the history, the receipts, the CSV file, the spending, the proof and the processor's charges. A few random
//! walks, of two servers over one database; a failed one names its seed and its steps.

use crate::test_app::{
    DECLINED, PAYS, Payer, RETURNS, TestApp, VISA, ask,
    call::{Call, Response},
    new_key,
    seed::ANA,
};
use axum::Router;
use contract::{
    Money,
    balance::Balance,
    bill::account::{AccountBill, AccountBills},
    payment::{Payment, PaymentPage, PaymentState, PaymentSummary, Phase, ProofPack, Spending},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const ANAS: &str = "ana@example.org";
const STEPS: usize = 14;
/// Longer than a payment on the same bill asks whether it is meant.
const A_WHILE: i64 = 11 * 60;
/// Until a bank has had its say, and can still take it back.
const DAYS: i64 = 5 * 86_400;
const BILLS: [&str; 3] = ["visit", "surgery", "cents"];

/// A linear congruential generator: the same walk wherever it runs.
struct Dice(u64);

impl Dice {
    /// Below that.
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    /// A part of it that can be paid, or all.
    fn part(&mut self, payable: usize) -> String {
        let cents = if payable < 100 { payable } else { 100 + self.roll(payable - 99) };
        format!("{}.{:02}", cents / 100, cents % 100)
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    PayByCard,
    PayByBank,
    /// The bank sends it back.
    PayByBankInVain,
    PayByDeclinedCard,
    /// Two orders of the same bill on two servers.
    PayTwiceAtOnce,
    DepositByCard,
    DepositByBank,
    /// Something that was taken goes back.
    Refund,
    Return,
    DaysPass,
}

const WAYS: [Step; 10] = [
    Step::PayByCard,
    Step::PayByBank,
    Step::PayByBankInVain,
    Step::PayByDeclinedCard,
    Step::PayTwiceAtOnce,
    Step::DepositByCard,
    Step::DepositByBank,
    Step::Refund,
    Step::Return,
    Step::DaysPass,
];

struct Walk {
    app: TestApp,
    /// Another server over the same database.
    beside: Router,
    ana: Payer,
    dice: Dice,
}

impl Walk {
    async fn begin(seed: u64) -> Self {
        let app = TestApp::open().await;
        let (_, beside) = app.second_server().await;
        app.register(&ANA, ANAS).await;
        let ana = app.sign_in(ANAS).await;
        Self { app, beside, ana, dice: Dice(seed) }
    }

    async fn step(&mut self, step: Step) {
        match step {
            Step::PayByCard => self.pay_by_card(VISA).await,
            Step::PayByDeclinedCard => self.pay_by_card(DECLINED).await,
            Step::PayByBank => self.pay_by_bank(PAYS).await,
            Step::PayByBankInVain => self.pay_by_bank(RETURNS).await,
            Step::PayTwiceAtOnce => self.pay_twice_at_once().await,
            Step::DepositByCard => {
                let token = self.app.card(&self.ana, VISA).await;
                self.deposit(&token).await;
            }
            Step::DepositByBank => {
                let token = self.app.bank(&self.ana, PAYS).await;
                self.deposit(&token).await;
            }
            Step::Refund => self.goes_back("card", "refunded").await,
            Step::Return => self.goes_back("bank", "returned").await,
            Step::DaysPass => {
                self.app.move_clock(DAYS).await;
                self.app.recover().await;
                self.app.recover().await;
                self.ana = self.app.sign_in(ANAS).await;
            }
        }
        self.app.move_clock(A_WHILE).await;
        self.app.recover().await;
        self.ana = self.app.sign_in(ANAS).await;
    }

    /// A bill or two, and no more of each than can be paid; nothing where all is paid.
    async fn shares(&mut self) -> Vec<(&'static str, String)> {
        let mut shares = Vec::new();
        for bill in BILLS {
            let (owed, reserved) = self.app.owes(bill).await;
            let payable = usize::try_from(owed - reserved).unwrap();
            if payable > 0 && (shares.is_empty() || self.dice.roll(3) == 0) && self.dice.roll(4) > 0 {
                shares.push((bill, self.dice.part(payable)));
            }
        }
        shares
    }

    async fn order(&self, token: &str, shares: &[(&'static str, String)]) -> Value {
        let shares: Vec<_> = shares.iter().map(|(bill, amount)| (*bill, amount.as_str())).collect();
        let mut order = self.app.order(&self.ana, token, &shares).await;
        order["pay_again"] = true.into();
        order
    }

    async fn pay_by_card(&mut self, number: &str) {
        let shares = self.shares().await;
        if shares.is_empty() {
            return;
        }
        let token = self.app.card(&self.ana, number).await;
        let order = self.order(&token, &shares).await;
        let state = if number == DECLINED { "failed" } else { "paid" };
        self.app.pay(&self.ana, &new_key(), &order).await.is_payment(201, state);
    }

    async fn pay_by_bank(&mut self, account: &str) {
        let shares = self.shares().await;
        if shares.is_empty() {
            return;
        }
        let token = self.app.bank(&self.ana, account).await;
        let order = self.order(&token, &shares).await;
        self.app.pay(&self.ana, &new_key(), &order).await.is_payment(201, "processing");
    }

    /// All of a bill, twice: one of them pays.
    async fn pay_twice_at_once(&mut self) {
        let bill = BILLS[self.dice.roll(BILLS.len())];
        let (owed, reserved) = self.app.owes(bill).await;
        let Some(payable) = Money::from_cents(owed - reserved).filter(|payable| !payable.is_zero()) else { return };
        let mut orders = Vec::new();
        for _ in 0..2 {
            let token = self.app.card(&self.ana, VISA).await;
            orders.push(self.order(&token, &[(bill, payable.to_string())]).await);
        }
        let call = |order: &Value| Call::post("/payments").by(&self.ana).key(&new_key()).json(order);
        let (here, there) = tokio::join!(self.app.ask(call(&orders[0])), ask(self.beside.clone(), call(&orders[1])));
        let paid = |answer: &Response| answer.status == 201 && answer.json()["state"] == "paid";
        assert_eq!(usize::from(paid(&here)) + usize::from(paid(&there)), 1, "{}\n{}", here.text, there.text);
    }

    async fn deposit(&mut self, token: &str) {
        let amount = format!("{}.{:02}", 5 + self.dice.roll(200), self.dice.roll(100));
        let order = self.app.deposit_order(&self.ana, token, &amount).await;
        self.app.deposit(&self.ana, &new_key(), &order).await.is(201);
    }

    /// Some payment or deposit that was taken, by the processor's word.
    async fn goes_back(&mut self, kind: &str, state: &str) {
        let taken = self.history().await;
        let is_one =
            |payment: &&PaymentSummary| payment.state == PaymentState::Paid && json!(payment.method)["kind"] == kind;
        let taken: Vec<_> = taken.iter().filter(is_one).collect();
        if taken.is_empty() {
            return;
        }
        self.app.becomes(&taken[self.dice.roll(taken.len())].id, state).await;
        self.app.round().await;
        self.app.round().await;
    }

    async fn read<Answer: DeserializeOwned>(&self, path: &str) -> Answer {
        serde_json::from_value(self.app.ask(Call::get(path).by(&self.ana)).await.is(200).json()).unwrap()
    }

    /// All of it, in pages.
    async fn history(&self) -> Vec<PaymentSummary> {
        let (mut all, mut cursor) = (Vec::new(), String::new());
        loop {
            let page: PaymentPage = self.read(&format!("/payments?limit=4{cursor}")).await;
            all.extend(page.payments);
            let Some(next) = page.next else { return all };
            cursor = format!("&cursor={next}");
        }
    }

    async fn assert_all_agree(&self) {
        self.app.assert_balance_is_explained().await;
        let history = self.history().await;
        let kept: Vec<&PaymentSummary> =
            history.iter().filter(|payment| payment.state.phase() == Phase::Took).collect();
        self.assert_receipts(&history).await;
        self.assert_file(&history).await;
        self.assert_bills(&history).await;
        let sum_of_bills = sum(kept.iter().flat_map(|payment| &payment.bills).map(|bill| bill.amount));
        let deposits = sum(kept.iter().filter_map(|payment| payment.deposit));

        let balance: Balance = self.read("/balance?limit=200").await;
        let changes = balance.changes.iter().map(|change| if change.is_in { 1 } else { -1 } * change.amount.cents());
        assert_eq!(balance.balance.cents() - balance.owed.cents(), changes.sum::<i64>(), "balance and its statement");
        assert_eq!(balance.balance.cents() - balance.owed.cents(), deposits.cents(), "balance and deposits kept");

        let spent: Spending = self.read("/spending").await;
        let spent = sum(spent.months.iter().map(|month| month.total));
        let of_bills = kept.iter().filter(|payment| payment.deposit.is_none());
        assert_eq!(spent, sum(of_bills.map(|payment| payment.charged)), "spending and history");

        let proof: ProofPack = self.read("/receipts/2026").await;
        assert_eq!(proof.counts.plus(proof.does_not_count).unwrap(), sum_of_bills, "proof and history");
        assert_eq!(sum(proof.counted.iter().map(|line| line.paid)), proof.counts, "proof and its lines");

        let charged = sum(kept.iter().map(|payment| payment.charged)).cents();
        assert_eq!(self.app.kept_at_the_processor().await, charged, "the processor and history");
        let clearing =
            "SELECT COALESCE(CAST(SUM(cents) AS BIGINT), 0) FROM ledger_posting WHERE account = 'processor_clearing'";
        assert_eq!(self.app.number(clearing).await, charged, "the ledger and history");
    }

    /// Each payment's own page adds up, says what the list says, and the newest receipt prints it.
    async fn assert_receipts(&self, history: &[PaymentSummary]) {
        for (at, row) in history.iter().enumerate() {
            let payment: Payment = self.read(&format!("/payments/{}", row.id)).await;
            assert_eq!((payment.state, payment.charged), (row.state, row.charged), "{}", row.reference);
            let parts = payment.shares.iter().map(|share| share.amount).chain(payment.deposit).chain([payment.fee]);
            assert_eq!(sum(parts), payment.charged, "{}", row.reference);
            if at == 0 && payment.is_final {
                let path = format!("/payments/{}/receipt.pdf", row.id);
                let file = self.app.ask(Call::get(&path).by(&self.ana)).await;
                let text = pdf_extract::extract_text_from_mem(&file.is(200).bytes).unwrap();
                assert!(text.replace(',', "").contains(&payment.charged.to_string()), "{}: {text}", row.reference);
            }
        }
    }

    async fn assert_file(&self, history: &[PaymentSummary]) {
        let file = self.app.ask(Call::get("/payments.csv").by(&self.ana)).await;
        for payment in history {
            let rows = file.is(200).text.lines().map(|line| line.split(',').collect::<Vec<_>>());
            let (mut asked, mut kept) = (Vec::new(), Vec::new());
            for row in rows.filter(|row| row[1] == payment.reference) {
                asked.push(Money::parse(row[6]).unwrap());
                kept.push(Money::parse(row[7]).unwrap());
            }
            let is_kept = payment.state.phase() == Phase::Took;
            assert_eq!(sum(asked), payment.charged, "{}", payment.reference);
            assert_eq!(sum(kept), if is_kept { payment.charged } else { Money::ZERO }, "{}", payment.reference);
        }
    }

    async fn assert_bills(&self, history: &[PaymentSummary]) {
        let list: AccountBills = self.read("/account/bills").await;
        assert_eq!(list.owed, sum(list.open.iter().map(|bill| bill.balance)), "the list of bills and its sum");
        for bill in BILLS {
            let shown: AccountBill = self.read(&format!("/account/bills/{bill}")).await;
            let (owed, reserved) = self.app.owes(bill).await;
            assert_eq!((shown.bill.balance.cents(), shown.bill.pending.cents()), (owed, reserved), "{bill}");
            let of = |phase: Phase| {
                let payments = history.iter().filter(move |payment| payment.state.phase() == phase);
                let shares = payments.flat_map(|payment| &payment.bills).filter(|share| share.bill == bill);
                sum(shares.map(|share| share.amount))
            };
            let paid = sum(shown.bill.lines.iter().map(|line| line.you_paid));
            assert_eq!((paid, shown.bill.pending), (of(Phase::Took), of(Phase::OnItsWay)), "{bill} and history");
            let here = shown.payments.iter().filter(|payment| payment.state.phase() == Phase::Took);
            assert_eq!(sum(here.map(|payment| payment.amount)), paid, "{bill} and its payments");
        }
    }
}

fn sum(amounts: impl IntoIterator<Item = Money>) -> Money {
    Money::sum(amounts).unwrap()
}

async fn walk(seed: u64) {
    let mut walk = Walk::begin(seed).await;
    let mut steps = Vec::new();
    for _ in 0..STEPS {
        let step = WAYS[walk.dice.roll(WAYS.len())];
        steps.push(step);
        println!("seed {seed}: {steps:?}");
        walk.step(step).await;
        walk.assert_all_agree().await;
    }
}

#[tokio::test]
async fn whatever_happens_to_a_member_s_money_every_view_of_it_agrees() {
    walk(1).await;
}

#[tokio::test]
async fn whatever_happens_to_a_member_s_money_every_view_of_it_agrees_on_another_way() {
    walk(2).await;
}
