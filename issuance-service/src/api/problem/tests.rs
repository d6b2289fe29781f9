use std::collections::BTreeSet;

use access::Permission;
use access::error::{LinkFault, PasswordFault, SecondFactorFault, SessionFault};
use register::store::{Claim, ClaimKind, StoreError};
use time::Duration;
use uuid::Uuid;

use super::*;

/// The form that clients rely on, to the letter.
#[test]
fn the_form_is_pinned() {
    let problem = Problem::new(Kind::NotPermitted).detail("application.approve");
    let json = serde_json::to_string(&problem.body()).unwrap();
    assert_eq!(
        json,
        r#"{"type":"/problems/not-permitted","title":"None of your roles gives this right","title_vi":"Vai trò của bạn không có quyền này","status":403,"detail":"application.approve","todo":"Ask somebody whose work it is.","todo_vi":"Hãy nhờ người có nhiệm vụ đó."}"#
    );
    let response = Problem::new(Kind::Throttled)
        .come_again(std::time::Duration::from_secs(7))
        .into_response();
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()["content-type"], MEDIA_TYPE);
    assert_eq!(response.headers()["retry-after"], "7");
}

#[test]
fn every_problem_has_a_word_of_its_own_and_both_languages() {
    let codes: BTreeSet<&str> = Kind::ALL.iter().map(|kind| kind.code()).collect();
    assert_eq!(codes.len(), Kind::ALL.len());
    for kind in Kind::ALL {
        let text = kind.text();
        let words = [text.title, text.title_vi, text.todo, text.todo_vi];
        assert!(
            words.iter().all(|words| !words.is_empty()),
            "{}",
            kind.code()
        );
        assert_ne!(text.title, text.title_vi);
        assert!(
            !text.title_vi.is_ascii() && !text.todo_vi.is_ascii(),
            "{} is not Vietnamese",
            kind.code()
        );
        assert!(kind.status().is_client_error() || kind.status().is_server_error());
        let plain = |c: char| c.is_ascii_lowercase() || c == '-';
        assert!(kind.code().chars().all(plain));
    }
}

#[test]
fn refusals_of_the_domain() {
    use access::Error as E;
    let table: [(Problem, Kind); 15] = [
        (
            E::NotPermitted {
                permission: Permission::AuditRead,
            }
            .into(),
            Kind::NotPermitted,
        ),
        (E::OwnRoles.into(), Kind::FourEyes),
        (E::SecondAdministrator.into(), Kind::FourEyes),
        (E::OnHostOnly.into(), Kind::FourEyes),
        (E::WrongCredentials.into(), Kind::WrongCredentials),
        (
            E::SecondFactor(SecondFactorFault::AlreadyUsed).into(),
            Kind::WrongCredentials,
        ),
        (E::Password(PasswordFault::Common).into(), Kind::Password),
        (E::Link(LinkFault::Used).into(), Kind::LinkUnusable),
        (E::Session(SessionFault::Idle).into(), Kind::SessionOver),
        (E::Session(SessionFault::Forged).into(), Kind::Forged),
        (E::Session(SessionFault::StepUp).into(), Kind::StepUp),
        (
            E::Throttled {
                wait: Duration::seconds(3),
            }
            .into(),
            Kind::Throttled,
        ),
        (StoreError::Sequenced.into(), Kind::Changed),
        (StoreError::Missing.into(), Kind::Internal),
        (
            crate::Error::Store(StoreError::Unavailable(Box::new(std::io::Error::other(
                "disk",
            ))))
            .into(),
            Kind::Unavailable,
        ),
    ];
    for (problem, kind) in table {
        assert_eq!(problem.kind(), kind, "{problem:?}");
    }
}

/// Nothing that somebody typed, and nothing that he owns, is in a problem.
#[test]
fn problems_name_nobody() {
    let claim = Claim::new(ClaimKind::PersonalNumber, "001099000001");
    let holder = Uuid::from_u128(7);
    let problem = Problem::from(StoreError::Claimed { claim, holder });
    let text = serde_json::to_string(&problem.body()).unwrap();
    assert!(
        !text.contains("001099000001") && !text.contains(&holder.to_string()),
        "{text}"
    );
    assert_eq!(problem.kind(), Kind::Taken);
    let wrong = serde_json::to_string(
        &Problem::from(access::Error::SecondFactor(SecondFactorFault::WrongCode)).body(),
    )
    .unwrap();
    let credentials =
        serde_json::to_string(&Problem::from(access::Error::WrongCredentials).body()).unwrap();
    assert_eq!(wrong, credentials);
}
