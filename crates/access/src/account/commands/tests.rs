use time::Duration;
use time::macros::datetime;

use super::*;
use crate::account::tests_support::{active, set};
use crate::password::{Password, Passwords};
use crate::test_rng::rng;
use crate::totp::TotpSecret;
use crate::{Error, Result};

const NOW: OffsetDateTime = datetime!(2026-11-02 08:00 UTC);
const MANY: Administrators = Administrators { active: 3 };
const LAST: Administrators = Administrators { active: 1 };

fn admin(n: u128) -> By {
    By::person(&active(n, &[Role::Administrator]))
}

fn invited(login: &str) -> Result<Changed> {
    let roles = set(&[Role::Operator]);
    Account::invite(
        Uuid::from_u128(1),
        login,
        "Test Operator",
        roles,
        admin(2),
        NOW,
    )
}

fn password() -> PasswordHash {
    let mut rng = rng(1);
    let chosen = Password::offered("con trâu đi cày").unwrap();
    Passwords::new(&mut rng)
        .unwrap()
        .hash(&chosen, &mut rng)
        .unwrap()
}

fn second_factor() -> SecondFactor {
    let secret = TotpSecret::generate(&mut rng(2));
    let step = secret.check(&secret.code(NOW).unwrap(), None, NOW).unwrap();
    SecondFactor::enrolled(secret, step, RecoveryCodes::generate(&mut rng(3)).0)
}

