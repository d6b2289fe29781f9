//! `card-tool trust` as its users call it, on certificates and lists of states that do not exist.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod support;

use std::path::Path;
use std::sync::Arc;

use crypto::{Curve, EcParameters, HashAlgorithm, PrivateKey, SignatureAlgorithm};
use pki::crl::{CrlProfile, RevokedCertificate};
use pki::profile::{
    Authority, Contact, CountryCode, CscaLinkProfile, CscaProfile, Issuer, ListRole,
    ListSignerProfile,
};
use pki::{Certificate, Fingerprint, ListSigner, SoftwareSigner, Validity, master_list};
use rand::SeedableRng;
use rand::rngs::StdRng;
use tempfile::TempDir;
use time::{Duration, OffsetDateTime};

use support::{Running, card_tool, run, tree, word};

const NO: i32 = 1;
const USAGE: i32 = 2;
const UNDETERMINED: i32 = 3;
const POLICY: i32 = 7;
const JSON: [&str; 2] = ["--output-format", "json"];

/// When everything was issued: the past month, so that it is valid while the test runs.
fn issued() -> OffsetDateTime {
    OffsetDateTime::now_utc().replace_nanosecond(0).unwrap() - Duration::days(30)
}

fn signer(seed: u64) -> Arc<SoftwareSigner> {
    let mut rng = StdRng::seed_from_u64(seed);
    let key = PrivateKey::generate_ec(Curve::P256, &mut rng).unwrap();
    let algorithm = SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256);
    Arc::new(SoftwareSigner::new(key, algorithm, Box::new(rng)).unwrap())
}

/// A state with its CSCA and its signer of master lists.
struct State {
    profile: CscaProfile,
    key: Arc<SoftwareSigner>,
    csca: Vec<u8>,
    list_key: Arc<SoftwareSigner>,
    list_signer: Vec<u8>,
}

impl State {
    fn new(country: &str, state: &str, name: &str, seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let period = |days| Validity {
            not_before: issued(),
            not_after: issued() + Duration::days(days),
        };
        let contact = Contact::Mail("csca@test.example".to_owned());
        let authority = Authority::new(CountryCode::new(country).unwrap(), state, contact).unwrap();
        let points = vec!["http://crl.test.example/crl".to_owned()];
        let profile = CscaProfile {
            authority: authority.clone(),
            common_name: name.to_owned(),
            validity: period(15 * 365),
            private_key_usage: period(5 * 365),
            crl_distribution_points: points.clone(),
            ec_parameters: EcParameters::Explicit,
        };
        let key = signer(seed);
        let csca = profile.issue(key.as_ref(), &mut rng).unwrap();
        let list_key = signer(seed + 1000);
        let list_signer = ListSignerProfile {
            role: ListRole::MasterList,
            authority,
            common_name: "Master List Signer TEST".to_owned(),
            validity: period(2 * 365),
            private_key_usage: Some(period(365)),
            crl_distribution_points: points,
            ec_parameters: EcParameters::Explicit,
        };
        let issuer = Issuer::new(&csca, key.as_ref()).unwrap();
        let list_signer = list_signer
            .issue(
                pki::Signer::public_key(list_key.as_ref()),
                &issuer,
                &mut rng,
            )
            .unwrap();
        Self {
            profile,
            key,
            csca,
            list_key,
            list_signer,
        }
    }

    /// A master list of these, signed some days after everything was issued.
    fn list(&self, certificates: &[&[u8]], days: i64) -> Vec<u8> {
        let signer = ListSigner::new(&self.list_signer, &self.csca, self.list_key.clone()).unwrap();
        let read = certificates
            .iter()
            .map(|der| Certificate::parse(der).unwrap());
        let read: Vec<Certificate> = read.collect();
        master_list::sign(&read, &signer, issued() + Duration::days(days)).unwrap()
    }

