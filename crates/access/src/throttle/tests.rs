use std::net::Ipv4Addr;

use time::macros::datetime;

use super::*;

const NOW: OffsetDateTime = datetime!(2026-11-02 08:00 UTC);

fn address(last: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, last))
}

fn wait(result: Result<()>) -> i64 {
    match result {
        Ok(()) => 0,
        Err(Error::Throttled { wait }) => wait.whole_seconds(),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn waits_grow_and_end() {
    let rule = OF_ACCOUNT;
    let seconds = |failures| delay(failures, rule).whole_seconds();
    assert_eq!(
        [1, 4, 5, 6, 7, 10, 11, 12, 1000].map(seconds),
        [0, 0, 1, 2, 4, 32, 60, 60, 60]
    );
    assert_eq!(delay(u32::MAX, OF_ADDRESS), OF_ADDRESS.longest);
}

#[test]
fn an_account_is_slowed_from_any_address() {
    let mut throttle = Throttle::new();
    let results: Vec<i64> = (0..8)
        .map(|n| wait(throttle.admit("test.operator", address(n), NOW)))
        .collect();
    assert_eq!(results, [0, 0, 0, 0, 0, 1, 1, 1]);
    assert_eq!(
        wait(throttle.admit("TEST.Operator ", address(9), NOW)),
        1,
        "the same name"
    );
    assert_eq!(wait(throttle.admit("another", address(1), NOW)), 0);
    assert_eq!(
        wait(throttle.admit("test.operator", address(1), NOW + Duration::SECOND)),
        0
    );
    assert_eq!(
        wait(throttle.admit("test.operator", address(1), NOW + Duration::SECOND)),
        2
    );
}

#[test]
fn an_address_is_slowed_whatever_it_names() {
    let mut throttle = Throttle::new();
    let mut guess = |n: u32| wait(throttle.admit(&format!("guess-{n}"), address(1), NOW));
    assert!((0..20).all(|n| guess(n) == 0));
    assert_eq!(guess(20), 1);
    let mut throttle = Throttle::new();
    let mut guess = |n: u128| {
        wait(throttle.admit(
            &format!("guess-{n}"),
            IpAddr::V6((1_u128 << 100 | n).into()),
            NOW,
        ))
    };
    assert!((0..20).all(|n| guess(n) == 0));
    assert_eq!(guess(20), 1, "one /64");
    assert_eq!(guess(1 << 64), 0, "another /64");
}

#[test]
fn success_clears_and_time_forgets() {
    let mut throttle = Throttle::new();
    for _ in 0..5 {
        throttle.admit("test", address(1), NOW).unwrap();
    }
    throttle.succeeded("test", address(1), NOW);
    assert_eq!(throttle.failures(&Key::Address(address(1))), 0);
    assert_eq!(wait(throttle.admit("test", address(1), NOW)), 0);
    assert_eq!(throttle.len(), 2, "the address, and who is known there");
    throttle
        .admit("other", address(2), NOW + FORGET_AFTER)
        .unwrap();
    assert_eq!(throttle.len(), 3, "the first two are gone");
    assert_eq!(throttle.by_age.len(), throttle.len());
}

/// Somebody at the same address has forgotten his password, and tries for a long time.
#[test]
fn one_persons_failures_hold_nobody_else_up() {
    let mut throttle = Throttle::new();
    let mut now = NOW;
    for _ in 0..45 {
        throttle.admit("forgetful", address(1), now).unwrap();
        assert_eq!(wait(throttle.admit("colleague", address(1), now)), 0);
        throttle.succeeded("colleague", address(1), now);
        assert_eq!(wait(throttle.admit("newcomer", address(1), now)), 0);
        throttle.succeeded("newcomer", address(1), now);
        throttle.known.clear();
        throttle.known_by_age.clear();
        now += OF_ACCOUNT.longest;
    }
    assert_eq!(
        throttle.failures(&Key::Address(address(1))),
        CHARGED_PER_ACCOUNT
    );
}

/// Strangers try an account from everywhere and many accounts from one address: who has come in from there before does.
#[test]
fn who_is_known_at_an_address_waits_for_nobody() {
    let mut throttle = Throttle::new();
    throttle.admit("owner", address(1), NOW).unwrap();
    throttle.succeeded("owner", address(1), NOW);
    for n in 0..50 {
        let _ = throttle.admit("owner", address(n), NOW);
        let _ = throttle.admit(&format!("guess-{n}"), address(1), NOW);
    }
    assert!(wait(throttle.admit("owner", address(200), NOW)) > 0);
    assert!(wait(throttle.admit("stranger", address(1), NOW)) > 0);
    // His own guesses from there are counted, the one above among them, and nobody else's.
    let own: Vec<i64> = (0..5)
        .map(|_| wait(throttle.admit("owner", address(1), NOW)))
        .collect();
    assert_eq!(own, [0, 0, 0, 0, 1]);
    throttle.succeeded("owner", address(1), NOW);
    assert_eq!(wait(throttle.admit("owner", address(1), NOW)), 0);
    let late = NOW + KNOWN_FOR;
    throttle.forget(late);
    assert!(throttle.known.is_empty() && throttle.known_by_age.is_empty());
}

#[test]
fn memory_is_bounded() {
    let mut throttle = Throttle::new();
    for n in 0..MAX_KNOWN as u32 + 10 {
        throttle.succeeded(&format!("known-{n}"), address(1), NOW);
    }
    assert_eq!(
        (throttle.known.len(), throttle.known_by_age.len()),
        (MAX_KNOWN, MAX_KNOWN)
    );
    for n in 0..MAX_ENTRIES as u32 + 100 {
        let from = IpAddr::V4(Ipv4Addr::from_bits(n));
        throttle
            .admit(
                &format!("guess-{n}"),
                from,
                NOW + Duration::milliseconds(n.into()),
            )
            .unwrap();
        assert_eq!(throttle.by_age.len(), throttle.len());
    }
    assert_eq!(throttle.len(), MAX_ENTRIES);
}
