//! A registrar that is trusted no more.

use ceremony::{Der, Digest, Refused, Request, Root, Sitting, fingerprint};
use crypto::Curve;
use pki::{Signer as _, SoftwareSigner};

use super::room::{NOW, Room, TOOL, document_signer, key, spki};

#[test]
fn a_dismissed_registrar_asks_for_nothing_more() {
    let mut room = Room::new();
    let (answered, _) = room.document_signer_request();
    let answered = answered.to_text().unwrap();
    let answer = room.answer(answered.as_bytes(), NOW).unwrap();
    let (request, _) = room.document_signer_request();
    let request = request.to_text().unwrap();
    let stranger = key(Curve::P256, &mut room.rng);
    let name = |key: &SoftwareSigner| fingerprint(key.public_key()).unwrap();
    let registrar = spki(&room.registrar);
    let persons = room.persons.clone();
    let sitting = Sitting {
        persons: &persons,
        now: NOW,
        tool: TOOL,
    };
    let dismiss = |room: &mut Room, whom: &Digest| room.root.dismiss(whom, &sitting, &room.csca);
    assert_eq!(
        dismiss(&mut room, &name(&stranger)),
        Err(Refused::NotAdmitted.into())
    );
    let ours = name(&room.registrar);
    assert!(
        room.root
            .clone()
            .dismiss(&ours, &sitting, &stranger)
            .is_err(),
        "another key"
    );
    dismiss(&mut room, &ours).unwrap();
    assert_eq!(dismiss(&mut room, &ours), Err(Refused::NotAdmitted.into()));
    assert_eq!(
        room.answer(request.as_bytes(), NOW),
        Err(Refused::DismissedRegistrar.into())
    );
    // What was answered before is no secret.
    assert_eq!(room.answer(answered.as_bytes(), NOW), Ok(answer));
    let again = Root::open(room.root.journal().text().as_bytes()).unwrap();
    assert!(again.journal().state().registrars().is_empty());
    let (last, _) = again.journal().last().unwrap();
    assert_eq!(last.record.act.word(), "dismiss");
    // Its key is certified by nobody, and may be admitted again.
    let helper = key(Curve::P256, &mut room.rng);
    room.root
        .admit("helper", &spki(&helper), &sitting, &room.csca)
        .unwrap();
    let mut body = room.body(document_signer(), None);
    body.public_key = Some(Der::new(registrar.clone()));
    let file = Request::make(body, Some(&room.registrar), &helper).unwrap();
    assert_eq!(
        room.answer(file.to_text().unwrap().as_bytes(), NOW),
        Err(Refused::KeyOfOtherPurpose.into())
    );
    room.root
        .admit("again", &registrar, &sitting, &room.csca)
        .unwrap();
    room.answer(request.as_bytes(), NOW).unwrap();
    dismiss(&mut room, &ours).unwrap();
}
