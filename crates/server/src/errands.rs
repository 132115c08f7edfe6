//! What was asked for by somebody who must not learn from the answer whether there is an account: opening one, letters with links,
//! reminders. The call only writes down what was asked and answers, in the same time whatever is true; a moment later it is done
//! here, with its letter, in one transaction. Nothing is lost by a crash in between, and nothing is done twice.

use crate::{
    caller,
    mail::{self, Letter},
    refusal::{Answer, Error},
    state::App,
    store::{
        Tx,
        accounts::{self, Account, Opening, Purpose},
        errands,
        outbox::Queued,
        registrations,
    },
};
use contract::{Email, Identifier, Instant, Locale, Region, refusal::RefusalCode};
use std::{collections::BTreeMap, time::Duration};

const EVERY: Duration = Duration::from_secs(1);
/// No errand takes longer: the next ones wait for it.
const LONGEST: Duration = Duration::from_secs(30);
const AGAIN: Duration = Duration::from_millis(50);
/// A link opens something for so long.
pub const RESET_MILLIS: i64 = 30 * 60_000;
pub const CONFIRM_MILLIS: i64 = 24 * 3_600_000;
/// Letters of one kind that one account gets in an hour, whoever asks.
const MOST_LETTERS: i64 = 4;
const HOUR_MILLIS: i64 = 3_600_000;

/// As it waits in the database.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Errand {
    Open {
        registration: String,
        opening: Box<Opening>,
    },
    /// The letter that confirms an address, again; to another address if one is given.
    Confirm {
        whose: Whose,
        email: Option<Email>,
    },
    Remind {
        region: Region,
        identifiers: BTreeMap<Identifier, String>,
        locale: Locale,
    },
    Reset {
        email: Email,
    },
}

#[derive(Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    Account(String),
    /// Of the account that came of this registration, if one did.
    Registration(String),
}

/// Writes it down, and wakes whoever does it.
pub async fn ask(app: &App, errand: &Errand) -> Answer<()> {
    let detail = serde_json::to_string(errand).map_err(|_| Error::new(RefusalCode::Fault))?;
    app.store.add_errand(&detail, app.clock.now()).await?;
    app.errands.notify_one();
    Ok(())
}

/// Until the task is dropped. An errand that has more to do keeps others from writing for longer: it is done at a moment that
/// nobody can foresee, so that whoever asked can't wait for it with a write of their own.
pub async fn run(app: App) {
    loop {
        round(&app).await;
        _ = tokio::time::timeout(EVERY, app.errands.notified()).await;
        let mut chance = [0];
        _ = getrandom::fill(&mut chance);
        tokio::time::sleep(Duration::from_millis(u64::from(chance[0]) * 2)).await;
    }
}

/// Everything that is due. What can't be done now is put off, and keeps nothing else waiting.
pub async fn round(app: &App) {
    if let Err(error) = try_all(app).await {
        tracing::warn!(code = ?error.code, "the errands could not be read");
    }
}

async fn try_all(app: &App) -> Answer<()> {
    while let Some((id, detail)) = app.store.next_errand(app.clock.now()).await? {
        let done = tokio::time::timeout(LONGEST, run_again(app, &id, &detail)).await;
        if let Err(error) = done.unwrap_or_else(|_| Err(Error::new(RefusalCode::Unavailable))) {
            tracing::error!(errand = id, code = ?error.code, "an errand could not be done");
            app.store.put_errand_off(&id, app.clock.now()).await?;
        }
    }
    Ok(())
}

/// Done again at once where it met another transaction; everything of an errand is in one.
async fn run_again(app: &App, id: &str, detail: &str) -> Answer<()> {
    for _ in 0..2 {
        match run_one(app, id, detail).await {
            Err(error) if error.code == RefusalCode::Unavailable => tokio::time::sleep(AGAIN).await,
            done => return done,
        }
    }
    run_one(app, id, detail).await
}

