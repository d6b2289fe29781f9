//! The extensions of Doc 9303-12 §7.1.1 that decide something when a document is verified.

mod values;

use const_oid::ObjectIdentifier;

use crate::Result;
use crate::ber::{Cursor, Element, Tag};
use crate::deviation::{DeviationKind, Deviations};
use crate::oids;

pub use values::{BasicConstraints, KeyUsage, MAX_ENTRIES, PrivateKeyUsagePeriod};

/// Most extensions of one certificate.
pub const MAX_EXTENSIONS: usize = 64;

/// What the extensions of a certificate say; `None` where there is no such extension or it cannot be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extensions {
    /// keyIdentifier of AuthorityKeyIdentifier.
    pub authority_key_identifier: Option<Vec<u8>>,
    /// SubjectKeyIdentifier.
    pub subject_key_identifier: Option<Vec<u8>>,
    /// KeyUsage.
    pub key_usage: Option<KeyUsage>,
    /// BasicConstraints.
    pub basic_constraints: Option<BasicConstraints>,
    /// ExtKeyUsage.
    pub extended_key_usage: Option<Vec<ObjectIdentifier>>,
    /// PrivateKeyUsagePeriod.
    pub private_key_usage_period: Option<PrivateKeyUsagePeriod>,
    /// The document codes a document signer may sign (Doc 9303-12 §7.1.1.6).
    pub document_types: Option<Vec<String>>,
    /// Extensions that should say one of these things and cannot be read.
    pub unreadable: Vec<ObjectIdentifier>,
    /// All extensions, in order, whether known or not.
    pub all: Vec<Extension>,
}

/// An extension as it stands in the certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// What it is.
    pub oid: ObjectIdentifier,
    /// Whether a verifier that does not know it must refuse the certificate.
    pub critical: bool,
    /// Content of extnValue.
    pub value: Vec<u8>,
}

impl Extension {
    /// Whether Doc 9303-12 §7.1.1 or RFC 5280 §4.2 gives it a meaning, whatever becomes of that here.
    #[must_use]
    pub fn is_known(&self) -> bool {
        const REGISTERED: [ObjectIdentifier; 2] = [
            oids::CERTIFICATE_EXTENSIONS,
            oids::PRIVATE_INTERNET_EXTENSIONS,
        ];
        KNOWN.contains(&self.oid)
            || self.oid == oids::NAME_CHANGE
            || REGISTERED.iter().any(|arc| oids::is_below(self.oid, *arc))
    }
}

impl Extensions {
    /// Reads the SEQUENCE OF Extension.
    pub(crate) fn read(element: &Element<'_>) -> Result<Self> {
        let mut extensions = Self::default();
        let mut row = element.children("extensions")?;
        while !row.is_empty() {
            if extensions.all.len() == MAX_EXTENSIONS {
                return Err(element.malformed("certificate of too many extensions"));
            }
            let element = row.expect(Tag::SEQUENCE, "extension")?;
            let extension = read_extension(&element)?;
            if extensions
                .all
                .iter()
                .any(|known| known.oid == extension.oid)
            {
                element.record(DeviationKind::DuplicateExtension(extension.oid));
            } else if extensions.interpret(&extension, &element).is_err() {
                element.record(DeviationKind::UnreadableExtension(extension.oid));
                extensions.unreadable.push(extension.oid);
            }
            extensions.all.push(extension);
        }
        Ok(extensions)
    }

    /// Whether basicConstraints say that the subject is a certification authority.
    #[must_use]
    pub fn is_certification_authority(&self) -> bool {
        self.basic_constraints
            .is_some_and(|constraints| constraints.ca)
    }

    /// Whether keyUsage allows to sign certificates.
    #[must_use]
    pub fn signs_certificates(&self) -> bool {
        self.key_usage.is_some_and(KeyUsage::key_cert_sign)
    }

    /// Whether keyUsage allows to sign data.
    #[must_use]
    pub fn signs_data(&self) -> bool {
        self.key_usage.is_some_and(KeyUsage::digital_signature)
    }

