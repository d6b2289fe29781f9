//! Every refusal, by name; nothing changes by one.

use authorization_pki::{
    Entity, EntityKind, Error, Fingerprint, Grant, KeyAlgorithm, Refused, Validity,
};
use protocols::terminal_authentication::{
    CertificateFault, Extension, HolderReference, Request, RequestBody, Rights, Role,
};

use crate::office::{
    FINGERS, Key, Office, START, VALIDITY, after, domestic, p256, settings, terminal,
};

fn name(text: &str) -> HolderReference {
    HolderReference::from_bytes(text.as_bytes()).unwrap()
}

/// A request of somebody who keeps no journal.
fn stranger(edit: impl FnOnce(&mut RequestBody)) -> (RequestBody, Key) {
    let key = Key::draw(p256(), 900);
    let mut body = RequestBody {
        authority: Some(name("UTTESTCVCAUT001")),
        key: key.public.clone(),
        holder: name("UTOTHERUT001"),
        extensions: Vec::new(),
    };
    edit(&mut body);
    (body, key)
}

fn signed((body, mut key): (RequestBody, Key)) -> Request {
    Request::sign(body, &mut key).unwrap()
}

#[track_caller]
fn check(cvca: &mut Office, request: &[u8], grant: Grant, days: i64, expected: Refused) {
    let before = cvca.entity.journal().head();
    let answer = cvca.certify(request, grant, after(days));
    assert_eq!(
        answer.map(|answer| answer.certificate),
        Err(expected.into())
    );
    assert_eq!(cvca.entity.journal().head(), before);
}

#[test]
fn requests_that_break_a_rule() {
    let mut cvca = Office::cvca();
    let mut check = |edit: &dyn Fn(&mut RequestBody), expected| {
        let request = signed(stranger(edit)).to_bytes();
        let compared = domestic(Some(Fingerprint::of(&request)));
        check(&mut cvca, &request, compared, 0, expected);
    };
    // Another key of the same authority, and somebody else.
    check(
        &|body| body.authority = Some(name("UTTESTCVCAUT002")),
        Refused::OtherAuthority(name("UTTESTCVCAUT002")),
    );
    check(
        &|body| body.authority = Some(name("UTOTHERCAUT001")),
        Refused::ForeignAuthority {
            asked: name("UTOTHERCAUT001"),
            here: name("UTTESTCVCAUT001"),
        },
    );
    check(
        &|body| body.holder = name("UTOTHERDE001"),
        Refused::Sequence,
    );
    check(
        &|body| body.holder = name("UTTESTCVCAUT001"),
        Refused::NameUsed(name("UTTESTCVCAUT001")),
    );
    check(
        &|body| body.holder = name("UTTESTCVCAUT002"),
        Refused::OwnName(name("UTTESTCVCAUT002")),
    );
    let bits = p256().scheme().oid();
    check(
        &|body| body.extensions = vec![Extension::authorization(bits, &[1])],
        Refused::Extensions,
    );
    check(
        &|body| body.holder = name("DEOTHERUT001"),
        Refused::NotDomestic,
    );
}

/// An inspection system has one document verifier, and asks under its newest certificate, in whatever order they came.
#[test]
fn verifiers_of_an_inspection_system() {
    let mut cvca = Office::cvca();
    let mut verifier = Office::verifier(&mut cvca);
    let mut system = Office::system(&mut verifier);
    let of = settings(EntityKind::DocumentVerifier, "UT", "OTHERDV");
    let mut other = Office::new(of, &cvca.chain(), 500).unwrap();
    other.join(&mut cvca, domestic(None), START).unwrap();
    let before = system.entity.journal().head();
    let refused = system.entity.import(&other.chain(), after(1));
    let expected = Refused::OtherVerifier(name("UTOTHERDVUT001"));
    assert_eq!(refused, Err(expected.into()));
    assert_eq!(system.entity.journal().head(), before);

    verifier.join(&mut cvca, domestic(None), after(1)).unwrap();
    let second = verifier.chain();
    verifier.join(&mut cvca, domestic(None), after(2)).unwrap();
    let third = verifier.chain();
    for chain in [third, second] {
        assert_eq!(system.entity.import(&chain, after(3)), Ok(1));
    }
    let newest = system.entity.state().verifier().unwrap();
    assert_eq!(newest.body().holder, name("UTTESTDVUT003"));
}

