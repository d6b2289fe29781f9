//! What is true of the root now: the sum of all effects.

use std::collections::{BTreeMap, BTreeSet};

use pki::Certificate;
use time::OffsetDateTime;

use super::Line;
use super::effect::{Answered, Effect, Generation, Settings};
use crate::octets::{Der, Digest, SerialNumber};

/// What is true now.
#[derive(Debug, Clone)]
pub struct State {
    settings: Settings,
    first: Generation,
    later: Vec<Generation>,
    links: Vec<Der>,
    destroyed: BTreeSet<u32>,
    confirmed: BTreeSet<u32>,
    lost: BTreeSet<u32>,
    registrars: Vec<Registrar>,
    former_registrars: Vec<Registrar>,
    answered: BTreeMap<Digest, (OffsetDateTime, Answered)>,
    certified: BTreeSet<Digest>,
    revoked: BTreeMap<SerialNumber, Revocation>,
    next_crl_number: u64,
    last_crl: Option<OffsetDateTime>,
    revoked_since: bool,
    restored: Option<OffsetDateTime>,
}

/// A registrar whose requests are answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registrar {
    /// What it is called.
    pub name: String,
    /// SubjectPublicKeyInfo.
    pub key: Der,
}

/// A revoked certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revocation {
    /// When.
    pub at: OffsetDateTime,
}

impl State {
    pub(super) const fn begin(settings: Settings, first: Generation) -> Self {
        Self {
            settings,
            first,
            later: Vec::new(),
            links: Vec::new(),
            destroyed: BTreeSet::new(),
            confirmed: BTreeSet::new(),
            lost: BTreeSet::new(),
            registrars: Vec::new(),
            former_registrars: Vec::new(),
            answered: BTreeMap::new(),
            certified: BTreeSet::new(),
            revoked: BTreeMap::new(),
            next_crl_number: 1,
            last_crl: None,
            revoked_since: false,
            restored: None,
        }
    }

    /// What the root is.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The key in use.
    #[must_use]
    pub fn current(&self) -> &Generation {
        self.later.last().unwrap_or(&self.first)
    }

    /// Every key, oldest first, destroyed ones too.
    pub fn generations(&self) -> impl Iterator<Item = &Generation> {
        core::iter::once(&self.first).chain(&self.later)
    }

    /// Whether the key of a generation is destroyed, or was to be.
    #[must_use]
    pub fn is_destroyed(&self, generation: u32) -> bool {
        self.destroyed.contains(&generation)
    }

    /// Whether a key that is not destroyed is at this place.
    #[must_use]
    pub fn is_living(&self, key: &str) -> bool {
        self.generations()
            .any(|known| known.key == key && !self.is_destroyed(known.number))
    }

    /// Whether a key was declared lost: out of use, and not shown to be destroyed.
    #[must_use]
    pub fn is_lost(&self, generation: u32) -> bool {
        self.lost.contains(&generation)
    }

    /// Generations whose deletion was begun and not confirmed.
    pub(crate) fn unconfirmed_destructions(&self) -> Vec<u32> {
        self.destroyed
            .difference(&self.confirmed)
            .copied()
            .collect()
    }

    /// The link certificates, oldest first.
    #[must_use]
    pub fn links(&self) -> &[Der] {
        &self.links
    }

    /// The chain of an answer: the certificate in use, then link and root certificates, newest first.
    #[must_use]
    pub fn chain(&self) -> Vec<Der> {
        let mut chain = vec![self.current().certificate.clone()];
        let mut roots: Vec<&Generation> = self.generations().collect();
        roots.pop();
        for (link, root) in self.links.iter().rev().zip(roots.into_iter().rev()) {
            chain.push(link.clone());
            chain.push(root.certificate.clone());
        }
        chain
    }

    /// The registrars whose requests are answered.
    #[must_use]
    pub fn registrars(&self) -> &[Registrar] {
        &self.registrars
    }

    /// Registrars that were dismissed, and perhaps admitted again.
    #[must_use]
    pub fn former_registrars(&self) -> &[Registrar] {
        &self.former_registrars
    }

    /// The answer to a nonce.
    #[must_use]
    pub fn answered(&self, nonce: &Digest) -> Option<&Answered> {
        self.answered.get(nonce).map(|(_, answered)| answered)
    }

    /// When requests of a kind were answered, and until when the certificates are valid.
    pub fn answers(&self) -> impl Iterator<Item = (OffsetDateTime, &Answered)> {
        self.answered.values().map(|(at, answered)| (*at, answered))
    }

    /// Whether a key has a certificate of this root.
    #[must_use]
    pub fn is_certified(&self, key: &Digest) -> bool {
        self.certified.contains(key)
    }

