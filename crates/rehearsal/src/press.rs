//! Chips and cards: prepared, written, read back and locked, by `card-tool` in the readers of the rack.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json, value::RawValue};

use crate::{
    board::Running,
    client::{Client, list, text},
    house::House,
    people,
    program::said,
    rack::Rack,
};

/// Where all of this is.
pub const SITE: &str = "test-site";
/// Most chips and jobs of one request.
const AT_ONCE: usize = 100;

/// What stays known of a card after its job file is gone: what is printed on it, and its security object.
#[derive(Debug, Clone)]
pub struct Card {
    /// The job that has made it.
    pub job: String,
    /// Its chip.
    pub chip: PathBuf,
    /// The number that is printed on it and opens it.
    pub can: String,
    /// EF.SOD, in base64.
    pub security_object: String,
}

/// A job of a batch.
#[derive(Debug, Clone)]
pub struct Job {
    /// The batch.
    pub batch: String,
    /// Its file.
    pub path: PathBuf,
    /// The card that it makes.
    pub card: Card,
}

/// Makes chips as a maker delivers them and lets them draw their keys; the chip files that tell of them.
///
/// # Errors
/// Those of `card-tool` and of the readers.
pub fn prepare(
    house: &House,
    rack: &Rack,
    count: usize,
    stop: &AtomicBool,
    step: &Running,
) -> Result<Vec<Value>> {
    let chips: Vec<PathBuf> = (0..count)
        .map(|number| house.path("chips").join(format!("{number:05}.chip")))
        .collect();
    let keys = house.path("keys");
    let prepared = rack.each(&chips, stop, |chip, slot| {
        let file = chip.with_extension("prepared.json");
        rack.with_chip(slot, chip, Some(&keys), || {
            let mut prepare = rack.card_tool(slot, "personalise");
            prepare
                .arg("--prepare")
                .arg(&file)
                .args(["--profile", people::PROFILE]);
            said(prepare.arg("--keys").arg(&keys))
        })?;
        step.one();
        let told: Value = serde_json::from_slice(&fs::read(&file)?)?;
        Ok((told, chip.clone()))
    })?;
    // A chip is found again by its serial number, as it would be by the label on its tray.
    for (_, chip) in &prepared {
        let serial = serial_of(&chip.with_extension("prepared.json"))?;
        fs::rename(chip, house.path("chips").join(serial))?;
    }
    Ok(prepared.into_iter().map(|(told, _)| told).collect())
}

fn serial_of(file: &Path) -> Result<String> {
    let told: Value = serde_json::from_slice(&fs::read(file)?)?;
    Ok(text(&told, "serial")?.to_ascii_lowercase())
}

/// Takes prepared chips into stock.
///
/// # Errors
/// A problem of the service; a chip that is refused.
pub fn stock(clerk: &Client, chips: &[Value]) -> Result<()> {
    for part in chips.chunks(AT_ONCE) {
        let answer = clerk.post("/v1/chips", &json!({ "site": SITE, "chips": part }))?;
        let received = answer.get("received").and_then(Value::as_u64);
        ensure!(
            received == u64::try_from(part.len()).ok(),
            "chips were refused: {answer}"
        );
    }
    Ok(())
}

/// Claims everything that waits, and fetches the job files.
///
/// # Errors
/// A problem of the service.
pub fn claim(house: &House, site: &Client) -> Result<Vec<Job>> {
    let mut jobs = Vec::new();
    loop {
        let wish = json!({ "site": SITE, "profile": people::PROFILE, "count": AT_ONCE });
        let Some(claimed) = site.post_unless("/v1/batches", &wish, "no-job")? else {
            return Ok(jobs);
        };
        let id = text(claimed.get("batch").context("no batch")?, "id")?;
        let files: Vec<Box<RawValue>> =
            serde_json::from_slice(&site.octets(&format!("/v1/batches/{id}/jobs"))?)?;
        let chips: BTreeMap<&str, &str> = list(&claimed, "cards")?
            .iter()
            .map(|card| Ok((text(card, "job")?, text(card, "chip")?)))
            .collect::<Result<_>>()?;
        for file in &files {
            jobs.push(job(house, id, file.get(), &chips)?);
        }
    }
}

