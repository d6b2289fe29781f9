//! Minutiae: where ridges end and fork.
//!
//! The stages are those of the textbooks (Maltoni et al., *Handbook of Fingerprint Recognition*): even contrast, ridge direction and
//! period by blocks, Gabor filters along them, thinning, ends and forks, and the removal of those that are none.

mod enhance;
mod extraction;
mod foreground;
pub mod pattern;
mod repair;
mod ridges;
mod skeleton;

pub(crate) use self::foreground::Patches;
use crate::plane::Plane;
use crate::print::Print;
use crate::{Error, Result};

/// Most minutiae that are kept of a print, the best ones: what one view of a template can hold (ISO 19794-2:2005).
pub const MAX_MINUTIAE: usize = 255;
/// Longest side of one finger's print, in pixels at 500 ppi: a rolled finger has 800. What is larger is segmented first.
pub const MAX_FINGER_SIDE: u32 = 1250;

/// An angle in the picture, rows running downwards.
type Heading = f32;

/// What a ridge does at a minutia (ISO 19794-2:2005).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The ridge ends.
    Ending,
    /// The ridge forks.
    Bifurcation,
    /// Neither, or it is not known which.
    Other,
}

/// A place where a ridge ends or forks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Minutia {
    /// Pixels from the left.
    pub x: f32,
    /// Pixels from the top.
    pub y: f32,
    /// Counter-clockwise from the right, 0 … 2π: along the ridge that ends, into the valley of a fork (ISO 19794-2:2005).
    pub angle: f32,
    /// What the ridge does.
    pub kind: Kind,
    /// How clear the ridges are there: 1 … 100; 0 when nobody said.
    pub quality: u8,
}

/// The minutiae of one finger's print.
#[derive(Clone, PartialEq)]
pub struct Minutiae {
    /// Pixels of a row of the picture that the minutiae lie in.
    pub width: u32,
    /// Rows of that picture.
    pub height: u32,
    /// Pixels per inch of that picture: 500 where they were extracted here.
    pub ppi: u16,
    /// Pixels of that picture that show the finger; 0 where a template does not say.
    pub area: u32,
    /// The minutiae, best first; at most [`MAX_MINUTIAE`].
    pub points: Vec<Minutia>,
}

/// Minutiae identify a person: their number is shown, they are not.
impl core::fmt::Debug for Minutiae {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(
            f,
            "Minutiae({} of {} × {} at {} ppi)",
            self.points.len(),
            self.width,
            self.height,
            self.ppi
        )
    }
}

/// Finds the minutiae of one finger. The picture is taken to 500 ppi first, and the places are those of the picture at 500 ppi.
///
/// A picture without a finger has none: that is no error, but [`Minutiae::area`] tells.
///
/// # Errors
/// [`Error::NotOneFinger`] when a side exceeds [`MAX_FINGER_SIDE`] at 500 ppi.
pub fn extract(print: &Print) -> Result<Minutiae> {
    let side = print.width().max(print.height());
    of_one_finger(crate::resample::nominal(side, print.ppi()))?;
    Ok(extraction::extract(print))
}

/// The places of a finger's minutiae as NFIQ 2 counts them: more of them, and nearer to the finger's edge, than are good for matching.
/// Columns and rows of the picture, which is at 500 ppi.
///
/// # Errors
/// As [`extract`].
pub(crate) fn for_quality(grey: &Plane<f32>) -> Result<Vec<(u32, u32)>> {
    let side = grey.width().max(grey.height());
    of_one_finger(u32::try_from(side).unwrap_or(u32::MAX))?;
    Ok(extraction::for_quality(grey))
}

fn of_one_finger(side: u32) -> Result<()> {
    if side > MAX_FINGER_SIDE {
        return Err(Error::NotOneFinger { side });
    }
    Ok(())
}
