//! The app's static files: Trunk's `dist`, read once into memory and kept compressed. A request's path is only ever a
//! key into that table, so no path can leave the folder. The build lays compressed forms beside each file
//! (`boot.js.br`, `boot.js.gz`); only what the server writes itself, the start page and the manifest, is compressed
//! here. Knows nothing of the API but that its paths never fall back to the page, and of the app where a password is
//! changed.

mod encoding;
mod pages;

use self::encoding::{Encoding, Packed};
use super::page::Written;
use axum::{
    Router,
    body::{Body, Bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
};
use contract::problem_details::{ErrorCode, ProblemDetails};
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, HashMap},
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
};

const INDEX: &str = "/index.html";
/// First segments that belong to the server or to other programs: an unknown path below them is an answer for a
/// program, never the page. What asks `/.well-known` takes any 200 for a yes (W3C, "A Well-Known URL for Changing
/// Passwords").
const RESERVED: [&str; 5] = ["/api", "/demo", "/healthz", "/readyz", "/.well-known"];
/// Where password managers send somebody whose password has leaked, and the app's page for it, below the path of the
/// pages.
const CHANGE_PASSWORD: [&str; 2] = ["/.well-known/change-password", "/account/security"];

/// Serves the files of `dist`, or what was written in place of one, and `index.html` for every address of a page: with
/// 404 if the app has no such page. Reads the folder now; compresses what was written in the background, so the server
/// is up at once. `pages_path` is where the pages are, as `/billing`; empty if they are at the root.
pub fn router(dist: PathBuf, written: Written, pages_path: &str) -> Router {
    let ours: Vec<String> = written.keys().cloned().collect();
    let files = Arc::new(read(&dist, written));
    if files.get(INDEX).is_none() {
        tracing::warn!("the app's files are missing: only the API is served");
    }
    let work = Arc::clone(&files);
    let compress = move || ours.iter().filter_map(|key| work.get(key)).for_each(|file| file.packed.pack());
    if let Err(error) = thread::Builder::new().name("compress".into()).spawn(compress) {
        tracing::warn!(%error, "the page is sent as it is");
    }
    let change_password: Arc<str> = format!("{pages_path}{}", CHANGE_PASSWORD[1]).into();
    Router::new().fallback(move |request: Request| {
        let (files, change_password) = (Arc::clone(&files), Arc::clone(&change_password));
        async move { answer(&files, &change_password, &request) }
    })
}

type Files = HashMap<String, File>;

struct File {
    content_type: &'static str,
    is_immutable: bool,
    /// First 16 hexadecimal digits of the SHA-256 of the content.
    digest: String,
    packed: Packed,
}

fn read(dist: &Path, written: Written) -> Files {
    let mut found = BTreeMap::new();
    if let Err(error) = walk(dist, "", &mut found) {
        tracing::warn!(%error, "could not read the app's files");
    }
    found.extend(written);
    let (forms, files): (BTreeMap<_, _>, BTreeMap<_, _>) = found
        .into_iter()
        .partition(|(key, _)| Encoding::ALL.iter().any(|encoding| key.ends_with(encoding.extension())));
    let file = |(key, bytes): (String, Vec<u8>)| {
        let file = File::new(key.rsplit('/').next().unwrap_or_default(), bytes);
        for encoding in Encoding::ALL {
            if let Some(form) = forms.get(&format!("{key}{}", encoding.extension())) {
                file.packed.take(encoding, form);
            }
        }
        (key, file)
    };
    files.into_iter().map(file).collect()
}

/// Regular files only: a symbolic link could lead out of the folder.
fn walk(folder: &Path, prefix: &str, into: &mut BTreeMap<String, Vec<u8>>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let Some(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
        if name.starts_with('.') {
            continue;
        }
        let key = format!("{prefix}/{name}");
        if kind.is_dir() {
            walk(&entry.path(), &key, into)?;
        } else if kind.is_file() {
            into.insert(key, fs::read(entry.path())?);
        }
    }
    Ok(())
}

