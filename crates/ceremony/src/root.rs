//! The root at work: each act takes its sitting (two persons, time, tool) and the CSCA's key, and leaves a line in the
//! journal. Whoever calls writes the journal to the disk before anything else leaves the machine.

use crypto::{CryptoRng, EcParameters, PublicKey};
use pki::profile::{Authority, Contact, CountryCode, CscaProfile, Issuer};
use pki::{Certificate, Signer, Validity};
use time::{Duration, OffsetDateTime};

use crate::journal::{Answered, Effect, Entry, Generation, Settings};
use crate::record::{Act, Fact, Object, Sitting};
use crate::two_persons::is_plain_name;
use crate::{
    Answer, Der, Digest, Error, Issued, Journal, Refused, Request, Result, SerialNumber,
    VerifiedRequest, Wanted, answer, dismissal, fingerprint, issue, policy,
};

/// What becomes of a request.
#[derive(Debug)]
pub enum Proposal {
    /// It was answered before: the same answer again.
    Answered(String),
    /// It is genuine and within the rules: [`Root::answer`] answers it.
    Answerable(Box<VerifiedRequest>),
}

/// An offline root: its journal, and everything that may be done.
#[derive(Debug, Clone)]
pub struct Root {
    pub(crate) journal: Journal,
}

impl Root {
    /// Begins a root: the key certifies itself. `key` and `algorithm` are what the program finds the key by again.
    ///
    /// # Errors
    /// [`Error::Pki`] for settings that the profile forbids; whatever the signer answers.
    pub fn create(
        settings: Settings,
        key: &str,
        algorithm: &str,
        sitting: &Sitting<'_>,
        signer: &dyn Signer,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self> {
        policy::check_settings(&settings)?;
        if policy::is_weak(signer.public_key()) {
            return Err(Refused::WeakKey.into());
        }
        let certificate = root_certificate(&settings, sitting.now, signer, rng)?;
        let read = Certificate::parse(certificate.as_bytes())?;
        let generation = Generation {
            number: 1,
            key: key.to_owned(),
            algorithm: algorithm.to_owned(),
            certificate: certificate.clone(),
        };
        let mut facts = facts_of_key(&read, &generation, signer.public_key())?;
        facts.push(Fact::new("Liên hệ / Contact", &*settings.contact));
        for place in &settings.crl_distribution_points {
            facts.push(Fact::new("Nơi có CRL / CRL distribution point", &**place));
        }
        let entry = Entry {
            act: Act::Create,
            facts,
            objects: vec![Object::outgoing("CSCA certificate", certificate.digest())],
            effect: Effect::Created {
                settings,
                generation,
            },
        };
        Ok(Self {
            journal: Journal::begin(sitting, entry, signer)?,
        })
    }

    /// A root from its journal, which is checked line by line.
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

    /// Trusts a registrar's key from here on: two persons have compared its fingerprint.
    ///
    /// # Errors
    /// [`Refused::KnownRegistrar`], [`Refused::WeakKey`], [`Refused::KeyOfOtherPurpose`], [`Refused::PersonName`],
    /// [`Refused::Destroyed`].
    pub fn admit(
        &mut self,
        name: &str,
        key: &[u8],
        sitting: &Sitting<'_>,
        signer: &dyn Signer,
    ) -> Result<Digest> {
        self.ready(signer)?;
        if !is_plain_name(name) {
            return Err(Refused::PersonName.into());
        }
        let public = PublicKey::from_spki(key)?;
        if policy::is_weak(&public) {
            return Err(Refused::WeakKey.into());
        }
        let digest = fingerprint(&public)?;
        let state = self.journal.state();
        if dismissal::of_key(state.registrars(), &digest)?.is_some() {
            return Err(Refused::KnownRegistrar.into());
        }
        if state.is_certified(&digest) || policy::is_of_csca(&digest, state)? {
            return Err(Refused::KeyOfOtherPurpose.into());
        }
        let entry = Entry {
            act: Act::Admit,
            facts: vec![
                Fact::new("Registrar", name),
                Fact::new("Khóa / Key", public.describe()),
                Fact::new("SHA-256", digest.spoken()),
            ],
            objects: vec![Object::incoming("registrar key", Digest::of(key))],
            effect: Effect::Admitted {
                name: name.to_owned(),
                key: Der::new(key.to_vec()),
            },
        };
        self.journal.append(sitting, entry, Some(signer))?;
        Ok(digest)
    }

    /// Looks at a request without touching the key: it was answered before, or it may be answered, or an error says why not.
    ///
    /// # Errors
    /// Whatever [`Request::read`] and [`Request::verify`] say, and [`Refused`] for what is against the rules.
    pub fn propose(&self, file: &[u8], now: OffsetDateTime) -> Result<Proposal> {
        let request = Request::read(file)?;
        let state = self.journal.state();
        if let Some(answered) = state.answered(&request.body().nonce) {
            return if answered.request == Digest::of(file) {
                Ok(Proposal::Answered(answered.answer.clone()))
            } else {
                Err(Refused::NonceUsed.into())
            };
        }
        self.refuse_destroyed()?;
        let registrar = self.registrar(&request.registrar())?;
        let request = request.verify(&registrar)?;
        policy::check(&request, state, now)?;
        Ok(Proposal::Answerable(Box::new(request)))
    }

    /// Answers a request: issues, enters certificate and answer into the journal, and gives the answer's file.
    ///
    /// # Errors
    /// As [`Root::propose`]; [`Refused::AnswerTooLong`], [`Refused::JournalFull`]; whatever the signer answers.
    pub fn answer(
        &mut self,
        request: &VerifiedRequest,
        sitting: &Sitting<'_>,
        signer: &dyn Signer,
        rng: &mut dyn CryptoRng,
    ) -> Result<String> {
        self.ready(signer)?;
        let state = self.journal.state();
        if state.answered(&request.body().nonce).is_some() {
            return Err(Refused::NonceUsed.into());
        }
        policy::check(request, state, sitting.now)?;
        self.journal.require_room(0)?;
        let list = match &request.body().wanted {
            Wanted::Crl(wish) => issue::list_len(state, wish.revoke.len()),
            _ => issue::MAX_CERTIFICATE_LEN,
        };
        answer::require_readable(list, &state.chain())?;
        let made = self.fulfil(request, sitting.now, signer, rng)?;
        let answer = Answer::make(
            request.body().nonce,
            request.digest(),
            sitting.now.replace_nanosecond(0).unwrap_or(sitting.now),
            made.issued.clone(),
            state.chain(),
            signer,
        )?
        .to_text()?;
        let entry = answer_entry(request, made, &answer)?;
        self.journal.append(sitting, entry, Some(signer))?;
        Ok(answer)
    }

    /// Makes what a request wants.
    fn fulfil(
        &self,
        request: &VerifiedRequest,
        now: OffsetDateTime,
        signer: &dyn Signer,
        rng: &mut dyn CryptoRng,
    ) -> Result<Made> {
        let state = self.journal.state();
        match (&request.body().wanted, request.key()) {
            (Wanted::Crl(wish), _) => {
                let number = state.next_crl_number();
                let revoked = issue::revocations(state, &wish.revoke, now);
                let list = issue::crl(state, number, &revoked, issue::CRL_LIFE_DAYS, now, signer)?;
                Ok(Made {
                    issued: Issued::Crl(list),
                    serial: None,
                    valid_until: None,
                    crl_number: Some(number),
                })
            }
            (wanted, Some(key)) => {
                let issuer = Issuer::new(state.current().certificate.as_bytes(), signer)?;
                let der = issue::certificate(state.settings(), wanted, key, &issuer, rng)?;
                let read = Certificate::parse(der.as_bytes())?;
                Ok(Made {
                    issued: Issued::Certificate(der),
                    serial: Some(SerialNumber::new(read.serial_number())),
                    valid_until: Some(read.validity().not_after),
                    crl_number: None,
                })
            }
            (_, None) => Err(Error::Misuse("a certificate is made for a key")),
        }
    }

    /// Whether the root has a key left.
    ///
    /// # Errors
    /// [`Refused::Destroyed`].
    pub fn refuse_destroyed(&self) -> Result<()> {
        let state = self.journal.state();
        if state.is_destroyed(state.current().number) {
            return Err(Refused::Destroyed.into());
        }
        Ok(())
    }

    /// The root lives, and this is its key.
    pub(crate) fn ready(&self, signer: &dyn Signer) -> Result<()> {
        self.refuse_destroyed()?;
        let certificate = self.certificate()?;
        if certificate.public_key()? == *signer.public_key() {
            Ok(())
        } else {
            Err(Error::Misuse("certificate and key do not belong together"))
        }
    }

    /// The CSCA certificate in use.
    ///
    /// # Errors
    /// [`Error::Pki`] never happens for a journal that was read.
    pub fn certificate(&self) -> Result<Certificate> {
        let der = &self.journal.state().current().certificate;
        Ok(Certificate::parse(der.as_bytes())?)
    }
}

/// What was made for a request.
struct Made {
    issued: Issued,
    serial: Option<SerialNumber>,
    valid_until: Option<OffsetDateTime>,
    crl_number: Option<u64>,
}

fn answer_entry(request: &VerifiedRequest, made: Made, answer: &str) -> Result<Entry> {
    let body = request.body();
    let mut facts: Vec<Fact> = policy::facts(body)
        .into_iter()
        .map(|(what, says)| Fact { what, says })
        .collect();
    if let Some(serial) = &made.serial {
        facts.push(Fact::new("serial number", serial.to_string()));
    }
    if let Some(number) = made.crl_number {
        facts.push(Fact::new("CRL number", number.to_string()));
    }
    let what = match &made.issued {
        Issued::Certificate(_) => "certificate",
        Issued::Crl(_) => "revocation list",
    };
    let revoked = match &body.wanted {
        Wanted::Crl(wish) => wish.revoke.clone(),
        _ => Vec::new(),
    };
    Ok(Entry {
        act: Act::Answer,
        facts,
        objects: vec![
            Object::incoming("request", request.digest()),
            Object::outgoing(what, made.issued.der().digest()),
            Object::outgoing("answer", Digest::of(answer.as_bytes())),
        ],
        effect: Effect::Answered(Answered {
            nonce: body.nonce,
            request: request.digest(),
            wanted: body.wanted.word().to_owned(),
            key: request.key().map(fingerprint).transpose()?,
            serial: made.serial,
            valid_until: made.valid_until,
            revoked,
            crl_number: made.crl_number,
            answer: answer.to_owned(),
        }),
    })
}

/// The authority of these settings.
pub(crate) fn authority(settings: &Settings) -> Result<Authority> {
    let country = CountryCode::new(&settings.country)?;
    let contact = Contact::Uri(settings.contact.clone());
    Ok(Authority::new(country, &settings.state, contact)?)
}

pub(crate) const fn ec_parameters(settings: &Settings) -> EcParameters {
    if settings.named_curves {
        EcParameters::Named
    } else {
        EcParameters::Explicit
    }
}

/// Doc 9303-12 Appendix A: life of a document + usage of a document signer + usage of the CSCA = validity of the CSCA.
pub(crate) fn csca_periods(settings: &Settings, now: OffsetDateTime) -> (Validity, Validity) {
    let not_before = now.replace_nanosecond(0).unwrap_or(now);
    let usage = not_before + Duration::days(settings.csca_usage_days.into());
    let last_document = YEARS * i32::from(settings.document_years);
    let signer = Duration::days(settings.signer_usage_days.into());
    let period = |not_after| Validity {
        not_before,
        not_after,
    };
    (
        period(usage + signer + last_document + Duration::days(1)),
        period(usage),
    )
}

const YEARS: Duration = policy::YEAR;

/// The self-signed certificate of a key.
pub(crate) fn root_certificate(
    settings: &Settings,
    now: OffsetDateTime,
    signer: &dyn Signer,
    rng: &mut dyn CryptoRng,
) -> Result<Der> {
    let (validity, private_key_usage) = csca_periods(settings, now);
    let profile = CscaProfile {
        authority: authority(settings)?,
        common_name: settings.common_name.clone(),
        validity,
        private_key_usage,
        crl_distribution_points: settings.crl_distribution_points.clone(),
        ec_parameters: ec_parameters(settings),
    };
    Ok(Der::new(profile.issue(signer, rng)?))
}

pub(crate) fn facts_of_key(
    certificate: &Certificate,
    generation: &Generation,
    key: &PublicKey,
) -> Result<Vec<Fact>> {
    let serial = SerialNumber::new(certificate.serial_number());
    Ok(vec![
        Fact::new("CSCA", certificate.subject().to_string()),
        Fact::new("Thế hệ / Generation", generation.number.to_string()),
        Fact::new(
            "Thuật toán / Algorithm",
            format!("{}, {}", generation.algorithm, key.describe()),
        ),
        Fact::new("Nơi giữ khóa / Key store", &*generation.key),
        Fact::new("Số sê-ri / Serial number", serial.to_string()),
        Fact::new("Hiệu lực / Validity", certificate.validity().to_string()),
        Fact::new(
            "Thời hạn dùng khóa / Private key usage",
            policy::csca_usage(certificate).to_string(),
        ),
        Fact::new(
            "Khóa công khai / Public key, SHA-256",
            fingerprint(key)?.spoken(),
        ),
    ])
}
