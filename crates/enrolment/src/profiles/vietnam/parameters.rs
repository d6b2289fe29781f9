//! What the law leaves to a card, and what nobody outside has seen.

use core::ops::RangeInclusive;

use time::Date;

use crate::field::Field;

/// The parameters of a Vietnamese card.
///
/// *Observed* is what independent public sources or cards say, *assumed* what one source says or what is inferred: an
/// issuer that knows better changes it here and nowhere else.
#[derive(Debug)]
pub struct Parameters {
    /// The text of place 8 of EF.DG13: origin on cards of 2021 (observed), the place of birth registration on cards of
    /// 2024 (assumed).
    pub place: Field,
    /// The text of place 9 of EF.DG13: permanent residence (observed; "residence" on cards of 2024, assumed).
    pub residence: Field,
    /// The age from which there is a card: 14 by the law of 2014, 0 by that of 2023.
    pub first_card_from: i32,
    /// The age below which a representative acts for the holder (ministry procedure 26099: 14).
    pub represented_below: i32,
    /// The age below which no fingerprints are taken (2023 law: 6).
    pub fingers_from: i32,
    /// The first three digits of numbers whose birth was registered abroad (Circular 07/2016 annex 2). Assumed: the
    /// table was not obtained, provinces end at 096.
    pub country_codes: RangeInclusive<u16>,
    /// Which codes new numbers have since 63 provinces became 34.
    pub codes_after_merger: CodesAfterMerger,
    /// Since when addresses have two levels, commune and province.
    pub two_levels_since: Date,
    /// The least ages of marriage.
    pub marriage: MarriageAges,
    /// Ages of parents at the birth of a child.
    pub parents: ParentAges,
    /// The last day on which nine-digit identity numbers were valid (observed: 2024-12-31).
    pub last_day_of_cmnd: Date,
    /// The age from which nine-digit numbers were given.
    pub cmnd_from: i32,
    /// The QR code, part by part, separated by `|`. Observed for 2021; for 2024 assumed: the parts of 2021, then those of
    /// the draft of Circular 16/2024.
    pub qr: &'static [QrPart],
}

/// Which province codes new numbers begin with since the merger of 2025. Not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodesAfterMerger {
    /// Only those kept by the 34 provinces: others warn.
    Kept,
    /// All 63 go on.
    All,
}

/// Law on marriage and family 2014 Art. 8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MarriageAges {
    /// Women: 18.
    pub female: i32,
    /// Men: 20.
    pub male: i32,
}

/// How old parents are when a child is born, in years (assumed).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParentAges {
    /// Below, the dates are wrong.
    pub impossible_below: i32,
    /// Within, nobody asks.
    pub usual_mother: (i32, i32),
    /// Within, nobody asks.
    pub usual_father: (i32, i32),
}

/// A part of the QR code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QrPart {
    /// The text of a field as it is; empty if not given.
    Text(Field),
    /// The full name in capital letters.
    FullName,
    /// The previous document number if it has nine digits, or that of its own field.
    OldNumber,
    /// `ddMMyyyy`; unknown parts are left out.
    DateOfBirth,
    /// `Nam` or `Nữ`
    Sex,
    /// `ddMMyyyy`
    DateOfIssue,
}
