//! A root and an online side with keys in memory.

use ceremony::journal::Settings;
use ceremony::request::{BarcodeSignerWish, CrlWish, DocumentSignerWish, SignerWish};
use ceremony::{
    Der, Digest, Period, Person, Proposal, Request, RequestBody, Result, Role, Root, SerialNumber,
    Sitting, TwoPersons, Wanted,
};
use crypto::{Curve, EcParameters, HashAlgorithm, PrivateKey, SignatureAlgorithm};
use pki::{Signer, SoftwareSigner};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

pub const NOW: OffsetDateTime = datetime!(2026-11-22 08:00 UTC);
pub const TOOL: &str = "test 1";

pub struct Room {
    pub rng: StdRng,
    pub persons: TwoPersons,
    pub csca: SoftwareSigner,
    pub registrar: SoftwareSigner,
    pub root: Root,
}

pub fn key(curve: Curve, rng: &mut StdRng) -> SoftwareSigner {
    let hash = match curve {
        Curve::P384 | Curve::BrainpoolP384r1 => HashAlgorithm::Sha384,
        _ => HashAlgorithm::Sha256,
    };
    let key = PrivateKey::generate_ec(curve, rng).unwrap();
    let own = Box::new(StdRng::from_rng(rng));
    SoftwareSigner::new(key, SignatureAlgorithm::Ecdsa(hash), own).unwrap()
}

pub fn spki(signer: &dyn Signer) -> Vec<u8> {
    signer.public_key().to_spki(EcParameters::Named).unwrap()
}

pub fn settings() -> Settings {
    Settings {
        country: "UT".into(),
        state: "UTO".into(),
        common_name: "TEST CSCA UTO".into(),
        contact: "https://pki.uto.example/".into(),
        crl_distribution_points: vec!["https://pki.uto.example/csca.crl".into()],
        named_curves: false,
        document_types: vec!["P".into(), "PP".into()],
        document_years: 10,
        signer_usage_days: 92,
        csca_usage_days: 1826,
    }
}

impl Room {
    /// A root with one registrar.
    pub fn new() -> Self {
        let mut rng = StdRng::seed_from_u64(12);
        let person = |name| Person::new(name, Role::KeyOfficer).unwrap();
        let persons = TwoPersons::new(person("TEST ONE"), person("TEST TWO")).unwrap();
        let csca = key(Curve::P256, &mut rng);
        let registrar = key(Curve::P256, &mut rng);
        let sitting = Sitting {
            persons: &persons,
            now: NOW,
            tool: TOOL,
        };
        let mut root = Root::create(
            settings(),
            "file:csca-1.key",
            "ecdsa-p256",
            &sitting,
            &csca,
            &mut rng,
        )
        .unwrap();
        root.admit("TEST registrar", &spki(&registrar), &sitting, &csca)
            .unwrap();
        Self {
            rng,
            persons,
            csca,
            registrar,
            root,
        }
    }

    pub fn sitting(&self, now: OffsetDateTime) -> Sitting<'_> {
        Sitting {
            persons: &self.persons,
            now,
            tool: TOOL,
        }
    }

    pub fn body(&mut self, wanted: Wanted, key: Option<&dyn Signer>) -> RequestBody {
        let mut nonce = [0; 32];
        self.rng.fill_bytes(&mut nonce);
        RequestBody::new(
            Digest::new(nonce),
            NOW,
            self.root.journal().state().current().certificate.digest(),
            "UT",
            wanted,
            key.map(|key| Der::new(spki(key))),
        )
    }

    pub fn request(&self, body: RequestBody, key: Option<&dyn Signer>) -> Request {
        Request::make(body, key, &self.registrar).unwrap()
    }

    /// A request for a document signer and its key.
    pub fn document_signer_request(&mut self) -> (Request, SoftwareSigner) {
        let key = key(Curve::P256, &mut self.rng);
        let body = self.body(document_signer(), Some(&key));
        (self.request(body, Some(&key)), key)
    }

    /// The answer to a request's file, as the program makes it.
    pub fn answer(&mut self, file: &[u8], now: OffsetDateTime) -> Result<String> {
        let request = match self.root.propose(file, now)? {
            Proposal::Answered(answer) => return Ok(answer),
            Proposal::Answerable(request) => request,
        };
        let sitting = Sitting {
            persons: &self.persons,
            now,
            tool: TOOL,
        };
        self.root
            .answer(&request, &sitting, &self.csca, &mut self.rng)
    }
}

pub fn period(from: OffsetDateTime, days: i64) -> Period {
    Period {
        from,
        to: from + Duration::days(days),
    }
}

pub fn document_signer() -> Wanted {
    Wanted::DocumentSigner(DocumentSignerWish {
        common_name: "TEST Document Signer 1".into(),
        private_key_usage: period(NOW, 90),
        validity: period(NOW, 90 + 3653),
        document_types: vec!["P".into()],
    })
}

pub fn list_signer() -> SignerWish {
    SignerWish {
        common_name: "TEST List Signer".into(),
        private_key_usage: period(NOW, 365),
        validity: period(NOW, 365),
    }
}

pub fn barcode_signer(letters: &str) -> Wanted {
    Wanted::BarcodeSigner(BarcodeSignerWish {
        common_name: letters.into(),
        validity: period(NOW, 700),
        document_types: vec!["P".into()],
    })
}

pub fn crl(revoke: &[SerialNumber]) -> Wanted {
    Wanted::Crl(CrlWish {
        revoke: revoke.to_vec(),
    })
}
