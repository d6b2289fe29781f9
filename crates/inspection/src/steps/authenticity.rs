//! Is it the chip the issuer made? Chip authentication and active authentication (Doc 9303-11 §6).
//!
//! What these steps find is about keys out of EF.DG14 and EF.DG15. Whether those keys are the issuer's is a question for passive
//! authentication; [`crate::steps::content::CHIP_AUTHENTICITY`] puts both together. Chip authentication mapping is in
//! [`crate::steps::card_security`].

use core::fmt;

use crypto::{AgreementDomain, KeyKind};
use iso7816::{Channel, ChannelError, CommandApdu, Ins, Le, StatusWord};
use lds::{Dg14, Dg15, EfCardAccess, File, FileContent};
use pki::CardSecurity;
use pki::passive_authentication::weak_kind;
use protocols::{Fault, active_authentication, chip_authentication, pace};

use super::card_security;
use crate::Outcome;
use crate::check::{CheckKind, Finding, Weight};
use crate::document::Document;
use crate::procedure::{Inspection, Step};
use crate::read::ReadError;

/// Octets of a file that are read for a proof of the keys: any answer under them is one.
const PROOF_LEN: usize = 8;
/// Bits of a prime below which a group is as weak as an RSA modulus of that length.
const MIN_PRIME_BITS: usize = 2_048;

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
    if is_shown_by_mapping(inspection) && inspection.config.terminal.is_none() {
        return Finding::not_supported("not needed: chip authentication mapping has served");
    }
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
    inspection.tolerate(ChipKey::Agreement(selection.key().domain()).weakness());
    inspection.tolerate(
        (!selection.is_announced()).then_some("EF.DG14 has a key and announces no protocol for it"),
    );
    if !inspection.line.is_secure() {
        return Finding::failed(
            "the document offers chip authentication, which goes in a session only, and this chip has none",
        );
    }
    match chip_authentication::terminal::agree(&mut inspection.line, &selection, inspection.rng) {
        Ok(agreed) => {
            inspection.tolerate(agreed.deviations);
            inspection.line.secure(agreed.keys);
            let finding = proof(inspection, &selection);
            // The keys of PACE have ended with its session; a terminal binds itself to a chip that has shown its key, to no other.
            let shown = finding.outcome == Outcome::Successful;
            inspection.agreed_key = shown.then_some(agreed.own_key);
            finding
        }
        Err(error) => {
            // Whatever the mapping has shown: no terminal binds itself to a chip that lacks one of its keys.
            inspection.agreed_key = None;
            failed(inspection, error)
        }
    }
}

/// Chip authentication once more, in a session that was built anew: the session is again that of the chip which has shown its
/// key, and an answer under the new keys proves it.
pub(super) fn authenticate_chip_again(
    inspection: &mut Inspection<'_, '_>,
) -> Result<(), protocols::Error> {
    let selection = offered(inspection)?.ok_or(protocols::Error::Misuse(
        "chip authentication once more, and no first time",
    ))?;
    let agreed =
        chip_authentication::terminal::agree(&mut inspection.line, &selection, inspection.rng)?;
    inspection.line.secure(agreed.keys);
    short_proof(inspection)?;
    inspection.agreed_key = Some(agreed.own_key);
    Ok(())
}

/// What EF.DG14 offers, if it was read and can be understood.
fn offered(
    inspection: &Inspection<'_, '_>,
) -> protocols::Result<Option<chip_authentication::Selection>> {
    let dg14 = inspection.bytes(File::Dg14).map(Dg14::parse);
    match dg14 {
        Some(Ok(parsed)) => chip_authentication::Selection::strongest(&parsed.value.security_infos),
        Some(Err(_)) | None => Ok(None),
    }
}

/// Whether chip authentication was run with this chip, and the chip has not shown its key: no later session may do without.
pub(super) fn has_not_shown_its_key(inspection: &Inspection<'_, '_>) -> bool {
    let was_run = matches!(offered(inspection), Ok(Some(_)));
    let earlier = inspection.earlier(&CHIP_AUTHENTICATION.kind);
    let shown_or_not_needed =
        |finding: &Finding| matches!(finding.outcome, Outcome::Successful | Outcome::NotSupported);
    was_run && earlier.is_some_and(|finding| !shown_or_not_needed(finding))
}

fn is_shown_by_mapping(inspection: &Inspection<'_, '_>) -> bool {
    let mapping = inspection.earlier(&card_security::CHIP_AUTHENTICATION_MAPPING.kind);
    mapping.is_some_and(|finding| finding.outcome == Outcome::Successful)
}

