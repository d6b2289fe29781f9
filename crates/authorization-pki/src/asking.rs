//! The half of an entity that is certified: a document verifier asks a CVCA, an inspection system its document verifier.

use protocols::terminal_authentication::chain::Imported;
use protocols::terminal_authentication::{Certificate, Date, RequestBody, Role, VerificationKey};

use crate::certifying::read_request;
use crate::error::{Error, Refused, Result};
use crate::holdings::OwnKey;
use crate::key_algorithm::KeyAlgorithm;
use crate::settings::EntityKind;
use crate::state::State;

impl State {
    /// What the request for the planned key says.
    pub(crate) fn request_body(&self, key: &VerificationKey, today: Date) -> Result<RequestBody> {
        self.require(|kind| kind != EntityKind::Cvca)?;
        let planned = self.holdings.planned().ok_or(Refused::NothingPlanned)?;
        if KeyAlgorithm::of(key) != planned.algorithm {
            return Err(Refused::OtherKeyAlgorithm.into());
        }
        Ok(RequestBody {
            authority: self.authority(today)?.map(|authority| authority.name),
            key: key.clone(),
            holder: planned.name.clone(),
            extensions: Vec::new(),
        })
    }

    /// The key that signs the next request besides the new one: the one whose certificate is valid.
    pub(crate) fn countersigner(&self, today: Date) -> Option<(&OwnKey, &VerificationKey)> {
        let own = self.holdings.valid(today)?;
        Some((own, &own.request()?.body().key))
    }

    pub(crate) fn requested(&mut self, request: &[u8], today: Date) -> Result<()> {
        let request = read_request(request)?;
        if *request.body() != self.request_body(&request.body().key, today)? {
            return Err(Refused::OtherContent.into());
        }
        match (self.countersigner(today), request.countersigner()) {
            (None, None) => {}
            (Some((own, key)), Some(name)) if own.name == *name => request
                .verify_countersignature(key)
                .map_err(|_| Refused::Countersignature)?,
            _ => return Err(Refused::OtherContent.into()),
        }
        self.holdings.last_mut()?.request = Some(request);
        Ok(())
    }

    /// The certificates that say something new, in the order in which they lead on.
    pub(crate) fn news(&self, certificates: &[Certificate]) -> Vec<Certificate> {
        certificates
            .iter()
            .filter(|certificate| !self.knows(certificate))
            .cloned()
            .collect()
    }

    fn knows(&self, certificate: &Certificate) -> bool {
        match certificate.body().authorization.role() {
            Role::Cvca => self
                .trust
                .as_ref()
                .is_some_and(|trust| trust.knows(certificate)),
            _ => {
                let own = |key: &OwnKey| key.certificate() == Some(certificate);
                self.verifiers.contains(certificate) || self.holdings.keys().iter().any(own)
            }
        }
    }

    /// An inspection system has one verifier: the one with which it began, whatever keys that one has.
    pub(crate) fn check_verifiers(&self, news: &[Certificate]) -> Result<()> {
        if self.settings.kind != EntityKind::InspectionSystem {
            return Ok(());
        }
        let is_verifiers = |one: &&Certificate| one.body().authorization.role().is_verifier();
        let mut verifiers = news.iter().filter(is_verifiers);
        match verifiers.find(|one| !self.is_verifier(one)) {
            Some(other) => Err(Refused::OtherVerifier(other.body().holder.clone()).into()),
            None => Ok(()),
        }
    }

    /// Takes in certificates as a chip would be given them: links, the verifier's, the terminal's. All or none.
    pub(crate) fn take_in(&mut self, certificates: &[Certificate], today: Date) -> Result<()> {
        self.require(|kind| kind != EntityKind::Cvca)?;
        for certificate in certificates {
            let role = certificate.body().authorization.role();
            match (self.settings.kind, role) {
                (_, Role::Cvca) if certificate.is_link() => {
                    self.trust_mut()?.follow(certificate, today)?;
                }
                (_, Role::Cvca) => {
                    let holder = certificate.body().holder.clone();
                    return Err(Refused::OtherTrustPoint(holder).into());
                }
                (EntityKind::InspectionSystem, role) if role.is_verifier() => {
                    self.trust()?.verifier(certificate, today)?;
                    self.verifiers.push(certificate.clone());
                }
                _ => self.take_own(certificate, today)?,
            }
        }
        Ok(())
    }

    /// One's own certificate: the answer to the request that waits, and valid.
    fn take_own(&mut self, certificate: &Certificate, today: Date) -> Result<()> {
        let body = certificate.body();
        let not_asked = || Error::from(Refused::NotAsked(body.holder.clone()));
        let waiting = self.holdings.waiting().ok_or_else(not_asked)?;
        let request = waiting.request().ok_or_else(not_asked)?.body();
        if body.holder != request.holder || !self.settings.kind.has_role(body.authorization.role())
        {
            return Err(not_asked());
        }
        let imported = self.validated(certificate, today)?;
        if *imported.key() != request.key {
            return Err(Refused::OtherContent.into());
        }
        self.holdings.last_mut()?.certificate = Some(certificate.clone());
        Ok(())
    }

    fn validated(&self, certificate: &Certificate, today: Date) -> Result<Imported> {
        let trust = self.trust()?;
        if self.settings.kind == EntityKind::DocumentVerifier {
            return trust.verifier(certificate, today);
        }
        let authority = &certificate.body().authority;
        let verifier = self
            .verifiers
            .iter()
            .rev()
            .find(|verifier| verifier.body().holder == *authority)
            .ok_or_else(|| Refused::OtherAuthority(authority.clone()))?;
        trust.terminal(certificate, &trust.verifier(verifier, today)?, today)
    }
}
