//! What comes in, read: JSON, queries and paths, each refused with a problem of ours.

mod data;

use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::problem::{Kind, Problem};

/// A body of JSON.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match axum::Json::<T>::from_request(request, state).await {
            Ok(axum::Json(value)) => Ok(Self(value)),
            Err(JsonRejection::MissingJsonContentType(_)) => Err(Kind::MediaType.into()),
            // The words of the library name fields and places, and values: the last stay here.
            Err(JsonRejection::JsonDataError(error)) => {
                Err(data::located(Kind::Content.into(), &error))
            }
            Err(JsonRejection::JsonSyntaxError(_)) => {
                Err(Problem::new(Kind::Malformed).detail("the body is not JSON"))
            }
            Err(other) if other.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(Kind::TooLarge.into())
            }
            Err(_) => Err(Problem::new(Kind::Malformed).detail("the body ended too early")),
        }
    }
}

impl<T: serde::Serialize> axum::response::IntoResponse for Json<T> {
    fn into_response(self) -> axum::response::Response {
        axum::Json(self.0).into_response()
    }
}

/// The query of the address.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Query::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(_) => Err(Problem::new(Kind::Malformed).detail("the query of the address")),
        }
    }
}

/// A parameter that has so many characters at most: nothing that is kept has more.
///
/// # Errors
/// [`Kind::Malformed`].
pub fn bounded(text: Option<String>, most: usize, name: &str) -> Result<Option<String>, Problem> {
    match text {
        Some(text) if text.chars().count() > most => {
            Err(Problem::new(Kind::Malformed).detail(name))
        }
        text => Ok(text),
    }
}

/// The variable parts of the path. What cannot be one is nowhere.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(_) => Err(Kind::NotFound.into()),
        }
    }
}
