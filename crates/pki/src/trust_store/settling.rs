//! From what was offered to what is trusted. The result depends on what was offered, never on the order.
//!
//! Trust only grows while nothing is revoked, so that any order ends at the same place. Where a revocation list speaks of
//! somebody who vouches for something, everything is begun anew from all that was ever offered: in each round certificates
//! first, then revocation lists, then the signed lists, all judged by the same state. What was believed before the list
//! that revokes it was known is barred, and the work begins again without it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::intake::{KeptOut, MAX_KEPT_OUT, Waiting};
use super::object::Object;
use super::{Acceptance, Fingerprint, Intake, ObjectKind, Received, Trust, TrustStore};
use crate::error::Untrusted;
use crate::{Error, Result};

/// Most rounds of one kind: a chain of lists or links is as long as a country has had generations.
const MAX_ROUNDS: usize = 64;

/// The same object from the same place for the same reason.
type Offer = (ObjectKind, Fingerprint, Arc<str>, Arc<Acceptance>);

/// What was taken in, to be judged again when something is revoked.
#[derive(Debug, Default)]
pub(super) struct Taken {
    all: Vec<Arc<Waiting>>,
    known: HashSet<Offer>,
}

impl Taken {
    fn push(&mut self, waiting: Arc<Waiting>) {
        let offer = (
            waiting.object.kind(),
            waiting.sha256,
            waiting.source.clone(),
            waiting.acceptance.clone(),
        );
        if self.known.insert(offer) {
            self.all.push(waiting);
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Waiting> {
        self.all.iter().map(Arc::as_ref)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    New,
    KeptOut,
    Taken,
}

/// An object and what became of it.
struct Case {
    waiting: Arc<Waiting>,
    before: Standing,
    outcome: Result<Received>,
}

impl Case {
    fn of(waiting: Arc<Waiting>, before: Standing) -> Self {
        Self {
            waiting,
            before,
            outcome: Err(UNJUDGED),
        }
    }

    fn is(&self, kind: ObjectKind) -> bool {
        self.waiting.object.kind() == kind
    }
}

/// Stands only until the first round.
const UNJUDGED: Error = Error::Untrusted(Untrusted::LinkWithoutIssuer);

impl TrustStore {
    /// Judges what is new together with what was kept out. What is refused is kept for later.
    pub(super) fn settle(&mut self, new: Vec<Waiting>, intake: &mut Intake) {
        for case in self.judge(new) {
            self.close_case(case, intake);
        }
    }

    /// As [`Self::settle`] for one object, which is not kept when it is refused.
    pub(super) fn offer(&mut self, new: Waiting) -> Result<Received> {
        let mut answer = Err(UNJUDGED);
        for case in self.judge(vec![new]) {
            if case.before == Standing::New {
                answer.clone_from(&case.outcome);
            }
            if case.before != Standing::New || case.outcome.is_ok() {
                self.close_case(case, &mut Intake::default());
            }
        }
        answer
    }

    /// Judges everything anew, after something was withdrawn.
    pub(super) fn settle_anew(&mut self) {
        self.contested = true;
        self.settle(Vec::new(), &mut Intake::default());
    }

    fn close_case(&mut self, case: Case, intake: &mut Intake) {
        let Case {
            waiting,
            before,
            outcome,
        } = case;
        let told = match (&outcome, before) {
            (_, Standing::New) => true,
            (Ok(_), standing) => standing == Standing::KeptOut,
            (Err(_), standing) => standing == Standing::Taken,
        };
        if told {
            intake.receipts.push(waiting.receipt(outcome.clone()));
        }
        match outcome {
            Ok(_) => self.taken.push(waiting),
            Err(reason) => {
                // What came twice is settled, or waits, once.
                let same = |other: &Fingerprint| *other == waiting.sha256;
                let known = self.kept_out.iter().any(|kept| same(&kept.sha256()))
                    || self.taken.iter().any(|taken| same(&taken.sha256));
                if !known && self.kept_out.len() < MAX_KEPT_OUT {
                    self.kept_out.push(KeptOut { waiting, reason });
                }
            }
        }
    }

    fn judge(&mut self, new: Vec<Waiting>) -> Vec<Case> {
        let fresh = new.into_iter().map(Arc::new);
        let mut cases: Vec<Case> = fresh.map(|new| Case::of(new, Standing::New)).collect();
        let before = core::mem::take(&mut self.kept_out);
        cases.extend(
            before
                .into_iter()
                .map(|kept| Case::of(kept.waiting, Standing::KeptOut)),
        );
        if !self.contested {
            let gains = (self.gains, self.crls.len());
            self.gather(&mut cases);
            let refused = cases.iter().any(|case| is_revocation(&case.outcome));
            let changed = gains != (self.gains, self.crls.len());
            self.contested = refused || changed && !self.revoked_after_all(&cases).is_empty();
        }
        if self.contested {
            self.begin_anew(&mut cases);
        }
        // Those that are taken come first: what came twice is kept out for neither.
        cases.sort_by_key(|case| (case.outcome.is_err(), case.waiting.object.kind()));
        cases
    }

    /// Judges the new cases and all old ones from an empty store.
    fn begin_anew(&mut self, cases: &mut Vec<Case>) {
        let gained: HashSet<Fingerprint> = cases
            .iter()
            .filter_map(|case| case.outcome.as_ref().ok())
            .flat_map(|received| received.new.iter().copied())
            .collect();
        let mut held = self.held();
        held.retain(|fingerprint| !gained.contains(fingerprint));
        let taken = core::mem::take(&mut self.taken);
        let taken = taken.all.into_iter();
        cases.extend(taken.map(|taken| Case::of(taken, Standing::Taken)));
        self.barred.clear();
        self.lasting.clear();
        // Each turn bars a list or a link that the turns before did not: there are no more turns than these.
        loop {
            self.clear_trusted();
            for case in cases.iter_mut() {
                case.outcome = Err(UNJUDGED);
            }
            self.gather(cases);
            let revoked = self.revoked_after_all(cases);
            if revoked.is_empty() {
                break;
            }
            self.barred.extend(revoked);
        }
        self.contested =
            !self.barred.is_empty() || cases.iter().any(|case| is_revocation(&case.outcome));
        for case in cases.iter_mut() {
            let Ok(received) = &mut case.outcome else {
                continue;
            };
            // A list that bars others was there when the last turn began, and may be new all the same.
            let sha256 = case.waiting.sha256;
            if case.waiting.object.kind() == ObjectKind::Crl && held.insert(sha256) {
                received.new = vec![sha256];
                received.known = 0;
                continue;
            }
            let all = received.new.len();
            received
                .new
                .retain(|fingerprint| !held.contains(fingerprint));
            received.known += all - received.new.len();
        }
    }

    /// Takes what is vouched for until nothing more is gained.
    fn gather(&mut self, cases: &mut [Case]) {
        cases.sort_by_key(|case| case.waiting.object.kind());
        for round in 0..MAX_ROUNDS {
            let gains = self.gains;
            for _ in 0..MAX_ROUNDS {
                let gains = self.gains;
                self.take_all(cases, ObjectKind::Csca);
                if self.gains == gains {
                    break;
                }
            }
            self.take_all(cases, ObjectKind::Crl);
            self.take_master_lists(cases);
            if self.gains == gains && round > 0 {
                break;
            }
        }
        self.take_all(cases, ObjectKind::DeviationList);
        self.take_all(cases, ObjectKind::DocumentSigner);
    }

    fn take_all(&mut self, cases: &mut [Case], kind: ObjectKind) {
        for case in cases.iter_mut() {
            if case.is(kind) && case.outcome.is_err() {
                case.outcome = self.take(&case.waiting);
            }
        }
    }

    /// All lists are judged by the same state before anything in them is taken.
    fn take_master_lists(&mut self, cases: &mut [Case]) {
        let open = |case: &&mut Case| case.is(ObjectKind::MasterList) && case.outcome.is_err();
        for case in cases.iter_mut().filter(open) {
            self.insert_accepted(&case.waiting);
        }
        let judged: Vec<_> = cases
            .iter_mut()
            .filter(open)
            .map(|case| {
                let believed = self.believe_master_list(&case.waiting);
                (case, believed)
            })
            .collect();
        for (case, believed) in judged {
            case.outcome =
                believed.map(|believed| self.insert_master_list(&case.waiting, &believed));
        }
    }

    /// What is believed although a revocation list of the store speaks against it, with the reason. The revocation lists
    /// that say so stay for good: what they revoke must not take them away with it.
    fn revoked_after_all(&mut self, cases: &[Case]) -> HashMap<Fingerprint, Untrusted> {
        let mut revoked = HashMap::new();
        let mut lasting = Vec::new();
        if self.crls.is_empty() {
            return revoked;
        }
        let believed = cases.iter().filter(|case| case.outcome.is_ok());
        let believed = believed.map(|case| case.waiting.as_ref());
        for waiting in believed.chain(self.taken.iter()) {
            if let Some((reason, crl)) = self.denounced_list(waiting) {
                revoked.insert(waiting.sha256, reason);
                lasting.push(Fingerprint::of(crl.as_der()));
            }
        }
        for anchor in &self.anchors {
            for reason in &anchor.provenance {
                let Trust::Link { issuer } = &reason.trust else {
                    continue;
                };
                let issuer = self.anchor(issuer);
                if let Some(crl) = issuer.and_then(|issuer| self.revokes_authority(issuer)) {
                    revoked.insert(anchor.fingerprint, Untrusted::AuthorityRevoked);
                    lasting.push(Fingerprint::of(crl.as_der()));
                }
            }
        }
        let lasting = self
            .crls
            .iter()
            .filter(|crl| lasting.contains(&crl.sha256()));
        self.lasting.extend(lasting.cloned());
        revoked
    }

    /// The list is believed, not for its own fingerprint, and its signer or his CSCA is revoked.
    fn denounced_list(&self, waiting: &Waiting) -> Option<(Untrusted, &crate::crl::Crl)> {
        let is_list = matches!(
            waiting.object,
            Object::MasterList(_) | Object::DeviationList(_)
        );
        if !is_list || waiting.is_accepted_itself() {
            return None;
        }
        self.denounced(waiting.checks()?.signer.as_ref()?)
    }

    /// What a list vouches for goes with it, and the rest is gathered again.
    fn clear_trusted(&mut self) {
        self.anchors.clear();
        self.by_fingerprint.clear();
        self.by_key_identifier.clear();
        self.by_subject.clear();
        self.by_key.clear();
        self.deviation_lists.clear();
        self.crls.clone_from(&self.lasting);
        self.crls
            .sort_by_key(|crl| core::cmp::Reverse(crl.crl().this_update()));
        self.crls.dedup_by_key(|crl| crl.sha256());
    }

    fn held(&self) -> HashSet<Fingerprint> {
        let anchors = self.anchors.iter().map(|anchor| anchor.fingerprint);
        let crls = self
            .crls
            .iter()
            .map(super::revocation_lists::TrustedCrl::sha256);
        let lists = self.deviation_lists.iter().map(|list| list.origin().sha256);
        anchors.chain(crls).chain(lists).collect()
    }
}

/// Whether something was refused because of a revocation.
fn is_revocation(outcome: &Result<Received>) -> bool {
    matches!(
        outcome,
        Err(Error::Untrusted(
            Untrusted::ListSignerRevoked | Untrusted::AuthorityRevoked
        ))
    )
}
