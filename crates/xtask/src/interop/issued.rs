//! What a state issues, made by `card-tool pki` in ceremonies as they are held, and judged by software that knows nothing of us: OpenSSL and
//! the Python package `cryptography`.
//!
//! ```text
//! csca.der  csca-next.der  link.der       the CSCA, the next one, and the certificate that leads to it
//! document-signer.der  …-signer.der       what the CSCA has issued; next-signer.der is issued by the next one
//! crl.der  crl-next.der  revoked.txt      the lists of both; what is revoked
//! master-list.ml  deviation-list.dl       signed lists
//! ```

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::Instant,
};

use anyhow::{Context, Result, anyhow};

use super::{
    judge::{Verdict, Way},
    openssl::{self, EXPLICIT},
    python::{EXPLICIT_KEYS, Python},
    row::{Expectation, Row},
};
use crate::process;

/// The algorithm of the CSCA, that of its signers, and how curves are written.
struct State {
    csca: &'static str,
    signers: &'static str,
    parameters: &'static str,
    /// What OpenSSL says of it, and what the Python package.
    judges: [Expectation; 2],
}

/// A state whose signers have the algorithm of its CSCA, and whose curves are named.
const fn named(algorithm: &'static str) -> State {
    State {
        csca: algorithm,
        signers: algorithm,
        parameters: "named",
        judges: [Expectation::Accepted; 2],
    }
}

/// Named curves pass everywhere; written out, as Doc 9303-12 §4.1.6.3 asks, they pass only where they can be read.
const STATES: [State; 8] = [
    State {
        signers: "rsa-pss-2048",
        ..named("rsa-pss-3072")
    },
    named("ecdsa-p256"),
    named("ecdsa-p384"),
    named("ecdsa-p521"),
    named("ecdsa-brainpoolP256r1"),
    named("ecdsa-brainpoolP512r1"),
    State {
        parameters: "explicit",
        judges: [Expectation::Partly(EXPLICIT), Expectation::Accepted],
        ..named("ecdsa-p256")
    },
    State {
        parameters: "explicit",
        judges: [
            Expectation::Partly(EXPLICIT),
            Expectation::Partly(EXPLICIT_KEYS),
        ],
        ..named("ecdsa-brainpoolP384r1")
    },
];

const DEVIATIONS: &str = r#"
[[deviation]]
document-type = "P"
document-numbers = ["X12345678", "X12345679"]
description = [{ kind = "sod-signature-wrong", text = "TEST" }, { kind = "data-group-hash-wrong", number = 2 }]
"#;

/// A folder as in the head of this file.
pub(super) struct Issued {
    pub(super) folder: PathBuf,
    /// Another state's CSCA, which has issued nothing of this.
    pub(super) stranger: PathBuf,
}

/// Two rows for each state.
///
/// # Errors
/// A judge is missing, or the folder cannot be emptied.
pub(super) fn judge(card_tool: &Path, python: &Python) -> Result<Vec<Row>> {
    let version = openssl::version()?;
    let folder = process::scratch().join("interop/issued");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let stranger = folder.join("stranger");
    Ceremony::new(card_tool, &stranger)?.found(&named("ecdsa-p256"))?;
    let stranger = stranger.join("root/csca.der");
    let judge_one = |state: &State| -> Vec<Row> {
        let place = folder.join(format!("{}-{}", state.csca, state.parameters));
        let made = Ceremony::new(card_tool, &place)
            .and_then(|ceremony| ceremony.hold(state))
            .map(|folder| Issued {
                folder,
                stranger: stranger.clone(),
            });
        let ask = |asked: &dyn Fn(&Issued) -> Result<Verdict>| -> Result<Verdict> {
            let begun = Instant::now();
            let issued = made.as_ref().map_err(|why| anyhow!("{why:#}"))?;
            let mut verdict = asked(issued)?;
            verdict.took(begun.elapsed());
            Ok(verdict)
        };
        let verdicts = [
            (
                "OpenSSL",
                ask(&|issued| openssl::issued::judge(issued, &version)),
            ),
            ("cryptography", ask(&|issued| python.judge(issued))),
        ];
        let rows = verdicts.into_iter().zip(state.judges);
        rows.map(|((judge, verdict), expectation)| Row {
            card: format!("PKI, {}, {}", state.csca, state.parameters),
            judge,
            way: Way::Open,
            expectation,
            verdict,
        })
        .collect()
    };
    let rows: Vec<Row> = thread::scope(|scope| {
        let asked = STATES
            .each_ref()
            .map(|state| scope.spawn(move || judge_one(state)));
        let answered = asked
            .into_iter()
            .map(|thread| thread.join().unwrap_or_default());
        answered.flatten().collect()
    });
    rows.iter().for_each(|row| eprintln!("{row}"));
    anyhow::ensure!(rows.len() == 2 * STATES.len(), "a judgement came to no end");
    Ok(rows)
}

