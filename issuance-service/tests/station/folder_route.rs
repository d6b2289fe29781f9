//! `station enrol`: folders become packets, with every check.

use std::ffi::OsString;
use std::fs;
use std::process::{Command, Output, Stdio};

use crypto::SecretBytes;
use enrolment::packet::{Outcome as Tried, Role};
use issuance_service::station::{Bulk, Officers, Outcome};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use serde_json::Value;

use crate::place::{OPERATOR, Place, SUPERVISOR, copied, now, specimen};

#[test]
fn every_specimen_passes_every_check_and_opens_at_the_service() {
    let place = Place::new("uto-passport");
    // The specimens have two prints each.
    place.wants(&["right-index", "left-index"]);
    let station = place.station();
    let secret = SecretBytes::from(OPERATOR[1].as_bytes());
    let operator = station
        .person(Role::Operator, OPERATOR[0], &secret)
        .unwrap();
    let officers = Officers {
        operator: &operator,
        supervisor: None,
    };
    let mut bulk = Bulk::new(&station).unwrap();
    let folders = Bulk::folders(&[specimen("")]).unwrap();
    assert_eq!(folders.len(), 3);
    for round in 0..2 {
        for folder in &folders {
            let rng = &mut StdRng::seed_from_u64(round);
            let outcome = bulk.enrol(folder, &officers, now(), rng).unwrap();
            let Outcome::Sealed {
                is_new,
                released,
                packet,
                ..
            } = outcome
            else {
                panic!("{}: {outcome:?}", folder.display());
            };
            assert_eq!((is_new, released.len()), (round == 0, 0));
            let opened = place.packet(packet);
            let manifest = opened.manifest();
            assert!(
                manifest
                    .tries
                    .iter()
                    .all(|one| one.outcome == Tried::Accepted)
            );
            assert_eq!((manifest.tries.len(), manifest.overrides.len()), (3, 0));
            for name in [
                "portrait",
                "finger-right-index",
                "finger-left-index",
                "portrait-original.png",
            ] {
                assert!(
                    opened.attachment(name).is_some_and(|file| !file.is_empty()),
                    "{name}"
                );
            }
            let original = fs::read(folder.join("portrait.png")).unwrap();
            assert_eq!(
                opened.attachment("portrait-original.png"),
                Some(&original[..])
            );
        }
    }
    assert_eq!(place.packets().len(), 3);
}

#[test]
fn what_is_refused_is_sealed_only_when_somebody_else_releases_it() {
    let place = Place::new("uto-passport");
    place.operator_has("uto-passport-anton", "right-index");
    // One finger under two names, and it is the operator's.
    let folder = place.path("person");
    copied("uto-passport-anton", &folder);
    fs::copy(
        folder.join("right-index.png"),
        folder.join("left-index.png"),
    )
    .unwrap();
    let station = place.station();
    let person = |role, [name, secret]: [&str; 2]| {
        station
            .person(role, name, &SecretBytes::from(secret.as_bytes()))
            .unwrap()
    };
    let operator = person(Role::Operator, OPERATOR);
    let supervisor = person(Role::Supervisor, SUPERVISOR);
    let mut bulk = Bulk::new(&station).unwrap();
    let rng = &mut StdRng::seed_from_u64(1);
    let mut enrol = |supervisor| {
        let officers = Officers {
            operator: &operator,
            supervisor,
        };
        bulk.enrol(&folder, &officers, now(), rng).unwrap()
    };
    let Outcome::Refused(found) = enrol(None) else {
        panic!("sealed");
    };
    let rules: Vec<&str> = found.iter().map(|found| found.rule.as_str()).collect();
    assert!(
        rules.contains(&"finger-repeated") && rules.contains(&"finger-of-staff"),
        "{rules:?}"
    );
    assert!(place.packets().is_empty());
    let Outcome::Sealed {
        packet, released, ..
    } = enrol(Some((&supervisor, "TEST reason")))
    else {
        panic!("refused");
    };
    let opened = place.packet(packet);
    let manifest = opened.manifest();
    assert_eq!(manifest.supervisor.as_ref().unwrap().name, SUPERVISOR[0]);
    assert_eq!(manifest.overrides.len(), released.len());
    assert!(
        manifest
            .overrides
            .iter()
            .all(|given| given.reason == "TEST reason")
    );
    assert!(
        manifest
            .tries
            .iter()
            .any(|one| one.outcome == Tried::Overridden)
    );
}

