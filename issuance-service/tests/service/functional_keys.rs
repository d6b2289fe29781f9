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

/// Where nothing ever came in nothing adds up: there is no such site, and no page of it.
#[test]
fn no_stock_is_drawn_up_of_a_site_that_nobody_knows() {
    let bureau = Bureau::new();
    let service = Service::init(&bureau);
    service.say("device list").must_end(0, "");
    let out = service.path("stock.html");
    let report = service.say(&format!(
        "stock report --site test-site --out {}",
        out.display()
    ));
    report.must_end(2, "not known");
    assert!(!out.exists());
}
