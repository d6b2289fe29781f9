//! Signer of bar codes: visible digital seals on visas and emergency travel documents (Doc 9303-12 §7.1.3).

use crypto::{CryptoRng, EcParameters, PublicKey};

use super::authority::country_and_common_name;
use super::document_signer::DocumentTypeList;
use super::extensions::{ExtensionList, authority_key_identifier};
use super::{CountryCode, Issuer, Template, check_validity, subject_public_key_info};
use crate::certificate::Validity;
use crate::{Error, Result, oids};

/// What a bar code signer certificate says: as little as possible.
#[derive(Debug, Clone)]
pub struct BarcodeSignerProfile {
    /// Letters 1 and 2 of the signer identifier in the bar code: the country.
    pub country: CountryCode,
    /// Letters 3 and 4 of the signer identifier in the bar code: commonName.
    pub signer_letters: String,
    /// Validity of the certificate: the usage of the key and the life of a document (Doc 9303-12 §4.1).
    pub validity: Validity,
    /// Document codes that may be sealed; none says nothing about it.
    pub document_types: Vec<String>,
    /// Explicit, as Doc 9303-12 §4.1.6.3 demands; named for software that cannot read them.
    pub ec_parameters: EcParameters,
}

impl BarcodeSignerProfile {
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
        const LETTERS: usize = 2;
        check_validity(&self.validity)?;
        issuer.check_issued(self.country, &self.validity)?;
        let upper_case = self.signer_letters.bytes().all(|b| b.is_ascii_uppercase());
        if self.signer_letters.len() != LETTERS || !upper_case {
            return Err(Error::Misuse(
                "a bar code signer is named by two letters of A to Z",
            ));
        }
        // A seal has room for a short signature only (Doc 9303-12 §4.1.8).
        if !matches!(key, PublicKey::Ec(_)) {
            return Err(Error::Misuse("a bar code signer uses ECDSA"));
        }
        let subject = country_and_common_name(self.country, &self.signer_letters)?;
        let spki = subject_public_key_info(key, self.ec_parameters)?;
        let mut list = ExtensionList::new(&subject);
        list.push(&authority_key_identifier(issuer.key_identifier.clone()))?;
        if !self.document_types.is_empty() {
            list.push(&DocumentTypeList::new(&self.document_types)?)?;
        }
        list.push_extended_key_usage(oids::BARCODE_SIGNING_KEY)?;
        let extensions = list.extensions;
        Template {
            issuer: issuer.name.clone(),
            subject,
            validity: self.validity,
            subject_public_key_info: spki,
            extensions,
        }
        .issue(issuer.signer, rng)
    }
}
