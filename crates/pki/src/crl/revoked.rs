//! The entries of a revocation list, found by serial number.

use std::sync::Arc;

use time::OffsetDateTime;

use crate::ber::{Cursor, Element, Tag};
use crate::certificate::{generalized_time, read_time};
use crate::deviation::{DeviationKind, Deviations};
use crate::name::Name;
use crate::{Result, oids};

/// Most entries of one list; a list of [`super::MAX_CRL_LEN`] octets can hold about as many.
pub const MAX_REVOKED: usize = 1_000_000;

/// A certificate that is revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revoked {
    /// Its serial number in two's complement, shortest form.
    pub serial_number: Vec<u8>,
    /// When it was revoked.
    pub date: OffsetDateTime,
    /// Why; Doc 9303-12 §7.1.4 wants nothing said about it.
    pub reason: Option<RevocationReason>,
    /// Since when the key is known or believed to be bad.
    pub invalidity_date: Option<OffsetDateTime>,
    /// Its issuer, where this is not the issuer of the list (indirect CRL).
    pub certificate_issuer: Option<Arc<Name>>,
}

/// Why a certificate was revoked (RFC 5280 §5.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevocationReason {
    /// Not said.
    Unspecified,
    /// The key of the certificate is compromised.
    KeyCompromise,
    /// The key of the issuer is compromised.
    CaCompromise,
    /// The subject has changed.
    AffiliationChanged,
    /// There is a newer certificate.
    Superseded,
    /// The key is no longer used.
    CessationOfOperation,
    /// Revoked for the time being.
    CertificateHold,
    /// No longer revoked (delta CRL).
    RemoveFromCrl,
    /// A privilege was taken back.
    PrivilegeWithdrawn,
    /// The key of the attribute authority is compromised.
    AaCompromise,
    /// A number without a meaning.
    Unknown(u32),
}

impl RevocationReason {
    const fn new(number: u32) -> Self {
        match number {
            0 => Self::Unspecified,
            1 => Self::KeyCompromise,
            2 => Self::CaCompromise,
            3 => Self::AffiliationChanged,
            4 => Self::Superseded,
            5 => Self::CessationOfOperation,
            6 => Self::CertificateHold,
            8 => Self::RemoveFromCrl,
            9 => Self::PrivilegeWithdrawn,
            10 => Self::AaCompromise,
            other => Self::Unknown(other),
        }
    }

    /// How much an entry weighs against others of the same certificate: whatever revokes more than what can be taken back,
    /// and that more than what takes back.
    const fn weight(reason: Option<Self>) -> u8 {
        match reason {
            Some(Self::RemoveFromCrl) => 0,
            Some(Self::CertificateHold) => 1,
            Some(Self::Superseded | Self::CessationOfOperation | Self::AffiliationChanged) => 2,
            None | Some(Self::Unspecified | Self::Unknown(_) | Self::PrivilegeWithdrawn) => 3,
            Some(Self::KeyCompromise | Self::CaCompromise | Self::AaCompromise) => 4,
        }
    }
}

/// The entries with an index over the serial numbers: a list is read once and asked often.
#[derive(Debug, Clone, Default)]
pub(super) struct Entries {
    entries: Vec<Revoked>,
    /// Places of the issuer's own entries in order of serial number; of those of one number the weightiest first.
    by_serial_number: Vec<usize>,
    unknown_critical: bool,
}

impl Entries {
    pub(super) fn as_slice(&self) -> &[Revoked] {
        &self.entries
    }

    /// Whether an entry has a critical extension that is not understood, so that the list must not be used to say that
    /// a certificate is good (RFC 5280 §5.3).
    pub(super) const fn hold_unknown_critical(&self) -> bool {
        self.unknown_critical
    }

    pub(super) fn find(&self, serial_number: &[u8]) -> Option<&Revoked> {
        let at = |place: &usize| self.entries.get(*place);
        let first = self.by_serial_number.partition_point(|place| {
            at(place).is_some_and(|entry| entry.serial_number.as_slice() < serial_number)
        });
        let entry = self.by_serial_number.get(first).and_then(at)?;
        (entry.serial_number == serial_number).then_some(entry)
    }

    /// Reads revokedCertificates of a list of this issuer.
    pub(super) fn read(element: &Element<'_>, list_issuer: &Name) -> Result<Self> {
        let mut all = Self::default();
        let mut row = element.children("revokedCertificates")?;
        if row.is_empty() {
            element.record(DeviationKind::CrlEmptyEntries);
        }
        // An entry without certificateIssuer has that of the entry before it (RFC 5280 §5.3.3).
        let mut issuer = None;
        while !row.is_empty() {
            if all.entries.len() == MAX_REVOKED {
                return Err(element.malformed("CRL of too many entries"));
            }
            let mut entry = all.read_entry(&row.expect(Tag::SEQUENCE, "entry of CRL")?, element)?;
            if let Some(named) = entry.certificate_issuer.take() {
                issuer = (*named != *list_issuer).then_some(named);
            }
            entry.certificate_issuer.clone_from(&issuer);
            all.entries.push(entry);
        }
        all.index(element);
        Ok(all)
    }

