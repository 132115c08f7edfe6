//! Account requests whose result must not be observable in the response: the e-mails of a registration, user ID
//! reminders, links to a new password. The response is the same, and takes as long, whether there is an account or not;
//! a job does the work afterwards, with its e-mails, in one transaction.
//!
//! # Registering: who becomes the member
//!
//! A statement is a letter that lies about, so anyone who holds one may see what is on it and no more. An account shows
//! the payments of the whole household, so opening one takes three things: the statement, the mailbox of its address (a
//! link), and the mailbox that the plan has on file (a code, if that is another one). Where the plan has none on file
//! no code exists, and the member calls. Until then there is no account but a *pending* one
//! (`store::pending_accounts`): nobody signs in with it, no password of it is reset, and it lapses after a day. It
//! occupies nothing, so a second registration does not wait for the first; the first that is confirmed ends the others.
//! That is why a stranger with a statement can't keep the owner out.
//!
//! The link asks for the password that was chosen. Without it, anyone who registers with the address of somebody else
//! would get an account that this somebody confirms, and anyone who reads a mistyped address would get one that
//! somebody else registered.
//!
//! Both e-mails look the same whether there is an account or not, except to the readers of the account's and the plan's
//! address. A code is good for every registration of its membership, for two days, so it does not matter whose
//! registration sent it: nobody uses up the codes that the owner would get.

use super::factors::recovery;
use crate::{
    address,
    error::{Error, Result},
    limits::emails::{self, CODE, LINK, Limit, MOST_LINKS, MOVED, REGISTERED, REMINDER, RESET},
    mail,
    state::App,
    store::{
        self, Tx,
        accounts::{self, Account, Opening, Purpose},
        jobs::{Job, Kind},
        memberships,
        outbox::{self, Holds, Message, QueuedEmail},
        pending_accounts::{self, Pending},
    },
    token,
};
use contract::{Email, Identifiers, Instant, Locale, Region, problem_details::ErrorCode};

/// A link opens something for so long.
pub const RESET_MILLIS: i64 = 30 * 60_000;
pub const CONFIRM_MILLIS: i64 = DAY_MILLIS;
/// A code outlives every link that was sent while no new code was: at most a day lies between two.
const CODE_MILLIS: i64 = 2 * DAY_MILLIS;
const DAY_MILLIS: i64 = 24 * 3_600_000;

/// As it waits in the database.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountRequest {
    /// The e-mails of a registration. `left` is the address that it named before, `network` where it was asked for
    /// from, under a key (`Limits::network`): a server of an earlier version does not say.
    Invite {
        pending: String,
        left: Option<Email>,
        #[serde(default)]
        network: String,
    },
    Remind {
        region: Region,
        identifiers: Identifiers,
        locale: Locale,
    },
    Reset {
        email: Email,
    },
    /// Of a server of an earlier version, which opened accounts at once.
    Open {
        registration: String,
        opening: Box<Opening>,
    },
    /// Of a server of an earlier version. Its page asks again.
    Confirm {},
}

/// Whether opening an account with this address takes a code from the address on file. Without one on file there is no
/// such code, which no response reveals.
pub fn takes_code(on_file: Option<&Email>, email: &Email) -> bool {
    on_file.is_none_or(|on_file| !address::is_same(on_file, email))
}

/// For a request that belongs to nothing else.
pub async fn request(app: &App, request: &AccountRequest) -> Result<()> {
    let mut tx = app.store.begin().await?;
    request.enqueue(&mut tx, app.clock.now()).await?;
    tx.commit().await?;
    app.wake_worker();
    Ok(())
}

impl AccountRequest {
    /// In the transaction of its cause; after the commit, call `State::wake_worker`.
    pub async fn enqueue(&self, tx: &mut Tx, now: Instant) -> Result<()> {
        Ok(store::jobs::enqueue(tx, Kind::AccountRequest, self, (now, now)).await?)
    }
}

