//! The keys that a job speaks of: EF.DG14, EF.DG15 and EF.CardSecurity hold their public halves, signed, and the private halves
//! are on one chip.

use crypto::{HashAlgorithm, PublicKey};
use iso7816::Channel;
use lds::{Dg14, Dg15, File, FileContent, SecurityInfo, SecurityInfos};
use pki::CardSecurity;

use crate::applet::{self, ChipPublicKey, KeyRequest, ReceiptKey};
use crate::{CardImage, Error, Result};

/// Asks the chip for each key that the image names. A card that gets files about other keys cannot be finished.
///
/// # Errors
/// [`Error::OtherKey`]; what reading the files or asking the chip answers.
pub(crate) fn must_be_on_the_chip(
    channel: &mut dyn Channel,
    image: &CardImage,
    receipts: &ReceiptKey,
) -> Result<()> {
    for (request, named) in of_image(image)? {
        let found = applet::generated_key(channel, request, receipts)?;
        if found.is_none_or(|found| found.public != named) {
            return Err(Error::OtherKey {
                purpose: request.protocol(),
            });
        }
    }
    Ok(())
}

fn of_image(image: &CardImage) -> Result<Vec<(KeyRequest, ChipPublicKey)>> {
    let file = |file: File| image.files().get(&file).map(Vec::as_slice);
    let mut keys = Vec::new();
    if let Some(octets) = file(File::Dg14) {
        keys.extend(agreement_keys(&Dg14::parse(octets)?.value.security_infos)?);
    }
    if let Some(octets) = file(File::CardSecurity) {
        keys.extend(agreement_keys(
            CardSecurity::parse(octets)?.security_infos(),
        )?);
    }
    if let Some(octets) = file(File::Dg15) {
        let spki = Dg15::parse(octets)?.value.public_key;
        keys.push(signing_key(PublicKey::from_spki(spki.as_der())?)?);
    }
    Ok(keys)
}

fn agreement_keys(infos: &SecurityInfos) -> Result<Vec<(KeyRequest, ChipPublicKey)>> {
    let mut keys = Vec::new();
    for info in infos.iter() {
        let SecurityInfo::ChipAuthenticationPublicKey(info) = info else {
            continue;
        };
        let key = info.agreement_key()?;
        let key_id = info.key_id.map(u8::try_from).transpose();
        let request = KeyRequest::ChipAuthentication {
            domain: key.domain(),
            key_id: key_id.map_err(|_| malformed("key id of EF.DG14"))?,
        };
        keys.push((request, ChipPublicKey::Agrees(key)));
    }
    Ok(keys)
}

fn signing_key(key: PublicKey) -> Result<(KeyRequest, ChipPublicKey)> {
    // The hash is no part of the question.
    let hash = HashAlgorithm::Sha256;
    let request = match &key {
        PublicKey::Ec(point) => KeyRequest::ActiveAuthenticationEc {
            curve: point.curve(),
            hash,
        },
        PublicKey::Rsa(key) => KeyRequest::ActiveAuthenticationRsa {
            bits: u16::try_from(key.bits()).map_err(|_| malformed("key of EF.DG15"))?,
            hash,
        },
    };
    Ok((request, ChipPublicKey::Signs(key)))
}

const fn malformed(what: &'static str) -> Error {
    Error::Malformed { what }
}
