//! Deviation lists as we write them (Doc 9303-12 §10.2): DER, implicit tags, every SET OF in order.

use crypto::HashAlgorithm;
use der::Encode;
use der::asn1::{GeneralizedTime, PrintableStringRef};
use iso7816::tlv::{Tag, Writer, encode};
use time::OffsetDateTime;

use super::{
    CertificateField, Description, DeviationType, DocumentNumbers, Documents, IssuancePeriod,
    ListedDeviation, SignerCriterion,
};
use crate::algorithm::digest_identifier;
use crate::list_signer::ListSigner;
use crate::profile::ListRole;
use crate::written_time::date_time;
use crate::{Error, Result, oids};

const INTEGER: Tag = Tag::new(0x02);
const OBJECT_IDENTIFIER: Tag = Tag::new(0x06);
const PRINTABLE_STRING: Tag = Tag::new(0x13);
const SEQUENCE: Tag = Tag::new(0x30);
const SET: Tag = Tag::new(0x31);
const DOCUMENT_TYPE: Tag = Tag::new(0x80);
const ISSUER_AND_SERIAL_NUMBER: Tag = Tag::new(0xA1);
const SUBJECT_KEY_IDENTIFIER: Tag = Tag::new(0x82);
const CERTIFICATE_DIGEST: Tag = Tag::new(0x83);
const ISSUING_DATE: Tag = Tag::new(0xA4);
const DOCUMENT_NUMBERS: Tag = Tag::new(0xA5);
const PARAMETERS: Tag = Tag::new(0xA0);
const NATIONAL_USE: Tag = Tag::new(0xA1);

/// The only version (Doc 9303-12 §10.2).
const VERSION: u8 = 0;
/// Letters of a document code.
const MAX_DOCUMENT_TYPE_LEN: usize = 2;

/// Signs a deviation list: the CMS object of Doc 9303-12 §10 in DER. `digest` is the hash algorithm of the certificate
/// digests, if there are any.
///
/// # Errors
/// [`Error::Misuse`] for a deviation without description, a certificate digest that is not one of `digest`, a document type
/// that is none, an issuing period that ends before it begins, or a signer of master lists; [`Error::Encoding`] for text
/// that is not a PrintableString; [`Error::NotPermitted`] when the signer may not sign now; whatever the key answers.
pub fn sign(
    deviations: &[ListedDeviation],
    digest: Option<HashAlgorithm>,
    signer: &ListSigner,
    now: OffsetDateTime,
) -> Result<Vec<u8>> {
    let set = set_of(deviations.iter().map(|entry| deviation(entry, digest)))?;
    let mut content = Writer::new();
    content.nest(SEQUENCE, |list| {
        list.object(INTEGER, &[VERSION]);
        if let Some(digest) = digest {
            list.raw(&digest_identifier(digest));
        }
        list.object(SET, &set);
    });
    signer.sign(
        ListRole::DeviationList,
        oids::DEVIATION_LIST,
        &content.finish(),
        now,
    )
}

/// The content of a SET OF in the order of DER.
fn set_of(elements: impl Iterator<Item = Result<Vec<u8>>>) -> Result<Vec<u8>> {
    let mut elements = elements.collect::<Result<Vec<_>>>()?;
    elements.sort_unstable();
    Ok(elements.concat())
}

fn deviation(deviation: &ListedDeviation, digest: Option<HashAlgorithm>) -> Result<Vec<u8>> {
    if deviation.descriptions.is_empty() {
        return Err(Error::Misuse("a deviation says what is wrong"));
    }
    let descriptions = set_of(deviation.descriptions.iter().map(description))?;
    let documents = documents(&deviation.documents, digest)?;
    let mut out = Writer::new();
    out.object(SEQUENCE, &documents).object(SET, &descriptions);
    Ok(encode(SEQUENCE, &out.finish()))
}

