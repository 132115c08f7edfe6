//! `/registrations`: from a matched statement to an account. Whether there is an account of this membership or this address already
//! is not told here, by nothing: the account is opened, or its owner written to, by an errand.

use crate::{
    caller::{Body, Id, Payer},
    errands::{self, Errand, Whose},
    passwords,
    refusal::{Answer, Error},
    state::App,
    store::{accounts::Opening, registrations::Registered, sessions::Session},
};
use axum::{Json, extract::State, http::StatusCode};
use contract::{
    PersonName, Problem,
    account::{ConfirmationLetter, NewAccount, Registration, RegistrationDraft, TERMS_VERSION},
    password,
    problem::plain_text,
    refusal::{FieldError, Refusal, RefusalCode},
    session::MembershipView,
};

const LONGEST: usize = 300;

/// This payer's registration: begun now, or gone on with. The statement was matched when the session began.
#[utoipa::path(
    post, path = "/registrations",
    responses(
        (status = 201, body = Registration),
        (status = 401, body = Refusal, content_type = "application/problem+json"),
        (status = 403, body = Refusal, content_type = "application/problem+json"),
    )
)]
pub async fn begin(State(app): State<App>, Payer(session): Payer) -> Answer<(StatusCode, Json<Registration>)> {
    let registered = app.store.begin_registration(&session.id, app.clock.now()).await?;
    let membership = MembershipView { region: session.membership.region, ending: session.membership.ending.clone() };
    let zip = app.store.zip_on_file(&session.membership.id).await?;
    let Registered { id, draft, is_sent } = registered;
    Ok((StatusCode::CREATED, Json(Registration { id, membership, zip, draft, is_sent })))
}

/// Keeps what was agreed to and typed so far.
#[utoipa::path(
    put, path = "/registrations/{id}", params(("id" = String, Path)), request_body = RegistrationDraft,
    responses(
        (status = 204),
        (status = 400, body = Refusal, content_type = "application/problem+json"),
        (status = 401, body = Refusal, content_type = "application/problem+json"),
        (status = 403, body = Refusal, content_type = "application/problem+json"),
        (status = 404, body = Refusal, content_type = "application/problem+json"),
        (status = 413, body = Refusal, content_type = "application/problem+json"),
        (status = 415, body = Refusal, content_type = "application/problem+json"),
        (status = 422, body = Refusal, content_type = "application/problem+json"),
    )
)]
pub async fn keep(
    State(app): State<App>,
    Payer(session): Payer,
    Id(id): Id,
    Body(draft): Body<RegistrationDraft>,
) -> Answer<StatusCode> {
    let typed = [
        ("first_name", &draft.first_name),
        ("last_name", &draft.last_name),
        ("line1", &draft.line1),
        ("line2", &draft.line2),
        ("city", &draft.city),
        ("state", &draft.state),
        ("email", &draft.email),
        ("phone", &draft.phone),
    ];
    for (field, text) in typed {
        let problem = if text.chars().count() > LONGEST {
            Some(Problem::TooLong)
        } else if field.ends_with("name") && PersonName::parse(text) == Err(Problem::LooksLikeCard) {
            Some(Problem::LooksLikeCard)
        } else {
            plain_text(text).err()
        };
        if let Some(problem) = problem {
            return Err(Error::field(RefusalCode::Invalid, field, problem));
        }
    }
    if app.store.keep_registration(&id, &session.id, &draft).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Error::new(RefusalCode::NotFound))
    }
}

