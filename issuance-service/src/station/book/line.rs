//! One line of the book.

use crypto::HashAlgorithm;
use enrolment::packet::{Digest, MAX_RECEIPT_BYTES};
use time::OffsetDateTime;
use uuid::Uuid;

/// Longest line: a receipt in hexadecimal and what stands around it.
pub(super) const MAX_LINE: usize = 2 * MAX_RECEIPT_BYTES + 512;
/// What a book begins with.
const BEGIN: &str = "outbox-book-1";
const LINK_LEN: usize = 16;

/// What chains a line to the one before.
pub(super) type Link = [u8; LINK_LEN];

/// The link before the first line.
pub(super) const FIRST_LINK: Link = [0; LINK_LEN];

/// Why a packet is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The service has it: the receipt stands in the book.
    Receipt,
    /// It was sent so many days ago, and the settings of the station say that it goes then.
    Age(u16),
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The book of this station's key.
    Begin(Digest),
    /// A packet is on the disk.
    Sealed {
        /// The packet.
        id: Uuid,
        /// SHA-256 of its file.
        digest: Digest,
        /// Length of its file.
        length: u64,
    },
    /// It was handed over for the first time.
    Sent(Uuid),
    /// The service has it; with the receipt.
    Received(Uuid, Vec<u8>),
    /// The service does not take it; with the receipt.
    Refused(Uuid, Vec<u8>),
    /// Its erasure begins.
    Erase(Uuid, Why),
    /// Its file is overwritten, removed, and the folder is on the disk.
    Erased(Uuid),
    /// A draft was erased.
    DraftErased(Uuid),
}

impl Event {
    /// The packet that it is about.
    pub(super) const fn packet(&self) -> Option<&Uuid> {
        match self {
            Self::Begin(_) | Self::DraftErased(_) => None,
            Self::Sealed { id, .. }
            | Self::Sent(id)
            | Self::Received(id, _)
            | Self::Refused(id, _)
            | Self::Erase(id, _)
            | Self::Erased(id) => Some(id),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Begin(station) => format!("{BEGIN} {station}"),
            Self::Sealed { id, digest, length } => format!("sealed {id} {digest} {length}"),
            Self::Sent(id) => format!("sent {id}"),
            Self::Received(id, receipt) => format!("received {id} {}", hex::encode(receipt)),
            Self::Refused(id, receipt) => format!("refused {id} {}", hex::encode(receipt)),
            Self::Erase(id, Why::Receipt) => format!("erase {id} receipt"),
            Self::Erase(id, Why::Age(days)) => format!("erase {id} age {days}"),
            Self::Erased(id) => format!("erased {id}"),
            Self::DraftErased(id) => format!("draft-erased {id}"),
        }
    }

    fn read(text: &str) -> Option<Self> {
        let mut fields = text.split(' ');
        let word = fields.next()?;
        if word == BEGIN {
            return Some(Self::Begin(fields.next()?.parse().ok()?));
        }
        let id = fields.next()?.parse().ok()?;
        let mut receipt = || hex::decode(fields.next()?).ok();
        let event = match word {
            "sealed" => Self::Sealed {
                id,
                digest: fields.next()?.parse().ok()?,
                length: fields.next()?.parse().ok()?,
            },
            "sent" => Self::Sent(id),
            "received" => Self::Received(id, receipt()?),
            "refused" => Self::Refused(id, receipt()?),
            "erase" => match fields.next()? {
                "receipt" => Self::Erase(id, Why::Receipt),
                "age" => Self::Erase(id, Why::Age(fields.next()?.parse().ok()?)),
                _ => return None,
            },
            "erased" => Self::Erased(id),
            "draft-erased" => Self::DraftErased(id),
            _ => return None,
        };
        fields.next().is_none().then_some(event)
    }

    /// The line with its end, and its link.
    pub(super) fn write(&self, number: u64, at: OffsetDateTime, before: &Link) -> (String, Link) {
        let text = format!("{number} {} {}", at.unix_timestamp(), self.text());
        let link = link(before, &text);
        (format!("{text} {}\n", hex::encode(link)), link)
    }

    /// What a line without its end says, if it is the one of this number behind the one of this link.
    pub(super) fn parse(
        line: &[u8],
        number: u64,
        before: &Link,
    ) -> Option<(OffsetDateTime, Self, Link)> {
        let line = core::str::from_utf8(line).ok()?;
        let (text, written) = line.rsplit_once(' ')?;
        let link = link(before, text);
        let (at, rest) = text.strip_prefix(&format!("{number} "))?.split_once(' ')?;
        let at = OffsetDateTime::from_unix_timestamp(at.parse().ok()?).ok()?;
        let event = Self::read(rest)?;
        // What reads the same and is written otherwise is not ours.
        let again = format!("{number} {} {}", at.unix_timestamp(), event.text());
        (written == hex::encode(link) && text == again).then_some((at, event, link))
    }
}

fn link(before: &Link, text: &str) -> Link {
    let mut hasher = HashAlgorithm::Sha256.hasher();
    hasher.update(before);
    hasher.update(text.as_bytes());
    let mut link = FIRST_LINK;
    for (to, from) in link.iter_mut().zip(hasher.finalize()) {
        *to = from;
    }
    link
}
