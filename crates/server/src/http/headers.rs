//! Security headers of every answer: a content security policy that lets nothing run but the app's own files, and the
//! other security headers. Knows one foreign origin, the processor's, which may be framed and nothing else.

use axum::{
    Router,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::{self, Next},
};
use std::sync::Arc;

/// What of a deployment the headers depend on.
#[derive(Clone, Debug, Default)]
pub struct Security {
    /// Origin of the capture frame as browsers see it, e.g. `http://127.0.0.1:8081`.
    pub processor_origin: String,
    /// The app's public origin is `https`: only then may a browser be asked to stay on it.
    pub is_over_tls: bool,
    /// `Cross-Origin-Embedder-Policy: require-corp`. Off by default: the processor's frame has to play along.
    pub isolates_embedder: bool,
    /// Hashes of inline style sheets that `style-src` lets through, as `sha256-…`.
    pub style_hashes: Vec<String>,
}

const PERMISSIONS: &str = "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), \
    encrypted-media=(), fullscreen=(self), gamepad=(), geolocation=(), gyroscope=(), hid=(), identity-credentials-get=(), \
    idle-detection=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), \
    screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()";

impl Security {
    /// The policy, as one line. Trusted Types: leptos builds its static markup through `innerHTML`, and `boot.js`
    /// defines the one policy (`default`) that may.
    pub fn policy(&self) -> String {
        let mut styles = String::from("'self'");
        for hash in self.style_hashes.iter().filter(|hash| is_source_hash(hash)) {
            styles.push_str(" '");
            styles.push_str(hash);
            styles.push('\'');
        }
        let frames = if is_origin(&self.processor_origin) { self.processor_origin.as_str() } else { "'none'" };
        [
            "default-src 'none'".to_owned(),
            "script-src 'self' 'wasm-unsafe-eval'".to_owned(),
            format!("style-src {styles}"),
            "connect-src 'self'".to_owned(),
            "img-src 'self'".to_owned(),
            format!("frame-src {frames}"),
            "manifest-src 'self'".to_owned(),
            "base-uri 'none'".to_owned(),
            // Forms are sent by the app itself, never by the browser.
            "form-action 'none'".to_owned(),
            "frame-ancestors 'none'".to_owned(),
            "require-trusted-types-for 'script'".to_owned(),
            "trusted-types default".to_owned(),
        ]
        .join("; ")
    }

    fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        let mut headers = vec![
            (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
            // The app's files set their own `Cache-Control`; a response without one must not be cached.
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            (HeaderName::from_static("permissions-policy"), HeaderValue::from_static(PERMISSIONS)),
            (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
            (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
            // For browsers that don't know frame-ancestors.
            (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        ];
        if let Ok(policy) = HeaderValue::from_str(&self.policy()) {
            headers.push((header::CONTENT_SECURITY_POLICY, policy));
        }
        if self.is_over_tls {
            let two_years = HeaderValue::from_static("max-age=63072000; includeSubDomains");
            headers.push((header::STRICT_TRANSPORT_SECURITY, two_years));
        }
        if self.isolates_embedder {
            headers.push((
                HeaderName::from_static("cross-origin-embedder-policy"),
                HeaderValue::from_static("require-corp"),
            ));
        }
        headers
    }

    /// Adds the headers to every response of `router`; a value set by a handler stays.
    pub fn guard(&self, router: Router) -> Router {
        let headers: Arc<[(HeaderName, HeaderValue)]> = self.headers().into();
        router.layer(middleware::from_fn(move |request: Request, next: Next| {
            let headers = Arc::clone(&headers);
            async move {
                let mut response = next.run(request).await;
                put(response.headers_mut(), &headers);
                response
            }
        }))
    }
}

fn put(into: &mut HeaderMap, headers: &[(HeaderName, HeaderValue)]) {
    for (name, value) in headers {
        if !into.contains_key(name) {
            into.insert(name.clone(), value.clone());
        }
    }
}

/// `scheme://host[:port]` and nothing that could end a directive.
fn is_origin(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
    })
}

fn is_source_hash(text: &str) -> bool {
    let rest = ["sha256-", "sha384-", "sha512-"].iter().find_map(|prefix| text.strip_prefix(prefix));
    rest.is_some_and(|rest| {
        !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=_-".contains(&byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn security() -> Security {
        Security { processor_origin: "http://127.0.0.1:8081".into(), ..Security::default() }
    }

    fn value(security: &Security, name: &str) -> Option<String> {
        security.headers().into_iter().find(|(n, _)| n == name).map(|(_, v)| v.to_str().unwrap().to_owned())
    }

    #[test]
    fn nothing_loads_unless_a_directive_says_so() {
        let policy = security().policy();
        assert!(policy.starts_with("default-src 'none'; "));
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'") && !policy.contains("data:"));
        for directive in [
            "script-src 'self' 'wasm-unsafe-eval';",
            "style-src 'self';",
            "connect-src 'self';",
            "img-src 'self';",
            "manifest-src 'self';",
            "base-uri 'none';",
            "form-action 'none';",
            "frame-ancestors 'none';",
            "require-trusted-types-for 'script';",
            "trusted-types default",
        ] {
            assert!(policy.contains(directive), "{directive} is missing in {policy}");
        }
    }

    #[test]
    fn only_the_processor_may_be_framed() {
        assert!(security().policy().contains("frame-src http://127.0.0.1:8081;"));
        assert!(Security::default().policy().contains("frame-src 'none';"));
        let crafted = Security { processor_origin: "https://a.example; script-src *".into(), ..Security::default() };
        assert!(crafted.policy().contains("frame-src 'none';"));
    }

    #[test]
    fn a_style_hash_is_let_through_and_anything_else_is_not() {
        let hashes = vec!["sha256-AbC+/=".into(), "unsafe-inline".into(), "sha256-x'; script-src *".into()];
        let policy = Security { style_hashes: hashes, ..security() }.policy();
        assert!(policy.contains("style-src 'self' 'sha256-AbC+/=';"));
        assert!(!policy.contains("unsafe-inline") && !policy.contains("script-src *"));
    }

    #[test]
    fn the_fixed_headers_are_there() {
        let security = security();
        assert_eq!(value(&security, "x-content-type-options").as_deref(), Some("nosniff"));
        assert_eq!(value(&security, "cache-control").as_deref(), Some("no-store"));
        assert_eq!(value(&security, "referrer-policy").as_deref(), Some("no-referrer"));
        assert_eq!(value(&security, "cross-origin-opener-policy").as_deref(), Some("same-origin"));
        assert_eq!(value(&security, "cross-origin-resource-policy").as_deref(), Some("same-origin"));
        assert_eq!(value(&security, "x-frame-options").as_deref(), Some("DENY"));
        let permissions = value(&security, "permissions-policy").unwrap();
        for denied in ["camera=()", "microphone=()", "geolocation=()", "payment=()", "usb=()"] {
            assert!(permissions.contains(denied), "{denied}");
        }
    }

    #[test]
    fn a_browser_is_told_to_stay_on_tls_only_where_there_is_tls() {
        assert_eq!(value(&security(), "strict-transport-security"), None);
        let over_tls = Security { is_over_tls: true, ..security() };
        let two_years = "max-age=63072000; includeSubDomains";
        assert_eq!(value(&over_tls, "strict-transport-security").as_deref(), Some(two_years));
    }

    #[test]
    fn embedder_policy_is_off_until_a_deployment_asks() {
        assert_eq!(value(&security(), "cross-origin-embedder-policy"), None);
        let isolated = Security { isolates_embedder: true, ..security() };
        assert_eq!(value(&isolated, "cross-origin-embedder-policy").as_deref(), Some("require-corp"));
    }
}
