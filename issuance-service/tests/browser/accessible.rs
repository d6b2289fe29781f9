//! What must hold of every page, whoever looks at it: names, contrast, room, and nothing kept in the browser.

use serde_json::Value;

use crate::page::Page;

/// WCAG 2.1, 1.4.3: the least contrast of text and of large text.
const CONTRAST: &str = r#"(() => {
  const parse = (text) => (text.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const [r, g, b, a = 1] = parse(getComputedStyle(e).backgroundColor);
      if (a === 1 && r !== undefined) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const weak = [];
  for (const element of document.querySelectorAll("body *:not(svg *):not(script)")) {
    const own = [...element.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.textContent.trim());
    if (!own || !element.checkVisibility() || element.closest(":disabled, [hidden], .away, .skip, option")) continue;
    const style = getComputedStyle(element);
    const [a, b] = [luminance(parse(style.color)), luminance(ground(element))].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize);
    const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < least) weak.push(`${element.tagName} "${element.textContent.trim().slice(0, 30)}" ${ratio.toFixed(2)}`);
  }
  return weak;
})()"#;
/// Roles that a person acts on, and which therefore need a name.
const ACTED_ON: [&str; 8] = [
    "button", "link", "textbox", "combobox", "checkbox", "radio", "meter", "img",
];
const TOO_WIDE: &str = "document.documentElement.scrollWidth - innerWidth";
const IDS: &str = "(() => { const seen = new Set(); return [...document.querySelectorAll('[id]')].map((e) => e.id).filter((id) => seen.has(id) || !seen.add(id)); })()";

impl Page {
    /// Checks the page that is shown and keeps a picture of it.
    #[track_caller]
    pub fn judge(&mut self, name: &str) {
        self.keep(name);
        assert_eq!(
            self.value(CONTRAST),
            Value::Array(Vec::new()),
            "{name}: too little contrast"
        );
        assert_eq!(
            self.nameless(),
            Vec::<String>::new(),
            "{name}: without a name"
        );
        assert_eq!(
            self.value(IDS),
            Value::Array(Vec::new()),
            "{name}: ids that are not unique"
        );
        assert!(
            self.value(TOO_WIDE).as_f64().unwrap() <= 0.0,
            "{name}: wider than the window"
        );
        assert_eq!(
            self.value("document.querySelectorAll('h1').length"),
            1,
            "{name}: one heading"
        );
        assert_eq!(
            self.value("document.querySelectorAll('[data-vi=\"\"], [data-en=\"\"]').length"),
            0,
            "{name}: a text in one language only"
        );
    }

    /// What the browser would read out without saying what it is.
    fn nameless(&mut self) -> Vec<String> {
        let tree = self
            .browser
            .call("Accessibility.getFullAXTree", serde_json::json!({}));
        let nodes = tree["nodes"].as_array().unwrap();
        assert!(nodes.len() > 5, "an empty page");
        let of_interest = nodes.iter().filter(|node| {
            node["ignored"] != true && ACTED_ON.iter().any(|role| node["role"]["value"] == *role)
        });
        let nameless = of_interest.filter(|node| {
            node["name"]["value"]
                .as_str()
                .unwrap_or_default()
                .trim()
                .is_empty()
        });
        nameless
            .map(|node| {
                node["role"]["value"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned()
            })
            .collect()
    }

    /// Everything that the pages keep in the browser.
    pub fn kept_in_browser(&mut self) -> Value {
        self.value("[Object.entries(localStorage), Object.keys(sessionStorage), document.cookie]")
    }

    /// Nothing went wrong behind the page, other than what the tests themselves bring about.
    #[track_caller]
    pub fn must_be_calm(&self, expected: &[&str]) {
        let unexpected: Vec<&String> = self
            .browser
            .complaints
            .iter()
            .filter(|said| !expected.iter().any(|known| said.contains(known)))
            .collect();
        assert!(unexpected.is_empty(), "{unexpected:#?}");
    }
}
