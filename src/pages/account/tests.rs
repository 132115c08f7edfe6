//! Tests of the account pages' layout, rendered natively.

use super::*;
use crate::{error::ApiError, fetched::Fetched, i18n::without_facts};

/// A page of two answers.
fn drawn(bills: Fetched<&'static str>, payments: Fetched<&'static str>) -> String {
    Owner::new().with(|| {
        let query = |answer: Fetched<&'static str>| {
            let query = Query::new(|_| async { Err(ApiError::Offline) });
            query.answered(answer);
            query
        };
        let (bills, payments) = (query(bills), query(payments));
        let text = |words: &'static str| view! { <p>{words}</p> }.into_any();
        let main = view! { {bills.show(6, text)} {payments.show_once(4, move || text(payments.of(|words| *words)))} };
        let head = heading(t(|w| w.account().overview.title), t(|w| w.account().overview.title));
        without_facts(
            &super::page(Account::Overview.into(), head, vec![bills.state(), payments.state()], main.into_any())
                .to_html(),
        )
    })
}

#[test]
fn a_page_says_once_what_it_could_not_fetch_and_shows_the_rest() {
    let again = |html: &str| html.matches("Try again").count();
    let (waits, both) = (drawn(Fetched::Waiting, Fetched::Waiting), drawn(Fetched::Here("A"), Fetched::Here("B")));
    assert_eq!((waits.matches("aria-busy").count(), again(&waits)), (2, 0));
    assert_eq!((both.matches("aria-busy").count(), again(&both)), (0, 0));
    assert!(both.contains("<p>A</p>") && both.contains("<p>B</p>"), "{both}");
    let failed = || Fetched::Failed(ApiError::Offline);
    for one in [drawn(Fetched::Here("A"), failed()), drawn(failed(), Fetched::Here("A")), drawn(failed(), failed())] {
        assert_eq!((one.matches("aria-busy").count(), again(&one)), (0, 1), "{one}");
    }
    assert!(drawn(failed(), Fetched::Here("B")).contains("<p>B</p>"));
    assert_eq!(both.matches(r#"aria-current="page""#).count(), 2, "the room, beside the page and at its foot");
}
