//! One function for each kind of object; each panics when something does not hold.
//!
//! Of every kind: a fault lies inside the object, deviations are bounded and lie inside it too, what was read is part of what was given,
//! reading it again gives the same, and nothing altered passes for signed.

mod apdu;
mod audit_log;
mod certificate;
mod chip_session;
mod cms;
mod crl;
mod cvc;
mod deviation_list;
mod iso19794;
mod iso39794;
mod jp2;
mod ldif;
mod lds_file;
mod lint;
mod master_list;
mod packet;
mod secure_messaging;
mod security_infos;
mod security_object;
mod status_list;
mod template;
mod terminal;
mod tlv;
mod trust_file;
mod wsq;

pub use apdu::apdu;
pub use audit_log::{audit_log, seeds as audit_log_seeds};
pub use certificate::certificate;
pub use chip_session::{chip_session, seeds as chip_session_seeds};
pub use cms::cms;
pub use crl::crl;
pub use cvc::{cvc, seeds as cvc_seeds};
pub use deviation_list::deviation_list;
pub use iso19794::iso19794;
pub use iso39794::iso39794;
pub use jp2::jp2;
pub use ldif::ldif;
pub use lds_file::{lds_file, seeds as lds_file_seeds};
pub use lint::lint;
pub use master_list::master_list;
pub use packet::{packet, seeds as packet_seeds};
pub use secure_messaging::{secure_messaging, seeds as secure_messaging_seeds};
pub use security_infos::security_infos;
pub use security_object::security_object;
pub use status_list::{seeds as status_list_seeds, status_list};
pub use template::template;
pub use terminal::{seeds as terminal_seeds, terminal};
pub use tlv::tlv;
pub use trust_file::trust_file;
pub use wsq::wsq;

use pki::deviation::MAX_DEVIATIONS;
use pki::{Deviation, DeviationKind, Error};

/// A kind of object: its name and what must hold of every byte string read as it.
pub struct Target {
    /// As in `fuzz_targets/`.
    pub name: &'static str,
    /// Panics when something does not hold.
    pub check: fn(&[u8]),
}

/// Every kind.
pub const ALL: &[Target] = &[
    Target {
        name: "certificate",
        check: certificate,
    },
    Target {
        name: "cms",
        check: cms,
    },
    Target {
        name: "security_object",
        check: security_object,
    },
    Target {
        name: "crl",
        check: crl,
    },
    Target {
        name: "master_list",
        check: master_list,
    },
    Target {
        name: "deviation_list",
        check: deviation_list,
    },
    Target {
        name: "ldif",
        check: ldif,
    },
    Target {
        name: "lint",
        check: lint,
    },
    Target {
        name: "trust_file",
        check: trust_file,
    },
    Target {
        name: "packet",
        check: packet,
    },
    Target {
        name: "template",
        check: template,
    },
    Target {
        name: "wsq",
        check: wsq,
    },
    Target {
        name: "iso19794",
        check: iso19794,
    },
    Target {
        name: "iso39794",
        check: iso39794,
    },
    Target {
        name: "jp2",
        check: jp2,
    },
    Target {
        name: "audit_log",
        check: audit_log,
    },
    Target {
        name: "status_list",
        check: status_list,
    },
    Target {
        name: "tlv",
        check: tlv,
    },
    Target {
        name: "apdu",
        check: apdu,
    },
    Target {
        name: "lds_file",
        check: lds_file,
    },
    Target {
        name: "security_infos",
        check: security_infos,
    },
    Target {
        name: "cvc",
        check: cvc,
    },
    Target {
        name: "secure_messaging",
        check: secure_messaging,
    },
    Target {
        name: "chip_session",
        check: chip_session,
    },
    Target {
        name: "terminal",
        check: terminal,
    },
];

/// The place of a fault is inside the object, or right behind it.
fn assert_inside(error: &Error, len: usize) {
    if let Error::Malformed { what, at } = error {
        assert!(*at <= len, "malformed {what} at byte {at} of {len}");
    }
    assert_printable(&error.to_string());
}

fn assert_bounded(deviations: &[Deviation], len: usize) {
    assert!(deviations.len() <= MAX_DEVIATIONS, "too many deviations");
    for deviation in deviations {
        assert!(
            deviation.at.is_none_or(|at| at <= len),
            "{deviation} of {len}"
        );
        assert_printable(&deviation.to_string());
    }
}

/// What is said of the object cannot steer a terminal.
fn assert_printable(text: &str) {
    assert!(!text.chars().any(char::is_control), "{text:?}");
}

/// The kinds, without what is only about bytes behind the end.
fn kinds(deviations: &[Deviation]) -> Vec<DeviationKind> {
    let all = deviations.iter().map(|deviation| deviation.kind);
    all.filter(|kind| !matches!(kind, DeviationKind::TrailingBytes(_)))
        .collect()
}
