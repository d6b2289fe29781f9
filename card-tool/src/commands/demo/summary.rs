//! What the demo has shown, as a table and as JSON.

use std::time::Duration;

use comfy_table::{ContentArrangement, Table};
use inspection::{Outcome, Report};
use serde_json::{Value, json};
use transport::Statistics;

/// The rows so far.
pub struct Summary {
    transport: String,
    issued: Vec<Issued>,
    inspected: Vec<Inspected>,
}

struct Issued {
    name: String,
    profile: String,
    bytes: usize,
    elapsed: Duration,
}

struct Inspected {
    name: String,
    way: String,
    overall: Outcome,
    /// For an altered card: the check that must fail, and whether it did.
    expected: Option<(String, bool)>,
    failing: Vec<String>,
    statistics: Statistics,
}

impl Inspected {
    fn is_as_expected(&self) -> bool {
        match &self.expected {
            None => self.overall == Outcome::Successful,
            Some((_, caught)) => self.overall == Outcome::Failed && *caught,
        }
    }
}

impl Summary {
    /// Nothing shown yet.
    pub fn new(transport: &str) -> Self {
        Self {
            transport: transport.to_owned(),
            issued: Vec::new(),
            inspected: Vec::new(),
        }
    }

    /// A card was issued.
    pub fn issued(&mut self, name: &str, profile: &str, bytes: usize, elapsed: Duration) {
        self.issued.push(Issued {
            name: name.to_owned(),
            profile: profile.to_owned(),
            bytes,
            elapsed,
        });
    }

    /// A card was inspected; for an altered one the check that must fail is named.
    pub fn inspected(
        &mut self,
        name: &str,
        way: &str,
        expected: Option<&str>,
        report: &Report,
        statistics: Statistics,
    ) {
        let failed = |id: &str| {
            report
                .check(id)
                .is_some_and(|check| check.finding.outcome == Outcome::Failed)
        };
        self.inspected.push(Inspected {
            name: name.to_owned(),
            way: way.to_owned(),
            overall: report.overall(),
            expected: expected.map(|id| (id.to_owned(), failed(id))),
            failing: report
                .checks
                .iter()
                .filter(|check| check.finding.outcome == Outcome::Failed)
                .map(|check| check.kind.id.to_owned())
                .collect(),
            statistics,
        });
    }

    /// Whether genuine cards passed and altered ones were refused by the right check.
    pub fn is_as_expected(&self) -> bool {
        !self.inspected.is_empty() && self.inspected.iter().all(Inspected::is_as_expected)
    }

    /// For programs.
    pub fn json(&self) -> Value {
        json!({
            "transport": self.transport,
            "as_expected": self.is_as_expected(),
            "issued": self.issued.iter().map(|row| json!({
                "card": row.name, "profile": row.profile, "bytes": row.bytes, "seconds": row.elapsed.as_secs_f64(),
            })).collect::<Vec<_>>(),
            "inspected": self.inspected.iter().map(|row| json!({
                "card": row.name,
                "way": row.way,
                "overall": row.overall.word(),
                "failed_checks": row.failing,
                "must_fail": row.expected.as_ref().map(|(id, _)| id),
                "as_expected": row.is_as_expected(),
                "round_trips": row.statistics.round_trips,
                "waiting_ms": row.statistics.waiting.as_secs_f64() * 1000.0,
            })).collect::<Vec<_>>(),
        })
    }

    /// For people.
    pub fn table(&self) -> Table {
        let mut table = Table::new();
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_header([
            "card",
            "how",
            "verdict",
            "failed checks",
            "round trips",
            "ms",
            "as it must be",
        ]);
        for row in &self.issued {
            table.add_row([
                row.name.clone(),
                format!("issued by {}", row.profile),
                format!("{} bytes", row.bytes),
                String::new(),
                String::new(),
                format!("{:.0}", row.elapsed.as_secs_f64() * 1000.0),
                String::new(),
            ]);
        }
        for row in &self.inspected {
            table.add_row([
                row.name.clone(),
                row.way.clone(),
                row.overall.word().to_owned(),
                row.failing.join(", "),
                row.statistics.round_trips.to_string(),
                format!("{:.1}", row.statistics.waiting.as_secs_f64() * 1000.0),
                if row.is_as_expected() { "yes" } else { "NO" }.to_owned(),
            ]);
        }
        table
    }
}
