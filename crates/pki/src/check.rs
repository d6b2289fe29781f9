//! Results of checks in the values of BSI TR-03135-1 §3.5.2. The fifth value, aborted, belongs to procedures that talk
//! to a chip and cannot occur here.

use core::fmt;

use const_oid::ObjectIdentifier;
use lds::File;
use time::OffsetDateTime;

use crate::Error;

/// The result of one check, with its cause where it is not a success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckResult {
    /// Done and good.
    Successful,
    /// Done and bad.
    Failed(Cause),
    /// Something that the check needs is missing or not understood: neither good nor bad.
    Undetermined(Cause),
    /// The document does not have what the check is about.
    NotSupported(Cause),
}

/// Why a check did not succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    /// The signature does not hold.
    #[error("the signature does not hold")]
    SignatureInvalid,
    /// The message digest is not the hash of the content.
    #[error("the message digest is not the hash of the content")]
    MessageDigestDiffers,
    /// The signed content type is not that of the content.
    #[error("the signed content type is not that of the content")]
    ContentTypeDiffers,
    /// There is no SignerInfo.
    #[error("nobody has signed")]
    NoSigner,
    /// The certificate of the signer is not in the object.
    #[error("the document signer certificate is missing")]
    NoSignerCertificate,
    /// An algorithm that is not implemented.
    #[error("unsupported algorithm {0}")]
    UnsupportedAlgorithm(ObjectIdentifier),
    /// A key or parameters that cannot be processed.
    #[error("unusable key or parameters: {0}")]
    Crypto(crypto::Error),
    /// The trust store has no CSCA certificate that could have issued the document signer's.
    #[error("no CSCA certificate of this issuer in the trust store")]
    NoCsca,
    /// The CSCA whose key identifier is named did not sign the certificate.
    #[error("not signed by the CSCA that it names")]
    NotIssuedByCsca,
    /// Somebody has withdrawn the document signer certificate from the trust store.
    #[error("the document signer certificate was withdrawn from the trust store")]
    Withdrawn,
    /// The certificate is not that of a document signer.
    #[error("the certificate is not that of a document signer")]
    NotADocumentSigner,
    /// An extension that decides something cannot be read.
    #[error("extension {0} cannot be read")]
    UnreadableExtension(ObjectIdentifier),
    /// A critical extension that is not understood.
    #[error("critical extension {0} is not understood")]
    UnknownCriticalExtension(ObjectIdentifier),
    /// The certificate is not valid yet.
    #[error("not valid yet")]
    NotYetValid,
    /// The certificate is no longer valid.
    #[error("no longer valid")]
    Expired,
    /// No revocation list was at hand.
    #[error("no revocation information")]
    NoRevocationInformation,
    /// A revocation list says that the certificate was revoked at this moment.
    #[error("revoked on {}", .0.date())]
    Revoked(OffsetDateTime),
    /// The only revocation lists of the issuer are older than they may be.
    #[error("the revocation list is out of date since {}", .0.date())]
    RevocationListOutdated(OffsetDateTime),
    /// The only revocation lists of the issuer are of the future.
    #[error("the revocation list is of the future; is the clock right?")]
    RevocationListOfTheFuture,
    /// The revocation lists of the issuer are about a part of its certificates only, or hold what is not understood.
    #[error("the revocation list is not complete, or not understood")]
    RevocationListIncomplete,
    /// It is not known when the document was signed.
    #[error("it is not said when the document was signed")]
    NoSigningTime,
    /// The certificate does not say when its private key may be used.
    #[error("the certificate does not say when its private key may be used")]
    NoUsagePeriod,
    /// The document was signed when the key of the document signer was not in use.
    #[error("signed outside the private-key usage period of the document signer")]
    SignedOutsideUsagePeriod,
    /// The document signer certificate was issued when the key of the CSCA was not in use.
    #[error("document signer certified outside the private-key usage period of the CSCA")]
    CertifiedOutsideUsagePeriod,
    /// The issuing state's deviation list says that this goes wrong with documents of this series.
    #[error(
        "goes wrong with genuine documents of this series, says the deviation list of the issuer"
    )]
    KnownDeviation,
    /// A group that every document must have is neither signed nor on the chip.
    #[error("{} is neither signed nor on the chip", .0.name())]
    Absent(File),
    /// EF.DG1 was not read or cannot be understood.
    #[error("no readable EF.DG1")]
    NoDg1,
    /// The certificate names no country.
    #[error("the certificate names no country")]
    NoCountry,
    /// The certificate of the CSCA names no country, so that it may be that of any state.
    #[error("the CSCA certificate names no country")]
    NoCscaCountry,
    /// The issuing state of EF.DG1 is not in the table of states.
    #[error("the issuing state is not in the table of states")]
    UnknownIssuingState,
    /// Issuing state and country of the certificate differ.
    #[error("issuing state and country of the certificate differ")]
    IssuingStateDiffers,
    /// The document code is not in the DocumentType list.
    #[error("the document type is not in the list of the document signer")]
    DocumentTypeNotListed,
    /// The document signer has no DocumentType list.
    #[error("the document signer has no list of document types")]
    NoDocumentTypeList,
    /// A data group's hash is another than the signed one.
    #[error("the hash of {} is not the signed one", .0.name())]
    HashDiffers(File),
    /// The hash of a data group cannot be computed.
    #[error("{} cannot be hashed", .0.name())]
    NotHashable(File),
    /// A data group was not compared.
    #[error("{} was not read", .0.name())]
    NotRead(File),
    /// A signed data group is not on the chip.
    #[error("{} is signed and not on the chip", .0.name())]
    NotOnChip(File),
    /// A data group that must be signed, or that was read, is not.
    #[error("{} is not signed", .0.name())]
    NotSigned(File),
}