#[test]
fn keys_of_another_kind_are_not_certified() {
    let mut cvca = Office::cvca();
    for (word, expected) in [
        ("ECDSA-SHA-384/P-256", Refused::KeyOfOtherAlgorithm),
        (
            "ECDSA-SHA-256/brainpoolP256r1",
            Refused::KeyOfOtherAlgorithm,
        ),
    ] {
        let key = Key::draw(word.parse().unwrap(), 901);
        let (mut body, _) = stranger(|_| {});
        body.key = key.public.clone();
        let request = signed((body, key)).to_bytes();
        let compared = domestic(Some(Fingerprint::of(&request)));
        check(&mut cvca, &request, compared, 0, expected);
    }
}

#[test]
fn grants_that_break_a_rule() {
    let fingers_only = Validity {
        rights: FINGERS,
        days: 200,
        late: false,
    };
    let mut cvca = Office::new(settings(EntityKind::Cvca, "UT", "TESTCVCA"), &[], 100).unwrap();
    cvca.self_certify(p256(), fingers_only, START).unwrap();
    let request = signed(stranger(|_| {})).to_bytes();
    let good = Grant {
        rights: FINGERS,
        ..domestic(Some(Fingerprint::of(&request)))
    };
    let lifetime = |role| Refused::Lifetime {
        role,
        shortest: 14,
        longest: 92,
    };
    let domestic = Role::DomesticVerifier;
    for (grant, days, expected) in [
        (
            Grant {
                rights: Rights::ALL,
                ..good
            },
            0,
            Refused::Rights,
        ),
        (
            Grant {
                role: Role::Terminal,
                days: Some(14),
                ..good
            },
            0,
            Refused::Role(Role::Terminal),
        ),
        (
            Grant {
                role: Role::Cvca,
                days: Some(181),
                ..good
            },
            0,
            Refused::Role(Role::Cvca),
        ),
        (
            Grant {
                days: Some(13),
                ..good
            },
            0,
            lifetime(domestic),
        ),
        (
            Grant {
                days: Some(93),
                ..good
            },
            0,
            lifetime(domestic),
        ),
        (
            Grant {
                days: Some(92),
                ..good
            },
            150,
            Refused::OutlivesIssuer,
        ),
        (good, 190, lifetime(domestic)),
        (good, 201, Refused::NoCertificate),
        (
            Grant {
                fingerprint: None,
                ..good
            },
            0,
            Refused::NotIdentified,
        ),
        (
            Grant {
                fingerprint: Some(Fingerprint::of(b"another")),
                ..good
            },
            0,
            Refused::FingerprintDiffers,
        ),
    ] {
        check(&mut cvca, &request, grant, days, expected);
    }
    // With 50 days left the usual 90 are cut to them.
    let answer = cvca.certify(&request, good, after(150)).unwrap();
    assert_eq!(answer.certificate.body().period.days(), 50);
}

