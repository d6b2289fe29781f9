//! Certificates that are laid before the root, the time around a restoration, and keys that are destroyed.

use ceremony::{Answer, Error, Issued, Refused, Root, SerialNumber};
use crypto::Curve;
use pki::{Certificate, Crl, SoftwareSigner};
use time::Duration;

use super::room::{NOW, Room, document_signer, key, period};

const NEXT_DAY: Duration = Duration::days(1);

/// The certificate of a new document signer.
fn issued(room: &mut Room) -> Vec<u8> {
    let (request, _) = room.document_signer_request();
    let answer = room.answer(request.to_text().unwrap().as_bytes(), NOW);
    let answer = Answer::read(answer.unwrap().as_bytes()).unwrap();
    match &answer.body().issued {
        Issued::Certificate(der) => der.as_bytes().to_vec(),
        Issued::Crl(_) => panic!("{answer:?}"),
    }
}

fn link(room: &mut Room, new: &SoftwareSigner) -> Result<(), Error> {
    let sitting = ceremony::Sitting {
        persons: &room.persons,
        now: NOW,
        tool: "test",
    };
    let keys: (&dyn pki::Signer, &dyn pki::Signer) = (&room.csca, new);
    room.root
        .link(None, "file:x", "ecdsa", &sitting, keys, &mut room.rng)
}

fn serial(der: &[u8]) -> SerialNumber {
    SerialNumber::new(Certificate::parse(der).unwrap().serial_number())
}

#[test]
fn a_restored_root_revokes_what_the_lost_one_issued() {
    let mut room = Room::new();
    let persons = room.persons.clone();
    let sitting = |now| ceremony::Sitting {
        persons: &persons,
        now,
        tool: "test",
    };
    let copy = room
        .root
        .back_up(Vec::new(), &sitting(NOW), &room.csca)
        .unwrap();
    let lost = issued(&mut room);
    let second = key(Curve::P256, &mut room.rng);
    link(&mut room, &second).unwrap();
    let link = room.root.journal().state().links()[0].as_bytes().to_vec();
    let at = sitting(NOW + NEXT_DAY);
    let mut root = Root::restore(copy.as_bytes(), &at, &room.csca).unwrap();
    for der in [&lost, &link] {
        let serial = serial(der);
        assert_eq!(
            root.revoke(&serial, &at, &room.csca),
            Err(Refused::UnknownSerial.into())
        );
        assert_eq!(
            root.revoke_certificate(der, &at, &room.csca),
            Ok(serial.clone())
        );
        assert_eq!(
            root.revoke_certificate(der, &at, &room.csca),
            Err(Refused::RevokedAlready.into())
        );
        assert_eq!(
            root.revoke(&serial, &at, &room.csca),
            Err(Refused::RevokedAlready.into())
        );
        let (line, _) = root.journal().last().unwrap();
        assert_eq!(line.record.objects[0].sha256, ceremony::Digest::of(der));
    }
    let list = root.crl(90, &at, &room.csca).unwrap();
    let list = Crl::parse(list.as_bytes()).unwrap();
    for der in [&lost, &link] {
        assert!(list.revoked(serial(der).as_bytes()).is_some());
    }
    let again = Root::open(root.journal().text().as_bytes()).unwrap();
    assert_eq!(again.journal().text(), root.journal().text());
    assert_eq!(again.journal().state().revoked().len(), 2);
}

#[test]
fn link_certificates_are_known_by_their_number() {
    let mut room = Room::new();
    let second = key(Curve::P256, &mut room.rng);
    link(&mut room, &second).unwrap();
    let link = room.root.journal().state().links()[0].clone();
    let at = room.sitting(NOW);
    let mut root = room.root.clone();
    root.revoke(&serial(link.as_bytes()), &at, &second).unwrap();
}

#[test]
fn certificates_that_are_no_evidence() {
    let mut room = Room::new();
    // A stranger of the same name.
    let mut stranger = Room::new();
    stranger.csca = key(Curve::P256, &mut room.rng);
    let at = room.sitting(NOW);
    let settings = super::room::settings();
    stranger.root = Root::create(
        settings,
        "file:x",
        "ecdsa",
        &at,
        &stranger.csca,
        &mut stranger.rng,
    )
    .unwrap();
    let theirs = stranger.root.certificate().unwrap().as_der().to_vec();
    let own = room.root.certificate().unwrap().as_der().to_vec();
    let good = issued(&mut room);
    let mut altered = good.clone();
    // An octet of the signature.
    *altered.last_mut().unwrap() ^= 1;
    let persons = room.persons.clone();
    let at = ceremony::Sitting {
        persons: &persons,
        now: NOW,
        tool: "test",
    };
    let before = room.root.journal().text().to_owned();
    for (what, der, why) in [
        ("a stranger's", &theirs, Refused::ForeignCertificate),
        ("altered", &altered, Refused::ForeignCertificate),
        ("its own", &own, Refused::OwnCertificate),
    ] {
        assert_eq!(
            room.root.revoke_certificate(der, &at, &room.csca),
            Err(why.into()),
            "{what}"
        );
    }
    assert!(
        room.root
            .revoke_certificate(b"none", &at, &room.csca)
            .is_err()
    );
    assert_eq!(room.root.journal().text(), before);
    room.root
        .revoke_certificate(&good, &at, &room.csca)
        .unwrap();
}

