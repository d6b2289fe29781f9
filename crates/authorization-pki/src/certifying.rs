//! The half of an entity that certifies: a CVCA itself and document verifiers, a document verifier inspection systems.

use protocols::terminal_authentication::{
    Certificate, CertificateBody, Chat, CvPublicKey, Date, HolderReference, Period, Request,
    RequestBody, Rights, Role, VerificationKey,
};

use crate::certificate_row::unreadable;
use crate::error::{Error, Refused, Result};
use crate::key_algorithm::KeyAlgorithm;
use crate::octets::Fingerprint;
use crate::register::{Answered, Identification};
use crate::settings::{EntityKind, identity};
use crate::state::State;
use crate::trust::Trust;
use crate::{POLICY, lifetime};

const REQUEST: &str = "request";
const CERTIFICATE: &str = "certificate";

/// What an authority gives.
#[derive(Debug, Clone, Copy)]
pub struct Grant {
    /// To whom.
    pub role: Role,
    /// What the holder may read.
    pub rights: Rights,
    /// For how long; the usual time of the role, as far as the authority's own certificate leaves it, otherwise.
    pub days: Option<u32>,
    /// SHA-256 of the request, when it came another way and a person has compared it.
    pub fingerprint: Option<Fingerprint>,
}

/// A request's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The certificate.
    pub certificate: Certificate,
    /// Whether the request had been answered before.
    pub again: bool,
}

/// The key that signs, and what its certificate allows.
pub(crate) struct Issuing {
    pub(crate) name: HolderReference,
    pub(crate) key: VerificationKey,
    pub(crate) period: Period,
    role: Role,
    rights: Rights,
}

impl State {
    /// The key that certifies on this day.
    ///
    /// # Errors
    /// [`Refused::OtherKind`], [`Refused::NoCertificate`].
    pub(crate) fn issuing(&self, today: Date) -> Result<Issuing> {
        self.require(|kind| kind != EntityKind::InspectionSystem)?;
        let own = self.holdings.valid(today).ok_or(Refused::NoCertificate)?;
        let body = own.certificate().ok_or(Refused::NoCertificate)?.body();
        let key = own.public().ok_or(Refused::NoCertificate)?;
        Ok(Issuing {
            name: body.holder.clone(),
            key,
            period: body.period,
            role: body.authorization.role(),
            rights: body.authorization.rights(),
        })
    }

    /// Whether a request may be answered, and by what its holder is known.
    pub(crate) fn check_request(
        &self,
        request: &Request,
        issuing: &Issuing,
        compared: bool,
        today: Date,
    ) -> Result<Identification> {
        issuing.check(request.body())?;
        self.register.check_unused(request.body())?;
        if self
            .holdings
            .keys()
            .iter()
            .any(|own| own.name == request.body().holder)
        {
            return Err(Refused::NameUsed(request.body().holder.clone()).into());
        }
        self.register.identify(request, compared, today)
    }

    pub(crate) fn answered(
        &mut self,
        request: &[u8],
        certificate: &[u8],
        identification: Identification,
        today: Date,
    ) -> Result<()> {
        let request = read_request(request)?;
        let certificate =
            Certificate::parse(certificate).map_err(|error| unreadable(CERTIFICATE, error))?;
        let issuing = self.issuing(today)?;
        let compared = identification == Identification::Fingerprint;
        if self.check_request(&request, &issuing, compared, today)? != identification {
            return Err(Refused::NotIdentified.into());
        }
        issuing.check_answer(&request, &certificate, today)?;
        self.register
            .enter(Answered::new(request, certificate, identification));
        Ok(())
    }

