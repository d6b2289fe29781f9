//! What must be refused, with its code and a hint, and nothing half-written.

use super::house::{DONE, House, KEY_STORE, NO, PERSONS, POLICY, SECRETS, USAGE};
use super::support::tree;

#[test]
fn one_person_is_not_two() {
    let house = House::new();
    let root = house.path("root");
    let init = [
        "csca",
        "init",
        &root,
        "--country",
        "UT",
        "--state",
        "UTO",
        "--document-types",
        "P",
        "--yes",
    ];
    let cases: [(&[&str], i32); 6] = [
        (&["--person", "TEST ONE"], USAGE),
        (&["--person", "TEST ONE", "--person", "test  one"], POLICY),
        (
            &[
                "--person", "TEST ONE", "--person", "TEST TWO", "--person", "TEST 3",
            ],
            USAGE,
        ),
        (
            &["--person", "TEST ONE", "--person", "TEST TWO=king"],
            USAGE,
        ),
        (&["--person", "TEST ONE", "--person", ""], POLICY),
        (&[], USAGE),
    ];
    for (persons, code) in cases {
        let ended = house.pki(&[&init[..], persons].concat()).expect(code);
        assert!(!house.file("root/journal.jsonl").exists(), "{ended:?}");
    }
    let same = [SECRETS[0], ("CARD_SECRET_2", SECRETS[0].1)];
    let short = [SECRETS[0], ("CARD_SECRET_2", "short")];
    let none = [SECRETS[0]];
    for (secrets, code) in [(&same[..], POLICY), (&short, POLICY), (&none, USAGE)] {
        let secrets: Vec<_> = secrets
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect();
        house
            .pki_with(&[&init[..], &PERSONS].concat(), &secrets)
            .expect(code);
        assert!(!house.file("root/csca-1.key").exists());
    }
}

#[test]
fn neither_part_alone_nor_both_in_the_wrong_order_open_the_key() {
    let house = House::ready();
    let before = tree(&house.file("root"));
    let [first, second, ..] = SECRETS.map(|(_, value)| value.to_owned());
    for (one, two) in [
        (second.clone(), first.clone()),
        (first.clone(), format!("{second}.")),
        (first.clone(), format!("{first}.")),
        (format!("{first}s"), second[1..].to_owned()),
    ] {
        let secrets = [("CARD_SECRET_1", one), ("CARD_SECRET_2", two)];
        let root = house.path("root");
        let mut crl = vec!["csca", "crl", &root, "--yes"];
        crl.extend(PERSONS);
        let ended = house.pki_with(&crl, &secrets).expect(KEY_STORE);
        assert!(ended.json()["hint"].is_string());
    }
    assert!(tree(&house.file("root")) == before);
}

#[test]
fn steps_in_the_wrong_order() {
    let house = House::new();
    let root = house.path("root");
    house.ceremony(&["crl", &root]).expect(USAGE);
    house.pki(&["csca", "log", &root]).expect(USAGE);
    house.registrar().expect(USAGE);
    house.init().expect(DONE);
    house.init().expect(POLICY);
    house.request("document-signer", "ds1", &[]).expect(USAGE);
    house.registrar().expect(DONE);
    house.registrar().expect(POLICY);
    house.request("document-signer", "ds1", &[]).expect(DONE);
    house.request("document-signer", "ds1", &[]).expect(POLICY);
    // Not admitted yet.
    let refused = house.sign("ds1").expect(POLICY);
    assert!(refused.json()["hint"].as_str().unwrap().contains("admit"));
    let key = house.path("issuer/registrar.pem");
    house.ceremony(&["admit", &root, &key]).expect(DONE);
    house.ceremony(&["admit", &root, &key]).expect(POLICY);
    house.sign("ds1").expect(DONE);
    house.accept("ds1").expect(DONE);
    // Nobody can be asked here, and nobody said yes.
    let mut crl = vec!["csca", "crl", &root];
    crl.extend(PERSONS);
    house.pki(&crl).expect(USAGE);
    house
        .ceremony(&["revoke", &root, "--serial", "0102"])
        .expect(POLICY);
}

