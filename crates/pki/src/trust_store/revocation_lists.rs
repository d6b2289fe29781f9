//! Revocation lists of the CSCAs of the store (Doc 9303-12 §7.1.4).

use std::collections::HashSet;
use std::sync::Arc;

use super::alternative_names::directory_names;
use super::intake::Waiting;
use super::object::Object;
use super::withdrawal::key_of;
use super::{Acceptance, Fingerprint, MAX_LISTS, TrustAnchor, TrustStore};
use crate::certificate::Certificate;
use crate::chain::{self, MAX_CANDIDATES};
use crate::check::CheckResult;
use crate::crl::Crl;
use crate::error::Untrusted;
use crate::name::Name;
use crate::{Error, Result, oids};

/// A list whose signature a CSCA of the store has made.
#[derive(Debug, Clone)]
pub(super) struct TrustedCrl {
    crl: Crl,
    sha256: Fingerprint,
    /// Key of the CSCA that signed.
    key: Arc<[u8]>,
    /// What the CSCA was called before.
    former_names: Vec<Name>,
}

impl TrustedCrl {
    pub(super) const fn crl(&self) -> &Crl {
        &self.crl
    }

    pub(super) const fn sha256(&self) -> Fingerprint {
        self.sha256
    }

    /// Whether the list speaks of certificates that a CSCA of this name and key has issued.
    fn speaks_of(&self, name: &Name, key: &[u8]) -> bool {
        let same_key = *self.key == *key && self.crl.issuer().country().is_some();
        same_key || self.is_about(name, key)
    }

    /// Whether the list is about certificates of a CSCA of this name. A name without country may be that of several states:
    /// then the key must be the same, too.
    fn is_about(&self, name: &Name, key: &[u8]) -> bool {
        if self.crl.issuer().country().is_none() {
            return self.crl.issuer() == name && *self.key == *key;
        }
        self.crl.issuer() == name || self.former_names.contains(name)
    }
}

impl TrustStore {
    /// Adds a revocation list that a CSCA of the store has signed; says whether it is new.
    ///
    /// # Errors
    /// [`Error::Malformed`]; [`Error::Untrusted`] when no CSCA of its issuer is in the store, or none has signed it.
    pub fn add_crl(&mut self, crl: &[u8]) -> Result<bool> {
        let crl = Object::Crl(Box::new(Crl::parse(crl)?));
        let offered = Waiting::by_itself(crl, "", &Acceptance::Vouched);
        Ok(self.offer(offered)?.known == 0)
    }

    /// The revocation lists that speak of certificates of this CSCA, newest first: those signed with its key, and those of
    /// its other generations, which have its name or say that they had it (Doc 9303-12 §7.1.4, IssuerAltName). All of them
    /// were signed by a CSCA of the store.
    pub fn crls_of<'a>(&'a self, csca: &'a Certificate) -> impl Iterator<Item = &'a Crl> {
        let key = match self.crls.is_empty() {
            true => Vec::new(),
            false => key_of(csca),
        };
        let all = self.crls.iter();
        all.filter(move |list| list.speaks_of(csca.subject(), &key))
            .map(|list| &list.crl)
    }

