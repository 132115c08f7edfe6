//! What was asked for by somebody who must not learn from the answer whether there is an account: the e-mails of a registration,
//! reminders, links to a new password. The call only writes down what was asked and answers, in the same time whatever is true; a
//! moment later it is done here, with its e-mails, in one transaction. Nothing is lost by a crash in between, and nothing is done
//! twice: `enqueue` takes the transaction of what it belongs to.
//!
//! # Registering: who becomes the member
//!
//! A statement is a letter that lies about, so whoever holds one may see what is on it and no more. An account shows the payments of
//! the whole household, so opening one takes three things: the statement, the mailbox of its address (a link), and the mailbox that
//! the plan has on file (a code, if that is another one). Where the plan has none on file no code exists, and the member calls.
//! Until then there is no account but a *pending* one (`store::pending_accounts`): nobody signs in with it, no password of it is
//! reset, and it lapses after a day. It occupies nothing, so a second registration does not wait for the first; the first that is
//! confirmed ends the others. That is why a stranger with a statement can't keep the owner out.
//!
//! The link asks for the password that was chosen. Without it, whoever registers with the address of somebody else would get an
//! account that this somebody confirms, and whoever reads a mistyped address would get one that somebody else registered.
//!
//! Both e-mails look the same whether there is an account or not, except to the readers of the account's and the plan's address. A
//! code is good for every registration of its membership, for two days, so it does not matter whose registration sent it: nobody
//! uses up the codes that the owner would get.
//!
//! How many e-mails of a kind go to an address is counted in the database, under a lock of the membership they are about. Links to the
//! address on file are counted by the network that asked for them: a stranger with a statement can name that address as well as its
//! owner can, and their links, which ask for the stranger's password, must not use up the owner's. For all networks together there is
//! a bound so wide that it takes several to reach it.

use crate::{
    caller,
    factors::recovery,
    limits::rules,
    mail::{self, Letter},
    refusal::{Answer, Error},
    state::App,
    store::{
        Tx,
        accounts::{self, Account, Opening, Purpose},
        errands, memberships,
        outbox::{self, Queued},
        pending_accounts::{self, Pending},
    },
};
use contract::{Email, Identifier, Instant, Locale, Region, refusal::RefusalCode};
use std::{collections::BTreeMap, time::Duration};

const EVERY: Duration = Duration::from_secs(1);
const AGAIN: Duration = Duration::from_millis(50);
/// What has run out is forgotten so often; until then nobody can use it either.
const LAPSES_EVERY_MILLIS: i64 = 60_000;
/// A link opens something for so long.
pub const RESET_MILLIS: i64 = 30 * 60_000;
pub const CONFIRM_MILLIS: i64 = DAY_MILLIS;
/// A code outlives every link that was sent while no new code was: at most a day lies between two.
const CODE_MILLIS: i64 = 2 * DAY_MILLIS;
const HOUR_MILLIS: i64 = 3_600_000;
const DAY_MILLIS: i64 = 24 * HOUR_MILLIS;
/// E-mails with links that the registrations of one membership send in a day, but for the address on file: a statement is
/// no way to write to strangers.
const MOST_LINKS: i64 = 20;

/// E-mails of one kind about one thing to one address.
#[derive(Clone, Copy)]
pub struct Limit {
    kind: &'static str,
    an_hour: i64,
    a_day: i64,
}

const LINK: Limit = Limit { kind: "link", an_hour: 4, a_day: 12 };
const CODE: Limit = Limit { kind: "code", an_hour: 4, a_day: 12 };
const MOVED: Limit = Limit { kind: "moved", an_hour: 1, a_day: 3 };
const REGISTERED: Limit = Limit { kind: "registered", an_hour: 4, a_day: 12 };
const REMINDER: Limit = Limit { kind: "reminder", an_hour: 4, a_day: 12 };
/// No limit by the day: its links live half an hour, and its owner may be in need of one.
const RESET: Limit = Limit { kind: "reset", an_hour: 4, a_day: i64::MAX };
/// About an account: sent by `routes::session`, in the transaction of the sign-in.
pub const NEW_DEVICE: Limit = Limit { kind: "new device", an_hour: 4, a_day: 12 };

