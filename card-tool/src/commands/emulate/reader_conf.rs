//! What pcscd has to be told for the slots of a rack.

use std::fmt::Write as _;

use anyhow::Result;
use serde_json::json;

use super::rack::places;
use crate::args::Emulate;
use crate::commands::{Context, print, print_json};
use crate::exit::Exit;

/// The driver has two slots for each entry, on two neighbouring ports.
const SLOTS_OF_ENTRY: usize = 2;
/// What pcscd adds to the name of an entry for each of its slots.
const SLOT_NAMES: [&str; SLOTS_OF_ENTRY] = ["00 00", "00 01"];
/// Where Debian's package puts the driver.
const DRIVER: &str = "/usr/lib/pcsc/drivers/serial/libifdvpcd";
const FILE: &str = "/etc/reader.conf.d/card-tool-rack";

/// An entry: its name, its first port.
struct Entry {
    number: usize,
    port: u16,
}

impl Entry {
    fn name(&self) -> String {
        format!("Rack Reader {}", self.number)
    }

    /// The driver keeps its state in static variables: each entry needs its own copy.
    fn driver(&self) -> String {
        format!("{DRIVER}-rack{}.so", self.number)
    }
}

/// Prints the entries and how to install them.
pub fn show(slots: u64, args: &Emulate, context: &Context) -> Result<Exit> {
    let places = places(slots, args)?;
    let entries: Vec<Entry> = places
        .chunks(SLOTS_OF_ENTRY)
        .zip(1..)
        .filter_map(|(pair, number)| {
            let port = pair.first()?.port();
            Some(Entry { number, port })
        })
        .collect();
    let text = configuration(&entries);
    if context.json() {
        let slots: Vec<_> = names(&entries)
            .zip(&places)
            .map(|(reader, place)| json!({ "reader": reader, "vpcd": place.to_string() }))
            .collect();
        print_json(&json!({ "slots": slots, "reader_conf": text }))?;
    } else {
        print(text.trim_end())?;
    }
    Ok(Exit::Done)
}

fn names(entries: &[Entry]) -> impl Iterator<Item = String> {
    entries
        .iter()
        .flat_map(|entry| SLOT_NAMES.map(|slot| format!("{} {slot}", entry.name())))
}

fn configuration(entries: &[Entry]) -> String {
    let mut text = format!(
        "# Slots of a rack of software chips, two for each entry. As root:\n\
         #   card-tool emulate --reader-conf {} > {FILE}\n\
         #   for n in $(seq {}); do cp {DRIVER}.so {DRIVER}-rack$n.so; done\n\
         #   mv /etc/reader.conf.d/vpcd /etc/vpcd.reader.conf      (it has the first two ports)\n\
         #   systemctl restart pcscd\n\
         # The driver listens on all interfaces: for test machines only. pcscd has room for 16 readers, real ones included.\n",
        entries.len() * SLOTS_OF_ENTRY,
        entries.len(),
    );
    for entry in entries {
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "\nFRIENDLYNAME \"{}\"\nDEVICENAME   /dev/null:{port}\nLIBPATH      {}\nCHANNELID    {port}\n",
            entry.name(),
            entry.driver(),
            port = entry.port,
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_entry_has_two_ports_and_a_driver_of_its_own() {
        let entries = [(1, 35_963), (2, 35_965)].map(|(number, port)| Entry { number, port });
        let text = configuration(&entries);
        for line in [
            "FRIENDLYNAME \"Rack Reader 2\"",
            "DEVICENAME   /dev/null:35965",
            "LIBPATH      /usr/lib/pcsc/drivers/serial/libifdvpcd-rack2.so",
            "CHANNELID    35963",
        ] {
            assert!(text.lines().any(|other| other == line), "{line}\n{text}");
        }
        let names: Vec<_> = names(&entries).collect();
        assert_eq!(names.last().unwrap(), "Rack Reader 2 00 01");
    }
}
