//! What came of it, as a table.

use std::fmt::Write as _;

use comfy_table::{Table, presets};
use serde_json::Value;

use crate::board::Board;

/// What was counted.
#[derive(Debug, Default)]
pub struct Sum {
    /// Who came.
    pub people: usize,
    /// Chips that were prepared.
    pub chips: usize,
    /// Cards in their holders' hands.
    pub cards: usize,
    /// Who got none.
    pub refused: usize,
    /// Hints of duplicates that were judged.
    pub reviewed: usize,
    /// Cards that were spoiled and made again.
    pub remade: usize,
    /// Commands to a card when it is read out.
    pub round_trips: u64,
    /// Applications whose biometrics are gone.
    pub erased: usize,
    /// Entries of the audit log.
    pub entries: u64,
    /// The most memory of the service, in octets.
    pub peak: Option<u64>,
    /// The stock at the end.
    pub stock: Option<Value>,
}

impl Sum {
    /// Everything in one table.
    #[must_use]
    pub fn table(&self, board: &Board) -> String {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.set_header(["step", "how many", "seconds", "ms each", "per hour"]);
        for step in board.steps() {
            let seconds = step.time.as_secs_f64();
            let count = step.count as f64;
            let rate = |value: f64| match step.is_wait {
                true => String::new(),
                false => format!("{value:.0}"),
            };
            table.add_row([
                step.name.to_owned(),
                step.count.to_string(),
                format!("{seconds:.1}"),
                rate(seconds * 1000.0 / count.max(1.0)),
                rate(count * 3600.0 / seconds.max(0.001)),
            ]);
        }
        let mut text = format!("\n{}\n\n", table.trim_fmt());
        let peak = self.peak.map_or_else(
            || "unknown".to_owned(),
            |peak| format!("{:.1} MB", peak as f64 / 1e6),
        );
        let lines = [
            ("people in", self.people.to_string()),
            ("cards out, verified", self.cards.to_string()),
            ("refused", self.refused.to_string()),
            ("namesakes judged", self.reviewed.to_string()),
            ("remade", self.remade.to_string()),
            ("chips prepared", self.chips.to_string()),
            ("biometrics erased", self.erased.to_string()),
            ("commands of a read-out", self.round_trips.to_string()),
            ("entries of the audit log", self.entries.to_string()),
            ("peak memory of the service", peak),
        ];
        for (name, value) in lines {
            // Writing to a string does not fail.
            let _ = writeln!(text, "{name:28}{value}");
        }
        text
    }
}
