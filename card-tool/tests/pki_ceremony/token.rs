//! The same story with the keys on a token. `cargo xtask test` makes one and says where it is.

use key_store::{KeyLocation, TokenUri};

use super::house::{DONE, House, KEY_STORE, PERSONS, POLICY, SECRETS, openssl_verifies};

fn variable(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: run this by `cargo xtask test`"))
}

/// A place on the token that no other run uses.
fn place(object: &str) -> String {
    let place = KeyLocation::Token(TokenUri {
        token: Some(variable("CARD_TOOLCHAIN_TOKEN")),
        serial: None,
        object: Some(format!("{object}-{}", std::process::id())),
        id: None,
        module_path: variable("CARD_TOOLCHAIN_PKCS11_MODULE").into(),
        pin_source: None,
    });
    place.to_string()
}

/// The PIN of the token, cut in two for the two who open the root.
fn parts_of_pin() -> [String; 2] {
    let pin = variable("CARD_TOOLCHAIN_TOKEN_PIN");
    let middle = [3, 4]
        .into_iter()
        .find(|at| pin[..*at] != pin[*at..])
        .unwrap();
    let (first, second) = pin.split_at(middle);
    [first.to_owned(), second.to_owned()]
}

#[test]
#[ignore = "needs the SoftHSM token of `cargo xtask test`"]
fn a_root_and_its_signers_on_a_token() {
    let [first, second] = parts_of_pin();
    let house = House {
        root_key: place("csca-1"),
        secrets: vec![
            ("CARD_SECRET_1", first),
            ("CARD_SECRET_2", second.clone()),
            ("CARD_REGISTRAR_SECRET", SECRETS[2].1.to_owned()),
            ("CARD_SIGNER_SECRET", variable("CARD_TOOLCHAIN_TOKEN_PIN")),
        ],
        signer_key: Some(place("NAME")),
        curves: "named",
        ..House::new()
    };
    house.begin();
    house.init().expect(POLICY);
    house.signer(
        "document-signer",
        "ds1",
        &["--document-limit", "2", "--algorithm", "rsa-pss-2048"],
    );
    house.signer("master-list-signer", "mls1", &[]);
    let (root, issuer) = (house.path("root"), house.path("issuer"));
    openssl_verifies(
        &house.file("root/csca.der"),
        &house.file("issuer/document-signers/ds1/certificate.der"),
        &[],
    );
    let list = house.path("national.ml");
    house
        .pki(&["master-list", "make", &issuer, "--out", &list])
        .expect(DONE);
    // The token counts one wrong PIN, and it is not tried again.
    let wrong = [
        ("CARD_SECRET_1", "000".to_owned()),
        ("CARD_SECRET_2", second),
    ];
    let mut crl = vec!["csca", "crl", &root, "--yes"];
    crl.extend(PERSONS);
    house.pki_with(&crl, &wrong).expect(KEY_STORE);
    house.ceremony(&["crl", &root]).expect(DONE);
    let next = place("csca-2");
    house
        .ceremony(&["link", &root, "--key-store", &next])
        .expect(DONE);
    house.signer("document-signer", "ds2", &[]);
    let backup = house.path("root.backup");
    let told = house
        .ceremony(&["backup", &root, "--out", &backup])
        .expect(DONE);
    assert!(told.stderr.contains("token"), "{}", told.stderr);
    let restored = house.path("restored");
    house
        .ceremony(&["restore", &restored, "--from", &backup])
        .expect(DONE);
    for name in ["ds1", "ds2"] {
        let mut retire = vec![
            "signer", "retire", &issuer, "--name", name, "--yes", "--early",
        ];
        retire.extend(PERSONS);
        house.pki(&retire).expect(DONE);
    }
    house
        .ceremony(&["destroy", &root, "--generation", "1"])
        .expect(DONE);
    house.ceremony(&["destroy", &root]).expect(DONE);
    house.ceremony(&["crl", &root]).expect(POLICY);
    house.ceremony(&["crl", &restored]).expect(KEY_STORE);
    let acts = house.acts("root");
    assert_eq!(
        acts[acts.len() - 4..],
        ["destroy", "destroyed", "destroy", "destroyed"]
    );
}

/// A house whose keys are on the token, at places of their own.
fn on_token(root: &str, signers: &str) -> House {
    let [first, second] = parts_of_pin();
    House {
        root_key: place(root),
        secrets: vec![
            ("CARD_SECRET_1", first),
            ("CARD_SECRET_2", second),
            ("CARD_REGISTRAR_SECRET", SECRETS[2].1.to_owned()),
            ("CARD_SIGNER_SECRET", variable("CARD_TOOLCHAIN_TOKEN_PIN")),
        ],
        signer_key: Some(place(signers)),
        ..House::new()
    }
}

