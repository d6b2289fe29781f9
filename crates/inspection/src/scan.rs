//! What opens a chip, out of what a scanner or a person types at the counter.
//!
//! | typed | what it is |
//! |---|---|
//! | 3 × 30, 2 × 36, 2 × 44 characters, in lines or as one | the machine readable zone |
//! | six digits | the CAN |
//! | `number,YYMMDD,YYMMDD` | document number, birth and expiry, where somebody types them |
//! | seven fields between `\|`, the first of twelve digits | the QR code of a Vietnamese card: its number ends with the CAN |
//!
//! Scanners put something in front and behind: control characters (STX, ETX, carriage returns), blanks, an AIM identifier
//! (`]` and two characters, ISO 15424). Lower case comes from a keyboard whose shift is locked.
//!
//! Of the QR code only the number is looked at, and of the number its last six digits. Nothing of it is compared with the chip: it
//! is not signed.

use mrz::{Mrz, MrzInformation};
use protocols::Password;
use zeroize::Zeroizing;

/// Longest text that is looked at: a zone has 90 characters, a QR code some hundreds.
pub const MAX_SCAN: usize = 2048;
/// Most lines of a zone.
const MAX_LINES: usize = 3;
/// Lengths of the lines of a zone, and how many of them make one (Doc 9303-4, -5 and -6, §4.2).
const ZONES: [(usize, usize); 3] = [(30, 3), (36, 2), (44, 2)];
/// Digits of the CAN.
const CAN_LEN: usize = 6;
/// Digits of the number of a Vietnamese card.
const NUMBER_LEN: usize = 12;
/// Between the fields of the QR code of a Vietnamese card.
const FIELD_END: char = '|';
/// Fewest fields of that code.
const MIN_FIELDS: usize = 6;

/// What opens a chip.
#[derive(Debug)]
pub struct Opening {
    /// The password.
    pub password: Password,
    /// The zone, where it was scanned whole: for comparison with EF.DG1.
    pub printed: Option<Mrz>,
    /// Where it came from.
    pub scan: Scan,
}

/// What was scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scan {
    /// The machine readable zone.
    Zone,
    /// Document number, birth and expiry.
    ZoneParts,
    /// The six digits of the CAN.
    Can,
    /// The QR code of a Vietnamese card: the CAN is the end of its number.
    QrCode,
}

impl Scan {
    /// Stable word for programs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Zone => "mrz",
            Self::ZoneParts => "mrz-parts",
            Self::Can => "can",
            Self::QrCode => "qr",
        }
    }
}

/// Why something typed opens nothing. It does not repeat what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScanError {
    /// It has the shape of nothing that opens a chip.
    #[error(
        "this opens no card: scan the machine readable zone or the QR code, or type the six digits of the CAN"
    )]
    Unknown,
    /// It has the shape of a zone, and a check digit or a character is wrong.
    #[error("the machine readable zone was misread: {0}; scan it again")]
    Misread(mrz::Finding),
    /// One of the three parts that were typed is wrong.
    #[error("document number, date of birth or date of expiry is mistyped: number,YYMMDD,YYMMDD")]
    Mistyped,
}

/// Collects lines until they open something.
#[derive(Default)]
pub struct Scanner {
    lines: Vec<Zeroizing<String>>,
}

impl Scanner {
    /// Takes one line. `None` means that more lines of a zone are to come.
    ///
    /// # Errors
    /// Why the line, with those before it, opens nothing. They are forgotten.
    pub fn line(&mut self, line: &str) -> Result<Option<Opening>, ScanError> {
        if line.len() > MAX_SCAN {
            self.forget();
            return Err(ScanError::Unknown);
        }
        // A scanner may end its lines with a carriage return alone.
        let parts: Vec<Zeroizing<String>> = line
            .split(['\r', '\n'])
            .map(bare)
            .filter(|part| !part.is_empty())
            .collect();
        let mut opened = Ok(None);
        for part in parts {
            opened = self.part(part);
            if !matches!(opened, Ok(None)) {
                break;
            }
        }
        opened
    }

