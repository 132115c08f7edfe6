//! The calls of `--demo`: its members, the outbox as a page, and the clock that can be moved on. The routes are not
//! there without the flag.

use crate::{
    demo,
    error::{Error, Result},
    state::App,
};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header, uri::Authority},
    middleware::{self, Next},
    response::IntoResponse,
    routing::get,
};
use contract::{
    demo::{DemoClock, DemoClockMove, DemoDeposit, DemoMail, DemoMember, DemoText},
    problem_details::ErrorCode,
};
use serve::origin::is_loopback;

/// Answers only who asks for this machine by its name. A page of another site whose name was made to mean this machine
/// (DNS rebinding) would be of the same origin as the demo, and read its mail.
pub fn on_this_machine(router: Router) -> Router {
    router.layer(middleware::from_fn(async |request: Request, next: Next| {
        let host = request.headers().get(header::HOST).map(|host| host.to_str().unwrap_or_default());
        // Anyone who names no host is no browser.
        let Some(host) = host.or_else(|| request.uri().authority().map(Authority::as_str)) else {
            return next.run(request).await;
        };
        if Authority::try_from(host).is_ok_and(|authority| is_loopback(authority.host())) {
            return next.run(request).await;
        }
        (StatusCode::MISDIRECTED_REQUEST, "The demo is for this machine only: ask for it as localhost.\n")
            .into_response()
    }))
}

pub fn router(app: App) -> Router {
    Router::new()
        .route("/demo/members", get(list_members))
        .route("/demo/mail", get(list_mail))
        .route("/demo/texts", get(list_texts))
        .route("/demo/bank", get(list_bank))
        .route("/demo/clock", get(show_clock).post(move_clock))
        .with_state(app)
}

async fn list_members(State(app): State<App>) -> Result<Json<Vec<DemoMember>>> {
    Ok(Json(demo::members_now(&app).await?))
}

async fn list_mail(State(app): State<App>) -> Result<Json<Vec<DemoMail>>> {
    Ok(Json(demo::emails(&app).await?))
}

async fn list_texts(State(app): State<App>) -> Result<Json<Vec<DemoText>>> {
    Ok(Json(demo::texts(&app).await?))
}

async fn list_bank(State(app): State<App>) -> Result<Json<Vec<DemoDeposit>>> {
    Ok(Json(demo::bank_statements(&app).await?))
}

async fn show_clock(State(app): State<App>) -> Json<DemoClock> {
    Json(DemoClock { now: app.clock.now() })
}

/// Scripts send no `Origin`; a page of another site does, and is refused.
async fn move_clock(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Result<Json<DemoClock>> {
    let own = app.settings.public_origin.as_bytes();
    if headers.get(header::ORIGIN).is_some_and(|origin| origin.as_bytes() != own) {
        return Err(Error::new(ErrorCode::ForeignOrigin));
    }
    let asked: DemoClockMove = serde_json::from_slice(&body).map_err(|_| Error::new(ErrorCode::Malformed))?;
    demo::move_clock(&app, asked.seconds).await?;
    Ok(Json(DemoClock { now: app.clock.now() }))
}
