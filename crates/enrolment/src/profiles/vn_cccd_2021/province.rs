//! The provinces by the first three digits of personal numbers.

use std::sync::LazyLock;

use time::Date;
use time::macros::date;

/// The day on which 63 provinces became 34.
pub(super) const MERGER: Date = date!(2025 - 07 - 01);

/// A province or centrally-run city.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Province {
    code: &'static str,
    before: &'static str,
    after: Option<&'static str>,
}

/// Code, name of Circular 07/2016 annex 1, name from the merger on if the code still is in use.
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

    /// Whether an address may end with this name: that of a province at any time, in any case of letters, with or
    /// without the word for its kind.
    #[must_use]
    pub fn is_name(name: &str) -> bool {
        let name = name.trim().to_lowercase();
        let bare = KINDS
            .iter()
            .find_map(|kind| name.strip_prefix(kind))
            .unwrap_or(&name);
        Self::all()
            .iter()
            .flat_map(|province| core::iter::once(province.before).chain(province.after))
            .any(|known| known.to_lowercase() == bare)
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
        })
    }
}

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
    fn knows_how_addresses_end() {
        for name in [
            "Hà Nội",
            "hà nội",
            "TP. Hồ Chí Minh",
            "Tỉnh Lào Cai",
            "Thành phố Huế",
            " Kon Tum",
        ] {
            assert!(Province::is_name(name), "{name}");
        }
        for name in ["", "Ba Đình", "Hanoi", "Tỉnh"] {
            assert!(!Province::is_name(name), "{name}");
        }
    }
}
