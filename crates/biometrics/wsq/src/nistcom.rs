//! NISTCOM: a comment that holds names and values, one pair a line, the first of them `NIST_COM` and the number of pairs.

use crate::Error;

const HEADER: &str = "NIST_COM";
const PPI: &str = "PPI";

/// Names and values, in their order and without the header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NistCom {
    fields: Vec<(String, String)>,
}

impl NistCom {
    /// Reads a comment; None if it is another one.
    ///
    /// ```
    /// let comment = wsq_image::NistCom::parse(b"NIST_COM 2\nPPI 500\n").unwrap();
    /// assert_eq!(comment.value("PPI"), Some("500"));
    /// assert_eq!(comment.ppi(), Some(500));
    /// ```
    #[must_use]
    pub fn parse(comment: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(comment);
        let text = text.split('\0').next().unwrap_or_default();
        if !text.starts_with(HEADER) {
            return None;
        }
        let pair = |line: &str| {
            let line = line.trim_start();
            let (name, value) = line.split_once([' ', '\t']).unwrap_or((line, ""));
            (
                name.to_owned(),
                value.trim_start_matches([' ', '\t']).to_owned(),
            )
        };
        let fields = text.split('\n').skip(1).map(pair);
        let fields = fields.filter(|(name, _)| !name.is_empty()).collect();
        Some(Self { fields })
    }

    /// Names and values in their order.
    #[must_use]
    pub fn fields(&self) -> &[(String, String)] {
        &self.fields
    }

    /// The value of the first field of that name.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        let field = self.fields.iter().find(|field| field.0 == name)?;
        Some(&field.1)
    }

    /// Pixels per inch, if they are said and known; −1 stands for unknown.
    #[must_use]
    pub fn ppi(&self) -> Option<u16> {
        let value = self.value(PPI)?.trim().parse().ok()?;
        (value > 0).then_some(value)
    }
}

/// What the reference says of a picture that it encodes, and fields of one's own behind it.
pub(crate) fn of_picture(
    (width, height): (u16, u16),
    ppi: Option<u16>,
    bit_rate: f32,
    more: &[(String, String)],
) -> Result<String, Error> {
    let ppi = ppi.map_or("-1".to_owned(), |ppi| ppi.to_string());
    let mut text = format!(
        "{HEADER} {}\nPIX_WIDTH {width}\nPIX_HEIGHT {height}\nPIX_DEPTH 8\n{PPI} {ppi}\nLOSSY 1\n\
         COLORSPACE GRAY\nCOMPRESSION WSQ\nWSQ_BITRATE {bit_rate:.6}",
        9 + more.len()
    );
    for (index, (name, value)) in more.iter().enumerate() {
        let is_name = !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c == '\0');
        let is_value =
            value.trim_start_matches([' ', '\t']) == value && !value.contains(['\n', '\0']);
        if !is_name || !is_value || value.is_empty() {
            return Err(Error::CommentField { index });
        }
        text.push_str(&format!("\n{name} {value}"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A comment, its fields and what it says of the resolution.
    type Case<'a> = (&'a [u8], Option<&'a [(&'a str, &'a str)]>, Option<u16>);

    #[test]
    fn comments_of_all_kinds() {
        let cases: [Case; 8] = [
            (b"", None, None),
            (b"hello", None, None),
            (b"NIST_COM 1", Some(&[]), None),
            (
                b"NIST_COM 2\nPPI 1000\n",
                Some(&[("PPI", "1000")]),
                Some(1000),
            ),
            (b"NIST_COM 2\nPPI -1\0\0", Some(&[("PPI", "-1")]), None),
            (
                b"NIST_COM 2\n\n \tPPI\t 500",
                Some(&[("PPI", "500")]),
                Some(500),
            ),
            (
                b"NIST_COM 3\nPPI 70000\nSEX m f",
                Some(&[("PPI", "70000"), ("SEX", "m f")]),
                None,
            ),
            (b"NIST_COM x\nA", Some(&[("A", "")]), None),
        ];
        for (comment, want, ppi) in cases {
            let read = NistCom::parse(comment);
            let fields = read.as_ref().map(|com| {
                let pairs = com.fields().iter();
                pairs
                    .map(|(name, value)| (name.as_str(), value.as_str()))
                    .collect::<Vec<_>>()
            });
            assert_eq!(fields.as_deref(), want);
            assert_eq!(read.and_then(|com| com.ppi()), ppi);
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let text = of_picture((416, 560), Some(500), 0.75, &[field("FING_CLASS", "W x")]).unwrap();
        assert!(
            text.starts_with("NIST_COM 10\nPIX_WIDTH 416\n")
                && text.contains("\nWSQ_BITRATE 0.750000\n")
        );
        let read = NistCom::parse(text.as_bytes()).unwrap();
        assert_eq!(
            (read.ppi(), read.value("FING_CLASS"), read.fields().len()),
            (Some(500), Some("W x"), 9)
        );
        for bad in [
            ("", "x"),
            ("A B", "x"),
            ("A", ""),
            ("A", " x"),
            ("A", "x\ny"),
            ("A\0", "x"),
        ] {
            let refused = of_picture((1, 1), None, 0.75, &[field("OK", "1"), field(bad.0, bad.1)]);
            assert_eq!(refused, Err(Error::CommentField { index: 1 }));
        }
    }
}
