//! A document signer that is revoked: from then on it signs nothing, and what it has signed is refused at the border by whoever has
//! the revocation list, and said to be open by whoever has none.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

/// The house of the tests of `pki`, which use the rest of it.
#[allow(dead_code)]
#[path = "pki_ceremony/house.rs"]
mod house;

use std::path::Path;

use serde_json::Value;

use house::{DONE, House, NO, POLICY, SECRETS};
use support::slot::{Slot, real};
use support::{Ended, check, end, run};

const PERSON: &str = "fixtures/people/uto-passport-anton";
const MRZ_FILE: &str = "fixtures/cards/uto-passport-anton.mrz";
const JSON: [&str; 2] = ["--output-format", "json"];

/// A station of an issuer that has its root elsewhere.
struct Station {
    house: House,
    slot: Slot,
}

impl Station {
    fn open() -> Self {
        let station = Self {
            house: House::ready(),
            slot: Slot::take(),
        };
        run(["keys", "init", &station.house.path("keys")]).expect(DONE);
        station
    }

    fn insert(&self, card: &str) -> support::Running {
        let keys = self.house.path("keys");
        let card = self.house.path(card);
        self.slot
            .insert(Path::new(&card), &["--new", "--keys", &keys])
    }

    #[track_caller]
    fn personalise(&self) -> Ended {
        let path = |name: &str| self.house.path(name);
        let (keys, pki, register, jobs) = (
            path("keys"),
            path("issuer"),
            path("register.jsonl"),
            path("jobs"),
        );
        let places = [
            "--keys",
            &keys,
            "--pki",
            &pki,
            "--register",
            &register,
            "--jobs",
            &jobs,
        ];
        let who = ["--record", PERSON, "--profile", "uto-passport"];
        let words = [&["personalise"][..], &places, &who, &JSON].concat();
        let mut command = self.slot.command(&words);
        end(command.envs(SECRETS))
    }

    #[track_caller]
    fn verify(&self, more: &[&str], code: i32) -> Value {
        let csca = self.house.path("root/csca.der");
        let verify = ["verify", "--trust", &csca, "--mrz-file", MRZ_FILE];
        let ended = self.slot.run(&[&verify[..], more, &JSON].concat());
        ended.expect(code).json()
    }

    /// What `readers --cards` says of the chip.
    fn state(&self) -> String {
        let listed = end(&mut real(["readers", "--cards", "--output-format", "json"]));
        let listed = listed.expect(DONE).json();
        let mut readers = listed["readers"].as_array().unwrap().iter();
        let ours = readers.find(|row| row["name"] == *self.slot.reader);
        ours.unwrap()["chip"].as_str().unwrap().to_owned()
    }
}

fn has_remark(report: &Value, id: &str) -> bool {
    let remarks = report["verdict"]["remarks"].as_array().unwrap();
    remarks.iter().any(|remark| remark["id"] == id)
}

#[test]
#[ignore = "needs the pcscd of `cargo xtask test`"]
fn a_revoked_signer_signs_no_card_and_its_cards_are_refused() {
    let station = Station::open();
    let house = &station.house;
    house.signer("document-signer", "ds1", &[]);
    let chip = station.insert("card.json");
    station.personalise().expect(DONE);
    let before = station.verify(&[], DONE);
    assert!(has_remark(&before, "revocation"), "{}", before["verdict"]);

    let ds1 = house.path("issuer/document-signers/ds1/certificate.der");
    house.signer("crl", "crl1", &["--revoke", &ds1]);
    let list = house.path("issuer/csca.crl");
    let revoked = station.verify(&["--crl", &list], NO);
    assert_eq!(check(&revoked, "revocation")["result"], "failed");
    assert_eq!(revoked["data_verified"], false);
    assert_eq!(revoked["verdict"]["covered"], serde_json::json!([]));
    station.slot.remove(chip, "INT").expect(DONE);

    // Another chip, another number: nothing is entered and no chip is touched.
    let register = house.bytes("register.jsonl");
    let second = station.insert("second.json");
    let refused = station.personalise().expect(POLICY).json();
    let said = refused["error"].as_str().unwrap();
    assert!(said.contains("ds1 is revoked"), "{said}");
    assert!(house.bytes("register.jsonl") == register);
    assert!(
        station.state().contains("MANUFACTURED"),
        "{}",
        station.state()
    );
    station.slot.remove(second, "INT").expect(DONE);

    // Its successor signs, and the same list says nothing against it.
    house.signer("document-signer", "ds2", &[]);
    std::fs::remove_file(house.file("register.jsonl")).unwrap();
    let third = station.insert("third.json");
    station.personalise().expect(DONE);
    let good = station.verify(&["--crl", &list], DONE);
    assert_eq!(check(&good, "revocation")["result"], "successful");
    assert!(!has_remark(&good, "revocation"), "{}", good["verdict"]);
    station.slot.remove(third, "INT").expect(DONE);
}
