//! The list of what this project needs on a machine.
//!
//! Each thing is looked for by what we do with it, not by the name of a package: what somebody built by hand counts too.

use std::process::Command;

use super::{Tier, header, system};
use crate::process;

/// The oldest Java that the foreign reader is compiled for.
const JAVA: u32 = 11;

/// The oldest Node.js that the OpenID provider runs in.
const NODE: u32 = 18;

/// Other systems bring their own PC/SC.
const LINUX: bool = cfg!(target_os = "linux");

/// One thing, how it is recognised, and where it comes from.
pub(super) struct Need {
    /// What it is, for a person.
    pub(super) what: &'static str,
    /// The first tier that needs it.
    pub(super) tier: Tier,
    /// Whether it is here.
    pub(super) present: fn() -> bool,
    /// Its package in Debian and Ubuntu.
    pub(super) debian: &'static str,
    /// What other systems call it.
    pub(super) elsewhere: &'static str,
}

/// Everything, tier by tier.
pub(super) const NEEDS: &[Need] = &[
    Need {
        what: "pkg-config",
        tier: Tier::Build,
        present: || !LINUX || process::find("pkg-config").is_some(),
        debian: "pkg-config",
        elsewhere: "pkgconf (Fedora, Arch, Homebrew)",
    },
    Need {
        what: "the PC/SC library to build against",
        tier: Tier::Build,
        present: || {
            !LINUX
                || process::succeeds(Command::new("pkg-config").args(["--exists", "libpcsclite"]))
        },
        debian: "libpcsclite-dev",
        elsewhere: "pcsc-lite-devel (Fedora), pcsclite (Arch)",
    },
    Need {
        what: "pcscd, the PC/SC daemon",
        tier: Tier::Test,
        present: || process::find("pcscd").is_some(),
        debian: "pcscd",
        elsewhere: "pcsc-lite (Fedora), pcsclite (Arch); virtual readers need Linux",
    },
    Need {
        what: "vpcd, the virtual reader",
        tier: Tier::Test,
        present: || system::virtual_reader_driver().is_some(),
        debian: "vsmartcard-vpcd",
        elsewhere: "virtualsmartcard of the project frankmorgner/vsmartcard, built from source",
    },
    Need {
        what: "opensc-tool",
        tier: Tier::Test,
        present: || process::find("opensc-tool").is_some(),
        debian: "opensc",
        elsewhere: "opensc (Fedora, Arch, Homebrew)",
    },
    Need {
        what: "openssl",
        tier: Tier::Test,
        present: || process::find("openssl").is_some(),
        debian: "openssl",
        elsewhere: "openssl 3 (Fedora, Arch, Homebrew)",
    },
    Need {
        what: "SoftHSM, a PKCS#11 token",
        tier: Tier::Test,
        present: || system::token_module().is_some() && process::find("softhsm2-util").is_some(),
        debian: "softhsm2",
        elsewhere: "softhsm (Fedora, Arch, Homebrew)",
    },
    Need {
        what: "pkcs11-spy, which listens to a token",
        tier: Tier::Test,
        present: || system::token_spy().is_some(),
        debian: "opensc-pkcs11",
        elsewhere: "opensc (Fedora, Arch, Homebrew)",
    },
    Need {
        what: "unshare, for a private pcscd",
        tier: Tier::Test,
        present: || process::find("unshare").is_some(),
        debian: "util-linux",
        elsewhere: "util-linux (Fedora, Arch)",
    },
    Need {
        what: "Chromium, for the pages of the station",
        tier: Tier::Test,
        present: || system::browser().is_some(),
        debian: "chromium",
        elsewhere: "chromium (Fedora, Arch, Homebrew)",
    },
    Need {
        what: "DejaVu, letters for the pages' pictures",
        tier: Tier::Test,
        present: || !LINUX || system::has_letters(),
        debian: "fonts-dejavu-core",
        elsewhere: "dejavu-sans-fonts (Fedora), ttf-dejavu (Arch)",
    },
    Need {
        what: "PostgreSQL, the server and its clients",
        tier: Tier::Test,
        present: || system::postgres_programs().is_some(),
        debian: "postgresql",
        elsewhere: "postgresql-server (Fedora), postgresql (Arch, Homebrew)",
    },
    Need {
        what: "nats-server, with JetStream",
        tier: Tier::Test,
        present: || process::find("nats-server").is_some(),
        debian: "nats-server",
        elsewhere: "nats-server (Fedora, Arch, Homebrew)",
    },
    Need {
        what: "Node.js, version 18 or later",
        tier: Tier::Test,
        present: has_node,
        debian: "nodejs",
        elsewhere: "nodejs (Fedora, Arch), node (Homebrew)",
    },
    Need {
        what: "npm",
        tier: Tier::Test,
        present: || process::find("npm").is_some(),
        debian: "npm",
        elsewhere: "nodejs-npm (Fedora), npm (Arch), node (Homebrew)",
    },
    Need {
        what: "Python 3 with its virtual environments",
        tier: Tier::Test,
        present: || {
            process::succeeds(Command::new("python3").args(["-c", "import ensurepip, venv"]))
        },
        debian: "python3-venv",
        elsewhere: "python3 (Fedora), python (Arch, Homebrew)",
    },
    Need {
        what: "curl, which the manual asks servers with",
        tier: Tier::Test,
        present: || process::find("curl").is_some(),
        debian: "curl",
        elsewhere: "curl (Fedora, Arch, Homebrew)",
    },
    Need {
        what: "a Java development kit, version 11 or later",
        tier: Tier::Interop,
        present: has_java,
        debian: "default-jdk-headless",
        elsewhere: "java-21-openjdk-devel (Fedora), jdk21-openjdk (Arch), openjdk (Homebrew)",
    },
    Need {
        what: "Maven",
        tier: Tier::Interop,
        present: || process::find("mvn").is_some(),
        debian: "maven",
        elsewhere: "maven (Fedora, Arch, Homebrew)",
    },
    Need {
        what: "vicc's cards, a passport and an identity card of others",
        tier: Tier::Interop,
        present: || system::vicc_modules().is_some(),
        debian: "python3-virtualsmartcard",
        elsewhere: "virtualsmartcard 3.3 of the project frankmorgner/vsmartcard, built from source",
    },
    Need {
        what: "OpenPACE with its headers",
        tier: Tier::Interop,
        present: || header("eac/pace.h"),
        debian: "libeac-dev",
        elsewhere: "the project frankmorgner/openpace, built from source",
    },
    Need {
        what: "OpenSSL's headers",
        tier: Tier::Interop,
        present: || header("openssl/evp.h"),
        debian: "libssl-dev",
        elsewhere: "openssl-devel (Fedora), openssl (Arch, Homebrew)",
    },
    Need {
        what: "libmrtd with its headers",
        tier: Tier::Interop,
        present: || header("mrtd/mrtd.h"),
        debian: "libmrtd-dev",
        elsewhere: "the project rubund/mrtdreader, built from source",
    },
    Need {
        what: "dpkg-shlibdeps, which finds what a program is linked to",
        tier: Tier::Package,
        present: || process::find("dpkg-shlibdeps").is_some(),
        debian: "dpkg-dev",
        elsewhere: "packages are built on Debian and Ubuntu",
    },
    Need {
        what: "lintian, which looks at packages",
        tier: Tier::Package,
        present: || process::find("lintian").is_some(),
        debian: "lintian",
        elsewhere: "packages are built on Debian and Ubuntu",
    },
    Need {
        what: "mandoc, which looks at manual pages",
        tier: Tier::Package,
        present: || process::find("mandoc").is_some(),
        debian: "mandoc",
        elsewhere: "mandoc (Fedora, Arch, Homebrew)",
    },
    Need {
        what: "man, which finds them",
        tier: Tier::Package,
        present: || process::find("man").is_some(),
        debian: "man-db",
        elsewhere: "man-db (Fedora, Arch)",
    },
    Need {
        what: "systemd-analyze, which looks at units",
        tier: Tier::Package,
        present: || process::find("systemd-analyze").is_some(),
        debian: "systemd",
        elsewhere: "systemd (Fedora, Arch)",
    },
    Need {
        what: "ip, for a network of its own",
        tier: Tier::Package,
        present: || process::find("ip").is_some(),
        debian: "iproute2",
        elsewhere: "iproute (Fedora), iproute2 (Arch)",
    },
    Need {
        what: "curl, which asks the installed service",
        tier: Tier::Package,
        present: || process::find("curl").is_some(),
        debian: "curl",
        elsewhere: "curl (Fedora, Arch, Homebrew)",
    },
];

