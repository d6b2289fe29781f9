//! The service as a process of its own, and how much memory it takes.

use std::fs;

use anyhow::{Context as _, Result};

use crate::{beside::Beside, client::text, house::House, memory};

/// A running service; dropping it ends it.
pub struct Server {
    _process: Beside,
    /// Its address.
    pub address: String,
    /// The link of the first administrator.
    pub link: String,
    id: u32,
}

impl Server {
    /// Starts it and waits until it is there.
    ///
    /// # Errors
    /// It ends at once; its log says why.
    pub fn start(house: &House) -> Result<Self> {
        let log = house.path("service.log");
        let mut process = Beside::start(house.service().arg("serve"), &log)?;
        let told = process.says();
        let told = told.with_context(|| fs::read_to_string(&log).unwrap_or_default())?;
        Ok(Self {
            address: text(&told, "address")?.to_owned(),
            link: text(&told, "administrator_link")?.to_owned(),
            id: process.id(),
            _process: process,
        })
    }

    /// The most memory that it has taken, in octets (Linux; elsewhere unknown).
    #[must_use]
    pub fn peak(&self) -> Option<u64> {
        memory::of(self.id, "VmHWM")
    }
}
