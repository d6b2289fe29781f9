//! Terminal authentication: after chip authentication, on a chip that trusts somebody (chapter 02 §4, chapter 03 §9).

use iso7816::{CommandApdu, Ins, ResponseApdu, StatusWord};
use protocols::terminal_authentication::chip::{Answered, TerminalAuthentication};
use protocols::terminal_authentication::{Binding, CertificateFault, Policy, Rights};

use super::{Envelope, Executed, HolderSide, Surroundings};
use crate::error::Refusal;
use crate::memory::Write;
use crate::{DataSheet, Deviation};

/// P1 P2 of PSO:Verify Certificate (Doc 9303-11 §7.1.5.2).
const VERIFY_CERTIFICATE: [u8; 2] = [0x00, 0xBE];

impl HolderSide {
    /// A command of terminal authentication, whichever; a chip that does not offer it says `unknown` ([CMD-060]).
    ///
    /// Trust points and date that it changes are in non-volatile memory, in one transaction, before the answer ([ACCESS-042]).
    pub(super) fn authenticate_terminal(
        &mut self,
        command: &CommandApdu,
        unknown: Refusal,
        envelope: Envelope,
        around: &mut Surroundings<'_>,
    ) -> Result<Executed, Refusal> {
        let trust = around.memory.contents().terminal_trust().ok_or(unknown)?;
        check_parameters(command).inspect_err(|_| self.interrupt_terminal())?;
        let state = self
            .terminal
            .take_if(|_| envelope.protected)
            .ok_or(Refusal::Access)?;
        let mut answered = state.answer(command, &trust.points, Policy::default(), around.rng);
        if says_yes(&answered, command, around.data_sheet) {
            answered.response = ResponseApdu::from_sw(StatusWord::OK);
        }
        let forgets = around.data_sheet.deviates(Deviation::ForgetsTheDate);
        if let Some(points) = answered.changes.as_ref().filter(|_| !forgets) {
            around.memory.commit(&[Write::trust_points(points)])?;
        }
        self.rights.biometrics = granted(&answered.state, around.data_sheet);
        self.terminal = Some(answered.state);
        Ok(Executed::done(answered.response))
    }

    /// Terminal authentication may begin, bound to this chip and this agreement ([ACCESS-040]).
    pub(super) fn authorize_with(&mut self, binding: Binding) {
        self.terminal = Some(TerminalAuthentication::new(binding));
    }

    /// Another command came between two steps ([CMD-082]).
    pub(super) fn interrupt_terminal(&mut self) {
        self.terminal = self
            .terminal
            .take()
            .map(TerminalAuthentication::interrupted);
    }

    pub(super) fn withdraw_authorization(&mut self) {
        self.terminal = None;
        self.rights.biometrics = Rights::default();
    }
}

/// Whether a chip that is told to says that it has done what it has refused.
fn says_yes(answered: &Answered, command: &CommandApdu, data_sheet: &DataSheet) -> bool {
    let deviation = match answered.fault {
        Some(CertificateFault::Signature) => Deviation::TakesWrongSignatures,
        Some(CertificateFault::Roles { .. }) => Deviation::TakesAnyIssuer,
        None if command.ins == Ins::EXTERNAL_AUTHENTICATE
            && answered.response.sw == StatusWord::AUTHENTICATION_FAILED =>
        {
            Deviation::TakesWrongProofs
        }
        _ => return false,
    };
    data_sheet.deviates(deviation)
}

fn granted(state: &TerminalAuthentication, data_sheet: &DataSheet) -> Rights {
    let all = data_sheet.deviates(Deviation::GrantsAllRights);
    let rights = |rights| if all { Rights::ALL } else { rights };
    state
        .authorization()
        .map(|authorization| rights(authorization.rights))
        .unwrap_or_default()
}

/// P1 P2 are judged before access ([CMD-005]); those of the other commands have been.
fn check_parameters(command: &CommandApdu) -> Result<(), Refusal> {
    if command.ins == Ins::PERFORM_SECURITY_OPERATION
        && [command.p1, command.p2] != VERIFY_CERTIFICATE
    {
        return Err(Refusal::Parameters);
    }
    Ok(())
}
