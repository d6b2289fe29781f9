//! LDAP data interchange format (RFC 2849), in which the ICAO PKD hands out its certificates and lists.
//!
//! A tolerant reader of one pass: an entry that cannot be read is an error with its line, and the next one is read all the
//! same. Change records are read like content records: what they add is there, what they delete is skipped.

mod line;

use core::fmt;
use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use line::{Line, Lines};

/// Longest line, its folded parts joined: more than a master list in base64.
pub const MAX_LINE_LEN: usize = 32 * 1024 * 1024;
/// Most attribute values of one entry.
pub const MAX_ATTRIBUTES: usize = 4096;
/// Longest name of an attribute that is read.
pub const MAX_NAME_LEN: usize = 256;

const ANY_PADDING: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The line it begins with, from 1.
    pub line: u64,
    /// Distinguished name, as text.
    pub name: String,
    /// What is to become of the entry.
    pub change: Change,
    /// What it holds or is to hold.
    pub attributes: Vec<Attribute>,
}

/// What a record says is to become of its entry (RFC 2849, `changerecord`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is there, or is to be added.
    Added,
    /// Some of its attributes change.
    Modified,
    /// It is to be deleted.
    Deleted,
    /// It gets another name.
    Renamed,
}

/// One value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// The line it begins with, from 1.
    pub line: u64,
    /// Its type in lower case, without options such as `;binary`.
    pub name: String,
    /// The value, decoded.
    pub value: Vec<u8>,
}

/// What is wrong in which line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {fault}")]
pub struct LdifError {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong.
    pub fault: LdifFault,
}

/// What can be wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LdifFault {
    /// A version of the format other than 1.
    #[error("a version of LDIF other than 1")]
    Version,
    /// A record that does not begin with `dn:`.
    #[error("a record begins with `dn:`")]
    NoName,
    /// A line that is neither attribute nor comment.
    #[error("no attribute: a colon is missing")]
    NoColon,
    /// A value behind two colons that is not base64.
    #[error("not base64")]
    Base64,
    /// A name that is not UTF-8.
    #[error("not UTF-8")]
    Text,
    /// A value that stands in another file; none is opened.
    #[error("a value in another file (`:<`) is not fetched")]
    Reference,
    /// A kind of change that RFC 2849 does not know.
    #[error("unknown kind of change")]
    Change,
    /// A line, a name or an entry beyond the limits.
    #[error("too long")]
    TooLong,
}

/// Reads the records of a file, one after the other.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    lines: Lines<'a>,
    begun: bool,
}

impl<'a> Reader<'a> {
    /// A reader of a whole file.
    #[must_use]
    pub fn new(file: &'a [u8]) -> Self {
        Self {
            lines: Lines::new(file),
            begun: false,
        }
    }

    /// Whether a file looks like LDIF: its first line of content is a version or a name.
    #[must_use]
    pub fn recognises(file: &[u8]) -> bool {
        /// Comments in front of the first record.
        const MOST_COMMENTS: usize = 1000;
        let first = Lines::new(file)
            .take(MOST_COMMENTS)
            .find(|line| !line.is_empty());
        first.is_some_and(|line| {
            let text = line.text();
            let start = text.get(..text.len().min(8)).unwrap_or_default();
            let start = start.to_ascii_lowercase();
            start.starts_with(b"dn:") || start.starts_with(b"version:")
        })
    }

    fn read_entry(&mut self, first: &Line<'a>) -> Result<Entry, LdifError> {
        let named = value_of(first)?;
        if !named.name.eq_ignore_ascii_case("dn") {
            return Err(first.error(LdifFault::NoName));
        }
        let name = String::from_utf8(named.value.into_owned())
            .map_err(|_| first.error(LdifFault::Text))?;
        let mut entry = Entry {
            line: first.number(),
            name,
            change: Change::Added,
            attributes: Vec::new(),
        };
        let mut skipping = false;
        while let Some(line) = self.lines.next().filter(|line| !line.is_empty()) {
            if entry.change == Change::Modified && line.text() == b"-" {
                skipping = false;
                continue;
            }
            entry.take(&line, &mut skipping)?;
        }
        Ok(entry)
    }

