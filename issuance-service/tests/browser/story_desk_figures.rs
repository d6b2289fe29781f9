//! The figures with their tables, and the audit log with proofs that this browser checks.

use access::Role;
use serde_json::json;

use crate::chromium::Chromium;
use crate::desk::Desk;
use crate::page::Page;

#[test]
#[ignore = "needs Chromium: CARD_TOOLCHAIN_CHROMIUM, set by cargo xtask test"]
fn every_plot_has_its_numbers() {
    let desk = Desk::new();
    desk.receive(&["vn-citizen-nam", "vn-citizen-dao"]);
    let auditor = desk.person("test.auditor", &[Role::Auditor]);
    let mut page = Page::new(Chromium::start(None), 1280, 900);
    desk.enter(&mut page, &auditor);
    page.visit("#/dashboard");
    page.see(".plot svg");
    let without = "[...document.querySelectorAll('.plot')].filter((plot) => !plot.querySelector('svg[aria-label]') \
        || plot.querySelectorAll('.numbers tbody tr').length === 0).length";
    assert_eq!(page.value(without), 0, "a plot without a name or a table");
    assert_eq!(
        page.value("document.querySelector('.tile dd').textContent"),
        "2"
    );
    page.judge("desk-vi-60-dashboard");
    page.value("document.querySelectorAll('.numbers').forEach((each) => { each.open = true; })");
    page.judge("desk-vi-61-dashboard-tables");
    page.print("desk-vi-60-dashboard");
    page.fill("from", "1/11/2026");
    page.press("Enter");
    page.until("location.hash.includes('from=2026-11-01')");
    page.speak("en");
    page.resize(360, 780);
    page.see(".plot svg");
    page.judge("desk-en-62-dashboard-narrow");
    page.must_be_calm(&["401"]);
}

#[test]
#[ignore = "needs Chromium: CARD_TOOLCHAIN_CHROMIUM, set by cargo xtask test"]
fn the_audit_log_is_proved_in_the_browser() {
    let desk = Desk::new();
    let auditor = desk.person("test.auditor", &[Role::Auditor]);
    let mut page = Page::new(Chromium::start(None), 1280, 900);
    desk.enter(&mut page, &auditor);
    desk.number();
    page.visit("#/audit");
    page.see(".verdict.green");
    page.judge("desk-vi-63-audit");
    page.click("button.prove:not(:disabled)");
    page.see("dialog .verdict.green");
    page.judge("desk-vi-64-proof");
    page.click("#proof-close");
    page.until("!document.querySelector('dialog')");

    // Sizes and places with every shape of a path; one changed octet, and the proof is none.
    assert_eq!(page.value(TREES), json!([]));
    let kept = page.value(
        "fetch('/v1/audit/checkpoint').then((answer) => answer.json()).then((head) => head.note)",
    );
    desk.audited(5);
    page.visit("#/audit");
    page.value("document.querySelector('#compare').closest('details').open = true");
    page.value(&format!("document.querySelector('#kept').value = {kept}"));
    page.click("#compare button.primary");
    page.see("#compare .verdict.green");
    page.speak("en");
    page.value(&format!(
        "document.querySelector('#kept').value = {kept}.replace(/\\n([0-9]+)\\n/, '\\n1$1\\n')"
    ));
    page.click("#compare button.primary");
    page.see("#compare .verdict.red");
    page.resize(360, 780);
    page.judge("desk-en-65-audit-narrow");
    page.must_be_calm(&["401"]);
}

/// Trees of 1 to 17 leaves, made the slow way: every inclusion and consistency proof holds, and none does with a changed root.
const TREES: &str = r#"import("/desk/merkle.js").then(async ({ isIncluded, isConsistent, hashText, octets }) => {
  const sha = async (...parts) => {
    const all = parts.flatMap((part) => [...part]);
    return new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(all)));
  };
  const leaves = await Promise.all(Array.from({ length: 17 }, (_, place) => sha([0], [place])));
  const split = (count) => 2 ** Math.ceil(Math.log2(count) - 1);
  const root = async (part) => part.length === 1 ? part[0]
    : sha([1], await root(part.slice(0, split(part.length))), await root(part.slice(split(part.length))));
  const path = async (place, part) => {
    if (part.length === 1) return [];
    const half = split(part.length);
    return place < half ? [...await path(place, part.slice(0, half)), await root(part.slice(half))]
      : [...await path(place - half, part.slice(half)), await root(part.slice(0, half))];
  };
  const grown = async (from, part, whole) => {
    if (from === part.length) return whole ? [] : [await root(part)];
    const half = split(part.length);
    return from <= half ? [...await grown(from, part.slice(0, half), whole), await root(part.slice(half))]
      : [...await grown(from - half, part.slice(half), false), await root(part.slice(0, half))];
  };
  const wrong = [];
  for (let size = 1; size <= leaves.length; size += 1) {
    const tree = leaves.slice(0, size);
    const head = hashText(await root(tree));
    const other = hashText(await sha([9], octets(head)));
    for (let index = 0; index < size; index += 1) {
      const proof = { index, size, path: (await path(index, tree)).map(hashText) };
      if (!await isIncluded(leaves[index], proof, head)) wrong.push(`in ${index} of ${size}`);
      if (await isIncluded(leaves[index], proof, other)) wrong.push(`in ${index} of ${size}, another root`);
      if (size > 1 && await isIncluded(leaves[(index + 1) % size], proof, head)) wrong.push(`in ${index} of ${size}, another leaf`);
      const from = index + 1;
      const older = { size: from, root: hashText(await root(leaves.slice(0, from))) };
      const steps = (await grown(from, tree, true)).map(hashText);
      if (!await isConsistent(older, { size, root: head }, steps)) wrong.push(`${from} to ${size}`);
      if (await isConsistent({ ...older, root: other }, { size, root: head }, steps)) wrong.push(`${from} to ${size}, another root`);
    }
  }
  return wrong;
})"#;
