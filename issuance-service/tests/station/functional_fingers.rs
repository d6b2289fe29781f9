//! Ten fingers: slaps are cut apart and checked, and nobody leaves while a finger has neither a print nor a reason.

use biometrics::image::{Colour, Image, encode_png};
use serde_json::{Value, json};

use crate::client::Client;
use crate::drawing::slap::{Laid, lay};
use crate::drawing::{Finger, Touch, press};
use crate::functional_capture::{begin, take_finger};
use crate::place::{OPERATOR, Place, SUPERVISOR, specimen_fields, specimen_file};

/// A drawn hand on the glass; of the four from index to little finger those that are `present`.
pub fn slap(seed: u64, right: bool, present: [bool; 4]) -> Vec<u8> {
    let laid = Laid {
        seed,
        right,
        tilt: 0.0,
        present,
        phalanges: false,
        gap: 30.0,
    };
    let print = lay(&laid);
    let (width, height) = (print.width(), print.height());
    let image = Image::new(Colour::Grey8, width, height, print.pixels().to_vec()).unwrap();
    encode_png(&image.with_ppi(500)).unwrap()
}

const ALL: [bool; 4] = [true; 4];
const NO_RING: [bool; 4] = [true, true, false, true];
const TWO: [bool; 4] = [true, true, false, false];

pub fn take_slap(client: &mut Client, draft: &str, word: &str, picture: &[u8]) -> Value {
    client
        .picture(&format!("{draft}/slaps/{word}"), picture)
        .must(200)
}

pub fn excuse(client: &mut Client, draft: &str, word: &str, reason: &str) {
    client
        .put(
            &format!("{draft}/fingers/{word}/missing"),
            &json!({ "reason": reason }),
        )
        .must(200);
}

fn positions(answer: &Value) -> Vec<&str> {
    let fingers = answer["fingers"].as_array().unwrap().iter();
    fingers
        .map(|finger| finger["position"].as_str().unwrap())
        .collect()
}

fn rules(answer: &Value) -> Vec<&str> {
    let findings = answer["findings"].as_array().unwrap().iter();
    let refusing = findings.filter(|one| one["severity"] == "refuse");
    refusing.map(|one| one["rule"].as_str().unwrap()).collect()
}

