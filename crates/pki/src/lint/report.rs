//! What lint says.

use core::fmt;

use super::object_kind::ObjectKind;
use super::rule::{Rule, Severity};

/// The result for one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LintReport {
    /// The objects that were looked at: the file itself first, then what is inside it.
    pub objects: Vec<LintedObject>,
}

/// One object and what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LintedObject {
    /// Where it stands in the file.
    pub place: Place,
    /// Its subject or issuer, as far as it could be read.
    pub name: String,
    /// What it was judged as; `None` when it is nothing that has a profile.
    pub kind: Option<ObjectKind>,
    /// Why that judgement is not certain.
    pub doubt: Option<&'static str>,
    /// What is against the rules.
    pub findings: Vec<Finding>,
}

/// Where an object stands in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// It is the file.
    File,
    /// A certificate of the list, counted from 1.
    ListEntry(usize),
    /// A certificate that comes with the signature, counted from 1.
    Enclosed(usize),
}

/// One rule that is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// How much it weighs here.
    pub severity: Severity,
    /// Whether it weighs less because the certificate is from the time of the sixth edition.
    pub sixth_edition: bool,
    /// Offset in the file, where one can be named.
    pub at: Option<usize>,
    /// What is there.
    pub found: String,
    /// What should be.
    pub expected: String,
}

/// How often a rule is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleCount {
    /// The rule.
    pub rule: &'static Rule,
    /// With this weight.
    pub severity: Severity,
    /// Objects with such a finding.
    pub objects: usize,
    /// All such findings.
    pub findings: usize,
}

impl LintReport {
    /// Every finding with its object.
    pub fn findings(&self) -> impl Iterator<Item = (&LintedObject, &Finding)> {
        self.objects.iter().flat_map(|object| {
            let findings = object.findings.iter();
            findings.map(move |finding| (object, finding))
        })
    }

    /// The heaviest finding.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.findings().map(|(_, finding)| finding.severity).max()
    }

    /// The findings counted by rule and weight: the heaviest first, in the order of the rules.
    #[must_use]
    pub fn by_rule(&self) -> Vec<RuleCount> {
        let mut counts: Vec<RuleCount> = Vec::new();
        for object in &self.objects {
            let mut seen = Vec::new();
            for finding in &object.findings {
                let key = (finding.rule.id, finding.severity);
                let first = !seen.contains(&key);
                let known = counts
                    .iter_mut()
                    .find(|count| (count.rule.id, count.severity) == key);
                match known {
                    Some(count) => {
                        count.findings += 1;
                        count.objects += usize::from(first);
                    }
                    None => counts.push(RuleCount {
                        rule: finding.rule,
                        severity: finding.severity,
                        objects: 1,
                        findings: 1,
                    }),
                }
                if first {
                    seen.push(key);
                }
            }
        }
        let place = |rule: &Rule| super::RULES.iter().position(|known| known.id == rule.id);
        counts.sort_by_key(|count| (core::cmp::Reverse(count.severity), place(count.rule)));
        counts
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => f.write_str("file"),
            Self::ListEntry(number) => write!(f, "certificate {number} of the list"),
            Self::Enclosed(number) => write!(f, "certificate {number} beside the signature"),
        }
    }
}
