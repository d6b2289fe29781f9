//! The grammar of `pki`: test issuers, the offline root, and the online side of an issuer.

mod csca;
mod lint;
mod online;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

pub use csca::*;
pub use lint::PkiLint;
pub use online::*;

/// `pki`.
#[derive(Debug, Subcommand)]
pub enum Pki {
    /// Make a CSCA and a document signer. For tests: the keys lie in files.
    #[command(
        after_help = "Example:\n  card-tool pki init pki --country VN --state VNM --algorithm ecdsa-brainpoolP384r1 --document-types ID"
    )]
    Init(PkiInit),
    /// Show the certificates of a folder.
    #[command(after_help = "Example:\n  card-tool pki show pki")]
    Show {
        /// The folder.
        folder: PathBuf,
    },
    /// The offline root: ceremonies of two persons on a machine without a network.
    #[command(subcommand)]
    Csca(Csca),
    /// The online side that vouches for requests to the root.
    #[command(subcommand)]
    Registrar(Registrar),
    /// Document signers and list signers of the online side.
    #[command(subcommand)]
    Signer(Signer),
    /// Sign a master list.
    #[command(subcommand)]
    MasterList(MasterList),
    /// Sign a deviation list.
    #[command(subcommand)]
    DeviationList(DeviationList),
    /// Check certificates, CRLs, signed lists and EF.SOD against the rules of their profiles.
    #[command(
        after_help = "Examples:\n  card-tool pki lint pki/csca.der pki/ds.der --issuer pki/csca.der\n  card-tool pki lint list.ml --severity warning\n  card-tool pki lint --rules"
    )]
    Lint(PkiLint),
}

/// `pki init`.
#[derive(Debug, Args)]
pub struct PkiInit {
    /// Folder to make.
    pub folder: PathBuf,
    /// Two-letter country, as VN.
    #[arg(long, value_name = "XX", value_parser = country)]
    pub country: String,
    /// Three-letter issuing state, as in the machine readable zone.
    #[arg(long, value_name = "XXX")]
    pub state: String,
    /// Algorithm of both keys.
    #[arg(long, default_value = "ecdsa-p256")]
    pub algorithm: String,
    /// Document codes that the document signer may sign.
    #[arg(long, value_delimiter = ',', required = true)]
    pub document_types: Vec<String>,
    /// How many years a document lives.
    #[arg(long, default_value_t = 10, value_name = "YEARS", value_parser = clap::value_parser!(i32).range(1..=25))]
    pub document_years: i32,
    /// How elliptic curves are written.
    #[arg(long, value_enum, default_value_t)]
    pub ec_parameters: EcParametersArg,
}

/// How elliptic curves are written in certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum EcParametersArg {
    /// All numbers, as Doc 9303-12 asks.
    #[default]
    Explicit,
    /// By name, for software that knows nothing else.
    Named,
}

/// A country of certificates (ISO 3166-1 alpha-2), which people mix up with the state of the machine readable zone.
pub(super) fn country(word: &str) -> Result<String, String> {
    if word.len() == 2 && word.bytes().all(|letter| letter.is_ascii_uppercase()) {
        return Ok(word.to_owned());
    }
    Err("two upper-case letters, as VN; the three letters of the machine readable zone go to --state".to_owned())
}
