//! OpenSSL's command line as the judge of a security object that a foreign reader has read.
//!
//! Its chain check refuses what Doc 9303-12 §4.4 demands, explicit curve parameters, though its arithmetic handles them; there the signature
//! over the document signer's certificate is checked by hand ([`explicit_chain`]).

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail, ensure};

use super::judge::Verdict;
use crate::process;

mod explicit_chain;
pub(super) mod issued;

/// How the signature schemes are named in a verdict.
pub(super) const RSA_PSS: &str = "RSA-PSS";
pub(super) const ECDSA: &str = "ECDSA";

/// What OpenSSL says of curves that are written out.
pub(super) const EXPLICIT: &str = "explicit ECC parameters";
/// The tag of EF.SOD, Doc 9303-10 §4.6.2.
const SOD_TAG: u8 = 0x77;

/// The version, without the word in front and the date behind.
///
/// # Errors
/// It is not installed.
pub(super) fn version() -> Result<String> {
    let said =
        process::first_line("openssl", &["version"]).context("`openssl` is not installed")?;
    let version = said.split_whitespace().nth(1);
    Ok(version.unwrap_or_default().to_owned())
}

/// The serial number of a certificate in hexadecimal.
///
/// # Errors
/// OpenSSL cannot read the certificate.
pub(super) fn serial_number(certificate: &Path) -> Result<String> {
    let mut asked = process::program("openssl")?;
    asked
        .args(["x509", "-inform", "DER", "-noout", "-serial", "-in"])
        .arg(certificate);
    let said = process::output(&mut asked)?;
    let number = said.trim().strip_prefix("serial=");
    Ok(number.context("OpenSSL named no serial number")?.to_owned())
}

/// Adds to a verdict what OpenSSL thinks of the files in `folder`: `sod.bin` and `dgN.bin`.
///
/// # Errors
/// OpenSSL or the file system fail in themselves; what OpenSSL refuses is in the verdict.
pub(super) fn passive_authentication(
    folder: &Path,
    csca: &Path,
    verdict: &mut Verdict,
) -> Result<()> {
    let work = Work {
        folder: folder.to_owned(),
    };
    let file = fs::read(work.file("sod.bin"))?;
    let Some(message) = strip_tag(&file) else {
        verdict.check(
            "sod signature",
            Err(anyhow::anyhow!("EF.SOD is no object of tag 77")),
        );
        return Ok(());
    };
    fs::write(work.file("sod.cms"), message)?;
    work.openssl(
        &["x509", "-inform", "DER", "-out", "csca.pem", "-in"],
        &[csca],
    )?;
    work.openssl(
        &[
            "x509", "-in", "csca.pem", "-noout", "-pubkey", "-out", "csca.pub",
        ],
        &[],
    )?;

    // Signature and message digest without the chain; the certificate and the content come out.
    let signed = work.openssl(
        &[
            "cms",
            "-verify",
            "-binary",
            "-noverify",
            "-inform",
            "DER",
            "-in",
            "sod.cms",
            "-certsout",
            "ds.pem",
            "-out",
            "lds.der",
        ],
        &[],
    );
    let readable = signed.is_ok();
    verdict.check("sod signature", signed.map(drop));
    if !readable {
        return Ok(());
    }
    let by_hand = match work.openssl(
        &["verify", "-purpose", "any", "-CAfile", "csca.pem", "ds.pem"],
        &[],
    ) {
        Err(error) if format!("{error:#}").contains(EXPLICIT) => {
            verdict.check("chain", explicit_chain::check(&work));
            true
        }
        outcome => {
            verdict.check("chain", outcome.map(drop));
            false
        }
    };
    verdict.signature = work.scheme(by_hand)?;
    for (number, outcome) in work.hashes()? {
        verdict.check(format!("hash dg{number}"), outcome);
    }
    Ok(())
}

/// A folder in which OpenSSL works.
struct Work {
    folder: PathBuf,
}

impl Work {
    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn command(&self, words: &[&str], paths: &[&Path]) -> Result<Command> {
        let mut command = process::program("openssl")?;
        command.current_dir(&self.folder).args(words).args(paths);
        Ok(command)
    }

    fn openssl(&self, words: &[&str], paths: &[&Path]) -> Result<String> {
        process::output(&mut self.command(words, paths)?)
    }

    /// Scheme of the signature over the content, and how the chain was checked.
    fn scheme(&self, by_hand: bool) -> Result<String> {
        let text = self.openssl(
            &[
                "cms", "-cmsout", "-print", "-noout", "-inform", "DER", "-in", "sod.cms",
            ],
            &[],
        )?;
        let signer = text.split("signerInfos:").nth(1).unwrap_or_default();
        let algorithm = signer
            .split("signatureAlgorithm:")
            .nth(1)
            .and_then(|rest| rest.split("algorithm: ").nth(1));
        let name = algorithm
            .and_then(|rest| rest.split_whitespace().next())
            .context("the CMS names no signature algorithm")?;
        let scheme = match name {
            "rsassaPss" => RSA_PSS.to_owned(),
            name => name
                .strip_prefix("ecdsa-with-")
                .map_or_else(|| name.to_owned(), |hash| format!("{ECDSA} {hash}")),
        };
        Ok(if by_hand {
            format!("{scheme}, explicit curve")
        } else {
            scheme
        })
    }

