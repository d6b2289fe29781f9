//! Lists of too many entries, or of entries made to be slow.

use super::Object;
use super::structures::falling_set;
use super::writing::{crl, csca_name, element, name, sequence, signed_data, signer, utc_time};
use crate::world::WORLD;

const MASTER_LIST: &str = "678108010102";
const DEVIATION_LIST: &str = "678108010107";

pub(super) const ALL: &[Object] = &[
    Object {
        what: "CRL of very many entries",
        make: |len| crl(&csca_name(), &entries(count(len, 20)), &[]),
    },
    Object {
        what: "CRL of very many entries of one serial number",
        make: |len| crl(&csca_name(), &entry(7, &[]).repeat(len / 20), &[]),
    },
    Object {
        what: "CRL of entries with many extensions",
        make: |len| {
            let reason = sequence(&[
                &element(0x06, &[0x55, 0x1D, 0x15]),
                &element(0x04, &[0x0A, 0x01, 0x01]),
            ]);
            let one = entry(7, &element(0x30, &reason.repeat(len / reason.len())));
            crl(&csca_name(), &one, &[])
        },
    },
    Object {
        what: "CRL of entries each of another issuer",
        make: |len| {
            let one = entry(7, &element(0x30, &certificate_issuer(60)));
            crl(&csca_name(), &one.repeat(len / one.len()), &[])
        },
    },
    Object {
        what: "CRL of an issuer of very many attributes",
        make: |len| crl(&name(len / 100), &entries(1), &[]),
    },
    Object {
        what: "CRL with a long set behind its fields",
        make: |len| crl(&csca_name(), &entries(1), &falling_set(len)),
    },
    Object {
        what: "CRL with deep nothings behind its fields",
        make: |len| {
            let deep = [
                [0x30, 0x80].repeat(26),
                [0x05, 0x00].repeat(len / 2),
                [0x00, 0x00].repeat(26),
            ]
            .concat();
            crl(&csca_name(), &entries(1), &deep)
        },
    },
    Object {
        what: "CRL of a serial number of all its length",
        make: |len| {
            let number = element(0x02, &vec![0; len]);
            crl(&csca_name(), &sequence(&[&number, &utc_time()]), &[])
        },
    },
    Object {
        what: "bare master list of very many empty elements",
        make: |len| bare(&[0x30, 0x00].repeat(len / 50)),
    },
    Object {
        what: "bare master list of elements of rubbish",
        make: |len| bare(&element(0x30, &[0x30; 995]).repeat(len / 1_001)),
    },
    Object {
        what: "bare master list of one certificate, again and again",
        make: |len| {
            let csca = WORLD.csca.as_der();
            bare(&csca.repeat((len / csca.len()).min(10_000)))
        },
    },
    Object {
        what: "signed master list of one certificate, again and again",
        make: |len| {
            let csca = WORLD.csca.as_der();
            let content = bare(&csca.repeat((len / csca.len()).min(10_000)));
            signed_data(
                MASTER_LIST,
                &content,
                16,
                &[1, 2, 3, 4].map(|_| signer(&element(0x31, &[]))),
            )
        },
    },
    Object {
        what: "deviation list of very many document numbers",
        make: |len| {
            let numbers = (0..count(len, 25))
                .rev()
                .flat_map(|number| element(0x13, format!("X{number:08}").as_bytes()));
            let documents = element(0x30, &element(0xA5, &numbers.collect::<Vec<u8>>()));
            deviation_list(&sequence(&[&documents, &element(0x31, &description())]))
        },
    },
    Object {
        what: "deviation list of many deviations",
        make: |len| {
            let one = sequence(&[&element(0x30, &[]), &element(0x31, &description())]);
            deviation_list(&one.repeat(len / one.len()))
        },
    },
    Object {
        what: "deviation list of many descriptions",
        make: |len| {
            let one = description();
            deviation_list(&sequence(&[
                &element(0x30, &[]),
                &element(0x31, &one.repeat(len / one.len())),
            ]))
        },
    },
];

/// How many entries of this length there are.
fn count(len: usize, entry: usize) -> u32 {
    u32::try_from(len / entry).unwrap_or(u32::MAX)
}

/// An entry of 20 octets, and its extensions.
fn entry(number: u32, extensions: &[u8]) -> Vec<u8> {
    let number = element(0x02, &number.to_be_bytes()[1..]);
    sequence(&[&number, &element(0x17, b"2611010000Z"), extensions])
}

fn entries(count: u32) -> Vec<u8> {
    (0..count)
        .rev()
        .flat_map(|number| entry(number, &[]))
        .collect()
}

/// The extension certificateIssuer with a name of so many attributes.
fn certificate_issuer(attributes: usize) -> Vec<u8> {
    let names = element(0x30, &element(0xA4, &name(attributes)));
    sequence(&[&element(0x06, &[0x55, 0x1D, 0x1D]), &element(0x04, &names)])
}

fn bare(certificates: &[u8]) -> Vec<u8> {
    sequence(&[&element(0x02, &[0]), &element(0x31, certificates)])
}

fn deviation_list(deviations: &[u8]) -> Vec<u8> {
    let content = sequence(&[&element(0x02, &[0]), &element(0x31, deviations)]);
    signed_data(DEVIATION_LIST, &content, 1, &[signer(&element(0x31, &[]))])
}

/// "the signature of the security object is wrong"
fn description() -> Vec<u8> {
    sequence(&[&element(
        0x06,
        &[0x67, 0x81, 0x08, 0x01, 0x01, 0x07, 0x02, 0x03],
    )])
}

/// The same lists, small.
pub(crate) mod small {
    use super::*;

    pub(crate) fn crl() -> Vec<u8> {
        super::crl(
            &csca_name(),
            &[entries(3), entry(4, &element(0x30, &certificate_issuer(2)))].concat(),
            &[],
        )
    }

    pub(crate) fn master_list() -> Vec<u8> {
        let content = bare(&[WORLD.csca.as_der(), &[0x30, 0x00]].concat());
        signed_data(MASTER_LIST, &content, 1, &[signer(&element(0x31, &[]))])
    }

    /// With more deviations than are kept.
    pub(crate) fn full_list() -> Vec<u8> {
        bare(&[0x30, 0x00].repeat(100))
    }

    pub(crate) fn deviation_list() -> Vec<u8> {
        let documents = element(0x30, &element(0xA5, &element(0x13, b"X12345678")));
        super::deviation_list(&sequence(&[&documents, &element(0x31, &description())]))
    }
}
