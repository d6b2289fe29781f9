//! What is asked for: one document for one holder on one chip.

use crypto::HashAlgorithm;
use enrolment::AcceptedRecord;
use enrolment::profile::{ActiveAuthenticationKey, Chip};
use lds::{SecurityInfo, SecurityInfos};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::applet::{KeyRequest, Need};
use crate::biometric_records::EncodedBiometrics;
use crate::{Error, HolderPin, PreparedChip, Result};

/// The hash of AA signatures by RSA: SHA-256, as ISO 9796-2 with the two-octet trailer `34CC`.
const RSA_ACTIVE_AUTHENTICATION_HASH: HashAlgorithm = HashAlgorithm::Sha256;

/// A document to be made: whose, on which chip, by which job, when.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// The holder.
    pub record: &'a AcceptedRecord,
    /// Face and fingers of the holder.
    pub biometrics: &'a EncodedBiometrics,
    /// The chip.
    pub chip: &'a PreparedChip,
    /// The job.
    pub job: Uuid,
    /// The time of signing.
    pub now: OffsetDateTime,
    /// The protocols that the chip shall offer: those of the profile, or others for the same document.
    pub offers: Chip<'a>,
    /// The PIN of the holder, where one is offered.
    pub pin: Option<&'a HolderPin>,
    /// Self-signed certificates of one or two CVCAs, the newest first: whose terminals may read the fingers. Without them a chip
    /// opens the fingers to nobody and announces no terminal authentication.
    pub trust_points: &'a [Vec<u8>],
}

impl<'a> Order<'a> {
    /// A document with the protocols of its profile, no PIN and no trust points.
    #[must_use]
    pub fn new(
        record: &'a AcceptedRecord,
        biometrics: &'a EncodedBiometrics,
        chip: &'a PreparedChip,
        job: Uuid,
        now: OffsetDateTime,
    ) -> Self {
        Self {
            record,
            biometrics,
            chip,
            job,
            now,
            offers: record.profile().data().chip,
            pin: None,
            trust_points: &[],
        }
    }

    /// What EF.CardAccess announces: the protocols that are offered, terminal authentication only where there are trust points,
    /// because a chip that announces it has to have EF.CVCA (Doc 9303-11 §7.1.2).
    pub(crate) fn announced(&self) -> Result<Vec<SecurityInfo>> {
        let has_trust_points = !self.trust_points.is_empty();
        let offers = Chip {
            terminal_authentication: self.offers.terminal_authentication && has_trust_points,
            ..self.offers
        };
        Ok(offers.card_access()?)
    }

    /// What the document needs of a chip beyond the first law.
    pub(crate) fn needs(&self) -> Result<Vec<Need>> {
        let mut needs = Need::of_infos(&SecurityInfos::new(self.announced()?));
        needs.extend(self.pin.map(|_| Need::Pin));
        needs.extend((!self.trust_points.is_empty()).then_some(Need::TrustPoints));
        Ok(needs)
    }
}

/// The keys that a chip of this profile has to generate.
///
/// # Errors
/// [`Error::Enrolment`] for a chip that cannot be, [`Error::Misuse`] for an RSA key longer than 65,535 bits.
pub fn key_requests(chip: &Chip<'_>) -> Result<Vec<KeyRequest>> {
    chip.check()?;
    let keys = chip.agreement_keys().into_iter();
    let mut requests: Vec<KeyRequest> = keys
        .map(|key| KeyRequest::ChipAuthentication {
            domain: key.domain,
            key_id: key.key_id,
        })
        .collect();
    match chip.active_authentication {
        Some(ActiveAuthenticationKey::Ecdsa { curve, hash }) => {
            requests.push(KeyRequest::ActiveAuthenticationEc { curve, hash });
        }
        Some(ActiveAuthenticationKey::Rsa { bits }) => {
            let bits = u16::try_from(bits).map_err(|_| Error::Misuse("length of an RSA key"))?;
            requests.push(KeyRequest::ActiveAuthenticationRsa {
                bits,
                hash: RSA_ACTIVE_AUTHENTICATION_HASH,
            });
        }
        None => {}
    }
    Ok(requests)
}
