//! EF.SOD and EF.CardSecurity: what is signed, by whom.
//!
//! Lint of `pki` judges EF.SOD rule by rule; each predicate here stands for the rules whose names begin with its prefixes. Lint knows
//! no EF.CardSecurity, which is judged by what a reader makes of it and, for its certificate, by lint again.

use iso7816::tlv;
use lds::{EfCardAccess, File, SecurityInfo, SecurityInfos};
use pki::lint::{LintReport, ObjectKind, Place, Severity, lint};
use pki::{CheckResult, SignedData};

use super::Test::{Length, Rule, Tag};
use super::{Finding, Held, Predicate, broken, file, outer, parsed, require};
use crate::conformance::{Knowledge, Mapping};

const SOD: &str = "Doc 9303-10 §4.6.2";
const CARD_SECURITY: &str = "Doc 9303-11 §9.2.11";
/// id-SecurityObject of TR-03110-3 §A.1.2.5, which Doc 9303-11 §9.2.11 takes over.
const SECURITY_OBJECT: &str = "0.4.0.127.0.7.3.2.1";

#[rustfmt::skip]
pub(super) const TABLE: &[Predicate] = &[
    Predicate::new("sod-tag", SOD, "EF.SOD has the tag 77", Tag(File::Sod)),
    Predicate::new("sod-length", SOD, "EF.SOD is one data object, all there, with the shortest length", Length(File::Sod)),
    Predicate::new("sod-signed-data", SOD, "EF.SOD holds a SignedData in DER", Rule(|k| lint_of_sod(k, Part::File, &["object.", "encoding."]))),
    Predicate::new("sod-values", SOD, "version, content type, algorithms and certificates of the SignedData are those of the standard", Rule(|k| lint_of_sod(k, Part::File, &["cms.version", "cms.content-type", "cms.crls", "cms.signer-certificate", "cms.digest", "algorithm."]))),
    Predicate::new("sod-signer", SOD, "there is one signer, named and signing as the standard has it, and the signature holds", Rule(|k| lint_of_sod(k, Part::File, &["cms.one-signer", "cms.signer", "cms.signed-attributes", "cms.message-digest", "cms.attribute-order", "cms.signature", "sod.signer", "sod.unsigned"]))),
    Predicate::new("sod-hashes", SOD, "the LDS security object has the hashes of the data groups", Rule(hashes)),
    Predicate::new("sod-certificate", "Doc 9303-12 §7.1", "the certificate of the document signer follows its profile", Rule(|k| lint_of_sod(k, Part::Certificate, &[""]))),
    Predicate::new("card-security-infos", CARD_SECURITY, "EF.CardSecurity signs SecurityInfos", Rule(|k| signed_infos(k).map(drop))),
    Predicate::new("card-security-key", CARD_SECURITY, "EF.CardSecurity has the public key of chip authentication", Rule(public_key)),
    Predicate::new("card-security-card-access", CARD_SECURITY, "every SecurityInfo of EF.CardAccess stands in EF.CardSecurity", Rule(card_access_recurs)),
    Predicate::new("card-security-key-id", "Doc 9303-11 §9.2.6", "each parameter id of chip authentication mapping is the id of a key", Rule(key_id)),
    Predicate::new("card-security-signed-data", CARD_SECURITY, "EF.CardSecurity is a SignedData in DER", Rule(der)),
    Predicate::new("card-security-values", CARD_SECURITY, "the content type is that of SecurityInfos and there is a certificate", Rule(values)),
    Predicate::new("card-security-signature", CARD_SECURITY, "hash and signature hold with the certificate inside", Rule(signature)),
    Predicate::new("card-security-certificate", "Doc 9303-12 §7.1", "the certificate of the document signer follows its profile", Rule(certificate)),
];

/// What of a signed object is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    File,
    Certificate,
}

fn lint_of_sod(knowledge: &Knowledge, part: Part, prefixes: &[&str]) -> Held {
    /// Where lint could not follow, no other rule was looked at: it says nothing good of what it has not seen.
    const UNREADABLE: [&str; 2] = ["object.recognised", "object.structure"];
    let content = file(knowledge, File::Sod)?;
    let report = lint(content, Some(ObjectKind::SecurityObject), &[]);
    first_error(&report, Part::File, &UNREADABLE)?;
    first_error(&report, part, prefixes)
}

