//! Face and fingers in the form of the chip. Encoding images is slow, signing is fast: the first is done once for a person,
//! wherever there is time; the second for each card.

use biometrics::face::{Portrait, Sex};
use biometrics::finger::{FingerPosition, FingerPrint};
use biometrics::image::{DecodeLimits, Image, decode, encode_jpeg_to_size, encode_jpeg2000};
use crypto::CryptoRng;
use enrolment::AcceptedRecord;
use enrolment::profile::{PortraitCoding, PortraitRule};
use lds::biometric_template::{BiometricRecord, BiometricSubtype, RecordEncoding};
use lds::{Dg2, Dg3, FileContent, HashedFile};

use crate::{Error, Result};

/// Compression of finger images: 15:1, where ISO 19794-4 sees no loss for matching.
const FINGER_COMPRESSION: usize = 15;
/// Octets of random content in an EF.DG3 without prints.
const EMPTY_GROUP_LEN: usize = 16;

/// EF.DG2 and EF.DG3 of a person, with their hashes. Cheap to clone.
#[derive(Debug, Clone)]
pub struct EncodedBiometrics {
    pub(crate) face: HashedFile,
    pub(crate) fingers: HashedFile,
}

impl EncodedBiometrics {
    /// Decodes the images of a record, encodes them as its profile wants them, and hashes the files. Randomness fills an EF.DG3
    /// without prints.
    ///
    /// # Errors
    /// [`Error::Biometrics`] for an image that cannot be decoded or brought into its budget; [`Error::Misuse`] for a finger
    /// image that does not say its resolution.
    pub fn encode(
        record: &AcceptedRecord,
        encoding: RecordEncoding,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self> {
        let hash = record.profile().data().security_object.hash;
        let face = Dg2::of_faces([BiometricRecord::of_face(&portrait(record)?, encoding)?])?;
        let fingers = fingers(record, encoding, rng)?;
        Ok(Self {
            face: HashedFile::new(face.to_bytes(), hash),
            fingers: HashedFile::new(fingers.to_bytes(), hash),
        })
    }
}

fn portrait(record: &AcceptedRecord) -> Result<Portrait> {
    let picture = decode(record.portrait(), &DecodeLimits::default())?.to_portrait()?;
    let encoded = encode_portrait(&picture, record.profile().data().portrait)?;
    Ok(Portrait {
        sex: match record.sex() {
            mrz::Sex::Male => Some(Sex::Male),
            mrz::Sex::Female => Some(Sex::Female),
            mrz::Sex::Unspecified => None,
        },
        ..Portrait::new(encoded, picture.colour())
    })
}

fn encode_portrait(portrait: &Image, rule: PortraitRule) -> Result<Vec<u8>> {
    Ok(match rule.coding {
        PortraitCoding::Jpeg2000 => encode_jpeg2000(portrait, rule.max_bytes)?,
        PortraitCoding::Jpeg => encode_jpeg_to_size(portrait, rule.max_bytes)?,
    })
}

fn fingers(
    record: &AcceptedRecord,
    encoding: RecordEncoding,
    rng: &mut dyn CryptoRng,
) -> Result<Dg3> {
    let prints = record
        .prints()
        .map(|(position, image)| finger(position, image, encoding))
        .collect::<Result<Vec<_>>>()?;
    if prints.is_empty() {
        // The signed hash must not tell who has no fingerprints (Doc 9303-10 §4.7.3.2.2).
        let mut random = [0; EMPTY_GROUP_LEN];
        rng.fill_bytes(&mut random);
        return Ok(Dg3::none(&random));
    }
    Ok(Dg3::of_fingers(prints)?)
}

fn finger(
    position: FingerPosition,
    image: &[u8],
    encoding: RecordEncoding,
) -> Result<(BiometricSubtype, BiometricRecord)> {
    let print = decode(image, &DecodeLimits::default())?.to_grey();
    let ppi = print
        .ppi()
        .ok_or(Error::Misuse("a finger image does not say its resolution"))?;
    let pixels = usize::try_from(u64::from(print.width()) * u64::from(print.height()));
    let pixels =
        pixels.map_err(|_| Error::Misuse("a finger image is larger than any scanner's"))?;
    let encoded = encode_jpeg2000(&print, pixels / FINGER_COMPRESSION)?;
    let record = BiometricRecord::of_finger(&FingerPrint::new(position, ppi, encoded), encoding)?;
    let subtype = position
        .biometric_subtype()
        .ok_or(Error::Misuse("EF.DG3 holds single fingers"))?;
    Ok((BiometricSubtype(subtype), record))
}
