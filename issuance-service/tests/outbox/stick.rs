//! What a stick may carry that nobody has put there in good faith: foreign receipts, other names, no room. And a station that has lost
//! its book, a service that has lost a file.

use std::fs;
use std::path::PathBuf;

use time::{Duration, OffsetDateTime};

use crate::post::{Post, Run, only};

fn states(post: &Post) -> Vec<String> {
    let listed = post.say("station outbox list");
    let packets = listed.json["packets"].as_array().unwrap();
    packets
        .iter()
        .map(|packet| packet["state"].as_str().unwrap().to_owned())
        .collect()
}

/// A packet at the station, and at the service the receipt of another one.
fn with_a_foreign_receipt() -> (Post, Vec<u8>) {
    let post = Post::new();
    post.seal(1).must_end(0, "");
    for step in ["send", "take", "receipts", "erase"] {
        post.step(step).must_end(0, "");
    }
    let foreign = fs::read(only(&post.files("stick", "receipt"))).unwrap();
    for ending in ["packet", "receipt"] {
        fs::remove_file(only(&post.files("stick", ending))).unwrap();
    }
    post.seal(2).must_end(0, "");
    (post, foreign)
}

#[test]
fn the_receipt_of_another_packet_under_its_name_is_no_receipt() {
    let (post, foreign) = with_a_foreign_receipt();
    let pending = only(&post.files("station/outbox", "pending")).to_owned();
    let name = pending.with_extension("receipt");
    let receipt = post.path("stick").join(name.file_name().unwrap());
    fs::write(&receipt, &foreign).unwrap();

    let sent = post.step("send");
    sent.must_end(0, "");
    assert_eq!(
        (sent.count("handed_over"), sent.count("acknowledged")),
        (1, 0)
    );
    let copied = fs::read(only(&post.files("stick", "packet"))).unwrap();
    assert!(pending.with_extension("sent").exists());
    assert_eq!(copied, fs::read(pending.with_extension("sent")).unwrap());
    // The service puts its own receipt there.
    assert_eq!(post.step("take").must_end(0, "").count("received"), 1);
    assert_eq!(
        post.step("receipts").must_end(0, "").count("acknowledged"),
        1
    );
}

#[test]
fn what_never_left_the_station_is_not_erased_by_age() {
    let (post, foreign) = with_a_foreign_receipt();
    post.set("keep-ack", "erase-sent-after-days = 30\nkeep-ack");
    let pending = only(&post.files("station/outbox", "pending")).to_owned();
    let name = pending.file_name().unwrap();
    let name = post.path("stick").join(name);
    fs::write(name.with_extension("receipt"), &foreign).unwrap();
    // No copy can be made: a folder stands in its place.
    fs::create_dir(name.with_extension("packet")).unwrap();
    assert_eq!(post.step("send").count("handed_over"), 0);
    assert_eq!(states(&post), ["pending"]);
    let now = OffsetDateTime::now_utc() + Duration::days(31);
    let (station, _) = post.station(now);
    assert!(
        station
            .outbox()
            .erase_due(station.settings(), now)
            .unwrap()
            .is_empty()
    );
    assert!(pending.exists());
}

#[test]
fn a_receipt_that_holds_is_taken_from_the_stick_and_nothing_is_copied() {
    let post = Post::new();
    post.seal(1).must_end(0, "");
    post.step("send").must_end(0, "");
    post.step("take").must_end(0, "");
    fs::remove_file(only(&post.files("stick", "packet"))).unwrap();
    assert_eq!(post.step("send").must_end(0, "").count("acknowledged"), 1);
    assert_eq!(post.files("stick", "packet").len(), 0);
    assert_eq!(states(&post), ["acknowledged"]);
}

#[test]
fn the_service_answers_for_a_file_only_while_it_has_it() {
    let post = Post::new();
    post.seal(1).must_end(0, "");
    post.step("send").must_end(0, "");
    post.step("take").must_end(0, "");
    let own = only(&post.sealed_files()).to_owned();
    let whole = fs::read(only(&post.files("stick", "packet"))).unwrap();
    let sealed = fs::read(&own).unwrap();
    assert_ne!(sealed, whole, "what came is sealed once more");
    assert_eq!(post.received(&own), whole);
    let receipt = fs::read(only(&post.files("stick", "receipt"))).unwrap();
    // Gone, cut short, altered: it is taken from the stick again, also when the operator has left meanwhile.
    for known in post.files("service/intake/known", "json") {
        fs::remove_file(known).unwrap();
    }
    for damage in [None, Some(&sealed[..1000]), Some(&b"x"[..])] {
        fs::remove_file(&own).unwrap();
        if let Some(damage) = damage {
            fs::write(&own, damage).unwrap();
        }
        assert_eq!(post.step("take").must_end(0, "").count("before"), 1);
        assert_eq!(post.received(&own), whole);
        assert_eq!(
            fs::read(only(&post.files("stick", "receipt"))).unwrap(),
            receipt
        );
    }
    // The stick has no whole one either: no receipt, and the station keeps what it has.
    fs::remove_file(&own).unwrap();
    fs::write(only(&post.files("stick", "packet")), &whole[..1000]).unwrap();
    post.step("take")
        .must_end(7, "copy the packet from the station again");
    assert!(!own.exists());
    assert_eq!(post.files("service/intake/packets", "part").len(), 0);
    post.step("receipts").must_end(7, "cannot be read");
    post.step("erase").must_end(0, "");
    assert_eq!(states(&post), ["sent"]);
    // It goes again, and the service is whole again.
    post.step("send").must_end(0, "");
    assert_eq!(post.step("take").must_end(0, "").count("before"), 1);
    assert_eq!(post.received(&own), whole);
    assert_eq!(
        post.step("receipts").must_end(0, "").count("acknowledged"),
        1
    );
}

