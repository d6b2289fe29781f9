//! Passive authentication (Doc 9303-11 §5.1.1, TR-03135-1 §5.6.4): is what the chip holds what its issuer signed, and is
//! the issuer one we trust? Every check has a result of its own; none is skipped because another one failed.

mod data_groups;
mod document_signer;
mod verified_lds;

use std::collections::BTreeMap;

use lds::{Dg1, File, FileContent};
use mrz::Mrz;
use time::OffsetDateTime;

use crate::certificate::Certificate;
use crate::chain;
use crate::check::{Cause, CheckResult};
use crate::cms::SignedData;
use crate::deviation::Deviation;
use crate::security_object::SecurityObject;
use crate::trust_store::{TrustAnchor, TrustStore};

pub use data_groups::{DataGroup, DataGroupResult};
pub use verified_lds::VerifiedLds;

/// The results of passive authentication.
#[derive(Debug, Clone)]
pub struct Report {
    /// Signature, signer and his issuer.
    pub signer: SignerReport,
    /// Issuing state of EF.DG1 against the countries of document signer and CSCA (TR-03135-1 §5.6.4.5).
    pub issuing_state: CheckResult,
    /// Document code of EF.DG1 against the DocumentType list of the document signer (Doc 9303-12 §7.1.1.6).
    pub document_type: CheckResult,
    /// Each data group by itself (TR-03135-1 §5.6.4.4.2).
    pub data_groups: BTreeMap<File, DataGroupResult>,
    /// What was accepted against the rules of the LDS security object.
    pub content_deviations: Vec<lds::Deviation>,
    verified: Option<VerifiedLds>,
}

/// The results for a signed object, whatever it says: who signed it, and whether he may be believed.
#[derive(Debug, Clone)]
pub struct SignerReport {
    /// Message digest against the content (TR-03135-1 §5.6.4.2.2).
    pub hash: CheckResult,
    /// Signature of the document signer (TR-03135-1 §5.6.4.2.2).
    pub signature: CheckResult,
    /// Signature of a trusted CSCA on a certificate that is a document signer's (TR-03135-1 §5.6.4.3.3).
    pub issuer: CheckResult,
    /// Validity of the document signer certificate now (TR-03135-1 §5.6.4.3.4).
    pub document_signer_validity: CheckResult,
    /// Validity of the CSCA certificate now (TR-03135-1 §5.6.4.3.4).
    pub csca_validity: CheckResult,
    /// Revocation of the document signer certificate (TR-03135-1 §5.6.4.3.5).
    pub revocation: CheckResult,
    /// The certificate of the signer, if there is one.
    pub document_signer: Option<Certificate>,
    /// The trusted CSCA certificate that issued it.
    pub csca: Option<TrustAnchor>,
    /// When the signer says that he signed.
    pub signing_time: Option<OffsetDateTime>,
    /// What was accepted against the rules of CMS and certificates.
    pub deviations: Vec<Deviation>,
}

impl Report {
    /// All data groups together: EF.DG1 and EF.DG2 are compared, and so is every other signed group that the terminal may
    /// read without terminal authentication.
    #[must_use]
    pub fn data_groups_together(&self) -> CheckResult {
        data_groups::together(&self.data_groups)
    }

    /// Everything together, fail closed: what is undetermined, such as revocation without a list, leaves the whole
    /// undetermined. A document signer without DocumentType list, as older profiles had it, takes nothing away.
    #[must_use]
    pub fn together(&self) -> CheckResult {
        let document_type = match self.document_type {
            CheckResult::NotSupported(_) => CheckResult::Successful,
            result => result,
        };
        CheckResult::together([
            self.signer.together(),
            self.data_groups_together(),
            self.issuing_state,
            document_type,
        ])
    }

    /// The data that may be relied on: `None` unless hash, signature and issuer are all successful.
    #[must_use]
    pub const fn verified_lds(&self) -> Option<&VerifiedLds> {
        self.verified.as_ref()
    }

