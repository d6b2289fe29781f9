//! Whether everything adds up: what verifiers are told, stock, the audit log, what was erased.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use status_list::Status;

use crate::{
    client::{list, text},
    house::House,
    office,
    press::{Card, SITE},
    staff::{PURPOSE, Staff},
    verifier,
};

/// How long what follows by itself may take: status lists, numbers of the log, erasures.
const FOLLOWS_WITHIN: Duration = Duration::from_secs(60);

/// What the register says of a card's security object to a relying party: its status, and its place in the lists.
fn asked(staff: &Staff, card: &Card, expected: &str) -> Result<Value> {
    let request = json!({
        "security_object": card.security_object, "chip_genuine": "passed", "purpose": PURPOSE,
    });
    let answer = staff.party.post("/v1/chip-verifications", &request)?;
    ensure!(
        text(&answer, "status")? == expected,
        "{} should be {expected}: {answer}",
        card.job
    );
    Ok(answer)
}

/// The list says it, as soon as it has followed.
fn listed(staff: &Staff, answer: &Value, expected: Status) -> Result<()> {
    let place = answer
        .get("status_list")
        .context("no place in the status lists")?;
    let mut said = Status::Valid;
    let agreed = follows(|| {
        said = verifier::status(&staff.anybody, place)?;
        Ok((said == expected).then_some(()))
    })?;
    agreed.with_context(|| format!("the status list should say {expected}, and says {said}"))
}

/// A card is valid, says the register to who asks, and the list to who has no line.
///
/// # Errors
/// It is not.
pub fn is_valid(staff: &Staff, card: &Card) -> Result<()> {
    let answer = asked(staff, card, "valid")?;
    ensure!(text(&answer, "overall")? == "valid", "{answer}");
    listed(staff, &answer, Status::Valid)
}

/// A card is reported lost: it ends at once, and the list follows.
///
/// # Errors
/// It does not.
pub fn lost(staff: &Staff, card: &Card) -> Result<()> {
    staff
        .counter
        .post(&format!("/v1/documents/{}/loss", card.job), &json!({}))?;
    let answer = asked(staff, card, "ended")?;
    ensure!(text(&answer, "ended")? == "lost-or-stolen", "{answer}");
    listed(staff, &answer, Status::Invalid)
}

/// Every chip that came in is in one state, and as many of them are cards as were made.
///
/// # Errors
/// It does not add up.
pub fn stock(staff: &Staff, received: usize, used: usize) -> Result<Value> {
    let stock = staff.supervisor.get(&format!("/v1/stock/{SITE}"))?;
    let number = |pointer: &str| {
        stock
            .pointer(pointer)
            .and_then(Value::as_u64)
            .unwrap_or_default()
    };
    let adds_up = stock.get("adds_up") == Some(&Value::Bool(true));
    let as_made = number("/received") == u64::try_from(received)?
        && number("/states/used") == u64::try_from(used)?;
    ensure!(
        adds_up && as_made,
        "stock does not add up to {received} chips and {used} cards: {stock}"
    );
    Ok(stock)
}

/// The biometrics of every application that has ended are gone.
///
/// # Errors
/// Some stay.
pub fn erased(staff: &Staff) -> Result<usize> {
    let mut kept = 0;
    let gone = follows(|| {
        let stages = office::stages(&staff.approver)?;
        let ended = ["completed", "refused"]
            .map(|stage| stages.get(stage).map_or(&[][..], Vec::as_slice))
            .concat();
        kept = ended
            .iter()
            .filter(|one| one.get("erased") != Some(&Value::Bool(true)))
            .count();
        Ok((kept == 0).then_some(ended.len()))
    })?;
    gone.with_context(|| format!("the biometrics of {kept} applications are still there"))
}

/// The log is whole and proved: the doctor says so, and every entry of a sample is in the signed tree.
///
/// # Errors
/// It is not.
pub fn log(house: &House, staff: &Staff) -> Result<u64> {
    let checkpoint = staff.auditor.get("/v1/audit/checkpoint")?;
    let size = checkpoint
        .get("size")
        .and_then(Value::as_u64)
        .context("no size")?;
    for index in [0, size / 2, size.saturating_sub(1)] {
        let proof = staff.auditor.get(&format!(
            "/v1/audit/proofs/inclusion?index={index}&size={size}"
        ))?;
        ensure!(proof.get("proof").is_some(), "no proof of entry {index}");
    }
    let examined = house.doctor()?;
    let findings = list(&examined, "findings")?;
    ensure!(findings.is_empty(), "the doctor finds {findings:?}");
    Ok(size)
}

/// Tries until there is an answer, or what follows by itself should have come.
pub fn follows<T>(mut attempt: impl FnMut() -> Result<Option<T>>) -> Result<Option<T>> {
    let deadline = Instant::now() + FOLLOWS_WITHIN;
    loop {
        let came = attempt()?;
        if came.is_some() || Instant::now() > deadline {
            return Ok(came);
        }
        thread::sleep(Duration::from_millis(250));
    }
}
