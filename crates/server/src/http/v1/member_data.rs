//! `/profile/data.zip`: everything that billing holds of a member, as a file.

use crate::{
    billing::member_data::{self, DataFile},
    error::{Error, Result},
    identity::sessions::SignedIn,
    state::App,
};
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::header,
    response::{IntoResponse, Response},
};
use contract::{Locale, problem_details::ErrorCode};

#[derive(serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DataQuery {
    /// In which language the index is; without it, the account's.
    #[param(inline)]
    pub locale: Option<Locale>,
}

/// Everything that is held of the member: `data.json`, and `index.html` to read.
#[utoipa::path(
    get, path = "/profile/data.zip", params(DataQuery),
    responses(
        (status = 200, content_type = "application/zip", body = Vec<u8>),
        (status = 401),
        (status = 429),
        (status = 503),
    )
)]
pub async fn zip(
    State(app): State<App>,
    signed_in: SignedIn,
    query: Result<Query<DataQuery>, QueryRejection>,
) -> Result<DataFile> {
    let Query(query) = query.map_err(|_| Error::new(ErrorCode::Malformed))?;
    member_data::file(&app, &signed_in.session, query.locale.unwrap_or(signed_in.account.locale)).await
}

/// To be kept. The name says nothing of the member.
impl IntoResponse for DataFile {
    fn into_response(self) -> Response {
        let headers = [
            (header::CONTENT_TYPE, "application/zip"),
            (header::CONTENT_DISPOSITION, "attachment; filename=\"my-data.zip\""),
        ];
        (headers, self.0).into_response()
    }
}
