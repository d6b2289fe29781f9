//! One judgement against what we expect of it.

use std::fmt;

use anyhow::Result;

use super::{
    judge::{Verdict, Way},
    specimen::Alteration,
};
use crate::{process, table::Table};

/// What a judge that is right says of a card.
#[derive(Clone, Copy, Debug)]
pub(super) enum Expectation {
    Accepted,
    /// Accepted as far as the judge can check it; of the rest it says this.
    Partly(&'static str),
    Refused(Alteration),
    /// Opened and read, but by nobody's signature: neither accepted nor refused.
    Unsigned,
    /// Not opened, for the password is another.
    Locked,
    /// Not opened, though the PIN is right: the chip gives it one more try, and our reader does not spend it.
    Suspended,
    /// Opened, and nothing of it believed: its answers have no MAC.
    Unauthenticated,
}

/// Our check that everything which counts is good.
pub(super) const OVERALL: &str = "overall";

/// A card, a judge, and what came of it.
pub(super) struct Row {
    pub(super) card: String,
    pub(super) judge: &'static str,
    pub(super) way: Way,
    pub(super) expectation: Expectation,
    pub(super) verdict: Result<Verdict>,
}

impl Row {
    /// Whether a good card was accepted, or an altered one refused for the alteration and nothing else.
    pub(super) fn is_as_expected(&self) -> bool {
        let Ok(verdict) = &self.verdict else {
            return false;
        };
        match self.expectation {
            Expectation::Accepted => verdict.accepts() && verdict.unable.is_empty(),
            Expectation::Partly(why) => {
                let mut reasons = verdict.unable.values();
                verdict.accepts()
                    && !verdict.unable.is_empty()
                    && reasons.all(|reason| reason.contains(why))
            }
            Expectation::Refused(alteration) => {
                alteration.explains(&verdict.failed.keys().map(String::as_str))
            }
            Expectation::Unsigned => {
                let passed = |check: &&str| verdict.passed.contains(*check);
                verdict.failed.is_empty()
                    && [self.way.check(), "dg1", "dg2"].iter().all(passed)
                    && !["security-object", "data-groups", OVERALL]
                        .iter()
                        .any(passed)
            }
            Expectation::Locked => self.stops_at(self.way.check(), "the password does not fit"),
            Expectation::Suspended => self.stops_at(
                self.way.check(),
                "only one try of the PIN is left: it was not used",
            ),
            Expectation::Unauthenticated => {
                verdict.passed.contains(self.way.check())
                    && self.stops_at("com", "an answer has data but no MAC")
            }
        }
    }

    /// Whether this check failed with these words, and no data group was read.
    fn stops_at(&self, check: &str, words: &str) -> bool {
        self.verdict.as_ref().is_ok_and(|verdict| {
            let why = verdict.failed.get(check);
            why.is_some_and(|why| why.contains(words))
                && !["dg1", "dg2", OVERALL]
                    .iter()
                    .any(|read| verdict.passed.contains(*read))
        })
    }

    fn card(&self) -> String {
        match self.expectation {
            Expectation::Accepted | Expectation::Partly(_) => self.card.clone(),
            Expectation::Refused(alteration) => format!("{}, {alteration}", self.card),
            Expectation::Unsigned => format!("{}, EF.SOD removed", self.card),
            Expectation::Locked => format!("{}, another {}", self.card, self.way.password()),
            Expectation::Suspended => format!("{}, PIN suspended", self.card),
            Expectation::Unauthenticated => format!("{}, as it is", self.card),
        }
    }

    /// What is said of a card that is neither accepted nor refused for its content, as expected.
    fn short(&self) -> Option<&'static str> {
        match self.expectation {
            _ if !self.is_as_expected() => None,
            Expectation::Unsigned => Some("opened and read, not accepted: nobody has signed it"),
            Expectation::Locked => Some("not opened: the password does not fit"),
            Expectation::Suspended => Some("not opened: the last try of the PIN is not spent"),
            Expectation::Unauthenticated => Some("opened, not read: an answer without a MAC"),
            _ => None,
        }
    }

