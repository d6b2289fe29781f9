//! A pcscd of our own, with virtual readers, for as long as a run needs it.
//!
//! The daemon's socket is compiled in (`/run/pcscd/pcscd.comm`), so a second daemon needs its own view of `/run`; clients are led to it by
//! `PCSCLITE_CSOCK_NAME`. The virtual reader's driver keeps its state in static variables, so every pair of slots needs its own real copy of
//! the library. The driver listens on all interfaces: this is for development machines and never for production.

use std::{
    ffi::OsString,
    fs,
    net::TcpListener,
    os::unix::{fs::DirBuilderExt, net::UnixStream},
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};

use crate::{
    companion::{Companion, Plan, privileged},
    process,
    setup::system,
};

/// The maximum of one pcscd (`PCSCLITE_MAX_READERS_CONTEXTS`).
pub(crate) const MAX_SLOTS: usize = 16;
/// One entry of the configuration makes two slots, on two neighbouring ports.
const SLOTS_OF_ENTRY: usize = 2;
/// Below the range from which the system draws ports for outgoing connections.
const PORTS: std::ops::Range<u16> = 20_000..30_000;
/// The daemon is ready within a second; a busy machine gets more.
const READY_WITHIN: Duration = Duration::from_secs(15);
/// A port can be taken by somebody else between our look and the driver's.
const ATTEMPTS: u32 = 3;
/// The folder of the socket that is compiled into the daemon.
const SOCKET_FOLDER: &str = "/run/pcscd";
const SOCKET_NAME: &str = "pcscd.comm";

/// Gives the daemon its own `/run`, needing nothing to exist there, and hides the USB drivers: a real reader on this machine stays with the
/// machine's own daemon. `$1` becomes `/run/pcscd`, `$2` is the folder of the USB drivers.
const OWN_RUN: &str = r#"
set -e
mount -t tmpfs tmpfs /run
mkdir /run/pcscd
mount --bind "$1" /run/pcscd
[ ! -d "$2" ] || mount -t tmpfs tmpfs "$2"
shift 2
exec "$@"
"#;

/// A virtual reader: what PC/SC calls it, and where its card connects.
struct Slot {
    reader: String,
    port: u16,
}

/// A running pcscd with virtual readers; dropping it ends it.
pub(crate) struct Pcscd {
    slots: Vec<Slot>,
    socket: PathBuf,
    log: PathBuf,
    daemon: Option<Companion>,
    folders: Vec<PathBuf>,
}

impl Pcscd {
    /// Starts a daemon with `slots` empty virtual readers and waits until clients see all of them.
    ///
    /// # Errors
    /// A program or the driver is missing, or no way to run a private daemon is open to this user; the message says which and why.
    pub(crate) fn start(slots: usize) -> Result<Self> {
        ensure!(
            (1..=MAX_SLOTS).contains(&slots),
            "one pcscd serves 1 to {MAX_SLOTS} readers"
        );
        let seclusion = Seclusion::choose()?;
        let mut attempt = 1;
        loop {
            match Self::start_in(&seclusion, slots) {
                Ok(daemon) => return Ok(daemon),
                Err(error) if attempt == ATTEMPTS => return Err(error),
                Err(error) => {
                    eprintln!("pcscd did not come up ({error:#}); once more with other ports");
                }
            }
            attempt += 1;
        }
    }

