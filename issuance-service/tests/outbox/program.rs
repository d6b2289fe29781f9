//! The whole way, as people walk it.

use std::fs;

use crate::post::{Post, only};

#[test]
fn a_packet_goes_the_whole_way_once() {
    let post = Post::new();
    let sealed = post.seal(1);
    sealed.must_end(0, "");
    assert_eq!(sealed.json["people"][0]["sealed"], "now");
    let again = post.seal(1);
    again.must_end(0, "");
    assert_eq!(again.json["people"][0]["sealed"], "before");
    assert_eq!(
        again.json["people"][0]["packet"],
        sealed.json["people"][0]["packet"]
    );
    let state = |of: &Post| of.say("station outbox list").json["packets"][0]["state"].clone();
    assert_eq!(state(&post), "pending");

    // Twice each: whatever is repeated changes nothing.
    for (first, second) in [(1, 1), (1, 1)] {
        assert_eq!(
            post.step("send").must_end(0, "").count("handed_over"),
            first
        );
        assert_eq!(post.step("send").count("handed_over"), second);
    }
    assert_eq!(state(&post), "sent");
    assert_eq!(post.step("take").must_end(0, "").count("received"), 1);
    let receipt = fs::read(only(&post.files("stick", "receipt"))).unwrap();
    assert_eq!(post.step("take").must_end(0, "").count("before"), 1);
    assert_eq!(
        fs::read(only(&post.files("stick", "receipt"))).unwrap(),
        receipt
    );
    assert_eq!(
        post.step("receipts").must_end(0, "").count("acknowledged"),
        1
    );
    assert_eq!(post.step("receipts").must_end(0, "").count("before"), 1);
    assert_eq!(state(&post), "acknowledged");
    assert_eq!(post.step("erase").must_end(0, "").count("erased"), 1);
    assert_eq!(post.step("erase").must_end(0, "").count("erased"), 0);
    assert_eq!(post.say("station outbox list").count("packets"), 0);

    let account = post.say("station outbox verify");
    account.must_end(0, "");
    assert_eq!(account.json["sealed"], 1);
    assert_eq!(account.json["erased_by_receipt"], 1);
    assert_eq!(post.say("intake list").count("packets"), 1);
    // Sealed again after all that: it is known to be done.
    let again = post.seal(1);
    assert_eq!(again.json["people"][0]["sealed"], "before");
    assert_eq!(post.say("station outbox list").count("packets"), 0);
}

#[test]
fn a_bad_folder_does_not_stop_the_others() {
    let post = Post::new();
    let mut words = post.seal_words(1);
    words.insert(4, post.path("nobody"));
    words.push(post.record(2));
    let run = post.run(words);
    run.must_end(2, "nobody");
    assert_eq!(post.say("station outbox list").count("packets"), 2);
    assert!(run.json["people"][0]["error"].is_string());
}

#[test]
fn what_the_service_does_not_know_it_refuses_and_the_station_keeps() {
    let post = Post::new();
    post.seal(1).must_end(0, "");
    for known in post.files("service/intake/known", "json") {
        if known.to_string_lossy().contains("operator") {
            fs::remove_file(known).unwrap();
        }
    }
    post.step("send").must_end(0, "");
    let taken = post.step("take");
    taken.must_end(7, "operator is unknown");
    assert_eq!(taken.count("refused"), 1);
    post.step("receipts").must_end(7, "refuses");
    let listed = post.say("station outbox list");
    assert_eq!(listed.json["packets"][0]["state"], "sent");
    assert_eq!(listed.json["packets"][0]["refused"], true);
    post.step("erase").must_end(0, "");
    assert_eq!(post.say("station outbox list").count("packets"), 1);

    // The key is registered after all: the same packet is taken.
    let people = post.files("station/people", "json");
    post.run([
        "intake".as_ref(),
        "register".as_ref(),
        only(&people).as_os_str(),
    ])
    .must_end(0, "");
    assert_eq!(post.step("take").must_end(0, "").count("received"), 1);
    assert_eq!(
        post.step("receipts").must_end(0, "").count("acknowledged"),
        1
    );
}

#[test]
fn a_stick_that_is_not_there_is_not_made() {
    let post = Post::new();
    post.seal(1).must_end(0, "");
    fs::remove_dir(post.path("stick")).unwrap();
    post.step("send").must_end(2, "No such file");
    assert!(!post.path("stick").exists());
    assert_eq!(
        post.say("station outbox list").json["packets"][0]["state"],
        "pending"
    );
}

#[test]
fn nothing_of_a_person_is_readable_on_station_stick_or_service() {
    let post = Post::new();
    post.seal(1).must_end(0, "");
    post.step("send").must_end(0, "");
    post.step("take").must_end(0, "");
    let folders = ["station/outbox", "stick", "service"];
    let mut places: Vec<_> = folders.map(|folder| post.path(folder)).into();
    let mut files = 0;
    while let Some(path) = places.pop() {
        if path.is_dir() {
            let listed = fs::read_dir(&path).unwrap();
            places.extend(listed.map(|entry| entry.unwrap().path()));
        } else {
            files += 1;
            let content = fs::read(&path).unwrap();
            let is_there = content.windows(8).any(|part| part == b"Specimen");
            assert!(!is_there, "{}", path.display());
        }
    }
    assert!(files > 5, "{files}");
}
