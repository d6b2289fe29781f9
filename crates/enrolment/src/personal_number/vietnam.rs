//! The Vietnamese personal number (số định danh cá nhân): `PPP G YY RRRRRR`, place of birth registration, century and sex,
//! year of birth, six digits that mean nothing (Decree 137/2015 Art. 13, Circular 59/2021 Art. 4).

use crypto::FormatPreservingKey;
use mrz::Sex;
use time::Date;

use super::{NumberScheme, RegisteredBirth, Series, checked};
use crate::profiles::vietnam::{CodesAfterMerger, Parameters, PersonalNumber, Place, Province};
use crate::rules::sex_of;
use crate::{BirthDate, Error, Field, Result, Texts};

/// Digits of a number that mean nothing.
const RANDOM_DIGITS: usize = 6;
/// The digits before them.
const MEANING_DIGITS: usize = PersonalNumber::DIGITS - RANDOM_DIGITS;
/// Digits of a place.
const PLACE_DIGITS: usize = 3;
/// The fourth digit counts centuries from here.
const FIRST_YEAR: i32 = 1900;
/// And has ten values, two for each century.
const LAST_YEAR: i32 = 2399;

/// A million numbers: those of one place, sex and year of birth.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct VietnameseSeries {
    place: [u8; PLACE_DIGITS],
    century_and_sex: u8,
    year: u8,
}

impl VietnameseSeries {
    /// Its numbers.
    pub const CAPACITY: u64 = 10_u64.pow(RANDOM_DIGITS as u32);

    /// The series of a place, a sex and a year of birth; that the place exists is looked up by [`NumberScheme::series_of`].
    ///
    /// # Errors
    /// [`Error::NumberPlace`] when the code has not three digits, [`Error::NumberSex`] when the sex is neither,
    /// [`Error::NumberYear`] before 1900 and after 2399.
    pub fn of(place: &str, sex: Sex, year: i32) -> Result<Self> {
        let digits: Option<[u8; PLACE_DIGITS]> = place.as_bytes().try_into().ok();
        let digits = digits.filter(|digits| digits.iter().all(u8::is_ascii_digit));
        let place = digits.ok_or_else(|| Error::NumberPlace {
            code: place.to_owned(),
        })?;
        let sex = match sex {
            Sex::Male => 0,
            Sex::Female => 1,
            Sex::Unspecified => return Err(Error::NumberSex),
        };
        let since = (FIRST_YEAR..=LAST_YEAR)
            .contains(&year)
            .then(|| year.abs_diff(FIRST_YEAR))
            .ok_or(Error::NumberYear { year })?;
        let small = |number: u32| u8::try_from(number).unwrap_or_default();
        Ok(Self {
            place,
            century_and_sex: small(since / 100) * 2 + sex,
            year: small(since % 100),
        })
    }

    /// The series of a number.
    #[must_use]
    pub fn of_number(number: &PersonalNumber) -> Option<Self> {
        Self::of(number.place_code(), number.sex(), number.birth_year()).ok()
    }

    /// The number at a place of the series.
    ///
    /// # Errors
    /// [`Error::NumberCounter`] from [`Self::CAPACITY`] on.
    pub fn number(&self, counter: u64, key: &FormatPreservingKey) -> Result<PersonalNumber> {
        let counter = checked(counter, Self::CAPACITY)?;
        let prefix = self.prefix();
        let random = key.encrypt_number(prefix.as_bytes(), counter, RANDOM_DIGITS)?;
        let text = format!("{prefix}{random:0RANDOM_DIGITS$}");
        PersonalNumber::parse(&text).ok_or(Error::NumberForm)
    }

    /// The place of a number in its series.
    ///
    /// # Errors
    /// [`Error::NumberForm`] when it is a number of another series.
    pub fn counter_of(&self, number: &PersonalNumber, key: &FormatPreservingKey) -> Result<u64> {
        let prefix = self.prefix();
        let random = number.as_str().strip_prefix(&prefix);
        let random = random.and_then(|digits| digits.parse().ok());
        let random = random.ok_or(Error::NumberForm)?;
        Ok(key.decrypt_number(prefix.as_bytes(), random, RANDOM_DIGITS)?)
    }

    /// The digits with a meaning, by which the series is known.
    fn prefix(&self) -> String {
        let place = core::str::from_utf8(&self.place).unwrap_or_default();
        format!("{place}{}{:02}", self.century_and_sex, self.year)
    }

    fn parse(text: &str) -> Result<Self> {
        let zeros = "0".repeat(RANDOM_DIGITS);
        let number = PersonalNumber::parse(&format!("{text}{zeros}"));
        number
            .filter(|_| text.len() == MEANING_DIGITS)
            .and_then(|number| Self::of_number(&number))
            .ok_or(Error::NumberForm)
    }
}

impl From<VietnameseSeries> for Series {
    fn from(series: VietnameseSeries) -> Self {
        Self(series.prefix())
    }
}

impl Parameters {
    /// Whether births registered on a day get numbers that begin with a code.
    fn gives_numbers(&self, code: &str, day: Date) -> bool {
        let is_country = code
            .parse()
            .is_ok_and(|code| self.country_codes.contains(&code));
        Province::of_code(code).map_or(is_country, |province| {
            province.name_on(day).is_some() || self.codes_after_merger == CodesAfterMerger::All
        })
    }
}

impl NumberScheme for Parameters {
    fn id(&self) -> &'static str {
        "vn-personal-number"
    }

    fn capacity(&self) -> u64 {
        VietnameseSeries::CAPACITY
    }

    fn series_of(&self, birth: &RegisteredBirth<'_>) -> Result<Series> {
        let series = VietnameseSeries::of(birth.place, birth.sex, birth.year)?;
        if !self.gives_numbers(birth.place, birth.registered) {
            return Err(Error::NumberPlace {
                code: birth.place.to_owned(),
            });
        }
        if birth.year > birth.registered.year() {
            return Err(Error::NumberYear { year: birth.year });
        }
        Ok(series.into())
    }

    fn birth_in<'t>(&self, texts: &'t Texts, registered: Date) -> Option<RegisteredBirth<'t>> {
        let place = texts.get(Field::PlaceOfBirthRegistration)?;
        let place = Place::of(place).province().unwrap_or(place);
        let mut provinces = Province::of_name(place);
        let province =
            provinces.find(|province| self.gives_numbers(province.code(), registered))?;
        Some(RegisteredBirth {
            place: province.code(),
            sex: sex_of(texts.get(Field::Sex)?)?,
            year: BirthDate::parse(texts.get(Field::DateOfBirth)?)?.year(),
            registered,
        })
    }

    fn series_named(&self, text: &str) -> Result<Series> {
        VietnameseSeries::parse(text).map(Into::into)
    }

    fn number(&self, series: &Series, counter: u64, key: &FormatPreservingKey) -> Result<String> {
        let number = VietnameseSeries::parse(series.as_str())?.number(counter, key)?;
        Ok(number.as_str().to_owned())
    }

    fn counter_of(&self, number: &str, key: &FormatPreservingKey) -> Result<(Series, u64)> {
        let number = PersonalNumber::parse(number).ok_or(Error::NumberForm)?;
        let series = VietnameseSeries::of_number(&number).ok_or(Error::NumberForm)?;
        Ok((series.into(), series.counter_of(&number, key)?))
    }
}
