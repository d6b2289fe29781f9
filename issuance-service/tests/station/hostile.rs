//! Requests that no page of ours makes.

use std::fs;
use std::process::Command;

use serde_json::json;

use crate::functional_capture::begin;
use crate::place::{OPERATOR, Place, specimen_file};

#[test]
fn only_this_machine_and_our_own_page_are_answered() {
    let place = Place::new("uto-passport");
    let client = place.serve().signed_in(OPERATOR);
    let (here, cookies) = (client.address, client.cookie_line());
    let port = here.port();
    let check = |request: &str, status: u16, code: &str| {
        let reply = client.raw(request, b"");
        assert_eq!(reply.status, status, "{request}: {}", reply.text());
        if !code.is_empty() {
            assert_eq!(reply.json()["code"], code, "{request}");
        }
        for name in [
            "content-security-policy: default-src 'self'",
            "cache-control: no-store",
            "x-content-type-options: nosniff",
        ] {
            assert!(
                reply.head.contains(name),
                "{request}: {name} in {}",
                reply.head
            );
        }
    };
    let get = |path: &str, head: &str| format!("GET {path} HTTP/1.1\r\n{head}");
    let host = format!("Host: {here}\r\n");
    check(&get("/api/station", &format!("{host}{cookies}")), 200, "");
    check(
        &get(
            "/api/station",
            &format!("Host: localhost:{port}\r\n{cookies}"),
        ),
        200,
        "",
    );
    // DNS rebinding: a name of elsewhere that leads here.
    check(
        &get(
            "/api/station",
            &format!("Host: evil.example:{port}\r\n{cookies}"),
        ),
        403,
        "foreign-request",
    );
    check(
        &get("/", &format!("Host: evil.example:{port}\r\n")),
        403,
        "foreign-request",
    );
    check(
        &get("/api/station", &format!("Host: 127.0.0.1:1\r\n{cookies}")),
        403,
        "foreign-request",
    );
    // Another browser of this machine has no token.
    check(&get("/api/station", &host), 403, "no-token");
    check(&get("/?token=0000", &host), 403, "no-token");
    check(&get("/", &host), 200, "");
    check(&get("/assets/app.js", &host), 200, "");
    check(
        &get("/assets/..%2f..%2fstation.rs", &host),
        404,
        "not-found",
    );
    check(
        &get("/nothing", &format!("{host}{cookies}")),
        404,
        "not-found",
    );
    // Pages of elsewhere that make a browser send its cookies.
    let post = |head: &str| {
        format!("POST /api/drafts HTTP/1.1\r\n{host}{cookies}{head}Content-Length: 0\r\n")
    };
    for origin in [
        "",
        "Origin: http://evil.example\r\n",
        "Origin: null\r\n",
        "Origin: https://127.0.0.1\r\n",
    ] {
        check(&post(origin), 403, "foreign-request");
    }
    check(
        &post(&format!("Origin: http://127.0.0.1:{}\r\n", port ^ 1)),
        403,
        "foreign-request",
    );
}

#[test]
fn bad_bodies_are_answered_with_what_to_do() {
    let place = Place::new("uto-passport");
    let mut client = place.serve().signed_in(OPERATOR);
    let draft = begin(&mut client);
    let (portrait, finger) = (
        format!("{draft}/portrait"),
        format!("{draft}/fingers/right-index"),
    );
    let whole = specimen_file("uto-passport-anton", "right-index.png");
    let mut bomb = whole.clone();
    bomb[16..24].copy_from_slice(&[0, 1, 0x86, 0xA0, 0, 1, 0x86, 0xA0]);
    for (path, body, status, code) in [
        (&portrait, &b""[..], 422, "picture-unreadable"),
        (
            &portrait,
            b"<svg onload=alert(1)>",
            422,
            "picture-unreadable",
        ),
        (
            &finger,
            &whole[..whole.len() / 2],
            422,
            "picture-unreadable",
        ),
        (&finger, &bomb, 422, "picture-too-large"),
        (&finger, &vec![0; 5 << 20], 413, "picture-too-large"),
        (
            &format!("{draft}/fingers/right-toe"),
            &whole,
            422,
            "unknown-finger",
        ),
        (
            &format!("{draft}/slaps/feet"),
            &whole,
            422,
            "unknown-finger",
        ),
        (
            &format!("{draft}/frame"),
            b"\xff\xd8\xff",
            422,
            "picture-unreadable",
        ),
        (
            &format!("{finger}?inbox=../station.toml"),
            b"",
            404,
            "no-inbox-file",
        ),
        (
            &format!("{finger}?inbox=..%2fkeys%2fstation.key"),
            b"",
            404,
            "no-inbox-file",
        ),
    ] {
        let problem = client.picture(path, body).refuses(status, code);
        assert!(
            !problem["todo_en"].as_str().unwrap().is_empty(),
            "{problem}"
        );
    }
    let fields = format!("{draft}/fields");
    client
        .put(&fields, &json!({ "shoe_size": "44" }))
        .refuses(422, "unknown-field");
    client
        .put(&fields, &json!({ "portrait": "x" }))
        .refuses(422, "unknown-field");
    client
        .put(&fields, &json!({ "surname": "x".repeat(5000) }))
        .refuses(422, "text-too-long");
    client
        .put(&fields, &json!({ "surname": 7 }))
        .refuses(400, "malformed");
    client
        .put(&fields, &json!({ "surname": "x".repeat(300_000) }))
        .refuses(413, "text-too-long");
    client
        .put(&format!("{finger}/missing"), &json!({ "reason": "lazy" }))
        .refuses(422, "unknown-reason");
    let strange = "/api/drafts/00000000-0000-0000-0000-000000000000";
    client.get(strange).refuses(404, "not-found");
    client
        .put(&format!("{strange}/fields"), &json!({}))
        .refuses(404, "not-found");
    client
        .picture(&format!("{strange}/frame"), b"")
        .refuses(404, "not-found");
    // The whole of it left nothing behind.
    let person = client.get(&draft).must(200);
    assert_eq!(
        (&person["fields"], &person["portrait"]),
        (&json!({}), &json!(null)),
        "{person:#}"
    );
}

