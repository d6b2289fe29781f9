//! What can go wrong in this crate, by whose fault.

use protocols::terminal_authentication::{CertificateFault, HolderReference, Role};

use crate::settings::EntityKind;

/// A failure of this crate. No message says anything about a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file is larger than anything this crate writes.
    #[error("{what}: longer than {limit} octets")]
    TooLong {
        /// Which file.
        what: &'static str,
        /// The most it may have.
        limit: usize,
    },
    /// A certificate is not what it must be: altered, another's, or out of its time.
    #[error("certificate of {holder}: {fault}")]
    Certificate {
        /// Whose.
        holder: HolderReference,
        /// What is wrong.
        fault: CertificateFault,
    },
    /// A request, or a file that should hold certificates, is not what it must be.
    #[error("{what}: {fault}")]
    Unreadable {
        /// Which.
        what: &'static str,
        /// What is wrong.
        fault: CertificateFault,
    },
    /// Genuine, and against the rules.
    #[error("refused: {0}")]
    Refused(Refused),
    /// The journal does not hold together.
    #[error("journal, line {line}: {fault}")]
    Journal {
        /// Line, counted from 1.
        line: usize,
        /// What is wrong with it.
        fault: JournalFault,
    },
    /// The caller asked for what makes no sense.
    #[error("misuse: {0}")]
    Misuse(&'static str),
    /// A signature could not be made.
    #[error(transparent)]
    Protocol(#[from] protocols::Error),
}

impl From<Refused> for Error {
    fn from(why: Refused) -> Self {
        Self::Refused(why)
    }
}

/// What the rules forbid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// An act that this kind of entity does not have.
    #[error("that is nothing {} does", .0.with_article())]
    OtherKind(EntityKind),
    /// Country, mnemonic or first number that no name of a key can be made of.
    #[error(
        "a name is a country of two letters and at most nine printable characters; keys are numbered from 1"
    )]
    Name,
    /// No five characters are left for a further key.
    #[error("every sequence number of this holder has been used")]
    SequenceExhausted,
    /// The clock is behind the last line.
    #[error("the journal was last written later than now")]
    ClockBehind,
    /// A day that no certificate can name.
    #[error("certificates know the years 2000 to 2099 only")]
    DayOutOfRange,
    /// A key was planned and has not been used yet: it comes first.
    #[error("the key {0} waits to be made")]
    KeyPlanned(HolderReference),
    /// No key was planned.
    #[error("no key waits to be made or certified")]
    NothingPlanned,
    /// A request waits for its certificate.
    #[error("the request for {0} waits for its certificate")]
    RequestWaits(HolderReference),
    /// A key of another kind than was planned.
    #[error("the key is of another kind than the one that was planned")]
    OtherKeyAlgorithm,
    /// The profile forbids it.
    #[error("Doc 9303-11 §7.1.4 does not allow the algorithm or the size of the key")]
    KeyAlgorithm,
    /// There is no certificate that is valid now.
    #[error("there is no certificate of one's own that is valid today")]
    NoCertificate,
    /// There is a valid certificate: the next request bears its key's signature.
    #[error("the certificate of {0} is still valid: its key signs the next request")]
    CertificateValid(HolderReference),
    /// The key that should sign is not the one that is certified.
    #[error("the key is not the one that is certified")]
    OtherKey,
    /// The key of the CVCA has expired before its successor was made.
    #[error("the key has expired, and its successor's period would not overlap with its own")]
    NoOverlap,
    /// A request for another key of the authority.
    #[error("the request is for {0}")]
    OtherAuthority(HolderReference),
    /// A request for somebody else.
    #[error("the request is for {asked}, and this is the folder of {here}")]
    ForeignAuthority {
        /// Whom the holder asks.
        asked: HolderReference,
        /// The key that would certify here.
        here: HolderReference,
    },
    /// A verifier's or terminal's key must be of the issuer's kind (Doc 9303-12 §4.2.1).
    #[error("scheme, size or curve of the key are not those of the authority")]
    KeyOfOtherAlgorithm,
    /// The sequence number must begin with the country of who certifies (Doc 9303-12 §7.2.2.2).
    #[error("the sequence number does not begin with the country of the authority")]
    Sequence,
    /// A request for further authorizations, of which none are granted here.
    #[error("the request asks for authorizations by extensions, which are not granted")]
    Extensions,
    /// The name belongs to another key.
    #[error("the name {0} was certified for another key")]
    NameUsed(HolderReference),
    /// The key has another name.
    #[error("the key was certified under the name {0}")]
    KeyUsed(HolderReference),
    /// Nobody vouches for the first request of a holder.
    #[error(
        "nobody vouches for the request: no key of this holder has signed it, and no fingerprint was given"
    )]
    NotIdentified,
    /// The fingerprint is another request's.
    #[error("the fingerprint is not the one of the request")]
    FingerprintDiffers,
    /// The outer signature is by a key that is not registered, or is another holder's.
    #[error("the outer signature is by {0}, which is no valid key of this holder here")]
    Countersigner(HolderReference),
    /// The outer signature is wrong.
    #[error("the outer signature is wrong")]
    Countersignature,
    /// A role that the authority does not give.
    #[error("a certificate for a {0} is not given here")]
    Role(Role),
    /// A domestic verifier of another country.
    #[error("a verifier of another country is no domestic one")]
    NotDomestic,
    /// More rights than the authority has itself.
    #[error("the authority cannot give rights that it does not have")]
    Rights,
    /// A lifetime outside of what the role may have.
    #[error("a {role} lives {shortest} to {longest} days (Doc 9303-12 table 2)")]
    Lifetime {
        /// Whose.
        role: Role,
        /// Fewest days.
        shortest: u32,
        /// Most days.
        longest: u32,
    },
    /// The certificate would be valid longer than its issuer's.
    #[error("the certificate would be valid longer than the authority's own")]
    OutlivesIssuer,
    /// What was issued is not what the request and the rules give.
    #[error("the certificate is not the answer to the request")]
    OtherContent,
    /// A self-signed certificate of somebody who is not trusted.
    #[error("{0} is not the CVCA that is trusted here")]
    OtherTrustPoint(HolderReference),
    /// The certificate of another document verifier than the one that certifies this inspection system.
    #[error("{0} is not the document verifier of this inspection system")]
    OtherVerifier(HolderReference),
    /// A request under the authority's own country and mnemonic: a name that one of its keys has or may get.
    #[error("{0} is a name of the authority itself")]
    OwnName(HolderReference),
    /// A certificate that nobody asked for here.
    #[error("nobody asked for the certificate of {0} here")]
    NotAsked(HolderReference),
    /// Too few or too many certificates.
    #[error("the file does not hold {0}")]
    Content(&'static str),
    /// The journal would become longer than what is read.
    #[error("the journal is full")]
    JournalFull,
}

/// What proves a journal to be altered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JournalFault {
    /// There is no line.
    #[error("empty")]
    Empty,
    /// No line in the form in which lines are written.
    #[error("not a line as it was written")]
    Unreadable,
    /// The last line has no end.
    #[error("cut off")]
    Torn,
    /// Lines are missing or doubled.
    #[error("wrong number")]
    Number,
    /// The line before was altered.
    #[error("does not follow the line before")]
    Chain,
    /// What the line says cannot have happened.
    #[error("cannot have happened: {0}")]
    Contradiction(Box<Error>),
}

/// Result of this crate.
pub type Result<T> = core::result::Result<T, Error>;
