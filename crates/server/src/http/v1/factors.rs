//! The second factor: shown when signing in, added and taken away by a member who has just typed the password again. The owner is told
//! of every change, in the same transaction.

use super::{
    links::{Telling, tell_owner},
    session::{Arrival, view},
};
use crate::{
    factors::{
        passkeys::{self, NotTaken, Passkey, Site, User},
        qr::Qr,
        recovery,
        totp::Secret,
    },
    http::{
        extract::{self, Body, Id, PendingSecondFactor, Reauthenticated, SignedIn},
        session_tokens,
    },
    limits::{self, rules, sign_ins::Tries, tallies::Kind},
    mail,
    refusal::{Answer, Error, refused},
    state::App,
    store::{
        Tx,
        accounts::Account,
        factors,
        sessions::{AuthLevel, Session},
    },
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use contract::{
    Problem,
    factor::{
        AuthenticatorCode, AuthenticatorOffer, FactorShown, NewPasskey, PasskeyChallenge, QrDrawing, RecoveryCodes,
    },
    refusal::RefusalCode,
    session::SessionView,
};
use sha2::{Digest, Sha256};

/// Each renewal costs the owner a letter.
const RENEWALS_A_DAY: i64 = 5;
const DAY_MILLIS: i64 = 86_400_000;

fn fault() -> Error {
    Error::new(RefusalCode::Fault)
}

/// What was shown is not right, or was used before: which is not told.
fn wrong(field: &str) -> Error {
    Error::field(RefusalCode::WrongCredentials, field, Problem::Unknown)
}

/// Goes the rest of the way in, with a code or a passkey. Wrong codes come ever further apart.
#[utoipa::path(
    post, path = "/session/second-factor", request_body = FactorShown,
    responses(
        (
            status = 200, description = "A member's session began", body = SessionView,
            headers(("Set-Cookie" = String, description = "The session's token")),
        ),
        (status = 401),
        (status = 429),
    )
)]
pub async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    PendingSecondFactor(pending): PendingSecondFactor,
    Body(shown): Body<FactorShown>,
) -> Answer<(HeaderMap, Json<SessionView>)> {
    let (session, cookies) = match shown {
        FactorShown::Code(typed) => {
            let enters = async {
                match used_code(&app, &pending.account, &typed).await? {
                    Some(used) => enter(&app, &headers, &pending, &used).await,
                    None => Ok(None),
                }
            };
            guard_code(&app, &pending.account, "code", enters).await?
        }
        FactorShown::Passkey(response) => {
            let used = used_passkey(&app, &pending, &response).await?;
            enter(&app, &headers, &pending, &used).await?.ok_or_else(|| wrong("passkey"))?
        }
    };
    Ok((cookies, Json(view(Some(&session), app.clock.now()))))
}

/// What was shown and is right, as it was read. Taken in `enter`, if it still is so.
enum Used {
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
    headers: &HeaderMap,
    pending: &SignedIn,
    used: &Used,
) -> Answer<Option<(Session, HeaderMap)>> {
    let (mut tx, account) = pending.begin(app).await?;
    let now = app.clock.now();
    let is_taken = match used {
        Used::RecoveryCode(hash) => factors::use_recovery_code(&mut tx, &account.id, hash, now).await?,
        Used::Step { sealed, step } => factors::take_step(&mut tx, &account.id, sealed, *step).await?,
        Used::Passkey { was, is } => factors::use_passkey(&mut tx, was, is, now).await?,
    };
    if !is_taken {
        tx.rollback().await?;
        return Ok(None);
    }
    if matches!(used, Used::RecoveryCode(_)) {
        tell_owner(app, &account, mail::recovery_code_used).put(&mut tx, now).await?;
    }
    let (session, mut cookies) =
        session_tokens::renew(app, &mut tx, pending.session.clone(), AuthLevel::Full, now).await?;
    let arrival = Arrival { account: &account, session: &session, now };
    cookies.extend(arrival.is_in(app, &mut tx, headers).await?);
    tx.commit().await?;
    Ok(Some((session, cookies)))
}

/// Counts a try before it is looked at, so that of many at the same moment none slips through. Gives what a right one comes to.
async fn guard_code<T>(
    app: &App,
    account: &Account,
    field: &str,
    looked_at: impl Future<Output = Answer<Option<T>>>,
) -> Answer<T> {
    let tried = Tries::of_codes(&app.limits, &account.id).begin(app).await?;
    let right = looked_at.await?;
    app.limits.tallies.add(Kind::Codes, right.is_none());
    let Some(right) = right else { return Err(tried.failed(wrong(field))) };
    tried.was_right(app).await?;
    Ok(right)
}

