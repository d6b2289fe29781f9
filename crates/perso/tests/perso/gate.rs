//! Nothing wrong is signed: every reason of the content gate, each by a candidate that somebody has altered.

use std::collections::BTreeMap;

use enrolment::Field;
use enrolment::profile::CountedNumber;
use lds::dg13::vietnam::VietnamCitizen;
use lds::security_info::{PaceInfo, TerminalAuthenticationInfo};
use lds::{
    Dg1, Dg11, Dg14, EfCardAccess, EfCom, File, FileContent, LdsSecurityObject,
    LdsSecurityObjectVersion, LdsVersion, SecurityInfo, SecurityInfos, Text, UnicodeVersion,
};
use mrz::{Fields, Mrz, MrzDate, MrzTd3, Sex};
use perso::content_gate::{Candidate, Finding, pass};
use perso::{CountedPassword, Error, HolderPin, Order, PreparedChip};
use pki::NotPermitted;
use pki::card_security::CardSecurity;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::offers;
use crate::office::{CITIZEN_CARD, JOB, Kind, NOW, Office, PASSPORT};

/// A candidate that can be altered.
#[derive(Clone)]
struct Draft {
    files: BTreeMap<File, Vec<u8>>,
    /// The files that are hashed, if they are not those above.
    hashed: Option<BTreeMap<File, Vec<u8>>>,
    /// The content of EF.CardSecurity.
    card_security: Option<Vec<u8>>,
    chip: PreparedChip,
    now: OffsetDateTime,
}

/// What an office would sign.
struct Desk {
    office: Office,
    draft: Draft,
}

impl Desk {
    fn of(profile: &str) -> Self {
        Self::at(Office::of(profile))
    }

    fn at(mut office: Office) -> Self {
        let (_, chip) = office.prepared(Kind::Extended);
        let mut files = office.issue(&chip, JOB).unwrap().files().clone();
        files.remove(&File::Sod);
        let card_security = files.remove(&File::CardSecurity);
        let draft = Draft {
            files,
            hashed: None,
            card_security: card_security.map(|signed| {
                let read = CardSecurity::parse(&signed).unwrap();
                read.security_infos().to_der()
            }),
            chip,
            now: NOW,
        };
        Self { office, draft }
    }

    fn findings(&self, alter: impl FnOnce(&mut Draft)) -> Vec<Finding> {
        let mut draft = self.draft.clone();
        alter(&mut draft);
        let hashed = draft.hashed.as_ref().unwrap_or(&draft.files);
        let data_groups = hashed
            .iter()
            .filter(|(file, _)| file.dg_number().is_some())
            .map(|(file, bytes)| (*file, bytes.as_slice()));
        let rule = self.office.record.profile().data().security_object;
        let version = LdsSecurityObjectVersion::v1();
        let content = LdsSecurityObject::of_files(version, rule.hash, data_groups).unwrap();
        let Office {
            record,
            biometrics,
            signer,
            ..
        } = &self.office;
        let result = pass(&Candidate {
            order: &Order {
                offers: self.office.offers,
                pin: self.office.pin.as_ref(),
                trust_points: &self.office.trust_points,
                ..Order::new(record, biometrics, &draft.chip, JOB, draft.now)
            },
            files: &draft.files,
            content: &content,
            card_security: draft.card_security.as_deref(),
            signer,
        });
        match result {
            Ok(()) => Vec::new(),
            Err(Error::ContentGate(findings)) => findings,
            Err(other) => panic!("{other}"),
        }
    }
}

fn differs(file: File, field: Field) -> Finding {
    Finding::FieldDiffers { file, field }
}

fn alter_dg11(draft: &mut Draft, alter: impl FnOnce(&mut Dg11)) {
    let mut dg11 = Dg11::parse(&draft.files[&File::Dg11]).unwrap().value;
    alter(&mut dg11);
    draft.files.insert(File::Dg11, dg11.to_bytes());
}

#[test]
fn what_nobody_altered_passes() {
    for profile in [PASSPORT, CITIZEN_CARD] {
        assert_eq!(Desk::of(profile).findings(|_| {}), []);
    }
}

