//! When to take a reader out, and when to stop the line.
//!
//! A stack of cards that all fail for one reason must not end in the safe: after so many failures in a row, over all readers, nobody
//! goes on before somebody has looked. A reader that fails alone is taken out, and the others go on.

use std::collections::{BTreeMap, BTreeSet};

/// How many failures are too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// So many in a row, over all readers, stop the line.
    pub in_a_row: u32,
    /// So many in a row at one reader take it out.
    pub at_one_reader: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            in_a_row: 5,
            at_one_reader: 3,
        }
    }
}

/// What is to be done after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The next card.
    GoesOn,
    /// This reader gets no more cards.
    ReaderOut,
    /// No reader gets any more cards.
    Stopped,
}

/// The line: all readers of one run.
#[derive(Debug, Clone)]
pub struct Line {
    limits: Limits,
    in_a_row: u32,
    at_reader: BTreeMap<String, u32>,
    out: BTreeSet<String>,
}

impl Line {
    /// A line that nothing has happened on.
    #[must_use]
    pub const fn new(limits: Limits) -> Self {
        Self {
            limits,
            in_a_row: 0,
            at_reader: BTreeMap::new(),
            out: BTreeSet::new(),
        }
    }

    /// A card was good.
    pub fn success(&mut self, reader: &str) {
        self.in_a_row = 0;
        self.at_reader.remove(reader);
    }

    /// A card was not.
    pub fn failure(&mut self, reader: &str) -> Standing {
        self.in_a_row = self.in_a_row.saturating_add(1);
        let here = self.at_reader.entry(reader.to_owned()).or_default();
        *here = here.saturating_add(1);
        if *here >= self.limits.at_one_reader {
            self.out.insert(reader.to_owned());
        }
        self.standing(reader)
    }

    /// Whether too many failed in a row.
    #[must_use]
    pub const fn is_stopped(&self) -> bool {
        self.in_a_row >= self.limits.in_a_row
    }

    /// Whether a reader may get another card.
    #[must_use]
    pub fn standing(&self, reader: &str) -> Standing {
        if self.is_stopped() {
            Standing::Stopped
        } else if self.out.contains(reader) {
            Standing::ReaderOut
        } else {
            Standing::GoesOn
        }
    }

    /// The readers that were taken out.
    pub fn out(&self) -> impl Iterator<Item = &str> {
        self.out.iter().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reader and whether its card was good; what stands at the end.
    fn check(limits: (u32, u32), cards: &[(&str, bool)], standing: Standing, out: &[&str]) {
        let mut line = Line::new(Limits {
            in_a_row: limits.0,
            at_one_reader: limits.1,
        });
        let mut last = Standing::GoesOn;
        for (reader, good) in cards {
            if *good {
                line.success(reader);
                last = line.standing(reader);
            } else {
                last = line.failure(reader);
            }
        }
        assert_eq!(last, standing, "{cards:?}");
        assert_eq!(line.out().collect::<Vec<_>>(), out, "{cards:?}");
    }

    #[test]
    fn failures_in_a_row_stop_the_line_and_a_success_begins_anew() {
        let (bad_a, bad_b, good_b) = (("A", false), ("B", false), ("B", true));
        check((3, 9), &[bad_a, bad_b], Standing::GoesOn, &[]);
        check((3, 9), &[bad_a, bad_b, bad_a], Standing::Stopped, &[]);
        check(
            (3, 9),
            &[bad_a, bad_b, good_b, bad_a, bad_b],
            Standing::GoesOn,
            &[],
        );
    }

    #[test]
    fn a_reader_that_fails_alone_is_taken_out_and_the_others_go_on() {
        let alone = [
            ("A", false),
            ("B", true),
            ("A", false),
            ("B", true),
            ("A", false),
        ];
        check((5, 3), &alone, Standing::ReaderOut, &["A"]);
        let others = [&alone[..], &[("B", true)]].concat();
        check((5, 3), &others, Standing::GoesOn, &["A"]);
        let a_good_card_heals = [("A", false), ("A", false), ("A", true), ("A", false)];
        check((5, 3), &a_good_card_heals, Standing::GoesOn, &[]);
    }
}
