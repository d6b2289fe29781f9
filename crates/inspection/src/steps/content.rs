//! What the files say, and whether it fits together: MRZ, expiry, authenticity of the chip, the holder's data.

use biometrics::face::{iso19794_5, iso39794_5};
use biometrics::image::sniff;
use lds::biometric_template::BiometricRecord;
use lds::{Dg1, Dg2, File, FileContent};
use mrz::Mrz;

use crate::check::{CheckKind, Finding, Weight};
use crate::document::{Document, Portrait};
use crate::procedure::{Inspection, Step};
use crate::steps::{authenticity, card_security, known_series, passive};
use crate::{Outcome, document_details, tr03135};

pub(crate) const MRZ_CONSISTENCY: Step = Step::offline(
    CheckKind {
        id: "mrz-consistency",
        title: "Machine readable zone in EF.DG1: characters and check digits",
        clause: "Doc 9303-3 §4.9",
        weight: Weight::Evaluatory,
    },
    mrz_consistency,
);

pub(crate) const MRZ_AS_PRINTED: Step = Step::offline(
    CheckKind {
        id: tr03135::PRINTED_ZONE,
        title: "EF.DG1 against the printed zone",
        clause: "TR-03135-1 §5.7.2",
        weight: Weight::Optional,
    },
    mrz_as_printed,
);

pub(crate) const EXPIRY: Step = Step::offline(
    CheckKind {
        id: "expiry",
        title: "Expiry of the document",
        clause: "TR-03135-1 §5.7.1",
        weight: Weight::Mandatory,
    },
    expiry,
);

pub(crate) const CHIP_AUTHENTICITY: Step = Step::offline(
    CheckKind {
        id: "chip-authenticity",
        title: "Authenticity of the chip",
        clause: "TR-03135-1 §5.6.4.1",
        weight: Weight::Optional,
    },
    |inspection| known_series::authenticity(inspection, chip_authenticity),
);

/// Vietnamese cards without expiry carry this date.
const NO_EXPIRY: (&str, &str) = ("VNM", "991231");

fn mrz_consistency(inspection: &mut Inspection<'_, '_>) -> Finding {
    let Some(dg1) = inspection.bytes(File::Dg1) else {
        return no_zone(inspection);
    };
    match Dg1::parse(dg1) {
        Ok(parsed) if parsed.deviations.is_empty() => Finding::successful("all check digits hold"),
        Ok(parsed) => {
            inspection.tolerate(&parsed.deviations);
            Finding::failed("the zone departs from the standard")
        }
        Err(error) => Finding::failed(error.to_string()),
    }
}

fn mrz_as_printed(inspection: &mut Inspection<'_, '_>) -> Finding {
    let Some(printed) = inspection.config.printed_mrz else {
        return Finding::not_supported("the printed zone was not given")
            .remedy("compare name, number and dates on the screen with the document");
    };
    match read_mrz(inspection) {
        Some(mrz) if mrz.joined() == printed.joined() => Finding::successful("identical"),
        Some(_) => Finding::failed("the chip holds another zone than the document shows"),
        None => no_zone(inspection),
    }
}

fn expiry(inspection: &mut Inspection<'_, '_>) -> Finding {
    let Some(mrz) = read_mrz(inspection) else {
        return no_zone(inspection);
    };
    let date = mrz.date_of_expiry();
    if (mrz.issuing_state(), date.as_str()) == NO_EXPIRY {
        return Finding::successful("the card does not expire");
    }
    let today = inspection.config.now.date();
    match date.as_expiry(today) {
        Some(last_day) if last_day >= today => {
            Finding::successful(format!("valid until {last_day}"))
        }
        Some(last_day) => {
            Finding::failed(format!("expired on {last_day}")).remedy("ask for a valid document")
        }
        None => Finding::undetermined("the date of expiry is no date"),
    }
}

