//! What a report claims, over every combination of data groups that are there as signed, changed, missing, or there without a
//! signature: each sentence is compared with what is true of the files.

use std::collections::{BTreeMap, BTreeSet};

use crypto::{AgreementDomain, Curve, HashAlgorithm};
use inspection::Outcome::{self, Failed, NotSupported, Successful, Undetermined};
use inspection::tr03135::{self, Value};
use inspection::{Data, Report, Source, Verdict};
use iso7816::tlv::encode;
use lds::{
    EfCom, File, FileContent, LdsSecurityObject, LdsSecurityObjectVersion, LdsVersion,
    UnicodeVersion,
};

use perso::applet::KeyRequest;
use perso::key_requests;

use crate::border::{Border, Card, outcome, table};
use crate::full_card::Wish;
use crate::office::{JOB, Kind, NOW, Office, PASSPORT, SERIAL};

type Files = BTreeMap<File, Vec<u8>>;

/// What became of a group that the issuer has signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Signed {
    There,
    Changed,
    Missing,
}

/// Groups of the passport whose state is varied: the two that count most, one with data for people, one with a key.
const VARIED: [File; 4] = [File::Dg1, File::Dg2, File::Dg11, File::Dg15];
/// Groups that the passport does not have: one with data for people, two that say nothing.
const STRANGE: [File; 3] = [File::Dg13, File::Dg16, File::Dg5];

fn signed_files(card: &Card) -> Files {
    let report = Border::with_can(card).inspect(&mut card.power_on());
    report.data.as_shown().files.clone()
}

fn is_group(file: File) -> bool {
    file.dg_number().is_some()
}

fn of_any_content(file: File) -> Vec<u8> {
    encode(file.tag().unwrap(), &[0x5F, 0x0E, 0x03, b'A', b'B', b'C'])
}

/// Every state of every varied group.
fn states() -> impl Iterator<Item = [Signed; VARIED.len()]> {
    let each = [Signed::There, Signed::Changed, Signed::Missing];
    (0..3usize.pow(4)).map(move |number| {
        core::array::from_fn(|place| each[number / 3usize.pow(place as u32) % 3])
    })
}

#[test]
fn every_combination_of_files() {
    let card = Card::of(PASSPORT, Kind::Extended);
    let border = Border::with_mrz(&card);
    let genuine = signed_files(&card);
    let mut met: BTreeMap<&str, usize> = BTreeMap::new();
    for states in states() {
        for mask in 0..1 << STRANGE.len() {
            let mut files = genuine.clone();
            for (file, state) in VARIED.into_iter().zip(states) {
                match state {
                    Signed::There => {}
                    Signed::Changed => *files.get_mut(&file).unwrap().last_mut().unwrap() ^= 1,
                    Signed::Missing => drop(files.remove(&file)),
                }
            }
            let strange = STRANGE.into_iter().enumerate();
            let strange = strange.filter(|(place, _)| mask & 1 << place != 0);
            files.extend(strange.map(|(_, file)| (file, of_any_content(file))));

            let report = border.inspect_files(files.clone());
            let what = format!("{states:?} {mask:03b}\n{}", table(&report));
            assert_eq!(report.overall(), expected(&states, mask), "{what}");
            is_true(&report, &genuine, &files, &what);
            *met.entry(report.overall().word()).or_default() += 1;
        }
    }
    // Of 81 states one is whole, 15 only lack something, the rest has something changed; 8 choices of strange groups.
    assert_eq!(
        met,
        [
            ("failed", 65 * 8),
            ("successful", 1),
            ("undetermined", 16 * 8 - 1)
        ]
        .into()
    );
}

/// The result by table 5.41 of TR-03135-1: failed by what is not identical, successful by what is all identical.
fn expected(states: &[Signed], strange: usize) -> Outcome {
    if states.contains(&Signed::Changed) {
        Failed
    } else if states.contains(&Signed::Missing) || strange != 0 {
        Undetermined
    } else {
        Successful
    }
}

