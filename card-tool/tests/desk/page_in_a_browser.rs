//! `desk` as a clerk sees it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::Arc;

use access::{Device, DeviceAuthority, DeviceKind};
use crypto::{Curve, HashAlgorithm, PrivateKey, SignatureAlgorithm};
use pki::SoftwareSigner;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use serde_json::json;
use time::OffsetDateTime;

use crate::chromium::Chromium;
use crate::page::Page;
use crate::support::cards::{alter_name, specimen};
use crate::support::held::HeldCard;
use crate::support::slot::Slot;
use crate::support::{run, word};
use crate::{CSCA, IN_THE_PORTRAIT, PERSONAL, can, fixture};

/// What the page says of a card that waits for its number. One that its reader sees, loses and sees again takes its number along.
const CARD_IS_THERE: &str = "document.querySelector('#headline').innerText === 'Đã có thẻ'";

struct Desk {
    process: Child,
    address: String,
}

impl Desk {
    fn start(slot: &Slot, trust: &str, more: &[&str]) -> Self {
        let mut command = slot.command(&[&["desk", "--trust", trust][..], more].concat());
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut address = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut address)
            .unwrap();
        let address = address.trim().to_owned();
        assert!(address.starts_with("http://127.0.0.1:"), "{address}");
        Self { process, address }
    }

    /// What the server answers to these octets.
    fn ask(&self, request: &str) -> String {
        let authority = self.address.split('/').nth(2).unwrap();
        let mut stream = TcpStream::connect(authority).unwrap();
        stream
            .write_all(request.replace("HOST", authority).as_bytes())
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Page {
    fn type_line(&mut self, line: &str) {
        self.type_text(line);
        self.press("Enter");
    }

    #[track_caller]
    fn light(&mut self, light: &str) {
        self.until(&format!("document.body.dataset.light === {}", json!(light)));
    }

    /// Nothing of the person is on the page, nor anywhere else that the page keeps.
    #[track_caller]
    fn nobody_is_left(&mut self) {
        self.until(
            "!document.querySelector('#holder > *') && !document.querySelector('#checks > *')",
        );
        let all = self.value("document.documentElement.outerHTML");
        let all = all.as_str().unwrap();
        for word in PERSONAL {
            assert!(!all.contains(word), "{word} is left");
        }
        assert_eq!(self.value("document.querySelectorAll('img').length"), 0);
        assert_eq!(self.value("document.querySelector('#typed').value"), "");
        let kept = self.kept_in_browser();
        assert!(
            kept == json!([[], [], ""])
                || kept == json!([[["verifier.language", "en"]], [], ""])
                || kept == json!([[["verifier.language", "vi"]], [], ""]),
            "{kept}"
        );
    }
}

#[test]
#[ignore = "needs the pcscd of `cargo xtask test` and Chromium: CARD_TOOLCHAIN_CHROMIUM"]
fn genuine_wrong_number_and_altered() {
    let slot = Slot::take();
    let (_folder, card) = specimen();
    let desk = Desk::start(&slot, CSCA, &[]);
    let mut page = Page::new(Chromium::start(None), 1280, 900);
    page.open(&desk.address);
    page.until("document.activeElement === document.querySelector('#typed')");
    page.until("document.querySelector('#headline').innerText.includes('Đặt thẻ')");
    page.judge("desk-1-waiting");

    let chip = slot.insert(&card, &[]);
    page.until("document.querySelector('#headline').innerText.includes('Đã có thẻ')");
    page.type_line("hello");
    page.see("#refused");
    page.type_line("000000");
    page.light("grey");
    page.until("document.querySelector('#wrong')?.innerText.endsWith(': 1')");
    assert!(page.text("#headline").contains("CHƯA MỞ ĐƯỢC"));
    assert!(page.text("#reason-pace .todo").contains("sáu số CAN"));
    page.judge("desk-2-wrong-can");

    // The keyboard alone: whatever has the focus, digits go to the field.
    page.value("document.activeElement.blur()");
    for digit in can().chars() {
        page.press(&digit.to_string());
    }
    page.press("Enter");
    page.light("green");
    assert!(page.text("#asked").contains("ngoại tuyến: không hỏi"));
    page.until("document.querySelector('.person img')?.naturalWidth > 100");
    assert_eq!(page.text("#mark"), "Đã xác minh");
    assert!(page.text("#holder").contains("NGUYEN"));
    assert!(page.text("#times").contains("đọc"));
    page.judge("desk-3-green-vi");
    page.press("F8");
    page.until("document.documentElement.lang === 'en'");
    assert_eq!(page.text("#mark"), "Verified");
    page.click("#all summary");
    page.judge("desk-4-green-en");
    slot.remove(chip, "INT").expect(0);
    page.light("none");
    page.nobody_is_left();
    assert!(page.text("#last").contains("IN ORDER"));
    page.judge("desk-5-gone");

    alter_name(&card);
    let chip = slot.insert(&card, &[]);
    // As a scanner types: key after key, wherever the focus was left.
    for key in fixture("cards/vn-citizen-nam.mrz").chars() {
        match key {
            '\n' => page.press("Enter"),
            key => page.press(&key.to_string()),
        }
    }
    page.press("Enter");
    page.light("red");
    assert!(
        page.text("#reason-data-groups .todo")
            .contains("Do not accept")
    );
    assert!(page.text("#mark").contains("NOT VERIFIED"));
    page.judge("desk-6-altered-en");
    page.press("F8");
    page.judge("desk-7-altered-vi");
    slot.remove(chip, "INT").expect(0);
    page.light("none");
    page.nobody_is_left();
    page.must_be_calm(&[]);
}

#[test]
#[ignore = "needs the pcscd of `cargo xtask test` and Chromium: CARD_TOOLCHAIN_CHROMIUM"]
fn a_card_pulled_while_it_is_read() {
    let slot = Slot::take();
    let (_folder, card) = specimen();
    let desk = Desk::start(&slot, CSCA, &["--short"]);
    let mut page = Page::new(Chromium::start(None), 1024, 768);
    page.open(&desk.address);
    page.see("#typed");
    let held = HeldCard::insert(&slot, &card, IN_THE_PORTRAIT);
    page.until(CARD_IS_THERE);
    page.type_line(&can());
    held.has_stopped();
    page.see("#mark");
    page.light("busy");
    assert!(page.text("#mark").contains("Chưa xác minh"));
    assert!(
        page.text("#holder").contains("NGUYEN"),
        "before the portrait"
    );
    page.judge("desk-8-reading");
    held.pull(&slot);
    page.until("document.querySelector('#last')?.innerText.includes('DỞ DANG')");
    page.nobody_is_left();
    page.judge("desk-9-pulled");
    page.must_be_calm(&[]);
}

/// A document that has nothing to prove its chip with may be in order, and the page says what was not shown.
#[test]
#[ignore = "needs the pcscd of `cargo xtask test` and Chromium: CARD_TOOLCHAIN_CHROMIUM"]
fn a_chip_that_has_proven_nothing_is_not_called_genuine() {
    let slot = Slot::take();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("card");
    let order = ["specimen", "--ca", "none", "--aa", "none", "--out"];
    run([&order[..], &[word(&out)]].concat()).expect(0);
    let access = test_support::read_json(&out.join("access.json"));
    let csca = out.join(access["csca"].as_str().unwrap());
    let desk = Desk::start(&slot, word(&csca), &[]);
    let mut page = Page::new(Chromium::start(None), 1280, 900);
    page.open(&desk.address);
    page.see("#typed");
    let chip = slot.insert(&out.join("card.json"), &[]);
    page.until(CARD_IS_THERE);
    page.type_line(access["can"].as_str().unwrap());
    page.light("green");
    let said = page.text("#subline");
    assert!(said.contains("chưa chứng minh"), "{said}");
    page.judge("desk-10-no-proof");
    slot.remove(chip, "INT").expect(0);
    page.must_be_calm(&[]);
}

#[test]
#[ignore = "needs the pcscd of `cargo xtask test`"]
fn a_stranger_learns_nothing() {
    let slot = Slot::take();
    let desk = Desk::start(&slot, CSCA, &[]);
    let path = desk.address.splitn(4, '/').nth(3).unwrap();
    let page = desk.ask(&format!("GET /{path} HTTP/1.1\r\nHost: HOST\r\n\r\n"));
    assert!(
        page.starts_with("HTTP/1.1 200") && page.contains("default-src 'none'"),
        "{page}"
    );
    assert!(page.contains("Cache-Control: no-store"));
    for (request, expected) in [
        ("GET / HTTP/1.1\r\nHost: HOST\r\n\r\n".to_owned(), "404"),
        (
            format!("GET /{path}state HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
            "403",
        ),
        (
            format!(
                "POST /{path}line HTTP/1.1\r\nHost: HOST\r\nOrigin: http://evil.example\r\nContent-Length: 6\r\n\r\n123456"
            ),
            "403",
        ),
        (
            format!("POST /{path}line HTTP/1.1\r\nHost: HOST\r\nContent-Length: 6\r\n\r\n123456"),
            "403",
        ),
        ("hello\r\n\r\n".to_owned(), "400"),
    ] {
        let answer = desk.ask(&request);
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {expected}")),
            "{request}: {answer}"
        );
    }
    assert_eq!(desk.ask(""), "", "opened ahead, and not used");
}

/// A folder as `issuance-service device issue` makes it, of an authority that nobody has.
fn device(folder: &Path) {
    let (now, mut rng) = (OffsetDateTime::now_utc(), StdRng::seed_from_u64(3));
    let key = PrivateKey::generate_ec(Curve::P256, &mut rng).unwrap();
    let algorithm = SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256);
    let signer =
        Arc::new(SoftwareSigner::new(key, algorithm, Box::new(StdRng::seed_from_u64(5))).unwrap());
    let authority = DeviceAuthority::create(signer, "TEST devices", now, &mut rng).unwrap();
    let device = Device {
        kind: DeviceKind::RelyingParty,
        id: uuid::Uuid::new_v4(),
        name: "TEST desk".to_owned(),
    };
    let pair = authority.issue_with_key(&device, now, &mut rng).unwrap();
    for (name, content) in [
        ("authority.crt", authority.certificate()),
        ("device.crt", &pair.issued.certificate),
        ("device.key", pair.private_key.expose()),
    ] {
        std::fs::write(folder.join(name), content).unwrap();
    }
}

