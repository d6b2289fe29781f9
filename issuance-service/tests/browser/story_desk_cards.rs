//! Cards: stock that adds up, a shift closed by two, a batch followed live, a reject by two, a consignment, a hand-over.

use access::Role;
use issuance_service::personalisation::Site;
use issuance_service::personalisation::batch::{CardResult, Claimed, Order, QualityResult};
use uuid::Uuid;

use crate::chromium::Chromium;
use crate::desk::Desk;
use crate::page::Page;
use crate::workshop::{PROFILE, hand, receipt, site};

fn count(page: &mut Page, form: &str, remaining: &str, rejects: &str) {
    page.fill(&format!("{form}-remaining"), remaining);
    page.fill(&format!("{form}-rejects"), rejects);
    page.press("Enter");
}

#[test]
#[ignore = "needs Chromium: CARD_TOOLCHAIN_CHROMIUM, set by cargo xtask test"]
fn a_shift_is_opened_and_closed_by_two_who_count() {
    let desk = Desk::new();
    desk.wait(desk.workshop().stock(12));
    let one = desk.person("test.one", &[Role::Supervisor]);
    let other = desk.person("test.other", &[Role::Supervisor]);
    let mut page = Page::new(Chromium::start(None), 1280, 900);
    desk.enter(&mut page, &one);
    page.visit("#/stock");
    page.fill("site", "test-site");
    page.press("Enter");
    page.see("#adds-up.verdict.green");
    count(&mut page, "open-shift", "11", "0");
    page.see("#open-shift .finding.refuse");
    assert_eq!(
        page.value("document.querySelector('#open-shift-remaining').value"),
        "11",
        "what was typed is lost"
    );
    page.judge("desk-vi-40-count-differs");
    count(&mut page, "open-shift", "12", "0");
    page.see("#count-shift");
    count(&mut page, "count-shift", "12", "0");
    page.until("document.querySelector('.badge.counted')");
    page.judge("desk-vi-41-stock");
    page.print("desk-vi-41-stock");
    desk.enter(&mut page, &other);
    page.speak("en");
    page.resize(360, 780);
    page.visit("#/stock/test-site");
    page.judge("desk-en-42-stock-narrow");
    count(&mut page, "count-shift", "12", "0");
    page.until("document.querySelector('.badge.closed')");
    page.must_be_calm(&["401", "409", "422"]);
}

#[test]
#[ignore = "needs Chromium: CARD_TOOLCHAIN_CHROMIUM, set by cargo xtask test"]
fn cards_go_from_the_batch_to_their_holders() {
    let desk = Desk::new();
    let office = desk.api.office.clone();
    let jobs = desk.wait(desk.workshop().jobs(4));
    let now = desk.now();
    let site: Site = site();
    let order = Order {
        site: &site,
        profile: PROFILE,
        count: 4,
    };
    let claimed = desk
        .wait(office.claim_batch(Uuid::now_v7(), order, &hand(21), now))
        .unwrap();
    let (Claimed::New(batch) | Claimed::Before(batch)) = claimed;
    let follower = desk.person("test.quality", &[Role::QualityControl]);
    let mut page = Page::new(Chromium::start(None), 1280, 900);
    desk.enter(&mut page, &follower);
    page.visit("#/batches");
    page.until("document.querySelectorAll('tbody tr').length === 1");
    page.judge("desk-vi-43-batches");
    page.visit(&format!("#/batch/{}", batch.id));
    page.until("document.querySelectorAll('.badge.reserved').length === 4");

    // The page follows what the machine reports.
    let written: Vec<_> = jobs
        .iter()
        .map(|job| (*job, CardResult::Written(receipt(3))))
        .collect();
    desk.wait(office.report_batch(batch.id, &written, &hand(21), now))
        .unwrap();
    page.until("document.querySelectorAll('.badge.written').length >= 4");
    page.judge("desk-vi-44-batch");
    page.fill("find-card", &jobs[0].to_string()[..30]);
    page.press("Enter");
    page.see("#rejected");
    page.judge("desk-vi-45-one-card");
    page.choose("rejected-reason", "print-faulty");
    page.click("#rejected button.danger");
    page.see(".chip.warn");
    page.visit("#/quality");
    page.until("document.querySelectorAll('tbody tr').length === 4");
    page.judge("desk-vi-46-quality");

    let passed: Vec<_> = jobs[1..]
        .iter()
        .map(|job| (*job, QualityResult::Passed(receipt(4))))
        .collect();
    desk.wait(office.judge_batch(batch.id, &passed, &hand(22), now))
        .unwrap();
    let clerk = desk.person("test.clerk", &[Role::IssuerClerk]);
    desk.enter(&mut page, &clerk);
    page.speak("en");
    page.visit("#/consignments");
    page.see("#pack");
    page.click("#choose-all");
    page.fill("counter", "test-counter");
    page.judge("desk-en-47-pack");
    page.click("#pack button.primary");
    page.see("#receive");
    page.judge("desk-en-48-consignment");
    page.print("desk-en-48-consignment");
    page.click("#receive .boxes input");
    page.fill("counted", "3");
    page.press("Enter");
    page.see("#receive .finding.refuse");
    page.value("document.querySelectorAll('#receive .boxes input:not(:checked)').forEach((box) => box.click())");
    page.click("#receive button.primary");
    page.until("document.querySelector('.badge.received')");

    page.visit("#/documents");
    page.fill("scan", &jobs[1].to_string());
    page.press("Enter");
    page.see("#hand-over");
    page.click("#hand-over button.primary");
    assert!(
        page.value("Boolean(document.querySelector('.badge.shipped'))")
            .as_bool()
            .unwrap(),
        "without a read-out nothing is handed over"
    );
    page.click("#hand-over input[value=holder]");
    page.click("#hand-over input[value=passed]");
    page.judge("desk-en-49-hand-over");
    page.click("#hand-over button.primary");
    page.until("document.querySelector('.badge.handed-over')");
    page.resize(360, 780);
    page.judge("desk-en-50-handed-over-narrow");
    page.must_be_calm(&["401"]);
}
