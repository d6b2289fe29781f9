//! The authorities of terminal authentication: forged is a no, refused is policy.

use authorization_pki::{Error, Refused};

use super::Exit;

/// Errors of entities, their journals and certificates.
pub(super) fn of_authorization(error: &Error) -> Option<(Exit, Option<String>)> {
    let (exit, hint) = match error {
        Error::TooLong { .. } | Error::Unreadable { .. } => (
            Exit::No,
            "is it the right file? `card-tool eac show` says what it holds",
        ),
        Error::Certificate { .. } => (
            Exit::No,
            "`card-tool eac show` shows periods and names; links of the CVCA may be missing, or it is another's",
        ),
        Error::Journal { .. } => (
            Exit::No,
            "stop here: the journal was altered; restore the folder from its backup",
        ),
        Error::Refused(why) => (Exit::Policy, of_refusal(why)),
        Error::Protocol(_) => (Exit::No, "does the key belong to this folder?"),
        _ => return None,
    };
    Some((exit, Some(hint.to_owned())))
}

const fn of_refusal(why: &Refused) -> &'static str {
    use Refused as R;
    match why {
        R::OtherKind(_) => {
            "name the folder of the right entity; `card-tool eac log` says what it is"
        }
        R::ClockBehind | R::DayOutOfRange => "set the clock of this machine",
        R::KeyPlanned(_) => {
            "a run broke off: the same verb once more goes on with that key, --anew gives it up"
        }
        R::RequestWaits(_) => {
            "import its certificate; `request` and `renew` write the request once more, with --anew another one"
        }
        R::NoCertificate => "ask for one: `request`; of a CVCA `eac cvca renew --late`",
        R::CertificateValid(_) => "say `renew` in place of `request`",
        R::NoOverlap => "say --late: chips follow the link all the same",
        R::OtherAuthority(_) | R::KeyOfOtherAlgorithm => {
            "the authority has a new key: import its chain.cvcert, and ask again with --anew"
        }
        R::ForeignAuthority { .. } => {
            "nothing was changed; give the request to the authority that it names, or let the holder make a folder for this one"
        }
        R::NameUsed(_) | R::KeyUsed(_) => {
            "a new request needs a new key and name; a folder made anew begins with --first-number"
        }
        R::NotIdentified | R::Countersigner(_) => {
            "let the holder tell the SHA-256 of the request another way, and give it with --fingerprint"
        }
        R::FingerprintDiffers | R::Countersignature => {
            "do not certify it: find out who made the request"
        }
        R::OtherKey => {
            "somebody has put another key in its place: bring the folder back from its backup"
        }
        R::Role(_) | R::NotDomestic => "see --role",
        R::Rights | R::Lifetime { .. } | R::OutlivesIssuer => {
            "`card-tool eac show` on the authority's certificate shows what it may give; see --rights and --days"
        }
        R::OtherTrustPoint(_) => "compare its fingerprint, and make another folder for that CVCA",
        R::OtherVerifier(_) => "make another folder for that document verifier",
        R::OwnName(_) => "let the holder begin with another mnemonic",
        R::Content(_) => {
            "`card-tool eac show` says what the file holds; a document verifier's chain.cvcert has its own certificate once that was imported"
        }
        R::NotAsked(_) => "`show` names the request that waits",
        _ => "nothing was changed",
    }
}