#[test]
fn names_keys_and_outer_signatures() {
    let mut cvca = Office::cvca();
    let (body, mut key) = stranger(|_| {});
    let public = key.public.clone();
    let first = Request::sign(body.clone(), &mut key).unwrap();
    let compared = |request: &[u8]| domestic(Some(Fingerprint::of(request)));
    let bytes = first.to_bytes();
    cvca.certify(&bytes, compared(&bytes), START).unwrap();

    let mut new = Key::draw(p256(), 902);
    let other_key = RequestBody {
        key: new.public.clone(),
        ..body.clone()
    };
    let request = Request::sign(other_key, &mut new).unwrap().to_bytes();
    let used = Refused::NameUsed(body.holder.clone());
    check(&mut cvca, &request, compared(&request), 1, used);

    let other_name = RequestBody {
        holder: name("UTOTHERUT002"),
        ..body.clone()
    };
    let request = Request::sign(other_name, &mut key).unwrap().to_bytes();
    let used = Refused::KeyUsed(body.holder.clone());
    check(&mut cvca, &request, compared(&request), 1, used);

    let next = RequestBody {
        key: new.public.clone(),
        holder: name("UTOTHERUT002"),
        ..body.clone()
    };
    let sign = |body: &RequestBody, new: &mut Key| Request::sign(body.clone(), new).unwrap();
    // By a name that nobody has here, or that another holder has.
    let unknown = sign(&next, &mut new)
        .countersign(name("UTOTHERUT00Z"), &public, &mut key)
        .unwrap()
        .to_bytes();
    check(
        &mut cvca,
        &unknown,
        domestic(None),
        1,
        Refused::Countersigner(name("UTOTHERUT00Z")),
    );
    let of_another = RequestBody {
        holder: name("UTTHIRDUT001"),
        ..next.clone()
    };
    let request = sign(&of_another, &mut new)
        .countersign(body.holder.clone(), &public, &mut key)
        .unwrap()
        .to_bytes();
    check(
        &mut cvca,
        &request,
        domestic(None),
        1,
        Refused::Countersigner(body.holder.clone()),
    );
    // In the right name by a wrong key: no fingerprint makes that good.
    let mut wrong = Key::draw(p256(), 903);
    let request = sign(&next, &mut new)
        .countersign(body.holder.clone(), &wrong.public.clone(), &mut wrong)
        .unwrap()
        .to_bytes();
    check(
        &mut cvca,
        &request,
        compared(&request),
        1,
        Refused::Countersignature,
    );
    // By the key before, after its certificate has expired.
    let request = sign(&next, &mut new)
        .countersign(body.holder.clone(), &public, &mut key)
        .unwrap()
        .to_bytes();
    check(
        &mut cvca,
        &request,
        domestic(None),
        91,
        Refused::Countersigner(body.holder),
    );
    cvca.certify(&request, domestic(None), after(90)).unwrap();
}

#[test]
fn a_verifier_gives_no_more_than_it_has() {
    let mut cvca = Office::cvca();
    let settings = settings(EntityKind::DocumentVerifier, "DE", "TESTDV");
    let mut verifier = Office::new(settings, &cvca.chain(), 200).unwrap();
    let foreign = Grant {
        role: Role::ForeignVerifier,
        rights: FINGERS,
        days: Some(20),
        fingerprint: None,
    };
    let certificate = verifier.join(&mut cvca, foreign, START).unwrap();
    assert_eq!(certificate.body().holder, name("DETESTDVUT001"));
    let (body, mut key) = stranger(|body| {
        body.authority = None;
        body.holder = name("DEGATEDE001");
    });
    let request = Request::sign(body, &mut key).unwrap().to_bytes();
    let good = terminal(Some(Fingerprint::of(&request)));
    for (grant, days, expected) in [
        (
            Grant {
                rights: Rights::ALL,
                ..good
            },
            0,
            Refused::Rights,
        ),
        (
            Grant {
                days: Some(11),
                ..good
            },
            10,
            Refused::OutlivesIssuer,
        ),
        (
            Grant {
                role: Role::DomesticVerifier,
                days: Some(14),
                ..good
            },
            0,
            Refused::Role(Role::DomesticVerifier),
        ),
        (good, 21, Refused::NoCertificate),
    ] {
        check(&mut verifier, &request, grant, days, expected);
    }
    let answer = verifier.certify(&request, good, after(10)).unwrap();
    assert_eq!(
        answer.certificate.body().period.days(),
        10,
        "cut to the verifier's"
    );
}

