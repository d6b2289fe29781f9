//! Why a card verifiable certificate is refused.

use iso7816::StatusWord;
use iso7816::tlv::Tag;

use super::holder_authorization::Role;

/// What is wrong with a certificate, a request or a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateFault {
    /// Tag, length or value of a data object are cut or beyond the limits.
    #[error("data object {within} is no row of well-formed data objects")]
    Encoding {
        /// The object that was taken apart.
        within: Tag,
    },
    /// More octets than any certificate needs.
    #[error("{0} octets are more than a certificate may have")]
    TooLong(usize),
    /// A required data object is not there.
    #[error("data object {0} is missing")]
    Missing(Tag),
    /// A data object comes twice.
    #[error("data object {0} comes twice")]
    Duplicate(Tag),
    /// A data object stands behind one that must follow it.
    #[error("data object {0} stands in the wrong place")]
    Order(Tag),
    /// A data object that has no place here.
    #[error("data object {0} does not belong there")]
    Surplus(Tag),
    /// Octets behind the object that should be the whole.
    #[error("octets follow data object {0}")]
    Trailing(Tag),
    /// A departure from DER that the reader does not put up with.
    #[error("{0}")]
    Deviation(Deviation),
    /// Another certificate profile than 1 (value 0).
    #[error("the certificate profile is not 1")]
    Profile,
    /// A reference that is not country, mnemonic and sequence number.
    #[error("data object {0} is no reference of country, mnemonic and sequence number")]
    Reference(Tag),
    /// An object identifier that names no algorithm of terminal authentication.
    #[error("the key names no algorithm of terminal authentication")]
    UnknownAlgorithm,
    /// An algorithm or size of key that the reader's profile does not allow.
    #[error("the profile does not allow the algorithm or the size of the key")]
    AlgorithmNotAllowed,
    /// Some domain parameters, but not all.
    #[error("the domain parameters are not complete")]
    IncompleteParameters,
    /// Domain parameters that are no known curve.
    #[error("the domain parameters are those of no known curve")]
    UnknownCurve,
    /// Numbers that are no RSA key, or a point that is not on its curve.
    #[error("the public key is no valid key")]
    PublicKey,
    /// An object identifier that names no type of terminal.
    #[error("the authorization template names no type of terminal")]
    UnknownTerminalType,
    /// Rights of another length than the type of terminal has.
    #[error("the authorization has a wrong length")]
    AuthorizationLength,
    /// Six octets that are no day between 2000 and 2099.
    #[error("data object {0} is no date")]
    Date(Tag),
    /// The certificate expires before it takes effect.
    #[error("the certificate expires before it takes effect")]
    Period,
    /// A certificate that lives shorter or longer than its role may.
    #[error("a lifetime of {days} days is not one of a {role}")]
    Lifetime {
        /// The holder's role.
        role: Role,
        /// From the first to the last day.
        days: u32,
    },
    /// An extension that is no template of object identifier and context-specific data.
    #[error("an extension is malformed")]
    Extension,
    /// The signature does not verify.
    #[error("the signature is wrong")]
    Signature,
    /// The authority reference does not name the key.
    #[error("the certificate names another issuer")]
    OtherIssuer,
    /// No key of this name is a trust point or was imported.
    #[error("the issuer is not known")]
    UnknownIssuer,
    /// The certificate has expired.
    #[error("the certificate has expired")]
    Expired,
    /// The trust point has expired: it verifies link certificates only.
    #[error("the trust point has expired")]
    TrustPointExpired,
    /// A holder of this role does not certify one of that.
    #[error("a {issuer} does not certify a {subject}")]
    Roles {
        /// Who signed.
        issuer: Role,
        /// Who was certified.
        subject: Role,
    },
    /// The chain is not one of inspection systems.
    #[error("the certificate is not one for inspection systems")]
    OtherTerminalType,
    /// A document verifier or terminal has another algorithm or size of key than its issuer.
    #[error("algorithm or size of the key are not the issuer's")]
    AlgorithmChanged,
    /// Domain parameters where they must be inherited.
    #[error("a document verifier or terminal carries domain parameters")]
    SurplusParameters,
    /// No domain parameters where they must be.
    #[error("the key carries no domain parameters")]
    NoParameters,
    /// A key of this name is a trust point already.
    #[error("the holder's name is one of a key that is known")]
    HolderKnown,
    /// The certificate that begins everything is not signed by its own key.
    #[error("the certificate is not self-signed")]
    NotSelfSigned,
    /// The certificates at hand do not lead from the terminal to a trust point of the chip.
    #[error("no chain of certificates leads from the terminal to a key that the chip trusts")]
    NoChain,
}

impl CertificateFault {
    /// What a chip answers: `6300` for a certificate that is not to be believed, `6A88` for an unknown issuer, `6A80` for
    /// content.
    #[must_use]
    pub const fn status_word(self) -> StatusWord {
        match self {
            Self::Signature | Self::Expired | Self::TrustPointExpired => {
                StatusWord::AUTHENTICATION_FAILED
            }
            Self::UnknownIssuer => StatusWord::REFERENCED_DATA_NOT_FOUND,
            _ => StatusWord::WRONG_DATA,
        }
    }
}

/// A departure from the encoding that does not change what a certificate says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Deviation {
    /// A length in more octets than it needs, as in `82 00 E7`.
    #[error("data object {0} has a length in more octets than needed")]
    NonMinimalLength(Tag),
    /// A number with leading zeros.
    #[error("data object {0} is a number with leading zeros")]
    LeadingZeros(Tag),
}
