//! axum extractors: the session of the cookie (a payer's or a member's), the JSON body, the idempotency key, and the
//! check of the `Origin` of writes. Each rejects with an `error::Error`.

use super::{client_address::ClientAddress, cookies};
use crate::{
    billing::{payments, receipt_links::Reader},
    error::{Error, Result},
    identity::sessions::{self, SignedIn},
    state::App,
    store::sessions::Session,
    token::is_id,
};
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Request},
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use contract::{FieldProblem, IdempotencyKey, Instant, problem_details::ErrorCode};

/// A session that may see bills: the one of the cookie, a payer's or a member's.
pub struct ActiveSession(pub Session);

/// A member who typed the password again a short while ago.
pub struct Reauthenticated(pub SignedIn);

/// Whose password was right and whose second factor is asked for.
pub struct PendingSecondFactor(pub SignedIn);

/// As `ActiveSession`, for an order: "signed out" is read as "nothing was taken", so it is said only of an order that
/// begins nowhere.
pub struct PayingSession(pub Session);

/// What this browser was given when it opened a receipt by its link.
pub struct ReaderToken(pub Option<String>);

/// A JSON body of exactly this shape.
pub struct Body<T>(pub T);

/// The `Idempotency-Key` header.
pub struct Key(pub IdempotencyKey);

/// The `{id}` of an address. What can't be one of this server's is not found, whatever else is wrong with it.
pub struct Id(pub String);

/// The `{year}` of an address: four digits. What is none is not found.
pub struct Year(pub i16);

impl FromRequestParts<App> for ActiveSession {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        // One moment for both: a clock that moves meanwhile prolongs nothing.
        let now = app.clock.now();
        let session = session_at(&parts.headers, app, now).await?;
        let session = session.filter(|session| !session.is_pending());
        let session = session.ok_or_else(|| Error::new(ErrorCode::SignedOut))?;
        sessions::touch(app, &session, now).await?;
        Ok(Self(session))
    }
}

impl FromRequestParts<App> for PayingSession {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        match ActiveSession::from_request_parts(parts, app).await {
            Ok(ActiveSession(session)) => Ok(Self(session)),
            Err(refused) => {
                // Without a key no order begins. Of a key that can't be read nothing is known: it is not closed.
                if !refused.code.ends_an_order() || !parts.headers.contains_key(IDEMPOTENCY_KEY) {
                    return Err(refused);
                }
                let Key(key) = Key::from_request_parts(parts, app).await?;
                let ClientAddress(address) = ClientAddress::from_request_parts(parts, app).await?;
                Err(payments::refuse_without_session(app, address, &key, refused).await)
            }
        }
    }
}

impl FromRequestParts<App> for ReaderToken {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        Ok(Self(cookies::reader_token(app, &parts.headers)))
    }
}

impl FromRequestParts<App> for Reader {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let ClientAddress(address) = ClientAddress::from_request_parts(parts, app).await?;
        Ok(Self {
            address,
            session: session_of(&parts.headers, app).await?.filter(|session| !session.is_pending()),
            token: cookies::reader_token(app, &parts.headers),
            device: device(&parts.headers),
        })
    }
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let ActiveSession(session) = ActiveSession::from_request_parts(parts, app).await?;
        Self::of(session, app).await
    }
}

impl FromRequestParts<App> for Reauthenticated {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let member = SignedIn::from_request_parts(parts, app).await?;
        let is_reauthenticated = member.session.is_reauthenticated(app.clock.now());
        if is_reauthenticated { Ok(Self(member)) } else { Err(Error::new(ErrorCode::PasswordNeeded)) }
    }
}

impl FromRequestParts<App> for PendingSecondFactor {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let session = session_of(&parts.headers, app).await?.filter(Session::is_pending);
        Ok(Self(SignedIn::of(session.ok_or_else(|| Error::new(ErrorCode::SignedOut))?, app).await?))
    }
}

/// Nobody, where a guest may ask too. Asking who one is does not put the end of a session off.
pub async fn session_of(headers: &HeaderMap, app: &App) -> Result<Option<Session>> {
    session_at(headers, app, app.clock.now()).await
}

