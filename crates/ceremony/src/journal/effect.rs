//! What a ceremony leaves in the memory of the root.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::octets::{Der, Digest, SerialNumber};

/// An effect. Stored effects load for ever: kinds and fields are added, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Effect {
    /// The root begins.
    Created {
        /// What it is.
        settings: Settings,
        /// Its first key.
        generation: Generation,
    },
    /// A registrar is trusted.
    Admitted {
        /// What it is called.
        name: String,
        /// SubjectPublicKeyInfo.
        key: Der,
    },
    /// A registrar is trusted no more.
    Dismissed {
        /// SubjectPublicKeyInfo, as it was admitted.
        key: Der,
    },
    /// A request was answered.
    Answered(Answered),
    /// There is a new key. Signed by the old one.
    Linked {
        /// The new key.
        generation: Generation,
        /// The link certificate: the new key, signed with the old one.
        link: Der,
        /// The common name from here on.
        common_name: String,
    },
    /// A certificate was revoked.
    Revoked {
        /// Its serial number.
        serial: SerialNumber,
        /// SHA-256 of the certificate, where it was laid before the root; lines of before that do not have it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        certificate: Option<Digest>,
    },
    /// A revocation list was issued.
    CrlIssued {
        /// Its number.
        number: u64,
        /// The list.
        crl: Der,
    },
    /// A copy was made.
    BackedUp,
    /// The root was brought back from a copy.
    Restored {
        /// SHA-256 of the copy.
        backup: Digest,
        /// The next number of a revocation list: beyond any that the lost root can have used.
        next_crl_number: u64,
    },
    /// Keys are being deleted.
    Destroying {
        /// Which generations.
        generations: Vec<u32>,
    },
    /// They are gone. Unsigned if no key is left to sign.
    Destroyed {
        /// Which generations.
        generations: Vec<u32>,
    },
    /// Keys that a ceremony made and that broke off before they were certified are gone. Unsigned if no key is left to sign.
    Discarded {
        /// Where they were.
        keys: Vec<String>,
    },
    /// Keys were not found where they were kept, and are declared lost: nothing is signed with them any more, and nothing
    /// shows that they are destroyed.
    Lost {
        /// Which generations.
        generations: Vec<u32>,
        /// Where those were that never came into use.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        keys: Vec<String>,
    },
}

/// An answered request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answered {
    /// Nonce of the request.
    pub nonce: Digest,
    /// SHA-256 of the request's file.
    pub request: Digest,
    /// The word of what was wanted.
    pub wanted: String,
    /// Fingerprint of the key that was certified.
    pub key: Option<Digest>,
    /// Serial number of the certificate.
    pub serial: Option<SerialNumber>,
    /// Last moment of the certificate's validity: until then it can be revoked.
    #[serde(with = "time::serde::rfc3339::option")]
    pub valid_until: Option<OffsetDateTime>,
    /// Certificates that were revoked on the way.
    pub revoked: Vec<SerialNumber>,
    /// Number of the revocation list.
    pub crl_number: Option<u64>,
    /// The answer's file.
    pub answer: String,
}

/// What the root is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Two-letter country.
    pub country: String,
    /// Issuing state of the machine readable zone.
    pub state: String,
    /// commonName of the CSCA.
    pub common_name: String,
    /// Where the authority can be reached: an address in the web.
    pub contact: String,
    /// Where the revocation lists can be had.
    pub crl_distribution_points: Vec<String>,
    /// Whether curves are written by name, for software that cannot read numbers.
    pub named_curves: bool,
    /// Document codes that document signers may be certified for.
    pub document_types: Vec<String>,
    /// Years a document lives.
    pub document_years: u16,
    /// Most days a document signer's key is used.
    pub signer_usage_days: u16,
    /// Days the CSCA's key is used.
    pub csca_usage_days: u16,
}

/// A key of the CSCA.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Generation {
    /// 1, 2, 3 …
    pub number: u32,
    /// Where the key is; a key file is named relative to the folder of the root.
    pub key: String,
    /// The word of key and signature algorithm.
    pub algorithm: String,
    /// The self-signed certificate.
    pub certificate: Der,
}
