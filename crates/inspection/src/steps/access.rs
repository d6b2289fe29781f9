//! Winning access: EF.ATR/INFO, EF.CardAccess, PACE, the application, BAC (Doc 9303-11 §4.2).

use crypto::AgreementDomain;
use iso7816::{Channel, CommandApdu, Ins, Le, StatusWord};
use lds::security_info::{PaceInfo, PaceMapping};
use lds::{APPLICATION_AID, EfAtrInfo, EfCardAccess, File, FileContent};
use protocols::pace::MappingProof;
use protocols::pace::terminal::Established;
use protocols::terminal_authentication::AuthorityReference;
use protocols::{Password, PasswordKind, bac, pace};

use crate::check::{CheckKind, Finding, Weight};
use crate::procedure::{Access, AccessChoice, Inspection, Step};
use crate::read::ReadError;
use crate::steps::renewal::Opened;

pub(crate) const READ_ATR_INFO: Step = Step::before_access(
    CheckKind {
        id: "atr-info",
        title: "EF.ATR/INFO: what the chip can take",
        clause: "Doc 9303-10 §3.11.1",
        weight: Weight::Evaluatory,
    },
    read_atr_info,
);

pub(crate) const READ_CARD_ACCESS: Step = Step::before_access(
    CheckKind {
        id: "card-access",
        title: "EF.CardAccess: which access the chip offers",
        clause: "Doc 9303-11 §4.2",
        weight: Weight::Evaluatory,
    },
    read_card_access,
);

pub(crate) const PACE: Step = Step::before_access(
    CheckKind {
        id: "pace",
        title: "Access by PACE",
        clause: "TR-03135-1 §5.6.3.1.2",
        weight: Weight::Optional,
    },
    run_pace,
);

pub(crate) const SELECT_APPLICATION: Step = Step::before_access(
    CheckKind {
        id: "application",
        title: "The travel document application",
        clause: "Doc 9303-10 §3.6.2",
        weight: Weight::Mandatory,
    },
    select_application,
);

pub(crate) const BAC: Step = Step::before_access(
    CheckKind {
        id: "bac",
        title: "Access by BAC",
        clause: "TR-03135-1 §5.6.3.1.1",
        weight: Weight::Optional,
    },
    run_bac,
);

/// A PIN of which one try is left.
const LAST_TRY: &str = "ask the holder for the right number; then say that the last try may be spent (--last-try), with the CAN beside it; or open the card with what is printed on it";

/// The password did not fit: what people get wrong.
const fn check_password(kind: PasswordKind) -> &'static str {
    match kind {
        PasswordKind::Pin | PasswordKind::Puk => {
            "ask the holder for the number; each wrong one costs a try, and the last digit of 63Cx says how many are left; what is printed on the card opens it, too"
        }
        _ => {
            "compare document number, date of birth and date of expiry (or the six digits of the CAN) with the document: 0 and O, 1 and I, 5 and S are easily mixed up"
        }
    }
}

/// What to do about a counted password that the chip does not even let one show.
fn refused_password(error: protocols::Error, kind: PasswordKind) -> Option<&'static str> {
    let protocols::Error::CardRefused {
        step: protocols::Step::PaceSetAt,
        sw,
    } = error
    else {
        return None;
    };
    match kind {
        PasswordKind::Pin | PasswordKind::Puk if sw.tries_left() == Some(0) => {
            Some("it is blocked: the issuer unblocks it; what is printed on the card opens it, too")
        }
        PasswordKind::Pin | PasswordKind::Puk => {
            Some("the card may have no such number: open it with what is printed on it")
        }
        _ => None,
    }
}

/// What PACE has left for the protocols after it.
pub(crate) struct Pace {
    /// PK_IC of the agreement, as terminal authentication names the chip.
    pub(crate) id_ic: Vec<u8>,
    /// The authorities of terminal authentication that the chip has named.
    pub(crate) certification_authorities: Vec<AuthorityReference>,
    /// With chip authentication mapping, what is to be checked against EF.CardSecurity.
    pub(crate) mapping_proof: Option<MappingProof>,
}

