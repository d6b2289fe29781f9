//! Files of cases, and families of cases that differ in the file they speak of.

use lds::File;
use serde::Deserialize;
use toml::{Table, Value};

use super::Case;

/// The cases of one unit of a catalogue.
#[derive(Debug, Clone)]
pub struct Suite {
    /// Short name: `01-files`, `ICAO3-B`.
    pub unit: String,
    /// What the unit is about.
    pub title: String,
    /// What its expectations rest on; a case may say something else for itself.
    pub basis: Option<String>,
    /// The cases.
    pub cases: Vec<Case>,
}

/// Why a file of cases cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SuiteError {
    /// It is no TOML, or a field is not as the language of cases wants it.
    #[error(transparent)]
    Malformed(#[from] toml::de::Error),
    /// A family names a file that there is not.
    #[error("{family}: no file {name}")]
    NoFile {
        /// Id of the family.
        family: String,
        /// What stands in place of a file.
        name: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SuiteText {
    unit: String,
    title: String,
    basis: Option<String>,
    /// So is each of its cases.
    #[serde(default)]
    destructive: bool,
    #[serde(default, rename = "case")]
    cases: Vec<Table>,
}

/// What makes a family of a case: one member for each file, numbered from `first` on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    files: Vec<String>,
    first: usize,
}

/// The key of a case that holds its [`Family`].
const FOR_EACH: &str = "for-each";

impl Suite {
    /// Reads a file of cases. A case with `for-each = { files = […], first = n }` stands for one case for each file; in its texts
    /// `{n}` is the number, and `{file}`, `{fid}`, `{sfi}` (as P1 of READ BINARY), `{short}` (the short identifier), `{tag}` are
    /// those of the file.
    ///
    /// # Errors
    /// [`SuiteError`].
    pub fn parse(text: &str) -> Result<Self, SuiteError> {
        let text: SuiteText = toml::from_str(text)?;
        let mut cases = Vec::new();
        for table in text.cases {
            for member in members(table)? {
                let mut case = Case::deserialize(member)?;
                case.destructive |= text.destructive;
                cases.push(case);
            }
        }
        Ok(Self {
            unit: text.unit,
            title: text.title,
            basis: text.basis,
            cases,
        })
    }

    /// Whether its cases are those of our own law, to which no other card is bound.
    #[must_use]
    pub fn is_of_our_law(&self) -> bool {
        self.title.starts_with("Law")
    }

    /// What the expectation of a case rests on.
    #[must_use]
    pub fn basis_of<'a>(&'a self, case: &'a Case) -> Option<&'a str> {
        case.basis.as_deref().or(self.basis.as_deref())
    }
}

fn members(mut table: Table) -> Result<Vec<Table>, SuiteError> {
    let Some(family) = table.remove(FOR_EACH) else {
        return Ok(vec![table]);
    };
    let family = Family::deserialize(family)?;
    let member = |(number, name): (usize, String)| {
        let Some(file) = File::all().find(|file| file.name() == name) else {
            let family = table.get("id").map(ToString::to_string).unwrap_or_default();
            return Err(SuiteError::NoFile { family, name });
        };
        let marks = marks(number, file);
        let mut member = Value::Table(table.clone());
        put_in(&mut member, &marks);
        match member {
            Value::Table(member) => Ok(member),
            _ => Ok(Table::new()),
        }
    };
    (family.first..).zip(family.files).map(member).collect()
}

type Marks = [(&'static str, String); 6];

fn marks(number: usize, file: File) -> Marks {
    /// READ BINARY names a file by its short identifier where the first bit of P1 is set (ISO 7816-4 §11.3.3).
    const BY_SFI: u8 = 0x80;
    let tag = file.tag().map(|tag| format!("{:02X}", tag.get()));
    let sfi = file.sfi().get();
    [
        ("{n}", number.to_string()),
        ("{file}", file.name().to_owned()),
        ("{fid}", format!("{:04X}", file.id().0)),
        ("{sfi}", format!("{:02X}", BY_SFI | sfi)),
        ("{short}", format!("{sfi:02X}")),
        ("{tag}", tag.unwrap_or_default()),
    ]
}

fn put_in(value: &mut Value, marks: &Marks) {
    match value {
        Value::String(text) => {
            for (mark, replacement) in marks {
                *text = text.replace(mark, replacement);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| put_in(value, marks)),
        Value::Table(table) => table.iter_mut().for_each(|(_, value)| put_in(value, marks)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAMILY: &str = "
        unit = 'X'
        title = 'x'
        [[case]]
        id = 'X-{n}'
        purpose = '{file} has the tag {tag}.'
        for-each = { first = 6, files = ['EF.SOD', 'EF.DG16'] }
        needs = ['readable {file}']
        steps = [{ secure = '00 A4 02 0C [{fid}]', expect = '9000' }, { secure = '00 B0 {sfi} 00 01', expect = '9000', data = '{tag}' }]
    ";

    #[test]
    fn a_family_has_a_member_for_each_file() {
        let suite = Suite::parse(FAMILY).unwrap();
        let ids: Vec<_> = suite.cases.iter().map(|case| case.id.as_str()).collect();
        assert_eq!(ids, ["X-6", "X-7"]);
        let last = &suite.cases[1];
        assert_eq!(last.purpose, "EF.DG16 has the tag 70.");
        assert_eq!(
            last.needs,
            [crate::conformance::Feature::Readable(File::Dg16)]
        );
        let expected = last.steps[1].data.as_ref().map(ToString::to_string);
        assert_eq!(expected.as_deref(), Some("70"));
    }

    #[test]
    fn files_of_cases_that_are_none() {
        for (from, to) in [
            ("EF.DG16", "EF.DG17"),
            ("first", "last"),
            ("unit", "units"),
            ("expect", "expects"),
        ] {
            assert!(Suite::parse(&FAMILY.replace(from, to)).is_err(), "{to}");
        }
    }
}
