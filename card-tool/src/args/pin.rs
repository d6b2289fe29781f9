//! The grammar of `pin`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::ReaderArgs;

/// `pin`.
#[derive(Debug, Subcommand)]
pub enum Pin {
    /// Say how many tries a card gives for its PIN and its PUK; none is used up by asking.
    #[command(after_help = "Example:\n  card-tool pin show")]
    Show(PinShow),
    /// Set the tries of the PIN back with the PUK: a blocked PIN opens the card again, and stays the same number.
    #[command(after_help = "Example:\n  card-tool pin unblock --puk-file puk.txt")]
    Unblock(PinUnblock),
}

/// `pin show`.
#[derive(Debug, Args)]
pub struct PinShow {
    /// Which reader.
    #[command(flatten)]
    pub reader: ReaderArgs,
}

/// `pin unblock`.
#[derive(Debug, Args)]
pub struct PinUnblock {
    /// File with the PUK; CARD_PUK holds it otherwise. Each use of it counts, and it is good for so many only.
    #[arg(long, value_name = "FILE")]
    pub puk_file: Option<PathBuf>,
    /// Show the PUK also where the card gives it one more try: if it is wrong, nobody unblocks the PIN any more.
    #[arg(long)]
    pub last_try: bool,
    /// Which reader.
    #[command(flatten)]
    pub reader: ReaderArgs,
}
