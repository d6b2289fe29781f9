//! TR-03135-1 §5.6: access to the chip and what it holds.

use lds::File;
use pki::check::CheckResult;
use pki::passive_authentication::{
    DataGroupResult, Effect, Report as PassiveAuthentication, SignerReport,
};

use super::{
    ANY, Found, Line, NEVER_NOT_SUPPORTED, NEVER_UNDETERMINED, Value, Values, line, not_supported,
    of_check, together,
};
use crate::steps::known_series;
use crate::{Outcome, Report};

pub(super) const ACCESS: &[Line] = &[
    line(
        "5.6.3",
        "access",
        "Access protocols together",
        NEVER_UNDETERMINED,
        access,
    )
    .counting(),
    line(
        "5.6.3.1",
        "access-bac-or-pace",
        "Access by BAC or PACE",
        NEVER_UNDETERMINED,
        access,
    ),
    line(
        "5.6.3.1.1",
        "bac",
        "Access by BAC",
        NEVER_UNDETERMINED,
        |report| of_check(report, "bac"),
    ),
    line(
        "5.6.3.1.2",
        "pace",
        "Access by PACE",
        NEVER_UNDETERMINED,
        |report| of_check(report, "pace"),
    ),
    line(
        "5.6.3.2",
        "terminal-authentication",
        "More access by terminal authentication",
        ANY,
        terminal_authentication,
    ),
];

pub(super) const CONTENT: &[Line] = &[
    line(
        "5.6.4",
        "chip-content",
        "What the chip holds, as a whole",
        NEVER_NOT_SUPPORTED,
        content,
    )
    .counting(),
    line(
        "5.6.4.1",
        "chip-authenticity",
        "Authenticity of the chip",
        ANY,
        |report| of_check(report, "chip-authenticity"),
    ),
    line(
        "5.6.4.1.1",
        "active-authentication",
        "Authenticity by active authentication",
        ANY,
        |report| protocol(report, "active-authentication", File::Dg15),
    ),
    line(
        "5.6.4.1.2",
        "chip-authentication",
        "Authenticity by chip authentication",
        ANY,
        |report| protocol(report, "chip-authentication", File::Dg14),
    ),
    line(
        "5.6.4.1.3",
        "pace-cam",
        "Authenticity by PACE with chip authentication mapping",
        ANY,
        |report| of_check(report, "chip-authentication-mapping"),
    ),
    line(
        "5.6.4.2.1",
        "security-objects",
        "Security objects together",
        NEVER_NOT_SUPPORTED,
        security_objects,
    ),
    line(
        "5.6.4.2.2",
        "security-object",
        "EF.SOD",
        NEVER_NOT_SUPPORTED,
        security_object,
    ),
    line(
        "5.6.4.2.2",
        "security-object-hash",
        "EF.SOD: hash",
        NEVER_NOT_SUPPORTED,
        |report| passive(report, |passive| passive.signer.hash),
    ),
    line(
        "5.6.4.2.2",
        "security-object-signature",
        "EF.SOD: signature",
        NEVER_NOT_SUPPORTED,
        |report| passive(report, |passive| passive.signer.signature),
    ),
    line(
        "5.6.4.3.1",
        "issuers",
        "Certificates of the issuers together",
        NEVER_NOT_SUPPORTED,
        issuers,
    ),
    line(
        "5.6.4.3.2",
        "issuer",
        "Certificates of the issuer of EF.SOD",
        NEVER_NOT_SUPPORTED,
        issuer,
    ),
    line(
        "5.6.4.3.3",
        "document-signer-signature",
        "Signature of the CSCA on the document signer",
        NEVER_NOT_SUPPORTED,
        |report| passive(report, |passive| passive.signer.issuer),
    ),
    line(
        "5.6.4.3.4",
        "validity",
        "Validity of CSCA and document signer",
        NEVER_NOT_SUPPORTED,
        |report| {
            passive(report, |passive| {
                CheckResult::together([
                    passive.signer.document_signer_validity,
                    passive.signer.csca_validity,
                ])
            })
        },
    ),
    line(
        "5.6.4.3.4",
        "validity-csca",
        "Validity of the CSCA",
        ANY,
        |report| passive(report, |passive| passive.signer.csca_validity),
    ),
    line(
        "5.6.4.3.4",
        "validity-document-signer",
        "Validity of the document signer",
        ANY,
        |report| passive(report, |passive| passive.signer.document_signer_validity),
    ),
    line(
        "5.6.4.3.5",
        "revocation",
        "Revocation of the document signer",
        NEVER_NOT_SUPPORTED,
        |report| passive(report, |passive| passive.signer.revocation),
    ),
    line(
        "5.6.4.3.6",
        "trust",
        "Trust in the document signer",
        Values::Trust,
        trust,
    ),
    line(
        "5.6.4.4",
        "integrity",
        "Integrity of what the chip holds",
        NEVER_NOT_SUPPORTED,
        integrity,
    ),
    line(
        "5.6.4.4.1",
        "com-against-sod",
        "EF.COM against EF.SOD",
        NEVER_UNDETERMINED,
        |report| of_check(report, "com-against-sod"),
    ),
    line(
        "5.6.4.4.2",
        "data-groups",
        "Data groups together",
        NEVER_NOT_SUPPORTED,
        data_groups,
    ),
    line(
        "5.6.4.4.2",
        "data-group",
        "Each data group; the value is that of the worst",
        Values::DataGroup,
        each_data_group,
    ),
    line(
        "5.6.4.5",
        "issuing-state",
        "State of EF.DG1 against that of the document signer",
        NEVER_NOT_SUPPORTED,
        |report| passive(report, |passive| passive.issuing_state),
    ),
];

