//! Files: asked for by the app and not by the browser, so that a page can say when there is none.

use super::{Client, in_time};
use crate::{browser, error::ApiError, fetched::FileOffer};
use gloo_net::http::{Method, RequestBuilder};
use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};

/// How long the browser may take to save what it was given.
const SAVING_MILLIS: u32 = 60_000;

/// A request for a file: its address, and what is sent there, if anything.
pub struct FileRequest {
    pub address: String,
    pub body: Option<String>,
}

impl Client {
    /// A file that `GET` at this address answers.
    pub fn file(&self, address: Signal<String>) -> FileOffer {
        self.file_by(address, move || FileRequest { address: address.get_untracked(), body: None })
    }

    /// A file that is asked for in another way than a link can.
    pub fn file_by(
        &self,
        address: Signal<String>,
        request: impl Fn() -> FileRequest + Send + Sync + 'static,
    ) -> FileOffer {
        let (failed, is_asked) = (RwSignal::new(None), RwSignal::new(false));
        let ask = Callback::new(move |()| {
            if is_asked.get_untracked() {
                return;
            }
            is_asked.set(true);
            failed.set(None);
            let request = request();
            spawn_local(async move {
                let saved = in_time(fetch(request)).await;
                _ = is_asked.try_set(false);
                match saved {
                    Ok(address) => {
                        TimeoutFuture::new(SAVING_MILLIS).await;
                        browser::forget_file(&address);
                    }
                    Err(error) => _ = failed.try_set(Some(error)),
                }
            });
        });
        FileOffer { address, failed, is_asked, ask }
    }
}

/// Asks for it and has it saved; gives the address that the browser holds it by.
async fn fetch(FileRequest { address, body }: FileRequest) -> Result<String, ApiError> {
    let method = if body.is_some() { Method::POST } else { Method::GET };
    let request = RequestBuilder::new(&address).method(method);
    let request = match body {
        Some(body) => request.header("Content-Type", "application/json").body(body),
        None => request.build(),
    };
    let answer = request.map_err(|_| ApiError::Faulty)?.send().await.map_err(|_| ApiError::Offline)?;
    let kept = answer.headers().get("Content-Disposition").unwrap_or_default();
    // another program's page is no file, whatever its status
    let Some(name) = name_of(&kept).filter(|_| answer.ok()) else {
        let kind = answer.headers().get("Content-Type").unwrap_or_default();
        let body = answer.text().await.map_err(|_| ApiError::Offline)?;
        return Err(ApiError::read(answer.status(), &kind, body).err().unwrap_or(ApiError::Faulty));
    };
    browser::save_file(answer, name).await.ok_or(ApiError::Offline)
}

/// Of `attachment; filename="payments.csv"`.
fn name_of(disposition: &str) -> Option<&str> {
    let (_, name) = disposition.strip_prefix("attachment")?.split_once("filename=\"")?;
    name.split('"').next().filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_the_server_sends_to_be_kept_under_a_name() {
        assert_eq!(name_of("attachment; filename=\"payments.csv\""), Some("payments.csv"));
        for none in ["", "inline", "attachment", "attachment; filename=\"\"", "inline; filename=\"x.csv\""] {
            assert_eq!(name_of(none), None, "{none}");
        }
    }
}
