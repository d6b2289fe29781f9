//! A register in memory, made for searching.

use core::fmt;
use std::collections::HashMap;

use super::hint::{Best, Hint};
use super::names::{Name, Row, Word, joined_or, matched_share};
use super::person::{NAMES, NumberClass, Person, WORDS};
use super::policy::Policy;
use super::search::{Fingers, Pair, Trial};
use super::weights::{self, Weights};
use crate::date::BirthDate;
use crate::field::Field;

/// Names from which on the register's own counts decide how much a word says.
const ENOUGH_NAMES: u32 = 1000;

/// Persons of a register with the words of their names numbered, so that a search compares each word once.
#[derive(Default)]
pub struct Index {
    entries: Vec<Entry>,
    /// The words of all names, as numbers, name after name.
    names: Vec<u32>,
    vocabulary: HashMap<Word, u32>,
    words: Vec<Word>,
    /// How many names have a word, by its letters without marks.
    counts: HashMap<String, u32>,
    counted_names: u32,
    texts: HashMap<String, u32>,
    numbers: HashMap<(NumberClass, String), Vec<(u32, Field)>>,
}

struct Entry {
    id: String,
    birth: Option<BirthDate>,
    /// Where the words of each name begin, and where the last ends.
    names: [u32; NAMES.len() + 1],
    /// The numbers of the texts; 0 for none.
    texts: [u32; WORDS.len()],
}

impl Index {
    /// Adds a person. Who is added twice is found twice.
    pub fn insert(&mut self, person: &Person) {
        let Ok(place) = u32::try_from(self.entries.len()) else {
            return;
        };
        for number in &person.numbers {
            let key = (number.class, number.text.clone());
            self.numbers
                .entry(key)
                .or_default()
                .push((place, number.field));
        }
        let mut names = [self.end_of_names(); NAMES.len() + 1];
        for (name, end) in person.names.iter().zip(names.iter_mut().skip(1)) {
            self.insert_name(name);
            *end = self.end_of_names();
        }
        let texts = WORDS.map(|field| {
            let at = WORDS
                .iter()
                .position(|each| *each == field)
                .unwrap_or_default();
            self.text_number(person.words.get(at).map_or("", String::as_str))
        });
        let (id, birth) = (person.id.clone(), person.birth);
        self.entries.push(Entry {
            id,
            birth,
            names,
            texts,
        });
    }

    /// How many persons it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it holds nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Searches for a person: at most [`super::MAX_HINTS`], the likeliest first. The entry with the probe's own id is
    /// left out.
    #[must_use]
    pub fn search(
        &self,
        probe: &Person,
        policy: &Policy,
        mut fingers: Option<Fingers<'_>>,
    ) -> Vec<Hint> {
        let mut view = View::new(self, probe);
        let mut best = Best::default();
        let mut reasons = Vec::new();
        for (place, entry) in (0..).zip(&self.entries) {
            let pair = EntryPair {
                view: &mut view,
                entry,
                place,
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

    fn insert_name(&mut self, name: &Name) {
        self.counted_names += u32::from(!name.is_empty());
        for word in name.words() {
            *self.counts.entry(word.bare.clone()).or_default() += 1;
            let next = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
            let number = *self.vocabulary.entry(word.clone()).or_insert(next);
            if number == next {
                self.words.push(word.clone());
            }
            self.names.push(number);
        }
    }

    fn end_of_names(&self) -> u32 {
        u32::try_from(self.names.len()).unwrap_or(u32::MAX)
    }

    fn text_number(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        let next = u32::try_from(self.texts.len() + 1).unwrap_or(u32::MAX);
        *self.texts.entry(text.to_owned()).or_insert(next)
    }

    fn weight(&self, bare: &str, common: &Weights) -> f32 {
        if self.counted_names < ENOUGH_NAMES {
            return common.of(bare);
        }
        weights::of_count(
            self.counts.get(bare).copied().unwrap_or_default(),
            self.counted_names,
        )
    }
}

impl fmt::Debug for Index {
    /// Persons' data do not belong into logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Index({} persons, {} words)",
            self.entries.len(),
            self.words.len()
        )
    }
}

/// A register as one probe sees it: words are compared when they first occur.
struct View<'a> {
    index: &'a Index,
    probe: &'a Person,
    numbers: HashMap<u32, (Field, Field)>,
    texts: [u32; WORDS.len()],
    names: [NameView<'a>; NAMES.len()],
    common: Weights,
}

struct NameView<'a> {
    name: &'a Name,
    weights: Vec<f32>,
    /// For each word of the register the place of its row, counted from 1; 0 while it was not compared.
    places: Vec<u32>,
    rows: Vec<(Row, f32)>,
}

