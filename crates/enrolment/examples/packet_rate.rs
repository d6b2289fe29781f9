//! How many packets of 2 MB a core seals and opens a second: `cargo run --release -p enrolment --example packet_rate`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::time::Instant;

use crypto::{Curve, PrivateKey};
use enrolment::packet::{
    Attachment, Clock, Digest, Identity, KeyRing, Manifest, Party, Purpose, Role, Signers,
    StationEntry, Subject, open, seal,
};
use rand::{SeedableRng as _, rngs::StdRng};
use time::OffsetDateTime;
use uuid::Uuid;

/// Packets of a run.
const PACKETS: u32 = 200;
/// A portrait and ten fingers with their originals.
const BYTES: usize = 2 << 20;

fn main() {
    let rng = &mut StdRng::seed_from_u64(1);
    let mut key = || PrivateKey::generate_ec(Curve::P256, rng).unwrap();
    let (station, operator) = (key(), key());
    let service = Identity::generate();
    let mut known = KeyRing::new();
    known
        .add(Role::Station, "station", station.public())
        .unwrap();
    known
        .add(Role::Operator, "operator", operator.public())
        .unwrap();
    let picture: Vec<u8> = (0..BYTES)
        .flat_map(usize::to_le_bytes)
        .take(BYTES)
        .collect();
    let subject = Subject::Portrait;
    let attachment = Attachment {
        name: "portrait",
        subject: &subject,
        purpose: Purpose::Record,
        media_type: "image/jp2",
        content: &picture,
    };
    let signers = Signers {
        station: &station,
        operator: &operator,
        supervisor: None,
    };
    let recipient = service.recipient();

    let begun = Instant::now();
    let mut file = Vec::with_capacity(BYTES * 2);
    for _ in 0..PACKETS {
        file.clear();
        seal(
            manifest(),
            &[attachment],
            &recipient,
            signers,
            &mut file,
            rng,
        )
        .unwrap();
    }
    let sealing = begun.elapsed();
    let begun = Instant::now();
    for _ in 0..PACKETS {
        open(&file[..], &service, &known).unwrap();
    }
    let opening = begun.elapsed();
    let rate = |time: std::time::Duration| f64::from(PACKETS) / time.as_secs_f64();
    println!(
        "{} bytes a packet: sealed {:.0}/s, opened {:.0}/s",
        file.len(),
        rate(sealing),
        rate(opening)
    );
}

fn manifest() -> Manifest {
    let unset = Digest::of(&[]);
    let party = |name: &str| Party {
        name: name.to_owned(),
        key: unset,
    };
    Manifest {
        version: 0,
        packet: Uuid::from_u128(1),
        service: String::new(),
        sealed_at: OffsetDateTime::UNIX_EPOCH,
        clock: Clock::Unsynchronised,
        station: StationEntry {
            name: "station".to_owned(),
            key: unset,
            software: "packet_rate".to_owned(),
            book: None,
        },
        operator: party("operator"),
        supervisor: None,
        profile: "uto-passport".to_owned(),
        fields: BTreeMap::from([("surname".to_owned(), "Specimen".to_owned())]),
        can: None,
        missing_fingers: Vec::new(),
        attachments: Vec::new(),
        devices: Vec::new(),
        tries: Vec::new(),
        overrides: Vec::new(),
    }
}
