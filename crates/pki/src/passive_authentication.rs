//! Passive authentication (Doc 9303-11 §5.1.1, TR-03135-1 §5.6.4): is what the chip holds what its issuer signed, and is
//! the issuer one we trust? Every check has a result of its own; none is skipped because another one failed.

mod csca_deviations;
mod data_groups;
mod document_signer;
mod key_strength;
mod known_deviations;
mod usage_period;
mod verified_lds;

use std::collections::BTreeMap;

use lds::{Dg1, File, FileContent};
use mrz::Mrz;
use time::OffsetDateTime;

use crate::certificate::Certificate;
use crate::chain;
use crate::check::{Cause, CheckResult};
use crate::cms::SignedData;
use crate::deviation::{Deviation, DeviationKind};
use crate::revocation::{self, Revocation};
use crate::security_object::SecurityObject;
use crate::trust_store::{TrustAnchor, TrustStore};

pub use data_groups::{DataGroup, DataGroupResult};
pub use key_strength::{weak_key, weak_kind};
pub use known_deviations::{Effect, KnownDeviation};
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
    /// Whether the document was signed while the keys of document signer and CSCA were in use. Evaluatory: it says more
    /// about the issuer than about the document, and no other result rests on it.
    pub usage_period: CheckResult,
    /// Each data group by itself (TR-03135-1 §5.6.4.4.2).
    pub data_groups: BTreeMap<File, DataGroupResult>,
    /// What was accepted against the rules of the LDS security object.
    pub content_deviations: Vec<lds::Deviation>,
    /// What was accepted against the rules of the files, and in how EF.DG1 and EF.DG12 fit to the certificates.
    pub document_deviations: Vec<Deviation>,
    /// What the issuing state's deviation lists say of this document, and what that changed.
    pub known_deviations: Vec<KnownDeviation>,
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
    /// The list that decided about the document signer, and the entry if there is one.
    pub revocation_details: Revocation,
    /// Revocation of the CSCA certificate by another generation of the same CSCA. Of a root that nobody else has certified
    /// nothing can be said.
    pub csca_revocation: CheckResult,
    /// The certificate of the signer, if there is one.
    pub document_signer: Option<Certificate>,
    /// The trusted CSCA certificate that issued it.
    pub csca: Option<TrustAnchor>,
    /// When the signer says that he signed.
    pub signing_time: Option<OffsetDateTime>,
    /// What was accepted against the rules of CMS and certificates.
    pub deviations: Vec<Deviation>,
    /// What was accepted of the certificate of the CSCA, and of the revocation list; places are those in these objects.
    pub issuer_deviations: Vec<Deviation>,
}

impl Report {
    /// All data groups together: EF.DG1 and EF.DG2 are compared, and so is every other signed group that the terminal may
    /// read without terminal authentication. A group that was read and that nobody has signed makes it undetermined.
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

