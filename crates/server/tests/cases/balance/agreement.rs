//! Whatever is paid, put in, taken by the plan, returned and refunded, by two servers at the same moment, too: after
//! each step the ledger, the balance, the bills, the history, the receipts, the CSV file, the spending, the proof and
//! the processor's charges agree to the cent.

use super::*;
use crate::test_app::{line::Cut, servers::ServerAtClock};

/// Numbers that are the same each time for one seed.
struct Draws(u64);

impl Draws {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
    fn one_of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }
    /// Dollars and cents, from 5.00 to 44.99.
    fn amount(&mut self) -> String {
        format!("{}.{:02}", 5 + self.below(40), self.below(100))
    }
}

fn cents(value: &Value) -> i64 {
    Money::parse(value.as_str().unwrap_or_default()).unwrap().cents()
}

fn sum<'a>(values: impl Iterator<Item = &'a Value>) -> i64 {
    values.map(cents).sum()
}

impl TestApp {
    /// What stands for a card or an account, some of which take no money or give it back.
    async fn drawn_token(&self, payer: &Payer, draws: &mut Draws) -> String {
        match draws.below(6) {
            0 => self.bank(payer, PAYS).await,
            1 => self.bank(payer, RETURNS).await,
            2 => self.card(payer, DECLINED).await,
            _ => self.card(payer, VISA).await,
        }
    }

    /// From the balance alone, or with another method; of one bill or two.
    async fn drawn_order(&self, payer: &Payer, draws: &mut Draws) -> Call {
        let (first, second) = (draws.amount(), draws.amount());
        let shares = [(draws.one_of(&["visit", "surgery"]), first.as_str()), ("cents", "0.50")];
        let shares = if draws.below(3) == 0 { &shares[..] } else { &shares[..1] };
        let total = Money::sum(shares.iter().map(|(_, amount)| Money::parse(amount).unwrap())).unwrap();
        let part = total.min(Money::parse(&second).unwrap());
        let is_alone = draws.below(2) == 0 || part == total;
        let token = if is_alone { String::new() } else { self.drawn_token(payer, draws).await };
        let part = if is_alone { total } else { part };
        let order = self.order_from_balance(payer, &token, shares, &part.to_string()).await;
        Call::post("/payments").by(payer).key(&new_key()).json(&order)
    }

    /// Any payment whose money is here, and that a processor can give back.
    async fn give_one_back(&self, draws: &mut Draws) {
        let of = "FROM payment WHERE state = 'paid' AND charge IS NOT NULL";
        let many = self.number(&format!("SELECT COUNT(*) {of}")).await;
        if many > 0 {
            let at = draws.below(many.unsigned_abs());
            let id = self.text(&format!("SELECT id {of} ORDER BY id LIMIT 1 OFFSET {at}")).await;
            self.becomes(&id, draws.one_of(&["returned", "refunded"])).await;
            self.round().await;
            self.round().await;
        }
    }

    /// A check bounces, of those that were posted, or of none.
    async fn take_one_back(&self, draws: &mut Draws) {
        let of = "FROM posted_payment WHERE posted_at IS NOT NULL \
                  AND id NOT IN (SELECT posted_payment FROM posted_reversal)";
        let many = self.number(&format!("SELECT COUNT(*) {of}")).await;
        if many > 0 && draws.below(2) == 0 {
            let id = self.text(&format!("SELECT id {of} ORDER BY id LIMIT 1")).await;
            let cents = self.number(&format!("SELECT cents FROM posted_payment WHERE id = '{id}'")).await;
            self.came_back(&format!("back-{id}"), &id, cents, &self.day(1)).await;
        }
    }

    /// A payment holds the whole balance, a deposit goes back meanwhile, and the payment's card is declined.
    async fn lose_what_is_held(&self, payer: &Payer, draws: &mut Draws) {
        let deposit = self.deposit_by_card(payer, &draws.amount()).await["id"].as_str().unwrap().to_owned();
        let held = cents(&self.balance(payer).await["balance"]);
        let (owed, reserved) = self.owes("surgery").await;
        if held > 0 && held + 1_000 <= owed - reserved {
            let [held, total] = [held, held + 1_000].map(|cents| Money::from_cents(cents).unwrap().to_string());
            let token = self.card(payer, DECLINED).await;
            let order = self.order_from_balance(payer, &token, &[("surgery", &total)], &held).await;
            self.line.cut(Cut::Before);
            self.pay(payer, &new_key(), &order).await;
        }
        self.becomes(&deposit, "returned").await;
        self.round().await;
        self.recover().await;
        self.recover().await;
    }

