//! The pages of the station.

use crate::pages::{HTML, SCRIPT, STYLE};

crate::pages::assets! {
    "pages" or crate::pages::asset;
    "index.html" HTML;
    "capture.css" STYLE;
    "receipt.css" STYLE;
    "api.js" SCRIPT;
    "app.js" SCRIPT;
    "camera.js" SCRIPT;
    "checks.js" SCRIPT;
    "details.js" SCRIPT;
    "fingers.js" SCRIPT;
    "hands.js" SCRIPT;
    "header.js" SCRIPT;
    "inbox.js" SCRIPT;
    "login.js" SCRIPT;
    "person.js" SCRIPT;
    "portrait.js" SCRIPT;
    "receipt.js" SCRIPT;
    "release.js" SCRIPT;
    "review.js" SCRIPT;
    "texts.js" SCRIPT;
    "worklist.js" SCRIPT;
}

#[cfg(test)]
mod tests {
    use super::{NAMES, asset};
    use crate::pages::judge;

    #[test]
    fn the_pages_ask_only_for_what_they_bring() {
        judge::asks_only_for_what_it_brings(asset, NAMES, "/assets/");
    }

    #[test]
    fn nothing_comes_from_elsewhere_and_nothing_is_inline() {
        judge::nothing_comes_from_elsewhere_and_nothing_is_inline(asset, NAMES);
    }

    #[test]
    fn only_the_language_is_kept_in_the_browser() {
        judge::only_the_language_is_kept_in_the_browser(asset, NAMES);
    }
}
