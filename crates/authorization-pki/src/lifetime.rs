//! How long certificates live (Doc 9303-12 table 2). There is no revocation: a short life takes its place.

use protocols::terminal_authentication::{Date, Period, Role};

use crate::day::days_after;
use crate::error::{Refused, Result};

/// Days of a CVCA's certificate, unless others are wished.
pub const CVCA_DAYS: u32 = 3 * 365;
/// Days of a document verifier's.
pub const VERIFIER_DAYS: u32 = 90;
/// Days of an inspection system's: a stolen one reads no longer.
pub const TERMINAL_DAYS: u32 = 14;

/// The usual lifetime of a role, in days.
#[must_use]
pub const fn usual(role: Role) -> u32 {
    match role {
        Role::Cvca => CVCA_DAYS,
        Role::DomesticVerifier | Role::ForeignVerifier => VERIFIER_DAYS,
        Role::Terminal => TERMINAL_DAYS,
    }
}

/// The period of a certificate made today: so many days as are wished, and never beyond its issuer's; the usual ones as far
/// as that leaves room.
///
/// # Errors
/// [`Refused::Lifetime`], [`Refused::OutlivesIssuer`], [`Refused::DayOutOfRange`].
pub(crate) fn period(
    role: Role,
    wished: Option<u32>,
    today: Date,
    issuer: Option<Period>,
) -> Result<Period> {
    let expiry = days_after(today, wished.unwrap_or_else(|| usual(role)))?;
    let last = issuer.map_or(expiry, Period::expiry);
    let expiry = match wished {
        Some(_) if expiry > last => return Err(Refused::OutlivesIssuer.into()),
        _ => expiry.min(last),
    };
    let period = Period::new(today, expiry).ok_or(Refused::OutlivesIssuer)?;
    check(role, period)?;
    Ok(period)
}

/// Whether the lifetime is one of the role.
///
/// # Errors
/// [`Refused::Lifetime`].
pub(crate) fn check(role: Role, period: Period) -> Result<()> {
    let (shortest, longest) = role.lifetime_days();
    if (shortest..=longest).contains(&period.days()) {
        return Ok(());
    }
    Err(Refused::Lifetime {
        role,
        shortest,
        longest,
    }
    .into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_stay_within_the_role_and_the_issuer() {
        let today = Date::new(2026, 6, 1).unwrap();
        let until = |day| Period::new(today, Date::new(2026, 6, day).unwrap());
        let terminal = Role::Terminal;
        let longest = Refused::Lifetime {
            role: terminal,
            shortest: 1,
            longest: 31,
        };
        for (wished, issuer, expected) in [
            (None, until(30), Ok(14)),
            (None, until(9), Ok(8)),
            (Some(8), until(9), Ok(8)),
            (Some(9), until(9), Err(Refused::OutlivesIssuer)),
            (None, until(1), Err(longest.clone())),
            (Some(0), until(30), Err(longest.clone())),
            (Some(31), None, Ok(31)),
            (Some(32), None, Err(longest.clone())),
        ] {
            let found = period(terminal, wished, today, issuer).map(Period::days);
            assert_eq!(found, expected.map_err(Into::into), "{wished:?}");
        }
    }

    #[test]
    fn usual_lifetimes_are_allowed() {
        for role in Role::ALL {
            let (shortest, longest) = role.lifetime_days();
            assert!((shortest..=longest).contains(&usual(role)), "{role}");
        }
    }
}