#[test]
fn steps_in_the_wrong_order() {
    let mut cvca = Office::cvca();
    let mut verifier = Office::verifier(&mut cvca);
    let mut system = Office::system(&mut verifier);
    let kind = |kind| Err::<(), Error>(Refused::OtherKind(kind).into());
    let request = verifier.request(after(1)).unwrap();
    assert_eq!(
        cvca.entity.import(&verifier.chain(), after(1)).map(drop),
        kind(EntityKind::Cvca)
    );
    assert_eq!(
        system.certify(&request, domestic(None), after(1)).map(drop),
        kind(EntityKind::InspectionSystem)
    );
    assert_eq!(
        cvca.entity.credentials(after(1)).map(drop),
        kind(EntityKind::Cvca)
    );
    let waits = Refused::RequestWaits(name("UTTESTDVUT002"));
    assert_eq!(verifier.make_key(p256(), after(1)), Err(waits.into()));
    assert_eq!(
        verifier.self_certify(p256(), VALIDITY, after(1)),
        Err(Refused::RequestWaits(name("UTTESTDVUT002")).into())
    );
    let key = Key::draw(p256(), 1);
    let mut signer = Key::draw(p256(), 1);
    assert_eq!(
        cvca.entity
            .self_certify(&key.public, &mut signer, None, VALIDITY, after(1)),
        Err(Refused::NothingPlanned.into())
    );
    assert_eq!(
        system
            .entity
            .request(&key.public, &mut signer, None, after(1))
            .map(drop),
        Err(Refused::NothingPlanned.into())
    );
    let other: KeyAlgorithm = "ECDSA-SHA-384/P-384".parse().unwrap();
    assert_eq!(
        system.entity.plan_key("memory", other, after(1)),
        Err(Refused::KeyOfOtherAlgorithm.into())
    );
    assert_eq!(
        system
            .entity
            .plan_key("memory", p256(), START - time::Duration::days(1)),
        Err(Refused::ClockBehind.into())
    );
}

#[test]
fn certificates_that_are_not_taken_in() {
    let mut cvca = Office::cvca();
    let mut verifier = Office::verifier(&mut cvca);
    let mut other = Office::new(settings(EntityKind::Cvca, "DE", "TESTCVCA"), &[], 500).unwrap();
    other.self_certify(p256(), VALIDITY, START).unwrap();
    let refused = |entity: &mut Entity, file: &[u8], expected: Error| {
        let before = entity.journal().head();
        assert_eq!(entity.import(file, after(1)), Err(expected));
        assert_eq!(entity.journal().head(), before);
    };
    let root = name("DETESTCVCADE001");
    refused(
        &mut verifier.entity,
        &other.chain(),
        Refused::OtherTrustPoint(root).into(),
    );
    // A request that waits, and the certificate of another one.
    let request = verifier.request(after(1)).unwrap();
    let stranger = signed(stranger(|_| {})).to_bytes();
    let grant = domestic(Some(Fingerprint::of(&stranger)));
    let answer = cvca.certify(&stranger, grant, after(1)).unwrap();
    let file = cvca.file_of(&answer.certificate);
    refused(
        &mut verifier.entity,
        &file,
        Refused::NotAsked(name("UTOTHERUT001")).into(),
    );
    // Its own, with one octet changed.
    let answer = cvca.certify(&request, domestic(None), after(1)).unwrap();
    let mut file = cvca.file_of(&answer.certificate);
    *file.last_mut().unwrap() ^= 1;
    let holder = name("UTTESTDVUT002");
    let fault = CertificateFault::Signature;
    refused(
        &mut verifier.entity,
        &file,
        Error::Certificate {
            holder: holder.clone(),
            fault,
        },
    );
    *file.last_mut().unwrap() ^= 1;
    // Too late.
    let expired = Error::Certificate {
        holder,
        fault: CertificateFault::Expired,
    };
    assert_eq!(verifier.entity.import(&file, after(100)), Err(expired));
    assert_eq!(verifier.entity.import(&file, after(2)), Ok(1));
}
