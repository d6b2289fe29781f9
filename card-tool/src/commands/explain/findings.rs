//! Where files depart from their standards: what the readers of our crates say.

use biometrics::face::{iso19794_5, iso39794_5};
use biometrics::finger::{iso19794_4, iso39794_4};
use biometrics::iris::{iso19794_6, iso39794_6};
use lds::dg13::vietnam::VietnamCitizen;
use lds::{
    BiometricInformationGroup, BiometricRecord, Deviation, Dg2, Dg3, Dg4, Dg15, FileContent,
    Parsed, SecurityInfos,
};
use pki::{Certificate, SecurityObject, SignedData};

use super::annotation::Finding;

/// A file of one data object.
pub(super) fn file<F: FileContent>(bytes: &[u8]) -> Vec<Finding> {
    of(F::parse(bytes)).0
}

/// EF.DG2 with its facial records.
pub(super) fn faces(bytes: &[u8]) -> Vec<Finding> {
    let (mut found, dg2) = of(Dg2::parse(bytes));
    let parse = |record: &BiometricRecord| match record {
        BiometricRecord::Iso19794(octets) => iso19794_5::FaceRecord::parse(octets).map(second),
        BiometricRecord::Iso39794(octets) => iso39794_5::FaceRecord::parse(octets).map(second),
    };
    found.extend(dg2.iter().flat_map(|dg2| records(&dg2.0, parse)));
    found
}

/// EF.DG3 with its finger records.
pub(super) fn fingers(bytes: &[u8]) -> Vec<Finding> {
    let (mut found, dg3) = of(Dg3::parse(bytes));
    let parse = |record: &BiometricRecord| match record {
        BiometricRecord::Iso19794(octets) => finger_record(octets),
        BiometricRecord::Iso39794(octets) => iso39794_4::FingerRecord::parse(octets).map(second),
    };
    found.extend(dg3.iter().flat_map(|dg3| records(&dg3.0, parse)));
    found
}

/// EF.DG4 with its iris records.
pub(super) fn irises(bytes: &[u8]) -> Vec<Finding> {
    let (mut found, dg4) = of(Dg4::parse(bytes));
    let parse = |record: &BiometricRecord| match record {
        BiometricRecord::Iso19794(octets) => iso19794_6::IrisRecord::parse(octets).map(second),
        BiometricRecord::Iso39794(octets) => iso39794_6::IrisRecord::parse(octets).map(second),
    };
    found.extend(dg4.iter().flat_map(|dg4| records(&dg4.0, parse)));
    found
}

/// The words of the deviations.
fn second<A>((_, deviations): (A, Vec<biometrics::Deviation>)) -> Vec<String> {
    words(&deviations)
}

fn words(deviations: &[biometrics::Deviation]) -> Vec<String> {
    deviations.iter().map(ToString::to_string).collect()
}

/// A finger record, with what its reader lets pass: an image without resolution.
fn finger_record(octets: &[u8]) -> biometrics::Result<Vec<String>> {
    let (record, deviations) = iso19794_4::FingerRecord::parse(octets)?;
    let (horizontal, vertical) = record.image_resolution;
    let mut departures = words(&deviations);
    if horizontal == 0 || vertical == 0 {
        departures.push(format!(
            "the image resolution is {horizontal} × {vertical}, which is none (ISO 19794-4 §7)"
        ));
    }
    Ok(departures)
}

/// EF.DG15 with its key.
pub(super) fn active_authentication(bytes: &[u8]) -> Vec<Finding> {
    let (mut found, dg15) = of(Dg15::parse(bytes));
    let key = dg15.as_ref().map(|dg15| dg15.public_key.key());
    found.extend(
        key.and_then(Result::err)
            .map(|error| Finding::from(format!("the public key: {error}"))),
    );
    found
}

/// EF.DG13 of a Vietnamese citizen card.
pub(super) fn citizen(bytes: &[u8]) -> Vec<Finding> {
    of(VietnamCitizen::parse(bytes)).0
}

/// EF.DIR.
pub(super) fn dir(bytes: &[u8]) -> Vec<Finding> {
    of(lds::EfDir::parse(bytes)).0
}

/// EF.ATR/INFO.
pub(super) fn atr_info(bytes: &[u8]) -> Vec<Finding> {
    of(lds::EfAtrInfo::parse(bytes)).0
}

/// EF.CVCA.
pub(super) fn cvca(bytes: &[u8]) -> Vec<Finding> {
    of(lds::EfCvca::parse(bytes)).0
}

/// The content of EF.SOD.
pub(super) fn lds_security_object(bytes: &[u8]) -> Vec<Finding> {
    of(lds::LdsSecurityObject::from_der(bytes)).0
}

/// EF.SOD: the signed object, and what it signs.
pub(super) fn security_object(bytes: &[u8]) -> Vec<Finding> {
    match SecurityObject::parse(bytes) {
        Ok(object) => {
            let content = object.content_deviations().iter().map(inside_the_content);
            object
                .deviations()
                .iter()
                .map(Finding::from)
                .chain(content)
                .collect()
        }
        Err(error) => vec![error.into()],
    }
}

/// EF.CardSecurity: the signed object, and what it signs.
pub(super) fn card_security(bytes: &[u8]) -> Vec<Finding> {
    match SignedData::parse(bytes) {
        Ok(object) => {
            let content = match SecurityInfos::parse(object.content()) {
                Ok(parsed) => parsed.deviations.iter().map(inside_the_content).collect(),
                Err(error) => vec![Finding::from(format!("in the signed content: {error}"))],
            };
            object
                .deviations()
                .iter()
                .map(Finding::from)
                .chain(content)
                .collect()
        }
        Err(error) => vec![error.into()],
    }
}

/// Signed data with any content.
pub(super) fn signed_data(bytes: &[u8]) -> Vec<Finding> {
    match SignedData::parse(bytes) {
        Ok(object) => object.deviations().iter().map(Finding::from).collect(),
        Err(error) => vec![error.into()],
    }
}

/// A certificate.
pub(super) fn certificate(bytes: &[u8]) -> Vec<Finding> {
    match Certificate::parse(bytes) {
        Ok(certificate) => certificate.deviations().iter().map(Finding::from).collect(),
        Err(error) => vec![error.into()],
    }
}

fn of<T>(parsed: lds::Result<Parsed<T>>) -> (Vec<Finding>, Option<T>) {
    match parsed {
        Ok(parsed) => (
            parsed.deviations.iter().map(Finding::from).collect(),
            Some(parsed.value),
        ),
        Err(error) => (vec![error.into()], None),
    }
}

/// What the readers of the records say. The positions count from the start of a record.
fn records(
    group: &BiometricInformationGroup,
    parse: impl Fn(&BiometricRecord) -> biometrics::Result<Vec<String>>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for (number, information) in (1..).zip(&group.records) {
        match parse(&information.record) {
            Ok(departures) => found.extend(
                departures
                    .iter()
                    .map(|departure| format!("in record {number}: {departure}").into()),
            ),
            Err(error) => found.push(format!("in record {number}: {error}").into()),
        }
    }
    found
}

/// Positions in the signed content count from its own start.
fn inside_the_content(deviation: &Deviation) -> Finding {
    format!("in the signed content: {deviation}").into()
}
