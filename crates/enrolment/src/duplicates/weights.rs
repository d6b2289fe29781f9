//! How much a shared word of a name says.

use std::collections::HashMap;

/// The weight of words in bits: the rarer, the heavier.
#[derive(Debug, Clone)]
pub struct Weights(HashMap<String, f32>);

/// Shares of the commonest words of Vietnamese names in percent, rounded; surnames after Lê Trung Hoa, *Họ và tên người Việt
/// Nam* (2005), middle and given names estimated. They serve where no register says better.
const COMMON: [(&str, f32); 48] = [
    ("nguyen", 38.4),
    ("tran", 12.1),
    ("le", 9.5),
    ("pham", 7.0),
    ("hoang", 5.1),
    ("huynh", 5.1),
    ("phan", 4.5),
    ("vu", 3.9),
    ("vo", 3.9),
    ("dang", 2.1),
    ("bui", 2.0),
    ("do", 1.4),
    ("ho", 1.3),
    ("ngo", 1.3),
    ("duong", 1.0),
    ("ly", 0.5),
    ("thi", 30.0),
    ("van", 20.0),
    ("duc", 3.0),
    ("minh", 3.0),
    ("thanh", 3.0),
    ("huu", 2.0),
    ("ngoc", 3.0),
    ("thu", 2.0),
    ("quang", 1.5),
    ("xuan", 1.5),
    ("hong", 1.5),
    ("anh", 3.0),
    ("huong", 1.5),
    ("lan", 1.5),
    ("hoa", 1.5),
    ("mai", 1.5),
    ("linh", 1.5),
    ("hung", 1.5),
    ("dung", 1.5),
    ("tuan", 1.5),
    ("nam", 1.0),
    ("long", 1.0),
    ("son", 1.0),
    ("hai", 1.0),
    ("hien", 1.0),
    ("thuy", 1.5),
    ("ha", 1.0),
    ("phuong", 1.5),
    ("trang", 1.0),
    ("kim", 1.0),
    ("cong", 1.0),
    ("dinh", 1.0),
];

/// The weight of a word that nobody has counted: one in some four thousand.
const UNKNOWN: f32 = 12.0;

/// However common, a shared word is better than none; however rare, it is one word.
const BOUNDS: (f32, f32) = (1.0, 14.0);

impl Default for Weights {
    /// Those of the commonest words.
    fn default() -> Self {
        let weight = |(word, percent): &(&str, f32)| ((*word).to_owned(), bits(*percent / 100.0));
        Self(COMMON.iter().map(weight).collect())
    }
}

impl Weights {
    /// The weight of a word without marks.
    #[must_use]
    pub fn of(&self, bare: &str) -> f32 {
        self.0.get(bare).copied().unwrap_or(UNKNOWN)
    }
}

/// The weight of a word that so many of so many names have.
pub(super) fn of_count(names_with_it: u32, names: u32) -> f32 {
    let share = f64::from(names_with_it.max(1)) / f64::from(names.max(1));
    #[allow(clippy::cast_possible_truncation)]
    let share = share as f32;
    bits(share)
}

fn bits(share: f32) -> f32 {
    let (least, most) = BOUNDS;
    (-share.log2()).clamp(least, most)
}
