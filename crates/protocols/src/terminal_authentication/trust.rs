//! What a chip believes: its trust points and what day it is (Doc 9303-11 §7.1.4.3; TR-03110-3 §A.7.1).

use iso7816::tlv::{self, Writer};
use lds::EfCvca;
use lds::ef_cvca::CertificationAuthorityReference;

use super::body::CertificateBody;
use super::certificate::{Certificate, MAX_CERTIFICATE_LEN};
use super::chain::Policy;
use super::dates::{Date, Period};
use super::fault::CertificateFault;
use super::holder_authorization::{Chat, Role, TerminalType};
use super::objects::{children, tag};
use super::public_key::{CvPublicKey, VerificationKey};
use super::reference::{AuthorityReference, HolderReference};
use crate::Error;

/// Most keys of CVCAs that a chip trusts at a time (Doc 9303-11 §7.1.4.3.1).
pub const MAX_TRUST_POINTS: usize = 2;
/// Octets by which a key grows that is stored with all domain parameters where its certificate left them out (P-521: six times 66,
/// and their headers).
const MAX_PARAMETERS_LEN: usize = 512;
/// Octets that trust points and date take in non-volatile memory: whatever certificates can bring must be read again.
const MAX_STORED_LEN: usize = MAX_TRUST_POINTS * (MAX_CERTIFICATE_LEN + MAX_PARAMETERS_LEN) + 16;

/// The key of a CVCA that a chip trusts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustPoint {
    /// As a certificate would say it, with all domain parameters and its own name as authority.
    body: CertificateBody,
    key: VerificationKey,
}

impl TrustPoint {
    /// The key that comes into the chip at personalisation: of a self-signed certificate.
    ///
    /// # Errors
    /// [`Error::Certificate`] when the certificate is not self-signed, not a CVCA's, or not what the policy allows.
    pub fn self_signed(certificate: &Certificate, policy: Policy) -> Result<Self, Error> {
        let body = certificate.body();
        if body.authority != body.holder {
            return Err(CertificateFault::NotSelfSigned.into());
        }
        policy.check_encoding(certificate.deviations())?;
        let key = body.key.alone()?;
        certificate.verify(&key)?;
        policy.check_key(&key)?;
        Ok(Self::new(body, key)?)
    }

    /// The key of a certificate whose signature was verified.
    pub(super) fn new(
        body: &CertificateBody,
        key: VerificationKey,
    ) -> Result<Self, CertificateFault> {
        check_cvca(&body.authorization)?;
        let body = CertificateBody {
            authority: body.holder.clone(),
            key: CvPublicKey::whole(&key),
            ..body.clone()
        };
        Ok(Self { body, key })
    }

    /// Its name.
    #[must_use]
    pub const fn holder(&self) -> &HolderReference {
        &self.body.holder
    }

    /// The key.
    #[must_use]
    pub const fn key(&self) -> &VerificationKey {
        &self.key
    }

    /// From when to when it verifies document verifiers. Its links it verifies for ever.
    #[must_use]
    pub const fn period(&self) -> Period {
        self.body.period
    }

    pub(super) const fn body(&self) -> &CertificateBody {
        &self.body
    }
}

/// Only a CVCA of inspection systems opens files.
fn check_cvca(authorization: &Chat) -> Result<(), CertificateFault> {
    if authorization.terminal_type() != TerminalType::InspectionSystem {
        return Err(CertificateFault::OtherTerminalType);
    }
    match authorization.role() {
        Role::Cvca => Ok(()),
        subject => Err(CertificateFault::Roles {
            issuer: Role::Cvca,
            subject,
        }),
    }
}

/// The trust points and the current date, which change together or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustPoints {
    today: Date,
    newest: TrustPoint,
    previous: Option<TrustPoint>,
}

impl TrustPoints {
    /// As they are at personalisation: the day of it, the newest key, perhaps the one before.
    #[must_use]
    pub const fn new(today: Date, newest: TrustPoint, previous: Option<TrustPoint>) -> Self {
        Self {
            today,
            newest,
            previous,
        }
    }

