//! What can go wrong with a log, and where.

use crate::entry::EntryFault;

/// A failure of this crate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An entry, or a part of one, that this crate would not write.
    #[error("entry: {0}")]
    Entry(#[from] EntryFault),
    /// A hash that the caller should have fetched from its rows.
    #[error("stored hash {index} was not given: fetch every index that `needed` names")]
    HashMissing {
        /// Index of the stored hash.
        index: u64,
    },
    /// More entries than a tree of this crate may have.
    #[error("a tree of {size} entries; at most {limit} are possible")]
    TreeTooLarge {
        /// Entries asked for.
        size: u64,
        /// The most there may be.
        limit: u64,
    },
    /// An entry or an older tree that is not within the tree.
    #[error("{asked} is not within a tree of {size} entries")]
    NotInTree {
        /// Index of an entry, or size of an older tree.
        asked: u64,
        /// Entries of the tree.
        size: u64,
    },
    /// A proof that does not prove what it should.
    #[error("the {kind} proof is wrong: it leads to another root, or has a wrong number of hashes")]
    ProofWrong {
        /// Of which kind.
        kind: ProofKind,
    },
    /// A text of 44 characters was wanted: 32 octets in base64.
    #[error("not a hash: 32 octets in base64 are wanted")]
    HashMalformed,
    /// A note that is not in the form of C2SP signed-note.
    #[error("note: {0}")]
    Note(NoteFault),
    /// A checkpoint that is not in the form of C2SP tlog-checkpoint, or lacks our line of time.
    #[error("checkpoint: {0}")]
    Checkpoint(CheckpointFault),
    /// The key of a log must be one on P-256 that signs with ECDSA and SHA-256 (C2SP signed-note, type 0x02).
    #[error("the key of a log must be on P-256 and sign by ECDSA with SHA-256")]
    KeyKind,
    /// A verifier key that is not `<name>+<key id>+<base64 of 02 and SubjectPublicKeyInfo>`.
    #[error("not a verifier key: name+id+base64 is wanted, and the id must be the key's")]
    KeyMalformed,
    /// The signer could not sign.
    #[error("signing the checkpoint: {0}")]
    Signer(#[from] pki::Error),
    /// A key could not be processed.
    #[error(transparent)]
    Crypto(#[from] crypto::Error),
}

/// The two kinds of proof (RFC 9162 §2.1.3, §2.1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofKind {
    /// That an entry is in a tree.
    Inclusion,
    /// That a tree begins with all of an older one.
    Consistency,
}

impl core::fmt::Display for ProofKind {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Inclusion => "inclusion",
            Self::Consistency => "consistency",
        })
    }
}

/// What is wrong with a note (C2SP signed-note).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteFault {
    /// Longer than any note that is read.
    #[error("longer than {0} bytes")]
    TooLong(usize),
    /// A control character other than the newline.
    #[error("a control character in it")]
    ControlCharacter,
    /// No empty line between text and signatures, or no newline at the end.
    #[error("no empty line before the signatures, or no newline at its end")]
    NoSignatures,
    /// A signature line that is not `— name base64`.
    #[error("signature line {0} is not `— name base64`")]
    SignatureLine(usize),
    /// More signatures than are read.
    #[error("more than {0} signatures")]
    TooManySignatures(usize),
    /// No signature of the key that was asked for.
    #[error("not signed by this key: take the key of this log, or a later note")]
    NotSignedByKey,
    /// A signature that names the key and does not verify.
    #[error("the signature of this key is wrong: the note was altered or is another's")]
    SignatureWrong,
    /// A name with a space or `+` in it, or none.
    #[error("a key's name must not be empty and has neither space nor `+`")]
    Name,
}

/// What is wrong with the text of a checkpoint (C2SP tlog-checkpoint).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointFault {
    /// Origin, size, root and time are wanted, one line each.
    #[error("four lines are wanted: origin, size, root, time")]
    Lines,
    /// A size that is no decimal number without leading zeros, or too large.
    #[error("its size is no decimal number, or too large")]
    Size,
    /// A root that is not 32 octets in base64.
    #[error("its root is not 32 octets in base64")]
    Root,
    /// A time that is not `time 2026-01-31T23:59:59Z`.
    #[error("its time is not `time YYYY-MM-DDThh:mm:ssZ`")]
    Time,
    /// A log of another name.
    #[error("it is of another log: the origin is not the one of the key")]
    Origin,
}

/// Result of this crate.
pub type Result<T> = core::result::Result<T, Error>;

impl From<NoteFault> for Error {
    fn from(fault: NoteFault) -> Self {
        Self::Note(fault)
    }
}

impl From<CheckpointFault> for Error {
    fn from(fault: CheckpointFault) -> Self {
        Self::Checkpoint(fault)
    }
}
