//! Jobs of law 0101: PIN and PUK, trust points, mappings (chapter 05 §7).

use std::sync::OnceLock;

use applet_spec::memory::Cells;
use applet_spec::{Capability, Chip, DataSheet};
use lds::security_info::{
    ChipAuthenticationInfo, ChipAuthenticationProtocol, KeyAgreement, PaceInfo, PaceMapping,
    SecurityInfo,
};
use lds::{File, SecurityInfos};
use protocols::terminal_authentication::{Period, Rights, Role};

use crate::authorities::{Party, State, day, this_year};
use crate::full_card::{CURVE_KEY, DOCUMENT_NUMBER, PIN, PUK, offered, order, with_keys};
use crate::host::{Host, JobOrder, Later, holds, manifest_entry};
use crate::specimen::{KeyRing, SERIAL, UUID, initialise, manufactured, rng};

/// What a chip of this kind says to the job of the full card, changed.
fn answer_of(data_sheet: &DataSheet, change: impl FnOnce(&mut JobOrder)) -> u16 {
    let cells = Cells::from_octets(initialised().clone());
    let mut chip = Chip::load(Box::new(cells), data_sheet.clone(), Box::new(rng(5))).unwrap();
    let ring = KeyRing::of(SERIAL);
    let mut job = order();
    change(&mut job);
    let mut host = Host::open(&mut chip, &ring.personalisation);
    let before = host.status();
    let word = host.open_job(&job.octets(ring.personalisation.dek()));
    assert_eq!(host.status() == before, word != 0x9000);
    word
}

/// The memory of a chip with its keys, before the job.
fn initialised() -> &'static Vec<u8> {
    static MADE: OnceLock<Vec<u8>> = OnceLock::new();
    MADE.get_or_init(|| {
        let cells = Cells::new();
        with_keys(cells.clone(), DataSheet::default());
        cells.octets().to_vec()
    })
}

fn answer(change: impl FnOnce(&mut JobOrder)) -> u16 {
    answer_of(&DataSheet::default(), change)
}

fn without(job: &mut JobOrder, tags: &[u32]) {
    job.later.retain(|object| {
        let (Later::Plain(tag, _) | Later::UnderDek(tag, _)) = object;
        !tags.contains(tag)
    });
}

fn with(job: &mut JobOrder, tag: u32, value: &[u8]) {
    for object in &mut job.later {
        let (Later::Plain(own, content) | Later::UnderDek(own, content)) = object;
        if *own == tag {
            *content = value.to_vec();
        }
    }
}

fn infos(job: &mut JobOrder, keep: impl Fn(&SecurityInfo) -> bool) {
    job.security_infos = SecurityInfos::new(offered().into_iter().filter(keep)).to_der();
}

/// [PERSO-066]
#[test]
fn pins_and_puks() {
    assert_eq!(answer(|_| {}), 0x9000);
    assert_eq!(answer(|job| without(job, &[0x89, 0x8A])), 0x9000);
    assert_eq!(
        answer(|job| without(job, &[0x87, 0x88, 0x89, 0x8A])),
        0x9000
    );
    for missing in [&[0x87][..], &[0x88], &[0x89], &[0x8A], &[0x87, 0x88]] {
        assert_eq!(answer(|job| without(job, missing)), 0x6A80, "{missing:X?}");
    }
    for (tag, value, word) in [
        (0x87, &b"1234"[..], 0x9000),
        (0x87, b"123", 0x6A80),
        (0x87, b"12345678901234567", 0x6A80),
        (0x87, b"12345A", 0x6A80),
        (0x89, b"1234567", 0x6A80),
        (0x89, b"12345678", 0x9000),
        (0x88, &[1], 0x6A80),
        (0x88, &[2], 0x9000),
        (0x88, &[11], 0x6A80),
        (0x88, &[3, 3], 0x6A80),
        (0x8A, &[10], 0x9000),
        (0x8A, &[0], 0x6A80),
    ] {
        assert_eq!(
            answer(|job| with(job, tag, value)),
            word,
            "{tag:X} {value:?}"
        );
    }
    assert_eq!(answer(|job| job.can = None), 0x6A80, "what resumes it");
}

