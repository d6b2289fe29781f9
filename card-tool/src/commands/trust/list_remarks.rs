//! What is to be said of the lists that came in: their age, and what was put up with.

use pki::trust_store::{Intake, Receipt};
use pki::{Crl, Deviation, TrustStore};
use time::OffsetDateTime;

/// The remarks on one list, in words.
pub fn of(receipt: &Receipt, trust: &TrustStore, now: OffsetDateTime) -> Vec<String> {
    let Ok(received) = &receipt.result else {
        return Vec::new();
    };
    let mut remarks = Vec::new();
    let crl = trust.crls().find(|crl| is_of(receipt, crl.as_der()));
    if let Some(crl) = crl {
        remarks.extend(of_age(crl, trust, now));
        remarks.extend(put_up_with(crl.deviations()));
    }
    if let Some(list) = &received.list {
        remarks.extend(put_up_with(&list.deviations));
    }
    let mut deviation_lists = trust.deviation_lists();
    if let Some(list) = deviation_lists.find(|list| list.origin().sha256 == receipt.sha256) {
        remarks.extend(put_up_with(&list.origin().deviations));
    }
    remarks
}

/// The remarks on all lists of an intake, each with its file, for programs.
pub fn of_all(intake: &Intake, trust: &TrustStore, now: OffsetDateTime) -> Vec<serde_json::Value> {
    let receipts = intake.receipts.iter();
    let remarks = receipts.flat_map(|receipt| {
        of(receipt, trust, now).into_iter().map(|remark| {
            serde_json::json!({
                "source": receipt.source.as_ref(),
                "sha256": receipt.sha256.to_string(),
                "remark": remark,
            })
        })
    });
    remarks.collect()
}

fn is_of(receipt: &Receipt, der: &[u8]) -> bool {
    receipt.kind == Some(pki::trust_store::ObjectKind::Crl)
        && pki::Fingerprint::of(der) == receipt.sha256
}

fn put_up_with(deviations: &[Deviation]) -> impl Iterator<Item = String> {
    deviations
        .iter()
        .map(|deviation| format!("put up with: {deviation}"))
}

/// What the dates of a revocation list mean for whoever relies on it.
fn of_age(crl: &Crl, trust: &TrustStore, now: OffsetDateTime) -> Vec<String> {
    let mut remarks = Vec::new();
    if now < crl.this_update() {
        remarks.push(format!(
            "warning: dated in the future, {}: what stands on it is revoked; before that day it says of nothing that it is good",
            crl.this_update().date()
        ));
    } else if crl.is_outdated(now) {
        let since = crl.next_update().unwrap_or(crl.this_update()).date();
        remarks.push(format!(
            "warning: out of date since {since}: what stands on it is revoked; it says of nothing that it is good"
        ));
    }
    let newer = trust.crls().find(|other| {
        other.issuer() == crl.issuer()
            && other.this_update() > crl.this_update()
            && other.this_update() <= now
    });
    if let Some(newer) = newer {
        remarks.push(format!(
            "older than the one of {} that the store holds: only what it revokes still counts",
            newer.this_update().date()
        ));
    }
    remarks
}
