//! What nobody has altered: every check of every way into the chip.

use inspection::Outcome::{self, NotSupported, Successful, Undetermined};
use inspection::{Data, PROCEDURE};
use lds::{File, FileContent as _};
use perso::EncodedBiometrics;

use crate::border::{Border, Card, table};
use crate::office::{CITIZEN_CARD, Kind, Office, PASSPORT};

/// The results that do not depend on the way into the chip.
const ALWAYS: [(&str, Outcome); 28] = [
    ("card-access", Successful),
    // PACE by generic mapping leaves nothing to look up in EF.CardSecurity.
    ("card-security", NotSupported),
    ("card-security-signature", NotSupported),
    ("chip-authentication-mapping", NotSupported),
    ("application", Successful),
    ("com", Successful),
    ("sod", Successful),
    ("dg14", Successful),
    ("chip-authentication", Successful),
    ("dg1", Successful),
    ("dg15", Successful),
    ("active-authentication", Successful),
    ("dg2", Successful),
    ("other-data-groups", Successful),
    // The post has no certificates.
    ("terminal-authentication", Undetermined),
    // Fingerprints stay closed without terminal authentication; this never counts.
    ("protected-data-groups", Undetermined),
    ("security-object", Successful),
    ("document-signer", Successful),
    ("certificate-validity", Successful),
    // Nobody gave a revocation list; this never counts.
    ("revocation", Undetermined),
    ("known-deviations", NotSupported),
    ("data-groups", Successful),
    ("com-against-sod", Successful),
    ("card-access-signed", Successful),
    ("issuing-state", Successful),
    ("document-type", Successful),
    ("mrz-consistency", Successful),
    ("expiry", Successful),
];

#[test]
fn passport_and_citizen_card_by_every_way() {
    for profile in [PASSPORT, CITIZEN_CARD] {
        for kind in [Kind::Extended, Kind::ShortChip, Kind::Short] {
            let card = Card::of(profile, kind);
            for (border, pace, bac, printed) in [
                (
                    Border::with_can(&card),
                    Successful,
                    NotSupported,
                    NotSupported,
                ),
                (
                    Border::with_mrz(&card),
                    Successful,
                    NotSupported,
                    Successful,
                ),
                (
                    Border::with_bac(&card),
                    NotSupported,
                    Successful,
                    Successful,
                ),
            ] {
                let report = border.inspect(&mut card.power_on());
                // A reader without extended length need not know whether the chip has it.
                let atr_info = if kind == Kind::Short {
                    NotSupported
                } else {
                    Successful
                };
                let ways = [
                    ("usage-period", Successful),
                    ("atr-info", atr_info),
                    ("pace", pace),
                    ("bac", bac),
                    ("mrz-as-printed", printed),
                    ("chip-authenticity", Successful),
                ];
                for (id, expected) in ALWAYS.into_iter().chain(ways) {
                    let found = report.check(id).expect(id).finding.outcome;
                    assert_eq!(
                        found,
                        expected,
                        "{profile} {kind:?} {id}\n{}",
                        table(&report)
                    );
                }
                assert_eq!(ALWAYS.len() + ways.len(), report.checks.len());
                assert_eq!(report.overall(), Successful);
                assert_eq!(report.obstacles().count(), 0);
                assert!(matches!(report.data, Data::Verified(_)));
                the_document_is_whole(&card, report.data.as_shown());
            }
        }
    }
}

fn the_document_is_whole(card: &Card, document: &inspection::Document) {
    assert_eq!(document.mrz.as_ref(), Some(&card.mrz()));
    assert!(document.portrait.is_some());
    assert!(document.details.len() >= 10);
    for (file, bytes) in &document.files {
        assert_eq!(bytes, &card.file(*file), "{file}");
    }
    assert!(!document.files.contains_key(&File::Dg3));
}

/// Readers take records of ISO 39794 since 2026 (Doc 9303-9 §3.1): the same picture, another wrapping.
#[test]
fn biometric_records_of_the_next_generation() {
    let portrait = |card: &Card| {
        let report = Border::with_can(card).inspect(&mut card.power_on());
        assert_eq!(report.overall(), Successful, "{}", table(&report));
        the_document_is_whole(card, report.data.as_shown());
        report.data.as_shown().portrait.clone().unwrap()
    };
    for profile in [PASSPORT, CITIZEN_CARD] {
        let old = Card::of(profile, Kind::Extended);
        let mut office = Office::of(profile);
        let encoding = lds::RecordEncoding::Iso39794;
        office.biometrics =
            EncodedBiometrics::encode(&office.record, encoding, &mut office.rng).unwrap();
        let new = Card::from_office(&mut office, Kind::Extended);
        assert_eq!(portrait(&old).bytes, portrait(&new).bytes);
        let records = lds::Dg2::parse(&new.file(File::Dg2))
            .unwrap()
            .value
            .0
            .records;
        assert_eq!(records[0].record.encoding(), encoding);
    }
}

#[test]
fn the_report_follows_the_procedure() {
    let card = Card::of(PASSPORT, Kind::Extended);
    let report = Border::with_can(&card).inspect(&mut card.power_on());
    let ids: Vec<&str> = report.checks.iter().map(|check| check.kind.id).collect();
    let procedure: Vec<&str> = PROCEDURE.iter().map(|step| step.kind.id).collect();
    assert_eq!(ids, procedure);
    println!("{}", table(&report));
    for check in &report.checks {
        let silent = check.finding.outcome != Successful && check.finding.cause.is_empty();
        assert!(!silent, "{} without a cause", check.kind.id);
    }
}
