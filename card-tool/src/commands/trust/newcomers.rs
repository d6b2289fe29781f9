//! The certificates that came in, each by name: what nobody looks at when it comes is looked at never.
//!
//! A list of one state may bring certificates of all others. A new key of a state that the store knows already, which no
//! known key of that state has signed, is what an attacker would bring who has a list signer in his hands: it is said loudly.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use pki::trust_store::{Examination, SignedBy, Trust, TrustAnchor};
use pki::{Fingerprint, TrustStore};
use serde_json::{Value, json};

use super::{anchor_json, changes, country_of, key_of};
use crate::printable;

/// Most certificates that are named each for itself; those of which there is something to say always are.
const MOST_LINES: usize = 200;

/// A certificate that is new in the store.
struct Newcomer<'a> {
    anchor: &'a TrustAnchor,
    examination: Examination,
    /// A new key of a known state, by the word of these other states alone.
    strange: Option<BTreeSet<String>>,
}

/// What came in.
pub struct Newcomers<'a>(Vec<Newcomer<'a>>);

/// The certificates that were not held before.
pub fn of<'a>(held: &[TrustAnchor], trust: &'a TrustStore) -> Newcomers<'a> {
    let known: BTreeSet<Fingerprint> = held.iter().map(TrustAnchor::fingerprint).collect();
    let countries: BTreeSet<String> = held
        .iter()
        .map(|anchor| country_of(anchor.certificate()))
        .collect();
    let new = trust.anchors().iter();
    let new = new.filter(|anchor| !known.contains(&anchor.fingerprint()));
    let mut all: Vec<Newcomer<'_>> = new
        .map(|anchor| Newcomer {
            anchor,
            examination: trust.examine(anchor),
            strange: None,
        })
        .collect();
    all.sort_by_key(|newcomer| country_of(newcomer.anchor.certificate()));
    let linked = linked_keys(held, &all, trust);
    for newcomer in &mut all {
        let certificate = newcomer.anchor.certificate();
        let linked = linked.contains(certificate.subject_public_key_info());
        if !linked && countries.contains(&country_of(certificate)) {
            newcomer.strange = only_by_others(newcomer.anchor);
        }
    }
    Newcomers(all)
}

/// The keys that were known, and those that they have signed, generation by generation.
fn linked_keys<'a>(
    held: &'a [TrustAnchor],
    new: &[Newcomer<'a>],
    trust: &'a TrustStore,
) -> BTreeSet<&'a [u8]> {
    let key = |anchor: &'a TrustAnchor| anchor.certificate().subject_public_key_info();
    let mut linked: BTreeSet<&[u8]> = held.iter().map(key).collect();
    loop {
        let before = linked.len();
        for newcomer in new {
            let SignedBy::Another(Some(issuer)) = newcomer.examination.signed_by else {
                continue;
            };
            let issuer = trust.anchor(&issuer).map(key);
            let signed = newcomer.examination.result.is_successful();
            if signed && issuer.is_some_and(|issuer| linked.contains(issuer)) {
                linked.insert(key(newcomer.anchor));
            }
        }
        if linked.len() == before {
            return linked;
        }
    }
}

/// The states by whose lists alone a certificate is trusted, none of them its own.
fn only_by_others(anchor: &TrustAnchor) -> Option<BTreeSet<String>> {
    let own = country_of(anchor.certificate());
    let mut others = BTreeSet::new();
    for reason in anchor.provenance() {
        let Trust::MasterList(list) = &reason.trust else {
            return None;
        };
        let country = list.country.clone().unwrap_or_else(|| "nobody".to_owned());
        if country == own {
            return None;
        }
        others.insert(printable::line(&country));
    }
    Some(others)
}

impl Newcomers<'_> {
    /// For people: a line for each, with what is put up with below it.
    pub fn text(&self) -> String {
        let mut out = String::new();
        let mut not_named = 0_usize;
        for (place, newcomer) in self.0.iter().enumerate() {
            let deviations = &newcomer.examination.deviations;
            let remarkable = newcomer.strange.is_some() || newcomer.has_unusable_key();
            if place >= MOST_LINES && !remarkable {
                not_named += 1;
                continue;
            }
            let _ = writeln!(out, "new: {}", changes::shown(newcomer.anchor));
            if newcomer.has_unusable_key() {
                let key = printable::line(&key_of(newcomer.anchor.certificate()));
                let _ = writeln!(out, "  its key cannot be used here: {key}");
            }
            for deviation in deviations {
                let deviation = printable::line(&deviation.to_string());
                let _ = writeln!(out, "  put up with: {deviation}");
            }
        }
        if not_named > 0 {
            let _ = writeln!(
                out,
                "new: … and {not_named} more; `card-tool trust list --country XX` names them"
            );
        }
        out
    }

    /// What must not be missed, one line each.
    pub fn warnings(&self) -> Vec<String> {
        let strange = self
            .0
            .iter()
            .filter_map(|new| Some((new, new.strange.as_ref()?)));
        let line = |(new, others): (&Newcomer<'_>, &BTreeSet<String>)| {
            let others: Vec<&str> = others.iter().map(String::as_str).collect();
            format!(
                "warning: a new key of {}, which no known key of it has signed, by the list of {} alone: compare {} with what {} itself publishes, or `card-tool trust remove` it",
                country_of(new.anchor.certificate()),
                others.join(", "),
                new.anchor.fingerprint(),
                country_of(new.anchor.certificate()),
            )
        };
        strange.map(line).collect()
    }

    /// For programs.
    pub fn json(&self) -> Vec<Value> {
        let one = |newcomer: &Newcomer<'_>| {
            let mut shown = anchor_json(newcomer.anchor);
            let deviations = newcomer.examination.deviations.iter();
            let deviations: Vec<String> = deviations.map(ToString::to_string).collect();
            if let Some(fields) = shown.as_object_mut() {
                fields.insert("deviations".to_owned(), json!(deviations));
                fields.insert("key_usable".to_owned(), json!(!newcomer.has_unusable_key()));
                fields.insert("unlinked_by_list_of".to_owned(), json!(newcomer.strange));
            }
            shown
        };
        self.0.iter().map(one).collect()
    }
}

impl Newcomer<'_> {
    fn has_unusable_key(&self) -> bool {
        self.anchor.certificate().public_key().is_err()
    }
}
