//! BER-TLV data objects.

use iso7816::Error;
use iso7816::tlv::{MAX_OBJECTS, Tlv, encode, read, read_all, single, total_len};

/// Levels of nesting that are followed; no file of Doc 9303 has as many.
const DEEPEST: usize = 16;

/// What must hold of every byte string read as data objects.
pub fn tlv(bytes: &[u8]) {
    match read(bytes) {
        Ok((object, rest)) => {
            assert_eq!([object.raw, rest].concat(), bytes);
            assert_eq!(total_len(bytes), Ok(Some(object.raw.len())));
            assert_eq!(single(object.raw, object.tag), Ok(object.value));
            assert_eq!(single(bytes, object.tag).is_ok(), rest.is_empty());
        }
        Err(error) => assert_inside(&error, bytes.len()),
    }
    // How long an object is does not depend on how much of it has come.
    for seen in 0..bytes.len().min(10) {
        if let Ok(Some(total)) = total_len(&bytes[..seen]) {
            assert_eq!(total_len(bytes), Ok(Some(total)));
        }
    }
    walk(bytes, read_all(bytes), 0, DEEPEST);
}

fn walk(bytes: &[u8], objects: Result<Vec<Tlv<'_>>, Error>, at: usize, levels: usize) {
    let objects = match objects {
        Ok(objects) => objects,
        Err(error) => return assert_inside(&error, bytes.len()),
    };
    assert!(objects.len() <= MAX_OBJECTS);
    let mut end = at;
    for object in objects {
        assert_eq!(object.at, end, "objects follow each other");
        assert_eq!(
            bytes.get(object.at..object.at + object.raw.len()),
            Some(object.raw)
        );
        end += object.raw.len();
        again(&object);
        if levels > 0 && object.tag.is_constructed() {
            let inside = object.at + object.header_len();
            walk(bytes, object.children(), inside, levels - 1);
        }
    }
}

/// What we write of an object is never longer than what came, and says the same.
fn again(object: &Tlv<'_>) {
    let written = encode(object.tag, object.value);
    assert!(written.len() <= object.raw.len());
    assert_eq!(single(&written, object.tag), Ok(object.value));
}

fn assert_inside(error: &Error, len: usize) {
    if let Error::Malformed { what, at } = error {
        assert!(*at <= len, "malformed {what} at octet {at} of {len}");
    }
}
