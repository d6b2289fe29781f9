//! EF.CardSecurity and what it is read for: chip authentication mapping, by which PACE has shown that the chip is genuine
//! (Doc 9303-11 §4.4.3.5).

use crypto::AgreementKey;
use lds::{File, SecurityInfos};
use pki::CardSecurity;
use pki::check::CheckResult;
use protocols::pace::MappingProof;

use super::authenticity::ChipKey;
use super::files::read_one;
use super::passive::{finding_of, kind};
use crate::Outcome;
use crate::check::{Finding, Weight};
use crate::procedure::{Inspection, Step};
use crate::report::Source;

/// Reads it where chip authentication mapping needs it, before the application is selected: in the application its short
/// identifier is that of EF.SOD.
pub(crate) const READ: Step = Step::before_access(
    kind(
        "card-security",
        "Read EF.CardSecurity: key of chip authentication mapping",
        "Doc 9303-10 §3.11.4",
        Weight::Evaluatory,
    ),
    read,
);

pub(crate) const SIGNATURE: Step = Step::offline(
    kind(
        "card-security-signature",
        "EF.CardSecurity: signature and signer",
        "TR-03135-1 §5.6.4.2.1",
        Weight::Optional,
    ),
    signature,
);

pub(crate) const CHIP_AUTHENTICATION_MAPPING: Step = Step::before_access(
    kind(
        "chip-authentication-mapping",
        "Chip authentication mapping",
        "Doc 9303-11 §4.4.3.5",
        Weight::Evaluatory,
    ),
    chip_authentication_mapping,
);

fn proof<'i>(inspection: &'i Inspection<'_, '_>) -> Option<&'i MappingProof> {
    inspection.pace.as_ref()?.mapping_proof.as_ref()
}

fn not_mapped() -> Finding {
    Finding::not_supported("PACE has not used chip authentication mapping")
}

fn read(inspection: &mut Inspection<'_, '_>) -> Finding {
    if proof(inspection).is_none() {
        return not_mapped();
    }
    let finding = read_one(inspection, File::CardSecurity);
    if finding.outcome == Outcome::NotSupported {
        // What offers chip authentication mapping has this file.
        return Finding::failed(finding.cause);
    }
    finding
}

/// Who signed it, by the checks of passive authentication that are about a signer.
fn signature(inspection: &mut Inspection<'_, '_>) -> Finding {
    let Some(bytes) = inspection.bytes(File::CardSecurity) else {
        return match (proof(inspection), inspection.source) {
            (Some(_), _) => Finding::undetermined("EF.CardSecurity was not read"),
            (None, Source::Chip) => not_mapped(),
            (None, Source::Files) => {
                Finding::not_supported("EF.CardSecurity is not among the files")
            }
        };
    };
    let file = match CardSecurity::parse(bytes) {
        Ok(file) => file,
        Err(error) => return Finding::failed(error.to_string()),
    };
    let authenticated = file.authenticate(inspection.config.trust, inspection.config.now);
    let signer = &authenticated.signer;
    inspection.tolerate(&signer.deviations);
    inspection.tolerate(file.content_deviations());
    let revocations = [signer.revocation, signer.csca_revocation];
    let results = [
        signer.hash,
        signer.signature,
        signer.issuer,
        signer.document_signer_validity,
        signer.csca_validity,
    ];
    // A list that nobody has says nothing, as with the signer of EF.SOD.
    let revoked = revocations
        .into_iter()
        .filter(|result| matches!(result, CheckResult::Failed(_)));
    let finding = finding_of(CheckResult::together(results.into_iter().chain(revoked)));
    inspection.card_security = Some(authenticated);
    finding
}

/// A terminal binds itself to the key of PACE only where the proof holds (Doc 9303-11 §7.1).
fn chip_authentication_mapping(inspection: &mut Inspection<'_, '_>) -> Finding {
    let finding = check_mapping(inspection);
    if finding.outcome != Outcome::Successful {
        inspection.agreed_key = None;
    }
    finding
}

/// The proof that came with PACE, checked with the key that the issuer has signed and with no other.
pub(super) fn check_mapping(inspection: &mut Inspection<'_, '_>) -> Finding {
    let Some(proof) = proof(inspection) else {
        return not_mapped();
    };
    let verified = inspection
        .card_security
        .as_ref()
        .and_then(|file| file.verified());
    let Some(verified) = verified else {
        return Finding::undetermined(
            "the chip has sent a proof, but that the key in EF.CardSecurity is the issuer's could not be shown",
        );
    };
    let Some(key) = key(verified.security_infos(), proof.key_id()) else {
        return Finding::undetermined(format!(
            "EF.CardSecurity has no key with the number {}, that of the parameters of PACE",
            proof.key_id()
        ));
    };
    match proof.check(&key) {
        Ok(()) => {
            inspection.tolerate(ChipKey::Agreement(key.domain()).weakness());
            Finding::successful(format!(
                "{}, with the key that the issuer has signed",
                key.domain().name()
            ))
        }
        Err(error) => Finding::failed(error.to_string()),
    }
}

/// The key with a number.
pub(super) fn key(infos: &SecurityInfos, id: u64) -> Option<AgreementKey> {
    let mut keys = infos.chip_authentication_public_keys();
    keys.find(|key| key.key_id == Some(id))?
        .agreement_key()
        .ok()
}
