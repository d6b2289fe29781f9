//! The religions that the state has recognised, as forms write them.

use std::sync::LazyLock;

use crate::spelling::key;

/// None, then the recognised religions and religious organisations by their short names.
pub const RELIGIONS: [&str; 17] = [
    "Không",
    "Phật giáo",
    "Công giáo",
    "Tin lành",
    "Cao Đài",
    "Phật giáo Hòa Hảo",
    "Hồi giáo",
    "Bà-la-môn giáo",
    "Baha'i",
    "Tịnh độ Cư sĩ Phật hội Việt Nam",
    "Cơ đốc Phục lâm",
    "Phật giáo Tứ Ân Hiếu Nghĩa",
    "Minh Sư đạo",
    "Minh Lý đạo",
    "Bửu Sơn Kỳ Hương",
    "Phật giáo Hiếu Nghĩa Tà Lơn",
    "Các Thánh hữu Ngày sau của Chúa Giê-su Ky-tô",
];

/// Other words that forms have for them.
const OTHER_WORDS: [&str; 11] = [
    "Phật",
    "Thiên Chúa giáo",
    "Thiên Chúa",
    "Đạo Tin lành",
    "Đạo Cao Đài",
    "Hòa Hảo",
    "Đạo Hồi",
    "Đạo Phật",
    "Đạo Công giáo",
    "Bàlamôn",
    "Mặc Môn",
];

static KEYS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut keys: Vec<String> = RELIGIONS
        .iter()
        .chain(&OTHER_WORDS)
        .map(|name| key(name))
        .collect();
    keys.sort_unstable();
    keys
});

/// Whether a text names one of them.
#[must_use]
pub fn is_religion(text: &str) -> bool {
    KEYS.binary_search(&key(text)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_forms_say() {
        for name in RELIGIONS.into_iter().chain([
            "PHẬT GIÁO HOÀ HẢO",
            "Tin Lành",
            "không",
            "Bà La Môn giáo",
        ]) {
            assert!(is_religion(name), "{name}");
        }
        for name in ["", "Khong", "Kinh", "Đạo"] {
            assert!(!is_religion(name), "{name}");
        }
    }
}
