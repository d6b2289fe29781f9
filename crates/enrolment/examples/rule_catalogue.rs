//! The rules of a profile as a table: id, severity, fields, source, message in two languages.
//!
//! ```text
//! cargo run -p enrolment --example rule_catalogue -- vn-can-cuoc-2024 > rules.tsv
//! ```

use std::io::{self, Write};

use enrolment::{Field, Scope, profiles, rules};

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    let Some(profile) = std::env::args().nth(1).and_then(|id| profiles::by_id(&id)) else {
        let ids: Vec<_> = profiles::ALL
            .iter()
            .map(|profile| profile.data().id)
            .collect();
        return writeln!(io::stderr(), "which profile? one of: {}", ids.join(", "));
    };
    writeln!(out, "id\tseverity\tfields\tsource\tEnglish\ttiếng Việt")?;
    for rule in rules(profile) {
        let fields: Vec<&str> = match rule.scope {
            Scope::Every => vec!["every field"],
            scope => scope.fields().map(Field::word).collect(),
        };
        let (fields, message) = (fields.join(" "), rule.message);
        writeln!(
            out,
            "{}\t{}\t{fields}\t{}\t{}\t{}",
            rule.id, rule.severity, rule.source, message.en, message.vi
        )?;
    }
    Ok(())
}
