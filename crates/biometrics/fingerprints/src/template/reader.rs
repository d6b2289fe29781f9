use super::{Deviation, MAX_COORDINATE, MAX_RECORD, Mark, Template, View};
use crate::minutiae::Kind;
use crate::{Error, Result};

/// Reads a record (ISO 19794-2:2005). What departs harmlessly is told beside it.
///
/// # Errors
/// [`Error::NotATemplate`] when it does not start as one, [`Error::Truncated`] when it ends before its parts do,
/// [`Error::TemplateLength`] when its length is a lie, [`Error::TooLong`] above [`MAX_RECORD`].
pub fn read(bytes: &[u8]) -> Result<(Template, Vec<Deviation>)> {
    if bytes.len() > MAX_RECORD {
        return Err(Error::TooLong {
            length: bytes.len(),
        });
    }
    let mut reader = Reader {
        bytes,
        offset: 0,
        deviations: Vec::new(),
    };
    if reader.take(8)? != b"FMR\0 20\0" {
        return Err(Error::NotATemplate);
    }
    let length = usize::try_from(u32::from_be_bytes(reader.array()?)).unwrap_or(usize::MAX);
    reader.cut(length)?;
    let device = reader.u16()?;
    let (width, height) = (reader.u16()?, reader.u16()?);
    let resolution = (reader.u16()?, reader.u16()?);
    let count = reader.u8()?;
    reader.reserved(0xFF)?;
    let mut template = Template {
        device,
        width,
        height,
        resolution,
        views: Vec::new(),
    };
    for index in 0..usize::from(count) {
        let view = reader.view(index, (width, height))?;
        template.views.push(view);
    }
    let left = reader.bytes.len() - reader.offset.min(reader.bytes.len());
    if left != 0 {
        return Err(Error::TemplateLength { length, left });
    }
    Ok((template, reader.deviations))
}

struct Reader<'a> {
    bytes: &'a [u8],
    offset: usize,
    deviations: Vec<Deviation>,
}

impl<'a> Reader<'a> {
    /// Leaves the bytes of the record only.
    fn cut(&mut self, length: usize) -> Result<()> {
        let offset = self.bytes.len();
        let record = self
            .bytes
            .get(..length)
            .ok_or(Error::Truncated { offset })?;
        if self.bytes.len() > length {
            let more = self.bytes.len() - length;
            self.deviations.push(Deviation::TrailingBytes(more));
        }
        self.bytes = record;
        Ok(())
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let end = self.offset.saturating_add(count);
        let taken = self.bytes.get(self.offset..end);
        let taken = taken.ok_or(Error::Truncated {
            offset: self.bytes.len(),
        })?;
        self.offset = end;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let offset = self.bytes.len();
        let taken = self.take(N)?;
        taken.try_into().map_err(|_| Error::Truncated { offset })
    }

    fn u8(&mut self) -> Result<u8> {
        self.array().map(|[byte]: [u8; 1]| byte)
    }

    fn u16(&mut self) -> Result<u16> {
        self.array().map(u16::from_be_bytes)
    }

    /// A byte of which these bits are reserved.
    fn reserved(&mut self, bits: u8) -> Result<u8> {
        let offset = self.offset;
        let byte = self.u8()?;
        if byte & bits != 0 {
            self.deviations.push(Deviation::ReservedSet { offset });
        }
        Ok(byte & !bits)
    }

    fn quality(&mut self) -> Result<u8> {
        let offset = self.offset;
        let quality = self.u8()?;
        if quality > 100 {
            self.deviations.push(Deviation::QualityAbove100 { offset });
        }
        Ok(quality)
    }

    fn view(&mut self, index: usize, size: (u16, u16)) -> Result<View> {
        let position = self.u8()?;
        if position > 10 {
            self.deviations
                .push(Deviation::UnknownPosition { position });
        }
        let [impression] = self.array()?;
        let quality = self.quality()?;
        let count = self.u8()?;
        let mut minutiae = Vec::with_capacity(usize::from(count));
        for number in 0..usize::from(count) {
            let mark = self.mark()?;
            if mark.x >= size.0 || mark.y >= size.1 {
                let (view, minutia) = (index, number);
                self.deviations
                    .push(Deviation::OutsidePicture { view, minutia });
            }
            minutiae.push(mark);
        }
        let extended = self.u16()?;
        Ok(View {
            position,
            number: impression >> 4,
            impression: impression & 0x0F,
            quality,
            minutiae,
            extended: self.take(usize::from(extended))?.to_vec(),
        })
    }

