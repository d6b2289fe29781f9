//! The hierarchy of places: province, district (until 30 June 2025), commune, the rest.

use super::province::Province;
use crate::spelling::key;

/// What a part of an address says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Quận, huyện, thị xã, thành phố of a province: abolished on 1 July 2025.
    District,
    /// Thị trấn: abolished on 1 July 2025.
    Township,
    /// Xã, phường, and since 1 July 2025 đặc khu.
    Commune,
}

/// A text such as `Số 1, Phố Mẫu, Phường Mẫu, Hà Nội`, from the largest unit to the smallest.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    text: &'a str,
}

/// The words that begin a part, with what they say. An abbreviation ends with a full stop.
const WORDS: [(&str, Unit); 13] = [
    ("quận", Unit::District),
    ("huyện", Unit::District),
    ("thị xã", Unit::District),
    ("thành phố", Unit::District),
    ("tp", Unit::District),
    ("q", Unit::District),
    ("tx", Unit::District),
    ("thị trấn", Unit::Township),
    ("tt", Unit::Township),
    ("xã", Unit::Commune),
    ("phường", Unit::Commune),
    ("đặc khu", Unit::Commune),
    ("p", Unit::Commune),
];

impl<'a> Place<'a> {
    /// Of a clean text.
    #[must_use]
    pub fn of(text: &'a str) -> Self {
        Self { text }
    }

    /// The last part, which should name a province; `None` when there is one part only.
    #[must_use]
    pub fn province(self) -> Option<&'a str> {
        self.text
            .rsplit_once(',')
            .map(|(_, province)| province.trim())
    }

    /// The parts before the province that say what they are, smallest unit first.
    pub fn units(self) -> impl Iterator<Item = (Unit, &'a str)> {
        let before = self.text.rsplit_once(',').map_or("", |(before, _)| before);
        before
            .split(',')
            .filter_map(|part| Some((unit(part.trim())?, part.trim())))
    }
}

/// What the first words of a part say; `None` for house, street, hamlet.
fn unit(part: &str) -> Option<Unit> {
    WORDS.iter().find_map(|(word, unit)| {
        let mut rest = part.chars();
        let mut letters = word.chars();
        let begins = letters.all(|letter| {
            rest.next()
                .is_some_and(|c| c.to_lowercase().eq(letter.to_lowercase()))
        });
        let next = rest.next();
        let is_abbreviation = word.chars().count() <= 2 && !matches!(*word, "xã");
        let is_word = if is_abbreviation {
            // Q.1, P.Mẫu, TP Mẫu; a street may be called Q or P.
            next == Some('.') || (next == Some(' ') && *word == "tp")
        } else {
            next == Some(' ')
        };
        (begins && is_word).then_some(*unit)
    })
}

/// Provinces that existed before 1997 and still stand in papers, with the bounds of time left out.
const FORMER: [&str; 23] = [
    "Hà Tây",
    "Hà Sơn Bình",
    "Hà Nam Ninh",
    "Nam Hà",
    "Hải Hưng",
    "Vĩnh Phú",
    "Bắc Thái",
    "Hà Bắc",
    "Hoàng Liên Sơn",
    "Hà Tuyên",
    "Cao Lạng",
    "Nghệ Tĩnh",
    "Bình Trị Thiên",
    "Quảng Nam - Đà Nẵng",
    "Nghĩa Bình",
    "Phú Khánh",
    "Thuận Hải",
    "Gia Lai - Kon Tum",
    "Sông Bé",
    "Cửu Long",
    "Minh Hải",
    "Đắc Lắc",
    "Sài Gòn",
];

/// Whether a name is that of a province long gone, which a place of birth or origin may still have.
pub(super) fn is_former_province(name: &str) -> bool {
    let name = Province::name_key(name);
    FORMER.iter().any(|former| key(former) == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_units() {
        let units = |text: &'static str| Place::of(text).units().collect::<Vec<_>>();
        assert_eq!(
            units("Số 1, Phố Mẫu, Phường Mẫu, Quận 1, Hồ Chí Minh"),
            [(Unit::Commune, "Phường Mẫu"), (Unit::District, "Quận 1")]
        );
        assert_eq!(units("P.Mẫu, Q.1, Hồ Chí Minh").len(), 2);
        assert_eq!(
            units("thị xã Mẫu, Sơn La"),
            [(Unit::District, "thị xã Mẫu")]
        );
        assert_eq!(units("XÃ MẪU, Sơn La"), [(Unit::Commune, "XÃ MẪU")]);
        assert_eq!(units("Thành phố Huế"), []);
        assert_eq!(units("Xanh, Phường, Hà Nội"), []);
    }

    #[test]
    fn knows_former_provinces() {
        assert!(is_former_province("tỉnh Hà Tây"));
        assert!(is_former_province("Gia Lai–Kon Tum"));
        assert!(!is_former_province("Hà Nội"));
    }
}
