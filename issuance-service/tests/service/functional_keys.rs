//! `--check-config` tries the keys of a service that was started before.

use std::fs;

use crate::bureau::Bureau;
use crate::program::Service;

#[test]
fn keys_that_cannot_be_opened_are_found_before_the_service_is_served() {
    let bureau = Bureau::new();
    let service = Service::init(&bureau);
    let check = || service.run(["--check-config"]);
    let fresh = check();
    fresh.must_end(0, "");
    assert_eq!(fresh.json["service_keys"], false);
    assert!(!service.path("keys").exists(), "nothing is made");
    // The first verb beside the service makes its keys.
    service.say("device list").must_end(0, "");
    let made = check();
    made.must_end(0, "");
    assert_eq!(made.json["service_keys"], true);
    for name in ["devices.key", "audit.key", "devices.crt"] {
        let path = service.path("keys").join(name);
        let kept = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let gone = check();
        assert_ne!(gone.code, 0, "{name} is missing");
        fs::write(&path, "no key at all").unwrap();
        assert_ne!(check().code, 0, "{name} is none");
        fs::write(&path, kept).unwrap();
        check().must_end(0, "");
    }
}

/// A folder that was mistyped makes no second log and no second authority over a register; nor do keys of somebody else.
#[test]
fn a_register_takes_no_other_keys() {
    let bureau = Bureau::new();
    let service = Service::init(&bureau);
    service.say("device list").must_end(0, "");
    let (keys, away) = (service.path("keys"), service.path("away"));
    fs::rename(&keys, &away).unwrap();
    let verbs = ["--check-config", "device list", "doctor"];
    for verb in verbs {
        service.say(verb).must_end(6, "are not in");
        assert!(!keys.exists(), "{verb} has made keys");
    }
    let elsewhere = Bureau::new();
    let stranger = Service::init(&elsewhere);
    stranger.say("device list").must_end(0, "");
    fs::rename(stranger.path("keys"), &keys).unwrap();
    for verb in verbs {
        service.say(verb).must_end(6, "those of another service");
    }
    fs::remove_dir_all(&keys).unwrap();
    fs::rename(&away, &keys).unwrap();
    service.say("--check-config").must_end(0, "");
}

/// The stock of a site on paper: what adds up and what does not is said by the exit code as well.
#[test]
fn the_stock_is_drawn_up_on_paper() {
    let bureau = Bureau::new();
    let service = Service::init(&bureau);
    service.say("device list").must_end(0, "");
    let out = service.path("stock.html");
    let report = service.say(&format!(
        "stock report --site test-site --out {}",
        out.display()
    ));
    report.must_end(0, "");
    assert_eq!(report.json["adds_up"], true);
    assert_eq!(report.json["shift"], serde_json::Value::Null);
    let page = fs::read_to_string(&out).unwrap();
    for text in ["Biên bản kiểm kho phôi thẻ", "Stock report", "test-site"] {
        assert!(page.contains(text), "{text}");
    }
    // What was drawn up stays: a second one has a name of its own.
    let again = service.say(&format!(
        "stock report --site test-site --out {}",
        out.display()
    ));
    assert_ne!(again.code, 0);
}