    fn mark(&mut self) -> Result<Mark> {
        let offset = self.offset;
        let (x, y) = (self.u16()?, self.u16()?);
        let kind = match x >> 14 {
            0b01 => Kind::Ending,
            0b10 => Kind::Bifurcation,
            other => {
                if other == 0b11 {
                    self.deviations.push(Deviation::ReservedKind { offset });
                }
                Kind::Other
            }
        };
        if y > MAX_COORDINATE {
            let offset = offset + 2;
            self.deviations.push(Deviation::ReservedSet { offset });
        }
        Ok(Mark {
            kind,
            x: x & MAX_COORDINATE,
            y: y & MAX_COORDINATE,
            angle: self.u8()?,
            quality: self.quality()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::write;

    /// One view of two minutiae with five bytes of extended data, put together by the layout.
    fn record() -> Vec<u8> {
        let parts: [&[u8]; 7] = [
            b"FMR\0 20\0",
            &[
                0, 0, 0, 47, 0xA0, 0x17, 0x01, 0x00, 0x01, 0x20, 0, 197, 0, 197, 1, 0,
            ],
            &[7, 0x21, 88, 2],
            &[0x40, 0x4E, 0x00, 0x0D, 0x1E, 0x50],
            &[0x80, 0x80, 0x01, 0x0D, 0x15, 0x00],
            &[0, 5],
            &[1, 2, 0, 5, 0x97],
        ];
        parts.concat()
    }

    fn changed(offset: usize, bytes: &[u8]) -> Vec<u8> {
        let mut record = record();
        record[offset..offset + bytes.len()].copy_from_slice(bytes);
        record
    }

    #[test]
    fn a_record_is_what_it_says() {
        let (template, deviations) = read(&record()).unwrap();
        assert_eq!(deviations, []);
        assert_eq!(
            (template.device, template.width, template.height),
            (0xA017, 256, 288)
        );
        assert_eq!(template.resolution, (197, 197));
        let view = &template.views[0];
        assert_eq!(
            (view.position, view.number, view.impression, view.quality),
            (7, 2, 1, 88)
        );
        let mark = Mark {
            kind: Kind::Ending,
            x: 78,
            y: 13,
            angle: 30,
            quality: 80,
        };
        assert_eq!(view.minutiae[0], mark);
        assert_eq!(view.minutiae[1].kind, Kind::Bifurcation);
        assert_eq!(view.extended, [1, 2, 0, 5, 0x97]);
        assert_eq!(write(&template).unwrap(), record());
        let minutiae = template.minutiae(0).unwrap();
        assert_eq!((minutiae.ppi, minutiae.points.len()), (500, 2));
        assert!((minutiae.points[0].angle - 0.736_31).abs() < 1e-4);
        assert_eq!(
            template.minutiae(1).unwrap_err(),
            Error::NoSuchView { view: 1 }
        );
    }

    #[test]
    fn what_departs_is_told() {
        let cases = [
            ([record(), vec![0; 9]].concat(), Deviation::TrailingBytes(9)),
            (changed(23, &[1]), Deviation::ReservedSet { offset: 23 }),
            (
                changed(24, &[13]),
                Deviation::UnknownPosition { position: 13 },
            ),
            (
                changed(26, &[101]),
                Deviation::QualityAbove100 { offset: 26 },
            ),
            (changed(28, &[0xC0]), Deviation::ReservedKind { offset: 28 }),
            (changed(30, &[0x40]), Deviation::ReservedSet { offset: 30 }),
            (
                changed(28, &[0x41, 0x00]),
                Deviation::OutsidePicture {
                    view: 0,
                    minutia: 0,
                },
            ),
        ];
        for (bytes, want) in cases {
            assert_eq!(read(&bytes).unwrap().1, [want]);
        }
    }

    #[test]
    fn hostile_records_are_refused() {
        let whole = record().len();
        let cases = [
            (Vec::new(), Error::Truncated { offset: 0 }),
            (b"FMR\0 30\0".to_vec(), Error::NotATemplate),
            (changed(8, &[0xFF; 4]), Error::Truncated { offset: whole }),
            (changed(8, &[0; 4]), Error::Truncated { offset: 0 }),
            (changed(11, &[46]), Error::Truncated { offset: 46 }),
            (changed(22, &[255]), Error::Truncated { offset: whole }),
            (
                changed(22, &[0]),
                Error::TemplateLength {
                    length: 47,
                    left: 23,
                },
            ),
            (changed(27, &[255]), Error::Truncated { offset: whole }),
            (
                changed(40, &[0xFF, 0xFF]),
                Error::Truncated { offset: whole },
            ),
            (
                vec![0; MAX_RECORD + 1],
                Error::TooLong {
                    length: MAX_RECORD + 1,
                },
            ),
        ];
        for (bytes, want) in cases {
            assert_eq!(read(&bytes).unwrap_err(), want);
        }
        for length in 0..whole {
            read(&record()[..length]).unwrap_err();
        }
    }

    #[test]
    fn other_resolutions_are_read_and_odd_ones_refused() {
        let ppi = |resolution: [u8; 4]| {
            let (template, _) = read(&changed(18, &resolution)).unwrap();
            template.minutiae(0).map(|minutiae| minutiae.ppi)
        };
        assert_eq!(ppi([1, 0x8A, 1, 0x8A]), Ok(1001));
        assert_eq!(ppi([0, 0, 0, 0]), Err(Error::Resolution { ppi: 0 }));
        assert_eq!(ppi([0, 197, 0, 100]), Err(Error::Resolution { ppi: 500 }));
        assert!(ppi([0xFF, 0xFF, 0xFF, 0xFF]).is_err());
    }
}
