//! The line to one card: what lies between a reader and everything that is said.

use crate::{Channel, ChannelError, CommandApdu, Limits, ResponseApdu, ResponseChaining};

/// A line that puts answers in parts together and knows what the card has said of its buffers. Until it has said something, only
/// short length is allowed (ISO 7816-4 §5.2, Doc 9303-10 §3.6.4).
pub struct CardLine<C> {
    line: ResponseChaining<C>,
    card: Limits,
}

impl<C: Channel> CardLine<C> {
    /// The line over a reader.
    pub const fn new(reader: C) -> Self {
        Self {
            line: ResponseChaining(reader),
            card: Limits::SHORT,
        }
    }

    /// What the reader carries, whatever the card takes.
    pub fn reader_limits(&self) -> Limits {
        self.line.limits()
    }

    /// Takes over what the card says of its buffers.
    pub const fn card_takes(&mut self, limits: Limits) {
        self.card = limits;
    }
}

impl<C: Channel> Channel for CardLine<C> {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        self.line.transmit(command)
    }

    fn limits(&self) -> Limits {
        self.line.limits().and(self.card)
    }

    fn reset_card(&mut self) -> Result<(), ChannelError> {
        self.line.reset_card()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StatusWord;

    struct Extended;

    impl Channel for Extended {
        fn transmit(&mut self, _: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
            Ok(ResponseApdu::from_sw(StatusWord::OK))
        }

        fn limits(&self) -> Limits {
            Limits::EXTENDED
        }
    }

    #[test]
    fn the_card_has_to_say_that_it_takes_more() {
        let mut line = CardLine::new(Extended);
        assert!(line.reader_limits().allow_extended());
        assert!(!line.limits().allow_extended());
        line.card_takes(Limits::EXTENDED);
        assert!(line.limits().allow_extended());
    }
}
