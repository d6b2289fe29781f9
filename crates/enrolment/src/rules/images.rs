//! Portrait and fingerprints: there, readable, of a sensible size.

use biometrics::finger::FingerPosition;
use biometrics::image::{DecodeLimits, Image, decode};

use crate::field::{Bilingual, Field};
use crate::finding::{Detail, Findings, Rule};
use crate::profile::{FingerRule, PortraitRule};
use crate::record::{Finger, HolderRecord, Print};
use crate::rules::Facts;

pub(super) static RULES: [&Rule; 10] = [
    &PORTRAIT_MISSING,
    &PORTRAIT_UNREADABLE,
    &PORTRAIT_SMALL,
    &PORTRAIT_SHAPE,
    &FINGER_POSITION,
    &FINGER_TWICE,
    &FINGER_UNREADABLE,
    &FINGER_SMALL,
    &FINGER_RESOLUTION,
    &INDEX_FINGERS,
];

static PORTRAIT_MISSING: Rule = Rule::error("portrait-missing", "must be taken", "phải được chụp")
    .on(&[Field::Portrait])
    .by("Doc 9303-10 §4.7.2");
static PORTRAIT_UNREADABLE: Rule = Rule::error(
    "portrait-unreadable",
    "cannot be decoded: {}",
    "không giải mã được: {}",
)
.on(&[Field::Portrait])
.by("Doc 9303-10 §4.7.2");
static PORTRAIT_SMALL: Rule = Rule::error(
    "portrait-small",
    "is too small: {}",
    "kích thước quá nhỏ: {}",
)
.on(&[Field::Portrait])
.by("ISO 39794-5 annex D");
static PORTRAIT_SHAPE: Rule = Rule::error(
    "portrait-shape",
    "must be upright, its width 60 to 90 % of its height, and is {}",
    "phải là ảnh dọc, chiều rộng bằng 60 đến 90 % chiều cao, hiện là {}",
)
.on(&[Field::Portrait])
.by("Doc 9303-3 §3.9");
static FINGER_POSITION: Rule = Rule::error(
    "finger-position",
    "{} is not one of the ten fingers",
    "{} không phải là một trong mười ngón",
)
.on(&[Field::Fingerprints])
.by("ISO 19794-4 §8.3: codes of fingers");
static FINGER_TWICE: Rule = Rule::error(
    "finger-twice",
    "the {} is given twice",
    "{} được khai hai lần",
)
.on(&[Field::Fingerprints])
.by("one print of each finger");
static FINGER_UNREADABLE: Rule = Rule::error(
    "finger-unreadable",
    "the {} cannot be decoded",
    "ảnh {} không giải mã được",
)
.on(&[Field::Fingerprints])
.by("Doc 9303-10 §4.7.3");
static FINGER_SMALL: Rule = Rule::error(
    "finger-small",
    "the {} is smaller than a finger at 500 pixels per inch",
    "ảnh {} nhỏ hơn một đầu ngón ở 500 điểm ảnh trên inch",
)
.on(&[Field::Fingerprints])
.by("half an inch at 500 pixels per inch");
static FINGER_RESOLUTION: Rule = Rule::error(
    "finger-resolution",
    "the {} was not captured at 500 pixels per inch",
    "ảnh {} không được thu ở 500 điểm ảnh trên inch",
)
.on(&[Field::Fingerprints])
.by("ISO 19794-4 §7: 500 pixels per inch");
static INDEX_FINGERS: Rule = Rule::error(
    "finger-index",
    "the {} must be captured, or the reason given why not",
    "phải thu {}, hoặc nêu lý do không thu được",
)
.on(&[Field::Fingerprints])
.by("fingers of the profile");

/// Width in percent of the height: from 2 : 3 pictures cut close to 7 : 9 pictures cut wide.
const PORTRAIT_WIDTH_PERCENT: core::ops::RangeInclusive<u64> = 60..=90;

/// Half an inch: less is no finger.
const MIN_FINGER_SIDE: u32 = 200;

/// What the scanner must have had; a file that does not say is taken at its word elsewhere.
const FINGER_PPI: core::ops::RangeInclusive<u16> = 495..=505;

