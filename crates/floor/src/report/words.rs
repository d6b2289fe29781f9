//! The words of the report in both languages.

use crate::{Reason, Stage};

/// Language of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Tiếng Việt.
    Vietnamese,
}

impl Language {
    /// As HTML names it (BCP 47).
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Vietnamese => "vi",
        }
    }

    const fn choose(self, english: &'static str, vietnamese: &'static str) -> &'static str {
        match self {
            Self::English => english,
            Self::Vietnamese => vietnamese,
        }
    }
}

/// A word of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    Title,
    Journal,
    Link,
    Stock,
    Shift,
    Batches,
    Batch,
    Remakes,
    TakenBy,
    Jobs,
    Received,
    Good,
    HandedOver,
    Passed,
    Rejects,
    RejectsByCause,
    Destroyed,
    Missing,
    Remaining,
    OpenedWith,
    AsClosed,
    Counted,
    Computed,
    AtOpening,
    AtClosing,
    OpenedBy,
    ClosedBy,
    StillOpen,
    Sum,
    AddsUp,
    Yes,
    No,
    What,
    Count,
    Cause,
    Share,
    Number,
    Chip,
    CountedBy,
    ConfirmedBy,
}

impl Word {
    pub(super) const fn in_language(self, language: Language) -> &'static str {
        let (english, vietnamese) = match self {
            Self::Title => ("Personalisation floor", "Xưởng cá thể hoá thẻ"),
            Self::Journal => ("Lines of the journal", "Số dòng nhật ký"),
            Self::Link => ("Link of the last line", "Mã băm dòng cuối"),
            Self::Stock => ("Stock", "Tồn kho"),
            Self::Shift => ("Shift", "Ca"),
            Self::Batches => ("Batches", "Các lô"),
            Self::Batch => ("Batch", "Lô"),
            Self::Remakes => ("remakes", "làm lại"),
            Self::TakenBy => ("Taken by", "Người nhận"),
            Self::Jobs => ("Jobs", "Số thẻ"),
            Self::Received => ("Received", "Nhận vào"),
            Self::Good => ("Good", "Đạt"),
            Self::HandedOver => ("Handed over", "Đã bàn giao"),
            Self::Passed => ("Passed in this shift", "Đạt trong ca"),
            Self::Rejects => ("Rejects", "Thẻ hỏng"),
            Self::RejectsByCause => ("Rejects by cause", "Thẻ hỏng theo nguyên nhân"),
            Self::Destroyed => ("Destroyed", "Đã huỷ"),
            Self::Missing => ("Missing", "Thất lạc"),
            Self::Remaining => ("Remaining", "Còn lại"),
            Self::OpenedWith => ("There at the beginning", "Có đầu ca"),
            Self::AsClosed => (
                "not counted: as the last shift was closed",
                "không kiểm đếm: theo số đóng ca trước",
            ),
            Self::Counted => ("Counted", "Kiểm đếm"),
            Self::Computed => ("By the journal", "Theo nhật ký"),
            Self::AtOpening => ("at the beginning", "đầu ca"),
            Self::AtClosing => ("at the end", "cuối ca"),
            Self::OpenedBy => ("Opened by", "Người mở ca"),
            Self::ClosedBy => ("Closed by", "Người đóng ca"),
            Self::StillOpen => ("still open", "chưa đóng"),
            Self::Sum => ("Sum", "Tổng"),
            Self::AddsUp => ("Adds up", "Khớp số"),
            Self::Yes => ("yes", "có"),
            Self::No => ("NO", "KHÔNG"),
            Self::What => ("What", "Mục"),
            Self::Count => ("Count", "Số lượng"),
            Self::Cause => ("Cause", "Nguyên nhân"),
            Self::Share => ("Share", "Tỷ lệ"),
            Self::Number => ("Printed number", "Số in trên thẻ"),
            Self::Chip => ("Chip", "Chip"),
            Self::CountedBy => ("Counted by", "Người kiểm đếm"),
            Self::ConfirmedBy => ("Confirmed by", "Người xác nhận"),
        };
        language.choose(english, vietnamese)
    }
}

/// Where a card is, in words.
pub(super) const fn stage(stage: Stage, language: Language) -> &'static str {
    let (english, vietnamese) = match stage {
        Stage::Stock => ("In stock", "Trong kho"),
        Stage::Reserved => ("Reserved", "Đã gán hồ sơ"),
        Stage::InPerso => ("Being written", "Đang ghi"),
        Stage::Written => ("Written", "Đã ghi"),
        Stage::Passed => ("Good", "Đạt"),
        Stage::HandedOver => ("Handed over", "Đã bàn giao"),
        Stage::Rejected => ("Rejected", "Hỏng"),
        Stage::Destroyed => ("Destroyed", "Đã huỷ"),
        Stage::Missing => ("Missing", "Thất lạc"),
    };
    language.choose(english, vietnamese)
}

/// Why a card is none, in words.
pub(super) const fn reason(reason: Reason, language: Language) -> &'static str {
    let (english, vietnamese) = match reason {
        Reason::ChipFaulty => ("Chip faulty", "Lỗi chip"),
        Reason::PrintFaulty => ("Print faulty", "Lỗi in"),
        Reason::WrongData => ("Wrong data", "Sai dữ liệu"),
        Reason::ApplicationWithdrawn => ("Application withdrawn", "Rút hồ sơ"),
        Reason::LostInProduction => ("Lost in production", "Thất lạc khi sản xuất"),
    };
    language.choose(english, vietnamese)
}
