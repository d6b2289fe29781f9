//! OpenSSL's command line as judge of what a CSCA issues: chains with and without link certificate, revocation, signed lists.

use std::{fs, path::Path};

use anyhow::{Result, bail, ensure};

use super::{EXPLICIT, Work};
use crate::interop::{issued::Issued, judge::Verdict};

/// No certificate of ours is for mail, which is what OpenSSL would ask for.
const VERIFY: [&str; 4] = ["verify", "-x509_strict", "-purpose", "any"];
/// Signed lists: the file and what it holds.
const LISTS: [(&str, &str); 2] = [
    ("master-list.ml", "master list"),
    ("deviation-list.dl", "deviation list"),
];
/// What the first CSCA has issued and not revoked.
const SIGNERS: [&str; 3] = [
    "document-signer",
    "master-list-signer",
    "deviation-list-signer",
];

/// What OpenSSL says of what was issued.
///
/// # Errors
/// OpenSSL or the file system fail in themselves.
pub(in crate::interop) fn judge(issued: &Issued, version: &str) -> Result<Verdict> {
    let work = Work {
        folder: issued.folder.clone(),
    };
    to_pem(&work, &issued.stranger)?;
    let mut verdict = Verdict::of(version);
    let mut note = |check: &str, outcome: Result<()>| match outcome {
        Err(why) if format!("{why:#}").contains(EXPLICIT) => {
            verdict.unable.insert(check.to_owned(), EXPLICIT.to_owned());
        }
        outcome => verdict.check(check, outcome),
    };
    for signer in SIGNERS {
        note(signer, work.chain(signer, "csca", &[]));
        note(
            &format!("{signer} under another CSCA is refused"),
            refused(work.chain(signer, "stranger", &[]), "unable to get"),
        );
        let asked = work.chain(signer, "csca", &["-crl_check", "-CRLfile", "crl.pem"]);
        note(&format!("{signer}, not revoked"), asked);
    }
    let asked = work.chain(
        "revoked-signer",
        "csca",
        &["-crl_check", "-CRLfile", "crl.pem"],
    );
    note(
        "a revoked signer is refused",
        refused(asked, "certificate revoked"),
    );
    chains_over_the_link(&work, &mut note);
    for (list, csca) in [("crl", "csca"), ("crl-next", "csca-next")] {
        note(list, work.crl(&format!("{list}.pem"), csca));
        note(
            &format!("{list} of another CSCA is refused"),
            refused(work.crl(&format!("{list}.pem"), "stranger"), "verif"),
        );
    }
    note("altered crl is refused", altered_crl(&work));
    for (file, list) in LISTS {
        note(list, work.list(file, "csca", &[]));
        // Signature and digest hold by themselves, whatever is thought of the chain.
        note(
            &format!("signature of the {list}"),
            work.list(file, "csca", &["-noverify"]),
        );
        note(
            &format!("altered {list} is refused"),
            altered_list(&work, file),
        );
    }
    Ok(verdict)
}

/// From the old root over the link to what the new one has issued, and from the new root alone.
fn chains_over_the_link(work: &Work, note: &mut impl FnMut(&str, Result<()>)) {
    let over = ["-untrusted", "link.pem"];
    let with_lists = [
        &over[..],
        &[
            "-crl_check_all",
            "-CRLfile",
            "crl.pem",
            "-CRLfile",
            "crl-next.pem",
        ],
    ]
    .concat();
    note(
        "next-signer over the link",
        work.chain("next-signer", "csca", &over),
    );
    note(
        "next-signer over the link, nothing revoked",
        work.chain("next-signer", "csca", &with_lists),
    );
    note(
        "next-signer under the next CSCA",
        work.chain("next-signer", "csca-next", &[]),
    );
    note(
        "next-signer without the link is refused",
        refused(work.chain("next-signer", "csca", &[]), "unable to get"),
    );
}

fn altered_crl(work: &Work) -> Result<()> {
    alter(work, "crl.der", "altered.der")?;
    work.openssl(
        &[
            "crl",
            "-inform",
            "DER",
            "-in",
            "altered.der",
            "-out",
            "altered.pem",
        ],
        &[],
    )?;
    refused(work.crl("altered.pem", "csca"), "verif")
}

/// Without the chain: it is the signature that must not hold.
fn altered_list(work: &Work, file: &str) -> Result<()> {
    alter(work, file, "altered.cms")?;
    refused(
        work.list("altered.cms", "csca", &["-noverify"]),
        "erification failure",
    )
}

/// The same with one bit of its last octet turned, which is one of the signature's.
fn alter(work: &Work, from: &str, to: &str) -> Result<()> {
    let mut bytes = fs::read(work.file(from))?;
    if let Some(last) = bytes.last_mut() {
        *last ^= 1;
    }
    Ok(fs::write(work.file(to), bytes)?)
}

/// Turns an answer round: there must be a refusal, and for this reason.
fn refused(outcome: Result<()>, reason: &str) -> Result<()> {
    match outcome {
        Ok(()) => bail!("it was accepted"),
        Err(why) if format!("{why:#}").contains(reason) => Ok(()),
        Err(why) => Err(why),
    }
}

fn to_pem(work: &Work, stranger: &Path) -> Result<()> {
    fs::copy(stranger, work.file("stranger.der"))?;
    for entry in fs::read_dir(&work.folder)?.flatten() {
        let path = entry.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        if path.extension().is_some_and(|ending| ending == "der") {
            let kind = if name.starts_with("crl") {
                "crl"
            } else {
                "x509"
            };
            let pem = format!("{name}.pem");
            work.openssl(&[kind, "-inform", "DER", "-out", &pem, "-in"], &[&path])?;
        }
    }
    Ok(())
}

impl Work {
    fn chain(&self, signer: &str, csca: &str, more: &[&str]) -> Result<()> {
        let (csca, signer) = (format!("{csca}.pem"), format!("{signer}.pem"));
        let words = [&VERIFY[..], more, &["-CAfile", &csca, &signer]].concat();
        let said = self.openssl(&words, &[])?;
        ensure!(said.trim_end().ends_with("OK"), "{}", said.trim());
        Ok(())
    }

    /// The signature of a revocation list.
    fn crl(&self, file: &str, csca: &str) -> Result<()> {
        let csca = format!("{csca}.pem");
        let mut command = self.command(
            &["crl", "-noout", "-verify", "-CAfile", &csca, "-in", file],
            &[],
        )?;
        let output = command.output()?;
        // It says on standard error what it thinks, and older releases end well all the same.
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.success() && said.contains("verify OK"),
            "{}",
            said.trim()
        );
        Ok(())
    }

    fn list(&self, file: &str, csca: &str, more: &[&str]) -> Result<()> {
        let csca = format!("{csca}.pem");
        let words = [
            "cms",
            "-verify",
            "-binary",
            "-inform",
            "DER",
            "-purpose",
            "any",
            "-out",
            "content.der",
        ];
        let words = [&words[..], more, &["-CAfile", &csca, "-in", file]].concat();
        self.openssl(&words, &[]).map(drop)
    }
}
