//! What the online side wants of the offline root: a certificate for a new key, or a revocation list.
//!
//! ```text
//! Request
//!   body                  nonce, time, CSCA it is meant for, country, what is wanted, public key
//!   proof_of_possession   the new key's signature over the body
//!   registrar             the registrar's signature over both, with the fingerprint of its key
//! ```

use crypto::PublicKey;
use pki::{Signer, Validity};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::octets::{Der, Digest, SerialNumber};
use crate::seal::{Purpose, Seal};
use crate::{Error, Forged, Refused, Result, text};

/// Largest request; one of RSA-4096 has about 3 kB.
pub const MAX_REQUEST_LEN: usize = 64 * 1024;
/// Most revocations in one request.
pub const MAX_REVOCATIONS: usize = 100;
/// The version of requests and answers.
pub(crate) const VERSION: u8 = 1;
const WHAT: &str = "request";

/// A request as it travels. Fields are added in a new version only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    body: RequestBody,
    proof_of_possession: Option<Seal>,
    registrar: RegistrarSeal,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestBody {
    /// 1.
    version: u8,
    /// Names the request; the root answers it once.
    pub nonce: Digest,
    /// When it was made, by the clock of the online side.
    #[serde(with = "time::serde::rfc3339")]
    pub made_at: OffsetDateTime,
    /// SHA-256 of the CSCA certificate that is asked.
    pub csca: Digest,
    /// Two-letter country.
    pub country: String,
    /// What is wanted.
    pub wanted: Wanted,
    /// SubjectPublicKeyInfo of the new key; none when a revocation list is wanted.
    pub public_key: Option<Der>,
}

/// Kinds of wishes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Wanted {
    /// A document signer certificate.
    DocumentSigner(DocumentSignerWish),
    /// A master list signer certificate.
    MasterListSigner(SignerWish),
    /// A deviation list signer certificate.
    DeviationListSigner(SignerWish),
    /// A bar code signer certificate.
    BarcodeSigner(BarcodeSignerWish),
    /// A revocation list, with these revocations entered before.
    Crl(CrlWish),
}

/// A document signer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentSignerWish {
    /// commonName.
    pub common_name: String,
    /// Private key usage period.
    pub private_key_usage: Period,
    /// Validity.
    pub validity: Period,
    /// Document codes it shall sign.
    pub document_types: Vec<String>,
}

/// A signer of lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignerWish {
    /// commonName.
    pub common_name: String,
    /// Private key usage period.
    pub private_key_usage: Period,
    /// Validity.
    pub validity: Period,
}

/// A bar code signer: country and common name are the signer's id in the code (Doc 9303-12 §7.1.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BarcodeSignerWish {
    /// commonName: two upper-case letters.
    pub common_name: String,
    /// Validity.
    pub validity: Period,
    /// Document codes it shall sign; may be empty.
    pub document_types: Vec<String>,
}

/// A revocation list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrlWish {
    /// Serial numbers of certificates to revoke first; may be empty.
    pub revoke: Vec<SerialNumber>,
}

/// From when until when, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// First moment.
    #[serde(with = "time::serde::rfc3339")]
    pub from: OffsetDateTime,
    /// Last moment.
    #[serde(with = "time::serde::rfc3339")]
    pub to: OffsetDateTime,
}

impl From<Period> for Validity {
    fn from(period: Period) -> Self {
        Self {
            not_before: period.from,
            not_after: period.to,
        }
    }
}

impl From<Validity> for Period {
    fn from(validity: Validity) -> Self {
        Self {
            from: validity.not_before,
            to: validity.not_after,
        }
    }
}

impl Wanted {
    /// The word of a command line.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::DocumentSigner(_) => "document-signer",
            Self::MasterListSigner(_) => "master-list-signer",
            Self::DeviationListSigner(_) => "deviation-list-signer",
            Self::BarcodeSigner(_) => "barcode-signer",
            Self::Crl(_) => "crl",
        }
    }

    /// commonName of the certificate; none for a revocation list.
    #[must_use]
    pub fn common_name(&self) -> Option<&str> {
        match self {
            Self::DocumentSigner(wish) => Some(&wish.common_name),
            Self::MasterListSigner(wish) | Self::DeviationListSigner(wish) => {
                Some(&wish.common_name)
            }
            Self::BarcodeSigner(wish) => Some(&wish.common_name),
            Self::Crl(_) => None,
        }
    }

    /// Validity of the certificate; none for a revocation list.
    #[must_use]
    pub const fn validity(&self) -> Option<Period> {
        match self {
            Self::DocumentSigner(wish) => Some(wish.validity),
            Self::MasterListSigner(wish) | Self::DeviationListSigner(wish) => Some(wish.validity),
            Self::BarcodeSigner(wish) => Some(wish.validity),
            Self::Crl(_) => None,
        }
    }

    /// Private key usage period, where the profile has one.
    #[must_use]
    pub const fn private_key_usage(&self) -> Option<Period> {
        match self {
            Self::DocumentSigner(wish) => Some(wish.private_key_usage),
            Self::MasterListSigner(wish) | Self::DeviationListSigner(wish) => {
                Some(wish.private_key_usage)
            }
            Self::BarcodeSigner(_) | Self::Crl(_) => None,
        }
    }

    /// Document codes.
    #[must_use]
    pub fn document_types(&self) -> &[String] {
        match self {
            Self::DocumentSigner(wish) => &wish.document_types,
            Self::BarcodeSigner(wish) => &wish.document_types,
            _ => &[],
        }
    }
}

/// Who vouches for a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RegistrarSeal {
    /// SHA-256 of the registrar's SubjectPublicKeyInfo.
    key: Digest,
    seal: Seal,
}

