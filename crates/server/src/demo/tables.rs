//! The demo's members, bills and history as rows of the tables, with ids that are the same each time. Knows the tables;
//! what is in them is decided in `people`, `charges` and `history`.

use super::{
    charges::{DemoBill, DemoLine, Rng, open_bills},
    deposits::DemoDeposit,
    history::{DemoPayment, SettledBill, history},
    people::Person,
};
use crate::{
    clock::local_time_in,
    store::{
        demo_rows::DemoRows,
        ledger::{Reason, Source, SourceKind, entry_id},
        movements::Movement,
        to_json, word,
    },
};
use contract::{
    Date, IdempotencyKey, LocalTime, Locale, Money,
    authorisation::VERSION,
    bill::BillLine,
    payment::{PaymentState, Terms, allocate, debit_day},
    portal::Portal,
};

/// The rows, and the source of their ids.
pub struct Tables {
    ids: Rng,
    rows: DemoRows,
    deposits: Vec<DemoDeposit>,
}

impl Tables {
    pub fn new() -> Self {
        Self { ids: Rng::of("identifiers of the demo"), rows: DemoRows::default(), deposits: Vec::new() }
    }

    pub fn into_rows(self) -> (DemoRows, Vec<DemoDeposit>) {
        (self.rows, self.deposits)
    }

