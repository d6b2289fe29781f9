//! `trust`: the store of what is trusted.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `trust`.
#[derive(Debug, Subcommand)]
pub enum Trust {
    /// Add CSCA certificates, master lists, revocation lists, deviation lists or LDIF files of the PKD.
    #[command(
        after_help = "Distribution gives no trust: the first CSCA certificate or list must be checked by another way, and that is recorded.\n\
Afterwards lists signed under a CSCA of the store, and link certificates, need nothing more.\n\n\
Examples:\n  card-tool trust add store csca.der --fingerprint 6f1c…\n  card-tool trust add store DE_ML.ml --out-of-band \"fingerprint compared with the one published by the issuer\"\n  card-tool trust add store icaopkd-001.ldif icaopkd-002.ldif"
    )]
    Add(TrustAdd),
    /// Show what a store, a file or a folder holds, country by country; its lists, and what was removed.
    #[command(
        after_help = "The head of a store's index names everything that has ever been done to it: note it elsewhere, and nobody cuts off\n\
a removal unnoticed. A folder that is no store is trusted because it was named, whatever its lists are signed with.\n\n\
Examples:\n  card-tool trust list store --check\n  card-tool trust list store --country UT"
    )]
    List(TrustList),
    /// Add newer lists to a store that is there, and say what they change. Nothing is removed.
    #[command(
        after_help = "What the store does not vouch for is refused, as by `trust add`.\n\n\
Example:\n  card-tool trust update store DE_ML_2026-05-28.ml crl.der"
    )]
    Update(TrustAdd),
    /// Show one certificate: what it says, where it came from, who vouches for it.
    #[command(after_help = "Example:\n  card-tool trust show store 6f1c02ab")]
    Show(TrustShow),
    /// No longer trust a certificate or a list, whatever brings it again.
    #[command(
        after_help = "Lists and statements bring nothing back that was removed. What was removed by mistake is trusted again by its own\n\
fingerprint, which `trust list` shows: `card-tool trust add store csca.der --fingerprint 6f1c02ab…` (all 64 digits).\n\n\
Example:\n  card-tool trust remove store 6f1c02ab --reason \"key compromised, letter of the issuer\""
    )]
    Remove(TrustRemove),
}

/// `trust add`, `trust update`.
#[derive(Debug, Args)]
pub struct TrustAdd {
    /// The store: a folder, which is made.
    pub store: PathBuf,
    /// Files, or folders of files.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// SHA-256 that was compared with one had by another way: of a certificate, of the list's signer, or of the file.
    #[arg(long, value_name = "SHA256", conflicts_with = "out_of_band")]
    pub fingerprint: Vec<String>,
    /// Trust the files as they are: who has checked them, and how.
    #[arg(long, value_name = "STATEMENT")]
    pub out_of_band: Option<String>,
}

/// `trust list`.
#[derive(Debug, Args)]
pub struct TrustList {
    /// The store; or any file or folder that `verify --trust` takes.
    pub store: PathBuf,
    /// The certificates of one country, each on its line.
    #[arg(long, value_name = "XX")]
    pub country: Option<String>,
    /// Verify the signature of each certificate and say which cannot be verified, and why.
    #[arg(long)]
    pub check: bool,
}

/// `trust show`.
#[derive(Debug, Args)]
pub struct TrustShow {
    /// The store; or any file or folder that `verify --trust` takes.
    pub store: PathBuf,
    /// SHA-256 of the certificate, or its first digits, eight at least.
    pub fingerprint: String,
}

/// `trust remove`.
#[derive(Debug, Args)]
pub struct TrustRemove {
    /// The store.
    pub store: PathBuf,
    /// SHA-256 of the certificate, list or file, or its first digits, eight at least.
    pub fingerprint: String,
    /// Why; it is recorded.
    #[arg(long)]
    pub reason: String,
    /// Do it without asking, even when what it vouched for goes with it.
    #[arg(long)]
    pub yes: bool,
}
