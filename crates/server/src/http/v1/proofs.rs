//! `/receipts/{year}` and `/spending`: the proof of a tax year's expenses, as JSON and as files, and what was paid in
//! each month.

use crate::{
    billing::{
        proofs::{self, Asked, ProofFile, ProofKind},
        spending,
    },
    error::{Error, Result},
    http::extract::Year,
    identity::sessions::SignedIn,
    state::App,
};
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use contract::{
    Locale,
    payment::{ProofPack, Spending},
    problem_details::ErrorCode,
};
use std::num::NonZeroU16;

#[derive(serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ProofQuery {
    /// For this person only, by the number that the pack gives.
    #[param(maximum = 65535)]
    pub person: Option<u16>,
    /// In which language a file is; without it, the account's.
    #[param(inline)]
    pub locale: Option<Locale>,
    /// Which of the zip files, if the receipts are more than one has: the newest are in the first.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 65535)]
    pub part: Option<NonZeroU16>,
}

/// What counts in a tax year for a reimbursement account, what does not and why, and the sums by person.
#[utoipa::path(
    get, path = "/receipts/{year}", params(("year" = i16, Path, minimum = 1900, maximum = 9999), ProofQuery),
    responses(
        (status = 200, body = ProofPack),
        (status = 401),
    )
)]
pub async fn show(
    State(app): State<App>,
    member: SignedIn,
    Year(year): Year,
    query: Result<Query<ProofQuery>, QueryRejection>,
) -> Result<Json<ProofPack>> {
    let Query(query) = query.map_err(|_| Error::new(ErrorCode::Malformed))?;
    Ok(Json(proofs::pack(&app, &member.session, Asked { year, person: query.person }).await?))
}

macro_rules! file {
    ($name:ident, $path:literal, $content_type:literal, $kind:expr, $about:literal) => {
        #[doc = $about]
        #[utoipa::path(
                            get, path = $path, params(("year" = i16, Path, minimum = 1900, maximum = 9999), ProofQuery),
                            responses(
                                (status = 200, content_type = $content_type, body = Vec<u8>),
                                (status = 401),
                                (status = 429),
                                (status = 503),
                            )
                        )]
        pub async fn $name(
            State(app): State<App>,
            member: SignedIn,
            Year(year): Year,
            query: Result<Query<ProofQuery>, QueryRejection>,
        ) -> Result<ProofFile> {
            let Query(query) = query.map_err(|_| Error::new(ErrorCode::Malformed))?;
            let locale = query.locale.unwrap_or(member.account.locale);
            proofs::file(&app, &member.session, Asked { year, person: query.person }, ($kind, query.part.map_or(1, NonZeroU16::get)), locale).await
        }
    };
}

file!(csv, "/receipts/{year}/proof.csv", "text/csv", ProofKind::Csv, "The same as a file for a spreadsheet.");
file!(pdf, "/receipts/{year}/proof.pdf", "application/pdf", ProofKind::Pdf, "The same as Letter pages.");
file!(
    zip,
    "/receipts/{year}/proof.zip",
    "application/zip",
    ProofKind::Zip,
    "Both files and up to a hundred receipts, the newest first; `part` 2 has the next hundred."
);

/// To be kept. The name says nothing of the member.
impl IntoResponse for ProofFile {
    fn into_response(self) -> Response {
        let (kind, extension) = match self.kind {
            ProofKind::Csv => ("text/csv; charset=utf-8", "csv"),
            ProofKind::Pdf => ("application/pdf", "pdf"),
            ProofKind::Zip => ("application/zip", "zip"),
        };
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        let part = if self.part > 1 { format!("-{}", self.part) } else { String::new() };
        let name = format!("attachment; filename=\"proof-{}{part}.{extension}\"", self.year);
        if let Ok(name) = HeaderValue::from_str(&name) {
            headers.insert(header::CONTENT_DISPOSITION, name);
        }
        (headers, self.content).into_response()
    }
}

/// What was paid in each of the last twelve months, by kind of bill.
#[utoipa::path(
    get, path = "/spending",
    responses(
        (status = 200, body = Spending),
        (status = 401),
    )
)]
pub async fn spending(State(app): State<App>, member: SignedIn) -> Result<Json<Spending>> {
    Ok(Json(spending::of(&app, &member.session).await?))
}
