//! What is written down by hand, what is warned of, and what is lost.

use super::house::{DONE, House, KEY_STORE, PERSONS, USAGE};
use super::support::run;

fn make_list(house: &House, text: &str) -> super::support::Ended {
    std::fs::write(house.file("deviations.toml"), text).unwrap();
    let (issuer, file, out) = (
        house.path("issuer"),
        house.path("deviations.toml"),
        house.path("national.dl"),
    );
    house.pki(&["deviation-list", "make", &issuer, &file, "--out", &out])
}

/// The example of the help text is one.
#[test]
fn deviations_as_the_help_text_shows_them() {
    let house = House::ready();
    house.signer("deviation-list-signer", "dls1", &[]);
    let help = run(["pki", "deviation-list", "make", "--help"])
        .expect(DONE)
        .stdout;
    let (_, example) = help.split_once("deviations.toml:\n").unwrap();
    let (example, kinds) = example.split_once("\nKinds").unwrap();
    make_list(&house, example).expect(DONE);
    let list = pki::DeviationList::parse(&house.bytes("national.dl")).unwrap();
    let entry = &list.entries()[0];
    assert_eq!(entry.documents.document_type.as_deref(), Some("P"));
    assert_eq!(entry.descriptions.len(), 1);
    // Every kind that is named there is known, and the other way round.
    for kind in [
        "chip",
        "national-use",
        "sod-signature-wrong",
        "mrz-check-digit-wrong",
    ] {
        assert!(kinds.contains(kind), "{kind}: {kinds}");
        std::fs::remove_file(house.file("national.dl")).unwrap();
        make_list(
            &house,
            &example
                .replace("data-group-hash-wrong", kind)
                .replace("number = 12", ""),
        )
        .expect(DONE);
    }
}

#[test]
fn words_that_could_steer_a_terminal_are_not_signed() {
    let house = House::ready();
    house.signer("deviation-list-signer", "dls1", &[]);
    let list = |field: &str, value: &str| {
        let others = match field {
            "text" => "",
            _ => "text = \"TEST\"\n",
        };
        let outer = if field == "text" {
            String::new()
        } else {
            format!("{field} = {value}\n")
        };
        let inner = if field == "text" {
            format!("text = {value}\n")
        } else {
            String::new()
        };
        format!("[[deviation]]\n{outer}[[deviation.description]]\nkind = \"chip\"\n{inner}{others}")
    };
    for (field, value) in [
        ("text", "\"a\\u0007b\""),
        ("text", "\"a\\u001b[2Jb\""),
        ("text", "\"a\\u202eb\""),
        ("text", "\"a\\nb\""),
        ("text", "\"\""),
        ("document-numbers", "[\"X\\u0007\"]"),
        ("document-type", "\"P\\u0007\""),
    ] {
        let refused = make_list(&house, &list(field, value)).expect(USAGE);
        assert!(
            refused.json()["hint"].is_string(),
            "{field} {value}: {refused:?}"
        );
        assert!(!house.file("national.dl").exists(), "{field} {value}");
    }
    make_list(&house, &list("text", "\"TEST\"")).expect(DONE);
}

#[test]
fn a_root_without_an_address_is_warned_of() {
    for (more, warned) in [
        (&[][..], true),
        (&["--contact", "https://pki.test.example/"], true),
        (&["--crl-url", "https://pki.test.example/csca.crl"], true),
        (
            &[
                "--contact",
                "https://pki.test.example/",
                "--crl-url",
                "https://pki.test.example/csca.crl",
            ],
            false,
        ),
    ] {
        let house = House::new();
        let root = house.path("root");
        let init = [
            "init",
            &root,
            "--country",
            "UT",
            "--state",
            "UTO",
            "--document-types",
            "P",
        ];
        let said = house.ceremony(&[&init, more].concat()).expect(DONE).stderr;
        assert_eq!(said.contains("WARNING"), warned, "{more:?}: {said}");
        assert_eq!(said.contains("until 15 years"), warned, "{more:?}: {said}");
    }
}

#[test]
fn a_country_has_two_letters() {
    let house = House::new();
    let folder = house.path("pki");
    for country in ["VNM", "vn", "V", "", "V1"] {
        for verb in [
            &["init", &folder][..],
            &["csca", "init", &folder, "--person", "A", "--person", "B"],
        ] {
            let more = [
                "--country",
                country,
                "--state",
                "VNM",
                "--document-types",
                "I",
            ];
            let refused = house.pki(&[verb, &more].concat()).expect(USAGE);
            let said = refused.stdout + &refused.stderr;
            assert!(
                said.contains("two upper-case letters") && said.contains("--state"),
                "{said}"
            );
        }
    }
    assert!(!house.file("pki").exists());
}

/// A key that is gone is closed as lost, and only where somebody says so.
#[test]
fn a_lost_key_is_retired_as_lost() {
    let house = House::ready();
    house.signer("document-signer", "ds1", &[]);
    let issuer = house.path("issuer");
    let mut retire = vec![
        "signer", "retire", &issuer, "--name", "ds1", "--yes", "--early",
    ];
    retire.extend(PERSONS);
    std::fs::remove_file(house.file("issuer/keys/ds1.key")).unwrap();
    house.pki(&retire).expect(KEY_STORE);
    assert_eq!(house.status()["signers"][0]["state"], "open");
    retire.push("--lost");
    let done = house.pki(&retire).expect(DONE).json();
    let record = std::fs::read_to_string(done["record"].as_str().unwrap()).unwrap();
    assert!(
        record.to_lowercase().contains("not found") || record.contains("LOST"),
        "{record}"
    );
    assert_eq!(house.status()["signers"][0]["state"], "retired");
}

/// A key that is there is destroyed, whatever is said of it.
#[test]
fn a_key_that_is_said_to_be_lost_and_is_there_is_destroyed() {
    let house = House::ready();
    house.signer("document-signer", "ds1", &[]);
    let issuer = house.path("issuer");
    let mut retire = vec![
        "signer", "retire", &issuer, "--name", "ds1", "--yes", "--early", "--lost",
    ];
    retire.extend(PERSONS);
    house.pki(&retire).expect(DONE);
    assert!(!house.file("issuer/keys/ds1.key").exists());
}
