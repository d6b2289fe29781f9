//! `conformance --list`: the cases, without running any.

use anyhow::Result;
use applet_spec::conformance::Suite;
use serde_json::json;

use super::{Context, print, print_json};
use crate::exit::Exit;

/// Shows the cases, unit by unit: name, whether the card is changed for good, and what is proved.
pub fn show(suites: &[Suite], context: &Context) -> Result<Exit> {
    let cases = suites
        .iter()
        .flat_map(|suite| suite.cases.iter().map(move |case| (suite, case)));
    if context.json() {
        let cases = cases.map(|(suite, case)| {
            let needs: Vec<String> = case.needs.iter().map(ToString::to_string).collect();
            json!({
                "id": case.id,
                "unit": suite.unit,
                "purpose": case.purpose,
                "references": case.references,
                "needs": needs,
                "destructive": case.destructive,
            })
        });
        print_json(&json!({ "cases": cases.collect::<Vec<_>>() }))?;
        return Ok(Exit::Done);
    }
    let lines = cases.map(|(_, case)| {
        let mark = if case.destructive { "!" } else { " " };
        format!("{:<34}{mark} {}", case.id, case.purpose)
    });
    print(&lines.collect::<Vec<_>>().join("\n"))?;
    Ok(Exit::Done)
}
