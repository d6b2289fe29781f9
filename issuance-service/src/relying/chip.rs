//! A chip that was read somewhere: was it issued here, is it valid, are its data those that were signed?
//!
//! A reader sends what it has: EF.SOD, or its SHA-256 alone, with the fingerprint of the document signer and the hashes of the data groups.
//! The register knows every EF.SOD it has ever signed by its SHA-256, so who sends all of it need not be believed: it is the same octets
//! or it is not ours. What the register is told of the chip itself (active or chip authentication) only the reader can know; it is passed
//! through into the verdict and named as the reader's.

use std::collections::BTreeMap;

use access::Permission;
use audit_log::Token;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use pki::SecurityObject;
use pki::security_object::MAX_SECURITY_OBJECT_LEN;
use register::document::{Document, EndReason, Stage};
use register::store::{Change, Store};
use register::{Digest, Documents, Key};
use serde::{Deserialize, Serialize};
use status_list::Shard;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::audit::Told;
use super::{Fault, Party, RelyingDesk, Result, status};

/// Octets of a hash of a data group at most: SHA-512.
const MAX_HASH: usize = 64;
/// Data groups of a chip at most.
const MAX_GROUPS: usize = 16;

/// What a reader has.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChipRequest)]
pub struct Request {
    /// EF.SOD as it was read, in base64.
    #[schema(max_length = 349528)]
    #[serde(default)]
    pub security_object: Option<String>,
    /// Or only its SHA-256, in hexadecimal digits.
    #[schema(pattern = "^[0-9a-fA-F]{64}$")]
    #[serde(default)]
    pub security_object_sha256: Option<String>,
    /// SHA-256 of the certificate of the document signer, in hexadecimal digits.
    #[schema(pattern = "^[0-9a-fA-F]{64}$")]
    #[serde(default)]
    pub document_signer_sha256: Option<String>,
    /// Hashes of the data groups that were read, in hexadecimal digits, by number: with the hash of EF.SOD.
    #[schema(example = json!({ "1": "00", "2": "00" }))]
    #[serde(default)]
    pub data_groups: BTreeMap<String, String>,
    /// What the reader found of the chip itself.
    #[serde(default)]
    pub chip_genuine: Found,
    /// The purpose: a word of the agreement.
    #[schema(max_length = 64, example = "border-check")]
    pub purpose: String,
    /// The reference of the holder's consent at the party.
    #[schema(max_length = 160)]
    #[serde(default)]
    pub consent: Option<String>,
}

/// What came of a check.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ChipFinding)]
pub enum Found {
    /// Done and good.
    Passed,
    /// Done and bad.
    Failed,
    /// Not done.
    #[default]
    NotDone,
}

/// Whether the document may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentStatus {
    /// It is in its holder's hand, or on the way there, and valid.
    Valid,
    /// Not for the moment.
    Suspended,
    /// Not any more.
    Ended,
    /// It is still being made, or never came into the field.
    NotInField,
    /// This register did not issue it.
    Unknown,
}

/// Why a document has ended, as far as others need to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EndClass {
    /// Lost or stolen: whoever shows it has found it, or worse.
    LostOrStolen,
    /// Another one has taken its place.
    Replaced,
    /// Taken from the holder, or the holder has died.
    Withdrawn,
    /// Its time is over.
    Expired,
    /// Damaged, or never collected.
    Unusable,
}

/// The whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ChipConclusion)]
pub enum Conclusion {
    /// Issued here, unchanged, valid. Whether the chip is the one it was issued with, `chip_genuine` says.
    Valid,
    /// Issued here and unchanged, and not valid now.
    NotValid,
    /// Not issued here, or not as it was issued.
    NotGenuine,
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ChipAnswer)]
pub struct Answer {
    /// The whole.
    pub overall: Conclusion,
    /// Whether this register has signed this EF.SOD.
    pub issued: bool,
    /// Whether the document may be used.
    pub status: DocumentStatus,
    /// Why it has ended.
    pub ended: Option<EndClass>,
    /// Whether the document signer is the one that signed it.
    pub document_signer: Found,
    /// Whether EF.SOD holds together: hash and signature.
    pub signature: Found,
    /// Each data group that was sent.
    #[schema(value_type = BTreeMap<String, Found>)]
    pub data_groups: BTreeMap<u8, Found>,
    /// What the reader said of the chip itself: nobody here has looked.
    pub chip_genuine: Found,
    /// Where the document stands in the status lists, for later checks off line.
    pub status_list: Option<StatusPlace>,
}

