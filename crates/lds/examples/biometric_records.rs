//! Reads EF.DG2, EF.DG3 and EF.DG4 files and bare records of ISO 39794, says what is in them, and whether writing them again
//! gives the same bytes: `cargo run -p lds --example biometric_records -- FILE …`

use std::process::ExitCode;

use biometrics::iso39794_1::Profile;
use biometrics::{Deviation, face, finger, iris};
use lds::biometric_template::{BiometricInformationGroup, BiometricRecord};
use lds::{Dg2, Dg3, Dg4, FileContent};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let mut good = true;
    for path in std::env::args_os().skip(1) {
        let path = std::path::PathBuf::from(path);
        println!("{}", path.display());
        if let Err(error) = std::fs::read(&path)
            .map_err(Into::into)
            .and_then(|bytes| file(&bytes))
        {
            println!("  {error}");
            good = false;
        }
    }
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn file(bytes: &[u8]) -> Outcome {
    let (group, again) = match bytes.first() {
        Some(0x75) => opened::<Dg2>(bytes, |file| file.0)?,
        Some(0x63) => opened::<Dg3>(bytes, |file| file.0)?,
        Some(0x76) => opened::<Dg4>(bytes, |file| file.0)?,
        _ => return record(&BiometricRecord::iso39794(bytes)),
    };
    println!("  file written again: {}", same(&again, bytes));
    group.records.iter().try_for_each(|information| {
        println!("  {:?}", information.header.format_type);
        record(&information.record)
    })
}

fn opened<F: FileContent + Clone>(
    bytes: &[u8],
    group: impl Fn(F) -> BiometricInformationGroup,
) -> Result<(BiometricInformationGroup, Vec<u8>), lds::Error> {
    let parsed = F::parse(bytes)?;
    for deviation in &parsed.deviations {
        println!("  deviation of the file: {deviation}");
    }
    let again = parsed.value.to_bytes();
    Ok((group(parsed.value), again))
}

fn record(record: &BiometricRecord) -> Outcome {
    let octets = record.as_bytes();
    match (record, octets.first_chunk()) {
        (BiometricRecord::Iso19794(_), Some(b"FAC\0")) => {
            let (read, deviations) = face::iso19794_5::FaceRecord::parse(octets)?;
            tell(&read, &deviations, octets, &read.to_bytes()?);
        }
        (BiometricRecord::Iso19794(_), Some(b"FIR\0")) => {
            let (read, deviations) = finger::iso19794_4::FingerRecord::parse(octets)?;
            tell(&read, &deviations, octets, &read.to_bytes()?);
        }
        (BiometricRecord::Iso19794(_), _) => {
            let (read, deviations) = iris::iso19794_6::IrisRecord::parse(octets)?;
            tell(&read, &deviations, octets, &read.to_bytes()?);
        }
        (BiometricRecord::Iso39794(_), _) => iso39794(octets)?,
    }
    Ok(())
}

fn iso39794(octets: &[u8]) -> Outcome {
    let profile = |deviations: &[Deviation]| {
        let bare = deviations
            .iter()
            .any(|one| matches!(one, Deviation::BareCode { .. }));
        if bare { Profile::Base } else { Profile::Icao }
    };
    if let Ok((read, deviations)) = face::iso39794_5::FaceRecord::parse(octets) {
        let again = read.to_bytes_as(profile(&deviations))?;
        tell(
            &read,
            &deviations,
            octets,
            BiometricRecord::iso39794(&again).as_bytes(),
        );
    } else if let Ok((read, deviations)) = finger::iso39794_4::FingerRecord::parse(octets) {
        let again = BiometricRecord::iso39794(&read.to_bytes()?);
        tell(&read, &deviations, octets, again.as_bytes());
    } else {
        let (read, deviations) = iris::iso39794_6::IrisRecord::parse(octets)?;
        let again = BiometricRecord::iso39794(&read.to_bytes()?);
        tell(&read, &deviations, octets, again.as_bytes());
    }
    Ok(())
}

fn tell(read: &impl std::fmt::Debug, deviations: &[Deviation], octets: &[u8], again: &[u8]) {
    println!("  {read:?}");
    for deviation in deviations {
        println!("  deviation: {deviation}");
    }
    println!("  record written again: {}", same(again, octets));
}

fn same(again: &[u8], octets: &[u8]) -> &'static str {
    if again == octets {
        "the same bytes"
    } else {
        "OTHER BYTES"
    }
}
