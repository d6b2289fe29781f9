//! Measures faces in a folder of pictures: what is found, how far the landmarks are from those of a
//! `.tem` file beside a picture (of `webmorphR`: 189 points, or the 106 or 83 of Face++), pose and time.
//!
//! `cargo run --release -p faces --example faces -- FOLDER [OUT]`; with OUT, annotated pictures and the
//! portrait cut from each are written there.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use faces::{Face, Landmarks, Picture, Point, crop};
use image::{Rgb, RgbImage};

type Failure = Box<dyn std::error::Error>;

/// Runs of one picture; the fastest counts.
const RUNS: usize = 3;
/// What is compared, and the points of a template whose mean it is.
type Layout = [(&'static str, &'static [usize])];
/// By the number of points: those of `webmorphR`, and the two of Face++ that it knows (counted, not named, in its files).
const LAYOUTS: [(usize, &Layout); 3] = [
    (
        189,
        &[
            ("left eye", &[18, 22]),
            ("right eye", &[23, 27]),
            ("outer corner", &[18]),
            ("inner corner", &[22]),
            ("mouth left", &[87]),
            ("mouth right", &[93]),
            ("nose", &[54, 60]),
            ("nose base", &[55]),
            ("chin", &[129]),
        ],
    ),
    (
        106,
        &[
            ("left eye", &[35, 39]),
            ("right eye", &[44, 48]),
            ("outer corner", &[35]),
            ("inner corner", &[39]),
            ("mouth left", &[86]),
            ("mouth right", &[92]),
            ("nose base", &[80]),
            ("chin", &[17, 18]),
        ],
    ),
    (
        83,
        &[
            ("left eye", &[44, 79]),
            ("right eye", &[61, 40]),
            ("outer corner", &[44]),
            ("inner corner", &[79]),
            ("mouth left", &[29]),
            ("mouth right", &[45]),
            ("chin", &[6]),
        ],
    ),
];

fn main() -> Result<(), Failure> {
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let folder = arguments.next().ok_or("usage: faces FOLDER [OUT]")?;
    let out = arguments.next();
    let mut pictures: Vec<PathBuf> = fs::read_dir(&folder)?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    pictures.retain(|path| {
        matches!(
            path.extension().and_then(|e| e.to_str()),
            Some("jpg" | "jpeg" | "png")
        )
    });
    pictures.sort();
    let mut times = Vec::new();
    let mut errors: BTreeMap<&str, Vec<f32>> = BTreeMap::new();
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for path in &pictures {
        let picture = open(path)?;
        let (faces, time) = timed(&picture)?;
        times.push(time);
        *counts.entry(faces.len()).or_default() += 1;
        describe(path, &picture, &faces, time);
        if let (Some(face), Some(template)) = (faces.first(), template(path)) {
            compare(&face.landmarks, &template, &mut errors);
        }
        if let Some(out) = &out {
            annotate(
                &picture,
                &faces,
                &out.join(path.file_name().unwrap_or_default()),
            )?;
        }
    }
    println!(
        "\n{} pictures; faces found: pictures {counts:?}",
        pictures.len()
    );
    times.sort();
    let last = times.len().saturating_sub(1);
    let at = |share: usize| times.get(last * share / 100).copied().unwrap_or_default();
    println!("find: median {:.1?}, p95 {:.1?}", at(50), at(95));
    for (what, mut errors) in errors {
        errors.sort_by(f32::total_cmp);
        let mean = errors.iter().sum::<f32>() / errors.len() as f32;
        let most = errors.last().copied().unwrap_or_default();
        println!("{what:12} error in % of the inter-eye distance: mean {mean:.2}, worst {most:.2}");
    }
    Ok(())
}

fn open(path: &Path) -> Result<Picture, Failure> {
    let image = image::open(path)?.into_rgb8();
    let (width, height) = image.dimensions();
    Ok(Picture::new(image.into_raw(), width, height)?)
}

fn timed(picture: &Picture) -> Result<(Vec<Face>, Duration), Failure> {
    let mut best = Duration::MAX;
    let mut faces = Vec::new();
    for _ in 0..RUNS {
        let start = Instant::now();
        faces = faces::find(picture)?;
        best = best.min(start.elapsed());
    }
    Ok((faces, best))
}

