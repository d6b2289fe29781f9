//! Reading and writing of typed values: numbers, flags, octets, codes, blocks and lists of blocks.

use super::Octets;
use crate::der::{Children, Object, Reading, SEQUENCE, Writer};
use crate::{Deviation, Error, Result};

const VISIBLE_STRING: u8 = 0x1A;
const OCTET_STRING: u8 = 0x04;

/// Number of the arm of a CHOICE that holds an extension block.
const EXTENSION: u8 = 1;

/// A value under a context tag.
pub(crate) trait Value: Sized {
    fn read(object: &Object<'_>, reading: &mut Reading) -> Result<Self>;
    fn write(&self, number: u8, writer: &mut Writer);
}

/// The objects of a block.
pub(crate) trait Content: Sized {
    fn from_children(children: &mut Children<'_>, reading: &mut Reading) -> Result<Self>;
    fn write_children(&self, writer: &mut Writer);
}

/// An element of a SEQUENCE OF.
pub(crate) trait Element: Sized {
    const TAG: u8;
    fn read_element(object: &Object<'_>, reading: &mut Reading) -> Result<Self>;
    fn write_element(&self, writer: &mut Writer);
}

/// A value that a block must have, or one that it may have.
pub(crate) trait Field: Sized {
    fn take(
        children: &mut Children<'_>,
        number: u8,
        what: &'static str,
        reading: &mut Reading,
    ) -> Result<Self>;
    fn put(&self, number: u8, writer: &mut Writer);
}

impl<T: Value> Field for T {
    fn take(
        children: &mut Children<'_>,
        number: u8,
        what: &'static str,
        reading: &mut Reading,
    ) -> Result<Self> {
        let object = children.require(number, what, reading)?;
        T::read(&object, reading)
    }

    fn put(&self, number: u8, writer: &mut Writer) {
        self.write(number, writer);
    }
}

/// What is optional and not understood is reported and left out.
impl<T: Value> Field for Option<T> {
    fn take(
        children: &mut Children<'_>,
        number: u8,
        what: &'static str,
        reading: &mut Reading,
    ) -> Result<Self> {
        let Some(object) = children.take(number, reading) else {
            return Ok(None);
        };
        match T::read(&object, reading) {
            Ok(value) => Ok(Some(value)),
            Err(_) => {
                let at = object.at;
                reading.note(Deviation::NotUnderstood { what, at });
                Ok(None)
            }
        }
    }

    fn put(&self, number: u8, writer: &mut Writer) {
        if let Some(value) = self {
            value.write(number, writer);
        }
    }
}

impl<T: Content> Value for T {
    fn read(object: &Object<'_>, reading: &mut Reading) -> Result<Self> {
        let mut children = object.children(reading)?;
        let value = T::from_children(&mut children, reading)?;
        children.finish(reading);
        Ok(value)
    }

    fn write(&self, number: u8, writer: &mut Writer) {
        writer.template(number, |block| self.write_children(block));
    }
}

impl<T: Content> Element for T {
    const TAG: u8 = SEQUENCE;

    fn read_element(object: &Object<'_>, reading: &mut Reading) -> Result<Self> {
        T::read(object, reading)
    }

    fn write_element(&self, writer: &mut Writer) {
        writer.nest(SEQUENCE, |block| self.write_children(block));
    }
}

/// A list without elements is written as absent.
impl<T: Element> Field for Vec<T> {
    fn take(
        children: &mut Children<'_>,
        number: u8,
        what: &'static str,
        reading: &mut Reading,
    ) -> Result<Self> {
        let Some(object) = children.take(number, reading) else {
            return Ok(Self::new());
        };
        let Ok(mut list) = object.children(reading) else {
            let at = object.at;
            reading.note(Deviation::NotUnderstood { what, at });
            return Ok(Self::new());
        };
        let mut elements = Self::new();
        for element in list.take_all(T::TAG) {
            match T::read_element(&element, reading) {
                Ok(element) => elements.push(element),
                Err(_) => {
                    let at = element.at;
                    reading.note(Deviation::NotUnderstood { what, at });
                }
            }
        }
        list.finish(reading);
        Ok(elements)
    }

    fn put(&self, number: u8, writer: &mut Writer) {
        if !self.is_empty() {
            writer.template(number, |list| {
                for element in self {
                    element.write_element(list);
                }
            });
        }
    }
}

impl Value for bool {
    fn read(object: &Object<'_>, reading: &mut Reading) -> Result<Self> {
        match object.primitive()? {
            [0x00] => Ok(false),
            [0xFF] => Ok(true),
            [_] => {
                let at = object.at;
                reading.note(Deviation::NotDer {
                    what: "boolean",
                    at,
                });
                Ok(true)
            }
            _ => Err(object.malformed("boolean")),
        }
    }

