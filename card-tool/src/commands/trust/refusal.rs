//! Why a file is not added, and what can be done about it: each reason has its own cure, and some have none.
//!
//! What nothing vouches for lacks an argument (exit 2, as for a list that is named to `verify`); what is proven to be wrong is
//! a no (exit 1), for here the file itself is judged.

use pki::{Certificate, Crl, Error, Fingerprint, Untrusted};

use crate::exit::{Exit, Problem};
use crate::printable;
use crate::trust_folder::NewFile;

const KINDS: &str = "a CSCA certificate or revocation list in DER or PEM, a master or deviation list, or an LDIF file of the PKD";

/// The error of a file of which nothing was taken. `object` is SHA-256 of what was refused in it.
pub fn of(file: &NewFile, object: Fingerprint, error: &Error) -> anyhow::Error {
    let place = printable::line(&file.place.display().to_string());
    let sha256 = Fingerprint::of(&file.content);
    match error {
        Error::Untrusted(reason) => Problem::of(
            if reason.is_undetermined() {
                Exit::Usage
            } else {
                Exit::No
            },
            format!("{place}: {error}; nothing was added (SHA-256 of the file {sha256})"),
            hint(*reason, file, object),
        ),
        error => Problem::usage(format!("{place}: {error}; nothing was added"), KINDS),
    }
}

fn hint(reason: Untrusted, file: &NewFile, object: Fingerprint) -> String {
    use Untrusted as U;
    let sha256 = Fingerprint::of(&file.content);
    let by_somebody = "say with --out-of-band who has checked the file and how";
    match reason {
        U::RootUnvouched => format!(
            "compare {object} with a fingerprint had by another way and give it with --fingerprint, or {by_somebody}"
        ),
        U::LinkWithoutIssuer => format!(
            "add the certificate of {} that has signed it first; or compare {object} with a fingerprint had by another way and give it with --fingerprint, or {by_somebody}",
            issuer_in(&file.content)
        ),
        U::Withdrawn => "somebody has removed it from this store: `card-tool trust list` shows when and why; to trust it again all the same, add it with --fingerprint and the SHA-256 that is shown there".to_owned(),
        U::OtherFingerprint => format!(
            "its own SHA-256 is {object}: compare again, letter by letter; do not add it when it differs from what was had by another way"
        ),
        U::NotACertificationAuthority => "it is a signer's certificate: documents bring theirs along; add the CSCA certificate that issued it".to_owned(),
        U::ListNotSigned => format!(
            "a list without a signature is trusted only as a whole: compare {sha256} and give it with --fingerprint, or {by_somebody}"
        ),
        U::ListSignature => format!(
            "it was altered or damaged: get it again from whoever signed it; only exactly this file, compared by another way, can be forced with --fingerprint {sha256}"
        ),
        U::ListSignerUnknown => format!(
            "add the CSCA certificate that issued its signer first; or compare {sha256} or the fingerprint of its signer and give it with --fingerprint, or {by_somebody}"
        ),
        U::ListSignerNotEntitled => format!(
            "compare {sha256} or the fingerprint of its signer and give it with --fingerprint, or {by_somebody}"
        ),
        U::ListSignerRole | U::ListSignerRevoked | U::AuthorityRevoked => format!(
            "do not use it; get a newer one from the state that it is of; only exactly this file, compared by another way, can be forced with --fingerprint {sha256}"
        ),
        U::ListSignerValidity | U::ListSignerExpired => format!(
            "get a newer list; or compare {sha256} and give it with --fingerprint, or {by_somebody}"
        ),
        U::CrlWithoutIssuer => format!(
            "add the CSCA certificate of {} first: a revocation list is taken from a CSCA of the store alone, and no fingerprint replaces it",
            issuer_in(&file.content)
        ),
        U::CrlSignature => "it was altered or damaged, or comes from somebody else: get it again; no fingerprint replaces the signature of its CSCA".to_owned(),
        U::NotVerifiable(_) => format!(
            "this program does not know the key or the signature; compare {object} with a fingerprint had by another way and give it with --fingerprint"
        ),
        U::StoreFull => "begin another store".to_owned(),
        _ => format!("compare {sha256} with a fingerprint had by another way and give it with --fingerprint"),
    }
}

/// Whose signature a certificate or revocation list bears.
fn issuer_in(content: &[u8]) -> String {
    let certificate =
        Certificate::parse(content).map(|certificate| certificate.issuer().to_string());
    let issuer = certificate.or_else(|_| Crl::parse(content).map(|crl| crl.issuer().to_string()));
    issuer.map_or_else(|_| "the CSCA".to_owned(), |name| printable::line(&name))
}
