//! Every role, every kind of device, an account without a role, and nobody, on every route: what comes in is what the matrix says.

use std::collections::BTreeSet;

use access::{DeviceKind, Role, RoleSet};
use issuance_service::api::route::Access;
use issuance_service::api::routes;
use test_support::postgres::Database;

use crate::both;
use crate::place::{Asker, Person, Place};

/// Problems that say: not you.
const NOT_YOU: [&str; 6] = [
    "sign-in-needed",
    "not-permitted",
    "session-over",
    "device-refused",
    "forged",
    "step-up",
];

enum Who {
    Nobody,
    Person(Person, RoleSet),
    Device(Asker, RoleSet),
}

impl Who {
    fn everybody(place: &Place) -> Vec<(String, Self)> {
        let mut all = vec![("nobody".to_owned(), Self::Nobody)];
        let people = Role::ALL.into_iter().filter(|role| role.is_for_people());
        for role in people {
            let person = place.person(&format!("test.{role}"), &[role]);
            all.push((
                role.to_string(),
                Self::Person(person, [role].into_iter().collect()),
            ));
        }
        all.push((
            "no role".to_owned(),
            Self::Person(place.person("test.none", &[]), RoleSet::EMPTY),
        ));
        for kind in DeviceKind::ALL {
            let (_, asker) = place.device(kind, &format!("TEST {}", kind.code()));
            all.push((
                format!("device {}", kind.code()),
                Self::Device(asker, kind.roles()),
            ));
        }
        all
    }
}

/// A path with something in place of its variable parts: nothing that is there.
fn concrete(template: &str) -> String {
    let part = |part: &str| match part {
        "{code}" => "busy".to_owned(),
        "{name}" => "stock-warning".to_owned(),
        part if part.starts_with('{') => "00000000-0000-7000-8000-000000000000".to_owned(),
        part => part.to_owned(),
    };
    template.split('/').map(part).collect::<Vec<_>>().join("/")
}

pub fn every_role_on_every_route(database: Option<&Database>) {
    let place = both::place(database);
    let everybody = Who::everybody(&place);
    let (mut requests, mut violations) = (0, Vec::new());
    for route in routes::table() {
        let method = route.method().as_str().to_owned();
        let path = concrete(route.path());
        for (name, who) in &everybody {
            let (asker, roles) = match who {
                Who::Nobody => (Asker::default(), None),
                Who::Person(person, roles) => (place.session(person), Some(*roles)),
                Who::Device(asker, roles) => (asker.clone(), Some(*roles)),
            };
            let want = match (route.access(), roles) {
                (Access::Everybody, _) => "",
                (Access::Right(_), None) => "sign-in-needed",
                (Access::Right(right), Some(roles)) if !roles.allows(right) => "not-permitted",
                (Access::Right(_), Some(_)) => "",
            };
            let ask = |asker: &Asker| {
                let body = (method != "GET" && method != "DELETE").then_some(&b"{}"[..]);
                let key = uuid::Uuid::new_v4().to_string();
                let fields = [
                    ("content-type", "application/json"),
                    ("if-match", "*"),
                    ("idempotency-key", &key),
                ];
                place.client_of(asker).send(&method, &path, &fields, body)
            };
            // A session without its page's token does nothing, whoever's it is.
            if matches!(who, Who::Person(..))
                && method != "GET"
                && route.access() != Access::Everybody
            {
                let stolen = Asker {
                    csrf: None,
                    ..asker.clone()
                };
                requests += 1;
                let got = ask(&stolen).problem();
                if got != "forged" {
                    violations.push(format!("{name} without token: {method} {path}: {got:?}"));
                }
            }
            requests += 1;
            let answer = ask(&asker);
            let got = answer.problem();
            let got = if NOT_YOU.contains(&got.as_str()) {
                got.as_str()
            } else {
                ""
            };
            if got != want || answer.status == 500 {
                violations.push(format!(
                    "{name}: {method} {path}: {got:?} in place of {want:?}, status {}",
                    answer.status
                ));
            }
        }
    }
    let routes = routes::table().len();
    println!(
        "matrix: {routes} routes, {} askers, {requests} requests, {} violations",
        everybody.len(),
        violations.len()
    );
    assert!(violations.is_empty(), "{violations:#?}");
}

/// The table itself: no route twice, none without a description, none that changes something in the open but for those that let people in.
#[test]
fn the_table() {
    let mut seen = BTreeSet::new();
    let open = [
        "/v1/sessions",
        "/v1/invitations/open",
        "/v1/invitations/accept",
    ];
    for route in routes::table() {
        assert!(
            seen.insert((route.method().to_string(), route.path().to_owned())),
            "{} {} twice",
            route.method(),
            route.path()
        );
        assert!(route.path().starts_with('/'));
        if route.access() == Access::Everybody && !route.method().is_safe() {
            assert!(
                open.contains(&route.path()),
                "{} {} is open",
                route.method(),
                route.path()
            );
        }
        let rules = route.rules();
        assert!(
            !rules.creates || route.method() == "POST",
            "{}",
            route.path()
        );
    }
}
