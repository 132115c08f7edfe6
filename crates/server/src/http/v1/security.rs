//! What keeps an account safe, for the member it belongs to: the password, where one is signed in, what was agreed to.

use super::{
    links::{check_new, has_factor_if_short, least, tell_owner},
    session::{is_theirs, view},
};
use crate::{
    http::{
        device_cookie,
        extract::{Body, Id, SignedIn},
        session_tokens,
    },
    limits::{self, rules},
    mail,
    refusal::{Answer, Error, refused},
    state::App,
    store::{accounts, sessions},
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use contract::{
    account::{PasswordChange, Security},
    refusal::RefusalCode,
    session::SessionView,
};

/// Authorisations that are told at once; the rest come with the history.
const AUTHORISATIONS: i64 = 50;

/// The password's age, the sessions, the terms and the authorisations.
#[utoipa::path(
    get, path = "/security",
    responses(
        (status = 200, body = Security),
        (status = 401),
    )
)]
pub async fn show(State(app): State<App>, SignedIn { session, account }: SignedIn) -> Answer<Json<Security>> {
    Ok(Json(Security {
        password_changed_at: account.password_changed_at,
        least_password: u16::try_from(least(&app, &account).await?).unwrap_or(u16::MAX),
        terms_version: account.terms_version,
        terms_accepted_at: account.terms_accepted_at,
        time_zone: session.membership.region.time_zone().to_owned(),
        second_factor: app.store.second_factor(&account.id, app.site.is_some()).await?,
        sessions: app.store.sessions_of(&account.id, &session.id, app.clock.now()).await?,
        authorisations: app.store.authorisations_of(&account.id, AUTHORISATIONS).await?,
    }))
}

/// A new password for the present one. Every other session ends, this one gets a new token, and the owner is told.
#[utoipa::path(
    put, path = "/profile/password", request_body = PasswordChange,
    responses(
        (status = 200, body = SessionView, headers(("Set-Cookie" = String, description = "The session's new token"))),
        (status = 401),
        (status = 429),
    )
)]
pub async fn change_password(
    State(app): State<App>,
    headers: HeaderMap,
    signed_in: SignedIn,
    Body(PasswordChange { current, password }): Body<PasswordChange>,
) -> Answer<(HeaderMap, Json<SessionView>)> {
    is_theirs(&app, &signed_in.session, &signed_in.account, &current, "current").await?;
    limits::take(&app, &[app.limits.bucket(&rules::PASSWORDS_BY_SESSION, &signed_in.session.id)]).await?;
    let is_short = check_new(&app, &signed_in.account, &password).await?;
    let hashed = app.passwords.hash(&password).await?;
    let (mut tx, account) = signed_in.begin(&app).await?;
    has_factor_if_short(&mut tx, &account.id, is_short).await?;
    let (now, session) = (app.clock.now(), signed_in.session);
    accounts::set_password(&mut tx, &account.id, &hashed, is_short, now).await?;
    accounts::end_sessions(&mut tx, &account.id, Some(&session.id), now).await?;
    let auth_level = session.auth_level;
    let (session, mut cookies) = session_tokens::renew(&app, &mut tx, session, auth_level, now).await?;
    tell_owner(&app, &account, mail::password_changed).put(&mut tx, now).await?;
    tx.commit().await?;
    // This browser is a known one with the new password, too.
    cookies.extend(device_cookie::known(&app, &headers, &account.id, now));
    Ok((cookies, Json(view(Some(&session), now))))
}

/// Signs out in one other place.
#[utoipa::path(
    delete, path = "/sessions/{id}", params(("id" = String, Path)),
    responses(
        (status = 204),
        (status = 401),
    )
)]
pub async fn end_session(State(app): State<App>, signed_in: SignedIn, Id(id): Id) -> Answer<StatusCode> {
    let (mut tx, account) = signed_in.begin(&app).await?;
    if !sessions::end_one(&mut tx, &account.id, &id, app.clock.now()).await? {
        return refused(tx, Error::new(RefusalCode::NotFound)).await;
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Signs out everywhere else.
#[utoipa::path(
    delete, path = "/sessions",
    responses(
        (status = 204),
        (status = 401),
    )
)]
pub async fn end_others(State(app): State<App>, signed_in: SignedIn) -> Answer<StatusCode> {
    let (mut tx, account) = signed_in.begin(&app).await?;
    accounts::end_sessions(&mut tx, &account.id, Some(&signed_in.session.id), app.clock.now()).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
