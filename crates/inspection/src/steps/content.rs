//! What the files say, and whether it fits together: MRZ, expiry, authenticity of the chip, the holder's data.

use biometrics::face::{iso19794_5, iso39794_5};
use biometrics::image::sniff;
use lds::biometric_template::BiometricRecord;
use lds::{Dg1, Dg2, File, FileContent};
use mrz::Mrz;

use crate::check::{CheckKind, Finding, Weight};
use crate::document::{Document, Portrait};
use crate::procedure::{Inspection, Step};
use crate::steps::card_security::Bond;
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
/// §4.4.3.5.2), and only if none that the document offers has failed. A chip that lacks one of the keys it should have is a copy,
/// whatever other key was got out of the original; TR-03135-1 §5.6.4.1 would let one protocol make up for another. Nor does one
/// make up for a proof that the chip leaves open: it would choose not to fail.
fn chip_authenticity(inspection: &mut Inspection<'_, '_>) -> Finding {
    let protocols = [
        (
            &card_security::CHIP_AUTHENTICATION_MAPPING,
            File::CardSecurity,
        ),
        (&authenticity::CHIP_AUTHENTICATION, File::Dg14),
        (&authenticity::ACTIVE_AUTHENTICATION, File::Dg15),
    ];
    let offered: Vec<_> = protocols
        .into_iter()
        .filter_map(|(step, file)| Some((step, file, inspection.earlier(&step.kind)?)))
        .collect();
    if offered.is_empty() {
        return Finding::not_supported("no chip: the files were read before");
    }
    let failed = offered
        .iter()
        .find(|(_, _, found)| found.outcome == Outcome::Failed);
    if let Some((step, ..)) = failed {
        let title = step.kind.title;
        return Finding::failed(format!("{title} failed: the chip may be a copy"));
    }
    if let Some(title) = inspection.left_open {
        let open = format!("{title} was left open by the chip, as by a copy that lacks its key");
        return Finding::undetermined(open).remedy(
            "try another reader; look at the document itself as long as nothing else decides",
        );
    }
    let findings: Vec<Finding> = offered
        .into_iter()
        .filter(|(.., found)| found.outcome != Outcome::NotSupported)
        .map(|(step, file, found)| worth(inspection, step.kind.title, file, found))
        .collect();
    let shown = findings
        .iter()
        .find(|finding| finding.outcome == Outcome::Successful)
        .cloned();
    let worst = || findings.into_iter().max_by_key(|finding| finding.outcome);
    shown.or_else(worst).unwrap_or_else(|| {
        Finding::not_supported("the document offers neither chip nor active authentication")
    })
}

/// What a protocol that did not fail shows of the chip.
fn worth(inspection: &Inspection<'_, '_>, title: &str, file: File, found: &Finding) -> Finding {
    match found.outcome {
        Outcome::Successful if file == File::Dg15 && is_compromised(inspection) => Finding::failed(
            "the issuer's deviation list calls the key of active authentication compromised",
        ),
        Outcome::Successful => match is_issuers(inspection, file) {
            Ok(()) => {
                Finding::successful(format!("{title}, with the key that the issuer has signed"))
            }
            Err(why) => Finding::undetermined(why),
        },
        Outcome::Aborted => Finding::aborted(format!("{title} did not come to its end")),
        outcome => Finding {
            outcome,
            cause: format!("{title}: {}", found.cause),
            remedy: None,
        },
    }
}

/// Whether the issuer has signed the key in a file, as one of this document; why not.
fn is_issuers(inspection: &Inspection<'_, '_>, file: File) -> Result<(), &'static str> {
    const UNKNOWN: &str =
        "the chip proved a key, but that the key is the issuer's could not be shown";
    if file != File::CardSecurity {
        let is_authentic = passive::is_authentic(inspection, file);
        return is_authentic.then_some(()).ok_or(UNKNOWN);
    }
    let bond = inspection
        .passive
        .as_ref()
        .map(|report| card_security::bond(inspection, report));
    match bond {
        Some(Bond::Keys) => Ok(()),
        Some(Bond::NoKeys) => Err(
            "the chip proved a key of the issuer, but EF.DG14 has none to say that it is of this document",
        ),
        Some(Bond::Broken(_)) | None => Err(UNKNOWN),
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
pub(crate) fn portrait(dg2: &[u8]) -> Option<Portrait> {
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
