//! A chapter as the test sees it: blocks of commands, what they end with, and what they say.

use std::{
    collections::BTreeSet,
    fmt, fs,
    path::{Path, PathBuf},
};

/// A Markdown file below `docs/`.
pub struct Chapter {
    /// Its path from there.
    pub name: String,
    /// In their order.
    pub blocks: Vec<Block>,
}

/// A fenced block of commands for a shell.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// Where it begins.
    pub line: usize,
    /// What is typed.
    pub commands: String,
    /// What its last command ends with: `exit=3` behind `sh`, otherwise 0.
    pub code: i32,
    /// Lines that it says, in this order, others between them: the block `output` behind it. `…` stands for anything.
    pub shown: Vec<String>,
    /// Why it is not run: `<!-- not run: … -->` on the line before.
    pub not_run: Option<String>,
}

impl fmt::Debug for Chapter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)
    }
}

impl Chapter {
    /// Whether it tells another chapter in another language.
    pub fn is_translated(&self) -> bool {
        self.name.starts_with(super::TRANSLATED)
    }
}

/// All chapters of a folder, in order of name.
pub fn below(docs: &Path) -> Vec<Chapter> {
    let mut files = Vec::new();
    walk(docs, &mut files);
    files.sort();
    assert!(files.len() > 8, "{files:?}");
    let chapter = |file: PathBuf| {
        let name = file.strip_prefix(docs).unwrap().to_str().unwrap();
        let text = fs::read_to_string(&file).unwrap();
        Chapter {
            name: name.replace('\\', "/"),
            blocks: blocks(&text).unwrap_or_else(|why| panic!("{name}: {why}")),
        }
    };
    files.into_iter().map(chapter).collect()
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|end| end == "md") {
            files.push(path);
        }
    }
}

/// The blocks of a text.
pub fn blocks(text: &str) -> Result<Vec<Block>, String> {
    let mut found: Vec<Block> = Vec::new();
    let mut before = "";
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let Some(kind) = line.strip_prefix("```") else {
            // Commands that are only indented would never be run.
            let is_command = ["    card-tool ", "    issuance-service "]
                .iter()
                .any(|begin| line.starts_with(begin));
            if is_command {
                return Err(format!("line {}: commands belong into ```sh", index + 1));
            }
            if !line.trim().is_empty() {
                before = line;
            }
            continue;
        };
        let mut content = Vec::new();
        loop {
            match lines.next() {
                Some((_, "```")) => break,
                Some((_, line)) => content.push(line),
                None => return Err(format!("line {}: a block without an end", index + 1)),
            }
        }
        match kind.split_once(' ').unwrap_or((kind, "")) {
            ("sh", more) => found.push(Block {
                line: index + 1,
                commands: content.join("\n"),
                code: match more.strip_prefix("exit=").map(str::parse) {
                    Some(Ok(code)) => code,
                    None if more.is_empty() => 0,
                    _ => return Err(format!("line {}: {more}", index + 1)),
                },
                not_run: reason(before).map(str::to_owned),
                ..Block::default()
            }),
            ("output", "") => {
                let block = found.last_mut().ok_or("output of nothing")?;
                block.shown = content.into_iter().map(str::to_owned).collect();
            }
            // Files and pictures.
            ("toml" | "text" | "ini", "") => {}
            _ => return Err(format!("line {}: what is `{kind}`?", index + 1)),
        }
        before = "";
    }
    Ok(found)
}

fn reason(line: &str) -> Option<&str> {
    line.strip_prefix("<!-- not run: ")?.strip_suffix(" -->")
}

/// Whether `said` has the lines, in their order.
pub fn says(said: &str, shown: &[String]) -> Result<(), String> {
    let mut said = said.lines();
    for line in shown {
        if !said.any(|other| is_like(other.trim_end(), line.trim_end())) {
            return Err(format!("does not say, or not in this order: {line}"));
        }
    }
    Ok(())
}

fn is_like(said: &str, shown: &str) -> bool {
    let parts: Vec<&str> = shown.split('…').collect();
    let [first, between @ .., last] = &parts[..] else {
        return said == shown;
    };
    let Some(mut rest) = said.strip_prefix(first) else {
        return false;
    };
    for part in between {
        match rest.find(part) {
            Some(at) => rest = rest.split_at(at + part.len()).1,
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Where the links of a text lead inside this tree.
pub fn links(text: &str) -> Vec<&str> {
    let behind = text.split("](").skip(1);
    let targets = behind.filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.contains("://")).collect()
}

/// The names under which the headings of a text are linked to.
pub fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| {
        let words = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = |letter: &char| letter.is_alphanumeric() || [' ', '-', '_'].contains(letter);
        words
            .chars()
            .filter(kept)
            .collect::<String>()
            .replace(' ', "-")
    };
    headings.map(anchor).collect()
}

#[test]
fn blocks_are_found() {
    let text = "a\n<!-- not run: it needs a printer -->\n```sh\nlp x\n```\nb\n```sh exit=3\none &\ntwo\n```\n\n```output\n2 … 3\n```\n```toml\nx = 1\n```\n";
    let found = blocks(text).unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].not_run.as_deref(), Some("it needs a printer"));
    let second = Block {
        line: 7,
        commands: "one &\ntwo".to_owned(),
        code: 3,
        shown: vec!["2 … 3".to_owned()],
        not_run: None,
    };
    assert_eq!(found[1], second);
    for bad in [
        "```sh\nx",
        "```bash\nx\n```",
        "```sh exit=x\nx\n```",
        "```output\nx\n```",
        "text\n\n    card-tool readers\n",
    ] {
        blocks(bad).unwrap_err();
    }
}

#[test]
fn what_is_shown_must_be_said() {
    let said = "one\nseven of 12 cards\nlast  \n";
    for (shown, is_said) in [
        (&["one", "last"][..], true),
        (&["last", "one"], false),
        (&["seven … cards"], true),
        (&["seven … card"], false),
        (&["…"], true),
        (&["on"], false),
        (&["s… of … c…s"], true),
    ] {
        let shown: Vec<String> = shown.iter().map(|&line| line.to_owned()).collect();
        assert_eq!(says(said, &shown).is_ok(), is_said, "{shown:?}");
    }
}
