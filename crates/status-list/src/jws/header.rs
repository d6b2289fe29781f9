//! The header of a JWS (RFC 7515 §4): the few parameters that we write, and those that must be refused.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};

use super::{Algorithm, JwsFault, MAX_CERTIFICATES, certificate};

/// What a header says beside the algorithm. Parameters that are not known are ignored, as RFC 7515 §4 demands; keys and addresses of keys
/// (`jwk`, `jku`, `x5u`) are among them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    /// Of which kind the token is (RFC 7515 §4.1.9): `statuslist+jwt`.
    pub typ: Option<String>,
    /// Which key has signed (RFC 7515 §4.1.4), as both sides agreed.
    pub kid: Option<String>,
    /// The certificate of the key and those above it, in DER (RFC 7515 §4.1.6). Who uses one has to verify it up to an anchor.
    pub x5c: Vec<Vec<u8>>,
}

#[derive(Serialize, Deserialize)]
struct Written<'a> {
    alg: std::borrow::Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    typ: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    x5c: Option<Vec<String>>,
    /// Never written. That it is there is enough.
    #[serde(default, skip_serializing, deserialize_with = "is_there")]
    crit: bool,
}

fn is_there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(deserializer).map(|_| true)
}

impl Header {
    /// A header with the kind of the token.
    #[must_use]
    pub fn of_type(typ: &str) -> Self {
        Self {
            typ: Some(typ.to_owned()),
            ..Self::default()
        }
    }

    /// Whether this is the kind: with or without `application/` before it, in letters of any case (RFC 7515 §4.1.9).
    #[must_use]
    pub fn is_of_type(&self, typ: &str) -> bool {
        const APPLICATION: &str = "application/";
        let bare = |typ: &str| {
            let typ = typ.to_ascii_lowercase();
            typ.strip_prefix(APPLICATION)
                .map(str::to_owned)
                .unwrap_or(typ)
        };
        self.typ
            .as_deref()
            .is_some_and(|own| bare(own) == bare(typ))
    }

    pub(super) fn write(&self, algorithm: Algorithm) -> Result<Vec<u8>, JwsFault> {
        if self.x5c.len() > MAX_CERTIFICATES || self.x5c.iter().any(Vec::is_empty) {
            return Err(JwsFault::Certificates(MAX_CERTIFICATES));
        }
        let x5c: Vec<String> = self.x5c.iter().map(|der| STANDARD.encode(der)).collect();
        let written = Written {
            alg: algorithm.name().into(),
            kid: self.kid.clone(),
            typ: self.typ.clone(),
            x5c: (!x5c.is_empty()).then_some(x5c),
            crit: false,
        };
        serde_json::to_vec(&written).map_err(fault)
    }

    /// The header, and the name of its algorithm.
    pub(super) fn read(json: &[u8]) -> Result<(Self, String), JwsFault> {
        let written: Written<'_> = serde_json::from_slice(json).map_err(fault)?;
        if written.crit {
            return Err(JwsFault::Critical);
        }
        let wrong = JwsFault::Certificates(MAX_CERTIFICATES);
        let x5c = match written.x5c {
            Some(texts) if texts.is_empty() || texts.len() > MAX_CERTIFICATES => return Err(wrong),
            Some(texts) => texts
                .iter()
                .map(|text| certificate(text).ok_or(wrong))
                .collect::<Result<_, _>>()?,
            None => Vec::new(),
        };
        let header = Self {
            typ: written.typ,
            kid: written.kid,
            x5c,
        };
        Ok((header, written.alg.into_owned()))
    }
}

#[allow(clippy::needless_pass_by_value)] // for map_err
fn fault(error: serde_json::Error) -> JwsFault {
    JwsFault::Header {
        line: error.line(),
        column: error.column(),
    }
}
