//! Who runs a server: ourselves, or somebody who is not root where the server refuses root.

use std::{
    fs,
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::Path,
    process::Command,
};

/// A user of this machine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Account {
    /// Whoever runs the test.
    Ourselves,
    /// Another one, because we are root.
    Other {
        /// User id.
        user: u32,
        /// Group id.
        group: u32,
    },
}

impl Account {
    /// Ourselves, unless we are root: then the named user of `/etc/passwd`.
    pub(crate) fn not_root(name: &str) -> Self {
        if !is_root() {
            return Self::Ourselves;
        }
        let users = fs::read_to_string("/etc/passwd").expect("/etc/passwd is readable");
        Self::in_list(&users, name).unwrap_or_else(|| {
            panic!("root may not run this server, and there is no user `{name}`")
        })
    }

    /// Lets a command run as this user.
    pub(crate) fn runs(self, command: &mut Command) {
        if let Self::Other { user, group } = self {
            command.uid(user).gid(group);
        }
    }

    /// Gives a folder to this user.
    pub(crate) fn owns(self, folder: &Path) {
        if let Self::Other { user, group } = self {
            std::os::unix::fs::chown(folder, Some(user), Some(group))
                .unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        }
    }

    /// `name:x:user:group:…`
    fn in_list(users: &str, name: &str) -> Option<Self> {
        let line = users
            .lines()
            .find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2).map(str::parse);
        Some(Self::Other {
            user: fields.next()?.ok()?,
            group: fields.next()?.ok()?,
        })
    }
}

/// Whether a file that we make belongs to root: no library is needed to ask.
fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_found_by_their_whole_name() {
        let users = "root:x:0:0::/:/bin/sh\npostgres2:x:7:8::/:/bin/sh\npostgres:x:104:110::/:/bin/sh\nbad:x:y:1:\n";
        let cases = [
            ("postgres", Some((104, 110))),
            ("root", Some((0, 0))),
            ("post", None),
            ("bad", None),
        ];
        for (name, want) in cases {
            let want = want.map(|(user, group)| Account::Other { user, group });
            assert_eq!(Account::in_list(users, name), want, "{name}");
        }
    }
}
