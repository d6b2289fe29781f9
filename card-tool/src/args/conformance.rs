use std::path::PathBuf;

use clap::Args;

use super::{AccessArg, PasswordArgs, ReaderArgs};

/// `conformance`.
#[derive(Debug, Args)]
pub struct Conformance {
    /// Examine the software chip in this file. With neither a file nor a reader, a specimen chip in this process is examined.
    #[arg(long, value_name = "FILE", conflicts_with = "reader")]
    pub chip: Option<PathBuf>,
    /// Run the cases of these units only, such as ICAO3-B or EAC1-LDS-G.
    #[arg(long, value_name = "UNIT")]
    pub unit: Vec<String>,
    /// Run these cases only, such as ICAO3-B-19.
    #[arg(long, value_name = "CASE")]
    pub case: Vec<String>,
    /// Run also what lowers counters, blocks or moves trust points: the card is not what it was afterwards.
    #[arg(long)]
    pub destructive: bool,
    /// Write the report as a page one can look at.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// File with the lines of the machine readable zone; CARD_MRZ holds them otherwise.
    #[arg(long, value_name = "FILE")]
    pub mrz_file: Option<PathBuf>,
    /// File with the six digits of the CAN; CARD_CAN holds them otherwise.
    #[arg(long, value_name = "FILE")]
    pub can_file: Option<PathBuf>,
    /// Which reader.
    #[command(flatten)]
    pub reader: ReaderArgs,
}

impl Conformance {
    /// Where the passwords of the card are.
    pub fn passwords(&self) -> PasswordArgs {
        PasswordArgs {
            mrz_file: self.mrz_file.clone(),
            can_file: self.can_file.clone(),
            access: AccessArg::Auto,
        }
    }
}
