use crate::{Error, Result};

const WEIGHTS: [u32; 3] = [7, 3, 1];

/// The check digit over a text of the machine readable alphabet (Doc 9303-3 §4.9).
///
/// For a composite check digit, give the joined characters of its positions.
///
/// # Errors
/// [`Error::Malformed`] at the first character outside `0–9`, `A–Z`, `<`.
pub fn check_digit(text: &str) -> Result<char> {
    let mut sum = 0;
    for (at, (character, weight)) in text.chars().zip(WEIGHTS.iter().cycle()).enumerate() {
        let value = value(character).ok_or(Error::Malformed {
            what: "not a character of a machine readable zone",
            at,
        })?;
        // Reduced at once, so that no length of text can overflow.
        sum = (sum + value * weight) % 10;
    }
    Ok(char::from_digit(sum, 10).unwrap_or('0'))
}

fn value(character: char) -> Option<u32> {
    match character {
        '<' => Some(0),
        '0'..='9' | 'A'..='Z' => character.to_digit(36),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_no_zone_can_hold() {
        let refused = |text: &str, at| {
            let error = check_digit(text).unwrap_err();
            assert!(
                matches!(error, Error::Malformed { at: found, .. } if found == at),
                "{text}: {error}"
            );
        };
        refused("a", 0);
        refused("12 ", 2);
        refused("AĐ", 1);
    }

    #[test]
    fn nothing_and_fillers_count_zero() {
        assert_eq!(check_digit(""), Ok('0'));
        assert_eq!(check_digit("<<<"), Ok('0'));
    }
}
