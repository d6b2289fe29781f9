//! Document signer (Doc 9303-12 §7.1, column Document Signer).

use const_oid::{AssociatedOid, ObjectIdentifier};
use crypto::{CryptoRng, EcParameters, PublicKey};
use der::Sequence;
use der::asn1::{PrintableString, SetOfVec};
use x509_cert::ext::{Criticality, Extension};
use x509_cert::name::Name;

use super::issued::{Column, Issued};
use super::{Authority, Issuer};
use crate::certificate::Validity;
use crate::{Error, Result, oids};

/// What a document signer certificate says.
#[derive(Debug, Clone)]
pub struct DocumentSignerProfile {
    /// The issuing authority.
    pub authority: Authority,
    /// commonName.
    pub common_name: String,
    /// Validity of the certificate: the life of a document and the usage of the key (Doc 9303-12 §4.1).
    pub validity: Validity,
    /// When the key signs: at most three months (Doc 9303-12 §4.1).
    pub private_key_usage: Validity,
    /// Document codes of the machine readable zone that may be signed, such as `P` or `I`.
    pub document_types: Vec<String>,
    /// Where the revocation lists of the issuer can be had.
    pub crl_distribution_points: Vec<String>,
    /// Explicit, as Doc 9303-12 §4.1.6.3 demands; named for software that cannot read them.
    pub ec_parameters: EcParameters,
}

impl DocumentSignerProfile {
    /// Issues the certificate of a key.
    ///
    /// # Errors
    /// [`Error::Misuse`] for what the profile forbids; whatever the issuer's signer answers.
    pub fn issue(
        &self,
        key: &PublicKey,
        issuer: &Issuer<'_>,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>> {
        Issued {
            column: Column::DocumentSigner(&self.document_types),
            authority: &self.authority,
            common_name: &self.common_name,
            validity: &self.validity,
            private_key_usage: Some(&self.private_key_usage),
            crl_distribution_points: &self.crl_distribution_points,
            ec_parameters: self.ec_parameters,
        }
        .issue(key, issuer, rng)
    }
}

/// Extension DocumentType (Doc 9303-12 §7.1.1.6): `SEQUENCE { INTEGER 0, SET OF PrintableString }`.
#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub(super) struct DocumentTypeList {
    version: u8,
    doc_type_list: SetOfVec<PrintableString>,
}

impl DocumentTypeList {
    pub(super) fn new(types: &[String]) -> Result<Self> {
        if types.is_empty() {
            return Err(Error::Misuse(
                "a document signer signs at least one document type",
            ));
        }
        let mut doc_type_list = SetOfVec::new();
        for code in types {
            let letters = code.bytes().all(|b| b.is_ascii_uppercase());
            if !(1..=2).contains(&code.len()) || !letters {
                return Err(Error::Misuse(
                    "a document type is one or two letters of A to Z",
                ));
            }
            doc_type_list.insert(PrintableString::new(code)?)?;
        }
        Ok(Self {
            version: 0,
            doc_type_list,
        })
    }
}

impl AssociatedOid for DocumentTypeList {
    const OID: ObjectIdentifier = oids::DOCUMENT_TYPE_LIST;
}

impl Criticality for DocumentTypeList {
    fn criticality(&self, _subject: &Name, _extensions: &[Extension]) -> bool {
        false
    }
}
