//! What the system says of the memory of a process.

use std::fs;

/// A line of `/proc/ID/status` that ends with `kB`, in octets: `VmHWM` is the most that was resident, `VmRSS` what is. Nothing where the
/// process is gone, or the system has no such file.
#[must_use]
pub fn of(id: u32, what: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let mut lines = status.lines();
    let value = lines.find_map(|line| line.strip_prefix(what)?.strip_prefix(':'))?;
    let kilobytes: u64 = value.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}