/// What the registrar signs.
#[derive(Serialize)]
struct Vouched<'a> {
    body: &'a RequestBody,
    proof_of_possession: &'a Option<Seal>,
}

impl RequestBody {
    /// A body of this version. Times are cut to whole seconds, as certificates have them.
    #[must_use]
    pub fn new(
        nonce: Digest,
        made_at: OffsetDateTime,
        csca: Digest,
        country: &str,
        wanted: Wanted,
        public_key: Option<Der>,
    ) -> Self {
        Self {
            version: VERSION,
            nonce,
            made_at: made_at.replace_nanosecond(0).unwrap_or(made_at),
            csca,
            country: country.to_owned(),
            wanted,
            public_key,
        }
    }

    /// A certificate is wanted for a key, a list for none.
    fn key(&self) -> Result<Option<PublicKey>> {
        match (&self.wanted, &self.public_key) {
            (Wanted::Crl(wish), None) if wish.revoke.len() <= MAX_REVOCATIONS => Ok(None),
            (Wanted::Crl(_), _) | (_, None) => Err(Error::Misuse(
                "a certificate is wanted for a key, a list of at most 100 revocations for none",
            )),
            (_, Some(key)) => Ok(Some(PublicKey::from_spki(key.as_bytes())?)),
        }
    }
}

impl Request {
    /// Signs a request with the new key, where there is one, and with the registrar's.
    ///
    /// # Errors
    /// [`Error::Misuse`] when key and wish do not fit; whatever the signers answer.
    pub fn make(
        body: RequestBody,
        new_key: Option<&dyn Signer>,
        registrar: &dyn Signer,
    ) -> Result<Self> {
        if body.key()?.as_ref() != new_key.map(Signer::public_key) {
            return Err(Error::Misuse("the request names another key"));
        }
        let proof_of_possession = new_key
            .map(|key| Seal::set(Purpose::ProofOfPossession, &text::canonical(&body)?, key))
            .transpose()?;
        let vouched = text::canonical(&Vouched {
            body: &body,
            proof_of_possession: &proof_of_possession,
        })?;
        Ok(Self {
            registrar: RegistrarSeal {
                key: fingerprint(registrar.public_key())?,
                seal: Seal::set(Purpose::Request, &vouched, registrar)?,
            },
            body,
            proof_of_possession,
        })
    }

    /// The file.
    ///
    /// # Errors
    /// [`Error::Misuse`] never happens for a request that was made or read.
    pub fn to_text(&self) -> Result<String> {
        text::write(self)
    }

    /// Reads a file. Nothing in it is verified yet: see [`Request::verify`].
    ///
    /// # Errors
    /// [`Error::TooLong`], [`Error::Malformed`], [`Error::OtherForm`], [`Error::Version`].
    pub fn read(file: &[u8]) -> Result<Self> {
        let request: Self = text::read(file, WHAT, MAX_REQUEST_LEN)?;
        let version = request.body.version;
        if version == VERSION {
            Ok(request)
        } else {
            Err(Error::Version {
                what: WHAT,
                version,
            })
        }
    }

    /// What it says, unverified.
    #[must_use]
    pub const fn body(&self) -> &RequestBody {
        &self.body
    }

    /// The registrar it names, unverified.
    #[must_use]
    pub const fn registrar(&self) -> Digest {
        self.registrar.key
    }

    /// Verifies both signatures: the new key's and that of the registrar, which the caller has admitted.
    ///
    /// # Errors
    /// [`Forged`], [`Refused::UnknownRegistrar`], [`Error::Misuse`] when key and wish do not fit.
    pub fn verify(self, registrar: &PublicKey) -> Result<VerifiedRequest> {
        if fingerprint(registrar)? != self.registrar.key {
            return Err(Refused::UnknownRegistrar.into());
        }
        let vouched = text::canonical(&Vouched {
            body: &self.body,
            proof_of_possession: &self.proof_of_possession,
        })?;
        let seal = &self.registrar.seal;
        if !seal.is_by(Purpose::Request, &vouched, registrar) {
            return Err(Forged::Registrar.into());
        }
        let key = self.body.key()?;
        let proven = match (&key, &self.proof_of_possession) {
            (Some(key), Some(seal)) => seal.is_by(
                Purpose::ProofOfPossession,
                &text::canonical(&self.body)?,
                key,
            ),
            (None, None) => true,
            _ => false,
        };
        if !proven {
            return Err(Forged::ProofOfPossession.into());
        }
        Ok(VerifiedRequest {
            digest: Digest::of(self.to_text()?.as_bytes()),
            body: self.body,
            key,
        })
    }
}

/// A request whose signatures are good. Whether it may be answered is another question.
#[derive(Debug, Clone)]
pub struct VerifiedRequest {
    digest: Digest,
    body: RequestBody,
    key: Option<PublicKey>,
}

impl VerifiedRequest {
    /// SHA-256 of the file.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// What it says.
    #[must_use]
    pub const fn body(&self) -> &RequestBody {
        &self.body
    }

    /// The key that shall be certified.
    #[must_use]
    pub const fn key(&self) -> Option<&PublicKey> {
        self.key.as_ref()
    }
}

/// SHA-256 of a key's SubjectPublicKeyInfo with its curve by name: the name of a registrar, and what two people compare.
///
/// # Errors
/// [`Error::Crypto`] when the key cannot be encoded.
pub fn fingerprint(key: &PublicKey) -> Result<Digest> {
    Ok(Digest::of(&key.to_spki(crypto::EcParameters::Named)?))
}
