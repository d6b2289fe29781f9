//! `pki signer retire` for signers of lists and bar codes: they have no ledger; what is known of them stands in their note.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use ceremony::record::moment;
use ceremony::{Digest, TwoPersons, fingerprint};
use key_store::{Error, KeyProfile, RingFault};
use pki::Certificate;
use time::OffsetDateTime;
use time::macros::format_description;

use super::key_end::{Fate, KeyEnd};
use super::signer::signer_secret;
use super::sitting;
use crate::args::SignerSecret;
use crate::commands::Context;
use crate::exit::Problem;
use crate::pki_folder::issuer::{IssuerFolder, SignerFile};

/// The end of a list signer or bar code signer.
pub struct ListSignerEnd<'a> {
    /// The folder.
    pub folder: &'a IssuerFolder,
    /// The signer.
    pub signer: &'a SignerFile,
    /// Its certificate.
    pub certificate: &'a Certificate,
    /// Who takes part.
    pub persons: &'a TwoPersons,
    /// What opens the key.
    pub secret: &'a SignerSecret,
    /// Also while it might still sign.
    pub early: bool,
    /// Whether it is declared lost where it is not found.
    pub lost: bool,
}

impl ListSignerEnd<'_> {
    /// Destroys the key, and keeps a page of it: the text and its file.
    pub fn run(&self, context: &Context) -> Result<(String, PathBuf)> {
        let (signer, at) = (self.signer, moment(context.now));
        let (Some(place), Some(algorithm)) = (&signer.key, &signer.algorithm) else {
            return Err(Problem::usage(
                "the signer has no key",
                "look into list-signers/",
            ));
        };
        if !self.early && !is_out_of_use(self.certificate, context.now) {
            return Err(Error::Ring {
                path: self.folder.path().to_owned(),
                why: RingFault::StillInUse,
            }
            .into());
        }
        let location = self.folder.location(place)?;
        let end = KeyEnd {
            location: &location,
            profile: &KeyProfile::by_word(algorithm)?,
            public: &self.certificate.public_key()?,
            begun: signer.deletion_begun.as_deref(),
            lost: self.lost,
        };
        let begun = SignerFile {
            deletion_begun: Some(at.clone()),
            ..signer.clone()
        };
        let secret = signer_secret(self.secret, false, context).ask()?;
        let fate = end.run(&secret, || self.folder.note_list_signer(&begun))?;
        let page = self.page(&fate, place, &at)?;
        let form = format_description!("[year][month][day]-[hour][minute][second]");
        let stamp = context.now.format(form)?;
        let path = self.folder.keep_retirement(&signer.name, &stamp, &page)?;
        // The note last: until the page is there this is done again.
        self.folder.note_list_signer(&SignerFile {
            deletion_begun: begun.deletion_begun.filter(|_| !fate.is_lost),
            retired: Some(at),
            ..signer.clone()
        })?;
        Ok((page, path))
    }

    fn page(&self, fate: &Fate, place: &str, at: &str) -> Result<String> {
        let rule = "=".repeat(78);
        let title = if fate.is_lost {
            "KHAI BÁO MẤT KHÓA / LOSS OF A KEY"
        } else {
            "HỦY KHÓA / DELETION OF A KEY"
        };
        let certificate = Digest::of(self.certificate.as_der()).spoken();
        let key = fingerprint(&self.certificate.public_key()?)?.spoken();
        // A PIN source is nobody's business.
        let place = place.split("&pin-source=").next().unwrap_or_default();
        let mut page = String::new();
        writeln!(page, "{rule}\n{title}\n{rule}")?;
        for (what, says) in [
            ("Thời điểm / Time", at),
            ("Phần mềm / Tool", sitting::TOOL),
            ("Tên / Name", &*self.signer.name),
            ("Loại / Kind", &*self.signer.kind),
            ("Chứng thư / Certificate, SHA-256", &*certificate),
            ("Khóa công khai / Public key, SHA-256", &*key),
            ("Khóa / Key", place),
            ("Kết cục / Fate", &*fate.says),
        ] {
            writeln!(page, "{what}\n      {says}")?;
        }
        for person in self.persons.both() {
            writeln!(page, "\n{}\n{}", person.name(), person.role().title())?;
            writeln!(page, "Chữ ký / Signature  {}", "_".repeat(40))?;
        }
        writeln!(page, "{rule}")?;
        Ok(page)
    }
}

/// Whether a key signs nothing any more: its usage period, or where there is none the certificate, is over.
fn is_out_of_use(certificate: &Certificate, now: OffsetDateTime) -> bool {
    let usage = certificate.extensions().private_key_usage_period;
    let last = usage.and_then(|usage| usage.not_after);
    now > last.unwrap_or(certificate.validity().not_after)
}
