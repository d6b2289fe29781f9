//! What of a body of JSON cannot be taken: where it stands (RFC 6901) and what is the matter, in words of this program.
//!
//! The words of the library name values and fields that somebody has sent. Of those nothing is said on but names that stand in the
//! description of the API.

use core::error::Error;
use std::collections::BTreeSet;
use std::sync::OnceLock;

use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use crate::api::openapi;
use crate::api::problem::{FieldFault, Problem};

/// How the library begins to say what is the matter.
const BEGINNINGS: [(&str, FieldFault); 5] = [
    (MISSING, FieldFault::Missing),
    ("unknown field", FieldFault::Unknown),
    ("duplicate field", FieldFault::Twice),
    ("unknown variant", FieldFault::Word),
    ("invalid type", FieldFault::Type),
];
const MISSING: &str = "missing field";

/// Adds to a problem what the library has found, if it says where.
pub(super) fn located(problem: Problem, rejection: &(dyn Error + 'static)) -> Problem {
    let mut cause = Some(rejection);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref::<serde_path_to_error::Error<serde_json::Error>>() {
            let (pointer, fault) = read(found.path(), &found.inner().to_string());
            return problem.at(pointer, fault);
        }
        cause = error.source();
    }
    problem
}

fn read(path: &Path, said: &str) -> (String, FieldFault) {
    let fault = BEGINNINGS
        .into_iter()
        .find(|(begins, _)| said.starts_with(begins))
        .map_or(FieldFault::Value, |(_, fault)| fault);
    let mut pointer = "#".to_owned();
    for segment in path {
        let step = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } if names().contains(key) => key.clone(),
            Segment::Enum { .. } => continue,
            // Somebody else's word, and what stands under it.
            Segment::Map { .. } | Segment::Unknown => return (pointer, fault),
        };
        pointer = format!("{pointer}/{step}");
    }
    // What is missing stands nowhere: its name is the program's.
    let missing = said
        .strip_prefix(MISSING)
        .and_then(|rest| rest.split('`').nth(1))
        .filter(|name| names().contains(*name));
    match missing {
        Some(name) => (format!("{pointer}/{name}"), fault),
        None => (pointer, fault),
    }
}

/// Names of fields in the description of the API.
fn names() -> &'static BTreeSet<String> {
    static NAMES: OnceLock<BTreeSet<String>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let mut names = BTreeSet::new();
        if let Ok(document) = serde_json::to_value(openapi::document()) {
            collect(&document, &mut names);
        }
        names
    })
}

fn collect(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::Object(properties)) = fields.get("properties") {
                names.extend(properties.keys().cloned());
            }
            fields.values().for_each(|value| collect(value, names));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, names)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use access::Role;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only what is refused is looked at")]
    struct Invitation {
        login: String,
        roles: Vec<Role>,
        #[serde(default)]
        person: Option<Box<Self>>,
        #[serde(default)]
        fields: std::collections::BTreeMap<String, u8>,
    }

    #[test]
    fn what_is_the_matter_is_named_and_nothing_else() {
        for (text, pointer, fault) in [
            ("{}", "#/login", FieldFault::Missing),
            (r#"{"login":"a"}"#, "#/roles", FieldFault::Missing),
            (r#"{"login":1,"roles":[]}"#, "#/login", FieldFault::Type),
            (
                r#"{"login":"a","roles":["operator","SPECIMEN"]}"#,
                "#/roles/1",
                FieldFault::Word,
            ),
            (
                r#"{"login":"a","roles":[],"SPECIMEN":1}"#,
                "#",
                FieldFault::Unknown,
            ),
            (
                r#"{"login":"a","login":"SPECIMEN","roles":[]}"#,
                "#",
                FieldFault::Twice,
            ),
            (
                r#"{"login":"a","roles":[],"fields":{"SPECIMEN":"SPECIMEN"}}"#,
                "#/fields",
                FieldFault::Type,
            ),
            (
                r#"{"login":"a","roles":[],"person":{"login":"b"}}"#,
                "#/person/roles",
                FieldFault::Missing,
            ),
            ("[]", "#", FieldFault::Value),
        ] {
            let reader = &mut serde_json::Deserializer::from_str(text);
            let error = serde_path_to_error::deserialize::<_, Invitation>(reader).unwrap_err();
            let found = read(error.path(), &error.inner().to_string());
            assert!(!found.0.contains("SPECIMEN"), "{found:?}");
            assert_eq!(found, (pointer.to_owned(), fault), "{text}: {error}");
        }
    }
}
