use super::{MAX_COORDINATE, MAX_VIEWS, Mark, Template, View};
use crate::minutiae::{Kind, MAX_MINUTIAE};
use crate::{Error, Result};

/// Writes a record (ISO 19794-2:2005).
///
/// # Errors
/// [`Error::Unwritable`] when a number does not fit where the record has it.
pub fn write(template: &Template) -> Result<Vec<u8>> {
    let views = u8::try_from(template.views.len());
    let views = views.map_err(|_| Error::Unwritable("the number of views"))?;
    debug_assert!(usize::from(views) <= MAX_VIEWS);
    let mut body = Vec::new();
    body.extend(template.device.to_be_bytes());
    body.extend(template.width.to_be_bytes());
    body.extend(template.height.to_be_bytes());
    body.extend(template.resolution.0.to_be_bytes());
    body.extend(template.resolution.1.to_be_bytes());
    body.extend([views, 0]);
    for view in &template.views {
        write_view(view, &mut body)?;
    }
    let mut record = b"FMR\0 20\0".to_vec();
    let length =
        u32::try_from(body.len() + 12).map_err(|_| Error::Unwritable("the record's length"))?;
    record.extend(length.to_be_bytes());
    record.append(&mut body);
    Ok(record)
}

fn write_view(view: &View, body: &mut Vec<u8>) -> Result<()> {
    let fits = |fits: bool, what| fits.then_some(()).ok_or(Error::Unwritable(what));
    fits(view.number < 16, "the number of the view")?;
    fits(view.impression < 16, "the impression")?;
    fits(view.quality <= 100, "the quality of a view")?;
    fits(
        view.minutiae.len() <= MAX_MINUTIAE,
        "the number of minutiae",
    )?;
    let count = view.minutiae.len() as u8;
    body.extend([
        view.position,
        view.number << 4 | view.impression,
        view.quality,
        count,
    ]);
    for mark in &view.minutiae {
        write_mark(mark, body)?;
    }
    let extended = u16::try_from(view.extended.len());
    let extended = extended.map_err(|_| Error::Unwritable("the extended data"))?;
    body.extend(extended.to_be_bytes());
    body.extend(&view.extended);
    Ok(())
}

fn write_mark(mark: &Mark, body: &mut Vec<u8>) -> Result<()> {
    if mark.x > MAX_COORDINATE || mark.y > MAX_COORDINATE || mark.quality > 100 {
        return Err(Error::Unwritable("a minutia"));
    }
    let kind: u16 = match mark.kind {
        Kind::Other => 0b00,
        Kind::Ending => 0b01,
        Kind::Bifurcation => 0b10,
    };
    body.extend((kind << 14 | mark.x).to_be_bytes());
    body.extend(mark.y.to_be_bytes());
    body.extend([mark.angle, mark.quality]);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::minutiae::{Minutia, Minutiae};
    use crate::template::read;

    fn minutiae() -> Minutiae {
        let point = |n: usize| Minutia {
            x: 3.0 * n as f32,
            y: 2.0 * n as f32,
            angle: n as f32 * 0.1,
            kind: [Kind::Ending, Kind::Bifurcation, Kind::Other][n % 3],
            quality: (n % 101) as u8,
        };
        Minutiae {
            width: 800,
            height: 750,
            ppi: 500,
            area: 9,
            points: (0..300).map(point).collect(),
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let template = Template::of(&minutiae(), 7, 200).unwrap();
        assert_eq!(
            (template.views[0].quality, template.views[0].minutiae.len()),
            (100, 255)
        );
        let record = write(&template).unwrap();
        assert_eq!(record.len(), 24 + 4 + 6 * 255 + 2);
        let (read, deviations) = read(&record).unwrap();
        assert_eq!((read, deviations), (template, Vec::new()));
    }

    #[test]
    fn what_does_not_fit_is_not_written() {
        let with = |change: &dyn Fn(&mut Minutiae)| {
            let mut minutiae = minutiae();
            change(&mut minutiae);
            Template::of(&minutiae, 1, 1).map(|_| ())
        };
        let place = Err(Error::Unwritable("a minutia's place"));
        assert_eq!(with(&|m| m.points[0].x = -1.0), place);
        assert_eq!(with(&|m| m.points[0].y = f32::NAN), place);
        assert_eq!(with(&|m| m.points[0].x = 16_384.0), place);
        assert_eq!(
            with(&|m| m.width = 65_536),
            Err(Error::Unwritable("a side of the picture"))
        );
        let template = Template::of(&minutiae(), 1, 1).unwrap();
        let changes: [fn(&mut View); 5] = [
            |view| view.number = 16,
            |view| view.quality = 101,
            |view| view.minutiae[0].x = 16_384,
            |view| view.extended = vec![0; 65_536],
            |view| view.minutiae = vec![view.minutiae[0]; 256],
        ];
        for change in changes {
            let mut changed = template.clone();
            change(&mut changed.views[0]);
            assert!(matches!(write(&changed), Err(Error::Unwritable(_))));
        }
        let mut many = template;
        many.views = vec![many.views[0].clone(); 256];
        assert!(write(&many).is_err());
    }
}
