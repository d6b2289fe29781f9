//! The grammar of `pki lint`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use pki::lint::{ObjectKind, Severity};

/// `pki lint`.
#[derive(Debug, Args)]
pub struct PkiLint {
    /// Certificates, CRLs, master lists, deviation lists or EF.SOD, in DER or PEM.
    #[arg(required_unless_present = "rules", value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Certificate of an issuer, to check signatures, names and periods against. May be given several times.
    #[arg(long, value_name = "FILE")]
    pub issuer: Vec<PathBuf>,
    /// What the files are, where that is not to be worked out from them.
    #[arg(long = "as", value_name = "KIND", value_parser = object_kind)]
    pub kind: Option<ObjectKind>,
    /// The lightest findings that are shown.
    #[arg(long, value_enum, default_value_t)]
    pub severity: SeverityArg,
    /// Show every finding of a list, not only the table by rule.
    #[arg(long)]
    pub all: bool,
    /// Show the rules and check nothing.
    #[arg(long, conflicts_with_all = ["files", "issuer", "kind", "all"])]
    pub rules: bool,
}

/// The weight of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum SeverityArg {
    /// All of them.
    #[default]
    Notice,
    /// Recommendations that are not followed, and errors.
    Warning,
    /// Demands that are not met.
    Error,
}

impl From<SeverityArg> for Severity {
    fn from(arg: SeverityArg) -> Self {
        match arg {
            SeverityArg::Notice => Self::Notice,
            SeverityArg::Warning => Self::Warning,
            SeverityArg::Error => Self::Error,
        }
    }
}

fn object_kind(word: &str) -> Result<ObjectKind, String> {
    ObjectKind::by_word(word).ok_or_else(|| {
        let words = ObjectKind::ALL.map(ObjectKind::word);
        format!("it is one of {}", words.join(", "))
    })
}
