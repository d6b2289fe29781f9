//! Files of any kind, taken in together: what is trusted first vouches for what comes after it, in whatever order the
//! files were named.

use std::collections::HashSet;
use std::sync::Arc;

use super::object::Object;
use super::{
    Acceptance, Fingerprint, Intake, ObjectKind, Provenance, Receipt, Received, Trust, TrustStore,
    may_certify,
};
use crate::certificate::Certificate;
use crate::error::Untrusted;
use crate::ldif::Reader;
use crate::{Error, Result};

/// Most objects that wait in a store for somebody to vouch for them.
pub const MAX_KEPT_OUT: usize = 4096;
/// How often what was refused is tried again because more is trusted now: lists that vouch for signers of lists.
const MAX_ROUNDS: usize = 5;

/// A file that is offered to a store.
#[derive(Debug, Clone, Copy)]
pub struct Offered<'a> {
    /// Its content: a certificate, master list, deviation list or CRL in DER, BER or PEM, or an LDIF file of these.
    pub bytes: &'a [u8],
    /// Its name.
    pub source: &'a str,
    /// What somebody vouches for.
    pub acceptance: &'a Acceptance,
}

/// An object that nothing vouches for.
#[derive(Debug, Clone)]
pub struct KeptOut {
    waiting: Waiting,
    reason: Error,
}

/// An object on its way into the store.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub(super) object: Object,
    pub(super) source: Arc<str>,
    pub(super) sha256: Fingerprint,
    /// SHA-256 of the file it was in.
    pub(super) file: Fingerprint,
    pub(super) acceptance: Arc<Acceptance>,
    /// It was kept out before: nobody waits to hear that it still is.
    pub(super) again: bool,
}

impl KeptOut {
    /// What it is.
    #[must_use]
    pub const fn kind(&self) -> ObjectKind {
        self.waiting.object.kind()
    }

    /// The file, and the line in an LDIF file.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.waiting.source
    }

    /// SHA-256 of the object.
    #[must_use]
    pub const fn sha256(&self) -> Fingerprint {
        self.waiting.sha256
    }

    /// Why it is kept out.
    #[must_use]
    pub const fn reason(&self) -> &Error {
        &self.reason
    }
}

