//! What no manifest may say, sealed or read.

use enrolment::packet::{
    Digest, MAX_FIELDS, MAX_TRIES, Manifest, Outcome, PacketError, Subject, VERSION,
};

use crate::office::{Office, manifest, released};

fn readable() -> Manifest {
    let mut manifest = released();
    manifest.version = VERSION;
    manifest.service = "age1test".to_owned();
    manifest.operator.key = Digest::of(b"operator");
    manifest.supervisor.as_mut().unwrap().key = Digest::of(b"supervisor");
    manifest
}

#[test]
fn written_and_read_it_is_the_same() {
    let manifest = readable();
    let text = manifest.to_bytes().unwrap();
    assert_eq!(Manifest::parse(&text).unwrap(), manifest);
    let spaced = String::from_utf8(text).unwrap().replace("\":", "\": ");
    let error = Manifest::parse(spaced.as_bytes()).unwrap_err();
    assert!(
        matches!(error, PacketError::Malformed { at: 11, .. }),
        "{error}"
    );
}

#[test]
fn what_is_refused() {
    type Spoil = fn(&mut Manifest);
    let cases: &[(&str, Spoil)] = &[
        ("no profile", |m| m.profile.clear()),
        ("control", |m| m.operator.name.push('\u{1b}')),
        ("field", |m| {
            m.fields.insert("../x".to_owned(), "x".to_owned());
        }),
        ("fields", |m| {
            for number in 0..=MAX_FIELDS {
                m.fields.insert(format!("f{number}"), "x".to_owned());
            }
        }),
        ("long text", |m| {
            m.fields.insert("surname".to_owned(), "x".repeat(2049));
        }),
        ("tries", |m| {
            m.tries = vec![m.tries[0].clone(); MAX_TRIES + 1];
        }),
        ("device", |m| m.tries[0].device = Some(1)),
        ("number", |m| m.tries[0].number = 0),
        ("score", |m| m.tries[0].quality[0].score = 101),
        ("overridden", |m| m.tries[0].outcome = Outcome::Overridden),
        ("reason", |m| m.overrides[0].reason = "  ".to_owned()),
        ("nobody", |m| m.supervisor = None),
        ("same person", |m| {
            m.supervisor.as_mut().unwrap().name = m.operator.name.clone();
        }),
        ("same key", |m| m.operator.key = m.station.key),
        ("finger twice", |m| {
            let finger = m.missing_fingers[0].clone();
            m.missing_fingers.push(finger);
        }),
        ("subject", |m| {
            m.tries[0].subject = Subject::Document("Birth certificate".to_owned());
        }),
    ];
    for (name, change) in cases {
        let mut changed = readable();
        change(&mut changed);
        assert!(changed.to_bytes().is_err(), "{name}");
        let text = serde_json::to_vec(&changed).unwrap();
        assert!(Manifest::parse(&text).is_err(), "{name}");
    }
}

#[test]
fn nothing_is_sealed_that_would_be_refused() {
    let office = Office::new();
    let mut wrong = manifest();
    wrong.fields.insert("surname".to_owned(), "a\nb".to_owned());
    assert!(office.seal(&wrong).is_err());
}
