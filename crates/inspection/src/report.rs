//! What came out of an inspection.

use std::collections::BTreeMap;

use lds::File;
use pki::passive_authentication::{Report as PassiveAuthentication, SignerReport};

use crate::Outcome;
use crate::check::Check;
use crate::document::{Data, Document};
use crate::document_status::Answer;
use crate::read::ReadError;
use crate::terminal::TerminalAuthentication;
use crate::verdict::{self, Verdict};

/// What was inspected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A chip.
    Chip,
    /// Files that were read before: they can be those of a copy.
    Files,
}

/// The result of an inspection.
#[derive(Debug)]
pub struct Report {
    /// What was inspected.
    pub source: Source,
    /// Every check, in the order of the procedure.
    pub checks: Vec<Check>,
    /// The holder's data and the files.
    pub data: Data,
    /// Files that were asked for in vain.
    pub unread: BTreeMap<File, ReadError>,
    /// Details of passive authentication: certificates, algorithms, deviations.
    pub passive: Option<PassiveAuthentication>,
    /// Who signed EF.CardSecurity, if it was read.
    pub card_security: Option<SignerReport>,
    /// The certificates that were shown to the chip, and what they allow.
    pub terminal_authentication: Option<TerminalAuthentication>,
    /// What the issuer says of the document today, where somebody wanted to know.
    pub status: Option<Answer>,
}

/// What stands behind the checks.
pub(crate) struct Evidence {
    pub(crate) passive: Option<PassiveAuthentication>,
    pub(crate) card_security: Option<SignerReport>,
    pub(crate) terminal_authentication: Option<TerminalAuthentication>,
}

impl Report {
    pub(crate) fn new(
        source: Source,
        checks: Vec<Check>,
        document: Document,
        evidence: Evidence,
        unread: BTreeMap<File, ReadError>,
    ) -> Self {
        let data = if is_verified(&document, evidence.passive.as_ref()) {
            Data::Verified(document)
        } else {
            Data::Unverified(document)
        };
        Self {
            source,
            checks,
            data,
            unread,
            passive: evidence.passive,
            card_security: evidence.card_security,
            terminal_authentication: evidence.terminal_authentication,
            status: None,
        }
    }

    /// The overall result (TR-03135-1 §5.4): every check that counts.
    #[must_use]
    pub fn overall(&self) -> Outcome {
        Outcome::together(self.checks.iter().filter_map(Check::counts_as))
    }

    /// What the report claims, in words, and what has to be known beside it.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        verdict::of(self)
    }

    /// Whether nothing failed but the access: a mistyped password must not look like a forged document.
    #[must_use]
    pub fn was_not_let_in(&self) -> bool {
        let mut failed = self
            .checks
            .iter()
            .filter(|check| check.finding.outcome == Outcome::Failed)
            .peekable();
        failed.peek().is_some() && failed.all(|check| ["pace", "bac"].contains(&check.kind.id))
    }

    /// The check with this word.
    #[must_use]
    pub fn check(&self, id: &str) -> Option<&Check> {
        self.checks.iter().find(|check| check.kind.id == id)
    }

    /// Files that are there and that no check judged: whatever the result is, it says nothing about them.
    #[must_use]
    pub fn not_judged(&self) -> Vec<File> {
        let files = self.data.as_shown().files.keys().copied();
        files.filter(|file| !self.judges(*file)).collect()
    }

    fn judges(&self, file: File) -> bool {
        match file {
            File::CardAccess => self
                .check("card-access-signed")
                .is_none_or(|check| check.finding.outcome != Outcome::NotSupported),
            File::AtrInfo | File::Dir | File::Cvca => false,
            _ => true,
        }
    }

    /// The checks that keep the document from being *successful*.
    pub fn obstacles(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| {
            check
                .counts_as()
                .is_some_and(|outcome| outcome != Outcome::Successful)
        })
    }
}

/// Whether passive authentication vouches for every data group that was read, EF.DG1 among them. One altered group is enough
/// to doubt what is shown beside it.
fn is_verified(document: &Document, passive: Option<&PassiveAuthentication>) -> bool {
    passive
        .and_then(PassiveAuthentication::verified_lds)
        .is_some_and(|verified| {
            let mut groups = document.files.keys().filter(|f| f.dg_number().is_some());
            verified.file(File::Dg1).is_some() && groups.all(|f| verified.file(*f).is_some())
        })
}