/// The place of a document in the status lists (draft-ietf-oauth-status-list-21 §6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StatusPlace {
    /// The index.
    pub idx: u32,
    /// The address of the list.
    pub uri: String,
}

/// A request that was read.
struct Checked {
    digest: Digest,
    object: Option<SecurityObject>,
    signer: Option<Digest>,
    groups: BTreeMap<u8, Vec<u8>>,
    consent: Option<Token>,
}

impl Request {
    fn check(&self, party: &Party) -> Result<Checked> {
        if !party.agreement.has_purpose(&self.purpose) {
            return Err(Fault::NotAgreed("purpose"));
        }
        let digest = |text: &Option<String>, what| match text {
            Some(text) => {
                let octets = hex::decode(text).ok();
                let digest = octets.as_deref().and_then(Digest::from_octets);
                digest.map(Some).ok_or(Fault::Content(what))
            }
            None => Ok(None),
        };
        let given = digest(&self.security_object_sha256, "security_object_sha256")?;
        let (digest_of_object, object) = self.object()?.unzip();
        let digest_of_both = match (given, digest_of_object) {
            (Some(given), Some(own)) if given != own => {
                return Err(Fault::Content("security_object_sha256"));
            }
            (given, own) => own.or(given).ok_or(Fault::Content("security_object"))?,
        };
        let consent = self.consent.as_deref().map(Token::new).transpose();
        let consent = consent.map_err(|_| Fault::Content("consent"))?;
        if party.agreement.consent_needed && consent.is_none() {
            return Err(Fault::Content("consent"));
        }
        Ok(Checked {
            digest: digest_of_both,
            object: object.flatten(),
            signer: digest(&self.document_signer_sha256, "document_signer_sha256")?,
            groups: self.groups()?,
            consent,
        })
    }

    /// EF.SOD with its digest. One that cannot be read is still compared by its digest.
    fn object(&self) -> Result<Option<(Digest, Option<SecurityObject>)>> {
        let Some(text) = &self.security_object else {
            return Ok(None);
        };
        let octets = BASE64
            .decode(text)
            .map_err(|_| Fault::Content("security_object"))?;
        if octets.is_empty() || octets.len() > MAX_SECURITY_OBJECT_LEN {
            return Err(Fault::Content("security_object"));
        }
        Ok(Some((
            Digest::of(&octets),
            SecurityObject::parse(&octets).ok(),
        )))
    }

    fn groups(&self) -> Result<BTreeMap<u8, Vec<u8>>> {
        let refused = || Fault::Content("data_groups");
        if self.data_groups.len() > MAX_GROUPS {
            return Err(refused());
        }
        let group = |(number, hash): (&String, &String)| {
            let read: u8 = number
                .parse()
                .ok()
                .filter(|read| (1..=16).contains(read))
                .ok_or_else(refused)?;
            let hash = hex::decode(hash).map_err(|_| refused())?;
            let fits = (1..=MAX_HASH).contains(&hash.len()) && read.to_string() == *number;
            if fits {
                Ok((read, hash))
            } else {
                Err(refused())
            }
        };
        self.data_groups.iter().map(group).collect()
    }
}

impl<S: Store> RelyingDesk<S> {
    /// Checks a chip.
    ///
    /// # Errors
    /// [`Fault::NotAgreed`], [`Fault::Content`], [`Fault::TooOften`]; they are audited.
    pub async fn check_chip(
        &self,
        party: &Party,
        request: &Request,
        now: OffsetDateTime,
    ) -> Result<Answer> {
        let answer = self.look_up_chip(party, request, now).await;
        if let Err(fault) = &answer {
            self.refuse(party, Permission::VerifyChip, fault, now)
                .await?;
        }
        answer
    }

