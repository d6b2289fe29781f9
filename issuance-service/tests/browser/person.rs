//! A drawn person, as somebody at the station sees them: what is asked is read from the record of `fixtures/people`.

use std::fs;
use std::path::PathBuf;

use test_support::fixture;
use toml::Table;

/// A person of `fixtures/people`.
pub struct Person {
    /// The name of the folder.
    pub folder: &'static str,
    /// The fields of the record.
    pub fields: Vec<(String, String)>,
}

impl Person {
    /// Reads one.
    pub fn of(folder: &'static str) -> Self {
        let text = fs::read_to_string(fixture(&format!("people/{folder}/record.toml"))).unwrap();
        let record: Table = text.parse().unwrap();
        let fields = record["fields"].as_table().unwrap();
        let fields = fields
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()));
        Self {
            folder,
            fields: fields.collect(),
        }
    }

    /// A field of the record.
    pub fn field(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(known, _)| known == name);
        &found
            .unwrap_or_else(|| panic!("{} has no {name}", self.folder))
            .1
    }

    /// The picture of a finger.
    pub fn print(&self, finger: &str) -> PathBuf {
        fixture(&format!("people/{}/{finger}.png", self.folder))
    }
}
