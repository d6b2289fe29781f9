//! What holds of a packet that nobody has touched, and who can open it.

use enrolment::Field;
use enrolment::packet::{Digest, Identity, KeyRing, PacketError, Role, Signers, open};

use crate::office::{FINGER, Office, PORTRAIT, manifest, released};

#[test]
fn what_was_sealed_is_opened() {
    let office = Office::new();
    for manifest in [manifest(), released()] {
        let (file, sealed) = office.seal(&manifest).unwrap();
        assert_eq!(sealed.digest, Digest::of(&file));
        assert_eq!(sealed.length, file.len() as u64);
        let opened = office.open(&file).unwrap();
        assert_eq!(opened.packet().digest(), sealed.digest);
        assert_eq!(opened.packet().length(), sealed.length);
        assert_eq!(opened.manifest().packet, sealed.id);
        assert_eq!(opened.manifest().fields, manifest.fields);
        assert_eq!(opened.manifest().tries, manifest.tries);
        assert_eq!(opened.manifest().overrides, manifest.overrides);
        assert_eq!(opened.attachment("portrait"), Some(&PORTRAIT[..]));
        assert_eq!(opened.attachment("finger-right-index"), Some(&FINGER[..]));
        assert_eq!(opened.attachment("other"), None);
        let record = opened.record().unwrap();
        assert_eq!(record.texts().get(Field::Surname), Some("Nguyễn"));
        assert_eq!(record.portrait(), Some(&PORTRAIT[..]));
        assert_eq!(record.fingers().len(), 2);
        let shown = format!("{opened:?}");
        assert!(!shown.contains("Nguy"), "{shown}");
    }
}

#[test]
fn only_the_service_opens_it() {
    let office = Office::new();
    let (file, _) = office.seal(&manifest()).unwrap();
    let other = open(&file[..], &Identity::generate(), &office.known());
    assert!(matches!(other, Err(PacketError::OtherService)));
}

#[test]
fn a_packet_that_was_passed_on_is_not_taken() {
    let (office, mut other) = (Office::new(), Office::new());
    other.service = Identity::generate();
    let (file, _) = office.seal(&manifest()).unwrap();
    let mut content = Vec::new();
    office.rewrap(&file, |inside| content.clone_from(inside));
    let (template, _) = other.seal(&manifest()).unwrap();
    let passed_on = other.rewrap(&template, |inside| *inside = content);
    let opened = other.open(&passed_on);
    assert!(
        matches!(opened, Err(PacketError::OtherService)),
        "{opened:?}"
    );
}

#[test]
fn keys_count_by_role_and_name() {
    let office = Office::new();
    let (file, _) = office.seal(&released()).unwrap();
    let names = ["TEST Station", "TEST Operator", "TEST Supervisor"];
    let keys = [&office.station, &office.operator, &office.supervisor];
    for left_out in Role::ALL {
        for is_renamed in [false, true] {
            let mut ring = KeyRing::new();
            for ((role, name), key) in Role::ALL.into_iter().zip(names).zip(keys) {
                if role != left_out {
                    ring.add(role, name, key.public()).unwrap();
                } else if is_renamed {
                    ring.add(role, "TEST Somebody", key.public()).unwrap();
                } else {
                    // As something else it may be known.
                    let other = if role == Role::Operator {
                        Role::Supervisor
                    } else {
                        Role::Operator
                    };
                    ring.add(other, name, key.public()).unwrap();
                }
            }
            match open(&file[..], &office.service, &ring) {
                Err(PacketError::UnknownKey { role, .. }) => {
                    assert!(!is_renamed && role == left_out);
                }
                Err(PacketError::OtherName { role }) => assert!(is_renamed && role == left_out),
                other => panic!("{left_out} {is_renamed}: {other:?}"),
            }
        }
    }
}

#[test]
fn who_is_named_signs_and_who_signs_is_named() {
    let office = Office::new();
    let signers = Signers {
        station: &office.station,
        operator: &office.operator,
        supervisor: None,
    };
    let with_supervisor = Signers {
        supervisor: Some(&office.supervisor),
        ..signers
    };
    for (manifest, signers) in [(released(), signers), (manifest(), with_supervisor)] {
        let sealed = office.seal_by(&manifest, signers);
        assert!(matches!(sealed, Err(PacketError::Misuse(_))));
    }
    for twice in [
        Signers {
            operator: &office.station,
            ..signers
        },
        Signers {
            supervisor: Some(&office.operator),
            ..signers
        },
    ] {
        let manifest = if twice.supervisor.is_some() {
            released()
        } else {
            manifest()
        };
        let sealed = office.seal_by(&manifest, twice);
        assert!(matches!(sealed, Err(PacketError::Manifest { .. })));
    }
}
