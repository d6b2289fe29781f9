//! The report as a page that needs nothing else, for the printer.

use super::words::Word;
use super::{Section, Sheet};

const STYLE: &str = "body{font:11pt/1.4 sans-serif;margin:2em;max-width:60em}\
h1{font-size:16pt}h2{font-size:12pt;margin:1.4em 0 .3em}\
table{border-collapse:collapse;width:100%}\
th,td{border:1px solid #888;padding:.2em .5em;text-align:left;overflow-wrap:anywhere}\
th{background:#eee}\
.sign{display:inline-block;width:45%;margin:3em 4% 0 0;border-top:1px solid #000}\
@media print{body{margin:0}tr{break-inside:avoid}}";

impl Sheet {
    /// As an HTML page.
    #[must_use]
    pub fn html(&self) -> String {
        let title = escaped(self.title);
        let sections: String = self.sections.iter().map(section).collect();
        let signatures: String = [Word::CountedBy, Word::ConfirmedBy]
            .map(|word| word.in_language(self.language))
            .iter()
            .map(|word| format!("<span class=\"sign\">{}</span>", escaped(word)))
            .collect();
        format!(
            "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{title}</title>\n\
             <style>{STYLE}</style></head>\n<body><h1>{title}</h1>\n{sections}<p>{signatures}</p></body></html>\n",
            self.language.tag()
        )
    }
}

fn section(section: &Section) -> String {
    let cells = |tag: &str, cells: &mut dyn Iterator<Item = &str>| -> String {
        let cells: String = cells
            .map(|cell| format!("<{tag}>{}</{tag}>", escaped(cell)))
            .collect();
        format!("<tr>{cells}</tr>\n")
    };
    let head = cells("th", &mut section.columns.iter().copied());
    let rows: String = section
        .rows
        .iter()
        .map(|row| cells("td", &mut row.iter().map(String::as_str)))
        .collect();
    format!(
        "<h2>{}</h2>\n<table>\n{head}{rows}</table>\n",
        escaped(&section.heading)
    )
}

/// Names of people and readers may hold anything.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}
