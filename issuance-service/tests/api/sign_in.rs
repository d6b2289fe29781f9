//! The first administrator's link, signing in, guessing, the second factor again.

use access::Role;
use access::totp::TotpSecret;
use crypto::SecretBytes;
use serde_json::{Value, json};
use time::Duration;

use crate::client::{Answer, Client};
use crate::place::{Asker, PASSWORD, Place};

fn credentials(login: &str, password: &str, code: &str) -> Value {
    json!({ "login": login, "password": password, "code": code })
}

/// The browser after it was let in.
fn let_in(place: &Place, answer: &Answer) -> Client {
    let cookie = answer
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let csrf = answer.json()["csrf_token"].as_str().unwrap().to_owned();
    place.client_of(&Asker {
        cookie: Some(cookie),
        csrf: Some(csrf),
        device: None,
    })
}

fn unbase32(text: &str) -> SecretBytes {
    let (mut bits, mut count, mut octets) = (0_u32, 0, Vec::new());
    for letter in text.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'2'..=b'7' => letter - b'2' + 26,
            _ => continue,
        };
        bits = bits << 5 | u32::from(value);
        count += 5;
        if count >= 8 {
            count -= 8;
            octets.push((bits >> count) as u8);
        }
    }
    SecretBytes::new(octets)
}

#[test]
fn the_first_administrator_comes_in_by_his_link_once() {
    let place = Place::new();
    let link = place
        .wait(place.api.first_administrator())
        .unwrap()
        .unwrap();
    let old = link.token.to_string();
    // A second start makes another link, and the first one ends.
    let link = place
        .wait(place.api.first_administrator())
        .unwrap()
        .unwrap();
    let token = link.token.to_string();
    let anybody = place.client();
    anybody
        .post("/v1/invitations/open", &json!({ "token": old }))
        .refused(410, "link-unusable");
    let offer = anybody
        .post("/v1/invitations/open", &json!({ "token": token }))
        .is(200)
        .json();
    assert_eq!(offer["login"], "administrator");
    assert!(offer["qr_svg"].as_str().unwrap().contains("<svg"));
    assert!(
        offer["otpauth_url"]
            .as_str()
            .unwrap()
            .starts_with("otpauth://totp/")
    );
    let again = anybody
        .post("/v1/invitations/open", &json!({ "token": token }))
        .is(200)
        .json();
    assert_eq!(
        offer["secret"], again["secret"],
        "the secret stays while the link is open"
    );
    let totp = TotpSecret::from_stored(unbase32(offer["secret"].as_str().unwrap())).unwrap();
    let code = || totp.code(place.now()).unwrap().to_string();
    let accept = |password: &str, code: &str| {
        anybody.post(
            "/v1/invitations/accept",
            &json!({ "token": token, "password": password, "code": code }),
        )
    };
    accept("short", &code()).refused(422, "password");
    accept("Administrator1", &code()).refused(422, "password");
    accept(PASSWORD, "000000").refused(401, "wrong-credentials");
    let accepted = accept(PASSWORD, &code()).is(200).json();
    assert_eq!(accepted["recovery_codes"].as_array().unwrap().len(), 10);
    accept(PASSWORD, &code()).refused(410, "link-unusable");
    // The code of the acceptance is used up; the next one lets in.
    anybody
        .post(
            "/v1/sessions",
            &credentials("administrator", PASSWORD, &code()),
        )
        .refused(401, "wrong-credentials");
    place.pass(Duration::seconds(30));
    let answer = anybody
        .post(
            "/v1/sessions",
            &credentials("Administrator ", PASSWORD, &code()),
        )
        .is(201);
    let cookie = answer.header("set-cookie").to_owned();
    for word in [
        "__Host-session=",
        "Secure",
        "HttpOnly",
        "SameSite=Strict",
        "Path=/",
    ] {
        assert!(cookie.contains(word), "{cookie}");
    }
    let browser = let_in(&place, &answer);
    let me = browser.get("/v1/sessions/current").is(200).json();
    assert_eq!(me["roles"], json!(["administrator"]));
    browser.get("/v1/accounts").is(200);
    // A recovery code in place of the authenticator, once.
    let recovery = accepted["recovery_codes"][0].as_str().unwrap();
    let body = json!({ "login": "administrator", "password": PASSWORD, "recovery_code": recovery });
    anybody.post("/v1/sessions", &body).is(201);
    anybody
        .post("/v1/sessions", &body)
        .refused(401, "wrong-credentials");
    assert!(
        place
            .wait(place.api.first_administrator())
            .unwrap()
            .is_none(),
        "he is in: no more links"
    );
    browser.delete("/v1/sessions/current").is(204);
    browser
        .get("/v1/sessions/current")
        .refused(401, "sign-in-needed");
    let log = place.audit_log().join("\n");
    for word in [
        "first-administrator",
        "accepted",
        "session.open",
        "session.close",
        "wrong-credentials",
    ] {
        assert!(log.contains(word), "{word} is not in the log");
    }
    assert!(!log.contains(PASSWORD) && !log.contains(recovery) && !log.contains(&token));
}

