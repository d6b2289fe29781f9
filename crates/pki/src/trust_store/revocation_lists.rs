//! Revocation lists of the CSCAs of the store (Doc 9303-12 §7.1.4).

use super::alternative_names::directory_names;
use super::intake::Waiting;
use super::object::Object;
use super::{Acceptance, Fingerprint, MAX_LISTS, TrustStore};
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
    /// SubjectPublicKeyInfo of the CSCA that signed.
    key: Vec<u8>,
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

    /// Whether the list is about certificates of a CSCA of this name. A name without country may be that of several states:
    /// then the key must be the same, too.
    fn is_about(&self, name: &Name, key: &[u8]) -> bool {
        if self.crl.issuer().country().is_none() {
            return self.crl.issuer() == name && self.key == key;
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
        let key = csca.subject_public_key_info();
        let speaks = move |list: &&TrustedCrl| {
            let same_key = list.key == key && list.crl.issuer().country().is_some();
            same_key || list.is_about(csca.subject(), key)
        };
        self.crls.iter().filter(speaks).map(|list| &list.crl)
    }

    /// The revocation lists that speak of certificates of the issuer of this CSCA certificate: of itself, where it is a root.
    pub(crate) fn crls_about_issuer_of<'a>(
        &'a self,
        csca: &Certificate,
    ) -> impl Iterator<Item = &'a Crl> {
        let (issuer, key) = (csca.issuer(), csca.subject_public_key_info());
        let about = self
            .crls
            .iter()
            .filter(move |list| list.is_about(issuer, key));
        about.map(|list| &list.crl)
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
    fn signer_of_crl(&self, crl: &Crl) -> Result<Vec<u8>> {
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
        for anchor in by_key.chain(by_name).take(MAX_CANDIDATES) {
            let csca = anchor.certificate();
            match CheckResult::of_signature(&crl.verify_signature(csca)) {
                CheckResult::Successful => return Ok(csca.subject_public_key_info().to_vec()),
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
