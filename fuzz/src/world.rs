//! A small world of our own: a CSCA with everything it issues, the same in every run. What is altered in it must not be believed.

use std::sync::LazyLock;

use crypto::EcParameters;
use pki::crl::CrlProfile;
use pki::deviation_list::{
    Description, DeviationType, Documents, IssuancePeriod, LdsObject, ListedDeviation,
    SignerCriterion,
};
use pki::profile::ListRole;
use pki::{Certificate, DeviationKind, DeviationList, MasterList, SecurityObject, TrustStore};
use time::Duration;

use crate::office::{Office, crl_profile};
use crate::test_pki::{Document, NOW, P256, TestPki};

/// What is trusted, and what it has signed.
pub(crate) struct World {
    pub(crate) csca: Certificate,
    pub(crate) document: Document,
    /// Trusts the CSCA and nothing else.
    pub(crate) store: TrustStore,
    /// Certificates of every profile but the CSCA's.
    pub(crate) certificates: Vec<Vec<u8>>,
    pub(crate) crl: Vec<u8>,
    pub(crate) master_list: Vec<u8>,
    pub(crate) deviation_list: Vec<u8>,
    /// Every content that a key of this world has signed: bodies of certificates and CRLs, contents of CMS objects.
    signed: Vec<Vec<u8>>,
}

pub(crate) static WORLD: LazyLock<World> = LazyLock::new(World::new);

impl World {
    fn new() -> Self {
        let pki = TestPki::new(P256, EcParameters::Named);
        let office = Office::new(P256, EcParameters::Named);
        let csca = office.certificate();
        let mut world = Self {
            document: pki.document(),
            store: pki.trust_store(),
            certificates: vec![
                office.next_csca.clone(),
                office.link.clone(),
                office.document_signer.clone(),
                office
                    .list_signer_certificate(ListRole::MasterList)
                    .to_vec(),
                office
                    .list_signer_certificate(ListRole::DeviationList)
                    .to_vec(),
                office.barcode_signer(),
            ],
            crl: crl(&office),
            master_list: master_list(&office),
            deviation_list: deviation_list(&office),
            signed: Vec::new(),
            csca,
        };
        world.note_signed();
        world
    }

    fn note_signed(&mut self) {
        let object = SecurityObject::parse(&self.document.security_object).unwrap();
        let lists = [
            MasterList::parse(&self.master_list)
                .unwrap()
                .signed_data()
                .cloned(),
            Some(
                DeviationList::parse(&self.deviation_list)
                    .unwrap()
                    .signed_data()
                    .clone(),
            ),
            Some(object.signed_data().clone()),
        ];
        let mut certificates = vec![self.csca.clone()];
        certificates.extend(
            self.certificates
                .iter()
                .map(|der| Certificate::parse(der).unwrap()),
        );
        for signed_data in lists.into_iter().flatten() {
            self.signed.push(signed_data.content().to_vec());
            certificates.extend_from_slice(signed_data.certificates());
        }
        self.signed.extend(
            certificates
                .iter()
                .map(|certificate| certificate.tbs_certificate().to_vec()),
        );
        self.signed.push(body(&self.crl));
    }

    /// A new store that trusts the CSCA and nothing else.
    pub(crate) fn trusting(&self) -> TrustStore {
        let mut store = TrustStore::new();
        store.add(self.csca.as_der(), "trusted").unwrap();
        store
    }

    /// Everything in a store that began as [`Self::trusting`] was signed by a key of this world.
    ///
    /// # Panics
    /// Something was not.
    pub(crate) fn assert_believable(&self, store: &TrustStore) {
        for anchor in store.anchors() {
            // Signed by itself, or over the DER form of what came in another form.
            let certificate = anchor.certificate();
            let known = self.has_signed(certificate.tbs_certificate());
            assert!(known || self.is_signed_in_der(certificate), "a forged CSCA");
        }
        for crl in store.crls() {
            assert!(
                self.has_signed_part_of(crl.as_der()) || in_der(crl.verify_signature(&self.csca)),
                "a forged CRL"
            );
        }
        for list in store.deviation_lists() {
            let content = list.list().signed_data().content();
            assert!(self.has_signed(content), "a forged deviation list");
        }
    }

    fn is_signed_in_der(&self, certificate: &Certificate) -> bool {
        in_der(certificate.verify_signature(&self.csca))
    }

    /// Whether a key of this world has signed exactly this.
    pub(crate) fn has_signed(&self, content: &[u8]) -> bool {
        self.signed.iter().any(|known| known == content)
    }

    /// Whether something that a key of this world has signed stands in this object.
    pub(crate) fn has_signed_part_of(&self, object: &[u8]) -> bool {
        let stands = |known: &Vec<u8>| object.windows(known.len()).any(|part| part == known);
        self.signed.iter().any(stands)
    }
}

/// Whether a signature holds over the DER form only: the same object, in other bytes.
fn in_der(verified: pki::Result<Vec<DeviationKind>>) -> bool {
    verified.is_ok_and(|deviations| deviations.contains(&DeviationKind::SignedOverDerForm))
}

/// The first element inside a signed object.
fn body(object: &[u8]) -> Vec<u8> {
    let (whole, _) = iso7816::tlv::read(object).unwrap();
    let children = whole.children().unwrap();
    let first = children.first().unwrap();
    iso7816::tlv::encode(first.tag, first.value)
}

fn crl(office: &Office) -> Vec<u8> {
    let profile = CrlProfile {
        next_update: NOW + Duration::days(30),
        ..crl_profile(&[&[0x01], &[0x12, 0x34], &[0x00, 0xFF]])
    };
    profile.issue(&office.issuer()).unwrap()
}

fn master_list(office: &Office) -> Vec<u8> {
    let certificates =
        [&office.csca, &office.next_csca, &office.link].map(|der| Certificate::parse(der).unwrap());
    pki::master_list::sign(
        &certificates,
        &office.list_signer(ListRole::MasterList),
        NOW,
    )
    .unwrap()
}

fn deviation_list(office: &Office) -> Vec<u8> {
    let period = IssuancePeriod {
        first_issued: NOW - Duration::days(9),
        last_issued: NOW,
    };
    let description = |kind| Description {
        text: Some("TEST".to_owned()),
        kind,
        national_use: None,
    };
    let documents = Documents {
        document_type: Some("P".to_owned()),
        signer: Some(SignerCriterion::SubjectKeyIdentifier(vec![0x11; 20])),
        issuing_date: Some(period),
        document_numbers: Some(["X12345678", "X12345679"].into_iter().collect()),
    };
    let kinds = [
        DeviationType::SodSignatureWrong,
        DeviationType::DataGroupHashWrong(Some(LdsObject::DataGroup(2))),
    ];
    let listed = ListedDeviation {
        documents,
        descriptions: kinds.map(description).to_vec(),
    };
    pki::deviation_list::sign(
        &[listed],
        None,
        &office.list_signer(ListRole::DeviationList),
        NOW,
    )
    .unwrap()
}
