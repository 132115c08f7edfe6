//! The people a member pays for: added by what is printed on their statement, within the limits and with the answers of
//! a look-up, so that nobody learns here who is a member. Either side ends it, and both are told each time.

use super::{lookups, notices::notice_to_owner, sessions::SignedIn};
use crate::{
    error::{Error, Result, refused},
    limits::{self, rules},
    mail::{self, HouseholdChange, Sender},
    state::App,
    store::{
        Tx,
        accounts::Account,
        household::{self, Added, Sides},
        outbox::{Holds, QueuedEmail},
    },
};
use contract::{
    Email, Instant, Locale,
    household::{Household, NewHouseholdPerson},
    problem_details::ErrorCode,
    session::BillLookup,
};
use std::net::IpAddr;

pub async fn show(app: &App, signed_in: &SignedIn) -> Result<Household> {
    let account = &signed_in.account;
    Ok(app.store.household(&account.id, &account.membership).await?)
}

/// Somebody who is paid for already is not added again, and nobody is told.
pub async fn add(
    app: &App,
    signed_in: &SignedIn,
    NewHouseholdPerson { identifiers }: NewHouseholdPerson,
    address: IpAddr,
) -> Result<Household> {
    let lookup = BillLookup { region: signed_in.session.membership.region, identifiers };
    let person = lookups::find(app, &lookup, address).await?;
    if person.id == signed_in.account.membership {
        return Err(Error::new(ErrorCode::HouseholdRefused));
    }
    // Before the transaction: it has one connection.
    let other = Side::of_membership(app, &person.id).await?;
    let (mut tx, account) = signed_in.begin(app).await?;
    let now = app.clock.now();
    match household::add(&mut tx, &crate::id::new(now), &account.id, &person.id, now).await? {
        Added::Full => return refused(tx, Error::new(ErrorCode::HouseholdRefused)).await,
        Added::Before => tx.rollback().await?,
        Added::New => {
            limit(app, &mut tx, &account).await?;
            let own = Side { account: Some(account), on_file: None };
            own.tell(app, &mut tx, HouseholdChange::PaysFor, now).await?;
            other.tell(app, &mut tx, HouseholdChange::PaidFor, now).await?;
            tx.commit().await?;
        }
    }
    show(app, signed_in).await
}

/// By either side.
pub async fn end(app: &App, signed_in: &SignedIn, id: &str) -> Result<Household> {
    let own = &signed_in.account;
    let not_theirs = || Error::new(ErrorCode::NotFound);
    let link = app.store.household_link(id, &own.id, &own.membership).await?.ok_or_else(not_theirs)?;
    let other = Side::other(app, own, &link).await?;
    let (mut tx, account) = signed_in.begin(app).await?;
    let now = app.clock.now();
    if !household::end(&mut tx, id, &account.id, &account.membership).await? {
        return refused(tx, not_theirs()).await;
    }
    limit(app, &mut tx, &account).await?;
    Side { account: Some(account), on_file: None }.tell(app, &mut tx, HouseholdChange::Ended, now).await?;
    other.tell(app, &mut tx, HouseholdChange::Ended, now).await?;
    tx.commit().await?;
    show(app, signed_in).await
}

/// The other sides of everything that ends with an account.
pub async fn others(app: &App, own: &Account) -> Result<Vec<Side>> {
    let Household { pays_for, paid_by } = app.store.household(&own.id, &own.membership).await?;
    let mut others = Vec::new();
    for link in pays_for.into_iter().chain(paid_by) {
        if let Some(link) = app.store.household_link(&link.id, &own.id, &own.membership).await? {
            others.push(Side::other(app, own, &link).await?);
        }
    }
    Ok(others)
}

/// Who is told: the owner of an account, and of somebody who has none, the address that the plan has on file.
pub struct Side {
    account: Option<Account>,
    on_file: Option<Email>,
}

impl Side {
    async fn of_membership(app: &App, membership: &str) -> Result<Self> {
        let account = app.store.account_of_membership(membership).await?;
        let on_file = app.store.email_on_file(membership).await?;
        Ok(Self { account, on_file })
    }

    async fn other(app: &App, own: &Account, link: &Sides) -> Result<Self> {
        if link.account == own.id {
            return Self::of_membership(app, &link.membership).await;
        }
        Ok(Self { account: app.store.account(&link.account).await?, on_file: None })
    }

    pub async fn tell(&self, app: &App, tx: &mut Tx, change: HouseholdChange, at: Instant) -> Result<()> {
        if let Some(account) = &self.account {
            let message =
                |account: &Account, sender: &Sender<'_>| mail::household_changed(change, sender, account.locale);
            return notice_to_owner(app, account, message).put(tx, at).await;
        }
        let Some(to) = &self.on_file else { return Ok(()) };
        let message = mail::household_changed(change, &app.sender(), Locale::En);
        let (id, cause) = (crate::id::new(at), "household");
        let queued = QueuedEmail { id, cause, to, message: &message, holds: Holds::Nothing, notice: None, at };
        Ok(queued.put(tx).await?)
    }
}

async fn limit(app: &App, tx: &mut Tx, account: &Account) -> Result<()> {
    let changes = app.limits.bucket(&rules::HOUSEHOLD_CHANGES_BY_ACCOUNT, &account.id);
    limits::take_in(app, tx, &[changes]).await
}