/// The first error of lint under a rule that begins with one of the prefixes. Warnings and notices are advice and fail nobody.
fn first_error(report: &LintReport, part: Part, prefixes: &[&str]) -> Held {
    let error = report.findings().find(|(object, finding)| {
        let of_part = (object.place == Place::File) == (part == Part::File);
        let of_rule = prefixes
            .iter()
            .any(|prefix| finding.rule.id.starts_with(prefix));
        of_part && of_rule && finding.severity == Severity::Error
    });
    match error {
        None => Ok(()),
        Some((_, finding)) => broken(format!("{}: {}", finding.rule.id, finding.found)),
    }
}

fn hashes(knowledge: &Knowledge) -> Held {
    lint_of_sod(
        knowledge,
        Part::File,
        &["sod.version", "sod.hash", "sod.content"],
    )?;
    let object = pki::SecurityObject::parse(file(knowledge, File::Sod)?)
        .or_else(|error| broken(error.to_string()))?;
    let lds = object.lds_security_object();
    let unread = |group: &File| {
        !knowledge.files.contains_key(group) && knowledge.why_unread(*group).is_none()
    };
    if let Some(group) = lds.data_groups().find(unread) {
        return broken(format!("a hash of {group}, which could not be read"));
    }
    for group in File::data_groups() {
        let Some(content) = knowledge.files.get(&group) else {
            continue;
        };
        let content =
            lds::without_padding(group, content).or_else(|error| broken(error.to_string()))?;
        let hash = lds.hash.digest(content.value);
        match lds.hash_of(group) {
            Some(signed) if signed == hash => {}
            Some(_) => return broken(format!("another hash of {group}")),
            None => return broken(format!("no hash of {group}")),
        }
    }
    Ok(())
}

fn card_security(knowledge: &Knowledge) -> Result<SignedData, Finding> {
    SignedData::parse(file(knowledge, File::CardSecurity)?)
        .or_else(|error| broken(error.to_string()))
}

fn signed_infos(knowledge: &Knowledge) -> Result<SecurityInfos, Finding> {
    let signed = card_security(knowledge)?;
    let infos =
        SecurityInfos::parse(signed.content()).or_else(|error| broken(error.to_string()))?;
    match infos.deviations.first() {
        None => Ok(infos.value),
        Some(deviation) => broken(deviation.to_string()),
    }
}

fn public_key(knowledge: &Knowledge) -> Held {
    let infos = signed_infos(knowledge)?;
    let keys = infos.chip_authentication_public_keys().count();
    require(keys > 0, || "no public key".to_owned())
}

fn card_access_recurs(knowledge: &Knowledge) -> Held {
    let access = parsed::<EfCardAccess>(knowledge)?.value.security_infos;
    let signed = signed_infos(knowledge)?;
    let missing: Vec<&SecurityInfo> = access.missing_from(&signed);
    require(missing.is_empty(), || {
        format!("{} SecurityInfos are not signed", missing.len())
    })
}

fn key_id(knowledge: &Knowledge) -> Held {
    let infos = signed_infos(knowledge)?;
    let of_mapping = infos
        .pace()
        .filter(|info| Mapping::of(info) == Mapping::Cam);
    let ids: Vec<Option<u64>> = infos
        .chip_authentication_public_keys()
        .map(|key| key.key_id)
        .collect();
    for info in of_mapping {
        let id = info.parameter_id.map(u64::from);
        require(ids.contains(&id), || format!("no key of the id {id:?}"))?;
    }
    Ok(())
}

fn der(knowledge: &Knowledge) -> Held {
    let object = outer(knowledge, File::CardSecurity)?;
    let shortest = tlv::header_len(object.tag, object.value.len());
    require(object.header_len() == shortest, || {
        "a length not in its shortest form".to_owned()
    })?;
    match card_security(knowledge)?.deviations().first() {
        None => Ok(()),
        Some(deviation) => broken(deviation.kind.to_string()),
    }
}

fn values(knowledge: &Knowledge) -> Held {
    let signed = card_security(knowledge)?;
    let found = signed.content_type().to_string();
    require(found == SECURITY_OBJECT, || format!("content type {found}"))?;
    require(!signed.certificates().is_empty(), || {
        "no certificate".to_owned()
    })
}

fn signature(knowledge: &Knowledge) -> Held {
    let checks = card_security(knowledge)?.verify();
    for (what, result) in [("hash", checks.hash), ("signature", checks.signature)] {
        require(matches!(result, CheckResult::Successful), || {
            format!("{what}: {result:?}")
        })?;
    }
    Ok(())
}

fn certificate(knowledge: &Knowledge) -> Held {
    let signed = card_security(knowledge)?;
    let Some(certificate) = signed.certificates().first() else {
        return broken("no certificate");
    };
    let report = lint(certificate.as_der(), None, &[]);
    first_error(&report, Part::File, &[""])
}
