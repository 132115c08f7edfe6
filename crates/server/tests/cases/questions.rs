//! Questions about a charge: kept and mailed to the plan once, for a line of the member's own bill, with what the plan
//! needs and nothing of the service.

use super::closing::close;
use crate::test_app::{
    ORIGIN, PROFILE, Payer, TestApp,
    call::{Call, Response},
    new_key,
    seed::{ANA, MEI},
};
use contract::Instant;
use serde_json::{Value, json};
use server::store::outbox::Delivery;

const ANAS: &str = "ana@example.org";
const PLAN: &str = "billing@kppay.example";
const TEXT: &str = "I paid this at the desk.\n\u{bf}Por qu\u{e9} otra vez?";

async fn ana(app: &TestApp) -> Payer {
    app.register(&ANA, ANAS).await;
    app.sign_in(ANAS).await
}

async fn ask(app: &TestApp, member: &Payer, bill: &str, key: &str, asked: &Value) -> Response {
    let call = Call::post(&format!("/account/bills/{bill}/questions")).by(member).key(key);
    app.ask(call.json(asked)).await
}

async fn shown(app: &TestApp, member: &Payer) -> Value {
    app.ask(Call::get("/account/bills/visit").by(member)).await.is(200).json()
}

async fn mails(app: &TestApp) -> Vec<(String, String)> {
    let emails = app.state.store.emails(50).await.unwrap().into_iter();
    emails.filter(|email| email.to.to_string() == PLAN).map(|email| (email.subject, email.text)).collect()
}

