//! The job file: a card image on its way from the issuance service to a personalisation station.
//!
//! The file holds a person's data and the passwords of the chip. Whoever writes it restricts who may read it.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use crypto::SecretBytes;
use lds::File;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{CardImage, Error, Result};

/// Version of the format that is written.
const FORMAT: u32 = 1;
/// Largest job file that is read: a chip of 256 KiB in Base64 with room to spare.
pub const MAX_JOB_FILE: usize = 1 << 20;

/// The stored form. Old files must load for ever: fields are added, never changed.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct JobFile {
    format: u32,
    job: String,
    chip_serial: String,
    bac: bool,
    mrz_key_seed: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    can: Option<String>,
    #[zeroize(skip)]
    files: BTreeMap<String, String>,
}

impl CardImage {
    /// Writes the job file.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the CAN is no text, which [`CardImage::new`] excludes.
    pub fn to_job_file(&self) -> Result<SecretBytes> {
        let files = self
            .files()
            .iter()
            .map(|(file, content)| (file.word().to_owned(), BASE64.encode(content)));
        let can = self
            .can()
            .map(|can| String::from_utf8(can.expose().to_vec()))
            .transpose();
        let job = JobFile {
            format: FORMAT,
            job: self.job().to_string(),
            chip_serial: BASE64.encode(self.chip_serial()),
            bac: self.offers_bac(),
            mrz_key_seed: BASE64.encode(self.mrz_key_seed().expose()),
            can: can.map_err(|_| Error::Malformed {
                what: "card access number",
            })?,
            files: files.collect(),
        };
        let text =
            serde_json::to_vec_pretty(&job).map_err(|_| Error::Malformed { what: "job file" })?;
        Ok(SecretBytes::new(text))
    }

    /// Reads a job file.
    ///
    /// # Errors
    /// [`Error::Malformed`] naming the field; a file above [`MAX_JOB_FILE`] is not parsed at all.
    pub fn from_job_file(text: &[u8]) -> Result<Self> {
        let malformed = |what| move || Error::Malformed { what };
        if text.len() > MAX_JOB_FILE {
            return Err(Error::Malformed {
                what: "job file: it is longer than a chip can hold",
            });
        }
        let job: JobFile = serde_json::from_slice(text).map_err(|_| Error::Malformed {
            what: "job file: no such JSON",
        })?;
        if job.format != FORMAT {
            return Err(Error::Malformed {
                what: "job file: unknown format version",
            });
        }
        let decode = |text: &str| BASE64.decode(text).ok();
        let file =
            |(word, content): (&String, &String)| Some((File::from_word(word)?, decode(content)?));
        let files: Option<BTreeMap<File, Vec<u8>>> = job.files.iter().map(file).collect();
        Self::new(
            Uuid::parse_str(&job.job).map_err(|_| Error::Malformed {
                what: "job file: job",
            })?,
            decode(&job.chip_serial).ok_or_else(malformed("job file: chip_serial"))?,
            files.ok_or_else(malformed("job file: files"))?,
            job.bac,
            SecretBytes::new(
                decode(&job.mrz_key_seed).ok_or_else(malformed("job file: mrz_key_seed"))?,
            ),
            job.can
                .as_ref()
                .map(|can| SecretBytes::from(can.as_bytes())),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image() -> CardImage {
        let files = BTreeMap::from([(File::Dg1, vec![0x61, 0x00]), (File::Sod, vec![0x77, 0x00])]);
        let can = Some(SecretBytes::from(*b"123456"));
        CardImage::new(
            Uuid::from_u128(7),
            vec![9; 16],
            files,
            true,
            SecretBytes::from([3; 20]),
            can,
        )
        .unwrap()
    }

    #[test]
    fn a_job_file_survives() {
        let text = image().to_job_file().unwrap();
        let again = CardImage::from_job_file(text.expose()).unwrap();
        assert_eq!(
            (again.job(), again.chip_serial(), again.files()),
            (image().job(), image().chip_serial(), image().files())
        );
        assert!(again.can().unwrap().ct_eq(b"123456"));
        assert!(again.mrz_key_seed().ct_eq(&[3; 20]));
    }

    #[test]
    fn what_is_refused_is_named() {
        let text = String::from_utf8(image().to_job_file().unwrap().expose().to_vec()).unwrap();
        for (from, to, what) in [
            (
                "\"format\": 1",
                "\"format\": 2",
                "job file: unknown format version",
            ),
            ("\"dg1\"", "\"dg99\"", "job file: files"),
            ("123456", "12345", "card access number"),
            ("\"bac\"", "\"bic\"", "job file: no such JSON"),
            ("0000-0000", "zzzz-0000", "job file: job"),
        ] {
            assert!(text.contains(from));
            match CardImage::from_job_file(text.replacen(from, to, 1).as_bytes()) {
                Err(Error::Malformed { what: found }) => assert_eq!(found, what),
                other => panic!("{to}: {other:?}"),
            }
        }
        assert!(CardImage::from_job_file(&vec![b' '; MAX_JOB_FILE + 1]).is_err());
    }
}
