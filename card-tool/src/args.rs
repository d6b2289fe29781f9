//! The grammar of the command line.

mod conformance;
mod counter;
mod desk;
mod eac;
mod emulate;
mod floor;
mod issuer;
pub mod pin;
mod specimen;
mod trust;

mod pki;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use conformance::Conformance;
pub use counter::{CounterArgs, Language};
pub use desk::Desk;
pub use eac::*;
pub use emulate::Emulate;
pub use floor::*;
pub use issuer::IssuerArgs;
pub use pin::Pin;
pub use pki::*;
pub use specimen::{ActiveAuthenticationArg, ChipKeyArg, MappingArg, Specimen};

pub use trust::{Trust, TrustAdd, TrustList, TrustRemove, TrustShow};

/// Issue, read and inspect chip ID cards.
#[derive(Debug, Parser)]
#[command(
    name = "card-tool",
    version,
    about = "Issue, read and inspect chip ID cards",
    arg_required_else_help = true,
    max_term_width = 100
)]
#[command(
    after_help = "Secrets come from files, the environment or a prompt, never from arguments.\n\
Exit codes: 0 done · 1 no · 2 usage · 3 undetermined · 4 card · 5 reader · 6 key store · 7 policy · 130 interrupted."
)]
pub struct Cli {
    /// Form of the output.
    #[arg(long, value_enum, default_value_t, global = true, value_name = "FORM")]
    pub output_format: OutputFormat,
    /// Trace the commands to the card on standard error; data that may hold secrets are left out.
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// Never ask: a missing input is an error at once.
    #[arg(long, global = true)]
    pub no_input: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum OutputFormat {
    /// For people.
    #[default]
    Text,
    /// For programs: one JSON document.
    Json,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the readers and the cards in them.
    #[command(after_help = "Example:\n  card-tool readers --cards")]
    Readers(Readers),
    /// Put software chips into virtual readers and keep them there: one, or a rack of them.
    #[command(after_help = emulate::HELP)]
    Emulate(Box<Emulate>),
    /// Bring a record, or a finished job, into a chip.
    #[command(
        after_help = "Examples:\n  card-tool personalise --record fixtures/people/vn-citizen-nam --profile vn-cccd-2021 --pki pki --keys keys --register register.jsonl\n  card-tool personalise --prepare chip.json --profile vn-cccd-2021 --keys keys\n  card-tool personalise --job job.json --pki pki --keys keys\n  card-tool personalise --void --keys keys"
    )]
    Personalise(Box<Personalise>),
    /// Make batches of cards at several readers: written, judged by somebody else, counted, and accounted for.
    #[command(subcommand)]
    Floor(Box<Floor>),
    /// Make a specimen card of any protocols in a file, for who writes readers.
    #[command(
        after_help = "Examples:\n  card-tool specimen --out card\n  card-tool specimen --out card --pace gm,cam --curve brainpoolP384r1 --cipher aes192\n  card-tool specimen --out card --pace im --group 2 --no-bac --aa rsa --pin --puk\n  card-tool specimen --out card --eac cvca\nThen: card-tool emulate --card card/card.json"
    )]
    Specimen(Box<Specimen>),
    /// Read the files of a card into a folder.
    #[command(
        after_help = "Examples:\n  CARD_CAN=123456 card-tool read --out folder\n  card-tool read --out folder --can-file can.txt --eac is --trust csca.der"
    )]
    Read(Read),
    /// Inspect a card: is it authentic, and whose is it?
    #[command(
        after_help = "Examples:\n  card-tool verify --trust pki/csca.der\n  card-tool verify --mrz-file mrz.txt --trust pki/csca.der --html report.html --stats\n  card-tool verify --trust store --crl UTO.crl\n  card-tool verify --trust store --files folder\n  card-tool verify --trust store --csv folders/*\n  card-tool verify --trust store --loop --language vi\n  card-tool verify --trust store --loop --service https://register.example:8443 --device device --purpose border-check"
    )]
    Verify(Box<Verify>),
    /// The counter as a page on this machine: put a card on the reader, scan or type its number, see the verdict.
    #[command(
        after_help = "Examples:\n  card-tool desk --trust store\n  card-tool desk --trust pki/csca.der --port 8088"
    )]
    Desk(Desk),
    /// Run the conformance cases on a card: of our own law, of ICAO Part 3, of BSI TR-03105-3.2.
    #[command(
        after_help = "Examples:\n  card-tool conformance --html report.html\n  card-tool conformance --reader \"Virtual PCD 00 00\" --mrz-file mrz.txt --can-file can.txt\n  card-tool conformance --unit ICAO3-P --unit ICAO3-LDS-B --output-format json"
    )]
    Conformance(Conformance),
    /// The holder's PIN: how many tries a card gives, and the PUK that sets them back.
    #[command(subcommand)]
    Pin(Pin),
    /// Say what the bytes of a file mean.
    #[command(
        after_help = "Examples:\n  card-tool explain folder/dg14.bin\n  card-tool explain pki/csca.der\n  card-tool explain trace.apdu"
    )]
    Explain(Explain),
    /// Send commands to a card as they are.
    #[command(after_help = "Example:\n  card-tool apdu 00A4040C07A0000002471001 00B09C0000")]
    Apdu(Apdu),
    /// Keys and certificates of an issuer.
    #[command(subcommand)]
    Pki(Pki),
    /// Who may read fingers and irises: CVCA, document verifiers, inspection systems.
    #[command(subcommand)]
    Eac(Box<Eac>),
    /// Master keys of the personalisation and the quality role.
    #[command(subcommand)]
    Keys(Keys),
    /// The store of CSCA certificates and lists that are trusted.
    #[command(subcommand)]
    Trust(Trust),
    /// Carry three specimen people from record to verified card.
    #[command(after_help = "Example:\n  card-tool demo --transport memory --out demo-out")]
    Demo(Demo),
    /// Print a completion script for a shell.
    #[command(
        after_help = "Example:\n  card-tool completions bash > /etc/bash_completion.d/card-tool"
    )]
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write the pages of all verbs.
    #[command(after_help = "Examples:\n  card-tool man | man -l -\n  card-tool man --out pages")]
    Man {
        /// Folder for a page for each verb; it is made.
        #[arg(long, value_name = "FOLDER")]
        out: Option<PathBuf>,
    },
}

