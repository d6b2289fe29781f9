//! Certificate profiles of Doc 9303-12 §7.1: one file for each kind of certificate, and here what they share.

mod authority;
pub mod barcode_signer;
pub mod csca;
pub mod csca_link;
pub mod document_signer;
pub(crate) mod extensions;
mod issued;
mod issuer;
pub mod list_signer;

use crypto::{CryptoRng, EcParameters, PublicKey};
use der::asn1::BitString;
use der::{Decode, Encode};
use spki::{
    AlgorithmIdentifierOwned, DynSignatureAlgorithmIdentifier, EncodePublicKey,
    SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef,
};
use x509_cert::TbsCertificate;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder, CertificateBuilder};
use x509_cert::ext::Extension;
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;

use crate::algorithm::signature_identifier;
use crate::certificate::Validity;
use crate::signer::Signer;
use crate::{Error, Result, written_time};

pub use authority::{Authority, Contact, CountryCode};
pub use barcode_signer::BarcodeSignerProfile;
pub use csca::CscaProfile;
pub use csca_link::CscaLinkProfile;
pub use document_signer::DocumentSignerProfile;
pub use issuer::Issuer;
pub use list_signer::{ListRole, ListSignerProfile};

/// Octets of the serial numbers that are drawn: as many as Doc 9303-12 §7.1 allows.
pub const SERIAL_NUMBER_LEN: usize = 20;

/// A certificate on its way to its signature: everything a profile decides.
struct Template {
    issuer: Name,
    subject: Name,
    validity: Validity,
    subject_public_key_info: SubjectPublicKeyInfoOwned,
    extensions: Vec<Extension>,
}

impl Template {
    /// Draws a serial number and lets the issuer's key sign.
    fn issue(self, signer: &dyn Signer, rng: &mut dyn CryptoRng) -> Result<Vec<u8>> {
        let validity = x509_cert::time::Validity::new(
            written_time::time(self.validity.not_before)?,
            written_time::time(self.validity.not_after)?,
        );
        let spki = self.subject_public_key_info.clone();
        let identity = SigningIdentity::of(signer)?;
        let mut builder = CertificateBuilder::new(self, serial_number(rng)?, validity, spki)?;
        let tbs = builder.finalize(&identity)?;
        let signature = BitString::from_bytes(&signer.sign(&tbs)?)?;
        let certificate = builder.assemble(signature, &identity)?;
        Ok(certificate.to_der()?)
    }
}

impl BuilderProfile for Template {
    fn get_issuer(&self, _subject: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        _subject_key: SubjectPublicKeyInfoRef<'_>,
        _issuer_key: SubjectPublicKeyInfoRef<'_>,
        _tbs: &TbsCertificate,
    ) -> x509_cert::builder::Result<Vec<Extension>> {
        Ok(self.extensions.clone())
    }
}

/// What the certificate builder asks of a signer before it has signed.
struct SigningIdentity {
    public_key: PublicKeyDocument,
    algorithm: AlgorithmIdentifierOwned,
}

#[derive(Clone)]
struct PublicKeyDocument(der::Document);

impl SigningIdentity {
    fn of(signer: &dyn Signer) -> Result<Self> {
        let spki = signer.public_key().to_spki(EcParameters::Named)?;
        Ok(Self {
            public_key: PublicKeyDocument(der::Document::try_from(spki)?),
            algorithm: AlgorithmIdentifierOwned::from_der(&signature_identifier(
                &signer.algorithm(),
            )?)?,
        })
    }
}

impl signature::Keypair for SigningIdentity {
    type VerifyingKey = PublicKeyDocument;

    fn verifying_key(&self) -> PublicKeyDocument {
        self.public_key.clone()
    }
}

impl DynSignatureAlgorithmIdentifier for SigningIdentity {
    fn signature_algorithm_identifier(&self) -> spki::Result<AlgorithmIdentifierOwned> {
        Ok(self.algorithm.clone())
    }
}

impl EncodePublicKey for PublicKeyDocument {
    fn to_public_key_der(&self) -> spki::Result<der::Document> {
        Ok(self.0.clone())
    }
}

fn subject_public_key_info(
    key: &PublicKey,
    form: EcParameters,
) -> Result<SubjectPublicKeyInfoOwned> {
    Ok(SubjectPublicKeyInfoOwned::from_der(&key.to_spki(form)?)?)
}

/// The periods of a certificate must fit into each other (Doc 9303-12 §4.1.1).
fn check_periods(validity: &Validity, private_key_usage: &Validity) -> Result<()> {
    check_validity(validity)?;
    if private_key_usage.not_before >= private_key_usage.not_after {
        return Err(Error::Misuse(
            "a private key usage period must end after it begins",
        ));
    }
    if !validity.encloses(private_key_usage) {
        return Err(Error::Misuse(
            "the private key usage period lies inside the validity",
        ));
    }
    Ok(())
}

fn check_validity(validity: &Validity) -> Result<()> {
    if validity.not_before >= validity.not_after {
        return Err(Error::Misuse(
            "the validity of a certificate must end after it begins",
        ));
    }
    Ok(())
}

/// 20 octets, positive: the first bit is clear and the second one set, so that the length is always the same.
fn serial_number(rng: &mut dyn CryptoRng) -> Result<SerialNumber> {
    let mut serial_number = [0; SERIAL_NUMBER_LEN];
    rng.fill_bytes(&mut serial_number);
    if let Some(first) = serial_number.first_mut() {
        *first = *first & 0x7F | 0x40;
    }
    Ok(SerialNumber::new(&serial_number)?)
}

impl From<x509_cert::builder::Error> for Error {
    fn from(error: x509_cert::builder::Error) -> Self {
        match error {
            x509_cert::builder::Error::Asn1(error) => Self::Encoding(error),
            _ => Self::Misuse("the certificate could not be built"),
        }
    }
}
