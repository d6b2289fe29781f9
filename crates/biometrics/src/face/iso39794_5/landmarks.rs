use crate::der::{Children, Object, Reading, Writer};
use crate::iso39794_1::{Content, Coordinate, Field, Value, blocks, read_choice, write_choice};
use crate::{Deviation, Result};

/// A marked point of a face.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Landmark {
    /// Which point of the face it is.
    pub kind: LandmarkKind,
    /// Where it is.
    pub coordinates: Option<LandmarkCoordinates>,
}

/// Which point of a face a landmark is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LandmarkKind {
    /// A feature point of MPEG-4, by its place in the list of their codes: 0 is point 2.1.
    Mpeg4(u8),
    /// An anthropometric landmark.
    Anthropometric(AnthropometricCode),
    /// A kind of a later edition.
    Unknown,
}

/// An anthropometric landmark, by its place in one of the lists of the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnthropometricCode {
    /// In the list of names: 0 is the vertex.
    Name(u8),
    /// In the list of point codes: 0 is 1.1.
    PointName(u8),
    /// In the list of abbreviations: 0 is `v`.
    PointId(u8),
}

/// Where a landmark is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LandmarkCoordinates {
    /// In pixels of the image.
    Plane(Coordinate),
    /// In pixels of a texture.
    Texture(TexturePoint),
    /// In space.
    Space(SpacePoint),
}

blocks! {
    /// A point of a texture.
    #[derive(Copy)]
    TexturePoint {
        /// Pixels along the first axis.
        u: u32 = 0,
        /// Pixels along the second axis.
        v: u32 = 1,
    }

    /// A point in space.
    #[derive(Copy)]
    SpacePoint {
        /// Along the first axis.
        x: u16 = 0,
        /// Along the second axis.
        y: u16 = 1,
        /// Along the third axis.
        z: u16 = 2,
    }
}

impl LandmarkKind {
    /// Major and minor number of a feature point of MPEG-4 (ISO 14496-2 annex C): groups 2 to 12.
    #[must_use]
    pub fn mpeg4_point(self) -> Option<(u8, u8)> {
        const GROUPS: [(u8, u8); 11] = [
            (2, 14),
            (3, 14),
            (4, 6),
            (5, 4),
            (6, 4),
            (7, 1),
            (8, 10),
            (9, 15),
            (10, 10),
            (11, 6),
            (12, 4),
        ];
        let Self::Mpeg4(mut index) = self else {
            return None;
        };
        for (major, size) in GROUPS {
            if index < size {
                return Some((major, index + 1));
            }
            index -= size;
        }
        None
    }
}

impl Content for Landmark {
    fn from_children(children: &mut Children<'_>, reading: &mut Reading) -> Result<Self> {
        Ok(Self {
            kind: Field::take(children, 0, "kind of landmark", reading)?,
            coordinates: Field::take(children, 1, "coordinates of a landmark", reading)?,
        })
    }

    fn write_children(&self, writer: &mut Writer) {
        self.kind.put(0, writer);
        self.coordinates.put(1, writer);
    }
}

impl Value for LandmarkKind {
    fn read(object: &Object<'_>, reading: &mut Reading) -> Result<Self> {
        const WHAT: &str = "kind of landmark";
        let arm = object.children(reading)?.only(WHAT, reading)?;
        if arm.tag != 0xA0 {
            let at = arm.at;
            reading.note(Deviation::NotUnderstood { what: WHAT, at });
            return Ok(Self::Unknown);
        }
        let kind = arm.children(reading)?.only(WHAT, reading)?;
        match kind.tag {
            0xA0 => read_choice(&kind, reading).map(Self::Mpeg4),
            0xA1 => AnthropometricCode::read(&kind, reading).map(Self::Anthropometric),
            _ => Err(kind.malformed(WHAT)),
        }
    }

    fn write(&self, number: u8, writer: &mut Writer) {
        writer.template(number, |choice| {
            choice.template(0, |base| match self {
                Self::Mpeg4(code) => write_choice(*code, 0, base),
                Self::Anthropometric(code) => code.write(1, base),
                Self::Unknown => {}
            });
        });
    }
}

impl Value for AnthropometricCode {
    fn read(object: &Object<'_>, reading: &mut Reading) -> Result<Self> {
        const WHAT: &str = "anthropometric landmark";
        let base = object.children(reading)?.only(WHAT, reading)?;
        if base.tag != 0xA0 {
            return Err(base.malformed(WHAT));
        }
        let list = base.children(reading)?.only(WHAT, reading)?;
        let code = read_choice(&list, reading)?;
        match list.tag {
            0xA0 => Ok(Self::Name(code)),
            0xA1 => Ok(Self::PointName(code)),
            0xA2 => Ok(Self::PointId(code)),
            _ => Err(list.malformed(WHAT)),
        }
    }

    fn write(&self, number: u8, writer: &mut Writer) {
        let (list, code) = match self {
            Self::Name(code) => (0, *code),
            Self::PointName(code) => (1, *code),
            Self::PointId(code) => (2, *code),
        };
        writer.template(number, |choice| {
            choice.template(0, |base| write_choice(code, list, base));
        });
    }
}

impl Value for LandmarkCoordinates {
    fn read(object: &Object<'_>, reading: &mut Reading) -> Result<Self> {
        const WHAT: &str = "coordinates of a landmark";
        let base = object.children(reading)?.only(WHAT, reading)?;
        if base.tag != 0xA0 {
            return Err(base.malformed(WHAT));
        }
        let point = base.children(reading)?.only(WHAT, reading)?;
        match point.tag {
            0xA0 => Value::read(&point, reading).map(Self::Plane),
            0xA1 => Value::read(&point, reading).map(Self::Texture),
            0xA2 => Value::read(&point, reading).map(Self::Space),
            _ => Err(point.malformed(WHAT)),
        }
    }

    fn write(&self, number: u8, writer: &mut Writer) {
        writer.template(number, |choice| {
            choice.template(0, |base| match self {
                Self::Plane(point) => point.write(0, base),
                Self::Texture(point) => point.write(1, base),
                Self::Space(point) => point.write(2, base),
            });
        });
    }
}