#[test]
fn a_slap_is_cut_apart_and_the_wrong_one_changes_nothing() {
    let place = Place::new("vn-cccd-2021");
    let mut client = place.serve().signed_in(OPERATOR);
    let draft = begin(&mut client);
    let (right, three) = (slap(31, true, ALL), slap(33, true, NO_RING));

    // The other hand, a finger too few, one finger alone, nothing at all: told, and nothing is taken.
    let blank = Image::new(Colour::Grey8, 1600, 1500, vec![245; 1600 * 1500]).unwrap();
    let blank = encode_png(&blank.with_ppi(500)).unwrap();
    let one = specimen_file("vn-citizen-nam", "right-index.png");
    for (word, picture, rule) in [
        ("left", &right, "slap-hand"),
        ("right", &three, "slap-fingers"),
        ("right", &one, "slap-fingers"),
        ("right", &blank, "slap-fingers"),
        ("thumbs", &right, "slap-fingers"),
    ] {
        let refused = take_slap(&mut client, &draft, word, picture);
        assert!(rules(&refused).contains(&rule), "{word}: {refused}");
        assert!(positions(&refused).is_empty(), "{refused}");
    }
    // A scanner that does not say its resolution.
    let silent = Image::new(Colour::Grey8, 1600, 1500, vec![245; 1600 * 1500]).unwrap();
    let unknown = take_slap(&mut client, &draft, "left", &encode_png(&silent).unwrap());
    assert_eq!(rules(&unknown), ["finger-resolution-unknown"]);
    let person = client.get(&draft).must(200);
    assert_eq!(person["fingers"], json!({}), "{person:#}");

    let taken = take_slap(&mut client, &draft, "right", &right);
    let four = ["right-index", "right-middle", "right-ring", "right-little"];
    assert_eq!(
        (positions(&taken), &taken["hand"]),
        (four.to_vec(), &json!("right"))
    );
    for finger in taken["fingers"].as_array().unwrap() {
        assert_eq!(finger["accepted"], true, "{finger}");
        assert!(finger["quality"].as_u64().is_some(), "{finger}");
    }
    // The finger that is known to be missing is not missed.
    excuse(&mut client, &draft, "left-ring", "bandaged");
    let left = take_slap(&mut client, &draft, "left", &slap(34, false, NO_RING));
    assert_eq!(rules(&left), Vec::<&str>::new(), "{left}");
    let mut found = positions(&left);
    found.sort_unstable();
    assert_eq!(found, ["left-index", "left-little", "left-middle"]);
    let thumbs = take_slap(&mut client, &draft, "thumbs", &slap(35, true, TWO));
    assert_eq!(positions(&thumbs), ["left-thumb", "right-thumb"]);

    let review = client.get(&format!("{draft}/review")).must(200);
    let tries = review["tries"].as_array().unwrap().iter();
    let slaps: Vec<_> = tries
        .filter(|one| one["subject"].as_str().unwrap().starts_with("slap:"))
        .map(|one| one["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(slaps.iter().filter(|word| **word == "accepted").count(), 3);
    assert_eq!(slaps.len(), 9);
    assert!(!rules(&review).contains(&"finger-not-taken"), "{review:#}");
    // A cut finger opens, alone, as what a chip can hold.
    let person = client.get(&draft).must(200);
    assert_eq!(person["fingers"].as_object().unwrap().len(), 9);
}

/// A grey picture whose header says 500 ppi.
fn grey(size: (u32, u32), mut level: impl FnMut(u32, u32) -> u8) -> Vec<u8> {
    let places = (0..size.1).flat_map(|y| (0..size.0).map(move |x| (x, y)));
    let pixels = places.map(|(x, y)| level(x, y)).collect();
    let image = Image::new(Colour::Grey8, size.0, size.1, pixels).unwrap();
    encode_png(&image.with_ppi(500)).unwrap()
}

#[test]
fn what_is_no_finger_or_not_at_its_resolution_is_told() {
    let place = Place::new("vn-cccd-2021");
    let mut client = place.serve().signed_in(OPERATOR);
    let draft = begin(&mut client);
    let mut state = 7_u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let size = (416, 560);
    let finger = press(&Finger::grow(36), &Touch::good(0));
    let enlarged = |by: f32| {
        let size = |side: u32| (side as f32 * by) as u32;
        let whence = |to: u32| (to as f32 / by) as u32;
        grey((size(416), size(560)), |x, y| {
            finger.pixel(whence(x), whence(y)).unwrap()
        })
    };
    let cases = [
        (grey(size, |_, _| noise()), "finger-no-ridges", "refuse"),
        (
            grey(size, |_, _| 255 * (noise() & 1)),
            "finger-no-ridges",
            "refuse",
        ),
        (
            grey(size, |_, _| 108 + noise() % 41),
            "finger-no-ridges",
            "refuse",
        ),
        (
            grey(size, |x, _| if x % 7 < 4 { 30 } else { 220 }),
            "finger-no-ridges",
            "refuse",
        ),
        (grey(size, |_, _| 255), "finger-no-ridges", "refuse"),
        (enlarged(0.5), "finger-scale", "refuse"),
        (enlarged(1.7), "finger-scale", "refuse"),
        // The last: a try that passes is kept, and answers for those after it.
        (enlarged(1.4), "finger-scale", "warn"),
    ];
    let path = format!("{draft}/fingers/right-index");
    for (number, (picture, rule, severity)) in cases.into_iter().enumerate() {
        let answer = client.picture(&path, &picture).must(200);
        let found = answer["findings"].as_array().unwrap().iter();
        let found: Vec<_> = found.filter(|one| one["rule"] == rule).collect();
        assert_eq!(found.len(), 1, "{number}: {answer:#}");
        assert_eq!(found[0]["severity"], severity, "{number}: {answer:#}");
        // Nobody releases what is no finger.
        let releasable = severity == "refuse" && rule == "finger-scale";
        assert_eq!(found[0]["releasable"], releasable, "{number}: {answer:#}");
    }
    let path = format!("{draft}/fingers/left-index");
    let answer = client.picture(&path, &enlarged(1.0)).must(200);
    assert_eq!(answer["findings"], json!([]), "{answer:#}");
}

#[test]
fn nobody_leaves_with_a_finger_that_is_neither_taken_nor_excused() {
    let place = Place::new("vn-cccd-2021");
    let mut client = place.serve().signed_in(OPERATOR);
    let draft = begin(&mut client);
    let open = |client: &mut Client| {
        let review = client.get(&format!("{draft}/review")).must(200);
        let needs = review["needs_release"].as_array().unwrap().iter();
        let needs = needs.map(|what| what.as_str().unwrap().to_owned());
        needs
            .filter(|what| what.ends_with("/finger-not-taken"))
            .collect::<Vec<_>>()
    };
    // Nothing is known of the person, not even the age: the eight that the record's own rule does not ask for.
    assert_eq!(open(&mut client).len(), 8);
    let mut fields = specimen_fields("vn-citizen-nam");
    let birth = fields
        .insert("date_of_birth".into(), "2023-05-01".into())
        .unwrap();
    client
        .put(&format!("{draft}/fields"), &json!(fields))
        .must(200);
    assert_eq!(open(&mut client), Vec::<String>::new(), "a child of three");
    assert_eq!(client.get(&draft).must(200)["fingers_wanted"], json!([]));
    fields.insert("date_of_birth".into(), birth);
    client
        .put(&format!("{draft}/fields"), &json!(fields))
        .must(200);
    assert_eq!(
        client.get(&draft).must(200)["fingers_wanted"]
            .as_array()
            .unwrap()
            .len(),
        10
    );

    let portrait = specimen_file("vn-citizen-nam", "portrait.png");
    client
        .picture(&format!("{draft}/portrait"), &portrait)
        .must(200);
    take_finger(&mut client, &draft, "right-index");
    take_finger(&mut client, &draft, "left-index");
    for word in [
        "right-thumb",
        "left-thumb",
        "right-middle",
        "left-middle",
        "right-ring",
        "left-ring",
    ] {
        excuse(&mut client, &draft, word, "unreadable");
    }
    let left = open(&mut client);
    assert_eq!(
        left,
        [
            "finger:right-little/finger-not-taken",
            "finger:left-little/finger-not-taken"
        ]
    );
    client
        .post(&format!("{draft}/seal"), &json!({}))
        .refuses(409, "not-ready");

    let overrides: Vec<_> = left
        .iter()
        .map(|what| json!({ "what": what, "reason": "TEST: the scanner broke" }))
        .collect();
    let ask =
        json!({ "supervisor": SUPERVISOR[0], "secret": SUPERVISOR[1], "overrides": overrides });
    let view = client.post(&format!("{draft}/release"), &ask).must(200);
    assert_eq!(view["can_seal"], true, "{view:#}");
    let sealed = client.seal(&draft);
    let packet = place.packet(sealed["packet"].as_str().unwrap().parse().unwrap());
    let manifest = packet.manifest();
    assert_eq!(
        (manifest.overrides.len(), manifest.missing_fingers.len()),
        (2, 6)
    );
    assert!(
        manifest
            .overrides
            .iter()
            .all(|one| one.rule == "finger-not-taken")
    );
}
