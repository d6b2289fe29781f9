//! The data objects of a protected message (Doc 9303-11 §9.8.4; ISO 7816-4 §10.2).

use iso7816::Ins;
use iso7816::tlv::{self, Tag};
use zeroize::Zeroizing;

use crate::Result;
use crate::secure_messaging::keys::SessionKeys;
use crate::secure_messaging::ssc::Ssc;

/// DO'85': cryptogram of data that are data objects themselves (odd INS), no padding indicator.
const CRYPTOGRAM_OF_OBJECTS: Tag = Tag::new(0x85);
/// DO'87': padding indicator and cryptogram.
const PADDED_CRYPTOGRAM: Tag = Tag::new(0x87);
/// DO'97': the Le of the plain command.
pub(super) const LE: Tag = Tag::new(0x97);
/// DO'99': the status word of the plain answer.
pub(super) const STATUS: Tag = Tag::new(0x99);
/// DO'8E': the MAC, always last.
pub(super) const MAC: Tag = Tag::new(0x8E);

/// Padding by ISO 9797-1 method 2 (ISO 7816-4 §10.2.3.1).
const PADDING_METHOD_2: u8 = 0x01;

/// Octets of a MAC.
pub(super) const MAC_LEN: usize = 8;

/// The data objects of a message, taken apart but not believed.
#[derive(Default)]
pub(super) struct Objects<'a> {
    /// The cryptogram without the padding indicator.
    pub(super) cryptogram: Option<&'a [u8]>,
    /// Value of DO'97'.
    pub(super) le: Option<&'a [u8]>,
    /// Value of DO'99'.
    pub(super) status: Option<&'a [u8]>,
    /// Value of DO'8E'.
    pub(super) mac: Option<&'a [u8]>,
    /// All octets in front of DO'8E', as they came: what the MAC covers.
    pub(super) authenticated: &'a [u8],
}

/// Why a row of bytes is no row of secure messaging objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ObjectFault {
    /// Cut, or an impossible length, or an unknown padding indicator.
    Encoding,
    /// An object that has no meaning here, comes twice, or stands behind the MAC.
    Surplus,
}

impl<'a> Objects<'a> {
    /// Takes a data field apart. The order is free, but the MAC stands last (Doc 9303-11 §9.3.3).
    pub(super) fn read(field: &'a [u8]) -> core::result::Result<Self, ObjectFault> {
        let mut objects = Self {
            authenticated: field,
            ..Self::default()
        };
        let mut rest = field;
        while !rest.is_empty() {
            let (object, behind) = tlv::read(rest).map_err(|_| ObjectFault::Encoding)?;
            let (slot, value) = match object.tag {
                PADDED_CRYPTOGRAM => (&mut objects.cryptogram, without_indicator(object.value)?),
                CRYPTOGRAM_OF_OBJECTS => (&mut objects.cryptogram, object.value),
                LE => (&mut objects.le, object.value),
                STATUS => (&mut objects.status, object.value),
                MAC if behind.is_empty() => {
                    objects.authenticated = field.strip_suffix(object.raw).unwrap_or_default();
                    (&mut objects.mac, object.value)
                }
                _ => return Err(ObjectFault::Surplus),
            };
            if slot.replace(value).is_some() {
                return Err(ObjectFault::Surplus);
            }
            rest = behind;
        }
        Ok(objects)
    }
}

/// Whether DO'8E' stands at the end: tells what was protected from what was not, before anything is read.
pub(super) fn end_in_mac(field: &[u8]) -> bool {
    matches!(field, [.., 0x8E, 0x08, _, _, _, _, _, _, _, _])
}

fn without_indicator(value: &[u8]) -> core::result::Result<&[u8], ObjectFault> {
    value
        .strip_prefix(&[PADDING_METHOD_2])
        .ok_or(ObjectFault::Encoding)
}

/// DO'85' or DO'87' with `data` encrypted; nothing if there are no data.
pub(super) fn cryptogram(keys: &SessionKeys, ssc: &Ssc, ins: Ins, data: &[u8]) -> Result<Vec<u8>> {
    if data.is_empty() {
        return Ok(Vec::new());
    }
    let encrypted = keys.encrypt(ssc, data)?;
    if ins.is_odd() {
        return Ok(tlv::encode(CRYPTOGRAM_OF_OBJECTS, &encrypted));
    }
    let mut value = vec![PADDING_METHOD_2];
    value.extend(encrypted);
    Ok(tlv::encode(PADDED_CRYPTOGRAM, &value))
}

/// The data behind a cryptogram; `None` when it is no whole number of blocks or has no padding.
pub(super) fn decrypted(
    keys: &SessionKeys,
    ssc: &Ssc,
    cryptogram: &[u8],
) -> Result<Option<Zeroizing<Vec<u8>>>> {
    if cryptogram.is_empty() || !cryptogram.len().is_multiple_of(keys.cipher().block_len()) {
        return Ok(None);
    }
    keys.decrypt(ssc, cryptogram)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(field: &[u8], expected: core::result::Result<usize, ObjectFault>) {
        let read = Objects::read(field).map(|objects| objects.authenticated.len());
        assert_eq!(read, expected, "{field:02X?}");
    }

    #[test]
    fn what_the_mac_covers() {
        check(&[], Ok(0));
        check(&[0x99, 2, 0x90, 0], Ok(4));
        check(&[0x99, 2, 0x90, 0, 0x8E, 1, 7], Ok(4));
        check(&[0x99, 2, 0x90, 0, 0x87, 2, 1, 9, 0x8E, 1, 7], Ok(8));
        check(&[0x8E, 0], Ok(0));
    }

    #[test]
    fn what_is_no_message() {
        check(&[0x99], Err(ObjectFault::Encoding));
        check(&[0x99, 3, 0x90, 0], Err(ObjectFault::Encoding));
        check(&[0x87, 2, 2, 9], Err(ObjectFault::Encoding));
        check(&[0x87, 0], Err(ObjectFault::Encoding));
        check(&[0x81, 1, 9], Err(ObjectFault::Surplus));
        check(&[0x97, 1, 9, 0x97, 1, 9], Err(ObjectFault::Surplus));
        check(&[0x85, 1, 9, 0x87, 2, 1, 9], Err(ObjectFault::Surplus));
        check(&[0x8E, 1, 7, 0x99, 2, 0x90, 0], Err(ObjectFault::Surplus));
    }
}
