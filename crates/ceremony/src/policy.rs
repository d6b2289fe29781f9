//! What the root certifies: the rules a genuine request is held to before the key is touched.

mod periods;

use crypto::{KeyKind, PublicKey};
use pki::Certificate;
use time::{Duration, OffsetDateTime};

use crate::journal::{Settings, State};
use crate::octets::SerialNumber;
use crate::record::moment;
use crate::request::{RequestBody, VerifiedRequest, Wanted, fingerprint};
use crate::two_persons::is_plain_name;
use crate::{Digest, Period, Refused, Result, dismissal};

use periods::check_periods;
pub use periods::csca_usage;
pub(crate) use periods::{check_inside, check_own_periods};

/// Requests are answered for this many days: what lies about longer is made again.
pub const REQUEST_LIFE_DAYS: u16 = 90;
/// How far the clocks of the two machines may be apart.
pub const CLOCK_DIFFERENCE: Duration = Duration::days(1);
/// Most bar code signers within a year (Doc 9303-12 §4.1.3).
pub const MAX_BARCODE_SIGNERS: usize = 5;
/// A year, leap days included, when periods are added up.
pub const YEAR: Duration = Duration::seconds(31_556_952);
const MIN_RSA_BITS: usize = 2048;
const MIN_ORDER_OCTETS: usize = 32;
/// Doc 9303-12 §7.1.3: a bar code signer is called by two letters.
const BARCODE_NAME_LEN: usize = 2;

/// Checks a genuine request against the rules and against everything the root remembers.
pub(crate) fn check(request: &VerifiedRequest, state: &State, now: OffsetDateTime) -> Result<()> {
    let body = request.body();
    let settings = state.settings();
    // Whoever asks may not have heard of the newest key yet: the answer brings the links to it.
    if !state
        .generations()
        .any(|generation| generation.certificate.digest() == body.csca)
    {
        return Err(Refused::OtherCsca.into());
    }
    if body.country != settings.country {
        return Err(Refused::Country.into());
    }
    check_age(body, state, now)?;
    if let Wanted::Crl(wish) = &body.wanted {
        return check_revocations(&wish.revoke, state);
    }
    check_key(request.key(), state)?;
    check_name(&body.wanted, &settings.common_name)?;
    check_document_types(&body.wanted, &settings.document_types)?;
    check_periods(body, state, now)?;
    check_barcode_signers(&body.wanted, state, now)
}

/// A document signer signs documents of some type, and none that nobody has allowed.
pub(crate) fn check_document_types(wanted: &Wanted, allowed: &[String]) -> Result<()> {
    let types = wanted.document_types();
    let none = types.is_empty() && matches!(wanted, Wanted::DocumentSigner(_));
    if none || !types.iter().all(|code| allowed.contains(code)) {
        return Err(Refused::DocumentTypes.into());
    }
    Ok(())
}

fn check_age(body: &RequestBody, state: &State, now: OffsetDateTime) -> Result<()> {
    if body.made_at > now + CLOCK_DIFFERENCE {
        return Err(Refused::FromTheFuture.into());
    }
    if body.made_at < now - Duration::days(REQUEST_LIFE_DAYS.into()) {
        return Err(Refused::TooOld(REQUEST_LIFE_DAYS).into());
    }
    // What the lost root may have answered after the copy was made is not answered a second time. The request has its time
    // from another clock than the restoration: what lies so near that the clocks cannot tell is made again.
    let restored = state.restored();
    if restored.is_some_and(|at| body.made_at <= at + CLOCK_DIFFERENCE) {
        return Err(Refused::BeforeRestoration.into());
    }
    Ok(())
}

/// Only what was issued here, and only once.
pub(crate) fn check_revocations(serials: &[SerialNumber], state: &State) -> Result<()> {
    check_named_once(serials)?;
    for serial in serials {
        if state.revoked().contains_key(serial) {
            return Err(Refused::RevokedAlready.into());
        }
        if !state.has_issued(serial) {
            return Err(Refused::UnknownSerial.into());
        }
    }
    Ok(())
}

/// No certificate is revoked twice.
pub(crate) fn check_named_once(serials: &[SerialNumber]) -> Result<()> {
    let mut rest = serials;
    while let [first, others @ ..] = rest {
        if others.contains(first) {
            return Err(Refused::RevokedAlready.into());
        }
        rest = others;
    }
    Ok(())
}

/// The generation whose key has signed a certificate: it need not stand in the journal, its signature is the evidence.
pub(crate) fn issuing_generation(certificate: &Certificate, state: &State) -> Result<u32> {
    for generation in state.generations() {
        let csca = Certificate::parse(generation.certificate.as_bytes())?;
        if certificate.issuer() != csca.subject() || certificate.verify_signature(&csca).is_err() {
            continue;
        }
        // A list cannot say of its own issuer that nothing it signs is to be believed.
        if certificate.public_key()? == csca.public_key()? {
            return Err(Refused::OwnCertificate.into());
        }
        return Ok(generation.number);
    }
    Err(Refused::ForeignCertificate.into())
}

