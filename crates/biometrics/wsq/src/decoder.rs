//! From a codestream to pixels.

use crate::bin_widths::QuantizationTable;
use crate::coefficients::Coefficients;
use crate::cursor::Cursor;
use crate::filters::FilterBank;
use crate::header::{Frame, Header};
use crate::huffman::{self, TABLES};
use crate::tree::subbands;
use crate::wavelet::{Plane, reconstruct};
use crate::{Error, Limits, Segment};

/// A picture and what was said of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// Grey values, row by row from the top, `frame.width` × `frame.height` of them.
    pub pixels: Vec<u8>,
    /// Frame header and comments.
    pub header: Header,
    /// Octets of the codestream; what stands behind it was not looked at.
    pub len: usize,
}

/// Decodes a codestream.
///
/// Tables and comments are taken wherever they stand; of a table that comes twice the later one counts, as the standard has it.
///
/// # Errors
/// The data are no WSQ, are cut off, contradict themselves, or the picture is larger than `limits` allow: [`Error`] says what and
/// where.
///
/// ```
/// use wsq_image::{Limits, Options, Picture, decode, encode};
///
/// let pixels: Vec<u8> = (0..96 * 128).map(|i: u32| 128 + ((i % 96 * 7 + i / 96 * 3) % 60) as u8).collect();
/// let picture = Picture::new(&pixels, 96, 128)?;
/// let codestream = encode(&picture, &Options { ppi: Some(500), ..Options::default() })?;
///
/// let decoded = decode(&codestream, &Limits::DEFAULT)?;
/// assert_eq!((decoded.header.frame.width, decoded.header.frame.height), (96, 128));
/// assert_eq!(decoded.header.ppi(), Some(500));
/// # Ok::<(), wsq_image::Error>(())
/// ```
pub fn decode(data: &[u8], limits: &Limits) -> Result<Decoded, Error> {
    let mut reading = Reading::new(data, limits)?;
    while reading.step()? {}
    reading.finish()
}

/// Reads the frame header and the comments up to the first block, and decodes nothing.
///
/// # Errors
/// As [`decode`], for what stands before the first block.
pub fn read_header(data: &[u8], limits: &Limits) -> Result<Header, Error> {
    let mut reading = Reading::new(data, limits)?;
    while reading.next_marker()? != Segment::BlockHeader {
        if !reading.step()? {
            break;
        }
    }
    reading.header()
}

/// What has been read so far.
struct Reading<'a> {
    cursor: Cursor<'a>,
    limits: &'a Limits,
    frame: Option<Frame>,
    comments: Vec<Vec<u8>>,
    filters: Option<FilterBank>,
    quantization: Option<QuantizationTable>,
    huffman: [Option<huffman::Decoder>; TABLES],
    /// From the first block on.
    coefficients: Option<Coefficients>,
}

impl<'a> Reading<'a> {
    fn new(data: &'a [u8], limits: &'a Limits) -> Result<Self, Error> {
        let mut cursor = Cursor::new(data);
        if !data.starts_with(&Segment::StartOfImage.marker().to_be_bytes()) {
            return Err(Error::NotWsq);
        }
        cursor.skip(2);
        Ok(Self {
            cursor,
            limits,
            frame: None,
            comments: Vec::new(),
            filters: None,
            quantization: None,
            huffman: [const { None }; TABLES],
            coefficients: None,
        })
    }

    /// The next marker, not taken.
    fn next_marker(&self) -> Result<Segment, Error> {
        let at = self.cursor.at();
        let Some(&marker) = self.cursor.rest().first_chunk() else {
            let at = at + self.cursor.rest().len();
            let segment = Segment::EndOfImage;
            return Err(Error::Truncated { at, segment });
        };
        let marker = u16::from_be_bytes(marker);
        Segment::from_marker(marker).ok_or(Error::UnknownMarker { at, marker })
    }

