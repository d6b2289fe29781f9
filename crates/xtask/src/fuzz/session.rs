//! One target under libFuzzer for a while: started, watched, summed up.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use crate::process;

/// An input that takes longer is a finding: no object of this size may keep a reader busy.
const SECONDS_FOR_ONE: u32 = 5;
/// An input that takes more memory is a finding.
const MEGABYTES: u32 = 1024;
/// How often the terminal is told how it goes.
const PULSE: Duration = Duration::from_secs(10);

/// What is to be done.
pub(super) struct Session<'a> {
    pub(super) target: &'a str,
    /// The crate of the targets.
    pub(super) folder: &'a Path,
    pub(super) time: Duration,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) target: String,
    pub(super) time: Duration,
    pub(super) executions: u64,
    /// Edges of the program's graph that an input has passed.
    pub(super) edges: u64,
    pub(super) findings: Vec<Finding>,
    /// Everything libFuzzer said.
    pub(super) log: PathBuf,
}

/// An input that broke something.
#[derive(Debug)]
pub(super) struct Finding {
    /// The message of the panic, or what libFuzzer calls it.
    pub(super) said: String,
    pub(super) input: PathBuf,
    /// The command that shows it once more.
    pub(super) again: String,
}

impl Session<'_> {
    /// Runs the target until the time is over or something is found.
    ///
    /// # Errors
    /// It cannot be started, or the file system says no.
    pub(super) fn run(&self, program: &mut Command) -> Result<Outcome> {
        let again = process::shown(program);
        let again = again.replacen(
            self.target,
            &Path::new(program.get_program()).display().to_string(),
            1,
        );
        let log = process::scratch().join(format!("fuzz/{}.log", self.target));
        let mut kept = File::create(&log).with_context(|| log.display().to_string())?;
        let begun = Instant::now();
        let mut child = self
            .prepare(program)?
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("`{}` cannot be started", self.target))?;
        let mut reading = Reading::default();
        let mut told = Instant::now();
        if let Some(output) = child.stderr.take() {
            for line in BufReader::new(output).split(b'\n') {
                let line = String::from_utf8_lossy(&line?).into_owned();
                writeln!(kept, "{line}")?;
                reading.line(&line);
                if told.elapsed() >= PULSE {
                    told = Instant::now();
                    eprintln!(
                        "{}: {}",
                        process::seconds(begun.elapsed()),
                        reading.progress()
                    );
                }
            }
        }
        let status = child.wait()?;
        if !status.success() && reading.findings.is_empty() {
            reading
                .findings
                .push((reading.said(&status.to_string()), log.clone()));
        }
        eprintln!(
            "{}: {}",
            process::seconds(begun.elapsed()),
            reading.progress()
        );
        Ok(Outcome {
            target: self.target.to_owned(),
            time: begun.elapsed(),
            executions: reading.executions,
            edges: reading.edges,
            findings: reading.into_findings(&again),
            log,
        })
    }

    fn prepare<'c>(&self, program: &'c mut Command) -> Result<&'c mut Command> {
        let place = |kind: &str| self.folder.join(kind).join(self.target);
        let (corpus, artifacts) = (place("corpus"), place("artifacts"));
        fs::create_dir_all(&corpus)?;
        fs::create_dir_all(&artifacts)?;
        Ok(program
            .current_dir(process::workspace())
            .arg(format!("-max_total_time={}", self.time.as_secs()))
            .arg(format!("-timeout={SECONDS_FOR_ONE}"))
            .arg(format!("-rss_limit_mb={MEGABYTES}"))
            .arg(format!("-artifact_prefix={}/", artifacts.display()))
            .arg(format!(
                "-dict={}",
                self.folder.join("dictionary.txt").display()
            ))
            .arg("-print_final_stats=1")
            .arg(corpus))
    }
}

impl Outcome {
    /// Executions per second.
    pub(super) fn rate(&self) -> u64 {
        let milliseconds = u64::try_from(self.time.as_millis()).unwrap_or(u64::MAX);
        self.executions.saturating_mul(1000) / milliseconds.max(1)
    }
}

/// libFuzzer's words, read line by line.
#[derive(Default)]
struct Reading {
    executions: u64,
    edges: u64,
    /// The last panic, without its backtrace.
    panic: Vec<String>,
    error: Option<String>,
    /// What was said, and the input.
    findings: Vec<(String, PathBuf)>,
}

