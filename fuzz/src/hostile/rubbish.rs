//! Objects without a structure, or with nothing else.

use super::Object;
use super::writing::element;

pub(super) const ALL: &[Object] = &[
    Object {
        what: "zeros",
        make: |len| vec![0; len],
    },
    Object {
        what: "ones",
        make: |len| vec![0xFF; len],
    },
    Object {
        what: "beginnings of sequences in indefinite form",
        make: |len| [0x30, 0x80].repeat(len / 2),
    },
    Object {
        what: "beginnings of sets with long lengths",
        make: |len| [0x31, 0x84, 0x00, 0x98, 0x96, 0x7A].repeat(len / 6),
    },
    Object {
        what: "sequences in sequences",
        make: nested,
    },
    Object {
        what: "a row of nothings in indefinite form",
        make: |len| {
            [
                &[0x30, 0x80, 0xA0, 0x80],
                [0x05, 0x00].repeat(len / 2).as_slice(),
            ]
            .concat()
        },
    },
    Object {
        what: "a row of empty sequences",
        make: |len| element(0x30, &[0x30, 0x00].repeat(len / 2)),
    },
    Object {
        what: "a row of empty sequences of indefinite form",
        make: |len| element(0x30, &[0x30, 0x80, 0, 0].repeat(len / 4)),
    },
    Object {
        what: "one long object identifier",
        make: |len| element(0x30, &element(0x06, &vec![0x81; len])),
    },
    Object {
        what: "beginnings of PEM",
        make: |len| b"-----BEGIN CERTIFICATE-----".repeat(len / 27),
    },
    Object {
        what: "empty blocks of PEM",
        make: |len| b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n".repeat(len / 53),
    },
    Object {
        what: "one block of PEM",
        make: |len| {
            [
                b"-----BEGIN CERTIFICATE-----\n".as_slice(),
                &b"MIIA\n".repeat(len / 5),
                b"-----END CERTIFICATE-----\n",
            ]
            .concat()
        },
    },
    Object {
        what: "ends of PEM behind one beginning",
        make: |len| {
            [
                b"-----BEGIN CERTIFICATE-----".as_slice(),
                &b"-----END CERTIFICATE----".repeat(len / 24),
            ]
            .concat()
        },
    },
];

/// Each with its length, as deep as the octets allow.
fn nested(len: usize) -> Vec<u8> {
    const HEADER: usize = 6;
    let mut bytes = Vec::with_capacity(len);
    for left in (0..len / HEADER).rev() {
        let inside = u32::try_from(left * HEADER).unwrap_or(u32::MAX);
        bytes.extend([0x30, 0x84]);
        bytes.extend(inside.to_be_bytes());
    }
    bytes
}
