//! How alike two words are.

/// Most characters of a word that are compared; what lies behind makes no difference.
const MAX_CHARS: usize = 64;

/// Letters of a common prefix that raise the similarity, and by how much each (Winkler 1990).
const PREFIX: usize = 4;
const PREFIX_WEIGHT: f32 = 0.1;

/// The similarity of Jaro and Winkler: 1 for equal words, 0 for words without a letter in common.
///
/// Jaro 1989: with `m` letters of each word found in the other within half the longer length, and `t` of them out of order
/// by pairs, `(m/|a| + m/|b| + (m − t)/m) / 3`; Winkler 1990 adds a tenth of the distance to 1 for each of the first four
/// letters that agree.
#[must_use]
pub fn jaro_winkler(a: &str, b: &str) -> f32 {
    let a: Vec<char> = a.chars().take(MAX_CHARS).collect();
    let b: Vec<char> = b.chars().take(MAX_CHARS).collect();
    let jaro = jaro(&a, &b);
    let prefix = a
        .iter()
        .zip(&b)
        .take(PREFIX)
        .take_while(|(a, b)| a == b)
        .count();
    jaro + count(prefix) * PREFIX_WEIGHT * (1.0 - jaro)
}

fn jaro(a: &[char], b: &[char]) -> f32 {
    if a.is_empty() || b.is_empty() {
        return if a.len() == b.len() { 1.0 } else { 0.0 };
    }
    let window = (a.len().max(b.len()) / 2).saturating_sub(1);
    // A bit for each letter of the other word that is taken.
    let (mut taken_of_a, mut taken_of_b) = (0_u64, 0_u64);
    for (i, letter) in a.iter().enumerate() {
        let first = i.saturating_sub(window);
        let near = b
            .iter()
            .enumerate()
            .skip(first)
            .take(i + window + 1 - first);
        let found = near
            .map(|(j, other)| (1_u64 << j, other))
            .find(|(bit, other)| taken_of_b & bit == 0 && *other == letter);
        if let Some((bit, _)) = found {
            taken_of_a |= 1 << i;
            taken_of_b |= bit;
        }
    }
    let matches = count(taken_of_a.count_ones() as usize);
    if matches == 0.0 {
        return 0.0;
    }
    let taken = |word: &[char], bits: u64| -> Vec<char> {
        let letters = word
            .iter()
            .enumerate()
            .filter(move |(i, _)| bits >> i & 1 == 1);
        letters.map(|(_, letter)| *letter).collect()
    };
    let (left, right) = (taken(a, taken_of_a), taken(b, taken_of_b));
    let moved = left.iter().zip(&right).filter(|(a, b)| a != b).count();
    let transposed = count(moved / 2);
    (matches / count(a.len()) + matches / count(b.len()) + (matches - transposed) / matches) / 3.0
}

/// The share of trigrams two texts have in common (Dice): for words written together or apart, which no comparison of
/// words finds. Blanks count as letters only at the ends.
#[must_use]
pub fn trigram_similarity(a: &str, b: &str) -> f32 {
    let (a, b) = (trigrams(a), trigrams(b));
    let (mut left, mut right) = (a.iter().peekable(), b.iter().peekable());
    let mut shared = 0;
    while let (Some(x), Some(y)) = (left.peek(), right.peek()) {
        match x.cmp(y) {
            core::cmp::Ordering::Less => drop(left.next()),
            core::cmp::Ordering::Greater => drop(right.next()),
            core::cmp::Ordering::Equal => {
                shared += 1;
                left.next();
                right.next();
            }
        }
    }
    let all = a.len() + b.len();
    if all == 0 {
        1.0
    } else {
        2.0 * count(shared) / count(all)
    }
}

/// The trigrams, sorted, of the letters with a blank before and behind.
fn trigrams(text: &str) -> Vec<[char; 3]> {
    let letters = text.chars().filter(|c| *c != ' ').take(4 * MAX_CHARS);
    let padded: Vec<char> = core::iter::once(' ').chain(letters).chain([' ']).collect();
    let mut trigrams: Vec<[char; 3]> = padded
        .windows(3)
        .filter_map(|window| window.try_into().ok())
        .collect();
    trigrams.sort_unstable();
    trigrams
}

/// Small counts, without a lossy cast.
fn count(number: usize) -> f32 {
    u16::try_from(number).map_or(f32::from(u16::MAX), f32::from)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The values that Winkler's papers and every other implementation give.
    #[test]
    fn agrees_with_published_values() {
        let check = |a: &str, b: &str, expected: f32| {
            let found = jaro_winkler(a, b);
            assert!((found - expected).abs() < 0.0006, "{a} {b}: {found}");
        };
        check("MARTHA", "MARHTA", 0.961);
        check("DIXON", "DICKSONX", 0.813);
        check("DWAYNE", "DUANE", 0.840);
        check("JONES", "JOHNSON", 0.832);
        check("", "", 1.0);
        check("a", "", 0.0);
        check("abc", "xyz", 0.0);
    }

    #[test]
    fn words_written_together_share_trigrams() {
        assert!((trigram_similarity("thi hong", "thihong") - 1.0).abs() < f32::EPSILON);
        assert!(trigram_similarity("thi hong", "van nam") < 0.2);
    }

    proptest! {
        #[test]
        fn similarity_is_fair(a in any::<String>(), b in any::<String>()) {
            for similarity in [jaro_winkler, trigram_similarity] {
                let one = similarity(&a, &b);
                prop_assert!((0.0..=1.0001).contains(&one), "{one}");
                prop_assert!((one - similarity(&b, &a)).abs() < 0.0001);
                prop_assert!(similarity(&a, &a) > 0.9999);
            }
        }
    }
}