fn read_atr_info(inspection: &mut Inspection<'_, '_>) -> Finding {
    if !inspection.config.extended_length {
        return Finding::not_supported("not asked for: extended length is switched off");
    }
    if !inspection.line.reader_carries_extended() {
        return Finding::not_supported("not asked for: the reader carries short length only");
    }
    let command = CommandApdu::new(0x00, Ins::READ_BINARY, File::AtrInfo.sfi().as_p1(), 0)
        .with_le(Le::SHORT_MAX);
    let answer = match inspection.line.transmit(&command) {
        Ok(answer) => answer,
        Err(error) => {
            inspection.lost = Some(error);
            return Finding::aborted(error.to_string());
        }
    };
    if answer.data.is_empty() {
        return Finding::not_supported(format!("the chip has none ({})", answer.sw));
    }
    match EfAtrInfo::parse(&answer.data) {
        Ok(parsed) => {
            inspection.tolerate(&parsed.deviations);
            match parsed.value.extended_length {
                Some(limits) => {
                    inspection.line.card_takes(limits);
                    Finding::successful(format!(
                        "commands up to {} bytes, answers up to {}",
                        limits.max_command, limits.max_response
                    ))
                }
                None => Finding::successful("no extended length"),
            }
        }
        Err(error) => Finding::failed(error.to_string()),
    }
}

fn read_card_access(inspection: &mut Inspection<'_, '_>) -> Finding {
    let read = match inspection.read(File::CardAccess).map(|_| ()) {
        Err(ReadError::Absent(_) | ReadError::Denied(_) | ReadError::Refused(_)) => {
            inspection.read_in_master_file(File::CardAccess).map(|_| ())
        }
        done => done,
    };
    let bytes = match read {
        Ok(()) => inspection
            .bytes(File::CardAccess)
            .unwrap_or_default()
            .to_vec(),
        Err(ReadError::Line(error)) => return Finding::aborted(error.to_string()),
        Err(error) => return Finding::not_supported(format!("no EF.CardAccess: {error}")),
    };
    match EfCardAccess::parse(&bytes) {
        Ok(parsed) => {
            inspection.tolerate(&parsed.deviations);
            let offered = parsed.value.security_infos.pace().count();
            inspection.card_access = Some(parsed.value.security_infos);
            Finding::successful(format!("{offered} form(s) of PACE"))
        }
        Err(error) => Finding::failed(error.to_string()),
    }
}

fn run_pace(inspection: &mut Inspection<'_, '_>) -> Finding {
    if inspection.config.access == AccessChoice::Bac {
        return Finding::not_supported("not asked for: BAC was chosen");
    }
    let offered: Vec<_> = inspection
        .card_access
        .iter()
        .flat_map(|infos| infos.pace().copied())
        .collect();
    if offered.is_empty() {
        return match inspection.config.access {
            AccessChoice::Pace => Finding::failed("the chip does not offer PACE"),
            AccessChoice::Automatic | AccessChoice::Bac => {
                Finding::not_supported("the chip does not offer PACE")
            }
        };
    }
    let Some(info) = pace::strongest(&offered) else {
        return Finding::undetermined(
            "the chip offers PACE only with algorithms that this terminal does not have",
        );
    };
    let Some(password) = inspection.config.passwords.first() else {
        return Finding::aborted("no password: neither MRZ nor CAN was given")
            .remedy("give the MRZ or the CAN");
    };
    match establish_pace(inspection, info, password) {
        Err(error) if is_suspended(error, password) => {
            resume_pin(inspection, info, password, error)
        }
        established => opened_by_pace(inspection, info, password, established),
    }
}

fn opened_by_pace<'a>(
    inspection: &mut Inspection<'_, 'a>,
    info: &PaceInfo,
    password: &'a Password,
    established: protocols::Result<()>,
) -> Finding {
    match established {
        Ok(()) => {
            inspection.opened = Some(Opened::Pace(*info, password));
            Finding::successful(format!("{} with the {}", describe(info), password.kind()))
        }
        Err(error) => access_failed(inspection, error, password.kind()),
    }
}

