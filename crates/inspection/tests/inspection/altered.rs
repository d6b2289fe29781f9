//! Cards that somebody has altered, and documents that are not what they should be: the right check says so, and nothing of
//! it ends well.

use std::collections::BTreeMap;

use applet_spec::ChipMemory;
use inspection::Data;
use inspection::Outcome::{self, Failed, NotSupported, Successful, Undetermined};
use iso7816::{Channel, StatusWord};
use lds::{EfCardAccess, EfCom, File, FileContent, LdsVersion, SecurityInfos, UnicodeVersion};
use pki::{SecurityObject, TrustStore};
use time::Duration;
use time::macros::datetime;
use transport::{Fault, FaultChannel, FaultPlan};

use crate::border::{Border, Card, outcome, table};
use crate::office::{CITIZEN_CARD, JOB, Kind, NOW, Office, PASSPORT};

fn passport() -> Card {
    Card::of(PASSPORT, Kind::Extended)
}

/// Inspects and compares the named checks, the overall result and the kind of the data.
fn check(border: &Border, line: &mut dyn Channel, expected: &[(&str, Outcome)], verified: bool) {
    let report = border.inspect(line);
    for (id, expected) in expected {
        let found = match *id {
            "overall" => report.overall(),
            id => outcome(&report, id),
        };
        assert_eq!(found, *expected, "{id}\n{}", table(&report));
    }
    let is_verified = matches!(report.data, Data::Verified(_));
    assert_eq!(is_verified, verified, "{}", table(&report));
}

fn check_card(card: &Card, expected: &[(&str, Outcome)], verified: bool) {
    check(
        &Border::with_can(card),
        &mut card.power_on(),
        expected,
        verified,
    );
}

fn flip_last(file: File) -> impl FnOnce(&mut ChipMemory) {
    move |chip| {
        let last = chip.file(file).unwrap().len() - 1;
        chip.tamper(file, last, 0x01).unwrap();
    }
}

#[test]
fn one_altered_octet_in_a_data_group() {
    for (profile, files) in [
        (
            PASSPORT,
            &[File::Dg1, File::Dg2, File::Dg11, File::Dg12][..],
        ),
        (CITIZEN_CARD, &[File::Dg1, File::Dg2, File::Dg13]),
    ] {
        for file in files {
            let card = Card::of(profile, Kind::Extended).altered(flip_last(*file));
            let expected = [
                ("data-groups", Failed),
                ("security-object", Successful),
                ("document-signer", Successful),
                ("chip-authenticity", Successful),
                ("overall", Failed),
            ];
            check_card(&card, &expected, false);
        }
    }
}

/// Wherever the octet is: whatever breaks, the card is not accepted and its data are not verified.
#[test]
fn octets_all_over_the_signed_files() {
    let card = passport();
    let border = Border::with_can(&card);
    let mut outcomes: BTreeMap<&str, usize> = BTreeMap::new();
    for (file, step) in [
        (File::Dg1, 1),
        (File::Dg2, 17),
        (File::Dg11, 7),
        (File::Dg12, 5),
        (File::Dg14, 7),
        (File::Dg15, 7),
    ] {
        for at in (0..card.file(file).len()).step_by(step) {
            let altered = card.altered(|chip| chip.tamper(file, at, 0x04).unwrap());
            let report = border.inspect(&mut altered.power_on());
            let text = || format!("{file} octet {at}\n{}", table(&report));
            assert_ne!(report.overall(), Successful, "{}", text());
            assert!(matches!(report.data, Data::Unverified(_)), "{}", text());
            *outcomes.entry(report.overall().word()).or_default() += 1;
        }
    }
    println!("altered octets: {outcomes:?}");
}

/// EF.SOD has octets that no signature covers (CMS versions, the list of digest algorithms). None of them changes what is
/// said of the document.
#[test]
fn every_third_octet_of_the_security_object() {
    let card = passport();
    let border = Border::with_can(&card);
    let genuine = border.inspect(&mut card.power_on());
    let mut outcomes: BTreeMap<&str, usize> = BTreeMap::new();
    for at in (0..card.file(File::Sod).len()).step_by(3) {
        let altered = card.altered(|chip| chip.tamper(File::Sod, at, 0x01).unwrap());
        let report = border.inspect(&mut altered.power_on());
        if report.overall() == Successful {
            let document = |report: &inspection::Report| report.data.as_shown().mrz.clone();
            assert_eq!(document(&report), document(&genuine));
            let deviates = report
                .checks
                .iter()
                .any(|check| !check.deviations.is_empty());
            assert!(
                deviates,
                "octet {at} is put up with in silence\n{}",
                table(&report)
            );
        } else {
            let is_verified = matches!(report.data, Data::Verified(_));
            let authentic = outcome(&report, "security-object") == Successful
                && outcome(&report, "document-signer") == Successful;
            assert_eq!(is_verified, authentic, "octet {at}\n{}", table(&report));
        }
        *outcomes.entry(report.overall().word()).or_default() += 1;
    }
    println!("altered octets of EF.SOD: {outcomes:?}");
    assert!(outcomes["failed"] > 10 * outcomes.get("successful").copied().unwrap_or(0));
}