/// The key agreement itself proves nothing: a copy of EF.DG14 gets as far. The proof is that the next answer verifies under the
/// new keys (Doc 9303-11 §6.2.2), so EF.DG1, which comes next anyway, is read here.
fn proof(
    inspection: &mut Inspection<'_, '_>,
    selection: &chip_authentication::Selection,
) -> Finding {
    let proven = match inspection.read_in_this_session(File::Dg1) {
        Err(ReadError::Line(error)) => Err(error),
        Err(ReadError::Refused(sw)) if is_about_length(sw) => short_proof(inspection),
        Ok(_) | Err(_) => Ok(()),
    };
    let Err(error) = proven else {
        return Finding::successful(format!(
            "{}, {}",
            selection.key().domain().name(),
            selection.cipher().name()
        ));
    };
    inspection.lost = Some(error);
    match error {
        ChannelError::SecureMessaging { .. } | ChannelError::SessionLost(_) => {
            Finding::failed("the chip does not have the private key to the public key in EF.DG14")
        }
        error => Finding::aborted(error.to_string()),
    }
}

/// The proof by so few octets that there is no reason to refuse them: whoever gives no protected answer has no keys.
///
/// # Errors
/// [`ChannelError`], [`ChannelError::SessionLost`] also where the length is refused once more.
fn short_proof(inspection: &mut Inspection<'_, '_>) -> Result<(), ChannelError> {
    let start = CommandApdu::new(0x00, Ins::READ_BINARY, File::Dg14.sfi().as_p1(), 0);
    let start = start.with_le(Le::saturating(PROOF_LEN));
    let sw = inspection.line.transmit(&start)?.sw;
    if is_about_length(sw) {
        return Err(ChannelError::SessionLost(sw));
    }
    Ok(())
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
    inspection.tolerate(ChipKey::Signature(key.kind()).weakness());
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

/// The kind of a key by which a chip proves itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChipKey {
    /// Of active authentication.
    Signature(KeyKind),
    /// Of chip authentication, or of its mapping.
    Agreement(AgreementDomain),
}

impl ChipKey {
    /// What is to be said of a key that is too short to be relied on, by the lengths that hold for certificates.
    pub(crate) fn weakness(self) -> Option<String> {
        let is_weak = match self {
            Self::Signature(kind) => weak_kind(kind).is_some(),
            Self::Agreement(AgreementDomain::Ec(curve)) => weak_kind(KeyKind::Ec(curve)).is_some(),
            Self::Agreement(group @ AgreementDomain::Dh(_)) => group.prime_bits() < MIN_PRIME_BITS,
        };
        is_weak.then(|| format!("weak key: {self}"))
    }
}

impl fmt::Display for ChipKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signature(kind) => fmt::Display::fmt(kind, f),
            Self::Agreement(AgreementDomain::Ec(curve)) => {
                fmt::Display::fmt(&KeyKind::Ec(*curve), f)
            }
            Self::Agreement(group @ AgreementDomain::Dh(_)) => f.write_str(group.name()),
        }
    }
}

/// The kind of the key by which a check proves the chip, out of the files that were read.
pub(crate) fn key_of(check: &CheckKind, document: &Document) -> Option<ChipKey> {
    let bytes = |file| document.files.get(&file);
    if check.id == ACTIVE_AUTHENTICATION.kind.id {
        let dg15 = Dg15::parse(bytes(File::Dg15)?).ok()?.value;
        return Some(ChipKey::Signature(dg15.public_key.key().ok()?.kind()));
    }
    if check.id == CHIP_AUTHENTICATION.kind.id {
        let infos = Dg14::parse(bytes(File::Dg14)?).ok()?.value.security_infos;
        let selection = chip_authentication::Selection::strongest(&infos).ok()??;
        return Some(ChipKey::Agreement(selection.key().domain()));
    }
    if check.id == card_security::CHIP_AUTHENTICATION_MAPPING.kind.id {
        let offered = EfCardAccess::parse(bytes(File::CardAccess)?).ok()?.value;
        let id = pace::mapping_key_id(pace::strongest(offered.security_infos.pace())?)?;
        let file = CardSecurity::parse(bytes(File::CardSecurity)?).ok()?;
        let key = card_security::key(file.security_infos(), id)?;
        return Some(ChipKey::Agreement(key.domain()));
    }
    None
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

/// Whether terminal and reader carry an answer of extended length, so that a signature is cut for want of nothing at this end.
fn can_carry_whole(inspection: &Inspection<'_, '_>) -> bool {
    inspection.config.extended_length && inspection.line.reader_carries_extended()
}

fn failed(inspection: &mut Inspection<'_, '_>, error: protocols::Error) -> Finding {
    match error {
        protocols::Error::Transport(error) => {
            inspection.lost = Some(error);
            Finding::aborted(error.to_string())
        }
        protocols::Error::Unsupported(_) => Finding::undetermined(error.to_string()),
        // Chips cut what does not fit a short answer: that is no forged signature. Anything else that is too short is one.
        protocols::Error::CardMisbehaved {
            step: protocols::Step::ActiveAuthentication,
            fault: Fault::Cut { .. },
        } => {
            inspection.left_open =
                can_carry_whole(inspection).then_some(ACTIVE_AUTHENTICATION.kind.title);
            Finding::undetermined(format!("no whole signature came: {error}"))
        }
        error => Finding::failed(error.to_string()),
    }
}
