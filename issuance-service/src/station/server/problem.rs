//! What a page is told when something is refused: RFC 9457 with the sentence and what to do, in both languages.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use enrolment::Bilingual;
use serde_json::json;

use crate::Error;
use crate::station::StationError;
use crate::station::refusal::CaptureError;

/// An answer that is not what was asked for.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    text: Bilingual,
    todo: Bilingual,
    /// What stands in the way, where a list says it.
    blocking: Vec<String>,
}

/// The result of a route.
pub type Answer<T> = core::result::Result<T, Problem>;

const fn words(en: &'static str, vi: &'static str) -> Bilingual {
    Bilingual { en, vi }
}

const NOTHING: Bilingual = words("", "");

impl Problem {
    /// A problem of the server's own.
    const fn new(status: StatusCode, code: &'static str, text: Bilingual, todo: Bilingual) -> Self {
        Self {
            status,
            code,
            text,
            todo,
            blocking: Vec::new(),
        }
    }

    /// Nobody is signed in.
    pub const fn signed_out() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "signed-out",
            words("Nobody is signed in.", "Chưa đăng nhập."),
            words(
                "Sign in; nothing is lost.",
                "Hãy đăng nhập; dữ liệu vẫn còn.",
            ),
        )
    }

    /// Name or secret is wrong; which of them is not told.
    pub const fn wrong_secret() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "wrong-secret",
            words(
                "Name or password is wrong.",
                "Tên hoặc mật khẩu không đúng.",
            ),
            words("Try again.", "Hãy thử lại."),
        )
    }

    /// Somebody guesses.
    pub const fn too_many_guesses() -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too-many-guesses",
            words(
                "Too many wrong passwords in a short time.",
                "Nhập sai mật khẩu quá nhiều lần trong thời gian ngắn.",
            ),
            words("Wait a minute.", "Chờ một phút."),
        )
    }

    /// A supervisor is signed in where an operator is needed.
    pub const fn not_operator() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "not-operator",
            words(
                "Only an operator enrols.",
                "Chỉ cán bộ thu nhận được làm việc này.",
            ),
            words(
                "Sign in as an operator.",
                "Đăng nhập bằng tài khoản cán bộ thu nhận.",
            ),
        )
    }

    /// The browser has not come by the address that the program has printed.
    pub const fn no_token() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "no-token",
            words(
                "This browser was not let in by the station's program.",
                "Trình duyệt này chưa được chương trình của trạm cho phép.",
            ),
            words(
                "Open the address that `station serve` has printed; it can be used once.",
                "Mở địa chỉ mà `station serve` đã in ra; địa chỉ chỉ dùng được một lần.",
            ),
        )
    }

    /// A request that no page of ours makes.
    pub const fn foreign() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "foreign-request",
            words(
                "The request does not come from a page of this station.",
                "Yêu cầu không đến từ trang của trạm này.",
            ),
            words(
                "Use http://127.0.0.1 or localhost.",
                "Dùng http://127.0.0.1 hoặc localhost.",
            ),
        )
    }

    /// Nothing is there.
    pub const fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            words("There is nothing here.", "Không có gì ở đây."),
            NOTHING,
        )
    }

    /// A body that is not what the route takes.
    pub const fn malformed() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "malformed",
            words("The request is malformed.", "Yêu cầu không đúng dạng."),
            words("Load the page again.", "Tải lại trang."),
        )
    }

    /// A body longer than the route takes.
    pub const fn too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "picture-too-large",
            words(
                "The file is larger than is taken here.",
                "Tệp lớn hơn mức cho phép ở đây.",
            ),
            words(
                "Take it with fewer pixels, or save it smaller.",
                "Chụp với ít điểm ảnh hơn, hoặc lưu lại nhỏ hơn.",
            ),
        )
    }

    /// Text longer than a page sends.
    pub const fn text_too_long() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "text-too-long",
            words(
                "This is more text than is taken here.",
                "Nội dung dài hơn mức cho phép ở đây.",
            ),
            words("Write it shorter.", "Viết ngắn lại."),
        )
    }

    /// A person who was begun for a document that this program does not have.
    const fn unknown_document() -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "unknown-document",
            words(
                "This person was begun for a document that this program does not know.",
                "Hồ sơ này được lập cho loại giấy tờ mà chương trình không biết.",
            ),
            words(
                "Finish it with the program that it was begun with, or discard it and begin anew.",
                "Làm tiếp bằng chương trình đã lập hồ sơ, hoặc bỏ hồ sơ và bắt đầu lại.",
            ),
        )
    }

    /// A body that does not come.
    pub const fn too_slow() -> Self {
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            "too-slow",
            words(
                "The request did not arrive in time.",
                "Yêu cầu không đến kịp.",
            ),
            words("Try again.", "Hãy thử lại."),
        )
    }

    /// A frame that a later one has overtaken.
    pub const fn overtaken() -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "overtaken",
            words(
                "A later frame came first.",
                "Khung hình mới hơn đã được xử lý.",
            ),
            NOTHING,
        )
    }

    /// Nothing that the operator can do.
    pub const fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            words("The station has failed.", "Trạm gặp lỗi."),
            words(
                "Nothing that was saved is lost; start the station again and report it.",
                "Dữ liệu đã lưu không mất; khởi động lại trạm và báo lỗi.",
            ),
        )
    }

    fn disk() -> Self {
        Self::new(
            StatusCode::INSUFFICIENT_STORAGE,
            "disk",
            words(
                "The disk is full, read-only or broken.",
                "Ổ đĩa đầy, chỉ đọc hoặc bị hỏng.",
            ),
            words(
                "Nothing was saved by this; send the outbox or free the disk, then try again.",
                "Lần này chưa lưu được; gửi hộp thư đi hoặc giải phóng ổ đĩa, rồi thử lại.",
            ),
        )
    }

    fn waiting() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "outbox-full",
            words(
                "Too many packets wait for a receipt.",
                "Quá nhiều gói đang chờ biên nhận.",
            ),
            words(
                "Send the outbox and take its receipts before the next person.",
                "Gửi hộp thư đi và nhận biên nhận trước khi làm người tiếp theo.",
            ),
        )
    }
}