    /// A critical extension that is not understood here, if there is one.
    #[must_use]
    pub fn unknown_critical(&self) -> Option<ObjectIdentifier> {
        self.all
            .iter()
            .find(|extension| extension.critical && !KNOWN.contains(&extension.oid))
            .map(|extension| extension.oid)
    }

    fn interpret(&mut self, extension: &Extension, place: &Element<'_>) -> Result<()> {
        let inner = Deviations::default();
        let mut value = Cursor::new(&extension.value, &inner);
        match extension.oid {
            oids::SUBJECT_KEY_IDENTIFIER => {
                let id = value.expect(Tag::OCTET_STRING, "SubjectKeyIdentifier")?;
                self.subject_key_identifier = Some(id.octets("SubjectKeyIdentifier")?.into_owned());
            }
            oids::AUTHORITY_KEY_IDENTIFIER => {
                self.authority_key_identifier = values::authority_key_identifier(&mut value)?;
            }
            oids::KEY_USAGE => self.key_usage = Some(values::key_usage(&mut value)?),
            oids::BASIC_CONSTRAINTS => {
                self.basic_constraints = Some(values::basic_constraints(&mut value)?);
            }
            oids::EXTENDED_KEY_USAGE => {
                self.extended_key_usage = Some(values::extended_key_usage(&mut value)?);
            }
            oids::PRIVATE_KEY_USAGE_PERIOD => {
                self.private_key_usage_period = Some(values::private_key_usage_period(&mut value)?);
            }
            oids::DOCUMENT_TYPE_LIST => {
                self.document_types = Some(values::document_types(&mut value, place)?);
            }
            oids::DOCUMENT_TYPE_LIST_EARLY => {
                place.record(DeviationKind::DocumentTypeEarly);
                self.document_types = Some(values::document_types(&mut value, place)?);
            }
            _ => {}
        }
        Ok(())
    }
}

/// Extensions that are interpreted, and those that restrict nothing in the verification of a document.
const KNOWN: [ObjectIdentifier; 12] = [
    oids::SUBJECT_KEY_IDENTIFIER,
    oids::AUTHORITY_KEY_IDENTIFIER,
    oids::KEY_USAGE,
    oids::BASIC_CONSTRAINTS,
    oids::EXTENDED_KEY_USAGE,
    oids::PRIVATE_KEY_USAGE_PERIOD,
    oids::DOCUMENT_TYPE_LIST,
    oids::DOCUMENT_TYPE_LIST_EARLY,
    oids::SUBJECT_ALT_NAME,
    oids::ISSUER_ALT_NAME,
    oids::CRL_DISTRIBUTION_POINTS,
    oids::CERTIFICATE_POLICIES,
];

fn read_extension(element: &Element<'_>) -> Result<Extension> {
    const WHAT: &str = "extension";
    let mut fields = element.children(WHAT)?;
    let oid = fields.expect(Tag::OBJECT_IDENTIFIER, WHAT)?.oid(WHAT)?;
    let critical = fields
        .optional(Tag::BOOLEAN, WHAT)?
        .map_or(Ok(false), |critical| critical.boolean(WHAT))?;
    let value = fields
        .expect(Tag::OCTET_STRING, WHAT)?
        .octets(WHAT)?
        .into_owned();
    fields.finish();
    Ok(Extension {
        oid,
        critical,
        value,
    })
}

#[cfg(test)]
mod tests {
    use iso7816::tlv;

    use super::*;

    fn read(extensions: &[(ObjectIdentifier, bool, &str)]) -> (Extensions, Vec<DeviationKind>) {
        let mut bytes = tlv::Writer::new();
        bytes.nest(tlv::Tag::new(0x30), |list| {
            for (oid, critical, value) in extensions {
                list.nest(tlv::Tag::new(0x30), |extension| {
                    extension.object(tlv::Tag::new(0x06), oid.as_bytes());
                    if *critical {
                        extension.object(tlv::Tag::new(0x01), &[0xFF]);
                    }
                    let value = hex::decode(value.replace(' ', "")).unwrap();
                    extension.object(tlv::Tag::new(0x04), &value);
                });
            }
        });
        let bytes = bytes.finish();
        let deviations = Deviations::default();
        let extensions = Cursor::new(&bytes, &deviations)
            .next("extensions")
            .and_then(|element| Extensions::read(&element))
            .unwrap();
        let kinds = deviations.into_vec().into_iter().map(|d| d.kind).collect();
        (extensions, kinds)
    }

