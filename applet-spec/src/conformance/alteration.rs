//! What a case does to a command on its way to the card.

use iso7816::CommandApdu;
use iso7816::tlv::{self, Tag, Writer};
use serde::{Deserialize, Deserializer, de};

use super::case::unhex;
use super::dialogue::Turn;
use super::octets::{Octets, Unknown};

/// One change of one command. Positions count from the end of the data field, which is where MACs and tokens are.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Alteration {
    /// Which command of a dialogue.
    #[serde(default)]
    pub at: At,
    /// Another class.
    #[serde(default, deserialize_with = "octets")]
    pub cla: Option<Vec<u8>>,
    /// The octet that many places from the end of the data is inverted; 0 is the last one.
    pub invert: Option<usize>,
    /// Data objects of this tag are left out, at the top of the data field.
    #[serde(default, deserialize_with = "octets")]
    pub leave_out: Option<Vec<u8>>,
    /// Another data field; `<83>` is the value that the object 83 of the command had, at the top or inside the first template,
    /// and `<83?>` the whole object, or nothing where there was none.
    pub replace: Option<Octets>,
    /// More octets behind the data field.
    #[serde(default, deserialize_with = "octets")]
    pub append: Option<Vec<u8>>,
    /// The command loses its Le.
    #[serde(default)]
    pub without_le: bool,
    /// Another command is sent before this one.
    #[serde(default, deserialize_with = "octets")]
    pub insert: Option<Vec<u8>>,
    /// Another command is sent in its place.
    #[serde(default, deserialize_with = "octets")]
    pub instead: Option<Vec<u8>>,
    /// The command is sent twice; the second answer counts.
    #[serde(default)]
    pub twice: bool,
    /// The terminal goes on as if the card had done the command and answered with these data: so it comes to the keys of a session
    /// that the card must not have. What the card did answer is judged.
    #[serde(default, deserialize_with = "octets")]
    pub believe: Option<Vec<u8>>,
}

/// A command of a dialogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum At {
    /// By its number, the first one being 1.
    Number(usize),
    /// By what it is for.
    Turn(Turn),
}

impl Default for At {
    fn default() -> Self {
        Self::Number(1)
    }
}

impl At {
    /// Whether the command that is sent as number `number` is meant.
    #[must_use]
    pub fn means(self, number: usize, command: &CommandApdu) -> bool {
        match self {
            Self::Number(meant) => meant == number,
            Self::Turn(meant) => Turn::of(command) == Some(meant),
        }
    }
}

impl Alteration {
    /// Whether something is altered though the command is not: more is sent, or another answer is believed.
    pub(super) const fn is_beside(&self) -> bool {
        self.twice || self.insert.is_some() || self.instead.is_some() || self.believe.is_some()
    }

    /// The command as the card shall get it.
    ///
    /// # Errors
    /// [`Unknown`] where the replacement names an object that the command does not have.
    pub fn apply(&self, mut command: CommandApdu) -> Result<CommandApdu, Unknown> {
        if let Some([cla]) = self.cla.as_deref() {
            command.cla = *cla;
        }
        if let Some(replacement) = &self.replace {
            let octets = replacement.fill(&mut |name| object(&command.data, name))?;
            command.data = octets.into();
        }
        if let Some(tag) = &self.leave_out {
            let kept = without(&command.data, tag);
            command.data = kept.into();
        }
        if let Some(more) = &self.append {
            command.data.extend_from_slice(more);
        }
        if let Some(octet) = self
            .invert
            .and_then(|places| command.data.iter_mut().rev().nth(places))
        {
            *octet = !*octet;
        }
        if self.without_le {
            command.le = None;
        }
        Ok(command)
    }
}

