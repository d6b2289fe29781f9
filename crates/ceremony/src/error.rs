//! What can go wrong in a ceremony, by whose fault.

/// A failure of this crate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file is larger than anything this crate writes.
    #[error("{what}: longer than {limit} bytes")]
    TooLong {
        /// Which file.
        what: &'static str,
        /// The most it may have.
        limit: usize,
    },
    /// A file does not say what it should; line and column count from 1.
    #[error("{what}: not readable at line {line}, column {column}")]
    Malformed {
        /// Which file.
        what: &'static str,
        /// Line.
        line: usize,
        /// Column.
        column: usize,
    },
    /// A file says the right things in another form than the one it is written in.
    #[error("{what}: not in the form in which it was written")]
    OtherForm {
        /// Which file.
        what: &'static str,
    },
    /// A file of a version that is not known.
    #[error("{what}: version {version} is not known")]
    Version {
        /// Which file.
        what: &'static str,
        /// What it says.
        version: u8,
    },
    /// A signature or hash is wrong: the file was altered or is another's.
    #[error("{0}")]
    Forged(Forged),
    /// Genuine, and against the rules.
    #[error("refused: {0}")]
    Refused(Refused),
    /// The journal of the root does not hold together.
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
    /// A certificate, list or signature could not be made or read.
    #[error(transparent)]
    Pki(#[from] pki::Error),
    /// A key could not be processed.
    #[error(transparent)]
    Crypto(#[from] crypto::Error),
}

/// What proves a file to be altered or another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Forged {
    /// The new key has not signed the request.
    #[error("the request is not signed by the key it wants a certificate for")]
    ProofOfPossession,
    /// The registrar's key has not signed the request.
    #[error("the request is not signed by the registrar it names")]
    Registrar,
    /// The CSCA has not signed the answer.
    #[error("the answer is not signed by the CSCA")]
    Answer,
    /// The certificate or list in the answer is not signed by the CSCA.
    #[error("what was issued is not signed by the CSCA")]
    Issued,
    /// The CSCA has not signed the backup.
    #[error("the backup is not signed by the CSCA")]
    Backup,
}