    /// The data that may be relied on: `None` unless hash, signature and issuer are all successful and no certificate is
    /// revoked.
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
            self.csca_is_not_revoked(),
        ])
    }

    /// The CSCA's revocation counts where there is one; that no list speaks of a CSCA is the rule.
    const fn csca_is_not_revoked(&self) -> CheckResult {
        match self.csca_revocation {
            CheckResult::Failed(cause) => CheckResult::Failed(cause),
            _ => CheckResult::Successful,
        }
    }

    /// Whether a trusted issuer's signer, whom nobody has revoked, signed exactly this content.
    #[must_use]
    pub fn is_authentic(&self) -> bool {
        let revoked = [self.revocation, self.csca_revocation]
            .iter()
            .any(|result| matches!(result, CheckResult::Failed(_)));
        !revoked && CheckResult::together([self.hash, self.signature, self.issuer]).is_successful()
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
    let mut results = data_groups::compare(hashes, &data_groups);
    let mut found: Vec<DeviationKind> = data_groups::padded(&data_groups).collect();
    let dg12 = |of: &BTreeMap<File, DataGroupResult>| of.get(&File::Dg12).copied();
    let issued = usage_period::date_of_issue(dg12(&results), data_groups.get(&File::Dg12));
    let known_deviations = known_deviations::apply(
        &mut known_deviations::Document {
            code_and_number: dg1
                .as_ref()
                .map(|mrz| (mrz.document_code().to_owned(), mrz.document_number())),
            issued: issued.map(|day| day.midnight().assume_utc()),
            results: &mut results,
            signer: &mut signer,
        },
        trust_store,
    );
    let verified = signer
        .is_authentic()
        .then(|| VerifiedLds::new(&results, data_groups, hashes));
    let issuing_state = document_signer::check_issuing_state(dg1.as_ref(), &signer, &mut found);
    let usage_period = usage_period::check(&signer, issued, &mut found);
    Report {
        issuing_state,
        document_type: document_signer::check_document_type(dg1.as_ref(), &mut signer),
        usage_period,
        data_groups: results,
        content_deviations: security_object.content_deviations().to_vec(),
        document_deviations: found.into_iter().map(Deviation::from).collect(),
        known_deviations,
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
    let checks = signed_data.verify_with(|identifier| {
        trust_store
            .document_signers_named(identifier)
            .collect::<Vec<_>>()
    });
    let mut deviations: Vec<Deviation> = signed_data.deviations().to_vec();
    deviations.extend(checks.deviations.into_iter().map(Deviation::from));
    let mut report = SignerReport {
        hash: checks.hash,
        signature: checks.signature,
        issuer: CheckResult::Undetermined(Cause::NoSignerCertificate),
        document_signer_validity: CheckResult::Undetermined(Cause::NoSignerCertificate),
        csca_validity: CheckResult::Undetermined(Cause::NoCsca),
        revocation: CheckResult::Undetermined(Cause::NoRevocationInformation),
        revocation_details: Revocation::unknown(),
        csca_revocation: CheckResult::Undetermined(Cause::NoRevocationInformation),
        document_signer: None,
        csca: None,
        signing_time: checks.signing_time,
        deviations,
        issuer_deviations: Vec::new(),
    };
    if let Some(certificate) = checks.signer {
        report.find_issuer(certificate, trust_store, now);
    }
    report
}

impl SignerReport {
    /// From the signer's certificate to the CSCA: signature, role, validity, revocation.
    fn find_issuer(
        &mut self,
        certificate: Certificate,
        trust_store: &TrustStore,
        now: OffsetDateTime,
    ) {
        let search = chain::issuer(&certificate, trust_store);
        let role = document_signer::check_role(&certificate, &mut self.deviations);
        let withdrawn = match trust_store.is_withdrawn(&certificate) {
            true => CheckResult::Failed(Cause::Withdrawn),
            false => CheckResult::Successful,
        };
        self.issuer = CheckResult::together([withdrawn, search.result, role]);
        self.deviations
            .extend(search.deviations.into_iter().map(Deviation::from));
        self.deviations
            .extend(csca_deviations::unknown_extensions(&certificate));
        self.deviations
            .extend(key_strength::of_certificate(&certificate).map(Deviation::from));
        self.document_signer_validity = check_validity(&certificate, now);
        if let Some(anchor) = &search.anchor {
            let csca = anchor.certificate();
            self.csca_validity = check_validity(csca, now);
            self.issuer_deviations = csca_deviations::of(csca, &certificate);
            self.check_revocation(&certificate, anchor, trust_store, now);
        }
        self.csca = search.anchor;
        self.document_signer = Some(certificate);
    }

    fn check_revocation(
        &mut self,
        certificate: &Certificate,
        csca: &TrustAnchor,
        trust_store: &TrustStore,
        now: OffsetDateTime,
    ) {
        let mut found = revocation::check(certificate, csca, trust_store, now);
        self.revocation = found.result;
        self.issuer_deviations.append(&mut found.deviations);
        self.revocation_details = found;
        // A list speaks of its issuer's certificates: of the CSCA's own where it is a root, and of links to its successors.
        // Whichever certificate of the key it names, the key is revoked.
        let own = revocation::check_authority(csca, trust_store, now);
        self.csca_revocation = own.result;
    }
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
