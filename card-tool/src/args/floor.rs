//! `floor`: many cards, several readers, a journal.

use std::path::PathBuf;

mod batch;

use clap::{Args, Subcommand, ValueEnum};

pub use self::batch::{
    FloorIssue, FloorOpen, FloorSign, FloorSignerKey, FloorTake, FloorTrustSigner,
};

/// `floor`.
#[derive(Debug, Subcommand)]
pub enum Floor {
    /// Make the folder of a floor: its journal, and room for jobs.
    #[command(after_help = "Example:\n  card-tool floor open hall --by \"TEST One\"")]
    Open(FloorOpen),
    /// Take batches of one more signer.
    #[command(
        after_help = "Example:\n  card-tool floor trust-signer hall service.pub.pem --by \"TEST One\""
    )]
    TrustSigner(FloorTrustSigner),
    /// Make the key that signs batches, where no service does it: for the office that makes jobs, not for the floor.
    #[command(after_help = "Example:\n  card-tool floor signer-key batches.key")]
    SignerKey(FloorSignerKey),
    /// Sign a folder of jobs as one batch: its file `batch.json` names each by its SHA-256.
    #[command(
        after_help = "Example:\n  card-tool floor sign jobs --key batches.key --site test-site --profile vn-cccd-2021"
    )]
    Sign(FloorSign),
    /// Take jobs as one batch. Each is for one chip, which says its serial number when it is put in.
    #[command(
        after_help = "A folder with a `batch.json` is a signed batch. A file that is damaged is named (exit 1), and the rest is taken; the same command\n\
takes what was missing later.\n\n\
Examples:\n  card-tool floor take hall jobs --by \"TEST One\"\n  card-tool floor take hall again.job.json --unsigned --remake --by \"TEST One\""
    )]
    Take(FloorTake),
    /// Bring chips into the pool as they are put in: each gets the issuer's keys, generates its own, and a file tells the issuer of it.
    #[command(
        after_help = "The files of the chips come into the folder's `chips`; jobs are made for them elsewhere and taken with `floor take`.\n\n\
Example:\n  card-tool floor prepare hall --count 500 --profile vn-cccd-2021 --keys keys --by \"TEST One\""
    )]
    Prepare(FloorPrepare),
    /// Make jobs for chips of the pool out of records, where no service does it: each record gets the next chip.
    #[command(
        after_help = "What was issued before stays as it is: the same command goes on after a crash. The jobs are then taken with `floor take`.\n\n\
Example:\n  card-tool floor issue hall people/* --profile vn-cccd-2021 --pki pki --register issued.jsonl --jobs jobs"
    )]
    Issue(FloorIssue),
    /// Write the cards that are put into the readers, until none waits.
    #[command(
        after_help = "Cards go in as they come to hand; remakes should go first. A card that was pulled is put in again and goes on.\n\
After Ctrl-C, a power cut or a dead machine the same command goes on.\n\n\
Example:\n  card-tool floor write hall --keys press --by \"TEST One\""
    )]
    Write(FloorStationWrite),
    /// Read written cards back as a border would, and lock what is good. Somebody else than the writer, with other keys.
    #[command(
        after_help = "Example:\n  card-tool floor judge hall --keys quality --trust border-store --by \"TEST Two\""
    )]
    Judge(FloorJudge),
    /// Give good cards to somebody else: both have counted them, and here they are no longer counted.
    #[command(
        name = "hand-over",
        after_help = "Example:\n  card-tool floor hand-over hall --all --count 498 --by \"TEST One\" --to \"TEST Courier\""
    )]
    HandOver(FloorHandOver),
    /// Record that there will be no good card of a chip.
    #[command(
        after_help = "Example:\n  card-tool floor reject hall X12345678 --reason print-faulty --by \"TEST Two\""
    )]
    Reject(FloorReject),
    /// Have the chips of rejects destroy what is on them, as they are put in.
    #[command(after_help = "Example:\n  card-tool floor void hall --keys press --by \"TEST One\"")]
    Void(FloorWrite),
    /// Record that a station that had stopped was opened, and what was in it taken out.
    #[command(
        after_help = "Example:\n  card-tool floor station hall press-1 --cleared \"jam at the feeder, card taken out\" --by \"TEST One\""
    )]
    Station(FloorStation),
    /// Record that two persons have destroyed rejects.
    #[command(
        after_help = "Example:\n  card-tool floor destroy hall X12345678 --by \"TEST One\" --by \"TEST Two\""
    )]
    Destroy(FloorTwo),
    /// Record that two persons have looked for cards in vain.
    #[command(
        after_help = "Example:\n  card-tool floor missing hall X12345678 --by \"TEST One\" --by \"TEST Two\""
    )]
    Missing(FloorTwo),
    /// Record that a missing card is there again; it goes to the rejects.
    #[command(after_help = "Example:\n  card-tool floor found hall X12345678 --by \"TEST One\"")]
    Found(FloorOne),
    /// Show where every card is, what comes next, and what has failed.
    #[command(after_help = "Example:\n  card-tool floor status hall")]
    Status(FloorStatus),
    /// Print the report of stock, shift, batches and rejects, for two signatures.
    #[command(
        after_help = "Example:\n  card-tool floor report hall --language vi --html report.html"
    )]
    Report(FloorReport),
    /// Print what the service has to be told of each batch, and write down that it was told.
    #[command(
        after_help = "Each batch has the bodies of `POST /v1/batches/{id}/results` and `/quality`, in this order.\n\
What was printed is what is told: what happens in between is told the next time.\n\n\
Example:\n  card-tool floor results hall --output-format json > results.json\n  card-tool floor results hall --told results.json --by \"TEST One\""
    )]
    Results(FloorResults),
    /// Open and close shifts: what is counted must be what is computed.
    #[command(subcommand)]
    Shift(FloorShift),
}

