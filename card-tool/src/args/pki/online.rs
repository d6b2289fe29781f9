//! The grammar of the online side: `pki registrar`, `pki signer`, `pki master-list`, `pki deviation-list`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// `pki registrar`.
#[derive(Debug, Subcommand)]
pub enum Registrar {
    /// Make the online folder of an issuer with the registrar's key.
    #[command(
        after_help = "Example:\n  card-tool pki registrar init issuer --csca csca.der --document-types I,ID"
    )]
    Init {
        /// Folder to make.
        folder: PathBuf,
        /// The CSCA certificate, whose hash was compared with the record of its ceremony.
        #[arg(long, value_name = "FILE")]
        csca: PathBuf,
        /// Document codes that document signers are to sign.
        #[arg(long, value_delimiter = ',', required = true)]
        document_types: Vec<String>,
        /// How many years a document lives.
        #[arg(long, default_value_t = 10, value_name = "YEARS", value_parser = clap::value_parser!(u16).range(1..=25))]
        document_years: u16,
        /// Key and signature algorithm of the registrar.
        #[arg(long, default_value = "ecdsa-p256")]
        algorithm: String,
        /// Where the key is made: `file`, in the folder, or `pkcs11:token=…;object=…?module-path=…`.
        #[arg(long, default_value = "file", value_name = "PLACE")]
        key_store: String,
        /// The registrar's secret.
        #[command(flatten)]
        secret: RegistrarSecret,
    },
}

/// What opens the registrar's key.
#[derive(Debug, Args)]
pub struct RegistrarSecret {
    /// File with the secret of the registrar's key; CARD_REGISTRAR_SECRET holds it otherwise.
    #[arg(long, value_name = "FILE")]
    pub registrar_secret_file: Option<PathBuf>,
}

/// What opens a signer's key.
#[derive(Debug, Args)]
pub struct SignerSecret {
    /// File with the secret or PIN of the signer's key; CARD_SIGNER_SECRET holds it otherwise.
    #[arg(long, value_name = "FILE")]
    pub signer_secret_file: Option<PathBuf>,
}

/// `pki signer`.
#[derive(Debug, Subcommand)]
pub enum Signer {
    /// Make a new key and the request for its certificate, or request a revocation list.
    #[command(
        after_help = "Examples:\n  card-tool pki signer request issuer --kind document-signer --out request.json --document-limit 100000\n  card-tool pki signer request issuer --kind crl --revoke old.der --out request.json"
    )]
    Request(Box<SignerRequest>),
    /// Check an answer of the root against the request it belongs to, and put what it holds into use.
    #[command(after_help = "Example:\n  card-tool pki signer accept issuer answer.json")]
    Accept {
        /// Folder of the issuer.
        folder: PathBuf,
        /// The answer.
        answer: PathBuf,
        /// The new key's secret.
        #[command(flatten)]
        secret: SignerSecret,
    },
    /// Show the signers: periods, what was signed, when a successor is due.
    #[command(after_help = "Example:\n  card-tool pki signer status issuer")]
    Status {
        /// Folder of the issuer.
        folder: PathBuf,
    },
    /// End a request that nobody answers, or that broke off: destroy its key, with a record.
    #[command(
        after_help = "Example:\n  card-tool pki signer withdraw issuer --name ds1 --person 'TEST ONE' --person 'TEST TWO'"
    )]
    Withdraw {
        /// Folder of the issuer.
        folder: PathBuf,
        /// The request.
        #[arg(long)]
        name: String,
        /// A person who takes part, twice: the key may have a certificate that never came here.
        #[arg(long = "person", value_name = "NAME", required = true)]
        persons: Vec<String>,
        /// The key is known to be lost: end the request without it where it is not found. The record says so.
        #[arg(long)]
        lost: bool,
        /// The secret of the key, or the PIN of its token.
        #[command(flatten)]
        secret: SignerSecret,
        /// Do it without asking.
        #[arg(long)]
        yes: bool,
    },
    /// Destroy the key of a signer after its last document or list, with a record.
    #[command(
        after_help = "Example:\n  card-tool pki signer retire issuer --name ds1 --person 'TEST ONE' --person 'TEST TWO'"
    )]
    Retire {
        /// Folder of the issuer.
        folder: PathBuf,
        /// The signer, of whatever kind; the document signer whose usage period ended first otherwise.
        #[arg(long)]
        name: Option<String>,
        /// Also while the key might still be used.
        #[arg(long)]
        early: bool,
        /// The key is known to be lost: close its account without it where it is not found. The record says so.
        #[arg(long)]
        lost: bool,
        /// A person who takes part, twice.
        #[arg(long = "person", value_name = "NAME", required = true)]
        persons: Vec<String>,
        /// The key's secret.
        #[command(flatten)]
        secret: SignerSecret,
        /// Do it without asking.
        #[arg(long)]
        yes: bool,
    },
}

