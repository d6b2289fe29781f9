//! What a chip can offer, one thing at a time: the columns of the table of readers.

/// A protocol, with the kind of key where readers differ in it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Protocol {
    Bac,
    GenericEcdh,
    GenericDh,
    IntegratedEcdh,
    IntegratedDh,
    ChipAuthenticationMapping,
    ChipAuthenticationEcdh,
    ChipAuthenticationDh,
    TerminalAuthentication,
    ActiveAuthenticationRsa,
    ActiveAuthenticationEcdsa,
    PassiveAuthentication,
}

impl Protocol {
    /// All of them, in the order of the table.
    pub(super) const ALL: [Self; 12] = [
        Self::Bac,
        Self::GenericEcdh,
        Self::GenericDh,
        Self::IntegratedEcdh,
        Self::IntegratedDh,
        Self::ChipAuthenticationMapping,
        Self::ChipAuthenticationEcdh,
        Self::ChipAuthenticationDh,
        Self::TerminalAuthentication,
        Self::ActiveAuthenticationRsa,
        Self::ActiveAuthenticationEcdsa,
        Self::PassiveAuthentication,
    ];

    /// The head of its column.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Bac => "BAC",
            Self::GenericEcdh => "GM ECDH",
            Self::GenericDh => "GM DH",
            Self::IntegratedEcdh => "IM ECDH",
            Self::IntegratedDh => "IM DH",
            Self::ChipAuthenticationMapping => "CAM",
            Self::ChipAuthenticationEcdh => "CA ECDH",
            Self::ChipAuthenticationDh => "CA DH",
            Self::TerminalAuthentication => "TA",
            Self::ActiveAuthenticationRsa => "AA RSA",
            Self::ActiveAuthenticationEcdsa => "AA ECDSA",
            Self::PassiveAuthentication => "PA",
        }
    }

    /// The checks of a verdict that show it, as the small readers call them.
    pub(super) const fn proof(self) -> &'static [&'static str] {
        match self {
            Self::Bac
            | Self::GenericEcdh
            | Self::GenericDh
            | Self::IntegratedEcdh
            | Self::IntegratedDh => &["access"],
            Self::ChipAuthenticationMapping => &["access", "chip authentication mapping"],
            Self::ChipAuthenticationEcdh | Self::ChipAuthenticationDh => &["chip authentication"],
            Self::TerminalAuthentication => &["terminal authentication", "dg3", "hash dg3"],
            Self::ActiveAuthenticationRsa | Self::ActiveAuthenticationEcdsa => {
                &["active authentication"]
            }
            Self::PassiveAuthentication => &["sod signature", "chain", "hash dg1", "hash dg2"],
        }
    }
}

/// What a reader cannot do, and why: found out, not assumed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Inability {
    /// It has nothing for it, and is not asked.
    Lacks(&'static str),
    /// It is asked, and this check alone must fail with these words, while others pass; if it does not, we want to know.
    Fails {
        check: &'static str,
        words: &'static str,
        though: &'static [&'static str],
        because: &'static str,
    },
}

impl Inability {
    /// Why, in a few words.
    pub(super) const fn why(self) -> &'static str {
        match self {
            Self::Lacks(why) | Self::Fails { because: why, .. } => why,
        }
    }
}