/// Why something genuine is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// One person stands in both places.
    #[error("two different persons are needed")]
    SamePerson,
    /// A name is empty, too long or holds what cannot be printed.
    #[error("a name has 1 to 64 printable characters")]
    PersonName,
    /// The part of a secret is too short.
    #[error("each person's part of the secret has at least {0} characters")]
    ShortSecret(usize),
    /// Both parts of the secret are equal.
    #[error("the two parts of the secret must differ")]
    SameSecret,
    /// The registrar is not admitted at this root.
    #[error("the registrar that signed the request is not admitted")]
    UnknownRegistrar,
    /// The registrar was dismissed.
    #[error("the registrar that signed the request was dismissed")]
    DismissedRegistrar,
    /// There is nobody to dismiss.
    #[error("no registrar with this key is admitted")]
    NotAdmitted,
    /// The registrar is admitted already.
    #[error("this registrar is admitted already")]
    KnownRegistrar,
    /// The request is meant for another CSCA.
    #[error("the request is meant for another CSCA")]
    OtherCsca,
    /// The country of the request is not that of the root.
    #[error("the country of the request is not that of the CSCA")]
    Country,
    /// The document types of the request are not among those of the root.
    #[error("a document type that this CSCA does not certify")]
    DocumentTypes,
    /// The request was made too long ago.
    #[error("the request is older than {0} days")]
    TooOld(u16),
    /// The request was made after now.
    #[error("the request was made in the future: compare the clocks of both machines")]
    FromTheFuture,
    /// The request may be older than the restoration of the root, and answered before: the clocks of the two machines cannot
    /// tell within a day.
    #[error("the request was made before this root was restored, or less than a day after")]
    BeforeRestoration,
    /// The key has a certificate already.
    #[error("the key has a certificate already")]
    KeyCertified,
    /// The key is the CSCA's own or a registrar's.
    #[error("the key has another purpose already")]
    KeyOfOtherPurpose,
    /// The key is too weak to be certified.
    #[error("the key is too weak: RSA of 2048 bits or a curve of 256 is the least")]
    WeakKey,
    /// The same nonce with another content.
    #[error("another request with the same nonce was answered")]
    NonceUsed,
    /// Periods do not fit into each other, or begin in the past.
    #[error("the periods of the request do not fit: usage inside validity, not begun long ago")]
    Periods,
    /// The periods leave the validity of the CSCA.
    #[error("the certificate would outlive the CSCA's, or begin when its key is out of use")]
    OutsideCsca,
    /// The certificate would begin before the key of the CSCA that was made since.
    #[error(
        "the CSCA has had a new key since the request was made, and the certificate would begin before it"
    )]
    KeyChanged,
    /// The private key usage period is longer than allowed.
    #[error("the private key would be used for more than {0} days")]
    UsageTooLong(u16),
    /// The common name has not the form the profile asks for.
    #[error("the common name has not the form that the profile asks for")]
    CommonName,
    /// An address would say something else on paper than in the certificate.
    #[error(
        "an address in the web has no blanks, and ASCII only: other characters are written with '%'"
    )]
    Address,
    /// Bar code signers are few (Doc 9303-12 §4.1.3).
    #[error("five bar code signers were certified within a year")]
    TooManyBarcodeSigners,
    /// The certificate to be revoked was not issued here.
    #[error("this root has issued no certificate of that serial number")]
    UnknownSerial,
    /// The certificate to be revoked bears no signature of this root.
    #[error("the certificate is signed by none of the keys of this root")]
    ForeignCertificate,
    /// The certificate to be revoked is a self-signed one of this root.
    #[error("a root does not revoke its own self-signed certificate")]
    OwnCertificate,
    /// The certificate is revoked already.
    #[error("the certificate is revoked already")]
    RevokedAlready,
    /// The key of the root is gone.
    #[error("the keys of this root are destroyed")]
    Destroyed,
    /// The generation of the key does not exist, is destroyed, or is the current one.
    #[error("no key of that generation, or it is the one in use")]
    Generation,
    /// The answer would be longer than the online side reads.
    #[error("the answer would be longer than {0} bytes, which the online side does not read")]
    AnswerTooLong(usize),
    /// The journal would be longer than is read.
    #[error("the journal is full: it would be longer than {0} bytes, which is not read again")]
    JournalFull(usize),
    /// The chain of answers would be longer than the online side reads.
    #[error("the CSCA has had as many keys as an answer can hold certificates of")]
    TooManyKeys,
    /// The CSCA's key is out of use.
    #[error("the private key usage period of the CSCA is over")]
    CscaOutOfUse,
    /// The answer belongs to no outstanding request.
    #[error("the answer belongs to another request")]
    OtherRequest,
    /// The answer certifies another key or says something else than was asked for.
    #[error("the answer does not certify what was asked for")]
    OtherContent,
    /// The answer's CSCA is not the one known here and no link certificate leads to it.
    #[error("the answer comes from a CSCA that is not known here, and no link leads to it")]
    UnknownCsca,
}

/// What is wrong with a line of the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JournalFault {
    /// It does not read.
    #[error("not readable")]
    Unreadable,
    /// It does not name the hash of the line before.
    #[error("it does not follow the line before")]
    Chain,
    /// Its number is not the next one.
    #[error("its number is not the next one")]
    Number,
    /// Its signature is missing or wrong.
    #[error("its signature is missing or wrong")]
    Signature,
    /// What it says contradicts what was before.
    #[error("it contradicts what was before")]
    Contradiction,
    /// The last line has no end.
    #[error("it has no end")]
    Torn,
    /// There is no line at all.
    #[error("the journal is empty")]
    Empty,
}

impl From<Forged> for Error {
    fn from(forged: Forged) -> Self {
        Self::Forged(forged)
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

/// Result of this crate.
pub type Result<T> = core::result::Result<T, Error>;