#[test]
fn packets_leave_a_station_whose_book_is_broken_or_gone() {
    for is_gone in [false, true] {
        let post = Post::new();
        for number in [1, 2] {
            post.seal(number).must_end(0, "");
        }
        let (station, _) = post.station(OffsetDateTime::now_utc());
        // Half a person is no reason to keep the others.
        station.drafts().begin().unwrap().save(b"half").unwrap();
        drop(station);
        let book = post.path("station/outbox/book");
        let text = fs::read_to_string(&book).unwrap();
        let words = if is_gone {
            fs::remove_file(&book).unwrap();
            "is gone"
        } else {
            fs::write(&book, text.replacen("sealed", "erased", 1)).unwrap();
            "broken at line 2"
        };
        let left = fs::read(&book).ok();
        let sent = post.step("send");
        sent.must_end(6, words)
            .must_end(6, "outbox send` still copies");
        assert_eq!(sent.count("handed_over"), 2);
        assert_eq!(sent.json["written_down"], false);
        // Nothing was changed, and everything else stops.
        assert_eq!(fs::read(&book).ok(), left);
        assert_eq!(post.files("station/outbox", "pending").len(), 2);
        for line in [
            "station outbox list",
            "station outbox verify",
            "station outbox erase",
        ] {
            post.say(line).must_end(6, words);
        }
        post.seal(3).must_end(6, words);
        assert_eq!(post.step("take").must_end(0, "").count("received"), 2);
        assert_eq!(
            post.step("send").must_end(6, words).count("acknowledged"),
            2
        );
        assert_eq!(post.files("station/outbox", "pending").len(), 2);
    }
}

#[test]
fn a_packet_is_what_is_in_it_whatever_its_name_says() {
    let post = Post::new();
    for number in [1, 2, 3, 4] {
        post.seal(number).must_end(0, "");
    }
    post.step("send").must_end(0, "");
    let stick = post.path("stick");
    let [first, second, third, fourth]: [PathBuf; 4] =
        post.files("stick", "packet").try_into().unwrap();
    fs::rename(&first, stick.join("renamed.packet")).unwrap();
    let copy = format!(
        "{} (1).packet",
        second.file_stem().unwrap().to_string_lossy()
    );
    fs::rename(&second, stick.join(copy)).unwrap();
    // Two are exchanged.
    fs::rename(&third, stick.join("x")).unwrap();
    fs::rename(&fourth, &third).unwrap();
    fs::rename(stick.join("x"), &fourth).unwrap();
    let taken = post.step("take");
    taken.must_end(0, "");
    assert_eq!(taken.count("received"), 4);
    assert_eq!(
        post.step("receipts").must_end(0, "").count("acknowledged"),
        4
    );

    // What is no packet is named, and stops nobody.
    fs::write(stick.join("letter.packet"), b"Dear Sirs").unwrap();
    let taken = post.step("take");
    taken.must_end(7, "letter.packet");
    assert_eq!((taken.count("before"), taken.count("passed_over")), (4, 1));
}

#[test]
#[cfg(unix)]
fn a_full_stick_keeps_nothing_half() {
    let post = Post::new();
    post.seal(1).must_end(0, "");
    // As on a full disk: writing fails at that length.
    let plain = post.command(post.step_words("send"));
    let mut limited = std::process::Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\""]);
    limited.arg(plain.get_program()).args(plain.get_args());
    for (name, value) in plain.get_envs() {
        limited.env(name, value.unwrap_or_default());
    }
    let run = Run::of(&limited.output().unwrap());
    run.must_end(2, "nothing was left half-written");
    assert_eq!(fs::read_dir(post.path("stick")).unwrap().count(), 0);
    assert_eq!(states(&post), ["pending"]);
    post.step("send").must_end(0, "");
}

#[test]
fn a_refusal_is_told_in_words() {
    let post = Post::new();
    post.seal(1).must_end(0, "");
    for known in post.files("service/intake/known", "json") {
        fs::remove_file(known).unwrap();
    }
    post.step("send").must_end(0, "");
    post.step("take").must_end(7, "unknown");
    let told = post.step("receipts");
    told.must_end(7, "is not registered there")
        .must_end(7, "the packet is kept");
    assert!(!told.words.contains("UnknownKey"), "{}", told.words);
}