/// Which reader.
#[derive(Debug, Clone, Args)]
pub struct ReaderArgs {
    /// The reader: its name, or any part of it that no other reader has; or what stays the same when it is plugged in again, `serial:…` or
    /// `usb:…` as `card-tool readers --identity` shows it.
    #[arg(long, env = "CARD_READER", value_name = "NAME")]
    pub reader: Option<String>,
    /// Never send extended length, for readers that cannot pass it on.
    #[arg(long)]
    pub short: bool,
}

/// `readers`.
#[derive(Debug, Args)]
pub struct Readers {
    /// Ask each chip for its state of personalisation.
    #[arg(long)]
    pub cards: bool,
    /// Ask each reader for its serial number and the USB socket that it is in. Not all drivers tell.
    #[arg(long)]
    pub identity: bool,
}

/// `personalise`.
#[derive(Debug, Args)]
pub struct Personalise {
    /// Folder with the holder's record and images.
    #[arg(long, value_name = "FOLDER", requires_all = ["profile", "register"])]
    pub record: Option<PathBuf>,
    /// A job that was made before: resumes where the chip stands.
    #[arg(long, value_name = "FILE", conflicts_with = "record")]
    pub job: Option<PathBuf>,
    /// Prepare the chip for a profile and write its chip file: serial number, public keys, receipts. A document is issued for it
    /// elsewhere and comes back as a job.
    #[arg(long, value_name = "FILE", requires = "profile", conflicts_with_all = ["record", "job"])]
    pub prepare: Option<PathBuf>,
    /// Destroy the chip in the reader.
    #[arg(long, conflicts_with_all = ["record", "job", "prepare"])]
    pub void: bool,
    /// Issuer profile, such as vn-cccd-2021 or uto-passport.
    #[arg(long, value_name = "PROFILE")]
    pub profile: Option<String>,
    /// Generation of the records in EF.DG2 and EF.DG3.
    #[arg(
        long,
        value_enum,
        value_name = "FORMAT",
        default_value_t,
        requires = "record"
    )]
    pub biometric_records: RecordEncodingArg,
    /// Folder of the issuer's PKI: one of `pki init`, or one of `pki registrar init` with document signers.
    #[arg(long, value_name = "FOLDER")]
    pub pki: Option<PathBuf>,
    /// File with the secret or PIN of the document signer's key; CARD_SIGNER_SECRET holds it otherwise.
    #[arg(long, value_name = "FILE")]
    pub signer_secret_file: Option<PathBuf>,
    /// Folder with the master keys.
    #[arg(long, value_name = "FOLDER")]
    pub keys: PathBuf,
    /// The register of issued documents.
    #[arg(long, value_name = "FILE")]
    pub register: Option<PathBuf>,
    /// Where the job is kept until the card is in the field.
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    pub jobs: PathBuf,
    /// PIN and terminals.
    #[command(flatten)]
    pub holder: HolderArgs,
    /// Leave the chip in state WRITTEN: another person reads it back and locks it.
    #[arg(long)]
    pub no_lock: bool,
    /// Destroy the chip without asking.
    #[arg(long, requires = "void")]
    pub yes: bool,
    /// Which reader.
    #[command(flatten)]
    pub reader: ReaderArgs,
}

