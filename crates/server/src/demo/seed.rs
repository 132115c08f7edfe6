//! Writes the demo's members, bills and history into an empty database, in one transaction: all of it or nothing. Knows the tables;
//! what is in them is decided in `people`, `charges` and `history`.

use super::{
    bulk::Rows,
    charges::{Chance, DemoBill, DemoLine, open_bills},
    history::{DemoPayment, SettledBill, history},
    people::{PASSWORD, PEOPLE, Person},
};
use crate::{
    clock::{day_and_hour_in, day_in},
    error::{Error, Result},
    state::App,
    store::{
        Store, Tx,
        accounts::{self, Opening},
        ledger::{Reason, Source, SourceKind, entry_id},
        movements::{Movement, Towards},
        set_mark, to_json, word,
    },
};
use contract::{
    Date, Email, IdempotencyKey, Identifier, Instant, Locale, Money, Password, PersonName, Phone, UsAddress, UsState,
    ZipCode,
    account::TERMS_VERSION,
    authorisation::{Authorisation, VERSION},
    bill::BillLine,
    payment::{Method, PaymentState, allocate, debit_day, plan_debit},
    person::AddressLine,
    portal::Portal,
    problem_details::ErrorCode,
};

/// Of servers that start at once over one database, one seeds; the others wait for it, and find everything there. Writing this mark is
/// the first statement of the transaction, and locks its row. It also says for ever that the database is a demo's.
pub const SEED_MARK: &str = "demo_seed";
/// Seeding may take longer than a statement waits for a lock, or than SQLite waits for another writer.
const TRIES: u8 = 12;

async fn begin(store: &Store) -> Result<Tx, sqlx::Error> {
    let mut tries = 1;
    loop {
        let mut tx = store.begin().await?;
        match set_mark(&mut tx, SEED_MARK, 1).await {
            Ok(()) => return Ok(tx),
            Err(error) if tries == TRIES => return Err(error),
            Err(_) => tries += 1,
        }
    }
}

/// Seeds what is not there yet; a database that has members keeps them as they are.
pub async fn seed(store: &Store, portal: &Portal, now: Instant) -> Result<(), sqlx::Error> {
    let mut tx = begin(store).await?;
    let members: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM membership").fetch_one(&mut *tx).await?;
    if members == 0 {
        let mut tables = Tables::new();
        for person in &PEOPLE {
            tables.member(person, portal, day_in(person.region.time_zone(), now))?;
        }
        tables.insert(&mut tx).await?;
    }
    tx.commit().await
}

