//! `/profile`, `/profile/email`, `/profile/paperless`, `/authorisations`: what a member sees and changes of their own
//! data.

use crate::{
    error::{Error, Result},
    http::extract::{Body, Id},
    identity::{authorisations, email_changes, member_profile, paperless, sessions::SignedIn},
    state::App,
    store::payment_pages::Cursor,
};
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use contract::{
    consent::ShownConsent,
    member_profile::{AuthorisationPage, EmailChange, MemberProfile, ProfileChange},
    problem_details::ErrorCode,
};
use serde::Deserialize;

/// Name, mailing address, phone, language and e-mail address.
#[utoipa::path(
    get, path = "/profile",
    responses(
        (status = 200, body = MemberProfile),
        (status = 401),
    )
)]
pub async fn show(State(app): State<App>, signed_in: SignedIn) -> Result<Json<MemberProfile>> {
    Ok(Json(member_profile::show(&app, &signed_in).await?))
}

/// Changes the parts that are named. The owner is told by e-mail about a new name, address or phone.
#[utoipa::path(
    patch, path = "/profile", request_body = ProfileChange,
    responses(
        (status = 200, body = MemberProfile),
        (status = 401),
        (status = 429),
    )
)]
pub async fn change(
    State(app): State<App>,
    signed_in: SignedIn,
    Body(change): Body<ProfileChange>,
) -> Result<Json<MemberProfile>> {
    Ok(Json(member_profile::change(&app, &signed_in, change).await?))
}

/// Asks for another e-mail address: a link goes there, and the present one is told. The answer is the same whether or
/// not another account has it.
#[utoipa::path(
    put, path = "/profile/email", request_body = EmailChange,
    responses(
        (status = 200, body = MemberProfile),
        (status = 401),
        (status = 422, description = "wrong_credentials, or what is wrong with the address"),
        (status = 429),
    )
)]
pub async fn change_email(
    State(app): State<App>,
    signed_in: SignedIn,
    Body(change): Body<EmailChange>,
) -> Result<Json<MemberProfile>> {
    Ok(Json(email_changes::ask(&app, &signed_in, change).await?))
}

/// Ends the change of the e-mail address that waits for its confirmation, if there is one.
#[utoipa::path(
    delete, path = "/profile/email",
    responses(
        (status = 200, body = MemberProfile),
        (status = 401),
    )
)]
pub async fn keep_email(State(app): State<App>, signed_in: SignedIn) -> Result<Json<MemberProfile>> {
    Ok(Json(email_changes::cancel(&app, &signed_in).await?))
}

/// Mails the link to the new address that waits once more; the one before is void.
#[utoipa::path(
    post, path = "/profile/email/link",
    responses(
        (status = 200, body = MemberProfile),
        (status = 401),
        (status = 404, description = "no change waits for its confirmation"),
        (status = 429),
    )
)]
pub async fn send_link_again(State(app): State<App>, signed_in: SignedIn) -> Result<Json<MemberProfile>> {
    Ok(Json(email_changes::send_again(&app, &signed_in).await?))
}

/// Agrees to bills by e-mail instead of by post. The owner gets a copy of what was agreed to. E-mails about new bills
/// can't be turned off meanwhile.
#[utoipa::path(
    put, path = "/profile/paperless", request_body = ShownConsent,
    responses(
        (status = 200, body = MemberProfile),
        (status = 401),
        (status = 422, description = "terms_changed: another text than the present one"),
        (status = 429),
    )
)]
pub async fn agree_to_paperless(
    State(app): State<App>,
    signed_in: SignedIn,
    Body(new): Body<ShownConsent>,
) -> Result<Json<MemberProfile>> {
    Ok(Json(paperless::agree(&app, &signed_in, new).await?))
}

/// Withdraws it, if it was agreed to: bills come by post again. The owner is told by e-mail.
#[utoipa::path(
    delete, path = "/profile/paperless",
    responses(
        (status = 200, body = MemberProfile),
        (status = 401),
    )
)]
pub async fn withdraw_paperless(State(app): State<App>, signed_in: SignedIn) -> Result<Json<MemberProfile>> {
    Ok(Json(paperless::withdraw(&app, &signed_in).await?))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AuthorisationQuery {
    /// The page that `next` of the one before names.
    pub cursor: Option<String>,
}

/// Takes an authorisation to keep a card or bank account back: that is removed from the saved methods and is charged
/// for nothing new. Payments on their way go on. The owner is told by e-mail.
#[utoipa::path(
    delete, path = "/authorisations/{id}", params(("id" = String, Path)),
    responses(
        (status = 200, body = AuthorisationPage),
        (status = 401),
        (status = 404, description = "There is none that holds"),
        (status = 429),
    )
)]
pub async fn revoke(State(app): State<App>, signed_in: SignedIn, Id(id): Id) -> Result<Json<AuthorisationPage>> {
    Ok(Json(authorisations::revoke(&app, &signed_in, &id).await?))
}

/// What the member authorised, word for word, a page at a time.
#[utoipa::path(
    get, path = "/authorisations", params(AuthorisationQuery),
    responses(
        (status = 200, body = AuthorisationPage),
        (status = 401),
    )
)]
pub async fn list_authorisations(
    State(app): State<App>,
    signed_in: SignedIn,
    query: Result<Query<AuthorisationQuery>, QueryRejection>,
) -> Result<Json<AuthorisationPage>> {
    let malformed = || Error::new(ErrorCode::Malformed);
    let Query(query) = query.map_err(|_| malformed())?;
    let before = query.cursor.as_deref().map(|text| Cursor::parse(text).ok_or_else(malformed)).transpose()?;
    Ok(Json(authorisations::page(&app, &signed_in, before.as_ref()).await?))
}
