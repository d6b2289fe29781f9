//! Every problem of the API: one line each.

use axum::http::StatusCode;

/// The words of a problem.
#[derive(Debug, Clone, Copy)]
pub struct Text {
    /// What is wrong, in English.
    pub title: &'static str,
    /// What is wrong, in Vietnamese.
    pub title_vi: &'static str,
    /// What to do, in English.
    pub todo: &'static str,
    /// What to do, in Vietnamese.
    pub todo_vi: &'static str,
}

macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident $status:ident $code:literal
       $title:literal $title_vi:literal $todo:literal $todo_vi:literal;)*) => {
        /// What can be wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Kind { $($(#[$doc])* #[doc = $title] $name,)* }

        impl Kind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its word, the last part of `type`.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The status code of HTTP.
            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }

            /// Its words.
            #[must_use]
            pub const fn text(self) -> Text {
                match self {
                    $(Self::$name => Text { title: $title, title_vi: $title_vi, todo: $todo, todo_vi: $todo_vi },)*
                }
            }
        }
    };
}

problems! {
    Malformed BAD_REQUEST "malformed"
        "The request cannot be read" "Không đọc được yêu cầu"
        "Compare it with /v1/openapi.json." "Hãy đối chiếu với /v1/openapi.json.";
    IdempotencyKeyMissing BAD_REQUEST "idempotency-key-missing"
        "What makes something new needs the header Idempotency-Key" "Yêu cầu tạo mới cần tiêu đề Idempotency-Key"
        "Send a new random key, and the same one when you repeat the request."
        "Hãy gửi một khóa ngẫu nhiên mới và dùng lại khóa đó khi gửi lại yêu cầu.";
    SignInNeeded UNAUTHORIZED "sign-in-needed"
        "Nobody is signed in" "Chưa đăng nhập"
        "Sign in." "Hãy đăng nhập.";
    WrongCredentials UNAUTHORIZED "wrong-credentials"
        "Name, password or code are wrong" "Tên, mật khẩu hoặc mã không đúng"
        "Try again with the next code of your authenticator." "Hãy thử lại với mã tiếp theo của ứng dụng xác thực.";
    SessionOver UNAUTHORIZED "session-over"
        "The session is over" "Phiên làm việc đã kết thúc"
        "Sign in again." "Hãy đăng nhập lại.";
    StepUp UNAUTHORIZED "step-up"
        "This needs the second factor again" "Cần xác thực lại bằng yếu tố thứ hai"
        "Show a code of your authenticator, then repeat the request."
        "Hãy nhập mã của ứng dụng xác thực rồi gửi lại yêu cầu.";
    SignInRefused UNAUTHORIZED "sign-in-refused"
        "The identity provider did not vouch for a person who is known here" "Nhà cung cấp định danh không xác nhận người được biết ở đây"
        "Sign in again; ask an administrator whether your account is linked." "Hãy đăng nhập lại; hỏi quản trị viên xem tài khoản đã được liên kết chưa.";
    Forged FORBIDDEN "forged"
        "The request did not come from a page of this service" "Yêu cầu không đến từ trang của hệ thống này"
        "Reload the page." "Hãy tải lại trang.";
    NotPermitted FORBIDDEN "not-permitted"
        "None of your roles gives this right" "Vai trò của bạn không có quyền này"
        "Ask somebody whose work it is." "Hãy nhờ người có nhiệm vụ đó.";
    FourEyes FORBIDDEN "four-eyes"
        "This step needs another person" "Bước này cần một người khác thực hiện"
        "Ask a colleague who had no part in the steps before." "Hãy nhờ đồng nghiệp không tham gia các bước trước.";
    DeviceRefused FORBIDDEN "device-refused"
        "The certificate of this device is not valid here" "Chứng thư của thiết bị này không có hiệu lực"
        "Have a new certificate issued." "Hãy xin cấp chứng thư mới.";
    NotAgreed FORBIDDEN "not-agreed"
        "The agreement with this party does not hold this" "Thỏa thuận với bên này không bao gồm nội dung đó"
        "Ask the issuer for an agreement that does." "Hãy đề nghị cơ quan cấp bổ sung thỏa thuận.";
    NotFound NOT_FOUND "not-found"
        "There is no such thing" "Không tìm thấy"
        "Check the address." "Hãy kiểm tra địa chỉ.";
    MethodNotAllowed METHOD_NOT_ALLOWED "method-not-allowed"
        "This address knows no such method" "Địa chỉ này không hỗ trợ phương thức đó"
        "See the header Allow." "Hãy xem tiêu đề Allow.";
    Conflict CONFLICT "conflict"
        "It is not in a state for this" "Trạng thái hiện tại không cho phép thao tác này"
        "Look at it again." "Hãy xem lại trạng thái hiện tại.";
    Changed CONFLICT "changed"
        "It has changed in the meantime" "Dữ liệu vừa bị thay đổi"
        "Read it again, then repeat the request." "Hãy đọc lại rồi gửi lại yêu cầu.";
    Taken CONFLICT "taken"
        "This is in use already" "Giá trị này đã được sử dụng"
        "Choose another one." "Hãy chọn giá trị khác.";
    InFlight CONFLICT "in-flight"
        "The same request is being worked on" "Yêu cầu giống hệt đang được xử lý"
        "Wait a moment, then repeat it with the same key." "Hãy đợi một lát rồi gửi lại với cùng khóa.";
    LinkUnusable GONE "link-unusable"
        "The link does not work, or not any more" "Liên kết không còn hiệu lực"
        "Ask an administrator for a new one." "Hãy xin quản trị viên liên kết mới.";
    VersionDiffers PRECONDITION_FAILED "version-differs"
        "It has another version than If-Match says" "Phiên bản khác với tiêu đề If-Match"
        "Read it again, then repeat the request with its ETag." "Hãy đọc lại rồi gửi lại với ETag mới.";
    TooLarge PAYLOAD_TOO_LARGE "too-large"
        "The request is larger than is taken here" "Yêu cầu vượt quá kích thước cho phép"
        "Send less at once." "Hãy gửi ít dữ liệu hơn.";
    MediaType UNSUPPORTED_MEDIA_TYPE "media-type"
        "The body is of another kind than is taken here" "Kiểu nội dung không được hỗ trợ"
        "Send application/json." "Hãy gửi application/json.";
    Content UNPROCESSABLE_ENTITY "content"
        "What the request says cannot be taken" "Nội dung yêu cầu không được chấp nhận"
        "Correct what is named." "Hãy sửa nội dung được nêu.";
    Password UNPROCESSABLE_ENTITY "password"
        "This password is not taken" "Mật khẩu này không được chấp nhận"
        "Choose one of 12 characters or more that nobody tries first." "Hãy chọn mật khẩu từ 12 ký tự trở lên, khó đoán.";
    RolesApart UNPROCESSABLE_ENTITY "roles-apart"
        "One person cannot hold these roles together" "Một người không thể giữ đồng thời các vai trò này"
        "Give them to two people." "Hãy giao cho hai người.";
    KeyReused UNPROCESSABLE_ENTITY "idempotency-key-reused"
        "The Idempotency-Key belongs to another request" "Khóa Idempotency-Key đã dùng cho yêu cầu khác"
        "Send a new key." "Hãy gửi khóa mới.";
    IfMatchMissing PRECONDITION_REQUIRED "if-match-missing"
        "The change needs the header If-Match" "Thay đổi này cần tiêu đề If-Match"
        "Read it first and send its ETag as If-Match." "Hãy đọc trước và gửi ETag trong If-Match.";
    Throttled TOO_MANY_REQUESTS "throttled"
        "Too many attempts" "Quá nhiều lần thử"
        "Wait as long as Retry-After says." "Hãy đợi theo tiêu đề Retry-After.";
    Internal INTERNAL_SERVER_ERROR "internal"
        "The service has a fault" "Hệ thống gặp lỗi"
        "Tell the operator of the service, with X-Request-Id." "Hãy báo người vận hành kèm X-Request-Id.";
    Unavailable SERVICE_UNAVAILABLE "unavailable"
        "The register cannot be reached" "Không truy cập được cơ sở dữ liệu"
        "Repeat the request in a moment; with the same Idempotency-Key nothing is done twice."
        "Hãy gửi lại sau; cùng khóa Idempotency-Key thì không bị thực hiện hai lần.";
    Reconciling SERVICE_UNAVAILABLE "reconciling"
        "The register was restored and is being compared with what has happened since" "Cơ sở dữ liệu vừa được khôi phục và đang được đối chiếu"
        "Ask again when the register was accepted." "Hãy gửi lại sau khi cơ sở dữ liệu được chấp nhận.";
    NotReady SERVICE_UNAVAILABLE "not-ready"
        "The service cannot do all of its work" "Hệ thống chưa sẵn sàng hoạt động đầy đủ"
        "`issuance-service doctor` on the machine says what to do." "Chạy `issuance-service doctor` trên máy chủ để biết cách xử lý.";
    Busy SERVICE_UNAVAILABLE "busy"
        "The service has more to do than it can" "Hệ thống đang quá tải"
        "Repeat the request in a moment." "Hãy gửi lại sau giây lát.";
    TimedOut SERVICE_UNAVAILABLE "timed-out"
        "The request took too long" "Yêu cầu mất quá nhiều thời gian"
        "Repeat the request; with the same Idempotency-Key nothing is done twice."
        "Hãy gửi lại; cùng khóa Idempotency-Key thì không bị thực hiện hai lần.";
}
