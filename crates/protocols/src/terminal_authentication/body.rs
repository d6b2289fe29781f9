//! The body of a card verifiable certificate (Doc 9303-12 §7.2.2; TR-03110-3 §C.1).

use iso7816::tlv::{self, Tag, Tlv, Writer};

use super::dates::{Date, Period};
use super::fault::{CertificateFault, Deviation};
use super::holder_authorization::Chat;
use super::objects::{Presence, children, row, tag, value};
use super::public_key::CvPublicKey;
use super::reference::{AuthorityReference, HolderReference};

/// The only profile: 1, written as 0.
const PROFILE: [u8; 1] = [0];
/// Most extensions of a certificate: far above the three of Doc 9303-10 (LDS2).
pub const MAX_EXTENSIONS: usize = 16;

/// What a certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateBody {
    /// Name of the key that signs.
    pub authority: AuthorityReference,
    /// The certified key.
    pub key: CvPublicKey,
    /// Its name.
    pub holder: HolderReference,
    /// Role and rights of the holder.
    pub authorization: Chat,
    /// From when to when.
    pub period: Period,
    /// Further authorizations. Unknown ones are kept and never a reason to refuse.
    pub extensions: Vec<Extension>,
}

impl CertificateBody {
    /// Reads the value of DO'7F4E'.
    pub(super) fn from_value(
        template: &[u8],
        deviations: &mut Vec<Deviation>,
    ) -> Result<Self, CertificateFault> {
        let order = [
            (tag::PROFILE, Presence::Required),
            (tag::AUTHORITY, Presence::Required),
            (tag::PUBLIC_KEY, Presence::Required),
            (tag::HOLDER, Presence::Required),
            (tag::AUTHORIZATION, Presence::Required),
            (tag::EFFECTIVE, Presence::Required),
            (tag::EXPIRY, Presence::Required),
            (tag::EXTENSIONS, Presence::Optional),
        ];
        let [
            profile,
            authority,
            key,
            holder,
            authorization,
            effective,
            expiry,
            extensions,
        ] = row(tag::BODY, template, order, deviations)?;
        check_profile(profile)?;
        let period = Period::new(date(effective, tag::EFFECTIVE)?, date(expiry, tag::EXPIRY)?);
        Ok(Self {
            authority: reference(authority, tag::AUTHORITY)?,
            key: CvPublicKey::from_value(value(key, tag::PUBLIC_KEY)?, deviations)?,
            holder: reference(holder, tag::HOLDER)?,
            authorization: Chat::from_value(value(authorization, tag::AUTHORIZATION)?, deviations)?,
            period: period.ok_or(CertificateFault::Period)?,
            extensions: Extension::read_all(extensions, deviations)?,
        })
    }

    /// The whole object, as it is signed.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut objects = Writer::new();
        objects
            .object(tag::PROFILE, &PROFILE)
            .object(tag::AUTHORITY, self.authority.as_bytes())
            .raw(&self.key.to_bytes())
            .object(tag::HOLDER, self.holder.as_bytes())
            .raw(&self.authorization.to_bytes())
            .object(tag::EFFECTIVE, &self.period.effective().digits())
            .object(tag::EXPIRY, &self.period.expiry().digits());
        Extension::write_all(&self.extensions, &mut objects);
        tlv::encode(tag::BODY, &objects.finish())
    }

    /// Whether the lifetime is one of the holder's role (Doc 9303-12 table 2): a rule for who issues.
    ///
    /// # Errors
    /// [`CertificateFault::Lifetime`].
    pub fn check_lifetime(&self) -> Result<(), CertificateFault> {
        let (role, days) = (self.authorization.role(), self.period.days());
        let (shortest, longest) = role.lifetime_days();
        // A certificate of one day expires on the day it was made, or on the next.
        if (shortest.saturating_sub(1)..=longest).contains(&days) {
            Ok(())
        } else {
            Err(CertificateFault::Lifetime { role, days })
        }
    }
}