    #[test]
    fn document_type_lists_of_the_field() {
        use DeviationKind::{DocumentTypeEarly, DocumentTypeForm};
        let (list, early) = (oids::DOCUMENT_TYPE_LIST, oids::DOCUMENT_TYPE_LIST_EARLY);
        for (oid, value, types, deviations) in [
            (list, "3008 020100 3103 130150", &["P"][..], vec![]),
            (list, "300B 020100 3106 130149 130141", &["I", "A"], vec![]),
            (
                list,
                "300D 020100 3103 130150 3103 130149",
                &["P", "I"],
                vec![DocumentTypeForm],
            ),
            (list, "3006 020100 130150", &["P"], vec![DocumentTypeForm]),
            (list, "3005 3103 130150", &["P"], vec![DocumentTypeForm]),
            (
                early,
                "3008 020100 3103 130150",
                &["P"],
                vec![DocumentTypeEarly],
            ),
        ] {
            let (extensions, found) = read(&[(oid, false, value)]);
            let found_types = extensions.document_types.unwrap();
            assert_eq!(found_types, types, "{value}");
            assert_eq!(found, deviations, "{value}");
        }
    }

    #[test]
    fn known_extensions() {
        let (extensions, deviations) = read(&[
            (oids::KEY_USAGE, true, "03020106"),
            (oids::BASIC_CONSTRAINTS, true, "3006 0101FF 020100"),
            (oids::SUBJECT_KEY_IDENTIFIER, false, "0402 AABB"),
            (oids::AUTHORITY_KEY_IDENTIFIER, false, "3004 8002 CCDD"),
            (oids::EXTENDED_KEY_USAGE, true, "3008 0606 678108010103"),
            (
                oids::PRIVATE_KEY_USAGE_PERIOD,
                false,
                "3011 810F 32303236313132313132303030305A",
            ),
        ]);
        let key_usage = extensions.key_usage.unwrap();
        assert!(
            key_usage.key_cert_sign() && key_usage.crl_sign() && !key_usage.digital_signature()
        );
        let constraints = extensions.basic_constraints.unwrap();
        assert_eq!((constraints.ca, constraints.path_len), (true, Some(0)));
        assert_eq!(
            extensions.subject_key_identifier.as_deref(),
            Some(&[0xAA, 0xBB][..])
        );
        assert_eq!(
            extensions.authority_key_identifier.as_deref(),
            Some(&[0xCC, 0xDD][..])
        );
        let purposes = extensions.extended_key_usage.as_deref().unwrap();
        assert!(oids::is_below(purposes[0], oids::ICAO_SECURITY));
        let period = extensions.private_key_usage_period.unwrap();
        assert_eq!(period.not_before, None);
        assert_eq!(period.not_after.unwrap().unix_timestamp(), 1_795_262_400);
        assert!(deviations.is_empty() && extensions.unknown_critical().is_none());
    }

    #[test]
    fn unreadable_double_and_unknown_extensions() {
        let unknown = ObjectIdentifier::new_unwrap("2.5.29.99");
        let (extensions, deviations) = read(&[
            (oids::KEY_USAGE, true, "0500"),
            (oids::KEY_USAGE, true, "03020780"),
            (unknown, true, ""),
        ]);
        assert_eq!(
            deviations,
            [
                DeviationKind::UnreadableExtension(oids::KEY_USAGE),
                DeviationKind::DuplicateExtension(oids::KEY_USAGE),
            ]
        );
        assert_eq!(extensions.key_usage, None);
        assert_eq!(extensions.unreadable, [oids::KEY_USAGE]);
        assert_eq!(extensions.unknown_critical(), Some(unknown));
    }
}
