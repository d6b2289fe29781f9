//! An entity at work: each act leaves lines in its journal. Whoever calls writes the journal to the disk before a key is made,
//! and before anything leaves the machine.

use protocols::terminal_authentication::{
    Certificate, CertificateBody, Chat, CvPublicKey, Date, HolderReference, MAX_LINKS, Period,
    Request, Rights, Role, Signer, VerificationKey,
};
use time::OffsetDateTime;

use crate::certificate_row;
use crate::certifying::{Answer, Grant, read_request};
use crate::credentials::TerminalCredentials;
use crate::day::day_of;
use crate::error::{Error, Refused, Result};
use crate::holdings::OwnKey;
use crate::journal::{Event, Journal};
use crate::key_algorithm::KeyAlgorithm;
use crate::lifetime;
use crate::octets::{Fingerprint, Octets};
use crate::register::Identification;
use crate::settings::{EntityKind, Settings};
use crate::state::State;

/// A CVCA, a document verifier or an inspection system.
#[derive(Debug, Clone)]
pub struct Entity {
    journal: Journal,
}

impl Entity {
    /// Begins an entity. `trusted` is the file that the one above gives: the CVCA's certificates, for an inspection system with
    /// the verifier's behind them; nothing for a CVCA. That its first certificate is the CVCA's must have been compared by hand.
    ///
    /// # Errors
    /// [`Refused::Name`]; [`Error::Certificate`], [`Error::Unreadable`], [`Refused::Content`] for what is no such file.
    pub fn create(settings: Settings, trusted: &[u8], now: OffsetDateTime) -> Result<Self> {
        let trusted = Octets::new(trusted.to_vec());
        Ok(Self {
            journal: Journal::begin(settings, trusted, now)?,
        })
    }

    /// An entity from its journal, which is checked line by line.
    ///
    /// # Errors
    /// [`Error::Journal`] names the line.
    pub fn open(journal: &[u8]) -> Result<Self> {
        Ok(Self {
            journal: Journal::read(journal)?,
        })
    }

    /// The journal.
    #[must_use]
    pub const fn journal(&self) -> &Journal {
        &self.journal
    }

    /// What is true now.
    #[must_use]
    pub const fn state(&self) -> &State {
        self.journal.state()
    }

    /// Gives the next key its name, before it is made. `place` is what the caller finds the key by; of a CVCA's key the caller
    /// chooses the algorithm, the others' is that of who certifies.
    ///
    /// # Errors
    /// [`Refused::KeyPlanned`], [`Refused::RequestWaits`], [`Refused::SequenceExhausted`];
    /// [`Refused::KeyOfOtherAlgorithm`]; [`Error::Certificate`] when the verifier's certificate has expired.
    pub fn plan_key(
        &mut self,
        place: &str,
        algorithm: KeyAlgorithm,
        now: OffsetDateTime,
    ) -> Result<()> {
        let holder = self.next_name(now)?;
        let event = Event::Planned {
            holder: holder.to_string(),
            place: place.to_owned(),
            algorithm: algorithm.to_string(),
        };
        self.journal.append(event, now)
    }

    /// Gives up the key that was planned or asked for: the authority does not certify it, or it was lost. A certificate that
    /// comes all the same is not taken in.
    ///
    /// # Errors
    /// [`Refused::NothingPlanned`].
    pub fn withdraw_key(&mut self, now: OffsetDateTime) -> Result<()> {
        let state = self.state();
        let open = state.planned().or_else(|| state.waiting());
        let holder = open.ok_or(Refused::NothingPlanned)?.name().to_string();
        self.journal.append(Event::Withdrawn { holder }, now)
    }

    /// The name that the next planned key gets.
    ///
    /// # Errors
    /// As [`Self::plan_key`].
    pub fn next_name(&self, now: OffsetDateTime) -> Result<HolderReference> {
        let state = self.state();
        state.holdings.check_free()?;
        state.next_name(day_of(now)?)
    }

