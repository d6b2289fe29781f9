//! A card for the tests: the library's half, and an application that does as it is told.

use globalplatform::scp03::card::{
    CardChallenge, CardParameters, ExpectingExternalAuthenticate, Session, initialize_update,
};
use globalplatform::{Mode, StaticKeys};
use iso7816::{Channel, ChannelError, CommandApdu, Ins, Limits, ResponseApdu, StatusWord};

/// Answers with the data it got and with P1 P2 as status word.
pub(crate) const DO_AS_TOLD: Ins = Ins(0x01);

/// A change to an answer on its way.
pub(crate) type Tampering = fn(&mut ResponseApdu);

enum State {
    Idle,
    Expecting(ExpectingExternalAuthenticate),
    Open(Session),
}

/// A card behind a line that the test can listen to and change.
pub(crate) struct TestCard {
    keys: StaticKeys,
    mode: Mode,
    state: State,
    sequence_counter: u8,
    pub(crate) limits: Limits,
    /// Every plain command that arrived in a session.
    pub(crate) executed: Vec<CommandApdu>,
    /// Every command as sent.
    pub(crate) sent: Vec<CommandApdu>,
    /// Every answer as given.
    pub(crate) answers: Vec<ResponseApdu>,
    /// What happens to which answer on its way; the answer to INITIALIZE UPDATE is number 0.
    pub(crate) tamper: (usize, Tampering),
}

impl TestCard {
    pub(crate) fn new(keys: StaticKeys, mode: Mode) -> Self {
        Self {
            keys,
            mode,
            state: State::Idle,
            sequence_counter: 0,
            limits: Limits::EXTENDED,
            executed: vec![],
            sent: vec![],
            answers: vec![],
            tamper: (usize::MAX, |_| {}),
        }
    }

    fn execute(&mut self, command: &CommandApdu) -> Result<ResponseApdu, StatusWord> {
        if (command.cla, command.ins) == (0x80, Ins::INITIALIZE_UPDATE) {
            return self.begin(command);
        }
        match std::mem::replace(&mut self.state, State::Idle) {
            State::Idle => Err(StatusWord::CONDITIONS_NOT_SATISFIED),
            State::Expecting(state) => {
                let (session, answer) = state.external_authenticate(command)?;
                self.state = State::Open(session);
                Ok(answer)
            }
            State::Open(session) => {
                let (answering, plain) = session.unwrap(command)?;
                let answer = application(&plain);
                self.executed.push(plain);
                let (session, answer) = answering.wrap(&answer);
                self.state = State::Open(session);
                Ok(answer)
            }
        }
    }

    fn begin(&mut self, command: &CommandApdu) -> Result<ResponseApdu, StatusWord> {
        self.sequence_counter += 1;
        let parameters = CardParameters {
            diversification_data: *b"TESTCARD01",
            mode: self.mode,
            challenge: CardChallenge::PseudoRandom {
                sequence_counter: [0, 0, self.sequence_counter],
                aid: b"TEST",
            },
        };
        let (state, answer) = initialize_update(command, &self.keys, &parameters)?;
        self.state = State::Expecting(state);
        Ok(answer)
    }
}

fn application(command: &CommandApdu) -> ResponseApdu {
    if command.ins != DO_AS_TOLD {
        return ResponseApdu::from_sw(StatusWord::INS_NOT_SUPPORTED);
    }
    let sw = StatusWord(u16::from_be_bytes([command.p1, command.p2]));
    ResponseApdu::new(command.data.to_vec(), sw)
}

impl Channel for TestCard {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        let bytes = command.to_bytes()?;
        if bytes.len() > self.limits.max_command {
            return Err(ChannelError::TooLong {
                len: bytes.len(),
                max: self.limits.max_command,
            });
        }
        let arrived = CommandApdu::parse(&bytes)?;
        let answer = self.execute(&arrived);
        let mut answer = answer.unwrap_or_else(ResponseApdu::from_sw);
        assert!(answer.data.len() + 2 <= self.limits.max_response);
        self.sent.push(arrived);
        self.answers.push(answer.clone());
        let (at, tamper) = self.tamper;
        if self.answers.len().checked_sub(1) == Some(at) {
            tamper(&mut answer);
        }
        Ok(answer)
    }

    fn limits(&self) -> Limits {
        self.limits
    }
}