/// The checks that make up the content of the chip.
const CONTENT_CHECKS: [&str; 11] = [
    "application",
    "card-security-signature",
    "security-object",
    "document-signer",
    "certificate-validity",
    "revocation",
    "data-groups",
    "card-access-signed",
    "issuing-state",
    "document-type",
    "chip-authenticity",
];

/// One of PACE and BAC suffices; one that failed is not made up for by the other.
fn access(report: &Report) -> Found {
    let both = [of_check(report, "pace"), of_check(report, "bac")];
    let [pace, bac] = &both;
    let is = |outcome| both.iter().find(|found| found.0 == Value::Result(outcome));
    [
        Outcome::Failed,
        Outcome::Successful,
        Outcome::Aborted,
        Outcome::Undetermined,
    ]
    .into_iter()
    .find_map(is)
    .cloned()
    .unwrap_or_else(|| not_supported(&format!("PACE: {}; BAC: {}", pace.1, bac.1)))
}

fn terminal_authentication(report: &Report) -> Found {
    let protocol = of_check(report, "terminal-authentication");
    let groups = of_check(report, "protected-data-groups");
    match (protocol.0, groups.0) {
        (Value::Result(Outcome::Failed | Outcome::Aborted), _) => protocol,
        (Value::Result(Outcome::Successful), _) => groups,
        // What can be read without it needs none.
        (_, Value::Result(Outcome::Successful)) => not_supported(&groups.1),
        _ => groups,
    }
}

/// All that counts of the content, and everything that was cut short.
fn content(report: &Report) -> Found {
    let counted = report.checks.iter().filter_map(|check| {
        let outcome = check.counts_as()?;
        let is_content = CONTENT_CHECKS.contains(&check.kind.id);
        let is_elsewhere = ["pace", "bac", "expiry", "mrz-as-printed"].contains(&check.kind.id);
        (is_content || (outcome == Outcome::Aborted && !is_elsewhere)).then(|| {
            (
                Value::Result(outcome),
                format!("{}: {}", check.kind.title, check.finding.cause),
            )
        })
    });
    together(counted)
}

/// A key that was proved is the chip's only if the issuer has signed it and does not call it compromised.
fn protocol(report: &Report, id: &str, key: File) -> Found {
    let found = of_check(report, id);
    let passive = report.passive.as_ref();
    let compromised = passive.is_some_and(|passive| key == File::Dg15 && is_compromised(passive));
    let faulty = passive.is_some_and(known_series::is_faulty);
    // That a key is compromised is no fault of the chip, and excuses nothing.
    if found.0 == Value::Result(Outcome::Failed) && faulty && !compromised {
        let excused = known_series::EXCUSED.to_owned();
        return (Value::Result(Outcome::Undetermined), excused);
    }
    if found.0 != Value::Result(Outcome::Successful) {
        return found;
    }
    let signed = passive
        .and_then(PassiveAuthentication::verified_lds)
        .is_some_and(|verified| verified.file(key).is_some());
    if compromised {
        let cause = "the issuer's deviation list calls the key compromised";
        (Value::Result(Outcome::Failed), cause.to_owned())
    } else if signed {
        found
    } else {
        let cause = format!(
            "{}, but that the key is the issuer's could not be shown",
            found.1
        );
        (Value::Result(Outcome::Undetermined), cause)
    }
}

/// Whether the issuer calls the key of active authentication compromised.
pub(crate) fn is_compromised(passive: &PassiveAuthentication) -> bool {
    let mut known = passive.known_deviations.iter();
    known.any(|deviation| deviation.effect == Effect::ActiveAuthenticationFailed)
}

fn security_object(report: &Report) -> Found {
    passive(report, |passive| {
        CheckResult::together([passive.signer.hash, passive.signer.signature])
    })
}