    /// The chip's current date: no later than the true one, as far as the certificates it saw are honest.
    #[must_use]
    pub const fn today(&self) -> Date {
        self.today
    }

    /// The trust points, newest first; expired ones too, whose links are still good.
    pub fn points(&self) -> impl Iterator<Item = &TrustPoint> {
        [Some(&self.newest), self.previous.as_ref()]
            .into_iter()
            .flatten()
    }

    /// The trust point of this name.
    #[must_use]
    pub fn find(&self, name: &AuthorityReference) -> Option<&TrustPoint> {
        self.points().find(|point| point.holder() == name)
    }

    /// EF.CVCA, and DO'87' and DO'88' of PACE: the newest key, and the previous while it has not expired.
    ///
    /// # Errors
    /// None with the references that this crate reads.
    pub fn ef_cvca(&self) -> Result<EfCvca, Error> {
        let reference = |point: &TrustPoint| {
            CertificationAuthorityReference::new(point.holder().as_bytes())
                .map_err(|_| Error::Misuse("a holder reference longer than 16 octets"))
        };
        let previous = self
            .previous
            .as_ref()
            .filter(|point| !point.period().is_over(self.today));
        Ok(EfCvca {
            newest: reference(&self.newest)?,
            previous: previous.map(reference).transpose()?,
        })
    }

    /// The same on another day, if that is later.
    pub(super) fn moved_to(&self, day: Date) -> Self {
        Self {
            today: self.today.max(day),
            ..self.clone()
        }
    }

    /// The new key in front; of the others the one with the later effective date stays.
    pub(super) fn with_link(&self, link: TrustPoint) -> Self {
        let effective = |point: &TrustPoint| point.period().effective();
        let later = self
            .previous
            .as_ref()
            .filter(|previous| effective(previous) > effective(&self.newest))
            .unwrap_or(&self.newest);
        Self {
            today: self.today,
            newest: link,
            previous: Some(later.clone()),
        }
    }

    /// For non-volatile memory: read by [`Self::from_bytes`].
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut objects = Writer::new();
        objects.object(tag::EFFECTIVE, &self.today.digits());
        for point in self.points() {
            objects.raw(&point.body.to_bytes());
        }
        objects.finish()
    }

    /// Reads what [`Self::to_bytes`] wrote. Nothing is signed in there: the memory must be the chip's own.
    ///
    /// # Errors
    /// [`Error::Certificate`] when it is something else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        Ok(Self::read(bytes)?)
    }

    fn read(bytes: &[u8]) -> Result<Self, CertificateFault> {
        if bytes.len() > MAX_STORED_LEN {
            return Err(CertificateFault::TooLong(bytes.len()));
        }
        let objects = children(tag::BODY, bytes, &mut Vec::new())?;
        let (date, points) = objects
            .split_first()
            .filter(|(date, _)| date.tag == tag::EFFECTIVE)
            .ok_or(CertificateFault::Missing(tag::EFFECTIVE))?;
        let today = Date::from_digits(date.value).ok_or(CertificateFault::Date(tag::EFFECTIVE))?;
        let mut points = points
            .iter()
            .map(|point| {
                let template = tlv::single(point.raw, tag::BODY)
                    .map_err(|_| CertificateFault::Surplus(point.tag))?;
                let body = CertificateBody::from_value(template, &mut Vec::new())?;
                let key = body.key.alone()?;
                TrustPoint::new(&body, key)
            })
            .take(MAX_TRUST_POINTS + 1);
        let newest = points
            .next()
            .ok_or(CertificateFault::Missing(tag::BODY))??;
        let previous = points.next().transpose()?;
        match points.next() {
            None => Ok(Self::new(today, newest, previous)),
            Some(_) => Err(CertificateFault::Duplicate(tag::BODY)),
        }
    }
}
