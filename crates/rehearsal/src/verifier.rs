//! A verifier without a line: the status list as anybody may fetch it, judged by the key that the service publishes.

use anyhow::{Context as _, Result, ensure};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use crypto::PublicKey;
use serde_json::Value;
use status_list::{Status, VerifiedStatusList};
use time::OffsetDateTime;

use crate::client::{Client, list, text};

/// What stands before the point of a key on P-256 (RFC 5480 §2).
const P256: [u8; 27] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A,
    0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
];

/// The status of a document at its place in the lists: `place` is what the service told of it once.
///
/// # Errors
/// The list is not signed by the service, or too old, or has no such place.
pub fn status(anybody: &Client, place: &Value) -> Result<Status> {
    let uri = text(place, "uri")?;
    let index = place
        .get("idx")
        .and_then(Value::as_u64)
        .context("no index")?;
    // The address names the host that the world knows; here it is this machine.
    let path = uri
        .find("/v1/")
        .and_then(|at| uri.get(at..))
        .context("no path")?;
    let token = String::from_utf8(anybody.octets(path)?)?;
    let open = VerifiedStatusList::open(&token, &key(anybody)?, uri, OffsetDateTime::now_utc())?;
    Ok(open.status(index)?)
}

fn key(anybody: &Client) -> Result<PublicKey> {
    let keys = anybody.get("/.well-known/jwks.json")?;
    let key = list(&keys, "keys")?.first().context("no key")?;
    let coordinate =
        |name: &str| -> Result<Vec<u8>> { Ok(URL_SAFE_NO_PAD.decode(text(key, name)?)?) };
    let point = [coordinate("x")?, coordinate("y")?].concat();
    ensure!(point.len() == 64, "no key on P-256");
    Ok(PublicKey::from_spki(&[&P256[..], &point].concat())?)
}