/// What is wrong is not said, and each guess makes the next one wait, for names that nobody has as well.
#[test]
fn guessing_is_slow_and_learns_nothing() {
    let place = Place::new();
    let person = place.person("test.guessed", &[Role::Operator]);
    let anybody = place.client();
    let guess = |login: &str, password: &str, code: &str| {
        anybody.post("/v1/sessions", &credentials(login, password, code))
    };
    let wrong = [
        guess(
            &person.login,
            "wrong wrong wrong",
            &person.code(place.now()),
        ),
        guess(&person.login, PASSWORD, "000000"),
        guess("test.nobody", PASSWORD, "000000"),
        anybody.post(
            "/v1/sessions",
            &json!({ "login": person.login, "password": PASSWORD }),
        ),
    ];
    let texts: Vec<Value> = wrong
        .into_iter()
        .map(|answer| answer.refused(401, "wrong-credentials").json())
        .collect();
    assert!(texts.windows(2).all(|pair| pair[0] == pair[1]), "{texts:?}");
    let mut throttled = 0;
    for _ in 0..30 {
        let answer = guess(&person.login, "wrong wrong wrong", "000000");
        if answer.status == 429 {
            throttled += 1;
            assert!(answer.header("retry-after").parse::<u64>().unwrap() >= 1);
        }
    }
    assert!(throttled >= 25, "{throttled} of 30 guesses were held up");
    // The owner is not shut out for good.
    place.pass(Duration::minutes(16));
    guess(&person.login, PASSWORD, &person.code(place.now())).is(201);
    let log = place.audit_log();
    let refused = log
        .iter()
        .filter(|entry| entry.contains("session.open") && entry.contains("refused"))
        .count();
    assert!(
        (4..=12).contains(&refused),
        "{refused} entries: what is held up is not written each time"
    );
}

/// Somebody in the same office has forgotten his password: nobody else waits for him, and neither does who was here before.
#[test]
fn one_persons_guesses_hold_nobody_else_up() {
    let place = Place::new();
    let forgetful = place.person("test.forgetful", &[Role::Operator]);
    let colleague = place.person("test.colleague", &[Role::Operator]);
    let anybody = place.client();
    let sign_in = |login: &str, password: &str, code: &str| {
        anybody.post("/v1/sessions", &credentials(login, password, code))
    };
    for _ in 0..25 {
        sign_in(&forgetful.login, "wrong wrong wrong", "000000").refused(401, "wrong-credentials");
        place.pass(Duration::minutes(1));
    }
    sign_in(&forgetful.login, "wrong wrong wrong", "000000").refused(401, "wrong-credentials");
    sign_in(&colleague.login, PASSWORD, &colleague.code(place.now())).is(201);
    // He is known here now: whoever tries his account, or many others, from here does not stop him.
    for n in 0..40 {
        sign_in(&format!("test.guess.{n}"), "wrong wrong wrong", "000000");
    }
    sign_in("test.stranger", PASSWORD, "000000").refused(429, "throttled");
    place.pass(Duration::seconds(30));
    sign_in(&colleague.login, PASSWORD, &colleague.code(place.now())).is(201);
}

#[test]
fn the_second_factor_is_asked_for_again() {
    let place = Place::new();
    let admin = place.person("test.admin", &[Role::Administrator]);
    let browser = place.client_of(&place.session(&admin));
    let invite = |client: &Client, login: &str| {
        client.post(
            "/v1/accounts",
            &json!({ "login": login, "display_name": "TEST Clerk", "roles": ["operator"] }),
        )
    };
    invite(&browser, "test.one").is(201);
    place.pass(Duration::minutes(11));
    invite(&browser, "test.two").refused(401, "step-up");
    browser.get("/v1/accounts").is(200);
    let code = admin.code(place.now());
    browser
        .post("/v1/sessions/current/step-up", &json!({ "code": "000000" }))
        .refused(401, "wrong-credentials");
    let answer = browser
        .post("/v1/sessions/current/step-up", &json!({ "code": code }))
        .is(201);
    let fresh = let_in(&place, &answer);
    invite(&fresh, "test.two").is(201);
    browser
        .get("/v1/sessions/current")
        .refused(401, "sign-in-needed");
    fresh
        .post("/v1/sessions/current/step-up", &json!({ "code": code }))
        .refused(401, "wrong-credentials");
}

#[test]
fn another_password_ends_every_session() {
    let place = Place::new();
    let person = place.person("test.changer", &[Role::Operator]);
    let (one, two) = (
        place.client_of(&place.session(&person)),
        place.client_of(&place.session(&person)),
    );
    let change = |old: &str, new: &str, code: &str| {
        one.json(
            "PUT",
            "/v1/sessions/current/password",
            &[],
            &json!({ "old": old, "new": new, "code": code }),
        )
    };
    change("wrong wrong wrong", "bon mua xuan ha 9", "000000").refused(401, "wrong-credentials");
    change(PASSWORD, "short", "000000").refused(422, "password");
    change(PASSWORD, "bon mua xuan ha 9", &person.code(place.now())).is(204);
    for client in [&one, &two] {
        assert!(
            ["sign-in-needed", "session-over"]
                .contains(&client.get("/v1/sessions/current").problem().as_str())
        );
    }
    place.pass(Duration::seconds(31));
    let anybody = place.client();
    anybody
        .post(
            "/v1/sessions",
            &credentials(&person.login, PASSWORD, &person.code(place.now())),
        )
        .refused(401, "wrong-credentials");
    anybody
        .post(
            "/v1/sessions",
            &credentials(
                &person.login,
                "bon mua xuan ha 9",
                &person.code(place.now()),
            ),
        )
        .is(201);
}
