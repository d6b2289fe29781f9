//! What can go wrong in this crate, by whose fault.

use const_oid::ObjectIdentifier;

/// A failure of this crate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Foreign bytes do not follow their format, beyond what is tolerated.
    #[error("malformed {what} at byte {at}")]
    Malformed {
        /// What was being read.
        what: &'static str,
        /// Offset of the fault from the start of the object.
        at: usize,
    },
    /// Well-formed, but not to be relied on.
    #[error("{0}")]
    Untrusted(Untrusted),
    /// An algorithm that is not implemented.
    #[error("unsupported algorithm {0}")]
    UnsupportedAlgorithm(ObjectIdentifier),
    /// A document signer asked for what its certificate does not allow.
    #[error("the document signer may not sign this: {0}")]
    NotPermitted(NotPermitted),
    /// The caller asked for something the profiles of Doc 9303-12 forbid.
    #[error("misuse: {0}")]
    Misuse(&'static str),
    /// A key or signature could not be processed.
    #[error(transparent)]
    Crypto(#[from] crypto::Error),
    /// The content of a security object could not be processed.
    #[error(transparent)]
    Lds(#[from] lds::Error),
    /// A structure of ours could not be encoded: a field of the profile is out of its range.
    #[error("encoding: {0}")]
    Encoding(der::Error),
    /// The place where a key lives did not do what it was asked.
    #[error("key store: {0}")]
    KeyStore(KeyStoreFault),
}

impl Error {
    /// Whether it is certain that no key has signed anything when this error came back from signing. What is not known counts
    /// as signed.
    #[must_use]
    pub const fn certainly_not_signed(&self) -> bool {
        match self {
            Self::NotPermitted(_) => true,
            Self::KeyStore(fault) => fault.certainly_not_signed(),
            _ => false,
        }
    }
}

/// Why a certificate is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Untrusted {
    /// A certificate offered as trust anchor is that of no certification authority.
    #[error("the certificate is not that of a certification authority")]
    NotACertificationAuthority,
    /// A link certificate that no certificate of the trust store has signed.
    #[error("no certificate of the trust store has signed this link certificate")]
    LinkWithoutIssuer,
    /// A self-signed CSCA certificate for which nobody vouches.
    #[error(
        "a self-signed CSCA certificate vouches for nothing by itself: nobody has said that it is genuine"
    )]
    RootUnvouched,
    /// A certificate that was withdrawn from the store by hand.
    #[error("withdrawn from the trust store")]
    Withdrawn,
    /// None of the fingerprints that were accepted is that of the object.
    #[error("none of the accepted fingerprints belongs to this")]
    OtherFingerprint,
    /// A list without a signature, for which nobody vouches.
    #[error("the list is not signed")]
    ListNotSigned,
    /// The signature of a list does not hold, or its hash differs.
    #[error("the signature of the list does not hold")]
    ListSignature,
    /// No CSCA of the store has issued the certificate of a list's signer.
    #[error("no CSCA of the trust store has issued the certificate of the list's signer")]
    ListSignerUnknown,
    /// The signer of a list has not the role that lists of this kind need.
    #[error("the signer's certificate is not for lists of this kind")]
    ListSignerRole,
    /// The certificate of a list's signer is revoked.
    #[error("the certificate of the list's signer is revoked")]
    ListSignerRevoked,
    /// The CSCA that has issued a list's signer, or signed a link certificate, is revoked.
    #[error("the CSCA that vouches for it is revoked")]
    AuthorityRevoked,
    /// The CSCA behind a list's signer is itself trusted only because the list of another state holds it.
    #[error(
        "the CSCA behind the list's signer is trusted only by the list of another state: compare the fingerprint of this list or of its signer by another way and accept it explicitly"
    )]
    ListSignerNotEntitled,
    /// A list was signed when the certificate of its signer was not valid.
    #[error("signed when the certificate of the list's signer was not valid")]
    ListSignerValidity,
    /// A list came in when the certificate of its signer was not valid, whatever the list says of when it was signed.
    #[error("the certificate of the list's signer was not valid when the list came in")]
    ListSignerExpired,
    /// No CSCA of the store has signed a revocation list.
    #[error("no CSCA of the trust store has issued this revocation list")]
    CrlWithoutIssuer,
    /// The signature of a revocation list does not hold with the key of the CSCA that it names.
    #[error("not signed by the CSCA that the revocation list names")]
    CrlSignature,
    /// The signature cannot be verified here.
    #[error("the signature cannot be verified: {0}")]
    NotVerifiable(crate::check::Cause),
    /// The store holds as much of the kind as it may.
    #[error("the trust store is full")]
    StoreFull,
}

impl Untrusted {
    /// Whether something that is missing could still change this: neither yes nor no.
    #[must_use]
    pub const fn is_undetermined(self) -> bool {
        matches!(
            self,
            Self::LinkWithoutIssuer
                | Self::RootUnvouched
                | Self::ListNotSigned
                | Self::ListSignerUnknown
                | Self::ListSignerNotEntitled
                | Self::CrlWithoutIssuer
                | Self::NotVerifiable(_)
        )
    }
}

