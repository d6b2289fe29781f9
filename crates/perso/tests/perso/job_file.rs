//! Job files from somewhere: read, or refused by name, never more.

use std::sync::LazyLock;

use perso::{CardImage, Error, MAX_JOB_FILE};
use proptest::prelude::*;
use serde_json::json;

use crate::offers;
use crate::office::{JOB, Kind};

/// A real job file with everything that one can have.
static TEXT: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut office = offers::generous();
    let (_, prepared) = office.prepared(Kind::Extended);
    let image = office.issue(&prepared, JOB).unwrap();
    image.to_job_file().unwrap().expose().to_vec()
});

/// Reads it; what was read is written and read again as the same.
fn read(text: &[u8]) -> Result<CardImage, Error> {
    let image = CardImage::from_job_file(text)?;
    let again = CardImage::from_job_file(image.to_job_file().unwrap().expose()).unwrap();
    assert_eq!(
        (again.job(), again.chip_serial(), again.files()),
        (image.job(), image.chip_serial(), image.files())
    );
    assert_eq!(again.offers_bac(), image.offers_bac());
    Ok(image)
}

#[test]
fn a_real_one_is_read_and_shows_no_secret() {
    let image = read(&TEXT).unwrap();
    assert_eq!(image.job(), JOB);
    let shown = format!("{image:?}");
    assert!(
        shown.starts_with("CardImage(") && shown.len() < 100,
        "{shown}"
    );
}

/// What one value of a job file says wrongly is refused by name.
#[test]
fn what_does_not_belong_together_is_refused() {
    let number = "job: document number for terminal authentication";
    for (place, value, fault) in [
        (
            "/can",
            json!(null),
            "job: a PIN needs PACE and a card access number",
        ),
        ("/pin", json!(null), "job file: a PUK without a PIN"),
        ("/pin/tries", json!(1), "PIN"),
        ("/pin/digits", json!("91827"), ""),
        ("/pin/digits", json!("918"), "PIN"),
        ("/puk/digits", json!("1234567"), "PUK"),
        ("/bac", json!(false), number),
        ("/terminal_trust/document_number", json!(null), number),
        (
            "/terminal_trust/document_number",
            json!("x12345678<"),
            number,
        ),
        ("/terminal_trust/today", json!("261332"), "job file: today"),
        (
            "/terminal_trust/today",
            json!("2026-11-21"),
            "job file: today",
        ),
    ] {
        let mut job: serde_json::Value = serde_json::from_slice(&TEXT).unwrap();
        *job.pointer_mut(place).unwrap() = value;
        let found = match CardImage::from_job_file(&serde_json::to_vec(&job).unwrap()) {
            Ok(_) => "",
            Err(Error::Malformed { what }) => what,
            Err(other) => panic!("{place}: {other}"),
        };
        assert_eq!(found, fault, "{place}");
    }
}

#[test]
fn limits_are_kept() {
    let padded = |len: usize| {
        let mut text = TEXT.clone();
        text.resize(len, b' ');
        text
    };
    read(&padded(MAX_JOB_FILE)).unwrap();
    for (text, what) in [
        (
            padded(MAX_JOB_FILE + 1),
            "job file: it is longer than a chip can hold",
        ),
        (b"[".repeat(MAX_JOB_FILE), "job file: no such JSON"),
        (b"{\"files\":".repeat(1_000), "job file: no such JSON"),
        (Vec::new(), "job file: no such JSON"),
        (TEXT[..TEXT.len() / 2].to_vec(), "job file: no such JSON"),
    ] {
        match CardImage::from_job_file(&text) {
            Err(Error::Malformed { what: found }) => assert_eq!(found, what),
            other => panic!("{other:?}"),
        }
    }
}

proptest! {
    #[test]
    fn altered_octets_never_panic(
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(),
        whole in any::<bool>(),
    ) {
        let mut text = TEXT.clone();
        for (place, octet) in places {
            let at = place.index(text.len());
            text[at] = octet;
        }
        if !whole {
            text.truncate(cut.index(text.len()));
        }
        let _ = read(&text);
    }

    /// Every field with every kind of JSON value in its place.
    #[test]
    fn altered_values_never_panic(field in 0..14usize, value in any_json()) {
        let mut job: serde_json::Value = serde_json::from_slice(&TEXT).unwrap();
        let places = [
            "/format", "/job", "/chip_serial", "/bac", "/mrz_key_seed", "/can", "/files", "/pin", "/puk/digits", "/puk/tries",
            "/terminal_trust", "/terminal_trust/today", "/terminal_trust/certificates", "/terminal_trust/document_number",
        ];
        *job.pointer_mut(places[field]).unwrap() = value;
        let _ = read(&serde_json::to_vec(&job).unwrap());
    }

    #[test]
    fn noise_is_refused(noise in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(read(&noise).is_err());
    }
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        "\\PC{0,30}".prop_map(Into::into),
        "[A-Za-z0-9+/]{0,40}={0,2}".prop_map(Into::into),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::hash_map("dg[0-9]{1,2}|sod|com|[a-z]{3}", inner, 0..4)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}
