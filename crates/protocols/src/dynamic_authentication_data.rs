//! The template 7C in which GENERAL AUTHENTICATE carries its data objects (Doc 9303-11 §4.4.4.2, §6.2.4.3; ISO 7816-4
//! §11.5.5).

use iso7816::tlv::{self, Tag, Tlv, Writer};
use iso7816::{CommandApdu, Ins, Le, StatusWord};

use crate::error::Fault;

const TEMPLATE: Tag = Tag::new(0x7C);

/// Most octets of tags and lengths around one value: those of the template and of the object, `82 hh ll` each.
const MAX_HEADERS_LEN: usize = 4 + 4;
/// Most octets of data that come with Le `00`.
const MAX_SHORT_ANSWER: usize = 256;

/// Bit of the class byte that says that the chain goes on (ISO 7816-4 §5.3.3).
pub(crate) const CHAINING: u8 = 0x10;

/// Where a GENERAL AUTHENTICATE stands in its chain.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Position {
    /// Others follow.
    Chained,
    /// The last one, or the only one.
    Last,
}

/// What every GENERAL AUTHENTICATE must be before a chip looks at its data.
///
/// # Errors
/// `6A86` for other P1 P2; `6A80` for a missing chaining bit and `6883` for a surplus one; `6700` without Le.
pub(crate) fn check_command(command: &CommandApdu, position: Position) -> Result<(), StatusWord> {
    if (command.p1, command.p2) != (0, 0) {
        return Err(StatusWord::INCORRECT_P1_P2);
    }
    let chained = command.cla & CHAINING != 0;
    match position {
        Position::Chained if !chained => Err(StatusWord::WRONG_DATA),
        Position::Last if chained => Err(StatusWord::LAST_COMMAND_EXPECTED),
        Position::Chained | Position::Last => command.le.map(drop).ok_or(StatusWord::WRONG_LENGTH),
    }
}

/// GENERAL AUTHENTICATE as a terminal sends it, with one data object or none. It is of extended length where the data, or
/// an answer with a value of `longest_answer` octets, need it (Doc 9303-11 §9.3.1); a chip with such keys takes it.
pub(crate) fn command(
    position: Position,
    object: Option<(Tag, &[u8])>,
    longest_answer: usize,
) -> CommandApdu {
    let cla = match position {
        Position::Chained => CHAINING,
        Position::Last => 0x00,
    };
    let data = object.map_or_else(empty, |(tag, value)| holding(tag, value));
    let le = if longest_answer + MAX_HEADERS_LEN > MAX_SHORT_ANSWER {
        Le::EXTENDED_MAX
    } else {
        Le::SHORT_MAX
    };
    CommandApdu::new(cla, Ins::GENERAL_AUTHENTICATE, 0, 0)
        .with_data(data)
        .with_le(le)
}

/// The template around one data object.
pub(crate) fn holding(tag: Tag, value: &[u8]) -> Vec<u8> {
    holding_all([(tag, value)])
}

/// The template around several data objects.
pub(crate) fn holding_all<'a>(objects: impl IntoIterator<Item = (Tag, &'a [u8])>) -> Vec<u8> {
    let mut content = Writer::new();
    for (tag, value) in objects {
        content.object(tag, value);
    }
    tlv::encode(TEMPLATE, &content.finish())
}

/// The template around nothing: a request without data, or an answer that says no more than yes.
pub(crate) fn empty() -> Vec<u8> {
    tlv::encode(TEMPLATE, &[])
}

/// The objects in a data field that consists of the template only.
///
/// # Errors
/// [`Fault::Encoding`] when it does not.
pub(crate) fn objects(field: &[u8]) -> Result<Vec<Tlv<'_>>, Fault> {
    let value = tlv::single(field, TEMPLATE).map_err(|_| Fault::Encoding)?;
    tlv::read_all(value).map_err(|_| Fault::Encoding)
}

/// The value of the object with this tag, when nothing else is in the template but objects of the `tolerated` tags.
///
/// # Errors
/// [`Fault::Encoding`], [`Fault::Missing`] or [`Fault::Surplus`].
pub(crate) fn value<'a>(field: &'a [u8], tag: Tag, tolerated: &[Tag]) -> Result<&'a [u8], Fault> {
    let mut found = None;
    for object in objects(field)? {
        if object.tag == tag {
            if found.replace(object.value).is_some() {
                return Err(Fault::Surplus);
            }
        } else if !tolerated.contains(&object.tag) {
            return Err(found.map_or(Fault::Missing(tag), |_| Fault::Surplus));
        }
    }
    found.ok_or(Fault::Missing(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONCE: Tag = Tag::new(0x80);

    fn check(field: &[u8], expected: Result<&[u8], Fault>) {
        assert_eq!(
            value(field, NONCE, &[Tag::new(0x87)]),
            expected,
            "{field:02X?}"
        );
    }

    #[test]
    fn one_object_and_what_is_tolerated_beside_it() {
        check(&[0x7C, 3, 0x80, 1, 9], Ok(&[9]));
        check(&[0x7C, 2, 0x80, 0], Ok(&[]));
        check(&[0x7C, 6, 0x80, 1, 9, 0x87, 1, 1], Ok(&[9]));
        check(&[0x7C, 6, 0x87, 1, 1, 0x80, 1, 9], Ok(&[9]));
    }

    #[test]
    fn everything_else() {
        check(&[], Err(Fault::Encoding));
        check(&[0x7D, 3, 0x80, 1, 9], Err(Fault::Encoding));
        check(&[0x7C, 3, 0x80, 1, 9, 0], Err(Fault::Encoding));
        check(&[0x7C, 2, 0x80, 1], Err(Fault::Encoding));
        check(&[0x80, 1, 9], Err(Fault::Encoding));
        check(&[0x7C, 0], Err(Fault::Missing(NONCE)));
        check(&[0x7C, 3, 0x90, 1, 9], Err(Fault::Missing(NONCE)));
        check(&[0x7C, 6, 0x80, 1, 9, 0x80, 1, 9], Err(Fault::Surplus));
        check(&[0x7C, 6, 0x80, 1, 9, 0x88, 1, 9], Err(Fault::Surplus));
    }

    /// Lc and Le in the form of the longer of command and answer.
    #[test]
    fn commands_are_as_long_as_they_must_be() {
        for (position, value, longest_answer, head, len) in [
            (Position::Chained, None, 0, "1086000002", 8),
            (Position::Last, Some(8), 0, "008600000C", 18),
            (Position::Chained, Some(133), 133, "108600008B", 145),
            (Position::Chained, Some(128), 128, "1086000086", 140),
            (Position::Chained, Some(16), 249, "10860000000014", 29),
            (Position::Chained, Some(256), 256, "10860000000108", 273),
            (Position::Last, Some(256), 0, "00860000000108", 273),
        ] {
            let value = value.map(|len| vec![7; len]);
            let object = value.as_deref().map(|value| (NONCE, value));
            let octets = command(position, object, longest_answer)
                .to_bytes()
                .unwrap();
            let found = hex::encode_upper(&octets[..head.len() / 2]);
            assert_eq!((found.as_str(), octets.len()), (head, len));
        }
    }

    #[test]
    fn written_as_in_the_standard() {
        assert_eq!(empty(), [0x7C, 0x00]);
        assert_eq!(holding(NONCE, &[1, 2]), [0x7C, 4, 0x80, 2, 1, 2]);
    }
}
