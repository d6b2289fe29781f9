//! Cards that are ordered from `card-tool specimen`, each to show some protocols of the table.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Result;

use super::{
    judge::Way,
    offices::Offices,
    protocol::Protocol::{self, *},
    specimen::{self, Specimen},
};
use crate::process;

/// A card, and what it is there to show.
pub(super) struct Order {
    pub(super) name: &'static str,
    words: &'static [&'static str],
    /// The form of PACE that is meant where there are several, as object identifier and number of the domain parameters.
    pub(super) form: Option<&'static str>,
    pub(super) way: Way,
    /// Whether the chip has trust points.
    pub(super) has_terminals: bool,
    pub(super) shows: &'static [Protocol],
}

/// One protocol of access each. The rest is spread over them so that no reader is kept from one protocol by another one.
pub(super) const ORDERS: [Order; 9] = [
    Order {
        name: "bac",
        words: &["--pace", "none", "--bac", "--aa", "rsa"],
        form: None,
        way: Way::Bac,
        has_terminals: false,
        shows: &[Bac],
    },
    Order {
        name: "gm-ecdh",
        words: &[
            "--pace", "gm", "--curve", "P-256", "--aa", "ecdsa", "--no-bac",
        ],
        form: None,
        way: Way::PaceCan,
        has_terminals: false,
        shows: &[
            GenericEcdh,
            ChipAuthenticationEcdh,
            ActiveAuthenticationEcdsa,
            PassiveAuthentication,
        ],
    },
    Order {
        name: "gm-dh",
        words: &[
            "--pace", "gm", "--group", "2", "--ca", "P-256", "--aa", "none", "--no-bac",
        ],
        form: None,
        way: Way::PaceCan,
        has_terminals: false,
        shows: &[GenericDh],
    },
    Order {
        name: "im-ecdh",
        words: &[
            "--pace",
            "im",
            "--curve",
            "brainpoolP256r1",
            "--aa",
            "none",
            "--no-bac",
        ],
        form: None,
        way: Way::PaceCan,
        has_terminals: false,
        shows: &[IntegratedEcdh],
    },
    Order {
        name: "im-dh",
        words: &[
            "--pace", "im", "--group", "2", "--ca", "P-256", "--aa", "none", "--no-bac",
        ],
        form: None,
        way: Way::PaceCan,
        has_terminals: false,
        shows: &[IntegratedDh],
    },
    Order {
        name: "cam",
        words: &[
            "--pace",
            "gm,cam",
            "--curve",
            "brainpoolP256r1",
            "--cipher",
            "aes128",
            "--aa",
            "none",
            "--no-bac",
        ],
        // id-PACE-ECDH-CAM-AES-CBC-CMAC-128 on brainpoolP256r1.
        form: Some("0.4.0.127.0.7.2.2.4.6.2/13"),
        way: Way::PaceCan,
        has_terminals: false,
        shows: &[ChipAuthenticationMapping],
    },
    Order {
        name: "ca-dh",
        words: &[
            "--pace", "gm", "--curve", "P-256", "--ca", "2", "--aa", "none", "--no-bac",
        ],
        form: None,
        way: Way::PaceCan,
        has_terminals: false,
        shows: &[ChipAuthenticationDh],
    },
    Order {
        name: "ta",
        words: &[
            "--pace", "gm", "--curve", "P-256", "--aa", "none", "--no-bac",
        ],
        form: None,
        way: Way::PaceCan,
        has_terminals: true,
        shows: &[TerminalAuthentication],
    },
    Order {
        name: "aa-rsa",
        words: &["--pace", "gm", "--curve", "P-256", "--aa", "rsa"],
        form: None,
        way: Way::PaceCan,
        has_terminals: false,
        shows: &[ActiveAuthenticationRsa],
    },
];

/// The profile's own card, which opens to readers of PACE and to those of basic access control.
pub(super) const BOTH_WAYS: Order = Order {
    name: "both-ways",
    words: &[],
    form: None,
    way: Way::PaceCan,
    has_terminals: false,
    shows: &[],
};

