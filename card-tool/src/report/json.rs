//! The report for programs. The shape is versioned: fields are added, never changed.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use inspection::document_status::{Answer, Said};
use inspection::explanation::{self, Both};
use inspection::tr03135::{self, Entry};
use inspection::{Check, Data, Phase, Remark, Source, TerminalAuthentication, Times, Verdict};
use pki::passive_authentication::{DataGroupResult, KnownDeviation};
use serde_json::{Map, Value, json};
use time::format_description::well_known::Rfc3339;

use super::{Accepted, Shown, exit_of};
use crate::commands::eac::describe;

/// Version of the shape.
const SCHEMA: u32 = 1;

/// The report as one JSON document.
pub fn document(shown: &Shown<'_>) -> Value {
    let report = shown.report;
    let overall = report.overall();
    let mut document = json!({
        "schema": SCHEMA,
        "inspected_at": shown.at.format(&Rfc3339).unwrap_or_default(),
        "source": match report.source {
            Source::Chip => "chip",
            Source::Files => "files",
        },
        "reader": shown.reader,
        "overall": overall.word(),
        "verdict": verdict(&report.verdict()),
        "outcome": exit_of(report).word(),
        "exit_code": exit_of(report) as u8,
        "asked": super::asked(report).source(),
        "status": status(super::asked(report)),
        "times": times(&report.times()),
        "checks": report.checks.iter().map(check).collect::<Vec<_>>(),
        "tr03135": tr03135::table(report).iter().map(line).collect::<Vec<_>>(),
        "deviations": super::accepted(report).iter().map(accepted).collect::<Vec<_>>(),
        "data_groups": report.passive.iter().flat_map(|passive| &passive.data_groups).map(|(file, result)| (file.word().to_owned(), json!(word(*result)))).collect::<Map<_, _>>(),
        "known_deviations": report.passive.iter().flat_map(|passive| &passive.known_deviations).map(known).collect::<Vec<_>>(),
        "terminal_authentication": report.terminal_authentication.as_ref().map(terminal_authentication),
        "data_verified": matches!(report.data, Data::Verified(_)),
        "holder": holder(shown),
        "files": report.data.as_shown().files.iter().map(|(file, bytes)| (file.word().to_owned(), json!(bytes.len()))).collect::<Map<_, _>>(),
        "unread": report.unread.iter().map(|(file, error)| (file.word().to_owned(), json!(error.to_string()))).collect::<Map<_, _>>(),
    });
    if let (Some(statistics), Some(object)) = (shown.statistics, document.as_object_mut()) {
        object.insert(
            "statistics".to_owned(),
            json!({
                "round_trips": statistics.round_trips,
                "bytes_to_card": statistics.bytes_out,
                "bytes_from_card": statistics.bytes_in,
                "waiting_ms": statistics.waiting.as_secs_f64() * 1000.0,
            }),
        );
    }
    document
}

/// What came of asking the issuer.
fn status(answer: &Answer) -> Value {
    json!({
        "said": answer.said().map(Said::word),
        "words": { "vi": answer.vi(), "en": answer.en() },
    })
}

/// What the chip was shown, and what it opened for that.
fn terminal_authentication(shown: &TerminalAuthentication) -> Value {
    json!({
        "accepted": shown.rights.is_some(),
        "fingers": shown.rights.is_some_and(|rights| rights.fingers),
        "irises": shown.rights.is_some_and(|rights| rights.irises),
        "certificates": shown.certificates.iter().map(describe::certificate_json).collect::<Vec<_>>(),
    })
}

/// What is claimed, the data groups that the claim covers, and what has to be known beside it.
fn verdict(verdict: &Verdict) -> Value {
    let remark =
        |remark: &Remark| json!({ "id": remark.id, "text": remark.text, "remedy": remark.remedy });
    json!({
        "claim": verdict.claim,
        "covered": verdict.covered.iter().map(|file| file.word()).collect::<Vec<_>>(),
        "remarks": verdict.remarks.iter().map(remark).collect::<Vec<_>>(),
    })
}

/// The word for programs; it stays what it is.
const fn word(result: DataGroupResult) -> &'static str {
    match result {
        DataGroupResult::Identical => "identical",
        DataGroupResult::NotIdentical => "not-identical",
        DataGroupResult::KnownDeviation => "known-deviation",
        DataGroupResult::NotRead => "not-read",
        DataGroupResult::NotOnChip => "not-on-chip",
        DataGroupResult::NotHashable => "not-hashable",
        DataGroupResult::NotListed => "not-signed",
    }
}

fn check(check: &Check) -> Value {
    json!({
        "id": check.kind.id,
        "title": check.kind.title,
        "clause": check.kind.clause,
        "weight": check.kind.weight.word(),
        "result": check.finding.outcome.word(),
        "cause": check.finding.cause,
        "remedy": check.finding.remedy,
        "plain": plain(check),
        "deviations": check.deviations,
        "elapsed_ms": check.elapsed.as_secs_f64() * 1000.0,
    })
}

/// The check in words for everybody, in both languages.
fn plain(check: &Check) -> Value {
    let both = |text: Both| json!({ "vi": text.vi, "en": text.en });
    let advice = explanation::of(check.kind.id, check.finding.outcome);
    json!({
        "name": explanation::name(check.kind.id).map(both),
        "meaning": advice.map(|advice| both(advice.meaning)),
        "todo": advice.map(|advice| both(advice.todo)),
    })
}

/// Milliseconds of each phase, commands to the card included.
fn times(times: &Times) -> Value {
    let milliseconds = |time: Duration| json!(time.as_secs_f64() * 1000.0);
    let phases = Phase::ALL.map(|phase| {
        let name = format!("{}_ms", phase.word());
        (name, milliseconds(times.of_phase(phase)))
    });
    let total = ("total_ms".to_owned(), milliseconds(times.total()));
    Value::Object(phases.into_iter().chain([total]).collect())
}

/// A line of the guideline. Section and id stay what they are.
fn line(entry: &Entry) -> Value {
    json!({
        "section": entry.line.section,
        "id": entry.line.id,
        "title": entry.line.title,
        "value": entry.value.word(),
        "cause": entry.cause,
    })
}

fn accepted(accepted: &Accepted) -> Value {
    json!({
        "object": accepted.object,
        "text": accepted.text,
        "id": accepted.id,
        "quirk": accepted.quirk,
        "at": accepted.at,
    })
}

fn known(known: &KnownDeviation) -> Value {
    json!({
        "list": known.list,
        "type": known.description.kind.oid().to_string(),
        "text": known.description.text,
        "effect": known.effect.to_string(),
    })
}

fn holder(shown: &Shown<'_>) -> Value {
    let document = shown.report.data.as_shown();
    json!({
        "mrz": document.mrz.as_ref().map(mrz::Mrz::lines),
        "fields": super::holder_rows(shown.report).into_iter().map(|(label, text)| json!({ "label": label, "text": text })).collect::<Vec<_>>(),
        "portrait": document.portrait.as_ref().map(|portrait| json!({
            "format": portrait.format.to_string(),
            "base64": BASE64.encode(&portrait.bytes),
        })),
    })
}
