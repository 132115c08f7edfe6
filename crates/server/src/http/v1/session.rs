//! `/session`: sign in, type the password again, who am I and until when, extend, sign out. The second step is in `factors`.

use crate::{
    http::{
        client_address::ClientAddress,
        device_cookie,
        extract::{self, ActiveSession, Body, SignedIn},
        session_tokens,
    },
    limits::{
        emails::NEW_DEVICE,
        sign_ins::{Source, Tries},
        tallies::Kind,
    },
    mail,
    refusal::{Answer, Error, refused},
    state::App,
    store::{
        Tx,
        accounts::{self, Account},
        factors,
        outbox::Queued,
        sessions::{AuthLevel, Member, Session},
    },
    words,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
};
use contract::{
    Instant, Password, Problem,
    account::Credentials,
    factor::Reauthentication,
    refusal::RefusalCode,
    session::{MembershipView, PersonView, SessionKind, SessionView},
};

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
    let kind = match (&session.member, session.auth_level) {
        (_, AuthLevel::Password) => SessionKind::PendingSecondFactor,
        (Some(_), _) => SessionKind::Member,
        (None, _) => SessionKind::Payer,
    };
    let is_in = kind != SessionKind::PendingSecondFactor;
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

/// As `view`, and what is asked for as a second factor.
async fn full_view(app: &App, session: Option<&Session>) -> Answer<SessionView> {
    let view = view(session, app.clock.now());
    let member =
        session.and_then(|session| session.member.as_ref()).filter(|_| view.kind == SessionKind::PendingSecondFactor);
    let Some(member) = member else { return Ok(view) };
    let second_factor = app.store.factors_asked(&member.account).await?;
    Ok(SessionView { second_factor, ..view })
}

/// Signs in with user ID and password; the session of whoever has a second factor is pending it then. What is wrong is not told, and takes as long; tries that fail come ever further apart.
#[utoipa::path(
    post, path = "/session", request_body = Credentials,
    responses(
        (
            status = 200, description = "A member's session began, or one that waits for the second factor", body = SessionView,
            headers(("Set-Cookie" = String, description = "The session's token")),
        ),
        (status = 422, description = "wrong_credentials, with the seconds until the next try"),
        (status = 429),
    )
)]
pub async fn sign_in(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    Body(Credentials { user_id, password }): Body<Credentials>,
) -> Answer<(HeaderMap, Json<SessionView>)> {
    let user_id = user_id.trim().to_lowercase();
    let account = app.store.account_of_user_id(&user_id).await?;
    let device = device_cookie::of(&app, &headers, account.as_ref(), app.clock.now());
    let source = device.as_deref().map_or(Source::Address(address), Source::Known);
    let tried = Tries::at(&app.limits, &user_id, source).begin(&app).await?;
    let is_right = app.passwords.is_right(&password, account.as_ref().map(|account| account.password.as_str())).await?;
    app.limits.tallies.add(Kind::SignIns, !is_right);
    let Some(was) = account.filter(|_| is_right) else {
        return Err(tried.failed(Error::new(RefusalCode::WrongCredentials)));
    };
    tried.was_right(&app).await?;
    let membership = app.store.membership(&was.membership).await?.ok_or_else(|| Error::new(RefusalCode::Fault))?;
    let now = app.clock.now();
    let mut tx = app.store.begin().await?;
    // It may have been changed while it was hashed: what was right is not any more.
    let account = accounts::lock(&mut tx, &was.id).await?.filter(|account| account.password == was.password);
    let Some(account) = account else {
        return refused(tx, Error::new(RefusalCode::WrongCredentials)).await;
    };
    let is_asked = factors::count(&mut tx, &account.id).await? > 0;
    let auth_level = if is_asked { AuthLevel::Password } else { AuthLevel::Full };
    let (session, mut cookies) =
        session_tokens::begin(&app, &mut tx, &headers, (membership, Some(member(&account)), auth_level), now).await?;
    if !is_asked {
        let arrival = Arrival { account: &account, session: &session, now };
        cookies.extend(arrival.is_in(&app, &mut tx, &headers).await?);
    }
    tx.commit().await?;
    Ok((cookies, Json(full_view(&app, Some(&session)).await?)))
}

/// A sign-in that is complete.
pub struct Arrival<'a> {
    pub account: &'a Account,
    pub session: &'a Session,
    pub now: Instant,
}