/// One of the three protocols suffices, but only with a key that passive authentication covers (Doc 9303-11 §6.2.2,
/// §4.4.3.5.2).
fn chip_authenticity(inspection: &mut Inspection<'_, '_>) -> Finding {
    let protocols = [
        (
            &card_security::CHIP_AUTHENTICATION_MAPPING,
            File::CardSecurity,
        ),
        (&authenticity::CHIP_AUTHENTICATION, File::Dg14),
        (&authenticity::ACTIVE_AUTHENTICATION, File::Dg15),
    ];
    if protocols
        .iter()
        .all(|(step, _)| inspection.earlier(&step.kind).is_none())
    {
        return Finding::not_supported("no chip: the files were read before");
    }
    let mut findings = Vec::new();
    for (step, file) in protocols {
        let Some(earlier) = inspection.earlier(&step.kind) else {
            continue;
        };
        let title = step.kind.title;
        findings.push(match earlier.outcome {
            Outcome::Successful if file == File::Dg15 && is_compromised(inspection) => {
                Finding::failed("the issuer's deviation list calls the key of active authentication compromised")
            }
            Outcome::Successful if is_signed(inspection, file) => {
                return Finding::successful(format!(
                    "{title}, with the key that the issuer has signed"
                ));
            }
            Outcome::Successful => Finding::undetermined(
                "the chip proved a key, but that the key is the issuer's could not be shown",
            ),
            Outcome::Failed => Finding::failed(format!("{title} failed: the chip may be a copy")),
            Outcome::Aborted => Finding::aborted(format!("{title} did not come to its end")),
            Outcome::Undetermined => Finding::undetermined(format!("{title}: {}", earlier.cause)),
            Outcome::NotSupported => continue,
        });
    }
    findings
        .into_iter()
        .max_by_key(|finding| finding.outcome)
        .unwrap_or_else(|| {
            Finding::not_supported("the document offers neither chip nor active authentication")
        })
}

/// Whether the issuer has signed the key in a file.
fn is_signed(inspection: &Inspection<'_, '_>, file: File) -> bool {
    match file {
        File::CardSecurity => inspection
            .card_security
            .as_ref()
            .is_some_and(|file| file.verified().is_some()),
        _ => passive::is_authentic(inspection, file),
    }
}

fn is_compromised(inspection: &Inspection<'_, '_>) -> bool {
    inspection
        .passive
        .as_ref()
        .is_some_and(tr03135::is_compromised)
}

/// Why there is no zone to look at.
fn no_zone(inspection: &Inspection<'_, '_>) -> Finding {
    Finding::undetermined(if inspection.bytes(File::Dg1).is_some() {
        "EF.DG1 cannot be understood"
    } else {
        "EF.DG1 was not read"
    })
}

pub(super) fn read_mrz(inspection: &Inspection<'_, '_>) -> Option<Mrz> {
    let dg1 = inspection.bytes(File::Dg1)?;
    Dg1::parse(dg1)
        .ok()
        .map(|parsed| parsed.value.mrz().clone())
}

/// The holder's data out of whatever was read.
pub(crate) fn document(inspection: &Inspection<'_, '_>) -> Document {
    Document {
        mrz: read_mrz(inspection),
        portrait: inspection.bytes(File::Dg2).and_then(portrait),
        details: document_details::details(|file| {
            inspection
                .bytes(file)
                .filter(|_| !passive::is_left_out(inspection, file))
        }),
        files: inspection
            .files
            .iter()
            .filter(|(file, _)| !passive::is_left_out(inspection, **file))
            .map(|(file, read)| (*file, read.as_bytes().to_vec()))
            .collect(),
    }
}

/// The first image whose format is recognised by its own octets; what the header around it says is not trusted.
fn portrait(dg2: &[u8]) -> Option<Portrait> {
    let dg2 = Dg2::parse(dg2).ok()?.value;
    let records = dg2.0.records.iter().map(|information| &information.record);
    records.filter_map(face).find_map(|bytes| {
        let format = sniff(&bytes)?;
        Some(Portrait { format, bytes })
    })
}

/// The first image of a record, of either generation.
fn face(record: &BiometricRecord) -> Option<Vec<u8>> {
    match record {
        BiometricRecord::Iso19794(record) => {
            let (record, _) = iso19794_5::FaceRecord::parse(record).ok()?;
            Some(record.images.into_iter().next()?.data)
        }
        BiometricRecord::Iso39794(record) => {
            let (record, _) = iso39794_5::FaceRecord::parse(record).ok()?;
            Some(record.representations.into_iter().next()?.image.data.0)
        }
    }
}
