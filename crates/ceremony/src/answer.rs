//! What comes back from the offline root.

use pki::{Certificate, Signer};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::octets::{Der, Digest};
use crate::request::{Request, VERSION, Wanted};
use crate::seal::{Purpose, Seal};
use crate::{Error, Forged, Refused, Result, text};

/// Largest answer: a revocation list of some ten thousand entries.
pub const MAX_ANSWER_LEN: usize = 1024 * 1024;
/// What an answer has besides the object and the chain, both of them in base64: hashes, time, the seal.
const FRAME_LEN: usize = 4096;
/// Most certificates in the chain of an answer: two for each generation of the CSCA.
pub const MAX_CHAIN: usize = 64;
const WHAT: &str = "answer";

/// An answer as it travels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    body: AnswerBody,
    csca: Seal,
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerBody {
    version: u8,
    /// The nonce of the request.
    pub nonce: Digest,
    /// SHA-256 of the request's file.
    pub request: Digest,
    /// When the root answered, by its clock.
    #[serde(with = "time::serde::rfc3339")]
    pub made_at: OffsetDateTime,
    /// What was issued.
    pub issued: Issued,
    /// The CSCA's certificate that issued it, then its link certificate and its predecessors, newest first.
    pub chain: Vec<Der>,
}

/// Whether an answer with an object of this many octets can be read online: asked before anything is signed for it.
///
/// # Errors
/// [`Refused::AnswerTooLong`].
pub(crate) fn require_readable(object: usize, chain: &[Der]) -> Result<()> {
    let octets: usize = chain.iter().map(|der| der.as_bytes().len()).sum();
    // Four signs for three octets; each certificate of the chain has a line of its own.
    let text = object.saturating_add(octets).saturating_mul(3) / 2 + FRAME_LEN;
    if text > MAX_ANSWER_LEN {
        return Err(Refused::AnswerTooLong(MAX_ANSWER_LEN).into());
    }
    Ok(())
}

/// What was issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Issued {
    /// A certificate.
    Certificate(Der),
    /// A revocation list.
    Crl(Der),
}

impl Issued {
    /// The object.
    #[must_use]
    pub const fn der(&self) -> &Der {
        match self {
            Self::Certificate(der) | Self::Crl(der) => der,
        }
    }
}

impl Answer {
    /// Signs an answer.
    pub(crate) fn make(
        nonce: Digest,
        request: Digest,
        made_at: OffsetDateTime,
        issued: Issued,
        chain: Vec<Der>,
        csca: &dyn Signer,
    ) -> Result<Self> {
        let body = AnswerBody {
            version: VERSION,
            nonce,
            request,
            made_at,
            issued,
            chain,
        };
        Ok(Self {
            csca: Seal::set(Purpose::Answer, &text::canonical(&body)?, csca)?,
            body,
        })
    }

    /// The file.
    ///
    /// # Errors
    /// [`Error::Misuse`] never happens for an answer that was made or read.
    pub fn to_text(&self) -> Result<String> {
        text::write(self)
    }

    /// Reads a file. Nothing in it is verified yet: see [`Answer::verify`].
    ///
    /// # Errors
    /// [`Error::TooLong`], [`Error::Malformed`], [`Error::OtherForm`], [`Error::Version`].
    pub fn read(file: &[u8]) -> Result<Self> {
        let answer: Self = text::read(file, WHAT, MAX_ANSWER_LEN)?;
        let version = answer.body.version;
        if version == VERSION {
            Ok(answer)
        } else {
            Err(Error::Version {
                what: WHAT,
                version,
            })
        }
    }

    /// What it says, unverified.
    #[must_use]
    pub const fn body(&self) -> &AnswerBody {
        &self.body
    }

    /// Verifies the answer to an outstanding request against the CSCA certificate that is known: the signature over the
    /// answer, nonce and hash of the request, the signature over what was issued, and that it says what was asked for. The
    /// CSCA may have a new key since, if link certificates lead from the known one to it.
    ///
    /// # Errors
    /// [`Forged`] or [`Refused`] say what stands against it.
    pub fn verify(self, request: &Request, known_csca: &Certificate) -> Result<VerifiedAnswer> {
        let chain = self.chain()?;
        let csca = chain.first().ok_or(Refused::UnknownCsca)?.clone();
        let links = path(known_csca, &csca, chain.get(1..).unwrap_or_default())?;
        let key = csca.public_key()?;
        let body = text::canonical(&self.body)?;
        if !self.csca.is_by(Purpose::Answer, &body, &key) {
            return Err(Forged::Answer.into());
        }
        let asked = Digest::of(request.to_text()?.as_bytes());
        if self.body.nonce != request.body().nonce || self.body.request != asked {
            return Err(Refused::OtherRequest.into());
        }
        check_issued(&self.body.issued, request, &csca)?;
        Ok(VerifiedAnswer {
            issued: self.body.issued,
            csca,
            links,
        })
    }