    /// Forgets what was scanned so far.
    pub fn forget(&mut self) {
        self.lines.clear();
    }

    /// Whether the first lines of a zone are there.
    #[must_use]
    pub const fn has_begun(&self) -> bool {
        !self.lines.is_empty()
    }

    fn part(&mut self, part: Zeroizing<String>) -> Result<Option<Opening>, ScanError> {
        if let Some(opened) = whole(&part) {
            self.forget();
            return opened.map(Some);
        }
        let wanted = ZONES.iter().find(|(len, _)| part.chars().count() == *len);
        let continues = self
            .lines
            .first()
            .is_none_or(|first| first.len() == part.len());
        let Some((_, count)) = wanted.filter(|_| is_zone(&part)) else {
            self.forget();
            return Err(ScanError::Unknown);
        };
        if !continues {
            // A zone of another card: the lines before it are nobody's.
            self.forget();
        }
        self.lines.push(part);
        if self.lines.len() < (*count).min(MAX_LINES) {
            return Ok(None);
        }
        let lines: Vec<&str> = self.lines.iter().map(|line| line.as_str()).collect();
        let joined = Zeroizing::new(lines.concat());
        self.forget();
        zone(&joined).map(Some)
    }
}

/// What opens a chip without more lines.
fn whole(text: &str) -> Option<Result<Opening, ScanError>> {
    if text.len() == CAN_LEN && digits(text) {
        return Some(can(text, Scan::Can));
    }
    if text.matches(FIELD_END).count() + 1 >= MIN_FIELDS {
        return Some(qr_code(text));
    }
    if text.matches(',').count() == 2 {
        return Some(parts(text));
    }
    let is_joined = ZONES.iter().any(|(len, count)| text.len() == len * count);
    (is_joined && is_zone(text)).then(|| zone(text))
}

fn can(digits: &str, scan: Scan) -> Result<Opening, ScanError> {
    let password = Password::can(digits).map_err(|_| ScanError::Unknown)?;
    Ok(Opening {
        password,
        printed: None,
        scan,
    })
}

/// The number of a Vietnamese card ends with its CAN.
fn qr_code(text: &str) -> Result<Opening, ScanError> {
    let number = text.split(FIELD_END).next().unwrap_or_default();
    if number.len() != NUMBER_LEN || !digits(number) {
        return Err(ScanError::Unknown);
    }
    let end = number.get(NUMBER_LEN - CAN_LEN..).unwrap_or_default();
    can(end, Scan::QrCode)
}

fn parts(text: &str) -> Result<Opening, ScanError> {
    let upper = Zeroizing::new(text.to_ascii_uppercase());
    let mut parts = upper.split(',').map(str::trim);
    let mut next = || parts.next().unwrap_or_default();
    let information = MrzInformation::from_parts(next(), next(), next());
    let information = information.map_err(|_| ScanError::Mistyped)?;
    Ok(Opening {
        password: Password::mrz(&information),
        printed: None,
        scan: Scan::ZoneParts,
    })
}

fn zone(joined: &str) -> Result<Opening, ScanError> {
    let upper = Zeroizing::new(joined.to_ascii_uppercase());
    let (mrz, findings) = Mrz::parse(&upper).map_err(|_| ScanError::Unknown)?;
    if let Some(finding) = findings.first() {
        return Err(ScanError::Misread(*finding));
    }
    Ok(Opening {
        password: Password::mrz(&mrz.information()),
        printed: Some(mrz),
        scan: Scan::Zone,
    })
}

/// Without what a scanner puts in front and behind.
fn bare(line: &str) -> Zeroizing<String> {
    let around = |character: char| character.is_control() || character.is_whitespace();
    let line = line.trim_matches(around);
    let line = match line.strip_prefix(']') {
        // AIM: a letter for the symbology, a modifier.
        Some(rest) => {
            let after = rest.char_indices().nth(2);
            after.and_then(|(at, _)| rest.get(at..)).unwrap_or_default()
        }
        None => line,
    };
    Zeroizing::new(line.trim_matches(around).to_owned())
}

