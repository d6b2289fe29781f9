//! What a chip would make of certificates, one after the other (Doc 9303-11 §7.1.4.3): for people who want to know why a card
//! refuses a reader.

use protocols::terminal_authentication::chain::{
    Accepted, Authorization, Imported, Issuer, validate,
};
use protocols::terminal_authentication::{Certificate, CertificateFault, Date, TrustPoints};

use crate::POLICY;
use crate::error::{Refused, Result};
use crate::trust::trust_point;

/// What the chip makes of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// A link: its key is a trust point now.
    TrustPoint,
    /// A verifier or terminal, and what everybody above lets it read.
    Imported(Authorization),
    /// Refused, and why.
    Refused(CertificateFault),
}

/// A certificate and what came of it.
#[derive(Debug, Clone)]
pub struct Step<'a> {
    /// The certificate.
    pub certificate: &'a Certificate,
    /// What the chip makes of it.
    pub judgement: Judgement,
    /// The chip's date afterwards.
    pub today: Date,
}

/// What a chip believes that was personalised with these certificates, which are self-signed: the newest first, perhaps the one
/// before.
///
/// # Errors
/// [`crate::Error::Certificate`]; [`Refused::Content`] for none, or more than two.
pub fn personalised(trust_points: &[Certificate], today: Date) -> Result<TrustPoints> {
    match trust_points {
        [newest] => Ok(TrustPoints::new(today, trust_point(newest)?, None)),
        [newest, previous] => Ok(TrustPoints::new(
            today,
            trust_point(newest)?,
            Some(trust_point(previous)?),
        )),
        _ => Err(Refused::Content("one or two self-signed certificates").into()),
    }
}

/// Gives a chip certificates in their order. It goes on behind one that is refused, as a chip does; what that one would have
/// certified has no issuer then. With the steps comes what the chip believes at the end.
#[must_use]
pub fn present<'a>(
    certificates: &'a [Certificate],
    mut trust: TrustPoints,
) -> (Vec<Step<'a>>, TrustPoints) {
    let mut imported: Option<Imported> = None;
    let mut steps = Vec::new();
    for certificate in certificates {
        let judgement = match judge(certificate, imported.as_ref(), &trust) {
            Ok(accepted) => {
                trust = accepted.changes.unwrap_or(trust);
                // A link takes the place of what was imported before it, as every certificate does.
                imported = accepted.imported;
                match &imported {
                    None => Judgement::TrustPoint,
                    Some(new) => Judgement::Imported(new.authorization().clone()),
                }
            }
            Err(fault) => Judgement::Refused(fault),
        };
        steps.push(Step {
            certificate,
            judgement,
            today: trust.today(),
        });
    }
    (steps, trust)
}

fn judge(
    certificate: &Certificate,
    imported: Option<&Imported>,
    trust: &TrustPoints,
) -> core::result::Result<Accepted, CertificateFault> {
    let authority = &certificate.body().authority;
    let issuer = imported
        .filter(|imported| imported.holder() == authority)
        .map(Issuer::Imported)
        .or_else(|| trust.find(authority).map(Issuer::TrustPoint))
        .ok_or(CertificateFault::UnknownIssuer)?;
    validate(certificate, issuer, trust, POLICY)
}
