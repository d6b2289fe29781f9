//! Keys on a token: found, made, destroyed.

use crypto::{Curve, KeyKind};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use cryptoki::types::Ulong;
use pki::KeyStoreFault;

use super::mechanism::{curve_bits, within};
use super::outcome::Failure;
use super::public_key;
use super::token::Token;
use crate::location::TokenUri;
use crate::profile::KeyProfile;

/// 65,537.
const PUBLIC_EXPONENT: [u8; 3] = [1, 0, 1];

/// What a key is looked for by.
#[derive(Debug, Clone)]
pub(super) struct KeyName {
    label: Option<String>,
    id: Option<Vec<u8>>,
}

impl KeyName {
    pub(super) fn of(uri: &TokenUri) -> Self {
        Self {
            label: uri.object.clone(),
            id: uri.id.clone(),
        }
    }

    /// The same with its identifier.
    pub(super) fn with_id(self, id: Vec<u8>) -> Self {
        Self {
            id: Some(id),
            ..self
        }
    }

    fn template(&self, class: ObjectClass) -> Vec<Attribute> {
        let mut template = vec![Attribute::Class(class), Attribute::Token(true)];
        template.extend(
            self.label
                .as_ref()
                .map(|label| Attribute::Label(label.as_bytes().to_vec())),
        );
        template.extend(self.id.clone().map(Attribute::Id));
        template
    }

    /// The private key of this name.
    pub(super) fn private(&self, session: &Session) -> Result<ObjectHandle, Failure> {
        match session
            .find_objects(&self.template(ObjectClass::PRIVATE_KEY))?
            .as_slice()
        {
            [] => Err(KeyStoreFault::KeyNotFound.into()),
            [key] => Ok(*key),
            _ => Err(KeyStoreFault::KeyAmbiguous.into()),
        }
    }

    /// The public key that belongs to a private key: of the same identifier and label, or, from other programs, of the same
    /// identifier alone.
    pub(super) fn publics(
        &self,
        session: &Session,
        private: ObjectHandle,
    ) -> Result<Vec<ObjectHandle>, Failure> {
        let mut own = Self {
            label: None,
            id: None,
        };
        for attribute in
            session.get_attributes(private, &[AttributeType::Id, AttributeType::Label])?
        {
            match attribute {
                Attribute::Id(id) if !id.is_empty() => own.id = Some(id),
                Attribute::Label(label) if !label.is_empty() => {
                    own.label = String::from_utf8(label).ok();
                }
                _ => {}
            }
        }
        if own.id.is_none() && own.label.is_none() {
            return Ok(Vec::new());
        }
        let both = session.find_objects(&own.template(ObjectClass::PUBLIC_KEY))?;
        if !both.is_empty() || own.id.is_none() {
            return Ok(both);
        }
        own.label = None;
        Ok(session.find_objects(&own.template(ObjectClass::PUBLIC_KEY))?)
    }

    fn all(&self, session: &Session) -> Result<Vec<ObjectHandle>, Failure> {
        let mut found = session.find_objects(&self.template(ObjectClass::PRIVATE_KEY))?;
        found.extend(session.find_objects(&self.template(ObjectClass::PUBLIC_KEY))?);
        Ok(found)
    }
}

/// Makes a key pair on the token that never leaves it.
pub(super) fn generate(
    token: &Token,
    name: &KeyName,
    id: &[u8],
    profile: &KeyProfile,
) -> Result<(), Failure> {
    let (mechanism, particulars) = recipe(token, profile.kind)?;
    token.with_writing_session(|session| {
        if !name.all(session)?.is_empty() {
            return Err(KeyStoreFault::KeyExists.into());
        }
        let mut public = vec![
            Attribute::Token(true),
            Attribute::Verify(true),
            Attribute::Private(false),
        ];
        public.extend(particulars.iter().cloned());
        let mut private = vec![
            Attribute::Token(true),
            Attribute::Private(true),
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
            Attribute::Sign(true),
            Attribute::Decrypt(false),
            Attribute::Unwrap(false),
            Attribute::Derive(false),
        ];
        for template in [&mut public, &mut private] {
            template.extend(
                name.label
                    .as_ref()
                    .map(|label| Attribute::Label(label.as_bytes().to_vec())),
            );
            template.push(Attribute::Id(id.to_vec()));
        }
        let (public, private) = match session.generate_key_pair(&mechanism, &public, &private) {
            Err(error) if is_of_the_curve(profile.kind, &error) => {
                return Err(KeyStoreFault::NotOffered.into());
            }
            made => made?,
        };
        let kept = check_new(session, name, private);
        if kept.is_err() {
            for object in [private, public] {
                session.destroy_object(object)?;
            }
        }
        kept
    })
}

