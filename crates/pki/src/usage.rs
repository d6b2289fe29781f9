//! How often a key may be used. Doc 9303-12 sets no number; issuers do (Doc 9303-12 §4.1.1 speaks of the last document of a
//! key), and a number that is looked at after the key has signed is none. So it is taken before.

use crate::Result;

/// Counts the objects a key has signed, and ends when there are enough.
///
/// What is counted is a content, by its SHA-256: who asks again for the same content after a crash is not counted twice.
pub trait UsageCounter: Send + Sync {
    /// Takes one use of the key for a content. It is durable before this returns: the key may sign as soon as it has, and
    /// not earlier.
    ///
    /// # Errors
    /// [`crate::error::NotPermitted::UsageLimit`] when there is none left, [`crate::error::NotPermitted::KeyRetired`] when the
    /// key has been retired; [`crate::error::KeyStoreFault`] when it cannot be written down. In each case the key must not sign.
    fn reserve(&self, content: &[u8; 32]) -> Result<()>;

    /// Gives a use back. Only for who has reserved it and knows that the key has certainly not signed.
    ///
    /// A content that was reserved more than once stays counted: another of those who asked may have got a signature.
    ///
    /// # Errors
    /// [`crate::error::NotPermitted::KeyRetired`] when the key has been retired since: its count is part of the account then.
    /// [`crate::error::KeyStoreFault`] when it cannot be written down. In each case the use stays counted.
    fn release(&self, content: &[u8; 32]) -> Result<()>;
}
