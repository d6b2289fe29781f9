//! `station` and `intake`: both ends of an enrolment packet's way.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use enrolment::packet::Role;
use uuid::Uuid;

use super::capture::{OperatorVerb, StationEnrol, StationServe};
use super::values;

/// `station`.
#[derive(Debug, Args)]
pub struct Station {
    /// The folder of the station.
    #[arg(
        long,
        global = true,
        value_name = "FOLDER",
        env = "ISSUANCE_STATION",
        default_value = "station"
    )]
    pub station: PathBuf,
    /// File with the password of the station's keys; without it they are not encrypted, which is for tests.
    #[arg(long, global = true, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub verb: StationVerb,
}

/// What to do with a station.
#[derive(Debug, Subcommand)]
pub enum StationVerb {
    /// Make a station: keys, drafts, outbox. Bring its station.json to the service.
    #[command(
        after_help = "Example:\n  issuance-service station --station station --password-file station.password init --name 'TEST Station' --service service/intake/service.json --inbox /var/spool/scanner"
    )]
    Init {
        /// The name under which the service will know it.
        #[arg(long)]
        name: String,
        /// service.json of `issuance-service intake init`.
        #[arg(long, value_name = "FILE")]
        service: PathBuf,
        /// The document that is enrolled for.
        #[arg(long, value_name = "PROFILE", default_value = "vn-cccd-2021")]
        profile: String,
        /// The folder that the scanner's program writes to.
        #[arg(long, value_name = "FOLDER")]
        inbox: Option<PathBuf>,
    },
    /// The people who work at a station, with a secret and their fingers.
    Operator {
        /// What to do.
        #[command(subcommand)]
        verb: OperatorVerb,
    },
    /// Enrol from folders of record.toml and images, with every check of a page. A bad folder does not stop the others.
    #[command(
        after_help = "Exit codes: 0 all are sealed · 1 some were refused · 2 usage.\n\
Example:\n  issuance-service station --station station --password-file station.password enrol --operator 'TEST Operator' --secret-file operator.secret --supervisor 'TEST Supervisor' --supervisor-secret-file supervisor.secret --release 'TEST: two prints only' fixtures/people\nThe fixtures have two prints each: a supervisor releases what is missing of ten. Without --release they are refused."
    )]
    Enrol(StationEnrol),
    /// Serve the capture pages to the browser of this machine.
    #[command(
        after_help = "Example:\n  issuance-service station --station station --password-file station.password serve"
    )]
    Serve(StationServe),
    /// Make the key of a person who signs here, without a secret and fingers: for tests. People who work here: `operator add`.
    #[command(
        hide = true,
        after_help = "Example:\n  issuance-service station --station station person --role operator --name 'TEST Anna'"
    )]
    Person {
        /// As what the person signs.
        #[arg(long, value_parser = values::words(["operator", "supervisor"], values::person_role))]
        role: Role,
        /// The name under which the service will know the key.
        #[arg(long)]
        name: String,
        /// File with the password of the person.
        #[arg(long, value_name = "FILE")]
        person_password_file: Option<PathBuf>,
    },
    /// Seal people whose pictures were checked elsewhere, from folders with record.toml and images: the record's rules are checked,
    /// no picture is measured, and the packet says so by carrying no tries. The same folder again is the same packet. Only where
    /// station.toml says `seal-unmeasured = true`; everywhere else: `enrol`.
    #[command(
        hide = true,
        after_help = "Example:\n  issuance-service station --station station seal --operator 'TEST Anna' fixtures/people/uto-passport-anton"
    )]
    Seal(Seal),
    /// The packets of the station: look at them, send them, take receipts in, erase them, account for them.
    Outbox {
        /// What to do.
        #[command(subcommand)]
        verb: OutboxVerb,
    },
}