#[test]
fn an_altered_signature() {
    let expected = [
        ("security-object", Failed),
        ("chip-authenticity", Undetermined),
        ("overall", Failed),
    ];
    check_card(&passport().altered(flip_last(File::Sod)), &expected, false);
}

#[test]
fn a_data_group_15_of_another_card() {
    let mut stranger = Office::stranger(PASSPORT);
    let other = Card::from_office(&mut stranger, Kind::Extended).file(File::Dg15);
    let card = passport().altered(|chip| chip.replace_file(File::Dg15, other).unwrap());
    let expected = [
        ("active-authentication", Failed),
        ("chip-authentication", Successful),
        ("data-groups", Failed),
        ("overall", Failed),
    ];
    check_card(&card, &expected, false);
}

#[test]
fn ef_com_lists_other_groups() {
    let groups = [File::Dg1, File::Dg2, File::Dg4];
    let com = EfCom::new(LdsVersion::v1_8(), UnicodeVersion::v4_0_0(), groups).unwrap();
    let card = passport().altered(|chip| {
        chip.replace_file(File::Com, com.to_bytes()).unwrap();
    });
    // EF.COM is not signed, and what it says is recorded without counting (TR-03135-1 §5.6.4.4.1).
    let expected = [
        ("com-against-sod", Failed),
        ("data-groups", Successful),
        ("overall", Successful),
    ];
    check_card(&card, &expected, true);
}

fn card_access(card: &Card, alter: impl FnOnce(&mut Vec<lds::SecurityInfo>)) -> Card {
    let file = card.file(File::CardAccess);
    let offered = EfCardAccess::parse(&file).unwrap().value.security_infos;
    let mut infos: Vec<lds::SecurityInfo> = offered.iter().cloned().collect();
    alter(&mut infos);
    let security_infos = SecurityInfos::new(infos);
    let altered = EfCardAccess { security_infos }.to_bytes();
    card.altered(|chip| chip.replace_file(File::CardAccess, altered).unwrap())
}

#[test]
fn ef_card_access_says_what_is_not_signed() {
    let card = card_access(&passport(), |infos| {
        let hash = crypto::HashAlgorithm::Sha1;
        let info = lds::security_info::ActiveAuthenticationInfo::new(hash);
        infos.push(lds::SecurityInfo::ActiveAuthentication(info));
    });
    let expected = [
        ("pace", Successful),
        ("card-access-signed", Failed),
        ("overall", Failed),
    ];
    check_card(&card, &expected, true);
}

/// Whoever takes PACE away to be given BAC is found out by what the issuer has signed.
#[test]
fn ef_card_access_without_its_pace() {
    let card = passport();
    let expected = [
        ("pace", NotSupported),
        ("bac", Successful),
        ("card-access-signed", Failed),
        ("overall", Failed),
    ];
    let removed = card_access(&card, |infos| {
        infos.retain(|info| !matches!(info, lds::SecurityInfo::Pace(_)));
    });
    let garbled = card.altered(|chip| chip.tamper(File::CardAccess, 0, 0x40).unwrap());
    for card in [&removed, &garbled] {
        let border = Border::with_mrz(&passport());
        check(&border, &mut card.power_on(), &expected, true);
    }
    // By its short identifier, and by its identifier behind SELECT of the master file, which is asked for in two forms.
    let not_found = Fault::Answer(StatusWord::FILE_NOT_FOUND);
    let hidden = [1, 3, 5].into_iter();
    let hidden = hidden.fold(FaultPlan::new(), |plan, n| plan.at(n, not_found));
    let mut line = FaultChannel::new(card.power_on(), hidden);
    check(&Border::with_mrz(&card), &mut line, &expected, true);
}

#[test]
fn an_expired_document() {
    let card = passport();
    for (now, expiry) in [
        (datetime!(2036-11-21 23:00 UTC), Successful),
        (datetime!(2036-11-22 00:00 UTC), Failed),
    ] {
        let border = Border {
            now,
            ..Border::with_can(&card)
        };
        let expected = [("expiry", expiry), ("overall", expiry)];
        check(&border, &mut card.power_on(), &expected, true);
    }
}

