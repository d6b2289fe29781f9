//! Quality of a fingerprint as a matcher will see it: NFIQ 2.3, the reference implementation of ISO 29794-4:2024.
//!
//! 69 measures of one finger's print at 500 ppi, and a forest of 100 trees that votes on them: of 100 votes, so many say that the
//! print will match. 65 of the measures are computed from the pixels by the standard's formulas, equal to the reference's; four are
//! about minutiae, which the reference finds with another extractor ([`MinutiaMeasures`]).

mod actionable;
mod blocks;
mod feature_id;
mod forest;
mod fourier;
mod frame;
mod frequency_domain;
mod gradient;
mod histogram;
mod local_clarity;
mod minutia_measures;
mod orientation_flow;
mod region_of_interest;
mod ridge_profile;
mod ridge_valley_uniformity;
mod slant;
mod smoothing;

use self::blocks::{BLOCK, Grid, mean, variance};
use self::forest::Forest;
use self::frame::Frame;
use self::gradient::Gradients;
use self::region_of_interest::RegionOfInterest;
use crate::{Error, Print, Result};

pub use self::actionable::Actionable;
pub use self::feature_id::{BINS, Family, FeatureId, Statistic};
pub use self::minutia_measures::MinutiaMeasures;

/// Most pixels of a row, the white frame cut off, of one finger's print (NFIQ 2.3).
pub const MAX_WIDTH: u32 = 800;
/// Most rows, the white frame cut off (NFIQ 2.3).
pub const MAX_HEIGHT: u32 = 1000;
/// Fewest blocks of 32 × 32 pixels that must show ridges (NFIQ 2.3).
pub const MIN_BLOCKS: u32 = 10;

/// What NFIQ 2.3 says of a print.
#[derive(Debug, Clone, PartialEq)]
pub struct Quality {
    /// The unified quality score, 0 (useless) to 100 (ISO 29794-4:2024).
    pub score: u8,
    /// The 69 native measures, in the order in which the forest is asked.
    pub features: Vec<(FeatureId, f64)>,
    /// The values behind the remarks: deviation of the grey levels, their mean, minutiae, pixels of the finger.
    pub feedback: [(Actionable, f64); 4],
    /// The remarks that apply.
    pub actionable: Vec<Actionable>,
}

impl Quality {
    /// One of the native measures.
    #[must_use]
    pub fn feature(&self, id: FeatureId) -> Option<f64> {
        self.features
            .iter()
            .find(|(known, _)| *known == id)
            .map(|&(_, value)| value)
    }
}

/// The quality of one finger's print. Its minutiae are found anew: what counts here is not what is good for matching.
///
/// # Errors
/// As [`assess_with_minutiae`].
pub fn assess(print: &Print) -> Result<Quality> {
    if !print.is_nominal() {
        return Err(Error::QualityResolution { ppi: print.ppi() });
    }
    assess_with_minutiae(print, &MinutiaMeasures::of(print)?)
}

/// The quality of one finger's print whose minutiae are known.
///
/// # Errors
/// [`Error::QualityResolution`] for a print that is not at 500 ppi, [`Error::QualitySize`] for one that is larger than a finger,
/// [`Error::NoRidgePattern`] for one with too few blocks of ridges.
pub fn assess_with_minutiae(print: &Print, minutiae: &MinutiaMeasures) -> Result<Quality> {
    if !print.is_nominal() {
        return Err(Error::QualityResolution { ppi: print.ppi() });
    }
    let frame = Frame::of(print);
    let (width, height) = (frame.width as u32, frame.height as u32);
    if width > MAX_WIDTH || height > MAX_HEIGHT {
        return Err(Error::QualitySize { width, height });
    }
    let whole = || frame.block(0, 0, frame.width, frame.height);
    let (level, deviation) = (mean(whole()), variance(whole()).sqrt());
    let grid = Grid::of(&frame);
    let found = grid.foreground().count() as u32;
    if found < MIN_BLOCKS {
        return Err(Error::NoRidgePattern {
            found,
            remark: remark_on_nothing(level, deviation),
        });
    }
    let region = RegionOfInterest::of(&frame);
    let features = features(&frame, &grid, &region, minutiae, level);
    let asked: Vec<f32> = features.iter().map(|&(_, value)| value as f32).collect();
    let forest = Forest::published().ok_or(Error::DamagedForest)?;
    let values = [deviation, level, minutiae.total, f64::from(region.pixels)];
    let mut feedback = Actionable::ALL.map(|remark| (remark, 0.0));
    for ((_, slot), value) in feedback.iter_mut().zip(values) {
        *slot = value;
    }
    let applying = feedback
        .iter()
        .filter(|(remark, value)| remark.applies(*value));
    let actionable = applying.map(|&(remark, _)| remark).collect();
    Ok(Quality {
        score: forest.score(&asked),
        features,
        feedback,
        actionable,
    })
}

