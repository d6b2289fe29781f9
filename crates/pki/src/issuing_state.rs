//! Issuing states as documents write them (three letters, Doc 9303-3 §5) against countries as certificates write them
//! (two letters). The table is not one-to-one.

/// One line for each state: code, tab, countries with blanks between them.
const STATES: &str = include_str!("../data/issuing_states.tsv");

/// Whether a certificate of this country may belong to a document of this issuing state; `None` when the state is not in
/// the table, so that nothing can be said.
///
/// The state may carry its fillers (`D<<`). The country is compared without regard to case, and may be the state's own
/// code, for both are met in certificates.
#[must_use]
pub fn matches(issuing_state: &str, country: &str) -> Option<bool> {
    let state = issuing_state.trim_end_matches('<');
    let countries = countries(state)?;
    let same = |code: &str| code.eq_ignore_ascii_case(country);
    Some(same(state) || countries.split(' ').any(same))
}

/// Whether a country is one of the state's, but not its first: that of a territory or of the mother country.
pub(crate) fn is_of_other_territory(issuing_state: &str, country: &str) -> bool {
    let state = issuing_state.trim_end_matches('<');
    let mut others = countries(state)
        .into_iter()
        .flat_map(|row| row.split(' ').skip(1));
    others.any(|other| other.eq_ignore_ascii_case(country))
}

fn countries(state: &str) -> Option<&'static str> {
    STATES
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .find_map(|(code, countries)| (code == state).then_some(countries))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_and_countries() {
        for (state, country, expected) in [
            ("VNM", "VN", Some(true)),
            ("VNM", "vn", Some(true)),
            ("VNM", "UT", Some(false)),
            ("D<<", "DE", Some(true)),
            ("D", "DE", Some(true)),
            ("UTO", "UT", Some(true)),
            ("LTU", "LTU", Some(true)),
            ("GBN", "GB", Some(true)),
            ("RKS", "KS", Some(true)),
            ("CHN", "HK", Some(true)),
            ("BMU", "GB", Some(true)),
            ("GBR", "BM", Some(false)),
            ("XXX", "XX", None),
            ("", "", None),
        ] {
            assert_eq!(matches(state, country), expected, "{state} {country}");
        }
    }

    #[test]
    fn the_table_is_well_formed() {
        let rows: Vec<(&str, &str)> = STATES
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| line.split_once('\t').expect(line))
            .collect();
        assert!(rows.len() > 249, "ISO 3166-1 and the exceptions");
        assert!(
            rows.is_sorted_by(|a, b| a.0 < b.0),
            "one row for each state, in order"
        );
        for (state, countries) in rows {
            assert!((1..=3).contains(&state.len()), "{state}");
            for country in countries.split(' ') {
                assert!(
                    country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase()),
                    "{state}"
                );
            }
        }
    }
}
