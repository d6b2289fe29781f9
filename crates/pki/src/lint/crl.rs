//! Certificate revocation lists (Doc 9303-12 §7.1.4).

use std::collections::HashSet;

use const_oid::ObjectIdentifier;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use super::certificate::unreadable;
use super::extensions::{check_form, name};
use super::issuer::{self, Search};
use super::object_kind::ObjectKind;
use super::report::{LintedObject, Place};
use super::rule::Rule;
use super::sheet::Sheet;
use super::view::{EntryView, ExtensionView, RevocationListView, find};
use super::{Certificates, algorithms, fields, names, rules, times};
use crate::ber::{Element, Tag};
use crate::{Result, oids, verification};

/// The next list comes at least so soon (Doc 9303-12 §4.1.5).
const LONGEST: Duration = Duration::days(90);
/// The next list does not come sooner than this (Doc 9303-12 §4.1.5).
const SHORTEST: Duration = Duration::hours(48);
const MAX_NUMBER_LEN: usize = 20;
/// Lists before the seventh edition.
const SEVENTH_EDITION: OffsetDateTime = datetime!(2016-01-01 0:00 UTC);
const HOLD_INSTRUCTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.23");

const FORBIDDEN: [(ObjectIdentifier, &Rule); 3] = [
    (oids::DELTA_CRL_INDICATOR, &rules::CRL_DELTA),
    (
        oids::ISSUING_DISTRIBUTION_POINT,
        &rules::CRL_DISTRIBUTION_POINT,
    ),
    (oids::FRESHEST_CRL, &rules::CRL_FRESHEST),
];
const FORBIDDEN_IN_ENTRIES: [(ObjectIdentifier, &Rule); 4] = [
    (oids::CRL_REASON, &rules::CRL_REASON),
    (HOLD_INSTRUCTION, &rules::CRL_HOLD),
    (oids::INVALIDITY_DATE, &rules::CRL_INVALIDITY),
    (oids::CERTIFICATE_ISSUER, &rules::CRL_CERTIFICATE_ISSUER),
];

/// Checks a CRL.
pub(super) fn check(element: Element<'_>, certificates: &Certificates<'_>) -> LintedObject {
    let kind = Some(ObjectKind::Crl);
    let mut sheet = Sheet::new(Place::File, kind, certificates.with_offsets);
    match RevocationListView::read(element) {
        Ok(view) => {
            if view
                .this_update
                .moment
                .is_some_and(|moment| moment < SEVENTH_EDITION)
            {
                sheet.under_sixth_edition();
            }
            check_fields(&view, &mut sheet);
            check_entries(&view, &mut sheet);
            check_extensions(&view, &mut sheet);
            check_issuer(&view, certificates, &mut sheet);
        }
        Err(error) => unreadable(&error, 0, &mut sheet),
    }
    sheet.finish()
}

fn check_fields(view: &RevocationListView<'_>, sheet: &mut Sheet) {
    sheet.name(&view.issuer.name);
    let (version, at) = view.version;
    if version != 2 {
        sheet.find(&rules::CRL_VERSION, at, version, 2);
    }
    fields::check_algorithms_equal(&view.inner_algorithm, &view.outer_algorithm, sheet);
    algorithms::check_signature(&view.outer_algorithm, true, sheet);
    names::check(&view.issuer, "issuer", sheet);
    times::check(&view.this_update, "thisUpdate", sheet);
    for at in &view.surplus {
        let found = "an element behind the last field";
        sheet.find(&rules::SURPLUS, *at, found, "none");
    }
    let Some(next_update) = &view.next_update else {
        let at = view.this_update.at;
        sheet.find(&rules::CRL_NEXT_UPDATE, at, "no nextUpdate", "nextUpdate");
        return;
    };
    times::check(next_update, "nextUpdate", sheet);
    times::check_order(&view.this_update, next_update, sheet);
    if let (Some(this), Some(next)) = (view.this_update.moment, next_update.moment) {
        let length = next - this;
        let found = format!("{} days", length.whole_days());
        if length > LONGEST {
            let rule = &rules::CRL_PERIOD_LONG;
            sheet.find(rule, next_update.at, found, "90 days at most");
        } else if length < SHORTEST && next > this {
            let rule = &rules::CRL_PERIOD_SHORT;
            sheet.find(rule, next_update.at, found, "48 hours at least");
        }
    }
}

fn check_entries(view: &RevocationListView<'_>, sheet: &mut Sheet) {
    let Some(list) = &view.revoked else {
        return;
    };
    if list.content.is_empty() {
        let rule = &rules::CRL_EMPTY;
        sheet.find(rule, list.at, "an empty list", "no list");
    }
    let mut known: HashSet<&[u8]> = HashSet::new();
    let Ok(mut row) = list.children("revokedCertificates") else {
        return;
    };
    while !row.is_empty() {
        let entry = row
            .next("revoked certificate")
            .and_then(|element| EntryView::read(&element));
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => return unreadable(&error, 0, sheet),
        };
        check_entry(&entry, view.this_update.moment, sheet);
        if !known.insert(entry.serial_number.content) {
            let found = format!("{} again", issuer::hex(entry.serial_number.content));
            sheet.find(
                &rules::CRL_TWICE,
                entry.serial_number.at,
                found,
                "one entry",
            );
        }
    }
}

