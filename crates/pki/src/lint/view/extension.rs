//! An extension as it is written.

use const_oid::ObjectIdentifier;

use super::elements;
use crate::Result;
use crate::ber::{Cursor, Element, Tag};
use crate::certificate::MAX_EXTENSIONS;

/// An extension of a certificate, a CRL or an entry of a CRL.
pub(in crate::lint) struct ExtensionView<'a> {
    pub(in crate::lint) at: usize,
    pub(in crate::lint) oid: ObjectIdentifier,
    pub(in crate::lint) critical: bool,
    /// `critical` is written although it is false.
    pub(in crate::lint) default_written: Option<usize>,
    /// The OCTET STRING around the value.
    pub(in crate::lint) value: Element<'a>,
}

impl<'a> ExtensionView<'a> {
    fn read(element: &Element<'a>) -> Result<Self> {
        const WHAT: &str = "extension";
        let mut fields = element.children(WHAT)?;
        let oid = fields.expect(Tag::OBJECT_IDENTIFIER, WHAT)?.oid(WHAT)?;
        let flag = fields.optional(Tag::BOOLEAN, WHAT)?;
        let critical = flag.map_or(Ok(false), |flag| flag.boolean(WHAT))?;
        let value = fields.expect(Tag::OCTET_STRING, WHAT)?;
        fields.finish();
        Ok(Self {
            at: element.at,
            oid,
            critical,
            default_written: flag.filter(|_| !critical).map(|flag| flag.at),
            value,
        })
    }

    /// The value as ASN.1.
    pub(in crate::lint) fn content(&self) -> Result<Cursor<'a>> {
        self.value.wrapped("value of an extension")
    }

    /// The value, which is one element of this tag.
    pub(in crate::lint) fn single(&self, tag: Tag, what: &'static str) -> Result<Element<'a>> {
        let mut content = self.content()?;
        let element = content.expect(tag, what)?;
        if content.is_empty() {
            Ok(element)
        } else {
            Err(self.value.malformed(what))
        }
    }

    /// The elements of the SEQUENCE that the value is.
    pub(in crate::lint) fn sequence(&self, what: &'static str) -> Result<Vec<Element<'a>>> {
        elements(self.single(Tag::SEQUENCE, what)?.children(what)?, what)
    }
}

/// Reads the SEQUENCE OF Extension.
pub(super) fn read_extensions<'a>(element: &Element<'a>) -> Result<Vec<ExtensionView<'a>>> {
    let mut row = element.children("extensions")?;
    let mut extensions = Vec::new();
    while !row.is_empty() {
        if extensions.len() == MAX_EXTENSIONS {
            return Err(element.malformed("too many extensions"));
        }
        extensions.push(ExtensionView::read(
            &row.expect(Tag::SEQUENCE, "extension")?,
        )?);
    }
    Ok(extensions)
}

/// The first extension of a kind.
pub(in crate::lint) fn find<'e, 'a>(
    extensions: &'e [ExtensionView<'a>],
    oid: ObjectIdentifier,
) -> Option<&'e ExtensionView<'a>> {
    extensions.iter().find(|extension| extension.oid == oid)
}