/// The mechanism, and what only this kind of key needs.
fn recipe(token: &Token, kind: KeyKind) -> Result<(Mechanism<'static>, Vec<Attribute>), Failure> {
    let (mechanism, kind_of, bits, particulars) = match kind {
        KeyKind::Rsa(bits) => {
            let size = Ulong::try_from(bits).map_err(|_| KeyStoreFault::NotOffered)?;
            let exponent = Attribute::PublicExponent(PUBLIC_EXPONENT.to_vec());
            (
                Mechanism::RsaPkcsKeyPairGen,
                MechanismType::RSA_PKCS_KEY_PAIR_GEN,
                bits,
                vec![Attribute::ModulusBits(size), exponent],
            )
        }
        KeyKind::Ec(curve) => (
            Mechanism::EccKeyPairGen,
            MechanismType::ECC_KEY_PAIR_GEN,
            curve_bits(curve),
            vec![Attribute::EcParams(public_key::parameters(curve)?)],
        ),
    };
    match token.mechanism(kind_of)? {
        Some(info)
            if info.generate_key_pair()
                && within(bits, info.min_key_size(), info.max_key_size()) =>
        {
            Ok((mechanism, particulars))
        }
        _ => Err(KeyStoreFault::NotOffered.into()),
    }
}

/// Tokens have no list of curves to ask for: they say no when they see one, in many ways.
fn is_of_the_curve(kind: KeyKind, error: &cryptoki::error::Error) -> bool {
    use cryptoki::error::{Error, RvError};
    let known = matches!(
        kind,
        KeyKind::Ec(Curve::P256 | Curve::P384 | Curve::P521) | KeyKind::Rsa(_)
    );
    !known
        && matches!(
            error,
            Error::Pkcs11(
                RvError::AttributeValueInvalid
                    | RvError::TemplateInconsistent
                    | RvError::FunctionFailed
                    | RvError::GeneralError
                    | RvError::ArgumentsBad,
                _
            )
        )
}

/// What was made is what was asked for: secret, and the only one of its name.
fn check_new(session: &Session, name: &KeyName, private: ObjectHandle) -> Result<(), Failure> {
    let said = session.get_attributes(
        private,
        &[AttributeType::Sensitive, AttributeType::Extractable],
    )?;
    if !said.contains(&Attribute::Sensitive(true)) || !said.contains(&Attribute::Extractable(false))
    {
        return Err(KeyStoreFault::NotOffered.into());
    }
    // Somebody else may have been as quick.
    match name.private(session) {
        Err(failure) if failure.fault == KeyStoreFault::KeyAmbiguous => {
            Err(KeyStoreFault::KeyExists.into())
        }
        other => other.map(|_| ()),
    }
}

/// Destroys a private key and its public one, and looks for them in another session. Finishes what was interrupted.
pub(super) fn destroy(token: &Token, name: &KeyName) -> Result<(), Failure> {
    token.with_writing_session(|session| {
        let private = match name.private(session) {
            Ok(private) => Some(private),
            Err(failure) if failure.fault == KeyStoreFault::KeyNotFound => None,
            Err(failure) => return Err(failure),
        };
        let publics = match private {
            Some(private) => name.publics(session, private)?,
            None => session.find_objects(&name.template(ObjectClass::PUBLIC_KEY))?,
        };
        if private.is_none() && publics.is_empty() {
            return Err(KeyStoreFault::KeyNotFound.into());
        }
        for object in private.into_iter().chain(publics) {
            session.destroy_object(object)?;
        }
        Ok(())
    })?;
    token.with_session(|session, _| {
        let _turn = token.turn();
        if name.all(session)?.is_empty() {
            Ok(())
        } else {
            Err(KeyStoreFault::KeyNotDestroyed.into())
        }
    })
}