impl TrustStore {
    /// Takes in files of any kind together with what was kept out before. The order of the files does not matter: whatever
    /// vouches for something else comes first.
    pub fn take_in<'a>(&mut self, files: impl IntoIterator<Item = Offered<'a>>) -> Intake {
        let mut intake = Intake::default();
        let mut waiting = Vec::new();
        for offered in files {
            if Reader::recognises(offered.bytes) {
                self.read_ldif(&offered, &mut intake, &mut waiting);
            } else {
                self.read_objects(&offered, &mut intake, &mut waiting);
            }
        }
        self.settle(waiting, &mut intake);
        intake
    }

    fn read_objects(
        &mut self,
        offered: &Offered<'_>,
        intake: &mut Intake,
        waiting: &mut Vec<Waiting>,
    ) {
        let source: Arc<str> = offered.source.into();
        let file = Fingerprint::of(offered.bytes);
        match Object::read_file(offered.bytes) {
            Err(error) => intake.receipts.push(Receipt {
                kind: None,
                source,
                sha256: file,
                file,
                result: Err(error),
            }),
            Ok(objects) => {
                let several = Arc::new(offered.acceptance.inside(file));
                let whole = Arc::new(offered.acceptance.clone());
                for (bytes, object) in objects {
                    let sha256 = Fingerprint::of(&bytes);
                    let acceptance = if sha256 == file { &whole } else { &several };
                    let found = Waiting {
                        object,
                        source: source.clone(),
                        sha256,
                        file,
                        acceptance: acceptance.clone(),
                        again: false,
                    };
                    self.take_or_wait(found, intake, waiting);
                }
            }
        }
    }

    fn take_or_wait(&mut self, found: Waiting, intake: &mut Intake, waiting: &mut Vec<Waiting>) {
        match found.object {
            Object::DocumentSigner(certificate) => self.take_document_signer(certificate, intake),
            _ => waiting.push(found),
        }
    }

    pub(super) fn take_document_signer(&mut self, certificate: Certificate, intake: &mut Intake) {
        match self.document_signers.insert(certificate) {
            Ok(true) => intake.new_document_signers += 1,
            Ok(false) | Err(_) => intake.known_document_signers += 1,
        }
    }

    /// Tries everything that waits until nothing more is gained: certificates, then revocation lists, which may speak of
    /// the signers of lists, then the lists.
    pub(super) fn settle(&mut self, mut waiting: Vec<Waiting>, intake: &mut Intake) {
        let before = core::mem::take(&mut self.kept_out);
        waiting.extend(before.into_iter().map(|kept| Waiting {
            again: true,
            ..kept.waiting
        }));
        waiting.sort_by_key(|waiting| waiting.object.kind());
        let mut refused = Vec::new();
        let mut settled = HashSet::new();
        for round in 0..MAX_ROUNDS {
            let trusted = self.anchors.len();
            for found in core::mem::take(&mut waiting) {
                match self.take(&found) {
                    Ok(received) => {
                        settled.insert(found.sha256);
                        intake.receipts.push(found.receipt(Ok(received)));
                    }
                    Err(reason) => refused.push((found, reason)),
                }
            }
            if self.anchors.len() == trusted || round + 1 == MAX_ROUNDS {
                break;
            }
            waiting.extend(refused.drain(..).map(|(found, _)| found));
        }
        for (waiting, reason) in refused {
            if !waiting.again {
                intake.receipts.push(waiting.receipt(Err(reason.clone())));
            }
            // What came twice is settled, or waits, once.
            if settled.insert(waiting.sha256) && self.kept_out.len() < MAX_KEPT_OUT {
                self.kept_out.push(KeptOut { waiting, reason });
            }
        }
    }

    fn take(&mut self, waiting: &Waiting) -> Result<Received> {
        let Waiting {
            object,
            source,
            sha256,
            acceptance,
            ..
        } = waiting;
        let mut received = Received::default();
        let taken = match object {
            Object::Csca(certificate) => self.take_csca(certificate, waiting),
            Object::Crl(crl) => self.insert_crl(crl.as_ref().clone()),
            Object::MasterList(list) => {
                return self.insert_master_list(list, *sha256, source, acceptance);
            }
            Object::DeviationList(list) => {
                self.insert_deviation_list(list.as_ref().clone(), *sha256, acceptance)
            }
            Object::DocumentSigner(certificate) => {
                self.document_signers.insert(certificate.clone())
            }
        };
        received.count(*sha256, Ok(taken?));
        Ok(received)
    }

    /// A certificate by itself: trusted because somebody says so, or because a CSCA of the store has signed it.
    fn take_csca(&mut self, certificate: &Certificate, waiting: &Waiting) -> Result<bool> {
        let fingerprint = Fingerprint::of_certificate(certificate);
        let statement = waiting.acceptance.of(&[fingerprint, waiting.sha256]);
        if let Some(statement) = statement {
            let provenance = Provenance {
                source: waiting.source.clone(),
                trust: Trust::OutOfBand(statement.clone()),
            };
            return self.insert(certificate.clone(), provenance);
        }
        if self.by_fingerprint.contains_key(&fingerprint) {
            return Ok(false);
        }
        let refused = match waiting.acceptance.as_ref() {
            Acceptance::Fingerprints { .. } => Untrusted::OtherFingerprint,
            _ => Untrusted::LinkWithoutIssuer,
        };
        if certificate.is_self_issued() && !may_certify(certificate) {
            return Err(Error::Untrusted(refused));
        }
        match self.insert_link(certificate.clone(), &waiting.source) {
            Err(Error::Untrusted(Untrusted::LinkWithoutIssuer)) => Err(Error::Untrusted(refused)),
            taken => taken,
        }
    }
}

impl Waiting {
    fn receipt(&self, result: Result<Received>) -> Receipt {
        Receipt {
            kind: Some(self.object.kind()),
            source: self.source.clone(),
            sha256: self.sha256,
            file: self.file,
            result,
        }
    }
}