fn is_zone(text: &str) -> bool {
    let allowed = |character: char| character.is_ascii_alphanumeric() || character == '<';
    text.chars().all(allowed)
}

fn digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use protocols::PasswordKind;

    use super::*;

    const TD1: [&str; 3] = [
        "IDVNM0990000017001099000001<<8",
        "9902015M2402011VNM<<<<<<<<<<<8",
        "HO<<TEN<MAU<<<<<<<<<<<<<<<<<<<",
    ];
    const TD3: [&str; 2] = [
        "PPUTOSPECIMEN<<TEST<<<<<<<<<<<<<<<<<<<<<<<<<",
        "X123456785UTO9001011F3501014<<<<<<<<<<<<<<06",
    ];
    const QR: &str =
        "001099000001|012345678|HỌ TÊN MẪU|01021999|Nam|Số 1, Phố Mẫu, Ba Đình, Hà Nội|10052021";

    fn scanned(lines: &[&str]) -> Result<Option<(Scan, PasswordKind, bool)>, ScanError> {
        let mut scanner = Scanner::default();
        let mut last = Ok(None);
        for line in lines {
            last = scanner.line(line);
            if last.is_err() {
                break;
            }
        }
        last.map(|opening| {
            opening.map(|opening| {
                assert!(!scanner.has_begun(), "what opened is forgotten");
                (
                    opening.scan,
                    opening.password.kind(),
                    opening.printed.is_some(),
                )
            })
        })
    }

    #[test]
    fn what_scanners_type() {
        let zone = Ok(Some((Scan::Zone, PasswordKind::Mrz, true)));
        let can = Ok(Some((Scan::Can, PasswordKind::Can, false)));
        let qr = Ok(Some((Scan::QrCode, PasswordKind::Can, false)));
        let parts = Ok(Some((Scan::ZoneParts, PasswordKind::Mrz, false)));
        let misread = TD1[0].replace("0017", "0018");
        for (lines, expected) in [
            (&TD1[..], &zone),
            (&TD3, &zone),
            (&[&TD1.concat()], &zone),
            (&[&TD3.concat()], &zone),
            (&[&TD3.join("\r")], &zone),
            (&[&format!("\u{2}{}\r\u{3}", TD3.join("\r"))], &zone),
            (&[&format!("  {}\t", TD1[0]), "", TD1[1], TD1[2]], &zone),
            (&[&format!("]L0{}", TD1[0]), TD1[1], TD1[2]], &zone),
            (&[&TD3.concat().to_lowercase()], &zone),
            (&TD1[..2], &Ok(None)),
            // A second card before the first zone was whole.
            (&[TD1[0], TD3[0], TD3[1]], &zone),
            (&["123456"], &can),
            (&["\u{2}123456\r\n"], &can),
            (&[QR], &qr),
            (&[&format!("]Q3{QR}\r")], &qr),
            (
                &["001099000001||HO TEN MAU|01021999|Nam|Ha Noi|10052021"],
                &qr,
            ),
            (&["X12345678, 900101,350101"], &parts),
            (&["X12345678,901301,350101"], &Err(ScanError::Mistyped)),
            (&["12345"], &Err(ScanError::Unknown)),
            (&["hello"], &Err(ScanError::Unknown)),
            (&["X01099000001||||||"], &Err(ScanError::Unknown)),
            (&[&"<".repeat(MAX_SCAN + 1)], &Err(ScanError::Unknown)),
            (&["]"], &Ok(None)),
            (&[], &Ok(None)),
        ] {
            assert_eq!(&scanned(lines), expected, "{lines:?}");
        }
        let error = scanned(&[&misread, TD1[1], TD1[2]]).unwrap_err();
        assert!(matches!(error, ScanError::Misread(_)), "{error}");
        assert!(!error.to_string().contains("099000001"));
    }
}
