//! Registrations: from a matched statement to an account that was asked for. The response never reveals whether this
//! membership or this address already has an account: a pending account is written down in either case, and the e-mails
//! are a job's (`account_requests`). The account is opened in `confirmations`, which takes access to both mailboxes and
//! the password.

use super::{
    account_requests::{self, AccountRequest},
    password_policy::owner_names,
};
use crate::{
    address::is_misread,
    error::{Error, Result, refused},
    limits::{self, rules},
    state::App,
    store::{
        accounts::Opening,
        pending_accounts,
        registrations::{self, StoredRegistration},
        sessions::{self, Session},
    },
};
use contract::{
    FieldProblem, Instant, PersonName,
    account::{ConfirmationEmail, NewAccount, Registration, RegistrationDraft, TERMS_VERSION},
    field_problem::plain_text,
    password,
    problem_details::{ErrorCode, FieldError},
    session::MembershipView,
};
use std::net::IpAddr;

const LONGEST: usize = 300;
/// `Retry-After` when the address was changed too often: until then the registration has lapsed.
const DAY_SECONDS: u32 = 86_400;

/// The registration of this session: begun now, or gone on with. The statement was matched when the session began.
pub async fn begin(app: &App, session: &Session) -> Result<Registration> {
    let StoredRegistration { id, draft, is_sent } = begun(app, session, app.clock.now()).await?;
    let membership = MembershipView { region: session.membership.region, ending: session.membership.ending.clone() };
    let zip = app.store.zip_on_file(&session.membership.id).await?;
    Ok(Registration { id, membership, zip, draft, is_sent })
}

async fn begun(app: &App, session: &Session, now: Instant) -> Result<StoredRegistration> {
    let begun = app.store.begin_registration(&session.id, now).await?;
    begun.ok_or_else(|| Error::new(ErrorCode::SignedOut))
}

/// Keeps what was agreed to and typed so far.
pub async fn keep(app: &App, session: &Session, id: &str, draft: &RegistrationDraft) -> Result<()> {
    let typed = [
        ("first_name", &draft.first_name),
        ("last_name", &draft.last_name),
        ("line1", &draft.line1),
        ("line2", &draft.line2),
        ("city", &draft.city),
        ("state", &draft.state),
        ("email", &draft.email),
        ("phone", &draft.phone),
    ];
    for (field, text) in typed {
        let problem = if text.chars().count() > LONGEST {
            Some(FieldProblem::TooLong)
        } else if field.ends_with("name") && PersonName::parse(text) == Err(FieldProblem::LooksLikeCard) {
            Some(FieldProblem::LooksLikeCard)
        } else {
            plain_text(text).err()
        };
        if let Some(problem) = problem {
            return Err(Error::field(ErrorCode::Invalid, field, problem));
        }
    }
    let is_kept = app.store.keep_registration(id, &session.id, draft).await?;
    if is_kept { Ok(()) } else { Err(Error::new(ErrorCode::NotFound)) }
}

/// Asks for the account. The answer is the same, and takes as long, whether there is one already.
pub async fn open(app: &App, session: &Session, id: &str, new: NewAccount, address: IpAddr) -> Result<()> {
    // Before anything that takes long: asked again because the answer was lost, it was asked for once.
    match app.store.was_sent(id, &session.id).await? {
        None => return Err(Error::new(ErrorCode::NotFound)),
        Some(true) => return Ok(()),
        Some(false) => {}
    }
    let mut tries = app.limits.by_address(&rules::PASSWORDS_BY_ADDRESS, address).to_vec();
    tries.push(app.limits.bucket(&rules::PASSWORDS_BY_SESSION, &session.id));
    limits::work(app, &tries, check(app, session, &new)).await?;
    let password = app.passwords.hash(&new.password).await?;
    let now = app.clock.now();
    let opening = Opening {
        membership: session.membership.id.clone(),
        email: new.email,
        first_name: new.first_name.into(),
        last_name: new.last_name.map(Into::into),
        address: new.address,
        phone: new.phone,
        locale: new.locale,
        password,
        terms_version: new.terms_version,
        at: now,
    };
    let mut tx = app.store.begin().await?;
    if !registrations::send(&mut tx, id, &session.id, now).await? {
        // Asked for by another call meanwhile; or the session has ended.
        drop(tx);
        let is_sent = app.store.was_sent(id, &session.id).await? == Some(true);
        return if is_sent { Ok(()) } else { Err(Error::new(ErrorCode::SignedOut)) };
    }
    let times = (now, now.plus_millis(account_requests::CONFIRM_MILLIS));
    let pending = pending_accounts::add(&mut tx, id, &opening, times).await?;
    let network = app.limits.network(address);
    AccountRequest::Invite { pending, left: None, network }.enqueue(&mut tx, now).await?;
    tx.commit().await?;
    app.wake_worker();
    Ok(())
}