    /// What a client needs in its environment to meet this daemon and to find the place of each reader's card.
    pub(crate) fn environment(&self) -> [(&'static str, OsString); 3] {
        let ports = self.slots.iter().map(|slot| self.address(slot));
        let readers = self.slots.iter().map(|slot| slot.reader.clone());
        [
            ("PCSCLITE_CSOCK_NAME", self.socket.clone().into()),
            (
                "CARD_TOOLCHAIN_VPCD",
                ports.collect::<Vec<_>>().join(",").into(),
            ),
            (
                "CARD_TOOLCHAIN_READERS",
                readers.collect::<Vec<_>>().join(";").into(),
            ),
        ]
    }

    /// The name of a reader and the address at which its card connects.
    ///
    /// # Errors
    /// There are fewer readers than that.
    pub(crate) fn slot(&self, index: usize) -> Result<(&str, String)> {
        let slot = self
            .slots
            .get(index)
            .context("there are fewer virtual readers than that")?;
        Ok((&slot.reader, self.address(slot)))
    }

    fn address(&self, slot: &Slot) -> String {
        format!("127.0.0.1:{}", slot.port)
    }

    fn start_in(seclusion: &Seclusion, slots: usize) -> Result<Self> {
        let entries = slots.div_ceil(SLOTS_OF_ENTRY);
        let ports = free_pairs(entries)?;
        let home = process::scratch().join(format!(
            "pcscd-{}-{}",
            std::process::id(),
            ports.first().unwrap_or(&0)
        ));
        let configuration = home.join("reader.conf.d");
        fs::create_dir_all(&configuration)?;
        let slots = write_configuration(&home, &configuration, &ports, slots)?;

        let log = home.with_extension("log");
        let (folder, socket) = seclusion.socket()?;
        let mut daemon = Self {
            slots,
            socket,
            log: log.clone(),
            daemon: None,
            folders: vec![home],
        };
        daemon.folders.extend(folder.clone());
        let words = seclusion.words(folder.as_deref(), &configuration)?;
        daemon.daemon = Some(Companion::start(Plan {
            words,
            log,
            folder,
            sudo: seclusion.sudo(),
        })?);
        daemon.wait_until_ready()?;
        eprintln!(
            "pcscd with {} virtual readers {}; its log: {}",
            daemon.slots.len(),
            seclusion.in_words(),
            daemon.log.display()
        );
        Ok(daemon)
    }

    fn wait_until_ready(&self) -> Result<()> {
        let opensc = process::find("opensc-tool").context("`opensc-tool` is not installed")?;
        let deadline = Instant::now() + READY_WITHIN;
        let mut listed = String::new();
        while Instant::now() < deadline {
            if self.daemon.as_ref().is_some_and(Companion::has_ended) {
                break;
            }
            if UnixStream::connect(&self.socket).is_ok() {
                let mut list = Command::new(&opensc);
                list.arg("-l").env("PCSCLITE_CSOCK_NAME", &self.socket);
                listed = process::output(&mut list).unwrap_or_default();
                if self.slots.iter().all(|slot| listed.contains(&slot.reader)) {
                    return Ok(());
                }
            }
            thread::sleep(Duration::from_millis(50));
        }
        let words = self
            .daemon
            .as_ref()
            .map(Companion::last_words)
            .unwrap_or_default();
        bail!(
            "pcscd did not show its readers; it said\n{words}\nand the readers seen were\n{listed}"
        );
    }
}

impl Drop for Pcscd {
    fn drop(&mut self) {
        self.daemon = None;
        for folder in &self.folders {
            fs::remove_dir_all(folder).ok();
        }
    }
}

/// How the daemon is kept apart from the machine's own.
enum Seclusion {
    /// Its own mount namespace, open to every user.
    UserNamespace,
    /// Its own mount namespace, made by root.
    RootNamespace { sudo: bool },
    /// None: it takes the place of the machine's own, which does not run.
    Nothing { sudo: bool },
}

impl Seclusion {
    fn choose() -> Result<Self> {
        ensure!(cfg!(target_os = "linux"), "virtual readers need Linux");
        let rehearsal = ["sh", "-c", "mount -t tmpfs tmpfs /run"];
        if process::succeeds(Command::new("unshare").arg("-Urm").args(rehearsal)) {
            return Ok(Self::UserNamespace);
        }
        let root = system::is_root();
        let sudo = !root && system::has_free_sudo();
        if root || sudo {
            if process::succeeds(privileged(sudo, "unshare").arg("-m").args(rehearsal)) {
                return Ok(Self::RootNamespace { sudo });
            }
            if UnixStream::connect(Path::new(SOCKET_FOLDER).join(SOCKET_NAME)).is_err() {
                return Ok(Self::Nothing { sudo });
            }
            bail!(
                "a private pcscd cannot be started: this machine allows no mount namespace, and another pcscd already holds {SOCKET_FOLDER}. \
                 Stop it (systemctl stop pcscd.socket pcscd) or allow namespaces."
            );
        }
        bail!(
            "a private pcscd cannot be started: this machine allows no user namespaces, and we are neither root nor can use sudo without a password. \
             Allow them (sysctl kernel.unprivileged_userns_clone=1, or kernel.apparmor_restrict_unprivileged_userns=0 on Ubuntu), or run as root."
        );
    }

    fn sudo(&self) -> bool {
        matches!(
            self,
            Self::RootNamespace { sudo: true } | Self::Nothing { sudo: true }
        )
    }

    fn in_words(&self) -> &'static str {
        match self {
            Self::UserNamespace => "in a user namespace",
            Self::RootNamespace { .. } => "in a mount namespace made by root",
            Self::Nothing { .. } => "in place of the machine's own",
        }
    }

    /// A private folder for the socket (none where the daemon has the machine's own), and the socket's path as clients see it.
    fn socket(&self) -> Result<(Option<PathBuf>, PathBuf)> {
        if let Self::Nothing { sudo } = self {
            process::run(privileged(*sudo, "mkdir").args(["-p", SOCKET_FOLDER]))?;
            return Ok((None, Path::new(SOCKET_FOLDER).join(SOCKET_NAME)));
        }
        // Not below the target folder: the address of a Unix socket has room for 107 bytes.
        let mut folder =
            PathBuf::from("/tmp").join(format!("card-toolchain-{}", std::process::id()));
        let mut number = 0;
        while let Err(error) = fs::DirBuilder::new().mode(0o700).create(&folder) {
            ensure!(
                error.kind() == std::io::ErrorKind::AlreadyExists,
                "{}: {error}",
                folder.display()
            );
            number += 1;
            folder.set_extension(number.to_string());
        }
        let socket = folder.join(SOCKET_NAME);
        Ok((Some(folder), socket))
    }

