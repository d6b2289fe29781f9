//! A search: every person against the rules of a policy.

use super::dates::DateMatch;
use super::hint::{Best, Hint, Reason};
use super::names::name_similarity;
use super::person::{NAMES, Person, WORDS};
use super::policy::{Policy, Test};
use super::weights::Weights;
use crate::date::BirthDate;
use crate::field::Field;

/// A matcher of fingers that somebody else has: how alike (0 to 1) the fingers at hand are to those of the person the
/// register calls `id`; `None` when there are none to compare.
pub type Fingers<'a> = &'a mut dyn FnMut(&str) -> Option<f32>;

/// Searches for a person in any register, person by person; at most [`super::MAX_HINTS`], the likeliest first.
///
/// Work is linear in the persons. [`super::Index`] does the same several times as fast for a register in memory.
#[must_use]
pub fn search<'p>(
    probe: &Person,
    register: impl IntoIterator<Item = &'p Person>,
    policy: &Policy,
    weights: &Weights,
    mut fingers: Option<Fingers<'_>>,
) -> Vec<Hint> {
    let mut best = Best::default();
    let mut reasons = Vec::new();
    for person in register {
        let pair = PersonPair {
            probe,
            person,
            weights,
            names: [None; NAMES.len()],
        };
        let mut trial = Trial {
            pair,
            fingers,
            reasons,
        };
        if let Some(hint) = trial.hint(policy) {
            best.add(hint);
        }
        (fingers, reasons) = (trial.fingers, trial.reasons);
    }
    best.into_sorted()
}

/// Two persons, as tests ask about them.
pub(super) trait Pair {
    fn ids(&self) -> (&str, &str);
    /// The fields of a number that both have.
    fn number(&self) -> Option<(Field, Field)>;
    fn births(&self) -> Option<(BirthDate, BirthDate)>;
    /// Whether a text of [`WORDS`] is given and the same.
    fn is_same(&self, at: usize) -> bool;
    /// How alike the names are, of [`NAMES`]; counted once.
    fn name(&mut self, at: usize) -> f32;
}

/// A pair before the rules.
pub(super) struct Trial<'f, P> {
    pub(super) pair: P,
    pub(super) fingers: Option<Fingers<'f>>,
    pub(super) reasons: Vec<Reason>,
}

impl<P: Pair> Trial<'_, P> {
    /// The hint of the rule that says most; `None` when no rule holds, or both are the same entry.
    pub(super) fn hint(&mut self, policy: &Policy) -> Option<Hint> {
        let (own, id) = self.pair.ids();
        if own == id {
            return None;
        }
        let mut best: Option<Hint> = None;
        for rule in &policy.rules {
            self.reasons.clear();
            let Some(score) = self.score(&rule.test) else {
                continue;
            };
            let score = score * rule.weight;
            if best.as_ref().is_none_or(|best| best.score < score) {
                best = Some(Hint {
                    id: self.pair.ids().1.to_owned(),
                    score,
                    rule: rule.name.clone(),
                    reasons: self.reasons.clone(),
                });
            }
        }
        best
    }

    /// The score of a test that holds; its reasons are added.
    fn score(&mut self, test: &Test) -> Option<f32> {
        match test {
            Test::All(tests) => self.all(tests),
            Test::Any(tests) => self.any(tests),
            Test::Number => {
                let (field, other) = self.pair.number()?;
                self.tell(1.0, Reason::Number { field, other })
            }
            Test::Name { field, at_least } => {
                let at = NAMES.iter().position(|name| name == field)?;
                let similarity = self.pair.name(at);
                let is_alike = similarity >= *at_least;
                is_alike.then(|| {
                    self.tell(
                        similarity,
                        Reason::Name {
                            field: *field,
                            similarity,
                        },
                    )
                })?
            }
            Test::Date(test) => {
                let (birth, other) = self.pair.births()?;
                let date = DateMatch::of(birth, other, *test)?;
                self.tell(date.score(), Reason::Date(date))
            }
            Test::Same(field) => {
                let at = WORDS.iter().position(|word| word == field)?;
                self.pair
                    .is_same(at)
                    .then(|| self.tell(1.0, Reason::Same(*field)))?
            }
            Test::Finger { at_least } => {
                let matcher = self.fingers.as_deref_mut()?;
                let similarity = matcher(self.pair.ids().1)?;
                let is_alike = similarity >= *at_least;
                is_alike.then(|| self.tell(similarity, Reason::Finger { similarity }))?
            }
        }
    }

    fn all(&mut self, tests: &[Test]) -> Option<f32> {
        let told = self.reasons.len();
        let (mut sum, mut count) = (0.0, 0.0);
        for test in tests {
            let Some(score) = self.score(test) else {
                self.reasons.truncate(told);
                return None;
            };
            sum += score;
            count += 1.0;
        }
        Some(sum / count)
    }

    fn any(&mut self, tests: &[Test]) -> Option<f32> {
        let scores = tests.iter().filter_map(|test| self.score(test));
        scores.max_by(f32::total_cmp)
    }

    #[allow(clippy::unnecessary_wraps)]
    fn tell(&mut self, score: f32, reason: Reason) -> Option<f32> {
        self.reasons.push(reason);
        Some(score)
    }
}

/// Two persons as they are.
struct PersonPair<'a> {
    probe: &'a Person,
    person: &'a Person,
    weights: &'a Weights,
    names: [Option<f32>; NAMES.len()],
}

impl Pair for PersonPair<'_> {
    fn ids(&self) -> (&str, &str) {
        (&self.probe.id, &self.person.id)
    }

    fn number(&self) -> Option<(Field, Field)> {
        self.probe.numbers.iter().find_map(|number| {
            let mut others = self.person.numbers.iter();
            let other =
                others.find(|other| other.class == number.class && other.text == number.text)?;
            Some((number.field, other.field))
        })
    }

    fn births(&self) -> Option<(BirthDate, BirthDate)> {
        self.probe.birth.zip(self.person.birth)
    }

    fn is_same(&self, at: usize) -> bool {
        let word = |person: &Person| {
            person
                .words
                .get(at)
                .cloned()
                .filter(|word| !word.is_empty())
        };
        word(self.probe).is_some_and(|own| word(self.person) == Some(own))
    }

    fn name(&mut self, at: usize) -> f32 {
        let (Some(own), Some(other)) = (self.probe.names.get(at), self.person.names.get(at)) else {
            return 0.0;
        };
        let Some(known) = self.names.get_mut(at) else {
            return 0.0;
        };
        *known.get_or_insert_with(|| name_similarity(own, other, self.weights))
    }
}
