//! Who works with the service: the first administrator's link, an invitation, a second administrator, the own account.

use access::Role;
use serde_json::json;

use crate::chromium::Chromium;
use crate::desk::{Desk, PASSWORD};
use crate::page::Page;

/// The code that an authenticator shows for the secret on the page.
fn code_of_page(desk: &Desk, page: &mut Page) -> String {
    let secret = page.text("#secret").replace(' ', "");
    desk.code_of(&secret)
}

/// Sets an account up by its link, and says its secret.
fn accept(desk: &Desk, page: &mut Page, link: &str) {
    page.open("about:blank");
    page.open(link);
    page.see("#accept");
    assert_eq!(
        page.value("location.hash"),
        "",
        "the secret of the link stays in the address"
    );
    page.fill("new-password", PASSWORD);
    page.fill("new-password-again", "another one");
    page.see("#accept .finding.refuse");
    page.fill("new-password-again", PASSWORD);
    let code = code_of_page(desk, page);
    page.fill("code", &code);
}

#[test]
#[ignore = "needs Chromium: CARD_TOOLCHAIN_CHROMIUM, set by cargo xtask test"]
fn the_first_administrator_invites_an_approver() {
    let desk = Desk::new();
    let mut page = Page::new(Chromium::start(None), 1280, 900);
    page.open(&format!("{}/", desk.address));
    page.see("#login");
    page.fill("login", "nobody");
    page.fill("password", "no such password");
    page.fill("code", "000000");
    page.press("Enter");
    page.see("main .finding.refuse");
    page.judge("desk-vi-01-sign-in-wrong");

    accept(&desk, &mut page, &desk.first_link());
    page.judge("desk-vi-02-invitation");
    page.press("Enter");
    page.see("#to-sign-in");
    assert_eq!(
        page.value("document.querySelectorAll('.codes li').length"),
        10
    );
    page.judge("desk-vi-03-recovery-codes");
    page.print("desk-vi-03-recovery-codes");
    page.click("#to-sign-in");
    page.see("#login");
    let secret = desk.secret_of("administrator");
    let code = desk.code_of(&secret);
    desk.sign_in(&mut page, "administrator", &code);
    page.see("#invite");
    assert_eq!(
        page.value("[...document.querySelectorAll('#rooms a')].map((a) => a.dataset.room)"),
        json!(["users", "devices", "thresholds", "profiles", "account"]),
        "an administrator sees nobody's application"
    );

    page.fill("invite-login", "test.approver");
    page.fill("invite-name", "TEST Approver");
    page.click("#role-approver");
    page.speak("en");
    assert_eq!(
        page.value("document.querySelector('#invite-login').value"),
        "test.approver",
        "the other language lost what was typed"
    );
    page.judge("desk-en-04-users");
    page.click("#invite button.primary");
    page.see("#one-time-link");
    page.judge("desk-en-05-link");
    let link = page.text("#one-time-link");
    page.click("#link-taken");
    page.until("document.querySelectorAll('tbody tr').length === 2");
    page.click("#sign-out");
    page.see("#login");

    accept(&desk, &mut page, link.trim());
    page.press("Enter");
    page.click("#to-sign-in");
    page.see("#login");
    let code = desk.code_of(&desk.secret_of("test.approver"));
    desk.sign_in(&mut page, "test.approver", &code);
    page.see(".tabs [aria-current]");
    page.until("document.querySelector('.calm')");
    page.judge("desk-en-06-empty-queue");
    assert_eq!(
        page.kept_in_browser(),
        json!([[["desk.language", "en"]], [], ""])
    );
    page.must_be_calm(&["401"]);
}

#[test]
#[ignore = "needs Chromium: CARD_TOOLCHAIN_CHROMIUM, set by cargo xtask test"]
fn two_administrators_make_a_third_one() {
    let desk = Desk::new();
    let first = desk.person("test.first", &[Role::Administrator]);
    let second = desk.person("test.second", &[Role::Administrator]);
    let third = desk.person("test.third", &[]);
    let mut page = Page::new(Chromium::start(None), 1280, 900);
    let open = |page: &mut Page| {
        page.visit("#/users");
        page.value(&format!(
            "[...document.querySelectorAll('tbody a')].find((a) => a.textContent === '{}').click()",
            third.login
        ));
        page.see("#roles, #pending");
    };
    desk.enter(&mut page, &first);
    open(&mut page);
    page.click("#role-administrator");
    page.click("#roles button.primary");
    page.see("#pending");
    assert!(
        !page
            .value("Boolean(document.querySelector('#confirm-roles'))")
            .as_bool()
            .unwrap(),
        "who proposed it may confirm it"
    );
    page.judge("desk-vi-07-proposed");

    desk.enter(&mut page, &second);
    open(&mut page);
    page.judge("desk-vi-08-to-confirm");
    page.click("#confirm-roles");
    page.until("!document.querySelector('#pending') && document.querySelector('#role-administrator')?.checked");

    // The second factor is asked for again after a while, and what was begun goes on.
    desk.pass(time::Duration::minutes(11));
    page.click("#role-operator");
    page.click("#role-administrator");
    page.click("#roles button.primary");
    page.value("document.querySelector('#roles').dataset.before = ''");
    page.see("#step-up");
    page.judge("desk-vi-09-step-up");
    let code = desk.code(&second);
    page.value("document.querySelector('#step-up #code').focus()");
    page.type_text(&code);
    page.press("Enter");
    page.until("document.querySelector('#roles:not([data-before])') && document.querySelector('#role-operator').checked && !document.querySelector('#role-administrator').checked");

    // Another administrator is faster: what has changed is shown, and the boxes stay as they were ticked.
    page.click("#role-supervisor");
    desk.change_roles("test.third", &[Role::IssuerClerk]);
    page.click("#roles button.primary");
    page.see("#differences");
    assert!(
        page.value("document.querySelector('#role-supervisor').checked")
            .as_bool()
            .unwrap(),
        "what was ticked is lost"
    );
    page.judge("desk-vi-10-roles-changed");
    page.must_be_calm(&["401", "412"]);
}

#[test]
#[ignore = "needs Chromium: CARD_TOOLCHAIN_CHROMIUM, set by cargo xtask test"]
fn thresholds_devices_and_the_own_account() {
    let desk = Desk::new();
    let admin = desk.person("test.admin", &[Role::Administrator]);
    let mut page = Page::new(Chromium::start(None), 360, 780);
    desk.enter(&mut page, &admin);
    page.speak("en");
    page.visit("#/thresholds");
    page.judge("desk-en-11-thresholds-narrow");
    page.fill("threshold-stock-warning", "2500");
    page.press("Enter");
    page.until("document.querySelector('#notices .notice')");
    page.visit("#/thresholds");
    assert_eq!(
        page.value("document.querySelector('#threshold-stock-warning').value"),
        "2500"
    );
    for (number, room) in [(12, "users"), (13, "devices"), (14, "account")] {
        page.visit(&format!("#/{room}"));
        page.judge(&format!("desk-en-{number}-{room}-narrow"));
    }
    page.click("#menu");
    page.see("#rooms a");
    page.judge("desk-en-15-menu-narrow");

    // The back button leads back, and an address that is none says so.
    page.value("history.back()");
    page.until("location.hash === '#/devices' && document.querySelector('#register-device')");
    page.visit("#/applications");
    page.until("document.querySelector('.calm')");
    page.must_be_calm(&["401"]);
}