/// Opens the accounts of the members who have one, unless there are accounts already; what they paid before was theirs.
pub async fn seed_accounts(app: &App) -> Result<()> {
    const HOW_MANY: &str = "SELECT COUNT(*) FROM account";
    if sqlx::query_scalar::<_, i64>(HOW_MANY).fetch_one(&app.store.read).await? > 0 {
        return Ok(());
    }
    let fault = |_| Error::new(ErrorCode::Fault);
    let hashed = app.passwords.hash(&Password::parse(PASSWORD).map_err(fault)?).await?;
    let now = app.clock.now();
    let mut tx = begin(&app.store).await?;
    if sqlx::query_scalar::<_, i64>(HOW_MANY).fetch_one(&mut *tx).await? > 0 {
        return Ok(());
    }
    for person in PEOPLE.iter().filter(|person| person.has_account()) {
        let identifiers = person.identifiers().map_err(fault)?;
        let Some(membership) = app.store.find_membership(person.region, &identifiers).await? else { continue };
        let (first, last) = person.name.split_once(' ').unwrap_or((person.name, person.name));
        let opening = Opening {
            membership: membership.id.clone(),
            email: Email::parse(person.email).map_err(fault)?,
            first_name: PersonName::parse(first).map_err(fault)?,
            last_name: PersonName::parse(last).map_err(fault)?,
            address: UsAddress {
                line1: AddressLine::parse("1 Harbor Street").map_err(fault)?,
                line2: None,
                city: AddressLine::parse(person.region.name()).map_err(fault)?,
                state: UsState::parse(person.region.code()).map_err(fault)?,
                zip: ZipCode::parse(person.identifier(Identifier::Zip).unwrap_or_default()).map_err(fault)?,
            },
            phone: Phone::parse("510-555-0134").map_err(fault)?,
            locale: Locale::En,
            password: hashed.clone(),
            terms_version: TERMS_VERSION,
            at: now.plus_millis(-YEAR_MILLIS),
        };
        let Some(account) = accounts::open(&mut tx, &opening, now).await? else { continue };
        let theirs = sqlx::query("UPDATE payment SET account = $1 WHERE membership = $2");
        theirs.bind(&account).bind(&membership.id).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(())
}

const YEAR_MILLIS: i64 = 365 * 86_400_000;

struct Tables {
    ids: Chance,
    membership: Rows<6>,
    bill: Rows<8>,
    line: Rows<11>,
    payment: Rows<20>,
    share: Rows<5>,
    paid_line: Rows<5>,
    event: Rows<4>,
    entry: Rows<6>,
    posting: Rows<3>,
}

impl Tables {
    fn new() -> Self {
        Self {
            ids: Chance::of("identifiers of the demo"),
            membership: Rows::of("membership", ["id", "region", "identifiers", "ending", "name", "email"]),
            bill: Rows::of(
                "bill",
                ["id", "membership", "kind", "patient", "issued", "due", "balance_cents", "pending_cents"],
            ),
            line: Rows::of(
                "bill_line",
                [
                    "bill",
                    "position",
                    "service_date",
                    "provider",
                    "description",
                    "billed_cents",
                    "discount_cents",
                    "plan_paid_cents",
                    "you_paid_cents",
                    "you_owe_cents",
                    "pending_cents",
                ],
            ),
            payment: Rows::of(
                "payment",
                [
                    "id",
                    "reference",
                    "membership",
                    "session",
                    "idempotency_key",
                    "fingerprint",
                    "state",
                    "failure",
                    "total_cents",
                    "fee_cents",
                    "method",
                    "payer_name",
                    "email",
                    "locale",
                    "authorisation",
                    "authorisation_version",
                    "created_at",
                    "sent_on",
                    "expected_on",
                    "moved_by",
                ],
            ),
            share: Rows::of("payment_share", ["payment", "position", "bill", "amount_cents", "leaves_cents"]),
            paid_line: Rows::of("payment_line", ["payment", "bill", "line", "after_insurance_cents", "paid_cents"]),
            event: Rows::of("payment_event", ["payment", "position", "state", "at"]),
            entry: Rows::of("ledger_entry", ["id", "payment", "source_kind", "source", "reason", "at"]),
            posting: Rows::of("ledger_posting", ["entry", "account", "cents"]),
        }
    }

    /// In the order the tables refer to each other.
    async fn insert(self, tx: &mut Tx) -> Result<(), sqlx::Error> {
        self.membership.insert(tx).await?;
        self.bill.insert(tx).await?;
        self.line.insert(tx).await?;
        self.payment.insert(tx).await?;
        self.share.insert(tx).await?;
        self.paid_line.insert(tx).await?;
        self.event.insert(tx).await?;
        self.entry.insert(tx).await?;
        self.posting.insert(tx).await
    }

    fn id(&mut self) -> String {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.ids.next().to_be_bytes());
        bytes[8..].copy_from_slice(&self.ids.next().to_be_bytes());
        IdempotencyKey::from_random(bytes).to_string()
    }

    /// `KP-7F3Q-2M8D`, without letters that are read as digits.
    fn reference(&mut self) -> String {
        const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let mut bits = self.ids.next();
        let mut reference = String::from("KP");
        for at in 0..8 {
            if at % 4 == 0 {
                reference.push('-');
            }
            reference.push(char::from(LETTERS[usize::from(bits.to_le_bytes()[0] & 31)]));
            bits >>= 5;
        }
        reference
    }

    fn member(&mut self, person: &Person, portal: &Portal, today: Date) -> Result<(), sqlx::Error> {
        let membership = self.id();
        let identifiers = person.identifiers().map_err(|problem| sqlx::Error::Encode(problem.key().into()))?;
        self.membership.push([
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
        Ok(())
    }

    /// Gives the bill's id. `balance` is what is still owed: all of it, or nothing.
    fn bill(&mut self, membership: &str, bill: &DemoBill, balance: i64) -> Result<String, sqlx::Error> {
        let id = self.id();
        self.bill.push([
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
            self.line.push([
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
            let id = self.payment(person, portal, membership, payment)?;
            self.share.push([
                id.clone().into(),
                0.into(),
                bill.clone().into(),
                payment.amount.cents().into(),
                leaves.cents().into(),
            ]);
            for (at, part) in allocate(payment.amount, &lines) {
                let Some(line) = lines.get_mut(at) else { continue };
                self.paid_line.push([
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
    ) -> Result<String, sqlx::Error> {
        let (id, reference, key) = (self.id(), self.reference(), self.id());
        let charged = payment.amount.plus(payment.fee).unwrap_or(payment.amount);
        let (day, hour) = day_and_hour_in(person.region.time_zone(), payment.at);
        let first = debit_day(day, hour, portal.limits.bank_debit_cut_off);
        let debit = matches!(payment.method, Method::Bank { .. })
            .then(|| plan_debit(first, portal.limits.bank_debit_business_days));
        let agreed = Authorisation {
            payer_name: person.name,
            charged,
            method: &payment.method,
            on: debit.as_ref().map_or(day, |debit| debit.sent_on),
            bills: 1,
            phone: &portal.contacts.billing_phone,
            opens: portal.contacts.opens,
            closes: portal.contacts.closes,
            region: person.region,
        };
        self.payment.push([
            id.clone().into(),
            reference.into(),
            membership.into(),
            "demo".into(),
            key.into(),
            "demo".into(),
            word(&payment.end)?.into(),
            payment.failure.as_ref().map(word).transpose()?.into(),
            payment.amount.cents().into(),
            payment.fee.cents().into(),
            to_json(&payment.method)?.into(),
            person.name.into(),
            person.email.into(),
            Locale::En.code().into(),
            agreed.text(Locale::En).into(),
            i64::from(VERSION).into(),
            payment.at.millis().into(),
            debit.as_ref().map(|debit| debit.sent_on.to_string()).into(),
            debit.as_ref().map(|debit| debit.expected_on.to_string()).into(),
            to_json(&debit.map(|debit| debit.moved_by).unwrap_or_default())?.into(),
        ]);
        self.events(&id, payment)?;
        self.postings(&id, membership, payment);
        Ok(id)
    }

    fn events(&mut self, id: &str, payment: &DemoPayment) -> Result<(), sqlx::Error> {
        let mut events = vec![(PaymentState::Processing, payment.at)];
        events.extend(payment.paid_at.map(|at| (PaymentState::Paid, at)));
        if payment.end != PaymentState::Paid {
            events.push((payment.end, payment.back_at.unwrap_or(payment.at)));
        }
        for (position, (state, at)) in (0_i64..).zip(events) {
            self.event.push([id.into(), position.into(), word(&state)?.into(), at.millis().into()]);
        }
        Ok(())
    }

    /// As `store::ledger` posts them.
    fn postings(&mut self, id: &str, membership: &str, payment: &DemoPayment) {
        let back = if payment.end == PaymentState::Refunded { Reason::Refunded } else { Reason::Returned };
        let entries = [(Reason::Paid, payment.paid_at, 1), (back, payment.back_at, -1)];
        for (reason, at, sign) in entries.into_iter().filter_map(|(reason, at, sign)| Some((reason, at?, sign))) {
            let entry = entry_id(Source { kind: SourceKind::Payment, id }, reason.word());
            self.entry.push([
                entry.clone().into(),
                id.into(),
                "payment".into(),
                id.into(),
                reason.word().into(),
                at.millis().into(),
            ]);
            let movement = Movement { payment: id, membership, total: payment.amount, fee: payment.fee, at };
            for posting in movement.taken(Towards::Bills).into_iter().filter(|posting| posting.cents != 0) {
                self.posting.push([
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
