//! Signed lists: whether their signer may be believed. A master list that is believed gives trust to every CSCA in it,
//! each for its own country; a deviation list speaks for the country of its signer.

use std::sync::Arc;

use const_oid::ObjectIdentifier;
use time::OffsetDateTime;

use super::intake::Waiting;
use super::list_roles::{belongs_on_a_list, check_role};
use super::object::Object;
use super::{
    Acceptance, Fingerprint, ListOrigin, ListTrust, MAX_LISTS, Provenance, Received, Trust,
    TrustStore, is_csca,
};
use crate::certificate::Certificate;
use crate::chain;
use crate::check::CheckResult;
use crate::cms::{SignedData, SignedDataChecks};
use crate::deviation::{Deviation, DeviationKind};
use crate::deviation_list::DeviationList;
use crate::error::Untrusted;
use crate::master_list::MasterList;
use crate::{Error, Result, oids};

/// A deviation list whose signer a CSCA of the store has issued.
#[derive(Debug, Clone)]
pub struct TrustedDeviationList {
    list: DeviationList,
    origin: Arc<ListOrigin>,
    csca: Option<Certificate>,
}

impl TrustedDeviationList {
    /// The list.
    #[must_use]
    pub const fn list(&self) -> &DeviationList {
        &self.list
    }

    /// Who signed it, when, and why it is trusted.
    #[must_use]
    pub fn origin(&self) -> &ListOrigin {
        &self.origin
    }

    /// The CSCA behind its signer; `None` when the list was accepted out of band without one.
    #[must_use]
    pub const fn csca(&self) -> Option<&Certificate> {
        self.csca.as_ref()
    }

    /// Whether the list may speak of documents of this CSCA: no state speaks for another.
    #[must_use]
    pub fn speaks_of(&self, csca: &Certificate) -> bool {
        let own = self.csca.as_ref();
        own.is_some_and(|own| {
            let (name, other) = (own.subject(), csca.subject());
            // Without a country, only the CSCA itself is certainly of the same state.
            chain::speaks_for(name, other) && (name.country().is_some() || own == csca)
        })
    }
}

/// A list that was found to be good, before what it holds is taken in.
pub(super) struct Believed {
    origin: Arc<ListOrigin>,
    csca: Option<Certificate>,
}

impl TrustStore {
    /// Adds the CSCA certificates of a master list that is trusted: by the chain of its signer to a CSCA of the store, or by
    /// `acceptance`. A certificate of the list that is no CSCA's, or was withdrawn, is left out.
    ///
    /// # Errors
    /// [`Error::Malformed`]; [`Error::Untrusted`] when nothing vouches for the list. The store then holds at most a CSCA
    /// whose fingerprint was accepted by itself.
    pub fn add_master_list(
        &mut self,
        list: &[u8],
        source: &str,
        acceptance: &Acceptance,
    ) -> Result<Received> {
        let parsed = Object::MasterList(Box::new(MasterList::parse(list)?));
        let sha256 = Fingerprint::of(list);
        self.offer(Waiting::of_file(parsed, sha256, source, acceptance))
    }

    /// Adds a deviation list whose signer a CSCA of the store has issued; says whether it is new.
    ///
    /// # Errors
    /// [`Error::Malformed`]; [`Error::Untrusted`] when nothing vouches for the list.
    pub fn add_deviation_list(&mut self, list: &[u8]) -> Result<bool> {
        let parsed = Object::DeviationList(Box::new(DeviationList::parse(list)?));
        let sha256 = Fingerprint::of(list);
        let offered = Waiting::of_file(parsed, sha256, "", &Acceptance::Vouched);
        Ok(self.offer(offered)?.known == 0)
    }

    /// The deviation lists, in the order in which they were added.
    pub fn deviation_lists(&self) -> impl Iterator<Item = &TrustedDeviationList> {
        self.deviation_lists.iter()
    }

    /// Whether a master list is believed.
    pub(super) fn believe_master_list(&self, waiting: &Waiting) -> Result<Believed> {
        if self.is_withdrawn_object(&waiting.object, waiting.sha256) {
            return Err(Error::Untrusted(Untrusted::Withdrawn));
        }
        self.believe(waiting, oids::MASTER_LIST_SIGNING_KEY)
    }

