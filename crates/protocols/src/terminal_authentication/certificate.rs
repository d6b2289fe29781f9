//! A card verifiable certificate (Doc 9303-12 §7.2.2; TR-03110-3 annex C).
//!
//! ```text
//! 7F21 { 7F4E body  5F37 signature }      the signature is over the body with its tag and length
//! ```

use iso7816::tlv::{self, Writer};

use super::body::CertificateBody;
use super::fault::{CertificateFault, Deviation};
use super::objects::{Presence, row, tag, value};
use super::public_key::VerificationKey;
use super::signer::Signer;
use crate::Error;

/// Most octets of a certificate or request: the longest with all parameters of a 512-bit curve has 755, one with RSA of
/// 4,096 bits some 1,150.
pub const MAX_CERTIFICATE_LEN: usize = 2_048;

/// A certificate that was read or signed. That its signature is right is said only by who knows the issuer's key:
/// [`Self::verify`], and [`super::chain`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    body: CertificateBody,
    /// DO'7F4E' as it came: what was signed, whatever we would have written.
    signed: Vec<u8>,
    signature: Vec<u8>,
    deviations: Vec<Deviation>,
}

impl Certificate {
    /// Reads DO'7F21', the form of files.
    ///
    /// # Errors
    /// [`Error::Certificate`] with what is wrong.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        Ok(Self::read(bytes)?)
    }

    fn read(bytes: &[u8]) -> Result<Self, CertificateFault> {
        let mut deviations = Vec::new();
        let content = unwrap_certificate(bytes, &mut deviations)?;
        Self::from_objects(content, deviations)
    }

    /// Reads `7F4E … 5F37 …`, the data field of PSO:Verify Certificate.
    pub(super) fn from_command(data: &[u8]) -> Result<Self, CertificateFault> {
        check_len(data)?;
        Self::from_objects(data, Vec::new())
    }

    fn from_objects(
        content: &[u8],
        mut deviations: Vec<Deviation>,
    ) -> Result<Self, CertificateFault> {
        let Signed {
            template,
            signed,
            signature,
        } = Signed::read(content, &mut deviations)?;
        Ok(Self {
            body: CertificateBody::from_value(template, &mut deviations)?,
            signed: signed.to_vec(),
            signature: signature.to_vec(),
            deviations,
        })
    }

    /// Signs a body with the issuer's key.
    ///
    /// # Errors
    /// What the signer says.
    pub fn sign<S: Signer>(
        body: CertificateBody,
        issuer: &VerificationKey,
        signer: &mut S,
    ) -> Result<Self, S::Error> {
        let signed = body.to_bytes();
        let signature = signer.sign(issuer.scheme(), &signed)?;
        // A token that holds another key than its owner believes is found out here, not at the border.
        issuer.verify(&signed, &signature).map_err(Error::from)?;
        Ok(Self {
            body,
            signed,
            signature,
            deviations: Vec::new(),
        })
    }

    /// What the certificate says.
    #[must_use]
    pub const fn body(&self) -> &CertificateBody {
        &self.body
    }

    /// DO'7F4E' as it was signed.
    #[must_use]
    pub fn signed(&self) -> &[u8] {
        &self.signed
    }

    /// The signature.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// What was put up with in the encoding.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }

    /// Verifies the signature with the issuer's key: that and nothing more.
    ///
    /// # Errors
    /// [`CertificateFault::Signature`].
    pub fn verify(&self, issuer: &VerificationKey) -> Result<(), CertificateFault> {
        issuer.verify(&self.signed, &self.signature)
    }

    /// Whether a CVCA says by its old key what its new one is.
    #[must_use]
    pub fn is_link(&self) -> bool {
        self.body.authorization.role() == super::Role::Cvca
            && self.body.authority != self.body.holder
    }

    /// The data field of PSO:Verify Certificate.
    #[must_use]
    pub fn to_command(&self) -> Vec<u8> {
        let mut objects = Writer::new();
        objects
            .raw(&self.signed)
            .object(tag::SIGNATURE, &self.signature);
        objects.finish()
    }

    /// DO'7F21', the form of files.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        tlv::encode(tag::CERTIFICATE, &self.to_command())
    }
}

/// `7F4E … 5F37 …` of certificates and requests.
pub(super) struct Signed<'a> {
    /// Value of the body.
    pub(super) template: &'a [u8],
    /// The body with tag and length.
    pub(super) signed: &'a [u8],
    pub(super) signature: &'a [u8],
}

impl<'a> Signed<'a> {
    pub(super) fn read(
        content: &'a [u8],
        deviations: &mut Vec<Deviation>,
    ) -> Result<Self, CertificateFault> {
        let order = [
            (tag::BODY, Presence::Required),
            (tag::SIGNATURE, Presence::Required),
        ];
        let [body, signature] = row(tag::CERTIFICATE, content, order, deviations)?;
        Ok(Self {
            template: value(body, tag::BODY)?,
            signed: body.map(|body| body.raw).unwrap_or_default(),
            signature: value(signature, tag::SIGNATURE)?,
        })
    }
}

/// The value of DO'7F21' when it is the whole input.
pub(super) fn unwrap_certificate<'a>(
    bytes: &'a [u8],
    deviations: &mut Vec<Deviation>,
) -> Result<&'a [u8], CertificateFault> {
    check_len(bytes)?;
    let within = tag::CERTIFICATE;
    let (object, rest) = tlv::read(bytes).map_err(|_| CertificateFault::Encoding { within })?;
    if object.tag != tag::CERTIFICATE {
        return Err(CertificateFault::Missing(tag::CERTIFICATE));
    }
    if !rest.is_empty() {
        return Err(CertificateFault::Trailing(tag::CERTIFICATE));
    }
    if object.header_len() != tlv::header_len(object.tag, object.value.len()) {
        deviations.push(Deviation::NonMinimalLength(tag::CERTIFICATE));
    }
    Ok(object.value)
}

pub(super) const fn check_len(bytes: &[u8]) -> Result<(), CertificateFault> {
    if bytes.len() > MAX_CERTIFICATE_LEN {
        return Err(CertificateFault::TooLong(bytes.len()));
    }
    Ok(())
}
