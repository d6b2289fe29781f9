//! `trust show`: one certificate.

use anyhow::Result;
use pki::trust_store::{Examination, SignedBy, TrustAnchor};
use pki::{Crl, Fingerprint, TrustStore};
use serde_json::json;
use time::OffsetDateTime;

use super::{anchor_json, holdings, key_of, one_of};
use crate::args::TrustShow;
use crate::commands::{Context, print, print_json};
use crate::exit::{Exit, Problem};
use crate::{printable, trust_folder};

/// Runs the verb.
pub fn run(args: &TrustShow, context: &Context) -> Result<Exit> {
    let trust = trust_folder::load(&args.store, context.now)?.trust;
    let known = trust.anchors().iter().map(TrustAnchor::fingerprint);
    let fingerprint = one_of(&args.fingerprint, known)?;
    let anchor = trust.anchor(&fingerprint).ok_or_else(|| {
        Problem::usage(
            format!("{fingerprint} is not in the store"),
            "see `card-tool trust list`",
        )
    })?;
    let examination = trust.examine(anchor);
    if context.json() {
        let mut shown = anchor_json(anchor);
        if let Some(fields) = shown.as_object_mut() {
            fields.insert(
                "signature".to_owned(),
                json!(examination.result.to_string()),
            );
            fields.insert(
                "signed_by".to_owned(),
                json!(signed_by(&examination, &trust)),
            );
            let deviations: Vec<String> = examination
                .deviations
                .iter()
                .map(ToString::to_string)
                .collect();
            fields.insert("deviations".to_owned(), json!(deviations));
            let lists: Vec<String> = trust
                .crls_of(anchor.certificate())
                .map(|crl| crl_line(crl, context.now))
                .collect();
            fields.insert("revocation_lists".to_owned(), json!(lists));
        }
        print_json(&shown)?;
    } else {
        print(text(anchor, &examination, &trust, context.now).trim_end())?;
    }
    Ok(Exit::Done)
}

fn text(
    anchor: &TrustAnchor,
    examination: &Examination,
    trust: &TrustStore,
    now: OffsetDateTime,
) -> String {
    let certificate = anchor.certificate();
    let algorithm = examination.algorithm.map_or_else(
        || certificate.signature_algorithm().oid.to_string(),
        |algorithm| algorithm.to_string(),
    );
    let state = if now < certificate.validity().not_before {
        ", not yet valid"
    } else if now > certificate.validity().not_after {
        ", expired (kept: documents outlive it)"
    } else {
        ""
    };
    let mut rows = vec![
        ("SHA-256", anchor.fingerprint().to_string()),
        ("subject", certificate.subject().to_string()),
        ("issuer", certificate.issuer().to_string()),
        ("serial", hex::encode_upper(certificate.serial_number())),
        ("key", key_of(certificate)),
        ("key id", hex::encode_upper(certificate.key_identifier())),
        ("valid", format!("{}{state}", certificate.validity())),
        ("signature", format!("{algorithm}: {}", examination.result)),
        ("signed by", signed_by(examination, trust)),
    ];
    rows.extend(
        anchor
            .provenance()
            .iter()
            .map(|reason| ("trusted by", reason.to_string())),
    );
    rows.extend(
        trust
            .crls_of(certificate)
            .map(|crl| ("CRL", crl_line(crl, now))),
    );
    rows.extend(
        examination
            .deviations
            .iter()
            .map(|deviation| ("put up with", deviation.to_string())),
    );
    rows.iter()
        .map(|(label, value)| format!("{label:11}  {}\n", printable::line(value)))
        .collect()
}

fn signed_by(examination: &Examination, trust: &TrustStore) -> String {
    match examination.signed_by {
        SignedBy::Itself => "itself".to_owned(),
        // Some lists hold a link certificate without the CSCA that signed it.
        SignedBy::Another(None) => "a CSCA that is not in the store [Q095]".to_owned(),
        SignedBy::Another(Some(issuer)) => {
            let subject = trust
                .anchor(&issuer)
                .map(|anchor| anchor.certificate().subject().to_string());
            format!("{} {}", issuer.short(), subject.unwrap_or_default())
        }
    }
}

fn crl_line(crl: &Crl, now: OffsetDateTime) -> String {
    format!(
        "{} of {}, {} revoked{}",
        Fingerprint::of(crl.as_der()).short(),
        crl.this_update().date(),
        crl.entries().len(),
        holdings::age(crl, now)
    )
}
