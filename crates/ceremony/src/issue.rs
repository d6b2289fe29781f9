//! What the CSCA's key signs for others: certificates by their profiles, revocation lists, link certificates.

use crypto::{CryptoRng, PublicKey};
use pki::crl::{CrlProfile, RevokedCertificate};
use pki::profile::{
    BarcodeSignerProfile, CountryCode, CscaLinkProfile, CscaProfile, DocumentSignerProfile, Issuer,
    ListRole, ListSignerProfile,
};
use pki::{Certificate, Signer};
use time::{Duration, OffsetDateTime};

use crate::answer::MAX_CHAIN;
use crate::journal::{Effect, Entry, Generation, Settings, State};
use crate::octets::{Der, Digest, MAX_SERIAL_NUMBER_LEN, SerialNumber};
use crate::record::{Act, Fact, Object, Sitting};
use crate::request::SignerWish;
use crate::root::{Root, authority, csca_periods, ec_parameters, facts_of_key, root_certificate};
use crate::{Error, Refused, Result, Wanted, policy};

/// A revocation list is replaced after this many days (Doc 9303-12 §4.1.5).
pub const CRL_LIFE_DAYS: u16 = 90;
/// And not before so much time has gone (Doc 9303-12 §4.1.5), unless something was revoked.
pub const CRL_PAUSE: Duration = Duration::hours(48);

/// More octets than a certificate has that is made here: RSA-4096 has some two thousand.
pub(crate) const MAX_CERTIFICATE_LEN: usize = 16 * 1024;
/// More octets than an entry of a revocation list has besides its serial number: a time, and the heads of three elements.
const ENTRY_LEN: usize = 32;

/// The certificate that is wanted for a key.
pub(crate) fn certificate(
    settings: &Settings,
    wanted: &Wanted,
    key: &PublicKey,
    issuer: &Issuer<'_>,
    rng: &mut dyn CryptoRng,
) -> Result<Der> {
    let der = match wanted {
        Wanted::DocumentSigner(wish) => DocumentSignerProfile {
            authority: authority(settings)?,
            common_name: wish.common_name.clone(),
            validity: wish.validity.into(),
            private_key_usage: wish.private_key_usage.into(),
            document_types: wish.document_types.clone(),
            crl_distribution_points: settings.crl_distribution_points.clone(),
            ec_parameters: ec_parameters(settings),
        }
        .issue(key, issuer, rng)?,
        Wanted::MasterListSigner(wish) => {
            list_signer(settings, ListRole::MasterList, wish)?.issue(key, issuer, rng)?
        }
        Wanted::DeviationListSigner(wish) => {
            list_signer(settings, ListRole::DeviationList, wish)?.issue(key, issuer, rng)?
        }
        Wanted::BarcodeSigner(wish) => BarcodeSignerProfile {
            country: CountryCode::new(&settings.country)?,
            signer_letters: wish.common_name.clone(),
            validity: wish.validity.into(),
            document_types: wish.document_types.clone(),
            ec_parameters: ec_parameters(settings),
        }
        .issue(key, issuer, rng)?,
        Wanted::Crl(_) => return Err(Error::Misuse("a revocation list is no certificate")),
    };
    Ok(Der::new(der))
}

fn list_signer(
    settings: &Settings,
    role: ListRole,
    wish: &SignerWish,
) -> Result<ListSignerProfile> {
    Ok(ListSignerProfile {
        role,
        authority: authority(settings)?,
        common_name: wish.common_name.clone(),
        validity: wish.validity.into(),
        private_key_usage: Some(wish.private_key_usage.into()),
        crl_distribution_points: settings.crl_distribution_points.clone(),
        ec_parameters: ec_parameters(settings),
    })
}

/// Everything that is revoked, with these added.
pub(crate) fn revocations(
    state: &State,
    more: &[SerialNumber],
    now: OffsetDateTime,
) -> Vec<(SerialNumber, OffsetDateTime)> {
    let known = state
        .revoked()
        .iter()
        .map(|(serial, revocation)| (serial.clone(), revocation.at));
    known
        .chain(more.iter().map(|serial| (serial.clone(), now)))
        .collect()
}

/// At most so many octets has a revocation list of everything that is revoked, and so much more.
pub(crate) fn list_len(state: &State, more: usize) -> usize {
    let known: usize = state
        .revoked()
        .keys()
        .map(|serial| ENTRY_LEN + serial.as_bytes().len())
        .sum();
    let former: usize = state
        .generations()
        .map(|generation| generation.certificate.as_bytes().len())
        .sum();
    let each = ENTRY_LEN + MAX_SERIAL_NUMBER_LEN;
    known + more.saturating_mul(each) + former + MAX_CERTIFICATE_LEN
}