fn describe(path: &Path, picture: &Picture, faces: &[Face], time: Duration) {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    print!(
        "{name:32} {:4}x{:<4} {time:6.1?} {} face(s)",
        picture.width(),
        picture.height(),
        faces.len()
    );
    for face in faces {
        let pose = face.pose;
        print!(
            " | {:.2} eyes {:.0} px, yaw {:+.1} pitch {:+.1} roll {:+.1}",
            face.bounds.confidence,
            face.landmarks.eye_distance(),
            pose.yaw,
            pose.pitch,
            pose.roll
        );
    }
    println!();
}

/// What the template beside a picture says of the places that are compared.
fn template(path: &Path) -> Option<Vec<(&'static str, Point)>> {
    let text = fs::read_to_string(path.with_extension("tem")).ok()?;
    let mut lines = text.lines();
    let count: usize = lines.next()?.trim().parse().ok()?;
    let point = |line: &str| {
        let mut numbers = line.split_whitespace().map(str::parse::<f32>);
        Some(Point::new(numbers.next()?.ok()?, numbers.next()?.ok()?))
    };
    let points: Vec<Point> = lines.take(count).map_while(point).collect();
    let (_, layout) = LAYOUTS.iter().find(|(known, _)| *known == count)?;
    let mean = |indices: &[usize]| {
        let of = indices.iter().filter_map(|index| points.get(*index));
        let (x, y) = of.fold((0.0, 0.0), |(x, y), point| (x + point.x, y + point.y));
        Point::new(x / indices.len() as f32, y / indices.len() as f32)
    };
    let places = layout.iter().map(|(what, indices)| (*what, mean(indices)));
    (points.len() == count).then(|| places.collect())
}

fn compare(
    found: &Landmarks,
    template: &[(&'static str, Point)],
    errors: &mut BTreeMap<&str, Vec<f32>>,
) {
    let [mouth_left, mouth_right] = found.mouth_corners();
    let points = found.points();
    let ours = [
        ("left eye", found.left_eye()),
        ("right eye", found.right_eye()),
        ("outer corner", points[36]),
        ("inner corner", points[39]),
        ("mouth left", mouth_left),
        ("mouth right", mouth_right),
        ("nose", found.nose()),
        ("nose base", points[33]),
        ("chin", found.chin()),
    ];
    let [(_, left), (_, right), ..] = template else {
        return;
    };
    let mut line = String::new();
    for (what, theirs) in template {
        let Some((_, place)) = ours.iter().find(|(known, _)| known == what) else {
            continue;
        };
        let error = 100.0 * place.distance(*theirs) / left.distance(*right);
        errors.entry(what).or_default().push(error);
        line += &format!(" {what} {error:.1}");
    }
    println!("    %:{line}");
}

fn annotate(picture: &Picture, faces: &[Face], to: &Path) -> Result<(), Failure> {
    let mut image = RgbImage::from_raw(picture.width(), picture.height(), picture.rgb().to_vec())
        .ok_or("size")?;
    let radius = (picture.width() as i32 / 400).max(1);
    for face in faces {
        for point in face.landmarks.points() {
            dot(&mut image, *point, radius, Rgb([0, 255, 0]));
        }
        for eye in [face.landmarks.left_eye(), face.landmarks.right_eye()] {
            dot(&mut image, eye, radius, Rgb([255, 0, 0]));
        }
        let bounds = face.bounds;
        for step in 0..=200 {
            let share = step as f32 / 200.0;
            let (x, y) = (
                bounds.left + share * bounds.width,
                bounds.top + share * bounds.height,
            );
            for (x, y) in [
                (x, bounds.top),
                (x, bounds.top + bounds.height),
                (bounds.left, y),
                (bounds.left + bounds.width, y),
            ] {
                dot(&mut image, Point::new(x, y), radius / 2, Rgb([255, 255, 0]));
            }
        }
    }
    image.save(to)?;
    if let Some(face) = faces.first() {
        let cut = crop::portrait(
            picture,
            &face.landmarks,
            &crop::Geometry::CHIP,
            crop::Border::Extend,
        )?;
        let portrait = cut.picture;
        let image =
            RgbImage::from_raw(portrait.width(), portrait.height(), portrait.rgb().to_vec())
                .ok_or("size")?;
        image.save(to.with_extension("portrait.png"))?;
    }
    Ok(())
}

fn dot(image: &mut RgbImage, at: Point, radius: i32, colour: Rgb<u8>) {
    for (dy, dx) in (-radius..=radius).flat_map(|dy| (-radius..=radius).map(move |dx| (dy, dx))) {
        let (x, y) = (at.x as i32 + dx, at.y as i32 + dy);
        if let Some(pixel) = image.get_pixel_mut_checked(x as u32, y as u32) {
            *pixel = colour;
        }
    }
}