fn check_entry(entry: &EntryView<'_>, issued: Option<OffsetDateTime>, sheet: &mut Sheet) {
    times::check(&entry.date, "revocationDate", sheet);
    if let (Some(date), Some(issued)) = (entry.date.moment, issued)
        && date > issued
    {
        let found = format!("revoked {date}");
        let expected = format!("not after {issued}");
        sheet.find(&rules::CRL_REVOCATION_DATE, entry.date.at, found, expected);
    }
    check_form(&entry.extensions, sheet);
    for (oid, rule) in FORBIDDEN_IN_ENTRIES {
        if let Some(extension) = find(&entry.extensions, oid) {
            sheet.find(rule, extension.at, "present", "absent");
        }
    }
    check_criticality(&entry.extensions, sheet);
}

fn check_criticality(extensions: &[ExtensionView<'_>], sheet: &mut Sheet) {
    for extension in extensions.iter().filter(|extension| extension.critical) {
        let found = format!("{}, critical", name(extension.oid));
        sheet.find(&rules::CRL_CRITICAL, extension.at, found, "not critical");
    }
}

fn check_extensions(view: &RevocationListView<'_>, sheet: &mut Sheet) {
    let at = view.tbs.at;
    let Some(extensions) = &view.extensions else {
        sheet.find(&rules::CRL_EXTENSIONS, at, "no extensions", "extensions");
        return;
    };
    check_form(extensions, sheet);
    check_criticality(extensions, sheet);
    for (oid, rule) in FORBIDDEN {
        if let Some(extension) = find(extensions, oid) {
            sheet.find(rule, extension.at, "present", "absent");
        }
    }
    if find(extensions, oids::AUTHORITY_KEY_IDENTIFIER).is_none() {
        let expected = "AuthorityKeyIdentifier";
        sheet.find(&rules::CRL_AKI, at, "no AuthorityKeyIdentifier", expected);
    }
    match find(extensions, oids::CRL_NUMBER) {
        Some(extension) => check_number(extension, sheet),
        None => sheet.find(&rules::CRL_NUMBER, at, "no cRLNumber", "cRLNumber"),
    }
    if let Some(extension) = find(extensions, oids::ISSUER_ALT_NAME) {
        let directory_name = extension
            .sequence("IssuerAltName")
            .is_ok_and(|names| names.iter().any(|name| name.tag == Tag::context(4)));
        if !directory_name {
            let rule = &rules::CRL_ISSUER_ALT_NAME;
            let expected = "the former name of the issuer as directory name";
            sheet.find(rule, extension.at, "no directory name", expected);
        }
    }
}

fn check_number(extension: &ExtensionView<'_>, sheet: &mut Sheet) {
    let number = extension
        .single(Tag::INTEGER, "cRLNumber")
        .and_then(|number| number.integer("cRLNumber"));
    let Ok(number) = number else {
        let rule = &rules::EXTENSION_UNREADABLE;
        sheet.find(
            rule,
            extension.at,
            "cRLNumber of another syntax",
            "a number",
        );
        return;
    };
    if number.first().is_some_and(|first| first & 0x80 != 0) {
        let rule = &rules::CRL_NUMBER_SIGN;
        sheet.find(rule, extension.at, "a negative number", "0 or more");
    }
    if number.len() > MAX_NUMBER_LEN {
        let found = format!("{} octets", number.len());
        sheet.find(
            &rules::CRL_NUMBER_LENGTH,
            extension.at,
            found,
            "at most 20 octets",
        );
    }
}

fn check_issuer(view: &RevocationListView<'_>, certificates: &Certificates<'_>, sheet: &mut Sheet) {
    let key = key_identifier(view);
    let candidates = certificates.issuers.of(key, &view.issuer.name);
    let verify = |issuer: &crate::Certificate| -> Result<_> {
        let algorithm = view.outer_algorithm.identifier.signature_algorithm(None)?;
        let key = issuer.public_key()?;
        verification::verify_signed(&key, &algorithm, view.tbs.raw, view.signature)
    };
    let at = view.tbs.at;
    match issuer::search(&candidates, verify) {
        Search::Signed(issuer) => {
            issuer::check_names(&view.issuer.name, key, issuer, at, sheet);
        }
        Search::NotSigned => {
            // Somebody named the issuer on purpose, or the key identifier does.
            let found = "a signature that does not hold";
            sheet.find(&rules::ISSUER_SIGNATURE, at, found, "signed by the issuer");
        }
        Search::Unknown => {}
    }
}

/// keyIdentifier of AuthorityKeyIdentifier.
fn key_identifier<'a>(view: &RevocationListView<'a>) -> Option<&'a [u8]> {
    let extensions = view.extensions.as_deref()?;
    let extension = find(extensions, oids::AUTHORITY_KEY_IDENTIFIER)?;
    let fields = extension.sequence("AuthorityKeyIdentifier").ok()?;
    let key = fields.iter().find(|field| field.tag == Tag::context(0))?;
    Some(key.content)
}
