//! LDIF files: one line, many lines, folded lines, all base64, and certificates in great number.

use super::Object;
use crate::seeds::base64;
use crate::world::WORLD;

pub(super) const ALL: &[Object] = &[
    Object {
        what: "LDIF of one line",
        make: |len| [b"dn: ".as_slice(), &vec![b'x'; len]].concat(),
    },
    Object {
        what: "LDIF of one line without a colon",
        make: |len| [b"dn: c=UT\n".as_slice(), &vec![b'x'; len]].concat(),
    },
    Object {
        what: "LDIF of empty lines",
        make: |len| [b"dn: c=UT\n".as_slice(), &vec![b'\n'; len]].concat(),
    },
    Object {
        what: "LDIF of records of a name",
        make: |len| b"dn: c=UT\n\n".repeat(len / 10),
    },
    Object {
        what: "LDIF of a record of very many attributes",
        make: |len| [b"dn: c=UT\n".as_slice(), &b"a: b\n".repeat(len / 5)].concat(),
    },
    Object {
        what: "LDIF of records each with attributes of other names",
        make: names,
    },
    Object {
        what: "LDIF of a line folded at every letter",
        make: |len| [b"dn: ".as_slice(), &b"x\n ".repeat(len / 3)].concat(),
    },
    Object {
        what: "LDIF of a value folded at every letter",
        make: |len| {
            [
                b"dn: c=UT\nuserCertificate;binary:: ".as_slice(),
                &b"M\r\n ".repeat(len / 4),
            ]
            .concat()
        },
    },
    Object {
        what: "LDIF of comments folded at every letter",
        make: |len| [b"version: 1\n#".as_slice(), &b"x\n ".repeat(len / 3)].concat(),
    },
    Object {
        what: "LDIF of one value of base64",
        make: |len| {
            [
                b"dn: c=UT\nuserCertificate;binary:: ".as_slice(),
                &b"MIIA".repeat(len / 4),
            ]
            .concat()
        },
    },
    Object {
        what: "LDIF of a master list that is none",
        make: |len| {
            [
                b"dn: c=UT\nCscaMasterListData:: ".as_slice(),
                &b"MIAw".repeat(len / 4),
            ]
            .concat()
        },
    },
    Object {
        what: "LDIF of lines that are no base64",
        make: |len| b"dn: c=UT\nuserCertificate:: !\n\n".repeat(len / 29),
    },
    Object {
        what: "LDIF of options in front of a colon",
        make: |len| b"dn;;;;;;;;;;;;;;;;;;;;;;: c=UT\n\n".repeat(len / 32),
    },
    Object {
        what: "LDIF of comments",
        make: |len| [b"version: 1\n".as_slice(), &b"# TEST\n".repeat(len / 7)].concat(),
    },
    Object {
        what: "LDIF of one link certificate, again and again",
        make: |len| records(len, "cACertificate;binary", &WORLD.certificates[1]),
    },
    Object {
        what: "LDIF of one CSCA certificate, again and again",
        make: |len| records(len, "userCertificate;binary", WORLD.csca.as_der()),
    },
    Object {
        what: "LDIF of CSCA certificates that nobody vouches for",
        make: |len| altered(len, "cACertificate;binary", &WORLD.certificates[0]),
    },
    Object {
        what: "LDIF of link certificates whose signatures are wrong",
        make: |len| altered(len, "cACertificate;binary", &WORLD.certificates[1]),
    },
    Object {
        what: "LDIF of document signers",
        make: |len| altered(len, "userCertificate;binary", &WORLD.certificates[2]),
    },
    Object {
        what: "LDIF of revocation lists whose signatures are wrong",
        make: |len| altered(len, "certificateRevocationList", &WORLD.crl),
    },
    Object {
        what: "LDIF of master lists whose signatures are wrong",
        make: |len| altered(len, "CscaMasterListData", &WORLD.master_list),
    },
];

fn records(len: usize, name: &str, value: &[u8]) -> Vec<u8> {
    let record = format!("dn: c=UT\n{name}:: {}\n\n", base64(value));
    record.as_bytes().repeat(len / record.len())
}

/// Records of objects that differ from each other in their last octets, which are some of the signature's.
fn altered(len: usize, name: &str, value: &[u8]) -> Vec<u8> {
    let (kept, _) = value.split_at(value.len() - 3);
    let mut text = String::new();
    for number in 0..u32::MAX {
        if text.len() >= len {
            break;
        }
        let object = [kept, &number.to_be_bytes()[1..]].concat();
        text += &format!("dn: c=UT\n{name}:: {}\n\n", base64(&object));
    }
    text.into_bytes()
}

fn names(len: usize) -> Vec<u8> {
    let record = |number| format!("dn: c=UT\na{number:06}: b\n\n");
    (0..len / 20).map(record).collect::<String>().into_bytes()
}
