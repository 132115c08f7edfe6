//! Tests of what the app knows of a session, without a browser.

use super::*;
use contract::portal::PageFacts;

pub(super) fn at(second: i64) -> Instant {
    Instant::from_millis(1_795_456_320_000 + second * 1_000)
}

pub(super) fn payer_of(membership: MembershipView, ends_at: Instant) -> SessionView {
    let (now, expires_at, capture_binding) = (at(0), at(900), "binding".into());
    SessionView::Payer { now, expires_at, ends_at, membership, capture_binding }
}

fn in_california() -> MembershipView {
    MembershipView { region: Region::California, ending: "678".into() }
}

fn in_oregon() -> MembershipView {
    MembershipView { region: Region::Oregon, ending: "293".into() }
}

pub(super) fn payer(ends_at: Instant) -> SessionView {
    payer_of(in_california(), ends_at)
}

fn member_of(membership: MembershipView) -> SessionView {
    SessionView::Member {
        now: at(0),
        expires_at: at(900),
        ends_at: at(28_800),
        membership,
        capture_binding: "binding".into(),
        person: PersonView { name: "Ana O’Neill".into(), email: "ana@example.org".into(), is_email_confirmed: false },
    }
}

const ASKED: RequiredFactors = RequiredFactors { authenticator: true, passkey: false };

fn pending() -> SessionView {
    SessionView::PendingSecondFactor { now: at(0), expires_at: at(600), ends_at: at(600), second_factor: ASKED }
}

fn deployment(region: Option<Region>) -> Deployment {
    Deployment::new(region, PageFacts::default())
}

fn guest() -> CurrentSession {
    CurrentSession::new(Session::Guest, deployment(None))
}

#[test]
fn whoever_has_yet_to_show_a_second_factor_has_no_access() {
    assert_eq!(Session::from(&pending()), Session::PendingSecondFactor(ASKED));
    assert_eq!(Session::from(&pending()).access(), None);
    assert!(Session::from(&member_of(in_california())).is_member());
}

#[test]
fn whose_bill_was_found_before_somebody_else_signed_in_is_known() {
    Owner::new().with(|| {
        let (payer, member) = (payer_of(in_oregon(), at(28_800)), member_of(in_california()));
        for way in [vec![], vec![pending()]] {
            let session = guest();
            session.apply(&payer, None);
            way.iter().for_each(|view| session.apply(view, None));
            for _ in 0..2 {
                // told again, it is the same session
                session.apply(&member, None);
                assert_eq!(session.found_elsewhere.get_untracked(), Some(in_oregon()));
            }
        }
        let own = guest();
        own.apply(&payer_of(in_california(), at(28_800)), None);
        own.apply(&member, None);
        assert_eq!(own.found_elsewhere.get_untracked(), None);
    });
}

#[test]
fn a_session_that_is_forgotten_leaves_nothing_to_the_next() {
    Owner::new().with(|| {
        let session = guest();
        let lasts = TimeLeft::of(&payer(at(28_800)), Moment { wall_millis: 0, steady_millis: 0 });
        session.apply(&payer(at(28_800)), lasts);
        assert!(session.lasts().is_some());
        session.apply(&pending(), lasts);
        assert_eq!(session.lasts(), None, "nobody is warned of the end of what shows nothing");
        session.forget();
        assert_eq!((session.session.get_untracked(), session.found_elsewhere.get_untracked()), (Session::Guest, None));
        session.apply(&member_of(in_oregon()), lasts);
        assert_eq!(session.found_elsewhere.get_untracked(), None, "that bill was of a session before");
        session.forget();
        assert_eq!(session.lasts(), None);
    });
}

#[test]
fn a_member_s_region_is_the_account_s_and_a_payer_s_the_one_that_was_chosen() {
    Owner::new().with(|| {
        let deployment = deployment(Some(Region::Hawaii));
        let session = CurrentSession::new(Session::Restoring, deployment);
        session.apply(&payer(at(28_800)), None);
        assert_eq!(deployment.region.get_untracked(), Some(Region::Hawaii));
        session.apply(&member_of(in_california()), None);
        assert_eq!(deployment.region.get_untracked(), Some(Region::California));
    });
}
