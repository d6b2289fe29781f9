//! What acceptance has to say about a record.

use core::fmt;

use crate::field::{Bilingual, Field, Kind, Language};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The record is accepted; somebody should look.
    Warning,
    /// The record is not accepted.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// The fields a rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Every field of the record.
    Every,
    /// The fields of these kinds; `Kind::Word(&[])` stands for every list of words.
    Kinds(&'static [Kind]),
    /// These fields.
    Fields(&'static [Field]),
}

impl Scope {
    /// Whether a rule of this scope may be broken by a field.
    #[must_use]
    pub fn has(self, field: Field) -> bool {
        match self {
            Self::Every => true,
            Self::Kinds(kinds) => {
                let kind = core::mem::discriminant(&field.kind());
                kinds
                    .iter()
                    .any(|each| core::mem::discriminant(each) == kind)
            }
            Self::Fields(fields) => fields.contains(&field),
        }
    }

    /// The fields of this scope, in the order of a form.
    pub fn fields(self) -> impl Iterator<Item = Field> {
        Field::ALL
            .iter()
            .copied()
            .filter(move |field| self.has(*field))
    }
}

/// A rule of acceptance: an id that never changes, its weight, its message, where it applies and who says so.
///
/// `{}` in a message stands for the detail of the finding. [`crate::rules`] lists all of a profile: the catalogue that
/// manuals and forms print (`cargo run -p enrolment --example rule_catalogue`).
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// For machines and manuals, for example `text-control`.
    pub id: &'static str,
    /// What breaking it means.
    pub severity: Severity,
    /// What the operator reads behind the label of the field.
    pub message: Bilingual,
    /// The fields it looks at.
    pub scope: Scope,
    /// The clause of a law or standard, or why the project has the rule.
    pub source: &'static str,
}

impl Rule {
    /// A rule that must be obeyed.
    #[must_use]
    pub const fn error(id: &'static str, en: &'static str, vi: &'static str) -> Self {
        let severity = Severity::Error;
        let message = Bilingual { en, vi };
        Self {
            id,
            severity,
            message,
            scope: Scope::Every,
            source: "",
        }
    }

    /// The rule, for some fields only.
    #[must_use]
    pub const fn on(self, fields: &'static [Field]) -> Self {
        Self {
            scope: Scope::Fields(fields),
            ..self
        }
    }

    /// The rule, for the fields of some kinds only.
    #[must_use]
    pub const fn on_kinds(self, kinds: &'static [Kind]) -> Self {
        Self {
            scope: Scope::Kinds(kinds),
            ..self
        }
    }

    /// The rule with the clause it follows, or the reason it is there.
    #[must_use]
    pub const fn by(self, source: &'static str) -> Self {
        Self { source, ..self }
    }

    /// A rule whose breach is told and let pass.
    #[must_use]
    pub const fn warning(id: &'static str, en: &'static str, vi: &'static str) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(id, en, vi)
        }
    }
}

/// One rule broken by one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The field to look at.
    pub field: Field,
    /// The rule it breaks.
    pub rule: &'static Rule,
    detail: Detail,
}

/// What stands for `{}` in the message of a rule, in both languages. It never holds a secret.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Detail {
    en: String,
    vi: String,
}

impl Detail {
    /// Words that differ by language.
    #[must_use]
    pub fn of(words: Bilingual) -> Self {
        Self {
            en: words.en.to_owned(),
            vi: words.vi.to_owned(),
        }
    }
}

impl<T: Into<String>> From<T> for Detail {
    /// Numbers, dates, characters: the same in both languages.
    fn from(text: T) -> Self {
        let text = text.into();
        Self {
            en: text.clone(),
            vi: text,
        }
    }
}

impl Finding {
    /// Error or warning.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.rule.severity
    }

    /// Label and message.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        let label = self.field.label().in_language(language);
        let message = self.rule.message.in_language(language);
        let detail = match language {
            Language::English => &self.detail.en,
            Language::Vietnamese => &self.detail.vi,
        };
        format!("{label}: {}", message.replace("{}", detail))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (severity, id) = (self.severity(), self.rule.id);
        write!(f, "{severity} {id}: {}", self.message(Language::English))
    }
}

/// Findings as they are collected.
#[derive(Debug, Default)]
pub struct Findings(Vec<Finding>);

impl From<Vec<Finding>> for Findings {
    fn from(findings: Vec<Finding>) -> Self {
        Self(findings)
    }
}

impl Findings {
    /// The field breaks the rule.
    pub fn add(&mut self, field: Field, rule: &'static Rule) {
        self.add_with(field, rule, Detail::default());
    }

    /// The field breaks the rule, and the message says more.
    pub fn add_with(&mut self, field: Field, rule: &'static Rule, detail: impl Into<Detail>) {
        let detail = detail.into();
        self.0.push(Finding {
            field,
            rule,
            detail,
        });
    }

    /// Whether the field already breaks a rule that must be obeyed.
    #[must_use]
    pub fn refuse(&self, field: Field) -> bool {
        let mut findings = self.0.iter();
        findings.any(|finding| finding.field == field && finding.severity() == Severity::Error)
    }

    /// All of them, in the order of the fields.
    #[must_use]
    pub fn into_sorted(mut self) -> Vec<Finding> {
        self.0.sort_by_key(|finding| finding.field);
        self.0
    }
}
