//! The grammar of how a floor begins and how jobs come to it.

use std::path::PathBuf;

use clap::Args;

use crate::args::RecordEncodingArg;

/// `floor open`.
#[derive(Debug, Args)]
pub struct FloorOpen {
    /// The folder; it is made.
    pub folder: PathBuf,
    /// Public keys (PEM or DER) or certificates of those whose batches are taken; on P-256.
    #[arg(long, value_name = "FILE")]
    pub signer: Vec<PathBuf>,
    /// Who opens it.
    #[arg(long, value_name = "NAME", env = "CARD_OPERATOR")]
    pub by: String,
}

/// `floor trust-signer`.
#[derive(Debug, Args)]
pub struct FloorTrustSigner {
    /// The floor.
    pub folder: PathBuf,
    /// Public key (PEM or DER) or certificate; on P-256.
    pub signer: PathBuf,
    /// Who says so.
    #[arg(long, value_name = "NAME", env = "CARD_OPERATOR")]
    pub by: String,
    /// Check, and change nothing.
    #[arg(long)]
    pub dry_run: bool,
}

/// `floor signer-key`.
#[derive(Debug, Args)]
pub struct FloorSignerKey {
    /// The key's file, encrypted; beside it comes a `.pub.pem` for floors.
    pub file: PathBuf,
    /// File with the secret of the key; CARD_BATCH_SECRET holds it otherwise.
    #[arg(long, value_name = "FILE")]
    pub secret_file: Option<PathBuf>,
}

/// `floor sign`.
#[derive(Debug, Args)]
pub struct FloorSign {
    /// The folder of job files; `batch.json` comes into it.
    pub jobs: PathBuf,
    /// The key that signs.
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// File with the secret of the key; CARD_BATCH_SECRET holds it otherwise.
    #[arg(long, value_name = "FILE")]
    pub secret_file: Option<PathBuf>,
    /// Where the batch is to be written.
    #[arg(long, value_name = "SITE")]
    pub site: String,
    /// Issuer profile: what the cards are.
    #[arg(long, value_name = "PROFILE")]
    pub profile: String,
    /// The batch's name; a new one is drawn otherwise.
    #[arg(long, value_name = "ID")]
    pub batch: Option<uuid::Uuid>,
    /// These cards take the place of rejects.
    #[arg(long)]
    pub remake: bool,
    /// For how many days it may be taken.
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=366))]
    pub days: u32,
}

/// `floor take`.
#[derive(Debug, Args)]
pub struct FloorTake {
    /// The floor.
    pub folder: PathBuf,
    /// Job files, or folders of them.
    #[arg(required = true, value_name = "FILE")]
    pub jobs: Vec<PathBuf>,
    /// Nobody has signed these jobs, and they are taken all the same. The journal says so.
    #[arg(long)]
    pub unsigned: bool,
    /// The batch's name at the service; a new one is drawn otherwise.
    #[arg(long, value_name = "ID")]
    pub batch: Option<uuid::Uuid>,
    /// These cards take the place of rejects: they go before all others.
    #[arg(long)]
    pub remake: bool,
    /// Who takes them.
    #[arg(long, value_name = "NAME", env = "CARD_OPERATOR")]
    pub by: String,
    /// Check everything, and change nothing: no file, no journal.
    #[arg(long)]
    pub dry_run: bool,
}

/// `floor issue`.
#[derive(Debug, Args)]
pub struct FloorIssue {
    /// The floor.
    pub folder: PathBuf,
    /// Folders with a holder's record and images.
    #[arg(required = true, value_name = "RECORD")]
    pub records: Vec<PathBuf>,
    /// Issuer profile of the records and of the chips.
    #[arg(long, value_name = "PROFILE")]
    pub profile: String,
    /// Folder of the issuer's PKI: one of `pki init`, or one of `pki registrar init` with document signers.
    #[arg(long, value_name = "FOLDER")]
    pub pki: PathBuf,
    /// File with the secret or PIN of the document signer's key; CARD_SIGNER_SECRET holds it otherwise.
    #[arg(long, value_name = "FILE")]
    pub signer_secret_file: Option<PathBuf>,
    /// The register of issued documents.
    #[arg(long, value_name = "FILE")]
    pub register: PathBuf,
    /// Where the jobs go.
    #[arg(long, value_name = "FOLDER")]
    pub jobs: PathBuf,
    /// Whose terminals may read the fingers: the file of `eac cvca trust-point`, or the folder of the CVCA.
    #[arg(long, value_name = "PATH")]
    pub eac: Option<PathBuf>,
    /// Generation of the records in EF.DG2 and EF.DG3.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub biometric_records: RecordEncodingArg,
}
