//! The files of the capture frame, and its content security policy: only the configured origins may embed it, and it
//! loads nothing from other origins. The headers of every response are in `headers`.

use crate::{App, ErrorResponse};
use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

const PAGE: &str = include_str!("../frame/index.html");
const STYLE: &str = include_str!("../frame/frame.css");
const SCRIPT: &str = include_str!("../frame/frame.js");
const WORDS: &str = include_str!("../frame/words.js");

#[derive(Deserialize)]
pub struct FrameQuery {
    /// Origin of the page that embeds the frame.
    #[serde(default)]
    parent: String,
}

/// 403 for a parent that is not configured. Kind, language and scheme are read by the script.
pub async fn page(State(app): State<App>, Query(asked): Query<FrameQuery>) -> Result<Response, ErrorResponse> {
    if !app.settings.parents.contains(&asked.parent) {
        return Err(ErrorResponse(StatusCode::FORBIDDEN, "unknown_parent"));
    }
    Ok((headers(&app, "text/html; charset=utf-8"), PAGE).into_response())
}

pub async fn file(State(app): State<App>, Path(file): Path<String>) -> Result<Response, ErrorResponse> {
    let (kind, body) = match file.as_str() {
        "frame.css" => ("text/css; charset=utf-8", STYLE.as_bytes().to_vec()),
        "frame.js" => ("text/javascript; charset=utf-8", SCRIPT.as_bytes().to_vec()),
        "words.js" => ("text/javascript; charset=utf-8", WORDS.as_bytes().to_vec()),
        "capture.js" => ("text/javascript; charset=utf-8", built(&app, &file).await?),
        "capture_bg.wasm" => ("application/wasm", built(&app, &file).await?),
        _ => return Err(ErrorResponse(StatusCode::NOT_FOUND, "not_found")),
    };
    Ok((headers(&app, kind), body).into_response())
}

async fn built(app: &App, file: &str) -> Result<Vec<u8>, ErrorResponse> {
    tokio::fs::read(app.settings.frame.join(file)).await.map_err(|_| {
        tracing::error!(file, "the capture frame is not built");
        ErrorResponse(StatusCode::NOT_FOUND, "not_built")
    })
}

fn headers(app: &App, kind: &'static str) -> HeaderMap {
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors {}; require-trusted-types-for 'script'; trusted-types 'none'",
        app.settings.parents.join(" ")
    );
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin"));
    // So that a page with this policy of its own may hold the frame.
    headers.insert(HeaderName::from_static("cross-origin-embedder-policy"), HeaderValue::from_static("require-corp"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers
}