#[test]
fn files_that_cannot_be_read_or_depart_from_the_standard() {
    let desk = Desk::of(PASSPORT);
    for (file, at, mask, finding) in [
        (File::Dg1, 0, 0x01, Finding::Unreadable(File::Dg1)),
        // The check digit of the document number.
        (File::Dg1, 5 + 44 + 9, 0x01, Finding::Deviates(File::Dg1)),
        (File::Dg11, 0, 0x02, Finding::Unreadable(File::Dg11)),
        (File::Com, 0, 0x02, Finding::Unreadable(File::Com)),
        (
            File::CardAccess,
            0,
            0x02,
            Finding::Unreadable(File::CardAccess),
        ),
    ] {
        let findings = desk.findings(|draft| draft.files.get_mut(&file).unwrap()[at] ^= mask);
        assert!(findings.contains(&finding), "{file}: {findings:?}");
    }
    let findings = desk.findings(|draft| draft.files.get_mut(&File::Dg14).unwrap()[0] ^= 1);
    assert!(
        findings.contains(&Finding::Unreadable(File::Dg14)),
        "{findings:?}"
    );
    let desk = Desk::of(CITIZEN_CARD);
    let findings = desk.findings(|draft| draft.files.get_mut(&File::Dg13).unwrap()[6] ^= 0x10);
    assert_eq!(findings, [Finding::Unreadable(File::Dg13)]);
}

#[test]
fn the_zone_of_somebody_else() {
    let fields = Fields {
        document_code: "PP",
        issuing_state: "UTO",
        document_number: "X12345679",
        nationality: "UTO",
        date_of_birth: MrzDate::parse("900101").unwrap(),
        sex: Sex::Female,
        date_of_expiry: MrzDate::parse("361121").unwrap(),
        primary_identifier: "SPECIMEN",
        secondary_identifier: "ANNA TEST",
    };
    let dg1 = Dg1::new(Mrz::from(MrzTd3::new(&fields, "UTO4711").unwrap()));
    let findings = Desk::of(PASSPORT).findings(|draft| {
        draft.files.insert(File::Dg1, dg1.to_bytes());
    });
    assert_eq!(findings, [Finding::MrzDiffers]);
    let findings = Desk::of(PASSPORT).findings(|draft| {
        draft.hashed = Some(draft.files.clone());
        draft.files.remove(&File::Dg1);
    });
    assert_eq!(findings, [Finding::MrzDiffers, Finding::DataGroupsDiffer]);
}

#[test]
fn personal_details_of_somebody_else() {
    let desk = Desk::of(PASSPORT);
    let findings = desk.findings(|draft| {
        alter_dg11(draft, |dg11| {
            dg11.personal_number = Some(Text::new("UTO4712").unwrap());
        });
    });
    assert_eq!(findings, [differs(File::Dg11, Field::PersonalNumber)]);
    let findings = desk.findings(|draft| alter_dg11(draft, |dg11| dg11.date_of_birth = None));
    assert_eq!(findings, [differs(File::Dg11, Field::DateOfBirth)]);

    let desk = Desk::of(CITIZEN_CARD);
    let findings = desk.findings(|draft| {
        let mut citizen = VietnamCitizen::parse(&draft.files[&File::Dg13])
            .unwrap()
            .value;
        citizen.personal_number = Some("001099000002".to_owned());
        citizen.full_name = None;
        let dg13 = citizen.to_dg13().unwrap();
        draft.files.insert(File::Dg13, dg13.to_bytes());
    });
    assert_eq!(
        findings,
        [
            differs(File::Dg13, Field::PersonalNumber),
            differs(File::Dg13, Field::FullName)
        ]
    );
}

#[test]
fn lists_that_do_not_agree() {
    let desk = Desk::of(PASSPORT);
    let dropped = desk.findings(|draft| {
        draft.files.remove(&File::Dg12);
    });
    let unlisted = desk.findings(|draft| {
        let groups = [File::Dg1, File::Dg2];
        let com = EfCom::new(LdsVersion::v1_8(), UnicodeVersion::v4_0_0(), groups).unwrap();
        draft.files.insert(File::Com, com.to_bytes());
    });
    let no_list = desk.findings(|draft| {
        draft.files.remove(&File::Com);
    });
    let unhashed = desk.findings(|draft| {
        let mut hashed = draft.files.clone();
        hashed.remove(&File::Dg3);
        draft.hashed = Some(hashed);
    });
    for findings in [dropped, unlisted, no_list, unhashed] {
        assert_eq!(findings, [Finding::DataGroupsDiffer]);
    }
}

