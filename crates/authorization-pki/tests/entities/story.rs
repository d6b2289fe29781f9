//! From the first key to a chip that opens its files, and on through every renewal.

use authorization_pki::examination::{Judgement, personalised, present};
use authorization_pki::{
    Grant, Identification, KeyAlgorithm, TerminalCredentials, Validity, day_of,
};
use protocols::terminal_authentication::{AuthorityReference, CertificateFault, Role, TrustPoints};

use crate::office::{FINGERS, Office, START, VALIDITY, after, domestic, p256, terminal};

fn names(points: &TrustPoints) -> Vec<AuthorityReference> {
    points
        .points()
        .map(|point| point.holder().clone())
        .collect()
}

/// Whether a chip opens fingers to the system's credentials.
#[track_caller]
fn check_opens(chip: TrustPoints, system: &Office, days: i64) -> TrustPoints {
    let now = after(days);
    let (own, credentials) = system.entity.credentials(now).unwrap();
    credentials
        .check_key(&system.key(&own.name().to_string()).public)
        .unwrap();
    let file = TerminalCredentials::read(&credentials.to_bytes()).unwrap();
    let path = file.path(&names(&chip), day_of(now).unwrap()).unwrap();
    let certificates: Vec<_> = path
        .certificates()
        .iter()
        .map(|one| (*one).clone())
        .collect();
    let (steps, chip) = present(&certificates, chip);
    match &steps.last().unwrap().judgement {
        Judgement::Imported(authorization) => assert_eq!(authorization.rights, FINGERS),
        other => panic!("{other:?}"),
    }
    chip
}

#[test]
fn a_reader_opens_what_it_was_given_the_right_to() {
    let mut cvca = Office::cvca();
    let chip = personalised(&cvca.entity.chain().unwrap(), day_of(START).unwrap()).unwrap();
    let mut verifier = Office::verifier(&mut cvca);
    let mut system = Office::system(&mut verifier);
    check_opens(chip.clone(), &system, 1);

    // The system's certificate ends after two weeks: its key before signs the next request, nobody is called.
    let request = system.request(after(10)).unwrap();
    let answer = verifier
        .certify(&request, terminal(None), after(10))
        .unwrap();
    system
        .entity
        .import(&verifier.file_of(&answer.certificate), after(10))
        .unwrap();
    let answers = verifier.entity.state().answers();
    assert_eq!(answers[0].identification(), Identification::Fingerprint);
    assert_eq!(
        answers[1].identification(),
        Identification::Countersignature
    );
    check_opens(chip, &system, 20);
}

/// A chip forgets the verifier that it imported when a link comes, and so does who examines: what the verifier has certified
/// has no issuer any more.
#[test]
fn a_link_between_verifier_and_terminal() {
    let mut cvca = Office::cvca();
    let chip = personalised(&cvca.entity.chain().unwrap(), day_of(START).unwrap()).unwrap();
    let mut verifier = Office::verifier(&mut cvca);
    let system = Office::system(&mut verifier);
    let (_, credentials) = system.entity.credentials(after(1)).unwrap();
    cvca.self_certify(p256(), VALIDITY, after(1)).unwrap();
    let link = cvca.entity.chain().unwrap().pop().unwrap();
    let [of_verifier, of_terminal] = credentials.certificates() else {
        panic!("a verifier and a terminal");
    };
    let row = [of_verifier.clone(), link, of_terminal.clone()];
    let (steps, _) = present(&row, chip);
    let judgements: Vec<_> = steps.iter().map(|step| &step.judgement).collect();
    assert!(matches!(
        judgements[..],
        [
            Judgement::Imported(_),
            Judgement::TrustPoint,
            Judgement::Refused(CertificateFault::UnknownIssuer)
        ]
    ));
}

#[test]
fn a_link_reaches_everybody_and_every_chip() {
    let mut cvca = Office::cvca();
    let root = cvca.entity.chain().unwrap();
    let chip = personalised(&root, day_of(START).unwrap()).unwrap();
    let mut verifier = Office::verifier(&mut cvca);
    let mut system = Office::system(&mut verifier);
    let other_algorithm = "ECDSA-SHA-384/P-384".parse::<KeyAlgorithm>().unwrap();
    cvca.self_certify(other_algorithm, VALIDITY, after(12))
        .unwrap();

    assert_eq!(verifier.entity.import(&cvca.chain(), after(12)), Ok(1));
    assert_eq!(
        verifier.entity.import(&cvca.chain(), after(12)),
        Ok(0),
        "known"
    );
    verifier.join(&mut cvca, domestic(None), after(12)).unwrap();
    assert_eq!(system.entity.import(&verifier.chain(), after(12)), Ok(2));
    system
        .join(&mut verifier, terminal(None), after(12))
        .unwrap();
    for office in [&cvca, &verifier, &system] {
        let read = office.reread();
        assert_eq!(read.journal().head(), office.entity.journal().head());
    }

    let chip = check_opens(chip, &system, 13);
    let newest: Vec<String> = names(&chip).iter().map(ToString::to_string).collect();
    assert_eq!(newest, ["UTTESTCVCAUT002", "UTTESTCVCAUT001"]);
    // A chip of the new key needs no link.
    let self_signed = cvca.entity.state().keys()[1].certificate().unwrap().clone();
    let new = personalised(&[self_signed], day_of(after(13)).unwrap()).unwrap();
    check_opens(new, &system, 13);
}