fn job(house: &House, batch: &str, file: &str, chips: &BTreeMap<&str, &str>) -> Result<Job> {
    let read: Value = serde_json::from_str(file)?;
    let job = text(&read, "job")?.to_owned();
    let serial = chips.get(job.as_str()).context("a job of another batch")?;
    let files = read.get("files").context("no files")?;
    let path = house.path("jobs").join(format!("{job}.job.json"));
    fs::write(&path, file)?;
    Ok(Job {
        batch: batch.to_owned(),
        path,
        card: Card {
            chip: house.path("chips").join(serial.to_ascii_lowercase()),
            can: text(&read, "can")?.to_owned(),
            security_object: text(files, "sod")?.to_owned(),
            job,
        },
    })
}

/// Writes cards: `COMMIT` receipts to be reported, by job.
///
/// # Errors
/// Those of `card-tool` and of the readers.
pub fn write(
    house: &House,
    rack: &Rack,
    jobs: &[Job],
    stop: &AtomicBool,
    step: &Running,
) -> Result<Vec<Value>> {
    personalise(house, rack, jobs, "press", stop, step)
}

/// Reads cards back and locks them: `LOCK` receipts to be reported, by job.
///
/// # Errors
/// Those of `card-tool` and of the readers.
pub fn lock(
    house: &House,
    rack: &Rack,
    jobs: &[Job],
    stop: &AtomicBool,
    step: &Running,
) -> Result<Vec<Value>> {
    personalise(house, rack, jobs, "quality", stop, step)
}

fn personalise(
    house: &House,
    rack: &Rack,
    jobs: &[Job],
    keys: &str,
    stop: &AtomicBool,
    step: &Running,
) -> Result<Vec<Value>> {
    let is_lock = keys == "quality";
    rack.each(jobs, stop, |job, slot| {
        let told = rack.with_chip(slot, &job.card.chip, None, || {
            let mut personalise = rack.card_tool(slot, "personalise");
            personalise
                .arg("--job")
                .arg(&job.path)
                .arg("--pki")
                .arg(house.path("pki"));
            personalise.arg("--keys").arg(house.path(keys));
            if !is_lock {
                personalise.arg("--no-lock");
            }
            said(&mut personalise)
        })?;
        step.one();
        let (word, outcome) = if is_lock {
            ("lock", "passed")
        } else {
            ("commit", "written")
        };
        Ok(json!({ "outcome": outcome, "job": job.card.job, word: receipt(&told, word)? }))
    })
}

/// `KIND:COUNTER:MAC` as `card-tool` prints it.
fn receipt(told: &Value, kind: &str) -> Result<Value> {
    let receipts = list(told, "receipts")?.iter().filter_map(Value::as_str);
    let mut of_kind = receipts.filter_map(|receipt| {
        receipt
            .strip_prefix(kind)?
            .strip_prefix(':')?
            .split_once(':')
    });
    let (counter, mac) = of_kind
        .next()
        .with_context(|| format!("no receipt of {kind} in {told}"))?;
    Ok(json!({ "counter": counter.parse::<u32>()?, "mac": mac }))
}

/// Reports to the batches of jobs. Each result must come to what is expected.
///
/// # Errors
/// A problem of the service; another outcome.
pub fn report(
    client: &Client,
    jobs: &[Job],
    results: &[Value],
    route: &str,
    expected: &str,
) -> Result<()> {
    let mut batches: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for (job, result) in jobs.iter().zip(results) {
        batches.entry(&job.batch).or_default().push(result);
    }
    for (batch, results) in batches {
        let answer = client.post(
            &format!("/v1/batches/{batch}/{route}"),
            &json!({ "results": results }),
        )?;
        for item in list(&answer, "items")? {
            ensure!(
                text(item, "outcome")? == expected,
                "{route} of {batch}: {item}"
            );
        }
    }
    Ok(())
}