#[test]
fn a_second_browser_is_not_let_in_by_the_same_address() {
    let place = Place::new("uto-passport");
    let first = place.serve();
    let mut second = first.another_browser();
    let mut first = first.signed_in(OPERATOR);
    let draft = begin(&mut first);
    for path in ["/api/station", "/api/drafts", &draft] {
        second.get(path).refuses(403, "no-token");
    }
    second.use_token().refuses(403, "no-token");
    let login = json!({ "operator": OPERATOR[0], "secret": OPERATOR[1] });
    second.post("/api/login", &login).refuses(403, "no-token");
    first.get(&draft).must(200);
}

#[test]
#[cfg(unix)]
fn only_files_of_the_scanner_are_read_whatever_else_lies_in_its_folder() {
    let place = Place::new("uto-passport");
    let mut client = place.serve().signed_in(OPERATOR);
    let draft = begin(&mut client);
    let inbox = place.folder().join("inbox");
    let print = place.path("print.png");
    fs::write(
        &print,
        specimen_file("uto-passport-anton", "right-index.png"),
    )
    .unwrap();
    std::os::unix::fs::symlink(&print, inbox.join("right-index.png")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", inbox.join("right-middle.png")).unwrap();
    fs::create_dir(inbox.join("right-ring.png")).unwrap();
    let made = Command::new("mkfifo")
        .arg(inbox.join("right-little.png"))
        .status();
    assert!(made.unwrap().success());
    fs::write(inbox.join("left-index.png.part"), b"half").unwrap();
    fs::write(inbox.join(".left-index.png"), b"half").unwrap();
    fs::write(inbox.join("left-thumb.png"), b"").unwrap();
    fs::write(inbox.join("left-ring.png"), vec![0; 5 << 20]).unwrap();

    let listed = client.get("/api/fingers/inbox").must(200);
    let names: Vec<&str> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["name"].as_str().unwrap())
        .collect();
    assert!(
        names.len() == 2 && names.contains(&"left-thumb.png") && names.contains(&"left-ring.png"),
        "{names:?}"
    );
    for (name, status, code) in [
        ("right-index.png", 404, "no-inbox-file"),
        ("right-middle.png", 404, "no-inbox-file"),
        ("right-ring.png", 404, "no-inbox-file"),
        ("right-little.png", 404, "no-inbox-file"),
        ("left-index.png.part", 404, "no-inbox-file"),
        (".left-index.png", 404, "no-inbox-file"),
        ("left-thumb.png", 422, "picture-unreadable"),
        ("left-ring.png", 413, "picture-too-large"),
    ] {
        let path = format!("{draft}/fingers/right-thumb?inbox={name}");
        client.picture(&path, b"").refuses(status, code);
    }
    assert_eq!(client.get(&draft).must(200)["fingers"], json!({}));
}

#[test]
fn guessing_a_secret_is_stopped() {
    let place = Place::new("uto-passport");
    let mut client = place.serve();
    client.come_in();
    let mut login = |secret: &str| {
        client.post(
            "/api/login",
            &json!({ "operator": OPERATOR[0], "secret": secret }),
        )
    };
    for guess in ["", "a", "b", "c", "d"] {
        login(guess).refuses(403, "wrong-secret");
    }
    login(OPERATOR[1]).refuses(429, "too-many-guesses");
}
