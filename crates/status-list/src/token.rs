//! The list as a signed token (draft-ietf-oauth-status-list-21 §5.1, §8.3): a JWT of type `statuslist+jwt`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use crypto::PublicKey;
use pki::Signer;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::error::{ListFault, TokenFault};
use crate::jws::{self, Header, Unverified};
use crate::{Bits, Result, Status, StatusList};

/// The type in the header of the token.
pub const TYPE: &str = "statuslist+jwt";
/// The media type of the token, for `Content-Type` and `Accept`.
pub const MEDIA_TYPE: &str = "application/statuslist+jwt";
/// How far the clock of a verifier may be behind the issuer's.
pub const CLOCK_TOLERANCE: Duration = Duration::minutes(2);

/// What a token says of its list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// The address of the list: what documents carry as `uri`.
    pub subject: String,
    /// When it was made. Whole seconds count.
    pub issued_at: OffsetDateTime,
    /// When it ends. Until then whoever can hold back newer lists can show this one: that is how long a revocation can be hidden.
    pub expires_at: OffsetDateTime,
    /// After how long one should ask for a newer one.
    pub time_to_live: Option<Duration>,
}

#[derive(Serialize, Deserialize)]
struct Written {
    sub: String,
    iat: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ttl: Option<i64>,
    status_list: WrittenList,
}

#[derive(Serialize, Deserialize)]
struct WrittenList {
    bits: u64,
    lst: String,
}

/// Signs a list. `header` may bring `kid` and `x5c`; its type is set here.
///
/// # Errors
/// [`TokenFault::Time`] for an end before the beginning or a time to live below a second; as [`jws::sign`].
pub fn sign(
    claims: &Claims,
    list: &StatusList,
    header: Header,
    signer: &dyn Signer,
) -> Result<String> {
    let ttl = claims.time_to_live.map(Duration::whole_seconds);
    if claims.expires_at <= claims.issued_at || ttl.is_some_and(|ttl| ttl < 1) {
        return Err(TokenFault::Time.into());
    }
    let written = Written {
        sub: claims.subject.clone(),
        iat: claims.issued_at.unix_timestamp(),
        exp: Some(claims.expires_at.unix_timestamp()),
        ttl,
        status_list: WrittenList {
            bits: u64::from(list.bits().count()),
            lst: URL_SAFE_NO_PAD.encode(list.compress()),
        },
    };
    let payload = serde_json::to_vec(&written).map_err(|error| claims_fault(&error))?;
    let header = Header {
        typ: Some(TYPE.to_owned()),
        ..header
    };
    jws::sign(&header, &payload, signer)
}

/// A list that the issuer's key has signed, for the address that was asked, and that has not ended. Comes from [`Self::open`] only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedStatusList {
    claims: Claims,
    list: StatusList,
}

impl VerifiedStatusList {
    /// Verifies a token: signature, type, address, time; then unpacks its list.
    ///
    /// `key` is one that is trusted for status lists: where the token brings certificates (`x5c`), verify them first and take the key of
    /// the leaf. `uri` is what the document carries.
    ///
    /// # Errors
    /// [`jws::JwsFault`], [`TokenFault`], [`ListFault`].
    pub fn open(token: &str, key: &PublicKey, uri: &str, now: OffsetDateTime) -> Result<Self> {
        let verified = Unverified::parse(token)?.verify(key, TYPE)?;
        let written: Written =
            serde_json::from_slice(&verified.payload).map_err(|error| claims_fault(&error))?;
        let claims = claims(&written)?;
        if claims.subject != uri {
            return Err(TokenFault::OtherSubject.into());
        }
        if claims.expires_at <= now {
            return Err(TokenFault::Expired.into());
        }
        if claims.issued_at - now > CLOCK_TOLERANCE {
            return Err(TokenFault::OfTheFuture.into());
        }
        let WrittenList { bits, lst } = &written.status_list;
        let bits = Bits::from_count(*bits)?;
        let compressed = URL_SAFE_NO_PAD.decode(lst).map_err(|_| ListFault::Base64)?;
        let list = StatusList::decompress(bits, &compressed)?;
        Ok(Self { claims, list })
    }

    /// The status of the document at this index.
    ///
    /// # Errors
    /// [`crate::Error::NoSuchIndex`].
    pub fn status(&self, index: u64) -> Result<Status> {
        self.list.status(index)
    }

    /// The whole list.
    #[must_use]
    pub const fn list(&self) -> &StatusList {
        &self.list
    }

    /// What the token says of it.
    #[must_use]
    pub const fn claims(&self) -> &Claims {
        &self.claims
    }

    /// From when on one should ask for a newer list, though this one still counts.
    #[must_use]
    pub fn refresh_at(&self) -> OffsetDateTime {
        let Claims {
            issued_at,
            expires_at,
            time_to_live,
            ..
        } = self.claims;
        time_to_live
            .and_then(|ttl| issued_at.checked_add(ttl))
            .map_or(expires_at, |at| at.min(expires_at))
    }
}

fn claims(written: &Written) -> Result<Claims> {
    let time = |seconds| OffsetDateTime::from_unix_timestamp(seconds);
    let ended = written.exp.ok_or(TokenFault::NoExpiry)?;
    if written.ttl.is_some_and(|ttl| ttl < 1) {
        return Err(TokenFault::Time.into());
    }
    Ok(Claims {
        subject: written.sub.clone(),
        issued_at: time(written.iat).map_err(|_| TokenFault::Time)?,
        expires_at: time(ended).map_err(|_| TokenFault::Time)?,
        time_to_live: written.ttl.map(Duration::seconds),
    })
}

fn claims_fault(error: &serde_json::Error) -> TokenFault {
    TokenFault::Claims {
        line: error.line(),
        column: error.column(),
    }
}

#[cfg(test)]
mod tests;
