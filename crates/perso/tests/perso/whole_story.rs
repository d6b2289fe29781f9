//! From the maker's chip to the card in the field, with nothing going wrong.

use std::collections::BTreeMap;

use applet_spec::LifeCycle;
use iso7816::StatusWord;
use lds::{Access, File, Parent};
use perso::applet::LifeCycle as Reported;
use perso::{CardImage, Error, Progress};

use crate::office::{CITIZEN_CARD, JOB, Kind, NOW, Office, PASSPORT, SERIAL, Socket};

#[test]
fn a_passport_with_extended_length() {
    tell(PASSPORT, Kind::Extended);
}

#[test]
fn a_passport_on_a_chip_without_extended_length() {
    tell(PASSPORT, Kind::ShortChip);
}

#[test]
fn a_citizen_card_without_extended_length() {
    tell(CITIZEN_CARD, Kind::Short);
}

/// Each step, and each step once more.
fn tell(profile: &str, kind: Kind) {
    let mut office = Office::of(profile);
    assert!(office.record.texts().iter().count() > 20);
    let socket = office.manufacture(SERIAL, kind);
    assert_eq!(socket.memory().life_cycle(), LifeCycle::Manufactured);

    for _ in 0..2 {
        office.initialise(&mut socket.power_on()).unwrap();
        assert_eq!(socket.memory().life_cycle(), LifeCycle::Initialised);
    }

    let prepared = office.prepare(&mut socket.power_on()).unwrap();
    let again = office.prepare(&mut socket.power_on()).unwrap();
    assert_eq!(prepared.serial, SERIAL);
    let keys = |chip: &perso::PreparedChip| -> Vec<_> {
        chip.keys.iter().map(|key| key.public.clone()).collect()
    };
    assert_eq!(keys(&prepared), keys(&again), "the same keys again");

    let image = through_a_job_file(&office.issue(&prepared, JOB).unwrap());
    let commit = office.write(&mut socket.power_on(), &image).unwrap();
    assert_eq!(socket.memory().life_cycle(), LifeCycle::Written);
    same_files(&socket, &image);
    assert_eq!(
        office.write(&mut socket.power_on(), &image).unwrap(),
        commit
    );

    let lock = office.lock(&mut socket.power_on(), &image).unwrap();
    assert_eq!(lock.counter, commit.counter + 1);
    assert_eq!(socket.memory().life_cycle(), LifeCycle::Operational);
    same_files(&socket, &image);
    let before = socket.octets();
    for refused in [
        office.lock(&mut socket.power_on(), &image).unwrap_err(),
        office.write(&mut socket.power_on(), &image).unwrap_err(),
        office.prepare(&mut socket.power_on()).unwrap_err(),
        office.initialise(&mut socket.power_on()).unwrap_err(),
    ] {
        assert!(
            matches!(refused, Error::CardRefused { sw, .. } if sw == StatusWord::FILE_NOT_FOUND),
            "{refused}"
        );
    }
    assert!(
        socket.octets() == before,
        "a card in the field stays as it is"
    );
}

fn through_a_job_file(image: &CardImage) -> CardImage {
    let text = image.to_job_file().unwrap();
    let again = CardImage::from_job_file(text.expose()).unwrap();
    assert_eq!(
        (again.job(), again.chip_serial(), again.files()),
        (image.job(), image.chip_serial(), image.files())
    );
    again
}

fn same_files(socket: &Socket, image: &CardImage) {
    let memory = socket.memory();
    let on_chip: BTreeMap<File, Vec<u8>> = File::all()
        .filter_map(|file| Some((file, memory.file(file)?.to_vec())))
        .collect();
    assert_eq!(&on_chip, image.files());
    image.compare(&on_chip).unwrap();
    assert_eq!(image.left_out(&on_chip), None);
    for file in on_chip.keys() {
        let mut less = on_chip.clone();
        less.remove(file);
        image.compare(&less).unwrap();
        let is_for_all =
            file.parent() == Parent::Application && file.access() != Access::TerminalAuthentication;
        assert_eq!(image.left_out(&less), is_for_all.then_some(*file));
    }
}

/// EF.SOD is signed by the office's signer, under its CSCA, over exactly the data groups of the job.
#[test]
fn what_is_issued_is_authentic() {
    for profile in [PASSPORT, CITIZEN_CARD] {
        let mut office = Office::of(profile);
        let (_, prepared) = office.prepared(Kind::Extended);
        let image = office.issue(&prepared, JOB).unwrap();
        let mut trust = pki::TrustStore::new();
        trust.add(&office.csca, "the office").unwrap();
        let object = pki::SecurityObject::parse(&image.files()[&File::Sod]).unwrap();
        let groups: Vec<File> = object.lds_security_object().data_groups().collect();
        assert_eq!(groups, office.record.profile().data().data_groups);
        let report = pki::authenticate(&object, BTreeMap::new(), &trust, NOW);
        assert!(report.signer.is_authentic());
        assert!(report.signer.deviations.is_empty());
        for (file, bytes) in image.files() {
            if let Some(hash) = object.lds_security_object().hash_of(*file) {
                assert_eq!(hash, object.lds_security_object().hash.digest(bytes));
            }
        }
    }
}

/// What an operator sees of it.
#[test]
fn progress_ends_where_the_job_ends() {
    let mut office = Office::of(PASSPORT);
    let (socket, prepared) = office.prepared(Kind::Short);
    let image = office.issue(&prepared, JOB).unwrap();
    let mut seen = Vec::new();
    let role = &office.keys.personalisation;
    let rng = &mut office.rng;
    perso::write_job(&mut socket.power_on(), role, &image, rng, &mut |step| {
        seen.push(step);
    })
    .unwrap();
    let total = image.total_len();
    let written: Vec<usize> = seen
        .iter()
        .filter_map(|step| match step {
            Progress::Written { done, total: all } => {
                assert_eq!(*all, total);
                Some(*done)
            }
            Progress::Step(_) => None,
        })
        .collect();
    assert!(written.is_sorted());
    assert_eq!((written.first(), written.last()), (Some(&0), Some(&total)));
    println!(
        "{} files, {total} bytes, DG2 {}, DG3 {}, {} writes",
        image.files().len(),
        image.files()[&File::Dg2].len(),
        image.files()[&File::Dg3].len(),
        written.len() - 1
    );
}

#[test]
fn a_chip_says_who_it_is_without_keys() {
    let office = Office::of(PASSPORT);
    let socket = office.manufacture(SERIAL, Kind::Short);
    let status = perso::personalise::identify(&mut socket.power_on()).unwrap();
    assert_eq!(status.state, Reported::Manufactured);
    assert_eq!(status.serial, SERIAL);
    assert_eq!((status.job, status.files), (None, Vec::new()));
}