#[test]
fn a_registrar_is_dismissed_once_and_may_come_back() {
    let house = House::ready();
    let (root, key) = (house.path("root"), house.path("issuer/registrar.pem"));
    house.request("document-signer", "ds1", &[]).expect(DONE);
    let said = house
        .ceremony(&["dismiss", &root, "somebody"])
        .expect(POLICY);
    assert!(said.json()["hint"].as_str().unwrap().contains("log"));
    let alone = ["csca", "dismiss", &root, "registrar", "--yes"];
    house
        .pki(&[&alone[..], &["--person", "TEST ONE"]].concat())
        .expect(USAGE);
    assert_eq!(house.log("root")["registrars"][0], "registrar");
    let said = house
        .ceremony(&["dismiss", &root, "registrar"])
        .expect(DONE);
    assert_eq!(said.json()["dismissed"], "registrar");
    assert!(
        house.log("root")["registrars"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    let refused = house.sign("ds1").expect(POLICY);
    assert!(refused.stderr.contains("dismissed") || refused.stdout.contains("dismissed"));
    assert!(!house.file("ds1.answer.json").exists());
    house
        .ceremony(&["dismiss", &root, "registrar"])
        .expect(POLICY);
    house.ceremony(&["admit", &root, &key]).expect(DONE);
    house.sign("ds1").expect(DONE);
    let hash = house.log("root")["registrar_keys"][0]["sha256"].clone();
    house
        .ceremony(&["dismiss", &root, hash.as_str().unwrap()])
        .expect(DONE);
    let acts = house.acts("root");
    assert_eq!(
        acts,
        ["create", "admit", "dismiss", "admit", "answer", "dismiss"]
    );
}

#[test]
fn requests_that_are_altered_or_against_the_rules() {
    let house = House::ready();
    house.request("document-signer", "good", &[]).expect(DONE);
    let before = tree(&house.file("root"));
    // What only the root can know; the other rules the online side knows, too (`an_impossible_request_makes_no_key`).
    for (name, more) in [
        ("long", &["--usage-days", "93"][..]),
        ("types", &["--document-types", "V"]),
    ] {
        let settings = String::from_utf8(house.bytes("issuer/issuer.toml")).unwrap();
        let wider = settings.replace("\"PP\"", "\"PP\", \"V\"");
        assert_ne!(wider, settings);
        std::fs::write(house.file("issuer/issuer.toml"), wider).unwrap();
        house.request("document-signer", name, more).expect(DONE);
        std::fs::write(house.file("issuer/issuer.toml"), settings).unwrap();
        let refused = house.sign(name).expect(POLICY);
        assert!(refused.json()["hint"].is_string(), "{name}: {refused:?}");
        assert!(
            !house.file(&format!("{name}.answer.json")).exists(),
            "{name}"
        );
    }
    let good = String::from_utf8(house.bytes("good.request.json")).unwrap();
    let nonce = good.split('"').nth(7).unwrap().to_owned();
    let long = format!("{good}{}", " ".repeat(100_000));
    for (what, altered) in [
        ("country", good.replace("\"UT\"", "\"VN\"")),
        ("nonce", good.replace(&nonce, &"0".repeat(64))),
        ("type", good.replace("\"P\"", "\"V\"")),
        (
            "twice",
            good.replacen("\"version\": 1", "\"version\": 1,\n    \"version\": 1", 1),
        ),
        (
            "unknown",
            good.replacen("\"version\": 1", "\"version\": 1,\n    \"more\": 1", 1),
        ),
        (
            "version",
            good.replacen("\"version\": 1", "\"version\": 2", 1),
        ),
        ("line ends", good.replace('\n', "\r\n")),
        ("nothing", String::new()),
        ("long", long),
    ] {
        assert_ne!(altered, good, "{what}");
        std::fs::write(house.file("bad.request.json"), altered).unwrap();
        let refused = house.sign("bad").expect(NO);
        assert!(refused.json()["hint"].is_string(), "{what}: {refused:?}");
        assert!(!house.file("bad.answer.json").exists(), "{what}");
    }
    assert!(tree(&house.file("root")) == before, "nothing was entered");
    house.sign("good").expect(DONE);
}

#[test]
fn answers_that_are_altered_or_of_others() {
    let house = House::ready();
    for name in ["ds1", "ds2"] {
        house.request("document-signer", name, &[]).expect(DONE);
        house.sign(name).expect(DONE);
    }
    let before = tree(&house.file("issuer"));
    let good = String::from_utf8(house.bytes("ds1.answer.json")).unwrap();
    let other = String::from_utf8(house.bytes("ds2.answer.json")).unwrap();
    let certificate = |text: &str| {
        let (_, rest) = text.split_once("\"certificate\": \"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    let nonce = |text: &str| text.split('"').nth(7).unwrap().to_owned();
    for (what, altered, code) in [
        (
            "another certificate",
            good.replace(&certificate(&good), &certificate(&other)),
            NO,
        ),
        (
            "another nonce",
            good.replace(&nonce(&good), &nonce(&other)),
            NO,
        ),
        (
            "an unknown nonce",
            good.replace(&nonce(&good), &"0".repeat(64)),
            POLICY,
        ),
        ("cut", good[..good.len() / 2].to_owned(), NO),
        ("long", format!("{good}{}", " ".repeat(2_000_000)), NO),
    ] {
        std::fs::write(house.file("bad.answer.json"), altered).unwrap();
        let refused = house.accept("bad").expect(code);
        assert!(refused.json()["hint"].is_string(), "{what}: {refused:?}");
    }
    assert!(
        tree(&house.file("issuer")) == before,
        "nothing was installed"
    );
    // A root that says it has the same name.
    let stranger = House::ready();
    stranger.request("document-signer", "ds1", &[]).expect(DONE);
    stranger.sign("ds1").expect(DONE);
    std::fs::copy(
        stranger.file("ds1.answer.json"),
        house.file("bad.answer.json"),
    )
    .unwrap();
    house.accept("bad").expect(POLICY);
    std::fs::copy(
        stranger.file("ds1.request.json"),
        house.file("bad.request.json"),
    )
    .unwrap();
    house.sign("bad").expect(POLICY);
    house.accept("ds1").expect(DONE);
}

#[test]
fn a_journal_that_was_changed_stops_everything() {
    let house = House::ready();
    let path = house.file("root/journal.jsonl");
    let good = std::fs::read_to_string(&path).unwrap();
    house.request("document-signer", "ds1", &[]).expect(DONE);
    for altered in [
        good.replace("TEST TWO", "TEST TOO"),
        good.lines().next().unwrap().to_owned(),
        good.lines().skip(1).collect(),
        String::new(),
    ] {
        std::fs::write(&path, &altered).unwrap();
        let refused = house.sign("ds1").expect(NO);
        assert!(
            refused.json()["error"].as_str().unwrap().contains("line"),
            "{refused:?}"
        );
        house.pki(&["csca", "log", &house.path("root")]).expect(NO);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), altered);
    }
    std::fs::write(&path, good).unwrap();
    house.sign("ds1").expect(DONE);
}

#[test]
fn no_secret_is_told() {
    let house = House::ready();
    house.request("document-signer", "ds1", &[]).expect(DONE);
    let mut told = String::new();
    for ended in [
        house.sign("ds1"),
        house.accept("ds1"),
        house.accept("ds1"),
        house.ceremony(&["backup", &house.path("root"), "--out", &house.path("copy")]),
        house.pki(&["csca", "log", &house.path("root")]),
    ] {
        told += &ended.stdout;
        told += &ended.stderr;
    }
    for content in tree(house.folder.path()).into_values() {
        told += &String::from_utf8_lossy(&content);
    }
    for (name, secret) in SECRETS {
        assert!(!told.contains(secret), "{name}");
    }
}