    fn write(&self, number: u8, writer: &mut Writer) {
        writer.primitive(number, &[if *self { 0xFF } else { 0x00 }]);
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl Value for $number {
            fn read(object: &Object<'_>, reading: &mut Reading) -> Result<Self> {
                let number = object.integer(reading)?;
                Self::try_from(number).map_err(|_| object.malformed("number within its range"))
            }

            fn write(&self, number: u8, writer: &mut Writer) {
                writer.integer(number, (*self).into());
            }
        }
    )*};
}

numbers!(u8, u16, u32, i16, i64);

impl Value for Octets {
    fn read(object: &Object<'_>, _: &mut Reading) -> Result<Self> {
        object.primitive().map(|octets| Self(octets.to_vec()))
    }

    fn write(&self, number: u8, writer: &mut Writer) {
        writer.primitive(number, &self.0);
    }
}

impl Element for Octets {
    const TAG: u8 = OCTET_STRING;

    fn read_element(object: &Object<'_>, reading: &mut Reading) -> Result<Self> {
        Self::read(object, reading)
    }

    fn write_element(&self, writer: &mut Writer) {
        writer.object(OCTET_STRING, &self.0);
    }
}

impl Element for String {
    const TAG: u8 = VISIBLE_STRING;

    fn read_element(object: &Object<'_>, _: &mut Reading) -> Result<Self> {
        let octets = object.primitive()?;
        if !octets.iter().all(|octet| matches!(octet, 0x20..=0x7E)) {
            return Err(object.malformed("visible characters"));
        }
        Ok(octets.iter().copied().map(char::from).collect())
    }

    fn write_element(&self, writer: &mut Writer) {
        writer.object(VISIBLE_STRING, self.as_bytes());
    }
}

/// Reads the code of a CHOICE: `80 code` or `A1 { 80 code to fall back to }`.
pub(crate) fn read_choice(object: &Object<'_>, reading: &mut Reading) -> Result<u8> {
    const WHAT: &str = "code";
    let arm = object.children(reading)?.only(WHAT, reading)?;
    let code = if arm.tag & 0x1F == EXTENSION {
        // Whatever else an extension block holds is of a later edition.
        arm.children(reading)?.require(0, WHAT, reading)?
    } else {
        reading.first_bare_code.get_or_insert(arm.at);
        arm
    };
    if code.tag != 0x80 {
        return Err(code.malformed(WHAT));
    }
    u8::read(&code, reading)
}

/// Writes a code as the profile has it.
pub(crate) fn write_choice(code: u8, number: u8, writer: &mut Writer) {
    let in_extension_block = writer.in_extension_blocks;
    writer.template(number, |choice| {
        if in_extension_block {
            choice.template(EXTENSION, |block| block.integer(0, code.into()));
        } else {
            choice.integer(0, code.into());
        }
    });
}

/// Declares blocks: a field is an optional value (`Option`), a list (`Vec`) or a value that must
/// be there, under the number of its tag.
macro_rules! blocks {
    ($(
        $(#[$about:meta])*
        $name:ident {
            $($(#[$doc:meta])* $field:ident: $type:ty = $number:literal,)*
        }
    )*) => {$(
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name {
            $($(#[$doc])* pub $field: $type,)*
        }

        impl $crate::iso39794_1::Content for $name {
            fn from_children(
                children: &mut $crate::der::Children<'_>,
                reading: &mut $crate::der::Reading,
            ) -> $crate::Result<Self> {
                use $crate::iso39794_1::Field;
                Ok(Self {
                    $($field: Field::take(children, $number, stringify!($field), reading)?,)*
                })
            }

            fn write_children(&self, writer: &mut $crate::der::Writer) {
                use $crate::iso39794_1::Field;
                $(self.$field.put($number, writer);)*
            }
        }
    )*};
}

/// Makes code tables values that are choices of a code and an extension block.
macro_rules! choices {
    ($($name:ident),* $(,)?) => {$(
        impl $crate::iso39794_1::Value for $name {
            fn read(
                object: &$crate::der::Object<'_>,
                reading: &mut $crate::der::Reading,
            ) -> $crate::Result<Self> {
                $crate::iso39794_1::read_choice(object, reading).map(Self)
            }

            fn write(&self, number: u8, writer: &mut $crate::der::Writer) {
                $crate::iso39794_1::write_choice(self.0, number, writer);
            }
        }
    )*};
}

/// Makes code tables values that are plain codes.
macro_rules! enumerations {
    ($($name:ident),* $(,)?) => {$(
        impl $crate::iso39794_1::Value for $name {
            fn read(
                object: &$crate::der::Object<'_>,
                reading: &mut $crate::der::Reading,
            ) -> $crate::Result<Self> {
                <u8 as $crate::iso39794_1::Value>::read(object, reading).map(Self)
            }

            fn write(&self, number: u8, writer: &mut $crate::der::Writer) {
                writer.integer(number, self.0.into());
            }
        }
    )*};
}

pub(crate) use {blocks, choices, enumerations};

/// Goes down a path of choices, each with one arm that is known.
pub(crate) fn descend<'a>(
    object: &Object<'a>,
    path: &[u8],
    what: &'static str,
    reading: &mut Reading,
) -> Result<Object<'a>> {
    let mut object = *object;
    for number in path {
        let arm = object.children(reading)?.only(what, reading)?;
        if arm.tag & 0x1F != *number {
            return Err(Error::Malformed { what, at: arm.at });
        }
        object = arm;
    }
    Ok(object)
}