    fn outcome(&self) -> String {
        match &self.verdict {
            Err(error) => format!("no verdict: {error:#}"),
            Ok(_) if let Some(short) = self.short() => short.to_owned(),
            Ok(verdict) if verdict.accepts() => {
                format!(
                    "accepted ({} checks{})",
                    verdict.passed.len(),
                    unable(verdict)
                )
            }
            Ok(verdict) if self.is_as_expected() => format!("refused: {}", checks(verdict)),
            Ok(verdict) => {
                let reasons = verdict
                    .failed
                    .iter()
                    .map(|(check, why)| format!("{check} ({why})"));
                format!("refused: {}", reasons.collect::<Vec<_>>().join("; "))
            }
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} by {}: {}",
            self.card(),
            self.judge,
            self.way.word(),
            self.outcome()
        )
    }
}

/// All judgements, with versions, round trips and wall time.
pub(super) fn table(rows: &[Row]) -> Table {
    let mut table = Table::new(&[
        "card",
        "judge",
        "version",
        "by",
        "outcome",
        "round trips",
        "time",
        "EF.SOD signed by",
    ]);
    for row in rows {
        let verdict = row.verdict.as_ref().ok();
        let number = verdict
            .and_then(|verdict| verdict.round_trips)
            .map_or_else(String::new, |count| count.to_string());
        let time = verdict
            .and_then(Verdict::time)
            .map_or_else(String::new, process::milliseconds);
        let version = verdict.map_or("", |verdict| &verdict.version);
        let outcome = match verdict {
            None => "NO VERDICT".to_owned(),
            Some(_) if let Some(short) = row.short() => short.to_owned(),
            Some(verdict) if verdict.accepts() => {
                format!(
                    "accepted, {} checks{}",
                    verdict.passed.len(),
                    unable(verdict)
                )
            }
            Some(verdict) => format!("refused: {}", checks(verdict)),
        };
        let signature = verdict.map_or("", |verdict| &verdict.signature);
        table.row(&[
            &row.card(),
            row.judge,
            version,
            row.way.word(),
            &outcome,
            &number,
            &time,
            signature,
        ]);
    }
    table
}

/// How many checks the judge could not make, and the beginning of why.
fn unable(verdict: &Verdict) -> String {
    const WORDS: usize = 6;
    verdict
        .unable
        .values()
        .next()
        .map_or_else(String::new, |why| {
            let why = why.split_whitespace().take(WORDS).collect::<Vec<_>>();
            format!(
                "; {} it cannot make: {}",
                verdict.unable.len(),
                why.join(" ")
            )
        })
}

