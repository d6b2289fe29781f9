//! The receiving side: packets of stations come in, receipts go out.
//!
//! ```text
//! stick ─▶ <id>.<SHA-256>.packet ─ open, verify, seal ─▶ packets/ ─▶ register: an application ─▶ <id>.<SHA-256>.receipt ─▶ stick
//! ```
//!
//! A packet is counted once, by its id. The same packet again gets the same receipt; another file of the same id is refused, and so are
//! keys that nobody has registered. A body that is not the file that a device says it is gets neither receipt nor refusal. The file is on the disk before the register has it, and the register before the receipt is told.
//!
//! | file | content |
//! |---|---|
//! | `keys/packet.key` | X25519: opens packets |
//! | `keys/receipt.key` | P-256: signs receipts |
//! | `service.json` | their public halves, for stations |
//! | `known/*.json` | public keys of stations, operators and supervisors, with the account that such a person has here; who leaves is removed |
//! | `keys/register.key` | seals what rests: the keys of the packets, texts of people |
//! | `packets/ab/cd/<id>.<file>.sealed` | what came, still encrypted, and sealed once more under a key that can be erased |

mod copying;
mod desk;
mod keys;
mod known;
mod packets;

pub use desk::{Claim, IntakeDesk, Taken};
pub use keys::{IntakeFolder, IntakeKeys};
pub use known::{Accounts, Known};
pub use packets::{PacketRow, Packets};