/// `floor station`.
#[derive(Debug, Args)]
pub struct FloorStation {
    /// The floor.
    pub folder: PathBuf,
    /// The station's name.
    pub station: String,
    /// What was found in it, and where that went.
    #[arg(long, value_name = "TEXT")]
    pub cleared: String,
    /// Who has opened it.
    #[arg(long, value_name = "NAME", env = "CARD_OPERATOR")]
    pub by: String,
    /// Check, and change nothing.
    #[arg(long)]
    pub dry_run: bool,
}

/// Which readers, and when to stop them.
#[derive(Debug, Clone, Args)]
pub struct LineArgs {
    /// Readers by name, or by any part of it that no other reader has; or by what stays the same when they are plugged in again,
    /// `serial:…` or `usb:…` as `card-tool readers --identity` shows it; several times. Without it all readers work, and those that are
    /// plugged in later.
    #[arg(long, value_name = "NAME")]
    pub reader: Vec<String>,
    /// Stop the line after so many failures in a row, over all readers.
    #[arg(long, value_name = "COUNT", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pub stop_after: u32,
    /// Take a reader out after so many failures in a row at it.
    #[arg(long, value_name = "COUNT", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    pub reader_out_after: u32,
    /// Never send extended length, for readers that cannot pass it on.
    #[arg(long)]
    pub short: bool,
    /// Check keys, jobs and readers, and say what would be done. No card, no journal and no file is touched.
    #[arg(long)]
    pub dry_run: bool,
}

/// `floor prepare`.
#[derive(Debug, Args)]
pub struct FloorPrepare {
    /// The floor.
    pub folder: PathBuf,
    /// How many new chips there are.
    #[arg(long, value_name = "COUNT")]
    pub count: u64,
    /// Issuer profile that says which keys they generate.
    #[arg(long, value_name = "PROFILE")]
    pub profile: String,
    /// Folder with the master keys of all three roles.
    #[arg(long, value_name = "FOLDER")]
    pub keys: PathBuf,
    /// Who works here.
    #[arg(long, value_name = "NAME", env = "CARD_OPERATOR")]
    pub by: String,
    /// Readers.
    #[command(flatten)]
    pub line: LineArgs,
}

