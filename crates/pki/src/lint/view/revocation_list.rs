//! A CRL as it is written (RFC 5280 §5.1).

use super::extension::{ExtensionView, read_extensions};
use super::{AlgorithmView, NameView, TimeView};
use crate::Result;
use crate::ber::{Cursor, Element, Tag};

/// The fields of a CRL.
pub(in crate::lint) struct RevocationListView<'a> {
    /// Number of the version, 1 where it is absent, and where it stands.
    pub(in crate::lint) version: (u32, usize),
    pub(in crate::lint) inner_algorithm: Element<'a>,
    pub(in crate::lint) outer_algorithm: AlgorithmView<'a>,
    pub(in crate::lint) issuer: NameView,
    pub(in crate::lint) this_update: TimeView<'a>,
    pub(in crate::lint) next_update: Option<TimeView<'a>>,
    /// The list of revoked certificates.
    pub(in crate::lint) revoked: Option<Element<'a>>,
    pub(in crate::lint) extensions: Option<Vec<ExtensionView<'a>>>,
    pub(in crate::lint) tbs: Element<'a>,
    pub(in crate::lint) signature: &'a [u8],
    /// What its definition does not know.
    pub(in crate::lint) surplus: Vec<usize>,
}

/// One revoked certificate.
pub(in crate::lint) struct EntryView<'a> {
    pub(in crate::lint) serial_number: Element<'a>,
    pub(in crate::lint) date: TimeView<'a>,
    pub(in crate::lint) extensions: Vec<ExtensionView<'a>>,
}

impl<'a> RevocationListView<'a> {
    pub(in crate::lint) fn read(element: Element<'a>) -> Result<Self> {
        const WHAT: &str = "CRL";
        let mut outer = element.children(WHAT)?;
        let tbs = outer.expect(Tag::SEQUENCE, "tbsCertList")?;
        let outer_algorithm =
            AlgorithmView::read(outer.expect(Tag::SEQUENCE, "signatureAlgorithm")?)?;
        let signature = outer
            .expect(Tag::BIT_STRING, "signature")?
            .bits("signature")?;
        let mut fields = tbs.children("tbsCertList")?;
        let version = match fields.optional(Tag::INTEGER, "version")? {
            Some(version) => (
                version.small_integer("version")?.saturating_add(1),
                version.at,
            ),
            None => (1, tbs.at),
        };
        let inner_algorithm = fields.expect(Tag::SEQUENCE, "signature of tbsCertList")?;
        let issuer = NameView::read(&fields.expect(Tag::SEQUENCE, "issuer")?)?;
        let this_update = TimeView::read(&mut fields)?;
        let next_update = match fields.peek() {
            Some(Tag::UTC_TIME | Tag::GENERALIZED_TIME) => Some(TimeView::read(&mut fields)?),
            _ => None,
        };
        let revoked = fields.optional(Tag::SEQUENCE, "revokedCertificates")?;
        let extensions = fields
            .optional(Tag::context(0), "crlExtensions")?
            .map(|explicit| read_extensions(&explicit.explicit(Tag::SEQUENCE, "crlExtensions")?))
            .transpose()?;
        let surplus = [&outer, &fields]
            .into_iter()
            .filter(|rest| !rest.is_empty())
            .map(Cursor::at)
            .collect();
        Ok(Self {
            version,
            inner_algorithm,
            outer_algorithm,
            issuer,
            this_update,
            next_update,
            revoked,
            extensions,
            tbs,
            signature,
            surplus,
        })
    }
}

impl<'a> EntryView<'a> {
    pub(in crate::lint) fn read(element: &Element<'a>) -> Result<Self> {
        const WHAT: &str = "revoked certificate";
        let mut fields = element.children(WHAT)?;
        let serial_number = fields.expect(Tag::INTEGER, WHAT)?;
        let date = TimeView::read(&mut fields)?;
        let extensions = fields
            .optional(Tag::SEQUENCE, WHAT)?
            .map(|extensions| read_extensions(&extensions))
            .transpose()?
            .unwrap_or_default();
        Ok(Self {
            serial_number,
            date,
            extensions,
        })
    }
}