impl Problem {
    /// A page for people instead of JSON for programs. Its texts are this program's own: nothing of a request stands in them.
    pub fn into_page(self) -> Response {
        let part = |language: &str, text: &str, todo: &str| {
            format!("<section lang=\"{language}\"><h1>{text}</h1><p>{todo}</p></section>")
        };
        let page = format!(
            "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <title>{} · {}</title><link rel=\"icon\" href=\"/assets/icon.svg\"><link rel=\"stylesheet\" href=\"/assets/ground.css\"></head>\
             <body><main>{}{}</main></body></html>",
            self.text.vi,
            self.text.en,
            part("vi", self.text.vi, self.todo.vi),
            part("en", self.text.en, self.todo.en),
        );
        let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
        (self.status, kind, page).into_response()
    }
}

impl From<CaptureError> for Problem {
    fn from(error: CaptureError) -> Self {
        let status = match error {
            CaptureError::NotReady(_)
            | CaptureError::ChangedSince
            | CaptureError::ServedAlready(_)
            | CaptureError::SamePerson => StatusCode::CONFLICT,
            CaptureError::NoInboxFile => StatusCode::NOT_FOUND,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let problem = Self::new(status, error.code(), error.text(), error.todo());
        match error {
            CaptureError::NotReady(blocking) => Self {
                blocking,
                ..problem
            },
            _ => problem,
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Capture(error) => error.into(),
            Error::Station(StationError::UnknownDraft { .. }) => Self::not_found(),
            Error::Station(StationError::NoRoom { .. }) => Self::disk(),
            Error::Station(StationError::TooManyWaiting { .. }) => Self::waiting(),
            Error::Station(StationError::DraftTooLong { .. }) | Error::TooLong { .. } => {
                Self::too_large()
            }
            Error::File { .. } => Self::disk(),
            Error::UnknownProfile => Self::unknown_document(),
            // What else there is names files and keys of this machine: that is for the program's own words, not for a page.
            error => {
                eprintln!("station: {error}");
                Self::internal()
            }
        }
    }
}

impl From<biometrics::Error> for Problem {
    fn from(error: biometrics::Error) -> Self {
        CaptureError::from(error).into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = json!({
            "type": format!("urn:card-toolchain:station:{}", self.code),
            "title": self.text.en,
            "status": self.status.as_u16(),
            "code": self.code,
            "vi": self.text.vi,
            "en": self.text.en,
            "todo_vi": self.todo.vi,
            "todo_en": self.todo.en,
            "blocking": self.blocking,
        });
        let head = [(header::CONTENT_TYPE, "application/problem+json")];
        (self.status, head, body.to_string()).into_response()
    }
}