    /// Goes on behind the next empty line; a line at fault is never the empty one that ends its entry.
    fn skip_entry(&mut self) {
        self.lines.by_ref().find(Line::is_empty);
    }
}

impl Iterator for Reader<'_> {
    type Item = Result<Entry, LdifError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let line = self.lines.find(|line| !line.is_empty())?;
            if !self.begun && line.text().to_ascii_lowercase().starts_with(b"version:") {
                self.begun = true;
                match value_of(&line) {
                    Ok(version) if version.value.as_ref() == b"1" => continue,
                    _ => return Some(Err(line.error(LdifFault::Version))),
                }
            }
            self.begun = true;
            let entry = self.read_entry(&line);
            if entry.is_err() {
                self.skip_entry();
            }
            return Some(entry);
        }
    }
}

impl Entry {
    /// Takes a line of the record; `skipping` while inside a section of a change record that deletes values.
    fn take(&mut self, line: &Line<'_>, skipping: &mut bool) -> Result<(), LdifError> {
        let typed = value_of(line)?;
        let name = typed.name.to_ascii_lowercase();
        match (self.change, name.as_str()) {
            (Change::Added, "changetype") if self.attributes.is_empty() => {
                self.change = Change::read(&typed.value).ok_or(line.error(LdifFault::Change))?;
            }
            (Change::Added, "control") if self.attributes.is_empty() => {}
            (Change::Modified, "add" | "replace" | "increment") => *skipping = false,
            (Change::Modified, "delete") => *skipping = true,
            _ if *skipping => {}
            _ if self.attributes.len() == MAX_ATTRIBUTES => {
                return Err(line.error(LdifFault::TooLong));
            }
            _ => self.attributes.push(Attribute {
                line: line.number(),
                name,
                value: typed.value.into_owned(),
            }),
        }
        Ok(())
    }
}

impl Change {
    fn read(word: &[u8]) -> Option<Self> {
        match word.to_ascii_lowercase().as_slice() {
            b"add" => Some(Self::Added),
            b"modify" => Some(Self::Modified),
            b"delete" => Some(Self::Deleted),
            b"modrdn" | b"moddn" => Some(Self::Renamed),
            _ => None,
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Added => "add",
            Self::Modified => "modify",
            Self::Deleted => "delete",
            Self::Renamed => "modrdn",
        })
    }
}

/// `name: text`, `name:: base64`, with options behind the name.
struct Typed<'a> {
    name: &'a str,
    value: Cow<'a, [u8]>,
}

fn value_of<'a>(line: &'a Line<'_>) -> Result<Typed<'a>, LdifError> {
    let text = line.text();
    if line.is_too_long() {
        return Err(line.error(LdifFault::TooLong));
    }
    let start = text.get(..text.len().min(MAX_NAME_LEN)).unwrap_or_default();
    let colon = start.iter().position(|byte| *byte == b':');
    let (described, behind) = colon
        .and_then(|colon| text.split_at_checked(colon))
        .ok_or(line.error(LdifFault::NoColon))?;
    let name = described.split(|byte| *byte == b';').next();
    let name = core::str::from_utf8(name.unwrap_or_default().trim_ascii())
        .map_err(|_| line.error(LdifFault::Text))?;
    let value = match behind {
        [b':', b':', base64 @ ..] => {
            Cow::Owned(decode(base64).ok_or(line.error(LdifFault::Base64))?)
        }
        [b':', b'<', ..] => return Err(line.error(LdifFault::Reference)),
        [_, text @ ..] => Cow::Borrowed(text.trim_ascii()),
        [] => return Err(line.error(LdifFault::NoColon)),
    };
    Ok(Typed { name, value })
}

