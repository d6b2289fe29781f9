//! Requests for certificates (Doc 9303-12 §7.2.4; TR-03110-3 §C.2).
//!
//! ```text
//!      7F21 { 7F4E { 5F29 [42] 7F49 5F20 [65] }  5F37 }             signed by the key itself
//! 67 { 7F21 { … }  42 authority  5F37 }                             and by a key that is registered already
//! ```
//!
//! The inner signature shows that who asks has the key; the outer one who asks.

use iso7816::tlv::{self, Tlv, Writer};

use super::body::{Extension, check_profile, reference, write_profile};
use super::certificate::{Signed, check_len, unwrap_certificate};
use super::fault::{CertificateFault, Deviation};
use super::objects::{Presence, row, tag, value};
use super::public_key::{CvPublicKey, VerificationKey};
use super::reference::{AuthorityReference, HolderReference};
use super::signer::Signer;
use crate::Error;

/// What a request says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestBody {
    /// Whom the request is for, if it says so.
    pub authority: Option<AuthorityReference>,
    /// The key, with all domain parameters.
    pub key: VerificationKey,
    /// The name the key shall have.
    pub holder: HolderReference,
    /// Further authorizations asked for.
    pub extensions: Vec<Extension>,
}

impl RequestBody {
    fn from_value(
        template: &[u8],
        deviations: &mut Vec<Deviation>,
    ) -> Result<Self, CertificateFault> {
        let order = [
            (tag::PROFILE, Presence::Required),
            (tag::AUTHORITY, Presence::Optional),
            (tag::PUBLIC_KEY, Presence::Required),
            (tag::HOLDER, Presence::Required),
            (tag::EXTENSIONS, Presence::Optional),
        ];
        let [profile, authority, key, holder, extensions] =
            row(tag::BODY, template, order, deviations)?;
        check_profile(profile)?;
        let key = CvPublicKey::from_value(value(key, tag::PUBLIC_KEY)?, deviations)?;
        let authority = authority
            .map(|object| reference(Some(object), tag::AUTHORITY))
            .transpose()?;
        Ok(Self {
            authority,
            key: key.alone()?,
            holder: reference(holder, tag::HOLDER)?,
            extensions: Extension::read_all(extensions, deviations)?,
        })
    }

    /// The whole object, as it is signed.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut objects = Writer::new();
        write_profile(&mut objects);
        if let Some(authority) = &self.authority {
            objects.object(tag::AUTHORITY, authority.as_bytes());
        }
        objects
            .raw(&CvPublicKey::whole(&self.key).to_bytes())
            .object(tag::HOLDER, self.holder.as_bytes());
        Extension::write_all(&self.extensions, &mut objects);
        tlv::encode(tag::BODY, &objects.finish())
    }
}

/// A request whose inner signature is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    body: RequestBody,
    /// DO'7F21' as it came.
    raw: Vec<u8>,
    outer: Option<Outer>,
    deviations: Vec<Deviation>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Outer {
    authority: AuthorityReference,
    /// 7F21 ‖ 42, both with tag and length, as they came.
    signed: Vec<u8>,
    signature: Vec<u8>,
}

