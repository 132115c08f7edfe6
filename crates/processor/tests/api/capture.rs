//! What the frame's page and its token endpoint promise to browsers and to the page that embeds them.
use crate::sandbox::{BINDING, OWN, PARENT, Sandbox, expiry, now};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::json;

#[tokio::test]
async fn the_frame_may_stand_only_in_the_pages_that_were_named() {
    let sandbox = Sandbox::open().await;
    let page = sandbox.get(&format!("/capture?parent={PARENT}&kind=card")).await;
    assert_eq!(page.status, StatusCode::OK);
    let policy = page.header("content-security-policy");
    let ancestors = policy.split("; ").find(|rule| rule.starts_with("frame-ancestors")).unwrap();
    assert_eq!(ancestors, format!("frame-ancestors {PARENT} http://127.0.0.1:8080"));
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe-inline"), "{policy}");
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert_eq!(page.header("x-content-type-options"), "nosniff");

    for parent in ["https://evil.example", "", "https://portal.example.org.evil.example", "null"] {
        let refused = sandbox.get(&format!("/capture?parent={parent}&kind=card")).await;
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::FORBIDDEN, "unknown_parent"), "{parent}");
    }
    assert_eq!(sandbox.get("/capture").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn only_the_files_of_the_frame_are_served() {
    let sandbox = Sandbox::open().await;
    assert_eq!(sandbox.get("/capture/frame.js").await.header("content-type"), "text/javascript; charset=utf-8");
    for path in ["/capture/processor.db", "/capture/..%2Fprocessor.db", "/capture/frame.js.map", "/processor.db"] {
        assert_eq!(sandbox.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_token_says_the_little_that_may_be_known() {
    let sandbox = Sandbox::open().await;
    let made = sandbox
        .types(json!({"kind": "card", "binding": BINDING, "number": "4242 4242 4242 4242", "expiry": expiry(), "code": "123"}))
        .await;
    assert_eq!(made.status, StatusCode::CREATED);
    let mut made = made.json();
    let token = made["token"].take();
    assert!(token.as_str().unwrap().starts_with("tok_"));
    assert_eq!(made, json!({"token": null, "brand": "visa", "last4": "4242", "expiry": expiry(), "funding": "credit"}));

    let made = sandbox
        .types(json!({"kind": "bank", "binding": BINDING, "routing": "011401533", "account": "000123456789", "account_kind": "savings"}))
        .await;
    let mut made = made.json();
    made["token"].take();
    assert_eq!(made, json!({"token": null, "brand": "savings", "last4": "6789", "expiry": null, "funding": null}));
}

#[tokio::test]
async fn whether_a_card_is_a_credit_card_is_told_by_the_issuers_digits_and_no_whole_number_is_taken() {
    let sandbox = Sandbox::open().await;
    for (issuer, funding) in [("42424242", "credit"), ("40000566", "debit"), ("60110009", "hsa_fsa")] {
        let told = sandbox.asks(OWN, json!({ "issuer": issuer })).await;
        assert_eq!((told.status, told.json()), (StatusCode::OK, json!({ "funding": funding })), "{issuer}");
    }
    assert_eq!(sandbox.asks(OWN, json!({"issuer": "41111111"})).await.json(), json!({ "funding": null }));
    for issuer in ["4242424242424242", "424242424", "4242424", "4242424x", ""] {
        let refused = sandbox.asks(OWN, json!({ "issuer": issuer })).await;
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::BAD_REQUEST, "malformed"), "{issuer}");
    }
    let foreign = sandbox.asks(PARENT, json!({"issuer": "42424242"})).await;
    assert_eq!((foreign.status, foreign.code().as_str()), (StatusCode::FORBIDDEN, "foreign_origin"));
}

#[tokio::test]
async fn asking_for_the_kind_of_a_card_is_limited_by_address_and_uses_up_no_token() {
    let sandbox = Sandbox::open_with(&["--tokens", "2"]).await;
    let ask = || sandbox.asks(OWN, json!({"issuer": "42424242"}));
    assert_eq!([ask().await.status, ask().await.status], [StatusCode::OK; 2]);
    let refused = ask().await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "too_many"));
    sandbox.card("4242424242424242").await;
}

