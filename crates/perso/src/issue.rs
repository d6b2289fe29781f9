//! From an accepted record to a signed card image.

use std::collections::BTreeMap;

use crypto::{HashAlgorithm, SecretBytes};
use lds::{File, HashedFile, LdsSecurityObject, LdsSecurityObjectVersion, SecurityInfos};
use pki::DocumentSigner;

use crate::applet::ChipKey;
use crate::content_gate::{self, Candidate};
use crate::data_groups;
use crate::register::{DocumentEntry, DocumentRegister};
use crate::terminal_trust::TerminalTrust;
use crate::{CardImage, Order, Result};

/// A document without a look at its content: the part of [`issue`] whose cost is compared with that of the bare signature.
#[doc(hidden)]
pub struct SignedLds {
    /// The data groups.
    pub data_groups: BTreeMap<File, HashedFile>,
    /// EF.COM, EF.DIR, EF.CardAccess, EF.SOD.
    pub others: BTreeMap<File, Vec<u8>>,
}

/// Builds and signs.
///
/// # Errors
/// Whatever the data or the signer say.
#[doc(hidden)]
pub fn build_and_sign(order: &Order<'_>, signer: &DocumentSigner) -> Result<SignedLds> {
    let data_groups = data_groups::build(order)?;
    let content = security_object(order, &data_groups)?;
    let mut others = data_groups::others(order, data_groups.keys().copied())?;
    others.insert(File::Sod, sign(&content, order, signer)?);
    Ok(SignedLds {
        data_groups,
        others,
    })
}

/// Builds, checks, enters and signs: in this order. What the gate refuses uses no number; what the register refuses is not
/// signed.
///
/// # Errors
/// [`crate::Error::Enrolment`] for protocols that do not belong together, [`crate::Error::LawTooOld`],
/// [`crate::Error::TrustPoint`], [`crate::Error::ContentGate`], [`crate::Error::Register`], and whatever the data or the signer
/// say.
pub fn issue(
    order: &Order<'_>,
    signer: &DocumentSigner,
    register: &mut dyn DocumentRegister,
) -> Result<CardImage> {
    order.offers.check()?;
    order.chip.law.must_meet(order.needs()?)?;
    let terminal_trust = TerminalTrust::of_order(order)?;
    let data_groups = data_groups::build(order)?;
    let content = security_object(order, &data_groups)?;
    let card_security = data_groups::card_security(order)?;
    let mut files = data_groups::others(order, data_groups.keys().copied())?;
    files.extend(
        data_groups
            .into_iter()
            .map(|(file, content)| (file, content.as_bytes().to_vec())),
    );
    content_gate::pass(&Candidate {
        order,
        files: &files,
        content: &content,
        card_security: card_security.as_ref().map(SecurityInfos::to_der).as_deref(),
        signer,
    })?;
    register.enter(&entry(order)?)?;
    files.insert(File::Sod, sign(&content, order, signer)?);
    if let Some(infos) = card_security {
        let code = order.record.profile().data().document_code;
        let signed = pki::card_security::sign(&infos, signer, code, order.now)?;
        files.insert(File::CardSecurity, signed);
    }
    image(order, files, terminal_trust)
}

/// The image of the files with the passwords of the holder and the trust of the chip.
fn image(
    order: &Order<'_>,
    files: BTreeMap<File, Vec<u8>>,
    terminal_trust: Option<TerminalTrust>,
) -> Result<CardImage> {
    let zone = order.record.mrz()?.information();
    let offers_bac = order.offers.basic_access_control;
    let mut image = CardImage::new(
        order.job,
        order.chip.serial.clone(),
        files,
        offers_bac,
        CardImage::key_seed_of(&zone),
        Some(order.record.can().expose().as_bytes().into()),
    )?;
    if let Some(pin) = order.pin {
        image = image.with_pin(pin.duplicate())?;
    }
    if let Some(trust) = terminal_trust {
        let number = offers_bac.then(|| SecretBytes::from(zone.document_number()));
        image = image.with_terminal_trust(trust, number)?;
    }
    Ok(image)
}

fn security_object(
    order: &Order<'_>,
    data_groups: &BTreeMap<File, HashedFile>,
) -> Result<LdsSecurityObject> {
    let rule = order.record.profile().data().security_object;
    let version = if rule.names_versions {
        LdsSecurityObjectVersion::v1()
    } else {
        LdsSecurityObjectVersion::V0
    };
    let data_groups = data_groups.iter().map(|(file, content)| (*file, content));
    Ok(LdsSecurityObject::of_hashed_files(
        version,
        rule.hash,
        data_groups,
    )?)
}

fn sign(
    content: &LdsSecurityObject,
    order: &Order<'_>,
    signer: &DocumentSigner,
) -> Result<Vec<u8>> {
    let code = order.record.profile().data().document_code;
    Ok(pki::security_object::sign(
        content, signer, code, order.now,
    )?)
}

fn entry(order: &Order<'_>) -> Result<DocumentEntry> {
    let Order {
        record, chip, job, ..
    } = *order;
    let data = record.profile().data();
    let fingerprint = |key: &ChipKey| -> Result<Vec<u8>> {
        Ok(HashAlgorithm::Sha256.digest(&key.public.to_spki()?))
    };
    Ok(DocumentEntry {
        job,
        issuing_state: data.issuing_state.to_owned(),
        document_code: data.document_code.to_owned(),
        document_number: record.document_number()?.to_owned(),
        chip_serial: chip.serial.clone(),
        chip_keys: chip.keys.iter().map(fingerprint).collect::<Result<_>>()?,
    })
}