/// EF.SOD, and EF.CardSecurity where it was needed.
fn security_objects(report: &Report) -> Found {
    let beside = card_security(report, |signer| {
        CheckResult::together([signer.hash, signer.signature])
    });
    together([security_object(report)].into_iter().chain(beside))
}

/// A result about the signer of EF.CardSecurity, or why there was none; nothing where it was not needed.
fn card_security(report: &Report, result: impl Fn(&SignerReport) -> CheckResult) -> Option<Found> {
    if let Some(signer) = &report.card_security {
        return Some(found(result(signer)));
    }
    let check = of_check(report, "card-security-signature");
    (check.0 != Value::Result(Outcome::NotSupported)).then_some(check)
}

/// A result of passive authentication, or why there was none.
fn passive(report: &Report, result: impl Fn(&PassiveAuthentication) -> CheckResult) -> Found {
    match &report.passive {
        Some(passive) => found(result(passive)),
        None => match of_check(report, "sod") {
            (Value::Result(Outcome::Aborted), cause) => (Value::Result(Outcome::Aborted), cause),
            _ => of_check(report, "security-object"),
        },
    }
}

fn found(result: CheckResult) -> Found {
    let outcome = match result {
        CheckResult::Successful => Outcome::Successful,
        CheckResult::Failed(_) => Outcome::Failed,
        CheckResult::Undetermined(_) => Outcome::Undetermined,
        CheckResult::NotSupported(_) => Outcome::NotSupported,
    };
    let cause = result.cause().map(|cause| cause.to_string());
    (Value::Result(outcome), cause.unwrap_or_default())
}

/// Signature, validity, and the revocation as far as a list says something: without one it is evaluatory here.
fn issuer(report: &Report) -> Found {
    passive(report, |passive| issuer_of(&passive.signer))
}

/// Those of EF.SOD, and of EF.CardSecurity where it was needed.
fn issuers(report: &Report) -> Found {
    let beside = card_security(report, issuer_of);
    together([issuer(report)].into_iter().chain(beside))
}

fn issuer_of(signer: &SignerReport) -> CheckResult {
    let revoked = match signer.revocation {
        failed @ CheckResult::Failed(_) => failed,
        _ => CheckResult::Successful,
    };
    CheckResult::together([
        signer.issuer,
        signer.document_signer_validity,
        signer.csca_validity,
        revoked,
    ])
}

fn trust(report: &Report) -> Found {
    let (issuer, cause) = issuer(report);
    let Some(passive) = &report.passive else {
        return (issuer, cause);
    };
    let signer = &passive.signer;
    let (Some(_), false) = (
        &signer.document_signer,
        matches!(signer.issuer, CheckResult::Undetermined(_)),
    ) else {
        let (_, cause) = found(signer.issuer);
        return (Value::Result(Outcome::Undetermined), cause);
    };
    let bad = |result: CheckResult| matches!(result, CheckResult::Failed(_));
    if bad(signer.issuer) || bad(signer.revocation) || bad(signer.csca_revocation) {
        (Value::NotTrusted, cause)
    } else {
        (Value::Trusted, String::new())
    }
}

/// The data groups, and EF.COM where there is one (table 5.39). As a whole this is evaluatory here: EF.COM is not signed.
fn integrity(report: &Report) -> Found {
    let com = of_check(report, "com-against-sod");
    let com = (com.0 == Value::Result(Outcome::Failed)).then_some(com);
    together([data_groups(report)].into_iter().chain(com))
}

fn data_groups(report: &Report) -> Found {
    passive(report, PassiveAuthentication::data_groups_together)
}

fn each_data_group(report: &Report) -> Found {
    let Some(passive) = &report.passive else {
        let (_, cause) = of_check(report, "data-groups");
        return (Value::Result(Outcome::Aborted), cause);
    };
    let rank = |result: DataGroupResult| match result {
        DataGroupResult::NotIdentical | DataGroupResult::KnownDeviation => (5, Value::NotIdentical),
        DataGroupResult::NotHashable => (4, Value::NonConformant),
        DataGroupResult::NotOnChip => (3, Value::NotPresent),
        DataGroupResult::NotRead => (2, Value::Present),
        // It was read, and EF.SOD has no hash that it could be identical with or not (Doc 9303-10 §4.6.2 wants one).
        DataGroupResult::NotListed => (4, Value::NonConformant),
        DataGroupResult::Identical => (0, Value::Identical),
    };
    let worst = passive
        .data_groups
        .values()
        .map(|result| rank(*result))
        .max_by_key(|(rank, _)| *rank);
    let each: Vec<String> = passive
        .data_groups
        .iter()
        .map(|(file, result)| format!("{}: {result}", file.name()))
        .collect();
    (
        worst.map_or(Value::NotPresent, |(_, value)| value),
        each.join("; "),
    )
}
