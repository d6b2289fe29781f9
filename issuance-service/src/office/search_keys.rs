//! By what people are searched: keyed hashes of parts of names and dates of birth, which a copy of the database does not give away.
//!
//! Every key holds a date of birth or a whole name, so that few people share it in a register of a hundred million, and the keys of a person
//! together forgive one mistake:
//!
//! | key | forgives |
//! |---|---|
//! | all words of the name, with the date of birth | their order, tones, capitals |
//! | all words but one, with the date | a word too much, too few, or another one |
//! | all words, the last of two or three without one of its letters, with the date | a letter of the last word |
//! | the last word, by which people are called, with the date | every other word |
//! | all words, with year and month, or year and day | a wrong day, a wrong month |
//! | all words, with day, month and decade, or last digit of the year | a wrong digit of the year |
//! | all words, with the year | where nobody knows more than the year |
//! | numbers of documents | everything else |

use enrolment::{BirthDate, Field, HolderRecord, spelling};
use register::store::SearchKey;
use time::{Date, Duration, Month};

use super::people::full_name;
use crate::Vault;

/// Words of a name of which one is left out in turn: longer names exist, but need not be found without each of their words.
const MAX_LEFT_OUT: usize = 6;
/// Names of so many words say little without the last one: half the country is called Nguyễn, and a third Thị or Văn.
const FEW_WORDS: usize = 3;
/// Letters of a word of which one is left out in turn.
const MAX_LETTERS: usize = 8;
/// Dates of birth that a clerk may have meant lie so many days apart ([`enrolment::duplicates::Policy::standard`]).
const NEAR: Duration = Duration::days(3);

/// The keys that a person is kept with.
pub(super) fn kept(vault: &Vault, record: &HolderRecord) -> Vec<SearchKey> {
    hashed(vault, &kept_texts(record))
}

/// The keys that people who may be the holder of a record are asked by: all that the holder is kept with, and those of dates that may have
/// been meant.
pub(super) fn asked(vault: &Vault, record: &HolderRecord) -> Vec<SearchKey> {
    hashed(vault, &asked_texts(record))
}

/// The same with the date of birth as it is said; nothing where only a part of it is.
pub(super) fn asked_exactly(vault: &Vault, record: &HolderRecord) -> Vec<SearchKey> {
    let name = Name::of(&full_name(record));
    let date = birth(record).and_then(BirthDate::complete);
    let texts = date.map(|date| name.of_date(date.year(), date.month().into(), date.day()));
    hashed(vault, &texts.unwrap_or_default())
}

