use core::fmt;

/// Bins of every histogram of NFIQ 2.
pub const BINS: u8 = 10;

/// A quality measured block by block and summed up in a histogram (ISO 29794-4:2024).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Family {
    /// How much of the ridges' profile is one frequency.
    FrequencyDomainAnalysis,
    /// How well the grey levels of ridges and valleys part.
    LocalClarity,
    /// How far the grey levels change in one direction only.
    OrientationCertainty,
    /// How little the direction turns from block to block.
    OrientationFlow,
    /// How wide ridges are beside their valleys.
    RidgeValleyUniformity,
}

impl Family {
    const fn published_prefix(self) -> &'static str {
        match self {
            Self::FrequencyDomainAnalysis => "FDA",
            Self::LocalClarity => "LCS",
            Self::OrientationCertainty => "OCL",
            Self::OrientationFlow => "OF",
            Self::RidgeValleyUniformity => "RVUP",
        }
    }
}

/// One number of a histogram.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Statistic {
    /// Blocks in the bin of this number, from 0 below [`BINS`].
    Bin(u8),
    /// Mean of the blocks.
    Mean,
    /// Standard deviation of the blocks.
    StandardDeviation,
}

/// A native quality measure of NFIQ 2.3; displayed under its published name (`FDA_Bin10_Mean`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FeatureId {
    /// One number of a histogram.
    Histogram(Family, Statistic),
    /// Minutiae in the square of 200 pixels around their mean place.
    CentralMinutiae,
    /// All minutiae.
    Minutiae,
    /// Share of the minutiae whose surroundings are up to half a deviation darker than the print.
    MinutiaeInGrey,
    /// Share of the minutiae whose surroundings have an orientation certainty above 80 %.
    MinutiaeInCertainty,
    /// Mean grey level of the region of interest.
    RegionMean,
    /// Mean of the blocks' mean grey levels.
    MeanOfBlockMeans,
    /// Mean grey level of the print.
    ImageMean,
    /// Mean coherence of the blocks of the region of interest.
    CoherenceMean,
    /// Sum of that coherence.
    CoherenceSum,
}

impl fmt::Display for FeatureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Histogram(family, statistic) => {
                let prefix = family.published_prefix();
                return match statistic {
                    Statistic::Bin(bin) => write!(f, "{prefix}_Bin10_{bin}"),
                    Statistic::Mean => write!(f, "{prefix}_Bin10_Mean"),
                    Statistic::StandardDeviation => write!(f, "{prefix}_Bin10_StdDev"),
                };
            }
            Self::CentralMinutiae => "FingerJetFX_MinCount_COMMinRect200x200",
            Self::Minutiae => "FingerJetFX_MinutiaeCount",
            Self::MinutiaeInGrey => "FJFXPos_Mu_MinutiaeQuality_2",
            Self::MinutiaeInCertainty => "FJFXPos_OCL_MinutiaeQuality_80",
            Self::RegionMean => "ImgProcROIArea_Mean",
            Self::MeanOfBlockMeans => "MMB",
            Self::ImageMean => "Mu",
            Self::CoherenceMean => "OrientationMap_ROIFilter_CoherenceRel",
            Self::CoherenceSum => "OrientationMap_ROIFilter_CoherenceSum",
        };
        f.write_str(name)
    }
}