fn fault<T>(result: Result<T>) -> Option<AccountFault> {
    match result {
        Ok(_) => None,
        Err(Error::Account(fault)) => Some(fault),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_life() {
    let account = invited(" Test.Operator ").unwrap().account;
    assert_eq!(
        (account.login.as_str(), account.state, account.version),
        ("test.operator", State::Invited, 1)
    );
    let accepted = account.accept(password(), second_factor(), NOW).unwrap();
    assert_eq!(accepted.event.what, What::Accepted);
    assert!(accepted.account.is_active() && accepted.account.has_way_in());
    let locked = accepted.account.lock(admin(2), MANY, NOW).unwrap().account;
    assert_eq!((locked.state, locked.version), (State::Locked, 3));
    let unlocked = locked.unlock(admin(2), NOW).unwrap().account;
    let reset = unlocked.reset(admin(2), NOW).unwrap().account;
    assert!(
        reset.state == State::Invited && reset.password.is_none() && reset.second_factor.is_none()
    );
    let again = reset
        .accept(password(), second_factor(), NOW)
        .unwrap()
        .account;
    let closed = again.close(admin(2), MANY, NOW).unwrap().account;
    assert!(closed.state == State::Closed && !closed.has_way_in() && closed.version == 7);
    assert_eq!(
        fault(closed.close(admin(2), MANY, NOW)),
        Some(AccountFault::Closed)
    );
}

#[test]
fn the_first_administrator_comes_from_nobody() {
    let first =
        Account::first_administrator(Uuid::from_u128(1), "admin", "Quản trị TEST", NOW).unwrap();
    assert!(first.account.roles.has(Role::Administrator) && first.event.by.is_none());
    let roles = set(&[Role::Administrator]);
    let second = Account::invite(Uuid::from_u128(2), "admin2", "TEST", roles, admin(1), NOW);
    assert!(matches!(second, Err(Error::SecondAdministrator)));
}

/// Whoever makes a link or chooses a person at the identity provider could use it himself: one would be two administrators.
#[test]
fn no_administrator_opens_anothers_account() {
    let admin_account = || active(1, &[Role::Administrator]);
    let link = |subject: &str| {
        Some(OidcLink {
            issuer: "https://idp.test".to_owned(),
            subject: subject.to_owned(),
        })
    };
    assert!(matches!(
        admin_account().reset(admin(2), NOW),
        Err(Error::OnHostOnly)
    ));
    assert!(matches!(
        admin_account().link_oidc(link("other"), admin(2), NOW),
        Err(Error::OnHostOnly)
    ));
    assert!(admin_account().link_oidc(link("1"), admin(2), NOW).is_ok());
    assert!(active(1, &[Role::Operator]).reset(admin(2), NOW).is_ok());
    let reset = admin_account().reset_on_host(NOW).unwrap();
    assert_eq!(
        (reset.account.state, reset.account.version, reset.event.by),
        (State::Invited, 2, None)
    );
    let locked = Account {
        state: State::Locked,
        ..admin_account()
    };
    assert_eq!(
        fault(locked.reset_on_host(NOW)),
        Some(AccountFault::NotActive)
    );
    assert_eq!(
        fault(active(1, &[Role::IssuerClerk]).reset_on_host(NOW)),
        Some(AccountFault::NotAdministrator)
    );
    let made =
        Account::administrator_on_host(Uuid::from_u128(3), "test.second", "TEST", NOW).unwrap();
    assert!(made.account.roles.has(Role::Administrator));
    assert_eq!(made.event.what, What::AdministratorMadeOnHost);
}

#[test]
fn names() {
    for (login, want) in [
        ("ab", true),
        ("a.b-c_d@test", true),
        ("a", false),
        ("", false),
        ("a b", false),
        ("tên", false),
        ("a<b", false),
        (&"x".repeat(65), false),
    ] {
        assert_eq!(invited(login).is_ok(), want, "{login}");
    }
    for (name, want) in [
        ("Ệ", true),
        ("", false),
        ("a\nb", false),
        (&"x".repeat(101), false),
    ] {
        let account = Account::first_administrator(Uuid::nil(), "test", name, NOW);
        assert_eq!(account.is_ok(), want, "{name}");
    }
}

/// Every command of an administrator, tried by who is none and by the person himself.
#[test]
fn nobody_else_and_not_oneself() {
    type Command = fn(Account, By) -> Result<Changed>;
    let commands: [(&str, Command); 7] = [
        ("lock", |account, by| account.lock(by, MANY, NOW)),
        ("unlock", |account, by| {
            Account {
                state: State::Locked,
                ..account
            }
            .unlock(by, NOW)
        }),
        ("close", |account, by| account.close(by, MANY, NOW)),
        ("reset", |account, by| account.reset(by, NOW)),
        ("link", |account, by| {
            account.link_oidc(
                Some(OidcLink {
                    issuer: "i".into(),
                    subject: "s".into(),
                }),
                by,
                NOW,
            )
        }),
        ("change roles", |account, by| {
            account.change_roles(RoleSet::EMPTY, by, MANY, NOW)
        }),
        ("withdraw", |account, by| account.withdraw_roles(by, NOW)),
    ];
    for (what, command) in commands {
        for role in Role::ALL
            .into_iter()
            .filter(|role| *role != Role::Administrator)
        {
            let other = By {
                id: Uuid::from_u128(9),
                roles: set(&[role]),
            };
            let result = command(active(1, &[Role::Operator]), other);
            assert!(
                matches!(result, Err(Error::NotPermitted { .. })),
                "{what} by {role}"
            );
        }
        let own = command(active(1, &[Role::Administrator]), admin(1));
        assert!(matches!(own, Err(Error::OwnRoles)), "{what} by himself");
    }
    let by = By {
        id: Uuid::from_u128(9),
        roles: set(&[Role::Supervisor]),
    };
    let invitation = Account::invite(Uuid::nil(), "test", "TEST", RoleSet::EMPTY, by, NOW);
    assert!(matches!(invitation, Err(Error::NotPermitted { .. })));
}

#[test]
fn commands_in_the_wrong_state() {
    let locked = || Account {
        state: State::Locked,
        ..active(1, &[])
    };
    let cases = [
        (
            "unlock an active one",
            fault(active(1, &[]).unlock(admin(2), NOW)),
            AccountFault::NotLocked,
        ),
        (
            "lock a locked one",
            fault(locked().lock(admin(2), MANY, NOW)),
            AccountFault::NotActive,
        ),
        (
            "reset a locked one",
            fault(locked().reset(admin(2), NOW)),
            AccountFault::NotActive,
        ),
        (
            "accept twice",
            fault(active(1, &[]).accept_by_oidc(NOW)),
            AccountFault::NotInvited,
        ),
        (
            "accept by nothing",
            fault(invited("test").unwrap().account.accept_by_oidc(NOW)),
            AccountFault::NoWayIn,
        ),
        (
            "show a code when locked",
            fault(locked().show_code("123456", NOW)),
            AccountFault::NotActive,
        ),
        (
            "take the only way in",
            fault(active(1, &[]).link_oidc(None, admin(2), NOW)),
            AccountFault::NoWayIn,
        ),
        (
            "lock the last",
            fault(active(1, &[Role::Administrator]).lock(admin(2), LAST, NOW)),
            AccountFault::LastAdministrator,
        ),
        (
            "close the last",
            fault(active(1, &[Role::Administrator]).close(admin(2), LAST, NOW)),
            AccountFault::LastAdministrator,
        ),
    ];
    for (what, got, want) in cases {
        assert_eq!(got, Some(want), "{what}");
    }
    assert_eq!(
        fault(active(1, &[Role::Operator]).lock(admin(2), LAST, NOW)),
        None,
        "others are no matter"
    );
}

#[test]
fn second_factors_are_used_up() {
    let later = NOW + Duration::MINUTE;
    let account = invited("test")
        .unwrap()
        .account
        .accept(password(), second_factor(), NOW)
        .unwrap()
        .account;
    let version = account.version;
    let code = account
        .second_factor
        .as_ref()
        .unwrap()
        .secret
        .code(later)
        .unwrap();
    let shown = account.show_code(&code, later).unwrap();
    assert_eq!(shown.account.version, version, "sessions go on");
    assert!(matches!(
        shown.account.show_code(&code, later),
        Err(Error::SecondFactor(SecondFactorFault::AlreadyUsed))
    ));

    let (recovery, codes) = RecoveryCodes::generate(&mut rng(3));
    let mut account = invited("test")
        .unwrap()
        .account
        .accept(password(), second_factor(), NOW)
        .unwrap()
        .account;
    account.second_factor.as_mut().unwrap().recovery = recovery;
    let used = account.show_recovery_code(&codes[0], NOW).unwrap();
    assert_eq!(used.event.what, What::RecoveryCodeUsed { left: 9 });
    assert!(matches!(
        used.account.show_recovery_code(&codes[0], NOW),
        Err(Error::SecondFactor(_))
    ));
    let none = active(1, &[]).show_code("123456", NOW);
    assert!(matches!(
        none,
        Err(Error::SecondFactor(SecondFactorFault::NotEnrolled))
    ));
}

#[test]
fn what_ends_sessions_and_what_does_not() {
    let changed = |result: Result<Changed>| result.unwrap().account.version > 1;
    assert!(changed(active(1, &[]).change_password(password(), NOW)));
    assert!(changed(
        active(1, &[]).change_second_factor(second_factor(), NOW)
    ));
    assert!(changed(active(1, &[]).change_roles(
        set(&[Role::Operator]),
        admin(2),
        MANY,
        NOW
    )));
    assert!(!changed(active(1, &[]).rehash_password(password(), NOW)));
}

#[test]
fn no_secret_is_printed_or_logged() {
    let changed = invited("test")
        .unwrap()
        .account
        .accept(password(), second_factor(), NOW)
        .unwrap();
    let hash = changed.account.password.as_ref().unwrap().to_stored();
    let text = format!(
        "{changed:?} {}",
        serde_json::to_string(&changed.event).unwrap()
    );
    assert!(
        !text.contains("argon2") && !text.contains(&hash[40..]),
        "{text}"
    );
    let read: AccountEvent =
        serde_json::from_str(&serde_json::to_string(&changed.event).unwrap()).unwrap();
    assert_eq!(read, changed.event);
}