#[test]
fn a_hash_of_other_bytes() {
    let desk = Desk::of(PASSPORT);
    for file in [File::Dg2, File::Dg3, File::Dg12] {
        let findings = desk.findings(|draft| {
            draft.hashed = Some(draft.files.clone());
            *draft.files.get_mut(&file).unwrap().last_mut().unwrap() ^= 1;
        });
        assert_eq!(findings, [Finding::HashDiffers(file)]);
    }
}

#[test]
fn an_offer_of_access_that_would_not_be_signed() {
    let findings = Desk::of(PASSPORT).findings(|draft| {
        let file = &draft.files[&File::CardAccess];
        let offered = EfCardAccess::parse(file).unwrap().value.security_infos;
        let pace = offered.pace().next().unwrap();
        let weaker = PaceInfo::new(pace.protocol, crypto::Curve::P384.standardized_id());
        let security_infos = SecurityInfos::new([SecurityInfo::Pace(weaker)]);
        let altered = EfCardAccess { security_infos };
        draft.files.insert(File::CardAccess, altered.to_bytes());
    });
    let expected = [
        Finding::CardAccessNotCovered(File::Dg14),
        Finding::OfferDiffers(File::CardAccess),
    ];
    assert_eq!(findings, expected);
}

/// EF.CardAccess and EF.DG14 that agree with each other, and not with what was ordered.
#[test]
fn another_offer_than_was_ordered() {
    let desk = Desk::of(PASSPORT);
    let alter = |draft: &mut Draft, alter: &dyn Fn(&mut Vec<SecurityInfo>)| {
        let changed = |infos: &SecurityInfos| {
            let mut infos: Vec<_> = infos.iter().cloned().collect();
            alter(&mut infos);
            SecurityInfos::new(infos)
        };
        let access = EfCardAccess::parse(&draft.files[&File::CardAccess])
            .unwrap()
            .value;
        let security_infos = changed(&access.security_infos);
        draft
            .files
            .insert(File::CardAccess, EfCardAccess { security_infos }.to_bytes());
        let dg14 = Dg14::parse(&draft.files[&File::Dg14]).unwrap().value;
        let security_infos = changed(&dg14.security_infos);
        draft
            .files
            .insert(File::Dg14, Dg14 { security_infos }.to_bytes());
    };
    let both = [File::CardAccess, File::Dg14].map(Finding::OfferDiffers);
    let more = desk.findings(|draft| {
        alter(draft, &|infos| {
            let curve = crypto::Curve::P384.standardized_id();
            let first = infos.iter().find_map(|info| match info {
                SecurityInfo::Pace(pace) => Some(PaceInfo::new(pace.protocol, curve)),
                _ => None,
            });
            infos.push(SecurityInfo::Pace(first.unwrap()));
        });
    });
    assert_eq!(more, both);
    let less = desk.findings(|draft| {
        alter(draft, &|infos| {
            infos.retain(|info| !matches!(info, SecurityInfo::ChipAuthentication(_)));
        });
    });
    assert_eq!(less, both);
    let unfounded = desk.findings(|draft| {
        alter(draft, &|infos| {
            infos.push(SecurityInfo::TerminalAuthentication(
                TerminalAuthenticationInfo::new(),
            ));
        });
    });
    assert_eq!(unfounded, both, "there are no trust points");
    let none = desk.findings(|draft| drop(draft.files.remove(&File::CardAccess)));
    assert_eq!(none, [Finding::OfferDiffers(File::CardAccess)]);
}

/// A PIN that is printed on the card is none, and who was told the PIN must not have been told the PUK.
#[test]
fn passwords_that_are_one_number() {
    let can = Office::of(PASSPORT)
        .record
        .can()
        .expose()
        .as_bytes()
        .to_vec();
    let pin = |digits: &[u8], puk: &[u8]| HolderPin {
        pin: CountedPassword::pin(digits.into(), 3).unwrap(),
        puk: Some(CountedPassword::puk(puk.into(), 10).unwrap()),
    };
    for (pin, expected) in [
        (pin(b"918273", b"1029384756"), &[][..]),
        (pin(&can, b"1029384756"), &[Finding::SamePassword]),
        (pin(b"1029384756", b"1029384756"), &[Finding::SamePassword]),
    ] {
        let mut desk = Desk::at(offers::generous());
        let rule = |password: &CountedPassword| CountedNumber {
            digits: password.digits().len(),
            tries: password.tries(),
        };
        desk.office.offers.pin = Some(rule(&pin.pin));
        desk.office.offers.puk = pin.puk.as_ref().map(rule);
        desk.office.pin = Some(pin);
        assert_eq!(desk.findings(|_| {}), expected);
    }
}

