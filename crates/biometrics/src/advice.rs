//! What the operator should do about a file that is not taken, in English and Vietnamese.

use crate::Error;

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Advice {
    /// The file has to be had again.
    CopyAgain,
    /// It is no picture.
    ChooseAnother,
    /// It is too large.
    MakeSmaller,
    /// It is in the colours of printing.
    SaveAsRgb,
    /// It is transparent.
    PutOnBackground,
    /// It is of a kind of picture that is not read.
    SaveAsJpegOrPng,
    /// Samples and size do not agree.
    StateSize,
    /// It does not say its resolution.
    StateResolution,
    /// It has another resolution.
    ScanAgain,
}

impl Advice {
    /// In English.
    #[must_use]
    pub const fn english(self) -> &'static str {
        match self {
            Self::CopyAgain => {
                "The file is damaged or cut short: copy it again, or take the picture again."
            }
            Self::ChooseAnother => {
                "Choose another file: a JPEG, PNG or JPEG 2000 picture; for fingers also BMP or WSQ."
            }
            Self::MakeSmaller => "Save a smaller copy of the picture and choose that.",
            Self::SaveAsRgb => "Save the picture in RGB colours and choose that.",
            Self::PutOnBackground => {
                "Put the picture on a plain light background, without transparency."
            }
            Self::SaveAsJpegOrPng => {
                "Save the picture as an ordinary JPEG or PNG of 8 bits and choose that."
            }
            Self::StateSize => {
                "Check width and height: they must be those of the scanner's picture."
            }
            Self::StateResolution => {
                "State the scanner's resolution, or have the scanner write it into the file."
            }
            Self::ScanAgain => "Scan again at 500 pixels per inch; do not enlarge the picture.",
        }
    }

    /// In Vietnamese.
    #[must_use]
    pub const fn vietnamese(self) -> &'static str {
        match self {
            Self::CopyAgain => "Tệp bị hỏng hoặc bị cắt ngắn: hãy chép lại hoặc chụp lại ảnh.",
            Self::ChooseAnother => {
                "Hãy chọn tệp khác: ảnh JPEG, PNG hoặc JPEG 2000; vân tay còn nhận BMP hoặc WSQ."
            }
            Self::MakeSmaller => "Hãy lưu một bản ảnh nhỏ hơn rồi chọn bản đó.",
            Self::SaveAsRgb => "Hãy lưu ảnh theo hệ màu RGB rồi chọn lại.",
            Self::PutOnBackground => "Hãy đặt ảnh trên nền trơn sáng màu, không trong suốt.",
            Self::SaveAsJpegOrPng => {
                "Hãy lưu ảnh thành JPEG hoặc PNG thông thường 8 bit rồi chọn lại."
            }
            Self::StateSize => {
                "Hãy kiểm tra chiều rộng và chiều cao: phải đúng với ảnh của máy quét."
            }
            Self::StateResolution => {
                "Hãy khai báo độ phân giải của máy quét, hoặc để máy quét ghi vào tệp."
            }
            Self::ScanAgain => "Hãy quét lại ở 500 điểm ảnh trên inch; không phóng to ảnh.",
        }
    }
}

impl Error {
    /// What the operator should do; nothing where the fault is the program's own.
    #[must_use]
    pub const fn advice(&self) -> Option<Advice> {
        match self {
            Self::Malformed { .. } | Self::Undecodable { .. } => Some(Advice::CopyAgain),
            Self::EmptyFile | Self::UnknownFormat => Some(Advice::ChooseAnother),
            Self::TooLarge { .. } => Some(Advice::MakeSmaller),
            Self::Cmyk => Some(Advice::SaveAsRgb),
            Self::Transparent => Some(Advice::PutOnBackground),
            Self::Unsupported(_) => Some(Advice::SaveAsJpegOrPng),
            Self::RawLength { .. } => Some(Advice::StateSize),
            Self::NoResolution => Some(Advice::StateResolution),
            Self::OtherResolution { .. } => Some(Advice::ScanAgain),
            Self::DoesNotFit { .. } | Self::Misuse(_) => None,
        }
    }
}