    /// Takes what a master list holds that is believed.
    pub(super) fn insert_master_list(
        &mut self,
        waiting: &Waiting,
        believed: &Believed,
    ) -> Received {
        let Object::MasterList(list) = &waiting.object else {
            return Received::default();
        };
        let mut received = Received {
            list: Some(believed.origin.clone()),
            unreadable: list.unreadable().len(),
            ..Received::default()
        };
        for certificate in list.certificates() {
            let provenance = Provenance {
                source: waiting.source.clone(),
                trust: Trust::MasterList(believed.origin.clone()),
            };
            let taken = if belongs_on_a_list(certificate) {
                self.insert(certificate.clone(), provenance)
            } else {
                Err(Error::Untrusted(Untrusted::NotACertificationAuthority))
            };
            received.count(Fingerprint::of_certificate(certificate), taken);
        }
        received
    }

    pub(super) fn insert_deviation_list(
        &mut self,
        list: &DeviationList,
        waiting: &Waiting,
    ) -> Result<bool> {
        let same = |known: &TrustedDeviationList| known.origin.sha256 == waiting.sha256;
        if self.deviation_lists.iter().any(same) {
            return Ok(false);
        }
        if self.deviation_lists.len() >= MAX_LISTS {
            return Err(Error::Untrusted(Untrusted::StoreFull));
        }
        let role = oids::DEVIATION_LIST_SIGNING_KEY;
        let Believed { origin, csca } = self.believe(waiting, role)?;
        let list = list.clone();
        self.deviation_lists
            .push(TrustedDeviationList { list, origin, csca });
        Ok(true)
    }

    /// A CSCA certificate in the list whose own fingerprint was compared is trusted before the list is.
    pub(super) fn insert_accepted(&mut self, waiting: &Waiting) {
        let Waiting {
            object: Object::MasterList(list),
            acceptance,
            source,
            ..
        } = waiting
        else {
            return;
        };
        let by_fingerprint = matches!(acceptance.as_ref(), Acceptance::Fingerprints { .. });
        if !by_fingerprint || self.is_withdrawn_object(&waiting.object, waiting.sha256) {
            return;
        }
        let beside = list.signed_data().map_or(&[][..], SignedData::certificates);
        for certificate in beside.iter().chain(list.certificates()) {
            let fingerprint = Fingerprint::of_certificate(certificate);
            if let Some(statement) = acceptance.by_fingerprint(&[fingerprint])
                && is_csca(certificate)
            {
                let provenance = Provenance {
                    source: source.clone(),
                    trust: Trust::OutOfBand(statement.clone()),
                };
                // What was withdrawn stays out, and then vouches for nothing.
                let _ = self.insert(certificate.clone(), provenance);
            }
        }
    }

    /// Whether a list is believed: by what the store holds, else by what somebody has said of it.
    fn believe(&self, waiting: &Waiting, role: ObjectIdentifier) -> Result<Believed> {
        let sha256 = waiting.sha256;
        let signed_data = match &waiting.object {
            Object::MasterList(list) => list.signed_data(),
            Object::DeviationList(list) => Some(list.signed_data()),
            _ => None,
        };
        let checks = waiting.checks();
        let chained = match (self.barred.get(&sha256), signed_data.zip(checks)) {
            (Some(reason), _) => Err(*reason),
            (None, None) => Err(Untrusted::ListNotSigned),
            (None, Some((signed_data, checks))) => {
                let received = self.received.get(&waiting.file);
                self.chain_of(signed_data, checks, role, received.copied())
            }
        };
        let signer = checks.and_then(|checks| checks.signer.as_ref());
        let (trust, csca, deviations) = match chained {
            Ok((csca, deviations)) => {
                let fingerprint = Fingerprint::of_certificate(&csca);
                (
                    ListTrust::Chain { csca: fingerprint },
                    Some(csca),
                    deviations,
                )
            }
            Err(reason) => {
                let statement = accepted(waiting, reason, signer);
                let statement = statement.ok_or(Error::Untrusted(reason))?;
                (ListTrust::OutOfBand(statement.clone()), None, Vec::new())
            }
        };
        let country = csca
            .as_ref()
            .or(signer)
            .and_then(|certificate| certificate.subject().country());
        Ok(Believed {
            origin: Arc::new(ListOrigin {
                sha256,
                signer: signer.map(|signer| signer.subject().to_string()),
                country: country.map(str::to_ascii_uppercase),
                signing_time: checks.and_then(|checks| checks.signing_time),
                trust,
                deviations,
            }),
            csca,
        })
    }