/// `station seal`.
#[derive(Debug, Args)]
pub struct Seal {
    /// Folders with record.toml and the images it names.
    #[arg(required = true, value_name = "FOLDER")]
    pub folders: Vec<PathBuf>,
    /// Who enrols.
    #[arg(long, value_name = "NAME")]
    pub operator: String,
    /// File with the operator's password.
    #[arg(long, value_name = "FILE")]
    pub operator_password_file: Option<PathBuf>,
}

/// What to do with an outbox.
#[derive(Debug, Subcommand)]
pub enum OutboxVerb {
    /// List the packets that are there.
    #[command(after_help = "Example:\n  issuance-service station --station station outbox list")]
    List,
    /// Hand every packet without a receipt over. One that fails does not stop the others.
    #[command(
        after_help = "Examples:\n  issuance-service station outbox send --to https://register.example:8443\n  issuance-service station outbox send --to /media/stick"
    )]
    Send {
        /// The service, or a folder that is carried to it: a stick, a share. A folder must be there.
        #[arg(long, value_name = "https://HOST:PORT|FOLDER")]
        to: String,
        /// What the service has issued to this station (`device issue`); without it, `device` in the folder of the station.
        #[arg(long, value_name = "FOLDER")]
        device: Option<PathBuf>,
    },
    /// Take receipts in.
    #[command(
        after_help = "Example:\n  issuance-service station --station station outbox receipts --from /media/stick"
    )]
    Receipts {
        /// The folder that came back.
        #[arg(long, value_name = "FOLDER")]
        from: PathBuf,
    },
    /// Erase what is due: what the service has, and what station.toml says. What was never sent is never erased.
    #[command(after_help = "Example:\n  issuance-service station --station station outbox erase")]
    Erase {
        /// Only this packet; it must have its receipt.
        #[arg(long, value_name = "UUID")]
        packet: Option<Uuid>,
    },
    /// Check that every packet that was ever sealed is there and whole, or was erased for a reason that holds.
    #[command(after_help = "Example:\n  issuance-service station --station station outbox verify")]
    Verify,
}

/// `intake`.
#[derive(Debug, Args)]
pub struct Intake {
    /// File with the password of the intake's keys; without it they are not encrypted, which is for tests.
    #[arg(long, global = true, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub verb: IntakeVerb,
}

/// What to do with the receiving side.
#[derive(Debug, Subcommand)]
pub enum IntakeVerb {
    /// Make its keys. Give service.json to the stations.
    #[command(
        after_help = "Example (the folder is of `issuance-service init desk`):\n  issuance-service --config desk/issuance-service.toml intake --password-file intake.password init --name 'TEST service'"
    )]
    Init {
        /// The name of the service.
        #[arg(long)]
        name: String,
    },
    /// Register keys: station.json of a station, the files of its people. Compare the numbers that are shown with theirs.
    #[command(
        after_help = "Whoever has an account of the service besides the key at the station is named by it: that account approves nothing that this person has\nenrolled or released, whatever the names are. It counts for packets that come in afterwards; the same person's other keys are named as well.\nExamples:\n  issuance-service --config desk/issuance-service.toml intake register station/station.json station/people/*.json\n  issuance-service --config service/issuance-service.toml intake register station/people/3f1c….json --account test.operator"
    )]
    Register {
        /// The login name of the account that the person of these files has.
        #[arg(long, value_name = "LOGIN")]
        account: Option<String>,
        /// Public key files.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Take the packets of a folder in, and write receipts beside them. The same again gives the same receipts.
    #[command(
        after_help = "Example:\n  issuance-service --config desk/issuance-service.toml intake --password-file intake.password take /media/stick"
    )]
    Take {
        /// The folder that was carried here.
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
    },
    /// List packets by their ids.
    #[command(
        after_help = "Example:\n  issuance-service --config desk/issuance-service.toml intake list --limit 20"
    )]
    List {
        /// Only packets after this one: the last of the page before.
        #[arg(long, value_name = "UUID")]
        after: Option<Uuid>,
        /// At most so many.
        #[arg(long, value_name = "COUNT", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
    },
}
