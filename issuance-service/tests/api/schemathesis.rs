//! Requests made from the description, and answers held against it. What schemathesis makes is signed in as everybody in turn.

use access::Role;

use crate::place::{Place, TestClock};

/// Examples for each operation.
const EXAMPLES: &str = "20";

#[test]
#[ignore = "needs Schemathesis: CARD_TOOLCHAIN_SCHEMATHESIS, set by cargo xtask test"]
fn answers_are_what_the_description_says() {
    let place = Place::with(|config| config.serve.sessions.step_up_minutes = 600);
    let _ = TestClock::default();
    let authority = place.folder.path().join("authority.pem");
    std::fs::write(
        &authority,
        place.client().get("/v1/device-authority").is(200).text,
    )
    .unwrap();
    let url = format!("https://localhost:{}", place.address.port());
    let askers = [
        ("administrator", Some(Role::Administrator)),
        ("auditor", Some(Role::Auditor)),
        ("issuer-clerk", Some(Role::IssuerClerk)),
        ("supervisor", Some(Role::Supervisor)),
        ("nobody", None),
    ];
    for (name, role) in askers {
        let mut command = test_support::schemathesis::command();
        command.args([
            "run",
            "--seed=1",
            "--generation-database=none",
            "--max-examples",
            EXAMPLES,
        ]);
        command.args([
            "--exclude-checks",
            "unsupported_method,ignored_auth,missing_required_header",
        ]);
        // Signing out would end what the others are made with.
        command.args([
            "--exclude-path",
            "/v1/sessions/current",
            "--exclude-path",
            "/v1/sessions/current/step-up",
        ]);
        command
            .arg("--tls-verify")
            .arg(&authority)
            .args(["--url", &url]);
        if let Some(role) = role {
            let asker = place.session(&place.person(&format!("test.{name}"), &[role]));
            command.args(["--header", &format!("Cookie: {}", asker.cookie.unwrap())]);
            command.args([
                "--header",
                &format!("X-CSRF-Token: {}", asker.csrf.unwrap()),
            ]);
        }
        let output = command
            .arg(format!("{url}/v1/openapi.json"))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let summary: Vec<&str> = said.lines().rev().take(15).collect();
        println!(
            "schemathesis as {name}: {}",
            summary.into_iter().rev().collect::<Vec<_>>().join("\n")
        );
        assert!(
            output.status.success(),
            "as {name}: {said}{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    place.client().get("/health/ready").is(200);
}
