//! What is withdrawn, in whatever form it comes again.
//!
//! The bytes of a signed object are no name for it: the signature can be written otherwise and still hold, and so can
//! lengths and what is beside the signed part. So an object is withdrawn by several marks, of which one is enough: SHA-256
//! of the bytes; of the signed part in DER; for a certificate also of its name and key; for a list of its content.

use std::collections::BTreeSet;

use crypto::EcParameters;

use super::document_signers::DocumentSigners;
use super::intake::Waiting;
use super::object::Object;
use super::{Fingerprint, TrustAnchor, TrustStore};
use crate::ber::to_der;
use crate::certificate::Certificate;
use crate::crl::Crl;
use crate::master_list::MasterList;

impl TrustStore {
    /// Withdraws for good whatever bears this mark, with all that only it vouched for. Says whether the store held it.
    ///
    /// What the store holds under this fingerprint is withdrawn in all its forms; see [`Self::marks_of`].
    pub fn withdraw(&mut self, fingerprint: Fingerprint) -> bool {
        self.withdrawn.extend(self.marks_of(&fingerprint));
        let mut anchors = self.anchors.iter();
        let held = anchors.any(|anchor| self.is_withdrawn(&anchor.certificate))
            || self.taken.iter().any(|taken| {
                let signer = taken.checks().and_then(|checks| checks.signer.as_ref());
                self.bears_withdrawn(&marks_of_object(&taken.object, taken.sha256))
                    || signer.is_some_and(|signer| self.is_withdrawn(signer))
            });
        if held {
            self.settle_anew();
        }
        self.drop_withdrawn_signers() || held
    }

    /// Says whether there were any.
    fn drop_withdrawn_signers(&mut self) -> bool {
        let all = self.document_signers();
        let (out, stay): (Vec<_>, Vec<_>) = all
            .iter()
            .partition(|certificate| self.is_withdrawn(certificate));
        if out.is_empty() {
            return false;
        }
        self.document_signers = DocumentSigners::of(stay.into_iter().cloned());
        true
    }

    /// By what an object of the store is known in any form that it can be given, its fingerprint among them. To withdraw
    /// it from another store, withdraw all of them.
    #[must_use]
    pub fn marks_of(&self, fingerprint: &Fingerprint) -> BTreeSet<Fingerprint> {
        let mut marks = BTreeSet::from([*fingerprint]);
        let signer = self.document_signers.with_fingerprint(fingerprint);
        let anchor = self.anchor(fingerprint).map(TrustAnchor::certificate);
        for certificate in anchor.into_iter().chain(signer) {
            marks.extend(marks_of_certificate(certificate));
        }
        let kept = self.kept_out.iter().map(|kept| kept.waiting.as_ref());
        let all = || self.taken.iter().chain(kept.clone());
        let mut found: Vec<&Waiting> = all()
            .filter(|waiting| waiting.sha256 == *fingerprint)
            .collect();
        if found.is_empty() {
            // A file around one object is that object; of a file of several each is withdrawn by itself.
            found.extend(all().filter(|waiting| waiting.file == *fingerprint));
            found.dedup_by_key(|waiting| waiting.sha256);
            let signers: Vec<&Certificate> = self.document_signers.of_file(fingerprint).collect();
            match (found.as_slice(), signers.as_slice()) {
                ([], [signer]) => marks.extend(marks_of_certificate(signer)),
                ([_], []) => {}
                _ => found.clear(),
            }
        }
        for waiting in found {
            marks.extend(marks_of_object(&waiting.object, waiting.sha256));
        }
        marks
    }

    /// Whether a certificate was withdrawn, in this or another form.
    pub(crate) fn is_withdrawn(&self, certificate: &Certificate) -> bool {
        !self.withdrawn.is_empty() && self.bears_withdrawn(&marks_of_certificate(certificate))
    }

    pub(super) fn is_withdrawn_object(&self, object: &Object, sha256: Fingerprint) -> bool {
        !self.withdrawn.is_empty() && self.bears_withdrawn(&marks_of_object(object, sha256))
    }

    fn bears_withdrawn(&self, marks: &[Fingerprint]) -> bool {
        marks.iter().any(|mark| self.withdrawn.contains(mark))
    }
}

fn marks_of_object(object: &Object, sha256: Fingerprint) -> Vec<Fingerprint> {
    let mut marks = match object {
        Object::Csca(certificate) | Object::DocumentSigner(certificate) => {
            marks_of_certificate(certificate)
        }
        Object::Crl(crl) => marks_of_crl(crl),
        Object::MasterList(list) => marks_of_master_list(list),
        Object::DeviationList(list) => vec![Fingerprint::of(list.signed_data().content())],
    };
    marks.push(sha256);
    marks
}

fn marks_of_certificate(certificate: &Certificate) -> Vec<Fingerprint> {
    let key = key_of(certificate);
    let name = certificate.subject().canonical().as_bytes();
    let length = name.len().to_be_bytes();
    let name_and_key = [b"name and key of a CSCA".as_slice(), &length, name, &key].concat();
    vec![
        Fingerprint::of_certificate(certificate),
        Fingerprint::of(&der_of(certificate.tbs_certificate())),
        Fingerprint::of(&name_and_key),
    ]
}

/// A key in one encoding: it has many, with named or explicit parameters, compressed or not.
pub(super) fn key_of(certificate: &Certificate) -> Vec<u8> {
    certificate
        .public_key()
        .ok()
        .and_then(|key| key.to_spki(EcParameters::Explicit).ok())
        .unwrap_or_else(|| der_of(certificate.subject_public_key_info()))
}

fn marks_of_crl(crl: &Crl) -> Vec<Fingerprint> {
    vec![
        Fingerprint::of(crl.as_der()),
        Fingerprint::of(&der_of(crl.tbs_cert_list())),
    ]
}

fn marks_of_master_list(list: &MasterList) -> Vec<Fingerprint> {
    let content = list.signed_data().map(crate::SignedData::content);
    content.map(Fingerprint::of).into_iter().collect()
}

fn der_of(bytes: &[u8]) -> Vec<u8> {
    to_der(bytes).unwrap_or_else(|_| bytes.to_vec())
}