impl Arrival<'_> {
    /// The owner hears of it if the browser is a new one, in the transaction of the sign-in, which has the account locked. Gives the cookie by which the browser
    /// is known from now on.
    pub async fn is_in(
        &self,
        app: &App,
        tx: &mut Tx,
        headers: &HeaderMap,
    ) -> Answer<Option<(HeaderName, HeaderValue)>> {
        let Self { account, session, now } = *self;
        // Enough is enough for the mailbox: whoever signs in again and again has been told of.
        if device_cookie::of(app, headers, Some(account), now).is_none()
            && NEW_DEVICE.may_post(tx, &account.id, &account.email, now).await?
        {
            let contact = (app.settings.public_origin.as_str(), app.portal.contacts.billing_phone.as_str());
            let at = words::moment(now, session.membership.region.time_zone(), account.locale);
            let letter = mail::new_device(account, &app.portal.brand.name, contact, (&at, &session.device));
            let (id, cause, to) = (uuid::Uuid::now_v7().to_string(), NEW_DEVICE.cause(&account.id), &account.email);
            Queued { id, cause: &cause, to, letter: &letter, is_secret: false, at: now }.put(tx).await?;
        }
        Ok(device_cookie::known(app, headers, &account.id, now))
    }
}

/// Types the password again, before what signs in is changed. The session gets a new token.
#[utoipa::path(
    put, path = "/session/reauthentication", request_body = Reauthentication,
    responses(
        (status = 200, body = SessionView, headers(("Set-Cookie" = String, description = "The session's new token"))),
        (status = 401),
        (status = 429),
    )
)]
pub async fn reauthenticate(
    State(app): State<App>,
    signed_in: SignedIn,
    Body(Reauthentication { password }): Body<Reauthentication>,
) -> Answer<(HeaderMap, Json<SessionView>)> {
    is_theirs(&app, &signed_in.session, &signed_in.account, &password, "password").await?;
    let now = app.clock.now();
    let (mut tx, _) = signed_in.begin(&app).await?;
    let level = AuthLevel::Reauthenticated(now);
    let (session, cookies) = session_tokens::renew(&app, &mut tx, signed_in.session, level, now).await?;
    tx.commit().await?;
    Ok((cookies, Json(view(Some(&session), now))))
}

/// Refuses a password that is not the account's, at `field`, and slows whoever tries. Counted by the session: whoever has one is not held
/// up by strangers.
pub async fn is_theirs(
    app: &App,
    session: &Session,
    account: &Account,
    password: &Password,
    field: &str,
) -> Answer<()> {
    let user_id = accounts::user_id(&account.email);
    let tried = Tries::at(&app.limits, &user_id, Source::Known(&session.id)).begin(app).await?;
    if !app.passwords.is_right(password, Some(&account.password)).await? {
        return Err(tried.failed(Error::field(RefusalCode::WrongCredentials, field, Problem::Unknown)));
    }
    tried.was_right(app).await
}

pub fn member(account: &Account) -> Member {
    let (name, email) = (account.name(), account.email.to_string());
    let person = PersonView { name, email, is_email_confirmed: true };
    Member { account: account.id.clone(), person }
}

/// Who is asking: a guest, or a payer and until when.
#[utoipa::path(get, path = "/session", responses((status = 200, body = SessionView)))]
pub async fn show(State(app): State<App>, headers: HeaderMap) -> Answer<Json<SessionView>> {
    let session = extract::session_of(&headers, &app).await?;
    Ok(Json(full_view(&app, session.as_ref()).await?))
}

/// Starts the idle time anew.
#[utoipa::path(
    patch, path = "/session",
    responses(
        (status = 200, body = SessionView),
        (status = 401),
    )
)]
pub async fn extend(State(app): State<App>, ActiveSession(mut session): ActiveSession) -> Answer<Json<SessionView>> {
    session.seen_at = app.clock.now();
    if !app.store.touch_session(&session.token_hash, session.seen_at).await? {
        return Err(Error::new(RefusalCode::SignedOut));
    }
    Ok(Json(view(Some(&session), session.seen_at)))
}

/// Ends the session as if its time were up: what is not private of what was chosen can be gone on with. No payment is sent.
#[utoipa::path(
    post, path = "/session/lapse",
    responses((status = 204), (status = 403))
)]
pub async fn lapse(State(app): State<App>, headers: HeaderMap) -> Answer<StatusCode> {
    if let Some(session) = extract::session_of(&headers, &app).await? {
        app.store.lapse_session(&session.token_hash, app.clock.now()).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Ends the session and wipes what was typed in it. No payment is sent.
///
/// `Clear-Site-Data` names the cache, which holds nothing private (no answer may be kept), in case something ever does. It does not
/// name storage: that holds the language, and the key of a payment whose end nobody has seen yet, without which the page that
/// follows would have to say that nothing is on its way.
#[utoipa::path(
    delete, path = "/session",
    responses((status = 204), (status = 403))
)]
pub async fn sign_out(State(app): State<App>, headers: HeaderMap) -> Answer<(StatusCode, HeaderMap)> {
    if let Some(session) = extract::session_of(&headers, &app).await? {
        app.store.end_session(&session.token_hash, app.clock.now()).await?;
    }
    let mut headers: HeaderMap =
        extract::set_cookie(&app, None).into_iter().map(|cookie| (header::SET_COOKIE, cookie)).collect();
    headers.insert(HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\""));
    Ok((StatusCode::NO_CONTENT, headers))
}
