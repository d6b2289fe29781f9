//! Measures faces in a folder of pictures: what is found, how far the landmarks are from those of a
//! `.tem` file beside a picture (189 points, as of `webmorphR`), pose and time.
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
/// What is compared, and how it is read from a template of 189 points: the mean of these points.
const COMPARED: [(&str, &[usize]); 8] = [
    ("left eye", &[18, 22]),
    ("right eye", &[23, 27]),
    ("eye corners", &[]),
    ("mouth left", &[87]),
    ("mouth right", &[93]),
    ("nose", &[54, 60]),
    ("nose base", &[55]),
    ("chin", &[129]),
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

/// The points beside a picture, when there are 189 of them.
fn template(path: &Path) -> Option<Vec<Point>> {
    let text = fs::read_to_string(path.with_extension("tem")).ok()?;
    let mut lines = text.lines();
    let count: usize = lines.next()?.trim().parse().ok()?;
    let point = |line: &str| {
        let mut numbers = line.split_whitespace().map(str::parse::<f32>);
        Some(Point::new(numbers.next()?.ok()?, numbers.next()?.ok()?))
    };
    let points: Vec<Point> = lines.take(count).map_while(point).collect();
    (count == 189 && points.len() == count).then_some(points)
}

fn compare(found: &Landmarks, template: &[Point], errors: &mut BTreeMap<&str, Vec<f32>>) {
    let mean = |indices: &[usize]| {
        let sum = indices.iter().filter_map(|index| template.get(*index));
        let (x, y) = sum.fold((0.0, 0.0), |(x, y), point| (x + point.x, y + point.y));
        Point::new(x / indices.len() as f32, y / indices.len() as f32)
    };
    let distance = mean(&[18, 22]).distance(mean(&[23, 27]));
    let [mouth_left, mouth_right] = found.mouth_corners();
    let points = found.points();
    let (nose_base, outer_left, inner_left) = (points[33], points[36], points[39]);
    let mut line = String::new();
    for (what, indices) in COMPARED {
        let place = match what {
            "left eye" => found.left_eye(),
            "right eye" => found.right_eye(),
            "mouth left" => mouth_left,
            "mouth right" => mouth_right,
            "nose" => found.nose(),
            "nose base" => nose_base,
            "chin" => found.chin(),
            _ => {
                let corners = mean(&[18])
                    .distance(outer_left)
                    .max(mean(&[22]).distance(inner_left));
                errors
                    .entry(what)
                    .or_default()
                    .push(100.0 * corners / distance);
                continue;
            }
        };
        let error = 100.0 * place.distance(mean(indices)) / distance;
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
