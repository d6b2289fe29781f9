use super::codes::{EyeColour, Gender, HairColour};
use crate::iso39794_1::blocks;

blocks! {
    /// What is seen of the person.
    #[derive(Copy, Default)]
    Person {
        /// Sex.
        gender: Option<Gender> = 0,
        /// Colour of the irises.
        eye_colour: Option<EyeColour> = 1,
        /// Colour of the hair.
        hair_colour: Option<HairColour> = 2,
        /// Height in centimetres.
        height: Option<u16> = 3,
        /// Glasses, beard and the like.
        properties: Option<Properties> = 4,
        /// Neutral, smiling …
        expressions: Option<Expressions> = 5,
        /// How the head is turned.
        pose: Option<PoseAngles> = 6,
    }

    /// What is seen on the face; what is not said is not known.
    #[derive(Copy, Default)]
    Properties {
        /// Glasses.
        glasses: Option<bool> = 0,
        /// Moustache.
        moustache: Option<bool> = 1,
        /// Beard.
        beard: Option<bool> = 2,
        /// Teeth visible.
        teeth_visible: Option<bool> = 3,
        /// Pupil or iris not visible.
        pupil_or_iris_not_visible: Option<bool> = 4,
        /// Mouth open.
        mouth_open: Option<bool> = 5,
        /// Patch over the left eye.
        left_eye_patch: Option<bool> = 6,
        /// Patch over the right eye.
        right_eye_patch: Option<bool> = 7,
        /// Dark glasses.
        dark_glasses: Option<bool> = 8,
        /// A part of the face is absent.
        biometric_absent: Option<bool> = 9,
        /// Head covered.
        head_covering: Option<bool> = 10,
    }

    /// The expression of the face; what is not said is not known.
    #[derive(Copy, Default)]
    Expressions {
        /// Neutral.
        neutral: Option<bool> = 0,
        /// Smiling.
        smile: Option<bool> = 1,
        /// Eyebrows raised.
        raised_eyebrows: Option<bool> = 2,
        /// Eyes looking away from the camera.
        looking_away: Option<bool> = 3,
        /// Squinting.
        squinting: Option<bool> = 4,
        /// Frowning.
        frowning: Option<bool> = 5,
    }

    /// How the head is turned.
    #[derive(Copy, Default)]
    PoseAngles {
        /// Around the vertical axis.
        yaw: Option<Angle> = 0,
        /// Around the axis from ear to ear.
        pitch: Option<Angle> = 1,
        /// Around the axis from the nose backwards.
        roll: Option<Angle> = 2,
    }

    /// An angle in degrees.
    #[derive(Copy)]
    Angle {
        /// From −180 to 180.
        value: i16 = 0,
        /// How far it may be off.
        uncertainty: Option<u8> = 1,
    }
}
