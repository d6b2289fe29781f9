//! Deviation lists: ours read back, and those of others as the field writes them (Doc 9303-12 §10).

use crate::office::{Office, every_algorithm};
use crate::test_pki::{NOW, P256};
use cms::content_info::ContentInfo;
use cms::signed_data::SignedData;
use crypto::{EcParameters, HashAlgorithm};
use der::{Decode, Encode};
use iso7816::tlv::{Tag, encode};
use pki::deviation_list::{
    self, CertificateBodyField, CertificateField, Description, DeviationType, DocumentFacts,
    DocumentNumbers, Documents, IssuancePeriod, LdsObject, ListedDeviation, MrzField,
    SignerCriterion,
};
use pki::profile::ListRole;
use pki::{Certificate, DeviationKind, DeviationList, Error, oids};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

pub(crate) fn deviations(office: &Office) -> Vec<ListedDeviation> {
    let document_signer = Certificate::parse(&office.document_signer).unwrap();
    let describe = |kind| Description {
        text: None,
        kind,
        national_use: None,
    };
    let digest = HashAlgorithm::Sha256.digest(document_signer.as_der());
    vec![
        ListedDeviation {
            documents: Documents {
                document_type: Some("P".to_owned()),
                signer: Some(SignerCriterion::SubjectKeyIdentifier(
                    document_signer.key_identifier(),
                )),
                issuing_date: Some(IssuancePeriod {
                    first_issued: datetime!(2026-01-01 0:00 UTC),
                    last_issued: datetime!(2026-06-30 23:59:59 UTC),
                }),
                document_numbers: Some(["X2", "X10", "X1"].into_iter().collect()),
            },
            descriptions: vec![
                Description {
                    text: Some("Hash of the additional details".to_owned()),
                    kind: DeviationType::DataGroupHashWrong(Some(LdsObject::DataGroup(12))),
                    national_use: Some(vec![0x05, 0x00]),
                },
                describe(DeviationType::ComInconsistent),
            ],
        },
        ListedDeviation {
            documents: Documents {
                signer: Some(SignerCriterion::IssuerAndSerialNumber {
                    issuer: document_signer.issuer().clone(),
                    serial_number: document_signer.serial_number().to_vec(),
                }),
                ..Documents::default()
            },
            descriptions: every_kind().into_iter().map(describe).collect(),
        },
        ListedDeviation {
            documents: Documents {
                signer: Some(SignerCriterion::CertificateDigest(digest)),
                ..Documents::default()
            },
            descriptions: vec![describe(DeviationType::SodSignatureWrong)],
        },
        ListedDeviation {
            documents: Documents::default(),
            descriptions: vec![describe(DeviationType::Chip)],
        },
    ]
}

fn every_kind() -> Vec<DeviationType> {
    let fields = [
        CertificateField::Body(CertificateBodyField::Validity),
        CertificateField::Extension(oids::KEY_USAGE),
    ];
    let objects = [LdsObject::DataGroup(1), LdsObject::Sod, LdsObject::Com];
    let mut kinds = vec![
        DeviationType::DocumentSignerSignature,
        DeviationType::DocumentSignerEncoding(None),
        DeviationType::CscaEncoding(None),
        DeviationType::ActiveAuthenticationKeyCompromised,
        DeviationType::DataGroupMalformed(None),
        DeviationType::DataGroupHashWrong(None),
        DeviationType::SodSignatureWrong,
        DeviationType::ComInconsistent,
        DeviationType::MrzDataWrong(None),
        DeviationType::MrzCheckDigitWrong(None),
        DeviationType::Chip,
        DeviationType::NationalUse,
        DeviationType::Other {
            oid: const_oid::ObjectIdentifier::new_unwrap("2.23.136.1.1.7.6"),
            parameters: Some(vec![0x02, 0x01, 0x2A]),
        },
    ];
    kinds.extend(fields.map(|field| DeviationType::DocumentSignerEncoding(Some(field))));
    kinds.extend(fields.map(|field| DeviationType::CscaEncoding(Some(field))));
    kinds.extend(objects.map(|object| DeviationType::DataGroupMalformed(Some(object))));
    kinds.extend(objects.map(|object| DeviationType::DataGroupHashWrong(Some(object))));
    for field in MrzField::ALL {
        kinds.push(DeviationType::MrzDataWrong(Some(*field)));
        kinds.push(DeviationType::MrzCheckDigitWrong(Some(*field)));
    }
    kinds
}

pub(crate) fn deviation_list(office: &Office) -> Vec<u8> {
    let signer = office.list_signer(ListRole::DeviationList);
    let digest = Some(HashAlgorithm::Sha256);
    deviation_list::sign(&deviations(office), digest, &signer, NOW).unwrap()
}

