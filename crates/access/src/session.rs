//! Sessions on the server's side: the browser holds an opaque token, the store its hash and what is known of it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use crypto::{CryptoRng, constant_time_eq};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::account::Account;
use crate::error::SessionFault;
use crate::permission::Permission;
use crate::secret_token::{SecretToken, TokenHash};
use crate::{Error, Result};

/// Name of the session's cookie. The prefix binds it to this host, to TLS and to the whole site (RFC 6265bis §4.1.3.2).
pub const COOKIE_NAME: &str = "__Host-session";
/// Attributes of the session's cookie.
pub const COOKIE_ATTRIBUTES: &str = "Path=/; Secure; HttpOnly; SameSite=Strict";
/// Name of the cookie that binds a browser to a sign-in at an identity provider.
pub const OIDC_COOKIE_NAME: &str = "__Host-oidc";
/// Its attributes: it must come along when the provider sends the browser back.
pub const OIDC_COOKIE_ATTRIBUTES: &str = "Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600";
/// Header in which pages send the token against forged requests.
pub const CSRF_HEADER: &str = "x-csrf-token";
/// How often use is written down at most.
const SEEN_GRANULARITY: Duration = Duration::MINUTE;

/// How long sessions last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLimits {
    /// Without use.
    pub idle: Duration,
    /// Altogether.
    pub absolute: Duration,
    /// After the second factor was shown, for what needs it ([`Permission::needs_step_up`]).
    pub step_up: Duration,
}

impl Default for SessionLimits {
    /// A quarter of an hour at a counter, one working day, ten minutes.
    fn default() -> Self {
        Self {
            idle: Duration::minutes(15),
            absolute: Duration::hours(10),
            step_up: Duration::minutes(10),
        }
    }
}

/// What the store keeps of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Hash of the token in the cookie.
    pub hash: TokenHash,
    /// Whose it is.
    pub account: Uuid,
    /// The account's version when it began: a later one ends it.
    pub account_version: u64,
    /// When it began.
    #[serde(with = "time::serde::rfc3339")]
    pub opened: OffsetDateTime,
    /// When it was used last, to the minute.
    #[serde(with = "time::serde::rfc3339")]
    pub seen: OffsetDateTime,
    /// When the second factor was shown last.
    #[serde(with = "time::serde::rfc3339::option")]
    pub stepped_up: Option<OffsetDateTime>,
}

impl Session {
    /// Opens a session for who has just proved who he is. A new token each time: nobody can plant one.
    ///
    /// # Errors
    /// [`SessionFault::AccountNotActive`].
    pub fn open(
        account: &Account,
        second_factor_shown: bool,
        now: OffsetDateTime,
        rng: &mut dyn CryptoRng,
    ) -> Result<(Self, SecretToken)> {
        if !account.is_active() {
            return Err(SessionFault::AccountNotActive.into());
        }
        let token = SecretToken::generate(rng);
        let session = Self {
            hash: token.hash(),
            account: account.id,
            account_version: account.version,
            opened: now,
            seen: now,
            stepped_up: second_factor_shown.then_some(now),
        };
        Ok((session, token))
    }

    /// Whether the session still holds for its account.
    ///
    /// # Errors
    /// [`SessionFault`]: then the session is deleted.
    pub fn check(
        &self,
        account: &Account,
        limits: &SessionLimits,
        now: OffsetDateTime,
    ) -> Result<()> {
        let fault = if account.id != self.account {
            SessionFault::Unknown
        } else if !account.is_active() {
            SessionFault::AccountNotActive
        } else if account.version != self.account_version {
            SessionFault::AccountChanged
        } else if now - self.opened >= limits.absolute {
            SessionFault::Expired
        } else if now - self.seen >= limits.idle {
            SessionFault::Idle
        } else {
            return Ok(());
        };
        Err(fault.into())
    }

    /// Notes that it was used. Says whether that is worth a write: once a minute.
    pub fn touch(&mut self, now: OffsetDateTime) -> bool {
        let due = now - self.seen >= SEEN_GRANULARITY;
        if due {
            self.seen = now;
        }
        due
    }

    /// Notes that the second factor was shown.
    pub const fn step_up(&mut self, now: OffsetDateTime) {
        self.stepped_up = Some(now);
    }

    /// Whether the account may do this in this session, now.
    ///
    /// # Errors
    /// [`Error::NotPermitted`]; [`SessionFault::StepUp`] where the second factor must be shown again.
    pub fn authorise(
        &self,
        account: &Account,
        permission: Permission,
        limits: &SessionLimits,
        now: OffsetDateTime,
    ) -> Result<()> {
        self.check(account, limits, now)?;
        if !account.roles.allows(permission) {
            return Err(Error::NotPermitted { permission });
        }
        let fresh = self
            .stepped_up
            .is_some_and(|shown| now - shown < limits.step_up);
        if permission.needs_step_up() && !fresh {
            return Err(SessionFault::StepUp.into());
        }
        Ok(())
    }
}

/// The token against forged requests that belongs to a session's token. Nothing of it is stored.
#[must_use]
pub fn csrf_token(session: &SecretToken) -> String {
    URL_SAFE_NO_PAD.encode(session.derived(b"card-toolchain csrf"))
}

/// Whether a request that changes something came from the session's own page.
///
/// # Errors
/// [`SessionFault::Forged`].
pub fn check_csrf(session: &SecretToken, presented: &str) -> Result<()> {
    if constant_time_eq(csrf_token(session).as_bytes(), presented.as_bytes()) {
        Ok(())
    } else {
        Err(SessionFault::Forged.into())
    }
}