fn checks(verdict: &Verdict) -> String {
    verdict
        .failed
        .keys()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    fn row(expectation: Expectation, failed: &[&str]) -> Row {
        let mut verdict = Verdict::default();
        verdict.check("access", Ok(()));
        for check in failed {
            verdict.check(*check, (|| bail!("for a test"))());
        }
        Row {
            card: "SPECIMEN".to_owned(),
            judge: "test",
            way: Way::PaceCan,
            expectation,
            verdict: Ok(verdict),
        }
    }

    #[test]
    fn a_row_is_as_expected_only_for_the_right_reason() {
        use Alteration::{Dg2, Dg15, Sod};
        let cases: [(Expectation, &[&str], bool); 10] = [
            (Expectation::Accepted, &[], true),
            (Expectation::Accepted, &["hash dg2"], false),
            (Expectation::Refused(Dg2), &[], false),
            (Expectation::Refused(Dg2), &["hash dg2"], true),
            (Expectation::Refused(Dg2), &["dg2"], false),
            (Expectation::Refused(Dg2), &["hash dg2", "access"], false),
            (Expectation::Refused(Sod), &["sod signature"], true),
            (Expectation::Refused(Sod), &["chip authentication"], false),
            (
                Expectation::Refused(Dg15),
                &["hash dg15", "active authentication"],
                true,
            ),
            (
                Expectation::Refused(Dg15),
                &["active authentication"],
                false,
            ),
        ];
        for (expectation, failed, want) in cases {
            assert_eq!(
                row(expectation, failed).is_as_expected(),
                want,
                "{expectation:?} {failed:?}"
            );
        }
    }

    #[test]
    fn what_a_judge_cannot_check_is_no_pass() {
        let cases: [(Expectation, &[&str], bool); 5] = [
            (Expectation::Accepted, &[], true),
            (Expectation::Accepted, &["explicit parameters"], false),
            (
                Expectation::Partly("explicit"),
                &["explicit parameters"],
                true,
            ),
            (
                Expectation::Partly("explicit"),
                &["explicit parameters", "too new"],
                false,
            ),
            (Expectation::Partly("explicit"), &[], false),
        ];
        for (expectation, reasons, want) in cases {
            let mut row = row(expectation, &[]);
            let verdict = row.verdict.as_mut().unwrap();
            for reason in reasons {
                verdict
                    .unable
                    .insert(format!("check {reason}"), (*reason).to_owned());
            }
            assert_eq!(row.is_as_expected(), want, "{expectation:?} {reasons:?}");
            assert_eq!(
                row.to_string().contains("cannot"),
                !reasons.is_empty(),
                "{row}"
            );
        }
    }

    #[test]
    fn a_chip_of_others_is_not_accepted_for_the_right_reason() {
        type Case<'a> = (Expectation, &'a [&'a str], Option<(&'a str, &'a str)>, bool);
        let unspent = ("pace", "only one try of the PIN is left: it was not used");
        let unauthenticated = ("com", "secure messaging: an answer has data but no MAC");
        let cases: [Case<'_>; 13] = [
            (Expectation::Suspended, &[], Some(unspent), true),
            (Expectation::Suspended, &["dg1"], Some(unspent), false),
            (
                Expectation::Suspended,
                &[],
                Some(("pace", "the password does not fit: PACE")),
                false,
            ),
            (
                Expectation::Unauthenticated,
                &["pace"],
                Some(unauthenticated),
                true,
            ),
            (
                Expectation::Unauthenticated,
                &[],
                Some(unauthenticated),
                false,
            ),
            (
                Expectation::Unauthenticated,
                &["pace", "dg2"],
                Some(unauthenticated),
                false,
            ),
            (
                Expectation::Unauthenticated,
                &["pace"],
                Some(("com", "cut")),
                false,
            ),
            (Expectation::Unsigned, &["pace", "dg1", "dg2"], None, true),
            (Expectation::Unsigned, &["pace", "dg1"], None, false),
            (
                Expectation::Unsigned,
                &["pace", "dg1", "dg2", OVERALL],
                None,
                false,
            ),
            (
                Expectation::Unsigned,
                &["pace", "dg1", "dg2"],
                Some(("com", "cut")),
                false,
            ),
            (
                Expectation::Locked,
                &[],
                Some(("pace", "the password does not fit: PACE")),
                true,
            ),
            (
                Expectation::Locked,
                &["dg1"],
                Some(("pace", "the card is gone")),
                false,
            ),
        ];
        for (expectation, passed, failed, want) in cases {
            let mut verdict = Verdict::default();
            verdict
                .passed
                .extend(passed.iter().map(|&check| check.to_owned()));
            if let Some((check, why)) = failed {
                verdict.check(check, (|| bail!("{why}"))());
            }
            let mut row = row(expectation, &[]);
            row.verdict = Ok(verdict);
            assert_eq!(row.is_as_expected(), want, "{expectation:?} {passed:?}");
        }
    }

    #[test]
    fn a_password_does_not_fit_where_it_was_tried() {
        let cases = [
            (Way::PaceCan, "pace", true),
            (Way::PacePin, "pace", true),
            (Way::Bac, "bac", true),
            (Way::Bac, "pace", false),
        ];
        for (way, check, want) in cases {
            let mut row = row(Expectation::Locked, &[]);
            row.way = way;
            if let Ok(verdict) = &mut row.verdict {
                verdict.check(check, (|| bail!("the password does not fit"))());
            }
            assert_eq!(row.is_as_expected(), want, "{way:?} {check}");
            assert!(row.to_string().contains(way.password()), "{row}");
        }
    }

    #[test]
    fn no_verdict_is_never_as_expected() {
        let mut silent = row(Expectation::Refused(Alteration::Sod), &[]);
        silent.verdict = (|| bail!("it crashed"))();
        assert!(!silent.is_as_expected());
    }
}
