//! The router of `/api/v1`, and its middleware: the origin check for writes, limits of size and time, request ids, logs
//! without personal data, and error responses for unknown paths and methods.

use super::{demo, extract, health, openapi, v1::*};
use crate::{error::Error, state::App};
use axum::{
    Router,
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    http::{HeaderValue, Method, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use contract::problem_details::ErrorCode;
use std::{collections::HashSet, sync::Arc, time::Instant};
use tracing::Instrument;
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The API with its document.
pub fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(portal::portal)).merge(of_identity()).merge(of_billing())
}

/// Who one is, and what is one's own.
fn of_identity() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(lookups::look_up))
        .routes(routes!(session::show, session::sign_in, session::extend, session::sign_out))
        .routes(routes!(session::reauthenticate))
        .routes(routes!(session::lapse))
        .routes(routes!(factors::show))
        .routes(routes!(factors::challenge))
        .routes(routes!(factors::challenge_new))
        .routes(routes!(factors::add_passkey))
        .routes(routes!(factors::remove_passkey))
        .routes(routes!(factors::offer, factors::add_authenticator, factors::remove_authenticator))
        .routes(routes!(factors::renew_codes))
        .routes(routes!(registrations::begin))
        .routes(routes!(registrations::keep))
        .routes(routes!(registrations::open))
        .routes(routes!(registrations::confirmation_email))
        .routes(routes!(links::confirm_email))
        .routes(routes!(links::remind))
        .routes(routes!(links::ask_for_reset, links::reset))
        .routes(routes!(links::check_reset))
        .routes(routes!(security::show))
        .routes(routes!(security::change_password))
        .routes(routes!(security::end_others))
        .routes(routes!(security::end_session))
        .routes(routes!(profile::show, profile::change))
        .routes(routes!(profile::change_email, profile::keep_email))
        .routes(routes!(profile::send_link_again))
        .routes(routes!(profile::agree_to_paperless, profile::withdraw_paperless))
        .routes(routes!(profile::list_authorisations))
        .routes(routes!(profile::revoke))
        .routes(routes!(closing::show, closing::close))
        .routes(routes!(member_data::zip))
        .routes(routes!(household::show, household::add))
        .routes(routes!(household::end))
        .routes(routes!(notices::show, notices::change))
        .routes(routes!(notices::begin_texts, notices::end_texts))
        .routes(routes!(notices::confirm_texts))
}

/// What is owed and paid.
fn of_billing() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(bills::list))
        .routes(routes!(bills::one))
        .routes(routes!(account_bills::overview))
        .routes(routes!(account_bills::list))
        .routes(routes!(account_bills::one))
        .routes(routes!(account_bills::statement))
        .routes(routes!(account_bills::sample))
        .routes(routes!(account_bills::ask))
        .routes(routes!(coupons::list))
        .routes(routes!(balance::show))
        .routes(routes!(balance::deposit))
        .routes(routes!(balance::refund))
        .routes(routes!(balance::change_settings))
        .routes(routes!(drafts::show, drafts::keep, drafts::forget))
        .routes(routes!(payment_methods::name, saved_methods::list))
        .routes(routes!(saved_methods::save))
        .routes(routes!(verifications::start))
        .routes(routes!(verifications::check))
        .routes(routes!(saved_methods::change, saved_methods::replace, saved_methods::remove))
        .routes(routes!(payments::pay, payments::list))
        .routes(routes!(payments::one))
        .routes(routes!(payments::csv, payments::filtered_csv))
        .routes(routes!(proofs::show))
        .routes(routes!(proofs::csv))
        .routes(routes!(proofs::pdf))
        .routes(routes!(proofs::zip))
        .routes(routes!(proofs::spending))
        .routes(routes!(receipts::pdf))
        .routes(routes!(receipts::email))
        .routes(routes!(receipt_links::open))
        .routes(routes!(receipt_links::pdf))
        .routes(routes!(receipt_links::revoke))
        .routes(routes!(receipt_links::show_all))
        .routes(routes!(receipt_links::revoke_all))
}

