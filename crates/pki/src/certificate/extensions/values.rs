//! The values of the extensions.

use const_oid::ObjectIdentifier;
use time::OffsetDateTime;

use crate::Result;
use crate::ber::{Cursor, Element, Tag};
use crate::certificate::validity::generalized_time;
use crate::deviation::DeviationKind;
use crate::name::text;

/// Most entries of a DocumentType list or an extended key usage.
pub const MAX_ENTRIES: usize = 64;

/// KeyUsage, the bits that matter here (RFC 5280 §4.2.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyUsage(u16);

impl KeyUsage {
    /// May sign data: EF.SOD, lists.
    #[must_use]
    pub const fn digital_signature(self) -> bool {
        self.0 & 0x8000 != 0
    }

    /// May sign certificates.
    #[must_use]
    pub const fn key_cert_sign(self) -> bool {
        self.0 & 0x0400 != 0
    }

    /// May sign revocation lists.
    #[must_use]
    pub const fn crl_sign(self) -> bool {
        self.0 & 0x0200 != 0
    }

    /// May do something else than sign certificates and revocation lists.
    #[must_use]
    pub const fn other_than_certification(self) -> bool {
        self.0 & !0x0600 != 0
    }
}

/// BasicConstraints (RFC 5280 §4.2.1.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BasicConstraints {
    /// Certification authority.
    pub ca: bool,
    /// Most certification authorities below this one.
    pub path_len: Option<u32>,
}

/// When the private key may sign (RFC 3280 §4.2.1.4); a missing bound is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrivateKeyUsagePeriod {
    /// First moment.
    pub not_before: Option<OffsetDateTime>,
    /// Last moment.
    pub not_after: Option<OffsetDateTime>,
}

pub(super) fn authority_key_identifier(value: &mut Cursor<'_>) -> Result<Option<Vec<u8>>> {
    const WHAT: &str = "AuthorityKeyIdentifier";
    let mut fields = value.expect(Tag::SEQUENCE, WHAT)?.children(WHAT)?;
    fields
        .optional(Tag::context(0), WHAT)?
        .map(|id| id.octets(WHAT).map(std::borrow::Cow::into_owned))
        .transpose()
}

pub(super) fn key_usage(value: &mut Cursor<'_>) -> Result<KeyUsage> {
    const WHAT: &str = "KeyUsage";
    let element = value.expect(Tag::BIT_STRING, WHAT)?;
    let bits = match element.content {
        [_unused] => 0,
        [_unused, first] => u16::from_be_bytes([*first, 0]),
        [_unused, first, second] => u16::from_be_bytes([*first, *second]),
        _ => return Err(element.malformed(WHAT)),
    };
    Ok(KeyUsage(bits))
}

pub(super) fn basic_constraints(value: &mut Cursor<'_>) -> Result<BasicConstraints> {
    const WHAT: &str = "BasicConstraints";
    let mut fields = value.expect(Tag::SEQUENCE, WHAT)?.children(WHAT)?;
    let ca = fields
        .optional(Tag::BOOLEAN, WHAT)?
        .map_or(Ok(false), |ca| ca.boolean(WHAT))?;
    let path_len = fields
        .optional(Tag::INTEGER, WHAT)?
        .map(|len| len.small_integer(WHAT))
        .transpose()?;
    Ok(BasicConstraints { ca, path_len })
}

pub(super) fn extended_key_usage(value: &mut Cursor<'_>) -> Result<Vec<ObjectIdentifier>> {
    const WHAT: &str = "ExtKeyUsage";
    let element = value.expect(Tag::SEQUENCE, WHAT)?;
    let mut row = element.children(WHAT)?;
    let mut purposes = Vec::new();
    while !row.is_empty() {
        if purposes.len() == MAX_ENTRIES {
            return Err(element.malformed(WHAT));
        }
        purposes.push(row.expect(Tag::OBJECT_IDENTIFIER, WHAT)?.oid(WHAT)?);
    }
    Ok(purposes)
}

pub(super) fn private_key_usage_period(value: &mut Cursor<'_>) -> Result<PrivateKeyUsagePeriod> {
    const WHAT: &str = "PrivateKeyUsagePeriod";
    let mut fields = value.expect(Tag::SEQUENCE, WHAT)?.children(WHAT)?;
    let mut bound = |number| {
        fields
            .optional(Tag::context(number), WHAT)?
            .map(|time| generalized_time(&time))
            .transpose()
    };
    Ok(PrivateKeyUsagePeriod {
        not_before: bound(0)?,
        not_after: bound(1)?,
    })
}

/// `SEQUENCE { INTEGER 0, SET OF PrintableString }`. Also met: several SETs, and the strings without a SET.
pub(super) fn document_types(value: &mut Cursor<'_>, place: &Element<'_>) -> Result<Vec<String>> {
    const WHAT: &str = "DocumentType list";
    let element = value.expect(Tag::SEQUENCE, WHAT)?;
    let mut fields = element.children(WHAT)?;
    let mut sets = 0;
    let mut bare = fields.optional(Tag::INTEGER, WHAT)?.is_none();
    let mut types = Vec::new();
    while !fields.is_empty() {
        let field = fields.next(WHAT)?;
        if field.tag == Tag::SET {
            sets += 1;
            let mut set = field.children(WHAT)?;
            while !set.is_empty() {
                push_document_type(&mut types, &set.next(WHAT)?)?;
            }
        } else {
            bare = true;
            push_document_type(&mut types, &field)?;
        }
    }
    if bare || sets != 1 {
        place.record(DeviationKind::DocumentTypeForm);
    }
    Ok(types)
}

fn push_document_type(types: &mut Vec<String>, element: &Element<'_>) -> Result<()> {
    if types.len() == MAX_ENTRIES {
        return Err(element.malformed("DocumentType list"));
    }
    types.push(text(element)?);
    Ok(())
}