    /// Takes a segment; false at the end of the image.
    fn step(&mut self) -> Result<bool, Error> {
        let at = self.cursor.at();
        let segment = self.next_marker()?;
        if segment == Segment::EndOfImage {
            return Ok(false);
        }
        self.cursor.skip(2);
        let cursor = &mut self.cursor;
        match segment {
            Segment::Comment => self.comments.push(cursor.sized(segment)?.to_vec()),
            Segment::TransformTable => self.filters = Some(FilterBank::read(cursor)?),
            Segment::QuantizationTable if self.coefficients.is_none() => {
                self.quantization = Some(QuantizationTable::read(cursor)?);
            }
            Segment::FrameHeader if self.frame.is_none() => {
                self.frame = Some(Frame::read(cursor, at, self.limits)?);
            }
            Segment::HuffmanTable => {
                for (number, table) in huffman::read(cursor)? {
                    if let Some(place) = self.huffman.get_mut(number) {
                        *place = Some(table);
                    }
                }
            }
            Segment::BlockHeader => self.block(at)?,
            Segment::RestartInterval => self.restart_interval(at)?,
            _ => return Err(Error::Misplaced { at, segment }),
        }
        Ok(true)
    }

    /// An interval of zero means none.
    fn restart_interval(&mut self, at: usize) -> Result<(), Error> {
        match self.cursor.sized(Segment::RestartInterval)? {
            [0, 0] => Ok(()),
            _ => Err(Error::RestartInterval { at }),
        }
    }

    /// `at`: its marker.
    fn block(&mut self, at: usize) -> Result<(), Error> {
        const SEGMENT: Segment = Segment::BlockHeader;
        self.cursor.fixed_length(3, SEGMENT)?;
        let table = usize::from(self.cursor.u8(SEGMENT)?);
        let missing = |segment| Error::Missing { at, segment };
        let frame = self.frame.as_ref().ok_or(missing(Segment::FrameHeader))?;
        let quantization = self.quantization.as_ref();
        let quantization = quantization.ok_or(missing(Segment::QuantizationTable))?;
        let table = self.huffman.get(table).and_then(Option::as_ref);
        let table = table.ok_or(missing(Segment::HuffmanTable))?;
        let coefficients = self.coefficients.get_or_insert_with(|| {
            let (width, height) = (usize::from(frame.width), usize::from(frame.height));
            Coefficients::new(quantization.coefficients(&subbands(width, height)))
        });
        let len = coefficients.read_block(self.cursor.rest(), self.cursor.at(), table)?;
        self.cursor.skip(len);
        Ok(())
    }

    fn header(&mut self) -> Result<Header, Error> {
        let missing = Error::Missing {
            at: self.cursor.at(),
            segment: Segment::FrameHeader,
        };
        let frame = self.frame.take().ok_or(missing)?;
        let comments = std::mem::take(&mut self.comments);
        Ok(Header { frame, comments })
    }

    /// At the end of the image.
    fn finish(mut self) -> Result<Decoded, Error> {
        let at = self.cursor.at();
        let missing = |segment| Error::Missing { at, segment };
        let header = self.header()?;
        let quantization = self
            .quantization
            .ok_or(missing(Segment::QuantizationTable))?;
        let filters = self.filters.ok_or(missing(Segment::TransformTable))?;
        let (width, height) = (
            usize::from(header.frame.width),
            usize::from(header.frame.height),
        );
        let subbands = subbands(width, height);
        let expected = quantization.coefficients(&subbands);
        let values = self
            .coefficients
            .map(|found| found.values)
            .unwrap_or_default();
        if values.len() < expected {
            let found = values.len();
            return Err(Error::TooFewCoefficients {
                at,
                found,
                expected,
            });
        }
        let mut samples = vec![0.0; header.frame.pixels()];
        if !values.is_empty() {
            let mut plane = Plane {
                samples: &mut samples,
                width,
                height,
            };
            quantization.dequantize(&values, &subbands, &mut plane);
            drop(values);
            reconstruct(&mut plane, &filters);
        }
        Ok(Decoded {
            pixels: pixels(&samples, &header.frame),
            header,
            len: at + 2,
        })
    }
}

/// Rounded and held between 0 and 255.
fn pixels(samples: &[f32], frame: &Frame) -> Vec<u8> {
    let (scale, shift) = (frame.scale, frame.shift);
    let pixels = samples
        .iter()
        .map(|sample| (sample * scale + shift + 0.5) as u8);
    pixels.collect()
}
