//! `pki lint`: certificates, CRLs, signed lists and EF.SOD against the rules of their profiles.

mod pem;
mod text;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use pki::lint::{Finding, LintReport, MAX_FILE_LEN, RULES, Rule, Severity, lint};
use pki::{Certificate, Crl, SecurityObject, SignedData};
use serde_json::{Value, json};

use crate::args::PkiLint;
use crate::commands::{Context, note, print, print_json};
use crate::exit::{Exit, Problem};
use crate::files;

/// What was found in one file, or in one PEM block of it.
struct Linted {
    file: PathBuf,
    /// Number of the PEM block, counted from 1.
    block: Option<usize>,
    report: LintReport,
    /// Issuers were given, and none of them has signed it.
    issuer_not_given: bool,
}

/// Runs the verb.
pub fn run(args: &PkiLint, context: &Context) -> Result<Exit> {
    if args.rules {
        return show_rules(context);
    }
    let mut issuers = Vec::new();
    for file in &args.issuer {
        issuers.extend(certificates(file)?);
    }
    let mut all = Vec::new();
    for file in &args.files {
        for (block, object) in objects(file)? {
            all.push(Linted {
                file: file.clone(),
                block,
                report: lint(&object, args.kind, &issuers),
                issuer_not_given: is_of_another(&object, &issuers),
            });
        }
    }
    let lightest = Severity::from(args.severity);
    if context.json() {
        print_json(&to_json(&all, lightest))?;
    } else {
        print(text::of(&all, lightest, args.all).trim_end())?;
        for linted in all.iter().filter(|linted| linted.issuer_not_given) {
            note(&format!(
                "{}: its issuer is not among those given, so that nothing was checked against it",
                linted.file.display()
            ));
        }
    }
    let worst = all.iter().filter_map(|linted| linted.report.worst()).max();
    Ok(match worst {
        Some(Severity::Error) => Exit::No,
        _ => Exit::Done,
    })
}

/// The objects of a file: it is one, or it has some in PEM.
fn objects(file: &Path) -> Result<Vec<(Option<usize>, Vec<u8>)>> {
    let bytes = files::read_at_most(file, MAX_FILE_LEN)?;
    if !pem::is_pem(&bytes) {
        return Ok(vec![(None, bytes)]);
    }
    let blocks = pem::blocks(&bytes).ok_or_else(|| {
        let message = format!("{}: a PEM block is damaged", file.display());
        Problem::usage(message, "a block has a begin, base64 and an end")
    })?;
    if blocks.is_empty() {
        let message = format!("{} holds keys only", file.display());
        return Err(Problem::usage(
            message,
            "lint is for certificates, lists and EF.SOD",
        ));
    }
    let numbered = blocks.into_iter().enumerate();
    Ok(numbered
        .map(|(index, block)| (Some(index + 1), block))
        .collect())
}

/// Whether none of the issuers has signed what is not signed by itself: the object, or the certificate of its signer.
fn is_of_another(object: &[u8], issuers: &[Certificate]) -> bool {
    if issuers.is_empty() {
        return false;
    }
    if let Ok(list) = Crl::parse(object) {
        return !issuers.iter().any(|one| list.verify_signature(one).is_ok());
    }
    let by_any = |one: &Certificate| {
        let mut all = issuers.iter();
        one.verify_signature(one).is_ok() || all.any(|issuer| one.verify_signature(issuer).is_ok())
    };
    if let Ok(certificate) = Certificate::parse(object) {
        return !by_any(&certificate);
    }
    let signer_of = |data: &SignedData| data.verify().signer;
    let signer = match SecurityObject::parse(object) {
        Ok(read) => signer_of(read.signed_data()),
        Err(_) => SignedData::parse(object)
            .ok()
            .and_then(|data| signer_of(&data)),
    };
    signer.is_some_and(|signer| {
        let mut all = issuers.iter();
        !all.any(|issuer| signer.verify_signature(issuer).is_ok())
    })
}

fn certificates(file: &Path) -> Result<Vec<Certificate>> {
    objects(file)?
        .iter()
        .map(|(_, object)| {
            Certificate::parse(object).with_context(|| format!("issuer {}", file.display()))
        })
        .collect()
}

fn show_rules(context: &Context) -> Result<Exit> {
    if context.json() {
        let rules: Vec<Value> = RULES.iter().map(rule_json).collect();
        print_json(&json!({ "rules": rules }))?;
    } else {
        print(text::rules().trim_end())?;
    }
    Ok(Exit::Done)
}

fn rule_json(rule: &Rule) -> Value {
    let kinds = pki::lint::ObjectKind::ALL.into_iter();
    let kinds = kinds.filter(|kind| rule.applies_to.contains(*kind));
    json!({
        "rule": rule.id,
        "clause": rule.clause,
        "severity": rule.severity.word(),
        "severity_sixth_edition": rule.sixth_edition.unwrap_or(rule.severity).word(),
        "applies_to": kinds.map(pki::lint::ObjectKind::word).collect::<Vec<_>>(),
        "text": rule.text,
    })
}

fn to_json(all: &[Linted], lightest: Severity) -> Value {
    let files: Vec<Value> = all
        .iter()
        .map(|linted| linted_json(linted, lightest))
        .collect();
    json!({ "files": files })
}

fn linted_json(linted: &Linted, lightest: Severity) -> Value {
    let objects: Vec<Value> = linted
        .report
        .objects
        .iter()
        .map(|object| {
            let findings = object
                .findings
                .iter()
                .filter(|finding| finding.severity >= lightest);
            json!({
                "place": object.place.to_string(),
                "name": object.name,
                "kind": object.kind.map(pki::lint::ObjectKind::word),
                "doubt": object.doubt,
                "findings": findings.map(finding_json).collect::<Vec<_>>(),
            })
        })
        .collect();
    let counts = linted.report.by_rule().into_iter();
    let counts = counts
        .filter(|count| count.severity >= lightest)
        .map(|count| {
            json!({
                "rule": count.rule.id,
                "severity": count.severity.word(),
                "objects": count.objects,
                "findings": count.findings,
            })
        });
    json!({
        "file": linted.file,
        "pem_block": linted.block,
        "issuer_not_given": linted.issuer_not_given,
        "worst": linted.report.worst().map(Severity::word),
        "by_rule": counts.collect::<Vec<_>>(),
        "objects": objects,
    })
}

fn finding_json(finding: &Finding) -> Value {
    json!({
        "rule": finding.rule.id,
        "clause": finding.rule.clause,
        "severity": finding.severity.word(),
        "sixth_edition": finding.sixth_edition,
        "at": finding.at,
        "found": finding.found,
        "expected": finding.expected,
        "text": finding.rule.text,
    })
}
