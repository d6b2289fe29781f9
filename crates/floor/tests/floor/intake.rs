//! A job is the file that was taken, and its chip opens by what is printed on the card.

use std::collections::BTreeMap;
use std::sync::Arc;

use floor::{Error, Stage, intake};
use perso::batch_file::BatchJob;

use crate::hall::{Fuse, Hall, job};

/// The text of a job file with one field replaced.
fn with_field(file: &[u8], name: &str, value: &str) -> Vec<u8> {
    let mut read: serde_json::Value = serde_json::from_slice(file).unwrap();
    assert!(read.get(name).is_some(), "{name}");
    read[name] = value.into();
    serde_json::to_vec(&read).unwrap()
}

#[test]
fn a_job_file_that_was_changed_is_not_written() {
    let mut hall = Hall::of(1);
    hall.take();
    let before = hall.chips[0].0.octets();
    let changed = with_field(&hall.jobs[&job(0)], "can", "000000");
    hall.jobs = Arc::new(BTreeMap::from([(job(0), changed)]));
    let desk = hall.desk(&Fuse::none());
    let refused = hall.write(&desk, 0, &Fuse::none()).unwrap_err();
    let Error::Job { why, .. } = refused else {
        panic!("{refused}");
    };
    assert!(why.contains("somebody has changed it"), "{why}");
    assert!(hall.chips[0].0.octets() == before);
    assert_eq!(hall.stage(0), Stage::Reserved);
}

#[test]
fn a_job_opens_by_the_zone_that_is_printed() {
    let hall = Hall::of(1);
    let file = &hall.jobs[&job(0)];
    let entry = intake::entry(file).unwrap();
    assert_eq!(entry.job, job(0));
    assert_eq!(entry.sha256.as_deref(), Some(&*intake::digest(file)));
    assert!(!entry.number.is_empty());
    let seed = "AwMDAwMDAwMDAwMDAwMDAwMDAwM=";
    let other = intake::entry(&with_field(file, "mrz_key_seed", seed)).unwrap_err();
    assert!(other.to_string().contains("key seed"), "{other}");
}

#[test]
fn a_signed_job_is_the_one_that_was_signed() {
    let hall = Hall::of(1);
    let file = &hall.jobs[&job(0)];
    let entry = intake::entry(file).unwrap();
    let signed = BatchJob {
        job: entry.job,
        chip: entry.chip.to_string(),
        sha256: intake::digest(file),
    };
    assert_eq!(intake::signed_entry(file, &signed).unwrap(), entry);
    let other_chip = BatchJob {
        chip: "00".repeat(16),
        ..signed.clone()
    };
    let other_file = BatchJob {
        sha256: "00".repeat(32),
        ..signed.clone()
    };
    let other_job = BatchJob {
        job: job(1),
        ..signed
    };
    for other in [other_chip, other_file, other_job] {
        let refused = intake::signed_entry(file, &other).unwrap_err();
        assert!(
            refused.to_string().contains("not the one that was signed"),
            "{refused}"
        );
    }
}

/// The zone opens it, the other number that is printed on it does not: nobody gets this card.
#[test]
fn a_card_that_does_not_open_with_its_can_is_not_good() {
    let mut hall = Hall::of(1);
    hall.take();
    let desk = hall.desk(&Fuse::none());
    hall.write(&desk, 0, &Fuse::none()).unwrap();
    let printed = with_field(&hall.jobs[&job(0)], "can", "000000");
    // As if the card had been printed from another file than the chip was written from.
    let text = String::from_utf8(hall.paper.lock().unwrap().clone()).unwrap();
    assert!(text.contains(&intake::digest(&hall.jobs[&job(0)])));
    let image = perso::CardImage::from_job_file(&printed).unwrap();
    let refused = hall.read_back(0, &image).unwrap_err();
    assert!(refused.to_string().contains("CAN"), "{refused}");
    let image = perso::CardImage::from_job_file(&hall.jobs[&job(0)]).unwrap();
    hall.read_back(0, &image).unwrap();
    hall.jobs = Arc::new(BTreeMap::from([(job(0), printed)]));
    let desk = hall.desk(&Fuse::none());
    assert!(matches!(
        hall.judge(&desk, 0, &Fuse::none()),
        Err(Error::Job { .. })
    ));
    assert_eq!(hall.stage(0), Stage::Written);
}
