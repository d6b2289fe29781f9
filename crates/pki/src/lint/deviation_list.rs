//! Deviation lists (Doc 9303-12 §10).

use const_oid::ObjectIdentifier;

use super::certificate::unreadable;
use super::object_kind::ObjectKind;
use super::report::{LintedObject, Place};
use super::sheet::Sheet;
use super::view::{SignedDataView, TimeView};
use super::{Certificates, encoding, issuer, rules, signed_data};
use crate::Result;
use crate::ber::{Cursor, Element, Tag};
use crate::certificate::Certificate;
use crate::oids;

const PRINTABLE_STRING: Tag = Tag::universal(19);
const CONTEXT_1: Tag = Tag::context(1);
const CONTEXT_2: Tag = Tag::context(2);
const CONTEXT_3: Tag = Tag::context(3);
const WHAT: &str = "deviation list";

/// What the parameter of a type of deviation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Parameter {
    /// There is none.
    None,
    /// A field of a certificate, 0 to 9, or the identifier of an extension.
    CertificateField,
    /// 1 to 16 for a data group, 20 for EF.SOD, 21 for EF.COM.
    DataGroup,
    /// A field of the machine readable zone, 0 to 9.
    MrzField,
    /// The state decides.
    Any,
}

const TYPES: [(ObjectIdentifier, Parameter); 12] = [
    (oids::DEVIATION_DS_SIGNATURE, Parameter::None),
    (oids::DEVIATION_DS_ENCODING, Parameter::CertificateField),
    (oids::DEVIATION_CSCA_ENCODING, Parameter::CertificateField),
    (oids::DEVIATION_AA_KEY_COMPROMISED, Parameter::None),
    (oids::DEVIATION_DG_MALFORMED, Parameter::DataGroup),
    (oids::DEVIATION_DG_HASH_WRONG, Parameter::DataGroup),
    (oids::DEVIATION_SOD_SIGNATURE_WRONG, Parameter::None),
    (oids::DEVIATION_COM_INCONSISTENT, Parameter::None),
    (oids::DEVIATION_MRZ_WRONG_DATA, Parameter::MrzField),
    (oids::DEVIATION_MRZ_WRONG_CHECK_DIGIT, Parameter::MrzField),
    (oids::DEVIATION_CHIP, Parameter::Any),
    (oids::DEVIATION_NATIONAL_USE, Parameter::Any),
];

/// Checks a deviation list.
pub(super) fn check(element: Element<'_>, certificates: &Certificates<'_>) -> Vec<LintedObject> {
    let with_offsets = certificates.with_offsets;
    let mut sheet = Sheet::new(Place::File, Some(ObjectKind::DeviationList), with_offsets);
    let view = match SignedDataView::read(element) {
        Ok(view) => view,
        Err(error) => {
            unreadable(&error, 0, &mut sheet);
            return vec![sheet.finish()];
        }
    };
    let signer = view.certificates.first();
    let signer = signer.and_then(|signer| Certificate::parse(signer.raw).ok());
    if let Some(signer) = signer {
        sheet.name(signer.subject());
    }
    for fault in encoding::faults_inside(&view.content) {
        sheet.find(&rules::DER, fault.at, fault.found, "DER");
    }
    if let Err(error) = check_content(&view, &mut sheet) {
        let expected = "a version, perhaps a digest algorithm, a SET of deviations";
        sheet.find(&rules::DL_CONTENT, view.content.at, error, expected);
    }
    let content_type = oids::DEVIATION_LIST;
    let enclosed = signed_data::check(&view, content_type, true, certificates, &mut sheet);
    [vec![sheet.finish()], enclosed].concat()
}

fn check_content(view: &SignedDataView<'_>, sheet: &mut Sheet) -> Result<()> {
    let mut fields = view
        .content
        .wrapped(WHAT)?
        .expect(Tag::SEQUENCE, WHAT)?
        .children(WHAT)?;
    let version = fields.expect(Tag::INTEGER, WHAT)?;
    if version.integer(WHAT)? != [0] {
        let found = issuer::hex(version.content);
        sheet.find(&rules::DL_VERSION, version.at, found, "0");
    }
    fields.optional(Tag::SEQUENCE, "digestAlgorithm")?;
    let mut deviations = fields.expect(Tag::SET, "deviations")?.children(WHAT)?;
    if !fields.is_empty() {
        let found = "an element behind the deviations";
        sheet.find(&rules::SURPLUS, fields.at(), found, "none");
    }
    while !deviations.is_empty() {
        let deviation = deviations.expect(Tag::SEQUENCE, "deviation")?;
        let mut fields = deviation.children("deviation")?;
        let documents = fields.expect(Tag::SEQUENCE, "documents")?;
        let descriptions = fields.expect(Tag::SET, "descriptions")?;
        if check_documents(&documents, sheet).is_err() {
            let expected = "type, signer, period, numbers";
            sheet.find(
                &rules::DL_DOCUMENTS,
                documents.at,
                "other criteria",
                expected,
            );
        }
        let mut row = descriptions.children("descriptions")?;
        while !row.is_empty() {
            let description = row.next("description")?;
            if check_description(&description, sheet).is_err() {
                let expected = "text, type, parameters, national use";
                sheet.find(
                    &rules::DL_DESCRIPTION,
                    description.at,
                    "other fields",
                    expected,
                );
            }
        }
    }
    Ok(())
}

