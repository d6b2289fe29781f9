//! The extensions that certificates of several kinds share (Doc 9303-12 §7.1, table of certificate extensions).

use const_oid::{AssociatedOid, ObjectIdentifier};
use crypto::HashAlgorithm;
use der::Encode;
use der::asn1::{GeneralizedTime, Ia5String, OctetString};
use spki::SubjectPublicKeyInfoOwned;
use x509_cert::ext::pkix::crl::dp::DistributionPoint;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{self, AuthorityKeyIdentifier, ExtendedKeyUsage, SubjectKeyIdentifier};
use x509_cert::ext::{Criticality, Extension, ToExtension};
use x509_cert::name::Name;

use crate::certificate::Validity;
use crate::written_time::date_time;
use crate::{Error, Result};

/// Builds the extensions of an object; each knows itself whether it is critical.
pub(crate) struct ExtensionList<'a> {
    subject: &'a Name,
    pub(crate) extensions: Vec<Extension>,
}

impl<'a> ExtensionList<'a> {
    pub(crate) const fn new(subject: &'a Name) -> Self {
        Self {
            subject,
            extensions: Vec::new(),
        }
    }

    pub(crate) fn push<E>(&mut self, extension: &E) -> Result<&mut Self>
    where
        E: Criticality + AssociatedOid + Encode,
    {
        let extension = extension.to_extension(self.subject, &self.extensions)?;
        self.extensions.push(extension);
        Ok(self)
    }

    /// ExtKeyUsage, which Doc 9303-12 §7.1.1.3 wants critical.
    pub(crate) fn push_extended_key_usage(
        &mut self,
        purpose: ObjectIdentifier,
    ) -> Result<&mut Self> {
        self.extensions.push(Extension {
            extn_id: ExtendedKeyUsage::OID,
            critical: true,
            extn_value: OctetString::new(ExtendedKeyUsage(vec![purpose]).to_der()?)?,
        });
        Ok(self)
    }
}

/// SHA-1 of the key (RFC 5280 §4.2.1.2, method 1).
pub(super) fn key_identifier(spki: &SubjectPublicKeyInfoOwned) -> Result<OctetString> {
    let key = spki.subject_public_key.raw_bytes();
    Ok(OctetString::new(HashAlgorithm::Sha1.digest(key))?)
}

pub(super) fn subject_key_identifier(
    spki: &SubjectPublicKeyInfoOwned,
) -> Result<SubjectKeyIdentifier> {
    key_identifier(spki).map(SubjectKeyIdentifier)
}

pub(crate) fn authority_key_identifier(key_identifier: OctetString) -> AuthorityKeyIdentifier {
    AuthorityKeyIdentifier {
        key_identifier: Some(key_identifier),
        ..AuthorityKeyIdentifier::default()
    }
}

pub(super) fn private_key_usage_period(period: &Validity) -> Result<pkix::PrivateKeyUsagePeriod> {
    let bound = |moment| date_time(moment).map(GeneralizedTime::from_date_time);
    Ok(pkix::PrivateKeyUsagePeriod {
        not_before: Some(bound(period.not_before)?),
        not_after: Some(bound(period.not_after)?),
    })
}

/// CRLDistributionPoints; Doc 9303-12 §7.1.1 wants at least one, by ldap, http or https.
pub(super) fn crl_distribution_points(urls: &[String]) -> Result<pkix::CrlDistributionPoints> {
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