impl Limit {
    /// What such an e-mail is queued with, so that it is counted with its like and takes nothing from others.
    pub fn cause(self, about: &str) -> String {
        format!("{} {about}", self.kind)
    }

    /// Whether one more may be sent. With what it is about locked: of two at the same moment none slips through.
    pub async fn may_post(self, tx: &mut Tx, about: &str, to: &Email, now: Instant) -> Answer<bool> {
        let cause = self.cause(about);
        for (most, millis) in [(self.an_hour, HOUR_MILLIS), (self.a_day, DAY_MILLIS)] {
            if outbox::queued_since(tx, &cause, Some(to), now.plus_millis(-millis)).await? >= most {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// As it waits in the database.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Errand {
    /// The e-mails of a registration. `left` is the address that it named before, `network` where it was asked for from, under a key
    /// (`Limits::network`): a server of an earlier version does not say.
    Invite {
        pending: String,
        left: Option<Email>,
        #[serde(default)]
        network: String,
    },
    Remind {
        region: Region,
        identifiers: BTreeMap<Identifier, String>,
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

/// Whether opening an account with this address takes a code from the address on file. Without one on file there is no such code,
/// which nobody is told.
pub fn takes_code(on_file: Option<&Email>, email: &Email) -> bool {
    on_file.is_none_or(|on_file| accounts::user_id(on_file) != accounts::user_id(email))
}

/// Writes it down in the transaction of what it belongs to. Whoever commits wakes whoever does it.
pub async fn enqueue(tx: &mut Tx, errand: &Errand, now: Instant) -> Answer<()> {
    let detail = serde_json::to_string(errand).map_err(|_| Error::new(RefusalCode::Fault))?;
    Ok(errands::add(tx, &detail, now).await?)
}

pub fn wake(app: &App) {
    app.errands.notify_one();
}

/// For what belongs to nothing else.
pub async fn ask(app: &App, errand: &Errand) -> Answer<()> {
    let mut tx = app.store.begin().await?;
    enqueue(&mut tx, errand, app.clock.now()).await?;
    tx.commit().await?;
    wake(app);
    Ok(())
}

/// Until the task is dropped. An errand that has more to do keeps others from writing for longer: it is done at a moment that
/// nobody can foresee, so that whoever asked can't wait for it with a write of their own.
pub async fn run(app: App) {
    let mut lapsed_at = i64::MIN;
    loop {
        round(&app).await;
        let now = app.clock.now();
        if now.millis().saturating_sub(lapsed_at) > LAPSES_EVERY_MILLIS {
            lapsed_at = now.millis();
            if app.step("errands", app.store.clean_up_pending(now, CONFIRM_MILLIS)).await.is_err() {
                tracing::error!("registrations that ran out could not be forgotten");
            }
        }
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
    while let Some((id, detail)) = app.step("errands", app.store.next_errand(app.clock.now())).await? {
        if let Err(error) = app.step("errands", run_again(app, &id, &detail)).await {
            tracing::error!(errand = id, code = ?error.code, "an errand could not be done");
            app.step("errands", app.store.put_errand_off(&id, app.clock.now())).await?;
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
    let known = Known::of(app, &errand, now).await?;
    let mut tx = app.store.begin().await?;
    if errands::take(&mut tx, id).await? {
        memberships::lock(&mut tx, known.memberships()).await?;
        let mut desk = Desk { app, tx: &mut tx, now };
        match errand {
            Errand::Invite { left, network, .. } => desk.invite(left, &network, &known).await?,
            Errand::Remind { locale, .. } => desk.remind(locale, &known).await?,
            Errand::Reset { .. } => desk.reset(&known).await?,
            Errand::Open { registration, opening } => {
                let times = (now, now.plus_millis(CONFIRM_MILLIS));
                let pending = pending_accounts::add(&mut tx, &registration, &opening, times).await?;
                let network = String::new();
                enqueue(&mut tx, &Errand::Invite { pending, left: None, network }, now).await?;
            }
            Errand::Confirm {} => {}
        }
    }
    tx.commit().await?;
    Ok(())
}

/// What is there already of what an errand is about.
#[derive(Default)]
struct Known {
    membership: Option<String>,
    pending: Option<Pending>,
    of_membership: Option<Account>,
    of_address: Option<Account>,
    /// The plan's own address for this membership.
    on_file: Option<Email>,
}

impl Known {
    async fn of(app: &App, errand: &Errand, now: Instant) -> Answer<Self> {
        let store = &app.store;
        let mut known = Self::default();
        match errand {
            Errand::Invite { pending, .. } => {
                known.pending = store.pending_account(pending, now).await?;
                let Some(Pending { opening, .. }) = &known.pending else { return Ok(known) };
                known.of_address = store.account_of_user_id(&accounts::user_id(&opening.email)).await?;
                known.membership = Some(opening.membership.clone());
            }
            Errand::Remind { region, identifiers, .. } => {
                let found = store.find_membership(*region, identifiers).await?;
                known.membership = found.map(|membership| membership.id);
            }
            Errand::Reset { email } => {
                known.of_address = store.account_of_user_id(&accounts::user_id(email)).await?;
            }
            Errand::Open { .. } | Errand::Confirm {} => {}
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

/// One errand being done: its transaction, and the e-mails it sends.
struct Desk<'a> {
    app: &'a App,
    tx: &'a mut Tx,
    now: Instant,
}

impl Desk<'_> {
    async fn invite(&mut self, left: Option<Email>, network: &str, known: &Known) -> Answer<()> {
        let Some(Pending { id, opening, .. }) = &known.pending else { return Ok(()) };
        if let Some(left) = left {
            let letter = mail::registration_moved(self.brand(), self.phone(), opening.locale);
            self.post(MOVED, id, &left, &letter, false).await?;
        }
        match &known.of_address {
            Some(owner) => self.already_registered(owner, &owner.email).await?,
            None => self.link(id, opening, known.on_file.as_ref(), network).await?,
        }
        let on_file = known.on_file.as_ref().filter(|on_file| takes_code(Some(on_file), &opening.email));
        match &known.of_membership {
            Some(owner) => {
                let own = known.of_address.as_ref().is_none_or(|told| told.id != owner.id).then_some(&owner.email);
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

    async fn already_registered(&mut self, owner: &Account, to: &Email) -> Answer<()> {
        let letter = mail::already_registered(owner, self.brand(), self.home(), self.phone());
        self.post(REGISTERED, &owner.id, to, &letter, false).await
    }

    /// To the address that was typed. Of others than the one on file a membership has so many a day.
    async fn link(&mut self, pending: &str, opening: &Opening, on_file: Option<&Email>, network: &str) -> Answer<()> {
        let takes_code = takes_code(on_file, &opening.email);
        let about = format!("{}{}", if takes_code { "elsewhere " } else { "" }, opening.membership);
        let may_post = if takes_code {
            self.queued(&LINK.cause(&about), None, DAY_MILLIS).await? < MOST_LINKS
                && self.may_post(LINK, &about, &opening.email).await?
        } else {
            self.may_link_on_file(&opening.membership, network).await?
        };
        if !may_post {
            return Ok(());
        }
        let token = caller::random_token()?;
        let until = self.now.plus_millis(CONFIRM_MILLIS);
        if !pending_accounts::set_link(self.tx, pending, &caller::hash(&token), until).await? {
            return Ok(());
        }
        let link = format!("{}/confirm-email#{token}", self.home());
        let code_from = takes_code.then(|| self.phone());
        let letter = mail::confirm_email(self.brand(), &link, code_from, opening.locale);
        self.put(&LINK.cause(&about), &opening.email, &letter, true).await
    }

    /// Counts one more, if there may be one.
    async fn may_link_on_file(&mut self, membership: &str, network: &str) -> Answer<bool> {
        let limits = &self.app.limits;
        let of_network = format!("{membership}\0{network}");
        let buckets = [
            limits.bucket(&rules::LINKS_ON_FILE, membership),
            limits.bucket(&rules::LINKS_ON_FILE_BY_NETWORK, &of_network),
            limits.bucket(&rules::LINKS_ON_FILE_BY_NETWORK_A_DAY, &of_network),
        ];
        Ok(self.app.store.take_in(self.tx, &buckets, self.now).await?.is_ok())
    }

    async fn code(&mut self, opening: &Opening, on_file: &Email) -> Answer<()> {
        if !self.may_post(CODE, &opening.membership, on_file).await? {
            return Ok(());
        }
        let code = recovery::code().ok_or_else(|| Error::new(RefusalCode::Fault))?;
        let times = (self.now, self.now.plus_millis(CODE_MILLIS));
        pending_accounts::add_code(self.tx, &opening.membership, &self.app.seal.hash(&code), times).await?;
        let letter = mail::registration_code(self.brand(), &code, self.phone(), opening.locale);
        self.post(CODE, &opening.membership, on_file, &letter, true).await
    }

    async fn remind(&mut self, locale: Locale, known: &Known) -> Answer<()> {
        let Some(membership) = &known.membership else { return Ok(()) };
        match (&known.of_membership, &known.on_file) {
            (Some(account), _) => {
                let letter = mail::user_id_reminder(account, self.brand(), self.home());
                self.post(REMINDER, membership, &account.email, &letter, false).await
            }
            (None, Some(on_file)) => {
                let letter = mail::no_account_yet(self.brand(), self.home(), locale);
                self.post(REMINDER, membership, on_file, &letter, false).await
            }
            (None, None) => Ok(()),
        }
    }

    async fn reset(&mut self, known: &Known) -> Answer<()> {
        let Some(account) = &known.of_address else { return Ok(()) };
        if !self.may_post(RESET, &account.id, &account.email).await? {
            return Ok(());
        }
        let token = caller::random_token()?;
        let times = (self.now, self.now.plus_millis(RESET_MILLIS));
        let hash = caller::hash(&token);
        accounts::add_link(self.tx, Purpose::Reset, &account.id, &account.email, &hash, times).await?;
        let letter = mail::password_reset(account, self.brand(), &format!("{}/reset-password#{token}", self.home()));
        self.post(RESET, &account.id, &account.email, &letter, true).await
    }

    /// Unless there were enough of this kind, about this, to this address.
    async fn post(&mut self, limit: Limit, about: &str, to: &Email, letter: &Letter, is_secret: bool) -> Answer<()> {
        if self.may_post(limit, about, to).await? {
            self.put(&limit.cause(about), to, letter, is_secret).await?;
        }
        Ok(())
    }

    /// The one place that sends.
    async fn put(&mut self, cause: &str, to: &Email, letter: &Letter, is_secret: bool) -> Answer<()> {
        let id = uuid::Uuid::now_v7().to_string();
        Ok(Queued { id, cause, to, letter, is_secret, at: self.now }.put(self.tx).await?)
    }

    async fn may_post(&mut self, limit: Limit, about: &str, to: &Email) -> Answer<bool> {
        limit.may_post(self.tx, about, to, self.now).await
    }

    async fn queued(&mut self, cause: &str, to: Option<&Email>, millis: i64) -> Answer<i64> {
        Ok(outbox::queued_since(self.tx, cause, to, self.now.plus_millis(-millis)).await?)
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
