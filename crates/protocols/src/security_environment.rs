//! MANAGE SECURITY ENVIRONMENT as a chip reads it (Doc 9303-11 §4.4.4.1, §6.2.4; ISO 7816-4 §11.5.11).

use iso7816::tlv::{self, Tag, Tlv};
use iso7816::{CommandApdu, StatusWord};

/// The data objects of a MSE:Set.
pub(crate) struct Template<'a>(Vec<Tlv<'a>>);

impl<'a> Template<'a> {
    /// Takes the command apart.
    ///
    /// # Errors
    /// `6A86` when P1 P2 are others, `6700` for a command with Le, `6A80` when the data are no data objects.
    pub(crate) fn of(command: &'a CommandApdu, parameters: [u8; 2]) -> Result<Self, StatusWord> {
        if [command.p1, command.p2] != parameters {
            return Err(StatusWord::INCORRECT_P1_P2);
        }
        if command.le.is_some() {
            return Err(StatusWord::WRONG_LENGTH);
        }
        let objects = tlv::read_all(&command.data).map_err(|_| StatusWord::WRONG_DATA)?;
        Ok(Self(objects))
    }

    /// The value of an object that may come once. Objects of unknown tags are passed over (Doc 9303-11 §4.4.4.1 note
    /// 2).
    ///
    /// # Errors
    /// `6A80` when it comes twice.
    pub(crate) fn value(&self, tag: Tag) -> Result<Option<&'a [u8]>, StatusWord> {
        let mut values = self
            .0
            .iter()
            .filter(|object| object.tag == tag)
            .map(|object| object.value);
        let first = values.next();
        match values.next() {
            None => Ok(first),
            Some(_) => Err(StatusWord::WRONG_DATA),
        }
    }

    /// The value of an object that must come.
    ///
    /// # Errors
    /// `6A80` when it is missing or comes twice.
    pub(crate) fn required(&self, tag: Tag) -> Result<&'a [u8], StatusWord> {
        self.value(tag)?.ok_or(StatusWord::WRONG_DATA)
    }
}

#[cfg(test)]
mod tests {
    use iso7816::{Ins, Le};

    use super::*;

    fn check(data: &[u8], expected: Result<Option<&[u8]>, StatusWord>) {
        let command =
            CommandApdu::new(0, Ins::MANAGE_SECURITY_ENVIRONMENT, 0xC1, 0xA4).with_data(data);
        let found = Template::of(&command, [0xC1, 0xA4])
            .and_then(|template| template.value(Tag::new(0x83)));
        assert_eq!(found, expected, "{data:02X?}");
    }

    #[test]
    fn one_object_among_others() {
        check(&[], Ok(None));
        check(&[0x83, 1, 2], Ok(Some(&[2])));
        check(&[0x99, 1, 9, 0x83, 0], Ok(Some(&[])));
        check(&[0x83, 1, 2, 0x83, 1, 2], Err(StatusWord::WRONG_DATA));
        check(&[0x83, 2, 2], Err(StatusWord::WRONG_DATA));
    }

    #[test]
    fn parameters_and_le_are_checked_first() {
        let command =
            CommandApdu::new(0, Ins::MANAGE_SECURITY_ENVIRONMENT, 0xC1, 0xA4).with_data([0x83]);
        let fault = |command: &CommandApdu, parameters| Template::of(command, parameters).err();
        assert_eq!(
            fault(&command, [0x41, 0xA4]),
            Some(StatusWord::INCORRECT_P1_P2)
        );
        let with_le = command.with_le(Le::SHORT_MAX);
        assert_eq!(
            fault(&with_le, [0xC1, 0xA4]),
            Some(StatusWord::WRONG_LENGTH)
        );
    }
}
