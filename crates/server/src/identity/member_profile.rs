//! A member's own profile: name, mailing address, phone and the language of e-mails, read and changed part by part.
//!
//! A change is applied to what the profile is by then, with the account's row locked. So two pages that save different
//! parts keep both, and of two that save the same part the later one stays: each page shows what was saved.

use super::{notices::notice_to_owner, sessions::SignedIn};
use crate::{
    error::Result,
    limits::{self, rules},
    mail::{self, ChangedDetail},
    state::App,
    store::profiles,
};
use contract::member_profile::{MemberProfile, PersonalDetails, ProfileChange};

/// More than anyone gives; all of them are in the member's data.
const CONSENTS: i64 = 20;

pub async fn show(app: &App, signed_in: &SignedIn) -> Result<MemberProfile> {
    let account = &signed_in.account.id;
    Ok(MemberProfile {
        person: app.store.personal_details(account).await?,
        email: signed_in.account.email.clone(),
        new_email: app.store.email_to_confirm(account, app.clock.now()).await?,
        ending: signed_in.session.membership.ending.clone(),
        time_zone: signed_in.session.membership.region.time_zone().to_owned(),
        consents: app.store.consent_entries(account, CONSENTS).await?,
    })
}

/// Tells the owner about a new name, address or phone, in the language that is chosen from now on. What is not new is
/// not written and not told.
pub async fn change(app: &App, signed_in: &SignedIn, change: ProfileChange) -> Result<MemberProfile> {
    limits::take(app, &[app.limits.bucket(&rules::PROFILE_CHANGES_BY_ACCOUNT, &signed_in.account.id)]).await?;
    let (mut tx, mut account) = signed_in.begin(app).await?;
    let before = profiles::of(&mut tx, &account.id).await?;
    let after = before.clone().with(change);
    if after != before {
        profiles::write(&mut tx, &account.id, &after).await?;
    }
    let changed = changed_details(&before, &after);
    if !changed.is_empty() {
        account.locale = after.locale;
        let notice = notice_to_owner(app, &account, |account, sender| mail::profile_changed(account, sender, &changed));
        notice.put(&mut tx, app.clock.now()).await?;
    }
    tx.commit().await?;
    show(app, signed_in).await
}

fn changed_details(before: &PersonalDetails, after: &PersonalDetails) -> Vec<ChangedDetail> {
    let details = [
        (ChangedDetail::Name, before.name() != after.name()),
        (ChangedDetail::Address, before.address != after.address),
        (ChangedDetail::Phone, before.phone != after.phone),
    ];
    details.into_iter().filter(|(_, is_new)| *is_new).map(|(detail, _)| detail).collect()
}