/// The same label with an identifier that a note may say.
fn with_id(place: &str, id: u8) -> String {
    let KeyLocation::Token(uri) = place.parse().unwrap() else {
        panic!("{place}");
    };
    KeyLocation::Token(TokenUri {
        id: Some(vec![id; 16]),
        ..uri
    })
    .to_string()
}

/// Destroys what a test has made, whatever has become of it.
fn destroy_root(house: &House) {
    house
        .ceremony(&["destroy", &house.path("root")])
        .expect(DONE);
}

#[test]
#[ignore = "needs the SoftHSM token of `cargo xtask test`"]
fn a_note_of_a_key_that_was_never_made_destroys_nobody_elses() {
    let alive = on_token("shared", "x-NAME");
    alive.init().expect(DONE);
    let key = alive.log("root")["generations"][0]["key"].clone();
    assert!(key.as_str().unwrap().contains(";id=%"), "{key}");
    for (noted, code) in [
        (with_id(&alive.root_key, 7), DONE),
        // As versions of before noted it: by its label, which may be somebody else's by now.
        (alive.root_key.clone(), POLICY),
    ] {
        let broken = on_token("shared-2", "x-NAME");
        std::fs::create_dir(broken.file("root")).unwrap();
        let note = format!("keys = [{noted:?}]\n");
        std::fs::write(broken.file("root/unfinished.toml"), note).unwrap();
        broken.init().expect(code);
        if code == DONE {
            let facts = broken.log("root")["records"][1]["facts"].to_string();
            assert!(facts.contains("never made"), "{facts}");
            destroy_root(&broken);
        }
        alive.ceremony(&["crl", &alive.path("root")]).expect(DONE);
    }
    // What is given up in a root that lives is declared lost.
    let note = format!("keys = [{:?}]\n", alive.root_key);
    std::fs::write(alive.file("root/unfinished.toml"), note).unwrap();
    let root = alive.path("root");
    alive
        .ceremony(&["destroy", &root, "--unfinished"])
        .expect(POLICY);
    alive
        .ceremony(&["destroy", &root, "--unfinished", "--lost"])
        .expect(DONE);
    assert_eq!(alive.acts("root").last().unwrap(), "lost");
    alive.ceremony(&["crl", &root]).expect(DONE);
    destroy_root(&alive);
}

/// Two of them cannot tell who has made the key of an identifier that both have chosen.
#[test]
#[ignore = "needs the SoftHSM token of `cargo xtask test`"]
fn an_identifier_is_chosen_and_not_named() {
    let mut house = on_token("named", "x-NAME");
    house.root_key = with_id(&house.root_key, 9);
    house.init().expect(super::house::USAGE);
}

#[test]
#[ignore = "needs the SoftHSM token of `cargo xtask test`"]
fn a_withdrawal_destroys_only_the_key_of_its_own_request() {
    let house = House {
        root_key: "file".to_owned(),
        ..on_token("unused", "shared-signer")
    };
    let pin = house.secrets[3].clone();
    let house = House {
        secrets: SECRETS.map(|(name, value)| (name, value.to_owned())).into(),
        ..house
    };
    let house = House {
        secrets: house.secrets[..3].iter().cloned().chain([pin]).collect(),
        ..house
    };
    house.begin();
    house.request("document-signer", "ds2", &[]).expect(DONE);
    let label = house.signer_key.clone().unwrap();
    let elsewhere = label.replace("/lib/", "/lib/../lib/");
    let withdraw = |name: &str, more: &[&str]| {
        let issuer = house.path("issuer");
        let mut all = vec!["signer", "withdraw", &issuer, "--name", name, "--yes"];
        all.extend(PERSONS);
        all.extend(more);
        house.pki(&all)
    };
    for (noted, code) in [
        (with_id(&label, 5), DONE),
        (label.clone(), POLICY),
        (elsewhere, POLICY),
    ] {
        let note = format!(
            "name = \"ds1\"\nkind = \"document-signer\"\nkey = {noted:?}\nalgorithm = \"ecdsa-p256\"\n"
        );
        std::fs::write(house.file("issuer/requests/ds1.toml"), note).unwrap();
        withdraw("ds1", &[]).expect(code);
    }
    withdraw("ds1", &["--lost"]).expect(DONE);
    // The key of ds2 is there: its answer is accepted, which opens it.
    house.sign("ds2").expect(DONE);
    house.accept("ds2").expect(DONE);
    house.request("document-signer", "ds3", &[]).expect(POLICY);
    let mut retire = vec!["signer", "retire"];
    let issuer = house.path("issuer");
    retire.extend([&*issuer, "--name", "ds2", "--yes", "--early"]);
    retire.extend(PERSONS);
    house.pki(&retire).expect(DONE);
}
