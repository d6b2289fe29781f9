//! OpenSSL's own chain check over certificates of ours with named curves. The cards carry explicit parameters, as Doc 9303-12 §4.4 asks, and
//! those it refuses to chain; these certificates serve for nothing else.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use anyhow::{Context, Result, ensure};

use super::{
    judge::{Verdict, Way},
    row::{Expectation, Row},
};
use crate::process;

/// As `card-tool pki init --algorithm` names them.
const ALGORITHMS: [&str; 5] = [
    "rsa-pss-3072",
    "ecdsa-p256",
    "ecdsa-p384",
    "ecdsa-brainpoolP256r1",
    "ecdsa-brainpoolP384r1",
];

/// One row for each algorithm.
///
/// # Errors
/// OpenSSL is missing, or the folder cannot be emptied.
pub(super) fn judge(card_tool: &Path) -> Result<Vec<Row>> {
    let version =
        process::first_line("openssl", &["version"]).context("`openssl` is not installed")?;
    let version = version
        .split_whitespace()
        .nth(1)
        .unwrap_or_default()
        .to_owned();
    let folder = process::scratch().join("interop/certificates");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let mut pairs: Vec<Pair> = Vec::new();
    let mut rows = Vec::new();
    for algorithm in ALGORITHMS {
        let begun = Instant::now();
        let verdict = Pair::make(card_tool, &folder.join(algorithm), algorithm).map(|pair| {
            let mut verdict = Verdict::of(&version);
            verdict.check("chain", pair.signer_under(&pair).map(drop));
            for other in &pairs {
                let refused = pair.signer_under(other).is_err();
                verdict.check(
                    "another CSCA is refused",
                    if refused {
                        Ok(())
                    } else {
                        Err(anyhow::anyhow!("it was accepted"))
                    },
                );
            }
            verdict.took(begun.elapsed());
            pairs.push(pair);
            verdict
        });
        rows.push(Row {
            card: format!("certificates, {algorithm}, named"),
            judge: "OpenSSL",
            way: Way::Open,
            expectation: Expectation::Accepted,
            verdict,
        });
    }
    Ok(rows)
}

/// A CSCA's certificate and a document signer's under it, as PEM.
struct Pair {
    csca: PathBuf,
    signer: PathBuf,
}

impl Pair {
    fn make(card_tool: &Path, folder: &Path, algorithm: &str) -> Result<Self> {
        process::output(
            Command::new(card_tool)
                .args(["pki", "init"])
                .arg(folder)
                .args(["--country", "VN", "--state", "VNM", "--document-types", "I"])
                .args(["--algorithm", algorithm, "--ec-parameters", "named"]),
        )?;
        let pem = |name: &str| -> Result<PathBuf> {
            let file = folder.join(name).with_extension("pem");
            let mut convert = process::program("openssl")?;
            convert
                .args(["x509", "-inform", "DER", "-in"])
                .arg(folder.join(name))
                .arg("-out")
                .arg(&file);
            process::output(&mut convert)?;
            Ok(file)
        };
        Ok(Self {
            csca: pem("csca.der")?,
            signer: pem("document-signer.der")?,
        })
    }

    fn signer_under(&self, other: &Self) -> Result<()> {
        let mut verify = process::program("openssl")?;
        verify
            .args(["verify", "-x509_strict", "-purpose", "any", "-CAfile"])
            .arg(&other.csca)
            .arg(&self.signer);
        let said = process::output(&mut verify)?;
        ensure!(said.trim_end().ends_with("OK"), "{}", said.trim());
        Ok(())
    }
}