/// No sentence says more than is so.
fn is_true(report: &Report, signed: &Files, files: &Files, what: &str) {
    let groups = files.iter().filter(|(file, _)| is_group(**file));
    let all_signed = groups
        .clone()
        .all(|(file, bytes)| signed.get(file) == Some(bytes));
    let verified = all_signed && files.contains_key(&File::Dg1);
    assert_eq!(matches!(report.data, Data::Verified(_)), verified, "{what}");

    let verdict = report.verdict();
    assert_eq!(report.source, Source::Files);
    if report.overall() != Successful {
        assert!(
            !verdict.claim.contains("issuer"),
            "{}\n{what}",
            verdict.claim
        );
        assert!(verdict.covered.is_empty(), "{what}");
        return;
    }
    let there: Vec<File> = groups.map(|(file, _)| *file).collect();
    assert_eq!(verdict.covered, there, "{what}");
    let names: Vec<&str> = there.iter().map(|file| file.name()).collect();
    assert_eq!(
        verdict.claim,
        format!(
            "These data groups are what the issuer signed: {}. No chip was seen: the files can be those of a copy.",
            names.join(", ")
        )
    );
}

/// Called for every report that a test of this suite makes: whatever was done to the document, the claim covers exactly the data
/// groups that were read, and those are verified; or nothing is claimed.
pub(crate) fn check_verdict(report: &Report) {
    let verdict = report.verdict();
    let document = report.data.as_shown();
    if report.overall() == Successful {
        let groups = document.files.keys().filter(|file| is_group(**file));
        assert!(verdict.covered.iter().eq(groups), "{}", table(report));
        assert!(
            matches!(report.data, Data::Verified(_)),
            "{}",
            table(report)
        );
        assert!(verdict.covered.contains(&File::Dg1) && verdict.covered.contains(&File::Dg2));
        let lacks = |file: &&File| !verdict.claim.contains(file.name());
        assert_eq!(
            verdict.covered.iter().find(lacks),
            None,
            "{}",
            verdict.claim
        );
        let proved = outcome(report, "chip-authenticity") == Successful;
        assert_eq!(
            verdict.claim.starts_with("The chip is the issuer's"),
            proved
        );
    } else {
        assert!(verdict.covered.is_empty() && !verdict.claim.contains("issuer"));
    }
}

/// What each check says where something was not there or could not be understood; nobody is told that a document lacks what was
/// only not read.
#[test]
fn causes_are_true() {
    let card = Card::of(PASSPORT, Kind::Extended);
    let good = signed_files(&card);
    let changed = |change: &dyn Fn(&mut Files)| {
        let mut files = good.clone();
        change(&mut files);
        Border::with_mrz(&card).inspect_files(files)
    };
    let cut =
        |file: File| changed(&move |files: &mut Files| files.get_mut(&file).unwrap().truncate(9));
    let without = |file: File| changed(&move |files: &mut Files| drop(files.remove(&file)));
    for (report, id, cause) in [
        (without(File::Sod), "security-object", "EF.SOD was not read"),
        (without(File::Sod), "document-signer", "EF.SOD was not read"),
        (
            cut(File::Sod),
            "document-signer",
            "EF.SOD cannot be understood",
        ),
        (
            cut(File::Sod),
            "com-against-sod",
            "EF.SOD cannot be understood",
        ),
        (without(File::Com), "com-against-sod", "EF.COM was not read"),
        (without(File::Dg1), "expiry", "EF.DG1 was not read"),
        (cut(File::Dg1), "expiry", "EF.DG1 cannot be understood"),
        (
            cut(File::Dg1),
            "mrz-as-printed",
            "EF.DG1 cannot be understood",
        ),
        (
            without(File::CardAccess),
            "card-access-signed",
            "EF.CardAccess is not among the files",
        ),
    ] {
        let check = report.check(id).unwrap();
        assert_eq!(check.finding.cause, cause, "{id}\n{}", table(&report));
    }
    let on_chip = |missing: &[File]| {
        let card = with_files(|files, _| files.retain(|file, _| !missing.contains(file)));
        Border::with_mrz(&card).inspect(&mut card.power_on())
    };
    let neither = on_chip(&[File::Sod, File::Com]);
    for id in ["dg14", "dg15", "other-data-groups", "protected-data-groups"] {
        let check = neither.check(id).unwrap();
        assert_eq!(
            check.finding.cause,
            "neither EF.SOD nor EF.COM could be asked"
        );
        assert_eq!(check.finding.outcome, Undetermined);
    }
    assert_eq!(outcome(&neither, "chip-authenticity"), Undetermined);
    let no_com = on_chip(&[File::Com]);
    let cause = &no_com.check("com-against-sod").unwrap().finding.cause;
    assert_eq!(
        (cause.as_str(), no_com.overall()),
        ("no EF.COM", Successful)
    );
}

