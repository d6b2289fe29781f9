//! Portraits of people who do not exist, drawn like an airbrushed illustration: a relief of the
//! face under soft light, features painted on it, hair drawn strand by strand.

mod body;
mod brows;
mod brush;
mod canvas;
mod colour;
mod eyes;
mod hair;
mod lettering;
mod light;
pub mod look;
mod lower_face;
mod relief;
mod skin;

use biometrics::image::{Colour as Samples, Image};

use self::canvas::Canvas;
use self::colour::{Colour, srgb};
use self::look::Look;
use crate::curve::at;
use crate::random::Random;
use crate::raster::Grid;

/// Width and height of a portrait before it is made smaller for the chip: 35 × 45 mm at 600 ppi.
pub const MASTER: (u32, u32) = (826, 1062);

/// Each pixel is the mean of this many by this many.
const OVERSAMPLING: usize = 2;

/// The distance between the eyes, as a part of the picture's width.
const EYE_DISTANCE: f32 = 0.262;

/// The height of the eyes, as a part of the picture's height from the top.
const EYE_LINE: f32 = 0.475;

/// The middles of the eyes, as parts of width and height.
pub const EYES: [(f32, f32); 2] = [
    (0.5 - 0.5 * EYE_DISTANCE, EYE_LINE),
    (0.5 + 0.5 * EYE_DISTANCE, EYE_LINE),
];

/// The chin, as a part of the height.
pub const CHIN: f32 = EYE_LINE + relief::CHIN * EYE_DISTANCE * WIDTH_TO_HEIGHT;

/// The shape of [`MASTER`].
const WIDTH_TO_HEIGHT: f32 = MASTER.0 as f32 / MASTER.1 as f32;

/// Draws a person with the geometry of a passport photograph (ISO 39794-5 annex D): eyes on a
/// line in the middle, the head 70 to 80 % of the height, plain light background.
///
/// # Errors
/// When a side is zero.
pub fn draw(look: &Look, (width, height): (u32, u32)) -> biometrics::Result<Image> {
    let grid = Grid {
        width: width as usize * OVERSAMPLING,
        height: height as usize * OVERSAMPLING,
        scale: EYE_DISTANCE * width as f32 * OVERSAMPLING as f32,
        origin: at(
            0.5 * width as f32 * OVERSAMPLING as f32,
            EYE_LINE * height as f32 * OVERSAMPLING as f32,
        ),
    };
    let mut canvas = background(grid);
    hair::paint_behind(&mut canvas, look);
    body::paint(&mut canvas, look);
    skin::paint(&mut canvas, look);
    lower_face::paint(&mut canvas, look);
    eyes::paint(&mut canvas, look);
    brows::paint(&mut canvas, look);
    hair::paint(&mut canvas, look);
    lettering::paint(&mut canvas);
    Image::new(Samples::Rgb8, width, height, developed(&canvas, look.seed))
}

/// A light wall, a little brighter behind the head.
fn background(grid: Grid) -> Canvas {
    let (wall, edge) = (srgb(0xE9_EC_EF), srgb(0xD3_D8_DD));
    Canvas::of(grid, |point| {
        let from_middle = (point - at(-0.2, -0.2)).length() / 3.2;
        wall.mix(edge, (from_middle * from_middle).min(1.0))
    })
}

/// The canvas as bytes of sRGB: oversampled pixels averaged, with the fine grain of a photograph.
fn developed(canvas: &Canvas, seed: u64) -> Vec<u8> {
    let grid = canvas.grid();
    let mut random = Random::new(seed, "grain");
    let part = 1.0 / (OVERSAMPLING * OVERSAMPLING) as f32;
    let mut bytes = Vec::with_capacity(grid.width * grid.height * 3 / 4);
    for rows in canvas.pixels().chunks_exact(grid.width * OVERSAMPLING) {
        for column in (0..grid.width).step_by(OVERSAMPLING) {
            let sum = rows
                .chunks_exact(grid.width)
                .flat_map(|row| row.iter().skip(column).take(OVERSAMPLING))
                .fold(Colour([0.0; 3]), |sum, pixel| sum + *pixel);
            let grain = 1.0 + 0.006 * random.normal();
            bytes.extend_from_slice(&(sum * (part * grain)).to_srgb());
        }
    }
    bytes
}