async fn session_at(headers: &HeaderMap, app: &App, now: Instant) -> Result<Option<Session>> {
    let Some(hash) = cookies::token_hash(app, headers) else { return Ok(None) };
    sessions::of_token(app, &hash, now).await
}

/// The browser's and the system's common names, too general to identify a person.
pub fn device(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let first =
        |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    let browser = first(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("CrOS", "ChromeOS"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    [browser, system].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

impl<T: serde::de::DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if kind != "application/json" {
            return Err(Error::new(ErrorCode::NotJson));
        }
        // It is here already, and not too large: `whole` waited for it.
        let bytes = Bytes::from_request(request, app).await.map_err(|_| Error::new(ErrorCode::Malformed))?;
        // Every body is an object; serde would take a list of the fields for one.
        if bytes.trim_ascii_start().first() != Some(&b'{') {
            return Err(Error::new(ErrorCode::Malformed));
        }
        read(&bytes).map(Self)
    }
}

/// The same request with its whole body. Every write waits here before anything of it is checked: when the body comes
/// late, the session is checked then, and not when the head was sent.
pub async fn whole(request: Request) -> Result<Request> {
    let (head, body) = request.into_parts();
    match Bytes::from_request(Request::from_parts(head.clone(), body), &()).await {
        Ok(bytes) => Ok(Request::from_parts(head, bytes.into())),
        Err(refused) if refused.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(Error::new(ErrorCode::TooLarge)),
        Err(_) => Err(Error::new(ErrorCode::Malformed)),
    }
}

/// A value that its own `parse` refuses is named with the reason; anything else that is wrong with a body is only
/// malformed.
fn read<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let body = serde_path_to_error::deserialize(&mut json).map_err(|error| match problem(error.inner()) {
        Some(problem) => Error::field(ErrorCode::Invalid, field(error.path()), problem),
        None => Error::new(ErrorCode::Malformed),
    })?;
    json.end().map(|()| body).map_err(|_| Error::new(ErrorCode::Malformed))
}

/// The key that a value type of the contract left in serde's error.
fn problem(error: &serde_json::Error) -> Option<FieldProblem> {
    let text = error.to_string();
    let (key, _) = text.split_once(" at line ")?;
    let problem: FieldProblem = serde_json::from_value(key.into()).ok()?;
    (problem != FieldProblem::Unknown).then_some(problem)
}

/// The path of a field as error responses name it: `shares.0.amount`.
fn field(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let names = path.iter().map(|segment| match segment {
        Segment::Seq { index } => index.to_string(),
        Segment::Map { key } => key.clone(),
        Segment::Enum { variant } => variant.clone(),
        Segment::Unknown => "?".to_owned(),
    });
    names.collect::<Vec<_>>().join(".")
}

impl FromRequestParts<App> for Id {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let id = Path::<String>::from_request_parts(parts, app).await.ok().map(|Path(id)| id);
        id.filter(|id| is_id(id)).map(Self).ok_or_else(|| Error::new(ErrorCode::NotFound))
    }
}

impl FromRequestParts<App> for Year {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let text = Path::<String>::from_request_parts(parts, app).await.ok().map(|Path(text)| text);
        let text = text.filter(|text| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit()));
        let year = text.and_then(|text| text.parse().ok());
        year.map(Self).ok_or_else(|| Error::new(ErrorCode::NotFound))
    }
}

const IDEMPOTENCY_KEY: &str = "idempotency-key";

impl FromRequestParts<App> for Key {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self> {
        let mut keys = parts.headers.get_all(IDEMPOTENCY_KEY).iter();
        let key = keys.next().filter(|_| keys.next().is_none()).and_then(|key| key.to_str().ok());
        key.and_then(|key| IdempotencyKey::parse(key).ok()).map(Self).ok_or_else(|| Error::new(ErrorCode::KeyMissing))
    }
}

/// A write must say that it comes from one of our pages.
pub fn may_write(headers: &HeaderMap, app: &App) -> Result<()> {
    // Of two, something in between may have looked at the other one.
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let origin = origins.next().filter(|_| origins.next().is_none()).and_then(|origin| origin.to_str().ok());
    if origin == Some(app.settings.public_origin.as_str()) { Ok(()) } else { Err(Error::new(ErrorCode::ForeignOrigin)) }
}
