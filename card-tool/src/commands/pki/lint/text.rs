//! The findings for people: by object, or as a table by rule where there are many objects.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use pki::lint::{Finding, LintReport, LintedObject, ObjectKind, RULES, Severity};

use super::Linted;
use crate::printable;

/// Files with more objects than this are shown as a table by rule.
const FEW: usize = 8;

/// All files.
pub(super) fn of(all: &[Linted], lightest: Severity, every: bool) -> String {
    let mut out = String::new();
    for linted in all {
        let mut title = printable::line(&linted.file.display().to_string());
        if let Some(block) = linted.block {
            let _ = write!(title, ", PEM block {block}");
        }
        let _ = writeln!(out, "{title}");
        let many = linted.report.objects.len() > FEW;
        if every || !many {
            objects(&mut out, &linted.report, lightest);
        }
        if many {
            table(&mut out, &linted.report, lightest, every);
        }
        let _ = writeln!(out, "  {}\n", sum(&linted.report));
    }
    out
}

/// The rules, one in a line.
pub(super) fn rules() -> String {
    let mut out = String::new();
    for rule in RULES {
        let (id, severity, clause) = (rule.id, rule.severity, rule.clause);
        let _ = writeln!(out, "{severity:8} {id:40} {clause:24} {}", rule.text);
    }
    let _ = writeln!(out, "{} rules", RULES.len());
    out
}

fn objects(out: &mut String, report: &LintReport, lightest: Severity) {
    for object in &report.objects {
        let shown: Vec<&Finding> = object
            .findings
            .iter()
            .filter(|finding| finding.severity >= lightest)
            .collect();
        if shown.is_empty() && report.objects.len() > FEW {
            continue;
        }
        let _ = writeln!(out, "  {}", heading(object));
        let mut rule = "";
        for finding in shown {
            if finding.rule.id != rule {
                rule = finding.rule.id;
                let old = if finding.sixth_edition {
                    ", profile of the sixth edition"
                } else {
                    ""
                };
                let (severity, clause, text) =
                    (finding.severity, finding.rule.clause, finding.rule.text);
                let _ = writeln!(out, "    {severity:8} {rule} ({clause}{old}): {text}");
            }
            let place = finding
                .at
                .map_or(String::new(), |at| format!(" (byte {at})"));
            let found = printable::line(&finding.found);
            let expected = printable::line(&finding.expected);
            let _ = writeln!(
                out,
                "             found {found}; should be {expected}{place}"
            );
        }
    }
}

fn heading(object: &LintedObject) -> String {
    let kind = object.kind.map_or("not recognised", ObjectKind::word);
    let mut heading = format!("{}: judged as {kind}", object.place);
    if !object.name.is_empty() {
        let _ = write!(heading, ", {}", printable::line(&object.name));
    }
    if let Some(doubt) = object.doubt {
        let _ = write!(heading, " (not certain: {doubt})");
    }
    heading
}

fn table(out: &mut String, report: &LintReport, lightest: Severity, every: bool) {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for object in &report.objects {
        let kind = object.kind.map_or("not recognised", ObjectKind::word);
        *kinds.entry(kind).or_default() += 1;
    }
    let kinds: Vec<String> = kinds
        .iter()
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    let _ = writeln!(out, "  judged as: {}", kinds.join(", "));
    let in_doubt = report
        .objects
        .iter()
        .filter(|object| object.doubt.is_some())
        .count();
    if in_doubt > 0 {
        let _ = writeln!(out, "  not certain: {in_doubt}");
    }
    let _ = writeln!(out, "  severity  objects  findings  rule");
    for count in report
        .by_rule()
        .iter()
        .filter(|count| count.severity >= lightest)
    {
        let (severity, id, clause) = (count.severity, count.rule.id, count.rule.clause);
        let (objects, findings) = (count.objects, count.findings);
        let text = count.rule.text;
        let _ = writeln!(
            out,
            "  {severity:8}  {objects:7}  {findings:8}  {id} ({clause}): {text}"
        );
    }
    if !every {
        let _ = writeln!(out, "  --all shows each finding with its certificate");
    }
}

fn sum(report: &LintReport) -> String {
    let count = |severity| {
        report
            .findings()
            .filter(|(_, finding)| finding.severity == severity)
            .count()
    };
    let counts = Severity::ALL
        .iter()
        .rev()
        .map(|severity| format!("{} {severity}", count(*severity)));
    format!(
        "{} objects: {}",
        report.objects.len(),
        counts.collect::<Vec<_>>().join(", ")
    )
}
