//! How a picture, or one tile of it, is cut up: layers, code blocks, precincts, orders of packets
//! (ISO 15444-1 §A.6). Segments must be as long as their content needs: the decoder reads some of
//! them without looking at their length, and would find others than are checked here.

use crate::fields::Fields;
use crate::{Error, Result};

pub(super) const COD: u16 = 0xFF52;
const COC: u16 = 0xFF53;
const QCD: u16 = 0xFF5C;
const QCC: u16 = 0xFF5D;
const RGN: u16 = 0xFF5E;
const POC: u16 = 0xFF5F;

/// Most quality layers; encoders make one to a dozen, and the decoder refuses more than 32.
const MAX_LAYERS: u16 = 32;

/// Most changes of the order of packets; each makes the decoder list them all again.
const MAX_ORDERS: usize = 32;

/// Most decompositions (ISO 15444-1 Table A.15).
const MAX_LEVELS: u8 = 32;

/// Most step sizes: three for each decomposition and one (ISO 15444-1 §A.6.4).
const MAX_STEPS: usize = 3 * MAX_LEVELS as usize + 1;

/// The largest exponent of a code block's side, and of its area, less the two of each side
/// (ISO 15444-1 Table A.18).
const MAX_BLOCK_EXPONENT: u8 = 8;

/// The exponent of precincts that are not given: as good as none.
const WHOLE: u8 = 15;

/// A marker segment without its marker and length.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment<'a> {
    pub(super) marker: u16,
    pub(super) content: &'a [u8],
    /// Where the marker stands in the file.
    pub(super) at: usize,
}

impl<'a> Segment<'a> {
    /// The next one; `offset`: where the fields begin in the file.
    pub(super) fn read(fields: &mut Fields<'a>, offset: usize) -> Result<Self> {
        const WHAT: &str = "JPEG 2000 marker segment";
        const SOD: u16 = 0xFF93;
        const EOC: u16 = 0xFFD9;
        let at = offset + fields.at();
        let marker = fields.u16(WHAT)?;
        let content = match marker {
            // Markers without content.
            0xFF30..=0xFF3F | SOD | EOC => &[],
            0xFF00.. => {
                let length = usize::from(fields.u16(WHAT)?);
                let length = length.checked_sub(2);
                fields.bytes(length.ok_or(Error::Malformed { what: WHAT, at })?, WHAT)?
            }
            _ => return Err(Error::Malformed { what: WHAT, at }),
        };
        Ok(Self {
            marker,
            content,
            at,
        })
    }

    pub(super) fn ends_header(&self) -> bool {
        matches!(self.marker, 0xFF93 | 0xFFD9)
    }

    fn malformed(&self, what: &'static str) -> Error {
        Error::Malformed { what, at: self.at }
    }
}

/// How a component is cut up: exponents of sides, first across, then down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Coding {
    pub(super) block: [u8; 2],
    /// Of each resolution, from the smallest.
    pub(super) precincts: Vec<[u8; 2]>,
}

impl Coding {
    /// `SPcod` or `SPcoc`, to the end of the segment (ISO 15444-1 Table A.15).
    fn read(fields: &mut Fields<'_>, has_precincts: bool) -> Option<Self> {
        const WHAT: &str = "";
        let mut next = || fields.u8(WHAT).ok();
        let levels = next().filter(|levels| *levels <= MAX_LEVELS)?;
        let sides = [next()?, next()?];
        let area = sides[0].checked_add(sides[1])?;
        if area > MAX_BLOCK_EXPONENT {
            return None;
        }
        let (_style, _wavelet) = (next()?, next()?);
        let precincts = (0..=levels).map(|resolution| {
            if !has_precincts {
                return Some([WHOLE; 2]);
            }
            let both = next()?;
            let sides = [both & 0xF, both >> 4];
            // Above the first resolution a precinct is halved in each sub-band.
            (resolution == 0 || !sides.contains(&0)).then_some(sides)
        });
        let precincts = precincts.collect::<Option<_>>()?;
        (fields.remaining() == 0).then_some(Self {
            block: sides.map(|side| side + 2),
            precincts,
        })
    }
}