    async fn step(&self, other: &ServerAtClock, payer: &mut Payer, draws: &mut Draws) {
        match draws.below(11) {
            0 => {
                let token = self.drawn_token(payer, draws).await;
                let mut order = self.order(payer, &token, &[("surgery", &draws.amount())]).await;
                order["pay_again"] = true.into();
                self.pay(payer, &new_key(), &order).await;
            }
            1 | 2 => {
                let token = self.drawn_token(payer, draws).await;
                let order = self.deposit_order(payer, &token, &draws.amount()).await;
                self.deposit(payer, &new_key(), &order).await;
            }
            3 => self.give_one_back(draws).await,
            4 => {
                self.move_clock(TWO_WEEKS).await;
                self.recover().await;
                self.recover().await;
                *payer = self.sign_in(ANAS).await;
            }
            5 => {
                self.line.cut(Cut::After);
                let order = self.drawn_order(payer, draws).await;
                tokio::join!(self.ask(order), self.give_one_back(draws));
                self.recover().await;
            }
            6 => {
                let id = format!("{}", draws.below(u64::MAX));
                let (cents, how) = (500 + draws.below(4_000).cast_signed(), draws.one_of(&["check", "phone"]));
                self.plan_took(&id, draws.one_of(&["visit", "surgery"]), cents, how, &self.day(1)).await;
                let order = self.drawn_order(payer, draws).await;
                self.take_one_back(draws).await;
                let ((), answer) = tokio::join!(self.post(), other.ask(order));
                assert!([201, 409, 422, 429].contains(&answer.status.as_u16()), "{}", answer.text);
            }
            7 => {
                let (first, second) = (draws.amount(), draws.amount());
                let keys = [new_key(), new_key()];
                tokio::join!(self.ask_back(payer, &keys[0], &first), self.ask_back(payer, &keys[1], &second));
                if draws.below(2) == 0 {
                    self.send_refunds().await;
                }
            }
            8 => self.lose_what_is_held(payer, draws).await,
            _ => {
                let (first, second) = (self.drawn_order(payer, draws).await, self.drawn_order(payer, draws).await);
                let (first, second) = tokio::join!(self.ask(first), other.ask(second));
                for answer in [first, second] {
                    assert!([201, 409, 422, 429].contains(&answer.status.as_u16()), "{}", answer.text);
                }
            }
        }
    }

    async fn asked_back(&self) -> i64 {
        let sql = "SELECT CAST(COALESCE(SUM(cents), 0) AS BIGINT) FROM credit_refund \
                   JOIN payment ON payment.id = payment WHERE credit_refund.state <> 'refused' AND payment.state <> 'refunded'";
        self.number(sql).await
    }

    async fn assert_all_agree(&self, payer: &Payer) {
        self.assert_balance_is_explained().await;
        let booked = |account: &str| {
            let of = format!("account = '{account}:{}'", ANA.name);
            format!("SELECT CAST(COALESCE(SUM(cents), 0) AS BIGINT) FROM ledger_posting WHERE {of}")
        };
        let paid = -self.number(&booked("receivable")).await;
        let credit = -self.number(&booked("credit")).await - self.number(&booked("credit_owed")).await;
        let held = self.held().await;
        let on_their_way =
            "SELECT CAST(COALESCE(SUM(balance_cents), 0) AS BIGINT) FROM payment WHERE state = 'processing'";
        assert_eq!(held, self.number(on_their_way).await, "what is held");

        let balance = self.balance(payer).await;
        assert_eq!(cents(&balance["balance"]) - cents(&balance["owed"]), credit - held, "the balance");
        if let Some(last) = balance["changes"].as_array().unwrap().first() {
            assert_eq!(cents(&last["after"]) - cents(&last["owed_after"]), credit, "its statement");
        }
        let bills = self.ask(Call::get("/bills").by(payer)).await.is(200).json();
        assert_eq!(cents(&bills["owed"]), 6_410 + 115_000 + 50 - paid, "the bills");

        let history = self.ask(Call::get("/payments?limit=200").by(payer)).await.is(200).json();
        let rows = history["payments"].as_array().unwrap();
        let of_bills = |row: &Value| sum(row["bills"].as_array().unwrap().iter().map(|bill| &bill["amount"]));
        let are_paid = || rows.iter().filter(|row| row["state"] == "paid");
        let deposits = sum(are_paid().filter_map(|row| row.get("deposit")));
        let used = sum(are_paid().filter(|row| row["method"]["kind"] == "balance").map(|row| &row["charged"]));
        assert_eq!(are_paid().map(of_bills).sum::<i64>(), paid, "the history");
        let asked_back = self.asked_back().await;
        assert_eq!(deposits - used - asked_back, credit, "its deposits, and what was used and asked back of them");
        self.assert_receipts_agree(payer, rows).await;
        self.assert_bills_agree(payer, rows).await;
        let newest = rows.iter().find(|row| row["state"] != "processing");
        if let Some(row) = newest {
            let path = format!("/payments/{}/receipt.pdf", row["id"].as_str().unwrap());
            let file = self.ask(Call::get(&path).by(payer)).await;
            let text = pdf_extract::extract_text_from_mem(&file.is(200).bytes).unwrap().replace(',', "");
            assert!(text.contains(row["charged"].as_str().unwrap()), "the printed receipt: {text}");
        }
        let charged_by = |kinds: &[&str]| {
            let of = |row: &&Value| kinds.contains(&row["method"]["kind"].as_str().unwrap());
            sum(are_paid().filter(of).map(|row| &row["charged"]))
        };
        assert_eq!(self.kept_at_the_processor().await, charged_by(&["card", "bank"]), "the processor");
        let took = "SELECT CAST(COALESCE(SUM(cents), 0) AS BIGINT) FROM posted_payment \
                    WHERE id NOT IN (SELECT posted_payment FROM posted_reversal)";
        assert_eq!(self.number(took).await, charged_by(&["check", "phone"]), "what the plan took itself");
        let csv = self.ask(Call::get("/payments.csv").by(payer)).await.is(200).text.clone();
        let kept = |is_deposit: bool| -> i64 {
            let rows = csv.lines().skip(1).map(|row| row.split(',').collect::<Vec<_>>());
            let rows = rows.filter(|row| (row[4] == "deposit") == is_deposit);
            rows.map(|row| Money::parse(row[7]).unwrap().cents()).sum()
        };
        assert_eq!((kept(false), kept(true)), (paid, deposits), "the file");
        let spending = self.ask(Call::get("/spending").by(payer)).await.is(200).json();
        let months = spending["months"].as_array().unwrap().iter().map(|month| &month["professional"]);
        assert_eq!(sum(months), paid, "the spending");
        let proof = self.ask(Call::get("/receipts/2026").by(payer)).await.is(200).json();
        assert_eq!(cents(&proof["counts"]) + cents(&proof["does_not_count"]), paid, "the proof");
    }

