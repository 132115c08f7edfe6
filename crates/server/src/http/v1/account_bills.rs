//! `/account/overview`, and `/account/bills`: a member's bills, open and settled.

use crate::{
    billing::{
        account_bills::{self, Filter, Statement},
        overview, questions, sample_bill,
    },
    error::{Error, Result},
    http::extract::{Body, Id, Key},
    identity::sessions::SignedIn,
    state::App,
};
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use contract::{
    IdempotencyKey, Locale,
    bill::{
        BillKind,
        account::{AccountBill, AccountBills, AccountOverview},
        question::{ChargeQuestion, NewQuestion},
    },
    problem_details::ErrorCode,
};

/// What is owed, the open bills and which of them are new, the credit, and the last payments.
#[utoipa::path(
    get, path = "/account/overview",
    responses((status = 200, body = AccountOverview), (status = 401))
)]
pub async fn overview(State(app): State<App>, member: SignedIn) -> Result<Json<AccountOverview>> {
    Ok(Json(overview::overview(&app, &member.session).await?))
}

#[derive(serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct BillQuery {
    /// Bills of this kind only.
    #[param(inline)]
    pub kind: Option<BillKind>,
    /// Bills for this person only, by the number that the list gives.
    #[param(maximum = 65535)]
    pub person: Option<u16>,
    /// Of the settled bills those that were issued in this year; without it, the newest year that has any.
    #[param(minimum = 0, maximum = 9999)]
    pub year: Option<i16>,
}

/// The open bills, the earliest due first, and the settled bills of one year, the newest first.
#[utoipa::path(
    get, path = "/account/bills", params(BillQuery),
    responses(
        (status = 200, body = AccountBills),
        (status = 401),
    )
)]
pub async fn list(
    State(app): State<App>,
    member: SignedIn,
    query: Result<Query<BillQuery>, QueryRejection>,
) -> Result<Json<AccountBills>> {
    let malformed = || Error::new(ErrorCode::Malformed);
    let Query(BillQuery { kind, person, year }) = query.map_err(|_| malformed())?;
    if year.is_some_and(|year| !(0..=9999).contains(&year)) {
        return Err(malformed());
    }
    Ok(Json(account_bills::list(&app, &member.session, Filter { kind, person, year }).await?))
}

/// One bill with what was paid on it, and the bill of the same kind and person before it.
#[utoipa::path(
    get, path = "/account/bills/{id}", params(("id" = String, Path)),
    responses(
        (status = 200, body = AccountBill),
        (status = 401),
    )
)]
pub async fn one(State(app): State<App>, member: SignedIn, Id(id): Id) -> Result<Json<AccountBill>> {
    Ok(Json(account_bills::one(&app, &member.session, &id).await?))
}

/// Asks the plan about a charge of the bill. The same key and question again gives the first one. Not found where the
/// deployment takes no questions.
#[utoipa::path(
    post, path = "/account/bills/{id}/questions", request_body = NewQuestion,
    params(
        ("id" = String, Path),
        ("Idempotency-Key" = IdempotencyKey, Header, description = "A UUID; the same for the same intent"),
    ),
    responses(
        (status = 201, body = ChargeQuestion),
        (status = 401),
        (status = 429),
    )
)]
pub async fn ask(
    State(app): State<App>,
    member: SignedIn,
    Id(id): Id,
    Key(key): Key,
    Body(new): Body<NewQuestion>,
) -> Result<(StatusCode, Json<ChargeQuestion>)> {
    Ok((StatusCode::CREATED, Json(questions::ask(&app, &member.session, &id, &key, &new).await?)))
}

#[derive(serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct StatementQuery {
    /// In which language; without it, the account's.
    pub locale: Option<Locale>,
}

/// The bill's statement as Letter pages.
#[utoipa::path(
    get, path = "/account/bills/{id}/statement.pdf", params(("id" = String, Path), StatementQuery),
    responses(
        (status = 200, content_type = "application/pdf", body = Vec<u8>),
        (status = 401),
        (status = 429),
        (status = 503),
    )
)]
pub async fn statement(
    State(app): State<App>,
    member: SignedIn,
    Id(id): Id,
    query: Result<Query<StatementQuery>, QueryRejection>,
) -> Result<Statement> {
    let Query(query) = query.map_err(|_| Error::new(ErrorCode::Malformed))?;
    let locale = query.locale.unwrap_or(member.account.locale);
    account_bills::statement(&app, &member.session, &id, locale).await
}

/// A statement of made-up charges, marked as a sample: to be seen before a member agrees to bills without paper.
#[utoipa::path(
    get, path = "/profile/paperless/sample.pdf", params(StatementQuery),
    responses(
        (status = 200, content_type = "application/pdf", body = Vec<u8>),
        (status = 401),
        (status = 429),
        (status = 503),
    )
)]
pub async fn sample(
    State(app): State<App>,
    member: SignedIn,
    query: Result<Query<StatementQuery>, QueryRejection>,
) -> Result<Statement> {
    let Query(query) = query.map_err(|_| Error::new(ErrorCode::Malformed))?;
    let locale = query.locale.unwrap_or(member.account.locale);
    sample_bill::statement(&app, &member.session, locale).await
}

impl IntoResponse for Statement {
    fn into_response(self) -> Response {
        let name = format!("attachment; filename=\"{}\"", self.name);
        let headers = [(header::CONTENT_TYPE, "application/pdf".to_owned()), (header::CONTENT_DISPOSITION, name)];
        (headers, self.content).into_response()
    }
}
