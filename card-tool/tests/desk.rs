//! The verifier's desk: the page in a real Chromium, and the loop on a terminal, over a real pcscd with emulated cards.
//!
//! Pictures of the page are kept in `target/tmp/browser`.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

#[path = "../../issuance-service/tests/browser/accessible.rs"]
mod accessible;
#[path = "../../issuance-service/tests/browser/chromium.rs"]
mod chromium;
#[path = "desk/loop_on_a_terminal.rs"]
mod loop_on_a_terminal;
#[allow(dead_code, reason = "the pages of the service use more of it")]
#[path = "../../issuance-service/tests/browser/page.rs"]
mod page;
#[path = "desk/page_in_a_browser.rs"]
mod page_in_a_browser;
mod support;

/// Who signed the specimen card.
const CSCA: &str = "fixtures/pki/vn-cccd-2021/csca.der";
/// Its holder, in whatever form: nothing of it may be left when the card is gone.
const PERSONAL: [&str; 3] = ["081000017", "NGUYEN", "MAU"];

/// A command of a reading in short commands that asks for a part of the portrait.
const IN_THE_PORTRAIT: usize = 45;

fn fixture(name: &str) -> String {
    std::fs::read_to_string(test_support::fixture(name)).unwrap()
}

fn can() -> String {
    fixture("cards/vn-citizen-nam.can").trim().to_owned()
}
