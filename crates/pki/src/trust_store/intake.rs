//! Files of any kind, taken in together: what is trusted first vouches for what comes after it, in whatever order the
//! files were named.

use std::sync::{Arc, OnceLock};

use time::OffsetDateTime;

use super::object::Object;
use super::{
    Acceptance, Fingerprint, Intake, ObjectKind, Provenance, Receipt, Received, Trust, TrustStore,
    examination::names_itself, is_csca, may_certify,
};
use crate::certificate::Certificate;
use crate::cms::{SignedData, SignedDataChecks};
use crate::error::Untrusted;
use crate::ldif::Reader;
use crate::{Error, Result};

/// Most objects that wait in a store for somebody to vouch for them.
pub const MAX_KEPT_OUT: usize = 4096;

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
    pub(super) waiting: Arc<Waiting>,
    pub(super) reason: Error,
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
    /// What its signatures give, once that was asked.
    checks: OnceLock<Option<SignedDataChecks>>,
}

impl KeptOut {
    /// What it is.
    #[must_use]
    pub fn kind(&self) -> ObjectKind {
        self.waiting.object.kind()
    }

    /// The file, and the line in an LDIF file.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.waiting.source
    }

    /// SHA-256 of the object.
    #[must_use]
    pub fn sha256(&self) -> Fingerprint {
        self.waiting.sha256
    }

    /// Why it is kept out.
    #[must_use]
    pub const fn reason(&self) -> &Error {
        &self.reason
    }
}

impl TrustStore {
    /// Says when a file came in, to be called before the file is offered. A signed list in it is then judged by that time,
    /// too: a signing time is the signer's word. Of several times for one file the earliest counts.
    pub fn note_receipt(&mut self, file: Fingerprint, at: OffsetDateTime) {
        let known = self.received.entry(file).or_insert(at);
        *known = at.min(*known);
    }

    /// Takes in files of any kind together with what was kept out before. The order of the files does not matter, nor whether
    /// they come together or one after the other: whatever vouches for something else comes first, and what is revoked
    /// vouches for nothing. A receipt that refuses what the store held says that it was given up.
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
                    let found =
                        Waiting::new(object, source.clone(), sha256, file, acceptance.clone());
                    self.take_or_wait(found, intake, waiting);
                }
            }
        }
    }

    fn take_or_wait(&mut self, found: Waiting, intake: &mut Intake, waiting: &mut Vec<Waiting>) {
        match found.object {
            Object::DocumentSigner(certificate) => {
                let place = (found.source, found.file);
                self.take_document_signer(certificate, place, intake);
            }
            _ => waiting.push(found),
        }
    }

    pub(super) fn take_document_signer(
        &mut self,
        certificate: Certificate,
        (source, file): (Arc<str>, Fingerprint),
        intake: &mut Intake,
    ) {
        let sha256 = Fingerprint::of_certificate(&certificate);
        match self.insert_document_signer(certificate) {
            Ok(true) => intake.new_document_signers += 1,
            Ok(false) => intake.known_document_signers += 1,
            // Nobody must take it for added.
            Err(error) => {
                return intake.receipts.push(Receipt {
                    kind: Some(ObjectKind::DocumentSigner),
                    source,
                    sha256,
                    file,
                    result: Err(error),
                });
            }
        }
        self.document_signers.note_file(file, sha256);
        intake.document_signer_files.insert(file);
    }

    /// Takes what is no master list, if it is vouched for.
    pub(super) fn take(&mut self, waiting: &Waiting) -> Result<Received> {
        if self.is_withdrawn_object(&waiting.object, waiting.sha256) {
            return Err(Error::Untrusted(Untrusted::Withdrawn));
        }
        let mut received = Received::default();
        let taken = match &waiting.object {
            Object::Csca(certificate) => self.take_csca(certificate, waiting)?,
            Object::Crl(crl) => self.insert_crl(crl.as_ref())?,
            Object::MasterList(_) => {
                let believed = self.believe_master_list(waiting)?;
                return Ok(self.insert_master_list(waiting, &believed));
            }
            Object::DeviationList(list) => self.insert_deviation_list(list, waiting)?,
            Object::DocumentSigner(certificate) => {
                self.insert_document_signer(certificate.clone())?
            }
        };
        received.count(waiting.sha256, Ok(taken));
        Ok(received)
    }

    /// A certificate by itself: trusted because somebody says so, or because a CSCA of the store has signed it.
    fn take_csca(&mut self, certificate: &Certificate, waiting: &Waiting) -> Result<bool> {
        if !is_csca(certificate) {
            return Err(Error::Untrusted(Untrusted::NotACertificationAuthority));
        }
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
            _ if names_itself(certificate) => Untrusted::RootUnvouched,
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
    pub(super) fn new(
        object: Object,
        source: Arc<str>,
        sha256: Fingerprint,
        file: Fingerprint,
        acceptance: Arc<Acceptance>,
    ) -> Self {
        Self {
            object,
            source,
            sha256,
            file,
            acceptance,
            checks: OnceLock::new(),
        }
    }

    /// A certificate or revocation list that came as a file of its own.
    pub(super) fn by_itself(object: Object, source: &str, acceptance: &Acceptance) -> Self {
        let sha256 = match &object {
            Object::Csca(certificate) | Object::DocumentSigner(certificate) => {
                Fingerprint::of_certificate(certificate)
            }
            Object::Crl(crl) => Fingerprint::of(crl.as_der()),
            Object::MasterList(_) | Object::DeviationList(_) => Fingerprint::of(&[]),
        };
        Self::of_file(object, sha256, source, acceptance)
    }

    /// The object of a file of this hash.
    pub(super) fn of_file(
        object: Object,
        sha256: Fingerprint,
        source: &str,
        acceptance: &Acceptance,
    ) -> Self {
        let acceptance = Arc::new(acceptance.clone());
        Self::new(object, source.into(), sha256, sha256, acceptance)
    }

    /// What the signature of a signed list gives; `None` without one.
    pub(super) fn checks(&self) -> Option<&SignedDataChecks> {
        let checks = self.checks.get_or_init(|| match &self.object {
            Object::MasterList(list) => list.signed_data().map(SignedData::verify),
            Object::DeviationList(list) => Some(list.signed_data().verify()),
            _ => None,
        });
        checks.as_ref()
    }

    /// Whether somebody has compared the fingerprint of exactly this object.
    pub(super) fn is_accepted_itself(&self) -> bool {
        self.acceptance.by_fingerprint(&[self.sha256]).is_some()
    }

    pub(super) fn receipt(&self, result: Result<Received>) -> Receipt {
        Receipt {
            kind: Some(self.object.kind()),
            source: self.source.clone(),
            sha256: self.sha256,
            file: self.file,
            result,
        }
    }
}
