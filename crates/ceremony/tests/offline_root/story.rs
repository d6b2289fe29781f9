//! What is meant to happen.

use ceremony::{
    Answer, Backup, Digest, Error, Issued, KeyCopy, Proposal, Refused, Root, SerialNumber, Wanted,
};
use crypto::Curve;
use pki::{Certificate, Crl, Signer};
use time::Duration;

use super::room::{NOW, Room, barcode_signer, crl, document_signer, key, list_signer};

#[test]
fn every_kind_of_request_is_answered_once_and_the_answer_is_accepted() {
    let mut room = Room::new();
    let known = room.root.certificate().unwrap();
    for wanted in [
        document_signer(),
        Wanted::MasterListSigner(list_signer()),
        Wanted::DeviationListSigner(list_signer()),
        barcode_signer("AB"),
        crl(&[]),
    ] {
        let new_key = key(Curve::P256, &mut room.rng);
        let new_key: Option<&dyn Signer> = match wanted {
            Wanted::Crl(_) => None,
            _ => Some(&new_key),
        };
        let body = room.body(wanted.clone(), new_key);
        let request = room.request(body, new_key);
        let file = request.to_text().unwrap();
        let answer = room.answer(file.as_bytes(), NOW).unwrap();
        let lines = room.root.journal().lines().len();
        for later in [Duration::ZERO, Duration::days(9999)] {
            let again = room.answer(file.as_bytes(), NOW + later).unwrap();
            assert_eq!(again, answer, "{}", wanted.word());
        }
        assert_eq!(room.root.journal().lines().len(), lines);
        let verified = Answer::read(answer.as_bytes())
            .unwrap()
            .verify(&request, &known)
            .unwrap();
        assert!(verified.links().is_empty());
        assert_eq!(verified.csca().as_der(), known.as_der());
    }
    // What was remembered is what is read again.
    let root = Root::open(room.root.journal().text().as_bytes()).unwrap();
    assert_eq!(root.journal().text(), room.root.journal().text());
    assert_eq!(root.journal().state().answers().count(), 5);
}

#[test]
fn a_new_key_and_a_new_name_are_found_by_links() {
    let mut room = Room::new();
    let known = room.root.certificate().unwrap();
    let second = key(Curve::P384, &mut room.rng);
    let third = key(Curve::P256, &mut room.rng);
    for (new, name) in [(&second, None), (&third, Some("TEST CSCA UTO 3"))] {
        let at = NOW + Duration::days(if name.is_some() { 2 } else { 1 });
        let current = room.root.certificate().unwrap().public_key().unwrap();
        let old = if *room.csca.public_key() == current {
            &room.csca
        } else {
            &second
        };
        let sitting = ceremony::Sitting {
            persons: &room.persons,
            now: at,
            tool: "test",
        };
        room.root
            .link(
                name,
                "file:next.key",
                "ecdsa",
                &sitting,
                (old, new),
                &mut room.rng,
            )
            .unwrap();
    }
    let state = room.root.journal().state();
    assert_eq!(state.settings().common_name, "TEST CSCA UTO 3");
    assert_eq!(state.links().len(), 2);
    for (index, link) in state.links().iter().enumerate() {
        let link = Certificate::parse(link.as_bytes()).unwrap();
        let before: Vec<_> = state.generations().collect();
        let issuer = Certificate::parse(before[index].certificate.as_bytes()).unwrap();
        let subject = Certificate::parse(before[index + 1].certificate.as_bytes()).unwrap();
        link.verify_signature(&issuer).unwrap();
        assert_eq!(link.public_key().unwrap(), subject.public_key().unwrap());
        assert_eq!(link.subject(), subject.subject());
    }
    room.csca = third;
    let (mut request, new_key) = room.document_signer_request();
    let mut body = request.body().clone();
    body.made_at = NOW + Duration::days(2);
    request = room.request(body, Some(&new_key));
    let later = NOW + Duration::days(3);
    let file = request.to_text().unwrap();
    // The wish begins before the new key does.
    assert_eq!(
        room.answer(file.as_bytes(), later).unwrap_err(),
        Error::Refused(Refused::Periods)
    );
    let body = room.body(crl(&[]), None);
    let request = room.request(body, None);
    let file = request.to_text().unwrap();
    let answer = room.answer(file.as_bytes(), later).unwrap();
    let answer = Answer::read(answer.as_bytes()).unwrap();
    let verified = answer.clone().verify(&request, &known).unwrap();
    assert_eq!(verified.links().len(), 2);
    assert!(verified.csca().subject().to_string().contains("UTO 3"));
    // The one in use, and link and root of each before.
    assert!(answer.body().chain.len() == 5);
}

