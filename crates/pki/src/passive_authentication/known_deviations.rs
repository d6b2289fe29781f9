//! Deviation lists (Doc 9303-12 §10) applied to a document.
//!
//! The standard does not say what a reader does with a deviation. Here:
//!
//! * the trust store takes a list only when its signer is believed, and it speaks of documents of its own country only;
//! * it applies to a document by data that were signed, and never by those it is about;
//! * it excuses the wrong hash of a data group, except of EF.DG1, EF.DG2, EF.DG14 and EF.DG15; the group is neither shown nor
//!   used;
//! * a signature that fails, as the list says, is *undetermined*; a key that the list calls compromised proves nothing;
//! * everything else is told and changes nothing.

use std::collections::BTreeMap;

use lds::File;
use time::OffsetDateTime;

use super::{DataGroupResult, SignerReport};
use crate::certificate::Certificate;
use crate::check::{Cause, CheckResult};
use crate::deviation_list::{
    Description, DeviationList, DeviationType, DocumentFacts, Documents, LdsObject,
    ListedDeviation, SignerCriterion,
};
use crate::trust_store::{TrustAnchor, TrustStore, TrustedDeviationList};

/// Data groups whose wrong hash no list excuses: identity, face, and the keys of the chip.
const NEVER_TOLERATED: [File; 4] = [File::Dg1, File::Dg2, File::Dg14, File::Dg15];
/// Most deviations that are told of one document.
const MAX_KNOWN_DEVIATIONS: usize = 64;

/// What the issuing state says of this document, and what that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownDeviation {
    /// Whose list it is: the subject of its signer.
    pub list: String,
    /// What is wrong, and in which words.
    pub description: Description,
    /// What came of it.
    pub effect: Effect,
}

/// What a known deviation changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: it is told.
    Told,
    /// Nothing, because it could not be found out whether the document is one of those meant.
    NotSure,
    /// The data group is neither shown nor used, and its wrong hash does not count.
    GroupIgnored(File),
    /// The signature of EF.SOD failed and is undetermined.
    SecurityObjectUndetermined,
    /// The signature of the CSCA failed and is undetermined.
    IssuerUndetermined,
    /// Active authentication proves nothing.
    ActiveAuthenticationFailed,
}

impl core::fmt::Display for Effect {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Told => f.write_str("told, nothing changed"),
            Self::NotSure => f.write_str("not sure that this document is meant, nothing changed"),
            Self::GroupIgnored(file) => write!(f, "{} is neither shown nor used", file.name()),
            Self::SecurityObjectUndetermined => {
                f.write_str("the failed signature of EF.SOD is undetermined")
            }
            Self::IssuerUndetermined => {
                f.write_str("the failed signature of the CSCA is undetermined")
            }
            Self::ActiveAuthenticationFailed => f.write_str("active authentication proves nothing"),
        }
    }
}

impl core::fmt::Display for KnownDeviation {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(
            f,
            "deviation list of {}: {}",
            self.list,
            self.description.kind.oid()
        )?;
        if let Some(text) = &self.description.text {
            // The text is foreign: a control character in it could rewrite a terminal.
            let printable = |c: char| {
                if c.is_control() {
                    char::REPLACEMENT_CHARACTER
                } else {
                    c
                }
            };
            write!(f, " ({})", text.chars().map(printable).collect::<String>())?;
        }
        write!(f, "; {}", self.effect)
    }
}

/// The document that the lists are asked about.
pub(super) struct Document<'a> {
    /// Document code and number of EF.DG1.
    pub(super) code_and_number: Option<(String, String)>,
    /// Date of issue of a verified EF.DG12.
    pub(super) issued: Option<OffsetDateTime>,
    pub(super) results: &'a mut BTreeMap<File, DataGroupResult>,
    pub(super) signer: &'a mut SignerReport,
}

/// Applies every list of the store that speaks of the document.
pub(super) fn apply(document: &mut Document<'_>, trust_store: &TrustStore) -> Vec<KnownDeviation> {
    let mut known = Vec::new();
    for list in trust_store.deviation_lists() {
        if !speaks_of(list, document.signer) {
            continue;
        }
        for (documents, description, sure) in document.entries(list.list()) {
            if known.len() == MAX_KNOWN_DEVIATIONS {
                return known;
            }
            let effect = if sure {
                document.change(documents, &description.kind)
            } else {
                Effect::NotSure
            };
            known.push(KnownDeviation {
                list: list.origin().to_string(),
                description: description.clone(),
                effect,
            });
        }
    }
    known
}

