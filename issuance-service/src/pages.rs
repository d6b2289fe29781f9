//! Pages are part of the program, so that they need no folder beside it and nothing from a network.
//!
//! The station and the operators' desk are two rooms of pages with one ground: what both use stands here, in `pages/`.

/// A file that a browser may ask for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asset {
    /// What `Content-Type` says.
    pub(crate) media_type: &'static str,
    /// The file.
    pub(crate) bytes: &'static [u8],
}

pub(crate) const HTML: &str = "text/html; charset=utf-8";
pub(crate) const STYLE: &str = "text/css; charset=utf-8";
pub(crate) const SCRIPT: &str = "text/javascript; charset=utf-8";
pub(crate) const DRAWING: &str = "image/svg+xml";

/// `asset(name)` of a room: its own files out of `$folder`, and behind them what all rooms share.
macro_rules! assets {
    ($folder:literal or $shared:path; $($name:literal $media_type:expr;)*) => {
        /// The file of a name, if the pages have one.
        pub(crate) fn asset(name: &str) -> Option<$crate::pages::Asset> {
            match name {
                $($name => Some($crate::pages::Asset {
                    media_type: $media_type,
                    bytes: include_bytes!(concat!($folder, "/", $name)),
                }),)*
                _ => $shared(name),
            }
        }

        #[cfg(test)]
        pub(crate) const NAMES: &[&str] = &[$($name),*];
    };
}
pub(crate) use assets;

assets! {
    "pages" or none;
    "ground.css" STYLE;
    "form.css" STYLE;
    "icon.svg" DRAWING;
    "dates.js" SCRIPT;
    "dom.js" SCRIPT;
    "keys.js" SCRIPT;
    "language.js" SCRIPT;
    "sections.js" SCRIPT;
    "words.js" SCRIPT;
}

const fn none(_: &str) -> Option<Asset> {
    None
}

/// What must hold of every room of pages.
#[cfg(test)]
pub(crate) mod judge {
    use super::{Asset, NAMES};

    type Room = fn(&str) -> Option<Asset>;

    fn text(room: Room, name: &str) -> &'static str {
        core::str::from_utf8(room(name).unwrap().bytes).unwrap()
    }

    fn names<'a>(own: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
        own.iter().chain(NAMES).copied()
    }

    /// The first page asks for files below `base` and modules for modules beside them: all of them are there.
    pub(crate) fn asks_only_for_what_it_brings(room: Room, own: &[&str], base: &str) {
        let page = text(room, "index.html");
        for part in page.split(base).skip(1) {
            let name = part.split('"').next().unwrap();
            assert!(room(name).is_some(), "index.html asks for {name}");
        }
        for name in names(own).filter(|name| name.ends_with(".js")) {
            let text = text(room, name);
            for part in [" from \"./", "import(\"./"]
                .into_iter()
                .flat_map(|from| text.split(from).skip(1))
            {
                let wanted = part.split('"').next().unwrap();
                assert!(room(wanted).is_some(), "{name} asks for {wanted}");
            }
        }
        assert!(room("../pages.rs").is_none());
        for name in own {
            assert!(!NAMES.contains(name), "{name} hides a file of all rooms");
        }
    }

    /// Nothing of another host, nothing that a policy without exceptions would refuse.
    pub(crate) fn nothing_comes_from_elsewhere_and_nothing_is_inline(room: Room, own: &[&str]) {
        for name in names(own) {
            let text = text(room, name).replace("http://www.w3.org/2000/svg", "");
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
        assert!(!text(room, "index.html").contains("<script>"));
    }

    /// No data of anybody stays behind.
    pub(crate) fn only_the_language_is_kept_in_the_browser(room: Room, own: &[&str]) {
        for name in names(own) {
            let stores = text(room, name).contains("localStorage");
            assert_eq!(stores, name == "language.js", "{name}");
            let other = ["sessionStorage", "indexedDB", "document.cookie"];
            assert!(
                !other.iter().any(|kept| text(room, name).contains(kept)),
                "{name}"
            );
        }
    }
}
