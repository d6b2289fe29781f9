//! A person through the whole capture, over a socket, to the packet that the service opens.

use std::fs;

use biometrics::image::{Colour, DecodeLimits, Image, decode, encode_jpeg, encode_wsq};
use enrolment::packet::Outcome;
use serde_json::{Value, json};

use crate::client::Client;
use crate::place::{OPERATOR, Place, specimen_fields, specimen_file};

const PERSON: &str = "uto-passport-anton";

/// A person who sits down.
pub fn begin(client: &mut Client) -> String {
    let draft = client.post("/api/drafts", &json!({})).must(200);
    format!("/api/drafts/{}", draft["id"].as_str().unwrap())
}

pub fn type_fields(client: &mut Client, draft: &str) -> Value {
    let fields = json!(specimen_fields(PERSON));
    client.put(&format!("{draft}/fields"), &fields).must(200)
}

pub fn take_portrait(client: &mut Client, draft: &str) -> Value {
    let portrait = specimen_file(PERSON, "portrait.png");
    client
        .picture(&format!("{draft}/portrait"), &portrait)
        .must(200)
}

pub fn take_finger(client: &mut Client, draft: &str, word: &str) -> Value {
    let print = specimen_file(PERSON, &format!("{word}.png"));
    client
        .picture(&format!("{draft}/fingers/{word}"), &print)
        .must(200)
}

#[test]
fn a_person_from_sitting_down_to_the_receipt() {
    let place = Place::new("uto-passport");
    let mut client = place.serve().signed_in(OPERATOR);
    let station = client.get("/api/station").must(200);
    assert_eq!(station["operator"], OPERATOR[0]);
    assert!(station["fields"].as_array().unwrap().len() > 15);
    let draft = begin(&mut client);

    // Fields: live validation, and a correction.
    let wrong = json!({ "surname": "Specimen", "date_of_birth": "1990-02-30" });
    let found = client.put(&format!("{draft}/fields"), &wrong).must(200);
    let birth = found["findings"].as_array().unwrap().iter();
    let birth: Vec<_> = birth
        .filter(|one| one["field"] == "date_of_birth")
        .collect();
    assert_eq!(birth.len(), 1, "{found}");
    assert!(birth[0]["vi"].as_str().unwrap().contains("Ngày"));
    let found = type_fields(&mut client, &draft);
    assert!(
        found["findings"]
            .as_array()
            .unwrap()
            .iter()
            .all(|one| one["severity"] == "warn"),
        "{found}"
    );

    // A frame, then the photograph.
    let portrait = specimen_file(PERSON, "portrait.png");
    let frame = seen_by_a_camera(&decode(&portrait, &DecodeLimits::UPLOAD).unwrap());
    let frame = encode_jpeg(&frame, 85).unwrap();
    let seen = client.picture(&format!("{draft}/frame"), &frame).must(200);
    assert_eq!(seen["accepted"], true, "{seen}");
    assert!(seen["face"]["width"].as_f64().unwrap() > 100.0);
    let taken = take_portrait(&mut client, &draft);
    assert_eq!(
        (&taken["accepted"], &taken["try"]),
        (&true.into(), &1.into()),
        "{taken}"
    );
    assert!(taken["checks"].as_array().unwrap().len() > 20);
    let kept = client.get(taken["portrait_url"].as_str().unwrap());
    let kept = decode(&kept.body, &DecodeLimits::CHIP).unwrap();
    assert!(kept.height() > kept.width());

    // Fingers: a WSQ file, a file of the scanner's folder, a missing one.
    let print = decode(
        &specimen_file(PERSON, "right-index.png"),
        &DecodeLimits::CHIP,
    )
    .unwrap();
    let wsq = encode_wsq(&print, 0.75).unwrap();
    let finger = client
        .picture(&format!("{draft}/fingers/right-index"), &wsq)
        .must(200);
    assert_eq!(finger["accepted"], true, "{finger}");
    assert!(finger["quality"].as_u64().unwrap() >= 40, "{finger}");
    let inbox = place.folder().join("inbox");
    fs::write(inbox.join("left-index.png.part"), b"half").unwrap();
    fs::write(
        inbox.join("left-index.png"),
        specimen_file(PERSON, "left-index.png"),
    )
    .unwrap();
    let listed = client.get("/api/fingers/inbox").must(200);
    assert_eq!(listed.as_array().unwrap().len(), 1, "{listed}");
    assert_eq!(listed[0]["position"], "left-index");
    let finger = client
        .picture(
            &format!("{draft}/fingers/left-index?inbox=left-index.png"),
            b"",
        )
        .must(200);
    assert_eq!(finger["light"], "green", "{finger}");
    client
        .put(
            &format!("{draft}/fingers/right-ring/missing"),
            &json!({ "reason": "bandaged" }),
        )
        .must(200);

    let review = client.get(&format!("{draft}/review")).must(200);
    assert_eq!(review["can_seal"], true, "{review:#}");
    let sealed = client.seal(&draft);
    let again = client.post(&format!("{draft}/seal"), &json!({})).must(200);
    assert_eq!(sealed, again);

    let packet = place.packet(sealed["packet"].as_str().unwrap().parse().unwrap());
    let manifest = packet.manifest();
    assert_eq!(manifest.fields["surname"], "Specimen");
    assert_eq!(manifest.missing_fingers[0].finger, "right-ring");
    assert_eq!(packet.attachment("finger-right-index"), Some(&wsq[..]));
    assert!(
        manifest
            .tries
            .iter()
            .all(|one| one.outcome == Outcome::Accepted)
    );
    assert_eq!(place.packets().len(), 1);

    let receipt = client.get(sealed["receipt_url"].as_str().unwrap());
    assert_eq!(receipt.status, 200);
    let page = receipt.text();
    assert!(page.contains("<svg") && page.contains(sealed["packet"].as_str().unwrap()));
    assert!(page.contains("lang=\"en\"") && !page.contains("Specimen, "));
    let outbox = client.get("/api/outbox").must(200);
    assert_eq!(outbox["pending"], 1);
    assert_eq!(client.get("/api/drafts").must(200), json!([]));
    client.get(&draft).refuses(404, "not-found");
}

