//! What is true of an entity now: the sum of its journal's lines. Every rule of a line stands here or below, so that what is
//! refused when it is written is refused when it is read.

use protocols::terminal_authentication::{Certificate, Date, HolderReference, VerificationKey};

use crate::certificate_row;
use crate::error::{Error, Refused, Result};
use crate::holdings::{Holdings, OwnKey};
use crate::journal::Event;
use crate::key_algorithm::KeyAlgorithm;
use crate::register::{Answered, Register};
use crate::settings::{EntityKind, Settings, identity};
use crate::trust::Trust;

/// What an entity is and has.
#[derive(Debug, Clone)]
pub struct State {
    pub(crate) settings: Settings,
    /// None for a CVCA before its first key.
    pub(crate) trust: Option<Trust>,
    /// Of an inspection system: its verifier's certificates, oldest first.
    pub(crate) verifiers: Vec<Certificate>,
    pub(crate) holdings: Holdings,
    pub(crate) register: Register,
}

/// Who certifies the next key.
pub(crate) struct Authority {
    pub(crate) name: HolderReference,
    pub(crate) algorithm: KeyAlgorithm,
}

impl State {
    /// The state behind the first line.
    pub(crate) fn begin(event: &Event, today: Date) -> Result<Self> {
        let Event::Created { settings, trusted } = event else {
            return Err(Error::Misuse(
                "a journal begins with the creation of an entity",
            ));
        };
        settings.check()?;
        let mut state = Self {
            settings: settings.clone(),
            trust: None,
            verifiers: Vec::new(),
            holdings: Holdings::default(),
            register: Register::default(),
        };
        if settings.kind == EntityKind::Cvca {
            return match trusted.as_bytes() {
                [] => Ok(state),
                _ => Err(Refused::Content("nothing: a CVCA trusts its own keys only").into()),
            };
        }
        let certificates = certificate_row::read(trusted.as_bytes())?;
        let (root, others) = certificates
            .split_first()
            .ok_or(Refused::Content("a self-signed certificate"))?;
        state.trust = Some(Trust::begin(root, today)?);
        state.take_in(others, today)?;
        if settings.kind == EntityKind::InspectionSystem && state.verifiers.is_empty() {
            return Err(Refused::Content("the document verifier's certificate").into());
        }
        Ok(state)
    }

    /// One more line.
    pub(crate) fn apply(&mut self, event: &Event, today: Date) -> Result<()> {
        match event {
            Event::Created { .. } => Err(Error::Misuse("an entity is created once")),
            Event::Planned {
                holder,
                place,
                algorithm,
            } => self.plan(holder, place, algorithm.parse()?, today),
            Event::Withdrawn { holder } => self.holdings.withdraw(holder),
            Event::SelfCertified { certificates } => {
                let certificates = certificate_row::read(certificates.as_bytes())?;
                self.self_certified(&certificates, today)
            }
            Event::Requested { request } => self.requested(request.as_bytes(), today),
            Event::Imported { certificates } => {
                let certificates = certificate_row::read(certificates.as_bytes())?;
                self.take_in(&certificates, today)
            }
            Event::Answered {
                request,
                certificate,
                identification,
            } => self.answered(
                request.as_bytes(),
                certificate.as_bytes(),
                *identification,
                today,
            ),
        }
    }

    fn plan(
        &mut self,
        holder: &str,
        place: &str,
        algorithm: KeyAlgorithm,
        today: Date,
    ) -> Result<()> {
        self.holdings.check_free()?;
        let name = self.next_name(today)?;
        if name.to_string() != holder {
            return Err(Refused::Name.into());
        }
        if self
            .authority(today)?
            .is_some_and(|authority| authority.algorithm != algorithm)
        {
            return Err(Refused::KeyOfOtherAlgorithm.into());
        }
        self.holdings.plan(OwnKey {
            name,
            place: place.to_owned(),
            algorithm,
            request: None,
            certificate: None,
            withdrawn: false,
        })
    }

