//! `desk`.

use std::path::PathBuf;

use clap::Args;

use super::{AccessArg, IssuerArgs, ReaderArgs, TrustArgs};

/// `desk`.
#[derive(Debug, Args)]
pub struct Desk {
    /// What is trusted.
    #[command(flatten)]
    pub trust: TrustArgs,
    /// Whom to ask.
    #[command(flatten)]
    pub issuer: IssuerArgs,
    /// Port on loopback; 0 takes any that is free.
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub port: u16,
    /// Keep files and report of every card that opened, in a new folder below this one. Nothing is kept otherwise.
    #[arg(long, value_name = "FOLDER")]
    pub keep: Option<PathBuf>,
    /// Access protocol.
    #[arg(long, value_enum, default_value_t)]
    pub access: AccessArg,
    /// Which reader.
    #[command(flatten)]
    pub reader: ReaderArgs,
}