    /// Whether the journal knows a certificate of that serial number: one of an answer, or a link certificate. A root that
    /// was restored knows none of those that the lost one issued after the copy.
    #[must_use]
    pub fn has_issued(&self, serial: &SerialNumber) -> bool {
        let is_link = |link: &Der| {
            Certificate::parse(link.as_bytes())
                .is_ok_and(|link| link.serial_number() == serial.as_bytes())
        };
        self.answers()
            .any(|(_, answered)| answered.serial.as_ref() == Some(serial))
            || self.links.iter().any(is_link)
    }

    /// The revoked certificates in order of serial number.
    #[must_use]
    pub const fn revoked(&self) -> &BTreeMap<SerialNumber, Revocation> {
        &self.revoked
    }

    /// The number of the next revocation list.
    #[must_use]
    pub const fn next_crl_number(&self) -> u64 {
        self.next_crl_number
    }

    /// When the last revocation list was issued.
    #[must_use]
    pub const fn last_crl(&self) -> Option<OffsetDateTime> {
        self.last_crl
    }

    /// Whether something was revoked that no list says yet.
    #[must_use]
    pub const fn revoked_since_last_crl(&self) -> bool {
        self.revoked_since
    }

    /// When the root was last brought back from a copy.
    #[must_use]
    pub const fn restored(&self) -> Option<OffsetDateTime> {
        self.restored
    }

    /// Only the end may be unsigned, and what is found after it: no key is left.
    pub(super) fn may_be_unsigned(&self, effect: &Effect) -> bool {
        let none_left = self
            .generations()
            .all(|generation| self.is_destroyed(generation.number));
        none_left && matches!(effect, Effect::Destroyed { .. } | Effect::Discarded { .. })
    }

    /// Adds an effect; `None` when it contradicts what is true.
    pub(super) fn apply(&mut self, line: &Line) -> Option<()> {
        let at = line.record.at;
        match &line.effect {
            Effect::Created { .. } => return None,
            Effect::Admitted { name, key } => self.registrars.push(Registrar {
                name: name.clone(),
                key: key.clone(),
            }),
            Effect::Dismissed { key } => {
                let all = &mut self.registrars;
                let place = all.iter().position(|known| known.key == *key)?;
                self.former_registrars.push(all.remove(place));
            }
            Effect::Answered(answered) => self.apply_answer(at, answered)?,
            Effect::Linked {
                generation,
                link,
                common_name,
            } => {
                require(generation.number == self.current().number.checked_add(1)?)?;
                self.later.push(generation.clone());
                self.links.push(link.clone());
                self.settings.common_name.clone_from(common_name);
            }
            Effect::Revoked { serial, .. } => self.revoke(serial, at)?,
            Effect::CrlIssued { number, .. } => self.number_crl(*number, at)?,
            Effect::BackedUp => {}
            Effect::Restored {
                next_crl_number, ..
            } => {
                require(*next_crl_number >= self.next_crl_number)?;
                self.next_crl_number = *next_crl_number;
                self.restored = Some(at);
            }
            Effect::Destroying { generations } => {
                let known = |number| self.generations().any(|known| known.number == number);
                require(generations.iter().all(|number| known(*number)))?;
                self.destroyed.extend(generations);
            }
            Effect::Destroyed { generations } => {
                require(generations.iter().all(|number| self.is_destroyed(*number)))?;
                self.confirmed.extend(generations);
            }
            Effect::Lost { generations, keys } => {
                let current = self.current().number;
                let may_be_lost = |number: &u32| {
                    *number != current
                        && !self.is_destroyed(*number)
                        && self.generations().any(|known| known.number == *number)
                };
                require(generations.iter().all(may_be_lost))?;
                require(!keys.iter().any(|key| self.is_living(key)))?;
                self.destroyed.extend(generations);
                self.confirmed.extend(generations);
                self.lost.extend(generations);
            }
            Effect::Discarded { keys } => {
                require(!keys.iter().any(|key| self.is_living(key)))?;
            }
        }
        Some(())
    }

    fn apply_answer(&mut self, at: OffsetDateTime, answered: &Answered) -> Option<()> {
        for serial in &answered.revoked {
            self.revoke(serial, at)?;
        }
        if let Some(number) = answered.crl_number {
            self.number_crl(number, at)?;
        }
        if let Some(key) = answered.key {
            require(self.certified.insert(key))?;
        }
        let known = self.answered.insert(answered.nonce, (at, answered.clone()));
        require(known.is_none())
    }

    pub(super) fn revoke(&mut self, serial: &SerialNumber, at: OffsetDateTime) -> Option<()> {
        let known = self.revoked.insert(serial.clone(), Revocation { at });
        self.revoked_since = true;
        require(known.is_none())
    }

    fn number_crl(&mut self, number: u64, at: OffsetDateTime) -> Option<()> {
        require(number >= self.next_crl_number)?;
        self.next_crl_number = number.checked_add(1)?;
        self.last_crl = Some(at);
        self.revoked_since = false;
        Some(())
    }
}

fn require(condition: bool) -> Option<()> {
    condition.then_some(())
}
