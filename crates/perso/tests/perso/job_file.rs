//! Job files from somewhere: read, or refused by name, never more.

use std::sync::LazyLock;

use perso::{CardImage, Error, MAX_JOB_FILE};
use proptest::prelude::*;

use crate::office::{JOB, Kind, Office, PASSPORT};

/// A real job file.
static TEXT: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut office = Office::of(PASSPORT);
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
    fn altered_values_never_panic(field in 0..7usize, value in json()) {
        let mut job: serde_json::Value = serde_json::from_slice(&TEXT).unwrap();
        let names = ["format", "job", "chip_serial", "bac", "mrz_key_seed", "can", "files"];
        job[names[field]] = value;
        let _ = read(&serde_json::to_vec(&job).unwrap());
    }

    #[test]
    fn noise_is_refused(noise in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(read(&noise).is_err());
    }
}

fn json() -> impl Strategy<Value = serde_json::Value> {
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
