//! `/session`: sign in, type the password again, who am I and until when, extend, sign out. The second step is in `factors`.

use crate::{
    caller::{self, Body, Payer, SignedIn},
    refusal::{Answer, Error},
    state::App,
    store::{
        accounts::{self, Account},
        sessions::{Member, Session, Standing},
    },
};
use axum::{
    Json,
    extract::{ConnectInfo, State},
    http::{HeaderMap, StatusCode, header},
};
use contract::{
    Instant, Password, Problem,
    account::Credentials,
    factor::Proof,
    refusal::{Refusal, RefusalCode},
    session::{MembershipView, PersonView, SessionKind, SessionView},
};
use std::net::{IpAddr, SocketAddr};

pub fn view(session: Option<&Session>, now: Instant) -> SessionView {
    let Some(session) = session else {
        return SessionView {
            kind: SessionKind::Guest,
            membership: None,
            now,
            expires_at: None,
            ends_at: None,
            capture_binding: None,
            person: None,
            second_factor: None,
        };
    };
    let kind = match (&session.member, session.standing) {
        (_, Standing::Halfway) => SessionKind::Halfway,
        (Some(_), _) => SessionKind::Member,
        (None, _) => SessionKind::Payer,
    };
    let is_in = kind != SessionKind::Halfway;
    let membership = MembershipView { region: session.membership.region, ending: session.membership.ending.clone() };
    SessionView {
        kind,
        membership: is_in.then_some(membership),
        now,
        expires_at: Some(session.expires_at()),
        ends_at: Some(session.ends_at()),
        capture_binding: is_in.then(|| session.capture_binding.clone()),
        person: session.member.as_ref().filter(|_| is_in).map(|member| member.person.clone()),
        second_factor: None,
    }
}

/// As `view`, and what is asked of somebody who is halfway in.
async fn full_view(app: &App, session: Option<&Session>) -> Answer<SessionView> {
    let view = view(session, app.clock.now());
    let member = session.and_then(|session| session.member.as_ref()).filter(|_| view.kind == SessionKind::Halfway);
    let Some(member) = member else { return Ok(view) };
    let second_factor = app.store.factors_asked(&member.account).await?;
    Ok(SessionView { second_factor, ..view })
}

/// Signs in with user ID and password; who has a second factor is halfway in then. What is wrong is not told, and takes as long; tries that fail come ever further apart.
#[utoipa::path(
    post, path = "/session", request_body = Credentials,
    responses(
        (
            status = 200, description = "A member's session began, or one that waits for the second factor", body = SessionView,
            headers(("Set-Cookie" = String, description = "The session's token")),
        ),
        (status = 400, body = Refusal, content_type = "application/problem+json"),
        (status = 403, body = Refusal, content_type = "application/problem+json"),
        (status = 413, body = Refusal, content_type = "application/problem+json"),
        (status = 415, body = Refusal, content_type = "application/problem+json"),
        (status = 422, description = "wrong_credentials, with the seconds until the next try", body = Refusal, content_type = "application/problem+json"),
        (status = 429, body = Refusal, content_type = "application/problem+json"),
    )
)]
pub async fn sign_in(
    State(app): State<App>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Body(Credentials { user_id, password }): Body<Credentials>,
) -> Answer<(HeaderMap, Json<SessionView>)> {
    let user_id = user_id.trim().to_lowercase();
    let tries = Tries::of(&user_id, &caller::address(address.ip(), &headers, &app).to_string());
    tries.begin(&app)?;
    let account = app.store.account_of_user_id(&user_id).await?;
    let is_right = app.passwords.is_right(&password, account.as_ref().map(|account| account.password.as_str())).await?;
    let Some(account) = account.filter(|_| is_right) else {
        return Err(Error { retry_after: tries.wait(&app), ..Error::new(RefusalCode::WrongCredentials) });
    };
    tries.were_right(&app);
    let membership = app.store.membership(&account.membership).await?.ok_or_else(|| Error::new(RefusalCode::Fault))?;
    let is_asked = app.store.factors_asked(&account.id).await?.is_some();
    let standing = if is_asked { Standing::Halfway } else { Standing::Whole };
    let (session, cookies) =
        caller::begin_session(&app, &headers, membership, Some(member(&account)), standing).await?;
    Ok((cookies, Json(full_view(&app, Some(&session)).await?)))
}

/// Types the password again, before what signs in is changed. The session gets a new token.
#[utoipa::path(
    put, path = "/session/proof", request_body = Proof,
    responses(
        (status = 200, body = SessionView, headers(("Set-Cookie" = String, description = "The session's new token"))),
        (status = 400, body = Refusal, content_type = "application/problem+json"),
        (status = 401, body = Refusal, content_type = "application/problem+json"),
        (status = 403, body = Refusal, content_type = "application/problem+json"),
        (status = 413, body = Refusal, content_type = "application/problem+json"),
        (status = 415, body = Refusal, content_type = "application/problem+json"),
        (status = 422, body = Refusal, content_type = "application/problem+json"),
        (status = 429, body = Refusal, content_type = "application/problem+json"),
    )
)]
pub async fn prove(
    State(app): State<App>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    SignedIn { session, account }: SignedIn,
    Body(Proof { password }): Body<Proof>,
) -> Answer<(HeaderMap, Json<SessionView>)> {
    is_theirs(&app, &account, &password, "password", address.ip(), &headers).await?;
    let now = app.clock.now();
    let (session, cookies) =
        caller::begin_session(&app, &headers, session.membership, Some(member(&account)), Standing::Proved(now))
            .await?;
    Ok((cookies, Json(view(Some(&session), now))))
}

