//! Versions of what is changed: `ETag` when it is read, `If-Match` when it is changed (RFC 9110 §8.8.3, §13.1.1).

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponseParts, ResponseParts};

use super::problem::{Kind, Problem};

/// The version of what is answered.
#[derive(Debug, Clone, Copy)]
pub struct ETag(pub u32);

impl ETag {
    fn text(self) -> String {
        format!("\"v{}\"", self.0)
    }
}

impl IntoResponseParts for ETag {
    type Error = std::convert::Infallible;

    fn into_response_parts(
        self,
        mut response: ResponseParts,
    ) -> Result<ResponseParts, Self::Error> {
        if let Ok(value) = HeaderValue::from_str(&self.text()) {
            response.headers_mut().insert(header::ETAG, value);
        }
        Ok(response)
    }
}

/// The version that who changes something has seen. Without the header the request is refused.
#[derive(Debug, Clone)]
pub struct IfMatch(String);

impl IfMatch {
    /// Out of the head of a request.
    ///
    /// # Errors
    /// [`Kind::IfMatchMissing`], [`Kind::Malformed`].
    pub fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let value = headers.get(header::IF_MATCH).ok_or(Kind::IfMatchMissing)?;
        let text = value
            .to_str()
            .map_err(|_| Problem::new(Kind::Malformed).detail("If-Match"))?;
        Ok(Self(text.to_owned()))
    }

    /// The version on which a change must rest: that of now, if it was seen; any where whatever is there is meant.
    ///
    /// # Errors
    /// [`Kind::VersionDiffers`].
    pub fn expects(&self, version: u32) -> Result<Option<u32>, Problem> {
        self.check(version)?;
        let is_any = self.0.split(',').map(str::trim).any(|tag| tag == "*");
        Ok((!is_any).then_some(version))
    }

    /// Whether what is there has the version that was seen.
    ///
    /// # Errors
    /// [`Kind::VersionDiffers`].
    pub fn check(&self, version: u32) -> Result<(), Problem> {
        let own = ETag(version).text();
        let matches = self
            .0
            .split(',')
            .map(str::trim)
            .any(|tag| tag == own || tag == "*");
        if matches {
            Ok(())
        } else {
            Err(Kind::VersionDiffers.into())
        }
    }
}

/// A change that came too late: somebody else was faster than who has said what he had seen.
#[must_use]
pub fn too_late(error: crate::Error, expected: Option<u32>) -> Problem {
    match (error, expected) {
        (crate::Error::Changed, Some(_)) => Kind::VersionDiffers.into(),
        (error, _) => error.into(),
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::of(&parts.headers)
    }
}

/// Where the header may be left out: the rules of the domain decide then, whatever was seen.
impl<S: Send + Sync> OptionalFromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Problem> {
        if !parts.headers.contains_key(header::IF_MATCH) {
            return Ok(None);
        }
        <Self as FromRequestParts<S>>::from_request_parts(parts, state)
            .await
            .map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_match_or_not() {
        let cases = [
            ("\"v3\"", true),
            ("*", true),
            ("\"v1\", \"v3\"", true),
            ("\"v30\"", false),
            ("v3", false),
            ("W/\"v3\"", false),
        ];
        for (text, want) in cases {
            let seen = IfMatch(text.to_owned());
            assert_eq!(seen.check(3).is_ok(), want, "{text}");
            let expected = (text != "*").then_some(3);
            assert_eq!(seen.expects(3).ok(), want.then_some(expected), "{text}");
        }
    }
}
