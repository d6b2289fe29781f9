//! Terminal authentication: the terminal shows that it may read fingers and irises (Doc 9303-11 §7.1).
//!
//! Nothing that goes wrong here speaks against the document: a chip that refuses a terminal does what it is for.

use core::error::Error;

use crypto::AgreementKey;
use lds::security_info::FileReference;
use lds::{Dg14, EfCvca, File, FileContent};
use protocols::terminal_authentication::terminal::{self, Path};
use protocols::terminal_authentication::{
    AuthorityReference, Binding, CertificateFault, Date, Rights, SignatureScheme, Signer,
};
use time::OffsetDateTime;

use super::content::read_mrz;
use super::files::protected;
use super::passive::{self, kind};
use crate::check::{Finding, Weight};
use crate::procedure::{Access, Inspection, Step};
use crate::read::ReadError;
use crate::terminal::{Terminal, TerminalAuthentication, TerminalKey};

pub(crate) const TERMINAL_AUTHENTICATION: Step = Step::with_access(
    kind(
        "terminal-authentication",
        "Terminal authentication",
        "Doc 9303-11 §7.1",
        Weight::Evaluatory,
    ),
    run,
);

const RENEW: &str =
    "renew the certificates of this terminal, and bring the links of that authority along";
const REFUSED: &str = "fingers and irises stay closed: compare state, dates and rights of this terminal's certificates with the document";

/// Why the protocol did not come to its end.
enum Failure {
    Protocol(protocols::Error),
    Key(Box<dyn Error + Send + Sync>),
}

impl From<protocols::Error> for Failure {
    fn from(error: protocols::Error) -> Self {
        Self::Protocol(error)
    }
}

struct KeyOf<'a>(&'a dyn TerminalKey);

impl Signer for KeyOf<'_> {
    type Error = Failure;

    fn sign(&mut self, scheme: SignatureScheme, message: &[u8]) -> Result<Vec<u8>, Failure> {
        self.0.sign(scheme, message).map_err(Failure::Key)
    }
}

fn run(inspection: &mut Inspection<'_, '_>) -> Finding {
    if inspection.claimed.is_some() && protected(inspection).is_empty() {
        return Finding::not_supported("the document has neither fingers nor irises");
    }
    let Some(terminal) = inspection.config.terminal else {
        return Finding::undetermined("this terminal has no certificates");
    };
    let Some(agreed_key) = inspection.agreed_key.as_ref().map(AgreementKey::compressed) else {
        return Finding::undetermined("the chip has not authenticated itself, which comes before");
    };
    if !is_issuers_key(inspection) {
        return Finding::undetermined(
            "the chip has shown a key, but that it is the issuer's could not be shown, which comes before",
        );
    }
    let bindings = bindings(inspection, &agreed_key);
    if bindings.is_empty() {
        return Finding::undetermined("EF.DG1 was not read: it names the chip after BAC");
    }
    let trusted = match trusted_authorities(inspection) {
        Ok(trusted) => trusted,
        Err(finding) => return finding,
    };
    let Some(today) = day_of(inspection.config.now) else {
        return Finding::undetermined("certificates of terminals know no such day as today");
    };
    let path = match Path::find(&trusted, terminal.certificates, terminal.name, today) {
        Ok(path) => path,
        Err(error) => return no_path(error, &trusted),
    };
    show(inspection, &terminal, &path, &bindings)
}

/// Whether passive authentication covers the key that the chip has shown: a chip with a key that somebody made himself sees no
/// certificates (Doc 9303-11 §7.1). Chip authentication has its keys from EF.DG14; its mapping counted only beside an authentic one.
fn is_issuers_key(inspection: &Inspection<'_, '_>) -> bool {
    let report = passive::so_far(inspection);
    let verified = report.as_ref().and_then(|report| report.verified_lds());
    verified.is_some_and(|lds| lds.file(File::Dg14).is_some())
}