fn hashed(vault: &Vault, texts: &[String]) -> Vec<SearchKey> {
    let mut keys: Vec<SearchKey> = texts.iter().map(|text| vault.search_key(text)).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn kept_texts(record: &HolderRecord) -> Vec<String> {
    let numbers = [Field::PreviousDocumentNumber, Field::PersonalNumber];
    let numbers = numbers
        .iter()
        .filter_map(|field| record.texts().get(*field));
    let mut texts: Vec<String> = numbers.map(|number| format!("number/{number}")).collect();
    if let Some(birth) = birth(record) {
        texts.extend(Name::of(&full_name(record)).of_birth(birth));
    }
    texts
}

fn asked_texts(record: &HolderRecord) -> Vec<String> {
    let mut texts = kept_texts(record);
    if let Some(birth) = birth(record) {
        texts.extend(Name::of(&full_name(record)).of_meant_dates(birth));
    }
    texts
}

/// The date of birth, of people who have a name.
fn birth(record: &HolderRecord) -> Option<BirthDate> {
    if Name::of(&full_name(record)).sorted.is_empty() {
        return None;
    }
    let text = record.texts().get(Field::DateOfBirth);
    text.and_then(BirthDate::parse)
}

/// The words of a name without tones.
struct Name {
    /// In the order of the alphabet.
    sorted: Vec<String>,
    last: String,
}

impl Name {
    fn of(name: &str) -> Self {
        let bare = spelling::bare(name);
        let mut sorted: Vec<String> = spelling::words(&bare).map(str::to_owned).collect();
        let last = sorted.last().cloned().unwrap_or_default();
        sorted.sort_unstable();
        Self { sorted, last }
    }

    fn of_birth(&self, birth: BirthDate) -> Vec<String> {
        let all = self.sorted.join(" ");
        match (birth.month(), birth.day()) {
            (Some(month), Some(day)) => {
                let mut texts = self.of_date(birth.year(), month, day);
                let (decade, digit) = (birth.year().div_euclid(10), birth.year().rem_euclid(10));
                texts.extend([
                    of_month(&all, birth.year(), month),
                    format!("name/{all}/year {}/day {day}", birth.year()),
                    format!("name/{all}/{month}-{day}/decade {decade}"),
                    format!("name/{all}/{month}-{day}/digit {digit}"),
                ]);
                texts
            }
            (Some(month), None) => {
                vec![of_year(&all, birth), of_month(&all, birth.year(), month)]
            }
            _ => vec![of_year(&all, birth)],
        }
    }

    /// The keys with a whole date.
    fn of_date(&self, year: i32, month: u8, day: u8) -> Vec<String> {
        let date = format!("{year}-{month}-{day}");
        let all = self.sorted.join(" ");
        let mut texts = vec![
            format!("all/{all}/{date}"),
            format!("last/{}/{date}", self.last),
        ];
        for left_out in self.sorted.iter().take(MAX_LEFT_OUT) {
            let others: Vec<&str> = self.without(left_out).collect();
            if others.is_empty() {
                continue;
            }
            let others = others.join(" ");
            if *left_out != self.last || self.sorted.len() > FEW_WORDS {
                texts.push(format!("all/{others}/{date}"));
                continue;
            }
            let but_one = (0..MAX_LETTERS).map_while(|place| without_letter(left_out, place));
            let misspelled = core::iter::once(left_out.clone()).chain(but_one);
            texts.extend(misspelled.map(|last| format!("but/{others}/{last}/{date}")));
        }
        texts
    }

    /// All words but one, which is left out once.
    fn without<'a>(&'a self, left_out: &'a str) -> impl Iterator<Item = &'a str> {
        let mut is_out = false;
        self.sorted.iter().map(String::as_str).filter(move |word| {
            let is_this = !is_out && *word == left_out;
            is_out |= is_this;
            !is_this
        })
    }

    /// Dates that are written where this one was meant: the first of January or the year alone where nobody knew more, day and month
    /// exchanged, a few days earlier or later.
    fn of_meant_dates(&self, birth: BirthDate) -> Vec<String> {
        let all = self.sorted.join(" ");
        let mut texts = vec![of_year(&all, birth), of_month(&all, birth.year(), 1)];
        let Some(date) = birth.complete() else {
            texts.extend((2..=12).map(|month| of_month(&all, birth.year(), month)));
            return texts;
        };
        if is_new_year(date) {
            texts.extend((2..=12).map(|month| of_month(&all, date.year(), month)));
        }
        texts.extend((date.day() <= 12).then(|| of_month(&all, date.year(), date.day())));
        for near in [date.checked_sub(NEAR), date.checked_add(NEAR)] {
            texts.extend(near.map(|near| of_month(&all, near.year(), near.month().into())));
        }
        texts
    }
}

/// A word without its letter at a place. Two words that differ by one letter, or by one too much, have one such rest in common.
fn without_letter(word: &str, place: usize) -> Option<String> {
    word.chars().nth(place)?;
    let letters = word.chars().enumerate();
    Some(
        letters
            .filter(|(at, _)| *at != place)
            .map(|(_, letter)| letter)
            .collect(),
    )
}

fn of_month(all: &str, year: i32, month: u8) -> String {
    format!("name/{all}/year {year}/month {month}")
}

fn of_year(all: &str, birth: BirthDate) -> String {
    format!("name/{all}/year {}", birth.year())
}

fn is_new_year(date: Date) -> bool {
    (date.month(), date.day()) == (Month::January, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record((name, birth): (&str, &str)) -> HolderRecord {
        let mut record = HolderRecord::new();
        record.set(Field::FullName, name);
        record.set(Field::DateOfBirth, birth);
        record
    }

    /// How many keys somebody asks by that somebody else is kept with.
    fn shared(asked: (&str, &str), kept: (&str, &str)) -> usize {
        let kept = kept_texts(&record(kept));
        let asked = asked_texts(&record(asked));
        asked.iter().filter(|text| kept.contains(text)).count()
    }

    #[test]
    fn one_mistake_is_forgiven() {
        const AN: (&str, &str) = ("Nguyễn Thị Mẫu", "1957-03-11");
        for mistaken in [
            AN,
            ("nguyen thi mau", "1957-03-11"),
            ("Mẫu Nguyễn Thị", "1957-03-11"),
            // A letter of each word, a word too few, a word too much, another word.
            ("Nguyễnh Thị Mẫu", "1957-03-11"),
            ("Nguyễn Thịh Mẫu", "1957-03-11"),
            ("Nguyễn Thị Mẫuh", "1957-03-11"),
            ("Nguyễn Thị Bẫu", "1957-03-11"),
            ("Nguyễn Mẫu", "1957-03-11"),
            ("Nguyễn Thị Ngọc Mẫu", "1957-03-11"),
            ("Nguyễn Văn Mẫu", "1957-03-11"),
            // The date: a digit of each number, exchanged, near, less of it known.
            ("Nguyễn Thị Mẫu", "1957-03-21"),
            ("Nguyễn Thị Mẫu", "1957-08-11"),
            ("Nguyễn Thị Mẫu", "1951-03-11"),
            ("Nguyễn Thị Mẫu", "1967-03-11"),
            ("Nguyễn Thị Mẫu", "1957-11-03"),
            ("Nguyễn Thị Mẫu", "1957-03-13"),
            ("Nguyễn Thị Mẫu", "1957"),
            ("Nguyễn Thị Mẫu", "1957-01-01"),
        ] {
            assert!(shared(mistaken, AN) > 0, "{mistaken:?} for {AN:?}");
            assert!(shared(AN, mistaken) > 0, "{AN:?} for {mistaken:?}");
        }
        let (end, begin) = (("Mẫu", "1957-03-31"), ("Mẫu", "1957-04-02"));
        assert!(shared(begin, end) > 0 && shared(end, begin) > 0);
    }

    #[test]
    fn strangers_share_nothing() {
        const AN: (&str, &str) = ("Nguyễn Thị Mẫu", "1957-03-11");
        for stranger in [
            // What half the country is called, and a third.
            ("Nguyễn Thị Hồng", "1957-03-11"),
            ("Nguyễn Thị", "1957-03-11"),
            ("Nguyễn Thị Mẫu", "1968-03-11"),
            ("Nguyễn Thị Mẫu", "1957-08-21"),
            ("", "1957-03-11"),
            ("Nguyễn Thị Mẫu", ""),
        ] {
            assert_eq!(shared(stranger, AN), 0, "{stranger:?}");
            assert_eq!(shared(AN, stranger), 0, "{stranger:?}");
        }
    }

    #[test]
    fn who_has_more_in_common_shares_more() {
        let of = ("Nguyễn Thị Thu Mẫu", "1957-03-11");
        let same = shared(of, of);
        let one_word = shared(("Nguyễn Thị Thủ Mẫu", "1957-03-11"), of);
        assert_eq!(same, one_word, "without tones they are the same");
        let altered = shared(("Nguyễn Thị Thuy Mẫu", "1957-03-11"), of);
        let day = shared(("Nguyễn Thị Thu Mẫu", "1957-03-12"), of);
        assert!(same > altered && same > day, "{same} {altered} {day}");
        assert_eq!(
            shared(("Trần Văn Mẫu", "1957-03-11"), of),
            1,
            "called the same"
        );
    }
}