/// Base64 with blanks anywhere and any padding.
fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let text = text.trim_ascii();
    if text.iter().any(u8::is_ascii_whitespace) {
        let joined: Vec<u8> = text
            .iter()
            .copied()
            .filter(|byte| !byte.is_ascii_whitespace())
            .collect();
        return ANY_PADDING.decode(joined).ok();
    }
    ANY_PADDING.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(line: u64, name: &str, value: &[u8]) -> Attribute {
        Attribute {
            line,
            name: name.to_owned(),
            value: value.to_vec(),
        }
    }

    fn entry(line: u64, name: &str, change: Change, attributes: Vec<Attribute>) -> Entry {
        Entry {
            line,
            name: name.to_owned(),
            change,
            attributes,
        }
    }

    #[test]
    fn records_in_every_form() {
        use Change::{Added, Deleted, Modified};
        let cases = [
            ("", vec![]),
            ("version: 1\n\n# nothing\n", vec![]),
            (
                "\u{FEFF}version: 1\r\ndn: c=UT\r\nuserCertificate;binary:: AQ\r\n ID\r\n\r\n",
                vec![entry(
                    2,
                    "c=UT",
                    Added,
                    vec![attribute(3, "usercertificate", &[1, 2, 3])],
                )],
            ),
            (
                "# folded\n  comment\ndn:: Yz1V\n VA==\ncn: a\n b\nempty:\n",
                vec![entry(
                    3,
                    "c=UT",
                    Added,
                    vec![attribute(5, "cn", b"ab"), attribute(7, "empty", b"")],
                )],
            ),
            (
                "dn: a\ncontrol: 1.2 true\nchangetype: add\ncn: x\n\n\n\ndn: b\nchangetype: delete\n",
                vec![
                    entry(1, "a", Added, vec![attribute(4, "cn", b"x")]),
                    entry(8, "b", Deleted, vec![]),
                ],
            ),
            (
                "dn: a\nchangetype: modify\ndelete: cn\ncn: old\n-\nadd: cn\ncn: new\n-\n",
                vec![entry(1, "a", Modified, vec![attribute(7, "cn", b"new")])],
            ),
        ];
        for (text, expected) in cases {
            let read: Result<Vec<_>, _> = Reader::new(text.as_bytes()).collect();
            assert_eq!(read, Ok(expected), "{text:?}");
        }
    }

    #[test]
    fn a_fault_has_its_line_and_costs_its_entry_only() {
        use LdifFault::{Base64, Change, NoColon, NoName, Reference, Version};
        for (bad, line, fault) in [
            ("dn: x\ncn:: A!\ncn: y", 2, Base64),
            ("dn: x\nno attribute\ncn: y", 2, NoColon),
            ("cn: x\ndn: y", 1, NoName),
            ("dn: x\njpeg:< file:///etc/passwd", 2, Reference),
            ("dn: x\nchangetype: burn", 2, Change),
            ("version: 2", 1, Version),
        ] {
            let text = format!("{bad}\n\ndn: good\n");
            let read: Vec<_> = Reader::new(text.as_bytes()).collect();
            assert_eq!(read[0], Err(LdifError { line, fault }), "{bad}");
            assert_eq!(read.len(), 2, "{bad}");
            assert_eq!(read[1].as_ref().unwrap().name, "good", "{bad}");
        }
    }

    #[test]
    fn what_looks_like_ldif() {
        for (text, expected) in [
            ("version: 1\n", true),
            ("# comment\n\nDN: c=UT\n", true),
            ("dn:: Yz1VVA==\n", true),
            ("-----BEGIN CERTIFICATE-----\n", false),
            ("", false),
            ("123456", false),
        ] {
            assert_eq!(Reader::recognises(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn limits_hold() {
        let long = format!("dn: x\n{}: y\n", "a".repeat(MAX_NAME_LEN + 1));
        let many = format!("dn: x\n{}", "cn: y\n".repeat(MAX_ATTRIBUTES + 1));
        for text in [long, many] {
            let read: Vec<_> = Reader::new(text.as_bytes()).collect();
            assert!(read.iter().all(Result::is_err) && read.len() == 1);
        }
    }
}