    /// What the next key must be; `None` where that is free to choose: for a CVCA.
    ///
    /// # Errors
    /// [`Error::Certificate`] when the verifier's certificate has expired.
    pub fn required_algorithm(&self, now: OffsetDateTime) -> Result<Option<KeyAlgorithm>> {
        let authority = self.state().authority(day_of(now)?)?;
        Ok(authority.map(|authority| authority.algorithm))
    }

    /// A CVCA certifies its planned key: by itself, and by the key before ([`Self::predecessor`]) if there is one. `late` lets
    /// it happen when that key has expired: chips follow links of expired keys (Doc 9303-11 §7.1.4.3.1), but no verifier had a
    /// valid certificate in between.
    ///
    /// # Errors
    /// [`Refused::OtherKind`], [`Refused::NothingPlanned`], [`Refused::NoOverlap`], [`Refused::Lifetime`],
    /// [`Refused::OtherKeyAlgorithm`]; what the signers say.
    pub fn self_certify<S: Signer>(
        &mut self,
        key: &VerificationKey,
        signer: &mut S,
        predecessor: Option<&mut S>,
        validity: Validity,
        now: OffsetDateTime,
    ) -> core::result::Result<(), S::Error>
    where
        S::Error: From<Error>,
    {
        let period = self.check_validity(validity, now)?;
        let state = self.state();
        let planned = state
            .planned()
            .ok_or_else(|| Error::from(Refused::NothingPlanned))?;
        if KeyAlgorithm::of(key) != planned.algorithm() {
            return Err(Error::from(Refused::OtherKeyAlgorithm).into());
        }
        let body = CertificateBody {
            authority: planned.name().clone(),
            key: CvPublicKey::whole(key),
            holder: planned.name().clone(),
            authorization: Chat::inspection_system(Role::Cvca, validity.rights),
            period,
            extensions: Vec::new(),
        };
        let mut certificates = vec![Certificate::sign(body.clone(), key, signer)?];
        if let Some(before) = state.holdings.certified() {
            let old = before.public().ok_or(Error::from(Refused::NoCertificate))?;
            let signer = predecessor.ok_or(Error::Misuse("a link without the key before"))?;
            let link = CertificateBody {
                authority: before.name().clone(),
                ..body
            };
            certificates.push(Certificate::sign(link, &old, signer)?);
        }
        let certificates = Octets::new(certificate_row::write(&certificates));
        self.journal
            .append(Event::SelfCertified { certificates }, now)?;
        Ok(())
    }

    /// The period that a CVCA's next certificate would have: to be asked before a key is made for it.
    ///
    /// # Errors
    /// [`Refused::OtherKind`], [`Refused::ClockBehind`], [`Refused::NoOverlap`], [`Refused::Lifetime`].
    pub fn check_validity(&self, validity: Validity, now: OffsetDateTime) -> Result<Period> {
        let today = self.ready(now)?;
        let state = self.state();
        state.require(|kind| kind == EntityKind::Cvca)?;
        let before = state.holdings.certified();
        if before.is_some_and(|before| !before.is_valid(today)) && !validity.late {
            return Err(Refused::NoOverlap.into());
        }
        lifetime::period(Role::Cvca, Some(validity.days), today, None)
    }

    /// Asks for a certificate for the planned key. `predecessor` signs, too, while its certificate is valid
    /// ([`State::valid`]); without one, somebody must compare the fingerprint of the request.
    ///
    /// # Errors
    /// [`Refused::OtherKind`], [`Refused::NothingPlanned`], [`Refused::OtherKeyAlgorithm`]; what the signers say.
    pub fn request<S: Signer>(
        &mut self,
        key: &VerificationKey,
        signer: &mut S,
        predecessor: Option<&mut S>,
        now: OffsetDateTime,
    ) -> core::result::Result<Request, S::Error>
    where
        S::Error: From<Error>,
    {
        let today = self.ready(now)?;
        let body = self.state().request_body(key, today)?;
        let mut request = Request::sign(body, signer)?;
        if let Some((own, old)) = self.state().countersigner(today) {
            let signer = predecessor.ok_or(Error::Misuse("a request without the key before"))?;
            request = request.countersign(own.name().clone(), old, signer)?;
        }
        let event = Event::Requested {
            request: Octets::new(request.to_bytes()),
        };
        self.journal.append(event, now)?;
        Ok(request)
    }