/// A portrait with room around it, as a camera sees a person: the border goes on as it is.
fn seen_by_a_camera(portrait: &Image) -> Image {
    const ROOM: u32 = 100;
    let (width, height) = (portrait.width() + 2 * ROOM, portrait.height() + 2 * ROOM);
    let within = |place: u32, side: u32| place.saturating_sub(ROOM).min(side - 1) as usize;
    let mut samples = Vec::new();
    for y in 0..height {
        let row = within(y, portrait.height()) * portrait.width() as usize;
        for x in 0..width {
            let at = 3 * (row + within(x, portrait.width()));
            samples.extend_from_slice(&portrait.samples()[at..at + 3]);
        }
    }
    Image::new(Colour::Rgb8, width, height, samples).unwrap()
}

#[test]
fn a_logout_keeps_the_person() {
    let place = Place::new("uto-passport");
    let mut client = place.serve().signed_in(OPERATOR);
    let draft = begin(&mut client);
    type_fields(&mut client, &draft);
    client.post("/api/logout", &json!({})).must(200);
    client.get(&draft).refuses(401, "signed-out");
    client
        .post(
            "/api/login",
            &json!({ "operator": OPERATOR[0], "secret": OPERATOR[1] }),
        )
        .must(200);
    let listed = client.get("/api/drafts").must(200);
    assert!(
        listed[0]["title"].as_str().unwrap().contains("Specimen"),
        "{listed}"
    );
    assert_eq!(
        client.get(&draft).must(200)["fields"],
        json!(specimen_fields(PERSON))
    );
}

#[test]
fn a_worse_try_never_replaces_one_that_passed() {
    let place = Place::new("uto-passport");
    let mut client = place.serve().signed_in(OPERATOR);
    let draft = begin(&mut client);
    take_finger(&mut client, &draft, "right-index");
    let blank = biometrics::image::Image::new(
        biometrics::image::Colour::Grey8,
        300,
        400,
        vec![250; 120_000],
    );
    let blank = biometrics::image::encode_png(&blank.unwrap().with_ppi(500)).unwrap();
    let worse = client
        .picture(&format!("{draft}/fingers/right-index"), &blank)
        .must(200);
    assert_eq!(
        (&worse["try"], &worse["kept_try"]),
        (&2.into(), &1.into()),
        "{worse}"
    );
    let nameless = biometrics::image::Image::new(
        biometrics::image::Colour::Grey8,
        300,
        400,
        vec![250; 120_000],
    );
    let nameless = biometrics::image::encode_png(&nameless.unwrap()).unwrap();
    let unknown = client
        .picture(&format!("{draft}/fingers/left-index"), &nameless)
        .must(200);
    assert_eq!(
        unknown["findings"][0]["rule"], "finger-resolution-unknown",
        "{unknown}"
    );
    let tries = client.get(&format!("{draft}/review")).must(200);
    assert_eq!(tries["tries"].as_array().unwrap().len(), 3);
}