async fn run_one(app: &App, id: &str, detail: &str) -> Answer<()> {
    let errand: Errand = serde_json::from_str(detail).map_err(|_| Error::new(RefusalCode::Fault))?;
    let now = app.clock.now();
    let known = Known::of(app, &errand).await?;
    let mut tx = app.store.begin().await?;
    if errands::take(&mut tx, id).await? {
        let mut desk = Desk { app, tx: &mut tx, now, errand: id };
        match errand {
            Errand::Open { registration, opening } => desk.open(&registration, &opening, &known).await?,
            Errand::Confirm { email, .. } => desk.confirm(email, &known).await?,
            Errand::Remind { locale, .. } => desk.remind(locale, &known).await?,
            Errand::Reset { .. } => desk.reset(&known).await?,
        }
    }
    tx.commit().await?;
    Ok(())
}

/// What is there already of what an errand is about.
#[derive(Default)]
struct Known {
    of_membership: Option<Account>,
    of_address: Option<Account>,
    /// The plan's own address for this membership.
    on_file: Option<Email>,
    /// The account of the membership, or of the address, has had its letters for this hour.
    is_enough: bool,
    is_enough_there: bool,
}

impl Known {
    async fn of(app: &App, errand: &Errand) -> Answer<Self> {
        let (store, since) = (&app.store, app.clock.now().plus_millis(-HOUR_MILLIS));
        let mut known = Self::default();
        match errand {
            Errand::Open { opening, .. } => {
                known.of_membership = store.account_of_membership(&opening.membership).await?;
                known.of_address = store.account_of_user_id(&accounts::user_id(&opening.email)).await?;
                known.on_file = store.email_on_file(&opening.membership).await?;
                known.is_enough = had_enough(app, &known.of_membership, since).await?;
                known.is_enough_there = had_enough(app, &known.of_address, since).await?;
            }
            Errand::Confirm { whose, email } => {
                known.of_membership = match whose {
                    Whose::Account(account) => store.account(account).await?,
                    Whose::Registration(id) => store.account_of_registration(id).await?,
                };
                if let Some(email) = email {
                    known.of_address = store.account_of_user_id(&accounts::user_id(email)).await?;
                }
                if let Some(own) = &known.of_membership {
                    let to = email.as_ref().unwrap_or(&own.email);
                    known.is_enough = store.links_since(&own.id, to, Purpose::Confirm, since).await? >= MOST_LETTERS;
                }
            }
            Errand::Remind { region, identifiers, .. } => {
                if let Some(membership) = store.find_membership(*region, identifiers).await? {
                    known.of_membership = store.account_of_membership(&membership.id).await?;
                    known.on_file = store.email_on_file(&membership.id).await?;
                    let about = known.of_membership.as_ref().map_or(&membership.id, |account| &account.id);
                    known.is_enough = store.letters_about(about, since).await? >= MOST_LETTERS;
                }
            }
            Errand::Reset { email } => {
                known.of_address = store.account_of_user_id(&accounts::user_id(email)).await?;
                if let Some(account) = &known.of_address {
                    known.is_enough =
                        store.links_since(&account.id, &account.email, Purpose::Reset, since).await? >= MOST_LETTERS;
                }
            }
        }
        Ok(known)
    }
}

async fn had_enough(app: &App, account: &Option<Account>, since: Instant) -> Answer<bool> {
    match account {
        Some(account) => Ok(app.store.letters_about(&account.id, since).await? >= MOST_LETTERS),
        None => Ok(false),
    }
}

/// One errand being done: its transaction, and the letters it sends.
struct Desk<'a> {
    app: &'a App,
    tx: &'a mut Tx,
    now: Instant,
    errand: &'a str,
}