fn check_key(key: Option<&PublicKey>, state: &State) -> Result<()> {
    let key = key.ok_or(Refused::WeakKey)?;
    if is_weak(key) {
        return Err(Refused::WeakKey.into());
    }
    let name = fingerprint(key)?;
    if state.is_certified(&name) {
        return Err(Refused::KeyCertified.into());
    }
    if has_other_purpose(&name, state)? {
        return Err(Refused::KeyOfOtherPurpose.into());
    }
    Ok(())
}

/// The settings of a new root: names that can be printed, document codes as the machine readable zone has them.
pub(crate) fn check_settings(settings: &Settings) -> Result<()> {
    let is_code = |code: &String| {
        (1..=2).contains(&code.len()) && code.bytes().all(|octet| octet.is_ascii_uppercase())
    };
    let types = &settings.document_types;
    if types.is_empty() || !types.iter().all(is_code) {
        return Err(Refused::DocumentTypes.into());
    }
    if !is_plain_name(&settings.common_name) {
        return Err(Refused::CommonName.into());
    }
    check_addresses(settings)
}

/// Refuses addresses that would say something else on paper than in a certificate.
///
/// # Errors
/// [`Refused::Address`].
pub fn check_addresses(settings: &Settings) -> Result<()> {
    let mut addresses =
        core::iter::once(&settings.contact).chain(&settings.crl_distribution_points);
    if addresses.all(|address| is_plain_address(address)) {
        Ok(())
    } else {
        Err(Refused::Address.into())
    }
}

/// An address stands in certificates and on paper: without blanks, and without what steers a terminal or turns a line round.
fn is_plain_address(address: &str) -> bool {
    !address.is_empty() && address.bytes().all(|octet| octet.is_ascii_graphic())
}

/// Whether a key falls below what is certified here.
pub(crate) fn is_weak(key: &PublicKey) -> bool {
    is_weak_kind(key.kind())
}

/// The same of a key that is not made yet.
pub(crate) fn is_weak_kind(kind: KeyKind) -> bool {
    match kind {
        KeyKind::Rsa(bits) => bits < MIN_RSA_BITS,
        KeyKind::Ec(curve) => curve.order_len() < MIN_ORDER_OCTETS,
    }
}

/// Whether a key is the CSCA's or a registrar's, also of one that was dismissed.
pub(crate) fn has_other_purpose(name: &Digest, state: &State) -> Result<bool> {
    for all in [state.registrars(), state.former_registrars()] {
        if dismissal::of_key(all, name)?.is_some() {
            return Ok(true);
        }
    }
    is_of_csca(name, state)
}

/// Whether a key is or was the CSCA's.
pub(crate) fn is_of_csca(name: &Digest, state: &State) -> Result<bool> {
    for generation in state.generations() {
        let certificate = Certificate::parse(generation.certificate.as_bytes())?;
        if fingerprint(&certificate.public_key()?)? == *name {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A name as the profile has it, and never the CSCA's own: the certificate would look self-signed.
pub(crate) fn check_name(wanted: &Wanted, csca: &str) -> Result<()> {
    let name = wanted.common_name().unwrap_or_default();
    let good = match wanted {
        Wanted::BarcodeSigner(_) => {
            name.len() == BARCODE_NAME_LEN && name.bytes().all(|octet| octet.is_ascii_uppercase())
        }
        // As long as X.520 allows.
        _ => is_plain_name(name),
    };
    if good && !name.eq_ignore_ascii_case(csca) {
        Ok(())
    } else {
        Err(Refused::CommonName.into())
    }
}

fn check_barcode_signers(wanted: &Wanted, state: &State, now: OffsetDateTime) -> Result<()> {
    if !matches!(wanted, Wanted::BarcodeSigner(_)) {
        return Ok(());
    }
    let within_a_year = state
        .answers()
        .filter(|(at, answered)| answered.wanted == wanted.word() && *at > now - YEAR);
    if within_a_year.count() < MAX_BARCODE_SIGNERS {
        Ok(())
    } else {
        Err(Refused::TooManyBarcodeSigners.into())
    }
}

/// What two persons see of a request before they say yes.
#[must_use]
pub fn facts(body: &RequestBody) -> Vec<(String, String)> {
    let mut facts = vec![("wanted".to_owned(), body.wanted.word().to_owned())];
    let mut add = |what: &str, says: String| facts.push((what.to_owned(), says));
    if let Some(name) = body.wanted.common_name() {
        add("subject", format!("C={} CN={name}", body.country));
    }
    if let Some(period) = body.wanted.validity() {
        add("valid", span(period));
    }
    if let Some(period) = body.wanted.private_key_usage() {
        add("key used", span(period));
    }
    if !body.wanted.document_types().is_empty() {
        add("document types", body.wanted.document_types().join(", "));
    }
    if let Some(key) = &body.public_key {
        let described = PublicKey::from_spki(key.as_bytes())
            .map_or_else(|_| "unreadable".to_owned(), |key| key.describe());
        add("key", format!("{described}, SHA-256 {}", key.digest()));
    }
    if let Wanted::Crl(wish) = &body.wanted {
        for serial in &wish.revoke {
            add("revokes", serial.to_string());
        }
    }
    add("nonce", body.nonce.to_string());
    add("made at", moment(body.made_at));
    facts
}

fn span(period: Period) -> String {
    format!("{} to {}", period.from.date(), period.to.date())
}