/// [PERSO-067]
#[test]
fn trust_points() {
    let state = State::new();
    let from = |month, last| Period::new(day(month, 1), day(last, 28)).unwrap();
    let certificate = |party: &Party, period| party.self_signed(period).to_bytes();
    let (first, next) = (&state.cvca, &state.next_cvca);
    let [old, expired, new] = [
        certificate(first, this_year()),
        certificate(first, from(1, 5)),
        certificate(next, from(6, 12)),
    ];
    let verifier = first.certify(
        &state.verifier,
        Role::DomesticVerifier,
        Rights::ALL,
        this_year(),
    );
    for (points, word) in [
        (vec![&old], 0x9000),
        (vec![&new, &old], 0x9000),
        (vec![&new, &expired], 0x9000),
        (vec![&expired], 0x6A80),
        (vec![&old, &new], 0x6A80),
        (vec![&old, &old], 0x6A80),
        (vec![&new, &old, &expired], 0x6A80),
        (vec![], 0x6A80),
        (vec![&verifier.to_bytes()], 0x6A80),
        (vec![&state.link().to_bytes()], 0x6A80),
    ] {
        let value: Vec<u8> = points.iter().copied().flatten().copied().collect();
        assert_eq!(
            answer(|job| with(job, 0x8C, &value)),
            word,
            "{}",
            points.len()
        );
    }
    for (tag, value) in [
        (0x8B, &[2, 6, 1, 3, 0, 1][..]),
        (0x8B, &[2, 6, 0, 6, 1]),
        (0x8C, &old[..old.len() - 1]),
        (0x8D, b"X12345678"),
        (0x8D, b"x123456785"),
        (0x8D, b"X12345678901234567890123"),
    ] {
        assert_eq!(answer(|job| with(job, tag, value)), 0x6A80, "{tag:X}");
    }
    for missing in [
        &[0x8B][..],
        &[0x8C],
        &[0x8D],
        &[0x8B, 0x8C],
        &[0x8B, 0x8C, 0x8D],
    ] {
        assert_eq!(answer(|job| without(job, missing)), 0x6A80, "{missing:X?}");
    }
    assert_eq!(answer(|job| job.access = 0), 0x6A80, "a number without BAC");
    let by_pace_only = |job: &mut JobOrder| {
        job.access = 0;
        without(job, &[0x8D]);
    };
    assert_eq!(answer(by_pace_only), 0x9000);
    let unannounced =
        |info: &SecurityInfo| !matches!(info, SecurityInfo::TerminalAuthentication(_));
    assert_eq!(answer(|job| infos(job, unannounced)), 0x6A80);
    let cvca = manifest_entry(File::Cvca, &[0x42; 36], 2);
    assert_eq!(answer(|job| insert(job, &cvca)), 0x6A80);
}

/// Into the manifest, in its place.
fn insert(job: &mut JobOrder, entry: &[u8]) {
    let mut entries: Vec<&[u8]> = job.manifest.chunks(39).collect();
    entries.push(entry);
    entries.sort();
    job.manifest = entries.concat();
}

/// [PERSO-068], [PERSO-065]
#[test]
fn mappings_and_keys() {
    let mapping = |info: &PaceInfo| info.protocol.mapping();
    let cam = PaceMapping::ChipAuthenticationMapping;
    let only_cam = |info: &SecurityInfo| match info {
        SecurityInfo::Pace(info) => mapping(info) == cam,
        _ => true,
    };
    assert_eq!(answer(|job| infos(job, only_cam)), 0x6A80);
    let card_security = |entry: &&[u8]| entry[..3] == [0x00, 0x01, 0x1D];
    let no_file = |job: &mut JobOrder| {
        let entries = job
            .manifest
            .chunks(39)
            .filter(|entry| !card_security(entry));
        job.manifest = entries.flatten().copied().collect();
    };
    assert_eq!(answer(no_file), 0x6A80);
    let other_curve = |id| {
        move |job: &mut JobOrder| {
            let infos = offered().into_iter().map(|info| match info {
                SecurityInfo::Pace(info) if mapping(&info) == cam => {
                    SecurityInfo::Pace(PaceInfo::new(info.protocol, id))
                }
                other => other,
            });
            job.security_infos = SecurityInfos::new(infos).to_der();
        }
    };
    assert_eq!(answer(other_curve(CURVE_KEY)), 0x9000);
    assert_eq!(answer(other_curve(16)), 0x6A88, "no key over it");
    for (agreement, key_id, word) in [
        (KeyAgreement::Ecdh, CURVE_KEY, 0x9000),
        (KeyAgreement::Dh, CURVE_KEY, 0x6A80),
        (KeyAgreement::Ecdh, 99, 0x6A88),
    ] {
        let add = |job: &mut JobOrder| {
            let protocol = ChipAuthenticationProtocol {
                agreement,
                cipher: crypto::Cipher::Aes192,
            };
            let info = ChipAuthenticationInfo::new(protocol, Some(key_id.into()));
            let infos = offered()
                .into_iter()
                .chain([SecurityInfo::ChipAuthentication(info)]);
            job.security_infos = SecurityInfos::new(infos).to_der();
        };
        assert_eq!(answer(add), word, "{agreement:?} {key_id}");
    }
}