/// A code of the app that is right, or one that may be of those kept on paper.
async fn used_code(app: &App, account: &Account, typed: &str) -> Answer<Option<Used>> {
    if let Some(code) = recovery::normalise(typed) {
        return Ok(Some(Used::RecoveryCode(app.seal.hash(&code))));
    }
    let Some(kept) = app.store.authenticator(&account.id).await? else { return Ok(None) };
    let secret = opened(app, account, &kept.sealed)?;
    let step = secret.accepts(typed, app.clock.unmoved().millis(), kept.last_step);
    Ok(step.map(|step| Used::Step { sealed: kept.sealed, step }))
}

fn opened(app: &App, account: &Account, sealed: &str) -> Answer<Secret> {
    let secret = app.seal.open(&account.id, sealed).and_then(|base32| Secret::parse(&base32));
    secret.ok_or_else(|| {
        tracing::error!("the secret of an authenticator does not open: was the pepper changed?");
        fault()
    })
}

/// What the browser is to be asked to ask for the second factor.
#[utoipa::path(
    post, path = "/session/passkey-challenges",
    responses(
        (status = 201, body = PasskeyChallenge),
        (status = 401),
        (status = 404, description = "The account has no passkey, or this server has no host name to make one for"),
    )
)]
pub async fn challenge(
    State(app): State<App>,
    PendingSecondFactor(SignedIn { session, account }): PendingSecondFactor,
) -> Answer<(StatusCode, Json<PasskeyChallenge>)> {
    let known = app.store.passkeys(&account.id).await?;
    if known.is_empty() {
        return Err(Error::new(RefusalCode::NotFound));
    }
    let asked = passkeys::begin_sign_in(site(&app)?, &known).map_err(|reason| not_taken(reason, "passkey"))?;
    challenged(&app, &session.id, &asked).await
}

/// What the browser is to be asked for a new passkey.
#[utoipa::path(
    post, path = "/passkey-challenges",
    responses(
        (status = 201, body = PasskeyChallenge),
        (status = 401),
        (status = 404, description = "This server has no host name to make passkeys for"),
        (status = 422, description = "too_large: the account has ten already"),
    )
)]
pub async fn challenge_new(
    State(app): State<App>,
    Reauthenticated(SignedIn { session, account }): Reauthenticated,
) -> Answer<(StatusCode, Json<PasskeyChallenge>)> {
    let known = app.store.passkeys(&account.id).await?;
    if known.len() >= factors::MOST_PASSKEYS {
        return Err(too_many_passkeys("passkey"));
    }
    // Authenticators keep it: it says nothing about anybody, and is the same for every passkey of the account.
    let handle = Sha256::digest(format!("passkeys of {}", account.id));
    let (name, display_name) = (account.email.to_string(), account.name());
    let user = User { handle: handle.get(..16).unwrap_or_default(), name: &name, display_name: &display_name };
    let asked =
        passkeys::begin_registration(site(&app)?, user, &known).map_err(|reason| not_taken(reason, "passkey"))?;
    challenged(&app, &session.id, &asked).await
}

fn too_many_passkeys(field: &str) -> Error {
    Error::field(RefusalCode::Invalid, field, Problem::TooLarge)
}

fn site(app: &App) -> Answer<&Site> {
    app.site.as_ref().ok_or_else(|| Error::new(RefusalCode::NotFound))
}

async fn challenged(app: &App, session: &str, asked: &passkeys::Asked) -> Answer<(StatusCode, Json<PasskeyChallenge>)> {
    app.store.ask_for_passkey(session, &asked.state, app.clock.now()).await?;
    Ok((StatusCode::CREATED, Json(PasskeyChallenge { options: asked.options.to_string() })))
}

/// The log says why; the person hears that it did not work.
fn not_taken(reason: NotTaken, field: &str) -> Error {
    tracing::info!(?reason, "a passkey was not taken");
    if reason == NotTaken::Fault { fault() } else { wrong(field) }
}

async fn used_passkey(app: &App, pending: &SignedIn, response: &str) -> Answer<Used> {
    let (state, response) = answered(app, &pending.session.id, response, "passkey").await?;
    let known = app.store.passkeys(&pending.account.id).await?;
    let was = known.into_iter().find(|passkey| response["id"].as_str() == Some(passkey.id.as_str()));
    let was = was.ok_or_else(|| wrong("passkey"))?;
    let is = passkeys::finish_sign_in(site(app)?, &state, &was, &response);
    let is = is.map_err(|reason| not_taken(reason, "passkey"))?;
    Ok(Used::Passkey { was, is })
}