#[tokio::test]
async fn a_card_is_good_until_its_month_is_over_in_hawaii_too() {
    let typed =
        json!({"kind": "card", "binding": BINDING, "number": "4242424242424242", "expiry": "01/27", "code": "123"});
    let month = ["2027-01-31T20:00:00Z", "2027-02-01T00:00:00Z", "2027-02-01T09:50:00Z"];
    for moment in month {
        assert_eq!(Sandbox::open_at(moment).await.types(typed.clone()).await.status, StatusCode::CREATED, "{moment}");
    }
    let over = Sandbox::open_at("2027-02-01T10:00:00Z").await;
    assert_eq!(over.types(typed).await.json(), json!({"code": "expired"}));
}

#[tokio::test]
async fn what_is_wrong_is_said_by_key_and_nothing_is_repeated() {
    let sandbox = Sandbox::open().await;
    let card = |number: &str, expiry: &str, code: &str| json!({"kind": "card", "binding": BINDING, "number": number, "expiry": expiry, "code": code});
    let bank = |routing: &str, account: &str| json!({"kind": "bank", "binding": BINDING, "routing": routing, "account": account, "account_kind": "checking"});
    for (typed, code) in [
        (card("4242424242424241", &expiry(), "123"), "bad_checksum"),
        (card("4242", &expiry(), "123"), "too_short"),
        (card("4242424242424242", "01/20", "123"), "expired"),
        (card("4242424242424242", "13/30", "123"), "malformed"),
        (card("4242424242424242", &expiry(), "12"), "too_short"),
        (card("378282246310005", &expiry(), "123"), "too_short"),
        // Valid, of a brand that is not taken.
        (card("30569309025904", &expiry(), "123"), "brand_not_accepted"),
        // Valid, and perhaps somebody's.
        (card("4532015112830366", &expiry(), "123"), "not_a_test_number"),
        (bank("011401534", "000123456789"), "bad_checksum"),
        (bank("011401533", "1"), "too_short"),
        (bank("011401533", "987654321"), "not_a_test_number"),
    ] {
        let refused = sandbox.types(typed.clone()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        assert_eq!(refused.json(), json!({"code": code}), "{typed}");
    }
    for binding in ["", "a b", "ümlaut", &"a".repeat(129)] {
        let typed = json!({"kind": "card", "binding": binding, "number": "4242424242424242", "expiry": expiry(), "code": "123"});
        assert_eq!(sandbox.types(typed).await.status, StatusCode::BAD_REQUEST, "{binding:?}");
    }
    for body in ["", "{", "[]", "null", r#"{"kind":"cash"}"#, r#"{"kind":"card","number":4242424242424242}"#] {
        let refused = sandbox.types_from(OWN, body.to_owned()).await;
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::BAD_REQUEST, "malformed"), "{body}");
    }
    let huge = sandbox.types_from(OWN, Body::from(vec![b' '; 17 * 1024])).await;
    assert_eq!(huge.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_card_whose_code_was_wrong_is_charged_after_its_code_alone_was_typed_again() {
    let sandbox = Sandbox::open().await;
    let again = |token: &str, binding: &str, code: &str| json!({"kind": "code", "binding": binding, "token": token, "code": code});
    let card = sandbox.card("4000000000000127").await;
    let no_such_card = json!({"code": "no_such_card"});
    // Before the code was wrong there is nothing to type again.
    assert_eq!(sandbox.types(again(&card, BINDING, "123")).await.json(), no_such_card);
    assert_eq!(sandbox.charge("first", &card, 100).await.json()["failure"], "wrong_security_code");
    for (token, binding) in [(card.as_str(), "elsewhere"), ("tok_0", BINDING)] {
        assert_eq!(sandbox.types(again(token, binding, "123")).await.json(), no_such_card, "{token} {binding}");
    }
    assert_eq!(sandbox.types(again(&card, BINDING, "12")).await.json(), json!({"code": "too_short"}));
    let made = sandbox.types(again(&card, BINDING, "000")).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let mut made = made.json();
    let wrong = made["token"].take();
    assert_eq!(made, json!({"token": null, "brand": "visa", "last4": "0127", "expiry": expiry(), "funding": "credit"}));
    assert_eq!(sandbox.charge("second", wrong.as_str().unwrap(), 100).await.json()["failure"], "wrong_security_code");
    let made = sandbox.types(again(wrong.as_str().unwrap(), BINDING, "123")).await.json();
    let right = made["token"].as_str().unwrap().to_owned();
    assert_eq!(sandbox.charge("third", &right, 100).await.json()["state"], "paid");
    // A card that paid, or that was declined for another reason, has no code to type again.
    let declined = sandbox.card("4000000000000002").await;
    sandbox.charge("fourth", &declined, 100).await;
    for token in [&right, &declined] {
        assert_eq!(sandbox.types(again(token, BINDING, "123")).await.json(), no_such_card);
    }
    sandbox.moves_to(now().plus_millis(31 * 60_000)).await;
    assert_eq!(sandbox.types(again(&card, BINDING, "123")).await.json(), no_such_card);
}

#[tokio::test]
async fn no_other_origin_can_make_tokens() {
    let sandbox = Sandbox::open().await;
    for (host, origin) in [
        ("processor.test", PARENT),
        ("processor.test", "null"),
        ("processor.test", ""),
        ("processor.test", "http://processor.test"),
        ("processor.test", "https://processor.test.evil.example"),
        // A name of theirs that leads here: what the caller says of itself agrees, and is not ours.
        ("evil.example", "https://evil.example"),
        ("processor.test", "https://evil.example"),
    ] {
        let request = Request::post("/capture/tokens").header("host", host).header("origin", origin);
        let refused = sandbox.ask(request.body(Body::from(card())).unwrap()).await;
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::FORBIDDEN, "foreign_origin"), "{origin}");
    }
    let two = Request::post("/capture/tokens").header("origin", OWN).header("origin", "https://evil.example");
    assert_eq!(sandbox.ask(two.body(Body::from(card())).unwrap()).await.status, StatusCode::FORBIDDEN);
    assert_eq!(sandbox.types_from(OWN, card()).await.status, StatusCode::CREATED);
}

