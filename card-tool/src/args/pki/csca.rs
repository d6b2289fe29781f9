//! The grammar of `pki csca`: the offline root.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::EcParametersArg;

/// Who takes part in a ceremony, and what opens the key.
#[derive(Debug, Args)]
pub struct SittingArgs {
    /// A person who takes part, twice: NAME or NAME=ROLE with key-officer, ca-operator, system-administrator, access-manager
    /// or reviewer. The first one has the first part of the secret.
    #[arg(long = "person", value_name = "NAME", required = true)]
    pub persons: Vec<String>,
    /// File with a person's part of the secret, twice, in the order of the persons; CARD_SECRET_1 and CARD_SECRET_2 hold
    /// them otherwise, or each person types.
    #[arg(long = "secret-file", value_name = "FILE")]
    pub secret_files: Vec<PathBuf>,
    /// Do it without asking.
    #[arg(long)]
    pub yes: bool,
}

/// `pki csca`.
#[derive(Debug, Subcommand)]
pub enum Csca {
    /// Generate the key of a new root and its certificate.
    #[command(
        after_help = "Example:\n  card-tool pki csca init csca --country VN --state VNM --document-types I,ID --person 'TEST ONE' --person 'TEST TWO'"
    )]
    Init(Box<CscaInit>),
    /// Trust the key of a registrar, after both have compared its fingerprint.
    #[command(
        after_help = "Example:\n  card-tool pki csca admit csca registrar.pem --person 'TEST ONE' --person 'TEST TWO'"
    )]
    Admit {
        /// Folder of the root.
        folder: PathBuf,
        /// The registrar's public key in PEM.
        key: PathBuf,
        /// What to call it; the name of the file otherwise.
        #[arg(long)]
        name: Option<String>,
        /// The ceremony.
        #[command(flatten)]
        sitting: SittingArgs,
    },
    /// Trust a registrar no more: its requests are refused from now on. What was answered stays valid.
    #[command(
        after_help = "Example:\n  card-tool pki csca dismiss csca registrar --person 'TEST ONE' --person 'TEST TWO'"
    )]
    Dismiss {
        /// Folder of the root.
        folder: PathBuf,
        /// Its name, or the SHA-256 of its key: `pki csca log` shows both.
        registrar: String,
        /// The ceremony.
        #[command(flatten)]
        sitting: SittingArgs,
    },
    /// Answer a request. The same request again gets the same answer.
    #[command(
        after_help = "Example:\n  card-tool pki csca sign csca request.json --out answer.json --person 'TEST ONE' --person 'TEST TWO'"
    )]
    Sign {
        /// Folder of the root.
        folder: PathBuf,
        /// The request.
        request: PathBuf,
        /// Where the answer is written.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// The ceremony.
        #[command(flatten)]
        sitting: SittingArgs,
    },
    /// Change the key: a new root certificate and the link certificate that leads to it.
    #[command(
        after_help = "Example:\n  card-tool pki csca link csca --person 'TEST ONE' --person 'TEST TWO'"
    )]
    Link(Box<CscaLink>),
    /// Revoke a certificate; the next list says so.
    #[command(
        after_help = "Example:\n  card-tool pki csca revoke csca --certificate old.der --person 'TEST ONE' --person 'TEST TWO'"
    )]
    Revoke {
        /// Folder of the root.
        folder: PathBuf,
        /// The certificate.
        #[arg(
            long,
            value_name = "FILE",
            conflicts_with = "serial",
            required_unless_present = "serial"
        )]
        certificate: Option<PathBuf>,
        /// Its serial number in hexadecimal.
        #[arg(long, value_name = "HEX")]
        serial: Option<String>,
        /// The ceremony.
        #[command(flatten)]
        sitting: SittingArgs,
    },
    /// Issue the next revocation list.
    #[command(
        after_help = "Example:\n  card-tool pki csca crl csca --out csca.crl --person 'TEST ONE' --person 'TEST TWO'"
    )]
    Crl {
        /// Folder of the root.
        folder: PathBuf,
        /// Where the list is written, besides the folder.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Days until the next list.
        #[arg(long, default_value_t = 90, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(2..=90))]
        days: u16,
        /// The ceremony.
        #[command(flatten)]
        sitting: SittingArgs,
    },
    /// Write a copy of the root: journal and encrypted key files.
    #[command(
        after_help = "Example:\n  card-tool pki csca backup csca --out csca.backup --person 'TEST ONE' --person 'TEST TWO'"
    )]
    Backup {
        /// Folder of the root.
        folder: PathBuf,
        /// Where the copy is written.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// The ceremony.
        #[command(flatten)]
        sitting: SittingArgs,
    },
    /// Bring a root back from a copy.
    #[command(
        after_help = "Example:\n  card-tool pki csca restore csca --from csca.backup --person 'TEST ONE' --person 'TEST TWO'"
    )]
    Restore {
        /// Folder to make.
        folder: PathBuf,
        /// The copy.
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
        /// The ceremony.
        #[command(flatten)]
        sitting: SittingArgs,
    },
    /// Destroy the keys of the root, or of one generation that is out of use.
    #[command(
        after_help = "Example:\n  card-tool pki csca destroy csca --generation 1 --person 'TEST ONE' --person 'TEST TWO'"
    )]
    Destroy {
        /// Folder of the root.
        folder: PathBuf,
        /// Only the key of this generation.
        #[arg(long, value_name = "NUMBER")]
        generation: Option<u32>,
        /// Only the keys that are in no certificate: a ceremony broke off.
        #[arg(long, conflicts_with = "generation")]
        unfinished: bool,
        /// A key is known to be lost: where it is not found it is declared lost. The record does not say that it is destroyed.
        #[arg(long)]
        lost: bool,
        /// The ceremony.
        #[command(flatten)]
        sitting: SittingArgs,
    },
    /// Check the journal of a root and print its records.
    #[command(after_help = "Example:\n  card-tool pki csca log csca --html records.html")]
    Log {
        /// Folder of the root.
        folder: PathBuf,
        /// Write the records as a page to print.
        #[arg(long, value_name = "FILE")]
        html: Option<PathBuf>,
    },
}

