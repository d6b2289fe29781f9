//! CMS SignedData as it is written (RFC 5652 §5.1).

use const_oid::ObjectIdentifier;

use super::{AlgorithmView, elements};
use crate::ber::{Cursor, Element, Tag};
use crate::cms::{MAX_CERTIFICATES, MAX_SIGNED_ATTRIBUTES, MAX_SIGNERS};
use crate::{Result, oids};

/// The fields of a SignedData.
pub(in crate::lint) struct SignedDataView<'a> {
    /// ContentInfo.
    pub(in crate::lint) element: Element<'a>,
    pub(in crate::lint) version: (u32, usize),
    pub(in crate::lint) digest_algorithms: Vec<AlgorithmView<'a>>,
    pub(in crate::lint) content_type: (ObjectIdentifier, usize),
    /// The OCTET STRING around the content.
    pub(in crate::lint) content: Element<'a>,
    pub(in crate::lint) certificates: Vec<Element<'a>>,
    pub(in crate::lint) crls: Option<usize>,
    pub(in crate::lint) signers: Vec<SignerView<'a>>,
    pub(in crate::lint) signer_infos_at: usize,
    /// What its definition does not know.
    pub(in crate::lint) surplus: Vec<usize>,
}

/// The fields of a SignerInfo.
pub(in crate::lint) struct SignerView<'a> {
    pub(in crate::lint) at: usize,
    pub(in crate::lint) version: (u32, usize),
    pub(in crate::lint) identifier: Element<'a>,
    pub(in crate::lint) digest_algorithm: AlgorithmView<'a>,
    pub(in crate::lint) signed_attributes: Option<Element<'a>>,
    pub(in crate::lint) attributes: Vec<AttributeView<'a>>,
    pub(in crate::lint) signature_algorithm: AlgorithmView<'a>,
    pub(in crate::lint) unsigned_attributes: Option<usize>,
}

/// One signed attribute.
pub(in crate::lint) struct AttributeView<'a> {
    pub(in crate::lint) element: Element<'a>,
    pub(in crate::lint) kind: ObjectIdentifier,
    /// The SET of its values.
    pub(in crate::lint) values: Element<'a>,
}

impl<'a> SignedDataView<'a> {
    pub(in crate::lint) fn read(element: Element<'a>) -> Result<Self> {
        const WHAT: &str = "ContentInfo";
        let mut outer = element.children(WHAT)?;
        let kind = outer.expect(Tag::OBJECT_IDENTIFIER, WHAT)?;
        if kind.oid(WHAT)? != oids::SIGNED_DATA {
            return Err(kind.malformed("content type, not signed data"));
        }
        let mut fields = outer
            .expect(Tag::context(0), WHAT)?
            .explicit(Tag::SEQUENCE, WHAT)?
            .children("SignedData")?;
        let version = fields.expect(Tag::INTEGER, "version of SignedData")?;
        let version = (version.small_integer("version of SignedData")?, version.at);
        let digest_algorithms = row(
            &fields.expect(Tag::SET, "digestAlgorithms")?,
            "digestAlgorithms",
            MAX_SIGNERS,
        )?;
        let digest_algorithms: Result<Vec<_>> = digest_algorithms
            .into_iter()
            .map(AlgorithmView::read)
            .collect();
        let (content_type, content) =
            read_content(&fields.expect(Tag::SEQUENCE, "encapContentInfo")?)?;
        let certificates = match fields.optional(Tag::context(0), "certificates")? {
            Some(set) => row(&set, "certificates", MAX_CERTIFICATES)?,
            None => Vec::new(),
        };
        let crls = fields.optional(Tag::context(1), "crls")?;
        let signer_infos = fields.expect(Tag::SET, "signerInfos")?;
        let signers: Result<Vec<_>> = row(&signer_infos, "signerInfos", MAX_SIGNERS)?
            .iter()
            .map(SignerView::read)
            .collect();
        Ok(Self {
            element,
            version,
            digest_algorithms: digest_algorithms?,
            content_type,
            content,
            certificates,
            crls: crls.map(|crls| crls.at),
            signers: signers?,
            signer_infos_at: signer_infos.at,
            surplus: [&outer, &fields]
                .into_iter()
                .filter(|rest| !rest.is_empty())
                .map(Cursor::at)
                .collect(),
        })
    }
}

impl<'a> SignerView<'a> {
    fn read(element: &Element<'a>) -> Result<Self> {
        const WHAT: &str = "SignerInfo";
        let mut fields = element.children(WHAT)?;
        let version = fields.expect(Tag::INTEGER, WHAT)?;
        let identifier = fields.next("signer identifier")?;
        let digest_algorithm =
            AlgorithmView::read(fields.expect(Tag::SEQUENCE, "digestAlgorithm")?)?;
        let signed_attributes = fields.optional(Tag::context(0), "signedAttrs")?;
        let attributes = match &signed_attributes {
            Some(set) => row(set, "signedAttrs", MAX_SIGNED_ATTRIBUTES)?,
            None => Vec::new(),
        };
        let attributes: Result<Vec<_>> = attributes.into_iter().map(AttributeView::read).collect();
        let signature_algorithm =
            AlgorithmView::read(fields.expect(Tag::SEQUENCE, "signatureAlgorithm")?)?;
        fields.expect(Tag::OCTET_STRING, "signature")?;
        let unsigned_attributes = fields.optional(Tag::context(1), "unsignedAttrs")?;
        Ok(Self {
            at: element.at,
            version: (version.small_integer(WHAT)?, version.at),
            identifier,
            digest_algorithm,
            signed_attributes,
            attributes: attributes?,
            signature_algorithm,
            unsigned_attributes: unsigned_attributes.map(|set| set.at),
        })
    }

    pub(in crate::lint) fn attribute(&self, kind: ObjectIdentifier) -> Option<&AttributeView<'a>> {
        self.attributes
            .iter()
            .find(|attribute| attribute.kind == kind)
    }
}

impl<'a> AttributeView<'a> {
    fn read(element: Element<'a>) -> Result<Self> {
        const WHAT: &str = "signed attribute";
        let mut fields = element.children(WHAT)?;
        let kind = fields.expect(Tag::OBJECT_IDENTIFIER, WHAT)?.oid(WHAT)?;
        let values = fields.expect(Tag::SET, WHAT)?;
        Ok(Self {
            element,
            kind,
            values,
        })
    }
}

fn read_content<'a>(element: &Element<'a>) -> Result<((ObjectIdentifier, usize), Element<'a>)> {
    const WHAT: &str = "encapContentInfo";
    let mut fields = element.children(WHAT)?;
    let kind = fields.expect(Tag::OBJECT_IDENTIFIER, WHAT)?;
    let content = fields
        .expect(Tag::context(0), "eContent")?
        .explicit(Tag::OCTET_STRING, "eContent")?;
    Ok(((kind.oid(WHAT)?, kind.at), content))
}

/// The elements of a SET, so many at most.
fn row<'a>(set: &Element<'a>, what: &'static str, most: usize) -> Result<Vec<Element<'a>>> {
    let found = elements(set.children(what)?, what)?;
    if found.len() > most {
        return Err(set.malformed(what));
    }
    Ok(found)
}
