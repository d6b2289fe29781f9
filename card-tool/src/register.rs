//! A register of issued documents in one file, for a single station. The issuance service keeps a better one.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result};
use perso::{DocumentEntry, DocumentRegister, Entered, RegisterError, check_unique};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Longest register file that is read: some hundred thousand documents, more than a single station makes in its life.
const MAX_REGISTER: u64 = 256 << 20;

/// The register in a file of JSON lines. Locked while it is open: two programs never enter at the same time.
#[derive(Debug)]
pub struct FileRegister {
    file: File,
    entries: Vec<DocumentEntry>,
}

/// A stored line. Old lines must load for ever.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    job: Uuid,
    issuing_state: String,
    document_code: String,
    document_number: String,
    chip_serial: String,
    chip_keys: Vec<String>,
}

impl FileRegister {
    /// Opens the register; it is made if there is none.
    pub fn open(path: &Path) -> Result<Self> {
        let name = || format!("register {}", path.display());
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)
            .with_context(name)?;
        file.lock().with_context(name)?;
        let mut text = String::new();
        (&mut file)
            .take(MAX_REGISTER)
            .read_to_string(&mut text)
            .with_context(name)?;
        let entries = text
            .split_inclusive('\n')
            .filter(|line| line.ends_with('\n'))
            .enumerate()
            .map(|(at, line)| {
                entry(line).with_context(|| format!("register {}, line {}", path.display(), at + 1))
            })
            .collect::<Result<_>>()?;
        let complete = text.rfind('\n').map_or(0, |end| end + 1);
        drop_torn_line(&file, complete, text.len()).with_context(name)?;
        Ok(Self { file, entries })
    }

    /// What was entered, in its order.
    pub fn entries(&self) -> &[DocumentEntry] {
        &self.entries
    }

    fn append(&mut self, entry: &DocumentEntry) -> std::io::Result<()> {
        let mut line = serde_json::to_vec(&Line {
            job: entry.job,
            issuing_state: entry.issuing_state.clone(),
            document_code: entry.document_code.clone(),
            document_number: entry.document_number.clone(),
            chip_serial: hex::encode(&entry.chip_serial),
            chip_keys: entry.chip_keys.iter().map(hex::encode).collect(),
        })?;
        line.push(b'\n');
        let end = self.file.seek(SeekFrom::End(0))?;
        let written = self
            .file
            .write_all(&line)
            .and_then(|()| self.file.sync_all());
        if written.is_err() {
            // A full disk must not leave half a line for the next entry to be glued to.
            let _ = self.file.set_len(end);
        }
        written
    }
}

impl DocumentRegister for FileRegister {
    fn enter(&mut self, entry: &DocumentEntry) -> Result<(), RegisterError> {
        if check_unique(&self.entries, entry)? == Entered::New {
            self.append(entry)
                .map_err(|error| RegisterError::Storage(error.into()))?;
            self.entries.push(entry.clone());
        }
        Ok(())
    }
}

/// A line without its end was being written when the power went: nobody was told that it is there.
fn drop_torn_line(file: &File, complete: usize, total: usize) -> std::io::Result<()> {
    if complete < total {
        file.set_len(u64::try_from(complete).unwrap_or(u64::MAX))?;
        file.sync_all()?;
    }
    Ok(())
}

fn entry(line: &str) -> Result<DocumentEntry> {
    let line: Line = serde_json::from_str(line)?;
    Ok(DocumentEntry {
        job: line.job,
        issuing_state: line.issuing_state,
        document_code: line.document_code,
        document_number: line.document_number,
        chip_serial: hex::decode(&line.chip_serial)?,
        chip_keys: line
            .chip_keys
            .iter()
            .map(hex::decode)
            .collect::<Result<_, _>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(number: u8) -> DocumentEntry {
        DocumentEntry {
            job: Uuid::from_u128(number.into()),
            issuing_state: "UTO".into(),
            document_code: "PP".into(),
            document_number: format!("X{number:08}"),
            chip_serial: vec![number; 16],
            chip_keys: vec![vec![number; 32]],
        }
    }

    #[test]
    fn what_was_entered_is_there_after_a_restart_and_a_torn_line_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("register.jsonl");
        FileRegister::open(&path)
            .unwrap()
            .enter(&document(1))
            .unwrap();
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, [&whole[..], b"{\"job\": \"torn"].concat()).unwrap();
        let mut register = FileRegister::open(&path).unwrap();
        register.enter(&document(1)).unwrap();
        register.enter(&document(2)).unwrap();
        let again = DocumentEntry {
            document_number: "X00000001".into(),
            ..document(3)
        };
        assert!(matches!(
            register.enter(&again),
            Err(RegisterError::DocumentNumberUsed(_))
        ));
        drop(register);
        assert_eq!(
            FileRegister::open(&path).unwrap().entries,
            [document(1), document(2)]
        );
    }

    #[test]
    fn a_spoiled_line_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("register.jsonl");
        std::fs::write(&path, "{}\n").unwrap();
        let error = format!("{:#}", FileRegister::open(&path).unwrap_err());
        assert!(error.contains("line 1"), "{error}");
    }
}