    /// Takes in a file of certificates: one's own, and those above it. How many were new.
    ///
    /// # Errors
    /// [`Error::Certificate`] with the rule of a chain that is broken; [`Refused::OtherTrustPoint`],
    /// [`Refused::OtherVerifier`], [`Refused::NotAsked`], [`Refused::OtherAuthority`], [`Refused::OtherContent`];
    /// [`Error::Unreadable`]. Nothing was taken in then.
    pub fn import(&mut self, file: &[u8], now: OffsetDateTime) -> Result<usize> {
        self.ready(now)?;
        let news = self.state().news(&certificate_row::read(file)?);
        if news.is_empty() {
            return Ok(0);
        }
        // Rules that came later than journals: judged before a line is written, and not when one is read.
        self.state().check_verifiers(&news)?;
        let certificates = Octets::new(certificate_row::write(&news));
        self.journal.append(Event::Imported { certificates }, now)?;
        Ok(news.len())
    }

    /// Answers a request. One that was answered before gets its certificate again, whatever is granted now.
    ///
    /// # Errors
    /// [`Error::Unreadable`] for what is no request; [`Error::Refused`] with the rule that forbids it; what the signer says.
    pub fn certify<S: Signer>(
        &mut self,
        request: &[u8],
        grant: &Grant,
        signer: &mut S,
        now: OffsetDateTime,
    ) -> core::result::Result<Answer, S::Error>
    where
        S::Error: From<Error>,
    {
        let (read, body, identification) = match self.judge(request, grant, now)? {
            Judged::Answered(certificate) => {
                return Ok(Answer {
                    certificate,
                    again: true,
                });
            }
            Judged::Answerable(read, body, identification) => (read, body, identification),
        };
        let issuing = self.state().issuing(day_of(now)?)?;
        let certificate = Certificate::sign(*body, &issuing.key, signer)?;
        let event = Event::Answered {
            request: Octets::new(read.to_bytes()),
            certificate: Octets::new(certificate.to_bytes()),
            identification,
        };
        self.journal.append(event, now)?;
        Ok(Answer {
            certificate,
            again: false,
        })
    }

    /// What [`Self::certify`] would do, before a key is opened: the certificate, if the request was answered before.
    ///
    /// # Errors
    /// As [`Self::certify`].
    pub fn foresee(
        &self,
        request: &[u8],
        grant: &Grant,
        now: OffsetDateTime,
    ) -> Result<Option<Certificate>> {
        Ok(match self.judge(request, grant, now)? {
            Judged::Answered(certificate) => Some(certificate),
            Judged::Answerable(..) => None,
        })
    }

    fn judge(&self, request: &[u8], grant: &Grant, now: OffsetDateTime) -> Result<Judged> {
        let state = self.state();
        let read = read_request(request)?;
        if let Some(answered) = state.register.answer_to(&read) {
            return Ok(Judged::Answered(answered.certificate().clone()));
        }
        let today = self.ready(now)?;
        let compared = match grant.fingerprint {
            Some(fingerprint) if fingerprint != Fingerprint::of(request) => {
                return Err(Refused::FingerprintDiffers.into());
            }
            given => given.is_some(),
        };
        let issuing = state.issuing(today)?;
        let identification = state.check_request(&read, &issuing, compared, today)?;
        // A rule that came later than journals.
        issuing.check_foreign_name(&read.body().holder)?;
        let period = lifetime::period(grant.role, grant.days, today, Some(issuing.period))?;
        let body = issuing.body(read.body(), grant.role, grant.rights, period)?;
        Ok(Judged::Answerable(read, Box::new(body), identification))
    }