#[test]
fn a_request_around_the_restoration_is_made_again() {
    let mut room = Room::new();
    let persons = room.persons.clone();
    let at = ceremony::Sitting {
        persons: &persons,
        now: NOW,
        tool: "test",
    };
    let copy = room.root.back_up(Vec::new(), &at, &room.csca).unwrap();
    room.root = Root::restore(copy.as_bytes(), &at, &room.csca).unwrap();
    let second = Duration::seconds(1);
    for (made_at, good) in [
        (NOW - second, false),
        (NOW, false),
        (NOW + second, false),
        (NOW + NEXT_DAY, false),
        (NOW + NEXT_DAY + second, true),
    ] {
        let new_key = key(Curve::P256, &mut room.rng);
        let mut body = room.body(document_signer(), Some(&new_key));
        body.made_at = made_at;
        if let ceremony::Wanted::DocumentSigner(wish) = &mut body.wanted {
            wish.private_key_usage = period(made_at, 90);
            wish.validity = period(made_at, 90 + 3653);
        }
        let file = room.request(body, Some(&new_key)).to_text().unwrap();
        let answer = room.answer(file.as_bytes(), NOW + NEXT_DAY + second);
        if good {
            answer.unwrap();
        } else {
            assert_eq!(answer, Err(Refused::BeforeRestoration.into()), "{made_at}");
        }
    }
}

#[test]
fn the_key_in_use_goes_with_all_others_or_not_at_all() {
    let mut room = Room::new();
    let second = key(Curve::P256, &mut room.rng);
    link(&mut room, &second).unwrap();
    let at = room.sitting(NOW);
    for (generations, good) in [
        (&[][..], false),
        (&[2], false),
        (&[3], false),
        (&[1, 3], false),
        (&[1], true),
        (&[1, 2], true),
        (&[2, 1], true),
    ] {
        let mut root = room.root.clone();
        let begun = root.begin_destruction(generations, &at, &second);
        let expected = if good {
            Ok(())
        } else {
            Err(Refused::Generation.into())
        };
        assert_eq!(begun, expected, "{generations:?}");
    }
    let mut root = room.root.clone();
    root.begin_destruction(&[1], &at, &second).unwrap();
    assert_eq!(
        root.begin_destruction(&[1], &at, &second),
        Err(Refused::Generation.into())
    );
    root.begin_destruction(&[2], &at, &second).unwrap();
}

#[test]
fn a_chain_that_no_answer_can_hold_is_not_begun() {
    let mut room = Room::new();
    let most = ceremony::answer::MAX_CHAIN / 2;
    for _ in 1..most {
        let new = key(Curve::P256, &mut room.rng);
        link(&mut room, &new).unwrap();
        room.csca = new;
    }
    let new = key(Curve::P256, &mut room.rng);
    assert_eq!(link(&mut room, &new), Err(Refused::TooManyKeys.into()));
    let chain = room.root.journal().state().chain();
    assert!(chain.len() <= ceremony::answer::MAX_CHAIN);
}

#[test]
fn a_request_of_before_a_new_key_says_why() {
    let mut room = Room::new();
    let (request, _) = room.document_signer_request();
    let new = key(Curve::P256, &mut room.rng);
    let sitting = ceremony::Sitting {
        persons: &room.persons,
        now: NOW + Duration::hours(1),
        tool: "test",
    };
    let keys: (&dyn pki::Signer, &dyn pki::Signer) = (&room.csca, &new);
    room.root
        .link(None, "file:x", "ecdsa", &sitting, keys, &mut room.rng)
        .unwrap();
    room.csca = new;
    let file = request.to_text().unwrap();
    assert_eq!(
        room.answer(file.as_bytes(), NOW + Duration::hours(2)),
        Err(Refused::KeyChanged.into())
    );
}

#[test]
fn lost_keys_are_declared_once_and_nothing_in_use_is_lost() {
    let mut room = Room::new();
    let second = key(Curve::P256, &mut room.rng);
    link(&mut room, &second).unwrap();
    let at = room.sitting(NOW);
    let in_use = ["file:x".to_owned()];
    for (generations, keys) in [
        (&[][..], &[][..]),
        (&[2], &[]),
        (&[3], &[]),
        (&[1, 3], &[]),
        (&[1], &in_use),
        (&[], &in_use),
    ] {
        let declared = room
            .root
            .clone()
            .declare_lost(generations, keys, &at, &second);
        assert_eq!(
            declared,
            Err(Refused::Generation.into()),
            "{generations:?} {keys:?}"
        );
    }
    let mut root = room.root.clone();
    let unused = ["file:unused".to_owned()];
    root.declare_lost(&[1], &unused, &at, &second).unwrap();
    assert_eq!(
        root.declare_lost(&[1], &[], &at, &second),
        Err(Refused::Generation.into()),
        "twice"
    );
    assert_eq!(
        root.begin_destruction(&[1], &at, &second),
        Err(Refused::Generation.into()),
        "nothing is left to destroy"
    );
    let read = Root::open(root.journal().text().as_bytes()).unwrap();
    let state = read.journal().state();
    assert!(state.is_lost(1) && state.is_destroyed(1));
    assert!(!state.is_lost(2) && !state.is_destroyed(2));
    let (line, _) = read.journal().last().unwrap();
    assert!(line.is_signed());
    assert_eq!(line.record.act.word(), "lost");
    assert_eq!(line.record.facts.len(), 2);
    read.refuse_destroyed().unwrap();
}