/// Cards whose files a chip of others gets: it has PACE and no keys of its own.
pub(super) const FOREIGN: [Order; 4] = [
    foreign(
        "P-256, AES-128",
        &[
            "--pace", "gm", "--curve", "P-256", "--cipher", "aes128", "--no-bac", "--ca", "none",
            "--aa", "none",
        ],
    ),
    foreign(
        "brainpoolP384r1, 3DES",
        &[
            "--pace",
            "gm",
            "--curve",
            "brainpoolP384r1",
            "--cipher",
            "3des",
            "--no-bac",
            "--ca",
            "none",
            "--aa",
            "none",
        ],
    ),
    foreign(
        "MODP 2048-256, AES-256",
        &[
            "--pace", "gm", "--group", "2", "--cipher", "aes256", "--no-bac", "--ca", "none",
            "--aa", "none",
        ],
    ),
    foreign(
        "MODP 1024-160, AES-192",
        &[
            "--pace", "gm", "--group", "0", "--cipher", "aes192", "--no-bac", "--ca", "none",
            "--aa", "none",
        ],
    ),
];

/// The files of vicc's identity card: its EF.CardSecurity is of this curve and this cipher.
pub(super) const VICC_IDENTITY_CARD: Order = foreign(
    "vicc's identity card",
    &[
        "--pace",
        "gm",
        "--curve",
        "brainpoolP256r1",
        "--cipher",
        "aes128",
        "--no-bac",
        "--ca",
        "none",
        "--aa",
        "none",
    ],
);

/// The files of vicc's passport, which has basic access control and nothing else.
pub(super) const VICC_PASSPORT: Order = foreign(
    "vicc's passport",
    &["--pace", "none", "--bac", "--ca", "none", "--aa", "none"],
);

const fn foreign(name: &'static str, words: &'static [&'static str]) -> Order {
    Order {
        name,
        words,
        form: None,
        way: Way::PaceCan,
        has_terminals: false,
        shows: &[],
    }
}

impl Order {
    /// Has the card made below `folder`, by an issuer for all of them.
    ///
    /// # Errors
    /// `card-tool specimen` refuses it.
    pub(super) fn make(
        &self,
        card_tool: &Path,
        folder: &Path,
        issuer: &Path,
        offices: Option<&Offices>,
    ) -> Result<Specimen> {
        let out = folder.join(self.name);
        let mut make = Command::new(card_tool);
        make.current_dir(process::workspace())
            .arg("specimen")
            .args(self.words)
            .arg("--pki")
            .arg(issuer)
            .arg("--out")
            .arg(&out);
        if let Some(offices) = offices.filter(|_| self.has_terminals) {
            make.arg("--eac").arg(offices.cvca());
        }
        process::output(&mut make)?;
        specimen::ordered(&out)
    }
}

/// The folder of all ordered cards, emptied, and in it a test issuer of Utopia.
///
/// # Errors
/// The file system or `card-tool pki init` says no.
pub(super) fn issuer(card_tool: &Path) -> Result<(PathBuf, PathBuf)> {
    let folder = process::scratch().join("interop/orders");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let pki = folder.join("pki");
    process::output(
        Command::new(card_tool)
            .args(["pki", "init"])
            .arg(&pki)
            .args(["--country", "UT", "--state", "UTO"])
            .args(["--document-types", "PP", "--algorithm", "ecdsa-p256"]),
    )?;
    Ok((folder, pki))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_protocol_is_shown_by_one_card() {
        for protocol in Protocol::ALL {
            let showing = ORDERS
                .iter()
                .filter(|order| order.shows.contains(&protocol));
            let cards: Vec<&str> = showing.map(|order| order.name).collect();
            assert_eq!(cards.len(), 1, "{protocol:?}: {cards:?}");
        }
    }
}
