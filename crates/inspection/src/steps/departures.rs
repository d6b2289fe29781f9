//! Where the content of a data group departs from its standard: nothing that is signed depends on it, and it is said.

use biometrics::face::{iso19794_5, iso39794_5};
use lds::biometric_template::BiometricRecord;
use lds::{Dg1, Dg2, Dg11, Dg12, File, FileContent};

/// Document code of a zone that stands for no person: the stub on residents' cards of the German eID.
const STUB: &str = "UB";

/// What is to be said of the content of a file.
pub(super) fn of(file: File, bytes: &[u8]) -> Vec<String> {
    match file {
        File::Dg1 => of_zone(bytes),
        File::Dg2 => of_face(bytes),
        File::Dg11 => of_file::<Dg11>(bytes),
        File::Dg12 => of_file::<Dg12>(bytes),
        _ => Vec::new(),
    }
}

fn of_file<T: FileContent>(bytes: &[u8]) -> Vec<String> {
    match T::parse(bytes) {
        Ok(parsed) => parsed.deviations.iter().map(ToString::to_string).collect(),
        Err(error) => vec![format!("{} cannot be understood: {error}", T::FILE.name())],
    }
}

fn of_zone(bytes: &[u8]) -> Vec<String> {
    let is_stub = Dg1::parse(bytes).is_ok_and(|dg1| dg1.value.mrz().document_code() == STUB);
    let stub =
        "the zone is a stub that names nobody: neither it nor the picture identifies the holder";
    is_stub.then(|| stub.to_owned()).into_iter().collect()
}

fn of_face(bytes: &[u8]) -> Vec<String> {
    let file = match Dg2::parse(bytes) {
        Ok(parsed) => parsed,
        Err(error) => return vec![format!("EF.DG2 cannot be understood: {error}")],
    };
    let of_file = file.deviations.iter().map(ToString::to_string);
    let records = file.value.0.records.iter();
    of_file
        .chain(records.flat_map(|information| of_record(&information.record)))
        .collect()
}

fn of_record(record: &BiometricRecord) -> Vec<String> {
    let (has_image, deviations) = match record {
        BiometricRecord::Iso19794(record) => match iso19794_5::FaceRecord::parse(record) {
            Ok((record, deviations)) => (
                record.images.iter().any(|image| !image.data.is_empty()),
                deviations,
            ),
            Err(error) => return vec![format!("EF.DG2 shows no face: {error}")],
        },
        BiometricRecord::Iso39794(record) => match iso39794_5::FaceRecord::parse(record) {
            Ok((record, deviations)) => (!record.representations.is_empty(), deviations),
            Err(error) => return vec![format!("EF.DG2 shows no face: {error}")],
        },
    };
    let without = (!has_image).then(|| "EF.DG2 shows no face: the record has no image".to_owned());
    let deviations = deviations.iter().map(ToString::to_string);
    deviations.chain(without).collect()
}
