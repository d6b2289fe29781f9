//! What EF.DG5 and EF.DG7 share: images to be shown (Doc 9303-10 §4.7.5, §4.7.7).

use biometrics::image::sniff;
use iso7816::tlv::{Tag, Tlv, Writer};

use crate::asn1::{self, INTEGER};
use crate::data_object::Row;
use crate::{Deviation, Deviations, Result};

/// Most images of a file.
const MAX_IMAGES: usize = 9;

/// Reads the images of a template, as they are encoded; what does not begin like an image is reported.
pub(crate) fn read(outer: &Tlv<'_>, tag: Tag, deviations: &mut Deviations) -> Result<Vec<Vec<u8>>> {
    let mut row = Row::inside(outer, deviations)?;
    let count = row.require(INTEGER, "number of images", deviations)?;
    let expected = usize::from(asn1::small(&count, deviations)?);
    let images = row.take_all(|found| found == tag, deviations);
    row.rest(deviations);
    let found = images.len();
    if found != expected || !(1..=MAX_IMAGES).contains(&found) {
        deviations.push(Deviation::Count {
            what: "images",
            expected: expected.clamp(1, MAX_IMAGES),
            found,
            at: outer.at,
        });
    }
    for image in &images {
        report_format(image, deviations);
    }
    Ok(images.iter().map(|image| image.value.to_vec()).collect())
}

/// Reports an image that does not begin like one.
pub(crate) fn report_format(image: &Tlv<'_>, deviations: &mut Deviations) {
    if sniff(image.value).is_none() {
        let (what, at) = ("format of an image", image.at);
        deviations.push(Deviation::Value { what, at });
    }
}

/// Writes the template.
pub(crate) fn value(images: &[Vec<u8>], tag: Tag) -> Vec<u8> {
    let mut value = Writer::new();
    asn1::write_unsigned(images.len() as u64, &mut value);
    for image in images {
        value.object(tag, image);
    }
    value.finish()
}

#[cfg(test)]
mod tests {
    use crate::{Dg5, FileContent};

    #[test]
    fn departures_are_reported() {
        let image = "5F4004FFD8FFD9";
        for (content, images, deviations) in [
            (format!("020101{image}"), 1, 0),
            (format!("020102{image}"), 1, 1),
            (format!("02010A{}", image.repeat(10)), 10, 1),
            ("0201015F400400000000".to_owned(), 1, 1),
            ("020100".to_owned(), 0, 1),
            (format!("020101{image}5F430100"), 1, 1),
        ] {
            let file = iso7816::tlv::encode(Dg5::TAG, &test_support::unhex(&content));
            let parsed = Dg5::parse(&file).unwrap();
            assert_eq!(parsed.value.portraits.len(), images, "{content}");
            assert_eq!(parsed.deviations.len(), deviations, "{content}");
        }
        assert!(Dg5::parse(&test_support::unhex("65075F4004FFD8FFD9")).is_err());
    }
}
