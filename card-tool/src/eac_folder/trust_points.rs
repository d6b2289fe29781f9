//! The certificates that a chip is personalised with.

use std::path::Path;

use anyhow::{Context as _, Result};
use authorization_pki::examination::personalised;
use authorization_pki::{Entity, EntityKind, Refused, day_of};
use protocols::terminal_authentication::{Certificate, TrustPoint};
use time::OffsetDateTime;

use super::{certificates, look, refuse_other};

/// Of a CVCA: the newest key, and the one before while it is valid, which is what a chip can hold.
pub fn of_cvca(entity: &Entity, now: OffsetDateTime) -> Result<Vec<&Certificate>> {
    let today = day_of(now)?;
    let cvca = entity.state().cvca();
    let trust = cvca
        .ok_or(authorization_pki::Error::from(Refused::NoCertificate))?
        .on(today);
    let is_point = |certificate: &&Certificate| {
        let held = |point: &TrustPoint| *point.holder() == certificate.body().holder;
        let is_newest = trust.points().next().is_some_and(held);
        trust.points().any(held) && (is_newest || !certificate.body().period.is_over(today))
    };
    let keys = entity.state().keys().iter().rev();
    let certificates = keys.filter_map(|key| key.certificate());
    Ok(certificates.filter(is_point).collect())
}

/// Of a place: the folder of a CVCA, or the file that it has written for personalisation.
pub fn trust_points(path: &Path, now: OffsetDateTime) -> Result<Vec<Vec<u8>>> {
    if !path.is_dir() {
        let points = certificates(path)?;
        personalised(&points, day_of(now)?).with_context(|| {
            format!(
                "{} holds no trust points, as `eac cvca trust-point` writes them",
                path.display()
            )
        })?;
        return Ok(points.iter().map(Certificate::to_bytes).collect());
    }
    let entity = look(path)?;
    refuse_other(path, &entity, EntityKind::Cvca)?;
    let points = of_cvca(&entity, now).with_context(|| path.display().to_string())?;
    Ok(points.into_iter().map(Certificate::to_bytes).collect())
}
