//! A packet of a station comes in over HTTPS, becomes an application, is looked at and approved by another pair of eyes.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use access::{DeviceKind, Role};
use crypto::HashAlgorithm;
use register::store::{EntityChange, EntityKind, Expected, Store as _};
use serde_json::json;
use test_support::fixture;
use test_support::postgres::Database;
use uuid::Uuid;

use crate::both;
use crate::client::Client;
use crate::place::Place;

const STATION: &str = "TEST Tram 07";
/// Who enrols and who releases at the station.
const CREW: [[&str; 2]; 2] = [
    ["operator", "TEST-operator"],
    ["supervisor", "TEST-supervisor"],
];
/// The account of who releases there.
const RELEASER: &str = "t.r";
/// How long the service may take to check what came.
const PATIENCE: Duration = Duration::from_secs(60);

fn run(words: &[&str]) {
    run_on(None, words);
}

/// The same on the database of the place, where it has one.
fn run_on(database: Option<&Database>, words: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_issuance-service"));
    if let Some(database) = database {
        command.env("ISSUANCE_SERVICE__STORE", database.url());
    }
    let output = command.args(words).stdin(Stdio::null()).output().unwrap();
    let said =
        [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    assert!(output.status.success(), "{words:?}: {said:?}");
}

/// A station that the service knows, with one sealed packet: its file and the packet's name.
fn sealed(place: &Place, database: Option<&Database>) -> (Uuid, PathBuf) {
    let path = |name: &str| place.folder.path().join(name).display().to_string();
    let (station, service) = (path("station"), path("service/intake/service.json"));
    std::fs::create_dir(path("inbox")).unwrap();
    let at = ["station", "--station", &station];
    let at = |words: &[&str]| run(&[&at[..], words].concat());
    at(&[
        "init",
        "--name",
        STATION,
        "--service",
        &service,
        "--profile",
        "vn-cccd-2021",
        "--inbox",
        &path("inbox"),
    ]);
    for [role, name] in CREW {
        let file = path(&format!("{role}.secret"));
        std::fs::write(&file, format!("correct horse battery {role}")).unwrap();
        at(&[
            "operator",
            "add",
            name,
            "--role",
            role,
            "--secret-file",
            &file,
        ]);
    }
    // Who releases at the station has an account here, under another name.
    place.person(RELEASER, &[Role::Approver]);
    let keys = std::fs::read_dir(path("station/people")).unwrap();
    let keys = keys.map(|entry| entry.unwrap().path());
    let keys = keys.filter(|file| file.extension() == Some("json".as_ref()));
    for file in keys.chain([path("station/station.json").into()]) {
        let config = path("service/issuance-service.toml");
        let register = ["intake", "--config", &config, "register"];
        let file = file.to_str().unwrap();
        let account = ["--account", RELEASER];
        let is_releaser = std::fs::read_to_string(file)
            .unwrap()
            .contains("\"supervisor\"");
        let account = if is_releaser { &account[..] } else { &[] };
        run_on(database, &[&register[..], &[file], account].concat());
        // Registered once more without the account, the person is still the same.
        run(&[&register[..], &[file]].concat());
    }
    let [[_, operator], [_, supervisor]] = CREW;
    at(&[
        "enrol",
        "--operator",
        operator,
        "--secret-file",
        &path("operator.secret"),
        "--supervisor",
        supervisor,
        "--supervisor-secret-file",
        &path("supervisor.secret"),
        "--release",
        "TEST reason",
        fixture("people/vn-citizen-nam").to_str().unwrap(),
    ]);
    packet(&place.folder.path().join("station/outbox"))
}

/// The one packet of an outbox.
fn packet(outbox: &Path) -> (Uuid, PathBuf) {
    let files = std::fs::read_dir(outbox)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    // The file of a packet begins with its name.
    let named = |file: PathBuf| {
        let name = file.file_name()?.to_str()?.split('.').next()?;
        Some((name.parse().ok()?, file.clone()))
    };
    let mut packets = files.filter_map(named);
    let packet = packets.next().expect("a packet");
    assert!(packets.next().is_none());
    packet
}

pub fn from_packet_to_approval(database: Option<&Database>) {
    let place = both::place(database);
    let (id, file) = sealed(&place, database);
    let octets = std::fs::read(file).unwrap();
    let digest = hex::encode(HashAlgorithm::Sha256.digest(&octets));
    let (device, asker) = place.device(DeviceKind::Station, STATION);
    let station = place.client_of(&asker);
    let octet_stream = [("content-type", "application/octet-stream")];
    let put = |client: &Client, digest: &str, octets: &[u8]| {
        let path = format!("/v1/packets/{id}?sha256={digest}");
        client.send("PUT", &path, &octet_stream, Some(octets))
    };
    // Only a station brings packets, and what it brings is what it says.
    let (_, clerk) = place.signed_in("test.clerk", &[Role::IssuerClerk]);
    put(&clerk, &digest, b"a packet").refused(403, "not-permitted");
    let mut bent = octets.clone();
    *bent.last_mut().unwrap() ^= 1;
    put(&station, &digest, &bent).refused(422, "content");
    put(&station, &digest, b"a packet").refused(422, "content");
    station
        .get(&format!("/v1/packets/{id}"))
        .refused(404, "not-found");
    let receipt = put(&station, &digest, &octets).is(201);
    let again = put(&station, &digest, &octets).is(200);
    // Who repeats it without having it gets no receipt, and no refusal that would seem to be of the packet.
    for other in [&bent[..], &octets[..100], b""] {
        put(&station, &digest, other).refused(422, "content");
    }
    // Nor does another file under its name, honestly named: only what is not known is refused by a signature.
    let others = [&bent[..], &octets[..100], b"", b"a packet"];
    for other in others {
        let digest = hex::encode(HashAlgorithm::Sha256.digest(other));
        put(&station, &digest, other).refused(409, "conflict");
        let unknown = format!("/v1/packets/{}?sha256={digest}", Uuid::now_v7());
        let refusal = station.send("PUT", &unknown, &octet_stream, Some(other));
        let refusal = refusal.is(422);
        assert_eq!(refusal.header("content-type"), "application/json");
        assert!(refusal.text.contains("\"unreadable\""), "{}", refusal.text);
    }
    let log = place.audit_log();
    for (word, count) in [("other-content", 5), ("other-packet", 4)] {
        let told = log.iter().filter(|entry| entry.contains(word));
        assert_eq!(told.count(), count, "{word}");
    }
    assert_eq!(
        receipt.text, again.text,
        "the same packet has another receipt"
    );

    let begun = Instant::now();
    while station.get(&format!("/v1/packets/{id}")).is(200).json()["stage"] == "received" {
        assert!(begun.elapsed() < PATIENCE, "nothing checks what came");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(
        station.get(&format!("/v1/packets/{id}")).json()["stage"],
        "checked"
    );
    // Of another device they are nobody's business, of one that takes over the name of a withdrawn station neither.
    let (_, foreign) = place.device(DeviceKind::Station, "TEST Tram 08");
    place
        .client_of(&foreign)
        .get(&format!("/v1/packets/{id}"))
        .refused(404, "not-found");
    let (_, admin) = place.signed_in("test.admin", &[Role::Administrator]);
    admin
        .post(&format!("/v1/devices/{device}/revoke"), &json!({}))
        .is(200);
    let (_, heir) = place.device(DeviceKind::Station, STATION);
    place
        .client_of(&heir)
        .get(&format!("/v1/packets/{id}"))
        .refused(404, "not-found");
    // What came on a stick, or before packets had a device, is that of the one device that bears the station's name.
    came_on_a_stick(&place, id);
    for (asker, status) in [(&heir, 200), (&foreign, 404)] {
        let answer = place.client_of(asker).get(&format!("/v1/packets/{id}"));
        answer.is(status);
    }
    approved(&place, id);
}

/// As if the packet had come by `intake take`.
fn came_on_a_stick(place: &Place, id: Uuid) {
    place.wait(async {
        let store = &place.api.store;
        let mut entity = store.entity(EntityKind::Packet, id).await.unwrap().unwrap();
        let mut body: serde_json::Value = serde_json::from_str(&entity.body).unwrap();
        assert!(body.as_object_mut().unwrap().remove("device").is_some());
        entity.body = body.to_string();
        let mut change = place.api.change();
        change.entities.push(EntityChange::Put {
            expected: Expected::Version(entity.version),
            entity,
            keys: None,
        });
        place.api.commit(&change).await.unwrap();
    });
}

fn approved(place: &Place, id: Uuid) {
    let (_, approver) = place.signed_in("test.approver", &[Role::Approver]);
    let (_, operator) = place.signed_in("test.operator", &[Role::Operator]);
    let list = |stage: &str| {
        approver
            .get(&format!("/v1/applications?stage={stage}"))
            .is(200)
            .json()["items"]
            .clone()
    };
    assert_eq!(list("checked")[0]["id"], json!(id));
    let path = format!("/v1/applications/{id}");
    let seen = approver.get(&path).is(200);
    let (etag, view) = (seen.header("etag").to_owned(), seen.json());
    assert_eq!(
        view["can"],
        json!(["application.approve", "application.refuse"])
    );
    assert!(
        view["fields"]
            .as_array()
            .unwrap()
            .iter()
            .any(|field| field["word"] == "full_name")
    );
    let portrait = view["images"]
        .as_array()
        .unwrap()
        .iter()
        .find(|image| image["subject"] == "portrait");
    let name = portrait.unwrap()["name"].as_str().unwrap().to_owned();
    operator
        .get(&format!("{path}/images/nothing"))
        .refused(404, "not-found");

    let approve = |client: &Client, etag: &str, key: &str| {
        let fields = [("if-match", etag), ("idempotency-key", key)];
        client.json("POST", &format!("{path}/approval"), &fields, &json!({}))
    };
    approve(&operator, &etag, "key-0").refused(403, "not-permitted");
    approve(&approver, "\"v0\"", "key-1").refused(412, "version-differs");
    // Whoever has enrolled or released is known by the name that others see, and by the account that was named, too.
    let (_, enroller) = place.signed_in("operator", &[Role::Approver]);
    approve(&enroller, &etag, "key-5").refused(403, "four-eyes");
    let releaser = place.wait(place.api.account_of_login(RELEASER));
    let releaser = releaser.unwrap().unwrap().account;
    let releaser = place.client_of(&place.session_of(releaser.id));
    let refused = approve(&releaser, &etag, "key-6")
        .refused(403, "four-eyes")
        .json();
    assert_eq!(
        refused["detail"],
        "whoever has released this application seems to be the same person: somebody else has to do this"
    );
    let first = approve(&approver, &etag, "key-2").is(200);
    assert_eq!(first.json()["stage"], "approved");
    let again = approve(&approver, &etag, "key-2").is(200);
    assert_eq!(
        (again.header("idempotency-replayed"), &again.text),
        ("true", &first.text)
    );
    // Another request comes too late: it has another version by now, and there is nothing to approve any more.
    approve(&approver, &etag, "key-3").refused(412, "version-differs");
    assert!(matches!(approve(&approver, "*", "key-4").status, 200 | 409));
    assert_eq!(
        (list("checked"), list("approved")[0]["id"].clone()),
        (json!([]), json!(id))
    );
    let history = approver.get(&format!("{path}/history")).is(200).json();
    let events: Vec<&str> = history["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["event"].as_str().unwrap())
        .collect();
    assert_eq!(events, ["received", "checked", "approved"]);
    let log = place.audit_log();
    let told = |words: [&str; 2]| {
        let approvals = log
            .iter()
            .filter(|entry| entry.contains("application.approve"));
        approvals
            .filter(|entry| words.iter().all(|word| entry.contains(word)))
            .count()
    };
    assert_eq!(told([&id.to_string(), "\"done\""]), 1, "{log:#?}");
    assert_eq!(told(["test.operator", "not-permitted"]), 1, "{log:#?}");
    assert!(
        !log.iter().any(|entry| entry.contains("Specimen")),
        "a name is in the audit log"
    );
    let picture = approver
        .send("HEAD", &format!("{path}/images/{name}"), &[], None)
        .is(200);
    assert_eq!(picture.header("content-type"), "image/png");
}
