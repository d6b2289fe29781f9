//! The sentences. They speak to the operator, who speaks to the person; left and right of a person
//! are the person's own, because a preview may be mirrored.

use super::{Finding, Side};
use crate::measure::MeasureId as M;

type Sentence = (&'static str, &'static str);

/// English and Vietnamese.
pub(super) fn of(finding: Finding, faces: usize) -> Sentence {
    let low = finding.side == Side::Low;
    match finding.id {
        _ if finding.side == Side::Unmeasured => unmeasured(finding.id),
        M::SingleFacePresent => number(faces),
        M::InterEyeDistance => TOO_FAR,
        M::HeadSize if low => TOO_FAR,
        M::HeadSize => TOO_CLOSE,
        M::LeftwardCrop | M::RightwardCrop | M::MarginAbove | M::MarginBelow => room(finding.id),
        M::Yaw | M::Pitch | M::Roll => pose(finding.id, low),
        M::EyesOpen => (
            "Ask the person to open both eyes wide and to look into the camera.",
            "Đề nghị công dân mở to hai mắt và nhìn thẳng vào máy ảnh.",
        ),
        M::MouthClosed => (
            "Ask the person to close the mouth.",
            "Đề nghị công dân khép miệng.",
        ),
        M::Smile => (
            "Ask the person not to smile and to keep a neutral face.",
            "Đề nghị công dân không cười và giữ nét mặt tự nhiên.",
        ),
        M::BackgroundUniformity | M::BackgroundPlainness => (
            "The background is not plain: put a plain, light backdrop without shadows behind the person.",
            "Phông nền không đồng nhất: đề nghị dùng phông trơn, sáng màu và không có bóng đổ.",
        ),
        M::BackgroundLightness => (
            "The background is dark: use a white or light backdrop and light it.",
            "Phông nền quá tối: đề nghị dùng phông trắng hoặc sáng màu và chiếu sáng phông.",
        ),
        M::FaceDetail => (
            "The face is blurred: focus the camera, clean its lens and ask the person to hold still.",
            "Ảnh khuôn mặt bị mờ: đề nghị lấy nét lại, lau sạch ống kính và mời công dân giữ yên.",
        ),
        M::JpegQuality | M::Blockiness => (
            "The picture is compressed too much: save it at a higher quality.",
            "Ảnh bị nén quá mức: đề nghị lưu ảnh với chất lượng cao hơn.",
        ),
        M::PortraitAspect
        | M::PortraitHeadWidth
        | M::PortraitHeadLength
        | M::PortraitCentreAcross
        | M::PortraitCentreDown => portrait(finding.id, low),
        M::LuminanceMean
        | M::LuminanceVariance
        | M::UnderExposurePrevention
        | M::OverExposurePrevention
        | M::DynamicRange
        | M::IlluminationUniformity
        | M::NaturalColour
        | M::EyeWhite => light(finding.id, low),
    }
}

const TOO_FAR: Sentence = (
    "Too far: ask the person to come closer, or bring the camera closer.",
    "Khoảng cách quá xa: đề nghị công dân lại gần máy ảnh hơn hoặc đưa máy ảnh lại gần.",
);

const TOO_CLOSE: Sentence = (
    "Too close: ask the person to move back, or move the camera back.",
    "Khoảng cách quá gần: đề nghị công dân lùi lại hoặc đưa máy ảnh ra xa hơn.",
);

fn number(faces: usize) -> Sentence {
    if faces == 0 {
        (
            "No face found: ask the person to sit upright in front of the camera and to face it.",
            "Không tìm thấy khuôn mặt: đề nghị công dân ngồi thẳng, đối diện với máy ảnh.",
        )
    } else {
        (
            "More than one face in the picture: ask others to step out of it.",
            "Có nhiều hơn một khuôn mặt trong ảnh: đề nghị người khác ra khỏi khung hình.",
        )
    }
}

fn unmeasured(id: M) -> Sentence {
    match id {
        M::BackgroundUniformity | M::BackgroundLightness | M::BackgroundPlainness => (
            "The background cannot be judged: leave more room around the head.",
            "Không đánh giá được phông nền: đề nghị chừa thêm khoảng trống xung quanh đầu.",
        ),
        M::FaceDetail | M::Blockiness => (
            "The face shows no detail: check light, focus and lens of the camera.",
            "Khuôn mặt không rõ chi tiết: đề nghị kiểm tra ánh sáng, tiêu cự và ống kính máy ảnh.",
        ),
        _ => (
            "The face cannot be measured: take the picture again with the whole face in it.",
            "Không đo được khuôn mặt: đề nghị chụp lại ảnh có đủ toàn bộ khuôn mặt.",
        ),
    }
}

fn room(id: M) -> Sentence {
    match id {
        M::LeftwardCrop => (
            "The face is too near the left edge of the picture: bring it to the middle.",
            "Khuôn mặt quá sát mép trái của ảnh: đề nghị đưa khuôn mặt vào giữa khung hình.",
        ),
        M::RightwardCrop => (
            "The face is too near the right edge of the picture: bring it to the middle.",
            "Khuôn mặt quá sát mép phải của ảnh: đề nghị đưa khuôn mặt vào giữa khung hình.",
        ),
        M::MarginAbove => (
            "Too little room above the head: point the camera higher or move it back.",
            "Khoảng trống phía trên đầu quá hẹp: đề nghị hướng máy ảnh lên cao hơn hoặc lùi máy ảnh ra xa.",
        ),
        _ => (
            "Too little room below the chin: point the camera lower or move it back.",
            "Khoảng trống phía dưới cằm quá hẹp: đề nghị hướng máy ảnh xuống thấp hơn hoặc lùi máy ảnh ra xa.",
        ),
    }
}

