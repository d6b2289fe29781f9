//! The files of a chip: the first octet chooses which, the others are what the chip sent.

use lds::{
    Deviation, Dg1, Dg2, Dg3, Dg4, Dg5, Dg6, Dg7, Dg8, Dg9, Dg10, Dg11, Dg12, Dg13, Dg14, Dg15,
    Dg16, EfAtrInfo, EfCardAccess, EfCom, EfCvca, EfDir, Error, FileContent, Parsed,
};

use super::assert_printable;

/// A file by its word, and what must hold of its bytes.
type Kind = (&'static str, fn(&[u8]));

const KINDS: [Kind; 21] = [
    ("dg1", file::<Dg1>),
    ("dg2", file::<Dg2>),
    ("dg3", file::<Dg3>),
    ("dg4", file::<Dg4>),
    ("dg5", file::<Dg5>),
    ("dg6", file::<Dg6>),
    ("dg7", file::<Dg7>),
    ("dg8", file::<Dg8>),
    ("dg9", file::<Dg9>),
    ("dg10", file::<Dg10>),
    ("dg11", file::<Dg11>),
    ("dg12", file::<Dg12>),
    ("dg13", file::<Dg13>),
    ("dg14", file::<Dg14>),
    ("dg15", file::<Dg15>),
    ("dg16", file::<Dg16>),
    ("com", file::<EfCom>),
    ("card-access", file::<EfCardAccess>),
    ("dir", |bytes| loose(bytes, EfDir::parse(bytes).err())),
    ("atr-info", |bytes| {
        loose(bytes, EfAtrInfo::parse(bytes).err())
    }),
    ("cvca", |bytes| loose(bytes, EfCvca::parse(bytes).err())),
];

/// The files of `test-vectors/lds`, each behind the octet that chooses its kind.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for (_, path) in test_support::vectors("lds") {
        let vector = test_support::read_json(&path);
        let kind = KINDS.iter().position(|(word, _)| vector["file"] == *word);
        if let Some(number) = kind.and_then(|kind| u8::try_from(kind).ok()) {
            found.push([&[number][..], &test_support::hex(&vector["hex"])].concat());
        }
    }
    found
}

/// What must hold of every byte string.
pub fn lds_file(bytes: &[u8]) {
    let Some((&chosen, file)) = bytes.split_first() else {
        return;
    };
    let (_, check) = KINDS[usize::from(chosen) % KINDS.len()];
    check(file);
}

/// What was read is written and read again without loss.
fn file<F: FileContent>(bytes: &[u8]) {
    let Parsed { value, deviations } = match F::parse(bytes) {
        Ok(parsed) => parsed,
        Err(error) => return refused(bytes, &error),
    };
    deviations.iter().for_each(said);
    let written = value.to_bytes();
    match F::parse(&written) {
        Ok(again) => assert_eq!(again.value.to_bytes(), written, "written twice, read twice"),
        Err(error) => panic!(
            "{:?} was written so that it cannot be read: {error}",
            F::FILE
        ),
    }
}

fn loose(bytes: &[u8], error: Option<Error>) {
    if let Some(error) = error {
        refused(bytes, &error);
    }
}

fn refused(bytes: &[u8], error: &Error) {
    if let Error::Malformed { what, at } = error {
        assert!(
            *at <= bytes.len(),
            "malformed {what} at octet {at} of {}",
            bytes.len()
        );
    }
    assert_printable(&error.to_string());
}

fn said(deviation: &Deviation) {
    assert_printable(&deviation.to_string());
}