impl Desk<'_> {
    async fn open(&mut self, registration: &str, opening: &Opening, known: &Known) -> Answer<()> {
        let Some(account) = accounts::open(self.tx, opening).await? else {
            // There is one already: of this membership, of this address, or both. Its owner is told, and nobody else.
            let owners = [(&known.of_membership, known.is_enough), (&known.of_address, known.is_enough_there)];
            for account in owners.into_iter().filter_map(|(account, is_enough)| account.as_ref().filter(|_| !is_enough))
            {
                let letter = mail::already_registered(account, self.brand(), self.home());
                self.post(&account.id, &account.email, &letter, false).await?;
            }
            return Ok(());
        };
        registrations::set_account(self.tx, registration, &account).await?;
        self.confirmation(&account, &opening.email, opening.locale).await?;
        if let Some(on_file) = known.on_file.as_ref().filter(|on_file| **on_file != opening.email) {
            let letter = mail::account_opened(self.brand(), self.phone(), opening.locale);
            self.post(&account, on_file, &letter, false).await?;
        }
        Ok(())
    }

    async fn confirm(&mut self, email: Option<Email>, known: &Known) -> Answer<()> {
        let Some(account) = &known.of_membership else { return Ok(()) };
        if account.is_email_confirmed || known.is_enough {
            return Ok(());
        }
        let email = email.unwrap_or_else(|| account.email.clone());
        if email != account.email && !accounts::change_unconfirmed_email(self.tx, &account.id, &email, self.now).await?
        {
            if let Some(other) = &known.of_address {
                let letter = mail::already_registered(other, self.brand(), self.home());
                self.post(&other.id, &other.email, &letter, false).await?;
            }
            return Ok(());
        }
        self.confirmation(&account.id, &email, account.locale).await
    }

    async fn remind(&mut self, locale: Locale, known: &Known) -> Answer<()> {
        if known.is_enough {
            return Ok(());
        }
        match (&known.of_membership, &known.on_file) {
            (Some(account), _) => {
                let letter = mail::user_id_reminder(account, self.brand(), self.home());
                self.post(&account.id, &account.email, &letter, false).await
            }
            (None, Some(on_file)) => {
                let letter = mail::no_account_yet(self.brand(), self.home(), locale);
                self.post(self.errand, on_file, &letter, false).await
            }
            (None, None) => Ok(()),
        }
    }

    async fn reset(&mut self, known: &Known) -> Answer<()> {
        let Some(account) = known.of_address.as_ref().filter(|_| !known.is_enough) else { return Ok(()) };
        let token = caller::random_token()?;
        let times = (self.now, self.now.plus_millis(RESET_MILLIS));
        let hash = caller::hash(&token);
        accounts::add_link(self.tx, Purpose::Reset, &account.id, &account.email, &hash, times).await?;
        let letter = mail::password_reset(account, self.brand(), &format!("{}/reset-password#{token}", self.home()));
        self.post(&account.id, &account.email, &letter, true).await
    }

    async fn confirmation(&mut self, account: &str, email: &Email, locale: Locale) -> Answer<()> {
        let token = caller::random_token()?;
        let times = (self.now, self.now.plus_millis(CONFIRM_MILLIS));
        accounts::add_link(self.tx, Purpose::Confirm, account, email, &caller::hash(&token), times).await?;
        let link = format!("{}/confirm-email#{token}", self.home());
        let letter = mail::confirm_email(self.brand(), &link, locale);
        self.post(account, email, &letter, true).await
    }

    async fn post(&mut self, cause: &str, to: &Email, letter: &Letter, is_secret: bool) -> Answer<()> {
        let id = uuid::Uuid::now_v7().to_string();
        let queued = Queued { id, cause, to, letter, is_secret, at: self.now };
        Ok(queued.put(self.tx).await?)
    }

    fn brand(&self) -> &str {
        &self.app.portal.brand.name
    }
    fn home(&self) -> &str {
        &self.app.settings.public_origin
    }
    fn phone(&self) -> &str {
        &self.app.portal.contacts.billing_phone
    }
}
