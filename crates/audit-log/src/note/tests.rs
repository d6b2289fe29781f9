use core::slice::from_ref;

use proptest::prelude::*;

use super::*;
use crate::samples::{Log, NAME};

const TEXT: &str = "TEST\n\nSPECIMEN\n";

fn note() -> (LogKey, String) {
    let log = Log::new(1);
    let note = log.key.sign(TEXT, &log.signer).unwrap();
    (log.key, note)
}

fn fault(note: &str) -> Error {
    Note::parse(note).unwrap_err()
}

#[test]
fn a_text_with_empty_lines_is_signed_and_verified() {
    let (key, note) = note();
    assert!(note.starts_with("TEST\n\nSPECIMEN\n\n\u{2014} uto.example/audit "));
    assert!(note.ends_with('\n'));
    assert_eq!(
        Note::parse(&note)
            .unwrap()
            .verify(from_ref(&key))
            .map(|(text, _)| text),
        Ok(TEXT)
    );
}

#[test]
fn the_key_id_is_the_hash_of_the_public_key() {
    let log = Log::new(1);
    let spki = log
        .signer
        .public_key()
        .to_spki(EcParameters::Named)
        .unwrap();
    let digest = HashAlgorithm::Sha256.digest(&spki);
    assert_eq!(log.key.id, digest[..4]);
}

#[test]
fn keys_are_written_and_read() {
    let key = Log::new(1).key;
    let text = key.to_string();
    assert!(text.starts_with("uto.example/audit+"), "{text}");
    assert_eq!(LogKey::parse(&text), Ok(key.clone()));
    assert_eq!(LogKey::parse(&format!("{text}\n")), Ok(key));
    let other_id = text.replacen('+', "+0", 1);
    let ed25519 = text.replace("+AjBZ", "+ATBZ");
    for wrong in ["", "name", "name+00000000", &other_id, &ed25519] {
        let refused = LogKey::parse(wrong);
        assert!(
            matches!(
                refused,
                Err(Error::KeyMalformed | Error::Note(NoteFault::Name))
            ),
            "{wrong}"
        );
    }
}

#[test]
fn names_and_kinds_of_keys() {
    let key = Log::new(1).signer.public_key().clone();
    for name in ["", "two words", "a+b", "a\u{a0}b", "line\n"] {
        assert_eq!(
            LogKey::new(name, key.clone()),
            Err(NoteFault::Name.into()),
            "{name:?}"
        );
    }
    let other = Log::p384();
    assert_eq!(
        LogKey::new(NAME, other.public_key().clone()),
        Err(Error::KeyKind)
    );
    assert_eq!(Log::new(1).key.sign(TEXT, &other), Err(Error::KeyKind));
    assert_eq!(
        Log::new(1).key.sign(TEXT, &Log::new(2).signer),
        Err(Error::KeyKind)
    );
}

#[test]
fn lines_of_other_keys_are_no_matter() {
    let (key, note) = note();
    let witness = "\u{2014} witness.example AAAAAAAA\n";
    let namesake = format!("\u{2014} {NAME} AAAAAAAA\n");
    let with_others = format!("{note}{witness}{namesake}");
    assert_eq!(
        Note::parse(&with_others)
            .unwrap()
            .verify(from_ref(&key))
            .map(|(text, _)| text),
        Ok(TEXT)
    );
    let (text, _) = note.rsplit_once("\n\n").unwrap();
    let only_others = format!("{text}\n\n{witness}{namesake}");
    assert_eq!(
        Note::parse(&only_others)
            .unwrap()
            .verify(from_ref(&key))
            .map(|(text, _)| text),
        Err(NoteFault::NotSignedByKey.into())
    );
}