/// `pki signer request`.
#[derive(Debug, Args)]
pub struct SignerRequest {
    /// Folder of the issuer.
    pub folder: PathBuf,
    /// What is wanted.
    #[arg(long, value_enum)]
    pub kind: SignerKind,
    /// Where the request is written.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Name of the signer in the folder; made of kind and date otherwise.
    #[arg(long)]
    pub name: Option<String>,
    /// Common name in the certificate; two letters for a bar code signer.
    #[arg(long, value_name = "NAME")]
    pub common_name: Option<String>,
    /// Key and signature algorithm.
    #[arg(long, default_value = "ecdsa-p256")]
    pub algorithm: String,
    /// Where the key is made: `file`, in the folder, or `pkcs11:token=…;object=…?module-path=…`.
    #[arg(long, default_value = "file", value_name = "PLACE")]
    pub key_store: String,
    /// Day on which the key's use begins, YYYY-MM-DD; now otherwise.
    #[arg(long, value_name = "DAY")]
    pub from: Option<String>,
    /// How many days the key is used.
    #[arg(long, default_value_t = 90, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=3653))]
    pub usage_days: u16,
    /// Document codes; those of the folder otherwise.
    #[arg(long, value_delimiter = ',')]
    pub document_types: Vec<String>,
    /// How many documents the key signs at most.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
    pub document_limit: Option<u64>,
    /// For a revocation list: a certificate to revoke; may be said several times.
    #[arg(long, value_name = "FILE")]
    pub revoke: Vec<PathBuf>,
    /// The registrar's secret.
    #[command(flatten)]
    pub registrar: RegistrarSecret,
    /// The new key's secret.
    #[command(flatten)]
    pub secret: SignerSecret,
}

/// What is wanted of the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SignerKind {
    /// A signer of documents.
    DocumentSigner,
    /// A signer of master lists.
    MasterListSigner,
    /// A signer of deviation lists.
    DeviationListSigner,
    /// A signer of bar codes.
    BarcodeSigner,
    /// A revocation list.
    Crl,
}

/// `pki master-list`.
#[derive(Debug, Subcommand)]
pub enum MasterList {
    /// Sign a list of CSCA certificates with the master list signer of a folder.
    #[command(
        after_help = "Example:\n  card-tool pki master-list make issuer other-csca.der --out national.ml"
    )]
    Make {
        /// Folder of the issuer.
        folder: PathBuf,
        /// CSCA certificates of others, DER or PEM; one's own is in the list anyway.
        certificates: Vec<PathBuf>,
        /// Where the list is written.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Name of the signer; the one that may sign now otherwise.
        #[arg(long)]
        name: Option<String>,
        /// The signer's secret.
        #[command(flatten)]
        secret: SignerSecret,
    },
}

const DEVIATION_LIST_HELP: &str = "\
Example:
  card-tool pki deviation-list make issuer deviations.toml --out national.dl

deviations.toml:
  [[deviation]]
  # Which documents; what is left out holds for all.
  document-type = \"P\"
  first-issued = \"2026-01-01\"
  last-issued = \"2026-02-01\"
  document-numbers = [\"X1234567\", \"X1234568\"]
  # signer = \"document-signer.der\"    # a certificate, from the folder of this file

  [[deviation.description]]
  kind = \"data-group-hash-wrong\"
  number = 12
  text = \"Date of personalisation replaced\"

Kinds (Doc 9303-12 §10.2), and what their number is:
  document-signer-signature, document-signer-encoding (field of the certificate), csca-encoding (the same),
  active-authentication-key-compromised, data-group-malformed (data group, 20 EF.SOD, 21 EF.COM),
  data-group-hash-wrong (the same), sod-signature-wrong, com-inconsistent, mrz-data-wrong (field),
  mrz-check-digit-wrong (field), chip, national-use
  A list excuses nobody's identity: with sod-signature-wrong the signature of EF.SOD does not hold and documents
  stay undetermined; a group of data-group-hash-wrong is neither shown nor used, and never DG1, DG2, DG14 or DG15.";

/// `pki deviation-list`.
#[derive(Debug, Subcommand)]
pub enum DeviationList {
    /// Sign a deviation list with the deviation list signer of a folder.
    #[command(after_help = DEVIATION_LIST_HELP)]
    Make {
        /// Folder of the issuer.
        folder: PathBuf,
        /// The deviations, in TOML.
        deviations: PathBuf,
        /// Where the list is written.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Name of the signer; the one that may sign now otherwise.
        #[arg(long)]
        name: Option<String>,
        /// The signer's secret.
        #[command(flatten)]
        secret: SignerSecret,
    },
}
