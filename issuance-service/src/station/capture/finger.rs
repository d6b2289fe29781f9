//! The print of one finger.

use biometrics::Result;
use biometrics::finger::FingerPosition;
use biometrics::image::{Colour, DecodeLimits, Image, encode_png};
use enrolment::Bilingual;
use enrolment::profile::ProfileData;
use fingerprints::matching::{Prepared, compare};
use fingerprints::minutiae::Minutiae;
use fingerprints::minutiae::pattern::{Pattern, Ridged, Scale};
use fingerprints::template::Template;
use fingerprints::{Error as PrintError, Print, minutiae, quality, template};
use serde::{Deserialize, Serialize};

use super::picture::{self, PRINT};
use super::{Light, Remark, Weight, passes};
use crate::station::positions::FingerSet;

/// What is asked of prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct FingerLimits {
    /// From this NFIQ 2 score on nothing is said (MOSIP: 40).
    pub good: u8,
    /// Below this score a supervisor has to release the print.
    pub least: u8,
    /// The resolution of the scanner, for files that do not say theirs. Without it such files are refused: no resolution is assumed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scanner_ppi: Option<u16>,
    /// The fingers of which each has a print or a reason why not; without it those of [`FingerLimits::wanted_for`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wanted: Option<FingerSet>,
}

impl Default for FingerLimits {
    fn default() -> Self {
        Self {
            good: 40,
            least: 20,
            scanner_ppi: None,
            wanted: None,
        }
    }
}

impl FingerLimits {
    /// The fingers that are asked of somebody of this age: all ten for a card of the state's register, the two of the chip (Doc 9303-10
    /// §4.7.3) for a passport, none of a child below the age of the profile.
    #[must_use]
    pub fn wanted_for(&self, profile: &ProfileData, age: Option<i32>) -> FingerSet {
        let of_profile = || match profile.document_code.starts_with('P') {
            true => FingerSet::of(&[FingerPosition::RIGHT_INDEX, FingerPosition::LEFT_INDEX]),
            false => FingerSet::TEN,
        };
        match age {
            Some(age) if age < profile.fingers.from_age => FingerSet::NONE,
            _ => self.wanted.unwrap_or_else(of_profile),
        }
    }
}

const NO_RESOLUTION: Bilingual = Bilingual {
    en: "The file does not say its resolution: have the scanner's program write it, or set `scanner-ppi` in capture.toml.",
    vi: "Tệp không ghi độ phân giải: đặt để phần mềm máy quét ghi vào tệp, hoặc khai `scanner-ppi` trong capture.toml.",
};
const RESOLUTION: Bilingual = Bilingual {
    en: "The print is not at 500 pixels per inch: set the scanner to 500 ppi and scan again.",
    vi: "Ảnh vân tay không ở 500 điểm ảnh trên inch: đặt máy quét ở 500 ppi rồi quét lại.",
};
const NO_FINGER: Bilingual = Bilingual {
    en: "The picture is not the print of one finger: scan one finger, or send it as a slap.",
    vi: "Ảnh không phải vân tay của một ngón: quét một ngón, hoặc gửi như ảnh nhiều ngón.",
};
const NO_RIDGES: Bilingual = Bilingual {
    en: "This is no picture of a finger: it shows no ridges as fingers have them. Look whether the scanner is connected and clean and the file is the right one, lay the finger down flat and scan again.",
    vi: "Đây không phải ảnh của ngón tay: ảnh không có đường vân như vân tay. Kiểm tra máy quét đã nối và sạch, tệp có đúng không, đặt phẳng ngón tay rồi quét lại.",
};
const FEW_RIDGES: Bilingual = Bilingual {
    en: "Hardly any ridges of a finger can be seen: clean the finger and the glass, press more of it on the glass and scan again. If the finger is worn or hurt, a supervisor may release it.",
    vi: "Hầu như không thấy đường vân của ngón tay: lau sạch ngón tay và mặt kính, áp nhiều phần ngón hơn rồi quét lại. Nếu ngón bị mòn hoặc bị thương, giám sát viên có thể cho qua.",
};
const OTHER_SCALE: Bilingual = Bilingual {
    en: "The ridges lie nearer or further apart than those of people at the resolution the file states: the scanner sends another resolution than it says. Set it to 500 ppi, without enlarging or reducing, and scan again. Only a very small child's finger is so fine; a supervisor may release that.",
    vi: "Khoảng cách đường vân không thể có ở người với độ phân giải ghi trong tệp: máy quét gửi độ phân giải khác với độ phân giải nó ghi. Đặt 500 ppi, không phóng to hay thu nhỏ, rồi quét lại. Chỉ ngón của trẻ rất nhỏ mới có vân mịn như vậy; giám sát viên có thể cho qua.",
};
const RARE_SCALE: Bilingual = Bilingual {
    en: "The ridges lie unusually near or far apart, as on a child's or a very large finger: if it is neither, the scanner sends another resolution than it says. Check that it is set to 500 ppi.",
    vi: "Khoảng cách đường vân khác thường, như ở ngón của trẻ em hoặc ngón rất to: nếu không phải vậy, máy quét gửi độ phân giải khác với độ phân giải nó ghi. Kiểm tra máy đặt ở 500 ppi.",
};
const POOR: Bilingual = Bilingual {
    en: "The print is too poor: clean the finger and the glass, press evenly and scan again.",
    vi: "Chất lượng vân tay quá thấp: lau sạch ngón tay và mặt kính, ấn đều rồi quét lại.",
};
const FAIR: Bilingual = Bilingual {
    en: "The print can be used; another try may give a better one.",
    vi: "Vân tay dùng được; có thể quét lại để tốt hơn.",
};

