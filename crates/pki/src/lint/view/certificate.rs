//! A certificate as it is written.

use super::extension::{ExtensionView, read_extensions};
use super::{AlgorithmView, NameView, TimeView};
use crate::Result;
use crate::ber::{Cursor, Element, Tag};

/// The fields of a certificate.
pub(in crate::lint) struct CertificateView<'a> {
    pub(in crate::lint) element: Element<'a>,
    /// Number of the version, 1 where it is absent, and where it stands.
    pub(in crate::lint) version: (u32, usize),
    pub(in crate::lint) serial_number: Element<'a>,
    pub(in crate::lint) inner_algorithm: Element<'a>,
    pub(in crate::lint) outer_algorithm: AlgorithmView<'a>,
    pub(in crate::lint) issuer: NameView,
    pub(in crate::lint) subject: NameView,
    pub(in crate::lint) not_before: TimeView<'a>,
    pub(in crate::lint) not_after: TimeView<'a>,
    pub(in crate::lint) public_key: Element<'a>,
    pub(in crate::lint) unique_identifiers: Vec<Element<'a>>,
    pub(in crate::lint) extensions: Option<Vec<ExtensionView<'a>>>,
    /// What its definition does not know.
    pub(in crate::lint) surplus: Vec<usize>,
}

impl<'a> CertificateView<'a> {
    pub(in crate::lint) fn read(element: Element<'a>) -> Result<Self> {
        const WHAT: &str = "certificate";
        let mut fields = element.children(WHAT)?;
        let tbs = fields.expect(Tag::SEQUENCE, "tbsCertificate")?;
        let outer_algorithm =
            AlgorithmView::read(fields.expect(Tag::SEQUENCE, "signatureAlgorithm")?)?;
        fields.expect(Tag::BIT_STRING, "signature")?;
        let mut surplus: Vec<usize> = Vec::new();
        note_surplus(&fields, &mut surplus);

        let mut fields = tbs.children("tbsCertificate")?;
        let version = read_version(&tbs, &mut fields)?;
        let serial_number = fields.expect(Tag::INTEGER, "serialNumber")?;
        let inner_algorithm = fields.expect(Tag::SEQUENCE, "signature of tbsCertificate")?;
        let issuer = NameView::read(&fields.expect(Tag::SEQUENCE, "issuer")?)?;
        let mut times = fields
            .expect(Tag::SEQUENCE, "validity")?
            .children("validity")?;
        let not_before = TimeView::read(&mut times)?;
        let not_after = TimeView::read(&mut times)?;
        note_surplus(&times, &mut surplus);
        let subject = NameView::read(&fields.expect(Tag::SEQUENCE, "subject")?)?;
        let public_key = fields.expect(Tag::SEQUENCE, "subjectPublicKeyInfo")?;
        let mut unique_identifiers = Vec::new();
        for number in [1, 2] {
            unique_identifiers.extend(fields.optional(Tag::context(number), "unique identifier")?);
        }
        let extensions = fields
            .optional(Tag::context(3), "extensions")?
            .map(|explicit| read_extensions(&explicit.explicit(Tag::SEQUENCE, "extensions")?))
            .transpose()?;
        note_surplus(&fields, &mut surplus);
        Ok(Self {
            element,
            version,
            serial_number,
            inner_algorithm,
            outer_algorithm,
            issuer,
            subject,
            not_before,
            not_after,
            public_key,
            unique_identifiers,
            extensions,
            surplus,
        })
    }
}

fn note_surplus(rest: &Cursor<'_>, surplus: &mut Vec<usize>) {
    if !rest.is_empty() {
        surplus.push(rest.at());
    }
}

fn read_version(tbs: &Element<'_>, fields: &mut Cursor<'_>) -> Result<(u32, usize)> {
    const WHAT: &str = "version";
    let Some(explicit) = fields.optional(Tag::context(0), WHAT)? else {
        return Ok((1, tbs.at));
    };
    let version = explicit.explicit(Tag::INTEGER, WHAT)?;
    Ok((version.small_integer(WHAT)?.saturating_add(1), version.at))
}
