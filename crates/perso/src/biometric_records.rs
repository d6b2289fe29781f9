//! Face and fingers in the form of the chip. Encoding images is slow, signing is fast: the first is done once for a person,
//! wherever there is time; the second for each card.

use biometrics::face::iso19794_5::{FaceImage, FaceRecord, Gender};
use biometrics::finger::FingerPosition;
use biometrics::finger::iso19794_4::{Compression, FingerImage, FingerRecord};
use biometrics::image::{DecodeLimits, Image, decode, encode_jpeg_to_size, encode_jpeg2000};
use enrolment::AcceptedRecord;
use enrolment::profile::{PortraitCoding, PortraitRule};
use lds::biometric_template::{BiometricRecord, BiometricSubtype};
use mrz::Sex;

use crate::{Error, Result};

/// Compression of finger images: 15:1, where ISO/IEC 19794-4 sees no loss for matching.
const FINGER_COMPRESSION: usize = 15;

/// The records of EF.DG2 and EF.DG3.
#[derive(Clone)]
pub struct EncodedBiometrics {
    face: Vec<u8>,
    fingers: Vec<(BiometricSubtype, Vec<u8>)>,
}

impl EncodedBiometrics {
    /// Decodes the images of a record and encodes them as its profile wants them.
    ///
    /// # Errors
    /// [`Error::Biometrics`] for an image that cannot be decoded or brought into its budget; [`Error::Misuse`] for a finger
    /// image that does not say its resolution.
    pub fn encode(record: &AcceptedRecord) -> Result<Self> {
        let fingers = record
            .prints()
            .map(|(position, image)| finger(position, image))
            .collect::<Result<_>>()?;
        Ok(Self {
            face: face(record)?,
            fingers,
        })
    }

    pub(crate) fn face(&self) -> BiometricRecord {
        BiometricRecord::Iso19794(self.face.clone())
    }

    pub(crate) fn fingers(&self) -> Vec<(BiometricSubtype, BiometricRecord)> {
        self.fingers
            .iter()
            .map(|(subtype, record)| (*subtype, BiometricRecord::Iso19794(record.clone())))
            .collect()
    }
}

impl core::fmt::Debug for EncodedBiometrics {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(
            f,
            "EncodedBiometrics(face {} bytes, {} fingers)",
            self.face.len(),
            self.fingers.len()
        )
    }
}

fn face(record: &AcceptedRecord) -> Result<Vec<u8>> {
    let portrait = decode(record.portrait(), &DecodeLimits::default())?.to_portrait()?;
    let encoded = encode_portrait(&portrait, record.profile().data().portrait)?;
    let image = FaceImage {
        gender: gender(record.sex()),
        ..FaceImage::full_frontal(encoded)?
    };
    Ok(FaceRecord::new(image).to_bytes()?)
}

fn encode_portrait(portrait: &Image, rule: PortraitRule) -> Result<Vec<u8>> {
    Ok(match rule.coding {
        PortraitCoding::Jpeg2000 => encode_jpeg2000(portrait, rule.max_bytes)?,
        PortraitCoding::Jpeg => encode_jpeg_to_size(portrait, rule.max_bytes)?,
    })
}

const fn gender(sex: Sex) -> Gender {
    match sex {
        Sex::Male => Gender::MALE,
        Sex::Female => Gender::FEMALE,
        Sex::Unspecified => Gender::UNSPECIFIED,
    }
}

fn finger(position: FingerPosition, image: &[u8]) -> Result<(BiometricSubtype, Vec<u8>)> {
    let print = decode(image, &DecodeLimits::default())?.to_grey();
    let ppi = print
        .ppi()
        .ok_or(Error::Misuse("a finger image does not say its resolution"))?;
    let (width, height) = (side(print.width())?, side(print.height())?);
    let budget = usize::from(width) * usize::from(height) / FINGER_COMPRESSION;
    let encoded = encode_jpeg2000(&print, budget)?;
    let image = FingerImage::live_scan(position, width, height, encoded);
    let bytes = FingerRecord::new(ppi, Compression::JPEG2000, image).to_bytes()?;
    let subtype = position
        .biometric_subtype()
        .ok_or(Error::Misuse("EF.DG3 holds single fingers"))?;
    Ok((BiometricSubtype(subtype), bytes))
}

fn side(pixels: u32) -> Result<u16> {
    u16::try_from(pixels).map_err(|_| Error::Misuse("a finger image is larger than any scanner's"))
}
