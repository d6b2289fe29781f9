//! The one form of the files that travel: JSON a person can read, in one spelling only.
//!
//! A file is read into its type, in which unknown and duplicate fields are errors, and written again; what differs in a
//! single octet is refused. So the hash of a file is a name for its meaning, and no two readers understand it differently.
//! Signatures cover the canonical form: compact, keys sorted.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Error, Result};

/// A value as a file: indented, with a line end.
pub(crate) fn write<T: Serialize>(value: &T) -> Result<String> {
    let mut text = serde_json::to_string_pretty(value).map_err(|_| UNWRITABLE)?;
    text.push('\n');
    Ok(text)
}

/// A value as one line, without its end.
pub(crate) fn write_line<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|_| UNWRITABLE)
}

/// Reads what [`write`] wrote.
pub(crate) fn read<T>(bytes: &[u8], what: &'static str, limit: usize) -> Result<T>
where
    T: Serialize + DeserializeOwned,
{
    let value: T = parse(bytes, what, limit)?;
    if write(&value)?.as_bytes() == bytes {
        Ok(value)
    } else {
        Err(Error::OtherForm { what })
    }
}

/// Reads a value in any spelling.
pub(crate) fn parse<T: DeserializeOwned>(
    bytes: &[u8],
    what: &'static str,
    limit: usize,
) -> Result<T> {
    if bytes.len() > limit {
        return Err(Error::TooLong { what, limit });
    }
    serde_json::from_slice(bytes).map_err(|error| Error::Malformed {
        what,
        line: error.line(),
        column: error.column(),
    })
}

/// The octets that are signed: compact, keys sorted, whatever order the fields of the type stand in.
pub(crate) fn canonical<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    let value = serde_json::to_value(value).map_err(|_| UNWRITABLE)?;
    let mut text = String::new();
    write_sorted(&value, &mut text)?;
    Ok(text.into_bytes())
}

const UNWRITABLE: Error = Error::Misuse("a value that JSON cannot hold");

fn write_sorted(value: &Value, text: &mut String) -> Result<()> {
    match value {
        Value::Object(fields) => {
            let mut sorted: Vec<_> = fields.iter().collect();
            sorted.sort_by_key(|(name, _)| name.as_str());
            text.push('{');
            for (index, (name, value)) in sorted.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                text.push_str(&write_line(name)?);
                text.push(':');
                write_sorted(value, text)?;
            }
            text.push('}');
        }
        Value::Array(values) => {
            text.push('[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_sorted(value, text)?;
            }
            text.push(']');
        }
        plain => text.push_str(&write_line(plain)?),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        b: u8,
        a: Vec<String>,
    }

    const WHAT: &str = "sample";
    const TEXT: &str = "{\n  \"b\": 1,\n  \"a\": [\n    \"x\"\n  ]\n}\n";

    #[test]
    fn one_spelling_only() {
        let sample = Sample {
            b: 1,
            a: vec!["x".into()],
        };
        assert_eq!(write(&sample).unwrap(), TEXT);
        assert_eq!(read::<Sample>(TEXT.as_bytes(), WHAT, 64), Ok(sample));
        for (other, why) in [
            (TEXT.replace("  ", "\t"), "tabs"),
            (TEXT.replace('\n', "\r\n"), "line ends"),
            (TEXT.trim_end().to_owned(), "no end"),
            (TEXT.replace("\"x\"", "\"\\u0078\""), "an escape"),
            (TEXT.replace("\"b\": 1", "\"b\": 1, \"b\": 1"), "twice"),
            (TEXT.replace("\"b\": 1", "\"b\": 1, \"c\": 1"), "unknown"),
            (format!("\u{FEFF}{TEXT}"), "a byte order mark"),
            (TEXT.to_owned() + "{}", "more behind it"),
            (String::new(), "nothing"),
        ] {
            assert!(
                read::<Sample>(other.as_bytes(), WHAT, 640).is_err(),
                "{why}"
            );
        }
        assert_eq!(
            read::<Sample>(TEXT.as_bytes(), WHAT, 8),
            Err(Error::TooLong {
                what: WHAT,
                limit: 8
            })
        );
    }

    #[test]
    fn the_canonical_form_sorts_keys() {
        let value = serde_json::json!({ "b": [1, { "d": null, "c": "\u{e9}\n" }], "a": true });
        assert_eq!(
            canonical(&value).unwrap(),
            "{\"a\":true,\"b\":[1,{\"c\":\"é\\n\",\"d\":null}]}".as_bytes()
        );
    }
}