fn show(
    inspection: &mut Inspection<'_, '_>,
    terminal: &Terminal<'_>,
    path: &Path<'_>,
    bindings: &[Binding],
) -> Finding {
    let mut shown = TerminalAuthentication::shown(path);
    let mut key = KeyOf(terminal.key);
    let finding = match terminal::authenticate(&mut inspection.line, path, bindings, &mut key) {
        Ok(place) => {
            // After PACE the second one is the document number.
            inspection.tolerate((place > 0).then_some(
                "the chip wants the document number in the terminal's signature although PACE was run (TR-03110-1 §3.5)",
            ));
            let rights = in_words(shown.accept());
            // The trust point in the chip may allow less, and nobody but the chip knows it.
            Finding::successful(format!(
                "{}: its certificates allow {rights}",
                terminal.name
            ))
        }
        Err(Failure::Key(error)) => {
            Finding::undetermined(format!("the key of this terminal does not sign: {error}"))
        }
        Err(Failure::Protocol(protocols::Error::Transport(error))) => {
            inspection.lost = Some(error);
            Finding::aborted(error.to_string())
        }
        Err(Failure::Protocol(error)) => Finding::failed(error.to_string()).remedy(REFUSED),
    };
    inspection.terminal_authentication = Some(shown);
    finding
}

const fn in_words(rights: Rights) -> &'static str {
    match (rights.fingers, rights.irises) {
        (true, true) => "fingers and irises",
        (true, false) => "fingers",
        (false, true) => "irises",
        (false, false) => "neither fingers nor irises",
    }
}

fn no_path(error: protocols::Error, trusted: &[AuthorityReference]) -> Finding {
    if error != protocols::Error::Certificate(CertificateFault::NoChain) {
        return Finding::undetermined(error.to_string());
    }
    let names: Vec<String> = trusted.iter().map(ToString::to_string).collect();
    Finding::undetermined(format!(
        "no certificates of this terminal that are valid today lead to it from {}, which the chip trusts",
        names.join(" or ")
    ))
    .remedy(RENEW)
}

/// What the terminal's signature names the chip by: after BAC the document number, after PACE the chip's key, and then the
/// number once more for chips that want it all the same (TR-03110-1 §3.5).
fn bindings(inspection: &Inspection<'_, '_>, agreed_key: &[u8]) -> Vec<Binding> {
    let by_number = || {
        let zone = read_mrz(inspection)?.information();
        Some(Binding::after_bac(&zone, agreed_key))
    };
    match (inspection.access, &inspection.pace) {
        (Some(Access::Pace), Some(pace)) => {
            let by_key = Binding::after_pace(&pace.id_ic, agreed_key);
            [Some(by_key), by_number()].into_iter().flatten().collect()
        }
        _ => by_number().into_iter().collect(),
    }
}

/// The authorities that the chip trusts: named in PACE, or else in EF.CVCA.
fn trusted_authorities(
    inspection: &mut Inspection<'_, '_>,
) -> Result<Vec<AuthorityReference>, Finding> {
    let named = inspection
        .pace
        .as_ref()
        .map_or(&[][..], |pace| &pace.certification_authorities);
    if !named.is_empty() {
        return Ok(named.to_vec());
    }
    let place = place_of_cvca(inspection);
    let bytes = match inspection.read_cvca(place) {
        Ok(bytes) => bytes,
        Err(error @ ReadError::Line(_)) => return Err(Finding::aborted(error.to_string())),
        Err(error @ ReadError::Absent(_)) => {
            return Err(Finding::not_supported(format!("no EF.CVCA: {error}")));
        }
        Err(error) => return Err(Finding::undetermined(format!("EF.CVCA: {error}"))),
    };
    let file = EfCvca::parse(&bytes).map_err(|error| Finding::undetermined(error.to_string()))?;
    inspection.tolerate(&file.deviations);
    AuthorityReference::trusted(&file.value)
        .map_err(|error| Finding::undetermined(error.to_string()))
}

/// Where EF.DG14 says that EF.CVCA lies, or its usual place.
fn place_of_cvca(inspection: &Inspection<'_, '_>) -> FileReference {
    let named = inspection
        .bytes(File::Dg14)
        .and_then(|dg14| Dg14::parse(dg14).ok())
        .and_then(|parsed| {
            let infos = parsed.value.security_infos;
            infos.terminal_authentication()?.ef_cvca
        });
    named.unwrap_or(FileReference {
        id: File::Cvca.id(),
        sfi: Some(File::Cvca.sfi()),
    })
}

/// The day in GMT, by which certificates count.
fn day_of(now: OffsetDateTime) -> Option<Date> {
    let day = now.to_offset(time::UtcOffset::UTC).date();
    let year = u16::try_from(day.year()).ok()?;
    Date::new(year, day.month().into(), day.day())
}