/// Asks for the account. The answer is the same, and takes as long, whether there is one already.
#[utoipa::path(
    post, path = "/registrations/{id}/account", params(("id" = String, Path)), request_body = NewAccount,
    responses(
        (status = 202, description = "A letter is on its way: to the new address, or to the owner of the account there is"),
        (status = 400, body = Refusal, content_type = "application/problem+json"),
        (status = 401, body = Refusal, content_type = "application/problem+json"),
        (status = 403, body = Refusal, content_type = "application/problem+json"),
        (status = 404, body = Refusal, content_type = "application/problem+json"),
        (status = 413, body = Refusal, content_type = "application/problem+json"),
        (status = 415, body = Refusal, content_type = "application/problem+json"),
        (status = 422, body = Refusal, content_type = "application/problem+json"),
    )
)]
pub async fn open(
    State(app): State<App>,
    Payer(session): Payer,
    Id(id): Id,
    Body(new): Body<NewAccount>,
) -> Answer<StatusCode> {
    check(&app, &session, &new).await?;
    let password = app.passwords.hash(&new.password).await?;
    let now = app.clock.now();
    if !app.store.send_registration(&id, &session.id, now).await? {
        // Asked again because the answer was lost: it was asked for once.
        let is_again = app.store.was_sent(&id, &session.id).await?;
        return if is_again { Ok(StatusCode::ACCEPTED) } else { Err(Error::new(RefusalCode::NotFound)) };
    }
    let opening = Opening {
        membership: session.membership.id,
        email: new.email,
        first_name: new.first_name,
        last_name: new.last_name,
        address: new.address,
        phone: new.phone,
        locale: new.locale,
        password,
        terms_version: new.terms_version,
        at: now,
    };
    errands::ask(&app, &Errand::Open { registration: id, opening: Box::new(opening) }).await?;
    Ok(StatusCode::ACCEPTED)
}

async fn check(app: &App, session: &Session, new: &NewAccount) -> Answer<()> {
    let mut errors = Vec::new();
    let mut wrong = |field: &str, problem| errors.push(FieldError { field: field.to_owned(), problem });
    if new.terms_version != TERMS_VERSION {
        return Err(Error::field(RefusalCode::TermsChanged, "terms_version", Problem::Unknown));
    }
    // A ZIP code with four more digits is the same one.
    let zip = app.store.zip_on_file(&session.membership.id).await?;
    if zip.is_some_and(|zip| zip.five() != new.address.zip.five()) {
        wrong("address.zip", Problem::Malformed);
    }
    let owner = owner_names(&new.email.to_string(), &[&new.first_name.to_string(), &new.last_name.to_string()]);
    let owner: Vec<&str> = owner.iter().map(String::as_str).collect();
    let weak = new.password.has_least(password::LEAST).err();
    if let Some(problem) = weak.or_else(|| passwords::weakness(&new.password, &app.service_names(), &owner)) {
        wrong("password", problem);
    }
    if errors.is_empty() { Ok(()) } else { Err(Error { code: RefusalCode::Invalid, errors, retry_after: None }) }
}

/// What a password of this person may not hold: the user ID, what stands before its `@`, and the names if they are long enough to
/// mean somebody.
pub fn owner_names(email: &str, names: &[&str]) -> Vec<String> {
    let local = email.split('@').next().unwrap_or_default();
    let names = names.iter().copied().filter(|name| name.chars().count() >= 5);
    [email, local].into_iter().filter(|part| part.chars().count() >= 4).chain(names).map(str::to_owned).collect()
}

/// The letter that confirms the address, again; to another address if one is given and the first is not confirmed yet.
#[utoipa::path(
    post, path = "/confirmation-letters", request_body = ConfirmationLetter,
    responses(
        (status = 202, description = "Whatever is true"),
        (status = 400, body = Refusal, content_type = "application/problem+json"),
        (status = 401, body = Refusal, content_type = "application/problem+json"),
        (status = 403, body = Refusal, content_type = "application/problem+json"),
        (status = 413, body = Refusal, content_type = "application/problem+json"),
        (status = 415, body = Refusal, content_type = "application/problem+json"),
        (status = 422, body = Refusal, content_type = "application/problem+json"),
        (status = 429, body = Refusal, content_type = "application/problem+json"),
    )
)]
pub async fn confirmation_letter(
    State(app): State<App>,
    Payer(session): Payer,
    Body(ConfirmationLetter { email }): Body<ConfirmationLetter>,
) -> Answer<StatusCode> {
    let too_many = |seconds| Error::later(RefusalCode::TooMany, seconds);
    let now = app.clock.now();
    app.letters_by_session.take(&session.id, now).map_err(too_many)?;
    let whose = match session.member {
        Some(member) => Whose::Account(member.account),
        None => Whose::Registration(app.store.begin_registration(&session.id, now).await?.id),
    };
    errands::ask(&app, &Errand::Confirm { whose, email }).await?;
    Ok(StatusCode::ACCEPTED)
}
