//! What the station answers when it does not do what a page or a folder asks for: a code, what is wrong, what to do, in both languages.

use enrolment::Bilingual;

/// Why something was not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaptureError {
    /// A picture cannot be read.
    #[error("the picture cannot be used: {0}")]
    Picture(#[from] biometrics::Error),
    /// No such field.
    #[error("there is no such field of text")]
    UnknownField,
    /// A text is too long.
    #[error("a text of a field has at most {limit} bytes")]
    TextTooLong {
        /// The limit.
        limit: usize,
    },
    /// None of the ten fingers.
    #[error("none of the ten fingers")]
    UnknownFinger,
    /// No reason for a missing finger.
    #[error("no reason for which a finger may be missing")]
    UnknownReason,
    /// A person has been tried too often.
    #[error("at most {limit} tries of one person")]
    TooManyTries {
        /// The limit.
        limit: usize,
    },
    /// A limit of a portrait is set for an unknown measure, or for one that must not refuse.
    #[error("capture.toml: {0} is no measure that may have this limit")]
    PortraitLimit(String),
    /// What is missing or wrong before a packet can be sealed.
    #[error("not ready to be sealed: {}", .0.join(", "))]
    NotReady(Vec<String>),
    /// Something of the person was changed after the review by which they are to be sealed.
    #[error("the person was changed after the review: see it again, then seal")]
    ChangedSince,
    /// Another program serves the station.
    #[error(
        "this station is served already, by {0}: use its page, or end that program first; nothing was changed"
    )]
    ServedAlready(String),
    /// Somebody releases their own work.
    #[error("the supervisor is one of those who worked on this person")]
    SamePerson,
    /// A release has no reason, or releases something that cannot be released.
    #[error("nothing to release, or no reason given: {0}")]
    NoRelease(String),
    /// What was read was not what was written.
    #[error("the draft of this person cannot be read")]
    DraftUnreadable,
    /// A file of the watched folder is gone, or no file of it was ever named so.
    #[error("the watched folder has no such file")]
    NoInboxFile,
}

impl CaptureError {
    /// A word for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Picture(biometrics::Error::TooLarge { .. }) => "picture-too-large",
            Self::Picture(_) => "picture-unreadable",
            Self::UnknownField => "unknown-field",
            Self::TextTooLong { .. } => "text-too-long",
            Self::UnknownFinger => "unknown-finger",
            Self::UnknownReason => "unknown-reason",
            Self::TooManyTries { .. } => "too-many-tries",
            Self::PortraitLimit(_) => "portrait-limit",
            Self::NotReady(_) => "not-ready",
            Self::ChangedSince => "changed-since",
            Self::ServedAlready(_) => "served-already",
            Self::SamePerson => "same-person",
            Self::NoRelease(_) => "reason-missing",
            Self::DraftUnreadable => "draft-unreadable",
            Self::NoInboxFile => "no-inbox-file",
        }
    }

    /// What is wrong.
    #[must_use]
    pub const fn text(&self) -> Bilingual {
        match self {
            Self::Picture(biometrics::Error::TooLarge { .. }) => words(
                "The picture is larger than is taken here.",
                "Ảnh lớn hơn mức cho phép ở đây.",
            ),
            Self::Picture(_) => words("The picture cannot be read.", "Không đọc được ảnh."),
            Self::UnknownField => words("There is no such field.", "Không có trường này."),
            Self::TextTooLong { .. } => words("The text is too long.", "Nội dung quá dài."),
            Self::UnknownFinger => words("There is no such finger.", "Không có ngón tay này."),
            Self::UnknownReason => words("There is no such reason.", "Không có lý do này."),
            Self::TooManyTries { .. } => words(
                "This person has been tried too often.",
                "Đã thử quá nhiều lần cho người này.",
            ),
            Self::PortraitLimit(_) => words(
                "A limit in capture.toml is wrong.",
                "Một ngưỡng trong capture.toml không đúng.",
            ),
            Self::NotReady(_) => words(
                "The record is not ready to be sealed.",
                "Hồ sơ chưa đủ điều kiện niêm phong.",
            ),
            Self::ChangedSince => words(
                "The person was changed after the review that was shown.",
                "Hồ sơ đã bị sửa sau khi soát lại.",
            ),
            Self::ServedAlready(_) => words(
                "Another program serves this station.",
                "Một chương trình khác đang phục vụ trạm này.",
            ),
            Self::SamePerson => words(
                "Nobody releases a person that they have worked on.",
                "Không ai được tự phê duyệt hồ sơ mình đã làm.",
            ),
            Self::NoRelease(_) => words(
                "A release needs something to release, and a reason for each.",
                "Phê duyệt ngoại lệ phải có nội dung cần duyệt và lý do cho từng nội dung.",
            ),
            Self::DraftUnreadable => words(
                "The draft of this person cannot be read.",
                "Không đọc được hồ sơ đang làm dở này.",
            ),
            Self::NoInboxFile => words(
                "The scanner's folder has no such file.",
                "Thư mục của máy quét không có tệp này.",
            ),
        }
    }

    /// What to do.
    #[must_use]
    pub const fn todo(&self) -> Bilingual {
        match self {
            Self::Picture(biometrics::Error::TooLarge { .. }) => words(
                "Take it with fewer pixels, or save it smaller.",
                "Chụp với ít điểm ảnh hơn, hoặc lưu lại nhỏ hơn.",
            ),
            Self::Picture(_) => words(
                "Bring a JPEG, PNG, BMP, JPEG 2000 or WSQ file that is whole, opaque, in grey or RGB.",
                "Đưa tệp JPEG, PNG, BMP, JPEG 2000 hoặc WSQ nguyên vẹn, không trong suốt, thang xám hoặc RGB.",
            ),
            Self::TextTooLong { .. } => words("Write it shorter.", "Viết ngắn lại."),
            Self::TooManyTries { .. } => words(
                "Finish with the best try, or begin the person anew.",
                "Dùng lần thử tốt nhất, hoặc bắt đầu lại hồ sơ.",
            ),
            Self::PortraitLimit(_) => words(
                "Correct it; measures that depend on the skin only warn.",
                "Sửa lại; các chỉ số phụ thuộc màu da chỉ được cảnh báo.",
            ),
            Self::NotReady(_) => words(
                "Open the review: what is red is mended or released by a supervisor.",
                "Mở trang kiểm tra: mục đỏ phải sửa hoặc được người giám sát phê duyệt.",
            ),
            Self::ChangedSince => words(
                "Go through the review again, then seal.",
                "Soát lại lần nữa rồi niêm phong.",
            ),
            Self::ServedAlready(_) => words(
                "Use its page, or end that program first.",
                "Dùng trang của chương trình đó, hoặc tắt nó trước.",
            ),
            Self::SamePerson => words("Call another supervisor.", "Gọi người giám sát khác."),
            Self::NoRelease(_) => words("Give the reason.", "Nêu lý do."),
            Self::DraftUnreadable => words(
                "Discard it in the list, and begin the person anew.",
                "Bỏ hồ sơ này trong danh sách, rồi bắt đầu lại.",
            ),
            Self::NoInboxFile => words("Scan again.", "Quét lại."),
            Self::UnknownField | Self::UnknownFinger | Self::UnknownReason => {
                words("Load the page again.", "Tải lại trang.")
            }
        }
    }
}

const fn words(en: &'static str, vi: &'static str) -> Bilingual {
    Bilingual { en, vi }
}
