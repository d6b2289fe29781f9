//! What a holder's card gets beside its profile: a PIN with its PUK, and the authorities whose terminals may read the fingers.

use std::ops::RangeInclusive;
use std::path::Path;

use anyhow::Result;
use crypto::SecretBytes;
use enrolment::profile::{Chip, CountedNumber};
use perso::{CountedPassword, HolderPin};
use protocols::password::{MAX_PIN_LEN, MAX_PUK_LEN, MIN_PIN_LEN, MIN_PUK_LEN};
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::args::HolderArgs;
use crate::eac_folder;
use crate::exit::Problem;
use crate::files;

/// How often in a row a PIN may be got wrong.
pub const PIN_TRIES: u8 = 3;
/// The same of the PUK.
pub const PUK_TRIES: u8 = 10;
/// Longest file of a PIN or PUK: 16 digits and the end of a line, with room.
const MAX_FILE: usize = 64;

/// Both, as an order takes them.
pub struct Extras {
    /// The PIN of the holder.
    pub pin: Option<HolderPin>,
    /// Self-signed certificates of the CVCA, the newest first.
    pub trust_points: Vec<Vec<u8>>,
}

impl Extras {
    /// Reads what was named.
    pub fn read(args: &HolderArgs, offers: &Chip<'_>, now: OffsetDateTime) -> Result<Self> {
        let tries =
            |rule: Option<CountedNumber>, otherwise| rule.map_or(otherwise, |rule| rule.tries);
        let puk = number(
            args.puk_file.as_deref(),
            ("PUK", MIN_PUK_LEN..=MAX_PUK_LEN),
            |digits| CountedPassword::puk(digits, tries(offers.puk, PUK_TRIES)),
        )?;
        let pin = number(
            args.pin_file.as_deref(),
            ("PIN", MIN_PIN_LEN..=MAX_PIN_LEN),
            |digits| CountedPassword::pin(digits, tries(offers.pin, PIN_TRIES)),
        )?;
        Ok(Self {
            pin: pin.map(|pin| HolderPin { pin, puk }),
            trust_points: match &args.eac {
                Some(path) => eac_folder::trust_points(path, now)?,
                None => Vec::new(),
            },
        })
    }

    /// The protocols of the profile, and those that come with what was named.
    pub fn offers<'a>(&self, profile: Chip<'a>) -> Result<Chip<'a>> {
        let rule = |number: &CountedPassword| CountedNumber {
            digits: number.digits().len(),
            tries: number.tries(),
        };
        let pin = self.pin.as_ref();
        let puk = pin.and_then(|pin| pin.puk.as_ref());
        let missing = [
            (profile.pin.is_some() && pin.is_none(), "--pin-file"),
            (profile.puk.is_some() && puk.is_none(), "--puk-file"),
        ];
        if let Some((_, option)) = missing.into_iter().find(|(is_missing, _)| *is_missing) {
            return Err(Problem::usage(
                format!("a card of this profile needs {option}"),
                "see --help",
            ));
        }
        Ok(Chip {
            terminal_authentication: profile.terminal_authentication
                || !self.trust_points.is_empty(),
            pin: profile.pin.or(pin.map(|pin| rule(&pin.pin))),
            puk: profile.puk.or(puk.map(rule)),
            ..profile
        })
    }
}

/// The number of a file. `rule` is its name, and how many digits it may have.
fn number(
    path: Option<&Path>,
    rule: (&str, RangeInclusive<usize>),
    counted: impl FnOnce(SecretBytes) -> perso::Result<CountedPassword>,
) -> Result<Option<CountedPassword>> {
    let Some(path) = path else {
        return Ok(None);
    };
    let text = Zeroizing::new(files::read_at_most(path, MAX_FILE)?);
    let made = counted(SecretBytes::from(text.trim_ascii()));
    made.map(Some).map_err(|_| {
        let (name, len) = rule;
        let (least, most) = len.into_inner();
        Problem::usage(
            format!("{} holds no {name}", path.display()),
            format!("a {name} has {least} to {most} digits, and nothing else is in the file"),
        )
    })
}
