//! Every parser on bytes that no issuer wrote.

use std::sync::LazyLock;

use lds::dg13::vietnam::VietnamCitizen;
use lds::{File, FileContent};
use proptest::prelude::*;
use proptest::sample::Index;
use test_support::{read_json, vectors};

use crate::bytes;
use crate::describe::describe;

/// Words that [`describe`] knows beside those of [`File`].
const OTHER_WORDS: [&str; 3] = ["security-infos", "security-info", "lds-security-object"];

static SEEDS: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let seed = |(_, path): (String, std::path::PathBuf)| {
        let mut vector = read_json(&path);
        // A run of equal octets would draw nearly all mutations to itself.
        vector.as_object_mut().unwrap().remove("append");
        let word = vector["file"].as_str().unwrap().to_owned();
        (word, bytes(&vector))
    };
    let all = vectors("lds").into_iter().chain(vectors("dg13"));
    all.map(seed).collect()
});

fn words() -> impl Iterator<Item = &'static str> {
    File::all()
        // Their content is CMS, which is read elsewhere.
        .filter(|file| !matches!(file, File::Sod | File::CardSecurity))
        .map(File::word)
        .chain(OTHER_WORDS)
}

/// What is read can be written, and what is written is read as the same.
fn survive(word: &str, file: &[u8]) {
    if let Ok(first) = describe(word, file) {
        let second = describe(word, &first.rewritten)
            .unwrap_or_else(|e| panic!("{word} {}: {e}", hex::encode(file)));
        assert_eq!(
            hex::encode(&second.rewritten),
            hex::encode(&first.rewritten),
            "{word} {}",
            hex::encode(file)
        );
        assert_eq!(second.values, first.values, "{word} {}", hex::encode(file));
    }
    if let Ok(first) = VietnamCitizen::parse(file)
        && let Ok(dg13) = first.value.to_dg13()
    {
        let second = VietnamCitizen::parse(&dg13.to_bytes()).unwrap();
        assert_eq!(second.value, first.value, "{}", hex::encode(file));
    }
}

/// One change of a file.
#[derive(Debug, Clone)]
enum Mutation {
    Set(Index, u8),
    Insert(Index, u8),
    Remove(Index),
    Truncate(Index),
    Append(Vec<u8>),
}

impl Mutation {
    fn any() -> impl Strategy<Value = Self> {
        prop_oneof![
            4 => (any::<Index>(), any::<u8>()).prop_map(|(at, octet)| Self::Set(at, octet)),
            1 => (any::<Index>(), any::<u8>()).prop_map(|(at, octet)| Self::Insert(at, octet)),
            1 => any::<Index>().prop_map(Self::Remove),
            1 => any::<Index>().prop_map(Self::Truncate),
            1 => proptest::collection::vec(any::<u8>(), 1..9).prop_map(Self::Append),
        ]
    }

    fn apply(&self, file: &mut Vec<u8>) {
        if file.is_empty() {
            return;
        }
        let len = file.len();
        match self {
            Self::Set(at, octet) => file[at.index(len)] = *octet,
            Self::Insert(at, octet) => file.insert(at.index(len), *octet),
            Self::Remove(at) => drop(file.remove(at.index(len))),
            Self::Truncate(at) => file.truncate(at.index(len)),
            Self::Append(octets) => file.extend(octets),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn mutated_vectors(
        seed in any::<Index>(),
        mutations in proptest::collection::vec(Mutation::any(), 1..5),
    ) {
        let (word, file) = seed.get(&SEEDS);
        let mut file = file.clone();
        mutations.iter().for_each(|mutation| mutation.apply(&mut file));
        survive(word, &file);
    }

    #[test]
    fn arbitrary_content(content in proptest::collection::vec(any::<u8>(), 0..200)) {
        for word in words() {
            survive(word, &content);
            if let Some(tag) = File::from_word(word).and_then(File::tag) {
                survive(word, &iso7816::tlv::encode(tag, &content));
            }
        }
    }
}

/// Many small objects cost no more than their length: a megabyte of them is refused or read at once.
#[test]
fn many_small_objects() {
    for filling in [
        &[0x02, 0x00][..],
        &[0x5F, 0x0E, 0x00],
        &[0x30, 0x00],
        &[0xA1, 0x00],
        &[0x5C, 0x00],
    ] {
        let content = filling.repeat(lds::MAX_FILE_LEN / filling.len() / 2);
        for word in words() {
            let tag = File::from_word(word).and_then(File::tag);
            let tag = tag.unwrap_or(iso7816::tlv::Tag::new(0x31));
            let start = std::time::Instant::now();
            let _ = describe(word, &iso7816::tlv::encode(tag, &content));
            assert!(
                start.elapsed() < std::time::Duration::from_secs(1),
                "{word}"
            );
        }
    }
}
