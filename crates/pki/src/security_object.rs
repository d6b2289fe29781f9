//! EF.SOD (Doc 9303-10 §4.6.2): the signed list of data-group hashes, written and read.

use crypto::HashAlgorithm;
use iso7816::tlv;
use lds::LdsSecurityObject;
use time::OffsetDateTime;

use crate::ber::{Cursor, Tag, to_der};
use crate::cms::SignedData;
use crate::deviation::{Deviation, DeviationKind, Deviations};
use crate::document_signer::DocumentSigner;
use crate::{Error, Result, oids};

/// Longest EF.SOD that is read.
pub const MAX_SECURITY_OBJECT_LEN: usize = 256 * 1024;

/// Content types that stand for an LDS security object, the right one first.
const CONTENT_TYPES: [const_oid::ObjectIdentifier; 4] = [
    oids::LDS_SECURITY_OBJECT,
    oids::LDS_SECURITY_OBJECT_EARLY,
    oids::LDS_SECURITY_OBJECT_NL_TEST,
    oids::DATA,
];

/// Outer tag of EF.SOD: number 23 of the application class.
const EF_SOD: tlv::Tag = tlv::Tag::new(0x77);
const EF_SOD_NUMBER: u32 = 0x77 & 0x1F;

/// Signs the hashes of a document: the bytes of EF.SOD. The signer must be allowed to sign this type of document now
/// (see [`DocumentSigner::may_sign`]); `document_type` is the document code of the machine readable zone.
///
/// # Errors
/// [`Error::NotPermitted`]; whatever the key answers.
pub fn sign(
    content: &LdsSecurityObject,
    signer: &DocumentSigner,
    document_type: &str,
    now: OffsetDateTime,
) -> Result<Vec<u8>> {
    signer.may_sign(document_type, now)?;
    let signed = signer.sign(oids::LDS_SECURITY_OBJECT, &content.to_der(), now)?;
    Ok(tlv::encode(EF_SOD, &signed))
}

/// An EF.SOD that was read. Nothing in it is verified by reading it.
#[derive(Debug, Clone)]
pub struct SecurityObject {
    signed_data: SignedData,
    lds_security_object: LdsSecurityObject,
    deviations: Vec<Deviation>,
    content_deviations: Vec<lds::Deviation>,
}

impl SecurityObject {
    /// Reads the bytes of EF.SOD.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the structure cannot be followed; [`Error::Lds`] when the signed content is no LDS security
    /// object.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        const WHAT: &str = "EF.SOD";
        if bytes.len() > MAX_SECURITY_OBJECT_LEN {
            return Err(Error::Malformed {
                what: "EF.SOD, too long",
                at: MAX_SECURITY_OBJECT_LEN,
            });
        }
        let found = Deviations::default();
        let (signed_data, content) = {
            let mut file = Cursor::new(bytes, &found);
            let element = file.expect(Tag::application(EF_SOD_NUMBER), WHAT)?;
            file.finish_object();
            let mut inside = element.children(WHAT)?;
            let signed_data = SignedData::read(&mut inside)?;
            inside.finish();
            if !CONTENT_TYPES.contains(&signed_data.content_type()) {
                return Err(element.malformed("content type of EF.SOD"));
            }
            if signed_data.content_type() != oids::LDS_SECURITY_OBJECT {
                element.record(DeviationKind::ContentType(signed_data.content_type()));
            }
            let content = read_content(signed_data.content())?;
            if content.value.hash == HashAlgorithm::Sha1 {
                element.record(DeviationKind::Sha1);
            }
            (signed_data, content)
        };
        Ok(Self {
            signed_data,
            lds_security_object: content.value,
            deviations: found.into_vec(),
            content_deviations: content.deviations,
        })
    }

    /// The CMS object.
    #[must_use]
    pub const fn signed_data(&self) -> &SignedData {
        &self.signed_data
    }

    /// What the document signer is said to have signed.
    #[must_use]
    pub const fn lds_security_object(&self) -> &LdsSecurityObject {
        &self.lds_security_object
    }

    /// What was accepted against the rules of CMS and certificates while reading.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }

    /// What was accepted against the rules of the LDS security object.
    #[must_use]
    pub fn content_deviations(&self) -> &[lds::Deviation] {
        &self.content_deviations
    }
}

/// The content is read as it is, or in its DER form where it is BER.
fn read_content(content: &[u8]) -> Result<lds::Parsed<LdsSecurityObject>> {
    LdsSecurityObject::from_der(content).or_else(|fault| {
        to_der(content)
            .and_then(|der| Ok(LdsSecurityObject::from_der(&der)?))
            .map_err(|_| fault.into())
    })
}