#[test]
fn what_is_revoked_stands_in_every_list_from_then_on() {
    let mut room = Room::new();
    let (request, _) = room.document_signer_request();
    let file = request.to_text().unwrap();
    let answer = Answer::read(room.answer(file.as_bytes(), NOW).unwrap().as_bytes()).unwrap();
    let Issued::Certificate(der) = &answer.body().issued else {
        panic!("{answer:?}");
    };
    let certificate = Certificate::parse(der.as_bytes()).unwrap();
    let serial = SerialNumber::new(certificate.serial_number());

    let body = room.body(crl(std::slice::from_ref(&serial)), None);
    let request = room.request(body, None).to_text().unwrap();
    room.answer(request.as_bytes(), NOW).unwrap();
    let sitting = ceremony::Sitting {
        persons: &room.persons,
        now: NOW + Duration::days(80),
        tool: "test",
    };
    assert_eq!(
        room.root.revoke(&serial, &sitting, &room.csca),
        Err(Refused::RevokedAlready.into())
    );
    let unknown = SerialNumber::new(&[1, 2, 3]);
    assert_eq!(
        room.root.revoke(&unknown, &sitting, &room.csca),
        Err(Refused::UnknownSerial.into())
    );
    let list = room.root.crl(90, &sitting, &room.csca).unwrap();
    let list = Crl::parse(list.as_bytes()).unwrap();
    assert!(list.revoked(serial.as_bytes()).is_some());
    assert_eq!(list.number(), Some(&[2u8][..]));
    assert_eq!(list.entries().len(), 1);
    list.verify_signature(&room.root.certificate().unwrap())
        .unwrap();
}

#[test]
fn a_restored_root_does_nothing_twice() {
    let mut room = Room::new();
    let content = ceremony::Der::new(b"an encrypted key".to_vec());
    let copy = KeyCopy {
        generation: 1,
        content: content.clone(),
    };
    let sitting = ceremony::Sitting {
        persons: &room.persons,
        now: NOW,
        tool: "test",
    };
    let file = room.root.back_up(vec![copy], &sitting, &room.csca).unwrap();
    let (_, digest) = room.root.journal().last().unwrap();
    assert_ne!(*digest, Digest::default());
    // Answered after the backup, and lost with the machine.
    let (request, _) = room.document_signer_request();
    let text = request.to_text().unwrap();
    room.answer(text.as_bytes(), NOW).unwrap();

    assert_eq!(
        Backup::read(file.as_bytes()).unwrap().keys()[0].content,
        content
    );
    let stranger = key(Curve::P256, &mut room.rng);
    let sitting = room.sitting(NOW + Duration::days(1));
    assert!(Root::restore(file.as_bytes(), &sitting, &stranger).is_err());
    let restored = Root::restore(file.as_bytes(), &sitting, &room.csca).unwrap();
    room.root = restored;
    assert_eq!(
        room.answer(text.as_bytes(), NOW + Duration::days(1)),
        Err(Refused::BeforeRestoration.into())
    );
    assert_eq!(room.root.journal().state().next_crl_number(), 1001);
    for at in [0, file.len() / 2, file.len() - 2] {
        let mut altered = file.clone().into_bytes();
        altered[at] ^= 1;
        assert!(Backup::read(&altered).is_err(), "octet {at}");
    }
}

#[test]
fn destroyed_keys_do_nothing_and_their_journal_is_still_good() {
    let mut room = Room::new();
    let sitting = ceremony::Sitting {
        persons: &room.persons,
        now: NOW,
        tool: "test",
    };
    assert_eq!(
        room.root.to_destroy(Some(1)),
        Err(Refused::Generation.into())
    );
    let generations = room.root.to_destroy(None).unwrap();
    assert_eq!(generations, [1]);
    let proof = [(1, "gone".to_owned())];
    assert_eq!(
        room.root.confirm_destruction(&proof, &sitting, None),
        Err(Refused::Generation.into())
    );
    room.root
        .begin_destruction(&generations, &sitting, &room.csca)
        .unwrap();
    assert_eq!(room.root.unconfirmed_destructions(), [1]);
    room.root
        .confirm_destruction(&proof, &sitting, None)
        .unwrap();
    let (request, _) = room.document_signer_request();
    let file = request.to_text().unwrap();
    assert_eq!(
        room.answer(file.as_bytes(), NOW),
        Err(Refused::Destroyed.into())
    );
    let sitting = room.sitting(NOW);
    let mut root = Root::open(room.root.journal().text().as_bytes()).unwrap();
    assert!(root.unconfirmed_destructions().is_empty());
    assert_eq!(
        root.crl(90, &sitting, &room.csca),
        Err(Refused::Destroyed.into())
    );
    assert_eq!(root.to_destroy(None), Err(Refused::Destroyed.into()));
}

#[test]
fn records_can_be_printed_and_follow_each_other() {
    let mut room = Room::new();
    let (request, _) = room.document_signer_request();
    let file = request.to_text().unwrap();
    room.answer(file.as_bytes(), NOW).unwrap();
    let mut previous = Digest::default();
    for (line, digest) in room.root.journal().lines() {
        assert_eq!(line.record.previous, previous);
        let page = line.record.page(digest);
        for expected in [
            "BIÊN BẢN",
            "TEST ONE",
            "TEST TWO",
            "Chữ ký / Signature",
            &digest.spoken()[..39],
            line.record.act.title(),
        ] {
            assert!(page.contains(expected), "{expected} in {page}");
        }
        assert!(
            page.lines().all(|line| line.chars().count() <= 100),
            "{page}"
        );
        previous = *digest;
    }
    assert!(matches!(
        room.root.propose(file.as_bytes(), NOW),
        Ok(Proposal::Answered(_))
    ));
    let page = {
        let (line, digest) = room.root.journal().last().unwrap();
        line.record.page(digest)
    };
    let sha = Digest::of(file.as_bytes()).spoken();
    assert!(page.contains(&sha[..39]), "the hash of the request: {page}");
}
