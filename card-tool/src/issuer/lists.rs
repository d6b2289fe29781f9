//! Status lists that were fetched before, and the keys that sign them.

use std::path::{Path, PathBuf};

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use crypto::{Curve, EcPoint, PublicKey};
use inspection::document_status::{Revoked, Said};
use serde::Deserialize;
use status_list::error::TokenFault;
use status_list::jws::MAX_JWS_BYTES;
use status_list::{Error, Status, VerifiedStatusList};
use time::OffsetDateTime;

use super::Place;
use crate::exit::{Exit, Problem};
use crate::files;

/// Longest file of keys.
const MAX_KEYS: usize = 64 << 10;

/// Lists, each signed by one of the keys.
#[derive(Debug)]
pub struct Lists {
    /// Token, and the key that has signed it.
    signed: Vec<(String, PublicKey)>,
}

/// A set of keys (RFC 7517 §5), as far as this tool reads it (RFC 7518 §6.2.1).
#[derive(Deserialize)]
struct Keys {
    keys: Vec<Key>,
}

#[derive(Deserialize)]
struct Key {
    kty: String,
    crv: String,
    x: String,
    y: String,
}

impl Lists {
    /// Reads lists. Whether they are fresh enough is asked when they are used.
    pub fn read(lists: &[PathBuf], keys: &Path) -> Result<Self> {
        let keys = read_keys(keys)?;
        let mut signed = Vec::with_capacity(lists.len());
        for path in lists {
            let token = String::from_utf8(files::read_at_most(path, MAX_JWS_BYTES)?);
            let token = token.unwrap_or_default().trim().to_owned();
            let key = keys.iter().find(|key| is_signed(&token, key));
            let key = key.ok_or_else(|| {
                Problem::of(
                    Exit::No,
                    format!(
                        "{} is no list that one of the keys has signed",
                        path.display()
                    ),
                    "fetch it again, and the keys too: the service publishes both",
                )
            })?;
            signed.push((token, key.clone()));
        }
        Ok(Self { signed })
    }

    /// What the list of a place says, and when it was made; or why nothing can be said.
    pub fn status(
        &self,
        place: &Place,
        now: OffsetDateTime,
    ) -> Result<(Said, OffsetDateTime), String> {
        let mut why = "the list of this document is not here".to_owned();
        for (token, key) in &self.signed {
            match VerifiedStatusList::open(token, key, &place.uri, now) {
                Ok(list) => {
                    let status = list.status(u64::from(place.idx));
                    let said = status.map_err(|error| error.to_string()).and_then(said)?;
                    return Ok((said, list.claims().issued_at));
                }
                Err(Error::Token(TokenFault::OtherSubject)) => {}
                Err(error) => why = format!("the status list: {error}"),
            }
        }
        Err(why)
    }
}

/// A list of its own and a foreign address: only who has signed it is judged, and that comes first.
fn is_signed(token: &str, key: &PublicKey) -> bool {
    let opened = VerifiedStatusList::open(token, key, "", OffsetDateTime::UNIX_EPOCH);
    matches!(opened, Err(Error::Token(TokenFault::OtherSubject)))
}

/// A status of somebody's own meaning is not valid (draft-ietf-oauth-status-list-21 §7.1), and what it means is not known.
fn said(status: Status) -> Result<Said, String> {
    match status {
        Status::Valid => Ok(Said::Valid),
        Status::Invalid => Ok(Said::Revoked(Revoked::Unsaid)),
        Status::Suspended => Ok(Said::Suspended),
        Status::Application(_) => Err("the list has a status that is not known here".to_owned()),
    }
}

fn read_keys(path: &Path) -> Result<Vec<PublicKey>> {
    let none = || {
        Problem::usage(
            format!("{} holds no keys on P-256", path.display()),
            "fetch /.well-known/jwks.json from the service",
        )
    };
    let keys: Keys =
        serde_json::from_slice(&files::read_at_most(path, MAX_KEYS)?).map_err(|_| none())?;
    let keys: Vec<PublicKey> = keys.keys.iter().filter_map(public_key).collect();
    if keys.is_empty() {
        Err(none())
    } else {
        Ok(keys)
    }
}

fn public_key(key: &Key) -> Option<PublicKey> {
    if (key.kty.as_str(), key.crv.as_str()) != ("EC", "P-256") {
        return None;
    }
    let coordinate = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
    // An uncompressed point (SEC 1 §2.3.3).
    let point = [vec![0x04], coordinate(&key.x)?, coordinate(&key.y)?].concat();
    let point = EcPoint::from_bytes(Curve::P256, &point).ok()?;
    Some(PublicKey::Ec(point))
}
