//! Chips of a series that the issuer knows to be faulty (Doc 9303-12 §10.2, TR-03135-1 §5.8.2): what they fail at says nothing
//! about the document in hand.

use pki::deviation_list::DeviationType;
use pki::passive_authentication::{Effect, Report as PassiveAuthentication};

use crate::check::Finding;
use crate::procedure::Inspection;
use crate::{Outcome, tr03135};

/// What is said of a proof that failed on such a chip.
pub(crate) const EXCUSED: &str = "failed, as the issuer's deviation list says of the chips of this series: nothing is shown, and nothing refuted";

/// The authenticity of the chip, a failure of which is undetermined on such a chip. That a key is compromised is no fault of the
/// chip, and stays.
pub(super) fn authenticity(
    inspection: &mut Inspection<'_, '_>,
    judge: fn(&mut Inspection<'_, '_>) -> Finding,
) -> Finding {
    let finding = judge(inspection);
    let passive = inspection.passive.as_ref();
    let excused =
        passive.is_some_and(|passive| is_faulty(passive) && !tr03135::is_compromised(passive));
    if excused && finding.outcome == Outcome::Failed {
        return Finding::undetermined(EXCUSED);
    }
    finding
}

/// Whether a deviation list of the issuer says that the chip of this document is faulty.
pub(crate) fn is_faulty(passive: &PassiveAuthentication) -> bool {
    passive.known_deviations.iter().any(|known| {
        known.description.kind == DeviationType::Chip && known.effect != Effect::NotSure
    })
}
