//! Writes the demo's members, bills and history into an empty database, in one transaction: all of it or nothing. Then
//! opens the accounts of those who have one.

use super::{
    deposits,
    people::{HOUSEHOLD, PASSWORD, PEOPLE, Scenario},
    tables::Tables,
};
use crate::{
    clock::day_in,
    error::{Error, Result},
    state::App,
    store::{
        Store, Tx,
        accounts::{self, Opening},
        demo_rows, household,
        owner::SEED_MARK,
        set_mark,
    },
};
use contract::{
    Email, Identifier, Instant, Locale, NamePart, Password, PersonName, Phone, UsAddress, UsState, ZipCode,
    account::TERMS_VERSION, person::AddressLine, portal::Portal, problem_details::ErrorCode,
};

/// Seeding may take longer than a statement waits for a lock, or than SQLite waits for another writer.
const TRIES: u8 = 12;

/// Of servers that start at once over one database, one seeds; the others wait for it, and find everything there.
/// Writing the mark is the first statement of the transaction, and locks its row.
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
    if !demo_rows::has_memberships(&mut tx).await? {
        let (mut tables, mut drawn) = (Tables::new(), None);
        for person in &PEOPLE {
            let today = day_in(person.region.time_zone(), now);
            let membership = tables.member(person, portal, today)?;
            if person.scenario == Scenario::Drawn {
                drawn = Some((person, membership, today));
            }
        }
        if let Some((person, membership, today)) = drawn {
            for payment in deposits::deposits(today) {
                tables.deposit(person, portal, &membership, &payment)?;
            }
        }
        let (rows, deposits) = tables.into_rows();
        rows.insert(&mut tx).await?;
        deposits::book(&mut tx, &deposits).await?;
    }
    tx.commit().await
}

/// Opens the accounts of the members who have one, unless there are accounts already; what they paid before was theirs.
pub async fn seed_accounts(app: &App) -> Result<()> {
    if app.store.has_accounts().await? {
        return Ok(());
    }
    let fault = |_| Error::new(ErrorCode::Fault);
    let hashed = app.passwords.hash(&Password::parse(PASSWORD).map_err(fault)?).await?;
    let now = app.clock.now();
    let mut tx = begin(&app.store).await?;
    if demo_rows::has_accounts(&mut tx).await? {
        return Ok(());
    }
    let mut household = Vec::new();
    for person in PEOPLE.iter().filter(|person| person.has_account()) {
        let identifiers = person.identifiers().map_err(fault)?;
        let Some(membership) = app.store.find_membership(person.region, &identifiers).await? else { continue };
        let (first, last) = person.name.split_once(' ').unwrap_or((person.name, person.name));
        let opening = Opening {
            membership: membership.id.clone(),
            email: Email::parse(person.email).map_err(fault)?,
            first_name: PersonName::parse(first).map_err(fault)?,
            last_name: NamePart::parse_if_any(last).map_err(fault)?.map(Into::into),
            address: UsAddress {
                line1: AddressLine::parse("1 Harbor Street").map_err(fault)?,
                line2: None,
                city: AddressLine::parse(person.city()).map_err(fault)?,
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
        demo_rows::give_payments_to(&mut tx, &membership.id, &account).await?;
        household.extend(HOUSEHOLD.contains(&person.name).then_some((account, membership.id)));
    }
    if let [(payer, _), (_, paid_for)] = household.as_slice() {
        household::add(&mut tx, &crate::id::new(now), payer, paid_for, now.plus_millis(-YEAR_MILLIS)).await?;
    }
    tx.commit().await?;
    Ok(())
}

const YEAR_MILLIS: i64 = 365 * 86_400_000;