/// `/api/v1` with everything around it, and the health checks.
pub fn router(app: App) -> Router {
    let (api, document) = api().split_for_parts();
    let writes = Arc::new(writes(&document));
    let api = Router::new()
        .nest("/api/v1", api)
        .route("/api/v1/openapi.json", get(openapi::serve))
        .route("/api/{*path}", axum::routing::any(async || Error::new(ErrorCode::NotFound)))
        .method_not_allowed_fallback(async || Error::new(ErrorCode::MethodNotAllowed))
        .layer(middleware::from_fn_with_state((app.clone(), writes), guard))
        .layer(DefaultBodyLimit::max(app.settings.limits.body_bytes));
    let demo = if app.settings.demo { demo::router(app.clone()) } else { Router::new() };
    api.merge(health::router()).with_state(app).merge(demo).layer(middleware::from_fn(log))
}

/// Method and route of every call that changes something. What is not among them has no handler: it is refused for its
/// method, wherever it came from.
type Writes = HashSet<(Method, String)>;

fn writes(document: &OpenApi) -> Writes {
    let calls = document.paths.paths.iter().flat_map(|(path, item)| {
        let methods = [
            (Method::POST, &item.post),
            (Method::PUT, &item.put),
            (Method::PATCH, &item.patch),
            (Method::DELETE, &item.delete),
        ];
        methods
            .into_iter()
            .filter(|(_, call)| call.is_some())
            .map(move |(method, _)| (method, format!("/api/v1{path}")))
    });
    calls.collect()
}

/// Middleware: checks the origin of writes, forbids caching, and limits the time of a request.
async fn guard(State((app, writes)): State<(App, Arc<Writes>)>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let is_write = writes.contains(&(request.method().clone(), route.to_owned()));
    let is_payment = is_write && matches!(route, "/api/v1/payments" | "/api/v1/deposits");
    if is_write && let Err(error) = extract::may_write(request.headers(), &app) {
        return no_store(error.into_response());
    }
    // Body and handler together take no longer than this.
    let until = tokio::time::Instant::now() + app.settings.limits.request_time;
    let request =
        if is_write { tokio::time::timeout_at(until, extract::whole(request)).await } else { Ok(Ok(request)) };
    let request = match request {
        Ok(Ok(request)) => request,
        Ok(Err(error)) => return no_store(error.into_response()),
        Err(_) => return no_store(Error::later(ErrorCode::Unavailable, 5).into_response()),
    };
    // A payment that was begun is finished even if the caller has gone: the handler runs in a task of its own.
    let answer = tokio::spawn(tokio::time::timeout_at(until, next.run(request)).in_current_span());
    no_store(match answer.await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => took_too_long(is_payment).into_response(),
        Err(_) => {
            crate::metrics::PANICS.add(1);
            tracing::error!("a handler panicked");
            Error::new(ErrorCode::Fault).into_response()
        }
    })
}

/// The error of a request that timed out. Whether a payment was begun is unknown: its page queries by the key.
fn took_too_long(is_payment: bool) -> Error {
    if is_payment { Error::later(ErrorCode::KeyInUse, 2) } else { Error::later(ErrorCode::Unavailable, 5) }
}

fn no_store(mut response: Response) -> Response {
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// A span for all that is logged on behalf of a request, and one line when it is answered. They name the route's
/// template, never the address, which could hold an identifier. The app's files are not logged: they are sent out of
/// memory, twenty for one page, and the proxy in front counts them.
async fn log(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = uuid::Uuid::new_v4().to_string();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("none", |path| path.as_str()).to_owned();
    let span = tracing::error_span!("request", id, %method, route);
    let mut response = next.run(request).instrument(span.clone()).await;
    let millis = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| tracing::info!(status = response.status().as_u16(), millis, "answered"));
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}
