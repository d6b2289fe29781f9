//! Who may vouch for whom.
//!
//! A list says of whole states who their CSCA is, so its signer needs more than a CSCA that some list holds: one that
//! somebody has accepted by another way, or one that followed from it within its own country, by links or by its own
//! country's lists. Without that rule every state on a believed list could make the CSCAs of every other state.
//! A CSCA whose key is revoked vouches for nothing.

use std::collections::HashSet;

use super::{Fingerprint, Trust, TrustAnchor, TrustStore};
use crate::certificate::Certificate;
use crate::chain::{self, IssuerSearch};
use crate::crl::Crl;
use crate::error::Untrusted;
use crate::revocation;

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
        let signer = self
            .authority(&issuer)
            .find_map(|csca| revocation::revoking_list(signer, csca.certificate(), self))
            .map(|crl| (Untrusted::ListSignerRevoked, crl));
        signer.or_else(|| {
            let crl = self.revokes_authority(&issuer)?;
            Some((Untrusted::AuthorityRevoked, crl))
        })
    }

    /// The list that revokes a CSCA: any certificate of its key, for it is the key that vouches.
    pub(super) fn revokes_authority(&self, anchor: &TrustAnchor) -> Option<&Crl> {
        if self.crls.is_empty() {
            return None;
        }
        self.authority(anchor)
            .find_map(|same| revocation::list_revoking_authority(same.certificate(), self))
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
    fn authority<'a>(&'a self, anchor: &TrustAnchor) -> impl Iterator<Item = &'a TrustAnchor> {
        let key = anchor.certificate.subject_public_key_info();
        let country = anchor.certificate.subject().country().map(str::to_owned);
        let all = self.pick(self.by_key.get(key));
        all.filter(move |other| {
            let other = other.certificate.subject().country();
            match (country.as_deref(), other) {
                (Some(one), Some(other)) => chain::is_one_country(one, other),
                (one, other) => one.is_none() && other.is_none(),
            }
        })
    }
}
