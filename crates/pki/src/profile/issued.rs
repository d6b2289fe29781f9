//! A certificate that a CSCA issues by the table of Doc 9303-12 §7.1: what its columns share, and in what they differ.

use crypto::{CryptoRng, EcParameters, PublicKey};
use der::asn1::Null;
use x509_cert::ext::pkix::{KeyUsage, KeyUsages, SubjectAltName};

use super::csca::CERTIFICATION_AUTHORITY;
use super::csca_link::NameChange;
use super::document_signer::DocumentTypeList;
use super::extensions::{
    ExtensionList, authority_key_identifier, crl_distribution_points, private_key_usage_period,
    subject_key_identifier,
};
use super::{
    Authority, Issuer, ListRole, Template, check_periods, check_validity, subject_public_key_info,
};
use crate::certificate::Validity;
use crate::{Error, Result};

/// The column of the table.
pub(super) enum Column<'a> {
    /// CSCA link.
    CscaLink,
    /// Document Signer, for these document types.
    DocumentSigner(&'a [String]),
    /// Master List Signer or Deviation List Signer.
    ListSigner(ListRole),
}

/// A certificate that is issued.
pub(super) struct Issued<'a> {
    pub(super) column: Column<'a>,
    pub(super) authority: &'a Authority,
    pub(super) common_name: &'a str,
    pub(super) validity: &'a Validity,
    pub(super) private_key_usage: Option<&'a Validity>,
    pub(super) crl_distribution_points: &'a [String],
    pub(super) ec_parameters: EcParameters,
}

impl Issued<'_> {
    /// Issues it for a key.
    ///
    /// # Errors
    /// [`Error::Misuse`] for what the profile forbids; whatever the issuer's signer answers.
    pub(super) fn issue(
        &self,
        key: &PublicKey,
        issuer: &Issuer<'_>,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>> {
        check_validity(self.validity)?;
        if let Some(usage) = self.private_key_usage {
            check_periods(self.validity, usage)?;
        }
        issuer.check_issued(self.authority.country(), self.validity)?;
        let subject = self.authority.name(self.common_name)?;
        let key_changes = key != issuer.signer.public_key();
        let name_changes = subject != issuer.name;
        let is_link = matches!(self.column, Column::CscaLink);
        if is_link && !key_changes && !name_changes {
            return Err(Error::Misuse("a link certificate changes key or name"));
        }
        let spki = subject_public_key_info(key, self.ec_parameters)?;
        let mut list = ExtensionList::new(&subject);
        list.push(&authority_key_identifier(issuer.key_identifier.clone()))?
            .push(&subject_key_identifier(&spki)?)?
            .push(&self.column.key_usage())?;
        if let Some(usage) = self.private_key_usage {
            list.push(&private_key_usage_period(usage)?)?;
        }
        list.push(&SubjectAltName(self.authority.alternative_names()?))?
            .push(&issuer.alternative_names)?;
        match self.column {
            Column::CscaLink => {
                list.push(&CERTIFICATION_AUTHORITY)?;
            }
            Column::ListSigner(role) => {
                list.push_extended_key_usage(role.extended_key_usage())?;
            }
            Column::DocumentSigner(_) => {}
        }
        list.push(&crl_distribution_points(self.crl_distribution_points)?)?;
        match self.column {
            Column::DocumentSigner(types) => {
                list.push(&DocumentTypeList::new(types)?)?;
            }
            Column::CscaLink if key_changes && name_changes => {
                list.push(&NameChange(Null))?;
            }
            _ => {}
        }
        let extensions = list.extensions;
        Template {
            issuer: issuer.name.clone(),
            subject,
            validity: *self.validity,
            subject_public_key_info: spki,
            extensions,
        }
        .issue(issuer.signer, rng)
    }
}

impl Column<'_> {
    fn key_usage(&self) -> KeyUsage {
        match self {
            Self::CscaLink => KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign),
            Self::DocumentSigner(_) | Self::ListSigner(_) => {
                KeyUsage(KeyUsages::DigitalSignature.into())
            }
        }
    }
}