#[test]
fn one_request_has_one_certificate() {
    let mut cvca = Office::cvca();
    let mut verifier = Office::verifier(&mut cvca);
    let request = verifier.request(after(1)).unwrap();
    let first = cvca.certify(&request, domestic(None), after(1)).unwrap();
    let lines = cvca.entity.journal().lines().len();
    let other = Grant {
        role: Role::ForeignVerifier,
        rights: FINGERS,
        days: Some(20),
        fingerprint: None,
    };
    for (grant, days) in [(domestic(None), 1), (other, 30), (domestic(None), 4_000)] {
        let again = cvca.certify(&request, grant, after(days)).unwrap();
        assert_eq!(
            (&again.certificate, again.again),
            (&first.certificate, true)
        );
    }
    assert_eq!(cvca.entity.journal().lines().len(), lines);
    let read = cvca.reread();
    let foreseen = read.foresee(&request, &other, after(40)).unwrap();
    assert_eq!(foreseen.as_ref(), Some(&first.certificate));
}

#[test]
fn every_algorithm_of_the_profile_makes_a_chain() {
    for (index, algorithm) in KeyAlgorithm::all().enumerate() {
        // RSA keys take long to draw: one of them will do.
        let is_rsa = algorithm.to_string().contains("RSA");
        if is_rsa && algorithm.to_string() != "RSA-PSS-SHA-256/RSA-2048" {
            continue;
        }
        let mut cvca = Office::new(
            crate::office::settings(authorization_pki::EntityKind::Cvca, "UT", "TESTCVCA"),
            &[],
            1_000 + 10 * u64::try_from(index).unwrap(),
        )
        .unwrap();
        cvca.self_certify(algorithm, VALIDITY, START).unwrap();
        let mut verifier = Office::verifier(&mut cvca);
        let system = Office::system(&mut verifier);
        let chip = personalised(&cvca.entity.chain().unwrap(), day_of(START).unwrap()).unwrap();
        check_opens(chip, &system, 0);
    }
}

#[test]
fn a_late_link_is_made_only_when_it_is_wished() {
    let mut cvca = Office::cvca();
    let late = Validity {
        late: true,
        ..VALIDITY
    };
    assert!(cvca.self_certify(p256(), VALIDITY, after(400)).is_err());
    let mut cvca = Office::cvca();
    cvca.self_certify(p256(), late, after(400)).unwrap();
    assert_eq!(cvca.reread().state().cvca().unwrap().links().len(), 1);
}

#[test]
fn a_key_that_was_named_is_not_named_again() {
    let mut cvca = Office::cvca();
    cvca.make_key(p256(), after(1)).unwrap();
    // Killed here: what is read again knows the name, and goes on with it.
    let read = cvca.reread();
    assert_eq!(
        read.state().planned().unwrap().name().to_string(),
        "UTTESTCVCAUT002"
    );
    assert!(read.next_name(after(1)).is_err());
}

#[test]
fn a_request_that_nobody_answers_is_given_up() {
    let mut cvca = Office::cvca();
    let mut verifier = Office::verifier(&mut cvca);
    let request = verifier.request(after(1)).unwrap();
    let late = cvca.certify(&request, domestic(None), after(1)).unwrap();
    verifier.entity.withdraw_key(after(1)).unwrap();
    let lines = verifier.entity.journal().lines().len();
    assert!(verifier.entity.withdraw_key(after(1)).is_err(), "once");
    let file = cvca.file_of(&late.certificate);
    assert!(verifier.entity.import(&file, after(1)).is_err());
    assert_eq!(verifier.entity.journal().lines().len(), lines);
    let next = verifier.join(&mut cvca, domestic(None), after(1)).unwrap();
    assert_eq!(next.body().holder.to_string(), "UTTESTDVUT003");
    verifier.reread();
}
