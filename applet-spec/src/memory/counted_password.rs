//! Passwords that wear out: PIN and PUK with their retry counters (chapter 02 §3).

use crypto::SecretBytes;
use protocols::pace::chip::{PasswordState, Tries};
use protocols::{Password, PasswordKind};

use super::Write;

/// A password with a retry counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Counted {
    /// The holder's number.
    Pin,
    /// What makes a blocked PIN good again.
    Puk,
}

impl Counted {
    /// The password of PACE that it is.
    pub(crate) const fn kind(self) -> PasswordKind {
        match self {
            Self::Pin => PasswordKind::Pin,
            Self::Puk => PasswordKind::Puk,
        }
    }

    pub(crate) fn of(kind: PasswordKind) -> Option<Self> {
        [Self::Pin, Self::Puk]
            .into_iter()
            .find(|counted| counted.kind() == kind)
    }

    const fn reference(self) -> u8 {
        self.kind().reference()
    }

    pub(super) fn from_reference(reference: u8) -> Option<Self> {
        Self::of(PasswordKind::from_reference(reference)?)
    }
}

/// A password with its retry counter. `left` never exceeds `start`.
pub(crate) struct CountedPassword {
    pub(crate) kind: Counted,
    pub(crate) secret: SecretBytes,
    /// Tries after a success.
    pub(crate) start: u8,
    /// Tries that are left.
    pub(crate) left: u8,
}

impl CountedPassword {
    /// A password that was never tried.
    pub(crate) const fn new(kind: Counted, secret: SecretBytes, start: u8) -> Self {
        Self {
            kind,
            secret,
            start,
            left: start,
        }
    }

    /// One try is left, for who shows first that he has the card ([ACCESS-023]).
    pub(crate) const fn is_suspended(&self) -> bool {
        self.left == 1
    }

    /// As PACE takes it.
    pub(crate) fn state(&self) -> Option<PasswordState> {
        let digits = core::str::from_utf8(self.secret.expose()).ok()?;
        let password = match self.kind {
            Counted::Pin => Password::pin(digits),
            Counted::Puk => Password::puk(digits),
        };
        Some(PasswordState {
            password: password.ok()?,
            tries: Tries::Left {
                now: self.left,
                start: self.start,
            },
        })
    }

    pub(crate) fn to_write(&self) -> Write {
        Write::CountedPassword {
            reference: self.kind.reference(),
            secret: (&self.secret).into(),
            start: self.start,
            left: self.left,
        }
    }

    pub(super) fn from_write(write: &Write) -> core::result::Result<Self, &'static str> {
        let Write::CountedPassword {
            reference,
            secret,
            start,
            left,
        } = write
        else {
            return Err("password");
        };
        if left > start {
            return Err("more tries than a password has");
        }
        Ok(Self {
            kind: Counted::from_reference(*reference).ok_or("password reference")?,
            secret: secret.to_secret(),
            start: *start,
            left: *left,
        })
    }
}

impl Write {
    /// The retry counter of a password takes another value.
    pub(crate) const fn retries(kind: Counted, left: u8) -> Self {
        Self::Retries {
            reference: kind.reference(),
            left,
        }
    }
}