#[test]
fn a_deviation_list_is_read_as_it_was_written() {
    for algorithm in every_algorithm() {
        let office = Office::new(algorithm, EcParameters::Explicit);
        let list = DeviationList::parse(&deviation_list(&office)).unwrap();
        assert_eq!(
            (list.deviations(), list.signed_data().deviations()),
            (&[][..], &[][..])
        );
        assert_eq!(list.digest_algorithm(), Some(HashAlgorithm::Sha256));
        let checks = list.signed_data().verify();
        assert!(checks.hash.is_successful() && checks.signature.is_successful());
        let written = deviations(&office);
        assert_eq!(list.entries().len(), written.len());
        for entry in &written {
            let read = list
                .entries()
                .iter()
                .find(|e| e.documents == entry.documents)
                .unwrap();
            assert_eq!(read.descriptions.len(), entry.descriptions.len());
            for description in &entry.descriptions {
                assert!(read.descriptions.contains(description), "{description:?}");
            }
        }
    }
}

#[test]
fn which_documents_a_deviation_is_about() {
    let office = Office::new(P256, EcParameters::Explicit);
    let list = DeviationList::parse(&deviation_list(&office)).unwrap();
    let document_signer = Certificate::parse(&office.document_signer).unwrap();
    let other = office.certificate();
    let all = DocumentFacts {
        document_type: Some("P<"),
        signer: Some(&document_signer),
        issuing_date: Some(datetime!(2026-03-01 0:00 UTC)),
        document_number: Some("X10<<<<<<"),
    };
    let late: OffsetDateTime = datetime!(2026-07-01 0:00 UTC);
    // Hash of DG12, of every kind, SOD signature, chip: for each whether it is said of the document, and whether that is sure.
    let (sure, perhaps, no) = (Some(true), Some(false), None);
    for (what, facts, expected) in [
        ("all", all, [sure; 4]),
        (
            "nothing known",
            DocumentFacts::default(),
            [perhaps, perhaps, perhaps, sure],
        ),
        (
            "other signer",
            DocumentFacts {
                signer: Some(&other),
                ..all
            },
            [no, no, no, sure],
        ),
        (
            "other type",
            DocumentFacts {
                document_type: Some("ID"),
                ..all
            },
            [no, sure, sure, sure],
        ),
        (
            "longer type",
            DocumentFacts {
                document_type: Some("PP"),
                ..all
            },
            [no, sure, sure, sure],
        ),
        (
            "late",
            DocumentFacts {
                issuing_date: Some(late),
                ..all
            },
            [no, sure, sure, sure],
        ),
        (
            "date unknown",
            DocumentFacts {
                issuing_date: None,
                ..all
            },
            [perhaps, sure, sure, sure],
        ),
        (
            "other number",
            DocumentFacts {
                document_number: Some("X11"),
                issuing_date: None,
                ..all
            },
            [no, sure, sure, sure],
        ),
    ] {
        let found: Vec<_> = list.entries_about(&facts).collect();
        for (index, entry) in deviations(&office).iter().enumerate() {
            let found = found.iter().find(|(e, _)| e.documents == entry.documents);
            assert_eq!(
                found.map(|(_, sure)| *sure),
                expected[index],
                "{what} {index}"
            );
        }
    }
}

/// The tags are implicit (Doc 9303-12 §10.2); a list with explicit ones says the same.
#[test]
fn deviation_lists_of_the_field() {
    let office = Office::new(P256, EcParameters::Explicit);
    let hex = |text: &str| hex::decode(text.replace(' ', "")).unwrap();
    let numbers = "13025831 13025832";
    let dates = "180F32303236303130313030303030305A 180F32303236303633303030303030305A";
    let describe = |description: &str| {
        let description = encode(Tag::new(0x30), &hex(description));
        hex::encode(encode(Tag::new(0x31), &description))
    };
    let kind = describe("0607 67810801010704");
    let kind_with = |rest: &str| describe(&format!("0608 6781080101070202 {rest}"));
    let deviation = |documents: &str, descriptions: &str| {
        let documents = encode(Tag::new(0x30), &hex(documents));
        let deviation = [documents, hex(descriptions)].concat();
        let set = encode(Tag::new(0x31), &encode(Tag::new(0x30), &deviation));
        encode(Tag::new(0x30), &[vec![2, 1, 0], set].concat())
    };
    let implicit = deviation(&format!("A422 {dates} A508 {numbers}"), &kind);
    let explicit = deviation(&format!("A424 3022 {dates} A50A 3108 {numbers}"), &kind);
    let bare_parameter = deviation("", &kind_with("80010C"));
    let parameter = deviation("", &kind_with("A003 02010C"));
    let bad_parameter = deviation("", &kind_with("A003 020163"));
    let hash_wrong = oids::DEVIATION_DG_HASH_WRONG;
    for (what, content, expected) in [
        ("implicit", &implicit, vec![]),
        ("explicit", &explicit, vec![DeviationKind::ExplicitTag; 2]),
        ("parameter", &parameter, vec![]),
        ("parameter in an implicit tag", &bare_parameter, vec![]),
        (
            "parameter unreadable",
            &bad_parameter,
            vec![DeviationKind::ListedParameter(hash_wrong)],
        ),
    ] {
        let read = DeviationList::parse(&signed(&office, content)).unwrap();
        let kinds: Vec<_> = read.deviations().iter().map(|d| d.kind).collect();
        assert_eq!(kinds, expected, "{what}");
        let entry = &read.entries()[0];
        if let Some(numbers) = &entry.documents.document_numbers {
            assert_eq!(numbers.iter().collect::<Vec<_>>(), ["X1", "X2"], "{what}");
            let period = entry.documents.issuing_date.unwrap();
            assert_eq!(
                period.first_issued,
                datetime!(2026-01-01 0:00 UTC),
                "{what}"
            );
        }
        if let DeviationType::DataGroupHashWrong(object) = &entry.descriptions[0].kind {
            let readable = expected.is_empty().then_some(LdsObject::DataGroup(12));
            assert_eq!(*object, readable, "{what}");
        } else {
            assert_eq!(entry.descriptions[0].kind, DeviationType::Chip, "{what}");
        }
    }
}

