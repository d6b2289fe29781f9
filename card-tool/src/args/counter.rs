//! One card after another: what `verify --loop` and `desk` have in common.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// One card after another.
#[derive(Debug, Args)]
pub struct CounterArgs {
    /// Wait for card after card. MRZ, CAN or the QR code of a card come as lines on standard input: typed, or from a scanner that
    /// types.
    #[arg(long = "loop", conflicts_with_all = ["files", "html", "mrz_file", "can_file", "pin_file", "eac"])]
    pub repeat: bool,
    /// Language of the explanations.
    #[arg(long, value_enum, default_value_t, requires = "repeat")]
    pub language: Language,
    /// Do not ring the terminal's bell.
    #[arg(long, requires = "repeat")]
    pub quiet: bool,
    /// Keep files and report of every card that opened, in a new folder below this one. Nothing is kept otherwise.
    #[arg(long, value_name = "FOLDER", requires = "repeat")]
    pub keep: Option<PathBuf>,
}

/// Language of what is said at the counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Vietnamese.
    Vi,
}