/// The remark on a print of which nothing can be measured.
fn remark_on_nothing(level: f64, deviation: f64) -> Actionable {
    let blank = [
        (Actionable::UniformImage, deviation),
        (Actionable::EmptyImageOrContrastTooLow, level),
    ];
    let applying = blank
        .into_iter()
        .find(|(remark, value)| remark.applies(*value));
    applying.map_or(Actionable::TooLittleForeground, |(remark, _)| remark)
}

/// All measures, in the order in which the forest was trained.
fn features(
    frame: &Frame,
    grid: &Grid,
    region: &RegionOfInterest,
    minutiae: &MinutiaMeasures,
    level: f64,
) -> Vec<(FeatureId, f64)> {
    let outer = OuterBlocks::of(frame, region);
    let mut features = Vec::with_capacity(69);
    features.extend(histogram::features(
        Family::FrequencyDomainAnalysis,
        &frequency_domain::values(frame, grid),
    ));
    features.extend([
        (FeatureId::CentralMinutiae, minutiae.central),
        (FeatureId::Minutiae, minutiae.total),
        (FeatureId::MinutiaeInGrey, minutiae.in_grey),
        (FeatureId::MinutiaeInCertainty, minutiae.in_certainty),
        (FeatureId::RegionMean, region.mean),
    ]);
    features.extend(histogram::features(
        Family::LocalClarity,
        &local_clarity::values(frame, grid),
    ));
    features.extend([
        (FeatureId::MeanOfBlockMeans, outer.mean_of_means),
        (FeatureId::ImageMean, level),
    ]);
    features.extend(histogram::features(
        Family::OrientationCertainty,
        &outer.certainties,
    ));
    features.extend(histogram::features(
        Family::OrientationFlow,
        &orientation_flow::values(grid),
    ));
    let region_blocks = region.blocks.iter().filter(|&&shown| shown).count();
    let coherence_mean = if region_blocks == 0 {
        0.0
    } else {
        outer.coherence / region_blocks as f64
    };
    features.extend([
        (FeatureId::CoherenceMean, coherence_mean),
        (FeatureId::CoherenceSum, outer.coherence),
    ]);
    let ratios = ridge_valley_uniformity::values(frame, grid);
    features.extend(histogram::features(Family::RidgeValleyUniformity, &ratios));
    features
}

/// What is measured on the blocks from the corner on, those cut off at the far edges included.
struct OuterBlocks {
    mean_of_means: f64,
    /// Orientation certainty of the whole blocks that have any gradient (ISO 29794-4:2024).
    certainties: Vec<f64>,
    /// Sum of the coherence of the blocks in the region of interest (ISO 29794-4:2024).
    coherence: f64,
}

impl OuterBlocks {
    fn of(frame: &Frame, region: &RegionOfInterest) -> Self {
        let corners = (0..frame.height)
            .step_by(BLOCK)
            .flat_map(|y| (0..frame.width).step_by(BLOCK).map(move |x| (x, y)));
        let (mut means, mut certainties, mut coherence) = (0.0, Vec::new(), 0.0);
        for ((x, y), &in_region) in corners.zip(&region.blocks) {
            let block = frame.block(x, y, BLOCK, BLOCK);
            means += mean(block.clone());
            let gradients = Gradients::of(block);
            if x + BLOCK <= frame.width && y + BLOCK <= frame.height {
                certainties.extend(gradients.certainty(BLOCK * BLOCK));
            }
            if in_region {
                coherence += gradients.coherence();
            }
        }
        Self {
            mean_of_means: means / region.blocks.len() as f64,
            certainties,
            coherence,
        }
    }
}
