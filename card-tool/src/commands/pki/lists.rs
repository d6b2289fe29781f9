//! `pki master-list make` and `pki deviation-list make`: lists signed by the list signers of an issuer's folder.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use ceremony::Digest;
use key_store::revocation::revokes;
use pki::ListSigner;
use pki::profile::ListRole;
use pki::{Certificate, deviation_list, master_list};
use serde_json::json;
use time::OffsetDateTime;

use super::signer::signer_secret;
use super::{deviation_file, print, print_json};
use crate::args::{DeviationList, MasterList, SignerSecret};
use crate::commands::Context;
use crate::exit::{Exit, Problem};
use crate::files::{self, Secrecy};
use crate::pem;
use crate::pki_folder;
use crate::pki_folder::issuer::{self, IssuerFolder, SignerFile};

/// Signs a master list: one's own CSCA certificates and links, and those that were named.
pub fn master_list(args: &MasterList, context: &mut Context) -> Result<Exit> {
    let MasterList::Make {
        folder,
        certificates,
        out,
        name,
        secret,
    } = args;
    let folder = IssuerFolder::open(folder)?;
    let mut all = folder.all_csca()?;
    all.extend(folder.links()?);
    for path in certificates {
        let named = || path.display().to_string();
        let der = pem::certificate(&files::read(path)?)?;
        let certificate = Certificate::parse(&der).with_context(named)?;
        if !all
            .iter()
            .any(|known| known.as_der() == certificate.as_der())
        {
            all.push(certificate);
        }
    }
    let signer = list_signer(
        &folder,
        ListRole::MasterList,
        name.as_deref(),
        secret,
        context,
    )?;
    let list = master_list::sign(&all, &signer, context.now)?;
    written(out, &list, all.len(), context)
}

/// Signs a deviation list.
pub fn deviation_list(args: &DeviationList, context: &mut Context) -> Result<Exit> {
    let DeviationList::Make {
        folder,
        deviations,
        out,
        name,
        secret,
    } = args;
    let folder = IssuerFolder::open(folder)?;
    let entries = deviation_file::read(deviations)?;
    let signer = list_signer(
        &folder,
        ListRole::DeviationList,
        name.as_deref(),
        secret,
        context,
    )?;
    let list = deviation_list::sign(&entries, None, &signer, context.now)?;
    written(out, &list, entries.len(), context)
}

fn written(out: &Path, list: &[u8], entries: usize, context: &Context) -> Result<Exit> {
    pki_folder::write_out(out, list, Secrecy::Open)?;
    let digest = Digest::of(list);
    if context.json() {
        print_json(&json!({
            "list": out,
            "entries": entries,
            "sha256": digest,
            "outcome": Exit::Done.word(),
        }))?;
    } else {
        print(&format!(
            "list         {} ({entries} entries)",
            out.display()
        ))?;
        print(&format!("SHA-256      {}", digest.spoken()))?;
    }
    Ok(Exit::Done)
}

/// The list signer of a role that was named, or that may sign now.
fn list_signer(
    folder: &IssuerFolder,
    role: ListRole,
    name: Option<&str>,
    secret: &SignerSecret,
    context: &mut Context,
) -> Result<ListSigner> {
    let has_role = |certificate: &Certificate| {
        let usages = certificate.extensions().extended_key_usage.clone();
        ListRole::of(&usages.unwrap_or_default()) == Some(role)
    };
    let list = folder.revocation_list()?;
    let is_revoked = |certificate: &Certificate| revokes(list.as_ref(), certificate);
    let (file, certificate) = folder
        .list_signers()?
        .into_iter()
        .find(|(file, certificate)| match name {
            Some(name) => file.name == name,
            None => {
                has_role(certificate)
                    && !has_ended(file)
                    && is_in_use(certificate, context.now)
                    && !is_revoked(certificate)
            }
        })
        .ok_or_else(|| {
            Problem::of(
                Exit::Policy,
                "there is no list signer of this kind that may sign now",
                "`card-tool pki signer request` asks for one, `pki signer status` shows them",
            )
        })?;
    if is_revoked(&certificate) {
        return Err(issuer::revoked(&file.name));
    }
    if has_ended(&file) {
        return Err(Problem::of(
            Exit::Policy,
            format!("the key of {} has been retired", file.name),
            "`card-tool pki signer request` asks the root for another signer",
        ));
    }
    let issuer = folder
        .all_csca()?
        .into_iter()
        .find(|csca| certificate.verify_signature(csca).is_ok())
        .ok_or_else(|| {
            Problem::of(
                Exit::Policy,
                "no CSCA certificate of the folder has issued the list signer",
                "accept the answer of the root first",
            )
        })?;
    let (Some(place), Some(algorithm)) = (&file.key, &file.algorithm) else {
        return Err(Problem::usage(
            "the list signer has no key",
            "look into list-signers/",
        ));
    };
    let password = signer_secret(secret, false, context).ask()?;
    let key = folder.open_key(place, algorithm, &password, &mut *context.rng)?;
    let signer = ListSigner::new(certificate.as_der(), issuer.as_der(), Arc::clone(&key))?;
    signer.may_sign(context.now)?;
    Ok(signer)
}

/// Whether its key is gone, or was found to be destroyed.
const fn has_ended(signer: &SignerFile) -> bool {
    signer.retired.is_some() || signer.deletion_begun.is_some()
}

fn is_in_use(certificate: &Certificate, now: OffsetDateTime) -> bool {
    let usage = certificate.extensions().private_key_usage_period;
    certificate.validity().contains(now)
        && usage.is_none_or(|usage| {
            usage.not_before.is_none_or(|from| from <= now)
                && usage.not_after.is_none_or(|to| now <= to)
        })
}
