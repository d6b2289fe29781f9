//! Disks that are full, files that are torn, states that a crash can leave behind.

use std::fs;
use std::process::Command;

use issuance_service::Error;
use issuance_service::station::StationError;
use time::{Duration, OffsetDateTime};

use crate::post::{Post, only};

fn verify(post: &Post) -> serde_json::Value {
    post.say("station outbox verify").json
}

#[test]
fn a_torn_packet_is_told_and_does_not_stop_the_others() {
    let post = Post::new();
    post.seal(1).must_end(0, "");
    let torn = only(&post.files("station/outbox", "pending")).to_owned();
    post.seal(2).must_end(0, "");
    let whole = fs::read(&torn).unwrap();
    for content in [
        &whole[..whole.len() / 2],
        &[],
        &[whole.as_slice(), b"x"].concat(),
    ] {
        fs::write(&torn, content).unwrap();
        post.step("send").must_end(6, "damaged");
        let account = post.say("station outbox verify");
        account.must_end(1, "");
        assert_eq!(account.count("damaged"), 1);
    }
    assert_eq!(post.files("stick", "packet").len(), 1);
    assert_eq!(post.files("stick", "part").len(), 0);
    fs::write(&torn, &whole).unwrap();
    post.step("send").must_end(0, "");
    assert_eq!(post.files("stick", "packet").len(), 2);
    assert_eq!(verify(&post)["kept"], 2);
}

#[test]
fn a_packet_that_is_gone_is_missed() {
    let post = Post::new();
    post.seal(1).must_end(0, "");
    fs::remove_file(only(&post.files("station/outbox", "pending"))).unwrap();
    let account = post.say("station outbox verify");
    account.must_end(1, "");
    assert_eq!(account.count("lost"), 1);
}

#[test]
fn a_torn_packet_on_the_stick_is_refused_and_sent_again() {
    let post = Post::new();
    post.seal(1).must_end(0, "");
    post.step("send").must_end(0, "");
    let packet = only(&post.files("stick", "packet")).to_owned();
    let whole = fs::read(&packet).unwrap();
    fs::write(&packet, &whole[..1000]).unwrap();
    post.step("take").must_end(7, "damaged");
    // The stick comes back with a refusal; the packet is still there and goes again.
    post.step("receipts").must_end(7, "refuses");
    post.step("send").must_end(0, "");
    assert_eq!(fs::read(&packet).unwrap(), whole);
    assert_eq!(post.step("take").must_end(0, "").count("received"), 1);
}

#[test]
fn each_state_that_a_crash_can_leave_is_gone_on_with() {
    let post = Post::new();
    post.seal(1).must_end(0, "");
    let book = post.path("station/outbox/book");
    let pending = only(&post.files("station/outbox", "pending")).to_owned();

    // Named, and not yet written down.
    let lines = fs::read_to_string(&book).unwrap();
    let begin = lines.split_inclusive('\n').next().unwrap();
    fs::write(&book, begin).unwrap();
    assert_eq!(verify(&post)["kept"], 1);
    // Written down in half.
    let half = fs::read_to_string(&book).unwrap();
    fs::write(&book, &half[..half.len() - 9]).unwrap();
    assert_eq!(verify(&post)["kept"], 1);
    // In the middle of being written: it has no name, and goes.
    fs::write(pending.with_extension("1.sealing"), b"half").unwrap();
    assert_eq!(verify(&post)["sealed"], 1);
    assert_eq!(post.files("station/outbox", "sealing").len(), 0);

    for (step, before, after) in [
        ("send", "pending", Some("sent")),
        ("receipts", "sent", Some("acknowledged")),
        ("erase", "acknowledged", None),
    ] {
        let file = only(&post.files("station/outbox", before)).to_owned();
        let content = fs::read(&file).unwrap();
        post.step(step).must_end(0, "");
        // Written down, and not yet renamed or erased.
        match after {
            Some(after) => {
                fs::rename(file.with_extension(after), &file).unwrap();
                assert_eq!(verify(&post)["kept"], 1, "{step}");
                only(&post.files("station/outbox", after));
            }
            None => {
                let text = fs::read_to_string(&book).unwrap();
                let last = text.trim_end().rfind('\n').unwrap();
                fs::write(&book, &text[..=last]).unwrap();
                fs::write(&file, &content).unwrap();
                assert_eq!(verify(&post)["erased_by_receipt"], 1, "{step}");
                assert_eq!(post.say("station outbox list").count("packets"), 0);
            }
        }
        if step == "send" {
            post.step("take").must_end(0, "");
        }
    }
}

