//! When two records may be of one person: rules as trees of tests.

use super::dates::DateTest;
use super::person::{NAMES, WORDS};
use crate::field::Field;

/// Most levels of a tree.
pub const MAX_DEPTH: usize = 8;

/// Most tests of a policy.
pub const MAX_TESTS: usize = 100;

/// Named rules; a person for whom any of them holds is a hint.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    pub(super) rules: Vec<Rule>,
}

/// A rule of a policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// What it is called, in hints and files.
    pub name: String,
    /// How much it says, from 0 to 1: the score of a perfect match.
    pub weight: f32,
    /// What must hold.
    pub test: Test,
}

/// A test on two persons, or a tree of tests.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// Every one of these; the score is the mean of theirs.
    All(Vec<Test>),
    /// One of these; the score is the best of theirs.
    Any(Vec<Test>),
    /// A number of both is the same.
    Number,
    /// A name is at least so alike (0 to 1).
    Name {
        /// The full name, or that of father or mother.
        field: Field,
        /// From 0 to 1.
        at_least: f32,
    },
    /// The dates of birth agree, as far as the test says.
    Date(DateTest),
    /// A text is the same but for its spelling.
    Same(Field),
    /// The finger matcher says at least so much (0 to 1); never true without a matcher.
    Finger {
        /// From 0 to 1.
        at_least: f32,
    },
}

/// Why a policy is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// It is not TOML.
    #[error("the policy is not TOML (line {line})")]
    Syntax {
        /// The line, from 1.
        line: usize,
    },
    /// A rule says something that no test is.
    #[error("rule {rule} of the policy: {what}")]
    Rule {
        /// The number of the rule, from 1.
        rule: usize,
        /// What is wrong and what is allowed.
        what: &'static str,
    },
    /// A limit is exceeded.
    #[error("{what} of a policy: at most {limit}")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
}

impl Policy {
    /// Of rules; the tests of each are put in order of their cost.
    ///
    /// # Errors
    /// [`PolicyError::Rule`] for a field that cannot be compared or a share beyond 0 to 1, [`PolicyError::TooLarge`]
    /// beyond [`MAX_TESTS`] or [`MAX_DEPTH`].
    pub fn new(mut rules: Vec<Rule>) -> Result<Self, PolicyError> {
        let mut tests = 0;
        for (index, rule) in rules.iter_mut().enumerate() {
            let wrong = |what| PolicyError::Rule {
                rule: index + 1,
                what,
            };
            if !is_share(rule.weight) {
                return Err(wrong("the weight must be from 0 to 1"));
            }
            rule.test.prepare(0, &mut tests, &wrong)?;
        }
        Ok(Self { rules })
    }

    /// What a station goes by when nobody wrote a policy. The limits were chosen on synthetic people
    /// (`examples/duplicate_hints.rs`).
    #[must_use]
    pub fn standard() -> Self {
        let name = |field, at_least| Test::Name { field, at_least };
        let clerk = Test::Date(DateTest {
            days: 3,
            swapped: true,
            year_only: true,
            one_digit: true,
        });
        let rule = |name: &str, weight, test| Rule {
            name: name.to_owned(),
            weight,
            test,
        };
        let rules = vec![
            rule("number", 1.0, Test::Number),
            rule(
                "name-and-date",
                0.95,
                Test::All(vec![
                    Test::Date(DateTest::default()),
                    name(Field::FullName, 0.72),
                ]),
            ),
            rule(
                "name-and-similar-date",
                0.85,
                Test::All(vec![clerk.clone(), name(Field::FullName, 0.9)]),
            ),
            rule(
                "family",
                0.9,
                Test::All(vec![
                    Test::Any(vec![clerk, Test::Same(Field::PlaceOfOrigin)]),
                    name(Field::FullName, 0.75),
                    name(Field::FatherName, 0.9),
                    name(Field::MotherName, 0.9),
                ]),
            ),
            rule(
                "finger",
                1.0,
                Test::All(vec![Test::Same(Field::Sex), Test::Finger { at_least: 0.8 }]),
            ),
        ];
        Self { rules }
    }

    /// Its rules.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }
}

impl Test {
    fn prepare(
        &mut self,
        depth: usize,
        tests: &mut usize,
        wrong: &impl Fn(&'static str) -> PolicyError,
    ) -> Result<(), PolicyError> {
        *tests += 1;
        if *tests > MAX_TESTS {
            return Err(PolicyError::TooLarge {
                what: "tests",
                limit: MAX_TESTS,
            });
        }
        if depth >= MAX_DEPTH {
            return Err(PolicyError::TooLarge {
                what: "levels",
                limit: MAX_DEPTH,
            });
        }
        match self {
            Self::All(children) | Self::Any(children) if children.is_empty() => {
                Err(wrong("all and any need a test"))
            }
            Self::All(children) | Self::Any(children) => {
                for child in children.iter_mut() {
                    child.prepare(depth + 1, tests, wrong)?;
                }
                children.sort_by_key(Self::cost);
                Ok(())
            }
            Self::Name { field, at_least } if !NAMES.contains(field) || !is_share(*at_least) => {
                Err(wrong(
                    "alike takes full_name, father_name or mother_name, and a share from 0 to 1",
                ))
            }
            Self::Same(field) if !WORDS.contains(field) => Err(wrong(
                "same takes sex, place_of_origin, place_of_birth_registration, permanent_residence or telephone",
            )),
            Self::Finger { at_least } if !is_share(*at_least) => {
                Err(wrong("finger takes a share from 0 to 1"))
            }
            _ => Ok(()),
        }
    }

    /// Cheap tests go first, the finger last.
    fn cost(&self) -> u8 {
        match self {
            Self::Number | Self::Date(_) => 0,
            Self::Same(_) => 1,
            Self::Name { .. } => 2,
            Self::Any(children) | Self::All(children) => {
                children.iter().map(Self::cost).max().unwrap_or_default()
            }
            Self::Finger { .. } => 3,
        }
    }
}

fn is_share(number: f32) -> bool {
    (0.0..=1.0).contains(&number)
}
