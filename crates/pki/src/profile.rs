//! Certificate profiles of Doc 9303-12 §7.1: one file for each kind of certificate, and here what they share.

mod authority;
pub mod csca;
pub mod document_signer;
mod issuer;

use crypto::{CryptoRng, EcParameters, HashAlgorithm, PublicKey};
use der::asn1::{BitString, GeneralizedTime, Ia5String, OctetString};
use der::{DateTime, Decode, Encode};
use spki::{
    AlgorithmIdentifierOwned, DynSignatureAlgorithmIdentifier, EncodePublicKey,
    SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef,
};
use time::OffsetDateTime;
use x509_cert::TbsCertificate;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder, CertificateBuilder};
use x509_cert::ext::pkix::crl::dp::DistributionPoint;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{self, AuthorityKeyIdentifier, SubjectKeyIdentifier};
use x509_cert::ext::{Criticality, Extension, ToExtension};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::Time;

use crate::algorithm::signature_identifier;
use crate::certificate::Validity;
use crate::signer::Signer;
use crate::{Error, Result};

pub use authority::{Authority, Contact, CountryCode};
pub use csca::CscaProfile;
pub use document_signer::DocumentSignerProfile;
pub use issuer::Issuer;

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
            Time::from(date_time(self.validity.not_before)?),
            Time::from(date_time(self.validity.not_after)?),
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

/// Builds the extensions of a certificate; each knows itself whether it is critical.
struct ExtensionList<'a> {
    subject: &'a Name,
    extensions: Vec<Extension>,
}

impl<'a> ExtensionList<'a> {
    const fn new(subject: &'a Name) -> Self {
        Self {
            subject,
            extensions: Vec::new(),
        }
    }

    fn push<E>(&mut self, extension: &E) -> Result<&mut Self>
    where
        E: Criticality + const_oid::AssociatedOid + Encode,
    {
        let extension = extension.to_extension(self.subject, &self.extensions)?;
        self.extensions.push(extension);
        Ok(self)
    }
}

fn key_identifier(spki: &SubjectPublicKeyInfoOwned) -> Result<OctetString> {
    let key = spki.subject_public_key.raw_bytes();
    Ok(OctetString::new(HashAlgorithm::Sha1.digest(key))?)
}

fn subject_key_identifier(spki: &SubjectPublicKeyInfoOwned) -> Result<SubjectKeyIdentifier> {
    key_identifier(spki).map(SubjectKeyIdentifier)
}

fn authority_key_identifier(key_identifier: OctetString) -> AuthorityKeyIdentifier {
    AuthorityKeyIdentifier {
        key_identifier: Some(key_identifier),
        ..AuthorityKeyIdentifier::default()
    }
}

fn private_key_usage_period(period: &Validity) -> Result<pkix::PrivateKeyUsagePeriod> {
    let bound = |moment| date_time(moment).map(GeneralizedTime::from_date_time);
    Ok(pkix::PrivateKeyUsagePeriod {
        not_before: Some(bound(period.not_before)?),
        not_after: Some(bound(period.not_after)?),
    })
}

/// CRLDistributionPoints; Doc 9303-12 §7.1.1 wants at least one, by ldap, http or https.
fn crl_distribution_points(urls: &[String]) -> Result<pkix::CrlDistributionPoints> {
    const SCHEMES: [&str; 3] = ["ldap://", "http://", "https://"];
    if urls.is_empty() {
        return Err(Error::Misuse("a CRL distribution point is mandatory"));
    }
    let point = |url: &String| {
        if !SCHEMES.iter().any(|scheme| url.starts_with(scheme)) {
            return Err(Error::Misuse(
                "a CRL distribution point is an ldap, http or https URL",
            ));
        }
        let url = GeneralName::UniformResourceIdentifier(Ia5String::new(url)?);
        Ok(DistributionPoint {
            distribution_point: Some(DistributionPointName::FullName(vec![url])),
            reasons: None,
            crl_issuer: None,
        })
    };
    let points: Result<Vec<_>> = urls.iter().map(point).collect();
    Ok(pkix::CrlDistributionPoints(points?))
}

fn subject_public_key_info(
    key: &PublicKey,
    form: EcParameters,
) -> Result<SubjectPublicKeyInfoOwned> {
    Ok(SubjectPublicKeyInfoOwned::from_der(&key.to_spki(form)?)?)
}

/// The periods of a certificate must fit into each other (Doc 9303-12 §4.1.1).
fn check_periods(validity: &Validity, private_key_usage: &Validity) -> Result<()> {
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

/// 20 octets, positive: the first bit is clear and the second one set, so that the length is always the same.
fn serial_number(rng: &mut dyn CryptoRng) -> Result<SerialNumber> {
    let mut serial_number = [0; SERIAL_NUMBER_LEN];
    rng.fill_bytes(&mut serial_number);
    if let Some(first) = serial_number.first_mut() {
        *first = *first & 0x7F | 0x40;
    }
    Ok(SerialNumber::new(&serial_number)?)
}

fn date_time(moment: OffsetDateTime) -> Result<DateTime> {
    let seconds = u64::try_from(moment.unix_timestamp())
        .map_err(|_| Error::Misuse("a certificate is not valid before 1970"))?;
    Ok(DateTime::from_unix_duration(
        core::time::Duration::from_secs(seconds),
    )?)
}

impl From<x509_cert::builder::Error> for Error {
    fn from(error: x509_cert::builder::Error) -> Self {
        match error {
            x509_cert::builder::Error::Asn1(error) => Self::Encoding(error),
            _ => Self::Misuse("the certificate could not be built"),
        }
    }
}
