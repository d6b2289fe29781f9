//! How long a card is valid: Law on citizen identification 2014 Art. 21, Law on identification 2023 Art. 21.

use time::Date;

use crate::date::{BirthDate, Expiry};
use crate::renewal::{Renewal, years_before_expiry};

/// The ages at which a card is renewed.
pub(super) const MILESTONES: [i32; 4] = [14, 25, 40, 60];

/// A card issued within so many years before a milestone is valid to the next one.
pub(super) const GRACE_YEARS: i32 = 2;

/// The expiry that the law gives a card: the birthday of the next milestone, or none from the age of 58.
///
/// Where month or day of birth are unknown, the last possible birthday is taken (assumed).
#[must_use]
pub fn expiry_for(birth: BirthDate, issue: Date) -> Expiry {
    let age = birth.age_on(issue);
    MILESTONES
        .into_iter()
        .find(|milestone| age < milestone - GRACE_YEARS)
        .and_then(|milestone| birth.birthday(milestone))
        .map_or(Expiry::Never, Expiry::On)
}

/// When a card is renewed: in the two years before its milestone, when the next card is valid to the milestone after it (Law on
/// identification 2023 Art. 24.1 with Art. 21).
pub(super) fn renewal_of(birth: BirthDate, issued: Date, expiry: Expiry) -> Option<Renewal> {
    let general = years_before_expiry(GRACE_YEARS, issued, expiry)?;
    let ends = |milestone: &i32| birth.birthday(*milestone) == Some(general.until);
    let Some(milestone) = MILESTONES.into_iter().find(ends) else {
        return Some(general);
    };
    let age = milestone - GRACE_YEARS;
    let from = birth.birthday(age)?;
    // Who is born on 29 February is of age a day later in other years.
    let from = if birth.age_on(from) < age {
        from.next_day()?
    } else {
        from
    };
    Some(Renewal {
        from: from.max(issued),
        ..general
    })
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn follows_the_table_of_ages() {
        let birth = BirthDate::parse("2000-06-15").unwrap();
        let check = |issue: Date, milestone: Option<Date>| {
            let expected = milestone.map_or(Expiry::Never, Expiry::On);
            assert_eq!(expiry_for(birth, issue), expected, "issued {issue}");
        };
        let [at_14, at_25, at_40, at_60] = [
            date!(2014 - 06 - 15),
            date!(2025 - 06 - 15),
            date!(2040 - 06 - 15),
            date!(2060 - 06 - 15),
        ];
        check(date!(2012 - 06 - 14), Some(at_14));
        check(date!(2012 - 06 - 15), Some(at_25));
        check(date!(2014 - 06 - 15), Some(at_25));
        check(date!(2023 - 06 - 14), Some(at_25));
        check(date!(2023 - 06 - 15), Some(at_40));
        check(date!(2038 - 06 - 14), Some(at_40));
        check(date!(2038 - 06 - 15), Some(at_60));
        check(date!(2058 - 06 - 14), Some(at_60));
        check(date!(2058 - 06 - 15), None);
        check(date!(2090 - 01 - 01), None);
    }
}
