//! Changes of the body of a certificate before it is signed.

use iso7816::tlv::{self, Tag};
use serde::{Deserialize, Deserializer, de};

use crate::conformance::Octets;

/// One data object of a body, found by its way down, and what becomes of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "EditText")]
pub struct Edit {
    way: Vec<Tag>,
    change: Change,
}

#[derive(Debug, Clone)]
enum Change {
    LeaveOut,
    Replace(Octets),
    Append(Octets),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct EditText {
    at: Way,
    #[serde(default)]
    leave_out: bool,
    replace: Option<Octets>,
    append: Option<Octets>,
}

/// `7F49 06`: tags from the outside in.
struct Way(Vec<Tag>);

impl<'de> Deserialize<'de> for Way {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let tags = text
            .split_whitespace()
            .map(|tag| u32::from_str_radix(tag, 16));
        let tags: Result<Vec<u32>, _> = tags.collect();
        let tags = tags.map_err(|_| de::Error::custom("tags in hexadecimal digits"))?;
        Ok(Self(tags.into_iter().map(Tag::new).collect()))
    }
}

impl TryFrom<EditText> for Edit {
    type Error = &'static str;

    fn try_from(text: EditText) -> Result<Self, Self::Error> {
        let change = match (text.leave_out, text.replace, text.append) {
            (true, None, None) => Change::LeaveOut,
            (false, Some(octets), None) => Change::Replace(octets),
            (false, None, Some(octets)) => Change::Append(octets),
            _ => return Err("an object is left out, replaced or appended to"),
        };
        if text.at.0.is_empty() {
            return Err("no object");
        }
        let way = text.at.0;
        Ok(Self { way, change })
    }
}

/// The value of a body after the changes; `None` where a change finds nothing to change.
pub(super) fn apply(edits: &[Edit], body: &[u8]) -> Option<Vec<u8>> {
    let start = Some(body.to_vec());
    edits
        .iter()
        .fold(start, |body, edit| changed(&edit.way, &edit.change, &body?))
}

fn changed(way: &[Tag], change: &Change, value: &[u8]) -> Option<Vec<u8>> {
    let (wanted, deeper) = way.split_first()?;
    let objects = tlv::read_all(value).ok()?;
    tlv::find(&objects, *wanted)?;
    let mut octets = Vec::new();
    for object in objects {
        if object.tag != *wanted {
            octets.extend(tlv::encode(object.tag, object.value));
            continue;
        }
        let value = match (deeper.is_empty(), change) {
            (false, _) => changed(deeper, change, object.value)?,
            (true, Change::LeaveOut) => continue,
            (true, Change::Replace(octets)) => filled(octets)?,
            (true, Change::Append(octets)) => [object.value, &filled(octets)?].concat(),
        };
        octets.extend(tlv::encode(object.tag, &value));
    }
    Some(octets)
}

/// Values of the card have no place in a certificate.
fn filled(octets: &Octets) -> Option<Vec<u8>> {
    octets.fill(&mut |_| None).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Case {
        edit: Vec<Edit>,
    }

    #[test]
    fn objects_are_changed_where_the_way_ends() {
        let body = test_support::unhex("4201AA 7F4903 0601BB 5F2400");
        for (edit, expected) in [
            (
                "{ at = '42', leave-out = true }",
                Some("7F4903 0601BB 5F2400"),
            ),
            (
                "{ at = '7F49 06', replace = 'CC DD' }",
                Some("4201AA 7F4904 0602CCDD 5F2400"),
            ),
            (
                "{ at = '7F49', append = '99 00' }",
                Some("4201AA 7F4905 0601BB9900 5F2400"),
            ),
            (
                "{ at = '5F24', replace = '01' }",
                Some("4201AA 7F4903 0601BB 5F240101"),
            ),
            ("{ at = '43', leave-out = true }", None),
            ("{ at = '42 06', leave-out = true }", None),
        ] {
            let case: Case = toml::from_str(&format!("edit = [{edit}]")).unwrap();
            let expected = expected.map(test_support::unhex);
            assert_eq!(apply(&case.edit, &body), expected, "{edit}");
        }
        for edit in [
            "{ at = '42' }",
            "{ at = '', leave-out = true }",
            "{ at = 'x', append = '' }",
        ] {
            assert!(
                toml::from_str::<Case>(&format!("edit = [{edit}]")).is_err(),
                "{edit}"
            );
        }
    }
}