/// Whether the chip has suspended the PIN: it names one more try and goes no further without the CAN (TR-03110-2 §2.4.1).
fn is_suspended(error: protocols::Error, password: &Password) -> bool {
    let is_refused_nonce = matches!(
        error,
        protocols::Error::CardRefused {
            step: protocols::Step::PaceNonce,
            ..
        }
    );
    password.kind() == PasswordKind::Pin && password.spends_the_last_try() && is_refused_nonce
}

/// The last try of a PIN, in a session that the CAN has opened.
fn resume_pin<'a>(
    inspection: &mut Inspection<'_, 'a>,
    info: &PaceInfo,
    pin: &'a Password,
    refused: protocols::Error,
) -> Finding {
    let mut given = inspection.config.passwords.iter();
    let Some(can) = given.find(|password| password.kind() == PasswordKind::Can) else {
        return Finding::failed(format!("the PIN is suspended: {refused}"))
            .remedy("give the CAN, too: it lets the PIN be shown once more");
    };
    if let Err(error) = establish_pace(inspection, info, can) {
        return access_failed(inspection, error, PasswordKind::Can);
    }
    let established = establish_pace(inspection, info, pin);
    if established.is_err() {
        inspection.line.drop_session();
        inspection.access = None;
    }
    opened_by_pace(inspection, info, pin, established)
}

/// A terminal with certificates says what it wants, so that the chip names the authorities that it trusts. A chip that does
/// not understand this refuses the first command, and is asked again without.
pub(super) fn establish_pace(
    inspection: &mut Inspection<'_, '_>,
    info: &PaceInfo,
    password: &Password,
) -> protocols::Result<()> {
    let terminal = inspection.config.terminal;
    let wanted = terminal.map(|terminal| terminal.authorization());
    let mut attempt = |authorization| {
        let line = &mut inspection.line;
        pace::terminal::establish(line, info, password, authorization, inspection.rng)
    };
    let mut established = attempt(wanted.as_ref());
    if let (true, Err(protocols::Error::CardRefused { step, .. })) =
        (wanted.is_some(), &established)
        && *step == protocols::Step::PaceSetAt
    {
        established = attempt(None);
        inspection
            .tolerate(["PACE refused with the authorization of the terminal, and done without"]);
    }
    let Established {
        keys,
        chip_key,
        own_key,
        certification_authorities,
        mapping_proof,
        refused_parameter_id,
    } = established?;
    inspection.tolerate(
        refused_parameter_id.then_some("the chip refuses the number of the parameters of PACE"),
    );
    inspection.line.secure(keys);
    inspection.access = Some(Access::Pace);
    inspection.agreed_key = mapping_proof.is_some().then_some(own_key);
    inspection.pace = Some(Pace {
        id_ic: chip_key.compressed(),
        certification_authorities,
        mapping_proof,
    });
    Ok(())
}

/// Mapping, domain parameters and cipher in words.
fn describe(info: &PaceInfo) -> String {
    let mapping = match info.protocol.mapping() {
        PaceMapping::GenericMapping => "generic mapping",
        PaceMapping::IntegratedMapping => "integrated mapping",
        PaceMapping::ChipAuthenticationMapping => "chip authentication mapping",
    };
    let domain = info
        .domain()
        .map_or("other parameters", AgreementDomain::name);
    format!("{mapping}, {domain}, {}", info.protocol.cipher().name())
}

fn select_application(inspection: &mut Inspection<'_, '_>) -> Finding {
    match inspection.line.transmit(&application()) {
        Ok(answer) if answer.sw.is_ok() => Finding::successful("selected"),
        Ok(answer) if answer.sw == StatusWord::FILE_NOT_FOUND => {
            inspection.closed_application = Some(ReadError::Absent(answer.sw));
            Finding::not_supported("the chip has no travel document application")
                .remedy("make sure that the document, and not another card, lies on the reader")
        }
        Ok(answer) if answer.sw == StatusWord::SECURITY_STATUS_NOT_SATISFIED => {
            inspection.closed_application = Some(ReadError::Denied(answer.sw));
            Finding::undetermined(format!(
                "the chip opens the application to certified terminals only ({})",
                answer.sw
            ))
        }
        Ok(answer) => {
            inspection.closed_application = Some(ReadError::Refused(answer.sw));
            Finding::failed(format!("the chip answers {}", answer.sw))
        }
        Err(error) => {
            inspection.lost = Some(error);
            Finding::aborted(error.to_string())
        }
    }
}