    /// As [`Self::verified_lds`], taken out of the report.
    #[must_use]
    pub fn into_verified_lds(self) -> Option<VerifiedLds> {
        self.verified
    }
}

impl SignerReport {
    /// Everything about the signer together.
    #[must_use]
    pub fn together(&self) -> CheckResult {
        CheckResult::together([
            self.hash,
            self.signature,
            self.issuer,
            self.document_signer_validity,
            self.csca_validity,
            self.revocation,
        ])
    }

    /// Whether a trusted issuer's signer signed exactly this content.
    #[must_use]
    pub fn is_authentic(&self) -> bool {
        CheckResult::together([self.hash, self.signature, self.issuer]).is_successful()
    }
}

/// Authenticates what was read from a chip. `data_groups` says of each file what became of it; a signed group that is not
/// mentioned counts as not read.
#[must_use]
pub fn authenticate(
    security_object: &SecurityObject,
    data_groups: BTreeMap<File, DataGroup>,
    trust_store: &TrustStore,
    now: OffsetDateTime,
) -> Report {
    let mut signer = authenticate_signer(security_object.signed_data(), trust_store, now);
    signer
        .deviations
        .splice(0..0, security_object.deviations().iter().copied());
    let dg1 = read_dg1(&data_groups);
    let hashes = security_object.lds_security_object();
    let results = data_groups::compare(hashes, &data_groups);
    let verified = signer
        .is_authentic()
        .then(|| VerifiedLds::new(&results, data_groups, hashes));
    Report {
        issuing_state: document_signer::check_issuing_state(dg1.as_ref(), &signer),
        document_type: document_signer::check_document_type(dg1.as_ref(), &mut signer),
        data_groups: results,
        content_deviations: security_object.content_deviations().to_vec(),
        verified,
        signer,
    }
}

/// Authenticates the signer of a CMS object: EF.SOD, EF.CardSecurity.
#[must_use]
pub fn authenticate_signer(
    signed_data: &SignedData,
    trust_store: &TrustStore,
    now: OffsetDateTime,
) -> SignerReport {
    let checks = signed_data.verify();
    let mut deviations: Vec<Deviation> = signed_data.deviations().to_vec();
    deviations.extend(checks.deviations.into_iter().map(Deviation::from));
    let mut report = SignerReport {
        hash: checks.hash,
        signature: checks.signature,
        issuer: CheckResult::Undetermined(Cause::NoSignerCertificate),
        document_signer_validity: CheckResult::Undetermined(Cause::NoSignerCertificate),
        csca_validity: CheckResult::Undetermined(Cause::NoCsca),
        revocation: CheckResult::Undetermined(Cause::NoRevocationInformation),
        document_signer: None,
        csca: None,
        signing_time: checks.signing_time,
        deviations,
    };
    let Some(certificate) = checks.signer else {
        return report;
    };
    let search = chain::issuer(&certificate, trust_store);
    let role = document_signer::check_role(&certificate, &mut report.deviations);
    report.issuer = CheckResult::together([search.result, role]);
    report
        .deviations
        .extend(search.deviations.into_iter().map(Deviation::from));
    report.document_signer_validity = check_validity(&certificate, now);
    if let Some(anchor) = &search.anchor {
        report.csca_validity = check_validity(anchor.certificate(), now);
    }
    report.csca = search.anchor;
    report.document_signer = Some(certificate);
    report
}

fn check_validity(certificate: &Certificate, now: OffsetDateTime) -> CheckResult {
    let validity = certificate.validity();
    if now < validity.not_before {
        CheckResult::Failed(Cause::NotYetValid)
    } else if now > validity.not_after {
        CheckResult::Failed(Cause::Expired)
    } else {
        CheckResult::Successful
    }
}

fn read_dg1(data_groups: &BTreeMap<File, DataGroup>) -> Option<Mrz> {
    match data_groups.get(&File::Dg1)? {
        DataGroup::Read(read) => Some(Dg1::parse(read.as_bytes()).ok()?.value.mrz().clone()),
        DataGroup::NotRead | DataGroup::NotOnChip => None,
    }
}