/// Whether a list is of the country of the CSCA that was found, or else of the issuer that the document signer names.
fn speaks_of(list: &TrustedDeviationList, signer: &SignerReport) -> bool {
    let csca = signer.csca.as_ref().map(TrustAnchor::certificate);
    if let (Some(csca), Some(_)) = (csca, list.csca()) {
        return list.speaks_of(csca);
    }
    let named = signer.document_signer.as_ref().map(Certificate::issuer);
    let name = csca.map(Certificate::subject).or(named);
    let countries = (name.and_then(|name| name.country()), &list.origin().country);
    matches!(countries, (Some(one), Some(other)) if one.eq_ignore_ascii_case(other))
}

impl Document<'_> {
    /// What a list says of this document: with each, whether that is sure.
    fn entries<'l>(&self, list: &'l DeviationList) -> Vec<(&'l Documents, &'l Description, bool)> {
        let (verified, claimed) = (self.verified_facts(), self.claimed_facts());
        let digest = list.digest_algorithm();
        let covered = |entry: &ListedDeviation, description: &Description| {
            // Where a signature is what is wrong, nothing is signed; such a deviation only ever makes a failure undetermined.
            let facts = if is_about_signature(&description.kind) {
                &claimed
            } else {
                &verified
            };
            entry.documents.cover(facts, digest)
        };
        list.entries()
            .iter()
            .flat_map(|entry| entry.descriptions.iter().map(move |d| (entry, d)))
            .filter_map(|(entry, description)| match covered(entry, description) {
                Some(false) => None,
                sure => Some((&entry.documents, description, sure.is_some())),
            })
            .collect()
    }

    fn verified_facts(&self) -> DocumentFacts<'_> {
        let dg1_is_signed = self.signer.is_authentic()
            && self.results.get(&File::Dg1) == Some(&DataGroupResult::Identical);
        if dg1_is_signed {
            self.claimed_facts()
        } else {
            DocumentFacts {
                signer: self
                    .signer
                    .document_signer
                    .as_ref()
                    .filter(|_| self.signer.issuer.is_successful()),
                ..DocumentFacts::default()
            }
        }
    }

    fn claimed_facts(&self) -> DocumentFacts<'_> {
        let (code, number) = self
            .code_and_number
            .as_ref()
            .map(|(code, number)| (code.as_str(), number.as_str()))
            .unzip();
        DocumentFacts {
            document_type: code,
            signer: self.signer.document_signer.as_ref(),
            issuing_date: self.issued.or(self.signer.signing_time),
            document_number: number,
        }
    }

    fn change(&mut self, documents: &Documents, kind: &DeviationType) -> Effect {
        match kind {
            DeviationType::ActiveAuthenticationKeyCompromised => Effect::ActiveAuthenticationFailed,
            DeviationType::DataGroupHashWrong(Some(LdsObject::DataGroup(number))) => {
                File::dg(*number).map_or(Effect::Told, |file| self.ignore(file))
            }
            DeviationType::SodSignatureWrong
            | DeviationType::DataGroupMalformed(Some(LdsObject::Sod)) => self.excuse_signature(),
            DeviationType::DocumentSignerSignature => self.excuse_issuer(documents),
            _ => Effect::Told,
        }
    }

    fn ignore(&mut self, file: File) -> Effect {
        match self.results.get_mut(&file) {
            Some(result)
                if *result == DataGroupResult::NotIdentical && !NEVER_TOLERATED.contains(&file) =>
            {
                *result = DataGroupResult::KnownDeviation;
                Effect::GroupIgnored(file)
            }
            _ => Effect::Told,
        }
    }

    fn excuse_signature(&mut self) -> Effect {
        let mut effect = Effect::Told;
        for result in [&mut self.signer.hash, &mut self.signer.signature] {
            if matches!(result, CheckResult::Failed(_)) {
                *result = CheckResult::Undetermined(Cause::KnownDeviation);
                effect = Effect::SecurityObjectUndetermined;
            }
        }
        effect
    }

    /// Anybody can write a certificate of any issuer and serial number: only one that is named by its hash is excused.
    fn excuse_issuer(&mut self, documents: &Documents) -> Effect {
        let by_hash = matches!(
            documents.signer,
            Some(SignerCriterion::CertificateDigest(_))
        );
        match self.signer.issuer {
            CheckResult::Failed(Cause::NotIssuedByCsca) if by_hash => {
                self.signer.issuer = CheckResult::Undetermined(Cause::KnownDeviation);
                Effect::IssuerUndetermined
            }
            _ => Effect::Told,
        }
    }
}

const fn is_about_signature(kind: &DeviationType) -> bool {
    matches!(
        kind,
        DeviationType::SodSignatureWrong
            | DeviationType::DocumentSignerSignature
            | DeviationType::DataGroupMalformed(Some(LdsObject::Sod))
    )
}
