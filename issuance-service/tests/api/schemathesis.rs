//! Requests made from the description, and every answer held against it. The asker is everybody in turn; the widest is an account with
//! all roles that people can have: no account gets them from the service, and with them every route of people is reached.
//!
//! Checks are as `schemathesis/schemathesis.toml` has them.

use std::path::Path;
use std::process::Command;

use access::{DeviceKind, Role};
use issuance_service::api::routes::devices::pem;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::place::{Asker, Place};
use crate::relying::party;
use crate::workshop::{PROFILE, Workshop};

/// The folder with the settings of Schemathesis and what it does not know of this service.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/schemathesis");
/// Requests for each operation and phase: in the short form, and in the long one that `cargo xtask test --long` asks for. The short one
/// has everything for who may do most, and for the others one request for each bound of each parameter.
const EXAMPLES: (&str, &str) = ("10", "200");

/// Who may do most.
const ALL_ROLES: &str = "all roles";

#[test]
#[ignore = "needs Schemathesis: CARD_TOOLCHAIN_SCHEMATHESIS, set by cargo xtask test"]
fn answers_are_what_the_description_says() {
    let place = Place::with(|config| {
        config.serve.sessions.step_up_minutes = 600;
    });
    let is_long = std::env::var("CARD_TOOLCHAIN_CAMPAIGN").is_ok_and(|word| word == "long");
    let people = Role::ALL.into_iter().filter(|role| role.is_for_people());
    let all: Vec<Role> = people.clone().collect();
    let session =
        |name: &str, roles: &[Role]| place.session(&place.person(&format!("test.{name}"), roles));
    let mut askers = vec![
        (ALL_ROLES.to_owned(), session("everything", &all)),
        ("nobody".to_owned(), Asker::default()),
    ];
    for kind in DeviceKind::ALL {
        let (_, asker) = place.device(kind, &format!("TEST {}", kind.code()));
        askers.push((kind.code().to_owned(), asker));
    }
    if is_long {
        askers.extend(people.map(|role| (role.to_string(), session(role.code(), &[role]))));
    }
    let known = furnished(&place);
    let failed: Vec<String> = askers
        .iter()
        .filter_map(|(name, asker)| run(&place, name, asker, &known, is_long).err())
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    place.client().get("/health/ready").is(200);
}

/// Something of everything is in the register; what comes back are the names, by the beginning of their paths.
fn furnished(place: &Place) -> Value {
    let (bank, _) = party(place, "TEST bank");
    let work = Workshop::of(&place.api.office, place.now());
    let person = Uuid::now_v7();
    let (applications, jobs) = place.wait(async {
        let jobs = work.jobs(8).await;
        work.stock(4).await;
        let applications = [
            work.application(person).await,
            work.application(person).await,
        ];
        (applications, jobs)
    });
    let (_, writer) = place.signed_in("test.writer", &[Role::Personaliser]);
    let wish = json!({ "site": "test-site", "profile": PROFILE, "count": 4 });
    let batch = writer.post("/v1/batches", &wish).is(200).json()["batch"]["id"].clone();
    let packing = json!({ "site": "test-site", "remaining": 12, "rejects": 0 });
    let (_, supervisor) = place.signed_in("test.supervisor", &[Role::Supervisor]);
    let shift = supervisor.post("/v1/shifts", &packing);
    json!({
        "/v1/applications/": applications,
        "/v1/documents/": jobs,
        "/v1/batches/": [batch],
        "/v1/shifts/": [shift.json()["id"]],
        "/v1/agreements/": [bank],
        "/v1/devices/": [bank],
    })
}

/// As one asker; `Err` with what was said when something was not as described.
fn run(
    place: &Place,
    name: &str,
    asker: &Asker,
    known: &Value,
    is_long: bool,
) -> Result<(), String> {
    let folder = place.folder.path();
    let authority = folder.join("authority.pem");
    let text = place.client().get("/v1/device-authority").is(200).text;
    std::fs::write(&authority, text).unwrap();
    let url = format!("https://localhost:{}", place.address.port());
    let mut command = test_support::schemathesis::command();
    command.env("SCHEMATHESIS_HOOKS", format!("{FOLDER}/hooks.py"));
    command.env("KNOWN_NAMES", known.to_string());
    command
        .arg("--config-file")
        .arg(format!("{FOLDER}/schemathesis.toml"));
    command.args([
        "run",
        "--seed=1",
        "--generation-database=none",
        "--max-examples",
    ]);
    command.arg(if is_long { EXAMPLES.1 } else { EXAMPLES.0 });
    if !is_long && name != ALL_ROLES {
        command.args(["--phases", "coverage"]);
    }
    // Signing out would end what the others are made with.
    for path in ["/v1/sessions/current", "/v1/sessions/current/step-up"] {
        command.args(["--exclude-path", path]);
    }
    command.arg("--tls-verify").arg(&authority);
    command.args(["--url", &url]);
    as_asker(&mut command, asker, folder);
    let output = command
        .arg(format!("{url}/v1/openapi.json"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let sum = said
        .lines()
        .find(|line| line.contains(" generated, "))
        .unwrap_or("nothing");
    println!("schemathesis as {name}: {}", sum.trim());
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "as {name}: {said}{}",
        String::from_utf8_lossy(&output.stderr)
    ))
}

fn as_asker(command: &mut Command, asker: &Asker, folder: &Path) {
    if let (Some(cookie), Some(csrf)) = (&asker.cookie, &asker.csrf) {
        command.args(["--header", &format!("Cookie: {cookie}")]);
        command.args(["--header", &format!("X-CSRF-Token: {csrf}")]);
    }
    if let Some(device) = &asker.device {
        let file = folder.join("device.pem");
        let certificate = pem(&device.issued.certificate, "CERTIFICATE");
        let key = pem(device.private_key.expose(), "PRIVATE KEY");
        std::fs::write(&file, format!("{certificate}{key}")).unwrap();
        command.arg("--request-cert").arg(&file);
        // It takes the credentials out of a request and wants it refused: a certificate is the connection's, and stays.
        command.args(["--exclude-checks", "ignored_auth"]);
    }
}
