//! The account: whatever was sealed is there and whole, or is gone for a reason that stands in the book.

use enrolment::packet::{Digest, SignedReceipt, Status};
use uuid::Uuid;

use super::{Held, Outbox, State};
use crate::Result;
use crate::station::book::{Packet, Stage, Why};
use crate::station::outbox::recover::hash;

/// What an outbox accounts for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// Packets that were ever sealed here.
    pub sealed: u64,
    /// Packets that are there and whole.
    pub kept: u64,
    /// Packets that were erased, their receipt in the book and signed by the service.
    pub erased_by_receipt: u64,
    /// Packets that were erased by age.
    pub erased_by_age: u64,
    /// Packets that are neither there nor erased.
    pub lost: Vec<Uuid>,
    /// Packets whose file is not what was sealed.
    pub damaged: Vec<Uuid>,
    /// Packets that were erased by a receipt that does not hold, or whose file is still there.
    pub unproven: Vec<Uuid>,
}

impl Account {
    /// Whether nothing is wrong.
    #[must_use]
    pub const fn is_good(&self) -> bool {
        self.lost.is_empty() && self.damaged.is_empty() && self.unproven.is_empty()
    }
}

impl Outbox {
    /// Reads every packet and every line, and checks every receipt in the book.
    ///
    /// # Errors
    /// [`crate::Error::File`]; [`crate::station::StationError::BookBroken`].
    pub fn verify(&self, service: &crypto::PublicKey) -> Result<Account> {
        let held = self.hold()?;
        let mut account = Account::default();
        for (id, packet) in held.book.packets() {
            account.sealed += 1;
            if packet.stage < Stage::Erasing {
                held.count_kept(*id, packet, &mut account)?;
            } else {
                held.count_erased(*id, packet, service, &mut account);
            }
        }
        // A file that the book does not know, whatever brought it there, is none that was sealed here.
        for entry in held.entries()? {
            if !held.book.packets().contains_key(&entry.id) {
                account.damaged.push(entry.id);
            }
        }
        Ok(account)
    }
}

impl Held<'_> {
    fn files(&self, id: Uuid, digest: &Digest) -> Vec<std::path::PathBuf> {
        let paths = State::ALL.map(|state| self.path(id, digest, state));
        paths.into_iter().filter(|path| path.exists()).collect()
    }

    fn count_kept(&self, id: Uuid, packet: &Packet, account: &mut Account) -> Result<()> {
        match self.files(id, &packet.digest).as_slice() {
            [] => account.lost.push(id),
            [path] if hash(path)? == (packet.digest, packet.length) => account.kept += 1,
            _ => account.damaged.push(id),
        }
        Ok(())
    }

    fn count_erased(
        &self,
        id: Uuid,
        packet: &Packet,
        service: &crypto::PublicKey,
        account: &mut Account,
    ) {
        let is_gone = packet.stage == Stage::Erased && self.files(id, &packet.digest).is_empty();
        match packet.why {
            Some(Why::Age(_)) if is_gone => account.erased_by_age += 1,
            Some(Why::Receipt) if is_gone && is_proven(id, packet, service) => {
                account.erased_by_receipt += 1;
            }
            _ => account.unproven.push(id),
        }
    }
}

fn is_proven(id: Uuid, packet: &Packet, service: &crypto::PublicKey) -> bool {
    let Some(Ok(receipt)) = packet.receipt.as_deref().map(SignedReceipt::parse) else {
        return false;
    };
    receipt.verify(service).is_ok_and(|said| {
        said.packet == id && said.digest == packet.digest && said.status == Status::Received
    })
}
