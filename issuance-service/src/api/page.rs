//! Lists in parts: `?limit=&after=`, and `{ "items": […], "next": … }`.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use register::store::{Cursor, Entity};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::extract::Query;
use super::limits::{MAX_PAGE, PAGE};
use super::problem::{Kind, Problem};

/// Octets of a cursor: an order and an id.
const CURSOR_OCTETS: usize = 8 + 16;

/// Which part of a list is asked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PageParameters {
    /// At most so many items, 1 to 500; 50 where nothing is said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next` of the part before.
    #[param(pattern = "^[A-Za-z0-9_-]{32}$")]
    after: Option<String>,
}

/// Which part of a list is asked for, checked.
#[derive(Debug, Clone, Copy)]
pub struct PageRequest {
    /// At most so many.
    pub limit: u32,
    /// Behind this one.
    pub after: Option<Cursor>,
}

impl PageParameters {
    /// Checks them.
    ///
    /// # Errors
    /// [`Kind::Malformed`].
    pub fn check(&self) -> Result<PageRequest, Problem> {
        PageRequest::of(self.limit, self.after.as_deref())
    }
}

impl PageRequest {
    /// Checks the parameters of a list that has others besides.
    ///
    /// # Errors
    /// [`Kind::Malformed`].
    pub fn of(limit: Option<u32>, after: Option<&str>) -> Result<Self, Problem> {
        let limit = limit.unwrap_or(PAGE);
        if !(1..=MAX_PAGE).contains(&limit) {
            return Err(Problem::new(Kind::Malformed).detail("limit"));
        }
        let after = after
            .map(|text| cursor(text).ok_or_else(|| Problem::new(Kind::Malformed).detail("after")));
        Ok(Self {
            limit,
            after: after.transpose()?,
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PageRequest {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(parameters) = Query::<PageParameters>::from_request_parts(parts, state).await?;
        parameters.check()
    }
}

/// A part of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// What the next part is asked for with; null at the end.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A part of as many entities as were asked for, or the last one.
    pub fn of(entities: &[Entity], limit: u32, item: impl FnMut(&Entity) -> T) -> Self {
        let is_full = u32::try_from(entities.len()).is_ok_and(|count| count >= limit);
        let next = entities.last().filter(|_| is_full).map(|last| {
            text(Cursor {
                order: last.order,
                id: last.id,
            })
        });
        Self {
            items: entities.iter().map(item).collect(),
            next,
        }
    }

    /// The same where an item may be unreadable.
    ///
    /// # Errors
    /// Whatever `item` answers.
    pub fn try_of<E>(
        entities: &[Entity],
        limit: u32,
        item: impl FnMut(&Entity) -> Result<T, E>,
    ) -> Result<Self, E> {
        let next = Page::of(entities, limit, |_| ()).next;
        Ok(Self {
            items: entities.iter().map(item).collect::<Result<_, E>>()?,
            next,
        })
    }
}

/// A cursor as text. Nobody outside reads it.
#[must_use]
pub fn text(cursor: Cursor) -> String {
    let octets = [cursor.order.to_be_bytes().as_slice(), cursor.id.as_bytes()].concat();
    URL_SAFE_NO_PAD.encode(octets)
}

/// The cursor of a text.
#[must_use]
pub fn cursor(text: &str) -> Option<Cursor> {
    if text.len() > CURSOR_OCTETS * 2 {
        return None;
    }
    let octets = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (order, id) = octets.split_first_chunk::<8>()?;
    let id = Uuid::from_slice(id).ok()?;
    Some(Cursor {
        order: i64::from_be_bytes(*order),
        id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_back_and_anything_else_is_none() {
        let there = Cursor {
            order: -5,
            id: Uuid::from_u128(7),
        };
        assert_eq!(cursor(&text(there)), Some(there));
        for bad in [
            "",
            "x",
            "AAAA",
            &text(there)[1..],
            &format!("{}A", text(there)),
            &"A".repeat(1000),
            "ạ",
        ] {
            assert_eq!(cursor(bad), None, "{bad}");
        }
    }

    #[test]
    fn parameters_are_checked() {
        let check = |limit, after: Option<&str>| {
            PageParameters {
                limit,
                after: after.map(str::to_owned),
            }
            .check()
        };
        assert_eq!(check(None, None).unwrap().limit, PAGE);
        assert_eq!(check(Some(500), None).unwrap().limit, 500);
        for (limit, after) in [
            (Some(0), None),
            (Some(501), None),
            (None, Some("?")),
            (None, Some("")),
        ] {
            assert_eq!(
                check(limit, after).unwrap_err().kind(),
                Kind::Malformed,
                "{limit:?} {after:?}"
            );
        }
    }
}
