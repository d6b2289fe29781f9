//! Large objects made to keep a reader busy, and the readers. Every reader must be done with them in time that
//! grows with their length and not with its square.

mod directories;
mod lists;
pub(crate) use lists::small;
mod rubbish;
mod structures;
mod writing;

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use pki::deviation_list::DocumentFacts;
use pki::lint::lint;
use pki::trust_store::{Acceptance, Offered};
use pki::{Certificate, Crl, DeviationList, MasterList, SecurityObject, SignedData, TrustStore};

use crate::test_pki::NOW;
use crate::world::WORLD;

/// A large object.
pub struct Object {
    /// What is in it.
    pub what: &'static str,
    /// Makes it, of about so many octets.
    pub make: fn(usize) -> Vec<u8>,
}

/// A reader and what it is asked afterwards.
pub struct Reader {
    /// What it reads.
    pub what: &'static str,
    /// Reads; whatever comes of it.
    pub read: fn(&[u8]),
}

/// Objects that are no list and no certificate.
pub const RUBBISH: &[Object] = rubbish::ALL;

/// Time that this thread has computed, whatever else the machine does; where that cannot be had, time that has passed.
pub fn computed() -> Duration {
    static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);
    let said = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = said
        .split(' ')
        .next()
        .and_then(|number| number.parse().ok());
    nanoseconds.map_or_else(|| BEGUN.elapsed(), Duration::from_nanos)
}

/// Every object.
pub fn objects() -> impl Iterator<Item = &'static Object> {
    [rubbish::ALL, structures::ALL, lists::ALL, directories::ALL]
        .into_iter()
        .flatten()
}

/// Every reader.
pub const READERS: [Reader; 11] = [
    Reader {
        what: "certificate",
        read: |bytes| {
            if let Ok(certificate) = Certificate::parse(bytes) {
                certificate.public_key().ok();
                certificate.verify_signature(&WORLD.csca).ok();
            }
        },
    },
    Reader {
        what: "cms",
        read: |bytes| {
            if let Ok(signed_data) = SignedData::parse(bytes) {
                let _ = signed_data.verify();
            }
        },
    },
    Reader {
        what: "security object",
        read: |bytes| {
            if let Ok(object) = SecurityObject::parse(bytes) {
                let _ = pki::authenticate(&object, WORLD.document.data_groups(), &WORLD.store, NOW);
            }
        },
    },
    Reader {
        what: "crl",
        read: |bytes| {
            if let Ok(crl) = Crl::parse(bytes) {
                crl.verify_signature(&WORLD.csca).ok();
                let _ = crl.revoked(&[1]);
            }
        },
    },
    Reader {
        what: "master list",
        read: |bytes| {
            MasterList::parse(bytes).ok();
        },
    },
    Reader {
        what: "deviation list",
        read: |bytes| {
            if let Ok(list) = DeviationList::parse(bytes) {
                let anything = DocumentFacts::default();
                let covering = list.entries_about(&anything);
                covering.for_each(|_| {});
            }
        },
    },
    Reader {
        what: "lint",
        read: |bytes| {
            let report = lint(bytes, None, std::slice::from_ref(&WORLD.csca));
            let _ = report.by_rule();
        },
    },
    Reader {
        what: "trusted file",
        read: |bytes| {
            TrustStore::new().add(bytes, "hostile").ok();
        },
    },
    Reader {
        what: "file taken in",
        read: |bytes| {
            let offered = Offered {
                bytes,
                source: "hostile",
                acceptance: &Acceptance::Vouched,
            };
            WORLD.trusting().take_in([offered]);
        },
    },
    Reader {
        what: "ldif",
        read: |bytes| {
            WORLD
                .trusting()
                .add_ldif(bytes, "hostile", &Acceptance::Vouched);
        },
    },
    Reader {
        what: "file taken in as trusted",
        read: |bytes| {
            let offered = Offered {
                bytes,
                source: "hostile",
                acceptance: &Acceptance::OutOfBand("hostile".into()),
            };
            TrustStore::new().take_in([offered]);
        },
    },
];