    fn chain(&self) -> Result<Vec<Certificate>> {
        if self.body.chain.len() > MAX_CHAIN {
            return Err(Error::Misuse("a chain of too many certificates"));
        }
        let read = |der: &Der| Ok(Certificate::parse(der.as_bytes())?);
        self.body.chain.iter().map(read).collect()
    }
}

/// An answer that is genuine, to this request, and says what was asked for.
#[derive(Debug, Clone)]
pub struct VerifiedAnswer {
    issued: Issued,
    csca: Certificate,
    links: Vec<Certificate>,
}

impl VerifiedAnswer {
    /// What was issued.
    #[must_use]
    pub const fn issued(&self) -> &Issued {
        &self.issued
    }

    /// The CSCA certificate that issued it.
    #[must_use]
    pub const fn csca(&self) -> &Certificate {
        &self.csca
    }

    /// The link certificates that lead from the CSCA certificate that was known to this one, oldest first; none when it is
    /// the same.
    #[must_use]
    pub fn links(&self) -> &[Certificate] {
        &self.links
    }
}

/// The link certificates from one CSCA certificate to another: each is signed with the key of the one before and carries
/// the key of the next.
fn path(
    known: &Certificate,
    current: &Certificate,
    others: &[Certificate],
) -> Result<Vec<Certificate>> {
    if known.as_der() == current.as_der() {
        return Ok(Vec::new());
    }
    let goal = current.public_key()?;
    let mut links: Vec<Certificate> = Vec::new();
    for _ in 0..others.len() {
        let last = links.last().unwrap_or(known);
        let next = others.iter().find(|candidate| {
            candidate.extensions().is_certification_authority()
                && candidate.extensions().signs_certificates()
                && candidate.public_key().ok() != last.public_key().ok()
                && candidate.verify_signature(last).is_ok()
        });
        let Some(next) = next else {
            break;
        };
        links.push(next.clone());
        if next.public_key()? == goal && next.subject() == current.subject() {
            return Ok(links);
        }
    }
    Err(Refused::UnknownCsca.into())
}

fn check_issued(issued: &Issued, request: &Request, csca: &Certificate) -> Result<()> {
    let body = request.body();
    match (issued, &body.wanted) {
        (Issued::Crl(der), Wanted::Crl(wish)) => {
            let list = pki::crl::Crl::parse(der.as_bytes())?;
            list.verify_signature(csca).map_err(|_| Forged::Issued)?;
            let all = wish
                .revoke
                .iter()
                .all(|serial| list.revoked(serial.as_bytes()).is_some());
            if list.issuer() == csca.subject() && all {
                return Ok(());
            }
        }
        (Issued::Certificate(_), Wanted::Crl(_)) | (Issued::Crl(_), _) => {}
        (Issued::Certificate(der), wanted) => {
            let certificate = Certificate::parse(der.as_bytes())?;
            certificate
                .verify_signature(csca)
                .map_err(|_| Forged::Issued)?;
            if certificate.issuer() == csca.subject()
                && says(&certificate, wanted, body.public_key.as_ref())?
            {
                return Ok(());
            }
        }
    }
    Err(Refused::OtherContent.into())
}

/// Whether a certificate says what was wanted.
fn says(certificate: &Certificate, wanted: &Wanted, key: Option<&Der>) -> Result<bool> {
    let Some(key) = key else {
        return Ok(false);
    };
    let extensions = certificate.extensions();
    let name = certificate.subject().attribute(pki::oids::COMMON_NAME);
    let validity = wanted.validity().map(Into::into);
    let usage = extensions.private_key_usage_period;
    let usage_fits = wanted.private_key_usage().is_none_or(|wanted| {
        usage.is_some_and(|usage| {
            usage.not_before == Some(wanted.from) && usage.not_after == Some(wanted.to)
        })
    });
    let mut types = extensions.document_types.clone().unwrap_or_default();
    let mut wanted_types = wanted.document_types().to_vec();
    types.sort();
    wanted_types.sort();
    let purpose = match wanted {
        Wanted::MasterListSigner(_) => Some(pki::oids::MASTER_LIST_SIGNING_KEY),
        Wanted::DeviationListSigner(_) => Some(pki::oids::DEVIATION_LIST_SIGNING_KEY),
        Wanted::BarcodeSigner(_) => Some(pki::oids::BARCODE_SIGNING_KEY),
        Wanted::DocumentSigner(_) | Wanted::Crl(_) => None,
    };
    Ok(
        certificate.public_key()? == crypto::PublicKey::from_spki(key.as_bytes())?
            && !extensions.is_certification_authority()
            && name == wanted.common_name()
            && Some(*certificate.validity()) == validity
            && usage_fits
            && types == wanted_types
            && extensions.extended_key_usage == purpose.map(|purpose| vec![purpose]),
    )
}
