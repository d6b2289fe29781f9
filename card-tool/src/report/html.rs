//! The report as a page that needs nothing else: no script, no address on the network.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use biometrics::image::{DecodeLimits, ImageFormat, decode, encode_png};
use inspection::tr03135::{self, Value};
use inspection::{Check, Data, Outcome, Portrait, Remark, Report};
use time::format_description::well_known::Rfc3339;

use super::{Shown, holder_rows, in_short, opened};
use crate::printable;

/// The style of pages.
pub const STYLE: &str = include_str!("report.css");

/// The page.
pub fn page(shown: &Shown<'_>) -> String {
    let report = shown.report;
    let overall = report.overall();
    let mut page = String::with_capacity(64 << 10);
    let verdict = report.verdict();
    let at = shown.at.format(&Rfc3339).unwrap_or_default();
    // Writing to a String cannot fail.
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>Inspection report: {word}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header class=\"{class}\"><h1>{word}</h1><p>{verdict}</p></header>\n<main>\n",
        word = overall.word(),
        class = class(overall),
        verdict = escape(&verdict.claim),
    );
    obstacles(&mut page, report);
    remarks(&mut page, &verdict.remarks);
    holder(&mut page, report);
    checks(&mut page, report);
    certificates(&mut page, report);
    terminal_authentication(&mut page, report);
    accepted(&mut page, report);
    guideline(&mut page, report);
    footer(&mut page, shown, &at);
    page
}

fn obstacles(page: &mut String, report: &Report) {
    let obstacles: Vec<&Check> = report.obstacles().collect();
    if obstacles.is_empty() {
        return;
    }
    page.push_str("<section class=\"obstacles\"><h2>Why</h2>\n<ul>\n");
    for check in obstacles {
        let remedy = check
            .finding
            .remedy
            .map(|remedy| format!(" <em>{}</em>", escape(remedy)))
            .unwrap_or_default();
        let _ = writeln!(
            page,
            "<li><strong>{}</strong>: {}. {}{remedy}</li>",
            escape(check.kind.title),
            check.finding.outcome,
            escape(&check.finding.cause),
        );
    }
    page.push_str("</ul></section>\n");
}

fn remarks(page: &mut String, remarks: &[Remark]) {
    if remarks.is_empty() {
        return;
    }
    page.push_str("<section class=\"remarks\"><h2>Beside that</h2>\n<ul>\n");
    for remark in remarks {
        let remedy = remark
            .remedy
            .map(|remedy| format!(" <em>{}</em>", escape(remedy)))
            .unwrap_or_default();
        let _ = writeln!(
            page,
            "<li id=\"remark-{}\">{}.{remedy}</li>",
            remark.id,
            escape(&remark.text)
        );
    }
    page.push_str("</ul></section>\n");
}

fn holder(page: &mut String, report: &Report) {
    let document = report.data.as_shown();
    let (title, class) = match report.data {
        Data::Verified(_) => ("Holder", "holder"),
        Data::Unverified(_) => ("Holder: not verified", "holder unverified"),
    };
    let _ = writeln!(
        page,
        "<section class=\"{class}\"><h2>{title}</h2>\n<div class=\"card\">"
    );
    if let Some(source) = document.portrait.as_ref().and_then(image_source) {
        let _ = writeln!(page, "<img alt=\"Portrait from EF.DG2\" src=\"{source}\">");
    }
    page.push_str("<dl>\n");
    for (label, text) in holder_rows(report) {
        let _ = writeln!(
            page,
            "<dt>{}</dt><dd>{}</dd>",
            escape(&label),
            escape(&text)
        );
    }
    page.push_str("</dl>\n</div>\n");
    if let Some(mrz) = &document.mrz {
        let zone: Vec<String> = mrz.lines().iter().map(|line| escape(line)).collect();
        let _ = writeln!(page, "<pre class=\"mrz\">{}</pre>", zone.join("\n"));
    }
    page.push_str("</section>\n");
}

fn checks(page: &mut String, report: &Report) {
    page.push_str("<section><h2>Checks</h2>\n<table>\n<thead><tr><th>Check</th><th>Result</th><th>Found</th><th>Clause</th><th class=\"ms\">ms</th></tr></thead>\n<tbody>\n");
    for check in &report.checks {
        let deviations: String = check
            .deviations
            .iter()
            .map(|deviation| format!("<br><small>put up with: {}</small>", escape(deviation)))
            .collect();
        let _ = writeln!(
            page,
            "<tr><td>{}</td><td><span class=\"light {}\">{}</span></td><td>{}{deviations}</td><td class=\"clause\">{}</td><td class=\"ms\">{:.1}</td></tr>",
            escape(check.kind.title),
            class(check.finding.outcome),
            check.finding.outcome,
            escape(&check.finding.cause),
            escape(check.kind.clause),
            check.elapsed.as_secs_f64() * 1000.0,
        );
    }
    page.push_str("</tbody>\n</table></section>\n");
}

