use super::{FaceRecord, Gender, ImageDataFormat, ImageKind};
use crate::Deviation;
use crate::der::Reading;
use crate::image::ImageFormat;
use crate::record::check_image;

/// Reports where a record departs from the ICAO profile, and an image from what is said of it.
pub(super) fn profile(record: &FaceRecord, at: usize, reading: &mut Reading) {
    if record.representations.len() != 1 {
        reading.note(Deviation::Count {
            what: "representations",
            expected: 1,
            found: record.representations.len(),
            at,
        });
    }
    if let Some(at) = reading.first_bare_code {
        reading.note(Deviation::BareCode { at });
    }
    for (index, representation) in record.representations.iter().enumerate() {
        let information = &representation.image.information;
        let gender = representation.person.and_then(|person| person.gender);
        let kind_is_known = information.kind.is_none_or(|kind| kind == ImageKind::MRTD);
        let gender_is_known =
            gender.is_none_or(|gender| (Gender::OTHER..=Gender::FEMALE).contains(&gender));
        for (is_known, what) in [
            (kind_is_known, "kind of image"),
            (gender_is_known, "gender"),
        ] {
            if !is_known {
                reading.note(Deviation::NotInProfile { image: index, what });
            }
        }
        let declared = information
            .size
            .map(|size| (size.width.into(), size.height.into()));
        let mut found = Vec::new();
        check_image(
            &representation.image.data.0,
            declared,
            index,
            &mut found,
            |format| matches(information.format, format),
        );
        for deviation in found {
            reading.note(deviation);
        }
    }
}

fn matches(declared: ImageDataFormat, found: ImageFormat) -> bool {
    match declared {
        ImageDataFormat::JPEG => found == ImageFormat::Jpeg,
        ImageDataFormat::JPEG2000_LOSSY | ImageDataFormat::JPEG2000_LOSSLESS => found.is_jpeg2000(),
        _ => false,
    }
}
