//! A server that ends in the middle of whatever it does.

use std::{fs, process::Command, thread, time::Duration};

use crate::guard::{Guard, PATIENCE};

/// Kills the server and all its children. It is held first, so that no child is born meanwhile; each child leads a process
/// group of its own, so that they must be named one by one.
pub(super) fn all(guard: &mut Guard) {
    let server = guard.server().expect("a server that runs");
    guard.signal("STOP");
    let children = children_of(server);
    let mut command = Command::new("sh");
    command
        .args(["-c", r#"kill -s KILL "$@" 2>/dev/null; true"#, "kill"])
        .arg(server.to_string())
        .args(children.iter().map(u32::to_string));
    guard.account().runs(&mut command);
    assert!(command.status().is_ok_and(|status| status.success()));
    guard.wait();
    // A restart is refused while one of them still holds the shared memory.
    let mut waited = Duration::ZERO;
    while children.iter().any(|child| lives(*child)) {
        assert!(waited < PATIENCE, "killed processes do not go");
        thread::sleep(Duration::from_millis(2));
        waited += Duration::from_millis(2);
    }
}

/// The fields behind the name of a process in `/proc/…/stat`: state, parent, …
fn stat(process: &str) -> Option<(char, u32)> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let mut fields = stat.rsplit(')').next()?.split_whitespace();
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}

fn children_of(parent: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").expect("/proc, which only Linux has");
    processes
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| stat(name).is_some_and(|(_, of)| of == parent))
        .filter_map(|name| name.parse().ok())
        .collect()
}

fn lives(process: u32) -> bool {
    stat(&process.to_string()).is_some_and(|(state, _)| !matches!(state, 'Z' | 'X'))
}