    fn crl(&self, number: u64, revoked: &[&[u8]]) -> Vec<u8> {
        let date = issued() + Duration::days(number.try_into().unwrap());
        let entry = |certificate: &&[u8]| RevokedCertificate {
            serial_number: Certificate::parse(certificate)
                .unwrap()
                .serial_number()
                .to_vec(),
            date,
        };
        CrlProfile {
            number,
            this_update: date,
            next_update: date + Duration::days(89),
            revoked: revoked.iter().map(entry).collect(),
            former_names: Vec::new(),
        }
        .issue(&Issuer::new(&self.csca, self.key.as_ref()).unwrap())
        .unwrap()
    }

    fn link_to(&self, next: &Self) -> Vec<u8> {
        let mut rng = StdRng::seed_from_u64(7);
        let issuer = Issuer::new(&self.csca, self.key.as_ref()).unwrap();
        CscaLinkProfile::to(&next.profile, &issuer)
            .issue(
                pki::Signer::public_key(next.key.as_ref()),
                &issuer,
                &mut rng,
            )
            .unwrap()
    }
}

/// A desk with files and a store.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> String {
        word(&self.0.path().join(name)).to_owned()
    }

    fn file(&self, name: &str, content: &[u8]) -> String {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    fn store(&self) -> String {
        self.path("store")
    }

    /// What a command says, with the code it must end with.
    #[track_caller]
    fn trust(&self, code: i32, arguments: &[&str]) -> String {
        let ended = run(["trust"].iter().chain(arguments)).expect(code);
        format!("{}{}", ended.stdout, ended.stderr)
    }

    /// Subjects that the store trusts, in order.
    #[track_caller]
    fn subjects(&self) -> Vec<String> {
        let ended = run(["trust", "list", &self.store()].iter().chain(&JSON)).expect(0);
        let json = ended.json();
        let mut subjects: Vec<String> = json["certificates"]
            .as_array()
            .unwrap()
            .iter()
            .map(|certificate| certificate["subject"].as_str().unwrap().to_owned())
            .collect();
        subjects.sort();
        subjects
    }
}

fn sha256(bytes: &[u8]) -> String {
    Fingerprint::of(bytes).to_string()
}

#[test]
fn the_first_needs_somebody_and_vouches_for_the_rest() {
    let desk = Desk::new();
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let vn = State::new("VN", "VNM", "CSCA TEST", 2);
    let store = desk.store();
    let csca = desk.file("csca.der", &ut.csca);
    let list = desk.file("ut.ml", &ut.list(&[&ut.csca, &vn.csca], 1));

    for file in [&csca, &list] {
        let said = desk.trust(UNDETERMINED, &["add", &store, file]);
        assert!(
            said.contains("nothing was added") && said.contains("--fingerprint"),
            "{said}"
        );
        assert!(!Path::new(&store).join("trust.jsonl").exists());
    }
    let other = sha256(&vn.csca);
    desk.trust(NO, &["add", &store, &csca, "--fingerprint", &other]);
    desk.trust(USAGE, &["add", &store, &csca, "--fingerprint", "6f1c"]);
    desk.trust(USAGE, &["add", &store, &csca, "--out-of-band", " "]);
    assert!(!Path::new(&store).join("trust.jsonl").exists());

    let printed = sha256(&ut.csca).to_uppercase();
    let said = desk.trust(0, &["add", &store, &csca, "--fingerprint", &printed]);
    assert!(
        said.contains("csca.der: CSCA certificate, 1 new, 0 known"),
        "{said}"
    );
    let said = desk.trust(0, &["add", &store, &list]);
    assert!(
        said.contains("ut.ml: master list, list of UT of "),
        "{said}"
    );
    assert!(
        said.contains("signer issued by") && said.contains("1 new, 1 known"),
        "{said}"
    );
    assert!(
        said.contains("store: 2 CSCA certificates of 2 countries"),
        "{said}"
    );
    assert_eq!(
        desk.subjects(),
        ["C=UT, CN=CSCA TEST", "C=VN, CN=CSCA TEST"]
    );

    // The same again changes nothing in the store.
    let before = tree(Path::new(&store));
    desk.trust(0, &["add", &store, &list]);
    assert_eq!(tree(Path::new(&store)), before);
}