/// [SCOPE-011], [PERSO-062]: to a job of law 0100 the later objects are strangers, and TerminalAuthenticationInfo says nothing.
#[test]
fn jobs_of_law_0100() {
    let old = |job: &mut JobOrder| {
        job.version = [1, 0];
        job.later.clear();
    };
    assert_eq!(answer(old), 0x9000);
    for object in order().later {
        let stranger = |job: &mut JobOrder| {
            old(job);
            job.later.push(object);
        };
        assert_eq!(answer(stranger), 0x6A80);
    }
}

/// [PERSO-084], [PERSO-066], [PERSO-067]: what VOID destroys is in no cell any more.
#[test]
fn void_destroys_what_the_job_brought() {
    let cells = Cells::from_octets(initialised().clone());
    let mut chip = Chip::load(
        Box::new(cells.clone()),
        DataSheet::default(),
        Box::new(rng(5)),
    )
    .unwrap();
    let ring = KeyRing::of(SERIAL);
    let mut host = Host::open(&mut chip, &ring.personalisation);
    let job = order().octets(ring.personalisation.dek());
    assert_eq!(host.open_job(&job), 0x9000);
    let secrets = [PIN, PUK, DOCUMENT_NUMBER].map(str::as_bytes);
    assert!(secrets.iter().all(|secret| holds(&cells.octets(), secret)));
    assert_eq!(host.void(Some(&UUID)).sw.0, 0x9000);
    assert!(!secrets.iter().any(|secret| holds(&cells.octets(), secret)));
    let left = String::from_utf8(cells.octets().to_vec()).unwrap();
    for write in ["counted-password", "terminal-trust", "agreement-key"] {
        assert!(!left.contains(write), "{write}");
    }
}

/// [PERSO-065]: what the data sheet lacks, a job does not get.
#[test]
fn chips_that_lack_something() {
    let lacking = |lacks: &[Capability]| DataSheet {
        lacks: lacks.iter().copied().collect(),
        ..DataSheet::default()
    };
    for capability in Capability::ALL {
        assert_eq!(
            answer_of(&lacking(&[capability]), |_| {}),
            0x6A80,
            "{capability:?}"
        );
    }
    let plain = |job: &mut JobOrder| {
        job.later.clear();
        infos(job, |info| match info {
            SecurityInfo::Pace(info) => {
                info.protocol.mapping() == PaceMapping::GenericMapping
                    && info.protocol.agreement() == KeyAgreement::Ecdh
            }
            SecurityInfo::ChipAuthentication(info) => info.protocol.agreement == KeyAgreement::Ecdh,
            _ => false,
        });
    };
    assert_eq!(answer_of(&lacking(&Capability::ALL), plain), 0x9000);
    let mut host_chip = manufactured(DataSheet::plainest());
    let ring = KeyRing::of(SERIAL);
    initialise(&mut host_chip, &ring);
    let mut host = Host::open(&mut host_chip, &ring.personalisation);
    for (domain, word) in [(0, 0x6A80), (2, 0x6A80), (12, 0x9000)] {
        let answer = host.generate(0xA6, &[0x80, 1, domain]);
        assert_eq!(answer.sw.0, word, "[PERSO-053]");
    }
}
