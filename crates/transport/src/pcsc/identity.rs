//! What stays the same of a reader when it is plugged in again: its serial number, or the socket that it is in.
//!
//! PC/SC names a reader by its model and the order in which readers came. Drivers may tell more: libccid tells the serial number of
//! a reader that has one, and the USB bus and address, which `/sys` turns into the path of the socket (`1-2.3`: bus 1, port 2, port 3 of
//! the hub there). Virtual readers and those on a serial line tell neither.
//!
//! A reader is asked once, without touching its card: a second program that connects in this moment would be refused.

use std::collections::BTreeMap;
use std::ffi::CString;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use ::pcsc::{Attribute, Disposition, Protocols, ShareMode};

use super::{Reader, establish};

/// Where the kernel describes USB devices.
const USB_DEVICES: &str = "/sys/bus/usb/devices";
/// The kind of channel in SCARD_ATTR_CHANNEL_ID that is USB (PC/SC part 3 §3.1.1).
const USB_CHANNEL: u32 = 0x0020;
/// Longest serial number that is believed.
const MAX_SERIAL: usize = 126;

/// What readers have said, by name, as long as they are plugged in.
static KNOWN: Mutex<BTreeMap<String, Identity>> = Mutex::new(BTreeMap::new());

/// What is known of a reader beside its name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// Serial number of the device.
    pub serial: Option<String>,
    /// Path of its USB socket.
    pub usb: Option<String>,
}

impl Identity {
    /// What a reader says of itself. Other readers that were unplugged are forgotten.
    pub(super) fn of(reader: &Reader, all: &[Reader]) -> Self {
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|name, _| all.iter().any(|reader| reader.name == *name));
        if let Some(identity) = known.get(&reader.name) {
            return identity.clone();
        }
        let Some(identity) = ask(&reader.name) else {
            return Self::default();
        };
        known.insert(reader.name.clone(), identity.clone());
        identity
    }
}

/// What all readers say of themselves, in the order given.
#[must_use]
pub fn identities(readers: &[Reader]) -> Vec<Identity> {
    let of = |reader| Identity::of(reader, readers);
    readers.iter().map(of).collect()
}

/// `None` when somebody holds the reader for himself: it can be asked later.
fn ask(name: &str) -> Option<Identity> {
    let context = establish().ok()?;
    let name = CString::new(name).ok()?;
    let reader = context
        .connect(&name, ShareMode::Direct, Protocols::UNDEFINED)
        .ok()?;
    let serial = reader.get_attribute_owned(Attribute::VendorIfdSerialNo);
    let channel = reader.get_attribute_owned(Attribute::ChannelId);
    // Its card is as it was: a reset is not ours to make.
    let _ = reader.disconnect(Disposition::LeaveCard);
    let socket = channel.ok().as_deref().and_then(bus_and_address);
    let device = socket.and_then(|at| device(Path::new(USB_DEVICES), at));
    let (usb, of_device) = device.unwrap_or_default();
    Some(Identity {
        serial: serial.ok().as_deref().and_then(plain).or(of_device),
        usb,
    })
}

/// Bus and address out of SCARD_ATTR_CHANNEL_ID: `0xDDDDCCCC` in the order of the machine, of which CCCC is bus and address.
fn bus_and_address(channel: &[u8]) -> Option<(u8, u8)> {
    let channel = u32::from_ne_bytes(channel.try_into().ok()?);
    let [_, _, bus, address] = channel.to_be_bytes();
    (channel >> 16 == USB_CHANNEL).then_some((bus, address))
}

/// The path of the socket that a device is in, and the serial number that the kernel has read.
fn device(devices: &Path, (bus, address): (u8, u8)) -> Option<(Option<String>, Option<String>)> {
    let number = |folder: &Path, name: &str| -> Option<u32> {
        let text = std::fs::read_to_string(folder.join(name)).ok()?;
        text.trim().parse().ok()
    };
    let mut all = std::fs::read_dir(devices).ok()?.flatten();
    let found = all.find(|entry| {
        let folder = entry.path();
        number(&folder, "busnum") == Some(bus.into())
            && number(&folder, "devnum") == Some(address.into())
    })?;
    let serial = std::fs::read(found.path().join("serial")).ok();
    let serial = serial.as_deref().and_then(plain);
    Some((found.file_name().into_string().ok(), serial))
}

/// A serial number that people can type: what a device says is believed as far as it is text.
fn plain(text: &[u8]) -> Option<String> {
    let text = core::str::from_utf8(text).ok()?;
    let text = text.trim_matches(|c: char| c == '\0' || c.is_whitespace());
    let is_plain =
        (1..=MAX_SERIAL).contains(&text.len()) && text.chars().all(|c| c.is_ascii_graphic());
    is_plain.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_channel_of_a_usb_reader() {
        for (channel, expected) in [
            (0x0020_0107_u32, Some((1, 7))),
            (0x0020_FFFE, Some((0xFF, 0xFE))),
            (0x0001_0107, None),
            (0, None),
        ] {
            assert_eq!(
                bus_and_address(&channel.to_ne_bytes()),
                expected,
                "{channel:08X}"
            );
        }
        assert_eq!(bus_and_address(&[0, 0, 0x20]), None);
        assert_eq!(bus_and_address(&[]), None);
    }

    /// A tree as the kernel shows it: hubs, interfaces without numbers, a device behind a hub.
    #[test]
    fn the_socket_of_a_device() {
        let tree = std::env::temp_dir().join(format!("usb-devices-{}", std::process::id()));
        for (name, bus, address, serial) in [
            ("usb1", "1\n", "1\n", Some("0000:00:14.0\n")),
            ("1-2", "1\n", "5\n", None),
            ("1-2.3", "1\n", "7\n", Some("21121224200125\n")),
            ("2-1", "2\n", "7\n", Some("a\tb\n")),
        ] {
            let folder = tree.join(name);
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join("busnum"), bus).unwrap();
            std::fs::write(folder.join("devnum"), address).unwrap();
            if let Some(serial) = serial {
                std::fs::write(folder.join("serial"), serial).unwrap();
            }
        }
        std::fs::create_dir_all(tree.join("1-2.3:1.0")).unwrap();
        let found = |bus, address| device(&tree, (bus, address));
        let path = |path: &str| Some(path.to_owned());
        assert_eq!(found(1, 7), Some((path("1-2.3"), path("21121224200125"))));
        assert_eq!(found(1, 5), Some((path("1-2"), None)));
        // What nobody can type is no serial number.
        assert_eq!(found(2, 7), Some((path("2-1"), None)));
        assert_eq!(found(3, 7), None);
        assert_eq!(device(Path::new("/nonexistent"), (1, 7)), None);
        std::fs::remove_dir_all(&tree).unwrap();
    }

    #[test]
    fn serial_numbers_as_drivers_give_them() {
        for (text, expected) in [
            (&b"21121224200125\0"[..], Some("21121224200125")),
            (b" A1-b \n", Some("A1-b")),
            (b"", None),
            (b"\0\0", None),
            (b"A B", None),
            (&[0xFF, 0xFE], None),
            (&[b'9'; MAX_SERIAL + 1], None),
        ] {
            assert_eq!(plain(text).as_deref(), expected, "{text:?}");
        }
    }
}