/// Refuses a password that is not the account's, at `field`, and slows whoever tries.
pub async fn is_theirs(
    app: &App,
    account: &Account,
    password: &Password,
    field: &str,
    address: IpAddr,
    headers: &HeaderMap,
) -> Answer<()> {
    let tries = Tries::of(&accounts::user_id(&account.email), &caller::address(address, headers, app).to_string());
    tries.begin(app)?;
    if !app.passwords.is_right(password, Some(&account.password)).await? {
        let refused = Error::field(RefusalCode::WrongCredentials, field, Problem::Unknown);
        return Err(Error { retry_after: tries.wait(app), ..refused });
    }
    tries.were_right(app);
    Ok(())
}

pub fn member(account: &Account) -> Member {
    let (name, email) = (account.name(), account.email.to_string());
    let person = PersonView { name, email, is_email_confirmed: true };
    Member { account: account.id.clone(), person }
}

/// Tries at one account from one address. An account that nobody has is slowed like any other.
pub struct Tries {
    pair: String,
    account: String,
    address: String,
}

impl Tries {
    pub fn of(user_id: &str, address: &str) -> Self {
        // Hashed: what people type as a user ID is not kept, and takes as much room whatever it is.
        let account = caller::hash(user_id);
        Self { pair: format!("{account} {address}"), account, address: address.to_owned() }
    }

    /// Refuses a try that comes too early, and counts any other as failed until it is known to be right.
    pub fn begin(&self, app: &App) -> Answer<()> {
        if let Some(seconds) = self.wait(app) {
            return Err(Error::later(RefusalCode::TooMany, seconds));
        }
        let now = app.clock.now();
        app.sign_ins.of_pair.count(&self.pair, now);
        app.sign_ins.of_account.count(&self.account, now);
        app.sign_ins.of_address.count(&self.address, now);
        Ok(())
    }

    /// Seconds until the next try is welcome.
    pub fn wait(&self, app: &App) -> Option<u32> {
        let (now, slow) = (app.clock.now(), &app.sign_ins);
        let waits = [
            slow.of_pair.wait(&self.pair, now),
            slow.of_account.wait(&self.account, now),
            slow.of_address.wait(&self.address, now),
        ];
        waits.into_iter().max().filter(|seconds| *seconds > 0)
    }

    pub fn were_right(&self, app: &App) {
        app.sign_ins.of_pair.forgive(&self.pair);
        app.sign_ins.of_account.forgive(&self.account);
        app.sign_ins.of_address.take_back(&self.address);
    }
}

/// Who is asking: a guest, or a payer and until when.
#[utoipa::path(get, path = "/session", responses((status = 200, body = SessionView)))]
pub async fn show(State(app): State<App>, headers: HeaderMap) -> Answer<Json<SessionView>> {
    let session = caller::session_of(&headers, &app).await?;
    Ok(Json(full_view(&app, session.as_ref()).await?))
}

/// Starts the idle time anew.
#[utoipa::path(
    patch, path = "/session",
    responses(
        (status = 200, body = SessionView),
        (status = 401, body = Refusal, content_type = "application/problem+json"),
        (status = 403, body = Refusal, content_type = "application/problem+json"),
    )
)]
pub async fn extend(State(app): State<App>, Payer(mut session): Payer) -> Answer<Json<SessionView>> {
    session.seen_at = app.clock.now();
    app.store.touch_session(&session.token_hash, session.seen_at).await?;
    Ok(Json(view(Some(&session), session.seen_at)))
}

/// Ends the session as if its time were up: what is not private of what was chosen can be gone on with. No payment is sent.
#[utoipa::path(
    post, path = "/session/lapse",
    responses((status = 204), (status = 403, body = Refusal, content_type = "application/problem+json"))
)]
pub async fn lapse(State(app): State<App>, headers: HeaderMap) -> Answer<StatusCode> {
    if let Some(session) = caller::session_of(&headers, &app).await? {
        app.store.lapse_session(&session.token_hash, app.clock.now()).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Ends the session and wipes what was typed in it. No payment is sent.
#[utoipa::path(
    delete, path = "/session",
    responses((status = 204), (status = 403, body = Refusal, content_type = "application/problem+json"))
)]
pub async fn sign_out(State(app): State<App>, headers: HeaderMap) -> Answer<(StatusCode, HeaderMap)> {
    if let Some(session) = caller::session_of(&headers, &app).await? {
        app.store.end_session(&session.token_hash, app.clock.now()).await?;
    }
    let mut cookies = HeaderMap::new();
    if let Some(cookie) = caller::set_cookie(&app, None) {
        cookies.insert(header::SET_COOKIE, cookie);
    }
    Ok((StatusCode::NO_CONTENT, cookies))
}
