//! The rules of a chain of certificates (Doc 9303-11 §7.1.4.3; Doc 9303-12 §7.2; TR-03110-3 §A.7.1, annexes C and D): what a
//! chip makes of one certificate, as a function of what it believed before.
//!
//! 1. The certificate names the key that verifies it, and the signature is right.
//! 2. A CVCA certifies itself (link) and document verifiers, a verifier terminals. All are for inspection systems.
//! 3. Verifiers and terminals keep the issuer's scheme, size and curve, and inherit the domain parameters.
//! 4. A certificate that is no link must not have expired, nor the trust point that verifies a document verifier.
//! 5. The effective dates of links, verifiers and terminals of *domestic* verifiers move the current date forward. A
//!    terminal of a foreign verifier does not: else a foreign state could let a document's certificates expire.
//! 6. A link is a new trust point; of the older ones the one with the earlier effective date goes when there are three.
//!    Everything else is imported for the moment. Rights are the AND of everything above.

use super::algorithm::Profile;
use super::body::Extension;
use super::certificate::Certificate;
use super::fault::{CertificateFault, Deviation};
use super::holder_authorization::{Rights, Role, TerminalType};
use super::public_key::VerificationKey;
use super::reference::HolderReference;
use super::trust::{TrustPoint, TrustPoints};

/// What is allowed beyond the rules that hold for everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Policy {
    /// Schemes and sizes of keys.
    pub profile: Profile,
    /// Whether encodings that are not minimal are put up with. They occur (`7F21 82 00E7`), and change nothing of what a
    /// certificate says.
    pub tolerant: bool,
}

impl Policy {
    /// Whether what was put up with in reading may be put up with.
    ///
    /// # Errors
    /// [`CertificateFault::Deviation`].
    pub fn check_encoding(self, deviations: &[Deviation]) -> Result<(), CertificateFault> {
        match deviations.first() {
            Some(deviation) if !self.tolerant => Err(CertificateFault::Deviation(*deviation)),
            _ => Ok(()),
        }
    }

    /// Whether a key may be certified.
    ///
    /// # Errors
    /// [`CertificateFault::AlgorithmNotAllowed`].
    pub fn check_key(self, key: &VerificationKey) -> Result<(), CertificateFault> {
        if self.profile.allows(key.scheme(), key.key().kind()) {
            Ok(())
        } else {
            Err(CertificateFault::AlgorithmNotAllowed)
        }
    }
}

/// What a holder and everybody above him may.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Authorization {
    /// Rights of the template.
    pub rights: Rights,
    /// Rows of bits of the extensions (LDS2). What one certificate of the chain does not have, nobody has.
    pub extensions: Vec<Extension>,
}

impl Authorization {
    fn of(rights: Rights, extensions: &[Extension]) -> Self {
        let rows = extensions
            .iter()
            .filter(|extension| extension.bits().is_some());
        Self {
            rights,
            extensions: rows.cloned().collect(),
        }
    }

    /// What both allow.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let extensions = self.extensions.iter().filter_map(|own| {
            let same = |extension: &&Extension| extension.identifier() == own.identifier();
            own.and(other.extensions.iter().find(same)?)
        });
        Self {
            rights: self.rights.and(other.rights),
            extensions: extensions.collect(),
        }
    }
}

/// A key that a chip has accepted for the moment: a document verifier's or a terminal's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    holder: HolderReference,
    role: Role,
    key: VerificationKey,
    authorization: Authorization,
}

impl Imported {
    /// Its name.
    #[must_use]
    pub const fn holder(&self) -> &HolderReference {
        &self.holder
    }

    /// The holder's role.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }

    /// The key.
    #[must_use]
    pub const fn key(&self) -> &VerificationKey {
        &self.key
    }

    /// What the holder may, and everybody above him.
    #[must_use]
    pub const fn authorization(&self) -> &Authorization {
        &self.authorization
    }
}