/// What a card gets beside its profile.
#[derive(Debug, Args)]
pub struct HolderArgs {
    /// File with the holder's PIN, 4 to 16 digits.
    #[arg(long, value_name = "FILE", requires = "record")]
    pub pin_file: Option<PathBuf>,
    /// File with the PUK that unblocks it, 8 to 16 digits.
    #[arg(long, value_name = "FILE", requires = "pin_file")]
    pub puk_file: Option<PathBuf>,
    /// Whose terminals may read the fingers: the file of `eac cvca trust-point`, or the folder of the CVCA.
    #[arg(long, value_name = "PATH", requires = "record")]
    pub eac: Option<PathBuf>,
}

/// Generation of biometric records (Doc 9303-9 §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum RecordEncodingArg {
    /// ISO 19794-5 and -4: every reader takes them; not to be issued from 2030 on.
    #[default]
    #[value(name = "iso-19794")]
    Iso19794,
    /// ISO 39794-5 and -4: readers take them since 2026.
    #[value(name = "iso-39794")]
    Iso39794,
}

impl From<RecordEncodingArg> for lds::RecordEncoding {
    fn from(arg: RecordEncodingArg) -> Self {
        match arg {
            RecordEncodingArg::Iso19794 => Self::Iso19794,
            RecordEncodingArg::Iso39794 => Self::Iso39794,
        }
    }
}

/// The passwords of a chip. They never stand in arguments.
#[derive(Debug, Args)]
pub struct PasswordArgs {
    /// File with the lines of the machine readable zone; CARD_MRZ holds them otherwise.
    #[arg(long, value_name = "FILE")]
    pub mrz_file: Option<PathBuf>,
    /// File with the six digits of the CAN; CARD_CAN holds them otherwise.
    #[arg(long, value_name = "FILE")]
    pub can_file: Option<PathBuf>,
    /// File with the holder's PIN; CARD_PIN holds it otherwise. It goes before what is printed, and a wrong one costs a try.
    #[arg(long, value_name = "FILE")]
    pub pin_file: Option<PathBuf>,
    /// Show the PIN also where the card gives it one more try: if it is wrong the card blocks it.
    #[arg(long)]
    pub last_try: bool,
    /// Access protocol.
    #[arg(long, value_enum, default_value_t)]
    pub access: AccessArg,
}

/// Access protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum AccessArg {
    /// PACE where the chip offers it, else BAC.
    #[default]
    Auto,
    /// PACE and nothing else.
    Pace,
    /// BAC and nothing else.
    Bac,
}

/// The certificates with which fingers and irises are asked for.
#[derive(Debug, Args)]
pub struct TerminalArgs {
    /// Folder of the inspection system (`card-tool eac is`): its certificates are shown to the chip, so that it opens fingers and
    /// irises. Only a chip whose key an issuer of --trust has signed sees them.
    #[arg(long, value_name = "FOLDER", requires = "trust")]
    pub eac: Option<PathBuf>,
    /// What opens its key.
    #[command(flatten)]
    pub secret: EacSecret,
}