/// A revocation list of this number. After a change of name it carries the former names, too.
pub(crate) fn crl(
    state: &State,
    number: u64,
    revoked: &[(SerialNumber, OffsetDateTime)],
    days: u16,
    now: OffsetDateTime,
    signer: &dyn Signer,
) -> Result<Der> {
    let this_update = now.replace_nanosecond(0).unwrap_or(now);
    let revoked = revoked.iter().map(|(serial, at)| RevokedCertificate {
        serial_number: serial.as_bytes().to_vec(),
        date: (*at).min(this_update),
    });
    let current = Certificate::parse(state.current().certificate.as_bytes())?;
    let mut former_names = Vec::new();
    for generation in state.generations() {
        let certificate = Certificate::parse(generation.certificate.as_bytes())?;
        let name = certificate.subject();
        if name != current.subject() && !former_names.contains(name) {
            former_names.push(name.clone());
        }
    }
    let profile = CrlProfile {
        number,
        this_update,
        next_update: this_update + Duration::days(days.into()),
        revoked: revoked.collect(),
        former_names,
    };
    let issuer = Issuer::new(current.as_der(), signer)?;
    Ok(Der::new(profile.issue(&issuer)?))
}

impl Root {
    /// Gives the CSCA a new key: its self-signed certificate, and a link certificate signed with the old key; with another
    /// name, if one is given. From here on the new key is the one in use.
    ///
    /// # Errors
    /// [`Refused::CscaOutOfUse`] when the old key may sign no more; [`Refused::WeakKey`]; [`Refused::KeyOfOtherPurpose`];
    /// [`Refused::TooManyKeys`], [`Refused::JournalFull`]; whatever the signers answer.
    pub fn link(
        &mut self,
        common_name: Option<&str>,
        key: &str,
        algorithm: &str,
        sitting: &Sitting<'_>,
        (old, new): (&dyn Signer, &dyn Signer),
        rng: &mut dyn CryptoRng,
    ) -> Result<()> {
        self.ready(old)?;
        self.journal.require_room(0)?;
        // Link and root of the key that is in use now come to the chain.
        if self.journal.state().chain().len() + 2 > MAX_CHAIN {
            return Err(Refused::TooManyKeys.into());
        }
        self.check_new_key(new, sitting.now)?;
        let mut settings = self.journal.state().settings().clone();
        if let Some(name) = common_name {
            name.clone_into(&mut settings.common_name);
            policy::check_settings(&settings)?;
        }
        let current = self.journal.state().current();
        let number = current.number.saturating_add(1);
        let certificate = root_certificate(&settings, sitting.now, new, rng)?;
        let issuer = Issuer::new(current.certificate.as_bytes(), old)?;
        let link = link_certificate(&settings, sitting.now, new.public_key(), &issuer, rng)?;
        let generation = Generation {
            number,
            key: key.to_owned(),
            algorithm: algorithm.to_owned(),
            certificate,
        };
        let read = Certificate::parse(generation.certificate.as_bytes())?;
        let mut facts = facts_of_key(&read, &generation, new.public_key())?;
        if common_name.is_some() {
            facts.push(Fact::new("Tên mới / New name", &*settings.common_name));
        }
        let entry = Entry {
            act: Act::Link,
            facts,
            objects: vec![
                Object::outgoing("CSCA certificate", generation.certificate.digest()),
                Object::outgoing("link certificate", link.digest()),
            ],
            effect: Effect::Linked {
                generation,
                link,
                common_name: settings.common_name,
            },
        };
        self.journal.append(sitting, entry, Some(old))
    }

    fn check_new_key(&self, new: &dyn Signer, now: OffsetDateTime) -> Result<()> {
        if !policy::csca_usage(&self.certificate()?).contains(now) {
            return Err(Refused::CscaOutOfUse.into());
        }
        if policy::is_weak(new.public_key()) {
            return Err(Refused::WeakKey.into());
        }
        let digest = crate::fingerprint(new.public_key())?;
        let state = self.journal.state();
        if state.is_certified(&digest) || policy::has_other_purpose(&digest, state)? {
            return Err(Refused::KeyOfOtherPurpose.into());
        }
        Ok(())
    }