fn remarks(verdict: &Verdict) -> BTreeSet<&'static str> {
    verdict.remarks.iter().map(|remark| remark.id).collect()
}

pub(crate) fn of_table(report: &Report, id: &str) -> Value {
    let entries = tr03135::table(report);
    entries
        .iter()
        .find(|entry| entry.line.id == id)
        .unwrap()
        .value
}

#[test]
fn a_group_that_nobody_has_signed_by_the_guideline() {
    let card = Card::of(PASSPORT, Kind::Extended);
    let mut files = signed_files(&card);
    files.insert(File::Dg13, of_any_content(File::Dg13));
    let report = Border::with_mrz(&card).inspect_files(files);
    let check = report.check("data-groups").unwrap();
    assert_eq!(check.finding.outcome, Undetermined);
    assert!(check.finding.cause.contains("not signed: EF.DG13"));
    assert!(check.finding.remedy.is_some());
    for (id, value) in [
        ("data-groups", Value::Result(Undetermined)),
        ("data-group", Value::NonConformant),
        ("integrity", Value::Result(Undetermined)),
        ("chip-content", Value::Result(Undetermined)),
        ("security-object", Value::Result(Successful)),
    ] {
        assert_eq!(of_table(&report, id), value, "{id}");
    }
}

#[test]
fn what_a_genuine_chip_may_claim() {
    let card = Card::of(PASSPORT, Kind::Extended);
    let can = Border::with_can(&card);
    for (border, open) in [
        (&can, &["mrz-as-printed", "not-read", "revocation"][..]),
        (&Border::with_mrz(&card), &["not-read", "revocation"]),
        (&Border::with_bac(&card), &["not-read", "revocation"]),
    ] {
        let verdict = border.inspect(&mut card.power_on()).verdict();
        let groups = "EF.DG1, EF.DG2, EF.DG11, EF.DG12, EF.DG14, EF.DG15";
        assert_eq!(
            verdict.claim,
            format!(
                "The chip is the issuer's, and these data groups are what the issuer signed: {groups}."
            )
        );
        assert_eq!(remarks(&verdict), open.iter().copied().collect());
        let closed = verdict
            .remarks
            .iter()
            .find(|remark| remark.id == "not-read");
        assert_eq!(closed.unwrap().text, "EF.DG3: signed, and not read");
    }
}

/// EF.COM speaks of groups that EF.SOD does not have. A chip that has them too is no better: they are neither read nor shown.
#[test]
fn a_chip_with_a_group_that_nobody_has_signed() {
    let groups = [File::Dg1, File::Dg2, File::Dg13];
    let com = EfCom::new(LdsVersion::v1_8(), UnicodeVersion::v4_0_0(), groups).unwrap();
    let card = with_files(|files, _| {
        files.insert(File::Dg13, of_any_content(File::Dg13));
        files.insert(File::Com, com.to_bytes());
    });
    let report = Border::with_mrz(&card).inspect(&mut card.power_on());
    assert_eq!(report.overall(), Successful, "{}", table(&report));
    let verdict = report.verdict();
    assert!(!verdict.claim.contains("EF.DG13"), "{}", verdict.claim);
    assert!(!verdict.covered.contains(&File::Dg13));
    assert!(!report.data.as_shown().files.contains_key(&File::Dg13));
    let com = verdict
        .remarks
        .iter()
        .find(|remark| remark.id == "com-against-sod");
    assert!(com.unwrap().text.contains("only in EF.COM: EF.DG13"));
    assert_eq!(of_table(&report, "integrity"), Value::Result(Failed));
}

