//! What a holder's card gets beside its profile: a PIN with its PUK, and authorities whose terminals read the fingers.

use std::fs;

use inspection::Outcome;
use protocols::Password;

use super::border::{OFFICES, faults, inspected};
use super::{Office, PERSON, USAGE};

const PIN: &str = "918273";
const PUK: &str = "1029384756";

#[test]
#[ignore = "needs the pcscd of `cargo xtask test`"]
fn a_pin_and_fingers_that_open() {
    let office = Office::open();
    let given = |name: &str, content: &str| {
        fs::write(office.path(name), content).unwrap();
        office.path(name)
    };
    let (pin, puk) = (given("pin.txt", "918273\n"), given("puk.txt", PUK));
    let trust_point = OFFICES.path("trust-point.cvcert");
    OFFICES.done("cvca trust-point @cvca @trust-point.cvcert");
    let chip = office.insert("card.json");
    for (wrong, said) in [
        (
            vec!["--puk-file", &*puk, "--eac", &trust_point],
            "--pin-file",
        ),
        (
            vec!["--pin-file", &trust_point, "--eac", &trust_point],
            "longer than",
        ),
        (
            vec![
                "--pin-file",
                &puk,
                "--puk-file",
                &pin,
                "--eac",
                &trust_point,
            ],
            "PUK",
        ),
        (vec!["--eac", &pin], "pin.txt"),
    ] {
        let ended = office.run(&[&["--record", PERSON][..], &wrong].concat());
        assert!(
            ended.code != Some(0) && ended.stderr.contains(said),
            "{ended:?}"
        );
    }
    office.run(&["--pin-file", &pin]).expect(USAGE);

    let mut order = vec!["--record", PERSON, "--pin-file", &pin, "--puk-file", &puk];
    order.extend(["--eac", &trust_point]);
    office.run(&order).expect(0);
    let shown = office.slot.run(&["pin", "show", "--output-format", "json"]);
    let states = &shown.expect(0).json()["passwords"];
    for (number, name) in [(0, "PIN"), (1, "PUK")] {
        assert_eq!(states[number]["password"], name, "{states}");
        assert_eq!(states[number]["state"], "good, no try used up", "{states}");
    }
    let unblock = ["pin", "unblock", "--puk-file"];
    let wrong = [&unblock[..], &[&trust_point]].concat();
    office.slot.run(&wrong).expect(USAGE);
    office.slot.run(&[&unblock[..], &[&puk]].concat()).expect(0);
    office.remove(chip);

    fs::copy(office.path("pki/csca.der"), office.path("csca.der")).unwrap();
    for password in [Password::pin(PIN).unwrap(), Password::puk(PUK).unwrap()] {
        let opens = matches!(password.kind(), protocols::PasswordKind::Pin);
        let report = inspected(office.folder.path(), &password);
        let pace = report.check("pace").unwrap().finding.outcome;
        assert_eq!(pace, Outcome::Successful);
        let fingers = report.check("protected-data-groups").unwrap();
        assert_eq!(fingers.finding.outcome == Outcome::Successful, opens);
        assert_eq!(faults(&report).is_empty(), opens);
    }
}
