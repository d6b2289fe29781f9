//! EF.CardSecurity (Doc 9303-10 §3.11.4): the SecurityInfos of the master file, signed by a document signer.
//!
//! A terminal that has run PACE with chip authentication mapping finds here the public key which shows that the chip is
//! genuine (Doc 9303-11 §4.4.3.5). Until the signature is verified it shows nothing, so the content has a type for each of
//! the two: [`CardSecurity::security_infos`] is what was read, [`Authenticated::verified`] what may be relied on.

use lds::SecurityInfos;
use time::OffsetDateTime;

use crate::ber::{Cursor, to_der};
use crate::cms::SignedData;
use crate::deviation::{Deviation, Deviations};
use crate::document_signer::DocumentSigner;
use crate::passive_authentication::{SignerReport, authenticate_signer};
use crate::trust_store::TrustStore;
use crate::{Error, Result, oids};

/// Longest EF.CardSecurity that is read.
pub const MAX_CARD_SECURITY_LEN: usize = 64 * 1024;

/// Signs the SecurityInfos of a chip: the bytes of EF.CardSecurity. As for EF.SOD, the signer must be allowed to sign this type
/// of document now; `document_type` is the document code of the machine readable zone.
///
/// # Errors
/// [`Error::NotPermitted`]; whatever the key answers.
pub fn sign(
    infos: &SecurityInfos,
    signer: &DocumentSigner,
    document_type: &str,
    now: OffsetDateTime,
) -> Result<Vec<u8>> {
    signer.may_sign(document_type, now)?;
    signer.sign(oids::SECURITY_OBJECT, &infos.to_der(), now)
}

/// An EF.CardSecurity that was read. Nothing in it is verified by reading it.
#[derive(Debug, Clone)]
pub struct CardSecurity {
    signed_data: SignedData,
    security_infos: SecurityInfos,
    deviations: Vec<Deviation>,
    content_deviations: Vec<lds::Deviation>,
}

impl CardSecurity {
    /// Reads the bytes of EF.CardSecurity.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the structure cannot be followed or says that it is something else; [`Error::Lds`] when the
    /// signed content is no SecurityInfos.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        if bytes.len() > MAX_CARD_SECURITY_LEN {
            return Err(Error::Malformed {
                what: "EF.CardSecurity, too long",
                at: MAX_CARD_SECURITY_LEN,
            });
        }
        let found = Deviations::default();
        let (signed_data, content) = {
            let mut file = Cursor::new(bytes, &found);
            let signed_data = SignedData::read(&mut file)?;
            file.finish_object();
            if signed_data.content_type() != oids::SECURITY_OBJECT {
                return Err(Error::Malformed {
                    what: "content type of EF.CardSecurity",
                    at: 0,
                });
            }
            let content = read_content(signed_data.content())?;
            (signed_data, content)
        };
        Ok(Self {
            signed_data,
            security_infos: content.value,
            deviations: found.into_vec(),
            content_deviations: content.deviations,
        })
    }

    /// The CMS object.
    #[must_use]
    pub const fn signed_data(&self) -> &SignedData {
        &self.signed_data
    }

    /// What a document signer is said to have signed.
    #[must_use]
    pub const fn security_infos(&self) -> &SecurityInfos {
        &self.security_infos
    }

    /// What was accepted against the rules of SecurityInfos.
    #[must_use]
    pub fn content_deviations(&self) -> &[lds::Deviation] {
        &self.content_deviations
    }

    /// Who signed it, and whether he may be believed: the checks of passive authentication that are about the signer
    /// (Doc 9303-11 §5.1.1, §4.4.3.5.2).
    #[must_use]
    pub fn authenticate(&self, trust_store: &TrustStore, now: OffsetDateTime) -> Authenticated {
        let mut signer = authenticate_signer(&self.signed_data, trust_store, now);
        signer
            .deviations
            .splice(0..0, self.deviations.iter().copied());
        let verified = signer
            .is_authentic()
            .then(|| VerifiedSecurityInfos(self.security_infos.clone()));
        Authenticated { signer, verified }
    }
}

/// What became of the signature on an EF.CardSecurity.
#[derive(Debug, Clone)]
pub struct Authenticated {
    /// Signature, signer and his issuer, each check by itself.
    pub signer: SignerReport,
    verified: Option<VerifiedSecurityInfos>,
}

impl Authenticated {
    /// The content, if a signer of a trusted CSCA signed it whom nobody has revoked.
    #[must_use]
    pub const fn verified(&self) -> Option<&VerifiedSecurityInfos> {
        self.verified.as_ref()
    }
}

/// SecurityInfos that a document signer of a trusted CSCA has signed. Only [`CardSecurity::authenticate`] makes this type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedSecurityInfos(SecurityInfos);

impl VerifiedSecurityInfos {
    /// The entries.
    #[must_use]
    pub const fn security_infos(&self) -> &SecurityInfos {
        &self.0
    }
}

/// The content is read as it is, or in its DER form where it is BER.
fn read_content(content: &[u8]) -> Result<lds::Parsed<SecurityInfos>> {
    SecurityInfos::parse(content).or_else(|fault| {
        to_der(content)
            .and_then(|der| Ok(SecurityInfos::parse(&der)?))
            .map_err(|_| fault.into())
    })
}
