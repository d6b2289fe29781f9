//! Certificates of the service's own authority, written and read (RFC 5280).

use const_oid::ObjectIdentifier;
use const_oid::db::rfc4519::{COMMON_NAME, ORGANIZATIONAL_UNIT_NAME};
use const_oid::db::rfc5280::{ID_KP_CLIENT_AUTH, ID_KP_SERVER_AUTH};
use const_oid::db::rfc5912::ECDSA_WITH_SHA_256;
use crypto::{CryptoRng, EcParameters, HashAlgorithm, PublicKey};
use der::asn1::{Any, BitString, Ia5String, OctetString, SetOfVec, Utf8StringRef};
use der::{DateTime, Decode as _, Encode as _};
use pki::Signer;
use spki::{
    AlgorithmIdentifierOwned, DynSignatureAlgorithmIdentifier, EncodePublicKey,
    SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef,
};
use time::OffsetDateTime;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder as _, CertificateBuilder};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages,
    SubjectAltName, SubjectKeyIdentifier,
};
use x509_cert::ext::{Extension, ToExtension as _};
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::{Certificate, TbsCertificate};

use super::{Device, DeviceIdentity, SERIAL_LEN, Serial, name_is_usable, read_uri};
use crate::error::DeviceFault;
use crate::{Error, Result};

/// What a certificate is for.
pub(super) enum Purpose {
    Authority,
    Client { uri: String },
    Server { names: Vec<GeneralName> },
}

/// A certificate to be.
pub(super) struct Template {
    pub issuer: Name,
    pub subject: Name,
    pub not_before: OffsetDateTime,
    pub not_after: OffsetDateTime,
    pub key: SubjectPublicKeyInfoOwned,
    pub purpose: Purpose,
}

impl Template {
    /// Lets the authority sign it.
    pub(super) fn issue(
        self,
        signer: &dyn Signer,
        rng: &mut dyn CryptoRng,
    ) -> Result<(Serial, Vec<u8>)> {
        let serial = draw_serial(rng);
        let validity =
            x509_cert::time::Validity::new(written(self.not_before)?, written(self.not_after)?);
        let identity = Identity(spki_of(signer.public_key())?);
        let extensions = self.extensions(&identity.0)?;
        let key = self.key.clone();
        let profile = Profile {
            template: self,
            extensions,
        };
        let number = SerialNumber::new(&serial.0)?;
        let mut builder = CertificateBuilder::new(profile, number, validity, key)?;
        let tbs = builder.finalize(&identity)?;
        let signature = BitString::from_bytes(&signer.sign(&tbs)?)?;
        let certificate = builder.assemble(signature, &identity)?;
        Ok((serial, certificate.to_der()?))
    }

    fn extensions(&self, issuer_key: &SubjectPublicKeyInfoOwned) -> Result<Vec<Extension>> {
        let (usage, extended) = match self.purpose {
            Purpose::Authority => (KeyUsages::KeyCertSign, None),
            Purpose::Client { .. } => (KeyUsages::DigitalSignature, Some(ID_KP_CLIENT_AUTH)),
            Purpose::Server { .. } => (KeyUsages::DigitalSignature, Some(ID_KP_SERVER_AUTH)),
        };
        let is_authority = matches!(self.purpose, Purpose::Authority);
        let names = match &self.purpose {
            Purpose::Authority => Vec::new(),
            Purpose::Client { uri } => {
                vec![GeneralName::UniformResourceIdentifier(Ia5String::new(uri)?)]
            }
            Purpose::Server { names } => names.clone(),
        };
        let constraints = BasicConstraints {
            ca: is_authority,
            path_len_constraint: is_authority.then_some(0),
        };
        let authority_key = AuthorityKeyIdentifier {
            key_identifier: Some(key_identifier(issuer_key)?),
            ..AuthorityKeyIdentifier::default()
        };
        let mut all = vec![
            constraints.to_extension(&self.subject, &[])?,
            KeyUsage(usage.into()).to_extension(&self.subject, &[])?,
            SubjectKeyIdentifier(key_identifier(&self.key)?).to_extension(&self.subject, &[])?,
            authority_key.to_extension(&self.subject, &[])?,
        ];
        if let Some(purpose) = extended {
            all.push(ExtendedKeyUsage(vec![purpose]).to_extension(&self.subject, &[])?);
        }
        if !names.is_empty() {
            all.push(SubjectAltName(names).to_extension(&self.subject, &[])?);
        }
        Ok(all)
    }
}

struct Profile {
    template: Template,
    extensions: Vec<Extension>,
}

