use std::path::PathBuf;

use applet_spec::conformance::Feature;
use clap::Args;

use super::{AccessArg, EacSecret, PasswordArgs, ReaderArgs};

/// `conformance`.
#[derive(Debug, Args)]
pub struct Conformance {
    /// Examine the software chip in this file. With neither a file nor a reader, a specimen chip in this process is examined, of
    /// which nothing need be said.
    #[arg(long, value_name = "FILE", conflicts_with = "reader")]
    pub chip: Option<PathBuf>,
    /// Run the cases of these units only, such as ICAO3-B or EAC1-LDS-G.
    #[arg(long, value_name = "UNIT")]
    pub unit: Vec<String>,
    /// Run these cases only, such as ICAO3-B-19.
    #[arg(long, value_name = "CASE")]
    pub case: Vec<String>,
    /// List the cases, and run none; with --unit or --case those.
    #[arg(long)]
    pub list: bool,
    /// Run also what lowers counters, blocks or moves trust points: the card is not what it was afterwards.
    #[arg(long)]
    pub destructive: bool,
    /// What the card is said to offer, such as bac,pace,active-authentication,EF.DG11: a card that lacks one of these fails the cases
    /// on it, which do not apply otherwise.
    #[arg(long, value_name = "WORDS", value_delimiter = ',', value_parser = feature)]
    pub offers: Vec<Feature>,
    /// Folder of a CVCA that the card trusts (`card-tool eac cvca`): its key signs the certificates of the terminals that the cases
    /// present. They move the date of the card, so that most of them run with --destructive only.
    #[arg(long, value_name = "FOLDER")]
    pub eac: Option<PathBuf>,
    /// The day that these certificates count from, YYYY-MM-DD, not before the date of the card, which earlier runs may have moved;
    /// today otherwise.
    #[arg(long, value_name = "DAY", requires = "eac")]
    pub day: Option<String>,
    /// The key of that CVCA.
    #[command(flatten)]
    pub secret: EacSecret,
    /// Write the report as a page one can look at.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Show what the card gave of its files in plain whole. It may be the holder's: without this the report has its first four octets,
    /// but all of EF.CardAccess, EF.DIR and EF.COM. Show the cryptograms of BAC, too: who guesses the printed zone sees by them
    /// whether the guess is right, without the card.
    #[arg(long)]
    pub with_data: bool,
    /// File with the lines of the machine readable zone; CARD_MRZ holds them otherwise.
    #[arg(long, value_name = "FILE")]
    pub mrz_file: Option<PathBuf>,
    /// File with the six digits of the CAN; CARD_CAN holds them otherwise.
    #[arg(long, value_name = "FILE")]
    pub can_file: Option<PathBuf>,
    /// File with the holder's PIN; CARD_PIN holds it otherwise. A wrong one costs the holder a try: it is shown only where nothing
    /// printed is given, or where a case that was chosen shows it, and never for the last try.
    #[arg(long, value_name = "FILE")]
    pub pin_file: Option<PathBuf>,
    /// Which reader.
    #[command(flatten)]
    pub reader: ReaderArgs,
}

fn feature(word: &str) -> Result<Feature, String> {
    Feature::from_word(word).ok_or_else(|| {
        let words: Vec<String> = Feature::listed()
            .map(|feature| feature.to_string())
            .collect();
        format!("one of {}, or a file such as EF.DG3", words.join(", "))
    })
}

impl Conformance {
    /// Where the passwords of the card are.
    pub fn passwords(&self) -> PasswordArgs {
        PasswordArgs {
            mrz_file: self.mrz_file.clone(),
            can_file: self.can_file.clone(),
            pin_file: self.pin_file.clone(),
            last_try: false,
            access: AccessArg::Auto,
        }
    }
}
