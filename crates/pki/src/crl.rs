//! Certificate revocation lists (RFC 5280 §5, Doc 9303-12 §7.1.4): read as the field writes them, written
//! as the profile wants them. Reading verifies nothing.

mod body;
mod profile;
mod revoked;

use core::ops::Range;

use const_oid::ObjectIdentifier;
use time::OffsetDateTime;

use crate::algorithm::AlgorithmIdentifier;
use crate::ber::{Cursor, Element, Tag};
use crate::certificate::{Certificate, Extensions};
use crate::deviation::{Deviation, DeviationKind, Deviations};
use crate::name::Name;
use crate::{Error, Result, oids, verification};

pub use profile::{CrlProfile, MIN_HOURS_BETWEEN_CRLS, RevokedCertificate};
pub use revoked::{MAX_REVOKED, RevocationReason, Revoked};

/// Longest CRL that is read.
pub const MAX_CRL_LEN: usize = 16 * 1024 * 1024;
/// Most days from one CRL to the next (Doc 9303-12 §4.1.5).
pub const MAX_DAYS_BETWEEN_CRLS: u32 = 90;
/// Most octets of a cRLNumber (RFC 5280 §5.2.3).
pub const MAX_CRL_NUMBER_LEN: usize = 20;

/// A revocation list that was read. Nothing in it is verified by reading it.
#[derive(Debug, Clone)]
pub struct Crl {
    der: Vec<u8>,
    tbs: Range<usize>,
    issuer: Name,
    this_update: OffsetDateTime,
    next_update: Option<OffsetDateTime>,
    entries: revoked::Entries,
    extensions: Extensions,
    number: Option<Vec<u8>>,
    signature_algorithm: AlgorithmIdentifier,
    signature: Vec<u8>,
    deviations: Vec<Deviation>,
}

impl Crl {
    /// Reads a CertificateList.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the structure cannot be followed: a list of which a part cannot be read says nothing about
    /// the certificates that it does not name.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        if bytes.len() > MAX_CRL_LEN {
            return Err(Error::Malformed {
                what: "CRL, too long",
                at: MAX_CRL_LEN,
            });
        }
        let deviations = Deviations::default();
        let mut crl = {
            let mut file = Cursor::new(bytes, &deviations);
            let element = file.expect(Tag::SEQUENCE, "CRL")?;
            file.finish_object();
            Self::read(&element)?
        };
        crl.deviations = deviations.into_vec();
        Ok(crl)
    }

    /// The list as it was read, without bytes behind it.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// Who issued it: the CSCA whose certificates it is about.
    #[must_use]
    pub const fn issuer(&self) -> &Name {
        &self.issuer
    }

    /// When it was issued.
    #[must_use]
    pub const fn this_update(&self) -> OffsetDateTime {
        self.this_update
    }

    /// When the next one will be there at the latest; `None` where the list does not say it, against the profile.
    #[must_use]
    pub const fn next_update(&self) -> Option<OffsetDateTime> {
        self.next_update
    }

    /// Whether a newer list should be there by now; a list that does not say when it ends is good for
    /// [`MAX_DAYS_BETWEEN_CRLS`] days.
    #[must_use]
    pub fn is_outdated(&self, now: OffsetDateTime) -> bool {
        let end = self.next_update.or_else(|| {
            self.this_update
                .checked_add(time::Duration::days(MAX_DAYS_BETWEEN_CRLS.into()))
        });
        end.is_some_and(|end| now > end)
    }

    /// cRLNumber in two's complement, shortest form.
    #[must_use]
    pub fn number(&self) -> Option<&[u8]> {
        self.number.as_deref()
    }

    /// keyIdentifier of AuthorityKeyIdentifier.
    #[must_use]
    pub fn authority_key_identifier(&self) -> Option<&[u8]> {
        self.extensions.authority_key_identifier.as_deref()
    }

    /// Extensions of the list.
    #[must_use]
    pub const fn extensions(&self) -> &Extensions {
        &self.extensions
    }

    /// The algorithm the issuer signed with.
    #[must_use]
    pub const fn signature_algorithm(&self) -> &AlgorithmIdentifier {
        &self.signature_algorithm
    }

    /// All entries in the order of the list, those of other issuers (indirect CRL) included.
    #[must_use]
    pub fn entries(&self) -> &[Revoked] {
        self.entries.as_slice()
    }

    /// The entry of the issuer's certificate with this serial number (two's complement, shortest form, as
    /// [`Certificate::serial_number`] gives it).
    #[must_use]
    pub fn revoked(&self, serial_number: &[u8]) -> Option<&Revoked> {
        self.entries.find(serial_number)
    }

    /// Whether the absence of a certificate says that it is not revoked: no delta CRL, not limited to a distribution point,
    /// and no critical extension that is not understood (RFC 5280 §5.2).
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.extensions
            .all
            .iter()
            .all(|extension| !extension.critical || extension.oid == oids::AUTHORITY_KEY_IDENTIFIER)
            && !self.has(oids::DELTA_CRL_INDICATOR)
            && !self.has(oids::ISSUING_DISTRIBUTION_POINT)
            && !self.entries.hold_unknown_critical()
    }

    /// What was accepted against the rules while reading.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }

    /// Verifies the signature with the key of a CSCA certificate.
    ///
    /// # Errors
    /// [`Error::Crypto`] with [`crypto::Error::SignatureInvalid`] when it does not hold; other errors when key or algorithm
    /// cannot be processed.
    pub fn verify_signature(&self, issuer: &Certificate) -> Result<Vec<DeviationKind>> {
        let algorithm = self.signature_algorithm.signature_algorithm(None)?;
        let signed = self.tbs_cert_list();
        verification::verify_signed(&issuer.public_key()?, &algorithm, signed, &self.signature)
    }

    /// The bytes that were signed.
    pub(crate) fn tbs_cert_list(&self) -> &[u8] {
        self.der.get(self.tbs.clone()).unwrap_or_default()
    }

    fn has(&self, oid: ObjectIdentifier) -> bool {
        let mut all = self.extensions.all.iter();
        all.any(|extension| extension.oid == oid)
    }

    fn read(element: &Element<'_>) -> Result<Self> {
        const WHAT: &str = "CRL";
        let mut fields = element.children(WHAT)?;
        let tbs = fields.expect(Tag::SEQUENCE, "tbsCertList")?;
        let algorithm = fields.expect(Tag::SEQUENCE, "signatureAlgorithm")?;
        let signature = fields
            .expect(Tag::BIT_STRING, "signature of CRL")?
            .bits("signature of CRL")?;
        fields.finish();
        let signature_algorithm = AlgorithmIdentifier::read_signature_algorithm(&algorithm)?;
        let body = body::Body::read(&tbs, &signature_algorithm)?;
        Ok(Self {
            der: element.raw.to_vec(),
            tbs: tbs.at - element.at..tbs.range().end - element.at,
            issuer: body.issuer,
            this_update: body.this_update,
            next_update: body.next_update,
            entries: body.entries,
            number: body::read_number(&body.extensions, &tbs),
            extensions: body.extensions,
            signature_algorithm,
            signature: signature.to_vec(),
            deviations: Vec::new(),
        })
    }
}