/// A root, an issuer, and the files that go between them.
struct Ceremony<'a> {
    card_tool: &'a Path,
    folder: &'a Path,
}

impl<'a> Ceremony<'a> {
    fn new(card_tool: &'a Path, folder: &'a Path) -> Result<Self> {
        fs::create_dir_all(folder.join("out"))?;
        Ok(Self { card_tool, folder })
    }

    /// `card-tool pki` in the folder; the secrets are of nobody.
    fn pki(&self, words: &[&str]) -> Result<()> {
        let mut tool = Command::new(self.card_tool);
        tool.current_dir(self.folder).arg("pki").args(words).envs([
            ("CARD_SECRET_1", "first part for tests"),
            ("CARD_SECRET_2", "second part for tests"),
            ("CARD_REGISTRAR_SECRET", "registrar for tests"),
            ("CARD_SIGNER_SECRET", "signer for tests"),
        ]);
        process::output(&mut tool).map(drop)
    }

    /// As [`Self::pki`], with two persons at the root.
    fn root(&self, words: &[&str]) -> Result<()> {
        let persons = ["--person", "TEST ONE", "--person", "TEST TWO", "--yes"];
        self.pki(&[&["csca"], words, &persons].concat())
    }

    fn found(&self, state: &State) -> Result<()> {
        self.root(&[
            "init",
            "root",
            "--country",
            "UT",
            "--state",
            "UTO",
            "--document-types",
            "P",
            "--algorithm",
            state.csca,
            "--ec-parameters",
            state.parameters,
        ])
    }

    /// A signer's key, request, answer; the certificate goes out.
    fn signer(&self, kind: &str, name: &str, algorithm: &str) -> Result<()> {
        let (request, answer) = (format!("{name}.request"), format!("{name}.answer"));
        self.pki(&[
            "signer",
            "request",
            "issuer",
            "--kind",
            kind,
            "--name",
            name,
            "--out",
            &request,
            "--algorithm",
            algorithm,
        ])?;
        self.root(&["sign", "root", &request, "--out", &answer])?;
        self.pki(&["signer", "accept", "issuer", &answer])?;
        let place = if kind == "document-signer" {
            format!("issuer/document-signers/{name}/certificate.der")
        } else {
            format!("issuer/list-signers/{name}.der")
        };
        self.hand_out(&place, &format!("{name}.der"))
    }

    fn hand_out(&self, from: &str, name: &str) -> Result<()> {
        let from = self.folder.join(from);
        fs::copy(&from, self.folder.join("out").join(name))
            .with_context(|| from.display().to_string())?;
        Ok(())
    }

    /// Everything, from the founding of the root to its second generation.
    fn hold(&self, state: &State) -> Result<PathBuf> {
        let out = self.folder.join("out");
        self.found(state)?;
        self.pki(&[
            "registrar",
            "init",
            "issuer",
            "--csca",
            "root/csca.der",
            "--document-types",
            "P",
        ])?;
        self.root(&["admit", "root", "issuer/registrar.pem"])?;
        self.hand_out("root/csca.der", "csca.der")?;
        for (kind, name) in [
            ("document-signer", "document-signer"),
            ("document-signer", "revoked-signer"),
            ("master-list-signer", "master-list-signer"),
            ("deviation-list-signer", "deviation-list-signer"),
        ] {
            self.signer(kind, name, state.signers)?;
        }
        self.root(&["revoke", "root", "--certificate", "out/revoked-signer.der"])?;
        self.root(&["crl", "root", "--out", "out/crl.der"])?;
        fs::write(
            out.join("revoked.txt"),
            openssl::serial_number(&out.join("revoked-signer.der"))?,
        )?;
        self.root(&["link", "root"])?;
        self.root(&["crl", "root", "--out", "out/crl-next.der"])?;
        self.hand_out("root/csca-2.der", "csca-next.der")?;
        self.hand_out("root/link-2.der", "link.der")?;
        self.signer("document-signer", "next-signer", state.signers)?;
        self.pki(&[
            "master-list",
            "make",
            "issuer",
            "out/csca-next.der",
            "out/link.der",
            "--out",
            "out/master-list.ml",
        ])?;
        fs::write(self.folder.join("deviations.toml"), DEVIATIONS)?;
        self.pki(&[
            "deviation-list",
            "make",
            "issuer",
            "deviations.toml",
            "--out",
            "out/deviation-list.dl",
        ])?;
        Ok(out)
    }
}
