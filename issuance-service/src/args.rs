//! The grammar of the command line.

mod capture;
mod keeper;
mod station;
mod values;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use issuance_service::CONFIG;
use register::Officer;
use register::document::{StageKind, VoidReason};
use uuid::Uuid;

pub use capture::{OperatorAdd, OperatorVerb, StationEnrol, StationServe};
pub use keeper::{
    Accepted, Account as AccountArgs, AccountVerb, Administrator as AdministratorArgs,
    AdministratorVerb, Backup, Device as DeviceArgs, DeviceVerb, Doctor, FailoverDrill, Restore,
    Stock as StockArgs, StockVerb,
};
pub use station::{
    Intake as IntakeArgs, IntakeVerb, OutboxVerb, Seal, Station as StationArgs, StationVerb,
};
pub use values::{NumberArg, ReceiptArg, ReceiptName, SerialArg};

/// The register of issued documents: records become signed personalisation jobs, once.
#[derive(Debug, Parser)]
#[command(
    name = "issuance-service",
    version,
    about,
    arg_required_else_help = true,
    max_term_width = 100
)]
#[command(
    after_help = "This service never talks to a card: it makes jobs, card-tool delivers them.\n\
Exit codes: 0 done · 1 no · 2 usage · 3 undetermined · 6 register or key store · 7 policy · 130 interrupted."
)]
pub struct Cli {
    /// Form of the output.
    #[arg(long, value_enum, default_value_t, global = true, value_name = "FORM")]
    pub output_format: OutputFormat,
    /// The configuration.
    #[arg(long, global = true, value_name = "FILE", env = "ISSUANCE_SERVICE_CONFIG", default_value = CONFIG)]
    pub config: PathBuf,
    /// Check the configuration and everything that it names, then stop.
    #[arg(long)]
    pub check_config: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
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
    /// Make the folder of a service: configuration, register, folder for jobs.
    #[command(
        after_help = "Examples:\n  issuance-service init service --pki pki\n  issuance-service init desk && issuance-service --config desk/issuance-service.toml intake init --name 'TEST service'"
    )]
    Init(Init),
    /// Make the signed job of one record for one chip. The same call again gives the same job.
    #[command(
        after_help = "Example:\n  issuance-service issue --config service/issuance-service.toml --record fixtures/people/uto-passport-anton --chip chip.json --operator 'TEST Operator' --approver 'TEST Approver'"
    )]
    Issue(Issue),
    /// Record the receipts of a chip that is in the field, and erase its job.
    #[command(
        after_help = "Example:\n  issuance-service delivered --job 0192f0c1-2b3c-7d4e-8f50-617283940a1b --receipt commit:3:00112233445566778899aabbccddeeff --receipt lock:4:ffeeddccbbaa99887766554433221100"
    )]
    Delivered(Delivered),
    /// End a document that is not in the field, and erase its job.
    #[command(
        after_help = "Example:\n  issuance-service void --job 0192f0c1-2b3c-7d4e-8f50-617283940a1b --reason print-faulty --operator 'TEST Operator' --approver 'TEST Approver'"
    )]
    Void(Void),
    /// List documents in the order of their jobs.
    #[command(after_help = "Example:\n  issuance-service list --stage signed --limit 20")]
    List(List),
    /// Show everything that is known of one document.
    #[command(
        after_help = "Examples:\n  issuance-service show --job 0192f0c1-2b3c-7d4e-8f50-617283940a1b\n  issuance-service show --number UTO:X00000001\n  issuance-service show --chip 00112233445566778899aabbccddeeff"
    )]
    Show(Show),
    /// Serve the API and the operators' pages. In an empty folder everything is made, and the first administrator's link is shown.
    #[command(
        after_help = "Examples:\n  issuance-service --config service/issuance-service.toml serve\n  ISSUANCE_SERVICE__SERVE__LISTEN=0.0.0.0:8443 issuance-service serve\nSettings: [serve] in the configuration, or ISSUANCE_SERVICE__SERVE__… in the environment."
    )]
    Serve(Serve),
    /// Accounts, from this machine.
    Account(AccountArgs),
    /// Administrators, from this machine: the way where one is alone or lost.
    Administrator(AdministratorArgs),
    /// Certificates of stations, sites and relying parties, from this machine.
    Device(DeviceArgs),
    /// Look at log, store, keys, disk and clock, and say what is wrong and what to do.
    #[command(
        after_help = "Exit codes: 0 well, or it can wait · 6 something was lost or changed.\nExample:\n  issuance-service doctor --checkpoint /media/auditor/checkpoint.txt"
    )]
    Doctor(Doctor),
    /// Copy register, packets and configuration into a folder, while the service goes on.
    #[command(
        after_help = "Not in it: the document signer's PKI, password files, jobs for card-tool; the keys of the service only with --with-keys.\nExample:\n  issuance-service backup --out /backup/2026-11-22"
    )]
    Backup(Backup),
    /// Make a service of a backup. Nothing is restored over a register that is there, and nothing out of a damaged backup.
    #[command(
        after_help = "Keys: where the backup holds none, copy those of the service first, to `keys` of `[serve]` (`keys` beside the configuration) and to\n`keys` in the folder of the intake (`intake/keys`). Relative paths of the configuration start from its folder, wherever it is restored; what is\nnamed and is in no backup is listed at the end.\nExample:\n  issuance-service --config new/issuance-service.toml restore --from /backup/2026-11-22 --manifest-sha256 9f86…0a08"
    )]
    Restore(Restore),
    /// Say whether this register was restored, or accept it after it was compared with what has happened since.
    #[command(
        after_help = "Exit codes: 0 it may go on · 7 it waits to be accepted.\nExamples:\n  issuance-service restored\n  issuance-service restored --accept"
    )]
    Restored(Accepted),
    /// Write to the register without a pause while somebody takes its primary away, then count what is missing.
    #[command(
        after_help = "Exit codes: 0 nothing is missing · 6 something is.\nExample:\n  issuance-service failover-drill --seconds 60"
    )]
    FailoverDrill(FailoverDrill),
    /// The stock of blank cards.
    Stock(StockArgs),
    /// The enrolment station: capture pages on this machine, enrolment from folders.
    Station(StationArgs),
    /// The receiving side of enrolment packets.
    Intake(IntakeArgs),
    /// Print a completion script for a shell.
    #[command(
        after_help = "Example:\n  issuance-service completions bash > /etc/bash_completion.d/issuance-service"
    )]
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// Write a manual page for each verb.
    #[command(after_help = "Example:\n  issuance-service man --out pages")]
    Man {
        /// Folder for the pages; it is made.
        #[arg(long, value_name = "FOLDER")]
        out: PathBuf,
    },
}

