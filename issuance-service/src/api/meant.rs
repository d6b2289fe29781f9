//! What somebody means by a request that changes one thing.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use uuid::Uuid;

use super::Shared;
use super::caller::Caller;
use super::etag::IfMatch;
use super::extract::Path;
use super::problem::{Kind, Problem};

/// Who asks, which one is meant, and which version of it was seen.
pub struct Meant {
    /// Who asks.
    pub caller: Caller,
    /// The one of the path.
    pub id: Uuid,
    /// The version that the caller has looked at, where he says so.
    pub seen: Option<IfMatch>,
}

impl Meant {
    /// Where nothing is changed by somebody who has not looked.
    ///
    /// # Errors
    /// A problem of [`Kind::IfMatchMissing`].
    pub fn looked_at(self) -> Result<Self, Problem> {
        match self.seen {
            Some(_) => Ok(self),
            None => Err(Kind::IfMatchMissing.into()),
        }
    }
}

impl FromRequestParts<Shared> for Meant {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Shared) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, api).await?;
        let Path(id) = Path::from_request_parts(parts, api).await?;
        let seen = Option::<IfMatch>::from_request_parts(parts, api).await?;
        Ok(Self { caller, id, seen })
    }
}
