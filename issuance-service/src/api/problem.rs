//! What is answered when something is not done: RFC 9457, in both languages, from one table.
//!
//! No problem names a person, a document or what somebody typed. `detail` says what of the request is meant, in words of this program.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

mod cards;
mod domain;
mod field;
mod table;

pub use domain::internal;
pub use field::{FieldError, FieldFault};
pub use table::Kind;

/// The media type (RFC 9457 §3).
pub const MEDIA_TYPE: &str = "application/problem+json";

/// Why something was not done, and what to do.
#[derive(Debug, Clone)]
pub struct Problem {
    kind: Kind,
    detail: Option<String>,
    come_again: Option<Duration>,
    errors: Vec<FieldError>,
}

/// A problem as it is sent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem, example = json!({
    "type": "/problems/not-permitted", "title": "None of your roles gives this right",
    "title_vi": "Vai trò của bạn không có quyền này", "status": 403,
    "todo": "Ask somebody whose work it is.", "todo_vi": "Hãy nhờ người có nhiệm vụ đó.",
}))]
pub struct ProblemBody {
    /// `/problems/` and the word of the problem; a page stands there.
    #[serde(rename = "type")]
    pub kind: String,
    /// What is wrong, in English.
    pub title: &'static str,
    /// What is wrong, in Vietnamese.
    pub title_vi: &'static str,
    /// The status code of HTTP.
    pub status: u16,
    /// What of the request is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Which fields of the body are meant, where that is known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// What to do, in English.
    pub todo: &'static str,
    /// What to do, in Vietnamese.
    pub todo_vi: &'static str,
}

impl Problem {
    /// A problem of a kind.
    #[must_use]
    pub const fn new(kind: Kind) -> Self {
        Self {
            kind,
            detail: None,
            come_again: None,
            errors: Vec::new(),
        }
    }

    /// With what of the request is meant: words of this program, never a person's.
    #[must_use]
    pub fn detail(self, detail: impl Into<String>) -> Self {
        Self {
            detail: Some(detail.into()),
            ..self
        }
    }

    /// A field of the body that cannot be taken, by its name.
    #[must_use]
    pub fn field(name: &str) -> Self {
        Self::new(Kind::Content)
            .detail(name)
            .at(format!("#/{name}"), FieldFault::Value)
    }

    /// With a place in the body and what is the matter there. The pointer is of words of this program, never a person's.
    #[must_use]
    pub fn at(mut self, pointer: String, fault: FieldFault) -> Self {
        self.errors.push(fault.at(pointer));
        self
    }

    /// With a time after which it is worth to ask again.
    #[must_use]
    pub fn come_again(self, after: Duration) -> Self {
        Self {
            come_again: Some(after),
            ..self
        }
    }

    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The status code of HTTP.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.kind.status()
    }

    /// As it is sent.
    #[must_use]
    pub fn body(&self) -> ProblemBody {
        let text = self.kind.text();
        ProblemBody {
            kind: format!("/problems/{}", self.kind.code()),
            title: text.title,
            title_vi: text.title_vi,
            status: self.status().as_u16(),
            detail: self.detail.clone(),
            errors: self.errors.clone(),
            todo: text.todo,
            todo_vi: text.todo_vi,
        }
    }
}

impl From<Kind> for Problem {
    fn from(kind: Kind) -> Self {
        Self::new(kind)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self.body()).unwrap_or_default();
        let mut response = (self.status(), body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if let Some(after) = self.come_again {
            headers.insert(
                header::RETRY_AFTER,
                HeaderValue::from(after.as_secs().max(1)),
            );
        }
        // For the log of requests: which problem it was.
        response.extensions_mut().insert(self.kind);
        response
    }
}

#[cfg(test)]
mod tests;
