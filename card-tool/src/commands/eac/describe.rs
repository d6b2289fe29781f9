//! Card verifiable certificates in words: the same facts for people and for programs.

use authorization_pki::Fingerprint;
use protocols::terminal_authentication::{
    Certificate, Deviation, Extension, Request, Rights, Role, TerminalType,
};
use serde_json::{Value, json};

use crate::printable;

/// A fingerprint in groups of four digits, for two people who read it to each other.
pub fn spoken(fingerprint: Fingerprint) -> String {
    ceremony::Digest::new(*fingerprint.as_bytes()).spoken()
}

/// What may be read.
pub fn rights(rights: Rights) -> &'static str {
    match (rights.fingers, rights.irises) {
        (true, true) => "EF.DG3, EF.DG4",
        (true, false) => "EF.DG3",
        (false, true) => "EF.DG4",
        (false, false) => "neither EF.DG3 nor EF.DG4",
    }
}

/// What a certificate is.
pub fn kind(certificate: &Certificate) -> String {
    let chat = &certificate.body().authorization;
    if chat.terminal_type() != TerminalType::InspectionSystem {
        return format!("{} of another kind than inspection systems", chat.role());
    }
    match chat.role() {
        Role::Cvca if certificate.is_link() => "CVCA, link".to_owned(),
        Role::Cvca => "CVCA, self-signed".to_owned(),
        role => role.to_string(),
    }
}

/// A certificate for people.
pub fn certificate(certificate: &Certificate) -> String {
    let body = certificate.body();
    let mut lines = vec![
        format!("holder       {}", body.holder),
        format!("kind         {}", kind(certificate)),
        format!("may read     {}", rights(body.authorization.rights())),
        format!("authority    {}", body.authority),
        format!(
            "valid        {} to {}",
            body.period.effective(),
            body.period.expiry()
        ),
        format!("key          {}", key(certificate)),
        format!(
            "SHA-256      {}",
            spoken(Fingerprint::of(&certificate.to_bytes()))
        ),
    ];
    lines.extend(remarks(&body.extensions, certificate.deviations()));
    printable::lines(&lines.join("\n"))
}

fn key(certificate: &Certificate) -> String {
    let key = &certificate.body().key;
    match key.alone() {
        Ok(alone) => format!("{}, {}", key.scheme(), alone.key().kind()),
        Err(_) => format!("{}, on the authority's curve", key.scheme()),
    }
}

fn remarks(extensions: &[Extension], deviations: &[Deviation]) -> Vec<String> {
    let extensions = extensions
        .iter()
        .map(|extension| format!("extension    {}", hex::encode(extension.identifier())));
    let deviations = deviations
        .iter()
        .map(|deviation| format!("put up with  {deviation}"));
    extensions.chain(deviations).collect()
}

/// A certificate for programs.
pub fn certificate_json(certificate: &Certificate) -> Value {
    let body = certificate.body();
    let rights = body.authorization.rights();
    json!({
        "holder": body.holder.to_string(),
        "kind": kind(certificate),
        "role": body.authorization.role().to_string(),
        "link": certificate.is_link(),
        "fingers": rights.fingers,
        "irises": rights.irises,
        "authority": body.authority.to_string(),
        "effective": body.period.effective().to_string(),
        "expiry": body.period.expiry().to_string(),
        "scheme": body.key.scheme().to_string(),
        "key": body.key.alone().ok().map(|key| key.key().kind().to_string()),
        "sha256": Fingerprint::of(&certificate.to_bytes()),
        "deviations": texts(certificate.deviations()),
    })
}

/// A request for people.
pub fn request(request: &Request, file: &[u8]) -> String {
    let body = request.body();
    let named = |name: Option<&protocols::terminal_authentication::HolderReference>| {
        name.map_or_else(|| "–".to_owned(), ToString::to_string)
    };
    let mut lines = vec![
        format!("request of   {}", body.holder),
        format!("authority    {}", named(body.authority.as_ref())),
        format!(
            "key          {}, {}",
            body.key.scheme(),
            body.key.key().kind()
        ),
        format!("signed by    itself, {}", named(request.countersigner())),
        format!("SHA-256      {}", spoken(Fingerprint::of(file))),
    ];
    lines.extend(remarks(&body.extensions, request.deviations()));
    printable::lines(&lines.join("\n"))
}

/// A request for programs.
pub fn request_json(request: &Request, file: &[u8]) -> Value {
    let body = request.body();
    json!({
        "request": body.holder.to_string(),
        "authority": body.authority.as_ref().map(ToString::to_string),
        "scheme": body.key.scheme().to_string(),
        "key": body.key.key().kind().to_string(),
        "countersigner": request.countersigner().map(ToString::to_string),
        "sha256": Fingerprint::of(file),
        "deviations": texts(request.deviations()),
    })
}

fn texts(deviations: &[Deviation]) -> Vec<String> {
    deviations.iter().map(ToString::to_string).collect()
}
