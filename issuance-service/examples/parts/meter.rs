//! Time, processors and memory, of this process and of a database server beside it (Linux).

use std::fs;
use std::time::{Duration, Instant};

/// Ticks of the processor's clock in a second, as Linux shows them to programs.
const TICKS: f64 = 100.0;

/// Since when something is measured.
pub struct Meter {
    start: Instant,
    server: Option<u32>,
    own: f64,
    database: f64,
}

/// What was used since.
#[derive(Clone, Copy)]
pub struct Used {
    /// Seconds on the clock.
    pub seconds: f64,
    /// Seconds of processors in this process.
    pub own: f64,
    /// Seconds of processors in the processes of the database server.
    pub database: f64,
}

impl Meter {
    /// Starts; `server` is the first process of a database server.
    pub fn start(server: Option<u32>) -> Self {
        Self {
            start: Instant::now(),
            server,
            own: own(),
            database: server.map_or(0.0, tree),
        }
    }

    /// What was used.
    pub fn used(&self) -> Used {
        Used {
            seconds: self.start.elapsed().as_secs_f64(),
            own: own() - self.own,
            database: self.server.map_or(0.0, tree) - self.database,
        }
    }
}

/// The fields of proc(5) behind the name in brackets: state, parent, …
fn fields(process: &str) -> Vec<f64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    rest.split_whitespace()
        .map(|word| word.parse().unwrap_or(0.0))
        .collect()
}

/// User and system time; those of children that have ended behind them.
fn times(fields: &[f64]) -> (f64, f64) {
    let sum = |places: [usize; 2]| {
        let of = |place: usize| fields.get(place).copied().unwrap_or(0.0);
        places.map(of).iter().sum::<f64>() / TICKS
    };
    (sum([11, 12]), sum([13, 14]))
}

fn own() -> f64 {
    times(&fields("self")).0
}

/// A server with all its processes, those that have ended included.
fn tree(server: u32) -> f64 {
    let (own, ended) = times(&fields(&server.to_string()));
    let children = fs::read_dir("/proc").into_iter().flatten().flatten();
    let children = children.filter_map(|entry| entry.file_name().into_string().ok());
    let children = children
        .filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()))
        .map(|name| fields(&name))
        .filter(|fields| fields.get(1) == Some(&f64::from(server)))
        .map(|fields| times(&fields).0);
    own + ended + children.sum::<f64>()
}

/// Resident memory of a process, in MiB.
pub fn memory(process: &str, line: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|text| text.strip_prefix(line));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0
}

/// What else the machine does: its load, and how many processors there are.
pub fn load() -> String {
    let average = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let average = average.split_whitespace().next().unwrap_or("?");
    format!("load {average} on {processors} processors")
}

/// The duration that a share of all is not above, in milliseconds.
pub fn quantile(times: &mut [Duration], share: f64) -> f64 {
    times.sort_unstable();
    let place = (times.len() as f64 * share) as usize;
    times[place.min(times.len() - 1)].as_secs_f64() * 1000.0
}
