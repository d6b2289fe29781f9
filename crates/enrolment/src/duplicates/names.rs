//! Names as words in any order.

use core::fmt;

use super::similarity::{jaro_winkler, trigram_similarity};
use super::weights::Weights;
use crate::spelling;

/// Most words of a name that are compared.
pub const MAX_WORDS: usize = 12;

/// Most letters of a word that are compared.
pub const MAX_WORD_CHARS: usize = 24;

/// The similarity of words that differ in marks only: telex not switched on.
const SAME_LETTERS: f32 = 0.95;

/// Below, two words have nothing to do with each other: Vietnamese syllables are short, chance makes them alike.
const LEAST_ALIKE: f32 = 0.84;

/// The similarity of short words between which one letter differs.
const ONE_SLIP: f32 = 0.6;

/// What is left of the similarity of words that are not the same.
const UNLIKE: f32 = 0.95;

/// What a name written together or apart keeps of its similarity.
const JOINED: f32 = 0.9;

/// The similarity by words within which letters written together are looked at.
const JOINED_WITHIN: core::ops::RangeInclusive<f32> = 0.02..=0.85;

/// The similarities of one word to each of the words of the probe.
pub(super) type Row = [f32; MAX_WORDS];

/// A name made ready: its words without marks, and the key of their spelling.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Name {
    words: Vec<Word>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Word {
    pub(super) bare: String,
    pub(super) key: String,
}

impl Name {
    /// Of a text; words beyond [`MAX_WORDS`] and letters beyond [`MAX_WORD_CHARS`] are left out.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let short = |word: &str| word.chars().take(MAX_WORD_CHARS).collect::<String>();
        let words = spelling::words(text).take(MAX_WORDS).map(|word| {
            let word = short(word);
            Word {
                bare: spelling::bare(&word),
                key: spelling::key(&word),
            }
        });
        Self {
            words: words.filter(|word| !word.bare.is_empty()).collect(),
        }
    }

    /// Whether there is no word.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    pub(super) fn words(&self) -> &[Word] {
        &self.words
    }

    /// The words without marks, joined.
    pub(super) fn joined(&self) -> String {
        self.words.iter().map(|word| word.bare.as_str()).collect()
    }

    /// How alike a word is to each of this name's.
    pub(super) fn row(&self, other: &Word) -> Row {
        let mut row = Row::default();
        for (place, word) in row.iter_mut().zip(&self.words) {
            *place = alike(word, other);
        }
        row
    }
}

impl fmt::Debug for Name {
    /// A person's data do not belong into logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({} words)", self.words.len())
    }
}

fn alike(a: &Word, b: &Word) -> f32 {
    if a.key == b.key {
        return 1.0;
    }
    if a.bare == b.bare {
        return SAME_LETTERS;
    }
    let similarity = jaro_winkler(&a.bare, &b.bare);
    if similarity >= LEAST_ALIKE {
        similarity * UNLIKE
    } else if is_one_slip(&a.bare, &b.bare) {
        ONE_SLIP
    } else {
        0.0
    }
}

/// Whether one letter of the longer word is replaced or left out in the other; both have three letters at least.
fn is_one_slip(a: &str, b: &str) -> bool {
    let shorter = a.chars().count().min(b.chars().count());
    let longer = a.chars().count().max(b.chars().count());
    let front = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let back = a
        .chars()
        .rev()
        .zip(b.chars().rev())
        .take_while(|(a, b)| a == b)
        .count();
    longer >= 3 && longer - shorter <= 1 && front + back + 1 >= longer
}

/// How alike two names are, from 0 to 1, whatever the order of their words: the share of weight that found a partner.
#[must_use]
pub fn name_similarity(a: &Name, b: &Name, weights: &Weights) -> f32 {
    let of = |name: &Name| -> Vec<f32> {
        name.words
            .iter()
            .map(|word| weights.of(&word.bare))
            .collect()
    };
    let rows: Vec<Row> = b.words.iter().map(|word| a.row(word)).collect();
    let by_words = matched_share(&of(a), rows.iter().zip(of(b)));
    joined_or(by_words, a, b.words.len(), || b.joined())
}

/// The similarity by words, or by the trigrams of all letters where words may be written together: their number differs,
/// some found a partner and some did not.
pub(super) fn joined_or(
    by_words: f32,
    name: &Name,
    words: usize,
    joined: impl Fn() -> String,
) -> f32 {
    if name.words.len() == words || !JOINED_WITHIN.contains(&by_words) {
        return by_words;
    }
    by_words.max(trigram_similarity(&name.joined(), &joined()) * JOINED)
}

/// The share of weight that finds a partner. `weights` are those of the probe's words; the others come with their rows.
///
/// Partners are chosen greedily, the other's words in their order and each the best that is left: with a dozen words at
/// most, and most pairs either the same or nothing alike, that is as good as the best assignment.
pub(super) fn matched_share<'r>(
    weights: &[f32],
    others: impl Iterator<Item = (&'r Row, f32)>,
) -> f32 {
    let mut taken = [false; MAX_WORDS];
    let mut total: f32 = weights.iter().sum();
    let mut matched = 0.0;
    for (row, weight) in others {
        total += weight;
        let places = row.iter().zip(&mut taken).zip(weights);
        let free = places.filter(|((similarity, is_taken), _)| **similarity > 0.0 && !**is_taken);
        let best = free.max_by(|((a, _), _), ((b, _), _)| a.total_cmp(b));
        if let Some(((similarity, is_taken), own)) = best {
            *is_taken = true;
            matched += similarity * (own + weight);
        }
    }
    if total == 0.0 { 0.0 } else { matched / total }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn similarity(a: &str, b: &str) -> f32 {
        name_similarity(&Name::of(a), &Name::of(b), &Weights::default())
    }

    #[test]
    fn order_and_tones_cost_little() {
        let check = |a: &str, b: &str, least: f32, most: f32| {
            let found = similarity(a, b);
            assert!((least..=most).contains(&found), "{a} / {b}: {found}");
        };
        check("Nguyễn Thị Hòa", "NGUYỄN THỊ HOÀ", 1.0, 1.0);
        check("Nguyễn Thị Hòa", "Hòa Nguyễn Thị", 1.0, 1.0);
        check("Nguyễn Thị Hòa", "nguyen thi hoa", 0.94, 0.96);
        check("Nguyễn Thị Quỳnh", "Nguyễn Thị Qùynh", 0.97, 1.0);
        check("Trần Quốc Khánh", "Trần Quốc Khanhh", 0.93, 0.99);
        check("Nguyễn Thị Quỳnh", "Nguyễn Quỳnh", 0.9, 0.98);
        check("Nguyễn Thị Hồng", "Nguyễn Thịhồng", 0.7, 0.95);
    }

    #[test]
    fn a_shared_surname_says_little() {
        assert!(similarity("Nguyễn Văn Quỳnh", "Nguyễn Văn Khải") < 0.4);
        assert!(similarity("Nguyễn Thị Lan", "Trần Đức Khải") < 0.1);
        assert_eq!(similarity("", ""), 0.0);
    }

    proptest! {
        #[test]
        fn names_are_compared_fairly(a in "[A-ZĐa-zà-ỹ -]{0,60}", b in any::<String>()) {
            let one = similarity(&a, &b);
            prop_assert!((0.0..=1.0001).contains(&one), "{one}");
            let name = Name::of(&a);
            if !name.is_empty() {
                prop_assert!(similarity(&a, &a) > 0.999);
            }
            prop_assert!(name.words().len() <= MAX_WORDS);
        }
    }
}