    fn words(&self, folder: Option<&Path>, configuration: &Path) -> Result<Vec<OsString>> {
        let pcscd = process::find("pcscd").context("`pcscd` is not installed")?;
        let mut words: Vec<OsString> = match self {
            Self::UserNamespace => ["unshare", "-Urm", "sh", "-c", OWN_RUN, "sh"]
                .map(OsString::from)
                .into(),
            Self::RootNamespace { .. } => ["unshare", "-m", "sh", "-c", OWN_RUN, "sh"]
                .map(OsString::from)
                .into(),
            Self::Nothing { .. } => Vec::new(),
        };
        if let Some(folder) = folder {
            words.extend([folder.into(), usb_drivers().into()]);
        }
        words.push(pcscd.clone().into());
        words.extend(["--foreground", "--error"].map(OsString::from));
        // Where the daemon asks polkit, it would refuse users without a seat at the machine.
        if process::output(Command::new(&pcscd).arg("--help"))
            .is_ok_and(|help| help.contains("--disable-polkit"))
        {
            words.push("--disable-polkit".into());
        }
        words.extend(["--config".into(), configuration.into()]);
        Ok(words)
    }
}

/// The folder in which pcscd looks for drivers of USB readers.
fn usb_drivers() -> String {
    let asked =
        process::output(Command::new("pkg-config").args(["--variable=usbdropdir", "libpcsclite"]));
    let folder = asked.unwrap_or_default().trim().to_owned();
    if folder.is_empty() {
        "/usr/lib/pcsc/drivers".to_owned()
    } else {
        folder
    }
}

/// One copy of the driver and one entry per pair of ports; returns the slots in the order in which clients are told of them.
fn write_configuration(
    home: &Path,
    configuration: &Path,
    ports: &[u16],
    slots: usize,
) -> Result<Vec<Slot>> {
    let driver = system::virtual_reader_driver()
        .context("the driver of the virtual reader (vsmartcard-vpcd) is not installed")?;
    let mut entries = String::new();
    let mut made = Vec::new();
    for (index, &port) in ports.iter().enumerate() {
        let copy = home.join(format!("libifdvpcd{index}.so"));
        fs::copy(&driver, &copy)?;
        let name = format!("Specimen Reader {}", index + 1);
        entries += &format!(
            "FRIENDLYNAME \"{name}\"\nDEVICENAME /dev/null:{port}\nLIBPATH {}\nCHANNELID {port}\n\n",
            copy.display()
        );
        made.push(Slot {
            reader: format!("{name} 00 00"),
            port,
        });
        made.push(Slot {
            reader: format!("{name} 00 01"),
            port: port + 1,
        });
    }
    fs::write(configuration.join("virtual"), entries)?;
    made.truncate(slots);
    Ok(made)
}

/// Pairs of neighbouring free ports. Runs of several processes start looking at different places.
fn free_pairs(count: usize) -> Result<Vec<u16>> {
    let span = u32::from(PORTS.end - PORTS.start) / 2;
    let first = std::process::id().wrapping_mul(64) % span;
    let pairs = (0..span).filter_map(|step| {
        u16::try_from((first + step) % span * 2)
            .ok()
            .map(|offset| PORTS.start + offset)
    });
    let free: Vec<u16> = pairs
        .filter(|&port| is_free(port) && is_free(port + 1))
        .take(count)
        .collect();
    ensure!(
        free.len() == count,
        "no {count} pairs of free ports in {PORTS:?}"
    );
    Ok(free)
}

/// The driver listens on all interfaces, and so do we to find out.
fn is_free(port: u16) -> bool {
    TcpListener::bind(("0.0.0.0", port)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_of_ports_do_not_overlap() {
        let pairs = free_pairs(MAX_SLOTS / SLOTS_OF_ENTRY).unwrap();
        for (index, port) in pairs.iter().enumerate() {
            assert!(PORTS.contains(port) && PORTS.contains(&(port + 1)));
            assert!(
                pairs
                    .iter()
                    .skip(index + 1)
                    .all(|other| other.abs_diff(*port) >= 2)
            );
        }
    }

    #[test]
    fn a_port_in_use_is_not_free() {
        let holder = TcpListener::bind(("0.0.0.0", 0)).unwrap();
        assert!(!is_free(holder.local_addr().unwrap().port()));
    }
}