/// The part of a body that requests share: profile first.
pub(super) fn check_profile(object: Option<Tlv<'_>>) -> Result<(), CertificateFault> {
    if value(object, tag::PROFILE)? == PROFILE {
        Ok(())
    } else {
        Err(CertificateFault::Profile)
    }
}

pub(super) fn write_profile(objects: &mut Writer) {
    objects.object(tag::PROFILE, &PROFILE);
}

pub(super) fn reference(
    object: Option<Tlv<'_>>,
    tag: Tag,
) -> Result<HolderReference, CertificateFault> {
    HolderReference::from_bytes(value(object, tag)?).ok_or(CertificateFault::Reference(tag))
}

pub(super) fn date(object: Option<Tlv<'_>>, tag: Tag) -> Result<Date, CertificateFault> {
    Date::from_digits(value(object, tag)?).ok_or(CertificateFault::Date(tag))
}

/// A certificate extension: an object identifier and what is meant by it (TR-03110-3 §C.3).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Extension {
    identifier: Vec<u8>,
    content: Vec<u8>,
}

impl Extension {
    /// An extension that is a row of bits, as the authorizations of LDS2 are.
    #[must_use]
    pub fn authorization(identifier: der::asn1::ObjectIdentifier, bits: &[u8]) -> Self {
        Self {
            identifier: identifier.as_bytes().to_vec(),
            content: tlv::encode(tag::DISCRETIONARY_DATA, bits),
        }
    }

    /// Value of the object identifier.
    #[must_use]
    pub fn identifier(&self) -> &[u8] {
        &self.identifier
    }

    /// The data objects behind the object identifier.
    #[must_use]
    pub fn content(&self) -> &[u8] {
        &self.content
    }

    /// The row of bits, when it is one.
    #[must_use]
    pub fn bits(&self) -> Option<&[u8]> {
        tlv::single(&self.content, tag::DISCRETIONARY_DATA).ok()
    }

    /// The bits of both; `None` when one is no row of bits or their lengths differ.
    pub(super) fn and(&self, other: &Self) -> Option<Self> {
        let (own, others) = (self.bits()?, other.bits()?);
        let both: Vec<u8> = own.iter().zip(others).map(|(a, b)| a & b).collect();
        (own.len() == others.len()).then(|| Self {
            identifier: self.identifier.clone(),
            content: tlv::encode(tag::DISCRETIONARY_DATA, &both),
        })
    }

    pub(super) fn read_all(
        object: Option<Tlv<'_>>,
        deviations: &mut Vec<Deviation>,
    ) -> Result<Vec<Self>, CertificateFault> {
        let Some(object) = object else {
            return Ok(Vec::new());
        };
        let extensions = children(tag::EXTENSIONS, object.value, deviations)?;
        if extensions.len() > MAX_EXTENSIONS {
            return Err(CertificateFault::Extension);
        }
        extensions
            .into_iter()
            .map(|extension| Self::read(extension, deviations))
            .collect()
    }

    fn read(extension: Tlv<'_>, deviations: &mut Vec<Deviation>) -> Result<Self, CertificateFault> {
        if extension.tag != tag::EXTENSION {
            return Err(CertificateFault::Surplus(extension.tag));
        }
        let objects = children(tag::EXTENSION, extension.value, deviations)?;
        let first = objects
            .first()
            .filter(|object| object.tag == tag::OBJECT_IDENTIFIER && !object.value.is_empty())
            .ok_or(CertificateFault::Extension)?;
        let content = extension.value.get(first.raw.len()..).unwrap_or_default();
        Ok(Self {
            identifier: first.value.to_vec(),
            content: content.to_vec(),
        })
    }

    pub(super) fn write_all(extensions: &[Self], objects: &mut Writer) {
        if extensions.is_empty() {
            return;
        }
        objects.nest(tag::EXTENSIONS, |row| {
            for extension in extensions {
                row.nest(tag::EXTENSION, |parts| {
                    parts
                        .object(tag::OBJECT_IDENTIFIER, &extension.identifier)
                        .raw(&extension.content);
                });
            }
        });
    }
}