fn documents(documents: &Documents, digest: Option<HashAlgorithm>) -> Result<Vec<u8>> {
    let mut out = Writer::new();
    if let Some(code) = &documents.document_type {
        let letters = code.bytes().all(|letter| letter.is_ascii_uppercase());
        if !(1..=MAX_DOCUMENT_TYPE_LEN).contains(&code.len()) || !letters {
            return Err(Error::Misuse(
                "a document type is one or two letters of A to Z",
            ));
        }
        out.object(DOCUMENT_TYPE, code.as_bytes());
    }
    match &documents.signer {
        Some(SignerCriterion::IssuerAndSerialNumber {
            issuer,
            serial_number,
        }) => {
            out.nest(ISSUER_AND_SERIAL_NUMBER, |out| {
                out.raw(issuer.as_der()).object(INTEGER, serial_number);
            });
        }
        Some(SignerCriterion::SubjectKeyIdentifier(identifier)) => {
            out.object(SUBJECT_KEY_IDENTIFIER, identifier);
        }
        Some(SignerCriterion::CertificateDigest(value)) => {
            if digest.is_none_or(|digest| digest.output_len() != value.len()) {
                return Err(Error::Misuse(
                    "a certificate digest is one of the list's digest algorithm",
                ));
            }
            out.object(CERTIFICATE_DIGEST, value);
        }
        None => {}
    }
    if let Some(period) = &documents.issuing_date {
        out.object(ISSUING_DATE, &issuing_date(period)?);
    }
    if let Some(numbers) = &documents.document_numbers {
        out.object(DOCUMENT_NUMBERS, &document_numbers(numbers)?);
    }
    Ok(out.finish())
}

fn issuing_date(period: &IssuancePeriod) -> Result<Vec<u8>> {
    if period.first_issued > period.last_issued {
        return Err(Error::Misuse("an issuing period ends after it begins"));
    }
    let moment = |moment| Ok(GeneralizedTime::from_date_time(date_time(moment)?).to_der()?);
    let period: [Result<_>; 2] = [moment(period.first_issued), moment(period.last_issued)];
    let [first, last] = period;
    Ok([first?, last?].concat())
}

fn document_numbers(numbers: &DocumentNumbers) -> Result<Vec<u8>> {
    set_of(numbers.iter().map(printable))
}

fn printable(text: &str) -> Result<Vec<u8>> {
    let text = PrintableStringRef::new(text)?;
    Ok(encode(PRINTABLE_STRING, text.as_bytes()))
}

fn description(description: &Description) -> Result<Vec<u8>> {
    let mut out = Writer::new();
    if let Some(text) = &description.text {
        out.raw(&printable(text)?);
    }
    out.object(OBJECT_IDENTIFIER, description.kind.oid().as_bytes());
    if let Some(parameter) = parameter(&description.kind) {
        out.object(PARAMETERS, &parameter);
    }
    if let Some(element) = &description.national_use {
        out.object(NATIONAL_USE, element);
    }
    Ok(encode(SEQUENCE, &out.finish()))
}

/// The parameter, which stands in an explicit tag because its type is open.
fn parameter(kind: &DeviationType) -> Option<Vec<u8>> {
    let number = |number: u8| encode(INTEGER, &[number]);
    match kind {
        DeviationType::DocumentSignerEncoding(field) | DeviationType::CscaEncoding(field) => field
            .map(|field| match field {
                CertificateField::Body(field) => number(field.number()),
                CertificateField::Extension(oid) => encode(OBJECT_IDENTIFIER, oid.as_bytes()),
            }),
        DeviationType::DataGroupMalformed(object) | DeviationType::DataGroupHashWrong(object) => {
            object.map(|object| number(object.number()))
        }
        DeviationType::MrzDataWrong(field) | DeviationType::MrzCheckDigitWrong(field) => {
            field.map(|field| number(field.number()))
        }
        DeviationType::Other { parameters, .. } => parameters.clone(),
        _ => None,
    }
}