/// What a document signer certificate does not allow (Doc 9303-12 §7.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotPermitted {
    /// The document code is not in the DocumentType list of the certificate.
    #[error("the document type is not in the list of its certificate")]
    DocumentType,
    /// The private key is not in use yet.
    #[error("its private key usage period has not begun")]
    BeforeUsagePeriod,
    /// The private key is no longer in use.
    #[error("its private key usage period is over")]
    AfterUsagePeriod,
    /// The certificate is not valid at this time.
    #[error("its certificate is not valid now")]
    Validity,
    /// Its key has signed as many documents as its issuer allows.
    #[error("its key has signed as many documents as it may; the next document signer takes over")]
    UsageLimit,
    /// Its key has been retired: destroyed, or about to be.
    #[error("its key has been retired")]
    KeyRetired,
}

/// What can be wrong with the place where a key lives: a file, a token behind PKCS#11, the ledger of its uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyStoreFault {
    /// The PKCS#11 module is not there, or is none.
    #[error("the PKCS#11 module cannot be loaded; is its path right?")]
    ModuleUnloadable,
    /// No slot of the module holds the token.
    #[error("no token of that name is present; is the device connected?")]
    TokenAbsent,
    /// Two tokens have the name.
    #[error("more than one token has that name; name its serial number, too")]
    TokenAmbiguous,
    /// The token takes no PIN before it is set up.
    #[error("the token is not initialised, or has no user PIN yet")]
    TokenNotReady,
    /// There is no room for another key or session.
    #[error("the token is full: remove what is not needed, or take another")]
    TokenFull,
    /// The token cannot be written to.
    #[error("the token is write-protected")]
    TokenReadOnly,
    /// The PIN was wrong. It is not sent a second time.
    #[error("the PIN of the token is wrong; it is not tried again by itself")]
    PinIncorrect,
    /// Too many wrong PINs.
    #[error("the PIN of the token is locked; its security officer can set a new one")]
    PinLocked,
    /// The PIN must be changed before the token does anything else.
    #[error("the PIN of the token has expired and must be changed")]
    PinExpired,
    /// The password does not open the key file.
    #[error("the password does not open the key")]
    PasswordIncorrect,
    /// There is no such key.
    #[error("there is no such key")]
    KeyNotFound,
    /// More than one key goes by the name.
    #[error("more than one key goes by that name; name its id, too")]
    KeyAmbiguous,
    /// There is a key already where a new one was to be made.
    #[error("there is a key already; keys are not replaced")]
    KeyExists,
    /// The key is of another kind than was said.
    #[error("the key is not of the kind that was named")]
    KeyOfAnotherKind,
    /// The key was to be destroyed and is still found.
    #[error("the key was to be destroyed and is still there")]
    KeyNotDestroyed,
    /// The token has no such mechanism, key size or curve.
    #[error("the token does not offer this algorithm, key size or curve")]
    NotOffered,
    /// The session ended, and a new one could not be had or ended as well. The key has not signed.
    #[error("the session with the token was lost; the key has not signed")]
    SessionLost,
    /// The token refused. The number is its CK_RV. The key has not signed.
    #[error("the token refused (CK_RV {0:#x})")]
    Refused(u64),
    /// The token failed while it signed, so that it cannot be known whether the key has signed. The number is its CK_RV.
    #[error("the token failed while signing (CK_RV {0:#x}); the use stays counted")]
    Unanswered(u64),
    /// The signature of the token does not verify with the public key, or is none.
    #[error("what the token gave as signature does not verify with its public key")]
    SignatureUnusable,
    /// The file of a key cannot be read, or holds no key.
    #[error("the key file cannot be read, or holds no private key")]
    FileUnreadable,
    /// The file of a key cannot be written or removed.
    #[error("the key file cannot be written; is there room, and may we write there?")]
    FileUnwritable,
    /// The ledger cannot be opened or read.
    #[error("the ledger of signatures cannot be read")]
    LedgerUnreadable,
    /// The ledger cannot be written: nothing is signed that is not counted.
    #[error("the ledger of signatures cannot be written; nothing is signed that is not counted")]
    LedgerUnwritable,
    /// A line of the ledger is not what was written there.
    #[error("the ledger of signatures was changed or damaged at line {line}")]
    LedgerDamaged {
        /// Which, from 1.
        line: u64,
    },
    /// The ledger was begun for another key or another limit.
    #[error("the ledger of signatures belongs to another key or another limit")]
    LedgerOfAnother,
}

impl KeyStoreFault {
    /// Whether it is certain that the key has not signed.
    #[must_use]
    pub const fn certainly_not_signed(self) -> bool {
        !matches!(self, Self::Unanswered(_) | Self::SignatureUnusable)
    }
}

impl From<der::Error> for Error {
    fn from(error: der::Error) -> Self {
        Self::Encoding(error)
    }
}

/// Result of this crate.
pub type Result<T> = core::result::Result<T, Error>;