    /// The name of the next key: under the country of who certifies it (Doc 9303-12 §7.2.2.2).
    pub(crate) fn next_name(&self, today: Date) -> Result<HolderReference> {
        let authority = self.authority(today)?;
        let country = match &authority {
            Some(authority) => core::str::from_utf8(authority.name.country()).unwrap_or_default(),
            None => &self.settings.country,
        };
        self.settings.name(self.holdings.keys().len(), country)
    }

    /// Who certifies the next key, and of what kind it must be; `None` for a CVCA.
    pub(crate) fn authority(&self, today: Date) -> Result<Option<Authority>> {
        let of = |name: &HolderReference, key: &VerificationKey| Authority {
            name: name.clone(),
            algorithm: KeyAlgorithm::of(key),
        };
        match self.settings.kind {
            EntityKind::Cvca => Ok(None),
            EntityKind::DocumentVerifier => {
                let newest = self.trust()?.newest().ok_or(Refused::NoCertificate)?;
                Ok(Some(of(newest.holder(), newest.key())))
            }
            EntityKind::InspectionSystem => {
                let certificate = self.verifier().ok_or(Refused::NoCertificate)?;
                let verifier = self.trust()?.verifier(certificate, today)?;
                Ok(Some(of(verifier.holder(), verifier.key())))
            }
        }
    }

    pub(crate) fn trust(&self) -> Result<&Trust> {
        self.trust
            .as_ref()
            .ok_or_else(|| Refused::NoCertificate.into())
    }

    pub(crate) fn trust_mut(&mut self) -> Result<&mut Trust> {
        self.trust
            .as_mut()
            .ok_or_else(|| Refused::NoCertificate.into())
    }

    /// Refuses what entities of other kinds do.
    pub(crate) fn require(&self, does: impl Fn(EntityKind) -> bool) -> Result<()> {
        if does(self.settings.kind) {
            Ok(())
        } else {
            Err(Refused::OtherKind(self.settings.kind).into())
        }
    }

    /// Who the entity is.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The CVCA with its keys, as far as they are known here.
    #[must_use]
    pub const fn cvca(&self) -> Option<&Trust> {
        self.trust.as_ref()
    }

    /// Of an inspection system: the certificates of its document verifier, oldest first.
    #[must_use]
    pub fn verifiers(&self) -> &[Certificate] {
        &self.verifiers
    }

    /// Of an inspection system: the certificate under which it asks, its verifier's with the latest effective date. What another
    /// verifier of the CVCA has is none of it, though journals of before may name one.
    #[must_use]
    pub fn verifier(&self) -> Option<&Certificate> {
        let own = self.verifiers.iter().filter(|one| self.is_verifier(one));
        own.max_by_key(|one| one.body().period.effective())
    }

    /// Whether a certificate is that of the verifier with which the inspection system began.
    pub(crate) fn is_verifier(&self, certificate: &Certificate) -> bool {
        let named = |one: &Certificate| identity(&one.body().holder).to_vec();
        let first = self.verifiers.first();
        first.is_some_and(|first| named(first) == named(certificate))
    }

    /// The keys, in the order in which they were planned.
    #[must_use]
    pub fn keys(&self) -> &[OwnKey] {
        self.holdings.keys()
    }

    /// The key that has a name, and perhaps is not made yet.
    #[must_use]
    pub fn planned(&self) -> Option<&OwnKey> {
        self.holdings.planned()
    }

    /// The key whose request waits for its certificate.
    #[must_use]
    pub fn waiting(&self) -> Option<&OwnKey> {
        self.holdings.waiting()
    }

    /// The key in use on this day.
    #[must_use]
    pub fn valid(&self, today: Date) -> Option<&OwnKey> {
        self.holdings.valid(today)
    }

    /// What was answered, in its order.
    #[must_use]
    pub fn answers(&self) -> &[Answered] {
        self.register.answers()
    }
}