async fn check(app: &App, session: &Session, new: &NewAccount) -> Result<()> {
    let mut errors = Vec::new();
    let mut wrong = |field: &str, problem| errors.push(FieldError { field: field.to_owned(), problem });
    if new.terms_version != TERMS_VERSION {
        return Err(Error::field(ErrorCode::TermsChanged, "terms_version", FieldProblem::Unknown));
    }
    if is_misread(&new.email) {
        wrong("email", FieldProblem::Malformed);
    }
    // A ZIP code with four more digits is the same one.
    let zip = app.store.zip_on_file(&session.membership.id).await?;
    if zip.is_some_and(|zip| zip.five() != new.address.zip.five()) {
        wrong("address.zip", FieldProblem::Malformed);
    }
    let names = [Some(&new.first_name), new.last_name.as_ref()].into_iter().flatten().map(ToString::to_string);
    let owner = owner_names(&new.email.to_string(), &names.collect::<Vec<_>>());
    let weak = match new.password.has_least(password::LEAST) {
        Ok(_) => app.passwords.weakness(&new.password, &app.service_names(), owner).await?,
        Err(short) => Some(short),
    };
    if let Some(problem) = weak {
        wrong("password", problem);
    }
    if errors.is_empty() { Ok(()) } else { Err(Error { code: ErrorCode::Invalid, errors, retry_after: None }) }
}

/// The e-mails of this session's registration, again; to another address if one is given, with the password that was
/// chosen.
pub async fn send_again(app: &App, session: &Session, asked: ConfirmationEmail, address: IpAddr) -> Result<()> {
    let ConfirmationEmail { email, password } = asked;
    let now = app.clock.now();
    if email.is_some() && password.is_none() {
        return Err(Error::field(ErrorCode::Invalid, "password", FieldProblem::Missing));
    }
    if email.as_ref().is_some_and(is_misread) {
        return Err(Error::field(ErrorCode::Invalid, "email", FieldProblem::Malformed));
    }
    limits::take(app, &[app.limits.bucket(&rules::EMAILS_BY_SESSION, &session.id)]).await?;
    let registration = begun(app, session, now).await?.id;
    let Some(pending) = app.store.pending_account_of(&registration, now).await? else {
        return Ok(());
    };
    let mut left = None;
    let mut opening = pending.opening;
    if let (Some(email), Some(password)) = (email, password)
        && email != opening.email
    {
        if !app.passwords.is_right(&password, Some(&opening.password)).await? {
            return Err(Error::field(ErrorCode::WrongCredentials, "password", FieldProblem::Unknown));
        }
        left = Some(std::mem::replace(&mut opening.email, email));
    }
    let mut tx = app.store.begin().await?;
    if left.is_some() && !pending_accounts::change(&mut tx, &pending.id, &opening, now).await? {
        return Err(Error::later(ErrorCode::TooMany, DAY_SECONDS));
    }
    let network = app.limits.network(address);
    AccountRequest::Invite { pending: pending.id, left, network }.enqueue(&mut tx, now).await?;
    if !sessions::is_alive(&mut tx, &session.id, now).await? {
        return refused(tx, Error::new(ErrorCode::SignedOut)).await;
    }
    tx.commit().await?;
    app.wake_worker();
    Ok(())
}