/// A CSCA that is missing is no reproach to the document.
#[test]
fn an_issuer_nobody_knows() {
    let card = passport();
    let mut wrong = TrustStore::new();
    wrong
        .add(&Office::stranger(PASSPORT).csca, "a stranger")
        .unwrap();
    for trust in [TrustStore::new(), wrong] {
        let border = Border {
            trust,
            ..Border::with_can(&card)
        };
        let expected = [
            ("security-object", Successful),
            ("document-signer", Undetermined),
            ("certificate-validity", Undetermined),
            ("data-groups", Successful),
            ("card-access-signed", Undetermined),
            ("chip-authentication", Successful),
            ("chip-authenticity", Undetermined),
            ("overall", Undetermined),
        ];
        check(&border, &mut card.power_on(), &expected, false);
    }
}

#[test]
fn certificates_outside_their_validity() {
    let card = passport();
    for now in [NOW - Duration::days(31), NOW + Duration::days(31 * 365)] {
        let border = Border {
            now,
            ..Border::with_can(&card)
        };
        let expected = [
            ("document-signer", Successful),
            ("certificate-validity", Failed),
            ("overall", Failed),
        ];
        check(&border, &mut card.power_on(), &expected, true);
    }
}

#[test]
fn a_signer_of_other_documents() {
    let card = passport();
    let other = Office::with_signer(PASSPORT, |signer| {
        signer.document_types = vec!["ID".to_owned()];
    });
    let object = SecurityObject::parse(&card.file(File::Sod)).unwrap();
    let content = object.lds_security_object();
    let sod = pki::security_object::sign(content, &other.signer, "ID", NOW).unwrap();
    let card = card.altered(|chip| chip.replace_file(File::Sod, sod).unwrap());
    let mut border = Border::with_can(&card);
    border.trust.add(&other.csca, "the same office").unwrap();
    let expected = [
        ("security-object", Successful),
        ("document-signer", Successful),
        ("document-type", Failed),
        ("overall", Failed),
    ];
    check(&border, &mut card.power_on(), &expected, true);
}

#[test]
fn another_zone_than_the_printed_one() {
    let card = passport();
    let border = Border {
        printed_mrz: Some(Card::of(CITIZEN_CARD, Kind::Extended).mrz()),
        ..Border::with_can(&card)
    };
    let expected = [("mrz-as-printed", Failed), ("overall", Failed)];
    check(&border, &mut card.power_on(), &expected, true);
}

/// A card that was personalised without some of the files that its EF.SOD names.
fn lacking(missing: &[File]) -> Card {
    let mut office = Office::of(PASSPORT);
    let (socket, prepared) = office.prepared(Kind::Extended);
    let whole = office.issue(&prepared, JOB).unwrap();
    let mut files = whole.files().clone();
    files.retain(|file, _| !missing.contains(file));
    Card::with_files(&mut office, &socket, Kind::Extended, files)
}

#[test]
fn signed_data_groups_that_are_not_there() {
    for (missing, verified, expected) in [
        (
            &[File::Dg11][..],
            true,
            &[
                ("other-data-groups", Undetermined),
                ("data-groups", Undetermined),
                ("chip-authenticity", Successful),
            ][..],
        ),
        (
            &[File::Dg2],
            true,
            &[("dg2", NotSupported), ("data-groups", Undetermined)],
        ),
        (
            // Nobody's data are nobody's verified data.
            &[File::Dg1],
            false,
            &[
                ("dg1", NotSupported),
                ("data-groups", Undetermined),
                ("expiry", Undetermined),
                ("issuing-state", Undetermined),
            ],
        ),
        (
            // A copy that cannot prove a key hides that it should have one.
            &[File::Dg14, File::Dg15],
            true,
            &[
                ("chip-authentication", Undetermined),
                ("active-authentication", Undetermined),
                ("chip-authenticity", Undetermined),
                ("card-access-signed", Undetermined),
                ("data-groups", Undetermined),
            ],
        ),
    ] {
        let card = lacking(missing);
        let expected = [expected, &[("overall", Undetermined)]].concat();
        check_card(&card, &expected, verified);
    }
}

#[test]
fn no_security_object_at_all() {
    let expected = [
        ("sod", NotSupported),
        ("security-object", Undetermined),
        ("data-groups", Undetermined),
        ("chip-authenticity", Undetermined),
        ("overall", Undetermined),
    ];
    check_card(&lacking(&[File::Sod]), &expected, false);
}

/// Every file of a genuine card on a chip that does not have its keys.
#[test]
fn a_copy_on_another_chip() {
    let copy = Card::of(PASSPORT, Kind::Extended).copy_on_another_chip();
    for border in [Border::with_can(&copy), Border::with_bac(&copy)] {
        let expected = [
            ("chip-authentication", Failed),
            ("chip-authenticity", Failed),
            ("overall", Failed),
        ];
        let report = border.inspect(&mut copy.power_on());
        for (id, expected) in expected {
            let found = if id == "overall" {
                report.overall()
            } else {
                outcome(&report, id)
            };
            assert_eq!(found, expected, "{id}\n{}", table(&report));
        }
    }
}