    fn id(&mut self) -> String {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.ids.next().to_be_bytes());
        bytes[8..].copy_from_slice(&self.ids.next().to_be_bytes());
        IdempotencyKey::from_random(bytes).to_string()
    }

    /// `KP-7F3Q-2M8D`, without letters that are read as digits.
    fn reference(&mut self) -> String {
        const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let mut bits = self.ids.next();
        let mut reference = String::from("KP");
        for at in 0..8 {
            if at % 4 == 0 {
                reference.push('-');
            }
            reference.push(char::from(ALPHABET[usize::from(bits.to_le_bytes()[0] & 31)]));
            bits >>= 5;
        }
        reference
    }

    /// Gives the membership.
    pub fn member(&mut self, person: &Person, portal: &Portal, today: Date) -> Result<String, sqlx::Error> {
        let membership = self.id();
        let identifiers = person.identifiers().map_err(|problem| sqlx::Error::Encode(problem.key().into()))?;
        self.rows.membership.push([
            membership.clone().into(),
            person.region.code().into(),
            identifiers.comparison_key().into(),
            person.ending().into(),
            person.name.into(),
            person.email.into(),
        ]);
        for bill in open_bills(person, today) {
            self.bill(&membership, &bill, bill.owed())?;
        }
        for settled in history(person, today) {
            self.settled(person, portal, &membership, &settled)?;
        }
        Ok(membership)
    }

    /// Gives the bill's id. `balance` is what is still owed: all of it, or nothing.
    fn bill(&mut self, membership: &str, bill: &DemoBill, balance: i64) -> Result<String, sqlx::Error> {
        let id = self.id();
        self.rows.bill.push([
            id.clone().into(),
            membership.into(),
            word(&bill.kind)?.into(),
            bill.patient.into(),
            bill.issued.to_string().into(),
            bill.due.to_string().into(),
            balance.into(),
            0.into(),
        ]);
        for (position, line) in (0_i64..).zip(&bill.lines) {
            let paid_since = if balance == 0 { line.you_owe } else { 0 };
            self.rows.line.push([
                id.clone().into(),
                position.into(),
                line.on.to_string().into(),
                line.provider.into(),
                line.description.into(),
                line.billed.into(),
                line.discount.into(),
                line.plan_paid.into(),
                (line.you_paid + paid_since).into(),
                (line.you_owe - paid_since).into(),
                0.into(),
            ]);
        }
        Ok(id)
    }

    fn settled(
        &mut self,
        person: &Person,
        portal: &Portal,
        membership: &str,
        settled: &SettledBill,
    ) -> Result<(), sqlx::Error> {
        let bill = self.bill(membership, &settled.bill, 0)?;
        let mut lines: Vec<BillLine> = settled.bill.lines.iter().filter_map(as_billed).collect();
        for payment in &settled.payments {
            let owed = Money::sum(lines.iter().map(|line| line.you_owe)).unwrap_or(Money::ZERO);
            let leaves = owed.minus(payment.amount).unwrap_or(Money::ZERO);
            let (id, fee) = self.payment(person, portal, membership, payment, 1)?;
            self.postings(&id, membership, payment, fee);
            self.rows.share.push([
                id.clone().into(),
                0.into(),
                bill.clone().into(),
                payment.amount.cents().into(),
                leaves.cents().into(),
            ]);
            for (at, part) in allocate(payment.amount, &lines) {
                let Some(line) = lines.get_mut(at) else { continue };
                self.rows.paid_line.push([
                    id.clone().into(),
                    bill.clone().into(),
                    i64::try_from(at).unwrap_or(0).into(),
                    line.you_owe.cents().into(),
                    part.cents().into(),
                ]);
                if payment.end == PaymentState::Paid {
                    line.you_owe = line.you_owe.minus(part).unwrap_or(Money::ZERO);
                }
            }
        }
        Ok(())
    }

    fn payment(
        &mut self,
        person: &Person,
        portal: &Portal,
        membership: &str,
        payment: &DemoPayment,
        bills: usize,
    ) -> Result<(String, Money), sqlx::Error> {
        let (id, reference, key) = (self.id(), self.reference(), self.id());
        let LocalTime { date: today, hour, .. } = local_time_in(person.region.time_zone(), payment.at);
        let debit_day = debit_day(today, hour, portal.limits.bank_debit_cut_off);
        let (region, method, total) = (person.region, &payment.method, payment.amount);
        let terms = Terms { portal, region, today, debit_day, method, total, from_balance: Money::ZERO, bills };
        let agreed = terms.authorisation(person.name, Locale::En);
        let debit = terms.debit();
        self.rows.payment.push([
            id.clone().into(),
            reference.into(),
            membership.into(),
            "demo".into(),
            key.into(),
            "demo".into(),
            word(&payment.end)?.into(),
            payment.failure.as_ref().map(word).transpose()?.into(),
            payment.amount.cents().into(),
            terms.fee().cents().into(),
            to_json(&payment.method)?.into(),
            person.name.into(),
            person.email.into(),
            Locale::En.code().into(),
            agreed.into(),
            i64::from(VERSION).into(),
            payment.at.millis().into(),
            debit.as_ref().map(|debit| debit.sent_on.to_string()).into(),
            debit.as_ref().map(|debit| debit.expected_on.to_string()).into(),
            to_json(&debit.map(|debit| debit.moved_by).unwrap_or_default())?.into(),
        ]);
        self.events(&id, payment)?;
        Ok((id, terms.fee()))
    }

    /// The last of all rows: the ids of the others stay what they were.
    pub fn deposit(
        &mut self,
        person: &Person,
        portal: &Portal,
        membership: &str,
        payment: &DemoPayment,
    ) -> Result<(), sqlx::Error> {
        let (id, fee) = self.payment(person, portal, membership, payment, 0)?;
        let (total, paid_at, back_at) = (payment.amount, payment.paid_at, payment.back_at);
        self.deposits.push(DemoDeposit { id, membership: membership.to_owned(), total, fee, paid_at, back_at });
        Ok(())
    }

    fn events(&mut self, id: &str, payment: &DemoPayment) -> Result<(), sqlx::Error> {
        let mut events = vec![(PaymentState::Processing, payment.at)];
        if payment.method.is_taken_by_plan() {
            events.clear();
        }
        events.extend(payment.paid_at.map(|at| (PaymentState::Paid, at)));
        if payment.end != PaymentState::Paid {
            events.push((payment.end, payment.back_at.unwrap_or(payment.at)));
        }
        for (position, (state, at)) in (0_i64..).zip(events) {
            self.rows.event.push([id.into(), position.into(), word(&state)?.into(), at.millis().into()]);
        }
        Ok(())
    }

    /// As `store::ledger` posts them.
    fn postings(&mut self, id: &str, membership: &str, payment: &DemoPayment, fee: Money) {
        let back = if payment.end == PaymentState::Refunded { Reason::Refunded } else { Reason::Returned };
        let entries = [(Reason::Paid, payment.paid_at, 1), (back, payment.back_at, -1)];
        for (reason, at, sign) in entries.into_iter().filter_map(|(reason, at, sign)| Some((reason, at?, sign))) {
            let entry = entry_id(Source { kind: SourceKind::Payment, id }, reason.word());
            self.rows.entry.push([
                entry.clone().into(),
                id.into(),
                "payment".into(),
                id.into(),
                reason.word().into(),
                at.millis().into(),
            ]);
            let (total, is_by_plan) = (payment.amount, payment.method.is_taken_by_plan());
            let movement = Movement { payment: id, membership, total, fee, is_deposit: false, is_by_plan, at };
            for posting in movement.taken().into_iter().filter(|posting| posting.cents != 0) {
                self.rows.posting.push([
                    entry.clone().into(),
                    posting.account.to_string().into(),
                    (sign * posting.cents).into(),
                ]);
            }
        }
    }
}

fn as_billed(line: &DemoLine) -> Option<BillLine> {
    Some(BillLine {
        date_of_service: line.on,
        provider: line.provider.to_owned(),
        description: line.description.to_owned(),
        billed: Money::from_cents(line.billed)?,
        discount: Money::from_cents(line.discount)?,
        plan_paid: Money::from_cents(line.plan_paid)?,
        you_paid: Money::from_cents(line.you_paid)?,
        you_owe: Money::from_cents(line.you_owe)?,
    })
}
