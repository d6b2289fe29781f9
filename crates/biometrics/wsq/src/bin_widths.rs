//! The quantization table (DQT): bin widths and zero bins of the subbands (IAFIS-IC-0110).

use crate::cursor::Cursor;
use crate::tree::{Region, SENT, SUBBANDS};
use crate::wavelet::Plane;
use crate::{Error, Segment, number};

const LENGTH: u16 = 389;
/// Where the decoder puts a value into its bin, in hundredths from the outer edge.
const BIN_CENTRE: [u8; 3] = [2, 0, 44];

/// The widths of one subband; a subband of width zero is not sent.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct BinWidths {
    pub(crate) bin: f32,
    pub(crate) zero_bin: f32,
}

impl BinWidths {
    /// None if the table has no place for them: every coefficient would be zero.
    pub(crate) fn if_writable(self) -> Self {
        if self.zero_bin < 65535.0 {
            self
        } else {
            Self::default()
        }
    }

    pub(crate) fn wider(self, factor: f32) -> Self {
        Self {
            bin: self.bin * factor,
            zero_bin: self.zero_bin * factor,
        }
    }
}

/// The table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct QuantizationTable {
    centre: f32,
    widths: [BinWidths; SUBBANDS],
}

impl QuantizationTable {
    pub(crate) fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        const SEGMENT: Segment = Segment::QuantizationTable;
        cursor.fixed_length(LENGTH, SEGMENT)?;
        let centre = number::read_u16(cursor, SEGMENT)?;
        let mut widths = [BinWidths::default(); SUBBANDS];
        for widths in &mut widths {
            widths.bin = number::read_u16(cursor, SEGMENT)?;
            widths.zero_bin = number::read_u16(cursor, SEGMENT)?;
        }
        Ok(Self { centre, widths })
    }

    /// Coefficients that the blocks hold.
    pub(crate) fn coefficients(&self, subbands: &[Region; SUBBANDS]) -> usize {
        let sent = subbands
            .iter()
            .zip(&self.widths)
            .filter(|(_, widths)| widths.bin != 0.0);
        sent.map(|(region, _)| region.area()).sum()
    }

    /// Puts coefficients where their subbands are. The last four subbands have no place: what is sent of them is dropped.
    pub(crate) fn dequantize(
        &self,
        coefficients: &[i16],
        subbands: &[Region; SUBBANDS],
        plane: &mut Plane<'_>,
    ) {
        let mut rest = coefficients;
        for (region, widths) in subbands.iter().zip(&self.widths).take(SENT) {
            if widths.bin == 0.0 || region.area() == 0 {
                continue;
            }
            let Some((subband, others)) = rest.split_at_checked(region.area()) else {
                return;
            };
            rest = others;
            let half_zero_bin = widths.zero_bin / 2.0;
            let rows = plane.samples.chunks_mut(plane.width).skip(region.y);
            for (row, coefficients) in rows.zip(subband.chunks(region.width)) {
                let row = row
                    .get_mut(region.x..region.x + region.width)
                    .unwrap_or_default();
                for (value, &coefficient) in row.iter_mut().zip(coefficients) {
                    let number = f32::from(coefficient);
                    let above = widths.bin * (number - self.centre) + half_zero_bin;
                    let below = widths.bin * (number + self.centre) - half_zero_bin;
                    *value = match coefficient {
                        0 => 0.0,
                        1.. => above,
                        _ => below,
                    };
                }
            }
        }
    }
}

/// Appends the segment with marker.
pub(crate) fn write(widths: &[BinWidths; SENT], out: &mut Vec<u8>) {
    out.extend(Segment::QuantizationTable.marker().to_be_bytes());
    out.extend(LENGTH.to_be_bytes());
    out.extend(BIN_CENTRE);
    for widths in widths {
        number::write_u16(out, widths.bin);
        number::write_u16(out, widths.zero_bin);
    }
    out.extend([0; 6 * (SUBBANDS - SENT)]);
}
