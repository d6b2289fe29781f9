//! What can go wrong with a status list or a JWS, and what to do about it.

use crate::jws::JwsFault;

/// A failure of this crate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The envelope: not a JWS, or not signed by the key.
    #[error("JWS: {0}")]
    Jws(#[from] JwsFault),
    /// The compressed list.
    #[error("status list: {0}")]
    List(ListFault),
    /// What the token claims.
    #[error("status list token: {0}")]
    Token(TokenFault),
    /// An index beyond the end of the list.
    #[error("index {index} is beyond the {entries} entries of the list")]
    NoSuchIndex {
        /// The index.
        index: u64,
        /// Entries of the list.
        entries: u64,
    },
    /// A status that does not fit into the bits of an entry.
    #[error("status {status} does not fit into {bits} bits")]
    StatusTooLarge {
        /// The status.
        status: u8,
        /// Bits of an entry.
        bits: u8,
    },
    /// A place that is not `list/index`, or an index beyond the size of a list.
    #[error("not a place in a list: `list/index` is wanted, the index below {0}")]
    Shard(u32),
    /// The signer could not sign.
    #[error("signing: {0}")]
    Signer(#[from] pki::Error),
    /// A key could not be processed.
    #[error(transparent)]
    Crypto(#[from] crypto::Error),
}

/// What is wrong with a compressed list (draft-ietf-oauth-status-list-21 §4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ListFault {
    /// Bits that are not 1, 2, 4 or 8.
    #[error("{0} bits for an entry; 1, 2, 4 and 8 are possible")]
    Bits(u64),
    /// Not base64url without padding.
    #[error("not base64url without padding")]
    Base64,
    /// Not a ZLIB stream (RFC 1950), or one that ends early or whose checksum is wrong.
    #[error("not a whole ZLIB stream")]
    Zlib,
    /// Octets after the end of the stream.
    #[error("octets after the end of the ZLIB stream")]
    Trailing,
    /// A list that unpacks to more than is read.
    #[error("unpacks to more than {0} octets: it is no list, it is a bomb")]
    TooLarge(usize),
    /// More entries than a list may have, or none.
    #[error("a list has 1 to {0} entries")]
    Entries(u64),
}

/// What is wrong with the claims of a token (draft-ietf-oauth-status-list-21 §5.1, §8.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenFault {
    /// The claims are not those of a status list token; line and column count from 1.
    #[error("the claims are not those of a status list, at line {line}, column {column}")]
    Claims {
        /// Line.
        line: usize,
        /// Column.
        column: usize,
    },
    /// The list of another address.
    #[error("it is the list of another address: ask where the document says")]
    OtherSubject,
    /// It does not say when it ends.
    #[error("it has no `exp`: a list without an end could be shown for ever")]
    NoExpiry,
    /// It has ended.
    #[error("it has expired: fetch a newer one")]
    Expired,
    /// It is of the future.
    #[error("it was issued in the future: one of the two clocks is wrong")]
    OfTheFuture,
    /// A time outside the years that are possible, or a time to live of nothing.
    #[error("`iat`, `exp` or `ttl` is no possible time")]
    Time,
}

impl From<ListFault> for Error {
    fn from(fault: ListFault) -> Self {
        Self::List(fault)
    }
}

impl From<TokenFault> for Error {
    fn from(fault: TokenFault) -> Self {
        Self::Token(fault)
    }
}

/// Result of this crate.
pub type Result<T> = core::result::Result<T, Error>;