impl<'a> View<'a> {
    fn new(index: &'a Index, probe: &'a Person) -> Self {
        let common = Weights::default();
        let mut numbers = HashMap::new();
        for number in &probe.numbers {
            let key = (number.class, number.text.clone());
            for (place, field) in index.numbers.get(&key).into_iter().flatten() {
                numbers.entry(*place).or_insert((number.field, *field));
            }
        }
        let texts = probe
            .words
            .each_ref()
            .map(|text| index.texts.get(text).copied().unwrap_or_default());
        let names = probe.names.each_ref().map(|name| NameView {
            name,
            weights: name
                .words()
                .iter()
                .map(|word| index.weight(&word.bare, &common))
                .collect(),
            places: vec![
                0;
                if name.is_empty() {
                    0
                } else {
                    index.words.len()
                }
            ],
            rows: Vec::new(),
        });
        Self {
            index,
            probe,
            numbers,
            texts,
            names,
            common,
        }
    }

    /// How alike the probe's name is to the words of the register from one place to another.
    fn similarity(&mut self, at: usize, words: &[u32]) -> f32 {
        let Some(view) = self.names.get_mut(at).filter(|view| !view.name.is_empty()) else {
            return 0.0;
        };
        for word in words {
            view.compare(*word, self.index, &self.common);
        }
        let by_words = matched_share(
            &view.weights,
            words.iter().filter_map(|word| view.row(*word)),
        );
        joined_or(by_words, view.name, words.len(), || {
            let all = words
                .iter()
                .filter_map(|word| self.index.words.get(*word as usize));
            all.map(|word| word.bare.as_str()).collect()
        })
    }
}

impl NameView<'_> {
    fn compare(&mut self, word: u32, index: &Index, common: &Weights) {
        let (Some(place), Some(text)) = (
            self.places.get_mut(word as usize),
            index.words.get(word as usize),
        ) else {
            return;
        };
        if *place == 0 {
            self.rows
                .push((self.name.row(text), index.weight(&text.bare, common)));
            *place = u32::try_from(self.rows.len()).unwrap_or_default();
        }
    }

    fn row(&self, word: u32) -> Option<(&Row, f32)> {
        let place = *self.places.get(word as usize)?;
        let (row, weight) = self.rows.get(place.checked_sub(1)? as usize)?;
        Some((row, *weight))
    }
}

struct EntryPair<'v, 'a> {
    view: &'v mut View<'a>,
    entry: &'a Entry,
    place: u32,
    names: [Option<f32>; NAMES.len()],
}

impl Pair for EntryPair<'_, '_> {
    fn ids(&self) -> (&str, &str) {
        (&self.view.probe.id, &self.entry.id)
    }

    fn number(&self) -> Option<(Field, Field)> {
        self.view.numbers.get(&self.place).copied()
    }

    fn births(&self) -> Option<(BirthDate, BirthDate)> {
        self.view.probe.birth.zip(self.entry.birth)
    }

    fn is_same(&self, at: usize) -> bool {
        let text = |texts: &[u32; WORDS.len()]| texts.get(at).copied().filter(|number| *number > 0);
        text(&self.view.texts).is_some_and(|own| text(&self.entry.texts) == Some(own))
    }

    fn name(&mut self, at: usize) -> f32 {
        if let Some(Some(known)) = self.names.get(at) {
            return *known;
        }
        let bounds = self
            .entry
            .names
            .get(at..)
            .and_then(|bounds| bounds.first_chunk::<2>());
        let words = bounds
            .and_then(|[first, end]| self.view.index.names.get(*first as usize..*end as usize));
        let similarity = self.view.similarity(at, words.unwrap_or_default());
        if let Some(known) = self.names.get_mut(at) {
            *known = Some(similarity);
        }
        similarity
    }
}