/// SELECT of the travel document application (Doc 9303-10 §3.6.2).
pub(super) fn application() -> CommandApdu {
    CommandApdu::new(0x00, Ins::SELECT, 0x04, 0x0C).with_data(APPLICATION_AID)
}

fn run_bac(inspection: &mut Inspection<'_, '_>) -> Finding {
    match (inspection.access, inspection.config.access) {
        (Some(_), _) => return Finding::not_supported("not needed: PACE has served"),
        (None, AccessChoice::Pace) => {
            return Finding::not_supported("not asked for: PACE was chosen");
        }
        (None, AccessChoice::Automatic | AccessChoice::Bac) => {}
    }
    let pace_failed = inspection.earlier(&PACE.kind).is_some_and(|finding| {
        matches!(
            finding.outcome,
            crate::Outcome::Failed | crate::Outcome::Aborted
        )
    });
    if pace_failed {
        return Finding::not_supported(
            "not tried: PACE was offered and did not succeed; falling back in silence would hide that",
        );
    }
    let may_be_open = inspection.config.access == AccessChoice::Automatic;
    if may_be_open && inspection.config.passwords.is_empty() && is_open(inspection) {
        return open(inspection);
    }
    let Some(password) = inspection
        .config
        .passwords
        .iter()
        .find(|password| password.kind() == PasswordKind::Mrz)
    else {
        return Finding::aborted("BAC needs the MRZ, which was not given")
            .remedy("give document number, date of birth and date of expiry");
    };
    match establish_bac(inspection, password) {
        Ok(()) => {
            inspection.opened = Some(Opened::Bac(password));
            Finding::successful("3DES with the MRZ")
        }
        Err(protocols::Error::CardRefused {
            step: protocols::Step::BacGetChallenge,
            ..
        }) if may_be_open && is_open(inspection) => open(inspection),
        Err(error) => access_failed(inspection, error, PasswordKind::Mrz),
    }
}

pub(super) fn establish_bac(
    inspection: &mut Inspection<'_, '_>,
    password: &Password,
) -> protocols::Result<()> {
    let keys = bac::AccessKeys::derive(password)?;
    let keys = bac::terminal::establish(&mut inspection.line, &keys, inspection.rng)?;
    inspection.line.secure(keys);
    inspection.access = Some(Access::Bac);
    Ok(())
}

/// Whether EF.COM can be read by anybody: an old chip without access control. Chips are asked that do not know BAC, or for
/// which there is no password.
fn is_open(inspection: &mut Inspection<'_, '_>) -> bool {
    inspection.read(File::Com).is_ok()
}

fn open(inspection: &mut Inspection<'_, '_>) -> Finding {
    inspection.access = Some(Access::Open);
    Finding::not_supported("the chip has no access control")
}

fn access_failed(
    inspection: &mut Inspection<'_, '_>,
    error: protocols::Error,
    password: PasswordKind,
) -> Finding {
    match error {
        protocols::Error::Transport(error) => {
            inspection.lost = Some(error);
            Finding::aborted(error.to_string())
                .remedy("leave the document on the reader until the reading has ended")
        }
        error @ protocols::Error::LastTry(_) => {
            Finding::aborted(error.to_string()).remedy(LAST_TRY)
        }
        error if error.suggests_wrong_password() => {
            Finding::failed(format!("the password does not fit: {error}"))
                .remedy(check_password(password))
        }
        error => {
            let finding = Finding::failed(error.to_string());
            match refused_password(error, password) {
                Some(remedy) => finding.remedy(remedy),
                None => finding,
            }
        }
    }
}
