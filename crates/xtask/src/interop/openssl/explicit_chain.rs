//! A chain with curves written out, checked by hand: the signature with OpenSSL's arithmetic, then what a chain check would have compared.

use anyhow::{Context, Result, ensure};

use super::Work;

/// The document signer's certificate `ds.pem` against the CSCA's, `csca.pem` and its key `csca.pub`.
///
/// # Errors
/// The first thing that does not fit.
pub(super) fn check(work: &Work) -> Result<()> {
    signature(work)?;
    names(work)?;
    key_identifiers(work)?;
    dates(work)
}

fn signature(work: &Work) -> Result<()> {
    work.openssl(
        &["x509", "-in", "ds.pem", "-outform", "DER", "-out", "ds.der"],
        &[],
    )?;
    let structure = work.openssl(&["asn1parse", "-inform", "DER", "-in", "ds.der"], &[])?;
    let body = structure
        .lines()
        .nth(1)
        .and_then(offset)
        .context("the certificate has no body")?;
    let signature = structure
        .lines()
        .find(|line| line.contains(":d=1 ") && line.contains("BIT STRING"));
    let signature = signature
        .and_then(offset)
        .context("the certificate has no signature")?;
    let cut = |at: &str, file: &str| {
        work.openssl(
            &[
                "asn1parse",
                "-inform",
                "DER",
                "-in",
                "ds.der",
                "-strparse",
                at,
                "-noout",
                "-out",
                file,
            ],
            &[],
        )
    };
    cut(body, "tbs.der")?;
    // It complains about the content of the BIT STRING, and writes it all the same.
    cut(signature, "sig.der").ok();

    let text = work.openssl(&["x509", "-in", "ds.pem", "-noout", "-text"], &[])?;
    let hash = text
        .split("ecdsa-with-")
        .nth(1)
        .and_then(|rest| rest.split_whitespace().next());
    let digest = format!(
        "-{}",
        hash.context("the certificate is not signed by ECDSA")?
            .to_lowercase()
    );
    work.openssl(
        &[
            "dgst",
            &digest,
            "-verify",
            "csca.pub",
            "-signature",
            "sig.der",
            "tbs.der",
        ],
        &[],
    )
    .map(drop)
}

fn names(work: &Work) -> Result<()> {
    let name = |file: &str, which: &str| -> Result<String> {
        let said = work.openssl(
            &["x509", "-in", file, "-noout", which, "-nameopt", "RFC2253"],
            &[],
        )?;
        Ok(said
            .split_once('=')
            .map_or(said.clone(), |(_, name)| name.to_owned()))
    };
    ensure!(
        name("ds.pem", "-issuer")? == name("csca.pem", "-subject")?,
        "its issuer is not the CSCA"
    );
    Ok(())
}

fn key_identifiers(work: &Work) -> Result<()> {
    let identifier = |file: &str, extension: &str| -> Result<String> {
        let said = work.openssl(&["x509", "-in", file, "-noout", "-ext", extension], &[])?;
        let line = said.lines().nth(1).unwrap_or_default().trim();
        Ok(line.trim_start_matches("keyid:").to_owned())
    };
    let (authority, subject) = (
        identifier("ds.pem", "authorityKeyIdentifier")?,
        identifier("csca.pem", "subjectKeyIdentifier")?,
    );
    ensure!(authority == subject, "its authority key is not the CSCA's");
    Ok(())
}

fn dates(work: &Work) -> Result<()> {
    for file in ["ds.pem", "csca.pem"] {
        work.openssl(&["x509", "-in", file, "-noout", "-checkend", "0"], &[])?;
    }
    Ok(())
}

/// The offset at the beginning of a line of `asn1parse`.
fn offset(line: &str) -> Option<&str> {
    line.split(':').next().map(str::trim)
}