/// Does what was asked for, with its e-mails, and ends the job, in one transaction.
pub async fn run(app: &App, job: &Job) -> Result<()> {
    let request: AccountRequest = serde_json::from_str(&job.payload).map_err(|_| Error::new(ErrorCode::Fault))?;
    let now = app.clock.now();
    let known = ExistingRecords::of(app, &request, now).await?;
    let mut tx = app.store.begin().await?;
    if store::jobs::finish(&mut tx, job).await? {
        memberships::lock(&mut tx, known.memberships()).await?;
        let mut handler = Handler { app, tx: &mut tx, now };
        match request {
            AccountRequest::Invite { left, network, .. } => handler.invite(left, &network, &known).await?,
            AccountRequest::Remind { locale, .. } => handler.remind(locale, &known).await?,
            AccountRequest::Reset { .. } => handler.reset(&known).await?,
            AccountRequest::Open { registration, opening } => {
                let times = (now, now.plus_millis(CONFIRM_MILLIS));
                let pending = pending_accounts::add(&mut tx, &registration, &opening, times).await?;
                let network = String::new();
                AccountRequest::Invite { pending, left: None, network }.enqueue(&mut tx, now).await?;
            }
            AccountRequest::Confirm {} => {}
        }
    }
    tx.commit().await?;
    Ok(())
}

/// What is there already of what a request is about.
#[derive(Default)]
struct ExistingRecords {
    membership: Option<String>,
    pending: Option<Pending>,
    of_membership: Option<Account>,
    of_address: Option<Account>,
    /// The plan's own address for this membership.
    on_file: Option<Email>,
}

impl ExistingRecords {
    async fn of(app: &App, request: &AccountRequest, now: Instant) -> Result<Self> {
        let store = &app.store;
        let mut known = Self::default();
        match request {
            AccountRequest::Invite { pending, .. } => {
                known.pending = store.pending_account(pending, now).await?;
                let Some(Pending { opening, .. }) = &known.pending else { return Ok(known) };
                known.of_address = store.account_of_user_id(&opening.email.user_id()).await?;
                known.membership = Some(opening.membership.clone());
            }
            AccountRequest::Remind { region, identifiers, .. } => {
                let found = store.find_membership(*region, identifiers).await?;
                known.membership = found.map(|membership| membership.id);
            }
            AccountRequest::Reset { email } => {
                known.of_address = store.account_of_user_id(&email.user_id()).await?;
            }
            AccountRequest::Open { .. } | AccountRequest::Confirm {} => {}
        }
        if let Some(membership) = &known.membership {
            known.of_membership = store.account_of_membership(membership).await?;
            known.on_file = store.email_on_file(membership).await?;
        }
        Ok(known)
    }

    fn memberships(&self) -> Vec<&str> {
        let of_address = self.of_address.as_ref().map(|account| account.membership.as_str());
        self.membership.as_deref().into_iter().chain(of_address).collect()
    }
}

/// One request being handled: its transaction, and the e-mails it queues.
struct Handler<'a> {
    app: &'a App,
    tx: &'a mut Tx,
    now: Instant,
}