/// What was asked, forgotten with this answer, whatever comes of it; and the answer.
async fn answered(app: &App, session: &str, response: &str, field: &str) -> Answer<(String, serde_json::Value)> {
    let state = app.store.answer_for_passkey(session).await?.ok_or_else(|| wrong(field))?;
    Ok((state, serde_json::from_str(response).map_err(|_| wrong(field))?))
}

/// Keeps the passkey that the browser made.
#[utoipa::path(
    post, path = "/passkeys", request_body = NewPasskey,
    responses(
        (status = 201, body = RecoveryCodes),
        (status = 401),
        (status = 404, description = "This server has no host name to make passkeys for"),
        (status = 429),
    )
)]
pub async fn add_passkey(
    State(app): State<App>,
    headers: HeaderMap,
    Reauthenticated(signed_in): Reauthenticated,
    Body(NewPasskey { response }): Body<NewPasskey>,
) -> Answer<(StatusCode, Json<RecoveryCodes>)> {
    limits::take(&app, &[app.limits.bucket(&rules::FACTORS_BY_ACCOUNT, &signed_in.account.id)]).await?;
    let (state, response) = answered(&app, &signed_in.session.id, &response, "response").await?;
    let made = passkeys::finish_registration(site(&app)?, &state, &response);
    let made = made.map_err(|reason| not_taken(reason, "response"))?;
    let (mut tx, account) = signed_in.begin(&app).await?;
    let now = app.clock.now();
    if usize::try_from(factors::count_passkeys(&mut tx, &account.id).await?).unwrap_or(0) >= factors::MOST_PASSKEYS {
        return refused(tx, too_many_passkeys("response")).await;
    }
    if !factors::add_passkey(&mut tx, &account.id, &made, &extract::device(&headers), now).await? {
        return refused(tx, wrong("response")).await;
    }
    let codes = first_codes(&app, &mut tx, &account).await?;
    tell_owner(&app, &account, mail::passkey_added).put(&mut tx, now).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(codes)))
}

/// Takes a passkey away.
#[utoipa::path(
    delete, path = "/passkeys/{id}", params(("id" = String, Path)),
    responses(
        (status = 204),
        (status = 401),
        (status = 422, description = "The password is too short to be all there is"),
    )
)]
pub async fn remove_passkey(
    State(app): State<App>,
    Reauthenticated(signed_in): Reauthenticated,
    Id(id): Id,
) -> Answer<StatusCode> {
    let (mut tx, account) = signed_in.begin(&app).await?;
    let is_removed = factors::remove_passkey(&mut tx, &account.id, &id).await?;
    removed(&app, tx, &account, is_removed, mail::passkey_removed).await
}

/// Offers a secret to an authenticator app. Nothing is asked for with it before a code of it has come.
#[utoipa::path(
    post, path = "/authenticator",
    responses(
        (status = 201, body = AuthenticatorOffer),
        (status = 401),
        (status = 404, description = "One is in use: it has to be taken away first"),
    )
)]
pub async fn offer(
    State(app): State<App>,
    Reauthenticated(signed_in): Reauthenticated,
) -> Answer<(StatusCode, Json<AuthenticatorOffer>)> {
    let (mut tx, account) = signed_in.begin(&app).await?;
    let secret = Secret::random().ok_or_else(fault)?;
    let sealed = app.seal.close(&account.id, &secret.base32()).ok_or_else(fault)?;
    if !factors::offer_authenticator(&mut tx, &account.id, &sealed, app.clock.now()).await? {
        return refused(tx, Error::new(RefusalCode::NotFound)).await;
    }
    tx.commit().await?;
    let uri = secret.uri(&app.portal.brand.name, &account.email.to_string());
    let Qr { size, path } = Qr::of(&uri).ok_or_else(fault)?;
    let offer = AuthenticatorOffer { secret: secret.grouped(), uri, qr: QrDrawing { size, path } };
    Ok((StatusCode::CREATED, Json(offer)))
}

