//! From the bytes of a file to its content and back (Doc 9303-10 §4.6, §4.7).

use iso7816::tlv::{self, MAX_OBJECTS, Tag, Tlv};

use crate::data_object::{Row, report_long_length};
use crate::{Deviation, Deviations, Error, File, Parsed, Result};

/// Longest file that is read: far above the 32 kB for which a chip must have room (Doc 9303-10 §4.5.4).
pub const MAX_FILE_LEN: usize = 1 << 20;

/// The content of a file that consists of one data object.
pub trait FileContent: Sized {
    /// Which file.
    const FILE: File;
    /// Its outer tag.
    const TAG: Tag;

    /// Reads the outer object.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the structure does not hold.
    fn read(outer: &Tlv<'_>, deviations: &mut Deviations) -> Result<Self>;

    /// Writes the value of the outer object.
    fn value(&self) -> Vec<u8>;

    /// Reads the whole file: the outer tag must be that of the file, padding behind the outer object is cut and reported.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the structure does not hold.
    fn parse(file: &[u8]) -> Result<Parsed<Self>> {
        Parsed::collect(|deviations| Self::read(&open(Self::TAG, file, deviations)?, deviations))
    }

    /// The whole file, as it is stored and hashed.
    fn to_bytes(&self) -> Vec<u8> {
        tlv::encode(Self::TAG, &self.value())
    }
}

/// The file without the padding that a chip may put behind it: these bytes are what EF.SOD covers
/// (Doc 9303-10 §4.6.2.3 note 1).
///
/// EF.ATR/INFO and EF.CVCA, which have no outer object, are given back whole.
///
/// # Errors
/// [`Error::Malformed`] when the outer object is another one or is cut.
pub fn without_padding(file: File, bytes: &[u8]) -> Result<Parsed<&[u8]>> {
    Parsed::collect(|deviations| match file.tag() {
        Some(tag) => open(tag, bytes, deviations).map(|outer| outer.raw),
        None => Ok(bytes),
    })
}

pub(crate) fn open<'a>(tag: Tag, file: &'a [u8], deviations: &mut Deviations) -> Result<Tlv<'a>> {
    check_length(file)?;
    let (outer, behind) = tlv::read(file)?;
    if outer.tag != tag {
        return Err(Error::Malformed {
            what: "outer tag, not the expected one",
            at: 0,
        });
    }
    report_long_length(&outer, deviations);
    if !behind.is_empty() {
        let count = behind.len();
        deviations.push(Deviation::TrailingBytes { count });
    }
    Ok(outer)
}

/// The objects of a file that is a row of them: up to its end, or up to octets that begin no tag (ISO 7816-4 §6.3).
pub(crate) fn open_row<'a>(file: &'a [u8], deviations: &mut Deviations) -> Result<Row<'a>> {
    check_length(file)?;
    let mut objects = Vec::new();
    let mut rest = file;
    while rest
        .first()
        .is_some_and(|octet| !matches!(octet, 0x00 | 0xFF))
    {
        let at = file.len() - rest.len();
        if objects.len() == MAX_OBJECTS {
            let what = "row of too many data objects";
            return Err(Error::Malformed { what, at });
        }
        let (object, behind) = tlv::read(rest)?;
        objects.push(Tlv { at, ..object });
        rest = behind;
    }
    if !rest.is_empty() {
        let count = rest.len();
        deviations.push(Deviation::TrailingBytes { count });
    }
    Ok(Row::new(objects, 0, deviations))
}

/// Refuses a file beyond [`MAX_FILE_LEN`] before anything is made of it.
fn check_length(file: &[u8]) -> Result<()> {
    if file.len() > MAX_FILE_LEN {
        return Err(Error::Malformed {
            what: "file, too long",
            at: MAX_FILE_LEN,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_has_the_tag_of_the_table() {
        fn check<F: FileContent>() {
            assert_eq!(F::FILE.tag(), Some(F::TAG), "{}", F::FILE);
        }
        check::<crate::EfCardAccess>();
        check::<crate::EfCom>();
        check::<crate::Dg1>();
        check::<crate::Dg2>();
        check::<crate::Dg3>();
        check::<crate::Dg4>();
        check::<crate::Dg5>();
        check::<crate::Dg6>();
        check::<crate::Dg7>();
        check::<crate::Dg8>();
        check::<crate::Dg9>();
        check::<crate::Dg10>();
        check::<crate::Dg11>();
        check::<crate::Dg12>();
        check::<crate::Dg13>();
        check::<crate::Dg14>();
        check::<crate::Dg15>();
        check::<crate::Dg16>();
    }

    #[test]
    fn padding_is_cut_and_reported() {
        for (bytes, content, padding) in [
            (&[0x6D, 0x01, 0xAA][..], 3, None),
            (&[0x6D, 0x01, 0xAA, 0x00, 0x00], 3, Some(2)),
            (&[0x6D, 0x00, 0xFF], 2, Some(1)),
        ] {
            let parsed = without_padding(File::Dg13, bytes).unwrap();
            assert_eq!(parsed.value, &bytes[..content]);
            let expected = padding.map(|count| Deviation::TrailingBytes { count });
            assert_eq!(parsed.deviations, expected.into_iter().collect::<Vec<_>>());
        }
    }

    #[test]
    fn what_is_refused() {
        for (bytes, at) in [
            (&[][..], 0),
            (&[0x6E, 0x00], 0),
            (&[0x6D, 0x02, 0xAA], 3),
            (&vec![0x6D; MAX_FILE_LEN + 1], MAX_FILE_LEN),
        ] {
            match without_padding(File::Dg13, bytes) {
                Err(Error::Malformed { at: found, .. }) => assert_eq!(found, at),
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn a_long_length_is_reported() {
        let parsed = without_padding(File::Dg13, &[0x6D, 0x82, 0x00, 0x01, 0xAA]).unwrap();
        let (tag, at) = (Tag::new(0x6D), 0);
        assert_eq!(parsed.deviations, [Deviation::LongLength { tag, at }]);
    }
}
