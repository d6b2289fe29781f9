//! OpenSSL judges what we issue: certificates, chain and EF.SOD. A missing `openssl` is a failure, not a skip.
//!
//! Its chain check refuses explicit EC parameters, which Doc 9303-12 §4.1.6.3 demands. The chain is therefore judged with
//! named curves and RSA; with explicit parameters the signatures are checked one by one.

use std::path::Path;
use std::process::{Command, Output};

use crate::test_pki::{ALL, Algorithm, NOW, P256, TestPki, document_signer_profile};
use crypto::EcParameters;
use lds::File;
use tempfile::TempDir;

/// A folder with the objects of one document and a shell's view of it.
pub(crate) struct Judge {
    folder: TempDir,
}

impl Judge {
    pub(crate) fn empty() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn new(pki: &TestPki, security_object: &[u8]) -> Self {
        let judge = Self::empty();
        let cms = iso7816::tlv::single(security_object, File::Sod.tag().unwrap()).unwrap();
        judge.write("sod.cms", cms);
        judge.write("csca.der", &pki.csca);
        judge.write("ds.der", pki.document_signer.certificate().as_der());
        for name in ["csca", "ds"] {
            let (der, pem) = (format!("{name}.der"), format!("{name}.pem"));
            judge.accepts(&["x509", "-inform", "DER", "-in", &der, "-out", &pem]);
        }
        judge
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path().join(name), bytes).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path().join(name)).unwrap()
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new("openssl")
            .args(arguments)
            .current_dir(self.path())
            .output()
            .unwrap_or_else(|error| {
                panic!("this test needs the openssl command (Debian: openssl): {error}")
            })
    }

    pub(crate) fn accepts(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(
            output.status.success(),
            "openssl {}: {}",
            arguments.join(" "),
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    pub(crate) fn refuses(&self, arguments: &[&str]) {
        assert!(
            !self.run(arguments).status.success(),
            "openssl {}",
            arguments.join(" ")
        );
    }

    fn verify_cms<'a>(&self, csca: &'a str, now: &'a str) -> Vec<&'a str> {
        vec![
            "cms", "-verify", "-binary", "-inform", "DER", "-in", "sod.cms", "-CAfile", csca,
            "-purpose", "any", "-attime", now, "-out", "lds.der",
        ]
    }
}

pub(crate) fn now() -> String {
    NOW.unix_timestamp().to_string()
}

#[test]
fn the_chain_and_the_security_object_with_named_curves() {
    for algorithm in ALL {
        let pki = TestPki::new(algorithm, EcParameters::Named);
        let document = pki.document();
        let judge = Judge::new(&pki, &document.security_object);
        let now = now();
        let chain = [
            "verify",
            "-x509_strict",
            "-check_ss_sig",
            "-attime",
            &now,
            "-CAfile",
            "csca.pem",
        ];
        judge.accepts(&[&chain[..], &["csca.pem"]].concat());
        judge.accepts(&[&chain[..], &["ds.pem"]].concat());
        judge.accepts(&judge.verify_cms("csca.pem", &now));
        let content = pki::SecurityObject::parse(&document.security_object)
            .unwrap()
            .lds_security_object()
            .to_der();
        assert_eq!(judge.read("lds.der"), content, "{algorithm:?}");
    }
}

#[test]
fn what_openssl_refuses_too() {
    let pki = TestPki::new(P256, EcParameters::Named);
    let mut security_object = pki.document().security_object;
    *security_object.last_mut().unwrap() ^= 1;
    let judge = Judge::new(&pki, &security_object);
    judge.refuses(&judge.verify_cms("csca.pem", &now()));

    let profile = document_signer_profile(EcParameters::Named);
    let other = TestPki::with_profile(P256, EcParameters::Named, 7, &profile);
    let judge = Judge::new(&pki, &pki.document().security_object);
    judge.accepts(&judge.verify_cms("csca.pem", &now()));
    judge.write("other.der", &other.csca);
    judge.accepts(&[
        "x509",
        "-inform",
        "DER",
        "-in",
        "other.der",
        "-out",
        "other.pem",
    ]);
    judge.refuses(&judge.verify_cms("other.pem", &now()));
    judge.refuses(&judge.verify_cms("csca.pem", "4102444800"));
}

#[test]
fn the_signatures_with_explicit_parameters() {
    for algorithm in ALL
        .into_iter()
        .filter(|a| matches!(a, Algorithm::Ecdsa(..)))
    {
        let pki = TestPki::new(algorithm, EcParameters::Explicit);
        let judge = Judge::new(&pki, &pki.document().security_object);
        judge.refuses(&judge.verify_cms("csca.pem", &now()));
        judge.accepts(&[
            "cms",
            "-verify",
            "-binary",
            "-noverify",
            "-inform",
            "DER",
            "-in",
            "sod.cms",
            "-certsout",
            "signer.pem",
            "-out",
            "lds.der",
        ]);
        judge.accepts(&[
            "x509",
            "-in",
            "signer.pem",
            "-outform",
            "DER",
            "-out",
            "signer.der",
        ]);
        assert_eq!(judge.read("signer.der"), judge.read("ds.der"));
        let key = judge.accepts(&["x509", "-in", "csca.pem", "-pubkey", "-noout"]);
        judge.write("csca.pub", key.as_bytes());
        check_signature(&judge, "ds.der");
        check_signature(&judge, "csca.der");
        let text = judge.accepts(&["x509", "-in", "csca.pem", "-noout", "-text"]);
        assert!(
            text.contains("Field Type: prime-field") && text.contains("Cofactor:"),
            "{text}"
        );
    }
}

/// The signature of the CSCA on a certificate, taken apart and checked by OpenSSL alone.
fn check_signature(judge: &Judge, certificate: &str) {
    let structure = judge.accepts(&["asn1parse", "-inform", "DER", "-in", certificate]);
    let offset = |line: &str| line.split(':').next().unwrap().trim().to_owned();
    let tbs = offset(structure.lines().nth(1).unwrap());
    let is_signature = |line: &&str| line.contains("d=1 ") && line.contains("BIT STRING");
    let signature = offset(structure.lines().find(is_signature).unwrap());
    for (at, out) in [(&tbs, "tbs.der"), (&signature, "signature.der")] {
        // What is inside the BIT STRING need not be ASN.1: the file is written all the same.
        judge.run(&[
            "asn1parse",
            "-inform",
            "DER",
            "-in",
            certificate,
            "-strparse",
            at,
            "-noout",
            "-out",
            out,
        ]);
    }
    let hash = if judge
        .accepts(&[
            "x509",
            "-inform",
            "DER",
            "-in",
            certificate,
            "-noout",
            "-text",
        ])
        .contains("ecdsa-with-SHA384")
    {
        "-sha384"
    } else {
        "-sha256"
    };
    judge.accepts(&[
        "dgst",
        hash,
        "-verify",
        "csca.pub",
        "-signature",
        "signature.der",
        "tbs.der",
    ]);
}

/// Two CSCA keys of one name and the certificate that links the second to the first, all made by OpenSSL.
#[test]
fn a_link_certificate_extends_the_trust() {
    const CA: &str =
        "basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\n";
    let judge = Judge::empty();
    judge.write("ca.cnf", CA.as_bytes());
    let root = |name: &str, country: &str| {
        let (key, pem) = (format!("{name}.key"), format!("{name}.pem"));
        let subject = format!("/C={country}/CN=CSCA TEST");
        judge.accepts(&[
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-keyout",
            &key,
            "-subj",
            &subject,
            "-addext",
            "keyUsage=critical,keyCertSign,cRLSign",
            "-out",
            &pem,
        ]);
        judge.read(&pem)
    };
    let link = |name: &str, country: &str, issuer: &str| {
        let (request, pem) = (format!("{name}.csr"), format!("{name}-by-{issuer}.pem"));
        let (key, subject) = (format!("{name}.key"), format!("/C={country}/CN=CSCA TEST"));
        let (issuer, issuer_key) = (format!("{issuer}.pem"), format!("{issuer}.key"));
        judge.accepts(&[
            "req", "-new", "-key", &key, "-subj", &subject, "-out", &request,
        ]);
        judge.accepts(&[
            "x509",
            "-req",
            "-in",
            &request,
            "-CA",
            &issuer,
            "-CAkey",
            &issuer_key,
            "-CAcreateserial",
            "-extfile",
            "ca.cnf",
            "-out",
            &pem,
        ]);
        let der = format!("{pem}.der");
        judge.accepts(&["x509", "-in", &pem, "-outform", "DER", "-out", &der]);
        judge.read(&der)
    };
    let first = root("first", "UT");
    root("second", "UT");
    let by_first = link("second", "UT", "first");
    let untrusted = Err(pki::Error::Untrusted(pki::Untrusted::LinkWithoutIssuer));
    let mut store = pki::TrustStore::new();
    assert_eq!(store.add_link(&by_first, "download"), untrusted);
    store.add(&first, "ceremony").unwrap();
    assert_eq!(store.add_link(&by_first, "download"), Ok(()));
    assert_eq!(store.anchors().len(), 2);
    // A CSCA certifies successors of its own country only.
    let foreign = link("second", "XU", "first");
    assert_eq!(store.add_link(&foreign, "download"), untrusted);
}

#[test]
fn the_profiles_as_openssl_prints_them() {
    let pki = TestPki::new(P256, EcParameters::Explicit);
    let judge = Judge::new(&pki, &pki.document().security_object);
    let alternative_names = "email:csca@test.example, DirName:/L=UTO";
    let common = [
        "Version: 3 (0x2)",
        "Signature Algorithm: ecdsa-with-SHA256",
        "Issuer: C = UT, CN = CSCA TEST 1",
        "X509v3 Authority Key Identifier: \n",
        "X509v3 Subject Key Identifier: \n",
        "X509v3 Key Usage: critical\n",
        "X509v3 Private Key Usage Period: \n",
        "X509v3 Subject Alternative Name: \n",
        "X509v3 Issuer Alternative Name: \n",
        "X509v3 CRL Distribution Points: \n",
        "URI:http://crl.test.example/UTO.crl",
        alternative_names,
    ];
    let csca = [
        "Subject: C = UT, CN = CSCA TEST 1",
        "Not Before: Oct 22 12:00:00 2026 GMT",
        "Not After : Oct 18 12:00:00 2041 GMT",
        "Certificate Sign, CRL Sign\n",
        "X509v3 Basic Constraints: critical\n",
        "CA:TRUE, pathlen:0",
        "Not Before: Oct 22 12:00:00 2026 GMT, Not After: Oct 21 12:00:00 2031 GMT",
    ];
    let document_signer = [
        "Subject: C = UT, CN = Document Signer TEST 1",
        "Digital Signature\n",
        "Not Before: Nov 11 12:00:00 2026 GMT, Not After: Feb  9 12:00:00 2027 GMT",
        "2.23.136.1.1.6.2: \n",
    ];
    for (name, own, absent) in [
        (
            "csca.pem",
            &csca[..],
            &["2.23.136.1.1.6.2", "Extended Key Usage"][..],
        ),
        (
            "ds.pem",
            &document_signer,
            &["Basic Constraints", "Extended Key Usage"],
        ),
    ] {
        let text = judge.accepts(&["x509", "-in", name, "-noout", "-text"]);
        for line in common.iter().chain(own) {
            assert!(text.contains(line), "{name}: {line} not in\n{text}");
        }
        for line in absent {
            assert!(!text.contains(line), "{name}: {line} in\n{text}");
        }
    }
}