impl Reading {
    fn line(&mut self, line: &str) {
        if let Some((number, rest)) = progress(line) {
            self.executions = self.executions.max(number);
            self.edges = word_behind(rest, "cov:").unwrap_or(self.edges);
        } else if let Some(number) = line.strip_prefix("stat::number_of_executed_units:") {
            self.executions = number.trim().parse().unwrap_or(self.executions);
        } else if line.contains("panicked at") {
            self.panic = vec![line.trim().to_owned()];
        } else if let Some((_, error)) = line.split_once("ERROR: libFuzzer: ") {
            self.error = Some(error.to_owned());
        } else if let Some((_, path)) = line.split_once("Test unit written to ") {
            let said = self.said("an input that was kept");
            self.findings.push((said, PathBuf::from(path.trim())));
        } else if self.panic.len() == 1 && !line.trim().is_empty() {
            self.panic.push(line.trim().to_owned());
        }
    }

    /// The words for a finding, the most telling first.
    fn said(&self, otherwise: &str) -> String {
        if self.panic.is_empty() {
            return self.error.clone().unwrap_or_else(|| otherwise.to_owned());
        }
        self.panic.join(" ")
    }

    fn progress(&self) -> String {
        format!(
            "{} executions, {} edges reached, {} found",
            self.executions,
            self.edges,
            self.findings.len()
        )
    }

    fn into_findings(self, again: &str) -> Vec<Finding> {
        let finding = |(said, input): (String, PathBuf)| Finding {
            said,
            again: format!("{again} {}", input.display()),
            input,
        };
        self.findings.into_iter().map(finding).collect()
    }
}

/// The number and the rest of a line such as `#4096  pulse  cov: 1234 ft: 5678 corp: 90/12Kb exec/s: 2048 rss: 50Mb`.
fn progress(line: &str) -> Option<(u64, &str)> {
    let (number, rest) = line.strip_prefix('#')?.split_once(char::is_whitespace)?;
    Some((number.parse().ok()?, rest))
}

fn word_behind(line: &str, word: &str) -> Option<u64> {
    let (_, behind) = line.split_once(word)?;
    behind.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &str) -> Reading {
        let mut reading = Reading::default();
        lines.lines().for_each(|line| reading.line(line));
        reading
    }

    #[test]
    fn a_run_without_findings_is_read() {
        let reading = read(
            "INFO: Seed: 1\n#2\tINITED cov: 12 ft: 13 corp: 1/1b exec/s: 0 rss: 40Mb\n#4096\tpulse  cov: 1234 ft: 5 corp: 9/1Kb lim: 4 exec/s: 9 rss: 5Mb\nDone 5000 runs in 2 second(s)\nstat::number_of_executed_units: 5000\n",
        );
        assert_eq!((reading.executions, reading.edges), (5000, 1234));
        assert!(reading.findings.is_empty());
    }

    #[test]
    fn a_panic_is_a_finding_with_its_words_and_its_input() {
        let reading = read(
            "#7\tNEW    cov: 3\n\nthread '<unnamed>' (12) panicked at crates/pki/src/ber.rs:1:2:\nattempt to add with overflow\nnote: run with `RUST_BACKTRACE=1`\n==1== ERROR: libFuzzer: deadly signal\nTest unit written to fuzz/artifacts/crl/crash-ab\n",
        );
        let findings = reading.into_findings("crl");
        let [finding] = &findings[..] else {
            panic!("{findings:?}");
        };
        assert!(
            finding
                .said
                .contains("ber.rs:1:2: attempt to add with overflow"),
            "{}",
            finding.said
        );
        assert_eq!(finding.again, "crl fuzz/artifacts/crl/crash-ab");
    }

    #[test]
    fn an_input_that_takes_too_long_is_a_finding() {
        let reading = read(
            "==1== ERROR: libFuzzer: timeout after 5 seconds\nartifact_prefix='x/'; Test unit written to x/timeout-cd\n",
        );
        assert_eq!(
            reading.findings,
            [(
                "timeout after 5 seconds".to_owned(),
                PathBuf::from("x/timeout-cd")
            )]
        );
    }
}
