//! The line to the chip: plain at first, under secure messaging after access, under new keys after chip authentication.

use core::time::Duration;

use iso7816::{
    CardLine, Channel, ChannelError, CommandApdu, Ins, Le, Limits, ResponseApdu, StatusWord,
};
use protocols::secure_messaging::{SecureChannel, SessionKeys};

type Reader<'c> = CardLine<&'c mut dyn Channel>;

/// How often a chain of commands that somebody has left open is closed: a run that broke off leaves one.
const MAX_CLOSED_CHAINS: u8 = 2;
/// Most commands of one inspection: more than sixteen data groups of a slow chip take, and some minutes. A chip that goes on has
/// nothing to say and wants to keep the terminal busy.
const MAX_COMMANDS: u32 = 20_000;
/// Longest time of one inspection: a slow chip on a slow line, fingers included, needs a minute of it.
const MAX_TIME: Duration = Duration::from_secs(5 * 60);
/// An empty template of dynamic authentication data: what closes a chain of GENERAL AUTHENTICATE.
const NOTHING_MORE: [u8; 2] = [0x7C, 0x00];

enum State<'c> {
    Plain(Reader<'c>),
    Secure(SecureChannel<Reader<'c>>),
    /// Only while one of the others is being made into the next.
    Between,
}

/// The line of one inspection.
pub(crate) struct Line<'c> {
    state: State<'c>,
    /// What the reader carries, whatever the card says of itself.
    reader: Limits,
    closed_chains: u8,
    commands: u32,
    deadline: Option<Deadline<'c>>,
}

/// When an inspection is over, whatever the chip has still to say.
struct Deadline<'c> {
    clock: &'c dyn Fn() -> Duration,
    begun: Duration,
}

impl Deadline<'_> {
    fn is_over(&self) -> bool {
        (self.clock)().saturating_sub(self.begun) > MAX_TIME
    }
}

impl<'c> Line<'c> {
    /// A plain line. Until the card says more, only short commands are allowed (Doc 9303-10 §3.6.4).
    pub(crate) fn new(line: &'c mut dyn Channel) -> Self {
        Self {
            reader: line.limits(),
            state: State::Plain(CardLine::new(line)),
            closed_chains: 0,
            commands: 0,
            deadline: None,
        }
    }

    /// The same for so long at most, by a clock that counts from any start.
    pub(crate) fn timed(mut self, clock: &'c dyn Fn() -> Duration) -> Self {
        let begun = clock();
        self.deadline = Some(Deadline { clock, begun });
        self
    }

    /// Whether the reader carries extended length, whatever the card can.
    pub(crate) const fn reader_carries_extended(&self) -> bool {
        self.reader.allow_extended()
    }

    /// Takes over what the card says of its buffers. Once secure messaging is on, this comes too late and changes nothing.
    pub(crate) fn card_takes(&mut self, limits: Limits) {
        if let State::Plain(line) = &mut self.state {
            line.card_takes(limits);
        }
    }

    /// Goes on under these keys.
    pub(crate) fn secure(&mut self, keys: SessionKeys) {
        self.state = match core::mem::replace(&mut self.state, State::Between) {
            State::Plain(line) => State::Secure(SecureChannel::new(line, keys)),
            State::Secure(mut channel) => {
                channel.rekey(keys);
                State::Secure(channel)
            }
            State::Between => State::Between,
        };
    }

    /// Goes on without secure messaging; the keys are erased.
    pub(crate) fn drop_session(&mut self) {
        self.state = match core::mem::replace(&mut self.state, State::Between) {
            State::Secure(channel) => State::Plain(channel.into_inner()),
            other => other,
        };
    }

    /// Chains of commands that were found open and closed.
    pub(crate) const fn closed_chains(&self) -> u8 {
        self.closed_chains
    }

    /// Whether secure messaging is on.
    pub(crate) const fn is_secure(&self) -> bool {
        matches!(self.state, State::Secure(_))
    }
}

impl Channel for Line<'_> {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        self.commands += 1;
        let is_late = self.deadline.as_ref().is_some_and(Deadline::is_over);
        if self.commands > MAX_COMMANDS || is_late {
            return Err(ChannelError::Refused(
                "the chip keeps the terminal busy without end",
            ));
        }
        match &mut self.state {
            State::Plain(line) => {
                let answer = line.transmit(command)?;
                let is_chain_open = answer.sw == StatusWord::LAST_COMMAND_EXPECTED
                    && command.ins != Ins::GENERAL_AUTHENTICATE;
                if !is_chain_open || self.closed_chains == MAX_CLOSED_CHAINS {
                    return Ok(answer);
                }
                self.closed_chains += 1;
                let close = CommandApdu::new(0x00, Ins::GENERAL_AUTHENTICATE, 0, 0);
                line.transmit(&close.with_data(NOTHING_MORE).with_le(Le::SHORT_MAX))?;
                line.transmit(command)
            }
            State::Secure(channel) => channel.transmit(command),
            State::Between => Err(ChannelError::CardLost),
        }
    }

    fn limits(&self) -> Limits {
        match &self.state {
            State::Plain(line) => line.limits(),
            State::Secure(channel) => channel.limits(),
            State::Between => Limits::SHORT,
        }
    }

    /// Ends the session, too.
    fn reset_card(&mut self) -> Result<(), ChannelError> {
        self.drop_session();
        match &mut self.state {
            State::Plain(line) => line.reset_card(),
            State::Secure(_) | State::Between => Err(ChannelError::CardLost),
        }
    }
}
