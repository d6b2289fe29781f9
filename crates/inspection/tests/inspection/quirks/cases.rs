//! Which card, which post, and what comes of it.

use inspection::Outcome::{self, Aborted, Failed, NotSupported, Successful, Undetermined};

/// The card that gets the quirk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    Passport,
    /// A passport whose signer may sign stubs.
    Stub,
    /// An ID card, with a key of RSA.
    Citizen,
    /// A passport with chip authentication mapping.
    Mapping,
    /// A passport that protects fingers by terminal authentication.
    Protected,
    /// A passport with two sets of parameters for PACE.
    SeveralSets,
    /// A passport of the first generation: BAC and active authentication, with a key of RSA or of a curve.
    First(ActiveKey),
}

/// The kind of the key of active authentication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ActiveKey {
    Rsa,
    Ecdsa,
}

/// What the post has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Can,
    Zone,
    /// The zone, and no PACE.
    Bac,
    /// The zone, and no extended length.
    ShortLength,
    /// The CAN, and certificates to read fingers.
    Certificates,
}

/// One inspection.
pub(super) struct Case {
    pub(super) quirk: &'static str,
    pub(super) base: Base,
    pub(super) way: Way,
    /// Commands that somebody has sent since the reset.
    pub(super) before: &'static [&'static str],
    pub(super) expected: &'static [(&'static str, Outcome)],
    pub(super) verified: bool,
    /// Part of a deviation or a cause that the report must hold.
    pub(super) note: &'static str,
}

/// Accepted as without the quirk, on a passport whose zone was read.
const fn accepted(quirk: &'static str, note: &'static str) -> Case {
    Case {
        quirk,
        base: Base::Passport,
        way: Way::Zone,
        before: &[],
        expected: &[
            ("overall", Successful),
            ("pace", Successful),
            ("chip-authenticity", Successful),
            ("data-groups", Successful),
        ],
        verified: true,
        note,
    }
}

impl Case {
    const fn on(mut self, base: Base) -> Self {
        self.base = base;
        self
    }

    const fn by(mut self, way: Way) -> Self {
        self.way = way;
        self
    }

    const fn ends(mut self, expected: &'static [(&'static str, Outcome)]) -> Self {
        self.expected = expected;
        self
    }

    const fn unverified(mut self) -> Self {
        self.verified = false;
        self
    }

    const fn after(mut self, before: &'static [&'static str]) -> Self {
        self.before = before;
        self
    }
}

/// A run of PACE that nobody went on with: MSE:Set AT, and the nonce.
const BROKEN_OFF: &[&str] = &[
    "0022C1A40F800A04007F00070202040204830101",
    "10860000027C0000",
];

const RENEWED: &str = "the chip has lost the session, which was built anew";

/// Nothing is known of an application that stays closed, and nothing speaks against the document.
const CLOSED: &[(&str, Outcome)] = &[
    ("overall", Undetermined),
    ("pace", Successful),
    ("application", Undetermined),
    ("com", Undetermined),
    ("sod", Undetermined),
    ("dg1", Undetermined),
    ("com-against-sod", NotSupported),
];

