//! What a chip would make of certificates, one after the other (Doc 9303-11 §7.1.4.3): for people who want to know why a card
//! refuses a reader.

use protocols::terminal_authentication::chain::{
    Accepted, Authorization, Imported, Issuer, validate,
};
use protocols::terminal_authentication::terminal::Path;
use protocols::terminal_authentication::{
    Certificate, CertificateFault, Date, HolderReference, Role, TrustPoint, TrustPoints,
};

use crate::POLICY;
use crate::error::{Refused, Result};
use crate::trust::trust_point;

/// What the chip makes of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// A link: its key is a trust point now.
    TrustPoint,
    /// A certificate of a CVCA whose key is a trust point already. A reader that knows it does not present it.
    Known,
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

/// What came of certificates.
#[derive(Debug, Clone)]
pub struct Examined<'a> {
    /// Each that was presented, in that order.
    pub steps: Vec<Step<'a>>,
    /// What the chip believes at the end.
    pub trust: TrustPoints,
    /// Whether the last terminal opened what its certificates allow; without a terminal, whether nothing was refused.
    pub opens: bool,
}

/// Has each terminal of a set of certificates present them as a reader does: on the way that leads to it from what the chip
/// trusts ([`Path::find`]). Where there is no way, and where there is no terminal, all are presented in their order, so that the
/// steps say what is wrong.
#[must_use]
pub fn examine(certificates: &[Certificate], trust: TrustPoints) -> Examined<'_> {
    let is_terminal =
        |certificate: &&Certificate| certificate.body().authorization.role() == Role::Terminal;
    let mut terminals: Vec<&HolderReference> = Vec::new();
    for terminal in certificates.iter().filter(is_terminal) {
        let name = &terminal.body().holder;
        if !terminals.contains(&name) {
            terminals.push(name);
        }
    }
    let mut examined = Examined {
        steps: Vec::new(),
        trust,
        opens: false,
    };
    if terminals.is_empty() {
        examined.present(certificates.iter());
        let refused = |step: &Step<'_>| matches!(step.judgement, Judgement::Refused(_));
        examined.opens = !examined.steps.iter().any(refused);
    }
    for terminal in terminals {
        let names = examined.trust.points().map(|point| point.holder().clone());
        let names: Vec<_> = names.collect();
        match Path::find(&names, certificates, terminal, examined.trust.today()) {
            Ok(path) => examined.present(path.certificates().iter().copied()),
            Err(_) => examined.present(certificates.iter()),
        }
        let of_terminal = |step: &&Step<'_>| step.certificate.body().holder == *terminal;
        let last = examined.steps.iter().rev().find(of_terminal);
        examined.opens = last.is_some_and(|step| matches!(step.judgement, Judgement::Imported(_)));
    }
    examined
}

/// Gives a chip certificates in their order. It goes on behind one that is refused, as a chip does; what that one would have
/// certified has no issuer then. With the steps comes what the chip believes at the end.
#[must_use]
pub fn present(certificates: &[Certificate], trust: TrustPoints) -> (Vec<Step<'_>>, TrustPoints) {
    let mut examined = Examined {
        steps: Vec::new(),
        trust,
        opens: false,
    };
    examined.present(certificates.iter());
    (examined.steps, examined.trust)
}

impl<'a> Examined<'a> {
    fn present(&mut self, certificates: impl Iterator<Item = &'a Certificate>) {
        let mut imported: Option<Imported> = None;
        for certificate in certificates {
            let judgement = match judge(certificate, imported.as_ref(), &self.trust) {
                _ if is_known(certificate, &self.trust) => Judgement::Known,
                Ok(accepted) => {
                    self.trust = accepted.changes.unwrap_or(self.trust.clone());
                    // A link takes the place of what was imported before it, as every certificate does.
                    imported = accepted.imported;
                    match &imported {
                        None => Judgement::TrustPoint,
                        Some(new) => Judgement::Imported(new.authorization().clone()),
                    }
                }
                Err(fault) => Judgement::Refused(fault),
            };
            self.steps.push(Step {
                certificate,
                judgement,
                today: self.trust.today(),
            });
        }
    }
}

/// Whether a certificate says of a key no more than the chip knows.
fn is_known(certificate: &Certificate, trust: &TrustPoints) -> bool {
    let body = certificate.body();
    let is_of_key = |point: &TrustPoint| {
        *point.holder() == body.holder && body.key.alone().is_ok_and(|key| key == *point.key())
    };
    body.authorization.role() == Role::Cvca && trust.points().any(is_of_key)
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
