//! The line to a service that serves: receipts by return, and whatever stands against it changes nothing at the station.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Stdio};

use serde_json::Value;

use crate::post::{Post, Run, only};

/// A service that serves, and its address.
struct Service(Child, String);

impl Service {
    fn of(post: &Post) -> Self {
        let mut command = post.command(["serve"]);
        command.env("ISSUANCE_SERVICE__SERVE__LISTEN", "127.0.0.1:0");
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        let mut said = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut said).unwrap();
        let told: Value = serde_json::from_str(&said).unwrap();
        Self(child, told["address"].as_str().unwrap().to_owned())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// A station with a packet and the certificate that the service has issued to it.
fn station(kind: &str, name: &str) -> Post {
    let post = Post::new();
    post.seal(1).must_end(0, "");
    issue(&post, kind, name, "station/device");
    post
}

fn issue(post: &Post, kind: &str, name: &str, to: &str) {
    let words = ["device", "issue", "--kind", kind, "--name", name, "--to"].map(PathBuf::from);
    post.run(words.into_iter().chain([post.path(to)]))
        .must_end(0, "");
}

fn send(post: &Post, address: &str) -> Run {
    post.say(&format!("station outbox send --to {address}"))
}

fn states(post: &Post) -> Vec<String> {
    let listed = post.say("station outbox list");
    let packets = listed.json["packets"].as_array().unwrap();
    packets
        .iter()
        .map(|packet| packet["state"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_packet_goes_over_the_line_once() {
    let post = station("station", "TEST Station");
    let service = Service::of(&post);
    let sent = send(&post, &service.1);
    sent.must_end(0, "");
    assert_eq!(
        (sent.count("handed_over"), sent.count("acknowledged")),
        (1, 1)
    );
    assert_eq!(states(&post), ["acknowledged"]);
    // With the mark of a folder at the end it is the same place; nothing is left to send.
    assert_eq!(
        send(&post, &format!("{}/", service.1))
            .must_end(0, "")
            .count("handed_over"),
        0
    );
    assert_eq!(post.step("erase").must_end(0, "").count("erased"), 1);
    let account = post.say("station outbox verify");
    assert_eq!(account.must_end(0, "").json["erased_by_receipt"], 1);
    assert_eq!(post.sealed_files().len(), 1);
}

/// The answer was lost, or the station was put back to what it was before.
#[test]
fn a_packet_that_comes_twice_is_counted_once_and_has_the_same_receipt() {
    let post = station("station", "TEST Station");
    let service = Service::of(&post);
    let before = fs::read(post.path("station/outbox/book")).unwrap();
    let pending = only(&post.files("station/outbox", "pending")).to_owned();
    send(&post, &service.1).must_end(0, "");
    fs::write(post.path("station/outbox/book"), before).unwrap();
    fs::rename(only(&post.files("station/outbox", "acknowledged")), pending).unwrap();
    assert_eq!(states(&post), ["pending"]);
    assert_eq!(
        send(&post, &service.1)
            .must_end(0, "")
            .count("acknowledged"),
        1
    );
    assert_eq!(post.sealed_files().len(), 1);
}

#[test]
fn what_the_service_refuses_stays_with_its_refusal() {
    let post = station("station", "TEST Station");
    for known in post.files("service/intake/known", "json") {
        if known.to_string_lossy().contains("operator") {
            fs::remove_file(known).unwrap();
        }
    }
    let service = Service::of(&post);
    send(&post, &service.1).must_end(7, "refuses");
    let listed = post.say("station outbox list");
    assert_eq!(listed.json["packets"][0]["state"], "pending");
    assert_eq!(listed.json["packets"][0]["refused"], true);
}

/// Whatever goes wrong, the packet stays pending, and the error says what to look at.
#[test]
fn without_a_service_that_takes_it_a_packet_stays() {
    let check = |post: &Post, run: Run, code: i32, naming: &str| {
        run.must_end(code, naming);
        assert_eq!(states(post), ["pending"], "{naming}");
    };
    let post = station("station", "TEST Station");
    let address = Service::of(&post).1.clone();
    let device = post.path("station/device");
    check(&post, send(&post, &address), 3, "did not get through");
    check(
        &post,
        send(&post, &address.replace("https", "http")),
        2,
        "https://",
    );
    check(&post, send(&post, "https://host/path"), 2, "https://");

    // Not this service's authority: nobody is told anything.
    let other = station("station", "TEST Station");
    let foreign = Service::of(&other);
    check(&post, send(&post, &foreign.1), 3, "did not get through");

    // A device of another kind may not bring packets.
    let service = Service::of(&post);
    issue(&post, "relying-party", "TEST Border", "party");
    let address = &service.1;
    let party = post.path("party").display().to_string();
    check(
        &post,
        post.say(&format!(
            "station outbox send --to {address} --device {party}"
        )),
        3,
        "403",
    );

    fs::write(device.join("device.crt"), "no certificate").unwrap();
    check(&post, send(&post, address), 7, "device.crt");
    fs::remove_dir_all(&device).unwrap();
    check(&post, send(&post, address), 2, "device");
}

#[test]
fn a_damaged_packet_is_not_sent() {
    let post = station("station", "TEST Station");
    let service = Service::of(&post);
    let pending = only(&post.files("station/outbox", "pending")).to_owned();
    let mut content = fs::read(&pending).unwrap();
    content.pop();
    fs::write(&pending, content).unwrap();
    send(&post, &service.1).must_end(6, "damaged");
    assert_eq!(states(&post), ["pending"]);
}
