//! What CVCA and document verifier have in common: they answer requests.

use anyhow::{Context as _, Result};
use authorization_pki::{EntityKind, Grant, Refused, certificate_row, day_of};
use protocols::terminal_authentication::{MAX_CERTIFICATE_LEN, Request, Role};
use serde_json::json;

use super::{describe, note, print, print_json, rights, secret};
use crate::args::{EacCertify, VerifierRole};
use crate::commands::Context;
use crate::eac_folder::EntityFolder;
use crate::exit::Exit;
use crate::files::{self, Secrecy};
use crate::pki_folder;

/// Certifies an inspection system.
pub fn terminal(args: &EacCertify, context: &mut Context) -> Result<Exit> {
    certify(
        EntityKind::DocumentVerifier,
        args,
        |_| Role::Terminal,
        context,
    )
}

/// Certifies a document verifier.
pub fn verifier(
    args: &EacCertify,
    role: Option<VerifierRole>,
    context: &mut Context,
) -> Result<Exit> {
    let of = |is_domestic: bool| match role {
        Some(VerifierRole::Domestic) => Role::DomesticVerifier,
        Some(VerifierRole::Foreign) => Role::ForeignVerifier,
        None if is_domestic => Role::DomesticVerifier,
        None => Role::ForeignVerifier,
    };
    certify(EntityKind::Cvca, args, of, context)
}

fn certify(
    kind: EntityKind,
    args: &EacCertify,
    role: impl Fn(bool) -> Role,
    context: &mut Context,
) -> Result<Exit> {
    let (folder, mut entity) = EntityFolder::open(&args.folder, kind)?;
    pki_folder::check_out(&args.out)?;
    let named = || args.request.display().to_string();
    let request = files::read_first(&args.request, MAX_CERTIFICATE_LEN + 1)?;
    let country = entity.state().settings().country.as_bytes();
    let is_domestic =
        Request::parse(&request).is_ok_and(|request| request.body().holder.country() == country);
    let grant = Grant {
        role: role(is_domestic),
        rights: rights(args.rights),
        days: args.days,
        fingerprint: args.fingerprint,
    };
    // Before a key is opened: what will be refused is refused here.
    let known = entity
        .foresee(&request, &grant, context.now)
        .with_context(named)?;
    let again = known.is_some();
    let certificate = match known {
        Some(certificate) => certificate,
        None => {
            let key = entity
                .state()
                .valid(day_of(context.now)?)
                .ok_or(authorization_pki::Error::from(Refused::NoCertificate))?;
            let password = secret(&args.secret, false, context).ask()?;
            let mut key = folder.open_key(key, &password, &mut *context.rng)?;
            let answer = entity.certify(&request, &grant, &mut key, context.now)?;
            folder.commit(&entity)?;
            answer.certificate
        }
    };
    let file = certificate_row::write(&entity.with_answer(&certificate));
    pki_folder::write_out(&args.out, &file, Secrecy::Open)?;
    if context.json() {
        print_json(&json!({
            "certificates": args.out,
            "certificate": describe::certificate_json(&certificate),
            "again": again,
            "outcome": Exit::Done.word(),
        }))?;
    } else {
        if again {
            note("The request had been answered: this is the same certificate.");
        }
        print(&describe::certificate(&certificate))?;
    }
    Ok(Exit::Done)
}
