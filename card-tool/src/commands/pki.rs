//! `pki`: test issuers, the offline root and its ceremonies, the online side with its signers.

mod csca;
mod csca_destroy;
mod csca_dismiss;
mod csca_keys;
mod csca_log;
mod csca_upkeep;
mod deviation_file;
mod key_end;
mod lint;
mod list_signer_end;
mod lists;
mod registrar;
mod signer;
mod signer_status;
mod signer_wish;
mod signer_withdraw;
mod sitting;
mod test_issuer;

use anyhow::Result;

use super::{Context, print, print_json};
use crate::args::Pki;
use crate::exit::Exit;

pub use registrar::check_secret;
pub use test_issuer::{TestIssuer, create};

/// Runs the verb.
pub fn run(args: Pki, context: &mut Context) -> Result<Exit> {
    match args {
        Pki::Init(args) => test_issuer::init(&args, context),
        Pki::Show { folder } => test_issuer::show(&folder, context),
        Pki::Csca(args) => csca::run(&args, context),
        Pki::Registrar(args) => registrar::run(&args, context),
        Pki::Signer(args) => signer::run(&args, context),
        Pki::MasterList(args) => lists::master_list(&args, context),
        Pki::DeviationList(args) => lists::deviation_list(&args, context),
        Pki::Lint(args) => lint::run(&args, context),
    }
}
