//! `station enrol`, `station serve`, `station operator`: a station and the people at it.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use enrolment::packet::Role;

use super::values;

/// The people who work at a station.
#[derive(Debug, Subcommand)]
pub enum OperatorVerb {
    /// Draw the key of an operator or supervisor, which their secret opens.
    #[command(
        after_help = "Example:\n  issuance-service station --station station operator add 'TEST Operator' --role operator --secret-file operator.secret --finger right-index=right-index.png"
    )]
    Add(OperatorAdd),
}

/// `station operator add`.
#[derive(Debug, Args)]
pub struct OperatorAdd {
    /// The name.
    pub name: String,
    /// As what: an operator enrols, a supervisor releases what the checks refuse of others.
    #[arg(long, value_name = "ROLE", value_parser = values::words(["operator", "supervisor"], values::person_role))]
    pub role: Role,
    /// Their secret, first line of a file; without it, it is asked for.
    #[arg(long, value_name = "FILE")]
    pub secret_file: Option<PathBuf>,
    /// A finger of theirs, so that nobody lends it to a citizen. Only minutiae are kept.
    #[arg(long = "finger", value_name = "POSITION=FILE")]
    pub fingers: Vec<String>,
}

/// `station enrol`.
#[derive(Debug, Args)]
pub struct StationEnrol {
    /// Folders with a record, or folders of such.
    #[arg(required = true, value_name = "FOLDER")]
    pub folders: Vec<PathBuf>,
    /// Who enrols.
    #[arg(long, value_name = "NAME")]
    pub operator: String,
    /// Their secret, first line of a file; without it, it is asked for.
    #[arg(long, value_name = "FILE")]
    pub secret_file: Option<PathBuf>,
    /// Who releases what checks of pictures refuse: another person than the operator.
    #[arg(long, value_name = "NAME", requires = "release")]
    pub supervisor: Option<String>,
    /// Their secret, first line of a file; without it, it is asked for.
    #[arg(long, value_name = "FILE", requires = "supervisor")]
    pub supervisor_secret_file: Option<PathBuf>,
    /// Why it is released.
    #[arg(long, value_name = "REASON", requires = "supervisor")]
    pub release: Option<String>,
}

/// `station serve`.
#[derive(Debug, Args)]
pub struct StationServe {
    /// The port on 127.0.0.1; 0 takes a free one.
    #[arg(long, value_name = "PORT", default_value_t = 8423)]
    pub port: u16,
}
