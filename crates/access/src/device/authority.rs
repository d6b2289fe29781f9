//! The authority itself: made at the first start, its key wherever the service keeps keys.

use std::net::IpAddr;
use std::sync::Arc;

use crypto::{CryptoRng, Curve, PrivateKey, SecretBytes};
use der::asn1::{Ia5String, OctetString};
use pki::Signer;
use spki::SubjectPublicKeyInfoOwned;
use time::{Duration, OffsetDateTime};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::name::Name;

use super::certificate::{Purpose, Template, authority_of, name, spki_of};
use super::request::{is_p256, verified_key};
use super::{
    AUTHORITY_VALIDITY, BACKDATED, DEVICE_VALIDITY, Device, SERVER_VALIDITY, Serial, name_is_usable,
};
use crate::Result;
use crate::error::DeviceFault;

/// Host names of one server at most.
const MAX_HOSTS: usize = 20;

/// A certificate that was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedCertificate {
    /// The certificate in DER.
    pub certificate: Vec<u8>,
    /// Its serial number: what would be revoked.
    pub serial: Serial,
    /// When it begins.
    pub not_before: OffsetDateTime,
    /// When it ends.
    pub not_after: OffsetDateTime,
}

/// A certificate and the private key that was made for it.
pub struct KeyPair {
    /// The certificate.
    pub issued: IssuedCertificate,
    /// The key: PKCS#8 in DER.
    pub private_key: SecretBytes,
}

/// The service's own authority over devices. It issues to end entities only.
pub struct DeviceAuthority {
    signer: Arc<dyn Signer>,
    certificate: Vec<u8>,
    name: Name,
}

impl DeviceAuthority {
    /// Makes the authority's certificate for a key of P-256.
    ///
    /// # Errors
    /// [`DeviceFault::Key`] for another key, [`DeviceFault::Name`]; whatever the signer answers.
    pub fn create(
        signer: Arc<dyn Signer>,
        authority_name: &str,
        now: OffsetDateTime,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self> {
        if !name_is_usable(authority_name) {
            return Err(DeviceFault::Name.into());
        }
        if !is_p256(&*signer) {
            return Err(DeviceFault::Key.into());
        }
        let name = name(authority_name, None)?;
        let template = Template {
            issuer: name.clone(),
            subject: name.clone(),
            not_before: now.saturating_sub(BACKDATED),
            not_after: now.saturating_add(AUTHORITY_VALIDITY),
            key: spki_of(signer.public_key())?,
            purpose: Purpose::Authority,
        };
        let (_, certificate) = template.issue(&*signer, rng)?;
        Ok(Self {
            signer,
            certificate,
            name,
        })
    }

    /// The authority of a certificate that [`Self::create`] made.
    ///
    /// # Errors
    /// [`DeviceFault::Authority`] when it is not one, or not of this key.
    pub fn open(signer: Arc<dyn Signer>, certificate: Vec<u8>) -> Result<Self> {
        let (key, name) = authority_of(&certificate)?;
        if !is_p256(&*signer) || key != spki_of(signer.public_key())? {
            return Err(DeviceFault::Authority.into());
        }
        Ok(Self {
            signer,
            certificate,
            name,
        })
    }

    /// The authority's certificate in DER: what devices trust, and what the listener asks for.
    #[must_use]
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// A certificate for the key of a device's request. Which device it is, is said by who called, never by the request.
    ///
    /// # Errors
    /// [`DeviceFault`]; whatever the signer answers.
    pub fn issue(
        &self,
        device: &Device,
        request: &[u8],
        now: OffsetDateTime,
        rng: &mut dyn CryptoRng,
    ) -> Result<IssuedCertificate> {
        self.issue_for_key(device, verified_key(request)?, now, rng)
    }

    /// A certificate with a fresh key, for a device that cannot make a request. The key leaves this function once.
    ///
    /// # Errors
    /// [`DeviceFault::Name`]; whatever the signer answers.
    pub fn issue_with_key(
        &self,
        device: &Device,
        now: OffsetDateTime,
        rng: &mut dyn CryptoRng,
    ) -> Result<KeyPair> {
        let key = PrivateKey::generate_ec(Curve::P256, rng)?;
        let issued = self.issue_for_key(device, spki_of(&key.public())?, now, rng)?;
        let private_key = key.to_pkcs8()?;
        Ok(KeyPair {
            issued,
            private_key,
        })
    }

    /// A certificate with a fresh key for the service's own server. A host is a DNS name or an address.
    ///
    /// # Errors
    /// [`DeviceFault::HostNames`]; whatever the signer answers.
    pub fn issue_server(
        &self,
        hosts: &[&str],
        now: OffsetDateTime,
        rng: &mut dyn CryptoRng,
    ) -> Result<KeyPair> {
        let names: Option<Vec<GeneralName>> = hosts.iter().map(|host| host_name(host)).collect();
        let names = names.filter(|names| (1..=MAX_HOSTS).contains(&names.len()));
        let names = names.ok_or(DeviceFault::HostNames)?;
        let key = PrivateKey::generate_ec(Curve::P256, rng)?;
        let subject: String = hosts
            .iter()
            .take(1)
            .flat_map(|host| host.chars())
            .take(super::MAX_NAME)
            .collect();
        let issued = self.sign(
            name(&subject, None)?,
            spki_of(&key.public())?,
            Purpose::Server { names },
            (now, SERVER_VALIDITY),
            rng,
        )?;
        let private_key = key.to_pkcs8()?;
        Ok(KeyPair {
            issued,
            private_key,
        })
    }

    fn issue_for_key(
        &self,
        device: &Device,
        key: SubjectPublicKeyInfoOwned,
        now: OffsetDateTime,
        rng: &mut dyn CryptoRng,
    ) -> Result<IssuedCertificate> {
        device.check_name()?;
        let subject = name(&device.name, Some(device.kind.code()))?;
        let purpose = Purpose::Client { uri: device.uri() };
        self.sign(subject, key, purpose, (now, DEVICE_VALIDITY), rng)
    }

    fn sign(
        &self,
        subject: Name,
        key: SubjectPublicKeyInfoOwned,
        purpose: Purpose,
        (now, validity): (OffsetDateTime, Duration),
        rng: &mut dyn CryptoRng,
    ) -> Result<IssuedCertificate> {
        let not_before = now.saturating_sub(BACKDATED);
        let not_after = now.saturating_add(validity);
        let issuer = self.name.clone();
        let template = Template {
            issuer,
            subject,
            not_before,
            not_after,
            key,
            purpose,
        };
        let (serial, certificate) = template.issue(&*self.signer, rng)?;
        Ok(IssuedCertificate {
            certificate,
            serial,
            not_before,
            not_after,
        })
    }
}

/// A DNS name or an address, as subjectAltName has it (RFC 5280 §4.2.1.6).
fn host_name(host: &str) -> Option<GeneralName> {
    if let Ok(address) = host.parse::<IpAddr>() {
        let octets = match address {
            IpAddr::V4(v4) => v4.octets().to_vec(),
            IpAddr::V6(v6) => v6.octets().to_vec(),
        };
        return OctetString::new(octets).ok().map(GeneralName::IpAddress);
    }
    let label = |label: &str| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        (1..=63).contains(&label.len())
            && label.bytes().all(fits)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let usable = host.len() <= 253 && host.split('.').all(label);
    usable
        .then(|| Ia5String::new(host).ok().map(GeneralName::DnsName))
        .flatten()
}
