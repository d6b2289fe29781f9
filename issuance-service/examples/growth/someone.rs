//! Synthetic people by their number: the same number is the same person in every run. Every family is a SPECIMEN ("Mẫu"); how often
//! names are shared follows the country.

use enrolment::{Field, HolderRecord};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

/// Families with their share in a thousand.
const FAMILIES: [(&str, u32); 16] = [
    ("Nguyễn", 384),
    ("Trần", 121),
    ("Lê", 95),
    ("Phạm", 70),
    ("Phan", 45),
    ("Hoàng", 51),
    ("Vũ", 39),
    ("Đặng", 21),
    ("Bùi", 20),
    ("Đỗ", 14),
    ("Hồ", 13),
    ("Ngô", 13),
    ("Dương", 10),
    ("Đinh", 9),
    ("Trịnh", 8),
    ("Cao", 87),
];
const MIDDLES: [[&str; 8]; 2] = [
    ["Văn", "Văn", "Văn", "Đức", "Hữu", "Minh", "Quốc", "Công"],
    ["Thị", "Thị", "Thị", "Thị", "Ngọc", "Thu", "Thanh", "Kim"],
];
const GIVEN: [&str; 60] = [
    "An", "Anh", "Bách", "Bảo", "Bình", "Châu", "Chi", "Chiến", "Cường", "Dung", "Dũng", "Duy",
    "Dương", "Đạt", "Đông", "Giang", "Hà", "Hải", "Hạnh", "Hiền", "Hiếu", "Hoa", "Hòa", "Hoài",
    "Hồng", "Huệ", "Hùng", "Huy", "Hương", "Khánh", "Khoa", "Kiên", "Lan", "Liên", "Linh", "Loan",
    "Long", "Lộc", "Mai", "Mạnh", "Minh", "Nam", "Nga", "Ngân", "Nhung", "Oanh", "Phong", "Phúc",
    "Phương", "Quân", "Quỳnh", "Sơn", "Tâm", "Thảo", "Thắng", "Thủy", "Trang", "Tuấn", "Vân",
    "Yến",
];
/// Of so many people one has two given names besides the middle word.
const TWO_GIVEN: f64 = 0.35;
/// The first year of birth, and how many there are.
const YEARS: (i32, i32) = (1940, 80);
/// Numbers of one place.
const OF_A_PLACE: u64 = 1_000_000;

/// A person who does not exist.
pub struct Someone {
    /// The name, family first.
    pub words: Vec<&'static str>,
    /// The date of birth as it is written.
    pub birth: String,
    is_female: bool,
    number: u64,
}

impl Someone {
    /// The person of a number.
    pub fn of(number: u64) -> Self {
        let rng = &mut StdRng::seed_from_u64(number);
        let mut share = rng.random_range(0..FAMILIES.iter().map(|(_, share)| share).sum());
        let family = FAMILIES.iter().find(|(_, of)| {
            let is_here = share < *of;
            share = share.saturating_sub(*of);
            is_here
        });
        let is_female = rng.random_bool(0.5);
        let mut words = vec![
            family.unwrap().0,
            MIDDLES[usize::from(is_female)][rng.random_range(0..8)],
        ];
        if rng.random_bool(TWO_GIVEN) {
            words.push(GIVEN[rng.random_range(0..GIVEN.len())]);
        }
        words.push(GIVEN[rng.random_range(0..GIVEN.len())]);
        let (year, month, day) = (
            YEARS.0 + rng.random_range(0..YEARS.1),
            rng.random_range(1..=12),
            rng.random_range(1..=28),
        );
        let birth = format!("{year}-{month:02}-{day:02}");
        Self {
            words,
            birth,
            is_female,
            number,
        }
    }

    /// The name in full.
    pub fn name(&self) -> String {
        format!("Mẫu{}", self.words.join(" "))
    }

    /// Twelve digits: place, century and sex, year, a number within them.
    pub fn personal_number(&self) -> String {
        let century = if self.birth.as_str() < "2000" { 0 } else { 2 };
        format!(
            "{:03}{}{}{:06}",
            self.number / OF_A_PLACE + 1,
            century + u8::from(self.is_female),
            &self.birth[2..4],
            self.number % OF_A_PLACE
        )
    }

    /// The number of the card.
    pub fn document_number(&self) -> String {
        format!("{:09}", self.number)
    }

    /// What the register knows.
    pub fn record(&self) -> HolderRecord {
        let mut record = HolderRecord::new();
        let sex = if self.is_female { "female" } else { "male" };
        record.set(Field::FullName, self.name());
        record.set(Field::DateOfBirth, self.birth.as_str());
        record.set(Field::Sex, sex);
        record.set(Field::Nationality, "VNM");
        record.set(Field::PersonalNumber, self.personal_number());
        record.set(Field::PlaceOfOrigin, "Xã Mẫu, Cao Bằng");
        record.set(Field::PermanentResidence, "Phường Mẫu, Đà Nẵng");
        record
    }
}
