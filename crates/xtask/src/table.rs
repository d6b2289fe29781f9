//! Tables for the terminal: columns as wide as their widest cell.

use std::fmt;

/// Rows of text under a head.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with only its head.
    pub(crate) fn new(head: &[&str]) -> Self {
        let mut table = Self { rows: Vec::new() };
        table.row(head);
        let line: Vec<String> = head.iter().map(|_| String::new()).collect();
        table.rows.push(line);
        table
    }

    /// Adds a row; missing cells are empty.
    pub(crate) fn row(&mut self, cells: &[&str]) {
        self.rows
            .push(cells.iter().map(|cell| (*cell).to_owned()).collect());
    }

    fn widths(&self) -> Vec<usize> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or_default()
        };
        (0..columns).map(width).collect()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        for (number, row) in self.rows.iter().enumerate() {
            let cells = widths.iter().enumerate().map(|(column, &width)| {
                let cell = row.get(column).map_or("", String::as_str);
                // The second row is the line below the head.
                if number == 1 {
                    "-".repeat(width)
                } else {
                    format!("{cell:width$}")
                }
            });
            writeln!(f, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = Table::new(&["judge", "time"]);
        table.row(&["OpenPACE", "0.2 s"]);
        table.row(&["é"]);
        assert_eq!(
            table.to_string(),
            "judge     time\n--------  -----\nOpenPACE  0.2 s\né\n"
        );
    }
}