impl File {
    fn new(name: &str, bytes: Vec<u8>) -> Self {
        let digest = Sha256::digest(&bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Self { content_type: content_type(name), is_immutable: is_hashed(name), digest, packed: Packed::new(bytes) }
    }
}

/// Sends anyone who asks for a page of this machine by its number, as in `http://127.0.0.1:8080/`, to its name:
/// cookies, the origin of writes and passkeys belong to the name. Any other host is the operator's business.
pub fn by_name(pages: Router, public_origin: &str) -> Router {
    let origin: Arc<str> = public_origin.into();
    pages.layer(middleware::from_fn(move |request: Request, next: Next| {
        let origin = Arc::clone(&origin);
        async move {
            let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
            match elsewhere(&origin, host, request.uri()) {
                Some(to) => Redirect::temporary(&to).into_response(),
                None => next.run(request).await,
            }
        }
    }))
}

fn elsewhere(origin: &str, host: &str, asked: &Uri) -> Option<String> {
    let port = origin.strip_prefix("http://localhost")?;
    let number = host.strip_suffix(port)?;
    let is_number = matches!(number, "127.0.0.1" | "[::1]");
    is_number.then(|| format!("{origin}{}", asked.path_and_query().map_or("/", |rest| rest.as_str())))
}

fn answer(files: &Files, change_password: &str, request: &Request) -> Response {
    let path = request.uri().path();
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    if path == CHANGE_PASSWORD[0] && is_read {
        let to = [(header::LOCATION, change_password), (header::CACHE_CONTROL, "no-cache")];
        return (StatusCode::FOUND, to).into_response();
    }
    let is_below = |root: &&str| path.strip_prefix(*root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    // What the server itself wrote may be there; of the folder, nothing whose name begins with a full stop is read.
    if RESERVED.iter().any(is_below) && !files.contains_key(path) {
        return missing_resource();
    }
    if !is_read {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
    }
    let asked = if path == "/" { INDEX } else { path };
    match files.get(asked) {
        Some(file) => send(file, request),
        None if reads_page(path, request.headers()) => match files.get(INDEX) {
            Some(index) if pages::is_page(path) => send(index, request),
            Some(index) => send_as_missing(index, request),
            None => (StatusCode::NOT_FOUND, "The app is not built here. Run: cargo xtask start\n").into_response(),
        },
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn send(file: &File, request: &Request) -> Response {
    let (encoding, bytes) = file.packed.best(request.headers());
    let tag = match encoding {
        Some(encoding) => format!("\"{}-{}\"", file.digest, encoding.token()),
        None => format!("\"{}\"", file.digest),
    };
    let mut headers = HeaderMap::new();
    // `no-cache`: kept, but never used without asking; the answer is then 304 and the page can stay in the back-forward
    // cache.
    let keep = if file.is_immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Ok(value) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, value);
    }
    if is_known(request.headers(), &tag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.content_type));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding.token()));
    }
    let body = if request.method() == Method::HEAD { Bytes::new() } else { bytes };
    (headers, Body::from(body)).into_response()
}

/// The page that says that there is no such page. Never "not modified": it is kept by nobody.
fn send_as_missing(index: &File, request: &Request) -> Response {
    let (encoding, bytes) = index.packed.best(request.headers());
    let mut response = (
        StatusCode::NOT_FOUND,
        [(header::CONTENT_TYPE, index.content_type), (header::CACHE_CONTROL, "no-store")],
        if request.method() == Method::HEAD { Bytes::new() } else { bytes },
    )
        .into_response();
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Some(encoding) = encoding {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding.token()));
    }
    response
}

fn missing_resource() -> Response {
    let details = ProblemDetails {
        r#type: "about:blank".into(),
        title: "There is nothing at this address".into(),
        status: 404,
        code: ErrorCode::NotFound,
        errors: Vec::new(),
        retry_after: None,
    };
    let body = serde_json::to_vec(&details).unwrap_or_default();
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response()
}

fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let values = headers.get_all(header::IF_NONE_MATCH);
    values.iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).any(|known| {
        let known = known.trim();
        known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag
    })
}

/// Anyone who asks for HTML by name is shown a page, whatever the address: a browser that was sent somewhere. What
/// takes anything is shown one unless it asks for a file, by an extension. A full stop that was copied with an address,
/// as in "see /help.", makes no extension.
fn reads_page(path: &str, headers: &HeaderMap) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    let is_extension = |end: &str| !end.is_empty() && end.bytes().all(|sign| sign.is_ascii_alphanumeric());
    let has_extension = last.rsplit_once('.').is_some_and(|(_, end)| is_extension(end));
    let accept = headers.get(header::ACCEPT).map(|value| value.to_str().unwrap_or_default().to_ascii_lowercase());
    let takes = |kinds: &[&str]| {
        accept.as_deref().is_some_and(|accept| {
            accept.split(',').any(|range| kinds.contains(&range.split(';').next().unwrap_or_default().trim()))
        })
    };
    takes(&["text/html"]) || (!has_extension && (accept.is_none() || takes(&["text/*", "*/*"])))
}

/// Trunk writes `-` and 16 hexadecimal digits before the extension, or before wasm-bindgen's `_bg`; of a number that
/// begins with zeros, fewer.
fn is_hashed(name: &str) -> bool {
    let Some((stem, _extension)) = name.split_once('.') else { return false };
    let stem = stem.strip_suffix("_bg").unwrap_or(stem);
    stem.rsplit_once('-').is_some_and(|(before, hash)| {
        !before.is_empty() && (12..=16).contains(&hash.len()) && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("json" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("txt") => "text/plain; charset=utf-8",
        Some("xml") => "application/xml",
        Some("ico") => "image/x-icon",
        Some("png") => "image/png",
        Some("webp") => "image/webp",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trunks_hashed_names_are_immutable() {
        for name in [
            "kppay-0123456789abcdef.js",
            "kppay-0123456789abcdef_bg.wasm",
            "pay-00ff00ff00ff00ff.css",
            "a-0123456789abcde.css",
        ] {
            assert!(is_hashed(name), "{name}");
        }
        for name in ["index.html", "boot.js", "a-0123456789a.js", "0123456789abcdef.js", "a-0123456789abcdeg.js"] {
            assert!(!is_hashed(name), "{name}");
        }
    }
}
