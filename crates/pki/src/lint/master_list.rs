//! CSCA master lists (Doc 9303-12 §9).

use std::collections::{HashMap, HashSet};

use super::certificate::{Candidate, unreadable};
use super::issuer::Issuers;
use super::object_kind::{Kinds, ObjectKind};
use super::report::{LintedObject, Place};
use super::sheet::Sheet;
use super::view::{SignedDataView, elements};
use super::{Certificates, rules, signed_data};
use crate::ber::{Cursor, Element, Tag};
use crate::certificate::Certificate;
use crate::{Result, oids};

/// Checks a list with its signature.
pub(super) fn check(element: Element<'_>, certificates: &Certificates<'_>) -> Vec<LintedObject> {
    let mut sheet = new_sheet(certificates);
    let view = match SignedDataView::read(element) {
        Ok(view) => view,
        Err(error) => {
            unreadable(&error, 0, &mut sheet);
            return vec![sheet.finish()];
        }
    };
    let content_type = oids::CSCA_MASTER_LIST;
    let enclosed = signed_data::check(&view, content_type, true, certificates, &mut sheet);
    let name = view.certificates.first();
    let signer = name.and_then(|signer| Certificate::parse(signer.raw).ok());
    if let Some(signer) = signer {
        sheet.name(signer.subject());
    }
    let members = view
        .content
        .wrapped("content of the master list")
        .and_then(|mut content| content.next("master list"))
        .and_then(|list| members(&list, &mut sheet));
    let members = match members {
        Ok(members) => check_members(&members, certificates, &mut sheet),
        Err(error) => {
            let at = view.content.at;
            sheet.find(
                &rules::ML_CONTENT,
                at,
                error,
                "a version and a SET of certificates",
            );
            Vec::new()
        }
    };
    [vec![sheet.finish()], enclosed, members].concat()
}

/// Checks a list without its signature.
pub(super) fn check_bare(
    element: Element<'_>,
    certificates: &Certificates<'_>,
) -> Vec<LintedObject> {
    let mut sheet = new_sheet(certificates);
    let rule = &rules::ML_SIGNED;
    sheet.find(
        rule,
        element.at,
        "the bare list",
        "the list inside a SignedData",
    );
    let members = match members(&element, &mut sheet) {
        Ok(members) => check_members(&members, certificates, &mut sheet),
        Err(error) => {
            unreadable(&error, 0, &mut sheet);
            Vec::new()
        }
    };
    [vec![sheet.finish()], members].concat()
}

fn new_sheet(certificates: &Certificates<'_>) -> Sheet {
    let kind = Some(ObjectKind::MasterList);
    Sheet::new(Place::File, kind, certificates.with_offsets)
}

/// The certificates of `SEQUENCE { INTEGER 0, SET OF Certificate }`, or of the SET alone.
fn members<'a>(list: &Element<'a>, sheet: &mut Sheet) -> Result<Vec<Element<'a>>> {
    const WHAT: &str = "master list";
    let mut fields: Cursor<'a> = list.children(WHAT)?;
    if list.tag == Tag::SET {
        let expected = "a version and a SET of certificates";
        sheet.find(&rules::ML_CONTENT, list.at, "a SET alone", expected);
        return elements(fields, WHAT);
    }
    let version = fields.expect(Tag::INTEGER, "version of the master list")?;
    if version.integer(WHAT)? != [0] {
        let found = super::issuer::hex(version.content);
        sheet.find(&rules::ML_VERSION, version.at, found, "0");
    }
    let set = fields.expect(Tag::SET, "certificates of the master list")?;
    if !fields.is_empty() {
        let found = "an element behind the certificates";
        sheet.find(&rules::SURPLUS, fields.at(), found, "none");
    }
    elements(set.children(WHAT)?, WHAT)
}

fn check_members(
    members: &[Element<'_>],
    certificates: &Certificates<'_>,
    sheet: &mut Sheet,
) -> Vec<LintedObject> {
    let with_offsets = certificates.with_offsets;
    let candidates: Vec<Candidate<'_>> = members
        .iter()
        .enumerate()
        .map(|(index, element)| Candidate::new(*element, Place::ListEntry(index + 1), with_offsets))
        .collect();
    let readable: Vec<&Certificate> = candidates
        .iter()
        .filter_map(|candidate| candidate.parsed.as_ref().ok())
        .collect();
    let all = Certificates {
        given: certificates.given,
        issuers: Issuers::new(certificates.given.iter().chain(readable.iter().copied())),
        with_offsets,
    };
    let mut known: HashSet<&[u8]> = HashSet::new();
    let ordered = members.is_sorted_by(|one, other| one.raw <= other.raw);
    if let Some(first) = members.first().filter(|_| !ordered) {
        let found = "certificates not in order";
        sheet.find(&rules::DER, first.at, found, "a SET in order");
    }
    for candidate in &candidates {
        if !known.insert(candidate.element.raw) {
            let found = format!("{} again", candidate.place);
            sheet.find(&rules::ML_TWICE, candidate.element.at, found, "once");
        }
    }
    check_generations(&readable, sheet);
    candidates
        .iter()
        .map(|candidate| check_member(candidate, &all, sheet))
        .collect()
}

/// What is in the list is judged as a CSCA, unless it says clearly that it is something else.
fn check_member(
    candidate: &Candidate<'_>,
    certificates: &Certificates<'_>,
    sheet: &mut Sheet,
) -> LintedObject {
    let Some(judgement) = candidate.judgement() else {
        return candidate.check(None, certificates);
    };
    if Kinds::CSCA.contains(judgement.kind) {
        return candidate.check(None, certificates);
    }
    let found = format!("{}: {}", candidate.place, judgement.kind);
    sheet.find(&rules::ML_MEMBER, candidate.element.at, found, "a CSCA");
    candidate.check(None, certificates)
}

/// A state with several roots: every key but the first one should be certified by another.
fn check_generations(certificates: &[&Certificate], sheet: &mut Sheet) {
    let mut linked: HashSet<&[u8]> = HashSet::new();
    let mut roots: HashMap<String, Vec<&Certificate>> = HashMap::new();
    for certificate in certificates {
        let judgement = super::role::judge(certificate);
        match judgement.kind {
            ObjectKind::CscaLink => {
                linked.insert(certificate.subject_public_key_info());
            }
            ObjectKind::CscaRoot => {
                let country = certificate.subject().country().unwrap_or_default();
                let of_country = roots.entry(country.to_uppercase()).or_default();
                of_country.push(certificate);
            }
            _ => {}
        }
    }
    let mut countries: Vec<_> = roots.into_iter().collect();
    countries.sort_by(|one, other| one.0.cmp(&other.0));
    for (country, mut roots) in countries {
        roots.sort_by_key(|root| root.validity().not_before);
        let keys: HashSet<&[u8]> = roots
            .iter()
            .skip(1)
            .map(|root| root.subject_public_key_info())
            .filter(|key| !linked.contains(key))
            .collect();
        if !keys.is_empty() {
            let found = format!(
                "{country}: {} later keys without link certificate",
                keys.len()
            );
            sheet.find(&rules::ML_LINK, None, found, "a link certificate each");
        }
    }
}