impl CheckResult {
    /// Whether the check succeeded.
    #[must_use]
    pub const fn is_successful(self) -> bool {
        matches!(self, Self::Successful)
    }

    /// Why it did not succeed.
    #[must_use]
    pub const fn cause(self) -> Option<Cause> {
        match self {
            Self::Successful => None,
            Self::Failed(cause) | Self::Undetermined(cause) | Self::NotSupported(cause) => {
                Some(cause)
            }
        }
    }

    /// The result of several checks together: failed wins over undetermined, that over not supported, that over
    /// successful; the first of a kind gives the cause.
    #[must_use]
    pub fn together(results: impl IntoIterator<Item = Self>) -> Self {
        results.into_iter().fold(Self::Successful, |worst, result| {
            if result.rank() > worst.rank() {
                result
            } else {
                worst
            }
        })
    }

    const fn rank(self) -> u8 {
        match self {
            Self::Successful => 0,
            Self::NotSupported(_) => 1,
            Self::Undetermined(_) => 2,
            Self::Failed(_) => 3,
        }
    }

    /// What the attempt to verify a signature says: only a signature that does not hold is a failure.
    pub(crate) fn of_signature<T>(attempt: &Result<T, Error>) -> Self {
        match attempt {
            Ok(_) => Self::Successful,
            Err(error) => match error {
                Error::Crypto(crypto::Error::SignatureInvalid | crypto::Error::Misuse(_)) => {
                    Self::Failed(Cause::SignatureInvalid)
                }
                Error::Crypto(error) => Self::Undetermined(Cause::Crypto(*error)),
                Error::UnsupportedAlgorithm(oid) => {
                    Self::Undetermined(Cause::UnsupportedAlgorithm(*oid))
                }
                _ => Self::Failed(Cause::SignatureInvalid),
            },
        }
    }
}

impl fmt::Display for CheckResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Successful => f.write_str("successful"),
            Self::Failed(cause) => write!(f, "failed: {cause}"),
            Self::Undetermined(cause) => write!(f, "undetermined: {cause}"),
            Self::NotSupported(cause) => write!(f, "not supported: {cause}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_wins_and_the_first_of_its_kind_speaks() {
        use CheckResult::{Failed, NotSupported, Successful, Undetermined};
        for (results, together) in [
            (&[][..], Successful),
            (
                &[Successful, NotSupported(Cause::NoDg1)],
                NotSupported(Cause::NoDg1),
            ),
            (
                &[
                    NotSupported(Cause::NoDg1),
                    Undetermined(Cause::NoCsca),
                    Undetermined(Cause::NoDg1),
                ],
                Undetermined(Cause::NoCsca),
            ),
            (
                &[
                    Undetermined(Cause::NoCsca),
                    Failed(Cause::Expired),
                    Failed(Cause::SignatureInvalid),
                ],
                Failed(Cause::Expired),
            ),
        ] {
            assert_eq!(CheckResult::together(results.iter().copied()), together);
        }
    }

    #[test]
    fn only_a_broken_signature_is_a_failure() {
        use crypto::Error::{SignatureInvalid, Unsupported};
        for (error, failed) in [
            (Error::Crypto(SignatureInvalid), true),
            (Error::Crypto(Unsupported("curve")), false),
            (Error::UnsupportedAlgorithm(crate::oids::MGF1), false),
        ] {
            let result = CheckResult::of_signature::<()>(&Err(error.clone()));
            assert_eq!(matches!(result, CheckResult::Failed(_)), failed, "{error}");
        }
    }
}
