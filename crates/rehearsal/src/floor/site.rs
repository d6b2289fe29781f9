//! The folders of a floor, and the commands that are typed there.
//!
//! ```text
//! keys/ press/ quality/   master keys of all roles, of who writes, of who judges
//! pki/                    CSCA and document signer
//! chips/                  the memory of each chip
//! people/ jobs/           records, and what was issued of them
//! hall/                   the floor
//! ```

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Result;
use serde_json::Value;

use super::FloorPlan;
use crate::{
    client::{list, text},
    people::PROFILE,
    program::{Programs, said},
    rack::Rack,
};

/// Who writes.
const WRITER: &str = "TEST One";
/// Who judges.
const JUDGE: &str = "TEST Two";
/// A chip that is done stays in its reader for so many seconds, so that who works at it has seen it; one that is being prepared has its
/// state before its keys.
const SETTLE: [(&str, &str); 3] = [
    ("initialised", "2"),
    ("written", "0.5"),
    ("operational", "0.5"),
];

/// Where everything is, and how it is called.
pub(super) struct Site {
    root: PathBuf,
    programs: Programs,
    /// How many cards are made.
    pub(super) cards: usize,
    timing: Option<String>,
    readers: usize,
    places: String,
}

impl Site {
    /// Makes the issuer, the floor, and chips as a maker delivers them.
    pub(super) fn make(
        root: &Path,
        programs: Programs,
        plan: &FloorPlan<'_>,
        rack: &Rack,
    ) -> Result<Self> {
        let site = Self {
            root: root.to_owned(),
            programs,
            cards: plan.cards,
            timing: plan.timing.clone(),
            readers: rack.readers(),
            places: rack.places(),
        };
        said(site.tool(["keys", "init"]).arg(site.path("keys")))?;
        for (hand, key) in [("press", "personalisation.key"), ("quality", "quality.key")] {
            fs::create_dir(site.path(hand))?;
            fs::copy(site.path("keys").join(key), site.path(hand).join(key))?;
        }
        let names = ["--country", "VN", "--state", "VNM"];
        let documents = ["--document-types", "I,ID", "--document-years", "21"];
        let mut pki = site.tool(["pki", "init"]);
        said(pki.arg(site.path("pki")).args(names).args(documents))?;
        said(site.floor("open").args(["--by", WRITER]))?;
        let mut count = site.floor("shift open");
        said(count.args(["--remaining", "0", "--rejects", "0", "--by", WRITER]))?;
        let mut make = site.tool(["emulate", "--manufacture"]);
        make.arg(site.cards.to_string());
        make.arg("--cards").arg(site.path("chips"));
        said(make.arg("--keys").arg(site.path("keys")))?;
        Ok(site)
    }

    /// A path in it.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// The file of a chip.
    pub(super) fn chip(&self, serial: &str) -> PathBuf {
        self.path("chips").join(format!("{serial}.json"))
    }

    /// Where programs complain.
    pub(super) fn log(&self) -> PathBuf {
        self.path("log")
    }

    fn tool<const N: usize>(&self, words: [&str; N]) -> Command {
        let mut command = self.programs.card_tool();
        command.args(words);
        command
    }

    /// A verb of the floor.
    pub(super) fn floor(&self, verb: &str) -> Command {
        let mut command = self.programs.card_tool();
        command.arg("floor").args(verb.split(' '));
        command.arg(self.path("hall"));
        command
    }

    /// The rack whose chips stay until they have reached a state.
    pub(super) fn rack(&self, state: &str) -> Command {
        let mut command = self.tool(["emulate", "--rack"]);
        command.arg(self.readers.to_string());
        command.arg("--cards").arg(self.path("chips"));
        command.args(["--vpcd", &self.places, "--feed", state]);
        let settle = SETTLE.into_iter().find(|(of, _)| *of == state);
        command.args(
            settle
                .into_iter()
                .flat_map(|(_, seconds)| ["--settle", seconds]),
        );
        if let Some(timing) = &self.timing {
            command.args(["--timing", timing]);
        }
        command
    }

    /// `floor prepare` of so many chips.
    pub(super) fn prepare(&self, count: usize) -> Command {
        let mut command = self.floor("prepare");
        command.args(["--profile", PROFILE, "--by", WRITER, "--count"]);
        command.arg(count.to_string());
        command.arg("--keys").arg(self.path("keys"));
        command
    }

    /// `floor issue` for people in folders.
    pub(super) fn issue(&self, people: &[PathBuf]) -> Command {
        let mut command = self.floor("issue");
        command.args(people).args(["--profile", PROFILE]);
        for (option, name) in [
            ("--pki", "pki"),
            ("--register", "register"),
            ("--jobs", "jobs"),
        ] {
            command.arg(option).arg(self.path(name));
        }
        command
    }

    /// `floor take` of everything that was issued.
    pub(super) fn take(&self) -> Command {
        let mut command = self.floor("take");
        command
            .arg(self.path("jobs"))
            .args(["--unsigned", "--by", WRITER]);
        command
    }

    /// `floor write`.
    pub(super) fn write(&self) -> Command {
        let mut command = self.floor("write");
        command
            .args(["--by", WRITER, "--keys"])
            .arg(self.path("press"));
        command
    }

    /// `floor judge`, with a border's trust.
    pub(super) fn judge(&self) -> Command {
        let mut command = self.floor("judge");
        command
            .args(["--by", JUDGE, "--keys"])
            .arg(self.path("quality"));
        command.arg("--trust").arg(self.path("pki/csca.der"));
        command
    }

    /// `floor shift close`, by two persons who have counted that nothing is left.
    pub(super) fn close(&self) -> Command {
        let mut command = self.floor("shift close");
        command.args(["--remaining", "0", "--rejects", "0", "--good"]);
        command.arg(self.cards.to_string());
        command.args(["--by", WRITER, "--by", JUDGE]);
        command
    }

    /// What `floor status` says.
    pub(super) fn status(&self) -> Result<Value> {
        said(&mut self.floor("status"))
    }

    /// The serial numbers of the chips that were not brought into the pool.
    pub(super) fn strangers(&self) -> Result<Vec<String>> {
        let status = self.status()?;
        let known: BTreeSet<String> = list(&status, "cards")?
            .iter()
            .map(|card| Ok(text(card, "chip")?.to_owned()))
            .collect::<Result<_>>()?;
        let mut found = Vec::new();
        for entry in fs::read_dir(self.path("chips"))? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            // A chip that writes its memory anew has a file beside it.
            let serial = name.strip_suffix(".json");
            found.extend(
                serial
                    .filter(|serial| !known.contains(*serial))
                    .map(str::to_owned),
            );
        }
        Ok(found)
    }

    /// The serial numbers of cards in one of these stages.
    pub(super) fn in_stages(&self, stages: &[&str]) -> Result<Vec<String>> {
        let status = self.status()?;
        let mut found = Vec::new();
        for card in list(&status, "cards")? {
            if stages.contains(&text(card, "stage")?) {
                found.push(text(card, "chip")?.to_owned());
            }
        }
        Ok(found)
    }
}
