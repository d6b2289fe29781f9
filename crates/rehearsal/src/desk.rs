//! A verifier's desk: `card-tool verify` asks the service itself, and a list that was fetched before where there is no line.

use std::{fs, path::PathBuf};

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::{
    house::House,
    press::Card,
    program::answered,
    rack::{Rack, Slot},
    staff::{PURPOSE, Staff},
};

/// What a desk has.
#[derive(Debug)]
pub struct Desk {
    trust: PathBuf,
    /// Certificate and key of the relying party.
    device: PathBuf,
    /// Of the service.
    address: String,
    list: PathBuf,
    keys: PathBuf,
    places: PathBuf,
}

impl Desk {
    /// A desk of the relying party.
    #[must_use]
    pub fn of(house: &House, address: &str) -> Self {
        Self {
            trust: house.path("pki/csca.der"),
            device: house.path("party"),
            address: address.to_owned(),
            list: house.path("status-list-0.jwt"),
            keys: house.path("status-keys.json"),
            places: house.path("places.jsonl"),
        }
    }

    /// The card is judged with a line and without one; both times the issuer says `said`, and an exit code of 1 if that is bad.
    ///
    /// # Errors
    /// It says something else.
    pub fn judge(
        &self,
        staff: &Staff,
        rack: &Rack,
        slot: &Slot,
        card: &Card,
        said: &str,
    ) -> Result<()> {
        fs::write(&self.list, staff.anybody.octets("/v1/status-lists/0")?)?;
        fs::write(&self.keys, staff.anybody.octets("/.well-known/jwks.json")?)?;
        rack.with_chip(slot, &card.chip, None, || {
            self.verify(rack, slot, card, ["service", said])?;
            self.verify(rack, slot, card, ["list", said])
        })
    }

    fn verify(&self, rack: &Rack, slot: &Slot, card: &Card, expected: [&str; 2]) -> Result<()> {
        let [source, said] = expected;
        let mut verify = rack.card_tool(slot, "verify");
        verify.arg("--trust").arg(&self.trust);
        verify.arg("--places").arg(&self.places);
        if source == "service" {
            verify.args(["--service", &self.address, "--purpose", PURPOSE]);
            verify.arg("--device").arg(&self.device);
        } else {
            verify.arg("--status-list").arg(&self.list);
            verify.arg("--status-keys").arg(&self.keys);
        }
        let (code, report) = answered(verify.env("CARD_CAN", &card.can))?;
        let told = ["/asked", "/status/said"].map(|at| report.pointer(at).and_then(Value::as_str));
        ensure!(
            told == [Some(source), Some(said)] && (code == 0) == (said == "valid"),
            "{}: {source} should say {said}, and says {}",
            card.job,
            report.pointer("/status").unwrap_or(&Value::Null)
        );
        Ok(())
    }
}
