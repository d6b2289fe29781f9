//! CMS objects and certificates whose structure is right and whose parts are too many, too long or too deep.

use super::Object;
use super::writing::{
    element, name, sequence, signed_data, signed_data_around, signer, signer_named,
};
use crate::world::WORLD;

const DATA: &str = "2a864886f70d010701";
const MASTER_LIST: &str = "678108010102";

pub(super) const ALL: &[Object] = &[
    Object {
        what: "a content that every signer and certificate is tried on",
        make: |len| {
            signed_data(
                DATA,
                &vec![0x42; len],
                16,
                &[1, 2, 3, 4].map(|_| signer(&element(0x31, &[]))),
            )
        },
    },
    Object {
        what: "a signed attribute of many values in the wrong order",
        make: |len| signed_data(MASTER_LIST, &[], 16, &[signer(&falling_set(len))]),
    },
    Object {
        what: "four signers with attributes of many values",
        make: |len| {
            signed_data(
                DATA,
                &[],
                16,
                &[1, 2, 3, 4].map(|_| signer(&falling_set(len / 4))),
            )
        },
    },
    Object {
        what: "many signed attributes",
        make: |len| {
            let attribute = sequence(&[&element(0x06, &[0x55, 0x01]), &element(0x31, &[])]);
            signed_data(
                DATA,
                &[],
                1,
                &[signer_named(
                    &element(0x80, b"nobody"),
                    &attribute.repeat(len / attribute.len()),
                )],
            )
        },
    },
    Object {
        what: "many signers",
        make: |len| {
            let signers = vec![signer(&element(0x31, &[])); len / 200];
            signed_data(DATA, &[], 1, &signers)
        },
    },
    Object {
        what: "a signer named by many attributes",
        make: |len| {
            let identifier = sequence(&[&name(len / 100), &element(0x02, &[1])]);
            signed_data(DATA, &[], 1, &[signer_named(&identifier, &[])])
        },
    },
    Object {
        what: "many certificates",
        make: |len| signed_data(DATA, &[], len / WORLD.csca.as_der().len(), &[]),
    },
    Object {
        what: "many certificates that are none",
        make: |len| {
            let none = element(0xA0, &[0x30, 0x00].repeat(len / 2));
            let whole = signed_data(DATA, &[], 0, &[]);
            // The empty list of certificates gives way to the long one.
            let inner = whole
                .windows(2)
                .rposition(|pair| pair == [0xA0, 0x00])
                .unwrap_or_default();
            let head = &whole[19..inner];
            let signed = element(
                0xA0,
                &element(0x30, &[head, &none, &whole[inner + 2..]].concat()),
            );
            sequence(&[&whole[2..13], &signed])
        },
    },
    Object {
        what: "a content in very many parts",
        make: |len| signed_data_around(DATA, &element(0x24, &[0x04, 0x00].repeat(len / 2)), 1, &[]),
    },
    Object {
        what: "a content in very many parts, deep in indefinite form",
        make: |len| signed_data_around(DATA, &deep_string(len), 1, &[]),
    },
    Object {
        what: "a certificate of a long name",
        make: |len| sequence(&[&sequence(&[&name(len / 100)])]),
    },
];

/// A SET whose elements stand in falling order, so that bringing it into DER moves all of them.
pub(super) fn falling_set(len: usize) -> Vec<u8> {
    const ELEMENT: usize = 5;
    let count = u32::try_from(len / ELEMENT).unwrap_or(u32::MAX);
    let elements = (0..count).rev().flat_map(|number| {
        let [_, a, b, c] = number.to_be_bytes();
        [0x04, 0x03, a, b, c]
    });
    element(0x31, &elements.collect::<Vec<u8>>())
}

/// As deep as it is followed, with all the parts in the innermost string.
fn deep_string(len: usize) -> Vec<u8> {
    const DEPTH: usize = 24;
    [
        [0x24, 0x80].repeat(DEPTH),
        [0x04, 0x00].repeat(len / 2),
        [0x00, 0x00].repeat(DEPTH),
    ]
    .concat()
}