    async fn look_up_chip(
        &self,
        party: &Party,
        request: &Request,
        now: OffsetDateTime,
    ) -> Result<Answer> {
        if !party.agreement.chips {
            return Err(Fault::NotAgreed("chips"));
        }
        self.pace.admit(party.id, party.agreement.per_minute, now)?;
        let checked = request.check(party)?;
        let documents = Documents::new(self.store.clone());
        let job = documents
            .find(&Key::SecurityObject(checked.digest.clone()))
            .await?
            .unwrap_or(Uuid::nil());
        let document = documents.history(job).await?.document();
        let place = status::place(&self.store, job).await?;
        let answer = self.chip_answer(&checked, document.as_ref(), place, request.chip_genuine);
        let mut change = Change::new(now);
        Told {
            purpose: Some(&request.purpose),
            consent: checked.consent.as_ref(),
            ..Told::done(Permission::VerifyChip, ("document", job))
        }
        .put(&mut change, party)?;
        change.tally("relying/chips");
        self.store.commit(&change).await?;
        Ok(answer)
    }

    fn chip_answer(
        &self,
        checked: &Checked,
        document: Option<&Document>,
        place: Option<Shard>,
        chip_genuine: Found,
    ) -> Answer {
        let (status, ended) = status_of(document);
        let issued = document.is_some();
        let signed = document.and_then(Document::signature);
        // A certificate out of EF.SOD counts as what the reader has, if the reader names none.
        let in_object = checked.object.as_ref().and_then(signer_in);
        let signer = checked.signer.clone().or(in_object);
        let document_signer = match (signed, signer) {
            (Some(signed), Some(signer)) => found(signed.document_signer == signer),
            (None, Some(_)) => Found::Failed,
            (_, None) => Found::NotDone,
        };
        let signature = checked.object.as_ref().map_or(Found::NotDone, signature_of);
        let hashes = checked
            .object
            .as_ref()
            .map(|object| &object.lds_security_object().hashes);
        let group = |(number, hash): (&u8, &Vec<u8>)| {
            let signed = hashes.map(|hashes| hashes.get(number));
            (
                *number,
                signed.map_or(Found::NotDone, |signed| found(signed == Some(hash))),
            )
        };
        let data_groups: BTreeMap<u8, Found> = checked.groups.iter().map(group).collect();
        let anything_failed = [document_signer, signature, chip_genuine]
            .into_iter()
            .chain(data_groups.values().copied())
            .any(|found| found == Found::Failed);
        let overall = match (issued && !anything_failed, status) {
            (false, _) => Conclusion::NotGenuine,
            (true, DocumentStatus::Valid) => Conclusion::Valid,
            (true, _) => Conclusion::NotValid,
        };
        let status_list = place.map(|place| StatusPlace {
            idx: place.index(),
            uri: place.uri(&self.status_lists()),
        });
        Answer {
            overall,
            issued,
            status,
            ended,
            document_signer,
            signature,
            data_groups,
            chip_genuine,
            status_list,
        }
    }
}

const fn found(holds: bool) -> Found {
    if holds { Found::Passed } else { Found::Failed }
}

fn signer_in(object: &SecurityObject) -> Option<Digest> {
    let checks = object.signed_data().verify();
    checks
        .signer
        .map(|certificate| Digest::of(certificate.as_der()))
}

fn signature_of(object: &SecurityObject) -> Found {
    let checks = object.signed_data().verify();
    found(checks.hash.is_successful() && checks.signature.is_successful())
}

/// Whether a document may be used, and why not.
fn status_of(document: Option<&Document>) -> (DocumentStatus, Option<EndClass>) {
    let Some(document) = document else {
        return (DocumentStatus::Unknown, None);
    };
    match (document.stage(), document.life()) {
        (Stage::Delivered { .. }, Some(life)) => match (&life.end, life.suspended) {
            (Some(end), _) => (DocumentStatus::Ended, Some(class(end.reason))),
            (None, Some(_)) => (DocumentStatus::Suspended, None),
            (None, None) => (DocumentStatus::Valid, None),
        },
        _ => (DocumentStatus::NotInField, None),
    }
}

const fn class(reason: EndReason) -> EndClass {
    match reason {
        EndReason::Lost => EndClass::LostOrStolen,
        EndReason::Renewed | EndReason::Corrected => EndClass::Replaced,
        EndReason::Revoked | EndReason::HolderDied => EndClass::Withdrawn,
        EndReason::Expired => EndClass::Expired,
        EndReason::Damaged | EndReason::NotCollected => EndClass::Unusable,
    }
}
