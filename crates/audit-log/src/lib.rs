//! An audit log that an auditor can check without trusting the service that writes it.
//!
//! ```text
//!  what was done ─▶ Entry ─▶ its one spelling ─▶ leaf          Tree: size and peaks
//!                                                  └─▶ append ─▶ rows (index, hash), two for each entry, never changed
//!                                                                     │
//!        signer of the log ─▶ Checkpoint: origin, size, root, time ◀──┘ root
//!                                   │
//!   auditor, elsewhere:  LogKey     ▼
//!     every day    Auditor   keeps the newest checkpoint; the next one needs a consistency proof
//!     for a doubt  InclusionProof   this entry is in the log that was signed
//!     once a year  Verifier  reads every entry and says exactly what is wrong
//! ```
//!
//! The tree is the one of Certificate Transparency (RFC 9162 §2.1, in RFC 6962 before), the signed head a checkpoint of C2SP
//! (`c2sp.org/tlog-checkpoint`, `c2sp.org/signed-note`): tools and people for both exist outside of this toolchain.
//!
//! # Writing
//!
//! Under the lock or in the transaction that lets one writer append at a time:
//!
//! 1. [`Tree::needed`] names the rows that a tree of the present size stands on: at most 48, thirteen at 10⁹ entries. Fetch them.
//! 2. [`Tree::load`], then [`Tree::append`] with the leaf of each entry ([`Entry::leaf`]); insert the entries and the rows it returns.
//! 3. From time to time, and at least so often that nobody waits long for a proof: [`Checkpoint::new`] with [`Tree::root`],
//!    [`Checkpoint::sign`], publish. In the same transaction, so that no two checkpoints can ever contradict each other.
//!
//! Nothing here reads a clock or a database: what must be fetched is named first and given then, so the caller may wait as he likes.
//!
//! # What an auditor keeps
//!
//! Three things, where the service cannot reach them: the [`LogKey`], received by another way than from the log; the newest checkpoint,
//! as a text; and every note that was refused, since notes are evidence that the log itself has signed. Each day the auditor fetches the
//! newest checkpoint with a [`ConsistencyProof`] from the kept one and calls [`Auditor::advance`]. Several auditors should compare what
//! they keep: a log that shows them different faces is found only so.
//!
//! # What goes wrong looks like this
//!
//! * **A changed entry**: [`Finding::EntryChanged`] names it, where the rows of the tree are at hand; without them, or where the rows were
//!   changed with it, [`Finding::RootDiffers`] names the entries between the last right checkpoint and the first wrong one.
//! * **A fork**, two histories for two audiences: two notes of one size with different roots ([`Finding::Fork`]), or a checkpoint that no
//!   proof connects with the kept one ([`Finding::Inconsistent`]).
//! * **A rollback**, as after restoring an old backup: fewer entries at a later time ([`Finding::Rollback`]), or a log that ends before
//!   what was signed ([`Finding::EndMissing`]). An operator who has to restore must say so: a new origin, the old log closed.
//! * **A backdated entry**: its date lies before a checkpoint that does not have it ([`Finding::EntryBackdated`]).
//!
//! What no log can show: entries after the newest checkpoint can still be changed, so sign often; and what was never entered is not there.
//!
//! # Nothing about citizens
//!
//! Entries are shown to auditors and cannot be erased. See [`entry`] for how the types keep personal data out.

mod auditor;
pub mod checkpoint;
pub mod entry;
pub mod error;
mod finding;
mod hash;
pub mod note;
#[cfg(test)]
mod samples;
pub mod tree;
pub mod verifier;

pub use auditor::Auditor;
pub use checkpoint::{Checkpoint, VerifiedCheckpoint};
pub use entry::{Actor, ActorKind, Entry, EntryFault, Outcome, Subject, Token, Word};
pub use error::{Error, Result};
pub use finding::Finding;
pub use hash::Hash;
pub use note::LogKey;
pub use tree::proof::{ConsistencyProof, Head, InclusionProof};
pub use tree::{StoredHashes, Tree};
pub use verifier::{Report, Verifier};
