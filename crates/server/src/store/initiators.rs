//! The initiator of a payment: a guest's session, a member, a schedule, an automatic payment's rule, or the plan.

use super::{Tx, sessions::Session};
use sqlx::{Row, any::AnyRow};

/// Who or what made a payment. All but a guest and the plan act for an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Initiator {
    /// A guest, in the session that found the bills.
    Guest {
        session: String,
    },
    Member {
        account: String,
        session: String,
    },
    /// A payment that a member scheduled, when its day had come.
    Schedule {
        schedule: String,
        account: String,
    },
    Autopay {
        rule: String,
        account: String,
    },
    /// The plan took it itself, by mail or phone.
    Plan {
        posted_payment: String,
    },
}

impl Initiator {
    /// Of what is paid in a session.
    pub fn of(session: &Session) -> Self {
        let id = session.id.clone();
        match session.member() {
            Some(member) => Self::Member { account: member.account.clone(), session: id },
            None => Self::Guest { session: id },
        }
    }

    /// The session in which somebody pays, now: it must be alive.
    pub fn session(&self) -> Option<&str> {
        match self {
            Self::Guest { session } | Self::Member { session, .. } => Some(session),
            Self::Schedule { .. } | Self::Autopay { .. } | Self::Plan { .. } => None,
        }
    }

    /// The session of a guest, who sees what is paid in it and nothing else of the membership's.
    pub fn guest(&self) -> Option<&str> {
        if let Self::Guest { session } = self { Some(session) } else { None }
    }

    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Guest { .. } | Self::Plan { .. } => None,
            Self::Member { account, .. } | Self::Schedule { account, .. } | Self::Autopay { account, .. } => {
                Some(account)
            }
        }
    }

    /// Why a payment was not written: its account was closed meanwhile. No other row that is missing says that. SQLite
    /// does not say which one it is.
    pub(super) async fn is_without_account(&self, tx: &mut Tx, error: &sqlx::Error) -> Result<bool, sqlx::Error> {
        let error = error.as_database_error().filter(|error| error.is_foreign_key_violation());
        let (Some(error), Some(account)) = (error, self.account()) else { return Ok(false) };
        if let Some(constraint) = error.constraint() {
            return Ok(constraint == "payment_account_fkey");
        }
        let there = sqlx::query("SELECT 1 FROM account WHERE id = $1").bind(account);
        Ok(there.fetch_optional(&mut **tx).await?.is_none())
    }

    /// As the columns `initiator_kind` and `initiator` keep it.
    pub(super) fn columns(&self) -> (&'static str, &str) {
        match self {
            Self::Guest { session } => ("session", session),
            Self::Member { account, .. } => ("member", account),
            Self::Schedule { schedule, .. } => ("schedule", schedule),
            Self::Autopay { rule, .. } => ("autopay", rule),
            Self::Plan { posted_payment } => ("plan", posted_payment),
        }
    }

    /// From the columns `initiator_kind`, `initiator`, `account` and `session`. A server of the version before writes
    /// the last two only.
    pub(super) fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let kind: Option<String> = row.try_get("initiator_kind")?;
        let initiator = || row.try_get("initiator");
        let account: Option<String> = row.try_get("account")?;
        match (kind.as_deref(), account) {
            (None | Some("session"), None) => Ok(Self::Guest { session: row.try_get("session")? }),
            (None | Some("member"), Some(account)) => Ok(Self::Member { account, session: row.try_get("session")? }),
            (Some("schedule"), Some(account)) => Ok(Self::Schedule { schedule: initiator()?, account }),
            (Some("autopay"), Some(account)) => Ok(Self::Autopay { rule: initiator()?, account }),
            (Some("plan"), None) => Ok(Self::Plan { posted_payment: initiator()? }),
            _ => Err(sqlx::Error::Decode("initiator_kind".into())),
        }
    }
}