/// `init`.
#[derive(Debug, Args)]
pub struct Init {
    /// Folder to make.
    pub folder: PathBuf,
    /// Folder of `card-tool pki init`. Without it the service signs nothing: a desk that only takes packets of stations in.
    #[arg(long, value_name = "FOLDER")]
    pub pki: Option<PathBuf>,
}

/// `serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// Serve without TLS, on loopback only: for tests and demonstrations.
    #[arg(long)]
    pub insecure_loopback: bool,
    /// Serve a restored register that is not accepted yet, without its workers: nothing is produced, ended, erased or sent on.
    #[arg(long)]
    pub reconcile: bool,
    /// Say that the clock of this machine is right, where the service does not believe it: it is far from what happened last in the register, and
    /// nothing is erased and no document ends before somebody has looked. Told in the audit log.
    #[arg(long)]
    pub accept_clock: bool,
}

/// Two different persons.
#[derive(Debug, Args)]
pub struct Officers {
    /// Who prepares.
    #[arg(long, value_name = "NAME", value_parser = values::officer)]
    pub operator: Officer,
    /// Who approves: another person.
    #[arg(long, value_name = "NAME", value_parser = values::officer)]
    pub approver: Officer,
}

/// `issue`.
#[derive(Debug, Args)]
pub struct Issue {
    /// Folder with the holder's record and images.
    #[arg(long, value_name = "FOLDER")]
    pub record: PathBuf,
    /// The prepared chip: serial number, public keys, receipts.
    #[arg(long, value_name = "FILE")]
    pub chip: PathBuf,
    /// Who prepares and who approves.
    #[command(flatten)]
    pub officers: Officers,
    /// Name of the job; without it a new one, or that of the chip where an earlier call was interrupted.
    #[arg(long, value_name = "UUID")]
    pub job: Option<Uuid>,
}

/// `delivered`.
#[derive(Debug, Args)]
pub struct Delivered {
    /// The job.
    #[arg(long, value_name = "UUID")]
    pub job: Uuid,
    /// A receipt of the chip: one of COMMIT and one of LOCK.
    #[arg(long = "receipt", value_name = "KIND:COUNTER:MAC", required = true)]
    pub receipts: Vec<ReceiptArg>,
}

/// `void`.
#[derive(Debug, Args)]
pub struct Void {
    /// The job.
    #[arg(long, value_name = "UUID")]
    pub job: Uuid,
    /// Why.
    #[arg(long, value_name = "REASON", value_parser = values::words(VoidReason::ALL.map(VoidReason::word), VoidReason::from_word))]
    pub reason: VoidReason,
    /// The receipt of VOID, if the chip gave one.
    #[arg(long, value_name = "void:COUNTER:MAC")]
    pub receipt: Option<ReceiptArg>,
    /// Who spoils the card and who has seen it.
    #[command(flatten)]
    pub officers: Officers,
}

/// `list`.
#[derive(Debug, Args)]
pub struct List {
    /// Only documents of this stage.
    #[arg(long, value_name = "STAGE", value_parser = values::words(StageKind::ALL.map(StageKind::word), StageKind::from_word))]
    pub stage: Option<StageKind>,
    /// Only documents whose job comes after this one: the last of the page before.
    #[arg(long, value_name = "UUID")]
    pub after: Option<Uuid>,
    /// At most so many.
    #[arg(long, value_name = "COUNT", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub limit: u32,
}

/// `show`.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Show {
    /// By its job.
    #[arg(long, value_name = "UUID")]
    pub job: Option<Uuid>,
    /// By its number.
    #[arg(long, value_name = "STATE:NUMBER")]
    pub number: Option<NumberArg>,
    /// By the serial number of its chip, hexadecimal.
    #[arg(long, value_name = "SERIAL")]
    pub chip: Option<SerialArg>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_grammar_is_consistent() {
        super::Cli::command().debug_assert();
    }

    #[test]
    fn every_word_has_an_example() {
        fn check(command: &clap::Command, path: &str) {
            let path = format!("{path} {}", command.get_name());
            if command.has_subcommands() {
                command
                    .get_subcommands()
                    .for_each(|word| check(word, &path));
            } else {
                let help = command.get_after_help().map(ToString::to_string);
                assert!(help.unwrap_or_default().contains("Example"), "{path}");
            }
        }
        check(&super::Cli::command(), "");
    }
}