/// What the segments of one header say.
#[derive(Debug, Clone)]
pub(super) struct Style {
    pub(super) layers: u16,
    /// How often the packets are listed.
    pub(super) orders: usize,
    /// Of each component.
    pub(super) codings: Vec<Coding>,
}

impl Style {
    /// Of the main header, where what is said of a component counts more than what is said of all,
    /// wherever it stands.
    pub(super) fn of_main(segments: &[Segment<'_>], components: u16, at: usize) -> Result<Self> {
        let mut style = Self {
            layers: 1,
            orders: 0,
            codings: Vec::new(),
        };
        let (of_all, others): (Vec<_>, Vec<_>) =
            segments.iter().partition(|segment| segment.marker == COD);
        if of_all.is_empty() {
            return Err(Error::Malformed {
                what: "JPEG 2000 coding style",
                at,
            });
        }
        for segment in of_all.into_iter().chain(others) {
            style.apply(segment, components)?;
        }
        Ok(style)
    }

    /// Takes what a segment says; whether it said something of how the picture is cut up.
    pub(super) fn apply(&mut self, segment: &Segment<'_>, components: u16) -> Result<bool> {
        let content = segment.content;
        match segment.marker {
            COD => {
                let coding = self.default(content);
                let coding = coding.ok_or(segment.malformed("JPEG 2000 coding style"))?;
                self.codings = vec![coding; components.into()];
                within("number of JPEG 2000 layers", self.layers, MAX_LAYERS)?;
            }
            COC => {
                let of_one = self.of_component(content);
                of_one.ok_or(segment.malformed("JPEG 2000 coding style of a component"))?;
            }
            POC => {
                const ENTRY: usize = 7;
                if !content.len().is_multiple_of(ENTRY) {
                    return Err(segment.malformed("JPEG 2000 progression order changes"));
                }
                self.orders += content.len() / ENTRY;
                let what = "number of JPEG 2000 progression order changes";
                within(what, self.orders, MAX_ORDERS)?;
            }
            QCD if !is_quantization(content) => {
                return Err(segment.malformed("JPEG 2000 quantization"));
            }
            QCC if !content
                .split_first()
                .is_some_and(|(_, q)| is_quantization(q)) =>
            {
                return Err(segment.malformed("JPEG 2000 quantization of a component"));
            }
            RGN if content.len() != 3 => {
                return Err(segment.malformed("JPEG 2000 region of interest"));
            }
            _ => return Ok(false),
        }
        Ok(matches!(segment.marker, COD | COC | POC))
    }

    fn default(&mut self, content: &[u8]) -> Option<Coding> {
        let (&[style, _order, high, low, _colours], rest) = content.split_first_chunk()?;
        self.layers = u16::from_be_bytes([high, low]);
        Coding::read(&mut Fields::new(rest), style & 1 != 0)
    }

    fn of_component(&mut self, content: &[u8]) -> Option<()> {
        let (&[component, style], rest) = content.split_first_chunk()?;
        let place = self.codings.get_mut(usize::from(component))?;
        *place = Coding::read(&mut Fields::new(rest), style & 1 != 0)?;
        Some(())
    }
}

/// Whether step sizes fill the segment, and are not more than there can be sub-bands: the decoder
/// keeps them for each tile.
fn is_quantization(content: &[u8]) -> bool {
    let Some((style, steps)) = content.split_first() else {
        return false;
    };
    match style & 0x1F {
        0 => steps.len() <= MAX_STEPS,
        1 => steps.len() == 2,
        _ => steps.len() <= 2 * MAX_STEPS && steps.len().is_multiple_of(2),
    }
}

fn within<T: Copy + PartialOrd + TryInto<u64>>(
    what: &'static str,
    found: T,
    limit: T,
) -> Result<()> {
    if found <= limit {
        return Ok(());
    }
    let number = |number: T| number.try_into().unwrap_or(u64::MAX);
    Err(Error::TooLarge {
        what,
        found: number(found),
        limit: number(limit),
    })
}
