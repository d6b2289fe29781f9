//! The stock: every chip that came in is in one stage.
//!
//! `received = in stock + reserved + being written + written + good + rejected + destroyed + missing`, at every moment.

use std::collections::BTreeMap;

use crate::{Card, Reason, Stage};

/// How many chips are where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbers {
    /// How many came in.
    pub received: u64,
    stages: BTreeMap<Stage, u64>,
    reasons: BTreeMap<Reason, u64>,
}

impl Numbers {
    pub(crate) fn of<'a>(received: u64, cards: impl Iterator<Item = &'a Card>) -> Self {
        let mut numbers = Self {
            received,
            ..Self::default()
        };
        for card in cards {
            *numbers.stages.entry(card.stage).or_default() += 1;
            if let Some(reason) = card.reason {
                *numbers.reasons.entry(reason).or_default() += 1;
            }
        }
        numbers
    }

    /// How many are in a stage.
    #[must_use]
    pub fn in_stage(&self, stage: Stage) -> u64 {
        self.stages.get(&stage).copied().unwrap_or_default()
    }

    /// How many became rejects for a reason, destroyed ones included.
    #[must_use]
    pub fn rejected_for(&self, reason: Reason) -> u64 {
        self.reasons.get(&reason).copied().unwrap_or_default()
    }

    /// How many became rejects.
    #[must_use]
    pub fn rejects(&self) -> u64 {
        self.reasons.values().sum()
    }

    /// How many lie on the floor and are no card yet.
    #[must_use]
    pub fn remaining(&self) -> u64 {
        let stages = Stage::ALL.into_iter().filter(|stage| stage.remains());
        stages.map(|stage| self.in_stage(stage)).sum()
    }

    /// Whether every chip that came in is in one stage.
    #[must_use]
    pub fn adds_up(&self) -> bool {
        self.received == self.stages.values().sum::<u64>()
    }
}
