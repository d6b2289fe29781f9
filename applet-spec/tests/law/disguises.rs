//! What stands between a chip and its reader and breaks a rule that the chip itself keeps.

use applet_spec::Chip;
use applet_spec::conformance::Device;
use crypto::{AgreementDomain, AgreementGenerator, AgreementKeyPair};
use iso7816::tlv::{self, Tag};
use iso7816::{ChannelError, CommandApdu, Ins};
use rand::rngs::StdRng;

use crate::specimen::rng;

/// A rule that is broken from outside.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Disguise {
    /// Keys of PACE that are none are answered as good ones are: the run fails at the tokens.
    TakesAnyPoint,
    /// A cryptogram of BAC that was right once is taken again.
    TakesReplays,
}

impl Disguise {
    pub const ALL: [Self; 2] = [Self::TakesAnyPoint, Self::TakesReplays];

    pub fn of(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|disguise| disguise.word() == word)
    }

    pub const fn word(self) -> &'static str {
        match self {
            Self::TakesAnyPoint => "takes-any-point",
            Self::TakesReplays => "takes-replays",
        }
    }

    pub const fn requirement(self) -> &'static str {
        match self {
            Self::TakesAnyPoint => "CMD-034",
            Self::TakesReplays => "CMD-022",
        }
    }

    pub fn around(self, chip: Chip) -> Box<dyn Device> {
        Box::new(Disguised {
            disguise: self,
            chip,
            parameter_id: 0,
            taken: None,
            rng: rng(9),
        })
    }
}

struct Disguised {
    disguise: Disguise,
    chip: Chip,
    /// Domain parameters that MSE:Set AT has named.
    parameter_id: u8,
    /// The last EXTERNAL AUTHENTICATE that was right, and its answer.
    taken: Option<(Vec<u8>, Vec<u8>)>,
    rng: StdRng,
}

const DONE: [u8; 2] = [0x90, 0x00];
const WRONG_DATA: [u8; 2] = [0x6A, 0x80];
/// Class of the steps of PACE before the last.
const CHAINED: u8 = 0x10;

impl Device for Disguised {
    fn reset(&mut self) -> Result<(), ChannelError> {
        self.taken = None;
        Device::reset(&mut self.chip)
    }

    fn exchange(&mut self, octets: &[u8]) -> Result<Vec<u8>, ChannelError> {
        let answer = self.chip.exchange(octets)?;
        let Ok(command) = CommandApdu::parse(octets) else {
            return Ok(answer);
        };
        let is_done = answer.ends_with(&DONE);
        match (self.disguise, command.ins) {
            (Disguise::TakesAnyPoint, Ins::MANAGE_SECURITY_ENVIRONMENT) => {
                let objects = tlv::read_all(&command.data).unwrap_or_default();
                let id = tlv::find(&objects, Tag::new(0x84)).and_then(|id| id.value.first());
                self.parameter_id = id.copied().unwrap_or(self.parameter_id);
                Ok(answer)
            }
            (Disguise::TakesAnyPoint, Ins::GENERAL_AUTHENTICATE)
                if answer == WRONG_DATA && command.cla == CHAINED =>
            {
                Ok(self.point(&command).unwrap_or(answer))
            }
            (Disguise::TakesReplays, Ins::EXTERNAL_AUTHENTICATE) if command.cla == 0 => {
                Ok(self.replayed(octets, answer, is_done))
            }
            _ => Ok(answer),
        }
    }
}

impl Disguised {
    /// A good key in the template of the command, where the command brings one at all.
    fn point(&mut self, command: &CommandApdu) -> Option<Vec<u8>> {
        let [template] = tlv::read_all(&command.data).ok()?.try_into().ok()?;
        let children = template.children().ok()?;
        let [object] = <[_; 1]>::try_from(children).ok()?;
        let tag = match (template.tag.get(), object.tag.get(), object.value) {
            (_, _, []) => return None,
            (0x7C, 0x81, _) => 0x82,
            (0x7C, 0x83, _) => 0x84,
            _ => return None,
        };
        let domain = AgreementDomain::from_standardized_id(self.parameter_id)?;
        let generator = AgreementGenerator::standard(domain);
        let pair = AgreementKeyPair::generate(&generator, &mut self.rng).ok()?;
        let key = tlv::encode(Tag::new(tag), pair.public().wire());
        Some([tlv::encode(Tag::new(0x7C), &key), DONE.to_vec()].concat())
    }

    fn replayed(&mut self, octets: &[u8], answer: Vec<u8>, is_done: bool) -> Vec<u8> {
        if is_done {
            self.taken = Some((octets.to_vec(), answer.clone()));
        }
        match &self.taken {
            Some((taken, before)) if taken == octets => before.clone(),
            _ => answer,
        }
    }
}
