//! The report for people at a terminal.

use std::fmt::Write as _;
use std::io::IsTerminal as _;

use comfy_table::{Cell, Color, ContentArrangement, Table};
use inspection::{Data, Outcome, Remark, Report, TerminalAuthentication};

use super::{Shown, holder_rows, in_short, opened};
use crate::printable;

/// Columns of a page that goes into a file or a pipe.
const PAGE_WIDTH: u16 = 120;

/// The report as text.
pub fn text(shown: &Shown<'_>) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write(&mut out, shown);
    out
}

fn write(out: &mut String, shown: &Shown<'_>) -> std::fmt::Result {
    let colours = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let report = shown.report;
    writeln!(out, "{}", checks(shown, colours))?;
    for check in report
        .checks
        .iter()
        .filter(|check| !check.deviations.is_empty())
    {
        for deviation in &check.deviations {
            let deviation = printable::line(deviation);
            writeln!(out, "put up with in {}: {deviation}", check.kind.id)?;
        }
    }
    let data = match report.data {
        Data::Verified(_) => "Holder",
        Data::Unverified(_) => "Holder (NOT VERIFIED)",
    };
    writeln!(out, "\n{data}")?;
    let rows = holder_rows(report);
    let width = rows.iter().map(|(label, _)| label.chars().count()).max();
    let width = width.unwrap_or_default();
    for (label, text) in &rows {
        writeln!(out, "  {label:width$}  {}", printable::line(text))?;
    }
    if let Some(shown) = &report.terminal_authentication {
        terminal_authentication(out, shown)?;
    }
    if let Some(statistics) = shown.statistics {
        writeln!(
            out,
            "\n{} round trips, {} bytes to the card, {} from it, {:.1} ms waiting for the card",
            statistics.round_trips,
            statistics.bytes_out,
            statistics.bytes_in,
            statistics.waiting.as_secs_f64() * 1000.0
        )?;
    }
    let asked = super::asked(report).en();
    writeln!(
        out,
        "\n{} · {}",
        super::times(report),
        printable::line(&asked)
    )?;
    let verdict = report.verdict();
    writeln!(
        out,
        "\n{}: {}",
        report.overall().word().to_uppercase(),
        printable::line(&verdict.claim)
    )?;
    obstacles(out, report)?;
    remarks(out, &verdict.remarks)
}

/// What the chip was shown, and what it opened for that.
fn terminal_authentication(out: &mut String, shown: &TerminalAuthentication) -> std::fmt::Result {
    writeln!(out, "\nTerminal: {}", opened(shown))?;
    for certificate in &shown.certificates {
        writeln!(out, "  {}", printable::line(&in_short(certificate)))?;
    }
    Ok(())
}

/// What has to be known beside the verdict.
fn remarks(out: &mut String, remarks: &[Remark]) -> std::fmt::Result {
    if !remarks.is_empty() {
        writeln!(out, "BESIDE THAT:")?;
    }
    for remark in remarks {
        writeln!(out, "  {}", printable::line(&remark.text))?;
        if let Some(remedy) = remark.remedy {
            writeln!(out, "    {remedy}")?;
        }
    }
    Ok(())
}

/// What stands in the way. Beside what failed, what could not be found out for that reason is only counted.
fn obstacles(out: &mut String, report: &Report) -> std::fmt::Result {
    let (failed, open): (Vec<_>, Vec<_>) = report
        .obstacles()
        .partition(|check| check.finding.outcome == Outcome::Failed);
    let listed = if failed.is_empty() { &open } else { &failed };
    for check in listed {
        let cause = printable::line(&check.finding.cause);
        writeln!(
            out,
            "  {}: {} ({cause})",
            check.kind.title, check.finding.outcome
        )?;
        if let Some(remedy) = check.finding.remedy {
            writeln!(out, "    {remedy}")?;
        }
    }
    if !failed.is_empty() && !open.is_empty() {
        writeln!(
            out,
            "  {} more checks without a good result: see the table",
            open.len()
        )?;
    }
    Ok(())
}

fn checks(shown: &Shown<'_>, colours: bool) -> Table {
    let mut table = Table::new();
    table.set_content_arrangement(ContentArrangement::Dynamic);
    if !std::io::stdout().is_terminal() {
        table.set_width(PAGE_WIDTH);
    }
    table.set_header(["check", "result", "found", "ms"]);
    for check in &shown.report.checks {
        let result = Cell::new(check.finding.outcome.word());
        let result = if colours {
            result.fg(colour(check.finding.outcome))
        } else {
            result
        };
        table.add_row([
            Cell::new(check.kind.title),
            result,
            Cell::new(printable::line(&check.finding.cause)),
            Cell::new(format!("{:.1}", check.elapsed.as_secs_f64() * 1000.0)),
        ]);
    }
    table
}

/// Colours of TR-03135-1 §5.2.
const fn colour(outcome: Outcome) -> Color {
    match outcome {
        Outcome::Successful => Color::Green,
        Outcome::Failed => Color::Red,
        Outcome::Undetermined => Color::Yellow,
        Outcome::NotSupported | Outcome::Aborted => Color::Grey,
    }
}
