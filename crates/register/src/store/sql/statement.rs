//! A statement: fixed text, numbered placeholders, values. No value ever becomes text.

use uuid::Uuid;

/// A value of a statement.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Value<'v> {
    /// An identifier.
    Id(Uuid),
    /// A number, a time or a day.
    Number(i64),
    /// A word.
    Text(&'v str),
    /// A word, or none.
    MaybeText(Option<&'v str>),
    /// Octets.
    Octets(&'v [u8]),
}

impl From<Uuid> for Value<'_> {
    fn from(id: Uuid) -> Self {
        Self::Id(id)
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Value<'_> {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl<'v> From<&'v str> for Value<'v> {
    fn from(text: &'v str) -> Self {
        Self::Text(text)
    }
}

impl<'v> From<&'v [u8]> for Value<'v> {
    fn from(octets: &'v [u8]) -> Self {
        Self::Octets(octets)
    }
}

/// A statement that grows from left to right.
#[derive(Debug, Clone)]
pub(crate) struct Statement<'v> {
    pub(super) text: String,
    pub(super) values: Vec<Value<'v>>,
}

impl<'v> Statement<'v> {
    /// The beginning; its own placeholders are `$1` and so on, for the values that follow.
    pub(crate) fn new<const N: usize>(text: &'static str, values: [Value<'v>; N]) -> Self {
        Self {
            text: text.to_owned(),
            values: values.into(),
        }
    }

    /// More text.
    pub(super) fn text(mut self, text: &'static str) -> Self {
        self.text.push_str(text);
        self
    }

    /// A placeholder and its value.
    pub(super) fn value(mut self, value: impl Into<Value<'v>>) -> Self {
        self.values.push(value.into());
        self.text.push('$');
        self.text.push_str(&self.values.len().to_string());
        self
    }

    /// Placeholders with commas between them.
    pub(super) fn values(mut self, values: impl IntoIterator<Item = Value<'v>>) -> Self {
        for (index, value) in values.into_iter().enumerate() {
            self = self.text(if index == 0 { "" } else { ", " }).value(value);
        }
        self
    }

    /// Rows of placeholders with commas between them, as VALUES takes them.
    pub(super) fn rows<const N: usize>(
        mut self,
        rows: impl IntoIterator<Item = [Value<'v>; N]>,
    ) -> Self {
        for (index, row) in rows.into_iter().enumerate() {
            let open = if index == 0 { "(" } else { ", (" };
            self = self.text(open).values(row).text(")");
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::{Statement, Value};

    #[test]
    fn placeholders_are_numbered_through() {
        let row = |number: i64| [Value::from("w"), number.into()];
        let statement = Statement::new("UPDATE a SET b = $1 WHERE c IN (", [Value::Number(1)])
            .values([Value::Text("x"), Value::Octets(&[2])])
            .text(") AND (d, e) IN (VALUES ")
            .rows([row(3), row(4)])
            .text(") LIMIT ")
            .value(5_u32);
        assert_eq!(
            statement.text,
            "UPDATE a SET b = $1 WHERE c IN ($2, $3) AND (d, e) IN (VALUES ($4, $5), ($6, $7)) LIMIT $8"
        );
        assert_eq!(statement.values.len(), 8);
    }
}