#[test]
fn keys_of_another_chip() {
    let (_, stranger) = Office::stranger(PASSPORT).prepared(Kind::Extended);
    let desk = Desk::of(PASSPORT);
    for (which, file) in [(0, File::Dg14), (1, File::Dg15)] {
        let findings = desk.findings(|draft| draft.chip.keys[which] = stranger.keys[which].clone());
        assert_eq!(findings, [Finding::KeyDiffers(file)]);
        let findings = desk.findings(|draft| drop(draft.chip.keys.remove(which)));
        assert_eq!(findings, [Finding::KeyDiffers(file)]);
    }
    let findings = desk.findings(|draft| {
        let dg14 = Dg14 {
            security_infos: SecurityInfos::default(),
        };
        draft.files.insert(File::Dg14, dg14.to_bytes());
    });
    assert_eq!(
        findings,
        [
            Finding::CardAccessNotCovered(File::Dg14),
            Finding::OfferDiffers(File::Dg14),
            Finding::KeyDiffers(File::Dg14)
        ]
    );
}

/// What a terminal believes after chip authentication mapping is what EF.CardSecurity says (Doc 9303-11 §4.4.3.5).
#[test]
fn a_card_security_that_proves_nothing() {
    let desk = Desk::at(offers::generous());
    assert_eq!(desk.findings(|_| {}), []);
    let of_file = File::CardSecurity;
    let without = |is_left_out: fn(&SecurityInfo) -> bool| {
        desk.findings(|draft| {
            let der = draft.card_security.take().unwrap();
            let infos = SecurityInfos::parse(&der).unwrap().value;
            let left = infos.iter().filter(|info| !is_left_out(info)).cloned();
            draft.card_security = Some(SecurityInfos::new(left).to_der());
        })
    };
    let is_key = |info: &SecurityInfo| matches!(info, SecurityInfo::ChipAuthenticationPublicKey(_));
    assert_eq!(without(is_key), [Finding::KeyDiffers(of_file)]);
    let is_pace = |info: &SecurityInfo| matches!(info, SecurityInfo::Pace(_));
    assert_eq!(without(is_pace), [Finding::CardAccessNotCovered(of_file)]);
    let missing = desk.findings(|draft| draft.card_security = None);
    assert_eq!(missing, [Finding::CardSecurity]);
    let noise = desk.findings(|draft| draft.card_security = Some(vec![0x30, 0x00]));
    assert_eq!(noise, [Finding::Unreadable(of_file)]);
    let surplus = Desk::of(PASSPORT).findings(|draft| {
        draft.card_security = Some(SecurityInfos::default().to_der());
    });
    assert_eq!(surplus, [Finding::CardSecurity]);
}

#[test]
fn a_signer_who_may_not() {
    let desk = Desk::of(PASSPORT);
    for (now, reason) in [
        (NOW - Duration::days(31), NotPermitted::BeforeUsagePeriod),
        (NOW + Duration::days(61), NotPermitted::AfterUsagePeriod),
    ] {
        let findings = desk.findings(|draft| draft.now = now);
        assert_eq!(
            findings,
            [Finding::Signer(pki::Error::NotPermitted(reason))]
        );
    }
}

/// What the gate refuses has used no number, and the message says why.
#[test]
fn a_refused_document_is_not_entered() {
    let mut office = Office::with_signer(PASSPORT, |signer| {
        signer.document_types = vec!["ID".to_owned()];
    });
    let (_, chip) = office.prepared(Kind::Extended);
    let error = office.issue(&chip, JOB).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the content gate refuses to sign: document signer: the document signer may not sign this: the document type is \
         not in the list of its certificate"
    );
    office.signer = Office::of(PASSPORT).signer;
    office.issue(&chip, Uuid::from_u128(2)).unwrap();
}

/// Several faults are named at once.
#[test]
fn every_finding_is_named() {
    let findings = Desk::of(PASSPORT).findings(|draft| {
        draft.hashed = Some(draft.files.clone());
        draft.now = NOW + Duration::days(61);
        draft.files.remove(&File::Dg12);
        *draft.files.get_mut(&File::Dg2).unwrap().last_mut().unwrap() ^= 1;
        alter_dg11(draft, |dg11| dg11.date_of_birth = None);
    });
    assert_eq!(findings.len(), 5, "{findings:?}");
    for finding in &findings {
        assert!(!finding.to_string().is_empty());
    }
}