#[test]
fn a_book_that_was_altered_stops_everything() {
    let post = Post::new();
    post.seal(1).must_end(0, "");
    let book = post.path("station/outbox/book");
    let text = fs::read_to_string(&book).unwrap();
    fs::write(&book, text.replacen("sealed", "erased", 1)).unwrap();
    post.say("station outbox list")
        .must_end(6, "broken at line 2");
    post.seal(2).must_end(6, "broken at line 2");
}

#[test]
#[cfg(unix)]
fn a_full_disk_refuses_before_the_person_leaves_and_nothing_is_left() {
    let post = Post::new();
    post.set("room-bytes = 16777216", "room-bytes = 4096");
    // A shell without the signal for files that are too long: writing fails then, as on a full disk, at that length. 512 bytes each.
    for blocks in [1, 8, 20] {
        let words = post.seal_words(1);
        let plain = post.command(words);
        let mut limited = Command::new("sh");
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        limited.args(["-c", &script]).arg(plain.get_program());
        limited.args(plain.get_args());
        for (name, value) in plain.get_envs() {
            limited.env(name, value.unwrap_or_default());
        }
        let run = crate::post::Run::of(&limited.output().unwrap());
        assert!(run.code > 0, "{blocks}: {}", run.words);
        assert!(run.words.contains("hint: "), "{}", run.words);
        assert_eq!(post.say("station outbox list").count("packets"), 0);
        assert_eq!(post.files("station/outbox", "sealing").len(), 0);
        assert_eq!(post.files("station/outbox", "probe").len(), 0);
    }
    post.seal(1).must_end(0, "");
    assert_eq!(verify(&post)["kept"], 1);
}

#[test]
fn so_many_may_wait_and_no_more() {
    let post = Post::new();
    post.set("max-waiting = 2000", "max-waiting = 1");
    post.seal(1).must_end(0, "");
    post.seal(2).must_end(7, "1 packets wait");
    post.step("send").must_end(0, "");
    post.step("take").must_end(0, "");
    post.step("receipts").must_end(0, "");
    post.seal(2).must_end(0, "");
}

#[test]
fn by_age_only_what_was_sent_goes() {
    let post = Post::new();
    for number in [1, 2] {
        post.seal(number).must_end(0, "");
        if number == 1 {
            post.step("send").must_end(0, "");
        }
    }
    post.set("keep-ack", "erase-sent-after-days = 90\nkeep-ack");
    let now = OffsetDateTime::now_utc();
    for (days, erased) in [(89, 0), (91, 1), (1000, 0)] {
        let now = now + Duration::days(days);
        let (station, _) = post.station(now);
        let gone = station.outbox().erase_due(station.settings(), now).unwrap();
        assert_eq!(gone.len(), erased, "{days}");
        assert!(gone.iter().all(|one| one.by_age == Some(90)));
    }
    let account = verify(&post);
    assert_eq!(
        (&account["erased_by_age"], &account["kept"]),
        (&1.into(), &1.into())
    );
    let (station, _) = post.station(now);
    let kept = station.outbox().list().unwrap()[0].id;
    assert!(matches!(
        station.outbox().erase(kept, now),
        Err(Error::Station(StationError::NotAcknowledged { .. }))
    ));
}
