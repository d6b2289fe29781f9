//! EF.CardSecurity and what it is read for: chip authentication mapping, by which PACE has shown that the chip is genuine
//! (Doc 9303-11 §4.4.3.5).

use crypto::AgreementKey;
use lds::security_info::ChipAuthenticationPublicKeyInfo;
use lds::{Dg14, File, FileContent, SecurityInfos};
use pki::CardSecurity;
use pki::check::CheckResult;
use pki::passive_authentication::{Report as PassiveAuthentication, SignerReport};
use protocols::pace::MappingProof;

use super::authenticity::ChipKey;
use super::files::read_one;
use super::passive::{self, finding_of, kind};
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

/// After EF.SOD and EF.DG14, which say whose chip it should be: the signature on EF.CardSecurity covers no data group.
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
    if let Err(error) = proof.check(&key) {
        return Finding::failed(error.to_string());
    }
    let domain = key.domain();
    let bond = match passive::so_far(inspection) {
        Some(report) => bond(inspection, &report),
        None => Bond::Broken("EF.SOD was not read"),
    };
    inspection.tolerate(ChipKey::Agreement(domain).weakness());
    match bond {
        Bond::Keys | Bond::NoKeys => Finding::successful(format!(
            "{}, with the key that the issuer has signed",
            domain.name()
        )),
        Bond::Broken(why) => Finding::undetermined(format!(
            "the chip has proven the key in EF.CardSecurity, which may be that of another document: {why}"
        )),
    }
}

/// What ties EF.CardSecurity, and with it the key that the chip has proven, to the document of EF.SOD. Whoever takes the key out
/// of one chip may show it, with that chip's EF.CardSecurity, beside the files of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bond {
    /// One country signs both, and the keys of chip authentication in EF.DG14 stand in EF.CardSecurity, too.
    Keys,
    /// One country signs both, and EF.DG14 has no key to compare. A chip with the mapping has chip authentication besides
    /// (Doc 9303-11 §4.4), so that this is met in documents that depart from the standard only.
    NoKeys,
    /// They are not of one country, or not of one chip, or that could not be shown.
    Broken(&'static str),
}

/// What ties EF.CardSecurity to a document, by what passive authentication said of it.
pub(super) fn bond(inspection: &Inspection<'_, '_>, document: &PassiveAuthentication) -> Bond {
    let Some(beside) = &inspection.card_security else {
        return Bond::Broken("EF.CardSecurity was not read");
    };
    let Some(verified) = beside.verified() else {
        return Bond::Broken("the signature on EF.CardSecurity does not hold");
    };
    let dg14 = document.verified_lds().and_then(|lds| lds.file(File::Dg14));
    let Some(Ok(dg14)) = dg14.map(Dg14::parse) else {
        return Bond::Broken("that EF.DG14 is the issuer's could not be shown");
    };
    if !is_one_country(&document.signer, &beside.signer) {
        return Bond::Broken("the CSCAs behind it and behind EF.SOD are not of one country");
    }
    let mut keys = dg14
        .value
        .security_infos
        .chip_authentication_public_keys()
        .peekable();
    if keys.peek().is_none() {
        return Bond::NoKeys;
    }
    if keys.all(|key| repeats(verified.security_infos(), key)) {
        Bond::Keys
    } else {
        Bond::Broken("it lacks a key of EF.DG14")
    }
}

/// Whether both signers are under CSCAs of one country. CSCAs that name none may be those of any two states.
fn is_one_country(one: &SignerReport, other: &SignerReport) -> bool {
    let country = |signer: &SignerReport| {
        let csca = signer.csca.as_ref()?.certificate();
        csca.subject().country().map(str::to_ascii_uppercase)
    };
    country(one).is_some_and(|found| country(other) == Some(found))
}

/// Whether a key stands in other infos, under its number. One that has no number in EF.DG14, where it is alone, may have one in
/// EF.CardSecurity, where the mapping asks for it (Doc 9303-11 §9.2.6).
fn repeats(infos: &SecurityInfos, wanted: &ChipAuthenticationPublicKeyInfo) -> bool {
    let Ok(key) = wanted.agreement_key() else {
        return false;
    };
    infos.chip_authentication_public_keys().any(|info| {
        let same_number = wanted.key_id.is_none() || wanted.key_id == info.key_id;
        same_number && info.agreement_key().is_ok_and(|other| other == key)
    })
}

/// The key with a number.
pub(super) fn key(infos: &SecurityInfos, id: u64) -> Option<AgreementKey> {
    let mut keys = infos.chip_authentication_public_keys();
    keys.find(|key| key.key_id == Some(id))?
        .agreement_key()
        .ok()
}