    /// The certificates that go with an answer: what the holder, and the chips it meets, need besides.
    #[must_use]
    pub fn with_answer(&self, certificate: &Certificate) -> Vec<Certificate> {
        let mut all = self.links();
        if self.state().settings.kind == EntityKind::DocumentVerifier {
            let authority = &certificate.body().authority;
            let own = self
                .state()
                .keys()
                .iter()
                .find(|own| own.name() == authority);
            all.extend(own.and_then(|own| own.certificate().cloned()));
        }
        all.push(certificate.clone());
        all
    }

    /// The certificates by which others trust this entity: self-signed, links, one's own.
    ///
    /// # Errors
    /// [`Refused::NoCertificate`].
    pub fn chain(&self) -> Result<Vec<Certificate>> {
        let links = self.links();
        let mut all = vec![self.root(&links)?.clone()];
        all.extend(links);
        if self.state().settings.kind == EntityKind::InspectionSystem {
            all.extend(self.state().verifier().cloned());
        }
        if self.state().settings.kind != EntityKind::Cvca {
            let own = self.state().holdings.certified();
            all.extend(own.and_then(|own| own.certificate().cloned()));
        }
        Ok(all)
    }

    /// What a reader takes along: links, verifier, the certificate that is valid.
    ///
    /// # Errors
    /// [`Refused::OtherKind`], [`Refused::NoCertificate`].
    pub fn credentials(&self, now: OffsetDateTime) -> Result<(&OwnKey, TerminalCredentials)> {
        let state = self.state();
        state.require(|kind| kind == EntityKind::InspectionSystem)?;
        let own = state.valid(day_of(now)?).ok_or(Refused::NoCertificate)?;
        let certificate = own.certificate().ok_or(Refused::NoCertificate)?;
        let mut all = self.links();
        let issued =
            |verifier: &&Certificate| verifier.body().holder == certificate.body().authority;
        all.extend(state.verifiers().iter().rev().find(issued).cloned());
        all.push(certificate.clone());
        Ok((own, TerminalCredentials::new(all)?))
    }

    /// The newest links, no more than a terminal presents.
    fn links(&self) -> Vec<Certificate> {
        let links = self.state().cvca().map_or(&[][..], |cvca| cvca.links());
        let surplus = links.len().saturating_sub(MAX_LINKS);
        links.get(surplus..).unwrap_or_default().to_vec()
    }

    /// The self-signed certificate from which the links lead on. A CVCA has one of each key, the others the first only.
    fn root(&self, links: &[Certificate]) -> Result<&Certificate> {
        let state = self.state();
        let first = links.first().map(|link| &link.body().authority);
        let own = |name| {
            let key = state.keys().iter().find(|own| own.name() == name)?;
            key.certificate()
        };
        first
            .filter(|_| state.settings.kind == EntityKind::Cvca)
            .and_then(own)
            .or_else(|| state.cvca()?.certificates().first())
            .ok_or_else(|| Refused::NoCertificate.into())
    }

    /// The day of an act, if the clock can be believed.
    fn ready(&self, now: OffsetDateTime) -> Result<Date> {
        self.journal.check_clock(now)?;
        day_of(now)
    }
}

/// How long a CVCA's own certificate is valid, and what it may give.
#[derive(Debug, Clone, Copy)]
pub struct Validity {
    /// Rights that everything below can have at most.
    pub rights: Rights,
    /// Days.
    pub days: u32,
    /// Also when the key before has expired.
    pub late: bool,
}

/// What is to be done with a request.
enum Judged {
    /// The certificate it was answered by.
    Answered(Certificate),
    /// The body to be signed.
    Answerable(Request, Box<CertificateBody>, Identification),
}
