//! What a job gives for terminal authentication ([PERSO-067]).

use core::ops::RangeInclusive;

use crypto::SecretBytes;
use iso7816::tlv;
use protocols::terminal_authentication::{
    Certificate, Date, MAX_TRUST_POINTS, Policy, TrustPoint, TrustPoints,
};

use super::super::objects::Objects;
use super::password;
use crate::error::Refusal;
use crate::memory::TerminalTrust;

const TODAY: u32 = 0x8B;
const TRUST_POINTS: u32 = 0x8C;
const DOCUMENT_NUMBER: u32 = 0x8D;

/// Characters of a document number with its check digit: nine and one, or what a long number takes of the optional data of a
/// TD1 document (Doc 9303-5 §4.2.2).
const DOCUMENT_NUMBER_LEN: RangeInclusive<usize> = 10..=23;

/// Trust points and date, and the document number; `None` if the job has none of them.
pub(super) fn parse(
    objects: &mut Objects<'_>,
    dek: &SecretBytes,
) -> Result<Option<TerminalTrust>, Refusal> {
    let today = objects.take(TODAY);
    let points = objects.take(TRUST_POINTS);
    let document_number = password(DOCUMENT_NUMBER, objects, dek, is_document_number)?;
    match (today, points) {
        (None, None) if document_number.is_none() => Ok(None),
        (Some(today), Some(points)) => Ok(Some(TerminalTrust {
            points: trust_points(today, points)?,
            document_number,
        })),
        _ => Err(Refusal::Content("trust points and date belong together")),
    }
}

/// The newest key, and perhaps the one before. A chip whose newest key has expired would open for nobody.
fn trust_points(today: &[u8], points: &[u8]) -> Result<TrustPoints, Refusal> {
    let today = Date::from_digits(today).ok_or(Refusal::Content("date"))?;
    let certificates =
        tlv::read_all(points).map_err(|_| Refusal::Content("certificates of trust points"))?;
    let mut points = certificates
        .iter()
        .take(MAX_TRUST_POINTS + 1)
        .map(|certificate| trust_point(certificate.raw))
        .collect::<Result<Vec<_>, _>>()?
        .into_iter();
    let newest = points
        .next()
        .filter(|newest| !newest.period().is_over(today))
        .ok_or(Refusal::Content("newest trust point"))?;
    let previous = points.next();
    let is_older = previous.as_ref().is_none_or(|previous| {
        previous.holder() != newest.holder()
            && previous.period().effective() <= newest.period().effective()
    });
    if !is_older || points.next().is_some() {
        return Err(Refusal::Content("order of trust points"));
    }
    Ok(TrustPoints::new(today, newest, previous))
}

fn trust_point(certificate: &[u8]) -> Result<TrustPoint, Refusal> {
    Certificate::parse(certificate)
        .and_then(|certificate| TrustPoint::self_signed(&certificate, Policy::default()))
        .map_err(|_| Refusal::Content("certificate of a trust point"))
}

fn is_document_number(number: &[u8]) -> bool {
    DOCUMENT_NUMBER_LEN.contains(&number.len())
        && number
            .iter()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || *c == b'<')
}
