//! Who may vouch for whom.
//!
//! A list says of whole states who their CSCA is, so its signer needs more than a CSCA that some list holds: one that
//! somebody has accepted by another way, or one that followed from it within its own country, by links or by its own
//! country's lists. Without that rule every state on a believed list could make the CSCAs of every other state.
//! A CSCA whose key is revoked vouches for nothing.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Fingerprint, Trust, TrustAnchor, TrustStore};
use crate::certificate::Certificate;
use crate::chain::{self, IssuerSearch, MAX_CANDIDATES};
use crate::crl::Crl;
use crate::error::Untrusted;
use crate::revocation;

/// Most generations of a CSCA that are gone through.
const MAX_GENERATIONS: usize = 16;

impl TrustStore {
    /// Who issued a certificate, among those that are not revoked: whose word counts for their own country.
    pub(super) fn issuer_unless_revoked(&self, certificate: &Certificate) -> IssuerSearch {
        chain::issuer_among(certificate, self, &|anchor| {
            self.revokes_authority(anchor).is_none()
        })
    }

    /// Who issued the certificate of a master list's signer, among those whose word counts for all states.
    pub(super) fn issuer_of_list_signer(&self, signer: &Certificate) -> IssuerSearch {
        chain::issuer_among(signer, self, &|anchor| {
            self.speaks_for_lists(anchor) && self.revokes_authority(anchor).is_none()
        })
    }

    /// Why the signer of a list must not be believed any more, and the list that says so.
    pub(super) fn denounced(&self, signer: &Certificate) -> Option<(Untrusted, &Crl)> {
        let issuer = chain::issuer(signer, self).anchor?;
        let signer = revocation::revoking_list(signer, &issuer, self)
            .map(|crl| (Untrusted::ListSignerRevoked, crl));
        signer.or_else(|| {
            let crl = self.revokes_authority(&issuer)?;
            Some((Untrusted::AuthorityRevoked, crl))
        })
    }

    /// The list that revokes a CSCA: any certificate of its key, for it is the key that vouches.
    pub(super) fn revokes_authority(&self, anchor: &TrustAnchor) -> Option<&Crl> {
        self.revoked_certificate_of(anchor).map(|(_, crl)| crl)
    }

    /// As [`Self::revokes_authority`], with the certificate that the list names.
    pub(crate) fn revoked_certificate_of(
        &self,
        anchor: &TrustAnchor,
    ) -> Option<(&TrustAnchor, &Crl)> {
        if self.crls.is_empty() {
            return None;
        }
        self.authority(anchor).find_map(|same| {
            let list = revocation::list_revoking_authority(same.certificate(), self)?;
            Some((same, list))
        })
    }

    /// Whether an anchor is trusted for a reason of its own country: it speaks for lists, or a row of links leads to it from
    /// one that does, even where the links came by the list of another state.
    pub(super) fn is_of_home(&self, anchor: &TrustAnchor) -> bool {
        let mut seen: HashSet<Arc<[u8]>> = HashSet::new();
        let mut ahead = vec![anchor.clone()];
        while let Some(anchor) = ahead.pop() {
            if self.speaks_for_lists(&anchor) {
                return true;
            }
            if seen.len() > MAX_GENERATIONS || !seen.insert(anchor.key.clone()) {
                continue;
            }
            let links = self.authority(&anchor).filter(|same| {
                let certificate = &same.certificate;
                chain::link_stays_at_home(certificate.issuer(), certificate.subject())
            });
            let issuers = links.take(MAX_CANDIDATES);
            ahead.extend(issuers.filter_map(|link| chain::issuer(&link.certificate, self).anchor));
        }
        false
    }

    /// Whether an anchor may vouch for signers of lists: it is trusted out of band, or is linked from such a one, or stands
    /// in a believed list of its own country.
    pub(super) fn speaks_for_lists(&self, anchor: &TrustAnchor) -> bool {
        let mut seen: HashSet<Fingerprint> = HashSet::new();
        let mut ahead = vec![anchor.fingerprint];
        while let Some(anchor) = ahead.pop().and_then(|next| self.anchor(&next)) {
            for same in self.authority(anchor) {
                if !seen.insert(same.fingerprint) {
                    continue;
                }
                let country = same.certificate.subject().country();
                for reason in &same.provenance {
                    match &reason.trust {
                        Trust::OutOfBand(_) => return true,
                        // That the authority behind the list may speak was found when the list was believed.
                        Trust::MasterList(list) => {
                            let own = country.zip(list.country.as_deref());
                            if own.is_some_and(|(own, list)| chain::is_one_country(own, list)) {
                                return true;
                            }
                        }
                        Trust::Link { issuer } => {
                            if self.anchor(issuer).is_some() {
                                ahead.push(*issuer);
                            }
                        }
                    }
                }
            }
        }
        false
    }

    /// The certificates of the anchor's key in its country, itself among them.
    pub(super) fn authority<'a>(
        &'a self,
        anchor: &TrustAnchor,
    ) -> impl Iterator<Item = &'a TrustAnchor> {
        let country = anchor.certificate.subject().country().map(str::to_owned);
        let all = self.pick(self.by_key.get(&*anchor.key));
        all.filter(move |other| {
            let other = other.certificate.subject().country();
            match (country.as_deref(), other) {
                (Some(one), Some(other)) => chain::is_one_country(one, other),
                (one, other) => one.is_none() && other.is_none(),
            }
        })
    }
}
