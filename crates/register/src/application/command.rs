//! What somebody wants to happen to an application.

use access::Permission;
use uuid::Uuid;

use super::event::{
    Check, DuplicateFinding, Erasure, MakeFailure, Receipt, RefusalReason, Resemblance,
};
use crate::Officer;

/// A wish. Whether it is granted, [`super::process`] says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Take the packet in.
    Receive(Receipt),
    /// Record the result of the checks.
    RecordCheck(Check),
    /// Record who resembles the applicant and was registered after the checks.
    RecordResemblance {
        /// All who resemble now.
        resembling: Vec<Resemblance>,
    },
    /// Say whether the applicant is one of those who resemble.
    ReviewDuplicates {
        /// What was found.
        finding: DuplicateFinding,
        /// Who looked.
        by: Officer,
    },
    /// Grant it.
    Approve {
        /// Who.
        by: Officer,
    },
    /// Say which person of the register it is about.
    AssignPerson {
        /// Who.
        person: Uuid,
    },
    /// Begin to make the document.
    BeginProduction {
        /// The job.
        job: Uuid,
    },
    /// The job was voided.
    RecordFailure {
        /// The job.
        job: Uuid,
        /// Why.
        reason: MakeFailure,
    },
    /// The job was voided, for the applicant does not want the document any more.
    RecordWithdrawal {
        /// The job.
        job: Uuid,
        /// Who was told so.
        by: Officer,
    },
    /// The chip was locked.
    RecordProduct {
        /// The job.
        job: Uuid,
    },
    /// The card that was made is not as it should be.
    Complain {
        /// The job of the card.
        job: Uuid,
        /// Why.
        reason: MakeFailure,
        /// Who says so.
        by: Officer,
    },
    /// The holder has the card.
    Complete {
        /// The job of the card.
        job: Uuid,
    },
    /// Do not grant it.
    Refuse {
        /// Why.
        reason: RefusalReason,
        /// The rules that the record breaks.
        rules: Vec<String>,
        /// Who; nobody where rules refuse.
        by: Option<Officer>,
    },
    /// The applicant does not want it any more.
    Withdraw {
        /// Who was told so.
        by: Officer,
    },
    /// Record that portrait and prints are gone.
    RecordErasure(Erasure),
}

impl Command {
    /// Who may give it; `None` for what only the service itself does.
    #[must_use]
    pub const fn permission(&self) -> Option<Permission> {
        match self {
            Self::Receive(_) => Some(Permission::PacketSubmit),
            Self::ReviewDuplicates { .. } => Some(Permission::DuplicateReview),
            Self::Approve { .. } => Some(Permission::ApplicationApprove),
            Self::Refuse { by: Some(_), .. } => Some(Permission::ApplicationRefuse),
            Self::Withdraw { .. } => Some(Permission::ApplicationWithdraw),
            Self::Complain { .. } => Some(Permission::ComplaintRecord),
            Self::RecordCheck(_)
            | Self::RecordResemblance { .. }
            | Self::AssignPerson { .. }
            | Self::BeginProduction { .. }
            | Self::RecordFailure { .. }
            | Self::RecordWithdrawal { .. }
            | Self::RecordProduct { .. }
            | Self::Complete { .. }
            | Self::Refuse { by: None, .. }
            | Self::RecordErasure(_) => None,
        }
    }
}
