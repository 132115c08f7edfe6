//! Everything that billing holds of a member, as one file: JSON for programs and an index to read, in a zip. Tokens,
//! password and keys are left out: they are no data about the member, and a file is easily lost.

mod index;

use super::zipped::{File, zipped};
use crate::{
    error::{Error, Result},
    limits::{self, rules},
    state::App,
    store::{
        member_data::{AccountRow, AskedQuestion, Consent, SentEmail},
        payment_pages::{Cursor, Page},
        sessions::Session,
    },
};
use contract::{
    Instant, Locale, Money,
    account::{AuthorisationEntry, SessionEntry},
    balance::{BalanceChange, BalanceSettings},
    bill::Bill,
    factor::SecondFactor,
    household::Household,
    member_profile::PersonalDetails,
    notices::{NoticeChoice, NoticeKind, TextMessages},
    payment::{PaymentSummary, SavedMethod},
    problem_details::ErrorCode,
};
use serde::Serialize;

/// Payments, authorisations and e-mails a statement.
const AT_ONCE: i64 = 500;
/// Of each kind of row: what keeps one request from taking all the memory. No member has as many.
const MOST: usize = 50_000;

#[derive(Serialize)]
pub struct MemberData {
    pub as_of: Instant,
    pub time_zone: String,
    /// The last digits of the member number.
    pub ending: String,
    pub person: PersonalDetails,
    pub account: AccountRow,
    pub second_factor: SecondFactor,
    pub sessions: Vec<SessionEntry>,
    pub bills: Vec<Bill>,
    pub payments: Vec<PaymentSummary>,
    pub balance: Money,
    pub balance_owed: Money,
    pub balance_changes: Vec<BalanceChange>,
    pub balance_settings: BalanceSettings,
    pub payment_methods: Vec<SavedMethod>,
    pub authorisations: Vec<AuthorisationEntry>,
    pub consents: Vec<Consent>,
    pub questions: Vec<AskedQuestion>,
    pub notices: Vec<NoticeChoice>,
    pub text_messages: TextMessages,
    /// Whom the member pays for, and who pays for the member.
    pub household: Household,
    /// Those sent to the account's address since it was confirmed: the texts are in the mailbox.
    pub emails: Vec<SentEmail>,
    /// The lists above that end at so many rows, although there may be more.
    pub cut_at: usize,
    pub cut: Vec<&'static str>,
}

/// A zip file.
pub struct DataFile(pub Vec<u8>);

pub async fn file(app: &App, session: &Session, locale: Locale) -> Result<DataFile> {
    let account = session.member().ok_or_else(|| Error::new(ErrorCode::SignedOut))?.account.clone();
    limits::take(app, &[app.limits.bucket(&rules::DATA_BY_ACCOUNT, &account)]).await?;
    let data = collected(app, session, &account).await?;
    let (brand, today) = (app.portal.brand.name.clone(), app.today(session.membership.region));
    let drawn = app.drawing.run(move || {
        let json = serde_json::to_vec_pretty(&data).map_err(|error| error.to_string())?;
        let index = index::page(&data, &brand, locale).into_bytes();
        zipped(vec![File::new("index.html", index), File::new("data.json", json)], today)
    });
    let content = drawn.await?.map_err(|error| {
        tracing::error!(%error, "a member's data was not written");
        Error::fault()
    })?;
    Ok(DataFile(content))
}

async fn collected(app: &App, session: &Session, account: &str) -> Result<MemberData> {
    let (store, now, membership) = (&app.store, app.clock.now(), &session.membership);
    let row = store.account_row(account, now).await?.ok_or_else(|| Error::new(ErrorCode::SignedOut))?;
    let standing = store.standing(&membership.id).await?;
    let mut data = MemberData {
        as_of: now,
        time_zone: membership.region.time_zone().to_owned(),
        ending: membership.ending.clone(),
        person: store.personal_details(account).await?,
        // whether this deployment makes passkeys is nothing of the member's
        second_factor: store.second_factor(account, true).await?,
        sessions: store.sessions_of(account, &session.id, now).await?,
        bills: store.all_bills(&membership.id, app.just_since(now)).await?,
        payments: payments(app, &membership.id).await?,
        balance: standing.balance,
        balance_owed: standing.owed,
        balance_changes: changes(app, &membership.id, standing.position).await?,
        balance_settings: store.balance_settings(account).await?,
        payment_methods: store.saved_methods(account, app.here(membership.region)).await?,
        authorisations: authorisations(app, account).await?,
        consents: store.consents_of(account).await?,
        questions: store.questions_of(account).await?,
        notices: store.notice_choices(account, NoticeKind::ALL.into_iter()).await?,
        text_messages: store.text_number(account).await?,
        household: store.household(account, &membership.id).await?,
        emails: store.emails_of(&row, i64::try_from(MOST).unwrap_or(i64::MAX)).await?,
        account: row,
        cut_at: MOST,
        cut: Vec::new(),
    };
    let lists = [
        ("payments", data.payments.len()),
        ("balance_changes", data.balance_changes.len()),
        ("authorisations", data.authorisations.len()),
        ("emails", data.emails.len()),
    ];
    data.cut = cut(lists, MOST);
    Ok(data)
}

/// The lists that may have been longer.
fn cut<const N: usize>(lists: [(&'static str, usize); N], most: usize) -> Vec<&'static str> {
    lists.into_iter().filter(|(_, rows)| *rows >= most).map(|(name, _)| name).collect()
}

async fn payments(app: &App, membership: &str) -> Result<Vec<PaymentSummary>> {
    let (mut all, mut page) = (Vec::new(), Page { limit: AT_ONCE, ..Page::default() });
    loop {
        let found = app.store.page_of_payments(membership, &page).await?;
        all.extend(found.payments);
        page.after = found.next.as_deref().and_then(Cursor::parse);
        if page.after.is_none() || all.len() >= MOST {
            return Ok(all);
        }
    }
}

async fn changes(app: &App, membership: &str, newest: i64) -> Result<Vec<BalanceChange>> {
    let (mut all, mut from) = (Vec::new(), Some(newest));
    while let Some(position) = from.filter(|_| all.len() < MOST) {
        let (changes, next) = app.store.balance_changes(membership, position, AT_ONCE).await?;
        all.extend(changes);
        from = next;
    }
    Ok(all)
}

async fn authorisations(app: &App, account: &str) -> Result<Vec<AuthorisationEntry>> {
    let (mut all, mut before) = (Vec::new(), None);
    loop {
        let page = app.store.authorisations_of(account, before.as_ref(), AT_ONCE).await?;
        all.extend(page.authorisations);
        before = page.next.as_deref().and_then(Cursor::parse);
        if before.is_none() || all.len() >= MOST {
            return Ok(all);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_may_be_longer_than_it_is_here_is_named() {
        let lists = [("payments", 3), ("balance_changes", 2), ("emails", 4)];
        assert_eq!(cut(lists, 3), ["payments", "emails"]);
        assert!(cut(lists, 5).is_empty());
    }
}