/// `floor write`, `floor void`.
#[derive(Debug, Args)]
pub struct FloorWrite {
    /// The floor.
    pub folder: PathBuf,
    /// Folder with the master key of the personalisation role.
    #[arg(long, value_name = "FOLDER")]
    pub keys: PathBuf,
    /// Who works here.
    #[arg(long, value_name = "NAME", env = "CARD_OPERATOR")]
    pub by: String,
    /// Readers.
    #[command(flatten)]
    pub line: LineArgs,
}

/// `floor write`.
#[derive(Debug, Args)]
pub struct FloorStationWrite {
    /// What it takes.
    #[command(flatten)]
    pub write: FloorWrite,
    /// A machine that feeds cards by itself: the file of its commands (card-tool/STATION.md); several times.
    #[arg(long, value_name = "FILE", conflicts_with = "reader")]
    pub station: Vec<PathBuf>,
}

/// `floor judge`.
#[derive(Debug, Args)]
pub struct FloorJudge {
    /// The floor.
    pub folder: PathBuf,
    /// Folder with the master key of the quality role.
    #[arg(long, value_name = "FOLDER")]
    pub keys: PathBuf,
    /// What a border trusts: a trust store (`card-tool trust`), a file or a folder of files.
    #[arg(long, value_name = "PATH", required = true)]
    pub trust: Vec<PathBuf>,
    /// Revocation lists; a CSCA that is trusted must have signed them.
    #[arg(long, value_name = "FILE")]
    pub crl: Vec<PathBuf>,
    /// Who judges.
    #[arg(long, value_name = "NAME", env = "CARD_OPERATOR")]
    pub by: String,
    /// Readers.
    #[command(flatten)]
    pub line: LineArgs,
}

/// `floor reject`.
#[derive(Debug, Args)]
pub struct FloorReject {
    /// The floor.
    pub folder: PathBuf,
    /// The card: its printed number, its job, or its chip's serial number.
    pub card: String,
    /// chip-faulty, print-faulty, wrong-data, application-withdrawn or lost-in-production.
    #[arg(long, value_name = "REASON")]
    pub reason: String,
    /// Who decides.
    #[arg(long, value_name = "NAME", env = "CARD_OPERATOR")]
    pub by: String,
    /// Check, and change nothing.
    #[arg(long)]
    pub dry_run: bool,
}

/// `floor hand-over`.
#[derive(Debug, Args)]
pub struct FloorHandOver {
    /// The floor.
    pub folder: PathBuf,
    /// The cards: printed numbers, jobs, or serial numbers of chips.
    #[arg(required_unless_present = "all")]
    pub cards: Vec<String>,
    /// All good cards that lie here.
    #[arg(long, conflicts_with = "cards")]
    pub all: bool,
    /// How many were counted.
    #[arg(long, value_name = "COUNT")]
    pub count: u64,
    /// Who gives them.
    #[arg(long, value_name = "NAME", env = "CARD_OPERATOR")]
    pub by: String,
    /// Who takes them.
    #[arg(long, value_name = "NAME")]
    pub to: String,
    /// Check, and change nothing.
    #[arg(long)]
    pub dry_run: bool,
}

/// What takes two persons.
#[derive(Debug, Args)]
pub struct FloorTwo {
    /// The floor.
    pub folder: PathBuf,
    /// The cards: printed numbers, jobs, or serial numbers of chips.
    #[arg(required = true)]
    pub cards: Vec<String>,
    /// Who is there: twice, two different persons.
    #[arg(long, value_name = "NAME", required = true)]
    pub by: Vec<String>,
    /// Check, and change nothing.
    #[arg(long)]
    pub dry_run: bool,
}

/// What takes one person.
#[derive(Debug, Args)]
pub struct FloorOne {
    /// The floor.
    pub folder: PathBuf,
    /// The card: its printed number, its job, or its chip's serial number.
    pub card: String,
    /// Who.
    #[arg(long, value_name = "NAME", env = "CARD_OPERATOR")]
    pub by: String,
    /// Check, and change nothing.
    #[arg(long)]
    pub dry_run: bool,
}