    /// As [`Self::crls_of`], under every name that the certificates of this key give it.
    pub(crate) fn crls_of_key<'a>(&'a self, csca: &TrustAnchor) -> impl Iterator<Item = &'a Crl> {
        self.lists_of_key(csca).map(|list| &list.crl)
    }

    /// Those of [`Self::crls_of_key`] that say who is not revoked: of a CSCA that somebody trusts for a reason of its own
    /// country, no list is taken that is signed by one that only another state has named.
    pub(crate) fn crls_that_clear<'a>(
        &'a self,
        csca: &TrustAnchor,
    ) -> impl Iterator<Item = &'a Crl> {
        let (key, at_home) = (csca.key.clone(), self.is_of_home(csca));
        self.lists_of_key(csca)
            .filter(move |list| !at_home || list.key == key || self.is_signed_at_home(list))
            .map(|list| &list.crl)
    }

    /// The certificates that revocation lists revoke although they are trusted for a better reason than the CSCA that has
    /// signed the list: each with the list.
    pub fn revoked_by_lesser(&self) -> impl Iterator<Item = (&TrustAnchor, &Crl)> {
        self.anchors.iter().filter_map(|anchor| {
            let certificate = &anchor.certificate;
            let lists = self.lists_about_issuer_of(certificate, &anchor.key);
            let names_it =
                |list: &&TrustedCrl| list.crl.revoked(certificate.serial_number()).is_some();
            let accusing: Vec<&TrustedCrl> = lists.filter(names_it).collect();
            let first = accusing.first()?;
            let is_lesser =
                |list: &&TrustedCrl| list.key != anchor.key && !self.is_signed_at_home(list);
            let all_lesser = accusing.iter().all(is_lesser) && self.is_of_home(anchor);
            all_lesser.then_some((anchor, &first.crl))
        })
    }

    fn lists_of_key<'a>(&'a self, csca: &TrustAnchor) -> impl Iterator<Item = &'a TrustedCrl> {
        let key = csca.key.clone();
        let names: Vec<&'a Name> = match self.crls.is_empty() {
            true => Vec::new(),
            false => self
                .authority(csca)
                .map(|same| same.certificate.subject())
                .collect(),
        };
        let all = self.crls.iter();
        all.filter(move |list| names.iter().any(|name| list.speaks_of(name, &key)))
    }

    fn is_signed_at_home(&self, list: &TrustedCrl) -> bool {
        let mut signers = self.pick(self.by_key.get(&*list.key));
        signers.any(|signer| self.is_of_home(signer))
    }

    /// The revocation lists that speak of certificates of the issuer of this CSCA certificate: of itself, where it is a root.
    pub(crate) fn crls_about_issuer_of<'a>(
        &'a self,
        csca: &Certificate,
    ) -> impl Iterator<Item = &'a Crl> {
        let key = match self.crls.is_empty() {
            true => Vec::new(),
            false => key_of(csca),
        };
        let about = self.lists_about_issuer_of(csca, &key);
        about.map(|list| &list.crl).collect::<Vec<_>>().into_iter()
    }

    fn lists_about_issuer_of<'a>(
        &'a self,
        csca: &Certificate,
        key: &[u8],
    ) -> impl Iterator<Item = &'a TrustedCrl> {
        let all = self.crls.iter();
        all.filter(move |list| list.is_about(csca.issuer(), key))
    }

    /// All revocation lists, newest first.
    pub fn crls(&self) -> impl Iterator<Item = &Crl> {
        self.crls.iter().map(|list| &list.crl)
    }

    pub(super) fn insert_crl(&mut self, crl: &Crl) -> Result<bool> {
        let sha256 = Fingerprint::of(crl.as_der());
        if self.crls.iter().any(|known| known.sha256 == sha256) {
            return Ok(false);
        }
        if self.crls.len() >= MAX_LISTS {
            return Err(Error::Untrusted(Untrusted::StoreFull));
        }
        let key = self.signer_of_crl(crl)?;
        let at = self
            .crls
            .partition_point(|known| known.crl.this_update() >= crl.this_update());
        let former_names = former_names(crl);
        self.crls.insert(
            at,
            TrustedCrl {
                crl: crl.clone(),
                sha256,
                key,
                former_names,
            },
        );
        Ok(true)
    }

    /// The key of the CSCA that signed a list: found by key identifier, else by name.
    fn signer_of_crl(&self, crl: &Crl) -> Result<Arc<[u8]>> {
        let named = crl.authority_key_identifier();
        let by_key = named
            .into_iter()
            .flat_map(|identifier| self.by_key_identifier(identifier))
            .filter(|anchor| {
                let subject = anchor.certificate().subject();
                // A list that names no country is not taken from whoever has a key identifier in common with it.
                let named = crl.issuer().country().is_some() || subject == crl.issuer();
                named && chain::speaks_for(subject, crl.issuer())
            });
        let by_name = self.by_subject(crl.issuer());
        let mut reason = Untrusted::CrlWithoutIssuer;
        let mut candidates: Vec<&TrustAnchor> = by_key.chain(by_name).collect();
        // Who crowds a store with certificates of one name or key identifier drives no list out.
        candidates.sort_by_key(|anchor| !self.speaks_for_lists(anchor));
        let mut keys = HashSet::new();
        candidates.retain(|anchor| keys.insert(anchor.key.clone()));
        for anchor in candidates.into_iter().take(MAX_CANDIDATES) {
            let csca = anchor.certificate();
            match CheckResult::of_signature(&crl.verify_signature(csca)) {
                CheckResult::Successful => return Ok(anchor.key.clone()),
                CheckResult::Failed(_) => {
                    if named.is_some()
                        && named == csca.extensions().subject_key_identifier.as_deref()
                    {
                        reason = Untrusted::CrlSignature;
                    }
                }
                CheckResult::Undetermined(cause) | CheckResult::NotSupported(cause) => {
                    reason = Untrusted::NotVerifiable(cause);
                }
            }
        }
        Err(Error::Untrusted(reason))
    }
}

/// The names in IssuerAltName that are of the issuer's own country.
fn former_names(crl: &Crl) -> Vec<Name> {
    let mut names = directory_names(crl.extensions(), oids::ISSUER_ALT_NAME);
    names.retain(|name| chain::speaks_for(crl.issuer(), name) && name.country().is_some());
    names
}