    /// Revokes a certificate that the journal knows; the next revocation list says so, within 48 hours (Doc 9303-12 §4.1.5).
    ///
    /// # Errors
    /// [`Refused::UnknownSerial`], [`Refused::RevokedAlready`], [`Refused::Destroyed`].
    pub fn revoke(
        &mut self,
        serial: &SerialNumber,
        sitting: &Sitting<'_>,
        signer: &dyn Signer,
    ) -> Result<()> {
        self.ready(signer)?;
        policy::check_revocations(core::slice::from_ref(serial), self.journal.state())?;
        let entry = Entry {
            act: Act::Revoke,
            facts: vec![Fact::new("Số sê-ri / Serial number", serial.to_string())],
            objects: Vec::new(),
            effect: Effect::Revoked {
                serial: serial.clone(),
                certificate: None,
            },
        };
        self.journal.append(sitting, entry, Some(signer))
    }

    /// Revokes a certificate that is laid before the root: what one of its keys has signed, be it a link certificate or one
    /// that the journal does not know, since a lost root issued it after the copy this one was restored from.
    ///
    /// # Errors
    /// [`Refused::ForeignCertificate`], [`Refused::OwnCertificate`], [`Refused::RevokedAlready`], [`Refused::Destroyed`];
    /// [`Error::Pki`] when it is no certificate.
    pub fn revoke_certificate(
        &mut self,
        certificate: &[u8],
        sitting: &Sitting<'_>,
        signer: &dyn Signer,
    ) -> Result<SerialNumber> {
        self.ready(signer)?;
        let certificate = Certificate::parse(certificate)?;
        let state = self.journal.state();
        let generation = policy::issuing_generation(&certificate, state)?;
        let serial = SerialNumber::new(certificate.serial_number());
        if state.revoked().contains_key(&serial) {
            return Err(Refused::RevokedAlready.into());
        }
        let known = if state.has_issued(&serial) {
            "có / yes"
        } else {
            "không / no: its signature is the evidence"
        };
        let digest = Digest::of(certificate.as_der());
        let entry = Entry {
            act: Act::Revoke,
            facts: vec![
                Fact::new("Số sê-ri / Serial number", serial.to_string()),
                Fact::new("Chủ thể / Subject", certificate.subject().to_string()),
                Fact::new(
                    "Ký bởi khóa thế hệ / Signed by the key of generation",
                    generation.to_string(),
                ),
                Fact::new("Có trong nhật ký / Known to the journal", known),
            ],
            objects: vec![Object::incoming("certificate", digest)],
            effect: Effect::Revoked {
                serial: serial.clone(),
                certificate: Some(digest),
            },
        };
        self.journal.append(sitting, entry, Some(signer))?;
        Ok(serial)
    }

    /// Issues the next revocation list, to be replaced within `days` (2 to [`CRL_LIFE_DAYS`]).
    ///
    /// # Errors
    /// [`Refused::Destroyed`], [`Refused::JournalFull`]; whatever the profile and the signer answer.
    pub fn crl(&mut self, days: u16, sitting: &Sitting<'_>, signer: &dyn Signer) -> Result<Der> {
        self.ready(signer)?;
        let state = self.journal.state();
        self.journal.require_room(list_len(state, 0))?;
        let number = state.next_crl_number();
        let revoked = revocations(state, &[], sitting.now);
        let crl = crl(state, number, &revoked, days, sitting.now, signer)?;
        let entry = Entry {
            act: Act::Crl,
            facts: vec![
                Fact::new("Số / Number", number.to_string()),
                Fact::new("Bị thu hồi / Revoked", revoked.len().to_string()),
                Fact::new("Ngày / Days until the next", days.to_string()),
            ],
            objects: vec![Object::outgoing("revocation list", crl.digest())],
            effect: Effect::CrlIssued {
                number,
                crl: crl.clone(),
            },
        };
        self.journal.append(sitting, entry, Some(signer))?;
        Ok(crl)
    }
}

fn link_certificate(
    settings: &Settings,
    now: OffsetDateTime,
    key: &PublicKey,
    issuer: &Issuer<'_>,
    rng: &mut dyn CryptoRng,
) -> Result<Der> {
    let (validity, private_key_usage) = csca_periods(settings, now);
    let csca = CscaProfile {
        authority: authority(settings)?,
        common_name: settings.common_name.clone(),
        validity,
        private_key_usage,
        crl_distribution_points: settings.crl_distribution_points.clone(),
        ec_parameters: ec_parameters(settings),
    };
    let link = CscaLinkProfile::to(&csca, issuer);
    Ok(Der::new(link.issue(key, issuer, rng)?))
}
