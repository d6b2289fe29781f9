//! The job file: a card image on its way from the issuance service to a personalisation station.
//!
//! The file holds a person's data and the passwords of the chip. Whoever writes it restricts who may read it.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use crypto::SecretBytes;
use lds::File;
use protocols::terminal_authentication::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{CardImage, CountedPassword, Error, HolderPin, Result, TerminalTrust};

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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pin: Option<PasswordEntry>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    puk: Option<PasswordEntry>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    terminal_trust: Option<TrustEntry>,
    #[zeroize(skip)]
    files: BTreeMap<String, String>,
}

/// Digits and the start value of their retry counter.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct PasswordEntry {
    digits: String,
    tries: u8,
}

/// Whom the chip trusts for terminal authentication.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct TrustEntry {
    /// `YYMMDD`.
    today: String,
    certificates: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    document_number: Option<String>,
}

impl CardImage {
    /// Writes the job file.
    ///
    /// # Errors
    /// [`Error::Malformed`] when a password is no text, which [`CardImage::new`] excludes.
    pub fn to_job_file(&self) -> Result<SecretBytes> {
        let files = self
            .files()
            .iter()
            .map(|(file, content)| (file.word().to_owned(), BASE64.encode(content)));
        let (pin, puk) = match self.pin() {
            Some(HolderPin { pin, puk }) => (Some(pin), puk.as_ref()),
            None => (None, None),
        };
        let trust = self.terminal_trust();
        let job = JobFile {
            format: FORMAT,
            job: self.job().to_string(),
            chip_serial: BASE64.encode(self.chip_serial()),
            bac: self.offers_bac(),
            mrz_key_seed: BASE64.encode(self.mrz_key_seed().expose()),
            can: self
                .can()
                .map(|can| text(can, "card access number"))
                .transpose()?,
            pin: pin.map(PasswordEntry::of).transpose()?,
            puk: puk.map(PasswordEntry::of).transpose()?,
            terminal_trust: trust
                .map(|trust| TrustEntry::of(trust, self.document_number()))
                .transpose()?,
            files: files.collect(),
        };
        let text =
            serde_json::to_vec_pretty(&job).map_err(|_| Error::Malformed { what: "job file" })?;
        Ok(SecretBytes::new(text))
    }

    /// Reads a job file.
    ///
    /// # Errors
    /// [`Error::Malformed`] naming the field, [`Error::TrustPoint`]; a file above [`MAX_JOB_FILE`] is not parsed at all.
    pub fn from_job_file(text: &[u8]) -> Result<Self> {
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
        let file = |(word, content): (&String, &String)| {
            let what = "job file: files";
            let file = File::from_word(word).ok_or(Error::Malformed { what })?;
            Ok((file, decode(content, what)?))
        };
        let files = job.files.iter().map(file).collect::<Result<_>>()?;
        let image = Self::new(
            Uuid::parse_str(&job.job).map_err(|_| Error::Malformed {
                what: "job file: job",
            })?,
            decode(&job.chip_serial, "job file: chip_serial")?,
            files,
            job.bac,
            SecretBytes::new(decode(&job.mrz_key_seed, "job file: mrz_key_seed")?),
            job.can.as_deref().map(secret),
        )?;
        let image = match job.holder_pin()? {
            None => image,
            Some(pin) => image.with_pin(pin)?,
        };
        match &job.terminal_trust {
            None => Ok(image),
            Some(entry) => {
                let number = entry.document_number.as_deref().map(secret);
                image.with_terminal_trust(entry.read()?, number)
            }
        }
    }
}

impl JobFile {
    fn holder_pin(&self) -> Result<Option<HolderPin>> {
        let Some(pin) = &self.pin else {
            return match self.puk {
                None => Ok(None),
                Some(_) => Err(Error::Malformed {
                    what: "job file: a PUK without a PIN",
                }),
            };
        };
        let pin = CountedPassword::pin(secret(&pin.digits), pin.tries)?;
        let puk = self.puk.as_ref();
        let puk = puk.map(|puk| CountedPassword::puk(secret(&puk.digits), puk.tries));
        Ok(Some(HolderPin {
            pin,
            puk: puk.transpose()?,
        }))
    }
}

impl PasswordEntry {
    fn of(password: &CountedPassword) -> Result<Self> {
        Ok(Self {
            digits: text(password.digits(), "password")?,
            tries: password.tries(),
        })
    }
}

impl TrustEntry {
    fn of(trust: &TerminalTrust, document_number: Option<&SecretBytes>) -> Result<Self> {
        let digits = trust.today().digits().into_iter();
        Ok(Self {
            today: digits.map(|digit| char::from(b'0' + digit)).collect(),
            certificates: trust
                .certificates()
                .iter()
                .map(|certificate| BASE64.encode(certificate))
                .collect(),
            document_number: document_number
                .map(|number| text(number, "document number"))
                .transpose()?,
        })
    }

    fn read(&self) -> Result<TerminalTrust> {
        let digits: Vec<u8> = self.today.bytes().map(|c| c.wrapping_sub(b'0')).collect();
        let today = Date::from_digits(&digits).ok_or(Error::Malformed {
            what: "job file: today",
        })?;
        let certificate = |text: &String| decode(text, "job file: certificates");
        let certificates = self.certificates.iter().map(certificate);
        TerminalTrust::new(today, certificates.collect::<Result<_>>()?)
    }
}

fn text(secret: &SecretBytes, what: &'static str) -> Result<String> {
    String::from_utf8(secret.expose().to_vec()).map_err(|_| Error::Malformed { what })
}

fn secret(text: &str) -> SecretBytes {
    SecretBytes::from(text.as_bytes())
}

fn decode(text: &str, what: &'static str) -> Result<Vec<u8>> {
    BASE64.decode(text).map_err(|_| Error::Malformed { what })
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

    /// As the first version wrote it: it loads, and is written without anything new.
    #[test]
    fn a_job_file_of_the_first_version_stays_what_it_is() {
        let old = r#"{
  "format": 1,
  "job": "00000000-0000-0000-0000-000000000007",
  "chip_serial": "CQkJCQkJCQkJCQkJCQkJCQ==",
  "bac": true,
  "mrz_key_seed": "AwMDAwMDAwMDAwMDAwMDAwMDAwM=",
  "can": "123456",
  "files": {
    "dg1": "YQA=",
    "sod": "dwA="
  }
}"#;
        let read = CardImage::from_job_file(old.as_bytes()).unwrap();
        assert_eq!(read.to_job_file().unwrap().expose(), old.as_bytes());
        assert_eq!(image().to_job_file().unwrap().expose(), old.as_bytes());
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