/// The value of `Set-Cookie` for a new session.
#[must_use]
pub fn set_cookie(token: &SecretToken) -> zeroize::Zeroizing<String> {
    zeroize::Zeroizing::new(format!(
        "{COOKIE_NAME}={}; {COOKIE_ATTRIBUTES}",
        token.to_text().as_str()
    ))
}

/// The value of `Set-Cookie` that ends one.
#[must_use]
pub fn clear_cookie() -> String {
    format!("{COOKIE_NAME}=; {COOKIE_ATTRIBUTES}; Max-Age=0")
}

/// The session's token in the value of a `Cookie` header. Two of that name are none: one of them was planted.
#[must_use]
pub fn token_of_cookies(header: &str) -> Option<SecretToken> {
    let mut values = header
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == COOKIE_NAME);
    let (_, value) = values.next()?;
    if values.next().is_some() {
        return None;
    }
    SecretToken::parse(value)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::account::State;
    use crate::account::tests_support::active;
    use crate::role::Role;
    use crate::test_rng::rng;

    const NOW: OffsetDateTime = datetime!(2026-11-02 08:00 UTC);

    fn fault<T>(result: Result<T>) -> Option<SessionFault> {
        match result {
            Err(Error::Session(fault)) => Some(fault),
            Ok(_) => None,
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn when_a_session_ends() {
        let limits = SessionLimits::default();
        let account = active(1, &[Role::Operator]);
        let (mut session, _) = Session::open(&account, true, NOW, &mut rng(1)).unwrap();
        let at = |minutes| NOW + Duration::minutes(minutes);
        assert_eq!(fault(session.check(&account, &limits, at(14))), None);
        assert_eq!(
            fault(session.check(&account, &limits, at(15))),
            Some(SessionFault::Idle)
        );
        assert!(!session.touch(NOW + Duration::seconds(59)) && session.touch(at(14)));
        assert_eq!(fault(session.check(&account, &limits, at(28))), None);
        for minutes in (24..600).step_by(10) {
            session.touch(at(minutes));
        }
        assert_eq!(fault(session.check(&account, &limits, at(599))), None);
        session.touch(at(600));
        assert_eq!(
            fault(session.check(&account, &limits, at(600))),
            Some(SessionFault::Expired)
        );

        let mut changed = active(1, &[Role::Operator]);
        changed.version += 1;
        assert_eq!(
            fault(session.check(&changed, &limits, at(14))),
            Some(SessionFault::AccountChanged)
        );
        let mut locked = active(1, &[Role::Operator]);
        locked.state = State::Locked;
        assert_eq!(
            fault(session.check(&locked, &limits, at(14))),
            Some(SessionFault::AccountNotActive)
        );
        assert_eq!(
            fault(Session::open(&locked, true, NOW, &mut rng(1))),
            Some(SessionFault::AccountNotActive)
        );
        let other = active(2, &[Role::Operator]);
        assert_eq!(
            fault(session.check(&other, &limits, at(14))),
            Some(SessionFault::Unknown)
        );
    }

    #[test]
    fn what_a_session_may() {
        let limits = SessionLimits::default();
        let account = active(1, &[Role::Administrator]);
        let may = |session: &Session, permission, minutes| {
            session.authorise(
                &account,
                permission,
                &limits,
                NOW + Duration::minutes(minutes),
            )
        };
        let (mut session, _) = Session::open(&account, false, NOW, &mut rng(1)).unwrap();
        assert!(may(&session, Permission::OwnAccount, 1).is_ok());
        assert!(matches!(
            may(&session, Permission::ApplicationRead, 1),
            Err(Error::NotPermitted { .. })
        ));
        assert_eq!(
            fault(may(&session, Permission::UserManage, 1)),
            Some(SessionFault::StepUp)
        );
        session.step_up(NOW);
        assert_eq!(fault(may(&session, Permission::UserManage, 9)), None);
        assert_eq!(
            fault(may(&session, Permission::UserManage, 10)),
            Some(SessionFault::StepUp)
        );
    }

    #[test]
    fn forged_requests() {
        let (one, two) = (
            SecretToken::generate(&mut rng(1)),
            SecretToken::generate(&mut rng(2)),
        );
        assert!(check_csrf(&one, &csrf_token(&one)).is_ok());
        for presented in ["", "x", &csrf_token(&two), &one.to_text()] {
            assert_eq!(
                fault(check_csrf(&one, presented)),
                Some(SessionFault::Forged)
            );
        }
    }

    #[test]
    fn cookies() {
        let token = SecretToken::generate(&mut rng(1));
        let text = token.to_text();
        let cookie = format!("{COOKIE_NAME}={}", text.as_str());
        let cases = [
            (cookie.clone(), true),
            (format!("lang=vi; {cookie}; a=b"), true),
            (format!("{cookie}; {cookie}"), false),
            (format!("session={}", text.as_str()), false),
            (format!("{COOKIE_NAME}="), false),
            (String::new(), false),
            (";;;=;=".to_owned(), false),
        ];
        for (header, want) in cases {
            assert_eq!(token_of_cookies(&header).is_some(), want, "{header}");
        }
        assert_eq!(token_of_cookies(&cookie).unwrap().hash(), token.hash());
        for word in ["Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
            assert!(
                set_cookie(&token).contains(word) && clear_cookie().contains(word),
                "{word}"
            );
        }
        assert!(
            !COOKIE_ATTRIBUTES.contains("Domain"),
            "the prefix __Host- forbids it"
        );
    }
}