/// A CMS object around a deviation list's content, signed by nobody who could be asked.
fn signed(office: &Office, content: &[u8]) -> Vec<u8> {
    let signer = office.list_signer(ListRole::DeviationList);
    let good = deviation_list::sign(&deviations(office)[3..], None, &signer, NOW).unwrap();
    let info = ContentInfo::from_der(&good).unwrap();
    let mut signed_data: SignedData = info.content.decode_as().unwrap();
    let octets = der::asn1::OctetString::new(content).unwrap();
    signed_data.encap_content_info.econtent = Some(der::Any::encode_from(&octets).unwrap());
    let content = der::Any::encode_from(&signed_data).unwrap();
    ContentInfo { content, ..info }.to_der().unwrap()
}

/// As long as the longest that was ever published.
#[test]
fn a_deviation_list_of_three_hundred_thousand_numbers() {
    const NUMBERS: u32 = 350_000;
    let office = Office::new(P256, EcParameters::Explicit);
    let numbers: Vec<String> = (0..NUMBERS)
        .map(|n| format!("CA{:05}XY", n % 100_000 + n))
        .collect();
    let entry = ListedDeviation {
        documents: Documents {
            document_numbers: Some(numbers.iter().map(String::as_str).collect()),
            ..Documents::default()
        },
        descriptions: vec![Description {
            text: None,
            kind: DeviationType::SodSignatureWrong,
            national_use: None,
        }],
    };
    let signer = office.list_signer(ListRole::DeviationList);
    let list = deviation_list::sign(&[entry], None, &signer, NOW).unwrap();
    assert!(list.len() > 1_800_000, "{}", list.len());
    let read = DeviationList::parse(&list).unwrap();
    let found: &DocumentNumbers = read.entries()[0]
        .documents
        .document_numbers
        .as_ref()
        .unwrap();
    assert!(numbers.iter().all(|number| found.contains(number)));
    assert!(!found.contains("CA00000ZZ"));
}

#[test]
fn what_a_deviation_list_cannot_say() {
    let office = Office::new(P256, EcParameters::Explicit);
    let signer = office.list_signer(ListRole::DeviationList);
    let refused = |what: &str, change: &dyn Fn(&mut ListedDeviation)| {
        let mut entries = deviations(&office);
        change(&mut entries[0]);
        let signed = deviation_list::sign(&entries, Some(HashAlgorithm::Sha256), &signer, NOW);
        assert!(
            matches!(signed, Err(Error::Misuse(_) | Error::Encoding(_))),
            "{what}: {signed:?}"
        );
    };
    refused("no description", &|entry| entry.descriptions.clear());
    for code in ["", "p", "PPP", "P<"] {
        refused(code, &|entry| {
            entry.documents.document_type = Some(code.to_owned());
        });
    }
    refused("period", &|entry| {
        let period = entry.documents.issuing_date.as_mut().unwrap();
        period.last_issued = period.first_issued - Duration::seconds(1);
    });
    refused("digest", &|entry| {
        entry.documents.signer = Some(SignerCriterion::CertificateDigest(vec![0; 20]));
    });
    refused("text", &|entry| {
        entry.descriptions[0].text = Some("Tệp hỏng".to_owned());
    });
    refused("number", &|entry| {
        entry.documents.document_numbers = Some(["X_1"].into_iter().collect());
    });
    // A digest without algorithm.
    assert!(deviation_list::sign(&deviations(&office), None, &signer, NOW).is_err());
}
