//! `/session`: sign in, who am I and until when, extend, sign out.

use crate::{
    caller::{self, Body, Payer},
    refusal::{Answer, Error},
    state::App,
    store::{
        accounts::Account,
        sessions::{Member, Session},
    },
};
use axum::{
    Json,
    extract::{ConnectInfo, State},
    http::{HeaderMap, StatusCode, header},
};
use contract::{
    Instant,
    account::Credentials,
    refusal::{Refusal, RefusalCode},
    session::{MembershipView, PersonView, SessionKind, SessionView},
};
use std::net::SocketAddr;

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
        };
    };
    let membership = MembershipView { region: session.membership.region, ending: session.membership.ending.clone() };
    SessionView {
        kind: if session.member.is_some() { SessionKind::Member } else { SessionKind::Payer },
        membership: Some(membership),
        now,
        expires_at: Some(session.expires_at()),
        ends_at: Some(session.ends_at()),
        capture_binding: Some(session.capture_binding.clone()),
        person: session.member.as_ref().map(|member| member.person.clone()),
    }
}

/// Signs in with user ID and password. What is wrong is not told, and takes as long; tries that fail come ever further apart.
#[utoipa::path(
    post, path = "/session", request_body = Credentials,
    responses(
        (
            status = 200, description = "A member's session began", body = SessionView,
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
    let member = member(&account);
    let (session, cookies) = caller::begin_session(&app, &headers, membership, Some(member)).await?;
    Ok((cookies, Json(view(Some(&session), app.clock.now()))))
}

pub fn member(account: &Account) -> Member {
    let (name, email) = (account.name(), account.email.to_string());
    let person = PersonView { name, email, is_email_confirmed: account.is_email_confirmed };
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
    Ok(Json(view(caller::session_of(&headers, &app).await?.as_ref(), app.clock.now())))
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
