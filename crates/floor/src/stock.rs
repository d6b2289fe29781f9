//! The stock: every chip that came in is in one stage.
//!
//! `received = in stock + reserved + being written + written + good + handed over + rejected + destroyed + missing`, at every moment.
//!
//! Both sides are counted by themselves: the book adds up what each line of the journal says has moved, and knows nothing of cards; beside it
//! the cards are counted, one by one.

use std::collections::BTreeMap;

use crate::{Card, Event, Reason, Stage, State};

/// What the lines of a journal add up to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Book {
    received: u64,
    stages: BTreeMap<Stage, i64>,
    /// How many have ever come to a stage.
    came: BTreeMap<Stage, u64>,
}

impl Book {
    /// The book with an event in it that happens in this state.
    pub(crate) fn with(&self, state: &State, event: &Event) -> Self {
        let mut book = self.clone();
        let of_chip = |chip| state.card(chip).map(|card| card.stage);
        match event {
            Event::Received { chips, .. } => {
                for _ in chips {
                    book.moves(None, Stage::Stock);
                }
            }
            Event::Taken { jobs, .. } => {
                for entry in jobs {
                    book.moves(of_chip(&entry.chip), Stage::Reserved);
                }
            }
            Event::Started { job, .. } => {
                book.moves(
                    state.card_of_job(*job).map(|card| card.stage),
                    Stage::InPerso,
                );
            }
            Event::Written { .. } => book.moves(Some(Stage::InPerso), Stage::Written),
            Event::Passed { .. } => book.moves(Some(Stage::Written), Stage::Passed),
            Event::HandedOver { chips, .. } => {
                for _ in chips {
                    book.moves(Some(Stage::Passed), Stage::HandedOver);
                }
            }
            Event::Rejected { chip, .. } => book.moves(of_chip(chip), Stage::Rejected),
            Event::Destroyed { chip, .. } => book.moves(of_chip(chip), Stage::Destroyed),
            Event::Missing { chip, .. } => book.moves(of_chip(chip), Stage::Missing),
            Event::Found { .. } => book.moves(Some(Stage::Missing), Stage::Rejected),
            _ => {}
        }
        book
    }

    /// One chip goes from one stage to another; from none, it came in.
    fn moves(&mut self, from: Option<Stage>, to: Stage) {
        match from {
            None => self.received = self.received.saturating_add(1),
            Some(from) => {
                let left = self.stages.entry(from).or_default();
                *left = left.saturating_sub(1);
            }
        }
        let there = self.stages.entry(to).or_default();
        *there = there.saturating_add(1);
        if from != Some(to) {
            let came = self.came.entry(to).or_default();
            *came = came.saturating_add(1);
        }
    }
}

/// How many chips are where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbers {
    /// How many came in, by the lines that say so.
    pub received: u64,
    book: Book,
    stages: BTreeMap<Stage, u64>,
    reasons: BTreeMap<Reason, u64>,
}

impl Numbers {
    pub(crate) fn of<'a>(book: &Book, cards: impl Iterator<Item = &'a Card>) -> Self {
        let mut numbers = Self {
            received: book.received,
            book: book.clone(),
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

    /// How many cards are in a stage.
    #[must_use]
    pub fn in_stage(&self, stage: Stage) -> u64 {
        self.stages.get(&stage).copied().unwrap_or_default()
    }

    /// How many have ever come to a stage, by the lines that say so.
    #[must_use]
    pub fn came_to(&self, stage: Stage) -> u64 {
        self.book.came.get(&stage).copied().unwrap_or_default()
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

    /// Whether every chip that came in is in one stage, and in the one to which the lines of the journal have brought it.
    #[must_use]
    pub fn adds_up(&self) -> bool {
        let by_lines = |stage| self.book.stages.get(&stage).copied().unwrap_or_default();
        self.received == self.stages.values().sum::<u64>()
            && Stage::ALL
                .into_iter()
                .all(|stage| i64::try_from(self.in_stage(stage)) == Ok(by_lines(stage)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ChipSerial, Person};

    fn chip(number: u8) -> ChipSerial {
        ChipSerial::new(&[number; 16]).unwrap()
    }

    /// Chips that the journal has received, and the cards that are there.
    fn check(received: u8, cards: &[(u8, Stage)], adds_up: bool) {
        let event = Event::Received {
            chips: (0..received).map(chip).collect(),
            by: Person::new("TEST One").unwrap(),
        };
        let book = Book::default().with(&State::default(), &event);
        let cards: Vec<Card> = cards
            .iter()
            .map(|(number, stage)| Card {
                stage: *stage,
                ..Card::new(chip(*number))
            })
            .collect();
        let numbers = Numbers::of(&book, cards.iter());
        assert_eq!(numbers.adds_up(), adds_up, "{received} {cards:?}");
        assert_eq!(numbers.received, u64::from(received));
    }

    #[test]
    fn cards_are_held_against_the_lines() {
        use Stage::{Missing, Passed, Stock};
        check(0, &[], true);
        check(2, &[(0, Stock), (1, Stock)], true);
        check(2, &[(0, Stock)], false);
        check(1, &[(0, Stock), (1, Stock)], false);
        // As many, and one of them is where no line has brought it.
        check(2, &[(0, Stock), (1, Passed)], false);
        check(2, &[(0, Missing), (1, Stock)], false);
    }
}
