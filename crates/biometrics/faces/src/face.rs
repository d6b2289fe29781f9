use crate::landmarks::Landmarks;

/// Where a face is, in pixels of the picture. It may reach beyond the picture's border.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FaceBox {
    /// Left side.
    pub left: f32,
    /// Upper side, about the middle of the forehead.
    pub top: f32,
    /// Left to right.
    pub width: f32,
    /// Top to bottom, about to the chin.
    pub height: f32,
    /// How sure the detector is, 0 to 1.
    pub confidence: f32,
}

impl FaceBox {
    /// Square pixels.
    #[must_use]
    pub fn area(&self) -> f32 {
        self.width.max(0.0) * self.height.max(0.0)
    }
}

/// Which way a head is turned, in degrees; all zero looks into the camera.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Pose {
    /// Positive when the person turns to their own left, the picture's right (ISO 39794-5).
    pub yaw: f32,
    /// Positive when the person looks down (ISO 39794-5).
    pub pitch: f32,
    /// Positive when the head leans to the person's right shoulder, the picture's left (ISO 39794-5).
    pub roll: f32,
}

/// One face of a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Face {
    /// Where it is.
    pub bounds: FaceBox,
    /// Its 68 points.
    pub landmarks: Landmarks,
    /// Which way it looks.
    pub pose: Pose,
}
