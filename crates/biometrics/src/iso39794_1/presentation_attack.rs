use super::value::{blocks, choices};
use super::{CaptureDateTime, ExtendedData, Octets, RegistryId, ScoreOrError};
use crate::codes::codes;

blocks! {
    /// What was done against the presentation of something else than the person, and what it found
    /// (ISO 39794-1; ISO 30107).
    #[derive(Default)]
    PresentationAttack {
        /// The decision.
        decision: Option<AttackDecision> = 0,
        /// The scores behind it.
        scores: Vec<PresentationAttackScore> = 1,
        /// Further data.
        extended: Vec<ExtendedData> = 2,
        /// What the capture was for.
        context: Option<CaptureContext> = 3,
        /// How it was watched.
        supervision: Option<SupervisionLevel> = 4,
        /// Risk from 0 to 100.
        risk: Option<u8> = 5,
        /// Whose criteria were used.
        criteria: Option<CriteriaCategory> = 6,
        /// Parameters of the mechanism.
        parameter: Option<Octets> = 7,
        /// What the person was asked to do.
        challenges: Vec<Octets> = 8,
        /// When.
        captured: Option<CaptureDateTime> = 9,
    }

    /// What one mechanism found.
    #[derive(Copy)]
    PresentationAttackScore {
        /// The mechanism.
        mechanism: RegistryId = 0,
        /// Its score.
        score: ScoreOrError = 1,
    }
}

codes! {
    /// Whether an attack was seen.
    AttackDecision(u8) {
        NO_ATTACK = 0 => "no attack",
        ATTACK = 1 => "attack",
        FAILURE_TO_ASSESS = 2 => "failure to assess",
    }
}

codes! {
    /// What a capture was for.
    CaptureContext(u8) {
        ENROLMENT = 0 => "enrolment",
        VERIFICATION = 1 => "verification",
        IDENTIFICATION = 2 => "identification",
    }
}

codes! {
    /// How a capture was watched.
    SupervisionLevel(u8) {
        UNKNOWN = 0 => "unknown",
        CONTROLLED = 1 => "controlled",
        ASSISTED = 2 => "assisted",
        OBSERVED = 3 => "observed",
        UNATTENDED = 4 => "unattended",
    }
}

codes! {
    /// Whose criteria a decision follows.
    CriteriaCategory(u8) {
        UNKNOWN = 0 => "unknown",
        INDIVIDUAL = 1 => "individual",
        COMMON = 2 => "common",
    }
}

choices!(
    AttackDecision,
    CaptureContext,
    SupervisionLevel,
    CriteriaCategory
);
