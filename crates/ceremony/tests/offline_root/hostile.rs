//! What must be refused: altered, replayed, of another, against the rules.

use ceremony::{
    Answer, Der, Digest, Error, Forged, JournalFault, Refused, Request, RequestBody, Root, Wanted,
};
use crypto::Curve;
use pki::SoftwareSigner;
use proptest::prelude::*;
use time::Duration;

use super::room::{NOW, Room, barcode_signer, document_signer, key, list_signer, period, spki};

type Alteration = fn(&mut RequestBody);

fn wish(body: &mut RequestBody, alter: impl FnOnce(&mut ceremony::request::DocumentSignerWish)) {
    match &mut body.wanted {
        Wanted::DocumentSigner(wish) => alter(wish),
        other => panic!("{other:?}"),
    }
}

const ALTERATIONS: [(&str, Alteration, Refused); 13] = [
    (
        "country",
        |body| body.country = "VN".into(),
        Refused::Country,
    ),
    (
        "CSCA",
        |body| body.csca = Digest::of(b"x"),
        Refused::OtherCsca,
    ),
    (
        "future",
        |body| body.made_at = NOW + Duration::days(2),
        Refused::FromTheFuture,
    ),
    (
        "too old",
        |body| body.made_at = NOW - Duration::days(91),
        Refused::TooOld(90),
    ),
    (
        "document types",
        |body| wish(body, |wish| wish.document_types = vec!["V".into()]),
        Refused::DocumentTypes,
    ),
    (
        "no document types",
        |body| wish(body, |wish| wish.document_types.clear()),
        Refused::DocumentTypes,
    ),
    (
        "usage too long",
        |body| {
            wish(body, |wish| {
                wish.private_key_usage = period(NOW, 93);
                wish.validity = period(NOW, 4000);
            });
        },
        Refused::UsageTooLong(92),
    ),
    (
        "usage outside",
        |body| {
            wish(body, |wish| {
                wish.private_key_usage = period(NOW - Duration::days(1), 90);
            });
        },
        Refused::Periods,
    ),
    (
        "too short for the last document",
        |body| wish(body, |wish| wish.validity = period(NOW, 90)),
        Refused::Periods,
    ),
    (
        "begun long ago",
        |body| {
            wish(body, |wish| {
                wish.validity.from = NOW - Duration::days(3);
            });
        },
        Refused::Periods,
    ),
    (
        "outlives the CSCA",
        |body| wish(body, |wish| wish.validity = period(NOW, 9000)),
        Refused::OutsideCsca,
    ),
    (
        "the CSCA's name",
        |body| wish(body, |wish| wish.common_name = "TEST CSCA UTO".into()),
        Refused::CommonName,
    ),
    (
        "no name",
        |body| wish(body, |wish| wish.common_name = String::new()),
        Refused::CommonName,
    ),
];

#[test]
fn genuine_requests_against_the_rules() {
    let mut room = Room::new();
    for (what, alter, why) in ALTERATIONS {
        let new_key = key(Curve::P256, &mut room.rng);
        let mut body = room.body(document_signer(), Some(&new_key));
        alter(&mut body);
        let file = room.request(body, Some(&new_key)).to_text().unwrap();
        let before = room.root.journal().text().to_owned();
        assert_eq!(
            room.answer(file.as_bytes(), NOW),
            Err(Error::Refused(why)),
            "{what}"
        );
        assert_eq!(room.root.journal().text(), before, "{what}");
    }
}

#[test]
fn keys_that_are_not_certified() {
    let mut room = Room::new();
    let used = key(Curve::P256, &mut room.rng);
    let body = room.body(document_signer(), Some(&used));
    let file = room.request(body, Some(&used)).to_text().unwrap();
    room.answer(file.as_bytes(), NOW).unwrap();
    let weak = key(Curve::BrainpoolP224r1, &mut room.rng);
    let cases: [(&SoftwareSigner, Refused); 2] =
        [(&used, Refused::KeyCertified), (&weak, Refused::WeakKey)];
    let mut files = Vec::new();
    for (key, why) in cases {
        let mut nonce = [7; 32];
        nonce[0] = spki(key)[40];
        let body = RequestBody::new(
            Digest::new(nonce),
            NOW,
            room.root.journal().state().current().certificate.digest(),
            "UT",
            document_signer(),
            Some(Der::new(spki(key))),
        );
        let request = Request::make(body, Some(key), &room.registrar).unwrap();
        files.push((request.to_text().unwrap(), why));
    }
    for (purpose, wanted) in [
        (&room.registrar, document_signer()),
        (&room.csca, Wanted::MasterListSigner(list_signer())),
    ] {
        let body = RequestBody::new(
            Digest::of(&spki(purpose)),
            NOW,
            room.root.journal().state().current().certificate.digest(),
            "UT",
            wanted,
            Some(Der::new(spki(purpose))),
        );
        let request = Request::make(body, Some(purpose), &room.registrar).unwrap();
        files.push((request.to_text().unwrap(), Refused::KeyOfOtherPurpose));
    }
    for (file, why) in files {
        assert_eq!(room.answer(file.as_bytes(), NOW), Err(Error::Refused(why)));
    }
}

