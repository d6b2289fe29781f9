//! `capture.toml`: what is asked of pictures at a station, and where a scanner's program writes.

use std::path::{Path, PathBuf};

use enrolment::{IssuerProfile, profiles};
use faces::measure::MeasureId;
use faces::thresholds::{Band, Scale, Thresholds};
use serde::{Deserialize, Serialize};

use super::capture::FingerLimits;
use super::refusal::CaptureError;
use crate::{Error, Result, files};

/// The name of the file.
pub const FILE: &str = "capture.toml";
/// Longest file that is read.
const MAX_FILE: usize = 64 * 1024;

/// What is asked of pictures.
///
/// ```toml
/// profile = "vn-cccd-2021"
/// inbox = "/var/spool/scanner"    # without this line no folder is watched
///
/// [fingers]
/// good = 40
/// least = 20
/// scanner-ppi = 500               # for files that do not say their resolution
/// wanted = ["right-index", "left-index", "right-thumb", "left-thumb"]   # without this line all ten, for a passport both index fingers
///
/// [[portrait]]
/// measure = "HeadPoseYaw"
/// refuse = [-8.0, 8.0]            # or `warn`; `scale = "quality"` for 0 to 100
/// source = "order 12/2026"
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CaptureConfig {
    /// The document that is enrolled for.
    pub profile: String,
    /// The folder that a scanner's program writes to; a relative path starts from the station's folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inbox: Option<PathBuf>,
    /// What is asked of prints.
    #[serde(default)]
    pub fingers: FingerLimits,
    /// Limits of portraits other than those of the library.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub portrait: Vec<PortraitLimit>,
}

/// One limit of a portrait.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PortraitLimit {
    /// The name of the measure.
    pub measure: String,
    /// Outside of it the operator is warned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warn: Option<[f64; 2]>,
    /// Outside of it the portrait is refused. Measures that depend on the tone of the skin cannot refuse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refuse: Option<[f64; 2]>,
    /// Whether the ends are qualities from 0 to 100 instead of values.
    #[serde(default)]
    pub scale: LimitScale,
    /// Who says so.
    pub source: String,
}

/// What the ends of a limit are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LimitScale {
    /// The value in the measure's own unit.
    #[default]
    Native,
    /// The quality from 0 to 100.
    Quality,
}

impl CaptureConfig {
    /// What a new station has.
    #[must_use]
    pub fn of(profile: &str) -> Self {
        Self {
            profile: profile.to_owned(),
            inbox: None,
            fingers: FingerLimits::default(),
            portrait: Vec::new(),
        }
    }

    /// Reads the file in a station's folder.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::Toml`]; [`Error::UnknownProfile`]; [`CaptureError::PortraitLimit`] for a measure that is unknown or must not
    /// refuse.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE);
        let text = files::read_text(&path, MAX_FILE)?;
        let mut config: Self = toml::from_str(&text).map_err(|source| Error::Toml {
            path,
            source: Box::new(source),
        })?;
        config.profile()?;
        config.thresholds()?;
        config.inbox = config.inbox.map(|inbox| folder.join(inbox));
        Ok(config)
    }

    /// Writes the file.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join(FILE);
        let text = toml::to_string(self).map_err(|_| Error::NotText(path.clone()))?;
        files::write_private(&path, text.as_bytes())
    }

    /// The document that is enrolled for.
    ///
    /// # Errors
    /// [`Error::UnknownProfile`].
    pub fn profile(&self) -> Result<&'static dyn IssuerProfile> {
        profiles::by_id(&self.profile).ok_or(Error::UnknownProfile)
    }

    /// The limits of portraits: those of the library with what is set here.
    ///
    /// # Errors
    /// [`CaptureError::PortraitLimit`].
    pub fn thresholds(&self) -> Result<Thresholds> {
        let mut thresholds = Thresholds::default();
        for limit in &self.portrait {
            let wrong = || CaptureError::PortraitLimit(limit.measure.clone());
            let id = MeasureId::named(&limit.measure).ok_or_else(wrong)?;
            let band = |[least, most]: [f64; 2]| Band {
                scale: match limit.scale {
                    LimitScale::Native => Scale::Native,
                    LimitScale::Quality => Scale::Quality,
                },
                least,
                most,
            };
            if let Some(ends) = limit.warn {
                thresholds.set_warning(id, band(ends), limit.source.clone());
            }
            if let Some(ends) = limit.refuse {
                let gate = id.gate().ok_or_else(wrong)?;
                thresholds.set_refusal(gate, band(ends), limit.source.clone());
            }
        }
        Ok(thresholds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(limit: &str) -> Result<CaptureConfig> {
        let folder = tempfile::tempdir().unwrap();
        let text = format!("profile = \"uto-passport\"\ninbox = \"in\"\n{limit}");
        std::fs::write(folder.path().join(FILE), text).unwrap();
        CaptureConfig::read(folder.path())
    }

    #[test]
    fn limits_are_set_and_none_refuses_for_skin() {
        let limit = |measure: &str, kind: &str| {
            format!(
                "[[portrait]]\nmeasure = \"{measure}\"\n{kind} = [40.0, 100.0]\nscale = \"quality\"\nsource = \"test\"\n"
            )
        };
        let config = check(&limit("HeadPoseYaw", "refuse")).unwrap();
        assert!(config.inbox.unwrap().ends_with("in"));
        assert_eq!(config.fingers, FingerLimits::default());
        check(&limit("LuminanceMean", "warn")).unwrap();
        for (measure, kind) in [("LuminanceMean", "refuse"), ("Beauty", "warn")] {
            let refused = check(&limit(measure, kind));
            assert!(
                matches!(refused, Err(Error::Capture(CaptureError::PortraitLimit(name))) if name == measure)
            );
        }
        for wrong in ["shop = 1\n", "[fingers]\nwanted = [\"right-toe\"]\n"] {
            assert!(matches!(check(wrong), Err(Error::Toml { .. })), "{wrong}");
        }
    }

    #[test]
    fn the_fingers_asked_for_follow_from_document_age_and_setting() {
        let check = |setting: &str, profile: &str, age: Option<i32>, expected: usize| {
            let config = check(&format!("[fingers]\nscanner-ppi = 500\n{setting}")).unwrap();
            let data = profiles::by_id(profile).unwrap().data();
            let wanted = config.fingers.wanted_for(data, age);
            assert_eq!(
                wanted.fingers().count(),
                expected,
                "{setting} {profile} {age:?}"
            );
        };
        let two = "wanted = [\"right-thumb\", \"left-thumb\"]\n";
        check("", "vn-cccd-2021", None, 10);
        check("", "vn-can-cuoc-2024", Some(6), 10);
        check("", "vn-can-cuoc-2024", Some(5), 0);
        check("", "uto-passport", Some(12), 2);
        check("", "uto-passport", Some(11), 0);
        check(two, "vn-cccd-2021", Some(40), 2);
        check(two, "vn-cccd-2021", Some(3), 0);
        check("wanted = []\n", "vn-cccd-2021", None, 0);
    }

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let config = CaptureConfig::of("vn-cccd-2021");
        config.write(folder.path()).unwrap();
        assert_eq!(CaptureConfig::read(folder.path()).unwrap(), config);
        CaptureConfig::of("none").write(folder.path()).unwrap();
        assert!(matches!(
            CaptureConfig::read(folder.path()),
            Err(Error::UnknownProfile)
        ));
    }
}