/// The value of an object of the data field, or of the template that it consists of.
fn object(data: &[u8], name: &str) -> Option<Vec<u8>> {
    let (digits, whole) = match name.strip_suffix('?') {
        Some(digits) => (digits, true),
        None => (name, false),
    };
    let tag = Tag::new(u32::from_str_radix(digits, 16).ok()?);
    let objects = tlv::read_all(data).ok()?;
    let inner = objects.first().and_then(|first| first.children().ok());
    let found = tlv::find(&objects, tag).or_else(|| tlv::find(&inner.unwrap_or_default(), tag));
    match (found, whole) {
        (Some(object), true) => Some(object.raw.to_vec()),
        (Some(object), false) => Some(object.value.to_vec()),
        (None, true) => Some(Vec::new()),
        (None, false) => None,
    }
}

/// The data objects but those of one tag; data that are no objects stay as they are.
fn without(data: &[u8], tag: &[u8]) -> Vec<u8> {
    let tag = Tag::new(
        tag.iter()
            .fold(0, |number, octet| number << 8 | u32::from(*octet)),
    );
    let Ok(objects) = tlv::read_all(data) else {
        return data.to_vec();
    };
    let mut kept = Writer::new();
    for object in objects.iter().filter(|object| object.tag != tag) {
        kept.raw(object.raw);
    }
    kept.finish()
}

fn octets<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<u8>>, D::Error> {
    let text = String::deserialize(deserializer)?;
    unhex(&text).map(Some).map_err(de::Error::custom)
}

#[cfg(test)]
mod tests {
    use iso7816::{Ins, Le};

    use super::*;

    fn check(alteration: &str, expected: &[u8]) {
        let command = CommandApdu::new(0x0C, Ins::READ_BINARY, 0x9E, 0)
            .with_data([0x97, 1, 6, 0x8E, 2, 0xAA, 0xBB])
            .with_le(Le::SHORT_MAX);
        let alteration: Alteration = toml::from_str(alteration).unwrap();
        let altered = alteration.apply(command).unwrap().to_bytes().unwrap();
        assert_eq!(altered[..], *expected);
    }

    #[test]
    fn changes_of_one_command() {
        let data = [0x97, 1, 6, 0x8E, 2, 0xAA, 0xBB];
        let whole =
            |head: &[u8], data: &[u8], le: &[u8]| [head, &[data.len() as u8], data, le].concat();
        let head = [0x0C, 0xB0, 0x9E, 0];
        check("", &whole(&head, &data, &[0]));
        check("cla = '8C'", &whole(&[0x8C, 0xB0, 0x9E, 0], &data, &[0]));
        check("without-le = true", &whole(&head, &data, &[]));
        check("leave-out = '8E'", &whole(&head, &data[..3], &[0]));
        check("replace = '0102'", &whole(&head, &[1, 2], &[0]));
        check(
            "replace = '7C [8E [<8E inverted>]]'",
            &whole(&head, &[0x7C, 4, 0x8E, 2, 0xAA, 0x44], &[0]),
        );
        check(
            "append = '01'",
            &whole(&head, &[&data[..], &[1]].concat(), &[0]),
        );
        check(
            "invert = 1",
            &whole(&head, &[0x97, 1, 6, 0x8E, 2, 0x55, 0xBB], &[0]),
        );
    }

    #[test]
    fn objects_of_a_template() {
        let data = test_support::unhex("7C0481020405");
        assert_eq!(object(&data, "81"), Some(vec![4, 5]));
        assert_eq!(object(&data, "7C"), Some(vec![0x81, 2, 4, 5]));
        assert_eq!(object(&data, "81?"), Some(vec![0x81, 2, 4, 5]));
        assert_eq!(object(&data, "83"), None);
        assert_eq!(object(&data, "83?"), Some(vec![]));
        let command = CommandApdu::new(0, Ins::GENERAL_AUTHENTICATE, 0, 0).with_data(data);
        let alteration: Alteration = toml::from_str("replace = '<83>'").unwrap();
        assert!(alteration.apply(command).is_err());
    }
}