fn has_java() -> bool {
    let said = process::first_line("javac", &["-version"]);
    said.and_then(|line| java_version(&line))
        .is_some_and(|version| version >= JAVA)
}

fn has_node() -> bool {
    let said = process::first_line("node", &["--version"]);
    said.and_then(|line| node_version(&line))
        .is_some_and(|version| version >= NODE)
}

/// The major version in a line such as `v18.20.4`.
fn node_version(line: &str) -> Option<u32> {
    line.strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// The major version in a line such as `javac 17.0.15`; `1.8` and its like are far too old.
fn java_version(line: &str) -> Option<u32> {
    line.strip_prefix("javac ")?
        .split(['.', '-', '+'])
        .next()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_node_are_read() {
        let cases = [
            ("v18.20.4", Some(18)),
            ("v9.0.0", Some(9)),
            ("node: not found", None),
            ("", None),
        ];
        for (line, want) in cases {
            assert_eq!(node_version(line), want, "{line}");
        }
    }

    #[test]
    fn versions_of_java_are_read() {
        let cases = [
            ("javac 17.0.15", Some(17)),
            ("javac 11.0.2", Some(11)),
            ("javac 26-ea", Some(26)),
            ("javac 1.8.0_402", Some(1)),
            ("bash: javac: not found", None),
        ];
        for (line, want) in cases {
            assert_eq!(java_version(line), want, "{line}");
        }
    }
}
