//! A station, a service and the people between them.

use std::collections::BTreeMap;
use std::io::Read as _;

use crypto::{Curve, PrivateKey};
use enrolment::packet::{
    Anchor, Attachment, Clock, Device, Digest, Identity, KeyRing, Manifest, MissingFinger,
    OpenedPacket, Outcome, Override, PacketError, Party, Purpose, Quality, Role, SealedPacket,
    Signers, StationEntry, Subject, Try, decrypt, encrypt, open, seal,
};
use rand::{SeedableRng as _, rngs::StdRng};
use time::macros::datetime;
use uuid::Uuid;

pub struct Office {
    pub service: Identity,
    pub station: PrivateKey,
    pub operator: PrivateKey,
    pub supervisor: PrivateKey,
}

impl Office {
    pub fn new() -> Self {
        let rng = &mut StdRng::seed_from_u64(9303);
        let mut key = || PrivateKey::generate_ec(Curve::P256, rng).unwrap();
        Self {
            service: Identity::generate(),
            station: key(),
            operator: key(),
            supervisor: key(),
        }
    }

    pub fn known(&self) -> KeyRing {
        let mut ring = KeyRing::new();
        for (role, name, key) in [
            (Role::Station, "TEST Station", &self.station),
            (Role::Operator, "TEST Operator", &self.operator),
            (Role::Supervisor, "TEST Supervisor", &self.supervisor),
        ] {
            ring.add(role, name, key.public()).unwrap();
        }
        ring
    }

    pub fn seal(&self, manifest: &Manifest) -> Result<(Vec<u8>, SealedPacket), PacketError> {
        let supervisor = manifest.supervisor.as_ref().map(|_| &self.supervisor as _);
        let signers = Signers {
            station: &self.station,
            operator: &self.operator,
            supervisor,
        };
        self.seal_by(manifest, signers)
    }

    pub fn seal_by(
        &self,
        manifest: &Manifest,
        signers: Signers<'_>,
    ) -> Result<(Vec<u8>, SealedPacket), PacketError> {
        let mut file = Vec::new();
        let finger = Subject::Finger("right-index".to_owned());
        let attachments = [
            attachment("portrait", &Subject::Portrait, &PORTRAIT),
            attachment("finger-right-index", &finger, &FINGER),
        ];
        let rng = &mut StdRng::seed_from_u64(1);
        let recipient = self.service.recipient();
        let sealed = seal(
            manifest.clone(),
            &attachments,
            &recipient,
            signers,
            &mut file,
            rng,
        )?;
        Ok((file, sealed))
    }

    pub fn open(&self, file: &[u8]) -> Result<OpenedPacket, PacketError> {
        open(file, &self.service, &self.known())
    }

    /// A packet with other content: whoever knows the public key can make one.
    pub fn rewrap(&self, file: &[u8], change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        let mut content = Vec::new();
        let mut reader = decrypt(&self.service, file).unwrap();
        reader.read_to_end(&mut content).unwrap();
        change(&mut content);
        let write = |writer: &mut dyn std::io::Write| Ok(writer.write_all(&content)?);
        encrypt(&self.service.recipient(), Vec::new(), write).unwrap()
    }
}

pub static PORTRAIT: [u8; 70_000] = [7; 70_000];
pub static FINGER: [u8; 300] = [9; 300];

pub fn attachment<'a>(name: &'a str, subject: &'a Subject, content: &'a [u8]) -> Attachment<'a> {
    Attachment {
        name,
        subject,
        purpose: Purpose::Record,
        media_type: "image/png",
        content,
    }
}

/// A person with everything there can be, but an override.
pub fn manifest() -> Manifest {
    let at = datetime!(2026-11-22 05:00 UTC);
    let unset = Digest::of(&[]);
    Manifest {
        version: 0,
        packet: Uuid::from_u128(9303),
        service: String::new(),
        sealed_at: at,
        clock: Clock::Unsynchronised,
        station: StationEntry {
            name: "TEST Station".to_owned(),
            key: unset,
            software: "tests".to_owned(),
            book: Some(Anchor {
                line: 1,
                link: "00".repeat(16),
            }),
        },
        operator: party("TEST Operator"),
        supervisor: None,
        profile: "uto-passport".to_owned(),
        fields: BTreeMap::from([("surname".to_owned(), "Nguyễn".to_owned())]),
        can: None,
        missing_fingers: vec![MissingFinger {
            finger: "left-index".to_owned(),
            reason: "bandaged".to_owned(),
        }],
        attachments: Vec::new(),
        devices: vec![Device {
            maker: "TEST".to_owned(),
            model: "Camera".to_owned(),
            serial: None,
            software: Some("v4l2".to_owned()),
        }],
        tries: vec![Try {
            subject: Subject::Portrait,
            number: 1,
            at,
            device: Some(0),
            quality: vec![Quality {
                measure: "Sharpness".to_owned(),
                score: 71,
            }],
            findings: Vec::new(),
            outcome: Outcome::Accepted,
        }],
        overrides: Vec::new(),
    }
}

pub fn party(name: &str) -> Party {
    Party {
        name: name.to_owned(),
        key: Digest::of(&[]),
    }
}

/// The same with something let through.
pub fn released() -> Manifest {
    let mut manifest = manifest();
    manifest.supervisor = Some(party("TEST Supervisor"));
    manifest.overrides.push(Override {
        rule: "nfiq2".to_owned(),
        subject: Subject::Finger("right-index".to_owned()),
        reason: "worn ridges, third try".to_owned(),
        at: manifest.sealed_at,
    });
    manifest
}