pub(super) const CASES: &[Case] = &[
    accepted("Q001", "it was selected"),
    accepted("Q002", "it was selected"),
    accepted("Q003", "it was selected"),
    accepted("Q004", "no EF.CardAccess").ends(&[
        ("overall", Successful),
        ("pace", NotSupported),
        ("bac", Successful),
        ("card-access-signed", NotSupported),
    ]),
    accepted("Q005", ""),
    accepted("Q006", RENEWED),
    accepted("Q006", RENEWED).by(Way::Bac).ends(&[
        ("overall", Successful),
        ("bac", Successful),
        ("chip-authenticity", Successful),
    ]),
    accepted("Q007", "bytes behind the end of the file"),
    accepted("Q008", RENEWED).ends(&[
        ("overall", Successful),
        ("com", Undetermined),
        ("com-against-sod", NotSupported),
        ("data-groups", Successful),
        ("chip-authenticity", Successful),
    ]),
    accepted("Q009", "the chip wants the exact length of the signature").ends(&[
        ("overall", Successful),
        ("active-authentication", Successful),
    ]),
    accepted("Q010", "the chip announces more than the signature").ends(&[
        ("overall", Successful),
        ("active-authentication", Successful),
    ]),
    accepted("Q011", "").on(Base::Citizen).ends(&[
        ("overall", Successful),
        ("active-authentication", Successful),
    ]),
    accepted("Q011", "no whole signature")
        .on(Base::Citizen)
        .by(Way::ShortLength)
        .ends(&[
            ("overall", Successful),
            ("active-authentication", Undetermined),
            ("chip-authenticity", Successful),
        ]),
    accepted("Q012", "answers nothing to commands of extended length"),
    accepted("Q012", "").on(Base::Citizen).ends(&[
        ("overall", Successful),
        ("active-authentication", Successful),
    ]),
    accepted("Q013", "authenticates once only, and was reset"),
    accepted("Q014", "no access control")
        .on(Base::First(ActiveKey::Ecdsa))
        .ends(&[
            ("overall", Successful),
            ("bac", NotSupported),
            ("pace", NotSupported),
            ("chip-authentication", NotSupported),
            ("active-authentication", Successful),
        ]),
    accepted("Q014", "goes in a session only").ends(&[
        ("overall", Failed),
        ("bac", NotSupported),
        ("chip-authentication", Failed),
        ("active-authentication", Successful),
        ("chip-authenticity", Failed),
    ]),
    accepted("Q015", ""),
    accepted("Q016", "").on(Base::SeveralSets),
    accepted("Q017", ""),
    accepted("Q017", "BAC, GET CHALLENGE: the card answered 6A88")
        .by(Way::Bac)
        .unverified()
        .ends(&[("overall", Failed), ("bac", Failed)]),
    accepted("Q018", "integrated mapping"),
    accepted("Q019", "announces no protocol for it")
        .ends(&[("overall", Successful), ("chip-authentication", Successful)]),
    accepted("Q020", "the chip refuses MSE:Set KAT")
        .ends(&[("overall", Successful), ("chip-authentication", Successful)]),
    accepted("Q021", "weak key: P-192")
        .ends(&[("overall", Successful), ("chip-authentication", Successful)]),
    accepted("Q022", ""),
    accepted("Q023", "the hash is longer than the key").ends(&[
        ("overall", Successful),
        ("active-authentication", Successful),
    ]),
    accepted("Q025", "the alternative one of ISO 9796-2 B.4")
        .on(Base::Citizen)
        .ends(&[
            ("overall", Successful),
            ("active-authentication", Successful),
        ]),
    accepted("Q026", "weak key: RSA-1792").ends(&[
        ("overall", Successful),
        ("active-authentication", Successful),
    ]),
    accepted("Q027", "was still open, and was closed").after(BROKEN_OFF),
    accepted("Q028", "an answer has data but no MAC")
        .unverified()
        .ends(&[("overall", Aborted), ("com", Aborted)]),
    accepted("Q029", "")
        .on(Base::Protected)
        .by(Way::Certificates)
        .ends(&[
            ("overall", Successful),
            ("terminal-authentication", Successful),
            ("protected-data-groups", Successful),
        ]),
    accepted("Q031", ""),
    accepted("Q032", ""),
    accepted("Q033", ""),
    accepted("Q034", ""),
    accepted("Q035", "the date of expiry is no date").ends(&[
        ("overall", Undetermined),
        ("expiry", Undetermined),
        ("data-groups", Successful),
    ]),
    accepted("Q036", "check digit").ends(&[("overall", Successful), ("mrz-consistency", Failed)]),
    accepted("Q038", ""),
    accepted("Q039", "template"),
    accepted("Q040", "list"),
    accepted("Q041", "empty"),
    accepted("Q042", ""),
    accepted("Q043", "template"),
    accepted("Q044", "binary coded decimal"),
    accepted("Q045", "record"),
    accepted("Q046", "EF.DG2 shows no face"),
    accepted("Q047", ""),
    accepted("Q048", "only in EF.COM: EF.DG16")
        .ends(&[("overall", Successful), ("com-against-sod", Failed)]),
    accepted("Q049", "bytes behind the end of the file"),
    accepted("Q050", "order of the SecurityInfos"),
    accepted("Q051", "EF.DG12 cannot be understood"),
    accepted("Q100", "").ends(&[
        ("overall", Failed),
        ("chip-authentication", Failed),
        ("active-authentication", Failed),
        ("chip-authenticity", Failed),
    ]),
    accepted("Q101", "").on(Base::Mapping).by(Way::Can).ends(&[
        ("overall", Failed),
        ("card-security-signature", Failed),
        ("chip-authentication", Successful),
    ]),
    accepted("Q102", ""),
    accepted("Q108", "certified terminals only")
        .unverified()
        .ends(CLOSED),
    accepted("Q108", "certified terminals only")
        .on(Base::Mapping)
        .by(Way::Can)
        .unverified()
        .ends(CLOSED),
    accepted("Q109", "the zone is a stub that names nobody").on(Base::Stub),
    accepted("Q110", ""),
    accepted("Q111", "").ends(&[
        ("overall", Undetermined),
        ("dg2", NotSupported),
        ("data-groups", Undetermined),
    ]),
    accepted("Q112", "binary coded decimal"),
    accepted("Q113", "does not name the hash").ends(&[
        ("overall", Successful),
        ("active-authentication", Successful),
    ]),
];
