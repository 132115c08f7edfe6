//! The second factor when signing in: a code of an authenticator app, a passkey, or a recovery code. Each is used up in
//! the transaction that makes the session a whole one. Wrong codes come ever further apart.

use super::{
    browser::Browser,
    ceremony::{answered, challenged, not_taken, site},
    factors::{recovery, totp::Secret, webauthn, wrong},
    notices::notice_to_owner,
    sessions::{self, IssuedSession, SignedIn, member, view},
    sign_in::Arrival,
};
use crate::{
    error::{Error, Result},
    limits::{sign_ins::SignInAttempts, tallies::Kind},
    mail,
    state::App,
    store::{
        accounts::Account,
        factors::{self, Passkey},
        sessions::Who,
    },
};
use contract::{
    factor::{FactorResponse, PasskeyChallenge},
    problem_details::ErrorCode,
};

/// Goes the rest of the way in, with a code or a passkey.
pub async fn show(app: &App, browser: &Browser, pending: &SignedIn, shown: &FactorResponse) -> Result<IssuedSession> {
    match shown {
        FactorResponse::Code(typed) => {
            let enters = async {
                match used_code(app, &pending.account, typed).await? {
                    Some(used) => enter(app, browser, pending, &used).await,
                    None => Ok(None),
                }
            };
            guard_code(app, &pending.account, "code", enters).await
        }
        FactorResponse::Passkey(response) => {
            let used = used_passkey(app, pending, response).await?;
            enter(app, browser, pending, &used).await?.ok_or_else(|| wrong("passkey"))
        }
    }
}

/// What the browser is to be asked to ask for the second factor.
pub async fn challenge(app: &App, SignedIn { session, account }: &SignedIn) -> Result<PasskeyChallenge> {
    let known = app.store.passkeys(&account.id).await?;
    if known.is_empty() {
        return Err(Error::new(ErrorCode::NotFound));
    }
    let asked = webauthn::begin_sign_in(site(app)?, &known).map_err(|reason| not_taken(reason, "passkey"))?;
    challenged(app, &session.id, &asked).await
}

/// What was shown and is right, as it was read. Taken in `enter`, if it still is so.
enum VerifiedFactor {
    /// Its hash.
    RecoveryCode(String),
    Step {
        sealed: String,
        step: i64,
    },
    Passkey {
        was: Passkey,
        is: Passkey,
    },
}

/// Uses up what was shown and makes the session a whole one, or neither. Nothing if it was used meanwhile.
async fn enter(
    app: &App,
    browser: &Browser,
    pending: &SignedIn,
    used: &VerifiedFactor,
) -> Result<Option<IssuedSession>> {
    let (mut tx, account) = pending.begin(app).await?;
    let now = app.clock.now();
    let is_taken = match used {
        VerifiedFactor::RecoveryCode(hash) => factors::use_recovery_code(&mut tx, &account.id, hash, now).await?,
        VerifiedFactor::Step { sealed, step } => factors::take_step(&mut tx, &account.id, sealed, *step).await?,
        VerifiedFactor::Passkey { was, is } => factors::use_passkey(&mut tx, was, is, now).await?,
    };
    if !is_taken {
        tx.rollback().await?;
        return Ok(None);
    }
    if matches!(used, VerifiedFactor::RecoveryCode(_)) {
        notice_to_owner(app, &account, mail::recovery_code_used).put(&mut tx, now).await?;
    }
    let who = Who::Member { member: member(&account), reauthenticated_at: None };
    let (session, mut kept) = sessions::renew(&mut tx, pending.session.clone(), who, now).await?;
    kept.device = Arrival { account: &account, session: &session, now }.is_in(app, &mut tx, browser).await?;
    tx.commit().await?;
    Ok(Some(IssuedSession { view: view(&session, app.clock.now()), kept }))
}

/// Counts a try before it is looked at, so that of many at the same moment none slips through. Gives what a right one
/// comes to.
pub(super) async fn guard_code<T>(
    app: &App,
    account: &Account,
    field: &str,
    looked_at: impl Future<Output = Result<Option<T>>>,
) -> Result<T> {
    let look = async {
        let right = looked_at.await?;
        app.limits.tallies.add(Kind::Codes, right.is_none());
        Ok(right)
    };
    SignInAttempts::of_codes(&app.limits, &account.id).judge(app, wrong(field), look).await
}

/// A code of the app that is right, or one that may be of those kept on paper.
async fn used_code(app: &App, account: &Account, typed: &str) -> Result<Option<VerifiedFactor>> {
    if let Some(code) = recovery::normalise(typed) {
        return Ok(Some(VerifiedFactor::RecoveryCode(app.seal.hash(&code))));
    }
    let Some(kept) = app.store.authenticator(&account.id).await? else { return Ok(None) };
    let secret = opened(app, account, &kept.sealed)?;
    let step = secret.accepts(typed, app.clock.unmoved().millis(), kept.last_step);
    Ok(step.map(|step| VerifiedFactor::Step { sealed: kept.sealed, step }))
}

pub(super) fn opened(app: &App, account: &Account, sealed: &str) -> Result<Secret> {
    let secret = app.seal.open(&account.id, sealed).and_then(|base32| Secret::parse(&base32));
    secret.ok_or_else(|| {
        tracing::error!("the secret of an authenticator does not open: was the pepper changed?");
        Error::fault()
    })
}

async fn used_passkey(app: &App, pending: &SignedIn, response: &str) -> Result<VerifiedFactor> {
    let (state, response) = answered(app, &pending.session.id, response, "passkey").await?;
    let known = app.store.passkeys(&pending.account.id).await?;
    let was = known.into_iter().find(|passkey| response["id"].as_str() == Some(passkey.id.as_str()));
    let was = was.ok_or_else(|| wrong("passkey"))?;
    let is = webauthn::finish_sign_in(site(app)?, &state, &was, &response);
    let is = is.map_err(|reason| not_taken(reason, "passkey"))?;
    Ok(VerifiedFactor::Passkey { was, is })
}
