//! What an ID token says, and which of it is believed (OpenID Connect Core 1.0 §2 and §3.1.3.7).

use crypto::constant_time_eq;
use serde::Deserialize;
use serde_json::{Map, Value};
use time::{Duration, OffsetDateTime};

use super::{OidcFault, OidcSettings};
use crate::Result;
use crate::account::{MAX_DISPLAY_NAME, OidcLink};
use crate::role::RoleSet;

/// How far two clocks may be apart.
const CLOCK_SKEW: Duration = Duration::MINUTE;
/// A token that was made longer ago is not of this sign-in.
const MAX_AGE: Duration = Duration::minutes(10);
/// Characters of `sub` at most (OpenID Connect Core 1.0 §2).
const MAX_SUBJECT: usize = 255;
/// Words of a claim of roles that are looked at.
const MAX_WORDS: usize = 500;

/// Somebody whom the provider knows. Who he is here, the account says that is linked to him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OidcIdentity {
    /// The person at the provider.
    pub link: OidcLink,
    /// His name there, to be shown and nothing else.
    pub name: Option<String>,
    /// The roles by the claim of the settings; none where the settings name no claim.
    pub roles: Option<RoleSet>,
    /// Whether the provider saw a second factor.
    pub second_factor: bool,
    /// When the person proved who he is.
    pub authenticated: Option<OffsetDateTime>,
}

/// One or many.
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
pub(super) struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    nonce: Option<String>,
    azp: Option<String>,
    auth_time: Option<i64>,
    amr: Option<Vec<String>>,
    name: Option<String>,
    preferred_username: Option<String>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

impl Claims {
    /// Believes the claims, or says why not.
    pub(super) fn check(
        self,
        settings: &OidcSettings,
        nonce: &str,
        now: OffsetDateTime,
    ) -> Result<OidcIdentity> {
        if self.iss != settings.issuer {
            return Err(OidcFault::Issuer.into());
        }
        self.check_audience(&settings.client_id)?;
        self.check_time(now)?;
        let own = self.nonce.as_deref().unwrap_or_default();
        if !constant_time_eq(own.as_bytes(), nonce.as_bytes()) {
            return Err(OidcFault::Nonce.into());
        }
        if !(1..=MAX_SUBJECT).contains(&self.sub.len()) || self.sub.chars().any(char::is_control) {
            return Err(OidcFault::Subject.into());
        }
        let roles = settings
            .role_claim
            .as_deref()
            .map(|claim| self.roles(claim, settings))
            .transpose()?;
        let factors = self.amr.unwrap_or_default();
        let showable = |name: &String| !name.is_empty() && !name.chars().any(char::is_control);
        let name = self
            .name
            .filter(showable)
            .or(self.preferred_username.filter(showable));
        Ok(OidcIdentity {
            link: OidcLink {
                issuer: self.iss,
                subject: self.sub,
            },
            name: name.map(|name| name.chars().take(MAX_DISPLAY_NAME).collect()),
            roles,
            second_factor: factors
                .iter()
                .any(|factor| settings.second_factor_words.contains(factor)),
            authenticated: self
                .auth_time
                .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok()),
        })
    }

    /// For us and for nobody else; nobody else is trusted with what is ours.
    fn check_audience(&self, client_id: &str) -> Result<(), OidcFault> {
        let ours = match &self.aud {
            Audience::One(audience) => audience == client_id,
            Audience::Many(audiences) => {
                !audiences.is_empty() && audiences.iter().all(|audience| audience == client_id)
            }
        };
        if ours && self.azp.as_deref().is_none_or(|party| party == client_id) {
            Ok(())
        } else {
            Err(OidcFault::Audience)
        }
    }

    fn check_time(&self, now: OffsetDateTime) -> Result<(), OidcFault> {
        let now = now.unix_timestamp();
        let skew = CLOCK_SKEW.whole_seconds();
        let expired = self.exp <= now.saturating_sub(skew);
        let early = self.iat > now.saturating_add(skew)
            || self.nbf.is_some_and(|from| from > now.saturating_add(skew));
        let stale = self.iat < now.saturating_sub(MAX_AGE.whole_seconds());
        if expired || early || stale {
            Err(OidcFault::Time)
        } else {
            Ok(())
        }
    }

    /// The roles of the words of a claim. A claim that is not there gives none.
    fn roles(&self, claim: &str, settings: &OidcSettings) -> Result<RoleSet> {
        let mut path = claim.split('.');
        let mut value = path.next().and_then(|first| self.others.get(first));
        for step in path {
            value = value.and_then(|value| value.get(step));
        }
        let words: Vec<&str> = match value {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::String(words)) => words.split_ascii_whitespace().take(MAX_WORDS).collect(),
            Some(Value::Array(list)) => {
                let words: Option<Vec<&str>> =
                    list.iter().take(MAX_WORDS).map(Value::as_str).collect();
                words.ok_or(OidcFault::RoleClaim)?
            }
            Some(_) => return Err(OidcFault::RoleClaim.into()),
        };
        let mapped = settings
            .role_words
            .iter()
            .filter(|(word, _)| words.contains(&word.as_str()));
        RoleSet::of_person(mapped.map(|(_, role)| *role))
    }
}
