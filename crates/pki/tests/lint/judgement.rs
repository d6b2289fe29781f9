//! What lint says beside the rule: what it took the object for, how much the finding weighs, where it is.

use pki::lint::{Finding, LintReport, ObjectKind, Place, Severity};
use pki::oids;

use crate::forge::{self, INTEGER, Node, UTC_TIME, leaf};
use crate::good::GOOD;

/// The CSCA with a change, signed by its own key again.
fn changed(kind: ObjectKind, change: impl FnOnce(&mut Node)) -> LintReport {
    let mut object = Node::read(GOOD.object(kind));
    change(&mut object);
    GOOD.sign(kind, &mut object);
    GOOD.lint(&object.bytes(), None)
}

fn finding<'r>(report: &'r LintReport, rule: &str) -> &'r Finding {
    let mut findings = report.findings().map(|(_, finding)| finding);
    findings.find(|finding| finding.rule.id == rule).unwrap()
}

#[test]
fn rules_newer_than_a_certificate_are_notices() {
    for (begin, severity, sixth_edition) in [
        ("151231235959Z", Severity::Notice, true),
        ("160101000000Z", Severity::Error, false),
    ] {
        let report = changed(ObjectKind::CscaRoot, |csca| {
            forge::remove(csca, oids::SUBJECT_ALT_NAME);
            *csca.at(&[0, 4, 0]) = leaf(UTC_TIME, begin);
        });
        let found = finding(&report, "subject-alt-name.present");
        assert_eq!(
            (found.severity, found.sixth_edition),
            (severity, sixth_edition),
            "{begin}"
        );
    }
}

#[test]
fn a_finding_points_at_its_byte() {
    let mut csca = Node::read(GOOD.object(ObjectKind::CscaRoot));
    *csca.at(&[0, 1]) = leaf(INTEGER, [0x85, 0x42]);
    let bytes = csca.bytes();
    let report = GOOD.lint(&bytes, None);
    let at = finding(&report, "cert.serial-positive").at.unwrap();
    assert_eq!(bytes[at..at + 4], [0x02, 0x02, 0x85, 0x42]);

    // The same inside a master list, whose offsets are those of the file.
    let mut list = Node::read(GOOD.object(ObjectKind::MasterList));
    forge::edit_content(&mut list, |list| {
        list.at(&[1]).nodes().push(csca);
    });
    let bytes = list.bytes();
    let report = GOOD.lint(&bytes, None);
    let (object, found) = report
        .findings()
        .find(|(_, finding)| finding.rule.id == "cert.serial-positive")
        .unwrap();
    assert_eq!(object.place, Place::ListEntry(4));
    let at = found.at.unwrap();
    assert_eq!(bytes[at..at + 4], [0x02, 0x02, 0x85, 0x42]);
}

#[test]
fn what_is_rewritten_has_no_offsets() {
    let good = GOOD.object(ObjectKind::SecurityObject);
    let (element, _) = iso7816::tlv::read(good).unwrap();
    let ber = [&[0x77, 0x80], element.value, &[0, 0]].concat();
    let report = GOOD.lint(&ber, None);
    let ids: Vec<_> = report
        .findings()
        .map(|(_, finding)| finding.rule.id)
        .collect();
    assert_eq!(ids, ["encoding.der"]);
    assert_eq!(finding(&report, "encoding.der").at, Some(0));
}

#[test]
fn roots_and_links_of_one_name_are_told_apart() {
    let link = GOOD.office.link_to("CSCA TEST 1", true);
    assert_eq!(
        GOOD.lint(&link, None).objects[0].kind,
        Some(ObjectKind::CscaLink)
    );
    let root = changed(ObjectKind::CscaRoot, |csca| {
        forge::remove(csca, oids::AUTHORITY_KEY_IDENTIFIER);
    });
    assert_eq!(root.objects[0].kind, Some(ObjectKind::CscaRoot));
    assert_eq!((root.objects[0].doubt, root.worst()), (None, None));
}

#[test]
fn contradictions_are_said() {
    let csca = changed(ObjectKind::CscaRoot, |csca| {
        forge::remove(csca, oids::BASIC_CONSTRAINTS);
    });
    assert_eq!(csca.objects[0].kind, Some(ObjectKind::CscaRoot));
    assert!(csca.objects[0].doubt.unwrap().contains("disagree"));
    let signer = changed(ObjectKind::DocumentSigner, |signer| {
        forge::remove(signer, oids::DOCUMENT_TYPE_LIST);
    });
    assert_eq!(signer.objects[0].kind, Some(ObjectKind::DocumentSigner));
    assert!(signer.objects[0].doubt.is_some());
}

#[test]
fn the_table_counts_objects_and_findings() {
    let report = changed(ObjectKind::DocumentSigner, |signer| {
        forge::remove(signer, oids::DOCUMENT_TYPE_LIST);
        forge::flip(signer, oids::KEY_USAGE);
    });
    let rows: Vec<_> = report
        .by_rule()
        .iter()
        .map(|count| (count.rule.id, count.objects, count.findings))
        .collect();
    assert_eq!(
        rows,
        [
            ("key-usage.critical", 1, 1),
            ("document-type.present", 1, 1)
        ]
    );
}