/// `floor status`.
#[derive(Debug, Args)]
pub struct FloorStatus {
    /// The floor.
    pub folder: PathBuf,
}

/// `floor report`.
#[derive(Debug, Args)]
pub struct FloorReport {
    /// The floor.
    pub folder: PathBuf,
    /// Language of the report.
    #[arg(long, value_enum, default_value_t)]
    pub language: LanguageArg,
    /// Write it as a page for the printer, instead of text on standard output.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
}

/// Language of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum LanguageArg {
    /// Tiếng Việt.
    #[default]
    Vi,
    /// English.
    En,
}

/// `floor results`.
#[derive(Debug, Args)]
pub struct FloorResults {
    /// The floor.
    pub folder: PathBuf,
    /// The service has been told what is in this file, which the verb has printed as JSON, or what was so at LINE:LINK, which it
    /// prints as well: that is not printed again.
    #[arg(long, value_name = "FILE|LINE:LINK", requires = "by")]
    pub told: Option<String>,
    /// Who has told it.
    #[arg(long, value_name = "NAME", env = "CARD_OPERATOR")]
    pub by: Option<String>,
    /// Check, and change nothing.
    #[arg(long)]
    pub dry_run: bool,
}

/// `floor shift`.
#[derive(Debug, Subcommand)]
pub enum FloorShift {
    /// Begin a shift with what was counted.
    #[command(
        after_help = "Examples:\n  card-tool floor shift open hall --remaining 500 --rejects 0 --by \"TEST One\"\n  card-tool floor shift open hall --as-closed --by \"TEST One\""
    )]
    Open(ShiftOpen),
    /// Write down what somebody has counted in between, right or not.
    #[command(
        after_help = "Example:\n  card-tool floor shift count hall --remaining 120 --good 380 --rejects 0 --by \"TEST One\""
    )]
    Count(ShiftCount),
    /// End the shift: two persons have counted, and it adds up.
    #[command(
        after_help = "Example:\n  card-tool floor shift close hall --remaining 12 --good 485 --rejects 3 --by \"TEST One\" --by \"TEST Two\""
    )]
    Close(ShiftCount),
}

/// `floor shift open`.
#[derive(Debug, Args)]
pub struct ShiftOpen {
    /// The floor.
    pub folder: PathBuf,
    /// Cards that are no good card yet: blank, with a job, begun, or written and not yet passed.
    #[arg(long, value_name = "COUNT", required_unless_present = "as_closed")]
    pub remaining: Option<u64>,
    /// Good cards that were not handed over.
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    pub good: u64,
    /// Rejects in the safe.
    #[arg(long, value_name = "COUNT", required_unless_present = "as_closed")]
    pub rejects: Option<u64>,
    /// Nobody counts now: take what two persons have counted when the last shift was closed. The report says so, and it is refused
    /// when anything has come in since.
    #[arg(long, conflicts_with_all = ["remaining", "good", "rejects"])]
    pub as_closed: bool,
    /// Who has counted, and begins.
    #[arg(long, value_name = "NAME", env = "CARD_OPERATOR")]
    pub by: String,
    /// Compare, and change nothing.
    #[arg(long)]
    pub dry_run: bool,
}

/// What was counted, and by whom.
#[derive(Debug, Args)]
pub struct ShiftCount {
    /// The floor.
    pub folder: PathBuf,
    /// Cards that are no good card yet: blank, with a job, begun, or written and not yet passed.
    #[arg(long, value_name = "COUNT")]
    pub remaining: u64,
    /// Good cards that were not handed over.
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    pub good: u64,
    /// Rejects in the safe.
    #[arg(long, value_name = "COUNT")]
    pub rejects: u64,
    /// Who has counted: two different persons to close, one in between.
    #[arg(long, value_name = "NAME", required = true)]
    pub by: Vec<String>,
    /// Compare, and change nothing.
    #[arg(long)]
    pub dry_run: bool,
}
