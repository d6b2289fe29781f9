//! EF.SOD and the LDS security object (Doc 9303-10 §4.6.2).

use crypto::{HashAlgorithm, SignatureAlgorithm};

use super::certificate::unreadable;
use super::object_kind::ObjectKind;
use super::report::{LintedObject, Place};
use super::sheet::Sheet;
use super::view::{AlgorithmView, SignedDataView, elements};
use super::{Certificates, algorithms, encoding, rules, signed_data};
use crate::Result;
use crate::ber::{Element, Tag};
use crate::certificate::Certificate;
use crate::oids;

/// Fewest and most hashes: EF.DG1 and EF.DG2 are always there, and there are sixteen data groups.
const HASHES: core::ops::RangeInclusive<usize> = 2..=16;

/// Checks EF.SOD; `element` is the ContentInfo, `tag_at` is `None` when the outer tag 77 was there.
pub(super) fn check(
    element: Element<'_>,
    tag_missing: bool,
    certificates: &Certificates<'_>,
) -> Vec<LintedObject> {
    let with_offsets = certificates.with_offsets;
    let mut sheet = Sheet::new(Place::File, Some(ObjectKind::SecurityObject), with_offsets);
    if tag_missing {
        let found = "a ContentInfo without the outer tag";
        sheet.find(&rules::SOD_TAG, element.at, found, "tag 77");
    }
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
    let version = match check_content(&view, &mut sheet) {
        Ok(version) => version,
        Err(error) => {
            let expected = "an LDS security object";
            sheet.find(&rules::SOD_CONTENT, view.content.at, error, expected);
            None
        }
    };
    // In the form of version 0 the certificate is optional (Doc 9303-10 Appendix D).
    let wanted = version != Some(0);
    let content_type = oids::LDS_SECURITY_OBJECT;
    let enclosed = signed_data::check(&view, content_type, wanted, certificates, &mut sheet);
    [vec![sheet.finish()], enclosed].concat()
}

/// Checks the content and gives its version.
fn check_content(view: &SignedDataView<'_>, sheet: &mut Sheet) -> Result<Option<u32>> {
    const WHAT: &str = "LDS security object";
    let mut content = view.content.wrapped(WHAT)?;
    let object = content.expect(Tag::SEQUENCE, WHAT)?;
    if !content.is_empty() {
        sheet.find(
            &rules::TRAILING,
            content.at(),
            "bytes behind the content",
            "none",
        );
    }
    let mut fields = object.children(WHAT)?;
    let version_element = fields.expect(Tag::INTEGER, WHAT)?;
    let version = version_element.small_integer(WHAT).ok();
    let algorithm = AlgorithmView::read(fields.expect(Tag::SEQUENCE, WHAT)?)?;
    let list = fields.expect(Tag::SEQUENCE, WHAT)?;
    let info = fields.optional(Tag::SEQUENCE, WHAT)?;
    if !fields.is_empty() {
        let found = "an element behind the last field";
        sheet.find(&rules::SURPLUS, fields.at(), found, "none");
    }
    check_version(version, info.is_some(), version_element.at, sheet);
    algorithms::check_hash(&algorithm, sheet);
    if algorithm.identifier.parameters.is_some() {
        let found = format!(
            "{} with parameters",
            algorithms::name(&algorithm.identifier)
        );
        let rule = &rules::CMS_DIGEST_PARAMETERS;
        sheet.find(rule, algorithm.element.at, found, "no parameters");
    }
    let hash = algorithm.identifier.hash_algorithm().ok();
    check_hashes(&list, hash, sheet)?;
    check_one_hash(view, hash, sheet);
    Ok(version)
}

fn check_version(version: Option<u32>, with_info: bool, at: usize, sheet: &mut Sheet) {
    match (version, with_info) {
        (Some(1), true) => {}
        (Some(1), false) => {
            let rule = &rules::SOD_VERSION_INFO;
            sheet.find(rule, at, "no LDSVersionInfo", "LDSVersionInfo");
        }
        (Some(0), with_info) => {
            sheet.find(&rules::SOD_VERSION, at, "version 0", "version 1");
            if with_info {
                let rule = &rules::SOD_VERSION_INFO;
                sheet.find(rule, at, "LDSVersionInfo in version 0", "none");
            }
        }
        _ => {
            let found = version.map_or("no number".to_owned(), |version| version.to_string());
            sheet.find(&rules::SOD_VERSION_KNOWN, at, found, "0 or 1");
        }
    }
}

fn check_hashes(list: &Element<'_>, hash: Option<HashAlgorithm>, sheet: &mut Sheet) -> Result<()> {
    const WHAT: &str = "hash of a data group";
    let rows = elements(list.children(WHAT)?, WHAT)?;
    if !HASHES.contains(&rows.len()) {
        let found = format!("{} hashes", rows.len());
        sheet.find(&rules::SOD_HASH_COUNT, list.at, found, "2 to 16");
    }
    let mut known = Vec::new();
    for row in &rows {
        let mut fields = row.children(WHAT)?;
        let number = fields.expect(Tag::INTEGER, WHAT)?;
        let value = fields.expect(Tag::OCTET_STRING, WHAT)?;
        let group = number.small_integer(WHAT).ok();
        let in_range = group.is_some_and(|group| (1..=16).contains(&group));
        if !in_range || known.contains(&group) {
            let found = match group {
                Some(group) if in_range => format!("EF.DG{group} again"),
                Some(group) => format!("number {group}"),
                None => "no number".to_owned(),
            };
            sheet.find(
                &rules::SOD_HASH_NUMBER,
                number.at,
                found,
                "1 to 16, each once",
            );
        }
        known.push(group);
        let length = hash.map(HashAlgorithm::output_len);
        if let Some(length) = length.filter(|length| *length != value.content.len()) {
            let found = format!("{} octets", value.content.len());
            let expected = format!("{length} octets");
            sheet.find(&rules::SOD_HASH_LENGTH, value.at, found, expected);
        }
    }
    Ok(())
}

/// Three hashes may differ, and do in the field: data groups, attributes, signature.
fn check_one_hash(view: &SignedDataView<'_>, hash: Option<HashAlgorithm>, sheet: &mut Sheet) {
    for signer in &view.signers {
        let digest = signer.digest_algorithm.identifier.hash_algorithm().ok();
        let signature = signer
            .signature_algorithm
            .identifier
            .signature_algorithm(digest)
            .ok()
            .map(SignatureAlgorithm::hash);
        if hash != digest || digest != signature {
            let words = [hash, digest, signature].map(|hash| match hash {
                Some(hash) => hash.name(),
                None => "unknown",
            });
            let rule = &rules::SOD_ALGORITHMS;
            sheet.find(rule, signer.at, words.join(", "), "one hash");
        }
    }
}
