//! LDIF files of the ICAO PKD: which attribute holds what.

use std::sync::Arc;

use super::intake::Waiting;
use super::object::Object;
use super::{Acceptance, Fingerprint, Intake, Offered, Receipt, TrustStore, may_certify};
use crate::Result;
use crate::certificate::Certificate;
use crate::ldif::{Attribute, Change, Entry, Reader};

impl TrustStore {
    /// Takes in an LDIF file of the PKD by itself; see [`Self::take_in`].
    pub fn add_ldif(&mut self, file: &[u8], source: &str, acceptance: &Acceptance) -> Intake {
        let mut intake = Intake::default();
        let mut waiting = Vec::new();
        let offered = Offered {
            bytes: file,
            source,
            acceptance,
        };
        self.read_ldif(&offered, &mut intake, &mut waiting);
        self.settle(waiting, &mut intake);
        intake
    }

    pub(super) fn read_ldif(
        &mut self,
        offered: &Offered<'_>,
        intake: &mut Intake,
        waiting: &mut Vec<Waiting>,
    ) {
        let source: Arc<str> = offered.source.into();
        let file = Fingerprint::of(offered.bytes);
        let acceptance = Arc::new(offered.acceptance.inside(file));
        for entry in Reader::new(offered.bytes) {
            let Entry {
                change, attributes, ..
            } = match entry {
                Ok(entry) => entry,
                Err(fault) => {
                    intake.note_fault(&source, fault);
                    continue;
                }
            };
            intake.entries += 1;
            if matches!(change, Change::Deleted | Change::Renamed) {
                intake.deletions += 1;
                continue;
            }
            for attribute in attributes {
                let Some(read) = read_attribute(&attribute) else {
                    intake.note_ignored(attribute.name);
                    continue;
                };
                let sha256 = Fingerprint::of(&attribute.value);
                let place = || format!("{source} line {}", attribute.line).into();
                match read {
                    Err(error) => intake.receipts.push(Receipt {
                        kind: None,
                        source: place(),
                        sha256,
                        file,
                        result: Err(error),
                    }),
                    Ok(Object::DocumentSigner(certificate)) => {
                        let source = place();
                        self.take_document_signer(certificate, (source, file), intake);
                    }
                    Ok(object) => waiting.push(Waiting::new(
                        object,
                        place(),
                        sha256,
                        file,
                        acceptance.clone(),
                    )),
                }
            }
        }
    }
}

/// The object in an attribute of the PKD; `None` for attributes that hold none.
fn read_attribute(attribute: &Attribute) -> Option<Result<Object>> {
    let value = &attribute.value;
    Some(match attribute.name.as_str() {
        "usercertificate" | "cacertificate" => Certificate::parse(value).map(|certificate| {
            if may_certify(&certificate) || attribute.name == "cacertificate" {
                Object::of_certificate(certificate)
            } else {
                Object::DocumentSigner(certificate)
            }
        }),
        "certificaterevocationlist" | "authorityrevocationlist" => Object::crl(value),
        "cscamasterlistdata" | "pkdmasterlistcontent" => Object::master_list(value),
        "deviationlistdata" | "pkddeviationlistcontent" => Object::deviation_list(value),
        _ => return None,
    })
}
