//! Who may come in, and what stays in the browser.

use serde_json::json;

use crate::chromium::Chromium;
use crate::page::Page;
use crate::station::{OPERATOR, Place};
use crate::story_camera::sign_in;

#[test]
#[ignore = "needs Chromium: CARD_TOOLCHAIN_CHROMIUM, set by cargo xtask test"]
fn who_signs_out_leaves_nothing_behind_but_the_language() {
    let place = Place::new("uto-passport");
    let server = place.serve();
    let mut page = Page::new(Chromium::start(None), 1024, 768);
    page.open(&server.address);
    page.see("#operator");
    page.tab_to("#operator");
    page.type_text(OPERATOR[0]);
    page.tab_to("#secret");
    page.type_text("a guess");
    page.press("Enter");
    page.see("main .finding.refuse");
    page.judge("vi-1-login-wrong");
    page.press("l");
    assert!(
        page.text("h1") == "Đăng nhập",
        "a letter typed in a field must stay a letter"
    );
    page.value("document.querySelector('#operator').value = ''");
    sign_in(&mut page);

    page.value("document.activeElement.blur()");
    page.press("?");
    page.see("dialog[open]");
    page.judge("vi-9-shortcuts");
    page.press("Escape");
    page.until("!document.querySelector('dialog')");
    page.press("l");
    page.until("document.documentElement.lang === 'en'");
    page.press("n");
    page.see("#field-surname");
    page.write("surname", "Specimen");
    page.until("document.querySelector('.saved')?.innerText.startsWith('Saved')");

    // The half-finished person is there after signing out and in again, and nothing of it is in the browser between.
    page.click("#sign-out");
    page.see("#operator");
    assert_eq!(
        page.kept_in_browser(),
        json!([[["station.language", "en"]], [], ""])
    );
    sign_in(&mut page);
    page.click(".row");
    page.until("document.querySelector('#field-surname')?.value === 'Specimen'");
    page.judge("en-3-details-passport");
    page.must_be_calm(&["401", "403"]);
}
