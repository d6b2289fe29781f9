//! One line of a ledger: `number word fields link`.
//!
//! The link is the first half of SHA-256 over the link of the line before and the text of this one, so that a line cannot be
//! changed, taken out or put in without the next one showing it.

use crypto::HashAlgorithm;
use time::OffsetDateTime;

/// Longest line with its end.
pub(super) const MAX_LINE: usize = 2048;
/// What a ledger begins with.
const BEGIN: &str = "usage-ledger-1";
const LINK_LEN: usize = 16;

/// SHA-256 of a content, a key or a record.
pub(super) type Hash = [u8; 32];
/// What chains a line to the one before.
pub(super) type Link = [u8; LINK_LEN];

/// The link before the first line.
pub(super) const FIRST_LINK: Link = [0; LINK_LEN];

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entry {
    /// For which key, and how many uses it has.
    Begin { key: Hash, limit: Option<u64> },
    /// A use is taken for a content.
    Reserve(Hash),
    /// The same content was asked for again: it is counted once, but not given back any more.
    Again(Hash),
    /// The key has certainly not signed the content.
    Release(Hash),
    /// No more uses: the key is about to be destroyed.
    Retire {
        at: OffsetDateTime,
        persons: Vec<String>,
    },
    /// The key was found, and its destruction begins now: if it is not found after this line, this is why.
    Delete {
        at: OffsetDateTime,
        persons: Vec<String>,
    },
    /// The account is closed; the hash is that of the record of it. Without a `delete` before it, the key was not found.
    Close {
        at: OffsetDateTime,
        persons: Vec<String>,
        record: Hash,
    },
}

impl Entry {
    fn text(&self) -> String {
        match self {
            Self::Begin { key, limit } => {
                let limit = limit.map_or_else(|| "none".to_owned(), |limit| limit.to_string());
                format!("{BEGIN} {} {limit}", hex::encode(key))
            }
            Self::Reserve(content) => format!("reserve {}", hex::encode(content)),
            Self::Again(content) => format!("again {}", hex::encode(content)),
            Self::Release(content) => format!("release {}", hex::encode(content)),
            Self::Retire { at, persons } => {
                format!("retire {} {}", at.unix_timestamp(), names(persons))
            }
            Self::Delete { at, persons } => {
                format!("delete {} {}", at.unix_timestamp(), names(persons))
            }
            Self::Close {
                at,
                persons,
                record,
            } => format!(
                "close {} {} {}",
                at.unix_timestamp(),
                names(persons),
                hex::encode(record)
            ),
        }
    }

    fn read(text: &str) -> Option<Self> {
        let mut fields = text.split(' ');
        let entry = match fields.next()? {
            BEGIN => Self::Begin {
                key: hash(fields.next()?)?,
                limit: match fields.next()? {
                    "none" => None,
                    number => Some(number.parse().ok()?),
                },
            },
            "reserve" => Self::Reserve(hash(fields.next()?)?),
            "again" => Self::Again(hash(fields.next()?)?),
            "release" => Self::Release(hash(fields.next()?)?),
            "retire" => Self::Retire {
                at: time(fields.next()?)?,
                persons: persons(fields.next()?)?,
            },
            "delete" => Self::Delete {
                at: time(fields.next()?)?,
                persons: persons(fields.next()?)?,
            },
            "close" => Self::Close {
                at: time(fields.next()?)?,
                persons: persons(fields.next()?)?,
                record: hash(fields.next()?)?,
            },
            _ => return None,
        };
        fields.next().is_none().then_some(entry)
    }

    /// The line with its end, and its link.
    pub(super) fn write(&self, number: u64, before: &Link) -> (String, Link) {
        let text = format!("{number} {}", self.text());
        let link = link(before, &text);
        (format!("{text} {}\n", hex::encode(link)), link)
    }

    /// What a line without its end says, if it is the one of this number behind the one of this link.
    pub(super) fn parse(line: &[u8], number: u64, before: &Link) -> Option<(Self, Link)> {
        let line = core::str::from_utf8(line).ok()?;
        let (text, written) = line.rsplit_once(' ')?;
        let link = link(before, text);
        let entry = Self::read(text.strip_prefix(&format!("{number} "))?)?;
        // What reads the same and is written otherwise is not ours.
        (written == hex::encode(link) && text == format!("{number} {}", entry.text()))
            .then_some((entry, link))
    }

    /// Whether this reads like a whole line, whatever its number and the line before it.
    pub(super) fn looks_like(line: &[u8]) -> bool {
        let fields = || {
            let (text, link) = core::str::from_utf8(line).ok()?.rsplit_once(' ')?;
            hex::decode_to_slice(link, &mut Link::default()).ok()?;
            let (number, text) = text.split_once(' ')?;
            number.parse::<u64>().ok()?;
            Self::read(text)
        };
        fields().is_some()
    }
}

fn link(before: &Link, text: &str) -> Link {
    let mut hasher = HashAlgorithm::Sha256.hasher();
    hasher.update(before);
    hasher.update(text.as_bytes());
    let mut link = FIRST_LINK;
    for (to, from) in link.iter_mut().zip(hasher.finalize()) {
        *to = from;
    }
    link
}

fn hash(text: &str) -> Option<Hash> {
    let mut hash = Hash::default();
    hex::decode_to_slice(text, &mut hash).ok()?;
    Some(hash)
}

fn time(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(text.parse().ok()?).ok()
}

/// Names in hexadecimal: they may have spaces, and nobody edits this file.
fn names(persons: &[String]) -> String {
    persons
        .iter()
        .map(hex::encode)
        .collect::<Vec<_>>()
        .join(",")
}

fn persons(text: &str) -> Option<Vec<String>> {
    text.split(',')
        .map(|name| String::from_utf8(hex::decode(name).ok()?).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn lines_are_read_as_they_are_written_and_nothing_else_is() {
        let at = datetime!(2026-11-21 12:00 UTC);
        let persons = vec!["TEST One".to_owned(), "TEST, Two".to_owned()];
        let entries = [
            Entry::Begin {
                key: [1; 32],
                limit: Some(100_000),
            },
            Entry::Begin {
                key: [1; 32],
                limit: None,
            },
            Entry::Reserve([2; 32]),
            Entry::Again([2; 32]),
            Entry::Release([2; 32]),
            Entry::Retire {
                at,
                persons: persons.clone(),
            },
            Entry::Delete {
                at,
                persons: persons.clone(),
            },
            Entry::Close {
                at,
                persons,
                record: [3; 32],
            },
        ];
        for entry in entries {
            let (line, link) = entry.write(7, &FIRST_LINK);
            let bytes = line.trim_end().as_bytes();
            assert_eq!(
                Entry::parse(bytes, 7, &FIRST_LINK),
                Some((entry, link)),
                "{line}"
            );
            assert!(Entry::looks_like(bytes) && !Entry::looks_like(&bytes[4..]));
            assert_eq!(Entry::parse(bytes, 8, &FIRST_LINK), None);
            assert_eq!(Entry::parse(bytes, 7, &[1; LINK_LEN]), None);
            for place in 0..bytes.len() {
                let mut changed = bytes.to_vec();
                changed[place] ^= 0x20;
                assert_eq!(
                    Entry::parse(&changed, 7, &FIRST_LINK),
                    None,
                    "{line} at {place}"
                );
                assert_eq!(Entry::parse(&bytes[..place], 7, &FIRST_LINK), None);
            }
        }
    }
}
