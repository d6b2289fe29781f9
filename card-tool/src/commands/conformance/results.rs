//! What came of the cases, as a table and for programs.

use applet_spec::conformance::{Case, Exchange, Failure, Hindrance, Outcome, Suite};
use comfy_table::{CellAlignment, Table};
use protocols::PasswordKind;
use serde_json::{Value, json};

use super::report_run::Run;

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
    /// How the cases were run.
    pub run: Run,
    /// The cases.
    pub cases: Vec<CaseResult<'a>>,
    /// What the card gave in plain is shown whole.
    pub with_data: bool,
}

/// How many cases ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// As they should.
    pub passed: usize,
    /// Otherwise.
    pub failed: usize,
    /// Not at all: they say nothing about the card.
    pub not_applicable: usize,
    /// Not at all: something was missing to run them.
    pub not_run: usize,
}

impl Count {
    const fn add(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Passed => self.passed += 1,
            Outcome::Failed(_) => self.failed += 1,
            Outcome::NotApplicable(_) => self.not_applicable += 1,
            Outcome::NotRun(_) => self.not_run += 1,
        }
    }

    /// All of them.
    pub const fn cases(self) -> usize {
        self.passed + self.failed + self.not_applicable + self.not_run
    }
}

impl CaseResult<'_> {
    /// `passed`, `failed`, `not applicable` or `not run`.
    pub const fn word(&self) -> &'static str {
        match self.outcome {
            Outcome::Passed => "passed",
            Outcome::Failed(_) => "failed",
            Outcome::NotApplicable(_) => "not applicable",
            Outcome::NotRun(_) => "not run",
        }
    }

    fn json(&self, with_data: bool) -> Value {
        let case = self.case;
        let why = match &self.outcome {
            Outcome::Passed | Outcome::Failed(_) => None,
            Outcome::NotApplicable(why) => Some(why.clone()),
            Outcome::NotRun(hindrance) => Some(hindrance.to_string()),
        };
        let remedy = match &self.outcome {
            Outcome::NotRun(hindrance) => Some(remedy(*hindrance)),
            _ => None,
        };
        let failure = match &self.outcome {
            Outcome::Failed(failure) => Some(of_failure(failure, with_data)),
            _ => None,
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
            "remedy": remedy,
            "failure": failure,
        })
    }
}

/// What to do so that a case can be run.
pub const fn remedy(hindrance: Hindrance) -> &'static str {
    match hindrance {
        Hindrance::NoAuthority => "--eac names the folder of a CVCA that the card trusts",
        Hindrance::NoPassword(PasswordKind::Can) => "--can-file names the CAN",
        Hindrance::NoPassword(PasswordKind::Pin) => "--pin-file names the PIN",
        Hindrance::NoPassword(PasswordKind::Puk) => "CARD_PUK holds the PUK",
        Hindrance::NoPassword(_) | Hindrance::NoPrintedZone => {
            "--mrz-file names the lines that are printed"
        }
        Hindrance::LastTry(_) => {
            "--mrz-file or --can-file opens the card without it; the holder has all tries again after using it rightly"
        }
        Hindrance::Blocked(PasswordKind::Puk) => {
            "nothing unblocks it; --mrz-file or --can-file opens the card without it"
        }
        Hindrance::Blocked(_) => {
            "`card-tool pin unblock` unblocks it; --mrz-file or --can-file opens the card without it"
        }
        Hindrance::Unread(_) => {
            "--eac names the folder of a CVCA that the card trusts; in a reader with --destructive"
        }
        Hindrance::Endless => {
            "another reader, if this one is slow; a card that is endless in every reader is no document"
        }
        Hindrance::NotAllowed => "--destructive runs it on a card that may be changed for good",
        Hindrance::OtherLaw => "only with --chip, or where --unit or --case names it",
        Hindrance::Reader(_) => "a chip in a file (--chip) takes it",
    }
}

/// What was sent, in hexadecimal. Of a cryptogram by which guesses of the printed zone can be told, how long it was.
pub fn sent(exchange: &Exchange, with_data: bool) -> String {
    const HEADER: usize = 4;
    const WITHOUT_DATA: usize = 5;
    match exchange.sent.split_at_checked(HEADER) {
        Some((header, rest))
            if exchange.confirms_guesses() && !with_data && exchange.sent.len() > WITHOUT_DATA =>
        {
            format!("{}… ({} octets)", hex::encode_upper(header), rest.len())
        }
        _ => hex::encode_upper(&exchange.sent),
    }
}

/// What the card answered, in hexadecimal. Of a cryptogram or challenge by which guesses of the printed zone can be told, how
/// long it was and the status word. Of content that came in plain, how it begins, how much it was and the status word.
pub fn received(exchange: &Exchange, with_data: bool) -> String {
    const SHOWN: usize = 4;
    const STATUS_LEN: usize = 2;
    let content = exchange.content().filter(|_| !with_data);
    let shown = content.and_then(|content| Some((content.get(..SHOWN)?, content.len())));
    let shown = shown.filter(|(_, length)| *length > SHOWN);
    let length = exchange.received.len().saturating_sub(STATUS_LEN);
    let is_cryptogram = length > 0 && exchange.confirms_guesses() && !with_data;
    match is_cryptogram.then_some((&[][..], length)).or(shown) {
        None => hex::encode_upper(&exchange.received),
        Some((start, length)) => {
            let status = exchange.received.get(length..).unwrap_or_default();
            let (start, status) = (hex::encode_upper(start), hex::encode_upper(status));
            format!("{start}… ({length} octets) {status}")
        }
    }
}

