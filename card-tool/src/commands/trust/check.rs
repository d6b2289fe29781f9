//! `trust list --check`: the signature of each certificate, by algorithm, and what is refused.

use std::collections::{BTreeMap, BTreeSet};

use pki::CheckResult;
use pki::trust_store::{Examination, SignedBy, TrustAnchor};
use pki::{Deviation, TrustStore};
use serde_json::{Value, json};

use super::{country_of, new_table};
use crate::printable;

/// Certificates with what their examination gave.
pub struct Checked<'a>(Vec<(&'a TrustAnchor, Examination)>);

/// Numbers of one algorithm.
#[derive(Debug, Default, Clone, Copy)]
struct Numbers {
    roots: usize,
    links: usize,
    failed: usize,
    no_issuer: usize,
    unusable: usize,
}

/// Examines these certificates of a store.
pub fn of<'a>(trust: &TrustStore, anchors: impl Iterator<Item = &'a TrustAnchor>) -> Checked<'a> {
    Checked(
        anchors
            .map(|anchor| (anchor, trust.examine(anchor)))
            .collect(),
    )
}

impl Checked<'_> {
    /// For people: a table by algorithm, and a line for everything that was not verified.
    pub fn text(&self) -> String {
        let mut table = new_table(&[
            "Signature and key",
            "Roots",
            "Links",
            "Wrong",
            "No issuer",
            "Not verifiable",
        ]);
        let by_algorithm = self.by_algorithm();
        let mut sum = Numbers::default();
        for (algorithm, numbers) in &by_algorithm {
            sum = sum.and(*numbers);
            table.add_row(numbers.row(algorithm));
        }
        table.add_row(sum.row("all"));
        let mut text = table.to_string();
        text.push('\n');
        for (what, count) in self.put_up_with() {
            text.push_str(&format!("\nput up with, {count} times: {what}"));
        }
        for (anchor, examination) in &self.0 {
            if examination.result.is_successful() {
                continue;
            }
            text.push_str(&format!(
                "\n{} {} {}: {}, {}",
                country_of(anchor.certificate()),
                anchor.fingerprint().short(),
                printable::line(&anchor.certificate().subject().to_string()),
                algorithm(examination),
                examination.result
            ));
        }
        text
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let all = self.0.iter().map(|(anchor, examination)| {
            let signed_by = match examination.signed_by {
                SignedBy::Itself => json!("itself"),
                SignedBy::Another(issuer) => json!(issuer.map(|issuer| issuer.to_string())),
            };
            json!({
                "sha256": anchor.fingerprint().to_string(),
                "signature": algorithm(examination),
                "signed_by": signed_by,
                "result": examination.result.to_string(),
                "deviations": examination.deviations.iter().map(ToString::to_string).collect::<Vec<_>>(),
            })
        });
        all.collect()
    }

    /// What was accepted against the rules, each kind with the number of certificates.
    fn put_up_with(&self) -> BTreeMap<String, usize> {
        let mut found: BTreeMap<String, usize> = BTreeMap::new();
        for (_, examination) in &self.0 {
            let deviations = examination.deviations.iter();
            // Where in the certificate it is differs from one to the next.
            let kinds = deviations.map(|met| Deviation::from(met.kind).to_string());
            for kind in kinds.collect::<BTreeSet<String>>() {
                *found.entry(printable::line(&kind)).or_default() += 1;
            }
        }
        found
    }

    fn by_algorithm(&self) -> BTreeMap<String, Numbers> {
        let mut found: BTreeMap<String, Numbers> = BTreeMap::new();
        for (_, examination) in &self.0 {
            let numbers = found.entry(algorithm(examination)).or_default();
            let counter = match (examination.result, examination.signed_by) {
                (CheckResult::Successful, SignedBy::Itself) => &mut numbers.roots,
                (CheckResult::Successful, SignedBy::Another(_)) => &mut numbers.links,
                (CheckResult::Failed(_), _) => &mut numbers.failed,
                (_, SignedBy::Another(None)) if is_missing(examination) => &mut numbers.no_issuer,
                _ => &mut numbers.unusable,
            };
            *counter += 1;
        }
        found
    }
}

impl Numbers {
    const fn and(self, other: Self) -> Self {
        Self {
            roots: self.roots + other.roots,
            links: self.links + other.links,
            failed: self.failed + other.failed,
            no_issuer: self.no_issuer + other.no_issuer,
            unusable: self.unusable + other.unusable,
        }
    }

    fn row(self, label: &str) -> Vec<String> {
        let numbers = [
            self.roots,
            self.links,
            self.failed,
            self.no_issuer,
            self.unusable,
        ];
        let mut row = vec![label.to_owned()];
        row.extend(numbers.map(|number| number.to_string()));
        row
    }
}

fn is_missing(examination: &Examination) -> bool {
    examination.cause() == Some(pki::Cause::NoCsca)
}

fn algorithm(examination: &Examination) -> String {
    let signature = examination.algorithm.map_or_else(
        || "unknown signature".to_owned(),
        |algorithm| algorithm.to_string(),
    );
    let key = examination.key.as_deref().unwrap_or("unusable key");
    format!("{signature}, {key}")
}
