//! Tag lists: `5C` of EF.COM, EF.DG11 and EF.DG12 (ISO 7816-4 §8.5.1).

use iso7816::tlv::{MAX_TAG_LEN, Tag, Tlv, Writer};

use crate::{Error, Result};

pub(crate) const TAG_LIST: Tag = Tag::new(0x5C);

/// Most tags of a list that are read; no file has so many kinds of objects.
pub(crate) const MAX_LISTED: usize = 64;

/// Reads tags that follow each other without lengths.
pub(crate) fn read(list: &Tlv<'_>) -> Result<Vec<Tag>> {
    let (what, at) = ("tag list", list.at);
    let mut octets = list.value.iter();
    let mut tags = Vec::new();
    while let Some(&first) = octets.next() {
        let mut tag = u32::from(first);
        if first & 0x1F == 0x1F {
            let mut length = 1;
            loop {
                let octet = *octets.next().ok_or(Error::Malformed { what, at })?;
                tag = tag << 8 | u32::from(octet);
                length += 1;
                if octet & 0x80 == 0 {
                    break;
                }
                if length == MAX_TAG_LEN {
                    return Err(Error::Malformed { what, at });
                }
            }
        }
        if tags.len() == MAX_LISTED {
            return Err(Error::Malformed { what, at });
        }
        tags.push(Tag::new(tag));
    }
    Ok(tags)
}

/// Appends a tag list.
pub(crate) fn write(tags: &[Tag], writer: &mut Writer) {
    let octets: Vec<u8> = tags.iter().flat_map(|tag| tag.significant()).collect();
    writer.object(TAG_LIST, &octets);
}

#[cfg(test)]
mod tests {
    use iso7816::tlv;

    use super::*;

    #[test]
    fn lists() {
        for (value, tags) in [
            (&[][..], Some(&[][..])),
            (&[0x61, 0x75], Some(&[0x61, 0x75])),
            (
                &[0x5F, 0x0E, 0xA0, 0x5F, 0x2B],
                Some(&[0x5F0E, 0xA0, 0x5F2B]),
            ),
            (&[0x7F, 0x81, 0x01], Some(&[0x7F_8101])),
            (&[0x5F], None),
            (&[0x5F, 0x81], None),
            (&[0x5F, 0x81, 0x81, 0x01], None),
            (&[0x61; MAX_LISTED + 1], None),
        ] {
            let object = tlv::encode(TAG_LIST, value);
            let read = read(&tlv::read(&object).unwrap().0).ok();
            let expected = tags.map(|tags| tags.iter().copied().map(Tag::new).collect::<Vec<_>>());
            assert_eq!(read, expected, "{value:02X?}");
            if let Some(tags) = read {
                let mut writer = Writer::new();
                write(&tags, &mut writer);
                assert_eq!(writer.finish(), object);
            }
        }
    }
}
