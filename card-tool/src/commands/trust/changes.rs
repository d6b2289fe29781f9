//! What newer lists change: what is new, what was made anew, what is no longer there. Nothing is removed for it: a document
//! outlives the list that its CSCA stood in.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use pki::trust_store::{Intake, ListOrigin, Trust, TrustAnchor};
use pki::{Certificate, Fingerprint, TrustStore};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{anchor_json, country_of, key_of};
use crate::printable;

/// A store before it is changed.
pub struct Before {
    anchors: BTreeSet<Fingerprint>,
    /// The newest master list of each country: when it was signed, and what stood in it.
    lists: BTreeMap<String, (Option<OffsetDateTime>, BTreeSet<Fingerprint>)>,
    /// The newest revocation list of each issuer: the serial numbers in it.
    revoked: BTreeMap<String, BTreeSet<Vec<u8>>>,
}

/// What has changed.
pub struct Changes<'a> {
    added: Vec<&'a TrustAnchor>,
    /// A new certificate, and an older one of the same name and key or the same issuer and serial number.
    renewed: Vec<(&'a TrustAnchor, &'a TrustAnchor)>,
    /// In the list before, and not in the newer one of the same country.
    disappeared: Vec<(String, &'a TrustAnchor)>,
    /// Issuer of a revocation list, serial number, whether it came or went.
    revocations: Vec<(String, String, bool)>,
}

impl Before {
    /// The state of a store.
    pub fn of(trust: &TrustStore) -> Self {
        let mut lists: BTreeMap<String, (Option<OffsetDateTime>, BTreeSet<Fingerprint>)> =
            BTreeMap::new();
        let mut newest: BTreeMap<String, &ListOrigin> = BTreeMap::new();
        for list in trust.anchors().iter().flat_map(lists_of) {
            let country = list.country.clone().unwrap_or_default();
            let known = newest.entry(country).or_insert(list);
            if list.signing_time > known.signing_time {
                *known = list;
            }
        }
        for (country, list) in newest {
            lists.insert(country, (list.signing_time, members(trust, list.sha256)));
        }
        Self {
            anchors: trust
                .anchors()
                .iter()
                .map(TrustAnchor::fingerprint)
                .collect(),
            lists,
            revoked: revoked(trust),
        }
    }
}

/// What an intake has changed.
pub fn found<'a>(before: &Before, trust: &'a TrustStore, intake: &Intake) -> Changes<'a> {
    let is_new = |anchor: &&TrustAnchor| !before.anchors.contains(&anchor.fingerprint());
    let mut changes = Changes {
        added: Vec::new(),
        renewed: Vec::new(),
        disappeared: Vec::new(),
        revocations: Vec::new(),
    };
    for anchor in trust.anchors().iter().filter(is_new) {
        let name = anchor.certificate().subject();
        let mut older = trust.by_subject(name).filter(|other| !is_new(other));
        match older.find(|other| is_renewal(anchor.certificate(), other.certificate())) {
            Some(older) => changes.renewed.push((anchor, older)),
            None => changes.added.push(anchor),
        }
    }
    let received = intake
        .receipts
        .iter()
        .filter_map(|receipt| receipt.result.as_ref().ok());
    for list in received.filter_map(|received| received.list.as_ref()) {
        let country = list.country.clone().unwrap_or_default();
        let Some((signed, members_before)) = before.lists.get(&country) else {
            continue;
        };
        if list.signing_time < *signed {
            continue;
        }
        let members = members(trust, list.sha256);
        let gone = members_before.difference(&members);
        let gone = gone.filter_map(|fingerprint| trust.anchor(fingerprint));
        changes
            .disappeared
            .extend(gone.map(|anchor| (country.clone(), anchor)));
    }
    let now = revoked(trust);
    for (issuer, serials) in &now {
        let empty = BTreeSet::new();
        let old = before.revoked.get(issuer).unwrap_or(&empty);
        let mut note = |serial: &Vec<u8>, came| {
            changes
                .revocations
                .push((issuer.clone(), hex::encode_upper(serial), came));
        };
        serials
            .difference(old)
            .for_each(|serial| note(serial, true));
        old.difference(serials)
            .for_each(|serial| note(serial, false));
    }
    changes
}

impl Changes<'_> {
    /// For people.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for anchor in &self.added {
            let _ = writeln!(out, "added        {}", shown(anchor));
        }
        for (anchor, older) in &self.renewed {
            let _ = writeln!(
                out,
                "changed      {}, was {}",
                shown(anchor),
                older.fingerprint().short()
            );
        }
        for (country, anchor) in &self.disappeared {
            let _ = writeln!(
                out,
                "disappeared  {} (from the list of {}; kept)",
                shown(anchor),
                printable::line(country)
            );
        }
        for (issuer, serial, came) in &self.revocations {
            let what = if *came { "revoked" } else { "unrevoked" };
            let _ = writeln!(
                out,
                "{what:12} certificate {serial} of {}",
                printable::line(issuer)
            );
        }
        if out.is_empty() {
            out.push_str("nothing has changed\n");
        }
        out
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let renewed = self.renewed.iter().map(|(anchor, older)| {
            json!({ "certificate": anchor_json(anchor), "was": older.fingerprint().to_string() })
        });
        let disappeared = self.disappeared.iter().map(
            |(country, anchor)| json!({ "list_of": country, "certificate": anchor_json(anchor) }),
        );
        let revocations = self.revocations.iter().map(|(issuer, serial, came)| {
            json!({ "issuer": issuer, "serial_number": serial, "revoked": came })
        });
        json!({
            "added": self.added.iter().copied().map(anchor_json).collect::<Vec<_>>(),
            "changed": renewed.collect::<Vec<_>>(),
            "disappeared": disappeared.collect::<Vec<_>>(),
            "revocations": revocations.collect::<Vec<_>>(),
        })
    }
}

/// A certificate in one line.
pub fn shown(anchor: &TrustAnchor) -> String {
    let certificate = anchor.certificate();
    format!(
        "{} {} {}, {}, {}",
        country_of(certificate),
        anchor.fingerprint().short(),
        printable::line(&certificate.subject().to_string()),
        key_of(certificate),
        certificate.validity()
    )
}

/// The same key under the same name again, or the same issuer and serial number for something else.
fn is_renewal(new: &Certificate, old: &Certificate) -> bool {
    let same_key = new.subject_public_key_info() == old.subject_public_key_info();
    let same_number = new.issuer() == old.issuer() && new.serial_number() == old.serial_number();
    same_key || same_number
}

fn lists_of(anchor: &TrustAnchor) -> impl Iterator<Item = &ListOrigin> {
    anchor
        .provenance()
        .iter()
        .filter_map(|reason| match &reason.trust {
            Trust::MasterList(list) => Some(list.as_ref()),
            _ => None,
        })
}

fn members(trust: &TrustStore, list: Fingerprint) -> BTreeSet<Fingerprint> {
    let inside = |anchor: &&TrustAnchor| lists_of(anchor).any(|origin| origin.sha256 == list);
    let anchors = trust.anchors().iter().filter(inside);
    anchors.map(TrustAnchor::fingerprint).collect()
}

/// What the newest list of each issuer revokes.
fn revoked(trust: &TrustStore) -> BTreeMap<String, BTreeSet<Vec<u8>>> {
    let mut newest = BTreeMap::new();
    for crl in trust.crls() {
        newest.entry(crl.issuer().to_string()).or_insert_with(|| {
            let serials = crl
                .entries()
                .iter()
                .map(|entry| entry.serial_number.clone());
            serials.collect::<BTreeSet<_>>()
        });
    }
    newest
}