#[tokio::test]
async fn a_question_about_a_charge_is_kept_and_mailed_to_the_plan_without_the_service() {
    let app = TestApp::open().await;
    let member = ana(&app).await;
    assert_eq!((&shown(&app, &member).await["takes_questions"]), &json!(true));
    let new = json!({ "line": 1, "topic": "already_paid", "text": TEXT });
    let asked = ask(&app, &member, "visit", &new_key(), &new).await.is(201).json();
    assert_eq!(asked["topic"], "already_paid");
    assert_eq!((&asked["line"], &asked["text"], &asked["state"]["kind"]), (&json!(1), &json!(TEXT), &json!("waiting")));
    assert_eq!(shown(&app, &member).await["questions"], json!([asked]));
    let [(subject, text)] = mails(&app).await.try_into().unwrap();
    assert!(subject.ends_with("A member asks about a charge"), "{subject}");
    for wanted in [
        "They paid it already",
        "I paid this at the desk.",
        "Por qu\u{e9} otra vez?",
        "visit",
        "$14.10",
        ANA.name,
        ANAS,
        "678",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    for private in ["Office visit", "Leila Haddad", "October 12", "012345678"] {
        assert!(!text.contains(private), "{private}: {text}");
    }
    let others = app.ask(Call::get("/account/bills/surgery").by(&member)).await.is(200).json();
    assert_eq!(others["questions"], json!([]), "it is about one bill");
}

#[tokio::test]
async fn a_question_says_whether_it_was_sent_and_no_more_than_that() {
    let app = TestApp::open().await;
    let member = ana(&app).await;
    let mut ids = Vec::new();
    for line in 0..2 {
        let asked = json!({ "line": line, "text": "Why?" });
        let asked = ask(&app, &member, "visit", &new_key(), &asked).await.is(201).json();
        ids.push(asked["id"].as_str().unwrap().to_owned());
    }
    let at = Instant::from_millis(app.state.clock.now().millis() + 1_000);
    for (id, outcome) in ids.iter().zip([Delivery::Sent, Delivery::GivenUp]) {
        app.state.store.end_try(id, outcome, at).await.unwrap();
    }
    let questions = shown(&app, &member).await["questions"].clone();
    assert_eq!(questions[0]["state"]["kind"], "sent");
    assert!(questions[0]["state"]["at"].is_string(), "{questions}");
    assert_eq!(questions[1]["state"], json!({ "kind": "not_sent" }));
}

#[tokio::test]
async fn the_text_of_a_question_goes_from_the_outbox_once_it_is_sent_or_given_up_also_of_a_closed_account() {
    let app = TestApp::open().await;
    let member = ana(&app).await;
    let mut ids = Vec::new();
    for line in 0..3 {
        let asked = json!({ "line": line, "text": TEXT });
        let asked = ask(&app, &member, "visit", &new_key(), &asked).await.is(201).json();
        ids.push(asked["id"].as_str().unwrap().to_owned());
    }
    let texts =
        "SELECT COUNT(*) FROM outbox WHERE to_address = 'billing@kppay.example' AND body_text || body_html <> ''";
    let store = &app.state.store;
    let ends = async |at: usize, outcome| store.end_try(&ids[at], outcome, app.state.clock.now()).await.unwrap();
    ends(0, Delivery::Sent).await;
    ends(1, Delivery::GivenUp).await;
    assert_eq!(app.number(texts).await, 1, "one waits");
    let older = sqlx::query("UPDATE outbox SET body_text = 'Why?' WHERE id = $1").bind(&ids[0]);
    older.execute(&store.write).await.unwrap();
    close(&app, &member).await.is(204);
    assert_eq!(app.number(texts).await, 1, "a server of the version before left it");
    ends(2, Delivery::Sent).await;
    assert_eq!(app.number(texts).await, 0);
}

#[tokio::test]
async fn a_question_that_is_sent_twice_is_asked_once() {
    let app = TestApp::open().await;
    let member = ana(&app).await;
    let (key, asked) = (new_key(), json!({ "line": 0, "text": "What is this?" }));
    let (one, other) =
        tokio::join!(ask(&app, &member, "visit", &key, &asked), ask(&app, &member, "visit", &key, &asked));
    let again = ask(&app, &member, "visit", &key, &asked).await.is(201).json();
    assert_eq!((&one.is(201).json(), &other.is(201).json()), (&again, &again));
    assert_eq!(mails(&app).await.len(), 1);
    for changed in [json!({ "line": 1, "text": "What is this?" }), json!({ "line": 0, "text": "What?" })] {
        ask(&app, &member, "visit", &key, &changed).await.is_refused(422, "key_reused");
    }
    ask(&app, &member, "surgery", &key, &asked).await.is_refused(422, "key_reused");
    assert_eq!(app.number("SELECT COUNT(*) FROM charge_question").await, 1);
}

#[tokio::test]
async fn nobody_asks_about_a_bill_of_somebody_else_about_no_charge_or_with_a_card_number() {
    let app = TestApp::open().await;
    let member = ana(&app).await;
    app.register(&MEI, "mei@example.org").await;
    let mei = app.sign_in("mei@example.org").await;
    let asked = json!({ "line": 0, "text": "What is this?" });
    ask(&app, &mei, "visit", &new_key(), &asked).await.is_refused(404, "not_found");
    ask(&app, &member, "nothing", &new_key(), &asked).await.is_refused(404, "not_found");
    for (line, text, field, problem) in [
        (3, "What is this?", "line", "no_such"),
        (0, " \u{200b}", "text", "missing"),
        (0, "4242 4242 4242 4242", "text", "looks_like_card"),
        (0, "a\u{202e}b", "text", "not_allowed"),
        (0, &*"n".repeat(501), "text", "too_long"),
    ] {
        let answer = ask(&app, &member, "visit", &new_key(), &json!({ "line": line, "text": text })).await;
        answer.is(422).has_field_problem(field, problem);
    }
    let call = Call::post("/account/bills/visit/questions").by(&member).json(&asked);
    assert_eq!(app.ask(call).await.status.as_u16(), 400, "without a key");
    assert_eq!((app.number("SELECT COUNT(*) FROM charge_question").await, mails(&app).await.len()), (0, 0));
}

#[tokio::test]
async fn a_member_asks_so_many_questions_in_an_hour_and_what_is_kept_stays() {
    let app = TestApp::open().await;
    let member = ana(&app).await;
    let asked = json!({ "line": 0, "text": "What is this?" });
    for _ in 0..20 {
        ask(&app, &member, "visit", &new_key(), &asked).await.is(201);
    }
    ask(&app, &member, "visit", &new_key(), &asked).await.is_refused(429, "too_many");
    assert_eq!(shown(&app, &member).await["questions"].as_array().unwrap().len(), 20);
}

#[tokio::test]
async fn where_the_profile_names_nobody_to_ask_nothing_is_offered_and_nothing_taken() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("profile.toml");
    let text = std::fs::read_to_string(PROFILE).unwrap();
    std::fs::write(&file, text.replacen(&format!("questions = \"{PLAN}\""), "", 1)).unwrap();
    let app = TestApp::open_with(&["--public-origin", ORIGIN, "--profile", file.to_str().unwrap()]).await;
    let member = ana(&app).await;
    assert_eq!(shown(&app, &member).await["takes_questions"], json!(false));
    let asked = json!({ "line": 0, "text": "What is this?" });
    ask(&app, &member, "visit", &new_key(), &asked).await.is_refused(404, "not_found");
    assert_eq!(app.number("SELECT COUNT(*) FROM charge_question").await, 0);
}