impl Handler<'_> {
    async fn invite(&mut self, left: Option<Email>, network: &str, known: &ExistingRecords) -> Result<()> {
        let Some(Pending { id, opening, .. }) = &known.pending else { return Ok(()) };
        if let Some(left) = left {
            let message = mail::registration_moved(&self.app.sender(), opening.locale);
            self.post(MOVED, id, &left, &message, Holds::Nothing).await?;
        }
        match &known.of_address {
            Some(owner) => self.already_registered(owner, &owner.email).await?,
            None => self.link(id, opening, known.on_file.as_ref(), network).await?,
        }
        let on_file = known.on_file.as_ref().filter(|on_file| takes_code(Some(on_file), &opening.email));
        match &known.of_membership {
            Some(owner) => {
                let own =
                    known.of_address.as_ref().is_none_or(|notified| notified.id != owner.id).then_some(&owner.email);
                for to in own.into_iter().chain(on_file.filter(|on_file| takes_code(Some(on_file), &owner.email))) {
                    self.already_registered(owner, to).await?;
                }
                Ok(())
            }
            None => match on_file {
                Some(on_file) => self.code(opening, on_file).await,
                None => Ok(()),
            },
        }
    }

    async fn already_registered(&mut self, owner: &Account, to: &Email) -> Result<()> {
        let message = mail::already_registered(owner, &self.app.sender());
        self.post(REGISTERED, &owner.id, to, &message, Holds::Nothing).await
    }

    /// Mails the link to the address of the registration. For addresses other than the one on file, a membership has a
    /// daily limit.
    async fn link(&mut self, pending: &str, opening: &Opening, on_file: Option<&Email>, network: &str) -> Result<()> {
        let takes_code = takes_code(on_file, &opening.email);
        let about = format!("{}{}", if takes_code { "elsewhere " } else { "" }, opening.membership);
        let may_post = if takes_code {
            outbox::queued_since(self.tx, &LINK.cause(&about), None, self.now.plus_millis(-DAY_MILLIS)).await?
                < MOST_LINKS
                && self.may_post(LINK, &about, &opening.email).await?
        } else {
            emails::may_link_on_file(self.app, self.tx, (&opening.membership, network), self.now).await?
        };
        if !may_post {
            return Ok(());
        }
        let token = token::random_token()?;
        let until = self.now.plus_millis(CONFIRM_MILLIS);
        if !pending_accounts::set_link(self.tx, pending, &token::hash(&token), until).await? {
            return Ok(());
        }
        let message = mail::confirm_email(&self.app.sender(), &token, takes_code, opening.locale);
        self.put(&LINK.cause(&about), &opening.email, &message, Holds::Secret).await
    }

    async fn code(&mut self, opening: &Opening, on_file: &Email) -> Result<()> {
        if !self.may_post(CODE, &opening.membership, on_file).await? {
            return Ok(());
        }
        let code = recovery::code().ok_or_else(|| Error::new(ErrorCode::Fault))?;
        let times = (self.now, self.now.plus_millis(CODE_MILLIS));
        pending_accounts::add_code(self.tx, &opening.membership, &self.app.seal.hash(&code), times).await?;
        let message = mail::registration_code(&self.app.sender(), &code, opening.locale);
        self.post(CODE, &opening.membership, on_file, &message, Holds::Secret).await
    }

    async fn remind(&mut self, locale: Locale, known: &ExistingRecords) -> Result<()> {
        let Some(membership) = &known.membership else { return Ok(()) };
        match (&known.of_membership, &known.on_file) {
            (Some(account), _) => {
                let message = mail::user_id_reminder(account, &self.app.sender());
                self.post(REMINDER, membership, &account.email, &message, Holds::Nothing).await
            }
            (None, Some(on_file)) => {
                let message = mail::no_account_yet(&self.app.sender(), locale);
                self.post(REMINDER, membership, on_file, &message, Holds::Nothing).await
            }
            (None, None) => Ok(()),
        }
    }

    async fn reset(&mut self, known: &ExistingRecords) -> Result<()> {
        let Some(account) = &known.of_address else { return Ok(()) };
        if !self.may_post(RESET, &account.id, &account.email).await? {
            return Ok(());
        }
        let token = token::random_token()?;
        let times = (self.now, self.now.plus_millis(RESET_MILLIS));
        let hash = token::hash(&token);
        accounts::add_link(self.tx, Purpose::Reset, &account.id, &account.email, &hash, times).await?;
        let message = mail::password_reset(account, &self.app.sender(), &token);
        self.post(RESET, &account.id, &account.email, &message, Holds::Secret).await
    }

    /// Unless there were enough of this kind, about this, to this address.
    async fn post(&mut self, limit: Limit, about: &str, to: &Email, message: &Message, holds: Holds<'_>) -> Result<()> {
        if self.may_post(limit, about, to).await? {
            self.put(&limit.cause(about), to, message, holds).await?;
        }
        Ok(())
    }

    /// The one place that sends.
    async fn put(&mut self, cause: &str, to: &Email, message: &Message, holds: Holds<'_>) -> Result<()> {
        let id = crate::id::new(self.now);
        Ok(QueuedEmail { id, cause, to, message, holds, notice: None, at: self.now }.put(self.tx).await?)
    }

    async fn may_post(&mut self, limit: Limit, about: &str, to: &Email) -> Result<bool> {
        limit.may_post(self.tx, about, to, self.now).await
    }
}