#[test]
fn strangers_and_replays() {
    let mut room = Room::new();
    let (request, new_key) = room.document_signer_request();
    let stranger = key(Curve::P256, &mut room.rng);
    let own = |registrar: &SoftwareSigner, key: &SoftwareSigner| {
        let mut body = request.body().clone();
        body.public_key = Some(Der::new(spki(key)));
        Request::make(body, Some(key), registrar).unwrap()
    };
    let file = own(&stranger, &new_key).to_text().unwrap();
    assert_eq!(
        room.answer(file.as_bytes(), NOW),
        Err(Refused::UnknownRegistrar.into())
    );
    // Two genuine halves of two requests.
    let theirs = own(&room.registrar, &stranger).to_text().unwrap();
    let ours = request.to_text().unwrap();
    let split = |text: &str| text.find("\"registrar\"").unwrap();
    let mixed = format!("{}{}", &ours[..split(&ours)], &theirs[split(&theirs)..]);
    assert_eq!(
        room.answer(mixed.as_bytes(), NOW),
        Err(Forged::Registrar.into())
    );
    // The same nonce with another content, after the first was answered.
    room.answer(ours.as_bytes(), NOW).unwrap();
    assert_eq!(
        room.answer(theirs.as_bytes(), NOW),
        Err(Refused::NonceUsed.into())
    );
    let sitting = room.sitting(NOW);
    let mut root = room.root.clone();
    assert_eq!(
        root.admit("again", &spki(&room.registrar), &sitting, &room.csca),
        Err(Refused::KnownRegistrar.into())
    );
    assert_eq!(
        root.admit("DS", &spki(&new_key), &sitting, &room.csca),
        Err(Refused::KeyOfOtherPurpose.into())
    );
    assert!(root.crl(90, &sitting, &stranger).is_err(), "another key");
}

#[test]
fn bar_code_signers_are_few() {
    let mut room = Room::new();
    for (index, letters) in ["AA", "AB", "AC", "AD", "AE", "AF"].into_iter().enumerate() {
        let new_key = key(Curve::P256, &mut room.rng);
        let body = room.body(barcode_signer(letters), Some(&new_key));
        let file = room.request(body, Some(&new_key)).to_text().unwrap();
        let answer = room.answer(file.as_bytes(), NOW);
        if index < 5 {
            answer.unwrap();
        } else {
            assert_eq!(answer, Err(Refused::TooManyBarcodeSigners.into()));
        }
    }
}

#[test]
fn answers_to_others_and_of_others() {
    let mut room = Room::new();
    let known = room.root.certificate().unwrap();
    let (first, _) = room.document_signer_request();
    let (second, _) = room.document_signer_request();
    let answer = |room: &mut Room, request: &Request| {
        let file = request.to_text().unwrap();
        Answer::read(room.answer(file.as_bytes(), NOW).unwrap().as_bytes()).unwrap()
    };
    let to_first = answer(&mut room, &first);
    assert_eq!(
        to_first.clone().verify(&second, &known).map(drop),
        Err(Refused::OtherRequest.into())
    );
    to_first.clone().verify(&first, &known).unwrap();
    // A root of the same name with another key.
    let mut other = Room::new();
    let other_key = key(Curve::P256, &mut room.rng);
    let sitting = room.sitting(NOW);
    other.csca = other_key;
    other.root = Root::create(
        super::room::settings(),
        "file:x",
        "ecdsa-p256",
        &sitting,
        &other.csca,
        &mut other.rng,
    )
    .unwrap();
    let stranger = other.root.certificate().unwrap();
    assert_eq!(
        to_first.verify(&first, &stranger).map(drop),
        Err(Refused::UnknownCsca.into())
    );
    // The other root answers in its own name: its chain does not lead to the known one.
    other.registrar = key(Curve::P256, &mut room.rng);
    let sitting = ceremony::Sitting {
        persons: &other.persons,
        now: NOW,
        tool: "test",
    };
    other
        .root
        .admit("TEST", &spki(&other.registrar), &sitting, &other.csca)
        .unwrap();
    let new_key = key(Curve::P256, &mut room.rng);
    let body = other.body(document_signer(), Some(&new_key));
    let request = other.request(body, Some(&new_key));
    let foreign = answer(&mut other, &request);
    assert_eq!(
        foreign.verify(&request, &known).map(drop),
        Err(Refused::UnknownCsca.into())
    );
}

