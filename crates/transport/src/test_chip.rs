//! The chip of this crate's tests: it does nothing that a card would do, and each kind of answer on demand.

use iso7816::{Chip, CommandApdu, Ins, ResponseApdu, StatusWord};

/// Echoes, answers with as much as was asked for, remembers until reset, panics, or stays silent.
#[derive(Debug, Default)]
pub(crate) struct EchoChip {
    /// How often it was reset.
    pub(crate) resets: u32,
    /// Set by [`Self::REMEMBER`], forgotten at reset.
    pub(crate) remembered: u8,
}

impl EchoChip {
    pub(crate) const ECHO: Ins = Ins(0x01);
    pub(crate) const PANIC: Ins = Ins(0x02);
    pub(crate) const SILENCE: Ins = Ins(0x03);
    pub(crate) const FLOOD: Ins = Ins(0x04);
    pub(crate) const REMEMBER: Ins = Ins(0x05);
    pub(crate) const ATR: [u8; 5] = [0x3B, 0x80, 0x80, 0x01, 0x01];
}

impl Chip for EchoChip {
    fn atr(&self) -> Vec<u8> {
        Self::ATR.to_vec()
    }

    fn reset(&mut self) {
        self.resets += 1;
        self.remembered = 0;
    }

    fn execute(&mut self, command: &[u8]) -> Vec<u8> {
        let Ok(command) = CommandApdu::parse(command) else {
            return ResponseApdu::from_sw(StatusWord::WRONG_LENGTH).to_bytes();
        };
        let data = match command.ins {
            Self::ECHO => command.data.to_vec(),
            Ins::READ_BINARY => vec![0xA5; command.le.map_or(0, |le| le.get() as usize)],
            Self::REMEMBER => {
                let before = self.remembered;
                self.remembered = command.p1;
                vec![before]
            }
            Self::PANIC => panic!("asked to"),
            Self::SILENCE => return vec![],
            Self::FLOOD => vec![0; 70_000],
            _ => return ResponseApdu::from_sw(StatusWord::INS_NOT_SUPPORTED).to_bytes(),
        };
        ResponseApdu::new(data, StatusWord::OK).to_bytes()
    }
}
