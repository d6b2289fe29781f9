//! The CVCA as others see it: the self-signed certificate that was compared by hand, and the links that lead on from it.

use protocols::terminal_authentication::chain::{Imported, Issuer, validate};
use protocols::terminal_authentication::{
    AuthorityReference, Certificate, CertificateFault, Date, TrustPoint, TrustPoints,
};

use crate::POLICY;
use crate::certificate_row::invalid;
use crate::error::{Error, Result};

/// A CVCA from its first key that is known here to its newest.
#[derive(Debug, Clone)]
pub struct Trust {
    /// The self-signed certificate, and the links.
    certificates: Vec<Certificate>,
    points: TrustPoints,
}

impl Trust {
    /// Begins with a self-signed certificate, whose fingerprint somebody has compared.
    ///
    /// # Errors
    /// [`Error::Certificate`].
    pub(crate) fn begin(root: &Certificate, today: Date) -> Result<Self> {
        let point = trust_point(root)?;
        Ok(Self {
            certificates: vec![root.clone()],
            points: TrustPoints::new(today, point, None),
        })
    }

    /// The self-signed certificate first, then the links.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The links.
    #[must_use]
    pub fn links(&self) -> &[Certificate] {
        self.certificates.get(1..).unwrap_or_default()
    }

    /// What a chip with these keys believes on this day. The true day is known here, so that no certificate moves it.
    #[must_use]
    pub fn on(&self, today: Date) -> TrustPoints {
        let mut points = self.points.points().cloned();
        match points.next() {
            Some(newest) => TrustPoints::new(today, newest, points.next()),
            None => self.points.clone(),
        }
    }

    /// The newest key.
    #[must_use]
    pub fn newest(&self) -> Option<&TrustPoint> {
        self.points.points().next()
    }

    /// Whether a certificate of the CVCA says nothing new: a key that is known, by whatever certificate.
    pub(crate) fn knows(&self, certificate: &Certificate) -> bool {
        let body = certificate.body();
        self.certificates.contains(certificate)
            || self.certificates.iter().any(|known| {
                let known = known.body();
                known.holder == body.holder && known.key == body.key
            })
    }

    /// Follows a link.
    ///
    /// # Errors
    /// [`Error::Certificate`].
    pub(crate) fn follow(&mut self, link: &Certificate, today: Date) -> Result<()> {
        let points = self.on(today);
        let issuer = issuer(&points, link)?;
        let accepted =
            validate(link, issuer, &points, POLICY).map_err(|fault| invalid(link, fault))?;
        let Some(changed) = accepted.changes.filter(|_| accepted.imported.is_none()) else {
            return Err(Error::Misuse("a link is a certificate of a CVCA"));
        };
        self.points = changed;
        self.certificates.push(link.clone());
        Ok(())
    }

    /// Verifies the certificate of a document verifier.
    ///
    /// # Errors
    /// [`Error::Certificate`].
    pub(crate) fn verifier(&self, certificate: &Certificate, today: Date) -> Result<Imported> {
        let points = self.on(today);
        let issuer = issuer(&points, certificate)?;
        imported(certificate, issuer, &points)
    }

    /// Verifies the certificate of a terminal under its verifier's.
    ///
    /// # Errors
    /// [`Error::Certificate`].
    pub(crate) fn terminal(
        &self,
        certificate: &Certificate,
        verifier: &Imported,
        today: Date,
    ) -> Result<Imported> {
        imported(certificate, Issuer::Imported(verifier), &self.on(today))
    }
}

/// The key of a self-signed certificate.
///
/// # Errors
/// [`Error::Certificate`].
pub(crate) fn trust_point(certificate: &Certificate) -> Result<TrustPoint> {
    TrustPoint::self_signed(certificate, POLICY).map_err(|error| match error {
        protocols::Error::Certificate(fault) => invalid(certificate, fault),
        other => other.into(),
    })
}

fn issuer<'a>(points: &'a TrustPoints, certificate: &Certificate) -> Result<Issuer<'a>> {
    let authority: &AuthorityReference = &certificate.body().authority;
    points
        .find(authority)
        .map(Issuer::TrustPoint)
        .ok_or_else(|| invalid(certificate, CertificateFault::UnknownIssuer))
}

fn imported(
    certificate: &Certificate,
    issuer: Issuer<'_>,
    points: &TrustPoints,
) -> Result<Imported> {
    validate(certificate, issuer, points, POLICY)
        .map_err(|fault| invalid(certificate, fault))?
        .imported
        .ok_or(Error::Misuse(
            "a link is no certificate of a verifier or terminal",
        ))
}
