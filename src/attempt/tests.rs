//! Every event in every order, and every answer that something between the browser and the server could give.

use super::*;
use crate::error::tests::{PROBLEM, document};
use proptest::prelude::*;

fn sent(n: u8) -> Sent {
    Sent { key: IdempotencyKey::from_random([n; 16]), begin_by: Instant::from_millis(1_795_456_335_000) }
}

#[test]
fn a_second_press_while_sending_sends_nothing() {
    let (sending, act) = Attempt::Resting.after(Event::Pressed(sent(1)));
    assert_eq!(act, Act::Send(sent(1)));
    let (still, act) = sending.after(Event::Pressed(sent(1)));
    assert_eq!((still, act), (Attempt::Sending(sent(1)), Act::Nothing));
}

#[test]
fn a_lost_answer_leads_to_asking_and_never_to_sending() {
    let (unsure, act) = Attempt::Sending(sent(1)).after(Event::Answered(Err(ApiError::Offline)));
    assert_eq!(act, Act::Ask(sent(1), 400));
    let (unsure, act) = unsure.after(Event::Answered(Err(ApiError::TimedOut)));
    assert_eq!(act, Act::Ask(sent(1), 800));
    let (known, act) = unsure.after(Event::Answered(Ok("7".into())));
    assert_eq!((known, act), (Attempt::Known("7".into()), Act::Show("7".into())));
}

#[test]
fn a_definite_rejection_goes_back_to_the_review() {
    let too_late = ApiError::read(409, PROBLEM, document(409, "too_late")).unwrap_err();
    for error in [ApiError::SignedOut, too_late] {
        let (now, act) = Attempt::Sending(sent(1)).after(Event::Answered(Err(error.clone())));
        assert_eq!((now, act), (Attempt::Resting, Act::Refuse(error)));
    }
}

#[test]
fn signed_out_while_nobody_knows_keeps_the_key_and_says_nothing_of_money() {
    let (now, act) = Attempt::Unsure(sent(1), 3).after(Event::of_question(Err(ApiError::SignedOut)));
    assert_eq!((now, act), (Attempt::Ended(sent(1).key), Act::Nothing));
}

#[test]
fn another_session_in_this_browser_ends_the_visit_and_says_nothing_of_money() {
    let elsewhere = ApiError::read(409, PROBLEM, document(409, "key_elsewhere")).unwrap_err();
    let (now, act) = Attempt::Unsure(sent(1), 3).after(Event::of_question(Err(elsewhere.clone())));
    assert_eq!((now, act), (Attempt::Ended(sent(1).key), Act::Nothing));
    let (now, act) = Attempt::Sending(sent(1)).after(Event::Answered(Err(elsewhere)));
    assert_eq!(
        (now, act),
        (Attempt::Unsure(sent(1), 0), Act::Ask(sent(1), 400)),
        "the order may have been paid before"
    );
    for attempt in [Attempt::Sending(sent(1)), Attempt::Unsure(sent(1), 0)] {
        let (now, act) = attempt.after(Event::VisitEnded);
        assert_eq!((now, act), (Attempt::Ended(sent(1).key), Act::Nothing));
    }
    assert_eq!(Attempt::Resting.after(Event::VisitEnded), (Attempt::Resting, Act::Nothing));
}

#[test]
fn only_the_documents_of_refused_orders_are_definite() {
    let definite = [
        (401, "signed_out"),
        (409, "just_paid"),
        (409, "too_late"),
        (422, "over_balance"),
        (422, "order_refused"),
        (422, "terms_changed"),
        (422, "token_refused"),
        (422, "brand_not_accepted"),
        (429, "too_many"),
    ];
    let doubtful = [
        (400, "malformed"),
        (400, "key_missing"),
        (403, "foreign_origin"),
        (413, "too_large"),
        (415, "not_json"),
        (422, "invalid"),
        (404, "not_found"),
        (404, "no_match"),
        (405, "method_not_allowed"),
        (409, "key_in_use"),
        (409, "key_elsewhere"),
        (409, "of_a_later_version"),
        (422, "key_reused"),
        (422, "of_a_later_version"),
        (500, "fault"),
        (503, "unavailable"),
    ];
    let answers = definite.map(|answer| (answer, true)).into_iter().chain(doubtful.map(|answer| (answer, false)));
    for ((status, code), is_definite) in answers {
        let error = ApiError::read(status, PROBLEM, document(status, code)).unwrap_err();
        let (_, act) = Attempt::Sending(sent(1)).after(Event::Answered(Err(error)));
        assert_eq!(matches!(act, Act::Refuse(_)), is_definite, "{status} {code}");
        assert_eq!(matches!(act, Act::Ask(..)), !is_definite, "{status} {code}");
    }
}

