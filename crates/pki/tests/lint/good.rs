//! The good objects from which the bad ones are made: one of each kind, issued by one office.

use std::sync::{Arc, LazyLock};

use const_oid::ObjectIdentifier;
use crypto::EcParameters;
use pki::deviation_list::{
    self, CertificateBodyField, CertificateField, Description, DeviationType, Documents,
    IssuancePeriod, LdsObject, ListedDeviation, MrzField, SignerCriterion,
};
use pki::lint::{LintReport, ObjectKind, lint};
use pki::profile::ListRole;
use pki::{Certificate, Signer, master_list, oids};
use time::Duration;

use crate::forge::{self, Node, PRINTABLE_STRING, UTC_TIME, leaf};
use crate::office::{Office, crl_profile};
use crate::test_pki::{Algorithm, NOW, P256, TestPki, document_signer_profile};

pub(crate) const TRAVEL_STAMP: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("2.23.136.1.1.9.8.1");
pub(crate) const SPOC_CLIENT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.10.1");

/// One object of each kind.
pub(crate) struct Good {
    pub(crate) office: Office,
    objects: Vec<(ObjectKind, Vec<u8>)>,
}

/// The objects that are changed: with a key whose signatures are quick.
pub(crate) static GOOD: LazyLock<Good> = LazyLock::new(|| Good::new(P256));

impl Good {
    pub(crate) fn new(algorithm: Algorithm) -> Self {
        let office = Office::new(algorithm, EcParameters::Explicit);
        let list_signer = |role| office.list_signer_certificate(role).to_vec();
        let serial: &[u8] = &[0x42, 0x17];
        let crl = crl_profile(&[serial, &[0x42, 0x18]])
            .issue(&office.issuer())
            .unwrap();
        let objects = vec![
            (ObjectKind::CscaRoot, office.csca.clone()),
            (ObjectKind::CscaLink, office.link.clone()),
            (ObjectKind::DocumentSigner, office.document_signer.clone()),
            (
                ObjectKind::MasterListSigner,
                list_signer(ListRole::MasterList),
            ),
            (
                ObjectKind::DeviationListSigner,
                list_signer(ListRole::DeviationList),
            ),
            (ObjectKind::BarcodeSigner, office.barcode_signer()),
            (ObjectKind::Lds2Signer, lds2_signer(&office)),
            (ObjectKind::Communication, communication(&office)),
            (ObjectKind::Crl, crl),
            (ObjectKind::MasterList, master_list(&office)),
            (ObjectKind::DeviationList, deviation_list(&office)),
            (ObjectKind::SecurityObject, security_object(algorithm)),
        ];
        Self { office, objects }
    }

    pub(crate) fn object(&self, kind: ObjectKind) -> &[u8] {
        let object = self.objects.iter().find(|(known, _)| *known == kind);
        &object.unwrap().1
    }

    pub(crate) fn objects(&self) -> &[(ObjectKind, Vec<u8>)] {
        &self.objects
    }

    /// Lint with the CSCA as issuer at hand.
    pub(crate) fn lint(&self, bytes: &[u8], kind: Option<ObjectKind>) -> LintReport {
        lint(bytes, kind, &[self.office.certificate()])
    }

    /// Signs again what was changed, with the key that signed it first.
    pub(crate) fn sign(&self, kind: ObjectKind, object: &mut Node) {
        match kind {
            ObjectKind::MasterList | ObjectKind::DeviationList => {
                forge::sign_content(object, self.office.signer_key().as_ref());
            }
            ObjectKind::SecurityObject => forge::sign_content(object, sod_key().as_ref()),
            _ => forge::sign(object, self.office.key.as_ref()),
        }
    }
}

fn sod_key() -> Arc<dyn Signer> {
    // As `TestPki::with_profile` makes it for the seed 1.
    Arc::new(P256.signer(3))
}

fn security_object(algorithm: Algorithm) -> Vec<u8> {
    let profile = document_signer_profile(EcParameters::Explicit);
    TestPki::with_profile(algorithm, EcParameters::Explicit, 1, &profile)
        .document()
        .security_object
}

fn lds2_signer(office: &Office) -> Vec<u8> {
    let mut certificate = Node::read(&office.barcode_signer());
    forge::remove(&mut certificate, oids::DOCUMENT_TYPE_LIST);
    forge::edit(&mut certificate, oids::EXTENDED_KEY_USAGE, |value| {
        *value.at(&[0]) = forge::oid(TRAVEL_STAMP);
    });
    *certificate.at(&[0, 4, 1]) = leaf(UTC_TIME, "370211120000Z");
    forge::sign(&mut certificate, office.key.as_ref());
    certificate.bytes()
}

fn communication(office: &Office) -> Vec<u8> {
    let mut certificate = Node::read(office.list_signer_certificate(ListRole::MasterList));
    forge::remove(&mut certificate, oids::PRIVATE_KEY_USAGE_PERIOD);
    forge::edit(&mut certificate, oids::EXTENDED_KEY_USAGE, |value| {
        *value.at(&[0]) = forge::oid(SPOC_CLIENT);
    });
    *certificate.at(&[0, 4, 1]) = leaf(UTC_TIME, "271111120000Z");
    *certificate.at(&[0, 5]) = forge::name(&[
        (oids::COUNTRY_NAME, PRINTABLE_STRING, "UT"),
        (oids::COMMON_NAME, PRINTABLE_STRING, "SPOC TLS client"),
    ]);
    forge::sign(&mut certificate, office.key.as_ref());
    certificate.bytes()
}

fn master_list(office: &Office) -> Vec<u8> {
    let members =
        [&office.csca, &office.link, &office.next_csca].map(|der| Certificate::parse(der).unwrap());
    let signer = office.list_signer(ListRole::MasterList);
    master_list::sign(&members, &signer, NOW).unwrap()
}

/// The first deviation has one of each criterion; the second one of each kind of parameter.
fn deviation_list(office: &Office) -> Vec<u8> {
    let describe = |kind| Description {
        text: None,
        kind,
        national_use: None,
    };
    let kinds = [
        DeviationType::DataGroupHashWrong(Some(LdsObject::DataGroup(12))),
        DeviationType::DocumentSignerEncoding(Some(CertificateField::Extension(oids::KEY_USAGE))),
        DeviationType::CscaEncoding(Some(CertificateField::Body(CertificateBodyField::Validity))),
        DeviationType::MrzDataWrong(Some(MrzField::ALL[0])),
        DeviationType::SodSignatureWrong,
        DeviationType::Chip,
    ];
    let deviations = [
        ListedDeviation {
            documents: Documents {
                document_type: Some("P".to_owned()),
                signer: Some(SignerCriterion::SubjectKeyIdentifier(vec![7; 20])),
                issuing_date: Some(IssuancePeriod {
                    first_issued: NOW - Duration::days(90),
                    last_issued: NOW - Duration::days(30),
                }),
                document_numbers: Some(["X1", "X2"].into_iter().collect()),
            },
            descriptions: vec![describe(DeviationType::ComInconsistent)],
        },
        ListedDeviation {
            documents: Documents::default(),
            descriptions: kinds.into_iter().map(describe).collect(),
        },
    ];
    let signer = office.list_signer(ListRole::DeviationList);
    deviation_list::sign(&deviations, None, &signer, NOW).unwrap()
}
