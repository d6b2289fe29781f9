//! CVCA, document verifier and terminal: who lets a terminal read DG3 and DG4.
//!
//! The tests of `inspection` get their certificates here as well.

use applet_spec::conformance::{Authority, AuthorityKey};
use crypto::{CryptoRng, Curve, KeyKind, PrivateKey};
use protocols::terminal_authentication::{
    Certificate, CertificateBody, Chat, CvPublicKey, Date, HolderReference, InMemory, Period,
    Rights, Role, SignatureScheme, VerificationKey,
};
use rand::SeedableRng;
use rand::rngs::StdRng;

/// The day on which the card was personalised.
pub const TODAY: [u8; 6] = [2, 6, 0, 6, 1, 5];

pub fn day(month: u8, day: u8) -> Date {
    Date::new(2_026, month, day).unwrap()
}

/// The year of the card.
pub fn this_year() -> Period {
    Period::new(day(1, 1), day(12, 31)).unwrap()
}

/// Who holds a key that certificates are about.
pub struct Party {
    pub name: HolderReference,
    pub key: PrivateKey,
    public: VerificationKey,
}

impl Party {
    pub fn new(name: &str, seed: u64) -> Self {
        let kind = KeyKind::Ec(Curve::P256);
        let key = kind.generate(&mut StdRng::seed_from_u64(seed)).unwrap();
        Self {
            name: HolderReference::from_bytes(name.as_bytes()).unwrap(),
            public: VerificationKey::new(SignatureScheme::ECDSA_SHA256, key.public()).unwrap(),
            key,
        }
    }

    /// A certificate for somebody, or with oneself a self-signed one.
    pub fn certify(
        &self,
        subject: &Self,
        role: Role,
        rights: Rights,
        period: Period,
    ) -> Certificate {
        let key = match role {
            Role::Cvca => CvPublicKey::whole(&subject.public),
            _ => CvPublicKey::inheriting(&subject.public),
        };
        let body = CertificateBody {
            authority: self.name.clone(),
            key,
            holder: subject.name.clone(),
            authorization: Chat::inspection_system(role, rights),
            period,
            extensions: Vec::new(),
        };
        let rng = &mut StdRng::seed_from_u64(7);
        let key = &self.key;
        Certificate::sign(body, &self.public, &mut InMemory { key, rng }).unwrap()
    }

    /// The same for the cases of conformance: its key makes what they present.
    pub fn into_authority(self) -> Authority {
        Authority {
            name: self.name.clone(),
            day: day(6, 15),
            key: Box::new(self),
        }
    }

    pub fn self_signed(&self, period: Period) -> Certificate {
        self.certify(self, Role::Cvca, Rights::ALL, period)
    }
}

impl AuthorityKey for Party {
    fn public(&self) -> &VerificationKey {
        &self.public
    }

    fn sign(&self, message: &[u8], rng: &mut dyn CryptoRng) -> Option<Vec<u8>> {
        self.public.scheme().sign(&self.key, message, rng).ok()
    }
}

/// A state's CVCA with its next key, a verifier and a terminal.
pub struct State {
    pub cvca: Party,
    pub next_cvca: Party,
    pub verifier: Party,
    pub terminal: Party,
}

impl State {
    pub fn new() -> Self {
        Self {
            cvca: Party::new("UTTESTCVCAUT001", 101),
            next_cvca: Party::new("UTTESTCVCAUT002", 102),
            verifier: Party::new("UTTESTDVUT001", 103),
            terminal: Party::new("UTTESTISUT001", 104),
        }
    }

    /// Certificates of verifier and terminal with these rights, by the first key of the CVCA.
    pub fn chain(&self, of_verifier: Rights, of_terminal: Rights) -> Vec<Certificate> {
        self.chain_from(&self.cvca, of_verifier, of_terminal, this_year())
    }

    pub fn chain_from(
        &self,
        cvca: &Party,
        of_verifier: Rights,
        of_terminal: Rights,
        period: Period,
    ) -> Vec<Certificate> {
        let verifier = &self.verifier;
        vec![
            cvca.certify(verifier, Role::DomesticVerifier, of_verifier, period),
            verifier.certify(&self.terminal, Role::Terminal, of_terminal, period),
        ]
    }

    /// The next key of the CVCA, certified by the one before.
    pub fn link(&self) -> Certificate {
        let period = Period::new(day(7, 1), day(12, 31)).unwrap();
        self.cvca
            .certify(&self.next_cvca, Role::Cvca, Rights::ALL, period)
    }
}
