//! Who speaks in the secure channel (chapter 05 §2).

/// A role. It follows from the version of the key set that opened the channel ([PERSO-010]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Whoever brings the chips from the maker to the issuer.
    Transport,
    /// Whoever writes.
    Personalisation,
    /// Whoever judges what was written.
    Quality,
}

impl Role {
    /// Version of the transport key set.
    pub const TRANSPORT_VERSION: u8 = 0x30;

    /// The role of a key version; `None` for versions that a chip does not have.
    #[must_use]
    pub const fn of_version(version: u8) -> Option<Self> {
        match version {
            Self::TRANSPORT_VERSION => Some(Self::Transport),
            0x31..=0x37 => Some(Self::Personalisation),
            0x38..=0x3F => Some(Self::Quality),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Role;

    #[test]
    fn versions_of_scp03_belong_to_roles_and_no_others() {
        let roles = |range: std::ops::RangeInclusive<u8>| range.map(Role::of_version);
        assert!(roles(0x00..=0x2F).all(|role| role.is_none()));
        assert_eq!(Role::of_version(0x30), Some(Role::Transport));
        assert!(roles(0x31..=0x37).all(|role| role == Some(Role::Personalisation)));
        assert!(roles(0x38..=0x3F).all(|role| role == Some(Role::Quality)));
        assert!(roles(0x40..=0xFF).all(|role| role.is_none()));
    }
}