/// Nothing shows that the chip of such a document is no copy, and the verdict does not say so.
#[test]
fn a_document_that_cannot_prove_its_chip() {
    let card = with_files(|files, office| {
        files.retain(|file, _| [File::Dg1, File::Dg2].contains(file));
        let groups = files.iter().map(|(file, bytes)| (*file, bytes.as_slice()));
        let version = LdsSecurityObjectVersion::v1();
        let content = LdsSecurityObject::of_files(version, HashAlgorithm::Sha256, groups).unwrap();
        let sod = pki::security_object::sign(&content, &office.signer, "P", NOW).unwrap();
        files.insert(File::Sod, sod);
    });
    let report = Border::with_bac(&card).inspect(&mut card.power_on());
    assert_eq!(outcome(&report, "chip-authenticity"), NotSupported);
    assert_eq!(report.overall(), Successful, "{}", table(&report));
    assert_eq!(
        report.verdict().claim,
        "These data groups are what the issuer signed: EF.DG1, EF.DG2. That the chip is no copy was not shown: the document offers \
         neither chip nor active authentication."
    );
}

/// A card of the passport's office whose files somebody has changed before they were written.
fn with_files(change: impl FnOnce(&mut Files, &mut Office)) -> Card {
    let mut office = Office::of(PASSPORT);
    let (socket, prepared) = office.prepared(Kind::Extended);
    let image = office.issue(&prepared, JOB).unwrap();
    let mut files = image.files().clone();
    change(&mut files, &mut office);
    Card::with_files(&mut office, &socket, Kind::Extended, files)
}

/// What failed needs no remark: nothing is claimed.
#[test]
fn remarks_stand_beside_claims_only() {
    let card = Card::of(PASSPORT, Kind::Extended);
    let border = Border::with_mrz(&card);
    let mut files = signed_files(&card);
    files.remove(&File::Dg11);
    let open = border.inspect_files(files.clone()).verdict();
    assert!(remarks(&open).contains("revocation"));
    *files.get_mut(&File::Dg2).unwrap().last_mut().unwrap() ^= 1;
    let failed = border.inspect_files(files).verdict();
    assert_eq!(failed.claim, "The document is NOT in order.");
    assert!(failed.remarks.is_empty());
}

/// A group is measured as an RSA modulus is, although no certificate knows such keys.
#[test]
fn a_chip_with_a_weak_group() {
    const NUMBER: u8 = 1;
    for (group, weak) in [(0, true), (2, false)] {
        let chip_key = (NUMBER, group);
        let card = Wish {
            chip_key,
            ..Wish::default()
        }
        .make();
        let report = Border::with_mrz(&card).inspect(&mut card.power_on());
        assert_eq!(report.overall(), Successful, "{}", table(&report));
        let check = report.check("chip-authentication").unwrap();
        assert_eq!(!check.deviations.is_empty(), weak, "{:?}", check.deviations);
        let verdict = report.verdict();
        let mut remarks = verdict.remarks.iter();
        assert_eq!(remarks.any(|remark| remark.id == "weak-key"), weak);
    }
}

/// What a weak key proves is told: who has computed it can make a chip that proves as much.
#[test]
fn a_chip_with_a_weak_key() {
    let mut office = Office::of(PASSPORT);
    let socket = office.manufacture(SERIAL, Kind::Extended);
    office.initialise(&mut socket.power_on()).unwrap();
    let profile = office.record.profile().data();
    let mut requests = key_requests(&profile.chip).unwrap();
    for request in &mut requests {
        if let KeyRequest::ChipAuthentication { domain, .. } = request {
            *domain = AgreementDomain::Ec(Curve::P192);
        }
    }
    let role = &office.keys.personalisation;
    let mut line = socket.power_on();
    let prepared = perso::prepare(&mut line, role, &requests, &mut office.rng, &mut |_| {});
    let image = office.issue(&prepared.unwrap(), JOB).unwrap();
    let files = image.files().clone();
    let card = Card::with_files(&mut office, &socket, Kind::Extended, files);
    let report = Border::with_mrz(&card).inspect(&mut card.power_on());
    assert_eq!(report.overall(), Successful, "{}", table(&report));
    let check = report.check("chip-authentication").unwrap();
    assert_eq!(check.deviations, ["weak key: P-192"]);
    let verdict = report.verdict();
    let weak = verdict
        .remarks
        .iter()
        .find(|remark| remark.id == "weak-key");
    let weak = &weak.unwrap().text;
    assert!(
        weak.contains("the key of the chip is weak (P-192)"),
        "{weak}"
    );
}
