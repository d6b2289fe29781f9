//! Is it the chip the issuer made? Chip authentication and active authentication (Doc 9303-11 §6).
//!
//! What these steps find is about keys out of EF.DG14 and EF.DG15. Whether those keys are the issuer's is a question for passive
//! authentication; [`crate::steps::content::CHIP_AUTHENTICITY`] puts both together.

use crypto::{AgreementDomain, KeyKind};
use iso7816::{ChannelError, StatusWord};
use lds::{Dg14, Dg15, File, FileContent};
use pki::passive_authentication::{weak_key, weak_kind};
use protocols::{active_authentication, chip_authentication};

use crate::check::{CheckKind, Finding, Weight};
use crate::document::Document;
use crate::procedure::{Inspection, Step};
use crate::read::ReadError;

pub(crate) const CHIP_AUTHENTICATION: Step = Step::with_access(
    CheckKind {
        id: "chip-authentication",
        title: "Chip authentication",
        clause: "Doc 9303-11 §6.2",
        weight: Weight::Evaluatory,
    },
    run_chip_authentication,
);

pub(crate) const ACTIVE_AUTHENTICATION: Step = Step::with_access(
    CheckKind {
        id: "active-authentication",
        title: "Active authentication",
        clause: "Doc 9303-11 §6.1",
        weight: Weight::Evaluatory,
    },
    run_active_authentication,
);

fn run_chip_authentication(inspection: &mut Inspection<'_, '_>) -> Finding {
    let Some(dg14) = inspection.bytes(File::Dg14) else {
        return no_key(inspection, File::Dg14);
    };
    let infos = match Dg14::parse(dg14) {
        Ok(parsed) => {
            inspection.tolerate(&parsed.deviations);
            parsed.value.security_infos
        }
        Err(error) => return Finding::failed(error.to_string()),
    };
    let selection = match chip_authentication::Selection::strongest(&infos) {
        Ok(Some(selection)) => selection,
        Ok(None) => return Finding::not_supported("the chip does not offer it"),
        Err(error) => return Finding::undetermined(error.to_string()),
    };
    inspection.tolerate(kind_of(&selection).and_then(weak_kind));
    if !inspection.line.is_secure() {
        return Finding::undetermined(
            "chip authentication needs secure messaging, which this chip does not use",
        );
    }
    match chip_authentication::terminal::agree(&mut inspection.line, &selection, inspection.rng) {
        Ok(agreed) => {
            inspection.line.secure(agreed.keys);
            proof(inspection, &selection)
        }
        Err(error) => failed(inspection, error),
    }
}

/// The key agreement itself proves nothing: a copy of EF.DG14 gets as far. The proof is that the next answer verifies under the
/// new keys (Doc 9303-11 §6.2.2), so EF.DG1, which comes next anyway, is read here.
fn proof(
    inspection: &mut Inspection<'_, '_>,
    selection: &chip_authentication::Selection,
) -> Finding {
    match inspection.read(File::Dg1) {
        Err(ReadError::Line(
            ChannelError::SecureMessaging { .. } | ChannelError::SessionLost(_),
        )) => {
            Finding::failed("the chip does not have the private key to the public key in EF.DG14")
        }
        Err(ReadError::Line(error)) => Finding::aborted(error.to_string()),
        Err(ReadError::Refused(sw)) if is_about_length(sw) => Finding::undetermined(format!(
            "the chip gives no protected answer to prove its key ({sw})"
        )),
        Ok(_) | Err(_) => Finding::successful(format!(
            "{}, {}",
            selection.key().domain().name(),
            selection.cipher().name()
        )),
    }
}

/// Refused lengths may come from the reader, outside secure messaging: they prove nothing.
fn is_about_length(sw: StatusWord) -> bool {
    sw == StatusWord::WRONG_LENGTH || sw.corrected_le().is_some()
}

fn run_active_authentication(inspection: &mut Inspection<'_, '_>) -> Finding {
    let Some(dg15) = inspection.bytes(File::Dg15) else {
        return no_key(inspection, File::Dg15);
    };
    let key = match Dg15::parse(dg15) {
        Ok(parsed) => {
            inspection.tolerate(&parsed.deviations);
            match parsed.value.public_key.key() {
                Ok(key) => key.clone(),
                Err(error) => return Finding::undetermined(error.to_string()),
            }
        }
        Err(error) => return Finding::failed(error.to_string()),
    };
    inspection.tolerate(weak_key(&key));
    let named = inspection
        .bytes(File::Dg14)
        .and_then(|dg14| Dg14::parse(dg14).ok())
        .and_then(|parsed| {
            parsed
                .value
                .security_infos
                .active_authentication()
                .map(|info| info.hash)
        });
    match active_authentication::terminal::authenticate(
        &mut inspection.line,
        &key,
        named,
        inspection.rng,
    ) {
        Ok(verified) => {
            inspection.tolerate(verified.deviations());
            Finding::successful(format!("{}, {}", key.describe(), verified.hash().name()))
        }
        Err(error) => failed(inspection, error),
    }
}

/// The kind of the key by which a check proves the chip, out of the files that were read.
pub(crate) fn key_of(check: &CheckKind, document: &Document) -> Option<KeyKind> {
    let bytes = |file| document.files.get(&file);
    if check.id == ACTIVE_AUTHENTICATION.kind.id {
        let dg15 = Dg15::parse(bytes(File::Dg15)?).ok()?.value;
        return Some(dg15.public_key.key().ok()?.kind());
    }
    if check.id == CHIP_AUTHENTICATION.kind.id {
        let infos = Dg14::parse(bytes(File::Dg14)?).ok()?.value.security_infos;
        let selection = chip_authentication::Selection::strongest(&infos).ok()??;
        return kind_of(&selection);
    }
    None
}

/// The kind of the key of chip authentication; groups are none of the kinds that certificates know.
const fn kind_of(selection: &chip_authentication::Selection) -> Option<KeyKind> {
    match selection.key().domain() {
        AgreementDomain::Ec(curve) => Some(KeyKind::Ec(curve)),
        AgreementDomain::Dh(_) => None,
    }
}

/// A document that should have the file and does not give it has not shown that it lacks the feature; nor has one whose EF.SOD,
/// which says what there is, could not be read.
fn no_key(inspection: &Inspection<'_, '_>, file: File) -> Finding {
    if inspection.unread.contains_key(&file) || inspection.claimed.is_none() {
        Finding::undetermined(format!("{} was not read", file.name()))
    } else {
        Finding::not_supported(format!("no {}", file.name()))
    }
}

fn failed(inspection: &mut Inspection<'_, '_>, error: protocols::Error) -> Finding {
    match error {
        protocols::Error::Transport(error) => {
            inspection.lost = Some(error);
            Finding::aborted(error.to_string())
        }
        protocols::Error::Unsupported(_) => Finding::undetermined(error.to_string()),
        error => Finding::failed(error.to_string()),
    }
}
