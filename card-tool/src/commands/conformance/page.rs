//! The results as a page that needs nothing else: no script, no address on the network. What is shown is chosen by style sheet alone.

use std::fmt::Write as _;

use applet_spec::conformance::{Case, Exchange, Failure, Outcome, Suite};

use super::results::{CaseResult, Count, Results, received, remedy, sent};
use crate::report::{STYLE, escape};

const OWN_STYLE: &str = include_str!("page.css");
/// Most octets of a command or an answer that are shown.
const MAX_SHOWN: usize = 96;

/// The page.
pub fn page(results: &Results<'_>) -> String {
    let total = results.total();
    let class = match total {
        Count { failed: 1.., .. } => "failed",
        Count { passed: 0, .. } | Count { not_run: 1.., .. } => "undetermined",
        _ => "successful",
    };
    let verdict = results.verdict();
    let mut page = String::with_capacity(256 << 10);
    // Writing to a String cannot fail.
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>Conformance: {verdict}</title>\n<style>\n{STYLE}{OWN_STYLE}{}</style>\n</head>\n<body>\n\
         <header class=\"{class}\"><h1>{verdict}</h1><p>{} cases on {}: {} passed, {} failed, {} not run, {} not applicable.</p></header>\n<main>\n",
        unit_rules(results),
        total.cases(),
        escape(&results.run.card),
        total.passed,
        total.failed,
        total.not_run,
        total.not_applicable,
    );
    run(&mut page, results);
    filters(&mut page, results);
    summary(&mut page, results);
    for (suite, count) in results.units() {
        unit(&mut page, results, suite, count);
    }
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

/// How the cases were run, and what kept some of them from it.
fn run(page: &mut String, results: &Results<'_>) {
    page.push_str("<section id=\"run\"><h2>Run</h2>\n<dl>\n");
    for (name, value) in results.run.rows() {
        let _ = writeln!(page, "<dt>{name}</dt><dd>{}</dd>", escape(&value));
    }
    page.push_str("</dl>\n");
    let hindrances = results.hindrances();
    if !hindrances.is_empty() {
        page.push_str("<h2>Not run</h2>\n<ul>\n");
    }
    for (hindrance, count) in &hindrances {
        let _ = writeln!(
            page,
            "<li>{count}: {}. {}.</li>",
            escape(&hindrance.to_string()),
            escape(remedy(*hindrance))
        );
    }
    if !hindrances.is_empty() {
        page.push_str("</ul>\n");
    }
    page.push_str("</section>\n");
}

/// One rule of style for each unit: chosen, it hides the others.
fn unit_rules(results: &Results<'_>) -> String {
    let rule = |(suite, _): (&Suite, Count)| {
        let unit = &suite.unit;
        format!(
            "body:has(#unit-{unit}:checked) section.unit:not(#cases-{unit}) {{ display: none; }}\n"
        )
    };
    results.units().into_iter().map(rule).collect()
}

fn filters(page: &mut String, results: &Results<'_>) {
    page.push_str("<section><h2>Show</h2>\n<div class=\"filters\">\n");
    for (id, word) in [
        ("all", "all results"),
        ("failed", "failed"),
        ("passed", "passed"),
        ("not-run", "not run"),
        ("not-applicable", "not applicable"),
    ] {
        let checked = if id == "all" { " checked" } else { "" };
        let _ = writeln!(
            page,
            "<label><input type=\"radio\" name=\"result\" id=\"only-{id}\"{checked}> {word}</label>"
        );
    }
    page.push_str("</div>\n<div class=\"filters\">\n<label><input type=\"radio\" name=\"unit\" checked> all units</label>\n");
    for (suite, _) in results.units() {
        let unit = &suite.unit;
        let _ = writeln!(
            page,
            "<label><input type=\"radio\" name=\"unit\" id=\"unit-{unit}\"> {unit}</label>"
        );
    }
    page.push_str("</div></section>\n");
}

fn summary(page: &mut String, results: &Results<'_>) {
    page.push_str("<section><h2>Units</h2>\n<table>\n<thead><tr><th>Unit</th><th>About</th><th class=\"number\">Cases</th><th class=\"number\">Passed</th><th class=\"number\">Failed</th><th class=\"number\">Not run</th><th class=\"number\">Not applicable</th></tr></thead>\n<tbody>\n");
    for (suite, count) in results.units() {
        let _ = writeln!(
            page,
            "<tr><td><a href=\"#cases-{unit}\">{unit}</a></td><td>{}</td><td class=\"number\" data-of=\"cases\">{}</td><td class=\"number\" data-of=\"passed\">{}</td><td class=\"number\" data-of=\"failed\">{}</td><td class=\"number\" data-of=\"not run\">{}</td><td class=\"number\" data-of=\"not applicable\">{}</td></tr>",
            escape(&suite.title),
            count.cases(),
            count.passed,
            count.failed,
            count.not_run,
            count.not_applicable,
            unit = suite.unit,
        );
    }
    page.push_str("</tbody>\n</table></section>\n");
}

