//! Numbers that the service gives are not asked of the person: somebody without a number can be enrolled, and the page says so.

use std::fs;

use crypto::SecretBytes;
use enrolment::packet::Role;
use issuance_service::station::{Bulk, Officers, Outcome};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use serde_json::{Value, json};

use crate::functional_capture::begin;
use crate::place::{OPERATOR, Place, copied, now, specimen_fields};

/// The findings on a field: severity and rule.
fn findings(view: &Value, field: &str) -> Vec<(String, String)> {
    let found = view["findings"].as_array().unwrap().iter();
    let own = found.filter(|one| one["field"] == field);
    own.map(|one| {
        let word = |name: &str| one[name].as_str().unwrap().to_owned();
        (word("severity"), word("rule"))
    })
    .collect()
}

#[test]
fn the_page_does_not_ask_for_what_is_given() {
    for (profile, given) in [
        ("vn-cccd-2021", "personal_number"),
        ("uto-passport", "document_number"),
    ] {
        let place = Place::new(profile);
        let mut client = place.serve().signed_in(OPERATOR);
        let station = client.get("/api/station").must(200);
        for field in station["fields"].as_array().unwrap() {
            let says_so = !field["help"]["vi"].as_str().unwrap().is_empty();
            assert_eq!(says_so, field["name"] == given, "{field}");
            assert!(!says_so || field["required"] == false, "{field}");
        }
    }
}

#[test]
fn who_has_a_number_has_to_say_it() {
    let place = Place::new("vn-cccd-2021");
    let mut client = place.serve().signed_in(OPERATOR);
    let draft = begin(&mut client);
    let mut fields = specimen_fields("vn-citizen-nam");
    fields.insert("personal_number".to_owned(), String::new());
    let mut say = |fields: &Value| client.put(&format!("{draft}/fields"), fields).must(200);
    let left_out = say(&json!(fields));
    assert_eq!(
        findings(&left_out, "personal_number"),
        [("warn".to_owned(), "vn-number-left-out".to_owned())]
    );
    let known = say(&json!({ "previous_document_number": "001081000017" }));
    assert_eq!(
        findings(&known, "personal_number"),
        [("refuse".to_owned(), "vn-number-known".to_owned())]
    );
    let nowhere =
        json!({ "previous_document_number": "", "place_of_birth_registration": "Nơi Mẫu" });
    let nowhere = say(&nowhere);
    let place_of = findings(&nowhere, "place_of_birth_registration");
    assert!(
        place_of.contains(&("refuse".to_owned(), "vn-number-facts".to_owned())),
        "{place_of:?}"
    );
}

#[test]
fn somebody_without_a_number_is_enrolled() {
    let place = Place::new("vn-cccd-2021");
    place.wants(&["right-index", "left-index"]);
    let folder = place.path("newcomer");
    copied("vn-citizen-nam", &folder);
    let path = folder.join("record.toml");
    let text = fs::read_to_string(&path).unwrap();
    let lines = text.lines();
    let without: Vec<&str> = lines
        .filter(|line| !line.starts_with("personal_number"))
        .collect();
    fs::write(&path, without.join("\n")).unwrap();
    let station = place.station();
    let secret = SecretBytes::from(OPERATOR[1].as_bytes());
    let operator = station.person(Role::Operator, OPERATOR[0], &secret);
    let operator = operator.unwrap();
    let officers = Officers {
        operator: &operator,
        supervisor: None,
    };
    let mut bulk = Bulk::new(&station).unwrap();
    let rng = &mut StdRng::seed_from_u64(1);
    let outcome = bulk.enrol(&folder, &officers, now(), rng).unwrap();
    let Outcome::Sealed { packet, .. } = outcome else {
        panic!("{outcome:?}")
    };
    let opened = place.packet(packet);
    let fields = &opened.manifest().fields;
    assert_eq!(fields.get("personal_number"), None);
    assert_eq!(fields["full_name"], "Nguyễn Văn Mẫu Specimen");
}
