//! What somebody should know of the place that trust comes from, and that is no error.

use core::fmt;
use std::collections::BTreeMap;
use std::path::Path;

use pki::trust_store::{Intake, ListTrust, ObjectKind, Receipt};
use pki::{Error, Fingerprint};
use serde_json::{Value, json};

/// A remark.
#[derive(Debug, Clone)]
pub struct Remark {
    /// The file or folder.
    pub place: String,
    /// What is to be said of it.
    pub what: Observation,
}

/// What can be said of a file or folder.
#[derive(Debug, Clone)]
pub enum Observation {
    /// A link to a folder; links can lead anywhere, and in circles.
    LinkNotFollowed,
    /// A pipe, device, socket, or a link that leads nowhere.
    NoFile,
    /// A folder below more folders than are looked into.
    TooDeep,
    /// A file, or an object in it, that could not be used.
    NotUsed(Error),
    /// A line of an LDIF file that could not be read.
    Fault(pki::ldif::LdifError),
    /// Certificates of a list that could not be read.
    Unreadable(usize),
    /// A master list for whose signer no CSCA vouches: all that it holds is trusted because the file was named.
    BelievedUnsigned,
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = &self.place;
        match &self.what {
            Observation::LinkNotFollowed => {
                write!(
                    f,
                    "{place}: a link to a folder, not followed; name the folder itself"
                )
            }
            Observation::NoFile => write!(f, "{place}: no file, not read"),
            Observation::TooDeep => write!(
                f,
                "{place}: not looked into, too deep; name the folder itself"
            ),
            Observation::NotUsed(error) => write!(f, "{place}: not used: {error}"),
            Observation::Fault(fault) => write!(f, "{place}: not read: {fault}"),
            Observation::Unreadable(count) => {
                write!(
                    f,
                    "{place}: certificates of the list that cannot be read: {count}"
                )
            }
            Observation::BelievedUnsigned => write!(
                f,
                "{place}: no CSCA vouches for the signer of this list: all that it holds is trusted only because the file was named"
            ),
        }
    }
}

impl Remark {
    pub(super) fn of(place: &Path, what: Observation) -> Self {
        Self {
            place: place.display().to_string(),
            what,
        }
    }

    /// For programs.
    pub fn json(&self) -> Value {
        json!({ "place": self.place, "remark": self.to_string() })
    }
}

/// What became of files that were trusted because they were named.
pub(super) fn of_intake(intake: &Intake, named: &BTreeMap<Fingerprint, String>) -> Vec<Remark> {
    let receipts = intake.receipts.iter();
    let own = receipts.filter(|receipt| named.contains_key(&receipt.file));
    let faults = intake.faults.iter();
    let faults = faults.filter(|(source, _)| named.values().any(|name| **name == **source));
    let faults = faults.map(|(source, fault)| Remark {
        place: source.to_string(),
        what: Observation::Fault(*fault),
    });
    own.flat_map(of_receipt).chain(faults).collect()
}

fn of_receipt(receipt: &Receipt) -> Vec<Remark> {
    let mut observations = Vec::new();
    match &receipt.result {
        Err(error) => observations.push(Observation::NotUsed(error.clone())),
        Ok(received) => {
            if received.unreadable > 0 {
                observations.push(Observation::Unreadable(received.unreadable));
            }
            let list = received.list.as_ref();
            let out_of_band =
                list.is_some_and(|list| matches!(list.trust, ListTrust::OutOfBand(_)));
            if receipt.kind == Some(ObjectKind::MasterList) && out_of_band {
                observations.push(Observation::BelievedUnsigned);
            }
        }
    }
    let place = receipt.source.to_string();
    let remarks = observations.into_iter().map(|what| Remark {
        place: place.clone(),
        what,
    });
    remarks.collect()
}
