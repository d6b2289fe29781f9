//! Whether there is room in a picture for the portrait around a face. The portrait shows nothing that the camera has not seen.

use enrolment::Bilingual;

use super::portrait::{Light, Measure};
use super::{Remark, Weight};

/// The name of the measure, and of the remark.
const NAME: &str = "PortraitRoom";

/// What the person or the camera must do, by the side where most is missing.
const ADVICE: [Bilingual; 4] = [
    Bilingual {
        en: "The head is too close to the left side of the picture: move the person or the camera to the middle.",
        vi: "Đầu quá sát mép trái ảnh: chỉnh người hoặc máy ảnh vào giữa khung.",
    },
    Bilingual {
        en: "There is too little room above the head: raise the camera, or have the person step back.",
        vi: "Thiếu khoảng trống phía trên đầu: nâng máy ảnh hoặc mời công dân lùi lại.",
    },
    Bilingual {
        en: "The head is too close to the right side of the picture: move the person or the camera to the middle.",
        vi: "Đầu quá sát mép phải ảnh: chỉnh người hoặc máy ảnh vào giữa khung.",
    },
    Bilingual {
        en: "The shoulders are cut off below: lower the camera, or have the person step back.",
        vi: "Vai bị cắt phía dưới: hạ máy ảnh hoặc mời công dân lùi lại.",
    },
];

/// A face from which no portrait can be made, wherever it stands.
const TOO_SMALL: Bilingual = Bilingual {
    en: "The face is too small for a portrait: have the person come closer.",
    vi: "Khuôn mặt quá nhỏ để làm ảnh chân dung: mời công dân lại gần hơn.",
};

/// The measure, in pixels that are missing on the worst side, and the remark where it refuses.
pub(super) fn judge(room: &faces::Result<()>) -> (Measure, Option<Remark>) {
    let (missing, said) = match room {
        Ok(()) => (0, None),
        Err(faces::Error::BeyondBorder {
            left,
            top,
            right,
            bottom,
        }) => worst([*left, *top, *right, *bottom]),
        Err(_) => (0, Some(TOO_SMALL)),
    };
    let measure = Measure {
        id: NAME.to_owned(),
        name: NAME.to_owned(),
        light: said.map_or(Light::Green, |_| Light::Red),
        value: Some(f64::from(missing)),
        quality: said.map_or(100, |_| 0),
        vi: said.map_or("", |said| said.vi).to_owned(),
        en: said.map_or("", |said| said.en).to_owned(),
    };
    let remark = said.map(|said| Remark::new(NAME, Weight::Refuse, said));
    (measure, remark)
}

fn worst(missing: [u32; 4]) -> (u32, Option<Bilingual>) {
    let sides = missing.into_iter().zip(ADVICE.map(Some));
    sides.max_by_key(|(pixels, _)| *pixels).unwrap_or_default()
}
