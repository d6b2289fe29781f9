//! What a person does with a page: look, type, press keys, click, choose a file.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use serde_json::{Value, json};

use crate::chromium::Chromium;

/// Longest wait for something to appear.
const PATIENCE: Duration = Duration::from_secs(90);
const PAUSE: Duration = Duration::from_millis(50);

/// Keys that type no letter: name, code, number.
const KEYS: [(&str, &str, u32); 6] = [
    ("Tab", "Tab", 9),
    ("Enter", "Enter", 13),
    ("Escape", "Escape", 27),
    ("ArrowLeft", "ArrowLeft", 37),
    ("ArrowRight", "ArrowRight", 39),
    ("F8", "F8", 119),
];

/// The page shown, with what is kept of it.
pub struct Page {
    /// The browser.
    pub browser: Chromium,
    pictures: PathBuf,
}

impl Page {
    /// A page of a width and height, whose pictures are kept in a folder below `target`.
    pub fn new(browser: Chromium, width: u32, height: u32) -> Self {
        let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser");
        fs::create_dir_all(&pictures).unwrap();
        let mut page = Self { browser, pictures };
        page.resize(width, height);
        page
    }

    /// Another window.
    pub fn resize(&mut self, width: u32, height: u32) {
        let size =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.browser
            .call("Emulation.setDeviceMetricsOverride", size);
    }

    /// Goes to an address.
    pub fn open(&mut self, address: &str) {
        self.browser.call("Page.navigate", json!({"url": address}));
    }

    /// The value of an expression in the page.
    pub fn value(&mut self, expression: &str) -> Value {
        let asked = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let answer = self.browser.call("Runtime.evaluate", asked);
        assert!(
            answer.get("exceptionDetails").is_none(),
            "{expression}: {answer}"
        );
        answer["result"]["value"].clone()
    }

    /// Waits until an expression holds.
    #[track_caller]
    pub fn until(&mut self, expression: &str) {
        let begun = Instant::now();
        while self.value(&format!("Boolean({expression})")) != json!(true) {
            if begun.elapsed() > PATIENCE {
                self.keep("failed");
                let seen = self.value("document.body.innerText");
                panic!(
                    "never: {expression}\nthe page says: {seen}\ncomplaints: {:?}",
                    self.browser.complaints
                );
            }
            thread::sleep(PAUSE);
        }
    }

    /// Waits until something is there to be seen.
    #[track_caller]
    pub fn see(&mut self, selector: &str) {
        self.until(&format!(
            "document.querySelector({})?.checkVisibility()",
            json!(selector)
        ));
    }