    /// From the signature of a list to a CSCA of the store: everything on the way must be right.
    fn chain_of(
        &self,
        signed_data: &SignedData,
        checks: &SignedDataChecks,
        role: ObjectIdentifier,
        received: Option<OffsetDateTime>,
    ) -> core::result::Result<(Certificate, Vec<Deviation>), Untrusted> {
        match CheckResult::together([checks.hash, checks.signature]) {
            CheckResult::Successful => {}
            CheckResult::Failed(_) => return Err(Untrusted::ListSignature),
            CheckResult::Undetermined(cause) | CheckResult::NotSupported(cause) => {
                return Err(Untrusted::NotVerifiable(cause));
            }
        }
        let signer = checks.signer.as_ref().ok_or(Untrusted::ListSignerUnknown)?;
        if self.is_withdrawn(signer) {
            return Err(Untrusted::Withdrawn);
        }
        let mut kinds = check_role(signer, role)?;
        if let Some((reason, _)) = self.denounced(signer) {
            return Err(reason);
        }
        // A deviation list speaks for its own state alone, as a link does.
        let search = if role == oids::MASTER_LIST_SIGNING_KEY {
            self.issuer_of_list_signer(signer)
        } else {
            self.issuer_unless_revoked(signer)
        };
        let csca = match (search.result, search.anchor) {
            (CheckResult::Successful, Some(anchor)) => anchor.certificate,
            _ => return Err(self.reason_of_no_issuer(signer)),
        };
        match checks.signing_time {
            Some(time) if !signer.validity().contains(time) => {
                return Err(Untrusted::ListSignerValidity);
            }
            Some(_) => {}
            None => kinds.push(DeviationKind::ListSigningTime),
        }
        // The signing time is the signer's word: a key that was stolen after its time signs with any date.
        if received.is_some_and(|received| !signer.validity().contains(received)) {
            return Err(Untrusted::ListSignerExpired);
        }
        if !chain::countries_agree(signer.subject(), csca.subject()) {
            kinds.push(DeviationKind::ListSignerCountry);
        }
        kinds.extend(search.deviations);
        kinds.extend(checks.deviations.iter().copied());
        let mut deviations = signed_data.deviations().to_vec();
        deviations.extend(signer.deviations());
        deviations.extend(kinds.into_iter().map(Deviation::from));
        Ok((csca, deviations))
    }

    /// Why no CSCA vouches for the signer of a list.
    fn reason_of_no_issuer(&self, signer: &Certificate) -> Untrusted {
        let search = chain::issuer(signer, self);
        match search.result {
            CheckResult::Successful => Untrusted::ListSignerNotEntitled,
            CheckResult::Undetermined(cause) if cause != crate::Cause::NoCsca => {
                Untrusted::NotVerifiable(cause)
            }
            _ => Untrusted::ListSignerUnknown,
        }
    }
}

/// By whose word a list is believed that is refused for this reason. What is known to be wrong with the signature or its
/// signer is put up with only for exactly the file that somebody has compared.
fn accepted<'a>(
    waiting: &'a Waiting,
    reason: Untrusted,
    signer: Option<&Certificate>,
) -> Option<&'a Arc<str>> {
    let acceptance = &waiting.acceptance;
    let by_whole = acceptance.by_fingerprint(&[waiting.sha256]);
    let signer: Vec<Fingerprint> = signer
        .map(Fingerprint::of_certificate)
        .into_iter()
        .collect();
    match reason {
        Untrusted::ListSignature
        | Untrusted::ListSignerRevoked
        | Untrusted::ListSignerRole
        | Untrusted::Withdrawn
        | Untrusted::AuthorityRevoked => by_whole,
        _ => by_whole.or_else(|| acceptance.of(&signer)),
    }
}