    fn index(&mut self, element: &Element<'_>) {
        let entries = &self.entries;
        let serial_number = |place: &usize| entries.get(*place).map(|entry| &entry.serial_number);
        let own = entries.iter().enumerate();
        let mut places: Vec<usize> = own
            .filter(|(_, entry)| entry.certificate_issuer.is_none())
            .map(|(place, _)| place)
            .collect();
        let rank = |place: &usize| {
            entries.get(*place).map(|entry| {
                let weight = core::cmp::Reverse(RevocationReason::weight(entry.reason));
                (&entry.serial_number, weight, entry.date)
            })
        };
        places.sort_by(|a, b| rank(a).cmp(&rank(b)));
        let twice = |pair: &[usize]| match pair {
            [a, b] => serial_number(a) == serial_number(b),
            _ => false,
        };
        if places.windows(2).any(twice) {
            element.record(DeviationKind::CrlEntryTwice);
        }
        self.by_serial_number = places;
    }

    /// Reads an entry; what is wrong with its extensions is recorded once for the whole list.
    fn read_entry(&mut self, entry: &Element<'_>, list: &Element<'_>) -> Result<Revoked> {
        const WHAT: &str = "entry of CRL";
        let mut fields = entry.children(WHAT)?;
        let serial_number = fields.expect(Tag::INTEGER, WHAT)?.integer(WHAT)?.to_vec();
        let mut revoked = Revoked {
            serial_number,
            date: read_time(&mut fields)?,
            reason: None,
            invalidity_date: None,
            certificate_issuer: None,
        };
        if let Some(extensions) = fields.optional(Tag::SEQUENCE, WHAT)? {
            let mut row = extensions.children(WHAT)?;
            while !row.is_empty() {
                let extension = row.expect(Tag::SEQUENCE, WHAT)?;
                self.unknown_critical |= !revoked.take(&extension, list)?;
            }
        }
        fields.finish();
        Ok(revoked)
    }
}

impl Revoked {
    /// Takes an extension of the entry; `false` for one that is critical and not understood.
    fn take(&mut self, extension: &Element<'_>, list: &Element<'_>) -> Result<bool> {
        const WHAT: &str = "extension of an entry of a CRL";
        let mut fields = extension.children(WHAT)?;
        let oid = fields.expect(Tag::OBJECT_IDENTIFIER, WHAT)?.oid(WHAT)?;
        let critical = fields
            .optional(Tag::BOOLEAN, WHAT)?
            .map_or(Ok(false), |critical| critical.boolean(WHAT))?;
        let value = fields.expect(Tag::OCTET_STRING, WHAT)?.octets(WHAT)?;
        fields.finish();
        list.record(DeviationKind::CrlEntryExtension(oid));
        let inner = Deviations::default();
        let mut value = Cursor::new(&value, &inner);
        let understood = match oid {
            oids::CRL_REASON => value
                .next(WHAT)
                .and_then(|reason| reason.small_integer(WHAT))
                .map(|reason| self.reason = Some(RevocationReason::new(reason))),
            oids::INVALIDITY_DATE => value
                .next(WHAT)
                .and_then(|date| generalized_time(&date))
                .map(|date| self.invalidity_date = Some(date)),
            oids::CERTIFICATE_ISSUER => directory_name(&mut value)
                .map(|name| self.certificate_issuer = Some(Arc::new(name))),
            _ => return Ok(!critical),
        };
        if understood.is_err() {
            list.record(DeviationKind::UnreadableExtension(oid));
        }
        Ok(understood.is_ok() || !critical)
    }
}

/// The directoryName of a GeneralNames.
fn directory_name(value: &mut Cursor<'_>) -> Result<Name> {
    const WHAT: &str = "certificateIssuer";
    const DIRECTORY_NAME: Tag = Tag::context(4);
    let names = value.expect(Tag::SEQUENCE, WHAT)?;
    let mut row = names.children(WHAT)?;
    while !row.is_empty() {
        let name = row.next(WHAT)?;
        if name.tag == DIRECTORY_NAME {
            return Name::read(&name.explicit(Tag::SEQUENCE, WHAT)?);
        }
    }
    Err(names.malformed(WHAT))
}