/// A print that was looked at.
#[derive(Debug, Clone)]
pub struct CheckedPrint {
    /// Which finger it is said to be.
    pub position: FingerPosition,
    /// NFIQ 2, 0 to 100; none where it is not defined.
    pub quality: Option<u8>,
    /// What does not pass.
    pub remarks: Vec<Remark>,
    /// The file for the record, which says its resolution.
    pub file: Vec<u8>,
    /// Its minutiae as a record of ISO 19794-2:2005; empty where there is no finger.
    pub template: Vec<u8>,
}

impl CheckedPrint {
    /// Whether nothing refuses.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        passes(&self.remarks)
    }

    /// The light beside it.
    #[must_use]
    pub fn light(&self) -> Light {
        match self.remarks.iter().map(|remark| remark.severity).max() {
            Some(Weight::Refuse) => Light::Red,
            Some(Weight::Warn) => Light::Amber,
            None => Light::Green,
        }
    }
}

/// Looks at the file of a print: resolution, ridges, quality, minutiae.
///
/// # Errors
/// Those of the decoder; [`PRINT`] is the limit.
pub fn check_print(
    file: &[u8],
    position: FingerPosition,
    limits: &FingerLimits,
) -> Result<CheckedPrint> {
    let (image, ppi) = read(file, &PRINT, limits)?;
    let mut checked = CheckedPrint {
        position,
        quality: None,
        remarks: Vec::new(),
        // The file as the scanner has written it, if it says what the record needs.
        file: if biometrics::image::decode(file, &PRINT)?.ppi().is_some() {
            file.to_vec()
        } else {
            encode_png(&image)?
        },
        template: Vec::new(),
    };
    let Some(ppi) = ppi else {
        let remark = Remark::new("finger-resolution-unknown", Weight::Refuse, NO_RESOLUTION);
        checked.remarks.push(remark);
        return Ok(checked);
    };
    let (width, height) = (image.width(), image.height());
    match Print::new(image.samples().to_vec(), width, height, ppi) {
        Ok(print) => measure(&print, limits, &mut checked),
        Err(error) => checked.remarks.push(remark_of(error)),
    }
    Ok(checked)
}

/// Looks at a print that was cut out of a slap.
pub(super) fn check_segment(
    print: &Print,
    position: FingerPosition,
    limits: &FingerLimits,
) -> Result<CheckedPrint> {
    let pixels = print.pixels().to_vec();
    let image = Image::new(Colour::Grey8, print.width(), print.height(), pixels)?;
    let mut checked = CheckedPrint {
        position,
        quality: None,
        remarks: Vec::new(),
        file: encode_png(&image.with_ppi(print.ppi()))?,
        template: Vec::new(),
    };
    measure(print, limits, &mut checked);
    Ok(checked)
}