fn of_failure(failure: &Failure, with_data: bool) -> Value {
    let exchange = |exchange: &Exchange| {
        json!({
            "sent": sent(exchange, with_data),
            "received": received(exchange, with_data),
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

    /// Why cases were not run, with how many each time and what to do, in the order of the cases.
    pub fn hindrances(&self) -> Vec<(Hindrance, usize)> {
        let mut found: Vec<(Hindrance, usize)> = Vec::new();
        for result in &self.cases {
            if let Outcome::NotRun(hindrance) = result.outcome {
                match found.iter_mut().find(|(known, _)| *known == hindrance) {
                    Some((_, count)) => *count += 1,
                    None => found.push((hindrance, 1)),
                }
            }
        }
        found
    }

    /// Whether cases were not run that were meant to be, and could not for something that came up at the card: the whole is no pass.
    pub fn leaves_open(&self) -> bool {
        let mut outcomes = self.cases.iter().map(|result| &result.outcome);
        outcomes.any(|outcome| {
            matches!(
                outcome,
                Outcome::NotRun(Hindrance::LastTry(_) | Hindrance::Blocked(_) | Hindrance::Endless)
            )
        })
    }

    /// The whole in a few words: `passed, 90 cases not run`.
    pub fn verdict(&self) -> String {
        let total = self.total();
        let word = match (total.passed, total.failed) {
            (0, 0) => "nothing tested",
            (_, 0) if self.leaves_open() => "undetermined",
            (_, 0) => "passed",
            _ => "failed",
        };
        match total.not_run {
            0 => word.to_owned(),
            1 => format!("{word}, 1 case not run"),
            count => format!("{word}, {count} cases not run"),
        }
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
            "Not run",
            "Not applicable",
        ]);
        let row = |unit: &str, about: &str, count: Count| {
            let numbers = [
                count.cases(),
                count.passed,
                count.failed,
                count.not_run,
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
                "not_run": count.not_run,
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
        let cases = self.cases.iter().map(|result| result.json(self.with_data));
        json!({
            "card": self.run.card,
            "at": self.run.time(),
            "run": self.run.json(),
            "verdict": self.verdict(),
            "total": count(self.total()),
            "units": units.collect::<Vec<_>>(),
            "cases": cases.collect::<Vec<_>>(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who gets a report must not be able to tell a guess of the printed zone by it: of BAC it has lengths and status words.
    #[test]
    fn cryptograms_stay_out_of_the_report() {
        let exchange = |sent: &str, received: &str| Exchange {
            sent: test_support::unhex(sent),
            received: test_support::unhex(received),
        };
        let cryptogram = "A7".repeat(40);
        let challenge = exchange("0084000008", "1122334455667788 9000");
        let authenticate = exchange(
            &format!("0082000028{cryptogram}28"),
            &format!("{cryptogram}9000"),
        );
        let refused = exchange(&format!("0082000028{cryptogram}28"), "6300");
        for (exchange, shown) in [
            (&challenge, ["0084000008", "… (8 octets) 9000"]),
            (
                &authenticate,
                ["00820000… (42 octets)", "… (40 octets) 9000"],
            ),
            (&refused, ["00820000… (42 octets)", "6300"]),
        ] {
            assert_eq!([sent(exchange, false), received(exchange, false)], shown);
            let whole = [&exchange.sent, &exchange.received].map(hex::encode_upper);
            assert_eq!([sent(exchange, true), received(exchange, true)], whole);
        }
        let failure = Failure {
            step: 1,
            expected: "6300".to_owned(),
            found: "9000".to_owned(),
            exchanges: vec![challenge, authenticate],
        };
        let report = of_failure(&failure, false).to_string();
        assert!(
            !report.contains("A7A7") && !report.contains("1122"),
            "{report}"
        );
    }

    /// What a card gives of its files in plain is the holder's: how it begins and how much it was, unless asked.
    #[test]
    fn content_stays_out_of_the_report() {
        let data = [&[0x61, 0x5B, 0x5F, 0x1F, 0x58][..], &[0x41; 88]].concat();
        let of_holder = Exchange {
            sent: test_support::unhex("00B0810000"),
            received: [&data[..], &[0x90, 0]].concat(),
        };
        let whole = hex::encode_upper(&of_holder.received);
        assert_eq!(received(&of_holder, true), whole);
        let cut = received(&of_holder, false);
        assert_eq!(cut, "615B5F1F… (93 octets) 9000");
        let failure = Failure {
            step: 1,
            expected: "6982".to_owned(),
            found: "9000".to_owned(),
            exchanges: vec![of_holder],
        };
        assert_eq!(of_failure(&failure, false)["exchanges"][0]["received"], cut);
        assert_eq!(
            of_failure(&failure, true)["exchanges"][0]["received"],
            whole
        );
        let of_anybody = Exchange {
            sent: test_support::unhex("00B09C0000"),
            received: test_support::unhex("31143012060A04007F000702020402029000"),
        };
        let whole = hex::encode_upper(&of_anybody.received);
        assert_eq!(received(&of_anybody, false), whole);
    }
}
