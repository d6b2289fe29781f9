use core::fmt;

/// What an operator can change about a print (NFIQ 2.3: actionable quality feedback). Displayed in English.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Actionable {
    /// The grey levels hardly vary: nothing was on the glass, or the scanner failed.
    UniformImage,
    /// The print is nearly white.
    EmptyImageOrContrastTooLow,
    /// There are too few minutiae to compare.
    TooFewMinutiae,
    /// Too little of the finger was on the glass.
    TooLittleForeground,
}

impl Actionable {
    /// All of them, in the order of the reference.
    pub const ALL: [Self; 4] = [
        Self::UniformImage,
        Self::EmptyImageOrContrastTooLow,
        Self::TooFewMinutiae,
        Self::TooLittleForeground,
    ];

    /// The value from which on the print is as it should be; for [`Self::EmptyImageOrContrastTooLow`] the value up to which.
    #[must_use]
    pub const fn limit(self) -> f64 {
        match self {
            Self::UniformImage => 1.0,
            Self::EmptyImageOrContrastTooLow => 250.0,
            Self::TooFewMinutiae => 5.0,
            Self::TooLittleForeground => 50_000.0,
        }
    }

    /// The name under which the reference publishes the value.
    #[must_use]
    pub const fn published_name(self) -> &'static str {
        match self {
            Self::UniformImage => "UniformImage",
            Self::EmptyImageOrContrastTooLow => "EmptyImageOrContrastTooLow",
            Self::TooFewMinutiae => "FingerprintImageWithMinutiae",
            Self::TooLittleForeground => "SufficientFingerprintForeground",
        }
    }

    /// What to do, in English.
    #[must_use]
    pub const fn english(self) -> &'static str {
        match self {
            Self::UniformImage => {
                "The picture shows nothing: put the finger on the glass and scan again."
            }
            Self::EmptyImageOrContrastTooLow => {
                "The print is too faint: press a little more, moisten a dry finger, clean the glass."
            }
            Self::TooFewMinutiae => {
                "Too few details can be seen: lay the finger flat, its middle on the middle of the glass."
            }
            Self::TooLittleForeground => {
                "Too little of the finger is in the picture: lay it flat, up to the first joint."
            }
        }
    }

    /// What to do, in Vietnamese.
    #[must_use]
    pub const fn vietnamese(self) -> &'static str {
        match self {
            Self::UniformImage => "Ảnh không có vân tay: đặt ngón tay lên mặt kính rồi quét lại.",
            Self::EmptyImageOrContrastTooLow => {
                "Vân tay quá mờ: ấn mạnh hơn một chút, làm ẩm ngón tay khô, lau sạch mặt kính."
            }
            Self::TooFewMinutiae => {
                "Quá ít chi tiết vân tay: đặt ngón tay phẳng, tâm ngón ở giữa mặt kính."
            }
            Self::TooLittleForeground => {
                "Vân tay trong ảnh quá nhỏ: đặt ngón tay phẳng, đến khớp ngón thứ nhất."
            }
        }
    }

    /// Whether `value` is not as it should be.
    pub(super) fn applies(self, value: f64) -> bool {
        match self {
            Self::EmptyImageOrContrastTooLow => value > self.limit(),
            Self::UniformImage | Self::TooFewMinutiae | Self::TooLittleForeground => {
                value < self.limit()
            }
        }
    }
}

impl fmt::Display for Actionable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.english())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_those_of_the_reference() {
        let cases = [
            (Actionable::UniformImage, 1.0, 0.99),
            (Actionable::EmptyImageOrContrastTooLow, 250.0, 250.01),
            (Actionable::TooFewMinutiae, 5.0, 4.0),
            (Actionable::TooLittleForeground, 50_000.0, 49_999.0),
        ];
        for (remark, good, bad) in cases {
            assert!(!remark.applies(good) && remark.applies(bad), "{remark:?}");
            assert_ne!(remark.english(), remark.vietnamese());
        }
    }
}