#[test]
fn what_a_store_shows() {
    let desk = Desk::new();
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let vn = State::new("VN", "VNM", "CSCA TEST", 2);
    let next = State::new("UT", "UTO", "CSCA TEST 2", 3);
    let store = desk.store();
    let files = [
        desk.file("ut.ml", &ut.list(&[&ut.csca, &vn.csca], 1)),
        desk.file("link.der", &ut.link_to(&next)),
        desk.file("ut.crl", &ut.crl(1, &[])),
    ];
    let mut add = vec![
        "add",
        &store,
        "--out-of-band",
        "TEST: handed over by the embassy",
    ];
    add.extend(files.iter().map(String::as_str));
    desk.trust(0, &add);

    let said = desk.trust(0, &["list", &store]);
    let row = |country: &str| {
        said.lines()
            .find(|line| line.contains(&format!("| {country} ")))
            .unwrap()
            .to_owned()
    };
    let words: Vec<String> = row("UT")
        .split('|')
        .map(|cell| cell.trim().to_owned())
        .collect();
    assert_eq!(words[1..6], ["UT", "2", "2", "0", "P-256"], "{said}");
    assert!(row("UT").contains("out of band"), "{said}");
    assert!(
        said.contains("3 CSCA certificates of 2 countries, 1 revocation list, 0 deviation lists"),
        "{said}"
    );

    let said = desk.trust(0, &["list", &store, "--country", "ut", "--check"]);
    assert!(
        said.contains("CSCA TEST 2") && !said.contains("VN"),
        "{said}"
    );
    let sums: Vec<&str> = said
        .lines()
        .find(|line| line.contains("| all "))
        .unwrap()
        .split('|')
        .map(str::trim)
        .collect();
    assert_eq!(sums[2..7], ["1", "1", "0", "0", "0"], "{said}");
    let said = desk.trust(NO, &["list", &store, "--country", "XX"]);
    assert!(said.contains("no CSCA certificate of XX"), "{said}");

    let said = desk.trust(0, &["show", &store, &sha256(&ut.csca)[..12]]);
    for line in [
        "subject      C=UT, CN=CSCA TEST",
        "signed by    itself",
        "out of band: TEST: handed over by the embassy",
        "0 revoked",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    desk.trust(USAGE, &["show", &store, "0123"]);
    desk.trust(USAGE, &["show", &store, "0123456789"]);
    let said = desk.trust(USAGE, &["list", &desk.path("nowhere")]);
    assert!(said.contains("nowhere"), "{said}");
}

#[test]
fn an_update_says_what_came_what_changed_and_what_went() {
    let desk = Desk::new();
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let vn = State::new("VN", "VNM", "CSCA TEST", 2);
    let fr = State::new("FR", "FRA", "CSCA TEST", 4);
    // The same key and name certified anew.
    let vn_again = State::new("VN", "VNM", "CSCA TEST", 2);
    let vn_again = vn_again
        .profile
        .issue(vn_again.key.as_ref(), &mut StdRng::seed_from_u64(9))
        .unwrap();
    let store = desk.store();
    let old = desk.file("old.ml", &ut.list(&[&ut.csca, &vn.csca], 1));
    let new = desk.file("new.ml", &ut.list(&[&ut.csca, &vn_again, &fr.csca], 9));
    let crl = desk.file("ut.crl", &ut.crl(3, &[&vn.list_signer]));
    desk.trust(USAGE, &["update", &store, &new]);
    desk.trust(0, &["add", &store, &old, "--out-of-band", "TEST"]);
    desk.trust(
        0,
        &[
            "add",
            &store,
            &desk.file("first.crl", &ut.crl(1, &[&fr.list_signer])),
        ],
    );

    let said = desk.trust(0, &["update", &store, &new, &crl]);
    let lines = |start: &str| -> Vec<&str> {
        said.lines()
            .filter(|line| line.starts_with(start))
            .collect()
    };
    assert_eq!(lines("added ").len(), 1, "{said}");
    assert!(lines("added ")[0].contains("FR "), "{said}");
    let changed = lines("changed ");
    assert!(
        changed.len() == 1 && changed[0].contains(&sha256(&vn_again)[..8]),
        "{said}"
    );
    assert!(
        changed[0].contains(&format!("was {}", &sha256(&vn.csca)[..8])),
        "{said}"
    );
    let gone = lines("disappeared ");
    assert!(
        gone.len() == 1 && gone[0].contains(&sha256(&vn.csca)[..8]),
        "{said}"
    );
    assert!(gone[0].contains("from the list of UT; kept"), "{said}");
    assert_eq!(
        (lines("revoked ").len(), lines("unrevoked ").len()),
        (1, 1),
        "{said}"
    );
    assert_eq!(desk.subjects().len(), 4, "nothing was removed");

    // An older list changes nothing and makes nothing disappear.
    let older = desk.file("older.ml", &ut.list(&[&ut.csca], 0));
    let said = desk.trust(0, &["update", &store, &older]);
    assert!(said.contains("nothing has changed"), "{said}");
}

#[test]
fn what_was_removed_stays_out_until_somebody_says_otherwise() {
    let desk = Desk::new();
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let vn = State::new("VN", "VNM", "CSCA TEST", 2);
    let store = desk.store();
    let csca = desk.file("csca.der", &ut.csca);
    let list = desk.file("ut.ml", &ut.list(&[&vn.csca], 1));
    desk.trust(0, &["add", &store, &csca, "--out-of-band", "TEST"]);
    desk.trust(0, &["add", &store, &list]);
    let name = sha256(&ut.csca);

    desk.trust(USAGE, &["remove", &store, &name, "--reason", ""]);
    // It takes with it what its list has brought: that is asked for, and nobody is there to answer.
    let said = desk.trust(USAGE, &["remove", &store, &name, "--reason", "TEST"]);
    assert!(
        said.contains("1 CSCA certificate that only this vouched for"),
        "{said}"
    );
    assert_eq!(desk.subjects().len(), 2);
    let said = desk.trust(
        0,
        &[
            "remove",
            &store,
            &name,
            "--reason",
            "TEST: key lost",
            "--yes",
        ],
    );
    assert!(said.contains("no longer vouched for"), "{said}");
    assert!(desk.subjects().is_empty());
    let history = std::fs::read_to_string(Path::new(&store).join("trust.jsonl")).unwrap();
    assert!(history.contains("TEST: key lost"), "{history}");

    // No list brings it back, and no statement about a whole file; its own fingerprint does.
    let again = desk.file("again.ml", &ut.list(&[&ut.csca, &vn.csca], 2));
    desk.trust(0, &["add", &store, &again, "--out-of-band", "TEST"]);
    assert_eq!(desk.subjects(), ["C=VN, CN=CSCA TEST"]);
    desk.trust(NO, &["add", &store, &csca, "--out-of-band", "TEST"]);
    desk.trust(0, &["add", &store, &csca, "--fingerprint", &name]);
    assert_eq!(desk.subjects().len(), 2);
}

#[test]
fn what_was_removed_stays_out_in_other_forms_and_old_lines_still_load() {
    let desk = Desk::new();
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let store = desk.store();
    let csca = desk.file("csca.der", &ut.csca);
    let name = sha256(&ut.csca);
    desk.trust(0, &["add", &store, &csca, "--out-of-band", "TEST"]);
    desk.trust(0, &["remove", &store, &name, "--reason", "TEST"]);
    // The same certificate with its outer length in one octet more.
    let other_form = [&[ut.csca[0], 0x83, 0x00], &ut.csca[2..]].concat();
    let other_form = desk.file("other.der", &other_form);
    // The same key certified anew.
    let anew = ut
        .profile
        .issue(ut.key.as_ref(), &mut StdRng::seed_from_u64(9))
        .unwrap();
    let anew = desk.file("anew.der", &anew);
    let stays_out = || {
        for file in [&csca, &other_form, &anew] {
            let said = desk.trust(NO, &["add", &store, file, "--out-of-band", "TEST"]);
            assert!(said.contains("withdrawn"), "{said}");
        }
    };
    stays_out();
    // A line from before other forms were thought of: the file that it names says the same.
    let index = Path::new(&store).join("trust.jsonl");
    let text = std::fs::read_to_string(&index).unwrap();
    let (added, removed) = text.trim_end().split_once('\n').unwrap();
    let (start, _) = removed
        .split_once(",\"marks\":[")
        .expect("marks at the end");
    std::fs::write(&index, format!("{added}\n{start}}}\n")).unwrap();
    stays_out();
    assert!(desk.subjects().is_empty());
    desk.trust(0, &["add", &store, &csca, "--fingerprint", &name]);
    assert_eq!(desk.subjects().len(), 1);
}

#[test]
fn a_revoked_list_signer_takes_his_list_with_him_and_it_is_said() {
    let desk = Desk::new();
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let vn = State::new("VN", "VNM", "CSCA TEST", 2);
    let store = desk.store();
    desk.trust(
        0,
        &[
            "add",
            &store,
            &desk.file("csca.der", &ut.csca),
            "--out-of-band",
            "TEST",
        ],
    );
    desk.trust(
        0,
        &["add", &store, &desk.file("ut.ml", &ut.list(&[&vn.csca], 1))],
    );
    let crl = desk.file("ut.crl", &ut.crl(5, &[&ut.list_signer]));
    let said = desk.trust(0, &["add", &store, &crl]);
    assert!(said.contains("no longer vouched for: VN "), "{said}");
    assert!(said.contains("1 kept out"), "{said}");
    let said = desk.trust(0, &["list", &store]);
    assert!(
        said.contains(
            "kept out: ut.ml, master list: the certificate of the list's signer is revoked"
        ),
        "{said}"
    );
}

#[test]
fn a_damaged_store_is_noticed() {
    let desk = Desk::new();
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let vn = State::new("VN", "VNM", "CSCA TEST", 2);
    let store = desk.store();
    for state in [&ut, &vn] {
        let file = desk.file("csca.der", &state.csca);
        desk.trust(0, &["add", &store, &file, "--out-of-band", "TEST"]);
    }
    let index = Path::new(&store).join("trust.jsonl");
    let good = std::fs::read_to_string(&index).unwrap();
    let (first, second) = good.split_once('\n').unwrap();
    for (what, text, line) in [
        ("a word changed", good.replacen("TEST", "BEST", 1), 2),
        ("the first line gone", second.to_owned(), 1),
        ("the lines exchanged", format!("{second}{first}\n"), 1),
        ("a torn line", good[..good.len() - 9].to_owned(), 2),
        ("no index", "{}\n".to_owned(), 1),
    ] {
        std::fs::write(&index, text).unwrap();
        let said = desk.trust(NO, &["list", &store]);
        assert!(
            said.contains(&format!("damaged at line {line}")),
            "{what}: {said}"
        );
    }
    std::fs::write(&index, &good).unwrap();
    let object = Path::new(&store).join(sha256(&ut.csca));
    std::fs::write(&object, &vn.csca).unwrap();
    let said = desk.trust(NO, &["list", &store]);
    assert!(said.contains("not the hash that is its name"), "{said}");
    std::fs::remove_file(&object).unwrap();
    let said = desk.trust(USAGE, &["list", &store]);
    assert!(said.contains(&sha256(&ut.csca)), "{said}");
}

#[test]
fn all_files_or_none() {
    let desk = Desk::new();
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let vn = State::new("VN", "VNM", "CSCA TEST", 2);
    let store = desk.store();
    let good = desk.file("good.der", &ut.csca);
    desk.trust(0, &["add", &store, &good, "--out-of-band", "TEST"]);
    let before = tree(Path::new(&store));
    let next = desk.file(
        "link.der",
        &ut.link_to(&State::new("UT", "UTO", "CSCA TEST 2", 3)),
    );
    for (code, bad) in [
        (USAGE, desk.file("words.txt", b"no certificate")),
        (USAGE, desk.file("cut.der", &vn.csca[..200])),
        (USAGE, desk.path("missing.der")),
        (UNDETERMINED, desk.file("stranger.der", &vn.csca)),
    ] {
        let said = desk.trust(code, &["add", &store, &next, &bad]);
        assert!(
            said.contains(Path::new(&bad).file_name().unwrap().to_str().unwrap()),
            "{said}"
        );
        assert_eq!(tree(Path::new(&store)), before, "{bad}");
    }
    // A folder that is something else does not become a store.
    desk.trust(
        POLICY,
        &["add", &desk.path("."), &good, "--out-of-band", "TEST"],
    );
}

#[test]
fn many_at_once_lose_nothing() {
    const WRITERS: u64 = 8;
    let desk = Desk::new();
    let store = desk.store();
    let start = |seed: u64| {
        let state = State::new("UT", "UTO", &format!("CSCA TEST {seed}"), seed);
        let file = desk.file(&format!("{seed}.der"), &state.csca);
        Running::start(&mut card_tool([
            "trust",
            "add",
            &store,
            &file,
            "--out-of-band",
            "TEST",
        ]))
    };
    let running: Vec<Running> = (1..=WRITERS).map(start).collect();
    for writer in running {
        writer.end().expect(0);
    }
    assert_eq!(desk.subjects().len(), usize::try_from(WRITERS).unwrap());
}

#[test]
fn files_and_folders_are_read_without_a_store() {
    let desk = Desk::new();
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let vn = State::new("VN", "VNM", "CSCA TEST", 2);
    let folder = desk.path("folder");
    std::fs::create_dir_all(Path::new(&folder).join("below")).unwrap();
    let files: [(&str, &[u8]); 4] = [
        ("folder/below/csca.der", &ut.csca),
        ("folder/vn.ml", &vn.list(&[&vn.csca], 1)),
        ("folder/read.me", b"words"),
        ("folder/.hidden", b"more"),
    ];
    for (name, content) in files {
        desk.file(name, content);
    }
    let count = |path: &str| {
        let ended = run(["trust", "list", path].iter().chain(&JSON)).expect(0);
        ended.json()["store"]["csca_certificates"].as_u64().unwrap()
    };
    assert_eq!(count(&folder), 2);
    assert_eq!(count(&desk.path("folder/vn.ml")), 1);
    assert_eq!(count(&desk.path("folder/below/csca.der")), 1);
    desk.trust(USAGE, &["list", &desk.path("folder/read.me")]);
    desk.trust(
        USAGE,
        &["show", &desk.path("folder/vn.ml"), &sha256(&ut.csca)],
    );
}

#[test]
fn an_ldif_file_of_the_pkd() {
    use base64::Engine as _;
    let desk = Desk::new();
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let vn = State::new("VN", "VNM", "CSCA TEST", 2);
    let store = desk.store();
    let encode = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    let text = format!(
        "version: 1\n\ndn: o=ml,c=UT\npkdVersion: 1\npkdMasterListContent:: {}\n\ndn: o=dsc,c=UT\nuserCertificate;binary:: {}\n\ndn: o=crl,c=UT\ncertificateRevocationList;binary:: {}\n\ndn: broken\nno attribute\n",
        encode(&ut.list(&[&vn.csca], 1)),
        encode(&ut.list_signer),
        encode(&ut.crl(1, &[])),
    );
    let ldif = desk.file("pkd.ldif", text.as_bytes());
    desk.trust(
        0,
        &[
            "add",
            &store,
            &desk.file("csca.der", &ut.csca),
            "--out-of-band",
            "TEST",
        ],
    );
    let said = desk.trust(0, &["add", &store, &ldif]);
    for line in [
        "pkd.ldif line 5: master list, list of UT",
        "document signers: 1 new, 0 known",
        "LDIF: entries read 3, attributes not used 1, deletions and new names not done 0, faults 1",
        "pkd.ldif: line 14: no attribute",
        "store: 2 CSCA certificates of 2 countries, 1 revocation list, 0 deviation lists, 1 document signer, 0 kept out",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
}