#[test]
fn a_log_that_changed_its_key_signs_with_both() {
    let (old, new) = (Log::new(1), Log::new(2));
    let note = old.key.sign(TEXT, &old.signer).unwrap();
    let (_, line) = note.rsplit_once("\n\n").unwrap();
    let both = format!("{}{line}", new.key.sign(TEXT, &new.signer).unwrap());
    let parsed = Note::parse(&both).unwrap();
    for keys in [
        vec![old.key.clone()],
        vec![new.key.clone()],
        vec![old.key.clone(), new.key.clone()],
    ] {
        let (text, key) = parsed.verify(&keys).unwrap();
        assert_eq!(text, TEXT);
        assert!(keys.contains(key));
    }
    assert!(parsed.verify(&[]).is_err());
}

#[test]
fn one_wrong_signature_of_the_key_is_enough() {
    let (key, note) = note();
    let (_, line) = note.rsplit_once("\n\n").unwrap();
    let other = Log::new(1)
        .key
        .sign("ANOTHER\n", &Log::new(1).signer)
        .unwrap();
    let (_, foreign) = other.rsplit_once("\n\n").unwrap();
    let wrong: Error = NoteFault::SignatureWrong.into();
    for note in [
        note.replacen("TEST", "test", 1),
        format!("{TEXT}\n{foreign}"),
        format!("{note}{foreign}"),
    ] {
        assert_eq!(
            Note::parse(&note)
                .unwrap()
                .verify(from_ref(&key))
                .map(|(text, _)| text),
            Err(wrong.clone()),
            "{note}"
        );
    }
    let twice = format!("{TEXT}\n{line}{line}");
    assert_eq!(
        Note::parse(&twice)
            .unwrap()
            .verify(from_ref(&key))
            .map(|(text, _)| text),
        Ok(TEXT)
    );
}

#[test]
fn forms_that_are_refused() {
    let (_, note) = note();
    let many = format!(
        "{TEXT}\n{}",
        "\u{2014} w AAAAAAAA\n".repeat(MAX_SIGNATURES + 1)
    );
    for (note, want) in [
        (String::new(), NoteFault::NoSignatures),
        ("TEST\n".to_owned(), NoteFault::NoSignatures),
        (note.trim_end().to_owned(), NoteFault::NoSignatures),
        (note.replace("TEST", "TE\tST"), NoteFault::ControlCharacter),
        (note.replace("\u{2014}", "-"), NoteFault::SignatureLine(1)),
        (
            format!("{note}\u{2014} w AAAA\n"),
            NoteFault::SignatureLine(2),
        ),
        (
            format!("{note}\u{2014} w AAAAAA==\n"),
            NoteFault::SignatureLine(2),
        ),
        (
            format!("{note}\u{2014} w+w AAAAAAAA\n"),
            NoteFault::SignatureLine(2),
        ),
        (format!("{TEXT}\n\n"), NoteFault::NoSignatures),
        (many, NoteFault::TooManySignatures(MAX_SIGNATURES)),
        (
            " ".repeat(MAX_NOTE_BYTES + 1),
            NoteFault::TooLong(MAX_NOTE_BYTES),
        ),
    ] {
        assert_eq!(fault(&note), want.into(), "{want}");
    }
    let log = Log::new(1);
    for (text, want) in [
        ("TEST", NoteFault::NoSignatures),
        ("\r\n", NoteFault::ControlCharacter),
    ] {
        assert_eq!(log.key.sign(text, &log.signer), Err(want.into()));
    }
}

proptest! {
    #[test]
    fn any_text_is_a_note_or_an_error(text in "\\PC{0,60}(\n){0,3}(\u{2014} )?\\PC{0,60}\n?") {
        let _ = Note::parse(&text);
        let _ = LogKey::parse(&text);
    }

    #[test]
    fn what_is_signed_is_read(body in "[a-zA-Z0-9 \n\u{2014}]{0,80}") {
        let log = Log::new(3);
        let text = format!("{body}\n");
        let note = log.key.sign(&text, &log.signer).unwrap();
        let parsed = Note::parse(&note).unwrap();
        prop_assert_eq!(parsed.verify(from_ref(&log.key)).map(|(text, _)| text), Ok(text.as_str()));
    }
}
