//! Walks `test-vectors/mrz`: each file is one case.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use mrz::name::MrzName;
use mrz::{Error, Fields, Format, Mrz, MrzInformation, MrzTd1, MrzTd2, MrzTd3, check_digit};
use serde_json::{Value, json};
use test_support::{read_json, vectors};

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key]
        .as_str()
        .unwrap_or_else(|| panic!("no text at {key}"))
}

#[test]
fn check_digits() {
    for (name, path) in vectors("mrz/check-digits") {
        let vector = read_json(&path);
        let computed = check_digit(text(&vector, "text")).unwrap();
        assert_eq!(computed.to_string(), text(&vector, "check_digit"), "{name}");
    }
}

#[test]
fn zones_are_read() {
    for (name, path) in vectors("mrz/zones") {
        let vector = read_json(&path);
        let lines: Vec<&str> = vector["lines"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line.as_str().unwrap())
            .collect();
        let (mrz, findings) = Mrz::parse(&lines.join("\n")).unwrap();
        assert_eq!(mrz.lines(), lines, "{name}");
        assert_eq!(fields_of(&mrz), vector["fields"], "{name}");

        let findings: Vec<Value> = findings
            .iter()
            .map(|finding| {
                json!({
                    "field": finding.field.to_string(),
                    "line": finding.line,
                    "position": finding.position,
                    "problem": finding.problem.to_string(),
                })
            })
            .collect();
        assert_eq!(Value::Array(findings), vector["findings"], "{name}");

        let joined = Mrz::parse(&lines.concat()).unwrap().0;
        assert!(joined == mrz, "{name}: joined lines read differently");
    }
}

#[test]
fn zones_give_the_information() {
    for (name, path) in vectors("mrz/zones") {
        let vector = read_json(&path);
        let Some(expected) = vector["information"].as_str() else {
            continue;
        };
        let mrz = parse_lines(&vector);
        assert_eq!(mrz.information().as_bytes(), expected.as_bytes(), "{name}");
        let fields = &vector["fields"];
        let from_parts = MrzInformation::from_parts(
            text(fields, "document_number"),
            text(fields, "date_of_birth"),
            text(fields, "date_of_expiry"),
        );
        assert_eq!(
            from_parts.unwrap().as_bytes(),
            expected.as_bytes(),
            "{name}"
        );
    }
}

/// What is read without a finding can be built again, character by character; visas are only read, and a name
/// that fills its field was cut by rules of the issuer.
#[test]
fn zones_are_built() {
    let mut built = 0;
    for (name, path) in vectors("mrz/zones") {
        let vector = read_json(&path);
        let (mrz, findings) = Mrz::parse(&parse_lines(&vector).joined()).unwrap();
        let is_visa = matches!(mrz.format(), Format::MrvA | Format::MrvB);
        if is_visa || !findings.is_empty() {
            continue;
        }
        let again = rebuild(&mrz).unwrap();
        // Of empty optional data a passport may print the check digit as a filler.
        let expected = match mrz.format() {
            Format::Td3 if mrz.optional_data().is_empty() => {
                let mut characters = mrz.joined();
                characters.replace_range(86..87, "0");
                characters
            }
            _ => mrz.joined(),
        };
        assert_eq!(again.joined(), expected, "{name}");
        built += 1;
    }
    assert!(built >= 20, "{built}");
}

#[test]
fn malformed_texts_are_refused() {
    for (name, path) in vectors("mrz/malformed") {
        let vector = read_json(&path);
        let expected = usize::try_from(vector["at"].as_u64().unwrap()).unwrap();
        let error = Mrz::parse(text(&vector, "text")).unwrap_err();
        assert!(
            matches!(error, Error::Malformed { at, .. } if at == expected),
            "{name}: {error}"
        );
    }
}

#[test]
fn names_are_fitted() {
    for (name, path) in vectors("mrz/names") {
        let vector = read_json(&path);
        let width = usize::try_from(vector["width"].as_u64().unwrap()).unwrap();
        let fitted = MrzName::fit(text(&vector, "primary"), text(&vector, "secondary"), width);
        assert_eq!(fitted.unwrap().field(), text(&vector, "field"), "{name}");
    }
}

fn parse_lines(vector: &Value) -> Mrz {
    let lines: String = vector["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line.as_str().unwrap())
        .collect();
    Mrz::parse(&lines).unwrap().0
}

fn fields_of(mrz: &Mrz) -> Value {
    let mut fields = json!({
        "document_code": mrz.document_code(),
        "issuing_state": mrz.issuing_state(),
        "document_number": mrz.document_number(),
        "nationality": mrz.nationality(),
        "date_of_birth": mrz.date_of_birth().as_str(),
        "sex": mrz.sex().letter().to_string(),
        "date_of_expiry": mrz.date_of_expiry().as_str(),
        "primary_identifier": mrz.primary_identifier(),
        "secondary_identifier": mrz.secondary_identifier(),
        "optional_data": mrz.optional_data(),
    });
    if mrz.format() == Format::Td1 {
        fields["further_optional_data"] = json!(mrz.further_optional_data());
    }
    fields
}

fn rebuild(mrz: &Mrz) -> mrz::Result<Mrz> {
    let number = mrz.document_number();
    let (primary, secondary) = (mrz.primary_identifier(), mrz.secondary_identifier());
    let fields = Fields {
        document_code: mrz.document_code(),
        issuing_state: mrz.issuing_state(),
        document_number: &number,
        nationality: mrz.nationality(),
        date_of_birth: mrz.date_of_birth(),
        sex: mrz.sex(),
        date_of_expiry: mrz.date_of_expiry(),
        primary_identifier: &primary,
        secondary_identifier: &secondary,
    };
    let optional = mrz.optional_data();
    match mrz.format() {
        Format::Td1 => MrzTd1::new(&fields, optional, mrz.further_optional_data()).map(Mrz::from),
        Format::Td2 => MrzTd2::new(&fields, optional).map(Mrz::from),
        _ => MrzTd3::new(&fields, optional).map(Mrz::from),
    }
}
