//! Applications: approved, decided by somebody else meanwhile, compared with those who are registered.

use access::Role;
use register::Officer;
use register::application::{Command, RefusalReason};
use serde_json::json;
use uuid::Uuid;

use crate::chromium::Chromium;
use crate::desk::Desk;
use crate::page::Page;
use crate::workshop;

fn open(page: &mut Page, id: Uuid) {
    page.visit(&format!("#/application/{id}"));
    page.see(".pictures img");
    page.value("document.querySelectorAll('.pictures:not(.small) img').forEach((image) => { image.loading = 'eager'; })");
    page.until("[...document.querySelectorAll('.pictures:not(.small) img')].every((image) => image.complete)");
}

#[test]
#[ignore = "needs Chromium: CARD_TOOLCHAIN_CHROMIUM, set by cargo xtask test"]
fn an_application_is_looked_at_and_approved() {
    let desk = Desk::new();
    let ids = desk.receive(&["vn-citizen-nam", "vn-citizen-dao"]);
    let approver = desk.person("test.approver", &[Role::Approver]);
    let mut page = Page::new(Chromium::start(None), 1280, 900);
    desk.enter(&mut page, &approver);
    page.until("document.querySelectorAll('tbody tr').length === 2");
    page.judge("desk-vi-20-queue");
    page.press("j");
    page.press("j");
    page.press("Enter");
    page.see("#approve");
    page.until("[...document.querySelectorAll('.pictures:not(.small) img')].every((image) => image.complete && image.naturalWidth > 0)");
    page.judge("desk-vi-21-application");

    // A picture as large as one likes, by the keyboard.
    page.tab_to(".portrait .picture");
    page.press("Enter");
    page.see("dialog[open] .zoomed img");
    page.until("document.querySelector('.zoomed img').complete");
    let fitting = page.value("document.querySelector('.zoomed img').clientWidth");
    page.press("+");
    page.press("+");
    page.until(&format!(
        "document.querySelector('.zoomed img').clientWidth > {fitting}"
    ));
    page.press("Escape");
    page.until("!document.querySelector('dialog')");

    page.speak("en");
    page.resize(360, 780);
    page.judge("desk-en-22-application-narrow");
    page.visit("#/applications");
    page.until("document.querySelectorAll('tbody tr').length === 2");
    page.judge("desk-en-23-queue-narrow");
    page.resize(1280, 900);
    open(&mut page, ids[0]);
    page.press("a");
    page.see("dialog[open] #yes");
    page.judge("desk-en-24-approve");
    page.press("Escape");
    page.until("!document.querySelector('dialog')");
    assert_eq!(desk.stage(ids[0]), "checked", "Escape must approve nothing");
    page.click("#approve");
    page.click("#yes");
    page.until("!document.querySelector('#approve')");
    assert_eq!(desk.stage(ids[0]), "approved");
    page.judge("desk-en-25-approved");
    page.value("history.back()");
    page.until("location.hash.startsWith('#/applications') && document.querySelectorAll('tbody tr').length === 1");
    page.must_be_calm(&["401"]);
}

#[test]
#[ignore = "needs Chromium: CARD_TOOLCHAIN_CHROMIUM, set by cargo xtask test"]
fn what_somebody_else_decided_meanwhile_is_shown() {
    let desk = Desk::new();
    let id = desk.receive(&["vn-citizen-nam"])[0];
    let supervisor = desk.person("test.supervisor", &[Role::Supervisor]);
    let mut page = Page::new(Chromium::start(None), 1280, 900);
    desk.enter(&mut page, &supervisor);
    open(&mut page, id);
    page.value("document.querySelector('#refusal').closest('details').open = true");
    page.choose("refusal-reason", "identity-in-doubt");
    let by = Officer::with_account("test.other", Uuid::from_u128(7)).unwrap();
    let approve = Command::Approve { by };
    desk.wait(
        desk.api
            .office
            .application(id, &approve, None, &workshop::hand(7), desk.now()),
    )
    .unwrap();
    page.click("#refusal button.danger");
    page.see("#differences");
    assert_eq!(
        page.value("document.querySelector('#refusal-reason').value"),
        "identity-in-doubt",
        "what was chosen is lost"
    );
    assert_eq!(desk.stage(id), "approved");
    page.judge("desk-vi-26-changed-meanwhile");
    page.click("#refusal button.danger");
    page.until("document.querySelector('.badge.refused')");
    let summary = desk
        .wait(desk.api.office.applications().summary(id))
        .unwrap()
        .unwrap();
    assert_eq!(
        summary.refused.as_deref(),
        Some(RefusalReason::IdentityInDoubt.word())
    );
    page.must_be_calm(&["401", "412"]);
}

#[test]
#[ignore = "needs Chromium: CARD_TOOLCHAIN_CHROMIUM, set by cargo xtask test"]
fn a_supervisor_compares_with_who_is_registered() {
    let desk = Desk::new();
    desk.born(&json!({ "full_name": "Nguyễn Văn Mẫu Specimen", "date_of_birth": "1981-04-12", "sex": "male", "nationality": "VNM",
        "place_of_birth": "Phường Mẫu, Đà Nẵng", "father_name": "Nguyễn Văn Bách Specimen", "mother_name": "Lê Thị Hoa Specimen" }));
    let id = desk.receive(&["vn-citizen-nam"])[0];
    assert_eq!(desk.stage(id), "in-duplicate-review");
    // Whoever released it at the station would seem to be `test.supervisor`.
    let supervisor = desk.person("test.reviewer", &[Role::Supervisor]);
    let mut page = Page::new(Chromium::start(None), 1280, 900);
    desk.enter(&mut page, &supervisor);
    page.until("document.querySelectorAll('tbody tr').length === 1");
    open(&mut page, id);
    page.see(".comparison");
    assert!(
        page.value("document.querySelectorAll('.comparison .differs').length > 0")
            .as_bool()
            .unwrap(),
        "nothing differs"
    );
    assert!(
        page.value("document.querySelectorAll('.comparison .same').length > 2")
            .as_bool()
            .unwrap(),
        "nothing is the same"
    );
    page.judge("desk-vi-30-duplicates");
    page.speak("en");
    page.resize(360, 780);
    page.judge("desk-en-31-duplicates-narrow");
    page.resize(1280, 900);
    page.click("#duplicate-review button.primary");
    assert_eq!(
        desk.stage(id),
        "in-duplicate-review",
        "without a finding nothing is sent"
    );
    page.click("#duplicate-review input[value=new]");
    page.click("#duplicate-review button.primary");
    page.until("!document.querySelector('#duplicate-review')");
    assert_eq!(desk.stage(id), "checked");

    page.visit("#/people");
    page.fill("name", "mau specimen nguyen van");
    page.fill("birth", "12/4/1981");
    page.press("Enter");
    page.see("tbody tr");
    page.judge("desk-en-32-people");
    page.click("tbody a");
    page.see(".block dl");
    page.judge("desk-en-33-person");
    assert!(
        !page
            .value("location.href")
            .as_str()
            .unwrap()
            .contains("1981"),
        "an address names nobody"
    );
    page.must_be_calm(&["401"]);
}
