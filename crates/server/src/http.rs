//! The HTTP layer: everything that knows axum. `router` has the calls and what is around each; `v1` the handlers of
//! `/api/v1`, one file a resource; `extract`, `client_address` and `cookies` the extractors; `problem` how an error is
//! answered; `headers` the policy of every answer; `assets` the app's files, `page` the facts in the first of them.
//! Nothing below it names a status or a header.

pub mod assets;
pub mod client_address;
pub mod cookies;
pub mod demo;
pub mod extract;
pub mod headers;
pub mod health;
pub mod openapi;
pub mod page;
mod problem;
pub mod router;
pub mod v1;

use crate::{settings::Settings, state::App};
use axum::Router;

/// Everything one listener serves: the API, the demo's calls where there is a demo, and the app's files.
pub fn service(app: &App) -> std::io::Result<Router> {
    let security = headers::Security {
        processor_origin: app.settings.processor_public_url.clone(),
        is_over_tls: app.settings.is_over_tls(),
        isolates_embedder: app.settings.isolates_embedder,
        ..headers::Security::default()
    };
    let router = router::router(app.clone());
    let router = match &app.settings.dist {
        Some(dist) => {
            let mut written = page::written(dist, &app.portal)?;
            written.extend(security_txt(app));
            let files = assets::router(dist.clone(), written, app.settings.pages_path());
            router.merge(assets::by_name(files, &app.settings.public_origin))
        }
        None => router,
    };
    let router = if app.settings.demo { demo::on_this_machine(router) } else { router };
    Ok(security.guard(router))
}

/// The path of the `security.txt` file, and its text, if the profile has one.
fn security_txt(app: &App) -> Option<(String, Vec<u8>)> {
    let file = app.security_txt.as_ref()?;
    if file.is_expired(app.clock.now().utc_date()) {
        tracing::warn!("the profile's security_txt has expired: write a later day");
    }
    Some(("/.well-known/security.txt".to_owned(), file.text().into_bytes()))
}

/// What the listener of `--metrics` serves.
pub fn figures(settings: &Settings) -> Router {
    if settings.demo { demo::on_this_machine(health::metrics()) } else { health::metrics() }
}