#[test]
fn a_journal_with_a_line_altered_added_or_taken_out() {
    let mut room = Room::new();
    let (request, _) = room.document_signer_request();
    let file = request.to_text().unwrap();
    room.answer(file.as_bytes(), NOW).unwrap();
    let text = room.root.journal().text().to_owned();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    assert_eq!(lines.len(), 3);
    let fault = |line, fault| Some(Error::Journal { line, fault });
    let cases: [(String, Option<Error>); 8] = [
        (String::new(), fault(1, JournalFault::Empty)),
        (lines[1..].concat(), fault(1, JournalFault::Contradiction)),
        (
            [lines[0], lines[2]].concat(),
            fault(2, JournalFault::Number),
        ),
        (
            [lines[0], lines[2], lines[1]].concat(),
            fault(2, JournalFault::Number),
        ),
        (
            [lines[0], lines[1], lines[1]].concat(),
            fault(3, JournalFault::Number),
        ),
        (text.trim_end().to_owned(), fault(3, JournalFault::Torn)),
        (
            text.replace("TEST registrar", "TEST registrer"),
            fault(2, JournalFault::Signature),
        ),
        (
            text.replace("TEST TWO", "TEST TOO"),
            fault(1, JournalFault::Signature),
        ),
    ];
    for (altered, why) in cases {
        assert_eq!(Root::open(altered.as_bytes()).err(), why);
    }
    // Cut off at the end: good by itself, and shorter than the last printed record says.
    let cut = Root::open(lines[..2].concat().as_bytes()).unwrap();
    assert_eq!(cut.journal().last().unwrap().0.record.number, 2);
}

fn sealed() -> &'static (Room2, String, String, String) {
    static ONCE: std::sync::OnceLock<(Room2, String, String, String)> = std::sync::OnceLock::new();
    ONCE.get_or_init(|| {
        let mut room = Room::new();
        let before = room.root.clone();
        let (request, _) = room.document_signer_request();
        let file = request.to_text().unwrap();
        let answer = room.answer(file.as_bytes(), NOW).unwrap();
        let journal = room.root.journal().text().to_owned();
        let known = room.root.certificate().unwrap();
        (
            Room2 {
                before,
                request,
                known,
            },
            file,
            answer,
            journal,
        )
    })
}

struct Room2 {
    before: Root,
    request: Request,
    known: pki::Certificate,
}

/// Every octet of a file, altered in every way that is drawn.
fn altered(file: &str) -> impl Strategy<Value = Vec<u8>> + use<> {
    let file = file.as_bytes().to_vec();
    (0..file.len(), 1..=255u8).prop_map(move |(at, difference)| {
        let mut altered = file.clone();
        altered[at] ^= difference;
        altered
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn an_altered_request_is_refused(file in altered(&sealed().1)) {
        prop_assert!(sealed().0.before.propose(&file, NOW).is_err());
    }

    #[test]
    fn an_altered_answer_is_refused(file in altered(&sealed().2)) {
        let (room, ..) = sealed();
        let accepted = Answer::read(&file).and_then(|answer| answer.verify(&room.request, &room.known));
        prop_assert!(accepted.is_err());
    }

    #[test]
    fn an_altered_journal_is_refused(file in altered(&sealed().3)) {
        prop_assert!(Root::open(&file).is_err());
    }

    #[test]
    fn any_octets_are_an_error_and_no_panic(file in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(Request::read(&file).is_err());
        prop_assert!(Answer::read(&file).is_err());
        prop_assert!(Root::open(&file).is_err());
        prop_assert!(ceremony::Backup::read(&file).is_err());
    }
}

/// Each octet once, with its lowest bit: nothing is left to chance.
#[test]
fn every_octet_of_a_request_and_an_answer_counts() {
    let (room, request, answer, _) = sealed();
    for at in 0..request.len() {
        let mut file = request.clone().into_bytes();
        file[at] ^= 1;
        assert!(
            room.before.propose(&file, NOW).is_err(),
            "request, octet {at}"
        );
    }
    for at in 0..answer.len() {
        let mut file = answer.clone().into_bytes();
        file[at] ^= 1;
        let accepted =
            Answer::read(&file).and_then(|answer| answer.verify(&room.request, &room.known));
        assert!(accepted.is_err(), "answer, octet {at}");
    }
    assert!(room.before.propose(request.as_bytes(), NOW).is_ok());
}

#[test]
fn too_long_is_said_before_anything_is_read() {
    let long = vec![b' '; ceremony::answer::MAX_ANSWER_LEN + 1];
    assert!(matches!(Request::read(&long), Err(Error::TooLong { .. })));
    assert!(matches!(Answer::read(&long), Err(Error::TooLong { .. })));
}
