//! Whether journal, chips, register and shift say the same at the end.

use std::{collections::BTreeMap, fs};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::site::Site;
use crate::{
    client::{list, text},
    counter,
    program::said,
    rack::Rack,
};

/// So many cards are read by a verifier; each of all was read by who has judged it.
const SAMPLE: usize = 10;

/// What everything comes to, in lines.
pub(super) fn of(site: &Site, rack: &Rack) -> Result<String> {
    let status = site.status()?;
    let passed = status.pointer("/stages/passed").and_then(Value::as_u64);
    ensure!(
        passed == u64::try_from(site.cards).ok() && status.get("adds_up") == Some(&true.into()),
        "not all are good: {}",
        status.get("stages").unwrap_or_default()
    );
    let jobs = chips_of_jobs(site, &status)?;
    journal(site)?;
    register(site, &jobs)?;
    let kept = fs::read_dir(site.path("hall/jobs"))?.count();
    ensure!(kept == 0, "{kept} job files stay behind on the floor");
    verified(site, rack, &jobs)?;
    let closed = said(&mut site.close())?;
    let adds_up = closed.pointer("/account/adds_up");
    ensure!(
        adds_up == Some(&true.into()),
        "the shift does not add up: {closed}"
    );
    Ok(format!(
        "{:32}{} cards for {} jobs: 0 lost, 0 doubled; the shift is closed\n",
        "account",
        site.cards,
        jobs.len()
    ))
}

/// The chip of each job: no job on two chips, no chip without a job.
fn chips_of_jobs(site: &Site, status: &Value) -> Result<BTreeMap<String, String>> {
    let mut jobs = BTreeMap::new();
    for card in list(status, "cards")? {
        let (job, chip) = (text(card, "job")?, text(card, "chip")?);
        let other = jobs.insert(job.to_owned(), chip.to_owned());
        ensure!(other.is_none(), "job {job} is on two chips");
    }
    ensure!(jobs.len() == site.cards, "{} jobs", jobs.len());
    Ok(jobs)
}

/// Each job was taken, written and passed once.
fn journal(site: &Site) -> Result<()> {
    let mut counted: BTreeMap<(String, String), usize> = BTreeMap::new();
    for line in fs::read_to_string(site.path("hall/journal.jsonl"))?.lines() {
        let event: Value = serde_json::from_str(line)?;
        let what = text(&event, "what")?;
        if ["written", "passed"].contains(&what) {
            let key = (what.to_owned(), text(&event, "job")?.to_owned());
            *counted.entry(key).or_default() += 1;
        }
    }
    let twice = counted.iter().find(|(_, count)| **count != 1);
    ensure!(twice.is_none(), "in the journal more than once: {twice:?}");
    ensure!(counted.len() == 2 * site.cards, "{} lines", counted.len());
    Ok(())
}

/// Each job was issued once, for the chip that it is on.
fn register(site: &Site, jobs: &BTreeMap<String, String>) -> Result<()> {
    let mut numbers = std::collections::BTreeSet::new();
    let text_of_all = fs::read_to_string(site.path("register"))?;
    for line in text_of_all.lines() {
        let entry: Value = serde_json::from_str(line)?;
        let (job, chip) = (text(&entry, "job")?, text(&entry, "chip_serial")?);
        ensure!(
            jobs.get(job)
                .is_some_and(|on| on.eq_ignore_ascii_case(chip)),
            "job {job} was issued for chip {chip}, and is not on it"
        );
        let number = text(&entry, "document_number")?.to_owned();
        ensure!(numbers.insert(number), "a number was issued twice: {line}");
    }
    ensure!(numbers.len() == jobs.len(), "{} numbers", numbers.len());
    Ok(())
}

/// A verifier sees them with nothing but the issuer's certificate and the number that is printed.
fn verified(site: &Site, rack: &Rack, jobs: &BTreeMap<String, String>) -> Result<()> {
    let slot = rack.first().context("no reader")?;
    let stride = jobs.len().div_ceil(SAMPLE);
    for (job, chip) in jobs.iter().step_by(stride) {
        let file = site.path("jobs").join(format!("{job}.job.json"));
        let read: Value = serde_json::from_slice(&fs::read(file)?)?;
        let card = (&*site.chip(chip), text(&read, "can")?);
        counter::inspect(rack, slot, &site.path("pki/csca.der"), card)?;
    }
    Ok(())
}