/// `read`.
#[derive(Debug, Args)]
pub struct Read {
    /// Folder to write to; it is made.
    #[arg(long, value_name = "FOLDER")]
    pub out: PathBuf,
    /// What is trusted, as for `verify`; --eac asks for it.
    #[arg(long, value_name = "PATH")]
    pub trust: Vec<PathBuf>,
    /// Passwords.
    #[command(flatten)]
    pub passwords: PasswordArgs,
    /// Fingers and irises.
    #[command(flatten)]
    pub terminal: TerminalArgs,
    /// Which reader.
    #[command(flatten)]
    pub reader: ReaderArgs,
}

/// What is trusted, and the lists that it vouches for.
#[derive(Debug, Args)]
pub struct TrustArgs {
    /// What is trusted: a trust store (`card-tool trust`), a file (certificates, master list, LDIF) or a folder of files.
    #[arg(long, value_name = "PATH", required = true)]
    pub trust: Vec<PathBuf>,
    /// Revocation lists; a CSCA that is trusted must have signed them.
    #[arg(long, value_name = "FILE")]
    pub crl: Vec<PathBuf>,
    /// Deviation lists; a CSCA that is trusted must have certified their signers.
    #[arg(long, value_name = "FILE")]
    pub deviation_list: Vec<PathBuf>,
}

/// `verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// What is trusted.
    #[command(flatten)]
    pub trust: TrustArgs,
    /// Whom to ask.
    #[command(flatten)]
    pub issuer: IssuerArgs,
    /// Judge files that were read before, as `card-tool read` writes them, in place of a card. No chip is seen: the files can be
    /// those of a copy. What is no file of a chip, such as a text beside the files, is passed over and named.
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["can_file", "access", "eac", "short", "stats"])]
    pub files: Option<PathBuf>,
    /// Folders of files that were read before, each of one document: a line for each, and the worst decides.
    #[arg(value_name = "FOLDER", conflicts_with_all = ["files", "html", "mrz_file", "can_file", "pin_file", "access", "eac", "short", "stats", "repeat"])]
    pub folders: Vec<PathBuf>,
    /// Those lines as comma-separated values (RFC 4180).
    #[arg(long, requires = "folders")]
    pub csv: bool,
    /// Write the report as a page one can look at.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Write a log in the shape of TR-03135: every result, and no personal data.
    #[arg(long, value_name = "FILE", conflicts_with = "repeat")]
    pub log_xml: Option<PathBuf>,
    /// Count commands, bytes and time.
    #[arg(long)]
    pub stats: bool,
    /// One card after another.
    #[command(flatten)]
    pub counter: CounterArgs,
    /// Passwords.
    #[command(flatten)]
    pub passwords: PasswordArgs,
    /// Fingers and irises.
    #[command(flatten)]
    pub terminal: TerminalArgs,
    /// Which reader.
    #[command(flatten)]
    pub reader: ReaderArgs,
}

/// `explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// The files.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// `apdu`.
#[derive(Debug, Args)]
pub struct Apdu {
    /// Commands in hexadecimal.
    #[arg(required = true, value_name = "HEX")]
    pub commands: Vec<String>,
    /// Which reader.
    #[command(flatten)]
    pub reader: ReaderArgs,
}

/// `keys`.
#[derive(Debug, Subcommand)]
pub enum Keys {
    /// Draw the master keys of the transport, personalisation and quality roles.
    #[command(after_help = "Example:\n  card-tool keys init keys")]
    Init {
        /// Folder to make.
        folder: PathBuf,
    },
}

/// `demo`.
#[derive(Debug, Args)]
pub struct Demo {
    /// Where the chips are.
    #[arg(long, value_enum, default_value_t)]
    pub transport: TransportArg,
    /// Folder for what is made.
    #[arg(long, value_name = "FOLDER", default_value = "demo-out")]
    pub out: PathBuf,
    /// Folder with the specimen people.
    #[arg(long, value_name = "FOLDER", default_value = "fixtures/people")]
    pub people: PathBuf,
}

/// Where the chips are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum TransportArg {
    /// In virtual readers of the running pcscd; CARD_TOOLCHAIN_VPCD and CARD_TOOLCHAIN_READERS name them.
    #[default]
    Pcsc,
    /// In this process.
    Memory,
}

#[cfg(test)]
mod examples;
