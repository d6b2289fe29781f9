//! Document signers that came out of a ceremony, at work in a station.

use super::house::{DONE, House, POLICY, SECRETS};
use super::support::slot::Slot;
use super::support::{end, run, tree};

const PERSON: &str = "uto-passport-anton";

/// The specimen, whose passport is issued today: its signer did not exist before.
fn person_of_today(house: &House) -> String {
    let from = test_support::fixture("people").join(PERSON);
    std::fs::create_dir(house.file("person")).unwrap();
    for (path, content) in tree(&from) {
        let name = path.file_name().unwrap().to_str().unwrap();
        std::fs::write(house.file("person").join(name), content).unwrap();
    }
    let record = String::from_utf8(house.bytes("person/record.toml")).unwrap();
    let today = time::OffsetDateTime::now_utc().date();
    let years = |years| {
        let day = today.replace_year(today.year() + years).unwrap_or(today);
        day.to_string()
    };
    let lines = record.lines().map(|line| match line.split_once(" = ") {
        Some(("date_of_issue", _)) => format!("date_of_issue = \"{}\"", years(0)),
        Some(("date_of_expiry", _)) => format!("date_of_expiry = \"{}\"", years(10)),
        _ => line.to_owned(),
    });
    let record: Vec<String> = lines.collect();
    std::fs::write(house.file("person/record.toml"), record.join("\n")).unwrap();
    house.path("person")
}

#[test]
#[ignore = "needs the pcscd of `cargo xtask test`"]
fn a_card_is_signed_by_the_ring_and_counted_by_its_ledger() {
    let house = House::ready();
    house.signer("document-signer", "ds1", &["--document-limit", "1"]);
    run(["keys", "init", &house.path("keys")]).expect(DONE);
    let person = person_of_today(&house);
    let slot = Slot::take();
    for (card, code) in [("first.json", DONE), ("second.json", POLICY)] {
        let keys = house.path("keys");
        let chip = slot.insert(&house.file(card), &["--new", "--keys", &keys]);
        let (pki, jobs) = (house.path("issuer"), house.path("jobs"));
        let register = house.path(&format!("{card}.register"));
        let mut arguments = vec![
            "personalise",
            "--keys",
            &keys,
            "--pki",
            &pki,
            "--jobs",
            &jobs,
        ];
        arguments.extend([
            "--register",
            &register,
            "--profile",
            "uto-passport",
            "--record",
            &person,
        ]);
        let mut command = slot.command(&arguments);
        command.env(SECRETS[3].0, SECRETS[3].1);
        end(&mut command).expect(code);
        assert_eq!(house.status()["signers"][0]["used"], 1);
        slot.remove(chip, "INT").expect(DONE);
    }
}
