//! `demo`: three specimen people from record to verified card, and what happens to cards that were altered.
//!
//! Everything is left in a folder to look at:
//!
//! ```text
//! pki/<issuer>/                    the issuer's CSCA and document signer
//! keys/                            master keys of the roles
//! register.jsonl                   the register of issued documents
//! <person>/card.json               the chip
//! <person>/access.json             what is printed on the card and opens it; can.txt, mrz.txt for `card-tool verify`
//! <person>/portrait.png            the portrait as read from the chip
//! <person>/files/                  every file of the chip, with a text that says what its bytes mean
//! <person>/pace-can.{json,html} …  the inspection reports
//! <person>/altered-*.json          the same chip with one thing altered
//! summary.json                     what the table at the end says
//! ```

mod inspect;
mod issue;
mod stage;
mod summary;
mod tamper;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use pki::TrustStore;

use super::{Context, note, pki as pki_command, print, print_json};
use crate::args::{Demo, TransportArg};
use crate::exit::{Exit, Problem};
use crate::pki_folder::{CSCA_CERTIFICATE, Settings};
use crate::progress::Progress;
use crate::register::FileRegister;
use crate::{files, keys, record_folder};

use issue::IssuedCard;
use stage::Stage;
use summary::Summary;

/// The issuers of the demo: profile, country, algorithm, document types, life of a document.
const ISSUERS: [(&str, &str, &str, &[&str], i32); 2] = [
    (
        "vn-cccd-2021",
        "VN",
        "ecdsa-brainpoolP384r1",
        &["I", "ID"],
        21,
    ),
    ("uto-passport", "UT", "rsa-pss-3072", &["P", "PP"], 10),
];

/// Runs the verb.
pub fn run(args: &Demo, context: &mut Context) -> Result<Exit> {
    let mut stage = match args.transport {
        TransportArg::Memory => Stage::Memory,
        TransportArg::Pcsc => Stage::readers()?,
    };
    let people = people(&args.people)?;
    files::make_folder(&args.out)?;
    say(
        context,
        &format!(
            "Chips are in {}; everything made is left in {}.",
            stage.name(),
            args.out.display()
        ),
    );
    let office = Office::open(&args.out, context)?;
    let mut summary = Summary::new(&stage.name());
    let mut cards = Vec::new();
    for person in &people {
        cards.push(office.issue(person, &mut stage, &mut summary, context)?);
    }
    for card in &cards {
        inspect::card(card, &office.trust, &mut stage, &mut summary, context)?;
    }
    for (card, other) in cards.iter().zip(cards.iter().cycle().skip(1)) {
        tamper::try_all(
            card,
            other,
            &office.trust,
            &mut stage,
            &mut summary,
            context,
        )?;
    }
    files::write(
        &args.out.join("summary.json"),
        &serde_json::to_vec_pretty(&summary.json())?,
        files::Secrecy::Open,
    )?;
    if context.json() {
        print_json(&summary.json())?;
    } else {
        print(&summary.table().to_string())?;
    }
    if summary.is_as_expected() {
        say(
            context,
            "All as it must be: genuine cards pass, altered ones are refused by the right check.",
        );
        Ok(Exit::Done)
    } else {
        Err(Problem::of(
            Exit::No,
            "not all cards were judged as they must be",
            "see the table and the reports",
        ))
    }
}

/// The issuing side: keys, certificates, register.
struct Office {
    out: PathBuf,
    register: PathBuf,
    keys: PathBuf,
    trust: TrustStore,
}

impl Office {
    /// Makes keys and certificates where there are none.
    fn open(out: &Path, context: &mut Context) -> Result<Self> {
        let progress = Progress::new(!context.json());
        let office = Self {
            out: out.to_owned(),
            register: out.join("register.jsonl"),
            keys: out.join("keys"),
            trust: TrustStore::new(),
        };
        if office.register.exists() {
            return Err(Problem::usage(
                format!("{} holds an earlier demo", out.display()),
                "remove it or name another folder with --out",
            ));
        }
        progress.step("draw the master keys of the roles");
        keys::init(&office.keys, &mut *context.rng)?;
        let mut trust = TrustStore::new();
        for (id, country, algorithm, document_types, document_years) in ISSUERS {
            progress.step(format!("certificates of {id}: {algorithm}"));
            let folder = office.pki(id);
            let settings = Settings {
                country: country.to_owned(),
                state: record_folder::profile(id)?.data().issuing_state.to_owned(),
                algorithm: algorithm.to_owned(),
                document_types: document_types
                    .iter()
                    .map(|code| (*code).to_owned())
                    .collect(),
                document_years,
                ec_parameters: "explicit".to_owned(),
            };
            pki_command::create(&folder, &settings, context.now, &mut *context.rng)?;
            trust.add(
                &files::read(&folder.join(CSCA_CERTIFICATE))?,
                &format!("demo CSCA of {id}"),
            )?;
        }
        Ok(Self { trust, ..office })
    }

    fn pki(&self, profile: &str) -> PathBuf {
        self.out.join("pki").join(profile)
    }

    fn issue(
        &self,
        person: &Path,
        stage: &mut Stage,
        summary: &mut Summary,
        context: &mut Context,
    ) -> Result<IssuedCard> {
        let mut register = FileRegister::open(&self.register)?;
        let name = person
            .file_name()
            .context("folder of a person")?
            .to_string_lossy()
            .into_owned();
        issue::person(self, person, &name, &mut register, stage, summary, context)
            .with_context(|| name.clone())
    }
}

/// The folders with a record, in order of name.
fn people(folder: &Path) -> Result<Vec<PathBuf>> {
    let hint = "`cargo xtask fixtures` makes the specimen people";
    let entries = std::fs::read_dir(folder)
        .map_err(|error| Problem::usage(format!("{}: {error}", folder.display()), hint))?;
    let mut people: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.join(record_folder::RECORD).is_file())
        .collect();
    people.sort();
    if people.is_empty() {
        return Err(Problem::usage(
            format!("{} holds no people", folder.display()),
            hint,
        ));
    }
    Ok(people)
}

/// A line for people.
fn say(context: &Context, text: &str) {
    if !context.json() {
        note(text);
    }
}