/// A service that is down takes no verdict away and keeps nobody waiting: it is a line beside the verdict.
#[test]
#[ignore = "needs the pcscd of `cargo xtask test` and Chromium: CARD_TOOLCHAIN_CHROMIUM"]
fn a_service_that_is_down_is_a_yellow_line() {
    let slot = Slot::take();
    let (folder, card) = specimen();
    device(folder.path());
    // Nobody listens there any more.
    let closed = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr();
    let service = format!("https://{}", closed.unwrap());
    let arguments = ["--service", &service, "--purpose", "border-check"];
    let device = ["--device", word(folder.path())];
    let desk = Desk::start(&slot, CSCA, &[arguments.as_slice(), &device].concat());
    let mut page = Page::new(Chromium::start(None), 1280, 900);
    page.open(&desk.address);
    page.see("#typed");
    let chip = slot.insert(&card, &[]);
    page.until(CARD_IS_THERE);
    page.type_line(&can());
    page.light("green");
    let asked = page.text("#asked");
    assert!(
        asked.contains("hỏi lúc") && asked.contains("không được"),
        "{asked}"
    );
    page.see("#remark-document-status.yellow");
    page.judge("desk-11-silent-issuer");
    slot.remove(chip, "INT").expect(0);
    page.light("none");
    page.must_be_calm(&[]);
}
