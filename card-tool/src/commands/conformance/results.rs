//! What came of the cases, as a table and for programs.

use applet_spec::conformance::{Case, Exchange, Failure, Outcome, Suite};
use comfy_table::{CellAlignment, Table};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// One case on one card.
pub struct CaseResult<'a> {
    /// Its unit.
    pub suite: &'a Suite,
    /// The case.
    pub case: &'a Case,
    /// What came of it.
    pub outcome: Outcome,
}

/// All cases on one card, unit by unit.
pub struct Results<'a> {
    /// What the card is called.
    pub card: String,
    /// When the cases were run.
    pub at: OffsetDateTime,
    /// The cases.
    pub cases: Vec<CaseResult<'a>>,
}

/// How many cases ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// As they should.
    pub passed: usize,
    /// Otherwise.
    pub failed: usize,
    /// Not at all.
    pub not_applicable: usize,
}

impl Count {
    const fn add(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Passed => self.passed += 1,
            Outcome::Failed(_) => self.failed += 1,
            Outcome::NotApplicable(_) => self.not_applicable += 1,
        }
    }

    /// All of them.
    pub const fn cases(self) -> usize {
        self.passed + self.failed + self.not_applicable
    }
}

impl CaseResult<'_> {
    /// `passed`, `failed` or `not applicable`.
    pub const fn word(&self) -> &'static str {
        match self.outcome {
            Outcome::Passed => "passed",
            Outcome::Failed(_) => "failed",
            Outcome::NotApplicable(_) => "not applicable",
        }
    }

    fn json(&self) -> Value {
        let case = self.case;
        let (why, failure) = match &self.outcome {
            Outcome::Passed => (None, None),
            Outcome::NotApplicable(why) => (Some(json!(why)), None),
            Outcome::Failed(failure) => (None, Some(of_failure(failure))),
        };
        json!({
            "id": case.id,
            "unit": self.suite.unit,
            "purpose": case.purpose,
            "requirements": case.requirements,
            "clause": case.clause,
            "references": case.references,
            "basis": self.suite.basis_of(case),
            "result": self.word().replace(' ', "-"),
            "why": why,
            "failure": failure,
        })
    }
}

fn of_failure(failure: &Failure) -> Value {
    let exchange = |exchange: &Exchange| {
        json!({
            "sent": hex::encode_upper(&exchange.sent),
            "received": hex::encode_upper(&exchange.received),
        })
    };
    json!({
        "step": failure.step,
        "expected": failure.expected,
        "found": failure.found,
        "exchanges": failure.exchanges.iter().map(exchange).collect::<Vec<_>>(),
    })
}

impl Results<'_> {
    /// The units with their counts, in order.
    pub fn units(&self) -> Vec<(&Suite, Count)> {
        let mut units: Vec<(&Suite, Count)> = Vec::new();
        for result in &self.cases {
            match units.last_mut() {
                Some((suite, count)) if suite.unit == result.suite.unit => {
                    count.add(&result.outcome);
                }
                _ => {
                    let mut count = Count::default();
                    count.add(&result.outcome);
                    units.push((result.suite, count));
                }
            }
        }
        units
    }

    /// The counts of all units together.
    pub fn total(&self) -> Count {
        let mut total = Count::default();
        for result in &self.cases {
            total.add(&result.outcome);
        }
        total
    }

    /// When the cases were run, as text.
    pub fn time(&self) -> String {
        self.at.format(&Rfc3339).unwrap_or_default()
    }

    /// The table for people, with a line of the whole.
    pub fn table(&self) -> String {
        let mut table = Table::new();
        table.load_style(comfy_table::presets::UTF8_HORIZONTAL_ONLY);
        table.set_header([
            "Unit",
            "About",
            "Cases",
            "Passed",
            "Failed",
            "Not applicable",
        ]);
        let row = |unit: &str, about: &str, count: Count| {
            let numbers = [
                count.cases(),
                count.passed,
                count.failed,
                count.not_applicable,
            ];
            let mut cells = vec![unit.to_owned(), about.to_owned()];
            cells.extend(numbers.map(|number| number.to_string()));
            cells
        };
        for (suite, count) in self.units() {
            table.add_row(row(&suite.unit, &suite.title, count));
        }
        table.add_row(row("all", "", self.total()));
        for column in table.column_iter_mut().skip(2) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        table.to_string()
    }

    /// The document for programs.
    pub fn json(&self) -> Value {
        let count = |count: Count| {
            json!({
                "cases": count.cases(),
                "passed": count.passed,
                "failed": count.failed,
                "not_applicable": count.not_applicable,
            })
        };
        let units = self.units().into_iter().map(|(suite, counted)| {
            json!({
                "unit": suite.unit,
                "title": suite.title,
                "basis": suite.basis,
                "count": count(counted),
            })
        });
        json!({
            "card": self.card,
            "at": self.time(),
            "total": count(self.total()),
            "units": units.collect::<Vec<_>>(),
            "cases": self.cases.iter().map(CaseResult::json).collect::<Vec<_>>(),
        })
    }
}
