//! The primary is killed under load, its standby promoted: by the command that operators have for it, with the real service beside it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use access::account::{Changed, State};
use access::session::csrf_token;
use access::{Account, Role, Session};
use issuance_service::Config;
use issuance_service::api::start::{self, MachineClock, Randomness};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use register::store::Expected;
use serde_json::Value;
use test_support::postgres::Cluster;
use uuid::Uuid;

use crate::program::Home;
use crate::writer::runtime;

/// Somebody's session, put there without asking anybody: cookie and the word against forged requests.
pub fn session(home: &Home, login: &str, role: Role) -> (String, String) {
    runtime().block_on(async {
        let config = Config::read(&home.path("issuance-service.toml")).unwrap();
        let randomness: Randomness = Arc::new(|| Box::new(StdRng::from_rng(&mut rand::rng())));
        let api = start::open(&config, Arc::new(MachineClock), &randomness)
            .await
            .unwrap();
        let Changed { mut account, .. } =
            Account::first_administrator(Uuid::now_v7(), login, "TEST load", api.now()).unwrap();
        account.roles = [role].into_iter().collect();
        account.state = State::Active;
        let mut change = api.change();
        api.put_new(&mut change, &account).unwrap();
        let (session, token) = api
            .draw(|rng| Session::open(&account, true, api.now(), rng))
            .unwrap();
        api.put_session(&mut change, &session, Expected::New)
            .unwrap();
        api.commit(&change).await.unwrap();
        api.store.close().await;
        (
            format!("__Host-session={}", token.to_text().as_str()),
            csrf_token(&token),
        )
    })
}

/// One request; its status, or none where nobody answered.
fn ask(address: &str, request: &str) -> Option<u16> {
    answer(address, request)?.split(' ').nth(1)?.parse().ok()
}

/// The whole answer.
pub fn answer(address: &str, request: &str) -> Option<String> {
    let mut socket = TcpStream::connect(address).ok()?;
    socket
        .set_read_timeout(Some(Duration::from_secs(30)))
        .ok()?;
    socket.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    socket.read_to_string(&mut answer).ok()?;
    Some(answer)
}

/// Invites somebody; the same number again is the same request.
fn invite(address: &str, (cookie, csrf): &(String, String), number: usize) -> Option<u16> {
    let body = format!(
        r#"{{"login":"load.{number}","display_name":"TEST {number}","roles":["operator"]}}"#
    );
    let head = format!(
        "POST /v1/accounts HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: application/json\r\n\
         cookie: {cookie}\r\nx-csrf-token: {csrf}\r\nidempotency-key: load-{number}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    ask(address, &(head + &body))
}

/// What a client of the service has seen that asks until it has an answer: how many were done, how often it had to ask again, the longest
/// time without an answer.
fn load(address: &str, session: &(String, String), ends: &AtomicBool) -> (usize, usize, Duration) {
    let (mut done, mut again) = (0, 0);
    let (mut without, mut last) = (Duration::ZERO, Instant::now());
    loop {
        match invite(address, session, done) {
            Some(201) => {
                done += 1;
                without = without.max(last.elapsed());
                last = Instant::now();
                if ends.load(Ordering::Acquire) {
                    return (done, again, without);
                }
            }
            // What is wrong with the request itself will not go away.
            Some(status @ 400..=499) if status != 409 => panic!("{status}"),
            _ => again += 1,
        }
        assert!(
            last.elapsed() < Duration::from_secs(60),
            "no answer any more"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
#[ignore = "needs PostgreSQL (cargo xtask test starts it)"]
fn a_primary_that_is_killed_under_load_costs_seconds_and_nothing_else() {
    let mut primary = Cluster::start();
    primary.create_database("register");
    let standby = primary.standby();
    let folder = tempfile::tempdir().unwrap();
    let store = format!("{} {}", primary.url("register"), standby.url("register"));
    let home = Home::with_store(folder.path().join("service"), &store);
    let served = home.serve();
    let session = session(&home, "test.load", Role::Administrator);

    let ends = Arc::new(AtomicBool::new(false));
    let client = std::thread::spawn({
        let (address, ends) = (served.address.clone(), Arc::clone(&ends));
        move || load(&address, &session, &ends)
    });
    let mut drill = home
        .command(&["failover-drill", "--seconds", "15"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(drill.stdout.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    assert!(line.contains("writing"), "{line}");
    std::thread::sleep(Duration::from_secs(3));
    primary.kill();
    let killed = Instant::now();
    standby.promote();
    standby.forget_standby();
    println!("promoted after {:?}", killed.elapsed());
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    let status = drill.wait().unwrap();
    let report: Value = serde_json::from_str(&rest).unwrap();
    println!("drill: {report}");
    assert!(status.success(), "{report}");
    assert_eq!(report["missing"], 0, "{report}");
    assert!(report["acknowledged"].as_u64().unwrap() > 100, "{report}");
    assert!(
        report["seconds_without_service"].as_f64().unwrap() < 10.0,
        "{report}"
    );
    ends.store(true, Ordering::Release);
    let (done, again, without) = client.join().unwrap();
    println!("service: {done} done, {again} asked again, {without:?} without an answer at most");
    assert!(done > 10, "{done}");
    // Each of them once, whatever was asked again.
    let invited = "SELECT count(*) FROM entity WHERE kind = 'account'";
    let accounts: usize = standby.psql("register", invited).parse().unwrap();
    assert_eq!(
        accounts,
        done + 2,
        "the first administrator, the test's, and those"
    );
    served.end();
    assert_eq!(
        standby.psql(
            "register",
            "SELECT count(*) FROM entity WHERE place = 'failover-drill'"
        ),
        "0",
        "the drill leaves nothing behind"
    );
    let (code, said, log) = home.run(&["doctor"]);
    assert_eq!(code, 0, "{said}{log}");
}

#[test]
fn a_drill_needs_two_servers() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::with_store(folder.path().join("service"), "register.sqlite");
    let (code, _, log) = home.run(&["failover-drill", "--seconds", "1"]);
    assert_eq!(code, 2, "{log}");
    assert!(log.contains("primary and its standby"), "{log}");
}
