//! The line to NATS as operators and parties meet it: `--check-config`, a service that starts without it, a subscription over the API.

use std::fs;
use std::time::{Duration, Instant};

use access::{DeviceKind, Role};
use serde_json::{Value, json};
use test_support::nats::Server;
use uuid::Uuid;

use crate::place::Place;
use crate::program::Home;

fn checked(home: &Home) -> (i32, Value) {
    let (code, said, log) = home.run(&["--check-config"]);
    assert!(said["nats"].is_object(), "{said}{log}");
    (code, said["nats"].clone())
}

#[test]
#[ignore = "needs nats-server (cargo xtask test starts it)"]
fn a_server_that_is_away_is_told_and_starts_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home(folder.path().join("service"));
    home.serve().end();
    let mut server = Server::start();
    let file = home.path("issuance-service.toml");
    let before = fs::read_to_string(&file).unwrap();
    let settings = format!("{before}\n[relying.nats]\nurl = \"{}\"\n", server.url());
    fs::write(&file, settings).unwrap();
    let (code, nats) = checked(&home);
    assert_eq!((code, &nats["reachable"]), (0, &json!(true)), "{nats}");
    server.kill();
    let (code, nats) = checked(&home);
    assert_eq!((code, &nats["reachable"]), (3, &json!(false)), "{nats}");
    home.serve().end();
    let plain = format!("{before}\n[relying.nats]\nurl = \"nats://nats.example:4222\"\n");
    fs::write(&file, plain).unwrap();
    let (code, _, log) = home.run(&["--check-config"]);
    assert_eq!(code, 2, "{log}");
    assert!(log.contains("relying.nats.url"), "{log}");
}

#[test]
#[ignore = "needs nats-server (cargo xtask test starts it)"]
fn a_party_subscribes_and_reads_its_changes_from_the_stream() {
    let server = Server::start();
    let place = Place::with(|config| {
        let text = format!("url = \"{}\"", server.url());
        config.relying.nats = Some(toml::from_str(&text).unwrap());
    });
    let (id, asker) = place.device(DeviceKind::RelyingParty, "TEST civil status");
    let (_, admin) = place.signed_in("test.admin", &[Role::Administrator]);
    let agreement = json!({ "attributes": ["full_name"], "purposes": ["open-account"], "consent_needed": true,
        "per_minute": 60000, "lines_per_day": 100000, "misses_per_day": 1000, "tries_per_subject": 5,
        "chips": true, "numbers": true, "changes": ["number-assigned"] });
    admin
        .json("PUT", &format!("/v1/agreements/{id}"), &[], &agreement)
        .is(200);
    let party = place.client_of(&asker);
    for url in ["nats:other.subject", "https://party.example/"] {
        let refused = party.post("/v1/subscriptions", &json!({ "url": url }));
        assert!(matches!(refused.status, 409 | 422), "{}", refused.text);
    }
    let made = party
        .post("/v1/subscriptions", &json!({ "url": "nats:" }))
        .is(201)
        .json();
    let subject = format!("register.changes.{id}");
    assert_eq!(made["url"], format!("nats:{subject}"));
    let birth = json!({ "request": Uuid::now_v7(), "place": "001",
        "texts": { "full_name": "TEST Nguyễn An", "date_of_birth": "2026-11-01", "sex": "female" } });
    let told = party.post("/v1/numbers", &birth).is(201).json();
    let begun = Instant::now();
    let message = place.wait(async {
        let client = async_nats::connect(server.url()).await.unwrap();
        let context = async_nats::jetstream::new(client);
        loop {
            if let Ok(stream) = context.get_stream("REGISTER").await
                && let Ok(message) = stream.get_raw_message(1).await
            {
                break message;
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "nothing comes");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    println!("in the stream {:?} after the answer", begun.elapsed());
    assert_eq!(
        message.subject.as_str(),
        format!("{subject}.number-assigned")
    );
    let event: Value = serde_json::from_slice(&message.payload).unwrap();
    assert_eq!(event["subject"], told["reference"]);
    let asked = party.get("/v1/changes").is(200).json();
    assert_eq!(
        asked["items"][0], event,
        "the same event as is told to who asks"
    );
    assert!(message.headers.get("webhook-signature").is_some());
}
