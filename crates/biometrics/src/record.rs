//! What the record formats have in common: blocks that begin with their length (ISO 19794), and
//! images that may contradict their headers.

use crate::deviation::Deviation;
use crate::fields::Fields;
use crate::image::{ImageFormat, dimensions, sniff};
use crate::{Error, Result};

/// By how many bytes a record may end early: some issuers count them wrong.
const MAX_MISSING: u64 = 8;

/// An image with its header, whose first four bytes say how long both are together.
pub(crate) struct Block {
    image: usize,
    at: usize,
    declared: u64,
    available: u64,
}

impl Block {
    /// Reads the length of the block of image number `image`.
    pub(crate) fn open(fields: &mut Fields<'_>, image: usize) -> Result<Self> {
        Ok(Self {
            image,
            at: fields.at(),
            available: fields.remaining() as u64,
            declared: fields.u32("image block length")?.into(),
        })
    }

    /// The bytes from here to the end of the block.
    pub(crate) fn rest<'a>(
        self,
        fields: &mut Fields<'a>,
        deviations: &mut Vec<Deviation>,
    ) -> Result<&'a [u8]> {
        let malformed = |what| Error::Malformed { what, at: self.at };
        if self.declared > self.available {
            if self.declared - self.available > MAX_MISSING {
                return Err(malformed("image block length: the record is cut short"));
            }
            deviations.push(Deviation::BlockLength {
                image: self.image,
                declared: self.declared,
                found: self.available,
            });
        }
        let length = (self.declared.min(self.available) as usize)
            .checked_sub(fields.at() - self.at)
            .ok_or_else(|| malformed("image block length: shorter than its header"))?;
        fields.bytes(length, "image data")
    }
}

/// Compares an image with the size its header declares, if it does, and with the compression that
/// `as_declared` accepts.
pub(crate) fn check_image(
    data: &[u8],
    declared: Option<(u32, u32)>,
    image: usize,
    deviations: &mut Vec<Deviation>,
    as_declared: impl FnOnce(ImageFormat) -> bool,
) {
    let Some(format) = sniff(data) else {
        deviations.push(Deviation::UnknownImage { image });
        return;
    };
    if !as_declared(format) {
        deviations.push(Deviation::ImageFormat {
            image,
            found: format,
        });
    }
    match dimensions(data) {
        Ok(found) => match declared {
            Some(declared) if declared != found => deviations.push(Deviation::ImageSize {
                image,
                declared,
                found,
            }),
            _ => {}
        },
        Err(Error::Unsupported(_)) => {}
        Err(_) => deviations.push(Deviation::UnknownImage { image }),
    }
}

/// Refuses a count above its limit.
pub(crate) fn within_limit(what: &'static str, found: usize, limit: usize) -> Result<()> {
    if found > limit {
        return Err(Error::TooLarge {
            what,
            found: found as u64,
            limit: limit as u64,
        });
    }
    Ok(())
}
