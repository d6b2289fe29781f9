//! `eac`: CVCA, document verifier and inspection system; certificates shown and judged as a chip would.

mod asking;
mod certifying;
mod check;
mod cvca;
pub mod describe;
mod log;
mod show;
mod standing;

use anyhow::Result;
use authorization_pki::{EntityKind, Settings};
use protocols::terminal_authentication::{Date, Rights};
use time::macros::format_description;

use super::{Context, note, print, print_json};
use crate::args::{Eac, EacDv, EacEntity, EacIs, EacSecret, RightsArg};
use crate::eac_folder::KeySecret;
use crate::exit::{Exit, Problem};

/// Runs the verb.
pub fn run(args: &Eac, context: &mut Context) -> Result<Exit> {
    match args {
        Eac::Cvca(args) => cvca::run(args, context),
        Eac::Dv(args) => verifier(args, context),
        Eac::Is(args) => system(args, context),
        Eac::Show { file } => show::run(file, context),
        Eac::Check {
            chain,
            trust_point,
            date,
        } => check::run(chain, trust_point, date.as_deref(), context),
        Eac::Log { folder, head } => log::run(folder, *head, context),
    }
}

fn verifier(args: &EacDv, context: &mut Context) -> Result<Exit> {
    const KIND: EntityKind = EntityKind::DocumentVerifier;
    match args {
        EacDv::Create { entity, cvca } => asking::create(KIND, entity, cvca, context),
        EacDv::Request(args) => asking::request(KIND, args, asking::Turn::First, context),
        EacDv::Renew(args) => asking::request(KIND, args, asking::Turn::Next, context),
        EacDv::Import(args) => asking::import(KIND, args, context),
        EacDv::Certify(args) => certifying::terminal(args, context),
        EacDv::Show { folder } => standing::run(KIND, folder, context),
    }
}

fn system(args: &EacIs, context: &mut Context) -> Result<Exit> {
    const KIND: EntityKind = EntityKind::InspectionSystem;
    match args {
        EacIs::Create { entity, verifier } => asking::create(KIND, entity, verifier, context),
        EacIs::Request(args) => asking::request(KIND, args, asking::Turn::First, context),
        EacIs::Renew(args) => asking::request(KIND, args, asking::Turn::Next, context),
        EacIs::Import(args) => asking::import(KIND, args, context),
        EacIs::Export { folder, out } => asking::export(folder, out, context),
        EacIs::Show { folder } => standing::run(KIND, folder, context),
    }
}

/// A day as it is typed.
pub fn day(text: &str) -> Result<Date> {
    time::Date::parse(text, format_description!("[year]-[month]-[day]"))
        .ok()
        .and_then(|date| {
            let year = u16::try_from(date.year()).ok()?;
            Date::new(year, date.month().into(), date.day())
        })
        .ok_or_else(|| {
            Problem::usage(
                format!("{text} is no day"),
                "YYYY-MM-DD, between 2000 and 2099",
            )
        })
}

fn settings(kind: EntityKind, args: &EacEntity) -> Settings {
    Settings {
        kind,
        country: args.country.clone(),
        mnemonic: args.mnemonic.clone(),
        first_number: args.first_number,
    }
}

fn secret<'a>(args: &'a EacSecret, new: bool, context: &Context) -> KeySecret<'a> {
    KeySecret {
        file: args.eac_secret_file.as_deref(),
        asking: context.asking,
        new,
    }
}

const fn rights(args: RightsArg) -> Rights {
    Rights {
        fingers: matches!(args, RightsArg::Fingers | RightsArg::Both),
        irises: matches!(args, RightsArg::Irises | RightsArg::Both),
    }
}
