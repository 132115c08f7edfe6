//! Paperless: bills by e-mail instead of by post, once the member agreed to it. The address is confirmed: there is no
//! account without. As long as it holds, e-mails about new bills can't be turned off (`notice_settings`).

use super::{member_profile, notices::notice_to_owner, sessions::SignedIn};
use crate::{
    error::{Error, Result},
    limits::{self, rules},
    mail,
    state::App,
    store::{consents, notice_choices},
};
use contract::{
    consent::{self, ConsentPurpose, GivenConsent, ShownConsent},
    member_profile::MemberProfile,
    notices::NoticeKind,
    problem_details::ErrorCode,
};

/// Once: what is agreed to a second time changes nothing.
pub async fn agree(app: &App, signed_in: &SignedIn, new: ShownConsent) -> Result<MemberProfile> {
    let ShownConsent { text, locale } = new;
    if text != consent::paperless(&app.portal.contacts.billing_phone, locale) {
        return Err(Error::new(ErrorCode::TermsChanged));
    }
    limits::take(app, &[app.limits.bucket(&rules::PROFILE_CHANGES_BY_ACCOUNT, &signed_in.account.id)]).await?;
    let (mut tx, account) = signed_in.begin(app).await?;
    let now = app.clock.now();
    if !consents::holds(&mut tx, &account.id, ConsentPurpose::Paperless).await? {
        let given = GivenConsent { text, locale, version: consent::PAPERLESS_VERSION, at: now };
        consents::give(&mut tx, &account.id, ConsentPurpose::Paperless, &given).await?;
        notice_choices::turn_on(&mut tx, &account.id, NoticeKind::BillReady, now).await?;
        let notice = notice_to_owner(app, &account, |account, sender| mail::paperless_on(account, sender, &given.text));
        notice.put(&mut tx, now).await?;
    }
    tx.commit().await?;
    member_profile::show(app, signed_in).await
}

pub async fn withdraw(app: &App, signed_in: &SignedIn) -> Result<MemberProfile> {
    let (mut tx, account) = signed_in.begin(app).await?;
    let now = app.clock.now();
    if consents::withdraw(&mut tx, &account.id, ConsentPurpose::Paperless, now).await? {
        notice_to_owner(app, &account, mail::paperless_off).put(&mut tx, now).await?;
    }
    tx.commit().await?;
    member_profile::show(app, signed_in).await
}
