//! What a report may claim, in words for the person at the counter.
//!
//! The rule: a claim names what it covers and holds for nothing else. A data group is named only if its hash is the signed one;
//! a chip is called the issuer's only if it proved a key that the issuer has signed. What does not keep a document from being
//! *successful*, and would yet surprise whoever relies on it, stands beside the claim as a remark.

use lds::File;
use pki::DeviationKind;
use pki::passive_authentication::DataGroupResult;

use crate::check::{Check, Weight};
use crate::report::{Report, Source};
use crate::steps::{authenticity, card_security, content};
use crate::{Outcome, tr03135};

/// What an inspection claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The claim, in whole sentences.
    pub claim: String,
    /// The data groups that the claim covers: read, and what the issuer signed. Empty unless the report is *successful*.
    pub covered: Vec<File>,
    /// What has to be known beside the claim. Empty where there is no claim to qualify: the document failed, or the
    /// inspection did not come to its end.
    pub remarks: Vec<Remark>,
}

/// Something that did not count and must be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Stable word for programs: that of the check, or one of `not-read`, `left-out`, `not-judged`,
    /// `weak-key`.
    pub id: &'static str,
    /// For people, without full stop.
    pub text: String,
    /// What the person at the counter can do, if there is something.
    pub remedy: Option<&'static str>,
}

/// The claim of a report, and the remarks on it.
pub(crate) fn of(report: &Report) -> Verdict {
    let covered = match report.overall() {
        Outcome::Successful => in_state(report, DataGroupResult::Identical),
        _ => Vec::new(),
    };
    let claim = match report.overall() {
        Outcome::Successful => successful(report, &covered),
        Outcome::Failed if report.was_not_let_in() => {
            "No verdict: the chip did not open with this password.".to_owned()
        }
        Outcome::Failed => "The document is NOT in order.".to_owned(),
        Outcome::Undetermined | Outcome::NotSupported => {
            "No verdict: something that a verdict needs could not be shown.".to_owned()
        }
        Outcome::Aborted => "No verdict: the inspection did not come to its end.".to_owned(),
    };
    let remarks = match report.overall() {
        Outcome::Failed | Outcome::Aborted => Vec::new(),
        Outcome::Successful | Outcome::Undetermined | Outcome::NotSupported => remarks(report),
    };
    Verdict {
        claim,
        covered,
        remarks,
    }
}

fn successful(report: &Report, covered: &[File]) -> String {
    let groups = format!("data groups are what the issuer signed: {}.", list(covered));
    if report.source == Source::Files {
        return format!("These {groups} No chip was seen: the files can be those of a copy.");
    }
    match report.check("chip-authenticity") {
        Some(check) if check.finding.outcome == Outcome::Successful => {
            format!("The chip is the issuer's, and these {groups}")
        }
        // Some documents have nothing to show it with, and that does not count.
        Some(check) => format!(
            "These {groups} That the chip is no copy was not shown: {}.",
            check.finding.cause
        ),
        None => format!("These {groups} That the chip is no copy was not shown."),
    }
}

fn remarks(report: &Report) -> Vec<Remark> {
    let mut remarks: Vec<Remark> = report
        .checks
        .iter()
        .filter(|check| is_worth_a_remark(check) || is_open_proof(report, check))
        .map(of_check)
        .collect();
    for (id, state, what) in [
        ("not-read", DataGroupResult::NotRead, "signed, and not read"),
        (
            "left-out",
            DataGroupResult::KnownDeviation,
            "not what was signed, as the issuer's deviation list says, and neither shown nor used",
        ),
    ] {
        let groups = in_state(report, state);
        if !groups.is_empty() {
            remarks.push(Remark {
                id,
                text: format!("{}: {what}", list(&groups)),
                remedy: None,
            });
        }
    }
    let not_judged = report.not_judged();
    if !not_judged.is_empty() {
        remarks.push(Remark {
            id: "not-judged",
            text: format!("{}: there, and judged by no check", list(&not_judged)),
            remedy: None,
        });
    }
    remarks.extend(weak_signers(report));
    remarks.extend(
        report
            .checks
            .iter()
            .filter_map(|check| weak_proof(report, check)),
    );
    remarks
}

/// A check that did not pass and does not count, and one that was left without what it needs: revocation without a list, and
/// the comparison with the printed zone, which a person can make.
fn is_worth_a_remark(check: &Check) -> bool {
    let does_not_count = check.counts_as().is_none();
    let left_open = match check.finding.outcome {
        Outcome::Failed => true,
        Outcome::Undetermined => check.kind.weight == Weight::WhereKnown,
        Outcome::NotSupported => check.kind.id == tr03135::PRINTED_ZONE,
        Outcome::Successful | Outcome::Aborted => false,
    };
    does_not_count && left_open
}

/// A proof that the document offers and that led nowhere, beside one that held: a copy that has some of the keys gets as far.
fn is_open_proof(report: &Report, check: &Check) -> bool {
    let proofs = [
        &card_security::CHIP_AUTHENTICATION_MAPPING,
        &authenticity::CHIP_AUTHENTICATION,
        &authenticity::ACTIVE_AUTHENTICATION,
    ];
    let chip = report.check(content::CHIP_AUTHENTICITY.kind.id);
    check.finding.outcome == Outcome::Undetermined
        && proofs.iter().any(|proof| proof.kind.id == check.kind.id)
        && chip.is_some_and(|chip| chip.finding.outcome == Outcome::Successful)
}

fn of_check(check: &Check) -> Remark {
    Remark {
        id: check.kind.id,
        text: format!(
            "{}: {} ({})",
            check.kind.title, check.finding.outcome, check.finding.cause
        ),
        remedy: check.finding.remedy,
    }
}

/// Signatures that somebody else may have made.
fn weak_signers(report: &Report) -> Vec<Remark> {
    let of_security_object = report.passive.iter().map(|passive| &passive.signer);
    let all = of_security_object
        .chain(&report.card_security)
        .flat_map(|signer| {
            [
                ("document signer", &signer.deviations),
                ("CSCA", &signer.issuer_deviations),
            ]
        });
    let mut remarks = Vec::new();
    for (whose, deviations) in all {
        for deviation in deviations {
            if let DeviationKind::WeakKey(key) = deviation.kind {
                remarks.push(weak_key(format!(
                    "The key of the {whose} is weak ({key}): who computes it can sign such documents"
                )));
            }
        }
    }
    // EF.SOD and EF.CardSecurity mostly have one signer.
    remarks.dedup();
    remarks
}

/// A proof of the chip that a copy may have given.
fn weak_proof(report: &Report, check: &Check) -> Option<Remark> {
    if check.finding.outcome != Outcome::Successful {
        return None;
    }
    let key = authenticity::key_of(&check.kind, report.data.as_shown())?;
    key.weakness()?;
    Some(weak_key(format!(
        "{}: the key of the chip is weak ({key}): who computes it can make a chip that passes this check",
        check.kind.title
    )))
}

const fn weak_key(text: String) -> Remark {
    Remark {
        id: "weak-key",
        text,
        remedy: None,
    }
}

fn in_state(report: &Report, state: DataGroupResult) -> Vec<File> {
    let groups = report
        .passive
        .iter()
        .flat_map(|passive| &passive.data_groups);
    groups
        .filter(|(_, result)| **result == state)
        .map(|(file, _)| *file)
        .collect()
}

fn list(files: &[File]) -> String {
    let names: Vec<&str> = files.iter().map(|file| file.name()).collect();
    names.join(", ")
}