fn card() -> String {
    json!({"kind": "card", "binding": BINDING, "number": "4242424242424242", "expiry": expiry(), "code": "123"})
        .to_string()
}

#[tokio::test]
async fn one_address_makes_so_many_tokens_and_no_more() {
    let sandbox = Sandbox::open_with(&["--tokens", "3", "--behind-proxy"]).await;
    let make = |address: &str| {
        let request = Request::post("/capture/tokens").header("origin", OWN).header("x-forwarded-for", address);
        sandbox.ask(request.body(Body::from(card())).unwrap())
    };
    for _ in 0..3 {
        assert_eq!(make("198.51.100.7").await.status, StatusCode::CREATED);
    }
    let refused = make("198.51.100.7").await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "too_many"));
    assert_eq!(make("198.51.100.8:4433").await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn every_answer_has_the_headers_whoever_made_it() {
    let sandbox = Sandbox::open().await;
    let page = format!("/capture?parent={PARENT}&kind=card");
    let answers = [
        sandbox.get("/healthz").await,
        sandbox.get("/nowhere").await,
        sandbox.get("/capture?parent=https://evil.example").await,
        sandbox.get("/capture/frame.js").await,
        sandbox.get(&page).await,
        sandbox.types_from("https://evil.example", card()).await,
        sandbox.types_from(OWN, card()).await,
        sandbox.types_from(OWN, "{").await,
        sandbox.get("/v1/events?after=0").await,
        sandbox.bill("/v1/events?after=0").await,
        sandbox.bill("/v1/events").await,
        sandbox.ask(Request::delete("/healthz").body(Body::empty()).unwrap()).await,
    ];
    for answer in answers {
        let what = answer.status;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
        assert_eq!(answer.header("cache-control"), "no-store", "{what}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{what}");
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'"), "{what}");
        assert!(answer.header("content-security-policy").contains("frame-ancestors"), "{what}");
        assert!(answer.header("strict-transport-security").starts_with("max-age=63072000"), "{what}");
    }
    let plain = ["--public-origin", "http://localhost:8081"];
    let plain = Sandbox::open_with(&plain).await;
    assert!(!plain.get("/healthz").await.headers.contains_key("strict-transport-security"));
}

#[tokio::test]
async fn no_number_is_on_the_disk() {
    let sandbox = Sandbox::open().await;
    let token = sandbox.card("4242424242424242").await;
    sandbox.charge("key", &token, 100).await;
    let token = sandbox.account("000123456789").await;
    sandbox.charge("other key", &token, 100).await;
    let bytes = sandbox.bytes();
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("4242") && holds("6789"), "the search finds what is kept");
    for number in ["4242424242424242", "42424242", "011401533", "000123456789", "\"123\""] {
        assert!(!holds(number), "{number} is on the disk");
    }
}
