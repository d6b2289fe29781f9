//! Synthetic people: faces and fingers that `specimens` has drawn, made-up particulars. Nobody of these names exists, and each name says
//! SPECIMEN.

use std::{
    fs,
    ops::Range,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use time::{Date, Duration};

/// The document that they apply for.
pub const PROFILE: &str = "vn-cccd-2021";
/// Whose pictures they have. They share them, their particulars differ: nothing in the service compares pictures.
const MODELS: [&str; 3] = ["vn-citizen-dao", "vn-citizen-nam", "uto-passport-anton"];
const PICTURES: [&str; 3] = ["portrait.png", "right-index.png", "left-index.png"];
/// Age of the youngest, so that every card is valid to the fortieth birthday.
const YOUNGEST: i32 = 27;
/// How many days they differ in age at most: nine years.
const DAYS: usize = 3287;
/// From one to the next; it has no divisor in common with the days.
const STRIDE: usize = 1009;
const AT_FORTY: i32 = 40;
/// Every so many people two have the same name and birthday: a hint that somebody has to judge.
const NAMESAKE_EACH: usize = 10;

const FAMILIES: [&str; 8] = ["Nguyễn", "Trần", "Lê", "Phạm", "Vũ", "Đặng", "Bùi", "Đỗ"];
const MIDDLES: [[&str; 4]; 2] = [
    ["Thị", "Ngọc", "Thu", "Mai"],
    ["Văn", "Quang", "Đức", "Minh"],
];
const GIVEN: [&str; 12] = [
    "Đào", "Nam", "Quỳnh", "Hải", "Ước", "Sơn", "Lan", "Bình", "Yến", "Khánh", "Thảo", "Phúc",
];

/// Folders of people as a station takes them.
#[derive(Debug)]
pub struct Drawn {
    /// Each in a folder of their own.
    pub first: Vec<PathBuf>,
    /// Those who have name and birthday of somebody among the first.
    pub namesakes: Vec<PathBuf>,
}

/// Makes the people of these numbers up, each in a folder of their own.
///
/// # Errors
/// The disk.
pub fn draw(folder: &Path, numbers: Range<usize>, today: Date) -> Result<Drawn> {
    let pictures = pictures()?;
    let mut drawn = Drawn {
        first: Vec::new(),
        namesakes: Vec::new(),
    };
    for number in numbers {
        let is_namesake = number % NAMESAKE_EACH == NAMESAKE_EACH / 2 - 1;
        // A namesake has the name and birthday of who came before, and nothing else.
        let named = if is_namesake { number - 1 } else { number };
        let place = folder.join(format!("specimen-{number:05}"));
        fs::create_dir_all(&place).with_context(|| place.display().to_string())?;
        let record = record(number, named, today)?;
        fs::write(place.join("record.toml"), record)?;
        for (name, content) in pictures.get(number % pictures.len()).into_iter().flatten() {
            fs::write(place.join(name), content)?;
        }
        let list = if is_namesake {
            &mut drawn.namesakes
        } else {
            &mut drawn.first
        };
        list.push(place);
    }
    Ok(drawn)
}

type Pictures = Vec<(&'static str, Vec<u8>)>;

/// The pictures of the specimen people.
fn pictures() -> Result<Vec<Pictures>> {
    let of = |person: &&str| -> Result<Pictures> {
        let folder = test_support::fixture("people").join(person);
        let read = |name: &'static str| {
            let path = folder.join(name);
            Ok((
                name,
                fs::read(&path).with_context(|| path.display().to_string())?,
            ))
        };
        PICTURES.into_iter().map(read).collect()
    };
    MODELS.iter().map(of).collect()
}

/// `record.toml`.
fn record(number: usize, named: usize, today: Date) -> Result<String> {
    let sex = sex(number);
    let birth = birth(named, today)?;
    let fields = [
        ("personal_number", personal_number(number, birth, sex)),
        ("full_name", name(named)?),
        ("date_of_birth", birth.to_string()),
        ("sex", (if sex == 0 { "female" } else { "male" }).to_owned()),
        ("nationality", "VNM".to_owned()),
        ("ethnic_group", "Kinh".to_owned()),
        ("religion", "Không".to_owned()),
        ("place_of_birth", "Phường Mẫu, Đà Nẵng".to_owned()),
        (
            "place_of_birth_registration",
            "Phường Mẫu, Đà Nẵng".to_owned(),
        ),
        ("place_of_origin", "Xã Mẫu, Cao Bằng".to_owned()),
        (
            "permanent_residence",
            format!("Số {}, Đường Mẫu, Phường Mẫu, Đà Nẵng", number + 1),
        ),
        (
            "identifying_marks",
            "Nốt ruồi cách 1 cm dưới trước mắt trái".to_owned(),
        ),
        (
            "father_name",
            format!("{} Văn Sơn Specimen", family(number)?),
        ),
        (
            "mother_name",
            format!("{} Thị Lan Specimen", family(number + 3)?),
        ),
        ("date_of_issue", today.to_string()),
        ("date_of_expiry", forty(birth)?.to_string()),
    ];
    let mut text = format!(
        "# SPECIMEN: a person who does not exist.\nprofile = \"{PROFILE}\"\nportrait = \"portrait.png\"\n\n[fields]\n"
    );
    for (field, value) in fields {
        text.push_str(&format!("{field} = {}\n", toml::Value::from(value)));
    }
    for position in ["right-index", "left-index"] {
        text.push_str(&format!(
            "\n[[fingers]]\nposition = \"{position}\"\nimage = \"{position}.png\"\n"
        ));
    }
    Ok(text)
}

/// That of the pictures: 0 is female.
fn sex(number: usize) -> usize {
    usize::from(!number.is_multiple_of(MODELS.len()))
}

fn family(number: usize) -> Result<&'static str> {
    FAMILIES
        .get(number % FAMILIES.len())
        .copied()
        .context("no name")
}

/// Unlike those of everybody else in the first few hundred.
fn name(number: usize) -> Result<String> {
    let middle = MIDDLES
        .get(sex(number))
        .and_then(|all| all.get(number / 2 % 4));
    let given = GIVEN.get(number / 3 % GIVEN.len());
    let (middle, given) = middle.zip(given).context("no name")?;
    Ok(format!("{} {middle} {given} Specimen", family(number)?))
}

/// Another day for each of the first three thousand: who shares name and birthday is meant to.
fn birth(number: usize, today: Date) -> Result<Date> {
    let youngest = today
        .replace_day(1)?
        .replace_year(today.year() - YOUNGEST - 1)?;
    let days = number * STRIDE % DAYS;
    Ok(youngest - Duration::days(i64::try_from(days)?))
}

/// Twelve digits: place, century and sex, year, and a number within them (Circular 07/2016).
fn personal_number(number: usize, birth: Date, sex: usize) -> String {
    let century = if birth.year() < 2000 { 0 } else { 2 };
    let century_and_sex = century + usize::from(sex == 0);
    format!(
        "048{century_and_sex}{:02}{:06}",
        birth.year() % 100,
        900_000 + number
    )
}

fn forty(birth: Date) -> Result<Date> {
    Ok(birth.replace_year(birth.year() + AT_FORTY)?)
}
