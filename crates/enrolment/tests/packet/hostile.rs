//! Altered, cut, lengthened, invented: an error, with a place and advice, and never a packet.

use enrolment::packet::{MAX_ATTACHMENT_BYTES, MAX_HEADER_BYTES, PacketError, Role};
use proptest::prelude::*;

use crate::office::{Office, manifest, released};

/// Where the manifest begins: behind the first line and two lengths.
const MANIFEST_AT: usize = 19 + 8;

fn manifest_len(content: &[u8]) -> usize {
    u32::from_be_bytes(content[19..23].try_into().unwrap()) as usize
}

fn must_fail(office: &Office, file: &[u8]) -> PacketError {
    let error = office.open(file).map(|_| ()).unwrap_err();
    assert!(!error.advice().is_empty());
    assert!(!error.to_string().chars().any(char::is_control), "{error}");
    error
}

#[test]
fn no_byte_of_the_file_can_be_altered() {
    let office = Office::new();
    let (file, _) = office.seal(&manifest()).unwrap();
    let header = 0..600.min(file.len());
    for place in header.chain((600..file.len()).step_by(997)) {
        let mut altered = file.clone();
        altered[place] ^= 1;
        must_fail(&office, &altered);
    }
}

#[test]
fn no_part_of_the_file_passes_for_it() {
    let office = Office::new();
    let (file, _) = office.seal(&manifest()).unwrap();
    for length in (0..600).chain((600..file.len()).step_by(997)) {
        must_fail(&office, &file[..length]);
    }
    let longer = [file.as_slice(), b"\n"].concat();
    must_fail(&office, &longer);
    must_fail(&office, &[file.as_slice(), file.as_slice()].concat());
}

#[test]
fn no_byte_of_the_content_can_be_altered_by_who_knows_the_public_key() {
    let office = Office::new();
    let (file, _) = office.seal(&released()).unwrap();
    let mut length = 0;
    office.rewrap(&file, |content| length = content.len());
    for place in (0..3600).step_by(7).chain((3600..length).step_by(3989)) {
        let altered = office.rewrap(&file, |content| content[place] ^= 1);
        must_fail(&office, &altered);
    }
    for cut in (0..length).step_by(1009) {
        let altered = office.rewrap(&file, |content| content.truncate(cut));
        let error = must_fail(&office, &altered);
        assert!(
            matches!(error, PacketError::Truncated { .. }),
            "{cut}: {error}"
        );
    }
    let longer = office.rewrap(&file, |content| content.push(0));
    assert!(matches!(
        must_fail(&office, &longer),
        PacketError::TrailingBytes { .. }
    ));
}

#[test]
fn each_fault_has_its_name() {
    let office = Office::new();
    let (file, _) = office.seal(&released()).unwrap();
    let replace = |from: &str, to: &str| {
        assert_eq!(from.len(), to.len());
        office.rewrap(&file, |content| {
            let mut places = content.windows(from.len());
            let place = places.position(|part| part == from.as_bytes()).unwrap();
            content[place..place + to.len()].copy_from_slice(to.as_bytes());
        })
    };
    let error = |file: &[u8]| must_fail(&office, file);
    assert!(matches!(error(b""), PacketError::NotAPacket));
    assert!(matches!(error(&[b'a'; 100]), PacketError::NotAPacket));
    assert!(matches!(
        error(&replace("\"version\":1", "\"version\":2")),
        PacketError::UnknownVersion(2)
    ));
    assert!(matches!(
        error(&replace("\"surname\"", "\"Surname\"")),
        PacketError::Manifest { .. }
    ));
    // Signed was another name.
    assert!(matches!(
        error(&replace("\"Nguy", "\"Nhuy")),
        PacketError::SignatureInvalid {
            role: Role::Station
        }
    ));
    assert!(matches!(
        error(&replace("{\"station\":\"3", "{\"station\":\"4")),
        PacketError::SignatureInvalid {
            role: Role::Station
        }
    ));
    assert!(matches!(
        error(&replace("\"score\":71", "\"score\":7 ")),
        PacketError::Malformed { .. }
    ));
    let other = office.rewrap(&file, |content| *content.last_mut().unwrap() ^= 1);
    assert!(matches!(
        error(&other),
        PacketError::AttachmentDiffers { name } if name == "finger-right-index"
    ));
}

#[test]
fn a_signature_of_one_role_is_none_of_another() {
    let office = Office::new();
    let (file, _) = office.seal(&released()).unwrap();
    let swapped = office.rewrap(&file, |content| {
        let at = MANIFEST_AT + manifest_len(content);
        let length = u32::from_be_bytes(content[23..27].try_into().unwrap()) as usize;
        let text = String::from_utf8(content[at..at + length].to_vec()).unwrap();
        let mut all: serde_json::Value = serde_json::from_str(&text).unwrap();
        let operator = all["operator"].take();
        all["operator"] = all["supervisor"].take();
        all["supervisor"] = operator;
        let text = format!(
            "{{\"station\":{},\"operator\":{},\"supervisor\":{}}}",
            all["station"], all["operator"], all["supervisor"]
        );
        content.splice(at..at + length, text.bytes());
        content[23..27].copy_from_slice(&u32::try_from(text.len()).unwrap().to_be_bytes());
    });
    assert!(matches!(
        must_fail(&office, &swapped),
        PacketError::SignatureInvalid {
            role: Role::Operator
        }
    ));
}

#[test]
fn lengths_are_believed_only_as_far_as_bytes_come() {
    let office = Office::new();
    let (file, _) = office.seal(&manifest()).unwrap();
    for (at, length) in [(19, u32::MAX), (23, u32::MAX), (19, 512 << 10), (23, 1024)] {
        let altered = office.rewrap(&file, |content| {
            content[at..at + 4].copy_from_slice(&length.to_be_bytes());
            content.truncate(400);
        });
        let error = must_fail(&office, &altered);
        let is_expected = matches!(
            error,
            PacketError::TooLarge { .. } | PacketError::Truncated { .. }
        );
        assert!(is_expected, "{error}");
    }
    let long = MAX_ATTACHMENT_BYTES + 1;
    let from = "\"length\":70000";
    let altered = office.rewrap(&file, |content| {
        let place = content
            .windows(from.len())
            .position(|part| part == from.as_bytes());
        let place = place.unwrap();
        let to = format!("\"length\":{long}");
        content.splice(place..place + from.len(), to.bytes());
        let length = u32::try_from(manifest_len(content) + to.len() - from.len()).unwrap();
        content[19..23].copy_from_slice(&length.to_be_bytes());
    });
    assert!(matches!(
        must_fail(&office, &altered),
        PacketError::TooLarge { .. }
    ));
    let stanza = b"-> X25519 AAAA\nAAAA\n".repeat(MAX_HEADER_BYTES);
    let header = [b"age-encryption.org/v1\n", stanza.as_slice(), b"--- AAAA\n"].concat();
    assert!(matches!(
        must_fail(&office, &header),
        PacketError::NotAPacket
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400), at in 0..3000_usize) {
        let office = Office::new();
        must_fail(&office, &bytes);
        let (file, _) = office.seal(&released()).unwrap();
        let altered = office.rewrap(&file, |content| {
            let end = (at + bytes.len()).min(content.len());
            content.splice(at..end, bytes.iter().copied().chain([0]));
        });
        must_fail(&office, &altered);
    }
}
