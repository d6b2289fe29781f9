//! The provinces by the first three digits of personal numbers.

use std::sync::LazyLock;

use time::Date;
use time::macros::date;

use crate::spelling::key;

/// The day on which 63 provinces became 34.
pub const MERGER: Date = date!(2025 - 07 - 01);

/// A province or centrally-run city.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Province {
    code: &'static str,
    before: &'static str,
    after: Option<&'static str>,
    part_of: &'static str,
}

/// Code, name of Circular 07/2016 annex 1, name from the merger on if the code still is in use, the province the area
/// has been part of since (Resolution 202/2025/QH15).
static TABLE: &str = include_str!("../../../data/vn_province_codes.tsv");

static PROVINCES: LazyLock<Vec<Province>> =
    LazyLock::new(|| TABLE.lines().skip(1).filter_map(Province::of_row).collect());

impl Province {
    /// All that ever had a code.
    #[must_use]
    pub fn all() -> &'static [Self] {
        &PROVINCES
    }

    /// The province of a code of three digits.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        Self::all()
            .iter()
            .copied()
            .find(|province| province.code == code)
    }

    /// Whether an address may end with this name: that of a province at any time, in any case of letters and place of
    /// the tones, with or without the word for its kind.
    #[must_use]
    pub fn is_name(name: &str) -> bool {
        let name = Self::name_key(name);
        KEYS.iter().any(|(key, _)| *key == name)
    }

    /// The provinces that had or have this name; the code of one of them may have had another name before.
    pub fn of_name(name: &str) -> impl Iterator<Item = Self> {
        let name = Self::name_key(name);
        KEYS.iter()
            .filter(move |(key, _)| *key == name)
            .map(|(_, province)| *province)
    }

    /// Whether the province of today has this name.
    #[must_use]
    pub fn is_called_now(&self, name: &str) -> bool {
        let name = Self::name_key(name);
        self.after.is_some_and(|after| key(after) == name)
    }

    /// What is compared of a name: see [`crate::spelling::key`]; without the word for its kind.
    pub(super) fn name_key(name: &str) -> String {
        let name = name.trim().to_lowercase();
        let bare = KINDS.iter().find_map(|kind| name.strip_prefix(kind));
        key(bare.unwrap_or(&name))
    }

    /// The name of the province, one of 34, of which the area has been part since the merger.
    #[must_use]
    pub fn part_of(&self) -> &'static str {
        self.part_of
    }

    /// Whether a birth registered here may be said to be registered in a place that ends with this name: the name at
    /// the time, or that of the province it became part of.
    #[must_use]
    pub fn may_be_called(&self, name: &str) -> bool {
        let name = Self::name_key(name);
        [self.before, self.part_of]
            .into_iter()
            .any(|known| key(known) == name)
    }

    /// Its three digits.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Its name until 30 June 2025.
    #[must_use]
    pub fn name_before_merger(&self) -> &'static str {
        self.before
    }

    /// Its name on a day; `None` when the code was no longer in use.
    #[must_use]
    pub fn name_on(&self, day: Date) -> Option<&'static str> {
        if day < MERGER {
            Some(self.before)
        } else {
            self.after
        }
    }

    fn of_row(row: &'static str) -> Option<Self> {
        let mut cells = row.split('\t');
        Some(Self {
            code: cells.next()?,
            before: cells.next()?,
            after: cells.next().filter(|name| !name.is_empty()),
            part_of: cells.next()?,
        })
    }
}

/// Every name of every province with its key.
static KEYS: LazyLock<Vec<(String, Province)>> = LazyLock::new(|| {
    let names = |province: &'static Province| {
        [Some(province.before), province.after]
            .into_iter()
            .flatten()
    };
    let mut keys: Vec<_> = Province::all()
        .iter()
        .flat_map(|province| names(province).map(|name| (key(name), *province)))
        .collect();
    keys.dedup();
    keys
});

const KINDS: [&str; 5] = ["tỉnh ", "thành phố ", "tp. ", "tp.", "tp "];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let all = Province::all();
        assert_eq!(all.len(), 63);
        assert_eq!(all.iter().filter(|p| p.after.is_some()).count(), 34);
        assert!(
            all.iter()
                .all(|p| p.code.len() == 3 && !p.before.is_empty())
        );
        assert!(all.is_sorted_by(|a, b| a.code < b.code));
    }

    #[test]
    fn names_change_with_the_merger() {
        let check = |code, before, after| {
            let province = Province::of_code(code).unwrap();
            let day_before = MERGER.previous_day().unwrap();
            assert_eq!(province.name_on(day_before), Some(before));
            assert_eq!(province.name_on(MERGER), after);
        };
        check("015", "Yên Bái", Some("Lào Cai"));
        check("010", "Lào Cai", None);
        check("046", "Thừa Thiên Huế", Some("Huế"));
        check("001", "Hà Nội", Some("Hà Nội"));
    }

    #[test]
    fn kept_codes_are_part_of_what_they_are_called() {
        for province in Province::all() {
            assert!(province.after.is_none_or(|after| after == province.part_of));
            assert!(Province::of_name(province.part_of).any(|p| p.after == Some(province.part_of)));
        }
        let ha_giang = Province::of_code("002").unwrap();
        assert!(ha_giang.may_be_called("Tỉnh Tuyên Quang") && ha_giang.may_be_called("Hà Giang"));
        assert!(!ha_giang.may_be_called("Hà Nội"));
    }

    #[test]
    fn knows_how_addresses_end() {
        for name in [
            "Hà Nội",
            "hà nội",
            "TP. Hồ Chí Minh",
            "Tỉnh Lào Cai",
            "Thành phố Huế",
            "Hoà Bình",
            "Bà Rịa – Vũng Tàu",
            " Kon Tum",
        ] {
            assert!(Province::is_name(name), "{name}");
        }
        for name in ["", "Ba Đình", "Hanoi", "Tỉnh"] {
            assert!(!Province::is_name(name), "{name}");
        }
    }
}