#[test]
fn a_card_of_the_register_wants_ten_fingers_and_a_folder_without_them_is_told_in_one_line() {
    let place = Place::new("vn-cccd-2021");
    let folder = place.path("people/nam");
    copied("vn-citizen-nam", &folder);
    let output = enrol(&place, &["people"]);
    assert_eq!(output.status.code(), Some(1));
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    let found = summary["folders"][0]["findings"].as_array().unwrap();
    assert_eq!(found.len(), 8, "{found:#?}");
    assert!(
        found
            .iter()
            .all(|one| one["rule"] == "finger-not-taken" && one["releasable"] == true)
    );
    let shown = Command::new(env!("CARGO_BIN_EXE_issuance-service"))
        .args(words(&place, "text"))
        .arg(&folder)
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    let lines: Vec<&str> = shown.lines().filter(|l| l.contains("not-taken")).collect();
    assert!(
        matches!(lines[..], [line] if line.contains("right thumb") && line.contains("left little")),
        "{shown}"
    );

    // Each is excused, and the person may leave.
    let record = folder.join("record.toml");
    let mut text = fs::read_to_string(&record).unwrap();
    for hand in ["right", "left"] {
        for finger in ["thumb", "middle", "ring", "little"] {
            text +=
                &format!("[[fingers]]\nposition = \"{hand}-{finger}\"\nmissing = \"amputated\"\n");
        }
    }
    fs::write(record, text).unwrap();
    assert_eq!(enrol(&place, &["people"]).status.code(), Some(0));
    assert_eq!(place.packets()[0].manifest().missing_fingers.len(), 8);
}

fn enrol(place: &Place, folders: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_issuance-service"));
    command
        .args(words(place, "json"))
        .args(folders.iter().map(|name| place.path(name)))
        .stdin(Stdio::null());
    command.output().unwrap()
}

fn words(place: &Place, form: &str) -> Vec<OsString> {
    let before = ["--output-format", form, "station", "--station"];
    let (folder, password) = (place.folder(), place.password_file());
    let mut words: Vec<OsString> = before.map(Into::into).into();
    words.extend([folder.into(), "--password-file".into(), password.into()]);
    words.extend(["enrol", "--operator", OPERATOR[0], "--secret-file"].map(Into::into));
    words.push(place.secret(OPERATOR[1]).into());
    words
}

#[test]
fn a_bad_folder_does_not_stop_the_others_and_the_exit_code_tells() {
    let place = Place::new("uto-passport");
    let today = time::OffsetDateTime::now_utc().date();
    for name in ["good", "no-face", "cut-off", "bomb", "empty"] {
        let folder = place.path("people").join(name);
        copied("uto-passport-anton", &folder);
        let record = fs::read_to_string(folder.join("record.toml")).unwrap();
        let expiry = today.replace_year(today.year() + 9).unwrap_or(today);
        let record = record
            .replace("2026-11-16", &today.to_string())
            .replace("2036-11-16", &expiry.to_string());
        fs::write(folder.join("record.toml"), record).unwrap();
    }
    let write = |folder: &str, file: &str, content: &[u8]| {
        fs::write(place.path("people").join(folder).join(file), content).unwrap();
    };
    let grey = biometrics::image::Image::new(
        biometrics::image::Colour::Rgb8,
        600,
        771,
        vec![150; 600 * 771 * 3],
    );
    write(
        "no-face",
        "portrait.png",
        &biometrics::image::encode_png(&grey.unwrap()).unwrap(),
    );
    let print = fs::read(specimen("uto-passport-anton").join("left-index.png")).unwrap();
    write("cut-off", "left-index.png", &print[..print.len() / 2]);
    // A header that promises 100,000 × 100,000 pixels.
    let mut bomb = fs::read(specimen("uto-passport-anton").join("portrait.png")).unwrap();
    bomb[16..24].copy_from_slice(&[0, 1, 0x86, 0xA0, 0, 1, 0x86, 0xA0]);
    write("bomb", "portrait.png", &bomb);
    write("empty", "right-index.png", b"");

    let output = enrol(&place, &["people"]);
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{words}");
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&summary["sealed"], &summary["refused"]),
        (&1.into(), &4.into()),
        "{summary:#}"
    );
    for row in summary["folders"].as_array().unwrap() {
        let is_good = row["folder"].as_str().unwrap().ends_with("good");
        assert_eq!(row["outcome"] == "sealed", is_good, "{row}");
    }
    assert_eq!(
        words.lines().filter(|line| line.contains("/5 ")).count(),
        5,
        "{words}"
    );
    assert_eq!(enrol(&place, &["people/good"]).status.code(), Some(0));
    assert_eq!(place.packets().len(), 1);
    assert_eq!(enrol(&place, &[]).status.code(), Some(2));
    assert_eq!(enrol(&place, &["nowhere"]).status.code(), Some(2));
}
