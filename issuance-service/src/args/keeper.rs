//! `account`, `device` and `doctor`: what is done on the machine itself, by who has it.

use std::path::PathBuf;

use access::DeviceKind;
use clap::{Args, Subcommand};
use uuid::Uuid;

/// `account`.
#[derive(Debug, Args)]
pub struct Account {
    /// What to do.
    #[command(subcommand)]
    pub verb: AccountVerb,
}

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub enum AccountVerb {
    /// List accounts with their roles and states.
    #[command(after_help = "Example:\n  issuance-service account list")]
    List,
    /// Make a new link for an account that was invited and did not come in. Older links of it stop working.
    #[command(after_help = "Example:\n  issuance-service account link --login administrator")]
    Link {
        /// The login name.
        #[arg(long)]
        login: String,
    },
}

/// `device`.
#[derive(Debug, Args)]
pub struct Device {
    /// What to do.
    #[command(subcommand)]
    pub verb: DeviceVerb,
}

/// What to do with devices.
#[derive(Debug, Subcommand)]
pub enum DeviceVerb {
    /// List devices and their certificates.
    #[command(after_help = "Example:\n  issuance-service device list")]
    List,
    /// Register a device and make its key and certificate here. Carry the folder to the device, then erase it.
    #[command(
        after_help = "Example:\n  issuance-service device issue --kind station --name 'TEST Station 1' --to station-1"
    )]
    Issue {
        /// station, personalisation-site or relying-party.
        #[arg(long, value_parser = kind)]
        kind: DeviceKind,
        /// How people call it.
        #[arg(long)]
        name: String,
        /// A new folder for device.key, device.crt and authority.crt.
        #[arg(long, value_name = "FOLDER")]
        to: PathBuf,
    },
    /// Refuse a device for good, with all its certificates.
    #[command(
        after_help = "Example:\n  issuance-service device revoke --id 0192f0c1-2b3c-7d4e-8f50-617283940a1b"
    )]
    Revoke {
        /// The device.
        #[arg(long)]
        id: Uuid,
    },
}

/// `doctor`.
#[derive(Debug, Args)]
pub struct Doctor {
    /// A checkpoint of the audit log that was kept elsewhere: the log must begin with what it covers.
    #[arg(long, value_name = "FILE")]
    pub checkpoint: Vec<PathBuf>,
}

fn kind(text: &str) -> Result<DeviceKind, String> {
    DeviceKind::from_code(text).ok_or_else(|| DeviceKind::ALL.map(DeviceKind::code).join(", "))
}
