//! The issuing side of the map: keys, certificates, ceremonies.

use ceremony::Refused;
use pki::{KeyStoreFault, NotPermitted};

use super::Exit;

type Found = Option<(Exit, Option<String>)>;

/// Errors of the key store.
pub(super) fn of_key_store(error: &key_store::Error) -> Found {
    use key_store::Error as E;
    if let Some(fault) = error.fault() {
        return Some(of_fault(fault));
    }
    match error {
        E::Pki(error) => of_pki(error),
        E::Ring { why, .. } => Some(of_ring(*why)),
        E::Revoked { .. } => hinted(
            Exit::Policy,
            "`card-tool pki signer request` asks the root for another signer",
        ),
        E::Revocations { why, .. } => hinted(Exit::Policy, of_revocations(why)),
        E::Location { .. } => hinted(
            Exit::Usage,
            "file, or pkcs11:token=NAME;object=NAME?module-path=/path/to/module.so",
        ),
        _ => None,
    }
}

fn of_ring(why: key_store::RingFault) -> (Exit, Option<String>) {
    use key_store::RingFault as F;
    let (exit, hint) = match why {
        F::StillInUse => (
            Exit::Policy,
            "say --early if no document is to be signed with it any more",
        ),
        F::NoneAdmits => (
            Exit::Policy,
            "`card-tool pki signer request` asks the root for a document signer",
        ),
        F::Exists | F::Persons => (Exit::Policy, "nothing was changed"),
        F::Name | F::Absent => (Exit::Usage, "`card-tool pki signer status` shows the names"),
        _ => (Exit::KeyStore, "restore the folder from its backup"),
    };
    (exit, Some(hint.to_owned()))
}

const fn of_revocations(why: &key_store::RevocationFault) -> &'static str {
    use key_store::RevocationFault as F;
    match why {
        F::NotNewer { .. } => {
            "nothing was changed; for a new one say `card-tool pki signer request --kind crl`"
        }
        _ => {
            "nothing is signed without it; bring the file back, or accept the next list: `card-tool pki signer request --kind crl`"
        }
    }
}

fn of_fault(fault: KeyStoreFault) -> (Exit, Option<String>) {
    use KeyStoreFault as F;
    let hint = match fault {
        F::KeyExists => {
            return (
                Exit::Policy,
                Some("keys are never overwritten; name another place".to_owned()),
            );
        }
        F::PasswordIncorrect => {
            "nothing was changed; both parts in their order, as at the generation of the key?"
        }
        F::PinIncorrect => {
            "nothing was changed, and the token has counted it; it is not tried again by itself"
        }
        F::PinLocked => "the security officer of the token sets a new PIN",
        F::TokenAbsent | F::ModuleUnloadable => {
            "is the device connected, and is module-path right?"
        }
        F::LedgerUnwritable => "free some space; nothing is signed that is not counted",
        F::LedgerDamaged { .. } => {
            "no signer goes on over a changed ledger: find out who changed it"
        }
        _ => return (Exit::KeyStore, None),
    };
    (Exit::KeyStore, Some(hint.to_owned()))
}

/// Errors of certificates and signing: what the policy forbids, and what the key store answers. The others say nothing
/// about whose fault it is.
pub(super) fn of_pki(error: &pki::Error) -> Found {
    match error {
        pki::Error::KeyStore(fault) => Some(of_fault(*fault)),
        pki::Error::NotPermitted(why) => {
            let hint = match why {
                NotPermitted::DocumentType => {
                    "ask the root for a document signer of this document type"
                }
                NotPermitted::BeforeUsagePeriod => "wait, or use the document signer before it",
                _ => {
                    "`card-tool pki signer request` asks the root for the next one; `pki signer status` shows them"
                }
            };
            hinted(Exit::Policy, hint)
        }
        _ => None,
    }
}

/// Errors of ceremonies: forged is a no, refused is policy.
pub(super) fn of_ceremony(error: &ceremony::Error) -> Found {
    use ceremony::Error as E;
    match error {
        E::TooLong { .. } | E::Malformed { .. } | E::OtherForm { .. } | E::Version { .. } => {
            hinted(
                Exit::No,
                "take the file as it was written: not edited, not printed again by another program",
            )
        }
        E::Forged(_) => hinted(
            Exit::No,
            "the file was altered or comes from somebody else: find out who, and make it again",
        ),
        E::Journal { .. } => hinted(
            Exit::No,
            "stop here: compare the journal with the printed records, and restore the root from its backup",
        ),
        E::Refused(why) => Some((Exit::Policy, Some(of_refusal(*why).to_owned()))),
        E::Pki(error) => of_pki(error)
            .or_else(|| hinted(Exit::Policy, "the profile of the certificate forbids it")),
        E::Crypto(_) => hinted(Exit::No, "is it the right file?"),
        _ => None,
    }
}

const fn of_refusal(why: Refused) -> &'static str {
    use Refused as R;
    match why {
        R::SamePerson | R::SameSecret => {
            "a second person must be there, with a secret of their own"
        }
        R::PersonName | R::ShortSecret(_) => "nothing was changed",
        R::UnknownRegistrar => "two persons admit a registrar with `card-tool pki csca admit`",
        R::DismissedRegistrar => {
            "let a registrar that is admitted ask; two persons may admit this one again: `pki csca admit`"
        }
        R::NotAdmitted => "`card-tool pki csca log` names the registrars that are admitted",
        R::OtherCsca => {
            "make the request with the certificate of this root: `pki registrar init --csca`"
        }
        R::TooOld(_) | R::NonceUsed | R::KeyChanged => "make the request again on the online side",
        R::BeforeRestoration => {
            "make the request again on the online side, a day after the restoration at the earliest"
        }
        R::FromTheFuture => "set the clocks of both machines",
        R::KeyCertified | R::KeyOfOtherPurpose | R::WeakKey => {
            "make a new key: `card-tool pki signer request`"
        }
        R::Country | R::DocumentTypes | R::CommonName => {
            "compare the request with the settings of the root: `pki csca log`"
        }
        R::Periods | R::UsageTooLong(_) | R::OutsideCsca => {
            "ask for other periods: `pki signer request --from --usage-days`"
        }
        R::CscaOutOfUse => "the CSCA needs a new key; its old one may sign no more",
        R::TooManyBarcodeSigners => "Doc 9303-12 §4.1.3: five a year; use one that is there",
        R::UnknownSerial => {
            "is it of this root? One that was issued after the backup is revoked by itself: `pki csca revoke --certificate`"
        }
        R::ForeignCertificate => "is it a certificate of this root?",
        R::OwnCertificate => {
            "give the CSCA a new key with `pki csca link`, or destroy the root, and tell those who trust it"
        }
        R::AnswerTooLong(_) | R::JournalFull(_) | R::TooManyKeys => {
            "nothing was signed; begin a new root with `pki csca init`"
        }
        R::RevokedAlready => "it stands in the lists already",
        R::Destroyed => "restore the root from a backup, or make a new one",
        R::Generation => {
            "`card-tool pki csca log` shows the keys; the one in use is destroyed with the whole root"
        }
        R::OtherRequest => "`card-tool pki signer status` shows the requests that wait",
        R::OtherContent => "do not use it; ask the root what it has signed",
        R::UnknownCsca => "compare the CSCA certificate with the record of its ceremony",
        _ => "nothing was changed",
    }
}

fn hinted(exit: Exit, hint: &str) -> Found {
    Some((exit, Some(hint.to_owned())))
}
