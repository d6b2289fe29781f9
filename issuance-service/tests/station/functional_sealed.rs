//! What is sealed is what was reviewed, once; and what its receipt says stays.

use std::fs;
use std::path::Path;
use std::process::Command;

use crypto::SecretBytes;
use enrolment::packet::Role;
use issuance_service::station::{Bulk, FolderIntake, Officers, Outcome};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use serde_json::json;
use time::Duration;

use crate::client::Client;
use crate::functional_capture::{begin, take_finger, take_portrait, type_fields};
use crate::place::{OPERATOR, Place, copied, now};

fn finished(client: &mut Client) -> String {
    let draft = begin(client);
    type_fields(client, &draft);
    take_portrait(client, &draft);
    take_finger(client, &draft, "right-index");
    take_finger(client, &draft, "left-index");
    draft
}

#[test]
fn only_what_the_review_has_shown_is_sealed() {
    let place = Place::new("uto-passport");
    let mut client = place.serve().signed_in(OPERATOR);
    let draft = finished(&mut client);
    let seen = client.get(&format!("{draft}/review")).must(200)["state"].clone();
    assert_eq!(client.get(&draft).must(200)["state"], seen);
    // Another page changes a field in between.
    let other = json!({ "given_names": "Otherwise" });
    client.put(&format!("{draft}/fields"), &other).must(200);
    for seal in [json!({ "state": seen }), json!({})] {
        client
            .post(&format!("{draft}/seal"), &seal)
            .refuses(409, "changed-since");
    }
    assert!(place.packets().is_empty());
    client.seal(&draft);
    assert_eq!(
        place.packets()[0].manifest().fields["given_names"],
        "Otherwise"
    );
}

#[test]
fn a_receipt_says_the_same_when_the_packet_is_sent_and_when_it_is_gone() {
    let place = Place::new("uto-passport");
    let mut client = place.serve().signed_in(OPERATOR);
    let draft = finished(&mut client);
    let sealed = client.seal(&draft);
    let url = sealed["receipt_url"].as_str().unwrap();
    let first = client.get(url).text();
    assert!(first.contains("2026-11-22T05:00:00Z"), "{first}");
    let facts = |page: &str| {
        let (_, rest) = page.split_once("<dl").unwrap();
        rest.split_once("<div class=\"note\"").unwrap().0.to_owned()
    };

    let (station, later) = (place.station(), now() + Duration::hours(5));
    let intake = FolderIntake::new(place.path("stick"));
    fs::create_dir(place.path("stick")).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let outbox = station.outbox();
    let sent = runtime
        .block_on(outbox.send(&intake, station.service(), later))
        .unwrap();
    assert_eq!(sent.handed.len(), 1);
    assert_eq!(facts(&client.get(url).text()), facts(&first));
    let listed = client.get("/api/outbox").must(200);
    assert_eq!(listed["packets"][0]["at"], "2026-11-22T05:00:00.000Z");

    // Its file goes; the book still knows it.
    for entry in fs::read_dir(place.folder().join("outbox")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "sent") {
            fs::remove_file(path).unwrap();
        }
    }
    let page = client.get(url);
    assert_eq!(page.status, 200);
    assert_eq!(facts(&page.text()), facts(&first));
    assert!(page.text().contains("no longer at this station"));
    let unknown = "/receipts/01890000-0000-7000-8000-000000000000";
    client.get(unknown).refuses(404, "not-found");
}

fn enrol(place: &Place, folder: &Path) -> issuance_service::Result<Outcome> {
    let station = place.station();
    let secret = SecretBytes::from(OPERATOR[1].as_bytes());
    let operator = station
        .person(Role::Operator, OPERATOR[0], &secret)
        .unwrap();
    let officers = Officers {
        operator: &operator,
        supervisor: None,
    };
    let rng = &mut StdRng::seed_from_u64(3);
    Bulk::new(&station)
        .unwrap()
        .enrol(folder, &officers, now(), rng)
}

#[test]
fn a_comment_makes_no_second_packet() {
    let place = Place::new("uto-passport");
    place.wants(&["right-index", "left-index"]);
    let folder = place.path("person");
    copied("uto-passport-anton", &folder);
    let mut packets = Vec::new();
    for comment in ["", "# seen twice\n"] {
        let path = folder.join("record.toml");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{comment}{text}")).unwrap();
        let outcome = enrol(&place, &folder).unwrap();
        let Outcome::Sealed { packet, .. } = outcome else {
            panic!("{outcome:?}");
        };
        packets.push(packet);
    }
    assert_eq!((packets[0], place.packets().len()), (packets[1], 1));
    // What the record says is another matter.
    let path = folder.join("record.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("Anton ", "")).unwrap();
    enrol(&place, &folder).unwrap();
    assert_eq!(place.packets().len(), 2);
}

#[test]
#[cfg(unix)]
fn a_pipe_in_a_folder_is_no_picture() {
    let place = Place::new("uto-passport");
    let folder = place.path("person");
    copied("uto-passport-anton", &folder);
    fs::remove_file(folder.join("portrait.png")).unwrap();
    let made = Command::new("mkfifo")
        .arg(folder.join("portrait.png"))
        .status();
    assert!(made.unwrap().success());
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let said = enrol(&place, &folder).map_err(|error| format!("{error}"));
        sender.send(said.is_err())
    });
    let is_told = receiver.recv_timeout(std::time::Duration::from_secs(20));
    assert_eq!(is_told, Ok(true), "it waits for the pipe");
}

#[test]
fn who_is_not_let_in_or_sends_too_much_reads_why() {
    let place = Place::new("uto-passport");
    let client = place.serve();
    let second = client.another_browser();
    let mut client = client.signed_in(OPERATOR);
    let host = second.address;
    for path in ["/?token=used", "/receipts/x"] {
        let head = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html,*/*\r\n");
        let page = second.raw(&head, b"");
        assert_eq!(page.status, 403);
        assert!(page.head.contains("text/html"), "{}", page.head);
        let text = page.text();
        assert!(text.contains("lang=\"vi\"") && text.contains("lang=\"en\""));
    }
    let draft = begin(&mut client);
    let much = json!({ "surname": "A".repeat(5 << 20) });
    client
        .put(&format!("{draft}/fields"), &much)
        .refuses(413, "text-too-long");
}