/// `pki csca init`.
#[derive(Debug, Args)]
pub struct CscaInit {
    /// Folder to make.
    pub folder: PathBuf,
    /// Two-letter country, as VN.
    #[arg(long, value_name = "XX", value_parser = super::country)]
    pub country: String,
    /// Three-letter issuing state, as in the machine readable zone.
    #[arg(long, value_name = "XXX")]
    pub state: String,
    /// Common name of the CSCA; `CSCA` and the state otherwise.
    #[arg(long, value_name = "NAME")]
    pub common_name: Option<String>,
    /// Key and signature algorithm.
    #[arg(long, default_value = "ecdsa-brainpoolP384r1")]
    pub algorithm: String,
    /// Where the key is made: `file`, in the folder, or `pkcs11:token=…;object=…?module-path=…`.
    #[arg(long, default_value = "file", value_name = "PLACE")]
    pub key_store: String,
    /// Document codes that document signers may be certified for.
    #[arg(long, value_delimiter = ',', required = true)]
    pub document_types: Vec<String>,
    /// How many years a document lives.
    #[arg(long, default_value_t = 10, value_name = "YEARS", value_parser = clap::value_parser!(u16).range(1..=25))]
    pub document_years: u16,
    /// How many days a document signer's key is used at most.
    #[arg(long, default_value_t = 92, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=366))]
    pub signer_usage_days: u16,
    /// How many days the CSCA's key is used.
    #[arg(long, default_value_t = 1826, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=3653))]
    pub csca_usage_days: u16,
    /// Where the authority can be reached.
    #[arg(long, value_name = "URL")]
    pub contact: Option<String>,
    /// Where the revocation lists can be had; may be said several times.
    #[arg(long = "crl-url", value_name = "URL")]
    pub crl_urls: Vec<String>,
    /// How elliptic curves are written.
    #[arg(long, value_enum, default_value_t)]
    pub ec_parameters: EcParametersArg,
    /// The ceremony.
    #[command(flatten)]
    pub sitting: SittingArgs,
}

/// `pki csca link`.
#[derive(Debug, Args)]
pub struct CscaLink {
    /// Folder of the root.
    pub folder: PathBuf,
    /// Key and signature algorithm of the new key; those of the old one otherwise.
    #[arg(long)]
    pub algorithm: Option<String>,
    /// Where the new key is made: `file`, in the folder, or `pkcs11:token=…;object=…?module-path=…`.
    #[arg(long, default_value = "file", value_name = "PLACE")]
    pub key_store: String,
    /// A new common name.
    #[arg(long, value_name = "NAME")]
    pub common_name: Option<String>,
    /// The ceremony.
    #[command(flatten)]
    pub sitting: SittingArgs,
}
