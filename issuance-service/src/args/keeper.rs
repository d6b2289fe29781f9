//! `account`, `administrator`, `device` and `doctor`: what is done on the machine itself, by who has it.

use std::path::PathBuf;

use access::DeviceKind;
use clap::{Args, Subcommand};
use issuance_service::personalisation::Site;
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
    /// Keep a person out: sessions end, nobody signs in. The last administrator is not locked.
    #[command(
        after_help = "The audit log tells of it.\nExample:\n  issuance-service account lock --login test.operator"
    )]
    Lock {
        /// The login name.
        #[arg(long)]
        login: String,
    },
    /// Let a person in again who was locked.
    #[command(
        after_help = "The audit log tells of it.\nExample:\n  issuance-service account unlock --login test.operator"
    )]
    Unlock {
        /// The login name.
        #[arg(long)]
        login: String,
    },
}

/// `administrator`.
#[derive(Debug, Args)]
pub struct Administrator {
    /// What to do.
    #[command(subcommand)]
    pub verb: AdministratorVerb,
}

/// What to do with administrators.
#[derive(Debug, Subcommand)]
pub enum AdministratorVerb {
    /// Make one more administrator, and a link that lets him in once: where there is one alone, or none who comes in.
    #[command(
        after_help = "The audit log tells of it.\nExample:\n  issuance-service administrator invite --login test.second --name 'TEST Second Administrator'"
    )]
    Invite {
        /// The login name.
        #[arg(long)]
        login: String,
        /// The name that others see.
        #[arg(long)]
        name: String,
    },
    /// Take password and second factor away from an administrator who has lost them, and make a link for new ones.
    #[command(
        after_help = "His sessions and older links end; the audit log tells of it.\nExample:\n  issuance-service administrator reset --login administrator"
    )]
    Reset {
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
        /// Where a personalisation-site writes cards: it gets the batches of this site only.
        #[arg(long, value_parser = site, required_if_eq("kind", "personalisation-site"))]
        site: Option<Site>,
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

/// `stock`.
#[derive(Debug, Args)]
pub struct Stock {
    /// What to do.
    #[command(subcommand)]
    pub verb: StockVerb,
}

/// What is done with the stock.
#[derive(Debug, Subcommand)]
pub enum StockVerb {
    /// The last shift of a site on paper (biên bản kiểm kho): a page for A4 in Vietnamese and English.
    #[command(
        after_help = "Exit codes: 0 it adds up · 1 it does not · 2 the site is not known · 3 two people have not counted yet.\nExample:\n  issuance-service stock report --site test-site --out stock.html"
    )]
    Report {
        /// Where.
        #[arg(long, value_parser = site)]
        site: Site,
        /// A new file for the page.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

/// `backup`.
#[derive(Debug, Args)]
pub struct Backup {
    /// A new or empty folder.
    #[arg(long, value_name = "FOLDER")]
    pub out: PathBuf,
    /// Also the keys of the service and of the intake, encrypted or plain as they are: whoever has such a backup and their password has
    /// everything.
    #[arg(long)]
    pub with_keys: bool,
}

/// `restore`.
#[derive(Debug, Args)]
pub struct Restore {
    /// The folder of a backup.
    #[arg(long, value_name = "FOLDER")]
    pub from: PathBuf,
    /// The SHA-256 of the manifest that `backup` has printed and that was kept elsewhere: a backup that somebody has made anew is refused.
    #[arg(long, value_name = "HEX", value_parser = sha256)]
    pub manifest_sha256: Option<Sha256>,
    /// So many documents were given at most since the backup was taken, all data centres together. Without it a tenth of each series of
    /// numbers and four status lists are passed over.
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(..=i64::from(issuance_service::backup::fence::MAX_ISSUED)))]
    pub issued_since: Option<u32>,
    /// How often this backup was restored before, where numbers were given afterwards.
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    pub restored_before: u8,
}

/// `restored`.
#[derive(Debug, Args)]
pub struct Accepted {
    /// Accept the register: what has happened since the backup is entered again. The service goes on then.
    #[arg(long)]
    pub accept: bool,
}

/// `failover-drill`.
#[derive(Debug, Args)]
pub struct FailoverDrill {
    /// For how long it writes: long enough to take the primary away and to promote the standby.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub seconds: u32,
    /// Writers at once.
    #[arg(long, value_name = "COUNT", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub writers: u16,
}

/// A digest.
#[derive(Debug, Clone, Copy)]
pub struct Sha256(pub [u8; 32]);

fn sha256(text: &str) -> Result<Sha256, String> {
    let mut octets = [0; 32];
    hex::decode_to_slice(text.trim(), &mut octets)
        .map_err(|_| "64 hexadecimal digits".to_owned())?;
    Ok(Sha256(octets))
}

fn site(text: &str) -> Result<Site, String> {
    Site::new(text).map_err(|refusal| refusal.to_string())
}

fn kind(text: &str) -> Result<DeviceKind, String> {
    DeviceKind::from_code(text).ok_or_else(|| DeviceKind::ALL.map(DeviceKind::code).join(", "))
}
