//! The pages of the station: part of the program, so that they need no folder beside it and nothing from a network.

/// A file that a browser may ask for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asset {
    /// What `Content-Type` says.
    pub(crate) media_type: &'static str,
    /// The file.
    pub(crate) bytes: &'static [u8],
}

const HTML: &str = "text/html; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const DRAWING: &str = "image/svg+xml";

macro_rules! assets {
    ($($name:literal $media_type:expr;)*) => {
        /// The file of a name, if the pages have one.
        pub(crate) fn asset(name: &str) -> Option<Asset> {
            match name {
                $($name => Some(Asset {
                    media_type: $media_type,
                    bytes: include_bytes!(concat!("pages/", $name)),
                }),)*
                _ => None,
            }
        }

        #[cfg(test)]
        const NAMES: &[&str] = &[$($name),*];
    };
}

assets! {
    "index.html" HTML;
    "station.css" STYLE;
    "form.css" STYLE;
    "capture.css" STYLE;
    "receipt.css" STYLE;
    "icon.svg" DRAWING;
    "api.js" SCRIPT;
    "app.js" SCRIPT;
    "camera.js" SCRIPT;
    "checks.js" SCRIPT;
    "dates.js" SCRIPT;
    "details.js" SCRIPT;
    "dom.js" SCRIPT;
    "fingers.js" SCRIPT;
    "hands.js" SCRIPT;
    "header.js" SCRIPT;
    "inbox.js" SCRIPT;
    "keys.js" SCRIPT;
    "language.js" SCRIPT;
    "login.js" SCRIPT;
    "person.js" SCRIPT;
    "portrait.js" SCRIPT;
    "receipt.js" SCRIPT;
    "release.js" SCRIPT;
    "review.js" SCRIPT;
    "sections.js" SCRIPT;
    "texts.js" SCRIPT;
    "words.js" SCRIPT;
    "worklist.js" SCRIPT;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(name: &str) -> &'static str {
        core::str::from_utf8(asset(name).unwrap().bytes).unwrap()
    }

    #[test]
    fn the_pages_ask_only_for_what_they_bring() {
        let page = text("index.html");
        for part in page.split("/assets/").skip(1) {
            let name = part.split('"').next().unwrap();
            assert!(asset(name).is_some(), "index.html asks for {name}");
        }
        for name in NAMES.iter().filter(|name| name.ends_with(".js")) {
            for part in text(name).split(" from \"./").skip(1) {
                let wanted = part.split('"').next().unwrap();
                assert!(asset(wanted).is_some(), "{name} asks for {wanted}");
            }
        }
        assert!(asset("../station.rs").is_none());
    }

    #[test]
    fn nothing_comes_from_elsewhere_and_nothing_is_inline() {
        for name in NAMES {
            let text = text(name).replace("http://www.w3.org/2000/svg", "");
            for forbidden in [
                "http://",
                "https://",
                "innerHTML",
                "eval(",
                " style=\"",
                "onclick=\"",
            ] {
                assert!(!text.contains(forbidden), "{name} has {forbidden}");
            }
        }
        assert!(!text("index.html").contains("<script>"));
    }

    #[test]
    fn only_the_language_is_kept_in_the_browser() {
        for name in NAMES {
            let stores = text(name).contains("localStorage");
            assert_eq!(stores, *name == "language.js", "{name}");
            assert!(
                !text(name).contains("sessionStorage") && !text(name).contains("indexedDB"),
                "{name}"
            );
        }
    }
}