fn unit(page: &mut String, results: &Results<'_>, suite: &Suite, count: Count) {
    let mark = if count.failed > 0 { " with-failed" } else { "" };
    let _ = writeln!(
        page,
        "<section class=\"unit{mark}\" id=\"cases-{}\"><h2>{}: {}</h2>",
        suite.unit,
        suite.unit,
        escape(&suite.title)
    );
    if let Some(basis) = &suite.basis {
        let _ = writeln!(
            page,
            "<p><small>What is expected rests on: {}.</small></p>",
            escape(basis)
        );
    }
    page.push_str("<table>\n<thead><tr><th>Case</th><th>Result</th><th>Purpose</th><th>Cites</th></tr></thead>\n<tbody>\n");
    for result in results
        .cases
        .iter()
        .filter(|result| result.suite.unit == suite.unit)
    {
        row(page, result, results.with_data);
    }
    page.push_str("</tbody>\n</table></section>\n");
}

fn row(page: &mut String, result: &CaseResult<'_>, with_data: bool) {
    let case = result.case;
    let (word, class) = (result.word(), result.word().replace(' ', "-"));
    let _ = write!(
        page,
        "<tr class=\"case {class}\" id=\"{id}\"><td>{id}</td><td><span class=\"light {class}\">{word}</span></td><td>{}",
        escape(&case.purpose),
        id = escape(&case.id),
    );
    match &result.outcome {
        Outcome::Passed => {}
        Outcome::NotApplicable(why) => {
            let _ = write!(page, "<br><small>{}</small>", escape(why));
        }
        Outcome::NotRun(hindrance) => {
            let (why, remedy) = (hindrance.to_string(), remedy(*hindrance));
            let _ = write!(
                page,
                "<br><small>{}: {}</small>",
                escape(&why),
                escape(remedy)
            );
        }
        Outcome::Failed(failure) => failed(page, case, failure, with_data),
    }
    if let Some(basis) = &case.basis {
        let _ = write!(page, "<br><small>expected by: {}</small>", escape(basis));
    }
    let cited: Vec<&str> = case
        .clause
        .iter()
        .chain(&case.requirements)
        .chain(&case.references)
        .map(String::as_str)
        .collect();
    let _ = writeln!(
        page,
        "</td><td><small>{}</small></td></tr>",
        escape(&cited.join(", "))
    );
}

/// Why a case failed: the steps with the one at which it did, and what went over the line there.
fn failed(page: &mut String, case: &Case, failure: &Failure, with_data: bool) {
    let _ = write!(
        page,
        "<br>step {}: expected <code>{}</code>, found <code>{}</code>\n<details open><summary>steps and octets</summary><ol class=\"steps\">",
        failure.step,
        escape(&failure.expected),
        escape(&failure.found)
    );
    for (step, number) in case.steps.iter().zip(1..) {
        let class = if number == failure.step {
            " class=\"here\""
        } else {
            ""
        };
        let action = escape(&step.action.to_string());
        let expected = step
            .expect
            .as_ref()
            .map(|pattern| format!(" → {}", escape(pattern.as_str())));
        let _ = write!(
            page,
            "<li{class}><code>{action}</code>{}</li>",
            expected.unwrap_or_default()
        );
    }
    page.push_str("</ol><dl class=\"line\">");
    for exchange in &failure.exchanges {
        let _ = write!(
            page,
            "<dt>sent</dt><dd><code>{}</code></dd><dt>received</dt><dd><code>{}</code></dd>",
            escape(&command(exchange, with_data)),
            escape(&answer(exchange, with_data))
        );
    }
    page.push_str("</dl></details>");
}

/// What is shown of a command.
fn command(exchange: &Exchange, with_data: bool) -> String {
    match exchange.confirms_guesses() {
        true => sent(exchange, with_data),
        false => octets(&exchange.sent),
    }
}

/// What is shown of an answer: all of content where that was asked for.
fn answer(exchange: &Exchange, with_data: bool) -> String {
    match exchange.content().is_some() || exchange.confirms_guesses() {
        true => received(exchange, with_data),
        false => octets(&exchange.received),
    }
}

/// Octets in hexadecimal; of long ones, the beginning and how many there are.
fn octets(octets: &[u8]) -> String {
    match octets.get(..MAX_SHOWN) {
        Some(start) if start.len() < octets.len() => {
            format!("{}… ({} octets)", hex::encode_upper(start), octets.len())
        }
        _ => hex::encode_upper(octets),
    }
}