    /// Each receipt has the sums of its row, and what its charges are after insurance; of an order of two parts each
    /// names the other as that one is.
    async fn assert_receipts_agree(&self, payer: &Payer, rows: &[Value]) {
        for row in rows {
            let id = row["id"].as_str().unwrap();
            let receipt = self.ask(Call::get(&format!("/payments/{id}")).by(payer)).await.is(200).json();
            assert_eq!((&receipt["state"], &receipt["charged"]), (&row["state"], &row["charged"]));
            assert_eq!(receipt.get("other_part"), row.get("other_part"), "the other part of {id}");
            if let Some(other) = row.get("other_part") {
                let of_other = rows.iter().find(|row| row["id"] == other["payment"]).unwrap();
                for field in ["reference", "charged", "state", "method"] {
                    assert_eq!(other[field], of_other[field], "{field} of the other part of {id}");
                }
                assert_eq!(of_other["other_part"]["payment"], *id);
            }
            let shares = receipt["shares"].as_array().unwrap();
            let in_row = sum(row["bills"].as_array().unwrap().iter().map(|bill| &bill["amount"]));
            assert_eq!(sum(shares.iter().map(|share| &share["amount"])), in_row, "the receipt {id}");
            for share in shares {
                let lines = share["lines"].as_array().unwrap();
                let paid = sum(lines.iter().map(|line| &line["paid"]));
                assert_eq!(paid, cents(&share["amount"]), "the lines of the receipt {id}");
                for line in lines {
                    let bill = self.owed_at_first(share["bill"].as_str().unwrap()).await;
                    assert!(bill.contains(&cents(&line["after_insurance"])), "{line} of a bill of {bill:?}");
                }
            }
        }
    }

    /// What each charge of a bill came to after insurance.
    async fn owed_at_first(&self, bill: &str) -> Vec<i64> {
        let sql = "SELECT billed_cents - discount_cents - plan_paid_cents FROM bill_line WHERE bill = $1";
        sqlx::query_scalar(sql).bind(bill).fetch_all(&self.state.store.read).await.unwrap()
    }

    /// Each bill's page owes what the database has, and lists what was paid.
    async fn assert_bills_agree(&self, payer: &Payer, history: &[Value]) {
        for bill in ["visit", "surgery", "cents"] {
            let shown = self.ask(Call::get(&format!("/account/bills/{bill}")).by(payer)).await.is(200).json();
            let (owed, reserved) = self.owes(bill).await;
            assert_eq!(
                (cents(&shown["bill"]["balance"]), cents(&shown["bill"]["pending"])),
                (owed, reserved),
                "{bill}"
            );
            let lines = shown["bill"]["lines"].as_array().unwrap();
            let paid = sum(lines.iter().map(|line| &line["you_paid"]));
            let listed = shown["payments"].as_array().unwrap().iter().filter(|payment| payment["state"] == "paid");
            assert_eq!(sum(listed.map(|payment| &payment["amount"])), paid, "{bill} and its payments");
            let shares = history.iter().filter(|row| row["state"] == "paid");
            let shares = shares.flat_map(|row| row["bills"].as_array().unwrap()).filter(|share| share["bill"] == bill);
            assert_eq!(sum(shares.map(|share| &share["amount"])), paid, "{bill} and the history");
        }
    }
}

#[tokio::test]
async fn whatever_is_done_at_once_on_two_servers_all_that_tells_of_money_agrees_to_the_cent_after_each_step() {
    for seed in 1..=4 {
        let app = TestApp::open().await;
        let mut ana = app.ana_with("80.00").await;
        let mut draws = Draws(seed);
        for step in 0..18 {
            let other = app.beside().await;
            app.step(&other, &mut ana, &mut draws).await;
            println!("seed {seed}, step {step}"); // shown if it fails
            app.assert_all_agree(&ana).await;
        }
    }
}
