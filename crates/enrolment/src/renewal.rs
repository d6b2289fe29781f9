//! When the holder of a document may and should have the next one.

use time::Date;

use crate::date::{BirthDate, Expiry};

/// From when to when a document is renewed. Loss, damage and corrections know no such time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renewal {
    /// The first day on which the next document would be valid longer than this one.
    pub from: Date,
    /// The last day without a gap: this document is valid to its end. Whoever comes later gets one as well.
    pub until: Date,
}

impl Renewal {
    /// Whether a day lies in the time without a gap.
    #[must_use]
    pub fn includes(&self, day: Date) -> bool {
        (self.from..=self.until).contains(&day)
    }
}

/// From so many years before its end: the rule of a document whose profile has none of its own (assumed). Nothing for a document without end.
pub(crate) fn years_before_expiry(years: i32, issued: Date, expiry: Expiry) -> Option<Renewal> {
    let until = expiry.day()?;
    // The day so many years before: a birthday backwards, so that 29 February has one.
    let from = BirthDate::on(until).birthday(-years)?;
    Some(Renewal {
        from: from.max(issued),
        until,
    })
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::profiles;

    fn check(
        profile: &str,
        birth: &str,
        issued: Date,
        expiry: Expiry,
        renewal: Option<(Date, Date)>,
    ) {
        let birth = BirthDate::parse(birth).unwrap();
        let profile = profiles::by_id(profile).unwrap();
        let got = profile.renewal(birth, issued, expiry);
        let expected = renewal.map(|(from, until)| Renewal { from, until });
        assert_eq!(
            got,
            expected,
            "{} born {birth}, issued {issued}",
            profile.data().id
        );
    }

    #[test]
    fn cards_are_renewed_in_the_two_years_before_a_milestone() {
        let on = |day| Expiry::On(day);
        for card in ["vn-cccd-2021", "vn-can-cuoc-2024"] {
            let at_25 = date!(2025 - 06 - 15);
            check(
                card,
                "2000-06-15",
                date!(2016 - 01 - 02),
                on(at_25),
                Some((date!(2023 - 06 - 15), at_25)),
            );
            let at_14 = date!(2014 - 06 - 15);
            check(
                card,
                "2000-06-15",
                date!(2010 - 01 - 02),
                on(at_14),
                Some((date!(2012 - 06 - 15), at_14)),
            );
            let at_60 = date!(2060 - 06 - 15);
            check(
                card,
                "2000-06-15",
                date!(2039 - 01 - 02),
                on(at_60),
                Some((date!(2058 - 06 - 15), at_60)),
            );
            check(
                card,
                "1960-06-15",
                date!(2020 - 01 - 02),
                Expiry::Never,
                None,
            );
            // Only the year is known: the last birthday that it can be.
            check(
                card,
                "2000",
                date!(2016 - 01 - 02),
                on(date!(2025 - 12 - 31)),
                Some((date!(2023 - 12 - 31), date!(2025 - 12 - 31))),
            );
            // Born on a leap day: of age a day later in other years.
            check(
                card,
                "2000-02-29",
                date!(2016 - 01 - 02),
                on(date!(2025 - 02 - 28)),
                Some((date!(2023 - 03 - 01), date!(2025 - 02 - 28))),
            );
            // Issued a day before its end: never before its issue.
            let late = date!(2025 - 06 - 14);
            check(card, "2000-06-15", late, on(at_25), Some((late, at_25)));
        }
    }

    /// What is issued on the first day is valid longer, and what was issued the day before is not.
    #[test]
    fn renewing_a_card_gains_time() {
        use crate::profiles::vietnam::expiry_for;
        let card = profiles::by_id("vn-can-cuoc-2024").unwrap();
        for birth in ["2012-02-29", "2001-06-15", "1988-12-31", "1990", "2003-03"] {
            let birth = BirthDate::parse(birth).unwrap();
            let issued = date!(2020 - 05 - 05);
            let expiry = expiry_for(birth, issued);
            let renewal = card.renewal(birth, issued, expiry).unwrap();
            let before = renewal.from.previous_day().unwrap();
            assert_ne!(expiry_for(birth, renewal.from), expiry, "born {birth}");
            assert_eq!(
                expiry_for(birth, before.max(issued)),
                expiry,
                "born {birth}"
            );
            assert!(renewal.includes(renewal.until) && !renewal.includes(before));
        }
    }

    #[test]
    fn a_passport_is_renewed_in_its_last_year() {
        let issued = date!(2020 - 02 - 29);
        let until = date!(2030 - 02 - 28);
        let renewal = Some((date!(2029 - 02 - 28), until));
        check(
            "uto-passport",
            "1990-01-01",
            issued,
            Expiry::On(until),
            renewal,
        );
        check("uto-passport", "1990-01-01", issued, Expiry::Never, None);
        let short = date!(2020 - 06 - 01);
        check(
            "uto-passport",
            "1990-01-01",
            issued,
            Expiry::On(short),
            Some((issued, short)),
        );
        let leap = date!(2032 - 02 - 29);
        check(
            "uto-passport",
            "1990-01-01",
            issued,
            Expiry::On(leap),
            Some((date!(2031 - 02 - 28), leap)),
        );
    }
}