pub(super) fn read(
    file: &[u8],
    limits: &DecodeLimits,
    finger: &FingerLimits,
) -> Result<(Image, Option<u16>)> {
    picture::print(file, limits, finger.scanner_ppi)
}

fn measure(print: &Print, limits: &FingerLimits, checked: &mut CheckedPrint) {
    let found = match minutiae::extract(print) {
        Ok(found) => found,
        Err(error) => {
            checked.remarks.push(remark_of(error));
            return;
        }
    };
    if print.is_nominal() && !is_plausible(print, &found, &mut checked.remarks) {
        // A quality or a template would be that of nothing.
        return;
    }
    match quality::assess(print) {
        Ok(quality) => {
            checked.quality = Some(quality.score);
            let judged = match quality.score {
                score if score < limits.least => Some((Weight::Refuse, POOR)),
                score if score < limits.good => Some((Weight::Warn, FAIR)),
                _ => None,
            };
            if let Some((weight, text)) = judged {
                // What can be done better is said instead of the figure, where NFIQ 2 knows it.
                let told = quality.actionable.first().map(|remark| Bilingual {
                    en: remark.english(),
                    vi: remark.vietnamese(),
                });
                let remark = Remark::new("finger-quality", weight, told.unwrap_or(text));
                checked.remarks.push(remark);
            }
        }
        Err(error) => checked.remarks.push(remark_of(error)),
    }
    let score = checked.quality.unwrap_or(0);
    let record = Template::of(&found, checked.position.0, score).and_then(|t| template::write(&t));
    checked.template = record.unwrap_or_default();
}

/// Says what speaks against a finger at this resolution; false where there is none.
fn is_plausible(print: &Print, found: &Minutiae, remarks: &mut Vec<Remark>) -> bool {
    let pattern = Pattern::of(print, found);
    let mut say = |rule, weight, text| remarks.push(Remark::new(rule, weight, text));
    match pattern.ridged() {
        Ridged::No => {
            say("finger-no-ridges", Weight::Refuse, NO_RIDGES);
            return false;
        }
        Ridged::Doubtful => say("finger-few-ridges", Weight::Refuse, FEW_RIDGES),
        Ridged::Yes => {}
    }
    match pattern.scale() {
        Scale::Impossible => say("finger-scale", Weight::Refuse, OTHER_SCALE),
        Scale::Unusual => say("finger-scale", Weight::Warn, RARE_SCALE),
        Scale::Usual => {}
    }
    true
}

/// Why there is no quality.
fn remark_of(error: PrintError) -> Remark {
    let refuse = |rule, text| Remark::new(rule, Weight::Refuse, text);
    match error {
        PrintError::Resolution { .. } | PrintError::QualityResolution { .. } => {
            refuse("finger-resolution", RESOLUTION)
        }
        PrintError::NoRidgePattern { remark, .. } => {
            let (en, vi) = (remark.english(), remark.vietnamese());
            refuse("finger-quality", Bilingual { en, vi })
        }
        _ => refuse("finger-shape", NO_FINGER),
    }
}

/// Two prints that look like one finger.
#[derive(Debug, Clone, PartialEq)]
pub struct Likeness<K> {
    /// Whose print it is like.
    pub key: K,
    /// The logarithm of the likelihood ratio.
    pub score: f32,
}

/// The template, ready to be compared; none where it holds no finger.
#[must_use]
pub fn prepared(record: &[u8]) -> Option<Prepared> {
    let (template, _) = template::read(record).ok()?;
    let minutiae = template.minutiae(0).ok()?;
    (!minutiae.points.is_empty()).then(|| Prepared::new(&minutiae))
}

/// Which of these prints are of the same finger, the likest first.
#[must_use]
pub fn likeness<K>(
    print: &Prepared,
    others: impl IntoIterator<Item = (K, Prepared)>,
) -> Vec<Likeness<K>> {
    let compared = others.into_iter().filter_map(|(key, other)| {
        let comparison = compare(&other, print);
        let score = comparison.score;
        comparison
            .is_same_finger()
            .then_some(Likeness { key, score })
    });
    let mut found: Vec<_> = compared.collect();
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    found
}