/// All four criteria are optional; tags are implicit.
fn check_documents(documents: &Element<'_>, sheet: &mut Sheet) -> Result<()> {
    let mut fields = documents.children("documents")?;
    if let Some(code) = fields.optional(Tag::context(0), "documentType")?
        && !(1..=2).contains(&code.content.len())
    {
        let found = String::from_utf8_lossy(code.content);
        sheet.find(
            &rules::DL_DOCUMENT_TYPE,
            code.at,
            found,
            "one or two characters",
        );
    }
    if let Some(CONTEXT_1 | CONTEXT_2 | CONTEXT_3) = fields.peek() {
        let signer = fields.next("document signer")?;
        let right = if signer.tag == CONTEXT_1 {
            names_certificate(&signer).is_ok()
        } else {
            !signer.content.is_empty()
        };
        if !right {
            let expected = "issuer and serial number, key identifier or digest";
            sheet.find(&rules::DL_SIGNER, signer.at, "something else", expected);
        }
    }
    if let Some(period) = fields.optional(Tag::context(4), "issuingDate")?
        && !is_period(&period)
    {
        let expected = "two times as GeneralizedTime, in order";
        sheet.find(&rules::DL_PERIOD, period.at, "something else", expected);
    }
    if let Some(numbers) = fields.optional(Tag::context(5), "documentNumbers")? {
        let mut row = numbers.children("documentNumbers")?;
        while !row.is_empty() {
            let number = row.next("document number")?;
            if number.tag != PRINTABLE_STRING {
                let expected = "a PrintableString";
                sheet.find(&rules::DL_NUMBERS, number.at, "another type", expected);
            }
        }
    }
    if fields.is_empty() {
        Ok(())
    } else {
        Err(documents.malformed("documents"))
    }
}

fn names_certificate(signer: &Element<'_>) -> Result<()> {
    let mut fields = signer.children(WHAT)?;
    crate::name::Name::read(&fields.expect(Tag::SEQUENCE, WHAT)?)?;
    fields.expect(Tag::INTEGER, WHAT)?.integer(WHAT).map(drop)
}

fn is_period(period: &Element<'_>) -> bool {
    let read = |row: &mut Cursor<'_>| {
        let time = TimeView::read(row).ok()?;
        time.moment.filter(|_| time.tag == Tag::GENERALIZED_TIME)
    };
    let Ok(mut row) = period.children("issuingDate") else {
        return false;
    };
    let (first, last) = (read(&mut row), read(&mut row));
    first.is_some() && last.is_some() && first <= last && row.is_empty()
}

fn check_description(description: &Element<'_>, sheet: &mut Sheet) -> Result<()> {
    let mut fields = description.children("description")?;
    fields.optional(PRINTABLE_STRING, "text")?;
    let kind = fields.expect(Tag::OBJECT_IDENTIFIER, "type")?;
    let parameters = fields.optional(Tag::context(0), "parameters")?;
    fields.optional(CONTEXT_1, "nationalUse")?;
    if !fields.is_empty() {
        return Err(description.malformed("description"));
    }
    let oid = kind.oid("type")?;
    let known = TYPES
        .iter()
        .find(|(known, _)| *known == oid || is_extensible(*known) && oids::is_below(oid, *known));
    let Some((_, wanted)) = known else {
        sheet.find(&rules::DL_TYPE, kind.at, oid, "one of the standard");
        return Ok(());
    };
    if !is_parameter(*wanted, parameters.as_ref()) {
        let at = parameters.map_or(kind.at, |parameters| parameters.at);
        let found = match parameters {
            Some(_) => "another parameter",
            None => "no parameter",
        };
        sheet.find(&rules::DL_PARAMETER, at, found, wanted.text());
    }
    Ok(())
}

/// States may give numbers of their own below these.
fn is_extensible(kind: ObjectIdentifier) -> bool {
    [oids::DEVIATION_CHIP, oids::DEVIATION_NATIONAL_USE].contains(&kind)
}

impl Parameter {
    const fn text(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::CertificateField => "a field of a certificate or the identifier of an extension",
            Self::DataGroup => "1 to 16, 20 or 21",
            Self::MrzField => "0 to 9",
            Self::Any => "any",
        }
    }
}

/// A parameter is optional, except that a wrong one is none.
fn is_parameter(wanted: Parameter, parameters: Option<&Element<'_>>) -> bool {
    let Some(parameters) = parameters else {
        return true;
    };
    let value = parameters
        .children("parameters")
        .and_then(|mut inside| inside.next("parameters"));
    let number = value
        .as_ref()
        .ok()
        .filter(|value| value.tag == Tag::INTEGER)
        .and_then(|value| value.small_integer("parameters").ok());
    match wanted {
        Parameter::None => false,
        Parameter::Any => true,
        Parameter::DataGroup => number.is_some_and(|n| (1..=16).contains(&n) || n == 20 || n == 21),
        Parameter::MrzField => number.is_some_and(|n| n <= 9),
        Parameter::CertificateField => {
            let is_extension = value.is_ok_and(|value| value.tag == Tag::OBJECT_IDENTIFIER);
            is_extension || number.is_some_and(|n| n <= 9)
        }
    }
}
