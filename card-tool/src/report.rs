//! An inspection report as text, JSON or a page.

mod csv;
mod html;
mod json;
mod text;
mod xml;

pub use csv::row as csv_row;
pub use html::{STYLE, escape, page, shown_image};
pub use json::document as json;
pub use text::text;
pub use xml::Log;

use inspection::document_status::Answer;
use inspection::{Outcome, Phase, Report, TerminalAuthentication};
use mrz::Mrz;
use pki::DeviationKind;
use protocols::terminal_authentication::Certificate;
use time::OffsetDateTime;
use transport::Statistics;

use crate::commands::eac::describe;
use crate::exit::Exit;

/// Everything a report shows.
pub struct Shown<'a> {
    /// What the inspection found.
    pub report: &'a Report,
    /// When.
    pub at: OffsetDateTime,
    /// In which reader.
    pub reader: &'a str,
    /// What went over the line, if that was asked for.
    pub statistics: Option<Statistics>,
}

/// Whom the inspection has asked beside the card, and what was said.
pub fn asked(report: &Report) -> &Answer {
    report.status.as_ref().unwrap_or(&Answer::Offline)
}

/// The time of each phase in a line; that of asking where somebody was asked.
pub fn times(report: &Report) -> String {
    let times = report.times();
    let is_offline = matches!(asked(report), Answer::Offline | Answer::Needless);
    let phases = Phase::ALL.into_iter();
    let phases: Vec<String> = phases
        .filter(|phase| !(is_offline && *phase == Phase::Status))
        .map(|phase| {
            let seconds = times.of_phase(phase).as_secs_f64();
            format!("{} {seconds:.2} s", phase.word())
        })
        .collect();
    let total = times.total().as_secs_f64();
    format!("{} · total {total:.2} s", phases.join(" · "))
}

/// The exit code of a report.
pub fn exit_of(report: &Report) -> Exit {
    match report.overall() {
        Outcome::Successful => Exit::Done,
        Outcome::Failed if report.was_not_let_in() => Exit::Card,
        Outcome::Failed => Exit::No,
        Outcome::Undetermined | Outcome::NotSupported => Exit::Undetermined,
        Outcome::Aborted => Exit::Card,
    }
}

/// Something that was accepted against the rules, and of which object.
pub struct Accepted {
    /// The object: `security-object`, `issuer`, `document`, `lds-security-object`, `card-security`.
    pub object: &'static str,
    /// What.
    pub text: String,
    /// Stable word of our own, for what programs may want to act on.
    pub id: Option<&'static str>,
    /// The number of the quirk, where the field knows it.
    pub quirk: Option<&'static str>,
    /// Offset in the object.
    pub at: Option<usize>,
}

/// Everything that passive authentication accepted against the rules.
pub fn accepted(report: &Report) -> Vec<Accepted> {
    let Some(passive) = &report.passive else {
        return Vec::new();
    };
    let of = |object: &'static str, list: &[pki::Deviation]| -> Vec<Accepted> {
        let accepted = |deviation: &pki::Deviation| Accepted {
            object,
            text: deviation.kind.to_string(),
            id: id(deviation.kind),
            quirk: deviation.kind.quirk(),
            at: deviation.at,
        };
        list.iter().map(accepted).collect()
    };
    let mut all = of("security-object", &passive.signer.deviations);
    all.extend(of("issuer", &passive.signer.issuer_deviations));
    all.extend(of("document", &passive.document_deviations));
    all.extend(passive.content_deviations.iter().map(|deviation| Accepted {
        object: "lds-security-object",
        text: deviation.to_string(),
        id: None,
        quirk: None,
        at: None,
    }));
    all.extend(
        report
            .card_security
            .iter()
            .flat_map(|signer| of("card-security", &signer.deviations)),
    );
    all
}

/// What takes away from what a signature is worth.
const fn id(kind: DeviationKind) -> Option<&'static str> {
    match kind {
        DeviationKind::WeakKey(_) => Some("weak-key"),
        DeviationKind::Sha1 => Some("sha-1"),
        _ => None,
    }
}

/// What the chip opened to the terminal.
fn opened(shown: &TerminalAuthentication) -> &'static str {
    shown
        .rights
        .map_or("not accepted by the chip", describe::rights)
}

/// A certificate of terminal authentication in a line.
fn in_short(certificate: &Certificate) -> String {
    let body = certificate.body();
    format!(
        "{}: {}, {}, {} to {}",
        body.holder,
        describe::kind(certificate),
        describe::rights(body.authorization.rights()),
        body.period.effective(),
        body.period.expiry()
    )
}

/// Holder's data as rows of label and text: the zone first, then what other data groups add.
pub fn holder_rows(report: &Report) -> Vec<(String, String)> {
    let document = report.data.as_shown();
    let mut rows = document.mrz.as_ref().map(zone_rows).unwrap_or_default();
    rows.extend(document.details.iter().cloned());
    rows
}

/// The machine readable zone as rows of label and text.
pub fn zone_rows(mrz: &Mrz) -> Vec<(String, String)> {
    let unfilled = |text: &str| text.trim_end_matches('<').to_owned();
    let document = [mrz.document_code(), mrz.issuing_state()].map(unfilled);
    let rows = [
        ("Document", document.join(" ")),
        ("Document number", mrz.document_number()),
        ("Surname", mrz.primary_identifier()),
        ("Given names", mrz.secondary_identifier()),
        ("Nationality", unfilled(mrz.nationality())),
        (
            "Date of birth (YYMMDD)",
            mrz.date_of_birth().as_str().to_owned(),
        ),
        ("Sex", mrz.sex().letter().to_string()),
        (
            "Date of expiry (YYMMDD)",
            mrz.date_of_expiry().as_str().to_owned(),
        ),
    ];
    let rows = rows.into_iter().filter(|(_, text)| !text.is_empty());
    rows.map(|(label, text)| (label.to_owned(), text)).collect()
}