pub(super) fn check_portrait(record: &HolderRecord, rule: PortraitRule, findings: &mut Findings) {
    let field = Field::Portrait;
    let Some(file) = record.portrait() else {
        findings.add(field, &PORTRAIT_MISSING);
        return;
    };
    let image = match decode(file, &DecodeLimits::UPLOAD) {
        Ok(image) => image,
        Err(error) => {
            findings.add_with(field, &PORTRAIT_UNREADABLE, error.to_string());
            return;
        }
    };
    let size = format!("{} × {}", image.width(), image.height());
    if image.width() < rule.min_width || image.height() < rule.min_height {
        let least = format!("{size} < {} × {}", rule.min_width, rule.min_height);
        findings.add_with(field, &PORTRAIT_SMALL, least);
    }
    let percent = u64::from(image.width()) * 100 / u64::from(image.height());
    if !PORTRAIT_WIDTH_PERCENT.contains(&percent) {
        findings.add_with(field, &PORTRAIT_SHAPE, size);
    }
}

pub(super) fn check_fingers(
    record: &HolderRecord,
    rule: FingerRule,
    facts: &Facts<'_>,
    findings: &mut Findings,
) {
    for (index, finger) in record.fingers().iter().enumerate() {
        let earlier = record.fingers().iter().take(index);
        check_finger(finger, earlier, findings);
    }
    let is_due = facts
        .date_of_birth
        .is_none_or(|birth| birth.age_on(facts.today) >= rule.from_age);
    if is_due {
        for position in [FingerPosition::RIGHT_INDEX, FingerPosition::LEFT_INDEX] {
            if record
                .fingers()
                .iter()
                .all(|finger| finger.position != position)
            {
                findings.add_with(Field::Fingerprints, &INDEX_FINGERS, name(position));
            }
        }
    }
}

fn check_finger<'a>(
    finger: &Finger,
    mut earlier: impl Iterator<Item = &'a Finger>,
    findings: &mut Findings,
) {
    let mut add = |rule: &'static Rule| {
        findings.add_with(Field::Fingerprints, rule, name(finger.position));
    };
    if finger.position.biometric_subtype().is_none() {
        add(&FINGER_POSITION);
    }
    if earlier.any(|other| other.position == finger.position) {
        add(&FINGER_TWICE);
    }
    let Print::Image(file) = &finger.print else {
        return;
    };
    let Ok(image) = decode(file, &DecodeLimits::CHIP) else {
        add(&FINGER_UNREADABLE);
        return;
    };
    if shorter_side(&image) < MIN_FINGER_SIDE {
        add(&FINGER_SMALL);
    }
    if image.ppi().is_some_and(|ppi| !FINGER_PPI.contains(&ppi)) {
        add(&FINGER_RESOLUTION);
    }
}

fn name(position: FingerPosition) -> Detail {
    FINGERS
        .iter()
        .find(|(finger, _)| *finger == position)
        .map_or_else(
            || position.to_string().into(),
            |(_, name)| Detail::of(*name),
        )
}

const fn finger(
    position: FingerPosition,
    en: &'static str,
    vi: &'static str,
) -> (FingerPosition, Bilingual) {
    (position, Bilingual { en, vi })
}

const FINGERS: [(FingerPosition, Bilingual); 10] = [
    finger(
        FingerPosition::RIGHT_THUMB,
        "right thumb",
        "ngón cái tay phải",
    ),
    finger(
        FingerPosition::RIGHT_INDEX,
        "right index finger",
        "ngón trỏ tay phải",
    ),
    finger(
        FingerPosition::RIGHT_MIDDLE,
        "right middle finger",
        "ngón giữa tay phải",
    ),
    finger(
        FingerPosition::RIGHT_RING,
        "right ring finger",
        "ngón áp út tay phải",
    ),
    finger(
        FingerPosition::RIGHT_LITTLE,
        "right little finger",
        "ngón út tay phải",
    ),
    finger(
        FingerPosition::LEFT_THUMB,
        "left thumb",
        "ngón cái tay trái",
    ),
    finger(
        FingerPosition::LEFT_INDEX,
        "left index finger",
        "ngón trỏ tay trái",
    ),
    finger(
        FingerPosition::LEFT_MIDDLE,
        "left middle finger",
        "ngón giữa tay trái",
    ),
    finger(
        FingerPosition::LEFT_RING,
        "left ring finger",
        "ngón áp út tay trái",
    ),
    finger(
        FingerPosition::LEFT_LITTLE,
        "left little finger",
        "ngón út tay trái",
    ),
];

fn shorter_side(image: &Image) -> u32 {
    image.width().min(image.height())
}