impl Request {
    /// Reads a request, with or without outer signature, and verifies the inner one.
    ///
    /// # Errors
    /// [`Error::Certificate`] with what is wrong.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        Ok(Self::read(bytes)?)
    }

    fn read(bytes: &[u8]) -> Result<Self, CertificateFault> {
        check_len(bytes)?;
        let within = tag::AUTHENTICATION;
        let (object, rest) = tlv::read(bytes).map_err(|_| CertificateFault::Encoding { within })?;
        if object.tag != within {
            return Self::read_inner(bytes, None, Vec::new());
        }
        if !rest.is_empty() {
            return Err(CertificateFault::Trailing(within));
        }
        Self::read_outer(object)
    }

    fn read_outer(object: Tlv<'_>) -> Result<Self, CertificateFault> {
        let order = [
            (tag::CERTIFICATE, Presence::Required),
            (tag::AUTHORITY, Presence::Required),
            (tag::SIGNATURE, Presence::Required),
        ];
        let mut deviations = Vec::new();
        let [inner, authority, signature] =
            row(tag::AUTHENTICATION, object.value, order, &mut deviations)?;
        let raw = |object: Option<Tlv<'_>>| object.map(|object| object.raw.to_vec());
        let signed = [raw(inner), raw(authority)];
        let outer = Outer {
            authority: reference(authority, tag::AUTHORITY)?,
            signed: signed.into_iter().flatten().flatten().collect(),
            signature: value(signature, tag::SIGNATURE)?.to_vec(),
        };
        let inner = inner.map(|inner| inner.raw).unwrap_or_default();
        Self::read_inner(inner, Some(outer), deviations)
    }

    fn read_inner(
        raw: &[u8],
        outer: Option<Outer>,
        mut deviations: Vec<Deviation>,
    ) -> Result<Self, CertificateFault> {
        let content = unwrap_certificate(raw, &mut deviations)?;
        let parts = Signed::read(content, &mut deviations)?;
        let body = RequestBody::from_value(parts.template, &mut deviations)?;
        body.key.verify(parts.signed, parts.signature)?;
        Ok(Self {
            body,
            raw: raw.to_vec(),
            outer,
            deviations,
        })
    }

    /// Signs a request with the key it is for.
    ///
    /// # Errors
    /// What the signer says; [`Error::Certificate`] when it has another key.
    pub fn sign<S: Signer>(body: RequestBody, signer: &mut S) -> Result<Self, S::Error> {
        let signed = body.to_bytes();
        let signature = signer.sign(body.key.scheme(), &signed)?;
        body.key.verify(&signed, &signature).map_err(Error::from)?;
        let mut objects = Writer::new();
        objects.raw(&signed).object(tag::SIGNATURE, &signature);
        Ok(Self {
            body,
            raw: tlv::encode(tag::CERTIFICATE, &objects.finish()),
            outer: None,
            deviations: Vec::new(),
        })
    }

    /// Signs the request with a key that is registered already: the holder's last one.
    ///
    /// # Errors
    /// What the signer says; [`Error::Certificate`] when it has another key.
    pub fn countersign<S: Signer>(
        mut self,
        authority: AuthorityReference,
        key: &VerificationKey,
        signer: &mut S,
    ) -> Result<Self, S::Error> {
        let mut objects = Writer::new();
        objects
            .raw(&self.raw)
            .object(tag::AUTHORITY, authority.as_bytes());
        let signed = objects.finish();
        let signature = signer.sign(key.scheme(), &signed)?;
        key.verify(&signed, &signature).map_err(Error::from)?;
        self.outer = Some(Outer {
            authority,
            signed,
            signature,
        });
        Ok(self)
    }

    /// What the request says.
    #[must_use]
    pub const fn body(&self) -> &RequestBody {
        &self.body
    }

    /// Whose key made the outer signature, if there is one.
    #[must_use]
    pub fn countersigner(&self) -> Option<&AuthorityReference> {
        self.outer.as_ref().map(|outer| &outer.authority)
    }

    /// What was put up with in the encoding.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }

    /// Verifies the outer signature with the key of [`Self::countersigner`].
    ///
    /// # Errors
    /// [`CertificateFault::Missing`] without an outer signature; [`CertificateFault::Signature`].
    pub fn verify_countersignature(&self, key: &VerificationKey) -> Result<(), CertificateFault> {
        let outer = self
            .outer
            .as_ref()
            .ok_or(CertificateFault::Missing(tag::AUTHENTICATION))?;
        key.verify(&outer.signed, &outer.signature)
    }

    /// DO'67', or DO'7F21' without outer signature.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let Some(outer) = &self.outer else {
            return self.raw.clone();
        };
        let mut objects = Writer::new();
        objects
            .raw(&outer.signed)
            .object(tag::SIGNATURE, &outer.signature);
        tlv::encode(tag::AUTHENTICATION, &objects.finish())
    }
}
