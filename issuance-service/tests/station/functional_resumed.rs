//! People who are gone on with: by the rules of their own document, at one station only, with their own prints.

use std::fs;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use biometrics::image::{Colour, Image, encode_png};
use issuance_service::station::CaptureConfig;
use serde_json::{Value, json};

use crate::client::Client;
use crate::functional_capture::{begin, take_finger};
use crate::functional_crash::{kill, start};
use crate::functional_fingers::{excuse, slap, take_slap};
use crate::place::{OPERATOR, Place, specimen_fields, specimen_file};

fn rules(client: &mut Client, draft: &str) -> Vec<String> {
    let review = client.get(&format!("{draft}/review")).must(200);
    let found = review["findings"].as_array().unwrap().iter();
    found
        .map(|one| one["what"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_person_is_judged_by_the_document_that_they_were_begun_for() {
    let place = Place::new("vn-cccd-2021");
    place.wants(&["right-index", "left-index"]);
    let (child, client) = start(&place);
    let mut client = client.signed_in(OPERATOR);
    let (draft, bare) = (begin(&mut client), begin(&mut client));
    let fields = json!(specimen_fields("vn-citizen-nam"));
    client.put(&format!("{draft}/fields"), &fields).must(200);
    let portrait = specimen_file("vn-citizen-nam", "portrait.png");
    client
        .picture(&format!("{draft}/portrait"), &portrait)
        .must(200);
    for word in ["right-index", "left-index"] {
        take_finger(&mut client, &draft, word);
    }
    let (before, of_bare) = (rules(&mut client, &draft), rules(&mut client, &bare));
    let form = client.get(&draft).must(200)["document"].clone();
    kill(child);

    let mut config = CaptureConfig::read(&place.folder()).unwrap();
    config.profile = "uto-passport".into();
    config.write(&place.folder()).unwrap();
    let (child, client) = start(&place);
    let mut client = client.signed_in(OPERATOR);
    assert_eq!(rules(&mut client, &bare), of_bare);
    assert_eq!(rules(&mut client, &draft), before);
    let shown = client.get(&draft).must(200)["document"].clone();
    assert_eq!((&shown, &shown["profile"]), (&form, &"vn-cccd-2021".into()));
    // The form finds the faults of the form's own document.
    let saved = client.put(&format!("{draft}/fields"), &json!({}));
    assert_eq!(saved.must(200)["findings"], json!([]));
    let new = begin(&mut client);
    let new = client.get(&new).must(200);
    assert_eq!(new["document"]["profile"], "uto-passport");

    let sealed = client.seal(&draft);
    let packet = place.packet(sealed["packet"].as_str().unwrap().parse().unwrap());
    assert_eq!(packet.manifest().profile, "vn-cccd-2021");
    let receipt = client.get(sealed["receipt_url"].as_str().unwrap()).text();
    assert!(receipt.contains(form["title"]["vi"].as_str().unwrap()));
    kill(child);
}

#[test]
fn a_station_is_served_once() {
    let place = Place::new("uto-passport");
    let drafts = place.folder().join("drafts");
    let orphan = drafts.join("01890000-0000-7000-8000-000000000000.draft");
    fs::write(&orphan, b"whose key is gone").unwrap();
    let (child, first) = start(&place);
    assert!(!orphan.exists());
    let mut command = Command::new(env!("CARGO_BIN_EXE_issuance-service"));
    command.args(["station", "--station"]).arg(place.folder());
    command.arg("--password-file").arg(place.password_file());
    command.args(["serve", "--port", "0"]).stdin(Stdio::null());
    let mut second = command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let waits = (0..200).find(|_| {
        sleep(Duration::from_millis(50));
        second.try_wait().unwrap().is_some()
    });
    let _ = second.kill();
    assert!(waits.is_some(), "two programs serve one station");
    let said = second.wait_with_output().unwrap().stderr;
    let said = String::from_utf8(said).unwrap();
    for word in [
        "served already",
        &child.id().to_string(),
        &first.address.to_string(),
    ] {
        assert!(said.contains(word), "{said}");
    }
    kill(child);
    // A lock goes with its program.
    let (child, client) = start(&place);
    begin(&mut client.signed_in(OPERATOR));
    kill(child);
}

#[test]
fn a_draft_that_cannot_be_read_is_told_and_discarded() {
    let place = Place::new("uto-passport");
    let mut client = place.serve().signed_in(OPERATOR);
    let draft = begin(&mut client);
    let id = draft.rsplit('/').next().unwrap();
    let file = place.folder().join("drafts").join(format!("{id}.draft"));
    fs::write(&file, b"ab").unwrap();
    for path in [draft.clone(), format!("{draft}/review")] {
        client.get(&path).refuses(422, "draft-unreadable");
    }
    let listed = client.get("/api/drafts").must(200);
    assert_eq!(listed[0]["unreadable"], true, "{listed}");
    client.delete(&draft).must(200);
    assert_eq!(client.get("/api/drafts").must(200), json!([]));
    assert!(!file.exists());
}

#[test]
fn a_scan_that_is_not_taken_says_so() {
    let place = Place::new("uto-passport");
    let mut client = place.serve().signed_in(OPERATOR);
    let draft = begin(&mut client);
    let good = take_finger(&mut client, &draft, "right-index");
    assert_eq!(good["refused_try"], Value::Null);
    let blank = Image::new(Colour::Grey8, 300, 400, vec![250; 120_000]).unwrap();
    let blank = encode_png(&blank.with_ppi(500)).unwrap();
    let worse = client
        .picture(&format!("{draft}/fingers/right-index"), &blank)
        .must(200);
    assert_eq!(worse["quality"], good["quality"], "the earlier one is kept");
    let refused = &worse["refused_try"];
    for text in ["vi", "en"] {
        assert!(!refused[text].as_str().unwrap().is_empty(), "{worse}");
    }
    assert_eq!(refused["findings"][0]["severity"], "refuse", "{worse}");
}

#[test]
fn what_is_to_be_looked_at_of_a_slap_stands_in_the_review() {
    let place = Place::new("vn-cccd-2021");
    let mut client = place.serve().signed_in(OPERATOR);
    let draft = begin(&mut client);
    // Of one finger nobody can tell which hand it is of.
    for word in ["right-middle", "right-ring", "right-little"] {
        excuse(&mut client, &draft, word, "bandaged");
    }
    let one = slap(31, true, [true, false, false, false]);
    let taken = take_slap(&mut client, &draft, "right", &one);
    assert!(
        !taken["fingers"].as_array().unwrap().is_empty(),
        "{taken:#}"
    );
    let told = taken["findings"].as_array().unwrap().iter();
    let told = told.map(|one| one["what"].as_str().unwrap());
    let told: Vec<String> = told.map(str::to_owned).collect();
    assert!(!told.is_empty(), "{taken:#}");
    let found = rules(&mut client, &draft);
    assert!(told.iter().all(|what| found.contains(what)), "{found:?}");
}

#[test]
fn who_sits_down_again_is_not_offered_the_prints_of_another() {
    let place = Place::new("uto-passport");
    let mut client = place.serve().signed_in(OPERATOR);
    let inbox = place.folder().join("inbox");
    let offered = |client: &mut Client, draft: &str| {
        let id = draft.rsplit('/').next().unwrap();
        let listed = client
            .get(&format!("/api/fingers/inbox?draft={id}"))
            .must(200);
        listed.as_array().unwrap().len()
    };
    let first = begin(&mut client);
    client.get(&first).must(200);
    let second = begin(&mut client);
    let print = specimen_file("uto-passport-anton", "right-index.png");
    fs::write(inbox.join("right-index.png"), &print).unwrap();
    assert_eq!(offered(&mut client, &second), 1);
    sleep(Duration::from_millis(100));
    client.get(&first).must(200);
    assert_eq!(offered(&mut client, &first), 0);
    fs::write(inbox.join("left-index.png"), &print).unwrap();
    // Another page of the same person takes nothing away.
    client.get(&first).must(200);
    assert_eq!(offered(&mut client, &first), 1);
}