    /// A CVCA's own key: self-signed, and from the second on linked to the one before.
    pub(crate) fn self_certified(
        &mut self,
        certificates: &[Certificate],
        today: Date,
    ) -> Result<()> {
        self.require(|kind| kind == EntityKind::Cvca)?;
        let planned = self.holdings.planned().ok_or(Refused::NothingPlanned)?;
        let (own, links) = certificates
            .split_first()
            .ok_or(Refused::Content("a self-signed certificate"))?;
        let alone = Trust::begin(own, today)?;
        let key = own.body().key.alone().map_err(protocols::Error::from)?;
        if own.body().holder != planned.name || KeyAlgorithm::of(&key) != planned.algorithm {
            return Err(Refused::OtherKeyAlgorithm.into());
        }
        lifetime::check(Role::Cvca, own.body().period)?;
        if own.body().period.effective() != today {
            return Err(Refused::OtherContent.into());
        }
        match (self.trust.as_mut(), links) {
            (None, []) => self.trust = Some(alone),
            (Some(trust), [link]) => {
                let as_own = CertificateBody {
                    authority: own.body().authority.clone(),
                    ..link.body().clone()
                };
                if as_own != *own.body() {
                    return Err(Refused::OtherContent.into());
                }
                trust.follow(link, today)?;
            }
            _ => {
                return Err(Refused::Content("a certificate, and a link to the key before").into());
            }
        }
        self.holdings.last_mut()?.certificate = Some(own.clone());
        Ok(())
    }
}

impl Issuing {
    /// What a request must be for this key to certify it.
    fn check(&self, request: &RequestBody) -> Result<()> {
        match &request.authority {
            Some(authority) if identity(authority) != identity(&self.name) => {
                return Err(Refused::ForeignAuthority {
                    asked: authority.clone(),
                    here: self.name.clone(),
                }
                .into());
            }
            Some(authority) if *authority != self.name => {
                return Err(Refused::OtherAuthority(authority.clone()).into());
            }
            _ => {}
        }
        POLICY
            .check_key(&request.key)
            .map_err(|_| Refused::KeyAlgorithm)?;
        if KeyAlgorithm::of(&request.key) != KeyAlgorithm::of(&self.key) {
            return Err(Refused::KeyOfOtherAlgorithm.into());
        }
        if !request.holder.sequence().starts_with(self.name.country()) {
            return Err(Refused::Sequence.into());
        }
        if !request.extensions.is_empty() {
            return Err(Refused::Extensions.into());
        }
        Ok(())
    }

    /// Names under the authority's own country and mnemonic are its own, also those that its keys have not got yet: a chip knows
    /// issuers by their names alone.
    pub(crate) fn check_foreign_name(&self, holder: &HolderReference) -> Result<()> {
        if identity(holder) == identity(&self.name) {
            return Err(Refused::OwnName(holder.clone()).into());
        }
        Ok(())
    }

    /// What the certificate for a request says.
    pub(crate) fn body(
        &self,
        request: &RequestBody,
        role: Role,
        rights: Rights,
        period: Period,
    ) -> Result<CertificateBody> {
        if !self.role.certifies(role) || role == Role::Cvca {
            return Err(Refused::Role(role).into());
        }
        if role == Role::DomesticVerifier && request.holder.country() != self.name.country() {
            return Err(Refused::NotDomestic.into());
        }
        if rights.and(self.rights) != rights {
            return Err(Refused::Rights.into());
        }
        if period.expiry() > self.period.expiry() {
            return Err(Refused::OutlivesIssuer.into());
        }
        lifetime::check(role, period)?;
        Ok(CertificateBody {
            authority: self.name.clone(),
            key: CvPublicKey::inheriting(&request.key),
            holder: request.holder.clone(),
            authorization: Chat::inspection_system(role, rights),
            period,
            extensions: Vec::new(),
        })
    }

    /// Whether a certificate is what the rules give for a request, and nothing else.
    fn check_answer(
        &self,
        request: &Request,
        certificate: &Certificate,
        today: Date,
    ) -> Result<()> {
        let said = certificate.body();
        let (role, rights) = (said.authorization.role(), said.authorization.rights());
        let body = self.body(request.body(), role, rights, said.period)?;
        if body.to_bytes() != certificate.signed() || said.period.effective() != today {
            return Err(Refused::OtherContent.into());
        }
        certificate
            .verify(&self.key)
            .map_err(|fault| crate::certificate_row::invalid(certificate, fault))
    }
}

/// Reads a request, whose inner signature is verified.
pub(crate) fn read_request(request: &[u8]) -> Result<Request> {
    let request = Request::parse(request).map_err(|error| unreadable(REQUEST, error))?;
    POLICY
        .check_encoding(request.deviations())
        .map_err(|fault| Error::Unreadable {
            what: REQUEST,
            fault,
        })?;
    Ok(request)
}
