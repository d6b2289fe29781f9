//! Documents are signed by the ring of an issuer: counted, revoked, followed by the next, with keys in files and on a token.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use crypto::SecretBytes;
use issuance_service::signers::Signers;
use key_store::{KeyLocation, TokenUri};
use lds::File;
use pki::{Certificate, SecurityObject};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use serde_json::json;

use crate::bureau::{Bureau, read};
use crate::issuer::{IssuerFolder, SECRET};
use crate::judge::authentic;
use crate::program::Service;

/// A service that signs with the keys of an issuer.
fn service<'b>(bureau: &'b Bureau, secret: Option<&Path>) -> Service<'b> {
    let service = Service::of(bureau, "issuer");
    if let Some(secret) = secret {
        let path = service.path("issuance-service.toml");
        let text = String::from_utf8(read(&path)).unwrap();
        let signing = format!(
            "[signing]\nsecret-file = {:?}\n",
            secret.display().to_string()
        );
        fs::write(path, text + &signing).unwrap();
    }
    service
}

/// Issues a passport and says who has signed it.
fn signed_by(service: &Service<'_>, number: u16) -> Certificate {
    let issued = service.issue(
        &format!("X{number:08}"),
        service.bureau.chip(number, number.into()),
    );
    issued.must_end(0, "");
    let job = service.path(&format!("jobs/{}.job.json", issued.job()));
    let image = authentic(service.bureau, &job);
    let object = SecurityObject::parse(&image.files()[&File::Sod]).unwrap();
    object.signed_data().certificates().first().unwrap().clone()
}

#[test]
fn who_has_signed_enough_is_followed_by_the_next_and_who_is_revoked_by_nobody() {
    let bureau = Bureau::new();
    let issuer = IssuerFolder::new(&bureau);
    issuer.add("ds1", Some(1));
    service(&bureau, None)
        .run(["--check-config"])
        .must_end(6, "hint");
    fs::remove_dir_all(bureau.path("service")).unwrap();

    let service = service(&bureau, Some(&bureau.path("secret")));
    let check = service.run(["--check-config"]);
    check.must_end(0, "");
    let state = &check.json["document_signers"][0];
    assert_eq!(
        (&state["name"], &state["used"], &state["limit"]),
        (&json!("ds1"), &json!(0), &json!(1))
    );
    assert_eq!(signed_by(&service, 1), issuer.certificate("ds1"));
    let refused = service.issue("X00000002", bureau.chip(2, 2));
    refused.must_end(7, "card-tool pki signer request");
    issuer.add("ds2", None);
    assert_eq!(signed_by(&service, 2), issuer.certificate("ds2"));

    issuer.revoke(1, &["ds2"]);
    let refused = service.issue("X00000003", bureau.chip(3, 3));
    refused.must_end(7, "revoked");
    let list = issuer.path("csca.crl");
    let away = issuer.path("away.crl");
    fs::rename(&list, &away).unwrap();
    let refused = service.issue("X00000003", bureau.chip(3, 3));
    refused.must_end(7, "nobody knows what it has revoked");
    fs::rename(&away, &list).unwrap();
    issuer.add("ds3", None);
    assert_eq!(signed_by(&service, 3), issuer.certificate("ds3"));
    let used: Vec<_> = service.run(["--check-config"]).json["document_signers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|state| {
            (
                state["name"].clone(),
                state["used"].clone(),
                state["may_sign_now"].clone(),
            )
        })
        .collect();
    let known = [("ds1", 1, false), ("ds2", 1, false), ("ds3", 1, true)];
    for (name, count, may_sign) in known {
        let state = (json!(name), json!(count), json!(may_sign));
        assert!(used.contains(&state), "{state:?} in {used:?}");
    }
}

#[test]
fn a_running_service_sees_new_signers_and_new_lists() {
    let bureau = Bureau::new();
    let issuer = IssuerFolder::new(&bureau);
    issuer.add("ds1", None);
    let rng = || Box::new(StdRng::from_rng(&mut rand::rng())) as _;
    let secret = SecretBytes::from(SECRET.as_bytes());
    let signers = Signers::open(&issuer.path(""), secret, Arc::new(rng)).unwrap();
    let current = || {
        let signer = signers.current("PP", bureau.now);
        signer.map(|signer| signer.certificate().clone())
    };
    assert_eq!(current().unwrap(), issuer.certificate("ds1"));
    assert!(signers.current("AC", bureau.now).is_err(), "another type");
    issuer.revoke(1, &["ds1"]);
    let refused = current().unwrap_err().to_string();
    assert!(refused.contains("revoked"), "{refused}");
    issuer.add("ds2", None);
    assert_eq!(current().unwrap(), issuer.certificate("ds2"));
}

fn variable(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: run this by `cargo xtask test`"))
}

#[test]
#[ignore = "needs the SoftHSM token of `cargo xtask test`"]
fn a_token_signs_for_the_service() {
    let bureau = Bureau::new();
    let issuer = IssuerFolder::new(&bureau);
    let place = KeyLocation::Token(TokenUri {
        token: Some(variable("CARD_TOOLCHAIN_TOKEN")),
        serial: None,
        object: Some(format!("service-{}", std::process::id())),
        id: None,
        module_path: variable("CARD_TOOLCHAIN_PKCS11_MODULE").into(),
        pin_source: None,
    });
    let pin = variable("CARD_TOOLCHAIN_TOKEN_PIN");
    issuer.add_at("ds1", Some(10), &place, &pin);
    fs::write(bureau.path("pin"), &pin).unwrap();
    let service = service(&bureau, Some(&bureau.path("pin")));
    service.run(["--check-config"]).must_end(0, "");
    for number in 1..=3 {
        assert_eq!(signed_by(&service, number), issuer.certificate("ds1"));
    }
    let check = service.run(["--check-config"]);
    assert_eq!(check.json["document_signers"][0]["used"], 3);
}
