//! What kind of machine this is.

use std::{
    cmp::Ordering,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::process;

/// Where distributions put the virtual reader's driver.
const DRIVERS: [&str; 5] = [
    "/usr/lib/pcsc/drivers/serial/libifdvpcd.so",
    "/usr/lib64/pcsc/drivers/serial/libifdvpcd.so",
    "/usr/local/lib/pcsc/drivers/serial/libifdvpcd.so",
    "/usr/lib/readers/libifdvpcd.so",
    "/usr/local/lib/libifdvpcd.so",
];

/// Where distributions put the Python modules of vicc: Debian where no Python 3 looks for them.
const VICC_FOLDERS: [&str; 3] = [
    "/usr/lib/python3/site-packages/virtualsmartcard",
    "/usr/lib/python3/dist-packages",
    "/usr/local/lib/python3/site-packages/virtualsmartcard",
];
/// One of them, the card that we want most.
const VICC_CARD: &str = "virtualsmartcard/cards/nPA.py";

/// Where distributions put SoftHSM's module.
const TOKEN_MODULES: [&str; 6] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "/usr/lib/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
];
/// Where distributions put OpenSC's module that writes down every call; Debian has a folder for each processor.
const TOKEN_SPY: &str = "pkcs11-spy.so";
const TOKEN_SPY_FOLDERS: [&str; 4] = [
    "/usr/lib64/pkcs11",
    "/usr/lib/pkcs11",
    "/usr/local/lib/pkcs11",
    "/usr/lib64",
];

/// Where Debian keeps PostgreSQL's versions side by side, each with its programs in `bin`: most of them are in no `PATH`.
const POSTGRES_VERSIONS: &str = "/usr/lib/postgresql";
/// What the tests use of it.
const POSTGRES_PROGRAMS: [&str; 5] = ["initdb", "postgres", "psql", "pg_basebackup", "pg_dump"];

/// The names under which Chromium is installed.
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// Debian or one of its children, with its package tool.
pub(crate) fn is_debian() -> bool {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    process::find("apt-get").is_some() && names_debian(&release)
}

/// Whether we may do everything.
pub(crate) fn is_root() -> bool {
    process::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// Whether `sudo` asks no question.
pub(crate) fn has_free_sudo() -> bool {
    process::find("sudo").is_some() && process::succeeds(Command::new("sudo").args(["-n", "true"]))
}

/// The driver that turns a connection into a card in a reader.
pub(crate) fn virtual_reader_driver() -> Option<PathBuf> {
    DRIVERS.iter().map(PathBuf::from).find(|file| file.exists())
}

/// The folder from which vicc's modules are imported.
pub(crate) fn vicc_modules() -> Option<PathBuf> {
    VICC_FOLDERS
        .iter()
        .map(PathBuf::from)
        .find(|folder| folder.join(VICC_CARD).is_file())
}

/// SoftHSM's module.
pub(crate) fn token_module() -> Option<PathBuf> {
    TOKEN_MODULES
        .iter()
        .map(PathBuf::from)
        .find(|file| file.exists())
}

/// The module that writes down the calls to another one.
pub(crate) fn token_spy() -> Option<PathBuf> {
    let of_debian = format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH);
    TOKEN_SPY_FOLDERS
        .iter()
        .copied()
        .chain([of_debian.as_str()])
        .map(|folder| PathBuf::from(folder).join(TOKEN_SPY))
        .find(|file| file.exists())
}

/// Chromium, which draws and operates the pages.
pub(crate) fn browser() -> Option<PathBuf> {
    BROWSERS.iter().find_map(|name| process::find(name))
}

/// Whether a browser has letters to draw Vietnamese with: without any it draws boxes.
pub(crate) fn has_letters() -> bool {
    let fonts = process::output(Command::new("fc-list").arg(":lang=vi"));
    fonts.is_ok_and(|list| !list.trim().is_empty())
}

/// The folder of PostgreSQL's programs: Debian's newest version, or where its `initdb` is.
pub(crate) fn postgres_programs() -> Option<PathBuf> {
    let versions = fs::read_dir(POSTGRES_VERSIONS).into_iter().flatten();
    let folders = versions.flatten().map(|entry| entry.path().join("bin"));
    let in_path = process::find("initdb").and_then(|file| file.parent().map(Path::to_path_buf));
    newest(folders.collect())
        .into_iter()
        .chain(in_path)
        .find(|folder| {
            POSTGRES_PROGRAMS
                .iter()
                .all(|program| folder.join(program).is_file())
        })
}

/// Folders such as `…/15/bin`, the highest version first.
fn newest(mut folders: Vec<PathBuf>) -> Vec<PathBuf> {
    let version = |folder: &PathBuf| {
        let name = folder.parent()?.file_name()?.to_str()?;
        name.parse::<f32>().ok()
    };
    folders.sort_by(|one, other| {
        version(other)
            .partial_cmp(&version(one))
            .unwrap_or(Ordering::Equal)
    });
    folders
}

fn names_debian(release: &str) -> bool {
    let fields = release.lines().filter_map(|line| line.split_once('='));
    fields
        .filter(|(name, _)| matches!(*name, "ID" | "ID_LIKE"))
        .flat_map(|(_, value)| value.trim_matches('"').split(' '))
        .any(|word| matches!(word, "debian" | "ubuntu"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_postgres_comes_first() {
        let folders = ["/p/9.6/bin", "/p/15/bin", "/p/old/bin", "/p/101/bin"];
        let sorted = newest(folders.map(PathBuf::from).into());
        let want = ["/p/101/bin", "/p/15/bin", "/p/9.6/bin", "/p/old/bin"];
        assert_eq!(sorted, want.map(PathBuf::from));
    }

    #[test]
    fn debian_and_its_children_are_known() {
        let cases = [
            ("NAME=\"Debian GNU/Linux\"\nID=debian\n", true),
            ("ID=ubuntu\nID_LIKE=debian\n", true),
            ("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", true),
            ("ID=fedora\nNAME=\"not debian\"\n", false),
            ("", false),
        ];
        for (release, want) in cases {
            assert_eq!(names_debian(release), want, "{release}");
        }
    }
}
