//! How fast a register is searched for duplicates, and what is found: synthetic people, synthetic slips.
//!
//! ```text
//! cargo run --release -p enrolment --example duplicate_hints -- [people, 100000 if left out] [policy.toml]
//! ```

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::fs;
use std::time::Instant;

use enrolment::Field;
use enrolment::duplicates::{Index, Person, Policy};
use rand::prelude::IndexedRandom as _;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng};

/// Surnames with their share in a thousand, as in the country.
const SURNAMES: [(&str, u32); 24] = [
    ("Nguyễn", 384),
    ("Trần", 121),
    ("Lê", 95),
    ("Phạm", 70),
    ("Hoàng", 30),
    ("Huỳnh", 21),
    ("Phan", 45),
    ("Vũ", 20),
    ("Võ", 19),
    ("Đặng", 21),
    ("Bùi", 20),
    ("Đỗ", 14),
    ("Hồ", 13),
    ("Ngô", 13),
    ("Dương", 10),
    ("Lý", 5),
    ("Đinh", 9),
    ("Trịnh", 8),
    ("Đoàn", 8),
    ("Mai", 6),
    ("Tạ", 5),
    ("Lương", 7),
    ("Cao", 7),
    ("Hà", 7),
];
const MIDDLE: [[&str; 8]; 2] = [
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

#[derive(Clone)]
struct Someone {
    name: Vec<String>,
    father: Vec<String>,
    mother: Vec<String>,
    date: (i32, u8, u8),
    sex: usize,
}

fn name(surname: &str, sex: usize, rng: &mut StdRng) -> Vec<String> {
    let mut words = vec![
        surname.to_owned(),
        (*MIDDLE[sex].choose(rng).unwrap()).to_owned(),
    ];
    if rng.random_bool(0.35) {
        words.push((*GIVEN.choose(rng).unwrap()).to_owned());
    }
    words.push((*GIVEN.choose(rng).unwrap()).to_owned());
    words
}

fn someone(rng: &mut StdRng) -> Someone {
    let mut surname = || {
        SURNAMES
            .choose_weighted(rng, |(_, share)| *share)
            .unwrap()
            .0
    };
    let (father, mother) = (surname(), surname());
    let sex = rng.random_range(0..2);
    Someone {
        name: name(father, sex, rng),
        father: name(father, 0, rng),
        mother: name(mother, 1, rng),
        date: (
            rng.random_range(1940..2020),
            rng.random_range(1..=12),
            rng.random_range(1..=28),
        ),
        sex,
    }
}

fn person(id: &str, who: &Someone, with_parents: bool) -> Person {
    let (year, month, day) = who.date;
    let date = if month == 0 {
        format!("{year}")
    } else {
        format!("{year}-{month:02}-{day:02}")
    };
    let texts = [
        who.name.join(" "),
        who.father.join(" "),
        who.mother.join(" "),
    ];
    let sex = ["male", "female"][who.sex];
    let mut fields = vec![
        (Field::FullName, texts[0].as_str()),
        (Field::DateOfBirth, &date),
        (Field::Sex, sex),
    ];
    if with_parents {
        fields.extend([
            (Field::FatherName, texts[1].as_str()),
            (Field::MotherName, texts[2].as_str()),
        ]);
    }
    Person::new(id, &fields)
}

type Slip = fn(&mut Someone, &mut StdRng);

fn drop_tones(who: &mut Someone, _: &mut StdRng) {
    for word in &mut who.name {
        *word = enrolment::spelling::bare(word);
    }
}

fn swap_order(who: &mut Someone, _: &mut StdRng) {
    who.name.rotate_left(1);
}

/// A letter replaced, left out or doubled, anywhere in the name.
fn one_letter(who: &mut Someone, rng: &mut StdRng) {
    let at = rng.random_range(0..who.name.len());
    let mut letters: Vec<char> = who.name[at].chars().collect();
    let place = rng.random_range(0..letters.len());
    match rng.random_range(0..3) {
        0 => letters[place] = char::from(rng.random_range(b'a'..=b'z')),
        1 if letters.len() > 1 => drop(letters.remove(place)),
        _ => letters.insert(place, letters[place]),
    }
    who.name[at] = letters.into_iter().collect();
}

fn swap_day_and_month(who: &mut Someone, _: &mut StdRng) {
    let (year, month, day) = who.date;
    who.date = (year, day, month);
}

fn year_only(who: &mut Someone, _: &mut StdRng) {
    who.date.1 = 0;
}

fn wrong_digit(who: &mut Someone, rng: &mut StdRng) {
    who.date.0 += if who.date.0 % 10 == 9 {
        -rng.random_range(1..=9)
    } else {
        1
    };
}

fn drop_middle(who: &mut Someone, _: &mut StdRng) {
    who.name.remove(1);
}

fn letter_and_tones(who: &mut Someone, rng: &mut StdRng) {
    one_letter(who, rng);
    drop_tones(who, rng);
}

const SLIPS: [(&str, Slip); 9] = [
    ("none", |_, _| {}),
    ("tones dropped", drop_tones),
    ("order changed", swap_order),
    ("one letter", one_letter),
    ("letter and tones", letter_and_tones),
    ("middle name left out", drop_middle),
    ("day and month swapped", swap_day_and_month),
    ("year only", year_only),
    ("wrong digit of the year", wrong_digit),
];

fn main() {
    let mut arguments = std::env::args().skip(1);
    let people: usize = arguments
        .next()
        .map_or(100_000, |count| count.parse().expect("a number"));
    let policy = arguments
        .next()
        .map(|file| Policy::parse(&fs::read_to_string(file).expect("a file")).expect("a policy"));
    let policy = policy.unwrap_or_else(Policy::standard);
    let mut rng = StdRng::seed_from_u64(2026);
    let mut register: Vec<Someone> = (0..people).map(|_| someone(&mut rng)).collect();
    const PROBES: usize = 300;
    // A swap is only a slip if the day can be a month.
    for who in register.iter_mut().take(PROBES) {
        who.date.2 = who.date.2.min(12);
    }
    for with_parents in [true, false] {
        let begun = Instant::now();
        let mut index = Index::default();
        for (id, who) in register.iter().enumerate() {
            index.insert(&person(&id.to_string(), who, with_parents));
        }
        println!(
            "{index:?} built in {:.2} s; parents given: {with_parents}",
            begun.elapsed().as_secs_f64()
        );
        report(&index, &register[..PROBES], &policy, with_parents, &mut rng);
    }
}

fn report(
    index: &Index,
    probes: &[Someone],
    policy: &Policy,
    with_parents: bool,
    rng: &mut StdRng,
) {
    println!(
        "{:<24} {:>7} {:>7} {:>10} {:>10} {:>9}",
        "slip", "recall", "first", "precision", "false/probe", "ms/search"
    );
    for (label, slip) in SLIPS {
        let (mut found, mut first, mut false_hints, mut seconds) = (0, 0, 0, 0.0);
        for (id, who) in probes.iter().enumerate() {
            let mut probe = who.clone();
            slip(&mut probe, rng);
            let probe = person("probe", &probe, with_parents);
            let begun = Instant::now();
            let hints = index.search(&probe, policy, None);
            seconds += begun.elapsed().as_secs_f64();
            let id = id.to_string();
            found += usize::from(hints.iter().any(|hint| hint.id == id));
            first += usize::from(hints.first().is_some_and(|hint| hint.id == id));
            false_hints += hints.iter().filter(|hint| hint.id != id).count();
        }
        let count = probes.len() as f64;
        println!(
            "{label:<24} {:>6.1}% {:>6.1}% {:>9.1}% {:>10.3} {:>9.2}",
            100.0 * found as f64 / count,
            100.0 * first as f64 / count,
            100.0 * found as f64 / ((found + false_hints).max(1)) as f64,
            false_hints as f64 / count,
            1000.0 * seconds / count,
        );
    }
    nobody(index, policy, with_parents, rng);
}

/// People who are not registered: every hint is false.
fn nobody(index: &Index, policy: &Policy, with_parents: bool, rng: &mut StdRng) {
    const STRANGERS: usize = 500;
    let strangers: Vec<Person> = (0..STRANGERS)
        .map(|_| person("probe", &someone(rng), with_parents))
        .collect();
    let begun = Instant::now();
    let hints: usize = strangers
        .iter()
        .map(|probe| index.search(probe, policy, None).len())
        .sum();
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "strangers: {:.3} hints each; {:.1} million compares a second, one thread\n",
        hints as f64 / STRANGERS as f64,
        (STRANGERS * index.len()) as f64 / seconds / 1e6
    );
}