    /// What an element says.
    pub fn text(&mut self, selector: &str) -> String {
        let text = self.value(&format!(
            "document.querySelector({})?.innerText ?? ''",
            json!(selector)
        ));
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Clicks with the mouse on what can be seen.
    #[track_caller]
    pub fn click(&mut self, selector: &str) {
        self.see(selector);
        let place = self.value(&format!(
            "(() => {{ const e = document.querySelector({}); e.scrollIntoView({{ block: 'center', behavior: 'instant' }}); \
             const b = e.getBoundingClientRect(); const [x, y] = [b.x + b.width / 2, b.y + b.height / 2]; \
             const hit = document.elementFromPoint(x, y); \
             return [x, y, e === hit || e.contains(hit) ? '' : `${{hit?.outerHTML.slice(0, 200)}}`]; }})()",
            json!(selector)
        ));
        assert_eq!(place[2], "", "{selector} is covered");
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({"type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1});
            self.browser.call("Input.dispatchMouseEvent", event);
        }
    }

    /// Puts a text where the focus is.
    pub fn type_text(&mut self, text: &str) {
        self.browser.call("Input.insertText", json!({"text": text}));
    }

    /// Presses a key by its name, or one that types a letter.
    #[track_caller]
    pub fn press(&mut self, key: &str) {
        let named = KEYS.iter().find(|(name, ..)| *name == key);
        let text = match key {
            "Enter" => Some("\r"),
            _ if named.is_none() => Some(key),
            _ => None,
        };
        let (code, number) = named.map_or(("", 0), |(_, code, number)| (*code, *number));
        let mut event =
            json!({"type": "keyDown", "key": key, "code": code, "windowsVirtualKeyCode": number});
        if let (Some(text), Some(fields)) = (text, event.as_object_mut()) {
            fields.insert("text".to_owned(), json!(text));
        }
        self.browser.call("Input.dispatchKeyEvent", event);
        self.browser.call(
            "Input.dispatchKeyEvent",
            json!({"type": "keyUp", "key": key, "code": code, "windowsVirtualKeyCode": number}),
        );
    }

    /// Presses Tab until an element has the focus, as somebody without a mouse does.
    #[track_caller]
    pub fn tab_to(&mut self, selector: &str) {
        self.see(selector);
        for _ in 0..150 {
            if self.value(&format!(
                "document.activeElement === document.querySelector({})",
                json!(selector)
            )) == json!(true)
            {
                return;
            }
            self.press("Tab");
        }
        panic!("the keyboard does not reach {selector}");
    }

    /// Writes a field of the form.
    #[track_caller]
    pub fn write(&mut self, field: &str, text: &str) {
        let selector = format!("#field-{field}");
        let written = self.value(&format!(
            "(() => {{ const e = document.querySelector({}); if (!e) return 'none'; e.closest('details').open = true; e.focus(); \
             if (e.tagName !== 'SELECT') {{ e.select(); return 'text'; }} e.value = {}; \
             e.dispatchEvent(new Event('input', {{ bubbles: true }})); return e.value === {} ? 'chosen' : 'no such choice'; }})()",
            json!(selector),
            json!(text),
            json!(text)
        ));
        match written.as_str() {
            Some("text") => self.type_text(text),
            Some("chosen") => {}
            _ => panic!("{field}: {written}"),
        }
    }

    /// Gives a file to the button with an id.
    #[track_caller]
    pub fn choose_file(&mut self, id: &str, file: &Path) {
        self.see(&format!("#{id}"));
        // Chromium reads no file whose path goes up.
        let file = file.canonicalize().unwrap();
        let asked = json!({"expression": format!("document.querySelector('#{id} + input')")});
        let input = self.browser.call("Runtime.evaluate", asked);
        let object = &input["result"]["objectId"];
        self.browser.call(
            "DOM.setFileInputFiles",
            json!({"files": [file], "objectId": object}),
        );
    }

    /// Keeps a picture of the whole page.
    pub fn keep(&mut self, name: &str) {
        let picture = self.browser.call(
            "Page.captureScreenshot",
            json!({"format": "png", "captureBeyondViewport": true}),
        );
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(picture["data"].as_str().unwrap())
            .unwrap();
        fs::write(self.pictures.join(format!("{name}.png")), bytes).unwrap();
    }

    /// Keeps the page as it is printed.
    pub fn print(&mut self, name: &str) {
        let printed = self
            .browser
            .call("Page.printToPDF", json!({"preferCSSPageSize": true}));
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(printed["data"].as_str().unwrap())
            .unwrap();
        fs::write(self.pictures.join(format!("{name}.pdf")), bytes).unwrap();
    }
}

/// A form of the desk.
impl Page {
    /// Writes into a field by its id, as somebody types.
    #[track_caller]
    pub fn fill(&mut self, id: &str, text: &str) {
        let selector = format!("#{id}");
        self.see(&selector);
        self.value(&format!(
            "(() => {{ const e = document.querySelector({}); e.focus(); e.select?.(); }})()",
            json!(selector)
        ));
        self.type_text(text);
    }

    /// Chooses a word of a list by its id.
    #[track_caller]
    pub fn choose(&mut self, id: &str, word: &str) {
        self.see(&format!("#{id}"));
        let chosen = self.value(&format!(
            "(() => {{ const e = document.querySelector({}); e.value = {}; \
             e.dispatchEvent(new Event('change', {{ bubbles: true }})); return e.value === {}; }})()",
            json!(format!("#{id}")),
            json!(word),
            json!(word)
        ));
        assert_eq!(chosen, json!(true), "{id} has no {word}");
    }

    /// Goes to a page by its address behind `#`, and waits until its heading is there.
    #[track_caller]
    pub fn visit(&mut self, hash: &str) {
        self.value("document.querySelector('#main').replaceChildren()");
        let here = self.value("location.hash") == json!(hash);
        let going = if here {
            "dispatchEvent(new HashChangeEvent('hashchange'))".to_owned()
        } else {
            format!("location.hash = {}", json!(hash))
        };
        self.value(&going);
        self.see("#main h1");
    }

    /// Shows the pages in a language.
    #[track_caller]
    pub fn speak(&mut self, language: &str) {
        if self.value("document.documentElement.lang") != json!(language) {
            self.click("#language");
        }
        self.until(&format!("document.documentElement.lang === '{language}'"));
    }
}
