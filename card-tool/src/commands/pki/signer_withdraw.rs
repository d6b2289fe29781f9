//! `pki signer withdraw`: the accountable end of a key that never had a certificate.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use ceremony::TwoPersons;
use ceremony::record::moment;
use crypto::SecretBytes;
use key_store::{KeyLocation, KeyProfile};
use pki::KeyStoreFault;
use serde_json::json;
use time::macros::format_description;

use super::key_end::{Fate, KeyEnd};
use super::signer::signer_secret;
use super::{print, print_json, sitting};
use crate::args::SignerSecret;
use crate::commands::{Context, note};
use crate::exit::Exit;
use crate::pki_folder::issuer::{IssuerFolder, SignerFile, Waiting};
use crate::pki_folder::place::{is_distinct, is_there, perhaps_of_another};
use crate::pki_folder::root::proof;
use crate::printable;

const NEVER_MADE: &str = "looked for: not there; it was never made, or deleted before";

/// What was asked for.
pub struct Withdrawal<'a> {
    /// The folder of the issuer.
    pub folder: &'a Path,
    /// Which request.
    pub name: &'a str,
    /// Who takes part: the key may have a certificate that never came here.
    pub persons: &'a [String],
    /// What opens the token of the key.
    pub secret: &'a SignerSecret,
    /// Whether its key is declared lost where it is not found.
    pub lost: bool,
    /// Whether it is done without asking.
    pub yes: bool,
}

impl Withdrawal<'_> {
    /// Destroys the key, keeps a page of it, and forgets the request.
    pub fn run(&self, context: &mut Context) -> Result<Exit> {
        let persons = sitting::persons(self.persons)?;
        let folder = IssuerFolder::open_to_write(self.folder)?;
        let name = self.name;
        folder.waiting(name)?;
        context.asking.confirm(
            &format!(
                "Withdraw the request {name} and DESTROY its key for ever, with {persons}? No answer to it will be accepted."
            ),
            self.yes,
        )?;
        // Whatever has happened while the question stood there: what was accepted meanwhile is a signer.
        let waiting = folder.waiting(name)?;
        let at = moment(context.now);
        let fate = self.end(&folder, &waiting, &at, context)?;
        let page = page(&waiting, &fate, &persons, &at)?;
        let form = format_description!("[year][month][day]-[hour][minute][second]");
        let path = folder.keep_withdrawal(name, &context.now.format(form)?, &page)?;
        folder.forget_request(name)?;
        said(name, &page, &path, context)
    }

    fn end(
        &self,
        folder: &IssuerFolder,
        waiting: &Waiting,
        at: &str,
        context: &mut Context,
    ) -> Result<Fate> {
        let Some(place) = &waiting.signer.key else {
            return Ok(Fate::gone("it had none"));
        };
        let location = folder.location(place)?;
        let (Some(public), Some(algorithm)) = (&waiting.public_key, &waiting.signer.algorithm)
        else {
            return self.end_unknown(&location, context);
        };
        let end = KeyEnd {
            location: &location,
            profile: &KeyProfile::by_word(algorithm)?,
            public,
            begun: waiting.signer.deletion_begun.as_deref(),
            lost: self.lost,
        };
        let secret = signer_secret(self.secret, false, context).ask()?;
        end.run(&secret, || {
            folder.begin_request(&SignerFile {
                deletion_begun: Some(at.to_owned()),
                ..waiting.signer.clone()
            })
        })
    }

    /// Ends a key that no request names: what it is nobody knows, and perhaps it was never made.
    fn end_unknown(&self, location: &KeyLocation, context: &mut Context) -> Result<Fate> {
        let secret = match &location {
            // A file is overwritten by who may write it; its secret may be what is forgotten.
            KeyLocation::File(_) => SecretBytes::new(Vec::new()),
            KeyLocation::Token(_) => signer_secret(self.secret, false, context).ask()?,
        };
        if !is_distinct(location) {
            return match (is_there(location, &secret, &mut *context.rng)?, self.lost) {
                (false, _) => Ok(Fate::gone(NEVER_MADE)),
                (true, true) => Ok(Fate::lost(
                    "named by its label only; the key that has it was left alone",
                )),
                (true, false) => Err(perhaps_of_another(location)),
            };
        }
        match key_store::destroy(location, &secret) {
            Ok(()) => Ok(Fate::gone(proof(location))),
            Err(error) if error.fault() == Some(KeyStoreFault::KeyNotFound) => {
                Ok(Fate::gone(NEVER_MADE))
            }
            Err(error) => Err(error).with_context(|| location.to_string()),
        }
    }
}

fn said(name: &str, page: &str, path: &PathBuf, context: &Context) -> Result<Exit> {
    if context.json() {
        print_json(&json!({ "withdrawn": name, "record": path, "outcome": Exit::Done.word() }))?;
    } else {
        print(&printable::lines(page))?;
        note(&format!("Print and sign the record: {}", path.display()));
    }
    note("If the root has answered it, revoke that certificate: `card-tool pki csca revoke`.");
    Ok(Exit::Done)
}

fn page(waiting: &Waiting, fate: &Fate, persons: &TwoPersons, at: &str) -> Result<String> {
    let signer = &waiting.signer;
    let rule = "=".repeat(78);
    let mut page = String::new();
    writeln!(
        page,
        "{rule}\nRÚT YÊU CẦU / WITHDRAWAL OF A REQUEST\n{rule}"
    )?;
    let request = waiting.request.map(|digest| digest.spoken());
    for (what, says) in [
        ("Thời điểm / Time", at),
        ("Phần mềm / Tool", sitting::TOOL),
        ("Tên / Name", &signer.name),
        ("Loại / Kind", &signer.kind),
        (
            "Khóa / Key",
            signer.key.as_deref().unwrap_or("không có / none"),
        ),
        (
            if fate.is_lost {
                "Mất / Loss"
            } else {
                "Hủy / Deletion"
            },
            &*fate.says,
        ),
        (
            "Yêu cầu / Request, SHA-256",
            request.as_deref().unwrap_or("không có / none"),
        ),
    ] {
        writeln!(page, "{what}\n      {says}")?;
    }
    for person in persons.both() {
        writeln!(page, "\n{}\n{}", person.name(), person.role().title())?;
        writeln!(page, "Chữ ký / Signature  {}", "_".repeat(40))?;
    }
    writeln!(page, "{rule}")?;
    Ok(page)
}
