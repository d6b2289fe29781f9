//! Which field of a request is meant (RFC 9457 §3, the example of `errors`).

use serde::Serialize;
use utoipa::ToSchema;

/// What is the matter with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldFault {
    /// It is not there.
    Missing,
    /// There is no such field.
    Unknown,
    /// It is there twice.
    Twice,
    /// It is none of the words that are taken.
    Word,
    /// It is a number where a text is taken, and the like.
    Type,
    /// It cannot be taken.
    Value,
}

/// A field that is meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Where it stands in the body: a JSON pointer as a fragment (RFC 6901 §6).
    #[schema(example = "#/login")]
    pub pointer: String,
    /// What is the matter, in English.
    #[schema(example = "it is missing")]
    pub detail: &'static str,
    /// What is the matter, in Vietnamese.
    #[schema(example = "thiếu trường này")]
    pub detail_vi: &'static str,
}

impl FieldFault {
    /// The same at a place.
    #[must_use]
    pub const fn at(self, pointer: String) -> FieldError {
        let (detail, detail_vi) = match self {
            Self::Missing => ("it is missing", "thiếu trường này"),
            Self::Unknown => (
                "a field here is none of those that are taken",
                "có trường không được chấp nhận tại đây",
            ),
            Self::Twice => (
                "a field here stands there twice",
                "có trường bị lặp tại đây",
            ),
            Self::Word => (
                "it is none of the words that are taken",
                "giá trị không thuộc danh mục cho phép",
            ),
            Self::Type => ("it is of another type", "sai kiểu dữ liệu"),
            Self::Value => ("it cannot be taken", "giá trị không được chấp nhận"),
        };
        FieldError {
            pointer,
            detail,
            detail_vi,
        }
    }
}
