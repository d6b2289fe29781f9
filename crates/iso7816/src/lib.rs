//! What a terminal and a card say to each other, below any protocol: ISO 7816-4.
//!
//! * [`CommandApdu`] and [`ResponseApdu`]: the two messages. Their `Debug` shows a header and lengths, never data.
//! * [`Channel`]: where a terminal sends commands; [`Chip`]: where they arrive.
//! * [`CardLine`]: a channel that knows how long a command may be and puts answers in parts together.
//! * [`tlv`]: BER-TLV with positions and limits.
//!
//! Numbers that a card sends are kept even when they are unknown: [`StatusWord`] and [`Ins`] are open.

pub mod apdu;
pub mod card_line;
pub mod channel;
pub mod error;
pub mod file_id;
pub mod ins;
pub mod response_chaining;
pub mod status_word;
pub mod tlv;

pub use apdu::{CommandApdu, Le, ResponseApdu};
pub use card_line::CardLine;
pub use channel::{Channel, ChannelError, Chip, Limits};
pub use error::{Error, Result};
pub use file_id::{FileId, Sfi};
pub use ins::Ins;
pub use response_chaining::ResponseChaining;
pub use status_word::StatusWord;