impl BuilderProfile for Profile {
    fn get_issuer(&self, _subject: &Name) -> Name {
        self.template.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.template.subject.clone()
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

/// What the builder asks of the signer before it has signed.
#[derive(Clone)]
struct Identity(SubjectPublicKeyInfoOwned);

impl signature::Keypair for Identity {
    type VerifyingKey = Self;

    fn verifying_key(&self) -> Self {
        self.clone()
    }
}

impl EncodePublicKey for Identity {
    fn to_public_key_der(&self) -> spki::Result<der::Document> {
        Ok(der::Document::try_from(self.0.to_der()?)?)
    }
}

impl DynSignatureAlgorithmIdentifier for Identity {
    fn signature_algorithm_identifier(&self) -> spki::Result<AlgorithmIdentifierOwned> {
        Ok(AlgorithmIdentifierOwned {
            oid: ECDSA_WITH_SHA_256,
            parameters: None,
        })
    }
}

impl From<x509_cert::builder::Error> for Error {
    fn from(error: x509_cert::builder::Error) -> Self {
        match error {
            x509_cert::builder::Error::Asn1(error) => Self::Der(error),
            _ => DeviceFault::Key.into(),
        }
    }
}

/// A subject: who, and of what kind.
pub(super) fn name(common_name: &str, unit: Option<&str>) -> Result<Name> {
    let mut sequence = RdnSequence::default();
    let attributes = unit
        .map(|unit| (ORGANIZATIONAL_UNIT_NAME, unit))
        .into_iter()
        .chain([(COMMON_NAME, common_name)]);
    for (oid, text) in attributes {
        let value = Any::from(Utf8StringRef::new(text)?);
        let attribute = AttributeTypeAndValue { oid, value };
        sequence.push(RelativeDistinguishedName::from(SetOfVec::try_from(vec![
            attribute,
        ])?));
    }
    Ok(Name::from_der(&sequence.to_der()?)?)
}

pub(super) fn spki_of(key: &PublicKey) -> Result<SubjectPublicKeyInfoOwned> {
    Ok(SubjectPublicKeyInfoOwned::from_der(
        &key.to_spki(EcParameters::Named)?,
    )?)
}

/// RFC 5280 §4.2.1.2, method 1.
fn key_identifier(spki: &SubjectPublicKeyInfoOwned) -> Result<OctetString> {
    let key = spki.subject_public_key.raw_bytes();
    Ok(OctetString::new(HashAlgorithm::Sha1.digest(key))?)
}

/// Positive, and always of the same length.
fn draw_serial(rng: &mut dyn CryptoRng) -> Serial {
    let mut serial = [0; SERIAL_LEN];
    rng.fill_bytes(&mut serial);
    if let Some(first) = serial.first_mut() {
        *first = *first & 0x7F | 0x40;
    }
    Serial(serial)
}

fn written(moment: OffsetDateTime) -> Result<x509_cert::time::Time> {
    let seconds = u64::try_from(moment.unix_timestamp()).map_err(|_| DeviceFault::Time(moment))?;
    let moment = DateTime::from_unix_duration(core::time::Duration::from_secs(seconds))?;
    Ok(x509_cert::time::Time::from(moment))
}

/// The first attribute of a kind in a name.
fn attribute(name: &Name, kind: ObjectIdentifier) -> Option<String> {
    let mut attributes = name.iter_rdn().flat_map(RelativeDistinguishedName::iter);
    let found = attributes.find(|attribute| attribute.oid == kind)?;
    found.value.decode_as::<String>().ok()
}

/// Who the subject of a verified certificate of ours is.
pub(super) fn identity(certificate: &[u8]) -> Result<DeviceIdentity> {
    let fault = DeviceFault::NoDevice;
    let certificate = Certificate::from_der(certificate).map_err(|_| fault)?;
    let tbs = certificate.tbs_certificate();
    let names = tbs.get_extension::<SubjectAltName>().map_err(|_| fault)?;
    let (_, SubjectAltName(names)) = names.ok_or(fault)?;
    let [GeneralName::UniformResourceIdentifier(uri)] = names.as_slice() else {
        return Err(fault.into());
    };
    let (kind, id) = read_uri(uri.as_str()).ok_or(fault)?;
    let name = attribute(tbs.subject(), COMMON_NAME)
        .filter(|name| name_is_usable(name))
        .ok_or(fault)?;
    let end = tbs.validity().not_after.to_unix_duration().as_secs();
    let end = i64::try_from(end)
        .ok()
        .and_then(|end| OffsetDateTime::from_unix_timestamp(end).ok());
    Ok(DeviceIdentity {
        device: Device { kind, id, name },
        serial: Serial::from_bytes(tbs.serial_number().as_bytes()).ok_or(fault)?,
        not_after: end.ok_or(fault)?,
    })
}

/// The key and the name of a certificate of an authority.
pub(super) fn authority_of(certificate: &[u8]) -> Result<(SubjectPublicKeyInfoOwned, Name)> {
    let fault = DeviceFault::Authority;
    let certificate = Certificate::from_der(certificate).map_err(|_| fault)?;
    let tbs = certificate.tbs_certificate();
    let constraints = tbs.get_extension::<BasicConstraints>().map_err(|_| fault)?;
    if !constraints.is_some_and(|(_, constraints)| constraints.ca) {
        return Err(fault.into());
    }
    Ok((tbs.subject_public_key_info().clone(), tbs.subject().clone()))
}
