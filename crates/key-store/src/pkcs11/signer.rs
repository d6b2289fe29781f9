//! A key on a token that signs.

use std::sync::{Arc, Mutex, PoisonError};

use crypto::{PublicKey, SignatureAlgorithm};
use cryptoki::object::ObjectHandle;
use pki::{KeyStoreFault, Signer};

use super::key::KeyName;
use super::mechanism::Plan;
use super::outcome::Failure;
use super::public_key;
use super::token::Token;
use crate::profile::KeyProfile;
use crate::{Error, Result};

/// How often what a token gives as signature is verified with the public key before it is passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SelfCheck {
    /// The first one after each login: the handle leads to the right key.
    FirstOfLogin,
    /// Every one.
    Every,
}

/// A private key on a token, behind a pool of sessions.
pub struct TokenSigner {
    token: Arc<Token>,
    name: KeyName,
    plan: Plan,
    algorithm: SignatureAlgorithm,
    public_key: PublicKey,
    self_check: SelfCheck,
    handle: Mutex<Option<Handle>>,
}

/// The key as the token knows it between a login and its end.
#[derive(Clone, Copy)]
struct Handle {
    generation: u64,
    object: ObjectHandle,
    verified: bool,
}

impl TokenSigner {
    pub(super) fn open(token: Arc<Token>, name: KeyName, profile: &KeyProfile) -> Result<Self> {
        let (object, generation, public_key) = token
            .with_session(|session, generation| {
                let _turn = token.turn();
                let object = name.private(session)?;
                let mut objects = name.publics(session, object)?;
                objects.push(object);
                Ok((object, generation, public_key::read(session, &objects)?))
            })
            .map_err(Error::from)?;
        if !profile.fits(&public_key) {
            return Err(KeyStoreFault::KeyOfAnotherKind.into());
        }
        let plan = Plan::of(&token, profile.algorithm, &public_key)?;
        Ok(Self {
            token,
            name,
            plan,
            algorithm: profile.algorithm,
            public_key,
            self_check: SelfCheck::FirstOfLogin,
            handle: Mutex::new(Some(Handle {
                generation,
                object,
                verified: false,
            })),
        })
    }

    /// The same with another habit of checking itself.
    #[must_use]
    pub fn checking(mut self, self_check: SelfCheck) -> Self {
        self.self_check = self_check;
        self
    }

    fn known(&self, generation: u64) -> Option<Handle> {
        self.handle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .filter(|handle| handle.generation == generation)
    }

    fn remember(&self, handle: Handle) {
        *self.handle.lock().unwrap_or_else(PoisonError::into_inner) = Some(handle);
    }

    fn sign_once(&self, message: &[u8], input: &[u8]) -> core::result::Result<Vec<u8>, Failure> {
        let mechanism = self.plan.mechanism()?;
        let (signature, handle) = self.token.with_session(|session, generation| {
            let handle = match self.known(generation) {
                Some(handle) => handle,
                None => {
                    let _turn = self.token.turn();
                    let handle = Handle {
                        generation,
                        object: self.name.private(session)?,
                        verified: false,
                    };
                    self.remember(handle);
                    handle
                }
            };
            Ok((session.sign(&mechanism, handle.object, input)?, handle))
        })?;
        let signature = self.plan.output(signature)?;
        if !handle.verified || self.self_check == SelfCheck::Every {
            self.public_key
                .verify(&self.algorithm, message, &signature)
                .map_err(|_| KeyStoreFault::SignatureUnusable)?;
            self.remember(Handle {
                verified: true,
                ..handle
            });
        }
        Ok(signature)
    }
}

impl Signer for TokenSigner {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    fn sign(&self, message: &[u8]) -> pki::Result<Vec<u8>> {
        let input = self.plan.input(message);
        let signed = match self.sign_once(message, &input) {
            Err(failure) if failure.lost => self.sign_once(message, &input),
            signed => signed,
        };
        signed.map_err(|failure| pki::Error::KeyStore(failure.fault))
    }
}

impl core::fmt::Debug for TokenSigner {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(
            f,
            "TokenSigner({}, {})",
            self.public_key.describe(),
            self.algorithm
        )
    }
}
