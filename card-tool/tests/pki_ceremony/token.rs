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
