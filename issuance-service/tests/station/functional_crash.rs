//! kill -9 in the middle of a person: what a page has shown as saved is there when the station comes back.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::json;

use crate::client::Client;
use crate::functional_capture::{begin, take_finger, take_portrait, type_fields};
use crate::place::{OPERATOR, Place, specimen_fields};

pub fn start(place: &Place) -> (Child, Client) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_issuance-service"));
    command.args(["station", "--station"]).arg(place.folder());
    command.arg("--password-file").arg(place.password_file());
    command
        .args(["serve", "--port", "0"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    (child, Client::new(&line))
}

pub fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_killed_station_goes_on_where_it_was() {
    let place = Place::new("uto-passport");
    let (child, client) = start(&place);
    let mut client = client.signed_in(OPERATOR);
    let draft = begin(&mut client);
    type_fields(&mut client, &draft);
    kill(child);

    let (child, client) = start(&place);
    let mut client = client.signed_in(OPERATOR);
    let person = client.get(&draft).must(200);
    assert_eq!(
        person["fields"],
        json!(specimen_fields("uto-passport-anton"))
    );
    take_portrait(&mut client, &draft);
    take_finger(&mut client, &draft, "right-index");
    take_finger(&mut client, &draft, "left-index");
    kill(child);

    let (child, client) = start(&place);
    let mut client = client.signed_in(OPERATOR);
    let person = client.get(&draft).must(200);
    assert_eq!(person["portrait"]["accepted"], true, "{person:#}");
    assert_eq!(person["fingers"].as_object().unwrap().len(), 2);
    kill(child);
    // Nothing of the person stands on the disk in clear.
    for entry in std::fs::read_dir(place.folder().join("drafts")).unwrap() {
        let content = std::fs::read(entry.unwrap().path()).unwrap();
        for clear in [&b"Specimen"[..], b"\x89PNG", b"surname"] {
            assert!(!content.windows(clear.len()).any(|part| part == clear));
        }
    }
}
