//! Several fingers at once.

use biometrics::Result;
use biometrics::finger::FingerPosition;
use enrolment::Bilingual;
use fingerprints::slap::{Digit, Expected, Finding, Hand, segment};
use fingerprints::{Error as PrintError, Print};

use super::finger::{self, check_segment};
use super::picture::SLAP;
use super::{CheckedPrint, FingerLimits, Remark, Weight, passes};

/// Which fingers lie on the glass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlapKind {
    /// Index to little finger of the right hand.
    Right,
    /// Index to little finger of the left hand.
    Left,
    /// Both thumbs, side by side.
    Thumbs,
}

impl SlapKind {
    /// The kind of a word in an address.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "right" => Some(Self::Right),
            "left" => Some(Self::Left),
            "thumbs" => Some(Self::Thumbs),
            _ => None,
        }
    }

    /// The word of the subject in a packet.
    #[must_use]
    pub const fn subject(self) -> &'static str {
        match self {
            Self::Right => "right-four",
            Self::Left => "left-four",
            Self::Thumbs => "thumbs",
        }
    }

    /// The fingers, from left to right as they lie on the glass.
    #[must_use]
    pub fn positions(self) -> Vec<FingerPosition> {
        match self {
            Self::Right => (2..=5).map(FingerPosition).collect(),
            Self::Left => (7..=10).rev().map(FingerPosition).collect(),
            Self::Thumbs => vec![FingerPosition::LEFT_THUMB, FingerPosition::RIGHT_THUMB],
        }
    }
}

/// A slap that was looked at.
#[derive(Debug, Clone)]
pub struct CheckedSlap {
    /// The fingers that were found.
    pub fingers: Vec<CheckedPrint>,
    /// Whose hand it is, if the lengths of its fingers tell.
    pub hand: Option<Hand>,
    /// What is not as asked for. While something refuses here, no finger of it is taken.
    pub remarks: Vec<Remark>,
}

impl CheckedSlap {
    /// Whether the fingers may be taken: the hand and their number are right.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        passes(&self.remarks)
    }

    /// The word of the hand.
    #[must_use]
    pub const fn hand_word(&self) -> Option<&'static str> {
        match self.hand {
            Some(Hand::Right) => Some("right"),
            Some(Hand::Left) => Some("left"),
            None => None,
        }
    }
}

const COUNT: Bilingual = Bilingual {
    en: "Not as many fingers lie on the glass as should: lay all fingers down flat, or say which are missing.",
    vi: "Số ngón trên mặt kính không đúng: đặt phẳng tất cả các ngón, hoặc khai ngón không thu được.",
};
const WRONG_HAND: Bilingual = Bilingual {
    en: "This is the other hand: lay the hand down that is asked for.",
    vi: "Đây là bàn tay kia: đặt đúng bàn tay được yêu cầu.",
};
const UNSURE: Bilingual = Bilingual {
    en: "Which hand it is cannot be told from the lengths of the fingers: look yourself.",
    vi: "Không xác định được tay nào qua độ dài các ngón: hãy tự kiểm tra.",
};
const CUT_OFF: Bilingual = Bilingual {
    en: "A finger reaches the border of the glass: move the hand to its middle.",
    vi: "Có ngón tay chạm mép mặt kính: dịch bàn tay vào giữa.",
};
const NO_SLAP: Bilingual = Bilingual {
    en: "The picture is no slap of a finger scanner at the resolution that it states.",
    vi: "Ảnh không phải ảnh nhiều ngón của máy quét ở độ phân giải đã ghi.",
};

/// Looks at a slap and at each finger of it. `missing` are fingers that are known to give no print.
///
/// # Errors
/// Those of the decoder; [`SLAP`] is the limit.
pub fn check_slap(
    file: &[u8],
    kind: SlapKind,
    missing: &[FingerPosition],
    limits: &FingerLimits,
) -> Result<CheckedSlap> {
    let (image, ppi) = finger::read(file, &SLAP, limits)?;
    let mut checked = CheckedSlap {
        fingers: Vec::new(),
        hand: None,
        remarks: Vec::new(),
    };
    let (width, height) = (image.width(), image.height());
    // Without a resolution nothing else can be said: 0 is refused by the library's own limits.
    let print = Print::new(image.samples().to_vec(), width, height, ppi.unwrap_or(0));
    let slap = match print.and_then(|print| segment(&print)) {
        Ok(slap) => slap,
        Err(error) => {
            checked.remarks.push(refused(error));
            return Ok(checked);
        }
    };
    checked.hand = slap.hand;
    let present: Vec<_> = kind
        .positions()
        .into_iter()
        .filter(|position| !missing.contains(position))
        .collect();
    checked.remarks = match hand_of(kind) {
        Some(hand) => remarks(&slap.check(&expected(hand, missing))),
        None if slap.segments.len() != present.len() => vec![refuse("slap-fingers", COUNT)],
        None => Vec::new(),
    };
    if slap.segments.len() == present.len() {
        for (segment, position) in slap.segments.iter().zip(present) {
            let print = check_segment(&segment.print, position, limits)?;
            checked.fingers.push(print);
        }
    }
    Ok(checked)
}

const fn hand_of(kind: SlapKind) -> Option<Hand> {
    match kind {
        SlapKind::Right => Some(Hand::Right),
        SlapKind::Left => Some(Hand::Left),
        SlapKind::Thumbs => None,
    }
}

fn expected(hand: Hand, missing: &[FingerPosition]) -> Expected {
    let is_missing = |digit: &Digit| missing.contains(&FingerPosition(digit.position(hand)));
    Expected {
        hand,
        missing: Digit::ALL.into_iter().filter(is_missing).collect(),
    }
}

fn refuse(rule: &str, text: Bilingual) -> Remark {
    Remark::new(rule, Weight::Refuse, text)
}

fn remarks(findings: &[Finding]) -> Vec<Remark> {
    let mut said: Vec<Remark> = Vec::new();
    for finding in findings {
        let remark = match finding {
            Finding::WrongHand(_) => refuse("slap-hand", WRONG_HAND),
            Finding::HandUnsure => Remark::new("slap-hand-unsure", Weight::Warn, UNSURE),
            Finding::CutOff(_) => Remark::new("slap-cut-off", Weight::Warn, CUT_OFF),
            _ => refuse("slap-fingers", COUNT),
        };
        if !said.contains(&remark) {
            said.push(remark);
        }
    }
    said
}

fn refused(error: PrintError) -> Remark {
    match error {
        PrintError::Resolution { ppi: 0 } => {
            let text = Bilingual {
                en: "The file does not say its resolution: set `scanner-ppi` in capture.toml.",
                vi: "Tệp không ghi độ phân giải: khai `scanner-ppi` trong capture.toml.",
            };
            refuse("finger-resolution-unknown", text)
        }
        _ => refuse("slap-picture", NO_SLAP),
    }
}
