//! What opens a card, in files beside its chip: for readers that want all of it in one, and for those of this program.
//!
//! | file | content |
//! |---|---|
//! | `access.json` | document number, dates of birth and expiry, CAN, PIN and PUK, and where the CSCA certificate lies |
//! | `mrz.txt`, `can.txt` | as `card-tool verify` takes them |
//! | `pin.txt`, `puk.txt` | where there is a PIN |

use std::path::Path;

use anyhow::Result;
use mrz::Mrz;
use serde_json::json;
use zeroize::Zeroizing;

/// The file with the CAN.
const CAN_FILE: &str = "can.txt";
/// The file with the machine readable zone, which opens every card.
pub const MRZ_FILE: &str = "mrz.txt";

/// Name of a file, and its content.
type Named = (&'static str, Zeroizing<Vec<u8>>);

/// What opens a card.
pub struct AccessFiles<'a> {
    /// The machine readable zone.
    pub mrz: &'a Mrz,
    /// The card access number.
    pub can: &'a str,
    /// The PIN, where the card has one.
    pub pin: Option<&'a str>,
    /// The PUK, where the card has one.
    pub puk: Option<&'a str>,
    /// The CSCA certificate, from where the reader of the file expects it.
    pub csca: &'a Path,
}

impl AccessFiles<'_> {
    /// The files.
    pub fn files(&self) -> Result<Vec<Named>> {
        let mut access = json!({
            "document_number": self.mrz.document_number(),
            "date_of_birth": self.mrz.date_of_birth().as_str(),
            "date_of_expiry": self.mrz.date_of_expiry().as_str(),
            "can": self.can,
            "csca": self.csca,
        });
        let mut files: Vec<Named> = vec![
            (CAN_FILE, text(self.can)),
            (MRZ_FILE, text(&self.mrz.lines().join("\n"))),
        ];
        for (word, file, number) in [("pin", "pin.txt", self.pin), ("puk", "puk.txt", self.puk)] {
            if let (Some(number), Some(access)) = (number, access.as_object_mut()) {
                access.insert(word.to_owned(), json!(number));
                files.push((file, text(number)));
            }
        }
        files.push(("access.json", serde_json::to_vec_pretty(&access)?.into()));
        Ok(files)
    }
}

fn text(content: &str) -> Zeroizing<Vec<u8>> {
    content.as_bytes().to_vec().into()
}