/// Begins to ask for codes of the app, with the first one.
#[utoipa::path(
    put, path = "/authenticator", request_body = AuthenticatorCode,
    responses(
        (status = 200, body = RecoveryCodes),
        (status = 401),
        (status = 404, description = "None was offered"),
        (status = 429),
    )
)]
pub async fn add_authenticator(
    State(app): State<App>,
    Reauthenticated(signed_in): Reauthenticated,
    Body(AuthenticatorCode { code }): Body<AuthenticatorCode>,
) -> Answer<Json<RecoveryCodes>> {
    let read = &signed_in.account;
    let kept = app.store.authenticator(&read.id).await?.filter(|kept| kept.confirmed_at.is_none());
    let kept = kept.ok_or_else(|| Error::new(RefusalCode::NotFound))?;
    limits::take(&app, &[app.limits.bucket(&rules::FACTORS_BY_ACCOUNT, &read.id)]).await?;
    let step = opened(&app, read, &kept.sealed)?.accepts(&code, app.clock.unmoved().millis(), None);
    let step = guard_code(&app, read, "code", async { Ok(step) }).await?;
    let (mut tx, account) = signed_in.begin(&app).await?;
    let now = app.clock.now();
    if !factors::confirm_authenticator(&mut tx, &account.id, &kept.sealed, step, now).await? {
        return refused(tx, wrong("code")).await;
    }
    let codes = first_codes(&app, &mut tx, &account).await?;
    tell_owner(&app, &account, mail::authenticator_added).put(&mut tx, now).await?;
    tx.commit().await?;
    Ok(Json(codes))
}

/// Asks for no more codes of the app.
#[utoipa::path(
    delete, path = "/authenticator",
    responses(
        (status = 204),
        (status = 401),
        (status = 404, description = "There is none"),
        (status = 422, description = "The password is too short to be all there is"),
    )
)]
pub async fn remove_authenticator(
    State(app): State<App>,
    Reauthenticated(signed_in): Reauthenticated,
) -> Answer<StatusCode> {
    let (mut tx, account) = signed_in.begin(&app).await?;
    let is_removed = factors::remove_authenticator(&mut tx, &account.id).await?;
    removed(&app, tx, &account, is_removed, mail::authenticator_removed).await
}

/// New recovery codes; those from before open nothing any more.
#[utoipa::path(
    post, path = "/recovery-codes",
    responses(
        (status = 201, body = RecoveryCodes),
        (status = 401),
        (status = 404, description = "There is nothing to recover from: no second factor"),
        (status = 429, description = "Renewed five times in a day"),
    )
)]
pub async fn renew_codes(
    State(app): State<App>,
    Reauthenticated(signed_in): Reauthenticated,
) -> Answer<(StatusCode, Json<RecoveryCodes>)> {
    limits::take(&app, &[app.limits.bucket(&rules::FACTORS_BY_ACCOUNT, &signed_in.account.id)]).await?;
    let (mut tx, account) = signed_in.begin(&app).await?;
    if factors::count(&mut tx, &account.id).await? == 0 {
        return refused(tx, Error::new(RefusalCode::NotFound)).await;
    }
    let now = app.clock.now();
    let day = (now.plus_millis(-DAY_MILLIS), now);
    if let Some(next) = factors::count_renewal(&mut tx, &account.id, RENEWALS_A_DAY, day).await? {
        let seconds = (next.millis() - now.millis() + 999) / 1_000;
        let seconds = u32::try_from(seconds).unwrap_or(1).max(1);
        return refused(tx, Error::later(RefusalCode::TooMany, seconds)).await;
    }
    let codes = new_codes(&app, &mut tx, &account).await?;
    tell_owner(&app, &account, mail::recovery_codes_renewed).put(&mut tx, now).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(codes)))
}

/// With the first factor come the codes for the day it is gone; with a second one none.
async fn first_codes(app: &App, tx: &mut Tx, account: &Account) -> Answer<RecoveryCodes> {
    if factors::count(tx, &account.id).await? == 1 {
        new_codes(app, tx, account).await
    } else {
        Ok(RecoveryCodes::default())
    }
}

async fn new_codes(app: &App, tx: &mut Tx, account: &Account) -> Answer<RecoveryCodes> {
    let codes = recovery::codes().ok_or_else(fault)?;
    let hashes: Vec<String> = codes.iter().map(|code| app.seal.hash(code)).collect();
    factors::put_recovery_codes(tx, &account.id, &hashes).await?;
    Ok(RecoveryCodes { codes })
}

/// A password that is too short to be all there is keeps the last factor; without a factor there is nothing to recover from.
async fn removed(app: &App, mut tx: Tx, account: &Account, is_removed: bool, telling: Telling) -> Answer<StatusCode> {
    if !is_removed {
        return refused(tx, Error::new(RefusalCode::NotFound)).await;
    }
    if factors::count(&mut tx, &account.id).await? == 0 {
        if account.is_password_short {
            return refused(tx, Error::field(RefusalCode::Invalid, "password", Problem::TooShort)).await;
        }
        factors::put_recovery_codes(&mut tx, &account.id, &[]).await?;
    }
    tell_owner(app, account, telling).put(&mut tx, app.clock.now()).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
