//! Entities with their keys, as a program would keep them: what leaves one is a file for another.

use std::collections::BTreeMap;

use authorization_pki::{
    Answer, Entity, EntityKind, Error, Fingerprint, Grant, KeyAlgorithm, Result, Settings,
    Validity, certificate_row,
};
use crypto::{Curve, KeyKind, PrivateKey};
use protocols::terminal_authentication::{
    Certificate, InMemory, Rights, Role, SignatureScheme, Signer, VerificationKey,
};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

/// The day on which every story begins.
pub const START: OffsetDateTime = datetime!(2026-06-01 08:00 UTC);

pub fn after(days: i64) -> OffsetDateTime {
    START + Duration::days(days)
}

pub fn rng(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

pub fn p256() -> KeyAlgorithm {
    KeyAlgorithm::new(SignatureScheme::ECDSA_SHA256, KeyKind::Ec(Curve::P256)).unwrap()
}

/// A key in memory that speaks of errors as this crate does.
pub struct Key {
    private: PrivateKey,
    pub public: VerificationKey,
}

impl Key {
    pub fn draw(algorithm: KeyAlgorithm, seed: u64) -> Self {
        let private = algorithm.kind().generate(&mut rng(seed)).unwrap();
        Self {
            public: VerificationKey::new(algorithm.scheme(), private.public()).unwrap(),
            private,
        }
    }
}

impl Signer for Key {
    type Error = Error;

    fn sign(&mut self, scheme: SignatureScheme, message: &[u8]) -> Result<Vec<u8>> {
        let rng = &mut rng(5);
        let mut signer = InMemory {
            key: &self.private,
            rng,
        };
        Ok(signer.sign(scheme, message)?)
    }
}

/// An entity and its keys by their names.
pub struct Office {
    pub entity: Entity,
    keys: BTreeMap<String, Key>,
    seed: u64,
}

pub fn settings(kind: EntityKind, country: &str, mnemonic: &str) -> Settings {
    Settings {
        kind,
        country: country.to_owned(),
        mnemonic: mnemonic.to_owned(),
        first_number: 1,
    }
}

pub const VALIDITY: Validity = Validity {
    rights: Rights::ALL,
    days: 365,
    late: false,
};

impl Office {
    pub fn new(settings: Settings, trusted: &[u8], seed: u64) -> Result<Self> {
        Ok(Self {
            entity: Entity::create(settings, trusted, START)?,
            keys: BTreeMap::new(),
            seed,
        })
    }

    /// A CVCA with its first key.
    pub fn cvca() -> Self {
        let mut office = Self::new(settings(EntityKind::Cvca, "UT", "TESTCVCA"), &[], 100).unwrap();
        office.self_certify(p256(), VALIDITY, START).unwrap();
        office
    }

    /// A document verifier that the CVCA has certified, domestic, for both groups.
    pub fn verifier(cvca: &mut Self) -> Self {
        let settings = settings(EntityKind::DocumentVerifier, "UT", "TESTDV");
        let mut office = Self::new(settings, &cvca.chain(), 200).unwrap();
        office.join(cvca, domestic(None), START).unwrap();
        office
    }

    /// An inspection system that the verifier has certified, for fingers.
    pub fn system(verifier: &mut Self) -> Self {
        let settings = settings(EntityKind::InspectionSystem, "UT", "TESTIS");
        let mut office = Self::new(settings, &verifier.chain(), 300).unwrap();
        office.join(verifier, terminal(None), START).unwrap();
        office
    }

    pub fn chain(&self) -> Vec<u8> {
        certificate_row::write(&self.entity.chain().unwrap())
    }

    /// Names a key and makes it.
    pub fn make_key(&mut self, algorithm: KeyAlgorithm, now: OffsetDateTime) -> Result<String> {
        self.entity.plan_key("memory", algorithm, now)?;
        let name = self.entity.state().planned().unwrap().name().to_string();
        self.seed += 1;
        self.keys
            .insert(name.clone(), Key::draw(algorithm, self.seed));
        Ok(name)
    }

    pub fn key(&self, name: &str) -> &Key {
        &self.keys[name]
    }

    pub fn self_certify(
        &mut self,
        algorithm: KeyAlgorithm,
        validity: Validity,
        now: OffsetDateTime,
    ) -> Result<()> {
        let before = self
            .entity
            .state()
            .keys()
            .last()
            .map(|key| key.name().to_string());
        let name = self.make_key(algorithm, now)?;
        let mut new = self.keys.remove(&name).unwrap();
        let old = before.and_then(|before| self.keys.get_mut(&before));
        let public = new.public.clone();
        let done = self
            .entity
            .self_certify(&public, &mut new, old, validity, now);
        self.keys.insert(name, new);
        done
    }

    /// A request for a new key, in the kind that is asked for.
    pub fn request(&mut self, now: OffsetDateTime) -> Result<Vec<u8>> {
        let algorithm = self.entity.required_algorithm(now)?.unwrap();
        let day = authorization_pki::day_of(now)?;
        let before = self
            .entity
            .state()
            .valid(day)
            .map(|key| key.name().to_string());
        let name = self.make_key(algorithm, now)?;
        let mut new = self.keys.remove(&name).unwrap();
        let old = before.and_then(|before| self.keys.get_mut(&before));
        let public = new.public.clone();
        let request = self.entity.request(&public, &mut new, old, now);
        self.keys.insert(name, new);
        Ok(request?.to_bytes())
    }

    pub fn certify(&mut self, request: &[u8], grant: Grant, now: OffsetDateTime) -> Result<Answer> {
        let day = authorization_pki::day_of(now)?;
        let valid = self.entity.state().valid(day);
        let name = valid.map_or_else(
            || self.keys.keys().next().unwrap().clone(),
            |key| key.name().to_string(),
        );
        let key = self.keys.get_mut(&name).unwrap();
        self.entity.certify(request, &grant, key, now)
    }

    /// The file that goes out with an answer.
    pub fn file_of(&self, certificate: &Certificate) -> Vec<u8> {
        certificate_row::write(&self.entity.with_answer(certificate))
    }

    /// Asks, is certified by fingerprint or its key before, and takes the answer in.
    pub fn join(
        &mut self,
        above: &mut Self,
        grant: Grant,
        now: OffsetDateTime,
    ) -> Result<Certificate> {
        let request = self.request(now)?;
        let fingerprint = Some(Fingerprint::of(&request));
        let answer = above.certify(
            &request,
            Grant {
                fingerprint,
                ..grant
            },
            now,
        )?;
        self.entity
            .import(&above.file_of(&answer.certificate), now)?;
        Ok(answer.certificate)
    }

    /// The journal as it would be read again.
    pub fn reread(&self) -> Entity {
        Entity::open(self.entity.journal().text().as_bytes()).unwrap()
    }
}

pub const fn domestic(fingerprint: Option<Fingerprint>) -> Grant {
    Grant {
        role: Role::DomesticVerifier,
        rights: Rights::ALL,
        days: None,
        fingerprint,
    }
}

pub const fn terminal(fingerprint: Option<Fingerprint>) -> Grant {
    Grant {
        role: Role::Terminal,
        rights: FINGERS,
        days: None,
        fingerprint,
    }
}

pub const FINGERS: Rights = Rights {
    fingers: true,
    irises: false,
};
