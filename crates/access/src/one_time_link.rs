//! Links that work once: the first administrator's, invitations, resets of a second factor.
//!
//! The link carries a [`SecretToken`]; the store keeps a [`OneTimeLink`] under its hash. The store removes or marks it in the same
//! transaction that uses it, so that two browsers cannot both.

use crypto::CryptoRng;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::Result;
use crate::error::LinkFault;
use crate::secret_token::{SecretToken, TokenHash};

/// How long the first administrator has.
pub const FIRST_ADMINISTRATOR_VALIDITY: Duration = Duration::hours(24);
/// How long who was invited has.
pub const INVITATION_VALIDITY: Duration = Duration::days(3);
/// How long who lost password or second factor has.
pub const RESET_VALIDITY: Duration = Duration::hours(4);

/// What a link is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// An administrator that who has the machine of the service made: the first one, or one more.
    FirstAdministrator,
    /// An account that an administrator made.
    Invitation,
    /// A new password and second factor for an account that has lost them.
    Reset,
}

impl Purpose {
    /// How long such a link works.
    #[must_use]
    pub const fn validity(self) -> Duration {
        match self {
            Self::FirstAdministrator => FIRST_ADMINISTRATOR_VALIDITY,
            Self::Invitation => INVITATION_VALIDITY,
            Self::Reset => RESET_VALIDITY,
        }
    }
}

/// What the store keeps of a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneTimeLink {
    /// Hash of its token.
    pub hash: TokenHash,
    /// What it is good for.
    pub purpose: Purpose,
    /// Whose account it opens.
    pub account: Uuid,
    /// When it stops working.
    #[serde(with = "time::serde::rfc3339")]
    pub expires: OffsetDateTime,
    /// When it was used.
    #[serde(with = "time::serde::rfc3339::option")]
    pub used: Option<OffsetDateTime>,
}

impl OneTimeLink {
    /// A new link and the token that goes into it.
    #[must_use]
    pub fn new(
        purpose: Purpose,
        account: Uuid,
        now: OffsetDateTime,
        rng: &mut dyn CryptoRng,
    ) -> (Self, SecretToken) {
        let token = SecretToken::generate(rng);
        let link = Self {
            hash: token.hash(),
            purpose,
            account,
            expires: now.saturating_add(purpose.validity()),
            used: None,
        };
        (link, token)
    }

    /// Whether the link would be taken now, to show its page. It stays usable.
    ///
    /// # Errors
    /// [`LinkFault`].
    pub fn check(&self, presented: &SecretToken, now: OffsetDateTime) -> Result<()> {
        if !self.hash.is_of(presented) {
            return Err(LinkFault::Unknown.into());
        }
        if self.used.is_some() {
            return Err(LinkFault::Used.into());
        }
        if now >= self.expires {
            return Err(LinkFault::Expired.into());
        }
        Ok(())
    }

    /// Uses the link up.
    ///
    /// # Errors
    /// [`LinkFault`].
    pub fn redeem(&mut self, presented: &SecretToken, now: OffsetDateTime) -> Result<()> {
        self.check(presented, now)?;
        self.used = Some(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::Error;
    use crate::test_rng::rng;

    const NOW: OffsetDateTime = datetime!(2026-11-02 08:00 UTC);

    #[test]
    fn a_link_works_once_and_in_time() {
        for purpose in [
            Purpose::FirstAdministrator,
            Purpose::Invitation,
            Purpose::Reset,
        ] {
            let (mut link, token) = OneTimeLink::new(purpose, Uuid::nil(), NOW, &mut rng(1));
            let foreign = SecretToken::generate(&mut rng(2));
            let fault = |result: Result<()>| match result {
                Err(Error::Link(fault)) => Some(fault),
                Ok(()) => None,
                Err(other) => panic!("{other}"),
            };
            let late = NOW + purpose.validity();
            assert_eq!(fault(link.redeem(&foreign, NOW)), Some(LinkFault::Unknown));
            assert_eq!(fault(link.redeem(&token, late)), Some(LinkFault::Expired));
            assert_eq!(fault(link.check(&token, late - Duration::SECOND)), None);
            assert_eq!(fault(link.redeem(&token, late - Duration::SECOND)), None);
            assert_eq!(fault(link.redeem(&token, NOW)), Some(LinkFault::Used));
        }
    }

    #[test]
    fn a_stored_link_holds_no_token() {
        let (link, token) = OneTimeLink::new(Purpose::Invitation, Uuid::nil(), NOW, &mut rng(3));
        let stored = serde_json::to_string(&link).unwrap();
        assert!(!stored.contains(token.to_text().as_str()));
        assert_eq!(serde_json::from_str::<OneTimeLink>(&stored).unwrap(), link);
    }
}