    /// Every data group that was read, against the hash that was signed.
    fn hashes(&self) -> Result<Vec<(u8, Result<()>)>> {
        let structure = self.openssl(&["asn1parse", "-inform", "DER", "-in", "lds.der"], &[])?;
        let (algorithm, signed) = lds_security_object(&structure)?;
        let mut outcomes = Vec::new();
        for number in 1..=16 {
            let file = format!("dg{number}.bin");
            if self.file(&file).is_file() {
                outcomes.push((number, self.compare(&file, &algorithm, signed.get(&number))));
            }
        }
        Ok(outcomes)
    }

    fn compare(&self, file: &str, algorithm: &str, signed: Option<&String>) -> Result<()> {
        let said = self.openssl(&["dgst", &format!("-{algorithm}"), "-r", file], &[])?;
        let computed = said
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .to_uppercase();
        match signed {
            None => bail!("EF.SOD has no hash of it"),
            Some(signed) if *signed == computed => Ok(()),
            Some(_) => bail!("the hash in EF.SOD is another"),
        }
    }
}

/// The content of the object of tag 77 that the file is.
fn strip_tag(file: &[u8]) -> Option<&[u8]> {
    let (&tag, rest) = file.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let octets = if first < 0x80 {
        0
    } else {
        usize::from(first & 0x7F)
    };
    let (length, content) = rest.split_at_checked(octets)?;
    let announced = if octets == 0 {
        usize::from(first)
    } else {
        length
            .iter()
            .fold(0, |sum, &octet| sum << 8 | usize::from(octet))
    };
    (tag == SOD_TAG && octets <= 3 && announced == content.len()).then_some(content)
}

/// Hash algorithm and the signed hashes by number, from `asn1parse` of an LDS security object (Doc 9303-10 §4.6.2.3).
fn lds_security_object(structure: &str) -> Result<(String, BTreeMap<u8, String>)> {
    let value = |line: &str, kind: &str| {
        Some(
            line.split_once(kind)?
                .1
                .trim()
                .trim_start_matches("[HEX DUMP]")
                .trim_start_matches(':')
                .to_owned(),
        )
    };
    let algorithm = structure
        .lines()
        .find_map(|line| value(line, "prim: OBJECT"))
        .context("the content names no hash")?;
    let mut hashes = BTreeMap::new();
    let mut number = None;
    for line in structure.lines().filter(|line| line.contains(":d=3 ")) {
        if let Some(text) = value(line, "prim: INTEGER") {
            number = u8::from_str_radix(&text, 16).ok();
        } else if let (Some(text), Some(number)) =
            (value(line, "prim: OCTET STRING"), number.take())
        {
            hashes.insert(number, text);
        }
    }
    ensure!(!hashes.is_empty(), "the content has no hashes");
    Ok((algorithm, hashes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_object_of_tag_77_is_stripped() {
        let cases: [(&[u8], Option<&[u8]>); 6] = [
            (&[0x77, 0x02, 1, 2], Some(&[1, 2])),
            (&[0x77, 0x81, 0x01, 9], Some(&[9])),
            (&[0x77, 0x82, 0x00, 0x01, 9], Some(&[9])),
            (&[0x30, 0x02, 1, 2], None),
            (&[0x77, 0x03, 1, 2], None),
            (&[0x77, 0x82, 0x00], None),
        ];
        for (file, want) in cases {
            assert_eq!(strip_tag(file), want, "{file:02x?}");
        }
    }

    #[test]
    fn signed_hashes_are_found() {
        let structure = "    0:d=0  hl=3 l= 255 cons: SEQUENCE\n    3:d=1  hl=2 l=   1 prim: INTEGER           :00\n    8:d=2  hl=2 l=   9 prim: OBJECT            :sha256\n   26:d=3  hl=2 l=   1 prim: INTEGER           :01\n   29:d=3  hl=2 l=  32 prim: OCTET STRING      [HEX DUMP]:5C16\n   65:d=3  hl=2 l=   1 prim: INTEGER           :0E\n   68:d=3  hl=2 l=  32 prim: OCTET STRING      [HEX DUMP]:9E3D\n";
        let (algorithm, hashes) = lds_security_object(structure).unwrap();
        assert_eq!(algorithm, "sha256");
        assert_eq!(
            hashes,
            BTreeMap::from([(1, "5C16".to_owned()), (14, "9E3D".to_owned())])
        );
        assert!(lds_security_object("").is_err());
    }
}