/// A response of an intermediary: any status, any type, any body, but no problem document of this API.
fn foreign_answer() -> impl Strategy<Value = Result<String, ApiError>> {
    let status = prop_oneof![Just(200_u16), Just(204), 300_u16..600];
    let kind = prop_oneof![
        Just("text/html".to_owned()),
        Just("application/json".to_owned()),
        Just(PROBLEM.to_owned()),
        Just(String::new()),
        "[a-z]{1,8}/[a-z+]{1,8}",
    ];
    let body = prop_oneof![
        Just("<html>default backend - 404</html>".to_owned()),
        Just(r#"{"type":"about:blank","title":"Not Found","status":404}"#.to_owned()),
        Just(r#"{"message":"no Route matched with those values"}"#.to_owned()),
        Just(document(404, "not_found")),
        "[ -~]{0,40}",
    ];
    let answer = (status, kind, body).prop_filter("ours", |(status, kind, body)| {
        let is_ours = *status == 404 && kind == PROBLEM && *body == document(404, "not_found");
        // what is JSON and says that it went well is read as a payment, or not at all
        !is_ours && !(*status < 300 && (kind == "application/json" || body.is_empty()))
    });
    answer.prop_map(|(status, kind, body)| ApiError::read(status, &kind, body))
}

fn event() -> impl Strategy<Value = Event> {
    let error = prop_oneof![
        Just(ApiError::Offline),
        Just(ApiError::TimedOut),
        Just(ApiError::SignedOut),
        Just(ApiError::Forbidden),
        Just(ApiError::Missing),
        Just(ApiError::Busy(7)),
        Just(ApiError::Faulty)
    ];
    prop_oneof![
        Just(Event::Pressed(sent(1))),
        Just(Event::Resumed(sent(1))),
        Just(Event::NeverArrived),
        Just(Event::VisitEnded),
        Just(Event::Answered(Ok("1".into()))),
        error.prop_map(|error| Event::Answered(Err(error))),
        foreign_answer().prop_map(Event::Answered),
        foreign_answer().prop_map(Event::of_question),
    ]
}

proptest! {
    #[test]
    fn nothing_is_sent_while_an_attempt_is_on_its_way(events in prop::collection::vec(event(), 0..40)) {
        let mut now = Attempt::Resting;
        for event in events {
            let was_on_its_way = now.is_on_its_way();
            let (next, act) = now.after(event);
            prop_assert!(!(was_on_its_way && matches!(act, Act::Send(_))));
            if let Act::Ask(asked, _) = &act {
                prop_assert!(matches!(&next, Attempt::Unsure(sent, _) if sent == asked));
            }
            now = next;
        }
    }

    #[test]
    fn no_sequence_says_that_it_never_arrived_unless_the_server_did(events in prop::collection::vec(event(), 0..40)) {
        let mut now = Attempt::Resting;
        for event in events {
            let has_said = event == Event::NeverArrived;
            let (next, act) = now.after(event);
            prop_assert!(has_said || !matches!(act, Act::SayNeverArrived(_)));
            now = next;
        }
    }

    #[test]
    fn what_something_in_between_answers_is_an_outcome_neither_of_the_order_nor_of_the_question(
        order in foreign_answer(),
        questions in prop::collection::vec(foreign_answer(), 1..20),
    ) {
        let (mut now, act) = Attempt::Sending(sent(1)).after(Event::Answered(order));
        prop_assert_eq!(act, Act::Ask(sent(1), 400));
        for question in questions {
            let (next, act) = now.after(Event::of_question(question));
            prop_assert!(matches!(&act, Act::Ask(asked, _) if *asked == sent(1)), "{:?}", act);
            now = next;
        }
    }
}
