//! Steps by programs: no shell, an environment of named variables, an answer of bounded length, an end to every wait.
//!
//! A program that does not end in time is ended with the whole group of processes that it is the first of. What it has started and left
//! behind after ending well is its own affair: drivers may have a helper that stays.

use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::{Answer, Contract, Fault, Handle, Machine, Step};

/// Octets of an answer at most.
pub const MAX_ANSWER: usize = 4096;
/// How often it is looked whether a program has ended.
const POLL: Duration = Duration::from_millis(5);
/// How long the end of an answer may come behind the end of its program: a helper that stays holds the pipe open.
const TAIL: Duration = Duration::from_millis(500);
/// Exit codes of the contract.
const NO_MORE: i32 = 10;
const JAM: i32 = 11;
const DOUBLE_FEED: i32 = 12;
const NO_POWER: i32 = 13;

/// A machine behind the commands of a contract.
#[derive(Debug)]
pub struct CommandMachine<'c> {
    contract: &'c Contract,
}

impl<'c> CommandMachine<'c> {
    /// The machine of a contract.
    #[must_use]
    pub const fn new(contract: &'c Contract) -> Self {
        Self { contract }
    }

    fn command(
        &self,
        step: Step,
        handle: &Handle,
        told: &[(&'static str, &str)],
    ) -> Option<Command> {
        let (program, arguments) = handle.command.split_first()?;
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .env("STATION_STEP", step.word())
            .env("STATION_NAME", &self.contract.name)
            .envs(told.iter().copied())
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        for name in &self.contract.environment {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        Some(command)
    }
}

impl Machine for CommandMachine<'_> {
    fn step(&mut self, step: Step, told: &[(&'static str, &str)]) -> Result<Answer, Fault> {
        let Some(handle) = self.contract.handle(step) else {
            return Ok(Answer::default());
        };
        let command = self.command(step, handle, told);
        let mut command = command.ok_or(Fault::NoAnswer("there is no program"))?;
        let child = command.spawn();
        let mut child = child.map_err(|error| Fault::NotStarted(error.to_string()))?;
        let said = Said::of(&mut child);
        let status = ended(&mut child, handle.patience(), &said);
        if status.is_none() {
            end_group(&mut child);
        }
        // Who says too much may die of the closed pipe.
        if said.is_too_long() {
            return Err(Fault::NoAnswer("it is too long"));
        }
        let status = status.ok_or(Fault::Hung(handle.seconds))?;
        match status.code() {
            Some(0) => answer(&said.whole()?),
            Some(NO_MORE) if step == Step::Get => Err(Fault::NoMore),
            Some(JAM) => Err(Fault::Jam),
            Some(DOUBLE_FEED) => Err(Fault::DoubleFeed),
            Some(NO_POWER) => Err(Fault::NoPower),
            _ => Err(Fault::Died(status.to_string())),
        }
    }
}

/// Waits for the end, as long as there is patience and the answer is not too long.
fn ended(child: &mut Child, patience: Duration, said: &Said) -> Option<ExitStatus> {
    let begun = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if begun.elapsed() < patience && !said.is_too_long() => {
                std::thread::sleep(POLL);
            }
            _ => return None,
        }
    }
}

/// Ends a program and what it has started.
fn end_group(child: &mut Child) {
    #[cfg(unix)]
    if let Some(group) = i32::try_from(child.id())
        .ok()
        .and_then(rustix::process::Pid::from_raw)
    {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// What a program says on its standard output, as it comes.
struct Said {
    octets: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
}

impl Said {
    fn of(child: &mut Child) -> Self {
        let octets = Arc::new(Mutex::new(Vec::new()));
        let reader = child.stdout.take().map(|mut pipe| {
            let octets = Arc::clone(&octets);
            std::thread::spawn(move || {
                let mut part = [0; 512];
                while let Ok(len) = pipe.read(&mut part) {
                    let mut octets = octets.lock().unwrap_or_else(PoisonError::into_inner);
                    octets.extend_from_slice(part.get(..len).unwrap_or_default());
                    // Whoever says more is ended; the pipe is closed here.
                    if len == 0 || octets.len() > MAX_ANSWER {
                        return;
                    }
                }
            })
        });
        Self { octets, reader }
    }

    fn is_too_long(&self) -> bool {
        let octets = self.octets.lock().unwrap_or_else(PoisonError::into_inner);
        octets.len() > MAX_ANSWER
    }

    /// All of it. The program has ended.
    fn whole(&self) -> Result<Vec<u8>, Fault> {
        let begun = Instant::now();
        let is_open = || {
            self.reader
                .as_ref()
                .is_some_and(|reader| !reader.is_finished())
        };
        while is_open() && begun.elapsed() < TAIL {
            std::thread::sleep(POLL);
        }
        if self.is_too_long() {
            return Err(Fault::NoAnswer("it is too long"));
        }
        let octets = self.octets.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(octets.clone())
    }
}

/// Nothing at all is an answer that says nothing.
fn answer(said: &[u8]) -> Result<Answer, Fault> {
    if said.trim_ascii().is_empty() {
        return Ok(Answer::default());
    }
    serde_json::from_slice(said).map_err(|_| Fault::NoAnswer("it is not the JSON of an answer"))
}
