//! The 54 ethnic groups: Decision 121-TCTK/PPCĐ of 2 March 1979.

use std::sync::LazyLock;

use crate::spelling::key;

/// Name and other spellings, which include the commonest names of parts of a group.
static TABLE: &str = include_str!("../../../data/vn_ethnic_groups.tsv");

/// Their names in the order of the decision.
pub static ETHNIC_GROUPS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let rows = TABLE.lines().skip(1);
    rows.filter_map(|row| row.split('\t').next()).collect()
});

/// What stands in place of a group for a citizen of foreign descent.
pub const FOREIGN: &str = "Người nước ngoài";

static KEYS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let names = TABLE.lines().skip(1).flat_map(|row| row.split(['\t', ';']));
    let mut keys: Vec<String> = names
        .chain([FOREIGN])
        .map(key)
        .filter(|key| !key.is_empty())
        .collect();
    keys.sort_unstable();
    keys
});

/// Whether a text names one of the groups, in any of its spellings, or [`FOREIGN`].
#[must_use]
pub fn is_ethnic_group(text: &str) -> bool {
    KEYS.binary_search(&key(text)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_fifty_four() {
        assert_eq!(ETHNIC_GROUPS.len(), 54);
        assert!(ETHNIC_GROUPS.iter().all(|name| is_ethnic_group(name)));
        for name in [
            "KINH",
            "H'Mông",
            "Ê-đê",
            "Bru-Vân Kiều",
            "khơ-me",
            "Người nước ngoài",
            "Mạ",
        ] {
            assert!(is_ethnic_group(name), "{name}");
        }
        for name in ["", "Không", "Ma", "Tây", "Kin"] {
            assert!(!is_ethnic_group(name), "{name}");
        }
    }
}