/// The key that shall verify the next certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Issuer<'a> {
    /// A CVCA's.
    TrustPoint(&'a TrustPoint),
    /// A document verifier's or a terminal's.
    Imported(&'a Imported),
}

impl Issuer<'_> {
    const fn name(&self) -> &HolderReference {
        match self {
            Self::TrustPoint(point) => point.holder(),
            Self::Imported(imported) => imported.holder(),
        }
    }

    const fn key(&self) -> &VerificationKey {
        match self {
            Self::TrustPoint(point) => point.key(),
            Self::Imported(imported) => imported.key(),
        }
    }

    const fn role(&self) -> Role {
        match self {
            Self::TrustPoint(_) => Role::Cvca,
            Self::Imported(imported) => imported.role(),
        }
    }

    fn authorization(&self) -> Authorization {
        match self {
            Self::TrustPoint(point) => Authorization::of(
                point.body().authorization.rights(),
                &point.body().extensions,
            ),
            Self::Imported(imported) => imported.authorization().clone(),
        }
    }
}

/// What came of a certificate that is valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// A document verifier or terminal, for the moment; `None` for a link.
    pub imported: Option<Imported>,
    /// Trust points and date from now on, when anything changed: to be stored whole, in one transaction, before the answer
    /// goes out.
    pub changes: Option<TrustPoints>,
}

/// Judges a certificate.
///
/// # Errors
/// [`CertificateFault`] with the rule that is broken: nothing has changed then.
pub fn validate(
    certificate: &Certificate,
    issuer: Issuer<'_>,
    trust: &TrustPoints,
    policy: Policy,
) -> Result<Accepted, CertificateFault> {
    let body = certificate.body();
    if body.authority != *issuer.name() {
        return Err(CertificateFault::OtherIssuer);
    }
    policy.check_encoding(certificate.deviations())?;
    certificate.verify(issuer.key())?;
    if body.authorization.terminal_type() != TerminalType::InspectionSystem {
        return Err(CertificateFault::OtherTerminalType);
    }
    let (signer, subject) = (issuer.role(), body.authorization.role());
    if !signer.certifies(subject) {
        return Err(CertificateFault::Roles {
            issuer: signer,
            subject,
        });
    }
    if body.holder == body.authority || trust.find(&body.holder).is_some() {
        return Err(CertificateFault::HolderKnown);
    }
    let key = body.key.under(issuer.key())?;
    policy.check_key(&key)?;
    let moved = moves_date(signer, subject).then(|| trust.moved_to(body.period.effective()));
    if subject == Role::Cvca {
        let point = TrustPoint::new(body, key)?;
        let base = moved.as_ref().unwrap_or(trust);
        return Ok(Accepted {
            imported: None,
            changes: Some(base.with_link(point)),
        });
    }
    check_subordinate(certificate, issuer, &key, trust)?;
    let own = Authorization::of(body.authorization.rights(), &body.extensions);
    Ok(Accepted {
        imported: Some(Imported {
            holder: body.holder.clone(),
            role: subject,
            key,
            authorization: issuer.authorization().and(&own),
        }),
        changes: moved.filter(|moved| moved != trust),
    })
}

/// What holds for document verifiers and terminals.
fn check_subordinate(
    certificate: &Certificate,
    issuer: Issuer<'_>,
    key: &VerificationKey,
    trust: &TrustPoints,
) -> Result<(), CertificateFault> {
    let body = certificate.body();
    if body.key.has_parameters() == Some(true) {
        return Err(CertificateFault::SurplusParameters);
    }
    let same = |key: &VerificationKey| (key.scheme(), key.key().kind());
    if same(key) != same(issuer.key()) {
        return Err(CertificateFault::AlgorithmChanged);
    }
    if let Issuer::TrustPoint(point) = issuer
        && point.period().is_over(trust.today())
    {
        return Err(CertificateFault::TrustPointExpired);
    }
    if body.period.is_over(trust.today()) {
        return Err(CertificateFault::Expired);
    }
    Ok(())
}

/// Whether the effective date of a certificate is believed.
const fn moves_date(issuer: Role, subject: Role) -> bool {
    match subject {
        Role::Cvca | Role::DomesticVerifier | Role::ForeignVerifier => true,
        Role::Terminal => matches!(issuer, Role::DomesticVerifier),
    }
}
