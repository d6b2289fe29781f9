//! What a reader says of itself (PC/SC part 10).

use ::pcsc::Card;
use iso7816::Limits;

/// Control code that lists the reader's features (PC/SC part 10 §2.2).
const GET_FEATURE_REQUEST: u32 = 3400;
/// Feature: properties as a list of tag, length, value.
const GET_TLV_PROPERTIES: u8 = 0x12;
/// Property: the longest data field the reader and its driver can carry; up to 256 means short length only.
const MAX_APDU_DATA_SIZE: u8 = 0x0A;
/// Octets around the data field of an extended command.
const EXTENDED_OVERHEAD: usize = 4 + 3 + 2;
const CONTROL_BUFFER: usize = 512;

/// What the reader can carry, if it says so; most drivers do not.
pub(super) fn limits(card: &Card) -> Option<Limits> {
    let mut buffer = [0; CONTROL_BUFFER];
    let list = ::pcsc::ctl_code(GET_FEATURE_REQUEST.into());
    let features = card.control(list, &[], &mut buffer).ok()?;
    let code = u32::from_be_bytes(value(features, GET_TLV_PROPERTIES)?.try_into().ok()?);
    let mut buffer = [0; CONTROL_BUFFER];
    let properties = card.control(code.into(), &[], &mut buffer).ok()?;
    of_properties(properties)
}

fn of_properties(properties: &[u8]) -> Option<Limits> {
    let size = value(properties, MAX_APDU_DATA_SIZE)?.try_into().ok()?;
    let size = usize::try_from(u32::from_le_bytes(size)).ok()?;
    if size <= 256 {
        return Some(Limits::SHORT);
    }
    Some(Limits {
        max_command: size.saturating_add(EXTENDED_OVERHEAD),
        max_response: size.saturating_add(2),
    })
}

/// The value of a tag in a list of tag, length, value, each of one octet but the last.
fn value(mut list: &[u8], wanted: u8) -> Option<&[u8]> {
    while let [tag, len, rest @ ..] = list {
        let (value, rest) = rest.split_at_checked(usize::from(*len))?;
        if *tag == wanted {
            return Some(value);
        }
        list = rest;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_apdus_is_believed() {
        let extended = Limits {
            max_command: 65_536 + 9,
            max_response: 65_538,
        };
        for (properties, expected) in [
            (&[0x0B, 2, 1, 2, 0x0A, 4, 0, 0, 1, 0][..], Some(extended)),
            (&[0x0A, 4, 0, 1, 0, 0], Some(Limits::SHORT)),
            (&[0x0A, 4, 0, 0, 0, 0], Some(Limits::SHORT)),
            (&[0x0A, 2, 0, 0], None),
            (&[0x0A, 4, 0, 0], None),
            (&[0x0B, 1, 0], None),
            (&[0x0B], None),
            (&[], None),
        ] {
            assert_eq!(of_properties(properties), expected, "{properties:02X?}");
        }
    }
}