fn pose(id: M, low: bool) -> Sentence {
    match (id, low) {
        (M::Yaw, true) => (
            "Ask the person to turn the head a little to their left and to look straight into the camera.",
            "Đề nghị công dân quay đầu một chút sang bên trái của mình và nhìn thẳng vào máy ảnh.",
        ),
        (M::Yaw, false) => (
            "Ask the person to turn the head a little to their right and to look straight into the camera.",
            "Đề nghị công dân quay đầu một chút sang bên phải của mình và nhìn thẳng vào máy ảnh.",
        ),
        (M::Pitch, true) => (
            "Ask the person to lower the chin a little, or raise the camera to the height of the eyes.",
            "Đề nghị công dân hạ cằm xuống một chút hoặc nâng máy ảnh lên ngang tầm mắt.",
        ),
        (M::Pitch, false) => (
            "Ask the person to raise the chin a little, or lower the camera to the height of the eyes.",
            "Đề nghị công dân nâng cằm lên một chút hoặc hạ máy ảnh xuống ngang tầm mắt.",
        ),
        (_, true) => (
            "Ask the person to straighten the head towards their right shoulder.",
            "Đề nghị công dân giữ thẳng đầu, nghiêng lại một chút về phía vai phải của mình.",
        ),
        (_, false) => (
            "Ask the person to straighten the head towards their left shoulder.",
            "Đề nghị công dân giữ thẳng đầu, nghiêng lại một chút về phía vai trái của mình.",
        ),
    }
}

fn light(id: M, low: bool) -> Sentence {
    match (id, low) {
        (M::LuminanceMean, true) | (M::UnderExposurePrevention | M::EyeWhite, _) => (
            "The face is dark: add light from the front or raise the exposure of the camera.",
            "Khuôn mặt thiếu sáng: đề nghị tăng ánh sáng từ phía trước hoặc tăng độ phơi sáng của máy ảnh.",
        ),
        (M::LuminanceMean, false) => (
            "The face is too bright: reduce the light or the exposure of the camera.",
            "Khuôn mặt quá sáng: đề nghị giảm ánh sáng hoặc giảm độ phơi sáng của máy ảnh.",
        ),
        (M::OverExposurePrevention, _) => (
            "Parts of the face are glaring: turn direct light away or reduce the exposure of the camera.",
            "Khuôn mặt bị lóa sáng: đề nghị tránh chiếu sáng trực tiếp hoặc giảm độ phơi sáng của máy ảnh.",
        ),
        (M::LuminanceVariance, false) => (
            "The contrast on the face is hard: use softer light.",
            "Tương phản trên khuôn mặt quá gắt: đề nghị dùng ánh sáng dịu hơn.",
        ),
        (M::LuminanceVariance | M::DynamicRange, _) => (
            "The face has little contrast: check the light and clean the lens of the camera.",
            "Khuôn mặt thiếu tương phản: đề nghị kiểm tra ánh sáng và lau sạch ống kính máy ảnh.",
        ),
        (M::NaturalColour, _) => (
            "The colours are not natural: set the white balance of the camera and avoid coloured light.",
            "Màu sắc khuôn mặt không tự nhiên: đề nghị chỉnh cân bằng trắng và tránh ánh sáng màu.",
        ),
        _ => (
            "The light on both sides of the face is not the same: light it evenly from the front.",
            "Ánh sáng ở hai bên khuôn mặt không đều: đề nghị chiếu sáng đều từ phía trước.",
        ),
    }
}

fn portrait(id: M, low: bool) -> Sentence {
    match (id, low) {
        (M::PortraitHeadWidth | M::PortraitHeadLength, true) => (
            "The head is too small in the portrait: cut it closer to the face.",
            "Đầu quá nhỏ trong ảnh chân dung: đề nghị cắt ảnh sát khuôn mặt hơn.",
        ),
        (M::PortraitHeadWidth | M::PortraitHeadLength, false) => (
            "The head is too large in the portrait: cut it with more room around the head.",
            "Đầu quá lớn trong ảnh chân dung: đề nghị cắt ảnh rộng hơn quanh đầu.",
        ),
        (M::PortraitAspect, _) => (
            "The portrait has not the shape of 35 mm by 45 mm: cut it again.",
            "Ảnh chân dung không đúng tỷ lệ 35 × 45 mm: đề nghị cắt lại ảnh.",
        ),
        _ => (
            "The face is not in the middle of the portrait: cut it again around the face.",
            "Khuôn mặt không nằm giữa ảnh chân dung: đề nghị cắt lại ảnh quanh khuôn mặt.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::MeasureId;

    /// Letters of Vietnamese that carry a mark, whole (NFC).
    const MARKED: &str = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ";

    #[test]
    fn every_finding_has_a_whole_sentence_in_both_languages() {
        for id in MeasureId::ALL {
            for side in [Side::Low, Side::High, Side::Unmeasured] {
                for faces in [0, 1, 2] {
                    let (english, vietnamese) = of(Finding { id, side }, faces);
                    assert!(
                        english.is_ascii() && english.ends_with('.'),
                        "{id}: {english}"
                    );
                    assert!(
                        vietnamese.ends_with('.') && vietnamese.contains("đề nghị")
                            || vietnamese.starts_with("Đề nghị"),
                        "{id}: {vietnamese}"
                    );
                    for letter in vietnamese.chars() {
                        let lower = letter.to_lowercase().next().unwrap();
                        let known = letter.is_ascii() || letter == '×' || MARKED.contains(lower);
                        assert!(known, "{id}: {letter:?} in {vietnamese}");
                    }
                }
            }
        }
    }
}
