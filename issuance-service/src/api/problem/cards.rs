//! Refusals of cards, chips, batches and consignments as problems.

use register::OfficerRefusal;
use register::document::Refusal as DocumentRefusal;

use super::{Kind, Problem};
use crate::personalisation::Refusal;

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let kind = match refusal {
            Refusal::UnknownSite
            | Refusal::UnknownChip
            | Refusal::UnknownBatch
            | Refusal::UnknownConsignment
            | Refusal::UnknownShift => {
                return Kind::NotFound.into();
            }
            Refusal::SamePerson | Refusal::ApprovedIt | Refusal::ReceivedIt => Kind::FourEyes,
            Refusal::Site | Refusal::CountDiffers => Kind::Content,
            _ => Kind::Conflict,
        };
        Self::new(kind).detail(refusal.code())
    }
}

impl From<DocumentRefusal> for Problem {
    fn from(refusal: DocumentRefusal) -> Self {
        let kind = match refusal {
            DocumentRefusal::UnknownJob => return Kind::NotFound.into(),
            DocumentRefusal::WroteIt | DocumentRefusal::Officer(OfficerRefusal::SamePerson) => {
                Kind::FourEyes
            }
            DocumentRefusal::Officer(_) | DocumentRefusal::ReceiptOrder { .. } => Kind::Content,
            _ => Kind::Conflict,
        };
        Self::new(kind).detail(refusal.code())
    }
}
