//! What the checks refuse needs somebody else's release.

use serde_json::json;

use crate::functional_capture::{begin, take_finger, take_portrait, type_fields};
use crate::place::{OPERATOR, Place, SUPERVISOR, specimen_file};

#[test]
fn one_finger_twice_needs_a_supervisor_who_is_somebody_else() {
    let place = Place::new("uto-passport");
    let mut client = place.serve().signed_in(OPERATOR);
    let draft = begin(&mut client);
    type_fields(&mut client, &draft);
    take_portrait(&mut client, &draft);
    take_finger(&mut client, &draft, "right-index");
    let print = specimen_file("uto-passport-anton", "right-index.png");
    let twice = client
        .picture(&format!("{draft}/fingers/left-index"), &print)
        .must(200);
    assert_eq!(
        (&twice["same_finger_as"], &twice["light"]),
        (&"right-index".into(), &"red".into()),
        "{twice}"
    );

    let (seal, release) = (format!("{draft}/seal"), format!("{draft}/release"));
    let problem = client.post(&seal, &json!({})).refuses(409, "not-ready");
    let blocking = problem["blocking"].as_array().unwrap().clone();
    assert!(!blocking.is_empty());
    let overrides: Vec<_> = blocking
        .iter()
        .map(|what| json!({ "what": what, "reason": "TEST: scar" }))
        .collect();
    let ask = |name: &str, secret: &str, overrides: &serde_json::Value| json!({ "supervisor": name, "secret": secret, "overrides": overrides });
    let overrides = json!(overrides);
    let [name, secret] = SUPERVISOR;
    client
        .post(&release, &ask(OPERATOR[0], OPERATOR[1], &overrides))
        .refuses(409, "same-person");
    client
        .post(&release, &ask(name, "wrong", &overrides))
        .refuses(403, "wrong-secret");
    client
        .post(&release, &ask(name, secret, &json!([])))
        .refuses(422, "reason-missing");
    let bare = json!([{ "what": blocking[0], "reason": "  " }]);
    client
        .post(&release, &ask(name, secret, &bare))
        .refuses(422, "reason-missing");
    let other = json!([{ "what": "field:surname/text-control", "reason": "because" }]);
    client
        .post(&release, &ask(name, secret, &other))
        .refuses(422, "reason-missing");
    client.post(&seal, &json!({})).refuses(409, "not-ready");

    let view = client
        .post(&release, &ask(name, secret, &overrides))
        .must(200);
    assert_eq!(
        (&view["can_seal"], &view["released_by"]),
        (&true.into(), &name.into()),
        "{view:#}"
    );
    // What changes afterwards was not released.
    type_fields(&mut client, &draft);
    client.post(&seal, &json!({})).refuses(409, "not-ready");
    client
        .post(&release, &ask(name, secret, &overrides))
        .must(200);
    let sealed = client.seal(&draft);
    let packet = place.packet(sealed["packet"].as_str().unwrap().parse().unwrap());
    assert_eq!(packet.manifest().supervisor.as_ref().unwrap().name, name);
    assert_eq!(packet.manifest().overrides.len(), blocking.len());
}

#[test]
fn the_rules_of_the_record_are_released_by_nobody() {
    let place = Place::new("uto-passport");
    let mut client = place.serve().signed_in(OPERATOR);
    let draft = begin(&mut client);
    let review = client.get(&format!("{draft}/review")).must(200);
    assert_eq!(review["needs_release"], json!([]), "{review:#}");
    assert!(
        review["blocking"]
            .as_array()
            .unwrap()
            .contains(&json!("portrait/portrait-missing"))
    );
    let what = review["blocking"][0].clone();
    let ask = json!({ "supervisor": SUPERVISOR[0], "secret": SUPERVISOR[1], "overrides": [{ "what": what, "reason": "hurry" }] });
    client
        .post(&format!("{draft}/release"), &ask)
        .refuses(422, "reason-missing");
    client
        .post(&format!("{draft}/seal"), &json!({}))
        .refuses(409, "not-ready");
}

#[test]
fn a_supervisor_who_signs_in_does_not_enrol() {
    let place = Place::new("uto-passport");
    let mut client = place.serve().signed_in(SUPERVISOR);
    assert_eq!(client.get("/api/station").must(200)["role"], "supervisor");
    client
        .post("/api/drafts", &json!({}))
        .refuses(403, "not-operator");
}