fn certificates(page: &mut String, report: &Report) {
    let Some(passive) = &report.passive else {
        return;
    };
    page.push_str("<section><h2>Who signed</h2>\n<dl class=\"chain\">\n");
    if let Some(signer) = &passive.signer.document_signer {
        let _ = writeln!(
            page,
            "<dt>Document signer</dt><dd>{}</dd>",
            escape(&signer.subject().to_string())
        );
    }
    if let Some(anchor) = &passive.signer.csca {
        let _ = writeln!(
            page,
            "<dt>CSCA</dt><dd>{} <small>trusted from {}</small></dd>",
            escape(&anchor.certificate().subject().to_string()),
            escape(
                &anchor
                    .provenance()
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        );
    }
    page.push_str("</dl></section>\n");
}

fn terminal_authentication(page: &mut String, report: &Report) {
    let Some(shown) = &report.terminal_authentication else {
        return;
    };
    let _ = writeln!(
        page,
        "<section><h2>Terminal</h2>\n<p>{}</p>\n<ul id=\"terminal\">",
        escape(opened(shown))
    );
    for certificate in &shown.certificates {
        let _ = writeln!(page, "<li>{}</li>", escape(&in_short(certificate)));
    }
    page.push_str("</ul></section>\n");
}

fn accepted(page: &mut String, report: &Report) {
    let accepted = super::accepted(report);
    if accepted.is_empty() {
        return;
    }
    page.push_str("<section><h2>Accepted against the rules</h2>\n<table>\n<thead><tr><th>Object</th><th>What</th><th>Quirk</th></tr></thead>\n<tbody>\n");
    for one in accepted {
        let _ = writeln!(
            page,
            "<tr><td>{}</td><td>{}</td><td>{}</td></tr>",
            one.object,
            escape(&one.text),
            one.quirk.or(one.id).unwrap_or_default(),
        );
    }
    page.push_str("</tbody>\n</table></section>\n");
}

fn guideline(page: &mut String, report: &Report) {
    page.push_str("<section><h2>Results of TR-03135-1</h2>\n<table>\n<thead><tr><th>Section</th><th>Result of</th><th>Value</th><th>Found</th></tr></thead>\n<tbody>\n");
    for entry in tr03135::table(report) {
        let _ = writeln!(
            page,
            "<tr id=\"tr-{}\"><td class=\"clause\">{}</td><td>{}</td><td><span class=\"light {}\">{}</span></td><td>{}</td></tr>",
            entry.line.id,
            entry.line.section,
            escape(entry.line.title),
            class(colour(entry.value)),
            entry.value,
            escape(&entry.cause),
        );
    }
    page.push_str("</tbody>\n</table></section>\n");
}

/// The result whose colour a value has.
const fn colour(value: Value) -> Outcome {
    match value {
        Value::Result(outcome) => outcome,
        Value::Trusted | Value::Identical => Outcome::Successful,
        Value::NotTrusted | Value::NotIdentical | Value::NonConformant => Outcome::Failed,
        Value::Present | Value::NotPresent => Outcome::NotSupported,
    }
}

fn footer(page: &mut String, shown: &Shown<'_>, at: &str) {
    page.push_str("</main>\n<footer>\n");
    let _ = writeln!(
        page,
        "<p>Inspected {} in {}.</p>",
        escape(at),
        escape(shown.reader)
    );
    let asked = escape(&super::asked(shown.report).en());
    let _ = writeln!(page, "<p>{} · {asked}</p>", super::times(shown.report));
    if let Some(statistics) = shown.statistics {
        let _ = writeln!(
            page,
            "<p>{} round trips, {} bytes to the card, {} from it, {:.1} ms waiting for the card.</p>",
            statistics.round_trips,
            statistics.bytes_out,
            statistics.bytes_in,
            statistics.waiting.as_secs_f64() * 1000.0,
        );
    }
    page.push_str("</footer>\n</body>\n</html>\n");
}

/// The portrait for a browser: media type and image. Browsers show JPEG as it is; JPEG 2000 becomes PNG. What cannot be decoded
/// is not shown.
pub fn shown_image(portrait: &Portrait) -> Option<(&'static str, Vec<u8>)> {
    if portrait.format == ImageFormat::Jpeg {
        return Some(("image/jpeg", portrait.bytes.clone()));
    }
    let image = decode(&portrait.bytes, &DecodeLimits::CHIP).ok()?;
    Some(("image/png", encode_png(&image).ok()?))
}

fn image_source(portrait: &Portrait) -> Option<String> {
    let (media_type, bytes) = shown_image(portrait)?;
    Some(format!("data:{media_type};base64,{}", BASE64.encode(bytes)))
}

const fn class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Successful => "successful",
        Outcome::Failed => "failed",
        Outcome::Undetermined => "undetermined",
        Outcome::NotSupported => "not-supported",
        Outcome::Aborted => "aborted",
    }
}

/// What a card says is hostile: nothing of it may become markup, or turn the line that it stands in.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in printable::line(text).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{STYLE, escape};

    /// Only what is short by its nature may stay on one line: a column of free words that does pushes the table off the page.
    #[test]
    fn words_of_any_length_stay_on_the_page() {
        for rule in STYLE.split('}').filter(|rule| rule.contains("nowrap")) {
            let (selector, _) = rule.split_once('{').unwrap();
            let short = [".clause", ".ms", ".light"];
            assert!(short.contains(&selector.trim()), "{selector}");
        }
        assert!(STYLE.contains("overflow-wrap: anywhere"));
    }

    #[test]
    fn nothing_of_a_card_becomes_markup() {
        assert_eq!(
            escape("<script>alert(\"1\")</script> & 'x'"),
            "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;"
        );
        assert_eq!(
            escape("evil\u{202e}gpj\u{1b}[2J\u{2066}<"),
            "evil\u{fffd}gpj\u{fffd}[2J\u{fffd}&lt;"
        );
    }
}
