//! How long an inspection took, by what it was doing.

use core::time::Duration;

use crate::check::{Check, CheckKind};
use crate::report::Report;

/// What an inspection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Winning access: until the chip lets itself be read.
    Access,
    /// Reading files.
    Reading,
    /// Proofs of the chip and signatures of the issuer, and what follows from them.
    Proofs,
    /// Asking the issuer.
    Status,
}

impl Phase {
    /// All of them, in their order.
    pub const ALL: [Self; 4] = [Self::Access, Self::Reading, Self::Proofs, Self::Status];

    /// Stable word for programs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Reading => "read",
            Self::Proofs => "crypto",
            Self::Status => "status",
        }
    }
}

impl CheckKind {
    /// What the inspection is doing in this step.
    #[must_use]
    pub fn phase(&self) -> Phase {
        match self.id {
            "atr-info" | "card-access" | "pace" | "application" | "bac" => Phase::Access,
            "card-security"
            | "com"
            | "sod"
            | "dg14"
            | "dg1"
            | "dg15"
            | "dg2"
            | "other-data-groups"
            | "protected-data-groups" => Phase::Reading,
            "document-status" => Phase::Status,
            _ => Phase::Proofs,
        }
    }
}

/// The time of each phase, commands to the card included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Times {
    /// Until the chip lets itself be read.
    pub access: Duration,
    /// Reading files.
    pub reading: Duration,
    /// Proofs and signatures.
    pub proofs: Duration,
    /// Asking the issuer.
    pub status: Duration,
}

impl Times {
    fn of(checks: &[Check]) -> Self {
        let mut times = Self::default();
        for check in checks {
            let sum = match check.kind.phase() {
                Phase::Access => &mut times.access,
                Phase::Reading => &mut times.reading,
                Phase::Proofs => &mut times.proofs,
                Phase::Status => &mut times.status,
            };
            *sum = sum.saturating_add(check.elapsed);
        }
        times
    }

    /// All of them.
    #[must_use]
    pub const fn total(&self) -> Duration {
        let two = self.access.saturating_add(self.reading);
        two.saturating_add(self.proofs).saturating_add(self.status)
    }

    /// The time of one phase.
    #[must_use]
    pub const fn of_phase(&self, phase: Phase) -> Duration {
        match phase {
            Phase::Access => self.access,
            Phase::Reading => self.reading,
            Phase::Proofs => self.proofs,
            Phase::Status => self.status,
        }
    }
}

impl Report {
    /// How long the inspection took, measured by the clock of its configuration.
    #[must_use]
    pub fn times(&self) -> Times {
        Times::of(&self.checks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PROCEDURE;

    /// Whoever adds a step that reads a file says so here.
    #[test]
    fn every_step_belongs_to_a_phase() {
        let of = |phase| -> Vec<&str> {
            let kinds = PROCEDURE.iter().map(|step| &step.kind);
            kinds
                .filter(|kind| kind.phase() == phase)
                .map(|kind| kind.id)
                .collect()
        };
        assert_eq!(
            of(Phase::Access),
            ["atr-info", "card-access", "pace", "application", "bac"]
        );
        let reading: Vec<&str> = PROCEDURE
            .iter()
            .filter(|step| {
                step.kind.title.starts_with("Read ") || step.kind.id.starts_with("protected-")
            })
            .map(|step| step.kind.id)
            .collect();
        assert_eq!(of(Phase::Reading), reading);
        assert!(of(Phase::Status).is_empty(), "no step of the procedure");
        assert_eq!(crate::DOCUMENT_STATUS.phase(), Phase::Status);
    }
}
