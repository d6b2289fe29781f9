//! The folders of everybody: the issuer's keys, the service's, the station's, the site's.
//!
//! ```text
//! pki/                  CSCA and document signer: `card-tool pki init`
//! keys/                 master keys of all roles, with who prepares chips
//! press/ quality/       what who writes cards has of them, and what quality control has
//! service/              configuration and folder of the service
//! station/              the station with its outbox; device/ is what the service has issued to it
//! site/ party/          certificates of the personalisation site and of a relying party
//! people/ chips/ jobs/  what passes through
//! ```

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::{
    client::text,
    people,
    program::{self, Programs, said},
};

/// The name of the station, in its key and in its certificate.
pub const STATION: &str = "TEST Station 1";
/// Who enrols.
pub const OPERATOR: &str = "TEST Operator";

/// Where everything is.
#[derive(Debug)]
pub struct House {
    /// The root.
    pub root: PathBuf,
    /// The programs.
    pub programs: Programs,
    /// The relying party, as the service knows it.
    pub party: String,
}

impl House {
    /// Makes everything that is there before the service is: `store` is its register, `None` for an SQLite file.
    ///
    /// # Errors
    /// A program fails.
    pub fn make(root: &Path, programs: &Programs, store: Option<&str>) -> Result<Self> {
        let mut house = Self {
            root: root.to_owned(),
            programs: programs.clone(),
            party: String::new(),
        };
        for folder in ["chips", "jobs", "press", "quality"] {
            fs::create_dir_all(house.path(folder))?;
        }
        house.make_issuer()?;
        house.configure(store)?;
        house.make_station()?;
        house.issue("personalisation-site", "TEST Site", &house.path("site"))?;
        let party = house.issue("relying-party", "TEST Border", &house.path("party"))?;
        house.party = text(&party, "device")?.to_owned();
        Ok(house)
    }

    /// A path in it.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    fn make_issuer(&self) -> Result<()> {
        let mut pki = self.programs.card_tool();
        pki.args(["pki", "init"]).arg(self.path("pki"));
        pki.args([
            "--country",
            "VN",
            "--state",
            "VNM",
            "--document-types",
            "I,ID",
            "--document-years",
            "21",
        ]);
        said(&mut pki)?;
        said(
            self.programs
                .card_tool()
                .args(["keys", "init"])
                .arg(self.path("keys")),
        )?;
        // Each role gets the keys that its step needs, and no other.
        for (folder, keys) in [
            ("press", &["personalisation"][..]),
            ("quality", &["personalisation", "quality"]),
        ] {
            for key in keys {
                let name = format!("{key}.key");
                fs::copy(self.path("keys").join(&name), self.path(folder).join(&name))?;
            }
        }
        Ok(())
    }

    fn configure(&self, store: Option<&str>) -> Result<()> {
        let mut init = self.programs.service();
        init.arg("init")
            .arg(self.path("service"))
            .arg("--pki")
            .arg(self.path("pki"));
        said(&mut init)?;
        let path = self.path("service").join("issuance-service.toml");
        let mut table: toml::Table = fs::read_to_string(&path)?.parse()?;
        if let Some(store) = store {
            table.insert("store".to_owned(), store.into());
        }
        let serve = table.get_mut("serve").and_then(toml::Value::as_table_mut);
        let serve = serve.context("no [serve]")?;
        serve.insert("listen".to_owned(), "127.0.0.1:0".into());
        serve.insert("name".to_owned(), "TEST register".into());
        // Nobody sits in front of this: one session of a role lasts for the whole run.
        let sessions = serve
            .get_mut("sessions")
            .and_then(toml::Value::as_table_mut);
        sessions
            .context("no [serve.sessions]")?
            .insert("idle-minutes".to_owned(), 600.into());
        fs::write(&path, table.to_string())?;
        said(
            self.service()
                .args(["intake", "init", "--name", "TEST register"]),
        )?;
        Ok(())
    }

    fn make_station(&self) -> Result<()> {
        let mut init = self.station();
        init.args([
            "init",
            "--name",
            STATION,
            "--profile",
            people::PROFILE,
            "--service",
        ]);
        said(init.arg(self.path("service/intake/service.json")))?;
        // What was drawn is not measured again: that is what `station enrol` does, and its tests.
        let path = self.path("station/station.toml");
        let settings = fs::read_to_string(&path)?;
        fs::write(
            &path,
            settings.replace("seal-unmeasured = false", "seal-unmeasured = true"),
        )?;
        let operator = said(
            self.station()
                .args(["person", "--role", "operator", "--name", OPERATOR]),
        )?;
        let mut register = self.service();
        register
            .args(["intake", "register"])
            .arg(self.path("station/station.json"));
        said(register.arg(text(&operator, "file")?))?;
        self.issue("station", STATION, &self.path("station/device"))?;
        Ok(())
    }

    fn issue(&self, kind: &str, name: &str, to: &Path) -> Result<Value> {
        let mut issue = self.service();
        issue.args(["device", "issue", "--kind", kind, "--name", name]);
        if kind == "personalisation-site" {
            issue.args(["--site", crate::press::SITE]);
        }
        issue.arg("--to");
        said(issue.arg(to))
    }

    /// `issuance-service` with the configuration of the service.
    #[must_use]
    pub fn service(&self) -> Command {
        let mut command = self.programs.service();
        command
            .arg("--config")
            .arg(self.path("service/issuance-service.toml"));
        command
    }

    /// `issuance-service station` with the folder of the station.
    #[must_use]
    pub fn station(&self) -> Command {
        let mut command = self.programs.service();
        command
            .arg("station")
            .arg("--station")
            .arg(self.path("station"));
        command
    }

    /// Runs `issuance-service doctor`: what it says, and whether it is well.
    ///
    /// # Errors
    /// It cannot be run.
    pub fn doctor(&self) -> Result<Value> {
        Ok(program::answered(self.service().arg("doctor"))?.1)
    }
}
